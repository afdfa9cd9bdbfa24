import { followRun, requestCancel } from '../store/runs';
import type { RunSummary } from '../store/summary';
import type { Context } from './context';
import { EXIT, type ExitCode } from './exit';
import { duration } from './format';
import { viewOf } from './live';
import { statusText } from './status';

/**
 * Shows a run as it goes, wherever it was started. @returns the exit code that tells how it ended
 * @param cancels Ctrl+C cancels the run and waits for its end, instead of leaving it alone
 */
export async function follow(store: string, id: string, context: Context, cancels = false): Promise<ExitCode> {
  const view = viewOf(context.terminal);
  const stop = cancels ? new AbortController() : undefined;
  const cancel = (): void => void requestCancel(store, id).catch(() => stop?.abort());
  if (cancels) context.signal.addEventListener('abort', cancel, { once: true });
  let summary: RunSummary | undefined;
  for await (const update of followRun(store, id, { signal: stop?.signal ?? context.signal })) {
    for (const event of update.events) view.event(event);
    summary = update.summary;
  }
  view.close();
  context.signal.removeEventListener('abort', cancel);
  if (summary === undefined || (!cancels && context.signal.aborted)) return EXIT.cancelled;
  const time = summary.seconds === undefined ? '' : ` in ${duration(summary.seconds)}`;
  context.terminal.print(
    `${statusText(summary.status, context.terminal)}${time}  ${context.terminal.colour.dim(`run ${id}`)}`,
  );
  return summary.status === 'succeeded' ? EXIT.ok : summary.status === 'cancelled' ? EXIT.cancelled : EXIT.failed;
}
