import { replay } from '../../deploy/replay';
import type { Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { metric } from '../format';
import { table } from '../terminal';
import { onlyTarget } from './rollback';

/** Asks another version what the live one was asked. */
export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const target = given.text('target') ?? (await onlyTarget(store));
  const last = given.whole('last', 1);
  const found = await replay(store, target, given.positionals[0], { ...(last !== undefined && { last }) });
  terminal.emit(found);
  const share = ((100 * found.differing) / found.rows).toFixed(1);
  terminal.print(
    `${terminal.colour.bold(`${found.model} ${found.candidate}`)} beside version ${found.live} on the last ${found.rows} rows that ${target} was asked:`,
  );
  terminal.print(`${found.differing} of ${found.rows} rows (${share} %) are predicted differently.`);
  terminal.print(
    `Scores differ by ${metric(found.meanDifference)} on average, by ${metric(found.largestDifference)} at most; population stability index ${found.psi.toFixed(3)}.`,
  );
  if (found.redacted.length > 0)
    terminal.print(`The log does not hold ${found.redacted.join(', ')}: both were given the example of the model.`);
  const names = Object.keys(found.examples[0]?.inputs ?? {}).slice(0, 6);
  if (found.examples.length > 0)
    for (const line of table(
      [...names, `version ${found.live}`, `version ${found.candidate}`, 'gap'].map((title) => ({
        title,
        flexible: true,
      })),
      found.examples.map(({ inputs, live, candidate, gap }) => [
        ...names.map((name) => shown(inputs[name])),
        shown(live),
        shown(candidate),
        metric(gap),
      ]),
      terminal,
    ))
      terminal.print(line);
  return EXIT.ok;
}

function shown(value: unknown): string {
  return typeof value === 'number'
    ? metric(value)
    : typeof value === 'string' || typeof value === 'boolean'
      ? String(value)
      : '';
}
