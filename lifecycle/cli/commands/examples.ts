import { tmpdir } from 'node:os';
import type { ShownAnswer, ShownExamples } from '../../../schemas/shown';
import { examplesOf } from '../../evaluate/examples';
import type { SplitName } from '../../evaluate/predict';
import { dataOf, findEvaluation } from '../../evaluate/stored';
import { withDatabase } from '../../table';
import { usageError, type Given } from '../arguments';
import { projectHere, runMeant, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { metric } from '../format';
import { table } from '../terminal';

/** Rows that are printed, or sent, unless more are asked for; and at most. */
const [few, many] = [10, 200];

/** Rows of the test split that a model gets wrong, or that two models disagree on, the worst first. */
export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal, signal } = context;
  const { store } = await projectHere(context);
  const found = await findEvaluation(store, await runMeant(store, given.positionals[0]), given.text('stage'));
  const { evaluation } = found;
  const model = await found.open(given.text('model') ?? evaluation.best);
  const against = given.text('against');
  const otherRun = given.text('against-run');
  const elsewhere =
    otherRun === undefined
      ? found
      : await findEvaluation(store, await runMeant(store, otherRun), given.text('against-stage'));
  if (otherRun !== undefined && against === undefined)
    throw usageError('--against-run needs --against: the model of that run.', `It judged ${namesOf(elsewhere)}.`);
  const other = against === undefined ? undefined : await elsewhere.open(against);
  const split = splitOf(given.text('split') ?? (model.name === evaluation.best ? 'test' : 'validation'));
  const [actual, predicted] = [given.text('actual'), given.text('predicted')];
  const data = await dataOf(store, model);
  const shown = await withDatabase({ scratch: tmpdir(), threads: 2, signal }, (database) =>
    examplesOf(database, data, other ? [model, other] : [model], {
      split,
      most: Math.min(given.whole('limit', 1) ?? few, many),
      threshold: evaluation.threshold ?? 0.5,
      signal,
      ...(actual === undefined ? {} : { actual }),
      ...(predicted === undefined ? {} : { predicted }),
    }),
  );
  const note =
    other && other.info.data !== model.info.data
      ? `'${other.name}' was trained on other data than '${model.name}': rows may have been among its training.`
      : undefined;
  terminal.emit({ ...shown, ...(note ? { note } : {}) });
  if (note) terminal.warn(note);
  print(shown, { actual, predicted }, context);
  return EXIT.ok;
}

const namesOf = ({ evaluation }: { readonly evaluation: { readonly candidates: readonly { name: string }[] } }) =>
  evaluation.candidates.map(({ name }) => name).join(', ');

function splitOf(text: string): SplitName {
  if (text === 'test' || text === 'validation') return text;
  throw usageError(`--split is test or validation, not '${text}'.`, 'Models are judged on these two.');
}

function print(
  { examples, columns, models, found, rows, split, task }: ShownExamples,
  { actual, predicted }: { readonly actual?: string | undefined; readonly predicted?: string | undefined },
  { terminal }: Context,
): void {
  const [part, all] = [found.toLocaleString('en-US'), `${rows.toLocaleString('en-US')} rows of ${split}`];
  const [model = ''] = models;
  terminal.print(
    models.length > 1
      ? `${models.join(' and ')} disagree on ${part} of ${all}.`
      : task === 'regression'
        ? `${model} is off on ${part} of ${all}.`
        : actual === undefined && predicted === undefined
          ? `${model} gets ${part} of ${all} wrong.`
          : `${part} of ${all} are ${[actual, predicted === undefined ? '' : `taken for ${predicted}`].filter(Boolean).join(' and ')}.`,
  );
  if (examples.length === 0) return;
  const lines = table(
    [
      { title: 'Row', right: true },
      { title: 'True' },
      ...models.map((title) => ({ title })),
      { title: 'Values', flexible: true },
    ],
    examples.map(({ row, actual, said, values }) => [
      String(row),
      told(actual),
      ...said.map(answer),
      columns
        .map(({ name, image }, at) => (image ? '' : `${name} ${written(values[at])}`))
        .filter(Boolean)
        .join(' · '),
    ]),
    terminal,
  );
  for (const line of lines) terminal.print(line);
}

function answer({ predicted, probabilities }: ShownAnswer): string {
  const share = probabilities?.find(([label]) => label === predicted)?.[1];
  return share === undefined ? told(predicted) : `${told(predicted)} (${metric(share)})`;
}

function told(value: string | number | boolean | null | undefined): string {
  if (typeof value === 'number') return metric(value);
  return value === null || value === undefined ? '–' : String(value).replace(/\s+/g, ' ');
}

/** A value as it stands in the data, to be found there again: no separators of thousands, nothing rounded away. */
function written(value: string | number | boolean | null | undefined): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(12))) : told(value);
}
