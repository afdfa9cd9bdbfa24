import { readRun } from '../store/runs';
import { EXIT, type ExitCode } from './exit';
import { metric } from './format';
import { table, type Terminal } from './terminal';

/** The trials of each search of a run, as a table a stage: what was tried and what it gave. */
export async function listTrials(store: string, id: string, terminal: Terminal): Promise<ExitCode> {
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
