/** The network of a policy or of values: dense layers on a flat vector of parameters, as an ONNX fragment. */
import { type Activation, type TrainStage } from '../../../schemas/generated/types';
import { encodeFor, float, GraphBuilder, int64, type Value } from '../../onnx';
import { UserError } from '../../problem';
import { type Random } from '../../statistics/random';

/** Hidden layers and the width of what comes out. */
export interface Perceptron {
  readonly inputs: number;
  readonly hidden: readonly { readonly units: number; readonly activation: Activation }[];
  readonly outputs: number;
}

const DEFAULT_HIDDEN = [
  { units: 64, activation: 'tanh' },
  { units: 64, activation: 'tanh' },
] as const;

/**
 * The hidden layers that a stage asks for.
 * @throws UserError `layer-unsuitable` for a layer that a policy can't have
 */
export function hiddenLayers({ model }: TrainStage): Perceptron['hidden'] {
  if (model === undefined || model === 'network') return DEFAULT_HIDDEN;
  if (typeof model === 'string' || model.kind !== 'network')
    throw new UserError({
      code: 'layer-unsuitable',
      message: `A policy is a network, not ${typeof model === 'string' ? model : model.kind}.`,
      hint: 'Leave `model` out, or write `model: {kind: network, layers: […]}`.',
      path: ['model'],
    });
  return (model.layers ?? []).map((layer, i) => {
    const dense = typeof layer === 'object' ? layer.dense : undefined;
    const activation = dense?.activation ?? 'tanh';
    if (dense === undefined || !(activation in ACTIVATIONS))
      throw new UserError({
        code: 'layer-unsuitable',
        message: 'The network of a policy has dense layers only.',
        hint: `For example \`dense: {units: 64, activation: tanh}\`; activations are ${Object.keys(ACTIVATIONS).join(', ')}.`,
        path: ['model', 'layers', i],
      });
    return { units: dense.units, activation };
  });
}

const ACTIVATIONS: Readonly<Record<string, string>> = {
  none: 'Identity',
  relu: 'Relu',
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  elu: 'Elu',
  softplus: 'Softplus',
};

function shapesOf({ inputs, hidden, outputs }: Perceptron): { rows: number; columns: number }[] {
  const widths = [inputs, ...hidden.map(({ units }) => units), outputs];
  return widths.slice(1).map((columns, i) => ({ rows: widths[i]!, columns }));
}

/** Lengths of the learnt arrays, in the order of the vector: weights and bias of each layer. */
export function sizesOf(network: Perceptron): number[] {
  return shapesOf(network).flatMap(({ rows, columns }) => [rows * columns, columns]);
}

/** Numbers in the vector of parameters. */
export function sizeOf(network: Perceptron): number {
  return sizesOf(network).reduce((sum, size) => sum + size, 0);
}

/**
 * Parameters to start from: weights orthogonal (Saxe et al., 2014) with gain √2, and `last` for the output layer; biases zero.
 */
export function startParameters(network: Perceptron, random: Random, last: number): Float32Array {
  const theta = new Float32Array(sizeOf(network));
  const shapes = shapesOf(network);
  let at = 0;
  shapes.forEach(({ rows, columns }, i) => {
    theta.set(orthogonal(rows, columns, i === shapes.length - 1 ? last : Math.SQRT2, random.fork(i)), at);
    at += rows * columns + columns;
  });
  return theta;
}

/** Rows or columns, whichever are fewer, made orthonormal by Gram–Schmidt. */
function orthogonal(rows: number, columns: number, gain: number, random: Random): Float32Array {
  const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const vector = Float64Array.from({ length }, () => random.normal());
    for (const other of vectors) {
      const along = vector.reduce((sum, value, k) => sum + value * other[k]!, 0);
      for (let k = 0; k < length; k++) vector[k]! -= along * other[k]!;
    }
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
    vectors.push(vector.map((value) => value / norm));
  }
  const matrix = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      matrix[r * columns + c] = gain * (rows < columns ? vectors[r]![c]! : vectors[c]![r]!);
  return matrix;
}

/** Cuts a flat vector into the arrays of one or more networks. */
export function unpack(graph: GraphBuilder, theta: Value, networks: readonly Perceptron[]): Value[][] {
  const sizes = networks.flatMap(sizesOf);
  const parts = graph.ops('Split', [theta, graph.constant(int64(sizes))], sizes.length, { axis: { int: 0 } });
  let at = 0;
  return networks.map((network) =>
    shapesOf(network).flatMap(({ rows, columns }) => {
      const weights = graph.op('Reshape', [parts[at]!, graph.constant(int64([rows, columns]))]);
      const bias = parts[at + 1]!;
      at += 2;
      return [weights, bias];
    }),
  );
}

/** Adds outputs [B, outputs] over `x` [B, inputs]. */
export function forward(graph: GraphBuilder, x: Value, { hidden }: Perceptron, arrays: readonly Value[]): Value {
  let value = x;
  for (let i = 0; 2 * i < arrays.length; i++) {
    value = graph.op('Gemm', [value, arrays[2 * i]!, arrays[2 * i + 1]!]);
    const layer = hidden[i];
    const activation = layer === undefined ? 'Identity' : ACTIVATIONS[layer.activation]!;
    if (activation !== 'Identity')
      value = graph.op(activation, [value], activation === 'Elu' ? { alpha: { float: 1 } } : {});
  }
  return value;
}

/** The network's arrays as constants of a graph, for a model that is served. */
export function constants(graph: GraphBuilder, network: Perceptron, theta: Float32Array): Value[] {
  let at = 0;
  return shapesOf(network).flatMap(({ rows, columns }) => {
    const weights = graph.constant(float(theta.slice(at, (at += rows * columns)), [rows, columns]), 'weights');
    return [weights, graph.constant(float(theta.slice(at, (at += columns))), 'bias')];
  });
}

/** A graph from `x` [B, inputs] and `theta` to one output for each network. */
export function scoringGraph(networks: Readonly<Record<string, Perceptron>>, provider?: string): Uint8Array {
  const graph = new GraphBuilder('scoring');
  const all = Object.entries(networks);
  const x = graph.input('x', 'float', ['B', all[0]![1].inputs]);
  const size = all.reduce((sum, [, network]) => sum + sizeOf(network), 0);
  const arrays = unpack(
    graph,
    graph.input('theta', 'float', [size]),
    all.map(([, network]) => network),
  );
  all.forEach(([name, network], i) => graph.output(forward(graph, x, network, arrays[i]!), name));
  return encodeFor(graph.build(), provider);
}
