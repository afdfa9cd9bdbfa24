import { listRuns, type RunEntry } from '../../store/runs';
import type { Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { ago, duration, metrics } from '../format';
import { statusText } from '../status';
import { table } from '../terminal';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const pipeline = given.text('pipeline');
  const runs = await listRuns(store, {
    limit: given.whole('limit', 1) ?? 20,
    ...(pipeline === undefined ? {} : { pipeline }),
  });
  for (const entry of runs)
    terminal.emit({ id: entry.id, status: entry.status, info: entry.info, record: entry.record });
  if (runs.length === 0) terminal.print('There is no run yet. Start one with `lifecycle run`.');
  else {
    const rows = runs.map((entry) => [
      entry.id,
      entry.info.pipeline,
      statusText(entry.status, terminal),
      ago(entry.info.created),
      entry.record === undefined ? '' : duration(entry.record.seconds),
      headline(entry),
    ]);
    for (const line of table(
      [
        { title: 'Run' },
        { title: 'Pipeline' },
        { title: 'Status' },
        { title: 'When' },
        { title: 'Took', right: true },
        { title: 'Result', flexible: true },
      ],
      rows,
      terminal,
    ))
      terminal.print(line);
  }
  return EXIT.ok;
}

/** What is worth a glance: the error, else the metrics of the last evaluation, else those of the last stage that has some. */
function headline(entry: RunEntry): string {
  const stages = Object.entries(entry.record?.stages ?? {});
  const failed = stages.find(([, stage]) => stage.status === 'failed');
  if (failed !== undefined) return `${failed[0]}: ${failed[1].error?.message ?? 'failed'}`;
  const measured = stages.filter(([, stage]) => Object.keys(stage.metrics ?? {}).length > 0);
  const [, best] = measured.findLast(([, stage]) => stage.kind === 'evaluate') ?? measured.at(-1) ?? [];
  return metrics(best?.metrics ?? {});
}
