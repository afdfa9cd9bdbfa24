import type { ModelInfo } from '../../schemas/generated/types';
import { openSession } from '../onnx';
import { labelsOf, runColumns } from '../onnx/rows';
import type { Database } from '../table';
import { eachRawBatch } from '../table/raw';
import { type ColumnProfile, counterOf } from './profile';
import { className, predictionReading } from './requests';

/** Rows of the reference that are predicted; of more, every k-th is taken. */
const PREDICTED_ROWS = 50_000;

/** What the deployed model says of the reference rows, counted as the answers in the request log are. */
export async function profilePredictions(
  database: Database,
  relation: string,
  rows: number,
  { info, onnx }: { readonly info: ModelInfo; readonly onnx: Uint8Array },
  signal: AbortSignal,
): Promise<ColumnProfile> {
  const every = Math.ceil(rows / PREDICTED_ROWS);
  const part =
    every <= 1
      ? relation
      : `(SELECT * EXCLUDE ("__lifecycle_row") FROM (SELECT *, row_number() OVER () AS "__lifecycle_row" FROM ${relation}) WHERE "__lifecycle_row" % ${every} = 1)`;
  const counter = counterOf(predictionReading(info));
  const session = await openSession(onnx);
  try {
    await eachRawBatch(database, part, info.inputs, async (columns, count) => {
      signal.throwIfAborted();
      const { probabilities, prediction } = await runColumns(session, info, columns, count);
      if (prediction !== undefined) for (const value of prediction) counter.add(value);
      else if (info.task === 'binary') for (let i = 0; i < count; i++) counter.add(probabilities![2 * i + 1]);
      else for (const label of labelsOf(info, probabilities!)) counter.add(className(info.classes, label));
    });
  } finally {
    await session.close();
  }
  return counter.profile();
}

/** P(positive) of every row of a relation, by a model of two classes. */
export async function predictColumn(
  database: Database,
  relation: string,
  { info, onnx }: { readonly info: ModelInfo; readonly onnx: Uint8Array },
  signal: AbortSignal,
): Promise<Float64Array> {
  const parts: number[] = [];
  const session = await openSession(onnx);
  try {
    await eachRawBatch(database, relation, info.inputs, async (columns, count) => {
      signal.throwIfAborted();
      const { probabilities } = await runColumns(session, info, columns, count);
      for (let i = 0; i < count; i++) parts.push(probabilities![2 * i + 1]!);
    });
  } finally {
    await session.close();
  }
  return Float64Array.from(parts);
}
