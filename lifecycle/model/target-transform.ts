/**
 * Transforms of the number that a regression predicts: a model learns the transformed target, and the served graph turns its
 * answers back, as scikit-learn's TransformedTargetRegressor.
 */
import { type ModelInfo, type TrainStage } from '../../schemas/generated/types';
import { double, type GraphBuilder, type OnnxModel, type Value } from '../onnx';

/** What a transform learnt of the training split. */
export type TargetTransform = NonNullable<ModelInfo['targetTransform']>;
export type TransformKind = TargetTransform['kind'];

/** No answer is larger, nor (of `box-cox`) nearer to 0 than its reciprocal: it has to be a float32. */
const MOST = 1e30;
/** A power nearer to 0 than this is the logarithm. */
const LEAST_POWER = 1e-7;
/** Powers are looked for between −5 and 5. */
const POWERS = 5;

/** The transform that a train stage asks for. */
export function askedTransform({ 'target-transform': asked }: TrainStage): TransformKind | undefined {
  return asked === undefined || asked === 'none' ? undefined : asked;
}

/** Whether a transform can take a value: `log` and `sqrt` no negative one, `box-cox` positive ones only. */
export function takes(kind: TransformKind, value: number): boolean {
  return kind === 'yeo-johnson' || (kind === 'box-cox' ? value > 0 : value >= 0);
}

/** What is learnt of training values, all of which {@link takes} allows. Powers are those of the greatest likelihood; what they make is standardised. */
export function learnTransform(kind: TransformKind, values: Float64Array): TargetTransform {
  if (kind === 'log' || kind === 'sqrt') return { kind };
  const found = minimum(unlikelihoodOf(kind, values), -POWERS, POWERS);
  const lambda = Math.abs(found) < LEAST_POWER ? 0 : found;
  const powers = values.map((value) => power(kind, value, lambda));
  const mean = powers.reduce((sum, value) => sum + value, 0) / powers.length;
  return { kind, lambda, mean, deviation: Math.sqrt(varianceOf(powers)) || 1 };
}

/** From the target's own unit to what is learnt. */
export function transformValue(transform: TargetTransform, value: number): number {
  switch (transform.kind) {
    case 'log':
      return Math.log1p(value);
    case 'sqrt':
      return Math.sqrt(value);
    default: {
      const { kind, lambda, mean, deviation } = powerOf(transform);
      return (power(kind, value, lambda) - mean) / deviation;
    }
  }
}

/** From what is learnt to the target's own unit: what {@link restoreFragment} does, in float64. */
export function restoreValue(transform: TargetTransform, learnt: number): number {
  switch (transform.kind) {
    case 'log':
      return Math.expm1(Math.min(Math.max(learnt, 0), Math.log(MOST)));
    case 'sqrt':
      return Math.min(Math.max(learnt, 0), Math.sqrt(MOST)) ** 2;
    default: {
      const { kind, lambda, mean, deviation } = powerOf(transform);
      const value = learnt * deviation + mean;
      if (kind === 'box-cox') return boxCoxInverse(value, lambda);
      return boxCoxInverse(Math.max(value, 0), lambda) - boxCoxInverse(Math.max(-value, 0), 2 - lambda);
    }
  }
}

/** Name of the value that a model with a transform gives before it is turned back, widened to float64. */
const LEARNT = 'learnt_target';

/** Adds the target in its own unit [N, 1] to a graph, given what the model learnt [N, 1]. In float64 on the way, so that nothing is lost near 0. */
export function restoreFragment(graph: GraphBuilder, learnt: Value, transform: TargetTransform): Value {
  const op = (opType: string, ...inputs: Value[]) => graph.op(opType, inputs);
  const number = (value: number) => graph.constant(double([value], [1, 1]), 'transform');
  const between = (value: Value, low: number, high: number) => op('Min', op('Max', value, number(low)), number(high));
  const boxCox = (value: Value, lambda: number): Value => {
    if (lambda === 0) return op('Exp', between(value, -Math.log(MOST), Math.log(MOST)));
    const [low, high] = bounds(lambda);
    const scaled = op('Add', op('Mul', value, number(lambda)), number(1));
    return op('Pow', between(scaled, low, high), number(1 / lambda));
  };
  const wide = graph.op('Cast', [learnt], { to: { int: 11 } }, { hint: LEARNT });
  const restored = (): Value => {
    switch (transform.kind) {
      case 'log':
        return op('Sub', op('Exp', between(wide, 0, Math.log(MOST))), number(1));
      case 'sqrt': {
        const root = between(wide, 0, Math.sqrt(MOST));
        return op('Mul', root, root);
      }
      default: {
        const { kind, lambda, mean, deviation } = powerOf(transform);
        const value = op('Add', op('Mul', wide, number(deviation)), number(mean));
        if (kind === 'box-cox') return boxCox(value, lambda);
        const negative = op('Max', op('Neg', value), number(0));
        return op('Sub', boxCox(op('Max', value, number(0)), lambda), boxCox(negative, 2 - lambda));
      }
    }
  };
  return graph.op('Cast', [restored()], { to: { int: 1 } }, { hint: 'target' });
}

/** Name of the value in a served graph that is what the model learnt, before it is turned back; undefined where there is no transform. */
export function learntValue({ graph }: OnnxModel): string | undefined {
  return graph.nodes.find(({ opType, outputs }) => opType === 'Cast' && outputs[0] === LEARNT)?.inputs[0];
}

/**
 * Which transform a served graph turns back as {@link restoreFragment} wrote it: `power` for those that learn a power of their training split; `none`
 * without one.
 */
export function servedTransform({ graph }: OnnxModel): 'none' | 'log' | 'sqrt' | 'power' {
  const taking = (value: string | undefined) =>
    graph.nodes.find(({ inputs }) => value !== undefined && inputs.includes(value));
  const learnt = graph.nodes.find(({ opType, outputs }) => opType === 'Cast' && outputs[0] === LEARNT);
  if (learnt === undefined) return 'none';
  const low = taking(LEARNT);
  if (low?.opType !== 'Max') return 'power';
  const between = taking(low.outputs[0])?.outputs[0];
  return taking(between)?.opType === 'Exp' ? 'log' : 'sqrt';
}

/** A power transform with its numbers. */
function powerOf({ kind, lambda = 1, mean = 0, deviation = 1 }: TargetTransform): Required<TargetTransform> {
  return { kind, lambda, mean, deviation };
}

/** Box & Cox, An Analysis of Transformations (1964); Yeo & Johnson, A New Family of Power Transformations (2000). */
function power(kind: TransformKind, value: number, lambda: number): number {
  if (kind === 'box-cox') return boxCoxOfLog(Math.log(value), lambda);
  return value >= 0 ? boxCoxOfLog(Math.log1p(value), lambda) : -boxCoxOfLog(Math.log1p(-value), 2 - lambda);
}

/** (x^λ − 1) / λ of log x. */
function boxCoxOfLog(log: number, lambda: number): number {
  return Math.abs(lambda) < LEAST_POWER ? log : Math.expm1(lambda * log) / lambda;
}

function boxCoxInverse(value: number, lambda: number): number {
  if (lambda === 0) return Math.exp(Math.min(Math.max(value, -Math.log(MOST)), Math.log(MOST)));
  const [low, high] = bounds(lambda);
  return Math.min(Math.max(lambda * value + 1, low), high) ** (1 / lambda);
}

/** Where λ·z + 1 is kept, so that its root is no larger than the largest answer. */
function bounds(lambda: number): [number, number] {
  return lambda > 0 ? [0, MOST ** lambda] : [MOST ** lambda, MOST ** -lambda];
}

/** Negative log-likelihood of a power a value, but for what does not depend on it. */
function unlikelihoodOf(kind: TransformKind, values: Float64Array): (lambda: number) => number {
  const logs = values.map((value) => (kind === 'box-cox' ? Math.log(value) : Math.log1p(Math.abs(value))));
  if (kind === 'box-cox') {
    // As a share of the geometric mean, which the likelihood cancels, so that no power overflows.
    const middle = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    return (lambda) => Math.log(varianceOf(logs.map((log) => boxCoxOfLog(log - middle, lambda)))) / 2;
  }
  const jacobian = logs.reduce((sum, log, i) => sum + Math.sign(values[i]!) * log, 0) / logs.length;
  const powers = (lambda: number) =>
    logs.map((log, i) => (values[i]! >= 0 ? boxCoxOfLog(log, lambda) : -boxCoxOfLog(log, 2 - lambda)));
  return (lambda) => Math.log(varianceOf(powers(lambda))) / 2 - (lambda - 1) * jacobian;
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

const GOLDEN = (3 - Math.sqrt(5)) / 2;

/** Brent, Algorithms for Minimization without Derivatives (1973), chapter 5: where a function is least between two values. */
function minimum(of: (x: number) => number, from: number, to: number): number {
  let [a, b] = [from, to];
  let x = a + GOLDEN * (b - a);
  let [w, v] = [x, x];
  let fx = of(x);
  let [fw, fv] = [fx, fx];
  let [step, before] = [0, 0];
  for (let i = 0; i < 200; i++) {
    const middle = (a + b) / 2;
    const tolerance = 1e-10 * Math.abs(x) + 1e-11;
    if (Math.abs(x - middle) <= 2 * tolerance - (b - a) / 2) break;
    let [p, q] = [0, 0];
    if (Math.abs(before) > tolerance) {
      const r = (x - w) * (fx - fv);
      q = (x - v) * (fx - fw);
      p = (x - v) * q - (x - w) * r;
      q = 2 * (q - r);
      if (q > 0) p = -p;
      else q = -q;
    }
    if (Math.abs(p) < Math.abs((q * before) / 2) && p > q * (a - x) && p < q * (b - x)) {
      before = step;
      step = p / q;
      if (x + step - a < 2 * tolerance || b - x - step < 2 * tolerance) step = x < middle ? tolerance : -tolerance;
    } else {
      before = x < middle ? b - x : a - x;
      step = GOLDEN * before;
    }
    const u = x + (Math.abs(step) >= tolerance ? step : step > 0 ? tolerance : -tolerance);
    const value = of(u);
    // What is no number is as bad as can be.
    const fu = Number.isNaN(value) ? Infinity : value;
    if (fu <= fx) {
      if (u < x) b = x;
      else a = x;
      [v, w, x] = [w, x, u];
      [fv, fw, fx] = [fw, fx, fu];
    } else {
      if (u < x) a = u;
      else b = u;
      if (fu <= fw || w === x) {
        [v, w] = [w, u];
        [fv, fw] = [fw, fu];
      } else if (fu <= fv || v === x || v === w) {
        v = u;
        fv = fu;
      }
    }
  }
  return x;
}
