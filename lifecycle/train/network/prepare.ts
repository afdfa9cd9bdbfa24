/** From a lesson's columns to the rows that a network is fed: standardised, with targets and weights. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type NetworkModel, type Task, type Training } from '../../../schemas/generated/types';
import { type Layout } from '../../model/layers';
import { INPUT_LIMIT, type NetworkPlan } from '../../model/network';
import { absentOffset, type FeatureInputs, inverseDeviation } from '../../model/standardize';
import { ColumnFile, type Columns, rangeOf } from '../columns';
import { type Matrix, type Measured } from '../scaling';
import { type Lesson } from '../trainer';
import { balancedOrder, memoryRows, RowFile, type Rows, type RowSource } from './rows';
import { taughtTargets } from './taught';

/** Spread and middle of a regression's target; 0 and 1 for classes. */
export interface Target {
  readonly mean: number;
  readonly deviation: number;
}

export function targetOf(task: Task, labels: Float64Array): Target {
  if (task !== 'regression') return { mean: 0, deviation: 1 };
  const mean = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const variance = labels.reduce((sum, label) => sum + (label - mean) ** 2, 0) / labels.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

/** Are the plain features numbers of tokens? */
function areTokens(model: NetworkModel, { placed }: Layout): boolean {
  return model.tokens !== undefined || placed[0]?.layer.kind === 'embedding';
}

/**
 * How the features of images and sequences, or each by itself, are standardised. Tokens stay the numbers they are, and of features by themselves those
 * that hold 0 and 1 alone, as one-hot columns do: divided by its deviation a rare one would be many times as large as the others, for each row that has it.
 *
 * Missing is the mean of the feature, whether that is 0 then or not; 0, the padding, for tokens; the mean of all for the pixels of images, which lack none.
 */
export function inputsOf(model: NetworkModel, { layout }: NetworkPlan, measured: Measured): FeatureInputs {
  const plain = layout.inputs.features;
  const tokens = areTokens(model, layout);
  const how = model.scale ?? (tokens ? 'none' : layout.start.shape.length > 1 ? 'together' : 'each');
  const each = measured.standardization;
  const mean = Float64Array.from(each.mean);
  const deviation = Float64Array.from(each.deviation);
  if (how === 'each') {
    for (const feature of measured.binary) {
      if (feature >= plain) continue;
      mean[feature] = 0;
      deviation[feature] = 1;
    }
  }
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
  const missing = layout.inputs.image ? mean.slice() : Float64Array.from(each.mean);
  missing.fill(0, tokens ? 0 : plain);
  return { standardization: { mean, deviation }, missing, limits };
}

/** What a log says of features with missing values. */
export function missingMeans(model: NetworkModel, { layout }: NetworkPlan): string {
  return areTokens(model, layout) ? 'padding' : 'the mean of the training split';
}

/** The inputs of a model that is trained on: as its weights know them. What was constant in its rows, and so unknown to it, is `own`. */
export function goingOn(own: FeatureInputs, before: FeatureInputs | undefined): FeatureInputs {
  if (before === undefined) return own;
  const known = (feature: number): boolean => before.standardization.deviation[feature]! > 0;
  const chosen = (mine: Float64Array, theirs: Float64Array): Float64Array =>
    mine.map((value, feature) => (known(feature) ? theirs[feature]! : value));
  return {
    standardization: {
      mean: chosen(own.standardization.mean, before.standardization.mean),
      deviation: chosen(own.standardization.deviation, before.standardization.deviation),
    },
    missing: chosen(own.missing, before.missing),
    limits: own.limits.map((limit, feature) => (known(feature) ? before.limits[feature]! : limit)),
  };
}

/** Writes the values of a column where they belong: in float32, as the served graph does. */
export function standardize(
  column: Float32Array,
  feature: number,
  { standardization, missing, limits }: FeatureInputs,
  into: Float32Array,
  record: number,
): void {
  const middle = Math.fround(standardization.mean[feature]!);
  const factor = Math.fround(inverseDeviation(standardization.deviation[feature]!));
  const absent = absentOffset(missing[feature]!, standardization.mean[feature]!);
  const limit = limits[feature]!;
  for (let i = 0; i < column.length; i++) {
    const centred = Math.fround(column[i]! - middle);
    const value = (centred === centred ? centred : absent) * factor;
    into[i * record + feature] = value === value ? Math.max(-limit, Math.min(limit, value)) : 0;
  }
}

/** [rows, F] row-major. */
function standardizedRows(columns: Columns, from: number, to: number, inputs: FeatureInputs): Float32Array {
  const rowMajor = new Float32Array((to - from) * columns.length);
  for (let feature = 0; feature < columns.length; feature++)
    standardize(rangeOf(columns, feature, from, to), feature, inputs, rowMajor, columns.length);
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
  inputs: FeatureInputs,
  target: Target,
): Promise<RowSource> {
  const { task, train, stage, rowWeights } = lesson;
  const { columns } = train;
  const training = stage.training ?? {};
  const write = targetWriter(task, plan.outputs, target, training['label-smoothing'] ?? 0);
  const byClass = classWeights(lesson, training['class-weights']);
  const weightOf = (row: number): number => (rowWeights?.[row] ?? 1) * (byClass ? byClass[train.labels[row]!]! : 1);
  if (columns instanceof ColumnFile) return streamedRows(lesson, columns, plan, inputs, write, weightOf);
  const rows: Rows = {
    rows: train.rows,
    inputs: standardizedRows(columns, 0, train.rows, inputs),
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

/** Rows of a block that is written together. */
const BLOCK_ROWS = 2048;

/** Makes a file of standardised rows, through which training then goes in any order. */
async function streamedRows(
  { train, scratch, report }: Lesson,
  columns: ColumnFile,
  plan: NetworkPlan,
  inputs: FeatureInputs,
  write: (label: number, into: Float32Array, at: number) => void,
  weightOf: (row: number) => number,
): Promise<RowSource> {
  const path = join(scratch, 'rows.bin');
  const record = plan.inputs + plan.outputs + 1;
  const out = await open(path, 'w');
  try {
    for (let from = 0; from < train.rows; from += BLOCK_ROWS) {
      report.signal.throwIfAborted();
      const to = Math.min(train.rows, from + BLOCK_ROWS);
      const records = new Float32Array((to - from) * record);
      for (let feature = 0; feature < columns.length; feature++)
        standardize(rangeOf(columns, feature, from, to), feature, inputs, records, record);
      for (let row = from; row < to; row++) {
        const at = (row - from) * record;
        write(train.labels[row]!, records, at + plan.inputs);
        records[at + record - 1] = weightOf(row);
      }
      await out.write(new Uint8Array(records.buffer));
      report.progress(0, `preparing ${Math.floor((100 * to) / train.rows)} %`);
    }
  } finally {
    await out.close();
  }
  return RowFile.open(path, train.rows, plan.inputs, plan.outputs);
}

/** Standardised rows of another split for scoring, part by part. */
export function judgedRows(
  { columns, rows }: Matrix,
  inputs: FeatureInputs,
): (from: number, to: number) => Float32Array {
  if (columns instanceof ColumnFile) return (from, to) => standardizedRows(columns, from, to, inputs);
  const all = standardizedRows(columns, 0, rows, inputs);
  return (from, to) => all.subarray(from * columns.length, to * columns.length);
}
