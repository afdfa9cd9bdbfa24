import { type Dataset, type Task } from '../../schemas/generated/types';
import { encodeModel, GraphBuilder, type OnnxModel, type Value } from '../onnx';
import { UserError } from '../problem';
import { outputName } from './head';

/**
 * The served model: the dataset's preprocessing from raw columns to `features` [N, F], inlined, then whatever `fragment` makes of
 * them, as the output `probabilities` [N, C] or `prediction` [N, 1]. The same parts give the same bytes.
 *
 * @throws UserError when a raw column is called like the output
 */
export function servedModel(
  preprocess: OnnxModel,
  task: Task,
  width: number,
  fragment: (graph: GraphBuilder, features: Value) => Value,
): Uint8Array {
  const name = outputName(task);
  const graph = new GraphBuilder('model');
  refuseReserved(
    preprocess.graph.inputs.map((input) => input.name),
    name,
  );
  const bindings = Object.fromEntries(
    preprocess.graph.inputs.map((input) => [input.name, graph.input(input.name, input.type, input.shape ?? ['N', 1])]),
  );
  const { features } = graph.include(preprocess, bindings);
  if (features === undefined) throw new Error(`preprocess.onnx gives no 'features'`);
  graph.output(fragment(graph, features), name, ['N', width]);
  return encodeModel(graph.build());
}

/** Values of a served model a row: one a class, or 1 for a regression. */
export function outputWidth(target: NonNullable<Dataset['target']>): number {
  return target.task === 'regression' ? 1 : (target.classes?.length ?? 2);
}

function refuseReserved(inputs: readonly string[], output: string): void {
  if (!inputs.includes(output)) return;
  throw new UserError({
    code: 'column-name-reserved',
    message: `A column is called '${output}', which is what the served model calls its answer.`,
    hint: `Rename the column in its source (\`source: {sql: …}\`), or drop it in the data stage.`,
    path: ['data'],
  });
}
