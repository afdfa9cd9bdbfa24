import { join } from 'node:path';
import { openSession, type Session } from '../onnx';
import { runColumns } from '../onnx/rows';
import { UserError } from '../problem';
import type { Predictions } from '../statistics/metrics';
import type { StoredDataset } from '../store/datasets';
import { type Database, doubles, identifier, LABEL, literalPath } from '../table';
import { eachRawBatch } from '../table/raw';
import type { Candidate } from './candidates';

export type SplitName = 'validation' | 'test';

export interface PredictOptions {
  /** Probability from which a two-class prediction is positive. */
  readonly threshold: number;
  readonly signal: AbortSignal;
  /** Done share of the split, 0…1. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * What each model says of the raw rows of a split, beside the truth: predicted through the exported graph, from the columns that a
 * served model is asked with. In memory are the answers and one batch of rows.
 *
 * @throws UserError `prediction-not-finite`, `target-not-finite`
 */
export async function predictSplit(
  database: Database,
  data: StoredDataset,
  split: SplitName,
  candidates: readonly Candidate[],
  options: PredictOptions,
): Promise<Predictions[]> {
  const actual = await readActual(database, data, split);
  const inputs = [
    ...new Map(candidates.flatMap(({ info }) => info.inputs.map((input) => [input.name, input]))).values(),
  ];
  const outputs = candidates.map(({ info }) => new Float32Array(actual.length * widthOf(info)));
  const sessions: Session[] = [];
  try {
    for (const { onnx } of candidates) sessions.push(await openSession(onnx));
    const relation = `read_parquet(${literalPath(join(data.folder, `${split}.parquet`))})`;
    await eachRawBatch(database, relation, inputs, async (batch, rows, from) => {
      for (const [i, { info }] of candidates.entries()) {
        options.signal.throwIfAborted();
        const answer = await runColumns(sessions[i]!, info, batch, rows);
        outputs[i]!.set((answer.probabilities ?? answer.prediction)!, from * widthOf(info));
        options.onProgress?.((from + (rows * (i + 1)) / candidates.length) / actual.length);
      }
    });
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
  return candidates.map((candidate, i) => judged(candidate, split, outputs[i]!, actual, options.threshold));
}

function widthOf(info: Candidate['info']): number {
  return info.task === 'regression' ? 1 : (info.classes?.length ?? 2);
}

/** The truth: class indices, or target values in double precision. */
export async function readActual(
  database: Database,
  { folder, dataset }: StoredDataset,
  split: SplitName,
): Promise<Float64Array> {
  const target = dataset.target!;
  const regression = target.task === 'regression';
  const file = literalPath(join(folder, regression ? `${split}.parquet` : `${split}.features.parquet`));
  const column = identifier(regression ? target.column : LABEL);
  const { n } = await database.one<{ n: number }>(`SELECT count(*) AS n FROM read_parquet(${file})`);
  const actual = new Float64Array(n);
  let at = 0;
  await database.stream(`SELECT TRY_CAST(${column} AS DOUBLE) FROM read_parquet(${file})`, (chunk, rows) => {
    actual.set(doubles(chunk, 0), at);
    at += rows;
  });
  const strange = actual.findIndex((value) => !Number.isFinite(value));
  if (strange >= 0) {
    throw new UserError({
      code: 'target-not-finite',
      message: `The target '${target.column}' is missing or infinite in row ${strange + 1} of the ${split} split.`,
      hint: `Filter such rows in the data stage: \`rows: [{filter: "${target.column} is not null"}]\`.`,
    });
  }
  return actual;
}

function judged(
  { name, info }: Candidate,
  split: SplitName,
  output: Float32Array,
  actual: Float64Array,
  threshold: number,
): Predictions {
  const strange = output.findIndex((value) => !Number.isFinite(value));
  if (strange >= 0) {
    throw new UserError({
      code: 'prediction-not-finite',
      message: `'${name}' predicts ${output[strange]} for row ${Math.floor(strange / widthOf(info)) + 1} of the ${split} split.`,
      hint: 'Look at its training (a smaller learning rate?) and at missing values that no `fill` step replaces.',
    });
  }
  return predictionsOf(info, output, actual, threshold);
}

/** What a model gave, row by row, beside the truth. */
export function predictionsOf(
  info: Candidate['info'],
  output: Float32Array,
  actual: Float64Array,
  threshold: number,
): Predictions {
  if (info.task === 'regression') return { task: 'regression', actual, predicted: output };
  if (info.task === 'multiclass') return { task: 'multiclass', actual, classes: widthOf(info), probabilities: output };
  const scores = new Float64Array(actual.length);
  for (let i = 0; i < scores.length; i++) scores[i] = output[2 * i + 1]!;
  return { task: 'binary', actual, scores, threshold };
}
