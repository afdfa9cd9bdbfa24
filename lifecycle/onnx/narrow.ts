/** Graphs for devices on which an operator may touch only a few arrays. */
import { encodeModel } from './encode';
import { intsAttribute, type NamedTensor, type OnnxModel, type OnnxNode } from './model';
import { int64, numbers, type TensorData } from './tensor';

/**
 * Arrays that an operator may take or give beside the one it joins or cuts. WebGPU promises eight storage buffers a shader (W3C, WebGPU, 3.6.2 Limits:
 * maxStorageBuffersPerShaderStage); many adapters have no more than ten or twelve.
 */
const WIDEST = 7;

/** A model's bytes for the provider that is going to run it. */
export function encodeFor(model: OnnxModel, provider: string | undefined): Uint8Array {
  return encodeModel(provider === 'webgpu' ? narrow(model) : model);
}

/** The same model with every Split into more parts, and every Concat of more parts, done in rounds; any other node as it was. */
export function narrow(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const constants = new Map(graph.initializers.map(({ name, tensor }): [string, TensorData] => [name, tensor]));
  const added: NamedTensor[] = [];
  const nodes = graph.nodes.flatMap((node): OnnxNode[] => {
    if (node.domain !== '') return [node];
    if (node.opType === 'Concat') return joinedInRounds(node);
    if (node.opType !== 'Split') return [node];
    const given = constants.get(node.inputs[1] ?? '');
    const sizes = given ? numbers(given) : intsAttribute(node.attributes, 'split');
    return sizes === undefined ? [node] : cutInRounds(node, sizes, added);
  });
  return { ...model, graph: { ...graph, nodes, initializers: [...graph.initializers, ...added] } };
}

/** Consecutive parts of a list, of at most {@link WIDEST} each. */
function grouped<T>(list: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(list.length / WIDEST) }, (_, i) => list.slice(i * WIDEST, (i + 1) * WIDEST));
}

function joinedInRounds(node: OnnxNode): OnnxNode[] {
  if (node.inputs.length <= WIDEST) return [node];
  const rounds = grouped(node.inputs).map((inputs, i): OnnxNode => ({
    ...node,
    name: `${node.name}.${i}`,
    inputs,
    outputs: inputs.length === 1 ? inputs : [`${node.outputs[0]!}.${i}`],
  }));
  const last = { ...node, inputs: rounds.map(({ outputs }) => outputs[0]!) };
  return [...rounds.filter(({ inputs }) => inputs.length > 1), ...joinedInRounds(last)];
}

function cutInRounds(node: OnnxNode, sizes: readonly number[], added: NamedTensor[]): OnnxNode[] {
  if (node.outputs.length <= WIDEST) return [node];
  const parts = grouped(node.outputs.map((output, i) => ({ output, size: sizes[i]! })));
  const blocks = parts.map((part, i) => ({
    output: part.length === 1 ? part[0]!.output : `${node.outputs[0]!}.block${i}`,
    size: part.reduce((sum, { size }) => sum + size, 0),
  }));
  const cut = (name: string, input: string, into: readonly { output: string; size: number }[]): OnnxNode => {
    const given = `${name}.sizes`;
    added.push({ name: given, tensor: int64(into.map(({ size }) => size)) });
    return { ...node, name, inputs: [input, given], outputs: into.map(({ output }) => output) };
  };
  const first = cut(`${node.name}.blocks`, node.inputs[0]!, blocks);
  const rest = parts.flatMap((part, i) =>
    part.length === 1 ? [] : [cut(`${node.name}.${i}`, blocks[i]!.output, part)],
  );
  const firsts = cutInRounds(
    first,
    blocks.map(({ size }) => size),
    added,
  );
  return [...firsts, ...rest];
}
