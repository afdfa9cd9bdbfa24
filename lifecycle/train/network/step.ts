/**
 * One step of training as one ONNX graph: forward pass, loss, gradients, and the optimiser's update. Everything learnt lies in one
 * flat vector, so that the optimiser is a dozen operators whatever the network.
 */
import { type Optimizer, type Task } from '../../../schemas/generated/types';
import { everyPlaced, type Parameter, sizeOf, type Statistic } from '../../model/layers';
import { networkForward, type NetworkPlan, type Surroundings } from '../../model/network';
import { encodeFor, float, GraphBuilder, int64, type OnnxModel, type Value } from '../../onnx';
import { gradient } from '../../onnx/differentiate';
import { type PlainLoss, rowLosses } from './loss';
import { nextOf, optimizerUpdate, stateNames } from './optimizer';

/** Names of the step's inputs and outputs; an output `x` is the next value of the input `x`. */
export const names = {
  inputs: 'x',
  targets: 'targets',
  rowWeights: 'row_weights',
  theta: 'theta',
  statistics: 'statistics',
  next: nextOf,
  mask: (index: number) => `mask_${index}`,
  loss: 'loss',
  scores: 'scores',
  /** Of accumulated steps: the sum of gradients, and of the row weights behind it. */
  gradient: 'gradient_sum',
  weight: 'weight_sum',
  /** Length of the gradient, before it is clipped. */
  norm: 'gradient_norm',
} as const;

/** A network to train: its plan, and the values of what is not trained. */
export interface Pupil {
  readonly plan: NetworkPlan;
  readonly task: Task;
  readonly loss: PlainLoss;
  readonly frozen: ReadonlyMap<string, Float32Array>;
}

/** What is trained, in the order of the flat vector. */
export function trained({ parameters }: NetworkPlan): Parameter[] {
  return parameters.filter(({ frozen }) => frozen !== true);
}

/** Running statistics that are kept up, in the order of their vector. */
export function kept({ statistics }: NetworkPlan): Statistic[] {
  return statistics.filter(({ frozen }) => frozen !== true);
}

/** Length of the vector of all trained parameters. */
export function thetaSize(plan: NetworkPlan): number {
  return trained(plan).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Length of the vector of all running statistics. */
export function statisticsSize(plan: NetworkPlan): number {
  return kept(plan).reduce((sum, { width }) => sum + width, 0);
}

interface Parts {
  readonly graph: GraphBuilder;
  readonly theta: Value;
  readonly values: Map<string, Value>;
  readonly updates: Map<string, Value>;
  readonly weights: Value;
  /** Loss of each row [B, 1]. */
  readonly rows: Value;
}

/** Forward pass and loss of a batch. */
function lesson(
  name: string,
  { plan, task, loss, frozen }: Pupil,
  { made, provider = 'cpu' }: { made?: Surroundings['made']; provider?: string | undefined } = {},
): Parts {
  const graph = new GraphBuilder(name);
  const x = graph.input(names.inputs, 'float', ['B', plan.inputs]);
  const targets = graph.input(names.targets, 'float', ['B', plan.outputs]);
  const weights = graph.input(names.rowWeights, 'float', ['B', 1]);
  const theta = graph.input(names.theta, 'float', [thetaSize(plan)]);
  const values = unpack(graph, plan, theta, frozen);
  const updates = new Map<string, Value>();
  const scores = networkForward(graph, plan, x, {
    value: (wanted) => values.get(wanted)!,
    training: {
      mask: (index) => graph.input(names.mask(index), 'float', ['B', ...plan.masks[index]!.shape]),
      update: (wanted, value) => updates.set(wanted, value),
      accelerated: provider !== 'cpu',
    },
    ...(made && { made }),
  });
  return { graph, theta, values, updates, weights, rows: rowLosses(graph, loss, task, scores, targets) };
}

export interface StepOptions {
  readonly optimizer: Optimizer;
  /** Largest length of the gradient. */
  readonly clip?: number;
  /** Where it is going to run; the CPU unless given. */
  readonly provider?: string;
}

/** The training step. Its loss is the mean over the batch, weighted by row, plus the penalties. */
export function trainingGraph(pupil: Pupil, options: StepOptions): OnnxModel {
  const parts = lesson('training', pupil, options);
  const { graph, theta, values } = parts;
  const total = sum(graph, graph.op('Mul', [parts.rows, parts.weights]));
  const data = graph.op('Div', [total, sum(graph, parts.weights)]);
  const loss = withPenalties(graph, pupil.plan, values, data);
  const flat = flatten(graph, gradient(graph, loss, learnt(pupil.plan, values), ruleOf(options.provider)));
  update(graph, options, theta, flat);
  outputStatistics(parts, pupil.plan);
  graph.output(loss, names.loss);
  return graph.build();
}

export function trainingStep(pupil: Pupil, options: StepOptions): Uint8Array {
  return encodeFor(trainingGraph(pupil, options), options.provider);
}

/** A part of an accumulated step: adds the gradient of Σ wᵢ lᵢ and Σ wᵢ to what there is. Its loss is Σ wᵢ lᵢ. */
export function accumulatingStep(pupil: Pupil, provider?: string): Uint8Array {
  const parts = lesson('accumulating', pupil, { provider });
  const { graph, theta, values } = parts;
  const total = sum(graph, graph.op('Mul', [parts.rows, parts.weights]));
  const flat = flatten(graph, gradient(graph, total, learnt(pupil.plan, values), ruleOf(provider)));
  const before = graph.input(names.gradient, 'float', theta.shape!);
  graph.output(graph.op('Add', [before, flat]), names.next(names.gradient));
  const weight = graph.input(names.weight, 'float', []);
  graph.output(graph.op('Add', [weight, sum(graph, parts.weights)]), names.next(names.weight));
  outputStatistics(parts, pupil.plan);
  graph.output(total, names.loss);
  return encodeFor(graph.build(), provider);
}

/** The end of an accumulated step: the update by the mean gradient and the penalties. */
export function applyingStep({ plan, frozen }: Pupil, options: StepOptions): Uint8Array {
  const graph = new GraphBuilder('applying');
  const theta = graph.input(names.theta, 'float', [thetaSize(plan)]);
  const given = graph.input(names.gradient, 'float', theta.shape!);
  const weight = graph.input(names.weight, 'float', []);
  let flat = graph.op('Div', [given, weight]);
  if (trained(plan).some(({ l2 }) => l2 > 0)) {
    const values = unpack(graph, plan, theta, frozen);
    const penalties = withPenalties(graph, plan, values, graph.constant(float([0], [])));
    flat = graph.op('Add', [
      flat,
      flatten(graph, gradient(graph, penalties, learnt(plan, values), ruleOf(options.provider))),
    ]);
  }
  update(graph, options, theta, flat);
  return encodeFor(graph.build(), options.provider);
}

/** Scores [B, outputs] of standardised inputs under given parameters, as when serving. */
export function scoringStep({ plan, frozen }: Pick<Pupil, 'plan' | 'frozen'>, provider?: string): Uint8Array {
  const graph = new GraphBuilder('scoring');
  const x = graph.input(names.inputs, 'float', ['B', plan.inputs]);
  const values = unpack(graph, plan, graph.input(names.theta, 'float', [thetaSize(plan)]), frozen);
  graph.output(networkForward(graph, plan, x, { value: (name) => values.get(name)! }), names.scores);
  return encodeFor(graph.build(), provider);
}

/** What a {@link probingStep} tells of a layer or of a learnt array. */
export const probe = {
  /** Largest absolute value that the layer made. */
  largest: (layer: string) => `largest:${layer}`,
  /** Share of zeros in it. */
  zeros: (layer: string) => `zeros:${layer}`,
  /** Length of the array's gradient. */
  slope: (parameter: string) => `slope:${parameter}`,
  /** Length of the array itself. */
  size: (parameter: string) => `size:${parameter}`,
};

/** Looks into a step without changing anything: what each layer made, and what gradient reached each array. */
export function probingStep(pupil: Pupil, provider?: string): Uint8Array {
  const seen = new Map<string, Value>();
  const parts = lesson('probing', pupil, { provider, made: (name, value) => seen.set(name, value) });
  const { graph, values } = parts;
  const total = sum(graph, graph.op('Mul', [parts.rows, parts.weights]));
  const loss = graph.op('Div', [total, sum(graph, parts.weights)]);
  const parameters = trained(pupil.plan);
  const slopes = gradient(graph, loss, learnt(pupil.plan, values), ruleOf(provider));
  const length = (value: Value): Value =>
    graph.op('Sqrt', [graph.op('ReduceSumSquare', [value], { keepdims: { int: 0 } })]);
  for (const { name } of everyPlaced(pupil.plan.layout.placed)) {
    const value = seen.get(name);
    if (value === undefined) continue;
    graph.output(graph.op('ReduceMax', [graph.op('Abs', [value])], { keepdims: { int: 0 } }), probe.largest(name));
    const zero = graph.op('Equal', [value, graph.constant(float([0]), 'number')]);
    const share = graph.op('ReduceMean', [graph.op('Cast', [zero], { to: { int: 1 } })], { keepdims: { int: 0 } });
    graph.output(share, probe.zeros(name));
  }
  parameters.forEach(({ name }, i) => {
    graph.output(length(slopes[i]!), probe.slope(name));
    graph.output(length(values.get(name)!), probe.size(name));
  });
  graph.output(loss, names.loss);
  return encodeFor(graph.build(), provider);
}

/** A processor has every operator; what other providers lack is left out. */
function ruleOf(provider: string | undefined): { portable: boolean } {
  return { portable: (provider ?? 'cpu') !== 'cpu' };
}

function learnt(plan: NetworkPlan, values: ReadonlyMap<string, Value>): Value[] {
  return trained(plan).map(({ name }) => values.get(name)!);
}

function sum(graph: GraphBuilder, value: Value): Value {
  return graph.op('ReduceSum', [value], { keepdims: { int: 0 } });
}

function update(graph: GraphBuilder, { optimizer, clip }: StepOptions, theta: Value, flat: Value): void {
  const squares = graph.op('ReduceSumSquare', [flat], { keepdims: { int: 1 } });
  const norm = graph.op('Sqrt', [squares]);
  const results = optimizerUpdate(
    graph,
    optimizer,
    theta,
    clip === undefined ? flat : clipped(graph, flat, norm, clip),
  );
  graph.output(results.theta, names.next(names.theta));
  for (const name of stateNames(optimizer)) graph.output(results.states[name]!, names.next(name));
  graph.output(norm, names.norm);
}

function outputStatistics({ graph, updates }: Parts, plan: NetworkPlan): void {
  const parts = kept(plan).map(({ name }) => updates.get(name)!);
  if (parts.length > 0) graph.output(graph.op('Concat', parts, { axis: { int: 0 } }), names.next(names.statistics));
}

/** Cuts the vectors into the arrays that the layers take; what is frozen is a constant. */
function unpack(
  graph: GraphBuilder,
  plan: NetworkPlan,
  theta: Value,
  frozen: ReadonlyMap<string, Float32Array>,
): Map<string, Value> {
  const values = new Map<string, Value>();
  const parameters = trained(plan);
  const cut = (whole: Value, shapes: readonly (readonly number[])[]): Value[] => {
    const sizes = shapes.map(sizeOf);
    const parts =
      sizes.length === 1
        ? [whole]
        : graph.ops('Split', [whole, graph.constant(int64(sizes))], sizes.length, { axis: { int: 0 } });
    return parts.map((part, i) =>
      shapes[i]!.length === 1 ? part : graph.op('Reshape', [part, graph.constant(int64([...shapes[i]!]))]),
    );
  };
  const parts = cut(
    theta,
    parameters.map(({ shape }) => shape),
  );
  parameters.forEach(({ name }, i) => values.set(name, parts[i]!));
  const still = [
    ...plan.parameters.filter(({ frozen: keep }) => keep),
    ...plan.statistics.filter(({ frozen: keep }) => keep).map(({ name, width }) => ({ name, shape: [width] })),
  ];
  for (const { name, shape } of still) values.set(name, graph.constant(float(frozen.get(name)!, shape), name));
  const statistics = kept(plan);
  if (statistics.length === 0) return values;
  const running = graph.input(names.statistics, 'float', [statisticsSize(plan)]);
  const runningParts = cut(
    running,
    statistics.map(({ width }) => [width]),
  );
  statistics.forEach(({ name }, i) => values.set(name, runningParts[i]!));
  return values;
}

function withPenalties(graph: GraphBuilder, plan: NetworkPlan, values: Map<string, Value>, loss: Value): Value {
  let total = loss;
  for (const { name, l2 } of trained(plan)) {
    if (l2 === 0) continue;
    const weights = values.get(name)!;
    const squares = sum(graph, graph.op('Mul', [weights, weights]));
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
function clipped(graph: GraphBuilder, flat: Value, norm: Value, limit: number): Value {
  const scale = graph.op('Div', [
    graph.constant(float([limit])),
    graph.op('Add', [norm, graph.constant(float([1e-6]))]),
  ]);
  return graph.op('Mul', [flat, graph.op('Min', [scale, graph.constant(float([1]))])]);
}
