import { type MetricName } from '../statistics/metrics';
import { type ModelInfo } from '../../schemas/generated/types';
import { openSession, type Session } from '../onnx';
import { labelsOf, type Predictions, predictRows } from '../onnx/rows';
import { UserError } from '../problem';
import { computeMetrics, defaultMetrics, type Predictions as Exam } from '../statistics/metrics';
import { type ColumnData, columnsOf, type DatabaseOptions, LABEL, literalPath, withDatabase } from '../table';

/** A split is judged on its first rows, at most this many. */
const MOST_ROWS = 200_000;
const BATCH = 16_384;

/** Raw rows of a split with their labels: a class index or a value. */
export interface Sample {
  readonly rows: number;
  readonly columns: Readonly<Record<string, ArrayLike<unknown>>>;
  readonly labels: Float64Array;
}

/** Reads a model's inputs and the labels of a split's first rows. */
export async function readSample(
  info: ModelInfo,
  split: { readonly raw: string; readonly features: string },
  options: DatabaseOptions = {},
  most = MOST_ROWS,
): Promise<Sample> {
  return withDatabase(options, async (database) => {
    const part = (file: string) => `(SELECT * FROM read_parquet(${literalPath(file)}) LIMIT ${most})`;
    const raw = await columnsOf(
      database,
      part(split.raw),
      info.inputs.map(({ name }) => name),
    );
    const label = (await columnsOf(database, part(split.features), [LABEL])).columns[LABEL];
    if (label === undefined || label.type === 'text') throw new Error(`${split.features} has no label`);
    const columns = Object.fromEntries(Object.entries(raw.columns).map(([name, data]) => [name, loose(data)]));
    return { rows: label.values.length, columns, labels: Float64Array.from(label.values) };
  });
}

function loose(data: ColumnData): ArrayLike<unknown> {
  return data.type === 'number' ? Float32Array.from(data.values) : data.values;
}

/** Predicts a sample through the served graph, batch by batch. */
export async function predictSample(session: Session, info: ModelInfo, sample: Sample): Promise<Predictions> {
  const width = info.task === 'regression' ? 1 : (info.classes?.length ?? 2);
  const all = new Float32Array(sample.rows * width);
  for (let from = 0; from < sample.rows; from += BATCH) {
    const to = Math.min(from + BATCH, sample.rows);
    const columns = Object.fromEntries(
      Object.entries(sample.columns).map(([name, values]) => [name, sliceOf(values, from, to)]),
    );
    const { probabilities, prediction } = await predictRows(session, info, columns);
    const answers = (probabilities ?? prediction)!;
    const strange = answers.findIndex((value) => !Number.isFinite(value));
    if (strange >= 0) throw notFinite(from + Math.floor(strange / width), answers[strange]!);
    all.set(answers, from * width);
  }
  return info.task === 'regression' ? { prediction: all } : { probabilities: all };
}

function notFinite(row: number, value: number): UserError {
  return new UserError({
    code: 'prediction-not-finite',
    message: `The model answers ${value} for row ${row} of the validation split.`,
    hint: 'Most often a value is missing there: fill it in the data stage (`fill: {columns: numeric, with: median}`), or let the model take missing values.',
  });
}

function sliceOf(values: ArrayLike<unknown>, from: number, to: number): ArrayLike<unknown> {
  if (values instanceof Float32Array || values instanceof Float64Array) return values.subarray(from, to);
  return Array.from({ length: to - from }, (_, i) => values[from + i]);
}

/** Metrics of predictions; those not defined for these rows are left out. The task's defaults unless named. */
export function judge(
  info: ModelInfo,
  predictions: Predictions,
  labels: Float64Array,
  names: readonly MetricName[] = defaultMetrics(info.task),
): Record<string, number> {
  const values = computeMetrics(names, examOf(info, predictions, labels));
  return Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)));
}

function examOf(info: ModelInfo, { probabilities, prediction }: Predictions, actual: Float64Array): Exam {
  if (info.task === 'regression') return { task: 'regression', actual, predicted: prediction! };
  const predicted = labelsOf(info, probabilities!);
  if (info.task === 'multiclass')
    return { task: 'multiclass', actual, classes: info.classes?.length ?? 2, probabilities: probabilities!, predicted };
  const scores = new Float64Array(actual.length);
  for (let i = 0; i < scores.length; i++) scores[i] = probabilities![2 * i + 1]!;
  return { task: 'binary', actual, scores, predicted };
}

/** Metrics of a model file on a split's first rows, predicted through the served graph from raw columns. */
export async function scoreModel(
  model: Uint8Array | string,
  info: ModelInfo,
  split: { readonly raw: string; readonly features: string },
  options: DatabaseOptions & { readonly names?: readonly MetricName[] } = {},
): Promise<Record<string, number>> {
  const sample = await readSample(info, split, options);
  const session = await openSession(model);
  try {
    return judge(info, await predictSample(session, info, sample), sample.labels, options.names);
  } finally {
    await session.close();
  }
}
