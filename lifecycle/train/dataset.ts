import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dataset, type TrainStage } from '../../schemas/generated/types';
import { tokenInputs } from '../model/layers';
import { decodeModel, type OnnxModel } from '../onnx';
import { UserError } from '../problem';
import { type DatabaseOptions, readColumns, readMatrix } from '../table';
import { type Input } from '../store/room';
import { ColumnFile } from './columns';
import { type Matrix } from './scaling';

/** A data stage's artifact, as training sees it. The test split is not in it. */
export interface TrainingData {
  readonly dataset: Dataset;
  readonly target: NonNullable<Dataset['target']>;
  readonly preprocess: OnnxModel;
  /** Files of the splits that have rows: raw columns, and features. */
  readonly splits: Readonly<
    Record<'train' | 'validation', { readonly raw: string; readonly features: string } | undefined>
  >;
}

/** The reference to the data of a stage that learns from data. */
export function dataOf({ data }: TrainStage): string {
  if (data === undefined) throw new Error('A stage without data was given to a trainer that needs some.');
  return data;
}

/** @throws UserError when nothing can be learnt from it */
export async function openDataset(input: Input): Promise<TrainingData> {
  const dataset = JSON.parse(await readFile(join(input.path, 'dataset.json'), 'utf8')) as Dataset;
  const { target } = dataset;
  if (target === undefined) {
    throw new UserError({
      code: 'target-missing',
      message: `The data stage '${input.stage}' names no target, so there is nothing to learn.`,
      hint: `Say there what to predict: \`target: COLUMN\`.`,
      path: ['data'],
    });
  }
  if (!dataset.splits['train']?.rows) {
    throw new UserError({
      code: 'training-split-empty',
      message: `The training split of '${input.stage}' has no rows.`,
      hint: 'Check its `rows` and `split`.',
      path: ['data'],
    });
  }
  const preprocess = decodeModel(await readFile(join(input.path, 'preprocess.onnx')));
  const splitFiles = (name: string) => ({
    raw: join(input.path, `${name}.parquet`),
    features: join(input.path, `${name}.features.parquet`),
  });
  const validated = (dataset.splits['validation']?.rows ?? 0) > 0;
  return {
    dataset,
    target,
    preprocess,
    splits: { train: splitFiles('train'), validation: validated ? splitFiles('validation') : undefined },
  };
}

/** The data without the features that only a network can read: numbers of words, which mean nothing as numbers. They come last. */
export function withoutTokens(data: TrainingData): TrainingData {
  const tokens = tokenInputs(data.dataset).reduce((sum, { steps }) => sum + steps, 0);
  if (tokens === 0) return data;
  const features = data.dataset.features.slice(0, -tokens);
  if (features.length === 0) {
    throw new UserError({
      code: 'tokens-need-network',
      message: 'The only features are the words of texts in their order (`tokenize`), which only a network can read.',
      hint: "Train a network (`model: {kind: network, preset: text-cnn}`), or add a step `bag-of-words` to the data stage's features: networks and other models may share it.",
      path: ['model'],
    });
  }
  return { ...data, dataset: { ...data.dataset, features } };
}

/** Reads a split's features and labels. */
export async function loadMatrix(
  file: string,
  { dataset, target }: TrainingData,
  options: DatabaseOptions,
): Promise<Matrix> {
  const { rows, columns, label, features } = await readMatrix(file, dataset.features, options);
  if (label === undefined) throw new Error(`${file} has no label`);
  const labels = Float64Array.from(label);
  checkLabels(labels, target.column);
  return { names: features, columns: features.map((_, f) => columns.subarray(f * rows, (f + 1) * rows)), labels, rows };
}

/** As {@link loadMatrix}, with the columns in a file at `path`: at any time only a few of them are in memory. They are the caller's to close. */
export async function storeMatrix(
  split: 'train' | 'validation',
  { dataset, target, splits }: TrainingData,
  path: string,
  options: DatabaseOptions,
  onRows?: (done: number, rows: number) => void,
): Promise<Matrix & { readonly columns: ColumnFile }> {
  const rows = dataset.splits[split]?.rows ?? 0;
  const names = dataset.features;
  const told = onRows && ((done: number) => onRows(done, rows));
  const { columns, labels } = await ColumnFile.write(splits[split]!.features, names, rows, path, options, told);
  try {
    checkLabels(labels, target.column);
  } catch (error) {
    columns.close();
    throw error;
  }
  return { names, columns, labels, rows };
}

function checkLabels(labels: Float64Array, column: string): void {
  const strange = labels.findIndex((value) => !Number.isFinite(value));
  if (strange < 0) return;
  throw new UserError({
    code: 'target-not-finite',
    message: `The target '${column}' is missing or infinite in row ${strange} of the training or validation split.`,
    hint: `Filter such rows in the data stage: \`rows: [{filter: "${column} is not null"}]\`.`,
    path: ['data'],
  });
}

/** How much each training row counts, from a raw column. */
export async function loadRowWeights(
  column: string,
  rows: number,
  { splits }: TrainingData,
  options: DatabaseOptions,
): Promise<Float64Array> {
  const refuse = (message: string, hint?: string): UserError =>
    new UserError({
      code: 'sample-weights-unusable',
      message,
      ...(hint && { hint }),
      path: ['training', 'sample-weights'],
    });
  const { columns } = await readColumns(splits.train!.raw, undefined, options);
  const found = columns[column];
  if (found === undefined)
    throw refuse(
      `There is no column '${column}' in the training split.`,
      'Keep it in the data stage: list it under `columns: {id: […]}`, so that it is no feature.',
    );
  if (found.type !== 'number') throw refuse(`The column '${column}' is not a number.`);
  const bad = found.values.findIndex((value) => !(value >= 0) || !Number.isFinite(value));
  if (bad >= 0) throw refuse(`The weight in row ${bad + 1} is ${found.values[bad]}: weights are numbers from 0 on.`);
  if (!found.values.some((value) => value > 0) || found.values.length !== rows)
    throw refuse(`All weights in '${column}' are 0.`);
  return found.values;
}

/** Refuses training data from which this task can't be learnt. */
export function checkLearnable(train: Matrix, { target, dataset }: TrainingData): void {
  if (dataset.features.length === 0) {
    throw new UserError({
      code: 'features-missing',
      message: 'The dataset has no features: every column is the target, an id or dropped.',
      hint: 'Keep at least one column in the data stage, or encode text columns (`one-hot` for categories, `bag-of-words` for free texts).',
      path: ['data'],
    });
  }
  const first = train.labels[0]!;
  if (!train.labels.every((label) => label === first)) return;
  if (train.rows === 1) {
    throw new UserError({
      code: 'target-constant',
      message: 'The training split has a single row, from which nothing can be learnt.',
      hint: 'Give it more rows: check the source, the row filters and the shares of `split`.',
      path: ['data'],
    });
  }
  const value = target.task === 'regression' ? String(first) : JSON.stringify(target.classes?.[first] ?? first);
  throw new UserError({
    code: 'target-constant',
    message: `The target '${target.column}' is ${value} in every row of the training split, so there is nothing to learn.`,
    hint: 'Check the target column and the row filters; `split: {stratify: …}` keeps rare classes in every split.',
    path: ['data'],
  });
}
