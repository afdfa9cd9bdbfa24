import type { Project } from '../store/project';
import { followRun, requestCancel } from '../store/runs';
import type { RunSummary } from '../store/summary';
import type { Context } from './context';
import { isLeftBehind } from './ended-by';
import { EXIT, type ExitCode, exitOf } from './exit';
import { duration } from './format';
import { shownFrom, viewOf } from './live';
import { statusText } from './status';

/**
 * Shows a run as it goes, wherever it was started. @returns the exit code that tells how it ended
 * @param cancels Ctrl+C cancels the run and waits for its end, instead of leaving it alone
 */
export async function follow(
  { root, store }: Pick<Project, 'root' | 'store'>,
  id: string,
  context: Context,
  cancels = false,
): Promise<ExitCode> {
  const view = viewOf(context.terminal, shownFrom(root, context.cwd));
  const stop = cancels ? new AbortController() : undefined;
  const cancel = (): void => {
    // Whoever closes a terminal, or VS Code with it, leaves the run alone.
    if (isLeftBehind(context.signal)) stop?.abort();
    else void requestCancel(store, id).catch(() => stop?.abort());
  };
  if (cancels) context.signal.addEventListener('abort', cancel, { once: true });
  let summary: RunSummary | undefined;
  for await (const update of followRun(store, id, { signal: stop?.signal ?? context.signal })) {
    for (const event of update.events) view.event(event);
    summary = update.summary;
  }
  view.close();
  context.signal.removeEventListener('abort', cancel);
  if (summary === undefined || stop?.signal.aborted === true || (!cancels && context.signal.aborted))
    return EXIT.cancelled;
  const time = summary.seconds === undefined ? '' : ` in ${duration(summary.seconds)}`;
  context.terminal.print(
    `${statusText(summary.status, context.terminal)}${time}  ${context.terminal.colour.dim(`run ${id}`)}`,
  );
  return exitOf({
    status: summary.status,
    command: summary.info?.command,
    problems: summary.stages.flatMap(({ state, error }) => (state === 'failed' && error ? [error.code] : [])),
    retrain: summary.logs.some(({ code }) => code === 'retrain-due'),
  });
}
