/** From a lesson's columns to the rows that a network is fed: standardised, with targets and weights. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type NetworkModel, type Task, type Training } from '../../../schemas/generated/types';
import { INPUT_LIMIT, type NetworkPlan } from '../../model/network';
import { inverseDeviations, type Standardization } from '../../model/standardize';
import { floats, identifier, LABEL, literalPath, withDatabase } from '../../table';
import { fillWith, infiniteFeature, type Matrix, scale } from '../scaling';
import { type Lesson, type Stream } from '../trainer';
import { balancedOrder, memoryRows, RowFile, type Rows, type RowSource } from './rows';
import { taughtTargets } from './taught';

/** Spread and middle of a regression's target; 0 and 1 for classes. */
export interface Target {
  readonly mean: number;
  readonly deviation: number;
}

/** How the numbers that a network takes are made of features. */
export interface Inputs {
  readonly standardization: Standardization;
  /** Standardised values are cut off here; one a feature. */
  readonly limits: Float32Array;
}

export function targetOf(task: Task, labels: Float64Array): Target {
  if (task !== 'regression') return { mean: 0, deviation: 1 };
  const mean = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const variance = labels.reduce((sum, label) => sum + (label - mean) ** 2, 0) / labels.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

/** How the features of images and sequences, or each by itself, are standardised; tokens stay the numbers they are. */
export function inputsOf(model: NetworkModel, { layout }: NetworkPlan, each: Standardization): Inputs {
  const plain = layout.inputs.features;
  const numbers = model.tokens !== undefined || layout.placed[0]?.layer.kind === 'embedding';
  const how = model.scale ?? (numbers ? 'none' : layout.start.shape.length > 1 ? 'together' : 'each');
  const mean = Float64Array.from(each.mean);
  const deviation = Float64Array.from(each.deviation);
  if (how === 'together' && plain > 0) {
    let [sum, squares] = [0, 0];
    for (let j = 0; j < plain; j++) sum += each.mean[j]!;
    const middle = sum / plain;
    for (let j = 0; j < plain; j++) squares += each.deviation[j]! ** 2 + (each.mean[j]! - middle) ** 2;
    mean.fill(middle, 0, plain);
    deviation.fill(Math.sqrt(squares / plain) || 1, 0, plain);
  }
  const from = how === 'none' ? 0 : plain;
  mean.fill(0, from);
  deviation.fill(1, from);
  const limits = new Float32Array(mean.length).fill(3e38);
  limits.fill(INPUT_LIMIT, 0, from);
  return { standardization: { mean, deviation }, limits };
}

/** Writes one value of a column where it belongs: in float32, as the served graph does. Missing is the mean. */
export function standardize(
  column: Float32Array,
  feature: number,
  { standardization, limits }: Inputs,
  into: Float32Array,
  record: number,
  at = 0,
): void {
  const middle = Math.fround(standardization.mean[feature]!);
  const factor = Math.fround(inverseDeviations(standardization)[feature]!);
  const limit = limits[feature]!;
  for (let i = 0; i < column.length; i++) {
    const value = Math.fround(column[i]! - middle) * factor;
    into[(at + i) * record + feature] = value === value ? Math.max(-limit, Math.min(limit, value)) : 0;
  }
}

/** [rows, F] row-major. */
export function standardizedRows(columns: readonly Float32Array[], rows: number, inputs: Inputs): Float32Array {
  const rowMajor = new Float32Array(rows * columns.length);
  columns.forEach((column, feature) => standardize(column, feature, inputs, rowMajor, columns.length));
  return rowMajor;
}

/** Writes the targets of a label: smoothed classes, or the standardised value. */
function targetWriter(
  task: Task,
  outputs: number,
  target: Target,
  smoothing: number,
): (label: number, into: Float32Array, at: number) => void {
  if (task === 'regression') return (label, into, at) => (into[at] = (label - target.mean) / target.deviation);
  if (task === 'binary') return (label, into, at) => (into[at] = label * (1 - smoothing) + smoothing / 2);
  return (label, into, at) => {
    for (let k = 0; k < outputs; k++) into[at + k] = (k === label ? 1 - smoothing : 0) + smoothing / outputs;
  };
}

/** How much each class counts; undefined when all count the same. */
export function classWeights({ classes, train }: Lesson, setting: Training['class-weights']): Float64Array | undefined {
  if (setting === undefined || setting === 'none' || classes.length === 0) return undefined;
  if (typeof setting === 'object') return Float64Array.from(classes, (name) => setting[String(name)] ?? 1);
  const counts = new Float64Array(classes.length);
  for (const label of train.labels) counts[label]!++;
  return counts.map((count) => (count > 0 ? train.rows / (classes.length * count) : 0));
}

/** Where training rows come from: memory, or a file made of the streamed ones. */
export async function trainingRows(
  lesson: Lesson,
  plan: NetworkPlan,
  columns: readonly Float32Array[],
  inputs: Inputs,
  target: Target,
): Promise<RowSource> {
  const { task, train, stage, rowWeights } = lesson;
  const training = stage.training ?? {};
  const write = targetWriter(task, plan.outputs, target, training['label-smoothing'] ?? 0);
  const byClass = classWeights(lesson, training['class-weights']);
  const weightOf = (row: number): number => (rowWeights?.[row] ?? 1) * (byClass ? byClass[train.labels[row]!]! : 1);
  if (lesson.stream) return streamedRows(lesson, lesson.stream, plan, inputs, write, weightOf);
  const rows: Rows = {
    rows: train.rows,
    inputs: standardizedRows(columns, train.rows, inputs),
    targets: new Float32Array(train.rows * plan.outputs),
    weights: Float32Array.from({ length: train.rows }, (_, row) => weightOf(row)),
  };
  if (lesson.teacher) rows.targets.set(taughtTargets(lesson.teacher, task, plan.outputs, target));
  else train.labels.forEach((label, row) => write(label, rows.targets, row * plan.outputs));
  const { sampling = 'none' } = training;
  const order =
    sampling === 'none' || task === 'regression'
      ? undefined
      : balancedOrder(train.labels, lesson.classes.length, sampling);
  return memoryRows(rows, order);
}

/** Makes a file of standardised rows, through which training then goes in any order. */
async function streamedRows(
  { train, report }: Lesson,
  { file, options, scratch }: Stream,
  plan: NetworkPlan,
  inputs: Inputs,
  write: (label: number, into: Float32Array, at: number) => void,
  weightOf: (row: number) => number,
): Promise<RowSource> {
  const path = join(scratch, 'rows.bin');
  const record = plan.inputs + plan.outputs + 1;
  const out = await open(path, 'w');
  try {
    await withDatabase(options, async (database) => {
      const list = [...train.names, LABEL].map((name) => `coalesce(CAST(${identifier(name)} AS FLOAT), 'nan'::FLOAT)`);
      let at = 0;
      await database.stream(
        `SELECT ${list.join(', ')} FROM read_parquet(${literalPath(file)})`,
        async (chunk, rows) => {
          report.signal.throwIfAborted();
          const records = new Float32Array(rows * record);
          train.names.forEach((_, feature) => standardize(floats(chunk, feature), feature, inputs, records, record));
          const labels = floats(chunk, train.names.length);
          for (let i = 0; i < rows; i++) {
            write(labels[i]!, records, i * record + plan.inputs);
            records[(i + 1) * record - 1] = weightOf(at + i);
          }
          await out.write(new Uint8Array(records.buffer));
          at += rows;
          report.progress(0, `reading ${Math.floor((100 * at) / train.rows)} %`);
        },
      );
    });
  } finally {
    await out.close();
  }
  return RowFile.open(path, train.rows, plan.inputs, plan.outputs);
}

/** Mean and deviation of each feature, and the columns with the missing values filled; by the database where they are streamed. */
export async function measure({ train, stream }: Lesson): Promise<{
  readonly columns: readonly Float32Array[];
  readonly standardization: Standardization;
  readonly filled: readonly string[];
}> {
  if (stream === undefined) return scale(train);
  const mean = new Float64Array(train.names.length);
  const deviation = new Float64Array(train.names.length);
  const filled: string[] = [];
  await withDatabase(stream.options, async (database) => {
    const relation = `read_parquet(${literalPath(stream.file)})`;
    for (const [feature, name] of train.names.entries()) {
      const value = `CAST(${identifier(name)} AS DOUBLE)`;
      const there = `CASE WHEN NOT isnan(${value}) THEN ${value} END`;
      const found = await database.one<{ mean: number | null; deviation: number | null; there: number; wild: number }>(
        `SELECT avg(x) AS mean, stddev_pop(x) AS deviation, count(x) AS there, count(*) FILTER (isinf(x)) AS wild FROM (SELECT ${there} AS x FROM ${relation})`,
      );
      if (Number(found.wild) > 0) throw infiniteFeature(name);
      mean[feature] = found.mean ?? 0;
      deviation[feature] = found.deviation ?? 0;
      if (Number(found.there) < train.rows) filled.push(name);
    }
  });
  return { columns: [], standardization: { mean, deviation }, filled };
}

/** The rows of another split, for scoring. */
export function judgedRows({ columns, rows }: Matrix, inputs: Inputs): Float32Array {
  return standardizedRows(fillWith(columns, inputs.standardization), rows, inputs);
}
