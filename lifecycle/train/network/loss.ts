/** What a network makes small: in the graph, and over scores when it is judged. */
import { type Loss, type Task, type Training } from '../../../schemas/generated/types';
import { float, type GraphBuilder, int64, type Value } from '../../onnx';
import { UserError } from '../../problem';

export type PlainLoss =
  | { readonly kind: 'cross-entropy' }
  /** (1 − p)^γ times the cross-entropy (Lin et al., Focal Loss for Dense Object Detection, 2017). */
  | { readonly kind: 'focal'; readonly gamma: number }
  /** T² times the cross-entropy of softened probabilities (Hinton et al., Distilling the Knowledge in a Neural Network, 2015, section 2). */
  | { readonly kind: 'softened'; readonly temperature: number }
  | { readonly kind: 'mse' }
  | { readonly kind: 'mae' }
  /** ½e² up to δ, then δ(|e| − ½δ) (Huber, 1964). */
  | { readonly kind: 'huber'; readonly delta: number }
  /** max(τe, (τ − 1)e) of the error e = target − prediction (Koenker & Bassett, 1978). */
  | { readonly kind: 'quantile'; readonly quantile: number };

/** @throws UserError when the loss is for another task */
export function plainLoss(loss: Training['loss'], task: Task): PlainLoss {
  const given: Loss | undefined = typeof loss === 'string' ? { kind: loss } : loss;
  const kind = given?.kind ?? (task === 'regression' ? 'mse' : 'cross-entropy');
  const classes = kind === 'cross-entropy' || kind === 'focal';
  if (classes !== (task !== 'regression')) {
    throw new UserError({
      code: 'loss-unsuited',
      message: `The loss '${kind}' is for ${classes ? 'classes' : 'numbers'}, but the target is ${classes ? 'a number' : 'a class'}.`,
      hint: classes ? 'Use mse, mae, huber or quantile.' : 'Use cross-entropy or focal.',
      path: ['training', 'loss'],
    });
  }
  switch (kind) {
    case 'focal':
      return { kind, gamma: given?.gamma ?? 2 };
    case 'huber':
      return { kind, delta: given?.delta ?? 1 };
    case 'quantile':
      return { kind, quantile: given?.quantile ?? 0.5 };
    default:
      return { kind };
  }
}

/** The loss over a target that was divided by `deviation`, and what it must be multiplied by to be in the target's unit again. */
export function scaledLoss(loss: PlainLoss, deviation: number): { readonly loss: PlainLoss; readonly unit: number } {
  switch (loss.kind) {
    case 'mse':
      return { loss, unit: deviation ** 2 };
    case 'huber':
      return { loss: { kind: 'huber', delta: loss.delta / deviation }, unit: deviation ** 2 };
    case 'mae':
    case 'quantile':
      return { loss, unit: deviation };
    default:
      return { loss, unit: 1 };
  }
}

/** The loss of each row [B, 1]. */
export function rowLosses(graph: GraphBuilder, loss: PlainLoss, task: Task, scores: Value, targets: Value): Value {
  const number = (value: number): Value => graph.constant(float([value]), 'number');
  const sub = (a: Value, b: Value): Value => graph.op('Sub', [a, b]);
  const mul = (a: Value, b: Value): Value => graph.op('Mul', [a, b]);
  switch (loss.kind) {
    case 'cross-entropy':
      return entropies(graph, task, scores, targets);
    case 'focal': {
      const entropy = entropies(graph, task, scores, targets);
      const wrong = sub(number(1), graph.op('Exp', [graph.op('Neg', [entropy])]));
      // Not 0: the power's slope would be infinite there for γ < 1.
      return mul(graph.op('Pow', [graph.op('Max', [wrong, number(1e-7)]), number(loss.gamma)]), entropy);
    }
    case 'softened': {
      const softened = mul(scores, number(1 / loss.temperature));
      return mul(entropies(graph, task, softened, targets), number(loss.temperature ** 2));
    }
    case 'mse': {
      const error = sub(scores, targets);
      return mul(error, error);
    }
    case 'mae':
      return graph.op('Abs', [sub(scores, targets)]);
    case 'huber': {
      const size = graph.op('Abs', [sub(scores, targets)]);
      const near = graph.op('Min', [size, number(loss.delta)]);
      const far = mul(sub(size, near), number(loss.delta));
      return graph.op('Add', [mul(mul(near, near), number(0.5)), far]);
    }
    case 'quantile': {
      const error = sub(targets, scores);
      return graph.op('Max', [mul(error, number(loss.quantile)), mul(error, number(loss.quantile - 1))]);
    }
  }
}

/** Log loss of log odds, or cross-entropy of class scores. */
function entropies(graph: GraphBuilder, task: Task, scores: Value, targets: Value): Value {
  if (task === 'binary') {
    const spread = graph.op('Softplus', [scores]);
    return graph.op('Sub', [spread, graph.op('Mul', [targets, scores])]);
  }
  const logs = graph.op('LogSoftmax', [scores], { axis: { int: 1 } });
  const axes = graph.constant(int64([1]));
  const along = graph.op('ReduceSum', [graph.op('Mul', [targets, logs]), axes], { keepdims: { int: 1 } });
  return graph.op('Neg', [along]);
}

/** Mean loss of scores [outputs][rows] in the target's own unit. */
export function meanLoss(loss: PlainLoss, task: Task, scores: Float64Array, labels: Float64Array): number {
  const rows = labels.length;
  let total = 0;
  for (let i = 0; i < rows; i++) total += rowLoss(loss, task, scores, labels[i]!, i, rows);
  return total / rows;
}

function rowLoss(loss: PlainLoss, task: Task, scores: Float64Array, label: number, i: number, rows: number): number {
  const score = scores[i]!;
  switch (loss.kind) {
    // Judged by the labels, a student is judged as any other model.
    case 'softened':
    case 'cross-entropy':
      return entropyOf(task, scores, label, i, rows);
    case 'focal': {
      const entropy = entropyOf(task, scores, label, i, rows);
      return (1 - Math.exp(-entropy)) ** loss.gamma * entropy;
    }
    case 'mse':
      return (score - label) ** 2;
    case 'mae':
      return Math.abs(score - label);
    case 'huber': {
      const size = Math.abs(score - label);
      const near = Math.min(size, loss.delta);
      return near ** 2 / 2 + loss.delta * (size - near);
    }
    case 'quantile': {
      const error = label - score;
      return Math.max(loss.quantile * error, (loss.quantile - 1) * error);
    }
  }
}

function entropyOf(task: Task, scores: Float64Array, label: number, i: number, rows: number): number {
  if (task === 'binary') {
    const signed = label > 0.5 ? -scores[i]! : scores[i]!;
    return Math.max(signed, 0) + Math.log1p(Math.exp(-Math.abs(signed)));
  }
  let most = -Infinity;
  for (let at = i; at < scores.length; at += rows) most = Math.max(most, scores[at]!);
  let sum = 0;
  for (let at = i; at < scores.length; at += rows) sum += Math.exp(scores[at]! - most);
  return most + Math.log(sum) - scores[label * rows + i]!;
}
