import { dirname } from 'node:path';
import { HashMemory } from '../../process/hash';
import { forecast, type Forecast } from '../../run/forecast';
import { threadsOf } from '../../run/schedule';
import { availableCores } from '../../run/machine';
import { inspectStore, storePaths } from '../../store/layout';
import type { Given } from '../arguments';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { leftOut, showTrouble } from '../launch';
import { loadPipeline } from '../pipeline';
import { choose } from '../selection';
import { table, type Terminal } from '../terminal';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const loaded = await loadPipeline(given, context);
  if (!showTrouble(loaded, context)) return EXIT.usage;
  const { plan, stages, left } = choose(loaded, given);
  const { store, root, settings } = loaded.project;
  await inspectStore(store);
  const hashes = new HashMemory(storePaths.hashes(store));
  const forecasts = await forecast(
    stages,
    {
      store,
      root,
      folder: dirname(loaded.file),
      pipeline: plan.pipeline.pipeline,
      seed: plan.pipeline.seed ?? 0,
      rooms: context.rooms,
      hashes,
    },
    given.flag('force'),
  );
  const threads = threadsOf(plan.stages, settings.cores ?? availableCores());
  for (const { manifest, ...rest } of forecasts)
    terminal.emit({
      ...rest,
      threads: threads.get(rest.name),
      ...(manifest === undefined ? {} : { from: manifest.run, artifact: manifest.artifact }),
    });
  const rows = forecasts.map((stage) => [
    `${sign(stage, terminal)} ${stage.name}`,
    stage.kind,
    stage.after.join(', '),
    `${WORDS[stage.action]} ${terminal.colour.dim(stage.reason)}`,
  ]);
  for (const line of table(
    [{ title: '  Stage' }, { title: 'Kind' }, { title: 'After' }, { title: 'What a run would do', flexible: true }],
    rows,
    terminal,
  ))
    terminal.print(line);
  if (left.length > 0) terminal.print(terminal.colour.dim(leftOut(left)));
  const problems = forecasts.filter((stage) => stage.action === 'problem' || stage.action === 'missing');
  return problems.length > 0 ? EXIT.usage : EXIT.ok;
}

const WORDS: Readonly<Record<Forecast['action'], string>> = {
  reuse: 'reuse:',
  run: 'run:',
  depends: 'run or reuse:',
  missing: 'missing:',
  problem: 'fail:',
};

function sign({ action }: Forecast, { colour }: Pick<Terminal, 'colour'>): string {
  switch (action) {
    case 'reuse':
      return colour.cyan('↺');
    case 'run':
      return colour.blue('▶');
    case 'depends':
      return colour.dim('?');
    case 'missing':
    case 'problem':
      return colour.red('✖');
  }
}
