import type { Dataset, ModelInfo, Task } from '../../schemas/generated/types';
import { decodeModel, GraphBuilder, type OnnxModel, type TensorData } from '../onnx';
import { UserError } from '../problem';
import { adoptModel } from './adopt';
import { modelInfo } from './info';

export interface ImportOptions {
  readonly task: Task;
  /** Name of what it predicts. */
  readonly target: string;
  /** In the order of its probabilities; of a binary task [negative, positive]. */
  readonly classes?: readonly string[];
  /** Names of the columns; needed when the model takes one matrix [N, F]. */
  readonly columns?: readonly string[];
}

/**
 * Makes a served model of an ONNX file from elsewhere: one input a column, `probabilities` [N, C] or `prediction` [N, 1] out.
 *
 * @throws UserError `import-columns`, `import-classes`, `model-unusable` saying what is wrong with it
 */
export async function importModel(
  bytes: Uint8Array,
  options: ImportOptions,
): Promise<{ readonly bytes: Uint8Array; readonly info: ModelInfo }> {
  const columns = columnsOf(decodeModel(bytes, { dropSequences: true }), options.columns);
  if (options.task !== 'regression' && (options.classes?.length ?? 0) < 2) {
    throw new UserError({
      code: 'import-classes',
      message: 'Which classes the model tells apart is not in the file.',
      hint: 'Name them in the order of its probabilities: --classes no,yes.',
    });
  }
  const target = {
    column: options.target,
    task: options.task,
    ...(options.classes && { classes: [...options.classes] }),
  };
  const dataset: Dataset = {
    format: 1,
    columns: columns.map(({ name, text }) => ({ name, roles: ['feature'], type: text ? 'text' : 'number' })),
    inputs: columns.map(({ name }) => name),
    target,
    splits: {},
    features: columns.filter(({ text }) => !text).map(({ name }) => name),
  };
  const probe = Object.fromEntries(
    columns.map(({ name, text }): [string, TensorData] => [
      name,
      text
        ? { type: 'string', dims: [3, 1], data: ['a', 'b', 'c'] }
        : { type: 'float', dims: [3, 1], data: Float32Array.of(0, 1, 2) },
    ]),
  );
  const adopted = await adoptModel(bytes, { dataset, target, preprocess: joining(columns), probe });
  const info = modelInfo(dataset, target, { kind: 'imported', servable: true, bytes: adopted.bytes.length });
  return {
    bytes: adopted.bytes,
    // Nothing is known of missing values: they are passed on.
    info: { ...info, inputs: info.inputs.map((input) => ({ ...input, example: input.type === 'text' ? 'a' : 1 })) },
  };
}

interface Column {
  readonly name: string;
  readonly text: boolean;
}

function columnsOf({ graph }: OnnxModel, named: readonly string[] | undefined): Column[] {
  const stored = new Set(graph.initializers.map(({ name }) => name));
  const inputs = graph.inputs.filter(({ name }) => !stored.has(name));
  const [only] = inputs;
  const width = only?.shape?.[1];
  if (inputs.length === 1 && only && width !== 1) {
    if (named === undefined || (typeof width === 'number' && named.length !== width)) {
      throw new UserError({
        code: 'import-columns',
        message:
          named === undefined
            ? `The model takes one matrix '${only.name}'${typeof width === 'number' ? ` of ${width} columns` : ''}, whose names are not in the file.`
            : `The model takes ${width} columns; ${named.length} are named.`,
        hint: 'Name them in order: --columns age,income,tenure.',
      });
    }
    return named.map((name) => ({ name, text: false }));
  }
  return inputs.map(({ name, type }) => ({ name, text: type === 'string' }));
}

/** The graph that puts single numeric columns side by side, as a dataset's preprocessing does. */
function joining(columns: readonly Column[]): OnnxModel {
  const graph = new GraphBuilder('preprocess');
  const values = columns.map(({ name, text }) => ({
    text,
    value: graph.input(name, text ? 'string' : 'float', ['N', 1]),
  }));
  const numbers = values.filter(({ text }) => !text).map(({ value }) => value);
  const [first] = numbers;
  if (first !== undefined)
    graph.output(
      numbers.length === 1 ? graph.op('Identity', [first]) : graph.op('Concat', numbers, { axis: { int: 1 } }),
      'features',
      ['N', numbers.length],
    );
  return graph.build();
}
