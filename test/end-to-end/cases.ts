import path from 'node:path';
import type { Evaluation, ModelInfo } from '../../schemas/generated/types';
import type { Predictions } from '../../lifecycle/statistics/metrics';
import { openSession } from '../../lifecycle/onnx';
import { predictRows } from '../../lifecycle/onnx/rows';
import { LABEL, readColumns } from '../../lifecycle/table';
import type { Project } from './product';

/** A model's predictions on a split beside the truth, as scores.py takes them. */
export interface ScoreCase {
  readonly task: Predictions['task'];
  /** Class indices, or values of the target. */
  readonly actual: readonly number[];
  /** Probabilities of the positive class; with more than two classes of each class, row by row; predicted values. */
  readonly predicted: readonly number[];
  readonly threshold: number;
  readonly classes: number;
}

/** A column of the reference and of what was asked. */
export interface DriftCase {
  readonly type: 'number' | 'text';
  readonly reference: readonly (number | string | null)[];
  readonly current: readonly (number | string | null)[];
}

/** What a candidate of a finished example predicts for a split, through its model file. */
export async function predictionsOf(
  project: Project,
  data: string,
  candidate: string,
  split: 'validation' | 'test',
): Promise<ScoreCase> {
  const { path: folder } = await project.result(candidate);
  const info = await project.read<ModelInfo>(candidate, 'model.json');
  const { threshold } = await project.read<Evaluation>('exam', 'evaluation.json');
  const from = (await project.result(data)).path;
  const { columns } = await readColumns(path.join(from, `${split}.parquet`));
  const session = await openSession(path.join(folder, 'model.onnx'));
  const said = await predictRows(
    session,
    info,
    Object.fromEntries(Object.entries(columns).map(([name, { values }]) => [name, values])),
  );
  await session.close();
  // The label is the class index, or the target in single precision; a regression is judged by the target as it was read.
  const labels = await readColumns(path.join(from, `${split}.features.parquet`), [LABEL]);
  const dataset = await project.read<{ target: { column: string } }>(data, 'dataset.json');
  const actual = info.task === 'regression' ? columns[dataset.target.column] : labels.columns[LABEL];
  const all = [...(said.probabilities ?? said.prediction!)];
  return {
    task: info.task,
    actual: (actual?.values as Float64Array | undefined) ? [...(actual!.values as Float64Array)] : [],
    predicted: info.task === 'binary' ? all.filter((_, i) => i % 2 === 1) : all,
    threshold: threshold ?? 0.5,
    classes: info.classes?.length ?? 0,
  };
}

/** The case as our metrics take it. */
export function asPredictions({ task, actual, predicted, threshold, classes }: ScoreCase): Predictions {
  const truth = Float64Array.from(actual);
  if (task === 'regression') return { task, actual: truth, predicted: Float32Array.from(predicted) };
  if (task === 'binary') return { task, actual: truth, scores: Float32Array.from(predicted), threshold };
  return { task, actual: truth, classes, probabilities: Float32Array.from(predicted) };
}
