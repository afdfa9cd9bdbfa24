/** Networks as ONNX fragments: the same layers for training (batch statistics, dropout masks) and for inference. */
import { type Activation, type Layer } from '../../schemas/generated/types';
import { float, type GraphBuilder, type Value } from '../onnx';
import { type Parameter, parametersOf, plainLayer, type PlainLayer, widthAfter } from './layers';
import { type Standardization, standardizeFragment } from './standardize';

/** A network laid out: its layers, the output layer included, and everything that is learnt. */
export interface NetworkPlan {
  readonly inputs: number;
  readonly outputs: number;
  readonly layers: readonly PlainLayer[];
  readonly parameters: readonly Parameter[];
  /** Running mean and variance of the batch normalisations: kept, but not by gradients. */
  readonly statistics: readonly { readonly name: string; readonly width: number; readonly start: number }[];
  /** Widths that dropout masks have, in order. */
  readonly masks: readonly { readonly width: number; readonly rate: number }[];
}

/** A trained network. */
export interface Network {
  readonly plan: NetworkPlan;
  readonly standardization: Standardization;
  /** Values by parameter and statistic name. */
  readonly values: ReadonlyMap<string, Float32Array>;
}

/** Lays out hidden layers over `inputs` features with a linear output layer of `outputs` scores. */
export function planNetwork(hidden: readonly Layer[], inputs: number, outputs: number): NetworkPlan {
  const layers: PlainLayer[] = [
    ...hidden.map(plainLayer),
    { kind: 'dense', units: outputs, activation: 'none', l2: 0 },
  ];
  const parameters: Parameter[] = [];
  const statistics: { name: string; width: number; start: number }[] = [];
  const masks: { width: number; rate: number }[] = [];
  let width = inputs;
  layers.forEach((layer, i) => {
    parameters.push(...parametersOf(layer, width, `layer${i}`));
    if (layer.kind === 'batch-normalization') {
      statistics.push({ name: `layer${i}/mean`, width, start: 0 }, { name: `layer${i}/variance`, width, start: 1 });
    }
    if (layer.kind === 'dropout' && layer.rate > 0) masks.push({ width, rate: layer.rate });
    width = widthAfter(layer, width);
  });
  return { inputs, outputs, layers, parameters, statistics, masks };
}

/**
 * Standardised inputs are cut off here, in training and when served: a single wild value, or a feature that hardly varied in training,
 * must not send a network far outside of what it has seen.
 */
export const INPUT_LIMIT = 10;

/** What a forward pass takes from around it. */
export interface Surroundings {
  /** A parameter's or statistic's value by name. */
  readonly value: (name: string) => Value;
  /** Present while training. */
  readonly training?: {
    /** The next dropout mask [N, width]: 0, or 1 / (1 − rate). */
    readonly mask: (index: number) => Value;
    /** Told the new running value [width] of a statistic. */
    readonly update: (name: string, value: Value) => void;
  };
}

/** Adds the network's scores [N, outputs] over standardised inputs [N, F] to a graph. */
export function networkForward(graph: GraphBuilder, plan: NetworkPlan, inputs: Value, around: Surroundings): Value {
  let x = inputs;
  let masks = 0;
  plan.layers.forEach((layer, i) => {
    const get = (part: string) => around.value(`layer${i}/${part}`);
    switch (layer.kind) {
      case 'dense': {
        const product = graph.op('Gemm', [x, get('weights'), get('bias')], {}, { hint: `dense${i}` });
        x = activate(graph, product, layer.activation);
        break;
      }
      case 'activation':
        x = activate(graph, x, layer.activation);
        break;
      case 'dropout':
        if (around.training && layer.rate > 0) x = graph.op('Mul', [x, around.training.mask(masks++)]);
        break;
      case 'layer-normalization':
        x = graph.op('LayerNormalization', [x, get('scale'), get('shift')], {
          axis: { int: -1 },
          epsilon: { float: layer.epsilon },
        });
        break;
      case 'batch-normalization':
        x = normalizeBatch(graph, x, i, layer, around);
        break;
    }
  });
  return x;
}

/**
 * Batch normalisation (Ioffe & Szegedy, 2015): by the batch's mean and (biased) variance in training, by their running means when
 * serving.
 */
function normalizeBatch(
  graph: GraphBuilder,
  x: Value,
  index: number,
  { momentum, epsilon }: Extract<PlainLayer, { kind: 'batch-normalization' }>,
  { value, training }: Surroundings,
): Value {
  const get = (part: string) => value(`layer${index}/${part}`);
  const over = { axes: { ints: [0] }, keepdims: { int: 1 } };
  let mean: Value = get('mean');
  let variance: Value = get('variance');
  if (training) {
    const batchMean = graph.op('ReduceMean', [x], over);
    const spread = graph.op('Sub', [x, batchMean]);
    const batchVariance = graph.op('ReduceMean', [graph.op('Mul', [spread, spread])], over);
    training.update(`layer${index}/mean`, blend(graph, mean, batchMean, momentum));
    training.update(`layer${index}/variance`, blend(graph, variance, batchVariance, momentum));
    mean = batchMean;
    variance = batchVariance;
  }
  const deviation = graph.op('Sqrt', [graph.op('Add', [variance, number(graph, epsilon)])]);
  const normal = graph.op('Div', [graph.op('Sub', [x, mean]), deviation]);
  return graph.op('Add', [graph.op('Mul', [normal, get('scale')]), get('shift')]);
}

function blend(graph: GraphBuilder, running: Value, batch: Value, momentum: number): Value {
  const flat = graph.op('Squeeze', [batch, graph.constant({ type: 'int64', dims: [1], data: BigInt64Array.of(0n) })]);
  const kept = graph.op('Mul', [running, number(graph, momentum)]);
  return graph.op('Add', [kept, graph.op('Mul', [flat, number(graph, 1 - momentum)])]);
}

function number(graph: GraphBuilder, value: number): Value {
  return graph.constant(float([value]), 'number');
}

function activate(graph: GraphBuilder, x: Value, activation: Activation): Value {
  switch (activation) {
    case 'none':
      return x;
    case 'relu':
      return graph.op('Relu', [x]);
    case 'leaky-relu':
      return graph.op('LeakyRelu', [x], { alpha: { float: 0.01 } });
    case 'elu':
      return graph.op('Elu', [x], { alpha: { float: 1 } });
    case 'sigmoid':
      return graph.op('Sigmoid', [x]);
    case 'tanh':
      return graph.op('Tanh', [x]);
    case 'softplus':
      return graph.op('Softplus', [x]);
    case 'silu':
      return graph.op('Mul', [x, graph.op('Sigmoid', [x])]);
    case 'gelu': {
      const error = graph.op('Erf', [graph.op('Mul', [x, number(graph, Math.SQRT1_2)])]);
      return graph.op('Mul', [graph.op('Mul', [x, number(graph, 0.5)]), graph.op('Add', [error, number(graph, 1)])]);
    }
  }
}

/** Adds a trained network's scores [N, outputs] over `features` [N, F] to a graph, standardisation included. */
export function networkFragment(graph: GraphBuilder, features: Value, network: Network): Value {
  const { plan, values, standardization } = network;
  const shapes = new Map([
    ...plan.parameters.map(({ name, shape }): [string, readonly number[]] => [name, shape]),
    ...plan.statistics.map(({ name, width }): [string, readonly number[]] => [name, [width]]),
  ]);
  const inputs = standardizeFragment(graph, features, standardization, INPUT_LIMIT);
  return networkForward(graph, plan, inputs, {
    value: (name) => graph.constant(float(values.get(name)!, shapes.get(name)), name),
  });
}
