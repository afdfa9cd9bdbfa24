/** Optimisers as they are in PyTorch (torch.optim), so that settings carry over. */
import { type Optimizer, type Training } from '../../../schemas/generated/types';
import { float, type GraphBuilder, type TensorData, type Value } from '../../onnx';

/** The optimiser with its defaults; Adam unless the pipeline says otherwise. */
export function plainOptimizer(optimizer: Training['optimizer']): Optimizer {
  if (optimizer === undefined) return { kind: 'adam' };
  return typeof optimizer === 'string' ? { kind: optimizer } : optimizer;
}

export function learningRateOf(optimizer: Optimizer): number {
  return optimizer['learning-rate'] ?? 0.001;
}

/** Vectors beside the parameters that an optimiser keeps; each starts at zero. */
export function stateNames(optimizer: Optimizer): readonly string[] {
  switch (optimizer.kind) {
    case 'sgd':
      return (optimizer.momentum ?? 0) > 0 ? ['momentum'] : [];
    case 'rmsprop':
    case 'adagrad':
      return ['square'];
    case 'adam':
    case 'adamw':
      return ['mean', 'square'];
  }
}

/** Names of the scalars that change from step to step. */
export const RATE = 'rate';
const ROOT = 'root';
const KEEP = 'keep';

/**
 * The scalars for a step, counted from 1, at a learning rate. Adam's states are kept as mean / (1 − β₁) and square / (1 − β₂); what that leaves out,
 * the bias corrections and the rate are folded into two scalars: each is a pass over all parameters less.
 */
export function stepScalars(optimizer: Optimizer, step: number, rate: number): Record<string, TensorData> {
  const adam = optimizer.kind === 'adam' || optimizer.kind === 'adamw';
  if (!adam) return { [RATE]: float([rate]) };
  const beta1 = optimizer.beta1 ?? 0.9;
  const beta2 = optimizer.beta2 ?? 0.999;
  // Not 0: the scalars would be infinite.
  const speed = Math.max(1e-30, (rate * (1 - beta1)) / (1 - beta1 ** step));
  return {
    [ROOT]: float([Math.sqrt((1 - beta2) / (1 - beta2 ** step)) / speed]),
    [RATE]: float([(optimizer.epsilon ?? 1e-8) / speed]),
    ...(optimizer.kind === 'adamw' && { [KEEP]: float([1 - rate * (optimizer['weight-decay'] ?? 0)]) }),
  };
}

/** Name of the next value of an input of the step. */
export const nextOf = (name: string): string => `${name}_next`;

/** Adds the update of the flat parameter vector to the graph, with inputs for the states and scalars. */
export function optimizerUpdate(
  graph: GraphBuilder,
  optimizer: Optimizer,
  theta: Value,
  gradient: Value,
): { theta: Value; states: Record<string, Value> } {
  const number = (value: number) => graph.constant(float([value]), 'number');
  const mul = (a: Value, b: Value) => graph.op('Mul', [a, b]);
  // Named as the output that it is going to be, a value that is also used is not copied for it.
  const add = (a: Value, b: Value, next?: string) =>
    graph.op('Add', [a, b], {}, next === undefined ? {} : { hint: nextOf(next) });
  const sub = (a: Value, b: Value) => graph.op('Sub', [a, b]);
  const scalar = (name: string) => graph.input(name, 'float', [1]);
  const state = (name: string) => graph.input(name, 'float', theta.shape!);
  const rate = scalar(RATE);
  const decay = optimizer['weight-decay'] ?? 0;
  const g = decay > 0 && optimizer.kind !== 'adamw' ? add(gradient, mul(theta, number(decay))) : gradient;
  const epsilon = number(optimizer.epsilon ?? 1e-8);
  const beta2 = optimizer.beta2 ?? 0.999;
  const square = () => add(mul(state('square'), number(beta2)), mul(mul(g, g), number(1 - beta2)), 'square');
  switch (optimizer.kind) {
    case 'sgd': {
      if ((optimizer.momentum ?? 0) === 0) return { theta: sub(theta, mul(g, rate)), states: {} };
      const share = number(optimizer.momentum!);
      const momentum = add(mul(state('momentum'), share), g, 'momentum');
      const step = optimizer.nesterov === true ? add(g, mul(momentum, share)) : momentum;
      return { theta: sub(theta, mul(step, rate)), states: { momentum } };
    }
    case 'rmsprop':
    case 'adagrad': {
      const next = optimizer.kind === 'rmsprop' ? square() : add(state('square'), mul(g, g), 'square');
      const step = graph.op('Div', [g, add(graph.op('Sqrt', [next]), epsilon)]);
      return { theta: sub(theta, mul(step, rate)), states: { square: next } };
    }
    case 'adam':
    case 'adamw': {
      const beta1 = optimizer.beta1 ?? 0.9;
      const mean = add(mul(state('mean'), number(beta1)), g, 'mean');
      const next = add(mul(state('square'), number(beta2)), mul(g, g), 'square');
      const root = mul(graph.op('Sqrt', [next]), scalar(ROOT));
      // `rate` is the epsilon here, divided as the root is.
      const step = graph.op('Div', [mean, add(root, rate)]);
      const from = optimizer.kind === 'adamw' ? mul(theta, scalar(KEEP)) : theta;
      return { theta: sub(from, step), states: { mean, square: next } };
    }
  }
}
