import type * as vscode from 'vscode';
import { readRun } from '../lifecycle/store/runs';
import type { RunSummary } from '../lifecycle/store/summary';
import { duration } from '../lifecycle/report/words';

/** Gives `lifecycle-run:` documents, read-only, with everything logged of a run. */
export const runLog: vscode.TextDocumentContentProvider = {
  async provideTextDocumentContent(uri) {
    const { store, id } = JSON.parse(uri.query) as { store: string; id: string };
    try {
      return textOf(await readRun(store, id));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  },
};

/** A run as text: head, stages, then the log. */
export function textOf(run: RunSummary): string {
  const lines = [
    `Run ${run.id} of ${run.pipeline}: ${run.status}${run.seconds === undefined ? '' : ` after ${duration(run.seconds)}`}`,
    `${run.info?.file ?? ''} on ${run.info?.host ?? ''}, engine ${run.info?.engine ?? ''}, started ${run.created}`,
    '',
  ];
  const width = Math.max(5, ...run.stages.map(({ name }) => name.length));
  for (const stage of run.stages) {
    const time = stage.seconds === undefined ? '' : duration(stage.seconds);
    lines.push(
      `${stage.name.padEnd(width)}  ${stage.state.padEnd(9)}  ${time.padStart(8)}  ${stage.summary ?? ''}`.trimEnd(),
    );
    if (stage.reason) lines.push(`${' '.repeat(width)}  because ${stage.reason}`);
    for (const [name, value] of Object.entries(stage.metrics)) lines.push(`${' '.repeat(width)}  ${name} = ${value}`);
    if (stage.error) {
      lines.push(`${' '.repeat(width)}  error[${stage.error.code}]: ${stage.error.message}`);
      if (stage.error.hint) lines.push(`${' '.repeat(width)}  ${stage.error.hint}`);
      for (const detail of stage.error.details ?? []) lines.push(`${' '.repeat(width)}    ${detail}`);
    }
  }
  if (run.logs.length > 0)
    lines.push('', run.logsDropped > 0 ? `Log (${run.logsDropped} older entries left out)` : 'Log');
  for (const { time, stage, level, message, hint } of run.logs)
    lines.push(
      `${time.slice(11, 23)}  ${level === 'output' ? '|' : level}  ${stage ? `${stage}: ` : ''}${message}${hint ? ` ${hint}` : ''}`,
    );
  return lines.join('\n') + '\n';
}
