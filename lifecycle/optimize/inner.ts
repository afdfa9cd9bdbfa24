/** What flows inside a graph: values between its nodes, made readable from outside. */
import { type ModelInfo } from '../../schemas/generated/types';
import { type Sample } from '../model/score';
import {
  encodeModel,
  GraphBuilder,
  type NamedTensor,
  OnnxError,
  type OnnxModel,
  openSession,
  type Session,
  type TensorData,
  type Value,
} from '../onnx';
import { toColumns } from '../onnx/rows';
import { UserError } from '../problem';
import { withoutUnused } from './weights';

const BATCH = 4_096;
const INNER = 'inner';

/** The model inside a builder of its own, its inner values by their names in it. @throws UserError when the engine does not know an operator's shape */
export function opened(model: OnnxModel): { readonly graph: GraphBuilder; value(name: string): Value | undefined } {
  const graph = new GraphBuilder('opened');
  const inputs = new Map(
    model.graph.inputs.map(({ name, type, shape }) => [name, graph.input(name, type, shape ?? ['N', 1])]),
  );
  try {
    graph.include({ ...model, graph: { ...model.graph, name: INNER } }, Object.fromEntries(inputs));
  } catch (error) {
    throw notKnown(error);
  }
  return { graph, value: (name) => inputs.get(name) ?? graph.value(`${INNER}/${name}`) };
}

export function notKnown(error: unknown): unknown {
  if (!(error instanceof OnnxError)) return error;
  return new UserError({
    code: 'model-not-understood',
    message: `This optimisation looks into the model, and there is something that it does not know: ${error.message}`,
    hint: 'Use `quantize: int8` or `quantize: float16`, which only touch the weights.',
    path: ['model'],
  });
}

/** A model that gives inner values instead of its answers, in the order of their names. */
export function exposing(model: OnnxModel, names: readonly string[]): { bytes: Uint8Array; values: Value[] } {
  const inside = opened(model);
  const values = names.map((name, i) => {
    const found = inside.value(name);
    if (found === undefined) throw new Error(`there is no value ${name}`);
    inside.graph.output(found, outputName(i));
    return found;
  });
  return { bytes: encodeModel(inside.graph.build()), values };
}

function outputName(index: number): string {
  return `inner_value_${index}`;
}

/** Runs an exposing model over a sample, batch by batch: the values in order, and the first row of the batch. */
export async function* innerValues(
  session: Session,
  count: number,
  info: ModelInfo,
  sample: Sample,
): AsyncGenerator<{ readonly from: number; readonly rows: number; readonly values: TensorData[] }> {
  for (let from = 0; from < sample.rows; from += BATCH) {
    const rows = Math.min(BATCH, sample.rows - from);
    const part = Object.fromEntries(
      Object.entries(sample.columns).map(([name, values]) => [name, sliceOf(values, from, from + rows)]),
    );
    const { columns } = toColumns(info, part, { unknown: 'ignore' });
    const feeds: Record<string, TensorData> = {};
    for (const { name } of info.inputs) {
      const data = columns[name]!;
      feeds[name] =
        data instanceof Float32Array
          ? { type: 'float', dims: [rows, 1], data }
          : { type: 'string', dims: [rows, 1], data };
    }
    const results = await session.run(feeds);
    yield { from, rows, values: Array.from({ length: count }, (_, i) => results[outputName(i)]!) };
  }
}

function sliceOf(values: ArrayLike<unknown>, from: number, to: number): ArrayLike<unknown> {
  if (values instanceof Float32Array) return values.subarray(from, to);
  return Array.from({ length: to - from }, (_, i) => values[from + i]);
}

/** What makes numbers of few bits into float32 stays: worked out, they would be float32 in the file. */
const KEPT = new Set(['Cast', 'DequantizeLinear', 'QuantizeLinear']);

/** The same model with everything that depends on no input worked out beforehand. */
export async function folded(model: OnnxModel): Promise<OnnxModel> {
  const { graph } = model;
  const constant = new Set(graph.initializers.map(({ name }) => name));
  const still: typeof graph.nodes = graph.nodes.filter(({ opType, inputs, outputs, attributes }) => {
    const plain = inputs.every((name) => name === '' || constant.has(name));
    if (!plain || KEPT.has(opType) || Object.values(attributes).some((attribute) => 'graph' in attribute)) return false;
    for (const name of outputs) constant.add(name);
    return true;
  });
  if (still.length === 0) return model;
  const rest = graph.nodes.filter((node) => !still.includes(node));
  const made = new Set(still.flatMap(({ outputs }) => outputs));
  const wanted = [
    ...new Set([...rest.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ name }) => name)]),
  ].filter((name) => made.has(name));
  const part = { ...model, graph: { ...graph, nodes: still, inputs: [], outputs: [], valueInfo: [] } };
  const session = await openSession(exposing(withoutUnused(part), wanted).bytes);
  try {
    const results = await session.run({});
    const constants = wanted.map((name, i): NamedTensor => ({ name, tensor: results[outputName(i)]! }));
    return withoutUnused({
      ...model,
      graph: { ...graph, nodes: rest, initializers: [...graph.initializers, ...constants] },
    });
  } finally {
    await session.close();
  }
}
