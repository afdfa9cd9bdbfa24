import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { csvOf, type Value } from '../../query';
import { UserError } from '../../problem';
import { storePaths } from '../../store/layout';
import { buildPyramid, readPyramid, type Pyramid } from '../../store/pyramid';
import { RUN_FILES } from '../../store/runs';
import { usageError, type Given } from '../arguments';
import { projectHere, runMeant, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { bytes } from '../format';
import { table } from '../terminal';

/** The series of a run: which there are, or their points as CSV. Long ones are read through the pyramid, which is made when it is missing. */
export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const id = await runMeant(store, given.positionals[0]);
  const pyramid = await ready(store, id, context);
  const [stage, name] = [given.text('stage'), given.text('name')];
  const wanted = pyramid.series.filter(
    (one) => (stage === undefined || one.stage === stage) && (name === undefined || one.name === name),
  );
  if (wanted.length === 0 && (stage !== undefined || name !== undefined))
    throw new UserError({
      code: 'series-unknown',
      message: `Run ${id} logged no series ${[stage, name].filter(Boolean).join(' ')}.`,
      hint: `\`lifecycle series ${id}\` lists what it logged.`,
    });
  const format = given.text('format');
  if (format !== undefined && format !== 'csv')
    throw usageError(`--format is csv, not '${format}'.`, '`lifecycle series --help` shows what it takes.');
  if (format === 'csv') {
    const points = given.whole('points', 1) ?? Infinity;
    const rows: Value[][] = [];
    for (const one of wanted) {
      const found = await pyramid.buckets(one.stage, one.name, points);
      found?.steps.forEach((step, index) =>
        rows.push([
          one.stage,
          one.name,
          step,
          found.epochs?.[index] ?? undefined,
          new Date(found.times[index] ?? NaN).toISOString(),
          found.values[index] ?? undefined,
          found.low[index] ?? undefined,
          found.high[index] ?? undefined,
        ]),
      );
    }
    terminal.write(csvOf(['stage', 'name', 'step', 'epoch', 'time', 'value', 'low', 'high'], rows));
    return EXIT.ok;
  }
  for (const one of wanted) terminal.emit({ run: id, ...one });
  if (wanted.length === 0) terminal.print(`Run ${id} logged no series.`);
  else
    for (const line of table(
      [{ title: 'Stage' }, { title: 'Series', flexible: true }, { title: 'Points', right: true }],
      wanted.map((one) => [one.stage, one.name, one.points.toLocaleString('en-US')]),
      terminal,
    ))
      terminal.print(line);
  return EXIT.ok;
}

async function ready(store: string, id: string, { terminal }: Context): Promise<Pyramid> {
  const known = await readPyramid(store, id);
  if (known) return known;
  const { size } = await stat(join(storePaths.run(store, id), RUN_FILES.events)).catch(() => ({ size: 0 }));
  const quiet = size < 20e6;
  await buildPyramid(store, id, (share) => {
    if (!quiet) terminal.warn(`Reading ${bytes(size)} of events: ${Math.round(share * 100)} %`);
    terminal.emit({ progress: share });
  });
  const made = await readPyramid(store, id);
  if (!made)
    throw new UserError({
      code: 'run-running',
      message: `Run ${id} goes on and logs faster than its series can be read.`,
      hint: 'Try again when it has ended.',
    });
  return made;
}
