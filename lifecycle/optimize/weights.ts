/** Where a graph keeps its learnt matrices: what every kind of optimisation looks for first. */
import { intAttribute, type NamedTensor, type OnnxModel, type OnnxNode, type TensorData } from '../onnx';

/** A node that multiplies its input by a constant matrix or kernel. */
export interface Layer {
  /** Place of the node in the graph. */
  readonly node: number;
  readonly opType: 'MatMul' | 'Gemm' | 'Conv';
  /** Name of the constant, which is what users know the layer by. */
  readonly weights: string;
  readonly tensor: TensorData;
  /** Axis of the constant along which the outputs lie, and the one along which the inputs lie. */
  readonly outputs: number;
  readonly inputs: number;
}

/** Nodes with a constant float32 matrix (MatMul, Gemm) or kernel (Conv, one group), in the order they run. */
export function layersOf({ graph }: OnnxModel): Layer[] {
  const constants = new Map(graph.initializers.map(({ name, tensor }) => [name, tensor]));
  return graph.nodes.flatMap((node, index): Layer[] => {
    const name = node.inputs[1];
    const tensor = name === undefined ? undefined : constants.get(name);
    if (name === undefined || tensor?.type !== 'float' || node.domain !== '') return [];
    const axes = axesOf(node, tensor.dims.length);
    return axes ? [{ node: index, opType: node.opType as Layer['opType'], weights: name, tensor, ...axes }] : [];
  });
}

function axesOf({ opType, attributes }: OnnxNode, rank: number): { outputs: number; inputs: number } | undefined {
  if (opType === 'MatMul' && rank === 2) return { outputs: 1, inputs: 0 };
  if (opType === 'Gemm' && rank === 2)
    return intAttribute(attributes, 'transB') === 1 ? { outputs: 0, inputs: 1 } : { outputs: 1, inputs: 0 };
  if (opType === 'Conv' && rank >= 3 && (intAttribute(attributes, 'group') ?? 1) === 1)
    return { outputs: 0, inputs: 1 };
  return undefined;
}

/** Names for what is added to a graph, none of them taken. */
export function freshNames({ graph }: OnnxModel): (stem: string) => string {
  const taken = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  return (stem) => {
    let name = stem;
    for (let i = 1; taken.has(name); i++) name = `${stem}_${i}`;
    taken.add(name);
    return name;
  };
}

/** The model with other values for some constants. */
export function withConstants(model: OnnxModel, values: ReadonlyMap<string, TensorData>): OnnxModel {
  const initializers = model.graph.initializers.map(({ name, tensor }): NamedTensor => ({
    name,
    tensor: values.get(name) ?? tensor,
  }));
  return { ...model, graph: { ...model.graph, initializers } };
}

/** The model without constants that no node takes any more. Names that a subgraph takes are kept. */
export function withoutUnused(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const used = new Set(graph.outputs.map(({ name }) => name));
  const visit = (nodes: readonly OnnxNode[]): void => {
    for (const { inputs, attributes } of nodes) {
      for (const name of inputs) used.add(name);
      for (const attribute of Object.values(attributes)) if ('graph' in attribute) visit(attribute.graph.nodes);
    }
  };
  visit(graph.nodes);
  return { ...model, graph: { ...graph, initializers: graph.initializers.filter(({ name }) => used.has(name)) } };
}

/**
 * How the row-major array runs along one axis: `before` blocks, in each of them `size` runs of `after` numbers.
 * The element (b, k, a) is at (b · size + k) · after + a.
 */
export function along(dims: readonly number[], axis: number): { before: number; size: number; after: number } {
  const product = (part: readonly number[]): number => part.reduce((a, b) => a * b, 1);
  return { before: product(dims.slice(0, axis)), size: dims[axis]!, after: product(dims.slice(axis + 1)) };
}
