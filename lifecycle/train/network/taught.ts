/** What a network learns from a teacher's answers. */
import { type Task } from '../../../schemas/generated/types';
import { type Teacher } from '../../store/room';
import { type PlainLoss } from './loss';

/** The loss towards a teacher; undefined for numbers, whose usual losses serve as well. */
export function taughtLoss({ temperature }: Teacher, task: Task): PlainLoss | undefined {
  return task === 'regression' ? undefined : { kind: 'softened', temperature };
}

/**
 * Targets [rows, outputs] of a network: the softened probability of the positive class, those of all classes, or the standardised value. Softened is
 * p^(1/T) over its sum, the softmax of the logits divided by T.
 */
export function taughtTargets(
  { train, temperature }: Teacher,
  task: Task,
  outputs: number,
  target: { readonly mean: number; readonly deviation: number },
): Float32Array {
  if (task === 'regression') return train.map((value) => (value - target.mean) / target.deviation);
  const classes = task === 'binary' ? 2 : outputs;
  const rows = train.length / classes;
  const targets = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const softened = Array.from(
      train.subarray(row * classes, (row + 1) * classes),
      (probability) => Math.max(probability, 0) ** (1 / temperature),
    );
    const sum = softened.reduce((a, b) => a + b, 0);
    for (let k = 0; k < outputs; k++) targets[row * outputs + k] = softened[task === 'binary' ? 1 : k]! / sum;
  }
  return targets;
}
