/**
 * One step of training as one ONNX graph: forward pass, loss, gradients, and the optimiser's update. Everything learnt lies in one
 * flat vector, so that the optimiser is a dozen operators whatever the network.
 */
import { type Optimizer, type Task, type Training } from '../../../schemas/generated/types';
import { sizeOf } from '../../model/layers';
import { networkForward, type NetworkPlan } from '../../model/network';
import { encodeModel, float, GraphBuilder, int64, type Value } from '../../onnx';
import { gradient } from '../../onnx/differentiate';
import { optimizerUpdate, stateNames } from './optimizer';

/** Names of the step's inputs and outputs; an output `x` is the next value of the input `x`. */
export const names = {
  inputs: 'x',
  targets: 'targets',
  rowWeights: 'row_weights',
  theta: 'theta',
  statistics: 'statistics',
  next: (name: string) => `${name}_next`,
  mask: (index: number) => `mask_${index}`,
  loss: 'loss',
  scores: 'scores',
} as const;

/** Length of the vector of all parameters. */
export function thetaSize(plan: NetworkPlan): number {
  return plan.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Length of the vector of all running statistics. */
export function statisticsSize(plan: NetworkPlan): number {
  return plan.statistics.reduce((sum, { width }) => sum + width, 0);
}

/** Widths of targets a row: one, or one a class. */
export function targetWidth(plan: NetworkPlan): number {
  return plan.outputs;
}

/** The training step. Its loss is the mean over the batch, weighted by row, plus the penalties. */
export function trainingStep(
  plan: NetworkPlan,
  task: Task,
  optimizer: Optimizer,
  training: Pick<Training, 'gradient-clip'>,
): Uint8Array {
  const graph = new GraphBuilder('training');
  const x = graph.input(names.inputs, 'float', ['B', plan.inputs]);
  const targets = graph.input(names.targets, 'float', ['B', targetWidth(plan)]);
  const weights = graph.input(names.rowWeights, 'float', ['B', 1]);
  const size = thetaSize(plan);
  const theta = graph.input(names.theta, 'float', [size]);
  const values = unpack(graph, plan, theta);
  const updates = new Map<string, Value>();
  const scores = networkForward(graph, plan, x, {
    value: (name) => values.get(name)!,
    training: {
      mask: (index) => graph.input(names.mask(index), 'float', ['B', plan.masks[index]!.width]),
      update: (name, value) => updates.set(name, value),
    },
  });
  const dataLoss = meanLoss(graph, task, scores, targets, weights);
  const loss = withPenalties(graph, plan, values, dataLoss);
  const parameters = plan.parameters.map(({ name }) => values.get(name)!);
  const flat = flatten(graph, gradient(graph, loss, parameters));
  const limit = training['gradient-clip'];
  const direction = limit === undefined ? flat : clip(graph, flat, limit);
  const results = optimizerUpdate(graph, optimizer, theta, direction);
  graph.output(results.theta, names.next(names.theta));
  for (const name of stateNames(optimizer)) graph.output(results.states[name]!, names.next(name));
  if (plan.statistics.length > 0) {
    const parts = plan.statistics.map(({ name }) => updates.get(name)!);
    graph.output(graph.op('Concat', parts, { axis: { int: 0 } }), names.next(names.statistics));
  }
  graph.output(loss, names.loss);
  return encodeModel(graph.build());
}

/** Scores [B, outputs] of standardised inputs under given parameters, as when serving. */
export function scoringStep(plan: NetworkPlan): Uint8Array {
  const graph = new GraphBuilder('scoring');
  const x = graph.input(names.inputs, 'float', ['B', plan.inputs]);
  const values = unpack(graph, plan, graph.input(names.theta, 'float', [thetaSize(plan)]));
  graph.output(networkForward(graph, plan, x, { value: (name) => values.get(name)! }), names.scores);
  return encodeModel(graph.build());
}

/** Cuts the vectors into the arrays that the layers take. */
function unpack(graph: GraphBuilder, plan: NetworkPlan, theta: Value): Map<string, Value> {
  const values = new Map<string, Value>();
  const sizes = plan.parameters.map(({ shape }) => sizeOf(shape));
  const parts = graph.ops('Split', [theta, graph.constant(int64(sizes))], sizes.length, { axis: { int: 0 } });
  plan.parameters.forEach(({ name, shape }, i) => {
    const part = parts[i]!;
    values.set(name, shape.length === 1 ? part : graph.op('Reshape', [part, graph.constant(int64([...shape]))]));
  });
  if (plan.statistics.length === 0) return values;
  const statistics = graph.input(names.statistics, 'float', [statisticsSize(plan)]);
  const widths = plan.statistics.map(({ width }) => width);
  const kept = graph.ops('Split', [statistics, graph.constant(int64(widths))], widths.length, { axis: { int: 0 } });
  plan.statistics.forEach(({ name }, i) => values.set(name, kept[i]!));
  return values;
}

/** Σ wᵢ lᵢ / Σ wᵢ: log loss of log odds, cross-entropy of class scores, or squared error. */
function meanLoss(graph: GraphBuilder, task: Task, scores: Value, targets: Value, weights: Value): Value {
  const rows = rowLosses(graph, task, scores, targets);
  const total = graph.op('ReduceSum', [graph.op('Mul', [rows, weights])], { keepdims: { int: 0 } });
  return graph.op('Div', [total, graph.op('ReduceSum', [weights], { keepdims: { int: 0 } })]);
}

function rowLosses(graph: GraphBuilder, task: Task, scores: Value, targets: Value): Value {
  switch (task) {
    case 'binary': {
      const spread = graph.op('Softplus', [scores]);
      return graph.op('Sub', [spread, graph.op('Mul', [targets, scores])]);
    }
    case 'multiclass': {
      const logs = graph.op('LogSoftmax', [scores], { axis: { int: 1 } });
      const axes = graph.constant(int64([1]));
      const along = graph.op('ReduceSum', [graph.op('Mul', [targets, logs]), axes], { keepdims: { int: 1 } });
      return graph.op('Neg', [along]);
    }
    case 'regression': {
      const error = graph.op('Sub', [scores, targets]);
      return graph.op('Mul', [error, error]);
    }
  }
}

function withPenalties(graph: GraphBuilder, plan: NetworkPlan, values: Map<string, Value>, loss: Value): Value {
  let total = loss;
  for (const { name, l2 } of plan.parameters) {
    if (l2 === 0) continue;
    const weights = values.get(name)!;
    const squares = graph.op('ReduceSum', [graph.op('Mul', [weights, weights])], { keepdims: { int: 0 } });
    total = graph.op('Add', [total, graph.op('Mul', [squares, graph.constant(float([l2], []))])]);
  }
  return total;
}

function flatten(graph: GraphBuilder, gradients: readonly Value[]): Value {
  const whole = graph.constant(int64([-1]));
  const parts = gradients.map((value) => (value.shape?.length === 1 ? value : graph.op('Reshape', [value, whole])));
  return parts.length === 1 ? parts[0]! : graph.op('Concat', parts, { axis: { int: 0 } }, { hint: 'gradient' });
}

/** Scales the gradient down to the norm `limit` where it is longer (Pascanu et al., 2013). */
function clip(graph: GraphBuilder, flat: Value, limit: number): Value {
  const norm = graph.op('Sqrt', [graph.op('ReduceSum', [graph.op('Mul', [flat, flat])], { keepdims: { int: 1 } })]);
  const scale = graph.op('Div', [
    graph.constant(float([limit])),
    graph.op('Add', [norm, graph.constant(float([1e-6]))]),
  ]);
  return graph.op('Mul', [flat, graph.op('Min', [scale, graph.constant(float([1]))])]);
}
