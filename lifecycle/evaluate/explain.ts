import { join } from 'node:path';
import type { EvaluateStage, Explanation } from '../../schemas/generated/types';
import { readEnsemble } from '../model/read-ensemble';
import { tokenInputs } from '../model/layers';
import { shapWork } from '../model/shap';
import { summariseShap } from '../model/shap-summary';
import { decodeModel, openSession } from '../onnx';
import { runColumns } from '../onnx/rows';
import { computeMetrics, type Metric } from '../statistics/metrics';
import { permutationImportance } from '../statistics/permutation';
import { Random } from '../statistics/random';
import type { StoredDataset } from '../store/datasets';
import type { StageContext } from '../store/room';
import { type Database, doubles, identifier, literalPath } from '../table';
import { eachRawBatch, type RawBatch } from '../table/raw';
import type { Candidate } from './candidates';
import { predictionsOf, readActual, type SplitName } from './predict';

const ROWS = 1_000;
const FEWEST_ROWS = 100;
const REPEATS = 5;
/** Values that are shuffled in all, once they are more than the fewest rows have. */
const WORK = 2_000_000;
/** Steps of TreeSHAP (its leaves' squared depths) over all rows: a second of deep trees, two of shallow ones. */
const SHAP_WORK = 80_000_000;
const SHAP_ROWS = 500;
/** Features that are listed with their SHAP values. */
const MOST_FEATURES = 200;
/** Beyond this an explanation that was not asked for with its own number of rows is left out. */
const LONGEST_MILLISECONDS = 20_000;

export interface ExplainOptions {
  readonly context: Pick<StageContext<EvaluateStage>, 'stage' | 'seed' | 'log' | 'signal' | 'progress'>;
  readonly database: Database;
  readonly data: StoredDataset;
  readonly split: SplitName;
  readonly metric: Metric;
  /** Probability from which a two-class prediction is positive. */
  readonly threshold: number;
}

/**
 * What a candidate looks at: permutation importance of each raw column that it takes, through the exported graph, and mean |SHAP| of
 * the features of tree models. The same seed gives the same rows, the same shuffles, and so the same figures. Undefined, with a
 * warning, where it can't be said or would take too long.
 */
export async function explain(candidate: Candidate, options: ExplainOptions): Promise<Explanation | undefined> {
  const { context, database, data, split, metric } = options;
  const { info } = candidate;
  const asked = context.stage.explain === 'none' ? {} : (context.stage.explain ?? {});
  const repeats = asked.repeats ?? REPEATS;
  const actual = await readActual(database, data, split);
  const fitting = Math.floor(WORK / (Math.max(1, info.inputs.length) * repeats));
  const most = asked.rows ?? Math.min(ROWS, Math.max(FEWEST_ROWS, fitting));
  const random = new Random(context.seed).fork('explain').fork(split);
  const chosen = random.sample(actual.length, Math.min(most, actual.length));
  const truth = Float64Array.from(chosen, (row) => actual[row]!);
  const columns = await rawRows(options, info, chosen);
  const orders = Array.from({ length: repeats }, (_, i) => random.fork(i).permutation(chosen.length));
  const began = performance.now();
  const session = await openSession(candidate.onnx);
  let tooLong = false;
  try {
    const found = await permutationImportance({
      columns,
      better: metric.better,
      orders,
      score: async (shuffled) => {
        context.signal.throwIfAborted();
        const answer = await runColumns(session, info, shuffled, chosen.length);
        const output = (answer.probabilities ?? answer.prediction)!;
        const { [metric.name]: value } = computeMetrics(
          [metric.name],
          predictionsOf(info, output, truth, options.threshold),
        );
        return value ?? NaN;
      },
      onColumn: (done) => {
        const elapsed = performance.now() - began;
        const whole = (elapsed / done) * info.inputs.length;
        tooLong = asked.rows === undefined && elapsed > 1_000 && whole > LONGEST_MILLISECONDS;
        return !tooLong;
      },
    });
    if (found === undefined) return leftOut(context, candidate, info.inputs.length);
    if (!Number.isFinite(found.score) || found.columns.some(({ importance }) => !Number.isFinite(importance))) {
      const where = `${metric.name} is undefined on the ${chosen.length.toLocaleString('en')} rows drawn of ${split}`;
      context.log('warning', `${candidate.name} can't be explained: ${where}.`, {
        code: 'explanation-undefined',
        hint: 'Explain by another metric (`explain: {metric: …}`), or on more rows (`explain: {rows: …}`).',
      });
      return undefined;
    }
    const shap = await shapOf(candidate, options, chosen);
    return {
      split,
      rows: chosen.length,
      metric: metric.name,
      score: found.score,
      repeats,
      permutation: [...found.columns].sort(
        (a, b) => b.importance - a.importance || b.deviation - a.deviation || (a.column < b.column ? -1 : 1),
      ),
      ...(shap && { shap }),
    };
  } finally {
    await session.close();
  }
}

function leftOut({ log }: ExplainOptions['context'], { name }: Candidate, columns: number): undefined {
  log(
    'warning',
    `What ${name} looks at is left out: shuffling each of its ${columns} columns would take more than ${LONGEST_MILLISECONDS / 1000} s.`,
    {
      code: 'explanation-too-long',
      hint: 'Say how many rows are enough, whatever it takes (`explain: {rows: 200, repeats: 3}`), or `explain: none`.',
    },
  );
}

/** Rows of a split by their number, in order. */
function rowsOf(file: string, rows: Uint32Array): string {
  const list = rows.length > 0 ? [...rows].join(',') : '-1';
  return `(SELECT * FROM read_parquet(${literalPath(file)}, file_row_number = true) WHERE file_row_number IN (${list}) ORDER BY file_row_number)`;
}

async function rawRows(
  { database, data, split }: ExplainOptions,
  { inputs }: Candidate['info'],
  rows: Uint32Array,
): Promise<RawBatch> {
  const columns: Record<string, Float32Array | string[]> = {};
  const relation = rowsOf(join(data.folder, `${split}.parquet`), rows);
  const take = (batch: RawBatch): Promise<void> => {
    for (const [name, values] of Object.entries(batch))
      columns[name] = values instanceof Float32Array ? values.slice() : [...values];
    return Promise.resolve();
  };
  await eachRawBatch(database, relation, inputs, take, Math.max(rows.length, 1));
  return columns;
}

/** Mean |SHAP| of a model that is made of trees of ours, on the first of the rows. */
async function shapOf(
  { onnx }: Candidate,
  { context, database, data, split }: ExplainOptions,
  rows: Uint32Array,
): Promise<Explanation['shap']> {
  const { target } = data.dataset;
  // Trees are not given the tokens of texts, which come last.
  const tokens = tokenInputs(data.dataset).reduce((sum, { steps }) => sum + steps, 0);
  const features = data.dataset.features.slice(0, data.dataset.features.length - tokens);
  const read = readEnsemble(decodeModel(onnx), features.length);
  if (read === undefined) return undefined;
  const { ensemble, unit } = read;
  const fitting = Math.min(SHAP_ROWS, Math.floor(SHAP_WORK / Math.max(1, shapWork(ensemble))));
  if (fitting < 10) return undefined;
  // Every n-th, so that the part is of the whole split.
  const every = Math.ceil(rows.length / fitting);
  const some = rows.filter((_, i) => i % every === 0);
  const matrix = features.map(() => new Float32Array(some.length));
  let at = 0;
  const list = features.map((name) => `CAST(${identifier(name)} AS DOUBLE)`).join(', ');
  const relation = rowsOf(join(data.folder, `${split}.features.parquet`), some);
  await database.stream(`SELECT ${list} FROM ${relation}`, (chunk, count) => {
    matrix.forEach((column, f) => column.set(doubles(chunk, f), at));
    at += count;
  });
  const output = target?.task === 'binary' && ensemble.outputs === 2 ? 1 : undefined;
  const found = await summariseShap(ensemble, features, matrix, output, async () => {
    context.signal.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
  });
  return { rows: some.length, unit, features: found.slice(0, MOST_FEATURES) };
}
