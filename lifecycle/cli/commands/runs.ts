import { listRuns, readRun, resolveRunId, type RunEntry } from '../../store/runs';
import type { Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { ago, duration, metric, metrics } from '../format';
import { statusText } from '../status';
import { table } from '../terminal';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const pipeline = given.text('pipeline');
  const trials = given.text('trials');
  if (trials !== undefined) return listTrials(store, await resolveRunId(store, trials), context);
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

/** The trials of each search of a run, as a table a stage: what was tried and what it gave. */
async function listTrials(store: string, id: string, { terminal }: Context): Promise<ExitCode> {
  const stages = (await readRun(store, id)).stages.filter(({ trials }) => trials !== undefined);
  if (stages.length === 0) terminal.print(`No stage of run ${id} searched. \`tune\` in a train stage does.`);
  for (const stage of stages) {
    const trials = (stage.trials ?? []).flatMap((trial) => trial ?? []);
    for (const trial of trials) terminal.emit({ stage: stage.name, ...trial });
    const best = trials.filter(({ best }) => best).at(-1)?.trial;
    const paths = [...new Set(trials.flatMap(({ values }) => Object.keys(values)))];
    terminal.print(terminal.colour.bold(stage.name));
    const rows = trials.map((trial) => [
      `${trial.trial}${trial.trial === best ? ' *' : ''}`,
      trial.state,
      trial.score === undefined ? '' : metric(trial.score),
      trial.steps === undefined ? '' : String(trial.steps),
      ...paths.map((path) => String(trial.values[path] ?? '')),
      trial.message ?? trial.run ?? '',
    ]);
    const columns = [
      { title: 'Trial' },
      { title: 'State' },
      { title: trials[0]?.metric ?? 'Score', right: true },
      { title: 'Steps', right: true },
      ...paths.map((path) => ({ title: path.split('.').at(-1) ?? path, right: true })),
      { title: 'Run', flexible: true },
    ];
    for (const line of table(columns, rows, terminal)) terminal.print(line);
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
