/** The part of a served graph that a compiler for GPUs takes: no texts, no trees, from values of float32 on to the answer. */
import { type ModelInfo } from '../../schemas/generated/types';
import { type Sample } from '../model/score';
import { encodeModel, type OnnxModel, type OnnxNode, openSession, type TensorData } from '../onnx';
import { typicalRow } from '../onnx/rows';
import { type Session } from '../onnx/run';
import { exposing, folded, innerValues, opened } from './inner';
import type { EngineInput } from './trtexec';
import { withoutUnused } from './weights';

export interface Cut {
  /** From {@link inputs} to the answer. */
  readonly onnx: Uint8Array;
  readonly inputs: readonly (EngineInput & { readonly of: string })[];
  readonly output: string;
  /** From raw columns to the inputs, which are its outputs in their order and by their names. */
  readonly before: Uint8Array;
  /** Whether the inputs are more than the raw columns themselves. */
  readonly prepares: boolean;
  /** Operators that are left to `before`. */
  readonly left: readonly string[];
  /** The graph says itself where it computes in 8 bits. */
  readonly quantized: boolean;
}

/** What makes a GPU worth its while. */
const HEAVY = new Set(['MatMul', 'Gemm', 'Conv', 'ConvTranspose', 'LSTM', 'GRU', 'RNN', 'Einsum']);

/**
 * Cuts a graph where what depends on texts and other things that only onnxruntime computes ends.
 * @returns undefined when nothing worth compiling is left, as of trees
 * @throws UserError `model-not-understood`
 */
export async function cutForGpu(whole: OnnxModel, info: ModelInfo): Promise<Cut | undefined> {
  const model = await folded(whole);
  const { graph } = model;
  const inside = opened(model);
  const constants = new Set(graph.initializers.map(({ name }) => name));
  const typeOf = (name: string) => inside.value(name)?.type;
  const output = info.task === 'regression' ? 'prediction' : 'probabilities';
  const refused = new Set(graph.nodes.filter((node) => !compiles(node, constants, typeOf)));
  for (;;) {
    const nodes = suffix(graph.nodes, output, refused);
    if (!nodes.some(({ opType }) => HEAVY.has(opType))) return undefined;
    const made = new Set(nodes.flatMap(({ outputs }) => outputs));
    const taken = [...new Set(nodes.flatMap(({ inputs }) => inputs))].filter(
      (name) => name !== '' && !made.has(name) && !constants.has(name),
    );
    const other = taken.filter((name) => typeOf(name) !== 'float');
    if (other.length === 0) return shaped(model, info, nodes, taken, output);
    for (const node of nodes) if (node.inputs.some((name) => other.includes(name))) refused.add(node);
  }
}

function compiles(
  { domain, attributes, inputs, outputs }: OnnxNode,
  constants: ReadonlySet<string>,
  typeOf: (name: string) => string | undefined,
): boolean {
  if (domain !== '' || Object.values(attributes).some((attribute) => 'graph' in attribute)) return false;
  const names = [...inputs, ...outputs].filter((name) => name !== '' && !constants.has(name));
  return names.every((name) => !['string', 'double', undefined].includes(typeOf(name)));
}

/** The nodes that the output needs and that no refused node comes after, in their order. */
function suffix(nodes: readonly OnnxNode[], output: string, refused: ReadonlySet<OnnxNode>): OnnxNode[] {
  const needed = new Set([output]);
  const outside = new Set<string>();
  const found: OnnxNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    const inside = !refused.has(node) && !node.outputs.some((name) => outside.has(name));
    if (inside) found.push(node);
    for (const name of node.inputs) {
      needed.add(name);
      if (!inside) outside.add(name);
    }
  }
  return found.reverse();
}

/** Runs what comes before on three rows: so the shapes are known, whatever the operators. */
async function shaped(
  model: OnnxModel,
  info: ModelInfo,
  nodes: readonly OnnxNode[],
  taken: readonly string[],
  output: string,
): Promise<Cut | undefined> {
  const before = exposing(model, taken).bytes;
  const row = typicalRow(info);
  const sample: Sample = {
    rows: 3,
    columns: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, [value, value, value]])),
    labels: new Float64Array(3),
  };
  const session = await openSession(before);
  let tried: TensorData[] = [];
  try {
    for await (const { values } of innerValues(session, taken.length, info, sample)) tried = values;
  } finally {
    await session.close();
  }
  if (tried.some(({ dims }) => dims[0] !== sample.rows)) return undefined;
  const inputs = taken.map((of, i) => ({ name: `inner_value_${i}`, of, shape: tried[i]!.dims.slice(1) }));
  const renamed = new Map(inputs.map(({ name, of }) => [of, name]));
  const { graph } = model;
  const engine = withoutUnused({
    ...model,
    graph: {
      ...graph,
      nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map((name) => renamed.get(name) ?? name) })),
      inputs: inputs.map(({ name, shape }) => ({ name, type: 'float' as const, shape: ['N', ...shape] })),
      outputs: graph.outputs.filter(({ name }) => name === output),
      valueInfo: [],
    },
  });
  const raw = new Set(graph.inputs.map(({ name }) => name));
  const rest = graph.nodes.filter((node) => !nodes.includes(node));
  return {
    onnx: encodeModel(engine),
    inputs,
    output,
    before,
    prepares: taken.some((name) => !raw.has(name)),
    left: [...new Set(rest.map(({ opType }) => opType))],
    quantized: nodes.some(({ opType }) => opType === 'QuantizeLinear'),
  };
}

/** The inputs of the engine for rows of a sample: row-major, by input. */
export async function engineInputs(
  session: Session,
  { inputs }: Pick<Cut, 'inputs'>,
  info: ModelInfo,
  sample: Sample,
): Promise<Float32Array[]> {
  const all = inputs.map(({ shape }) => new Float32Array(sample.rows * shape.reduce((a, b) => a * b, 1)));
  for await (const { from, values } of innerValues(session, inputs.length, info, sample))
    values.forEach(({ data }, i) => {
      const width = all[i]!.length / sample.rows;
      all[i]!.set(data as Float32Array, from * width);
    });
  return all;
}
