/** LSTM and GRU in TensorFlow.js, written out step by step with the weights and the gate order of the ONNX operators. */
import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { type OnnxNode, stringAttribute } from '../../onnx/model';
import type { Call } from './operators';

/** One direction: its weights with G gates, and what it begins with. */
interface Cell {
  /** Of the input, [G·H, I]. */
  readonly w: Tensor2D;
  /** Of the state, [G·H, H]. */
  readonly r: Tensor2D;
  /** Of the input and of the state, [G·H] each. */
  readonly biases: readonly [Tensor, Tensor] | undefined;
  /** [N, H] */
  readonly state: Tensor2D;
  /** [N, H] */
  readonly memory: Tensor2D;
}

/** What a direction made: the states of all steps [T, N, H], and what it ended with [N, H]. */
interface Ran {
  readonly states: Tensor;
  readonly state: Tensor;
  readonly memory?: Tensor;
}

/** Which option of a recurrent node is not known here; undefined when all are, and of other operators. */
export function unknownOption({ attributes, inputs, opType }: OnnxNode): string | undefined {
  if (opType !== 'LSTM' && opType !== 'GRU') return undefined;
  for (const name of ['activations', 'clip', 'input_forget', 'layout'])
    if (attributes[name] !== undefined) return `${opType} with '${name}'`;
  if ((inputs[4] ?? '') !== '') return `${opType} with sequence lengths`;
  return (inputs[7] ?? '') === '' ? undefined : `${opType} with peepholes`;
}

/** X [T, N, I] to Y [T, D, N, H], Y_h [D, N, H] and Y_c [D, N, H]. Gates: input, output, forget, cell. */
export function lstm(call: Call): Tensor[] {
  const { tf } = call;
  return inDirections(call, 4, (cell, fed, order) => {
    let { state, memory } = cell;
    const states = new Array<Tensor>(order.length);
    for (const t of order) {
      const sums = tf.add(fed[t]!, times(call, state, cell.r, cell.biases?.[1]));
      const [i, o, f, c] = tf.split(sums, 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
      memory = tf.add(tf.mul(tf.sigmoid(f), memory), tf.mul(tf.sigmoid(i), tf.tanh(c)));
      state = tf.mul(tf.sigmoid(o), tf.tanh(memory));
      states[t] = state;
    }
    return { states: tf.stack(states), state, memory };
  });
}

/**
 * X [T, N, I] to Y [T, D, N, H] and Y_h [D, N, H]. Gates: update, reset, hidden; the reset works after the recurrence where
 * `linear_before_reset` is 1.
 */
export function gru(call: Call): Tensor[] {
  const { tf } = call;
  const after = call.int('linear_before_reset', 0) === 1;
  return inDirections(call, 3, ({ r, biases, state: start }, fed, order) => {
    const hidden = r.shape[1];
    const parts = [2 * hidden, hidden];
    const [gateWeights, hiddenWeights] = tf.split(r, parts, 0) as [Tensor2D, Tensor2D];
    const [gateBias, hiddenBias] = biases ? tf.split(biases[1], parts, 0) : [];
    let state = start;
    const states = new Array<Tensor>(order.length);
    for (const t of order) {
      const [fedGates, fedHidden] = tf.split(fed[t]!, parts, 1) as [Tensor2D, Tensor2D];
      const gates = tf.sigmoid(tf.add(fedGates, times(call, state, gateWeights, gateBias)));
      const [z, reset] = tf.split(gates, 2, 1) as [Tensor2D, Tensor2D];
      const recurred = after
        ? tf.mul(reset, times(call, state, hiddenWeights, hiddenBias))
        : times(call, tf.mul(reset, state), hiddenWeights, hiddenBias);
      const n = tf.tanh(tf.add<Tensor2D>(fedHidden, recurred));
      state = tf.add(n, tf.mul(z, tf.sub(state, n)));
      states[t] = state;
    }
    return { states: tf.stack(states), state };
  });
}

/** x Mᵀ + b */
function times({ tf }: Call, x: Tensor2D, matrix: Tensor2D, bias: Tensor | undefined): Tensor2D {
  const product = tf.matMul<Tensor2D>(x, matrix, false, true);
  return bias ? tf.add<Tensor2D>(product, bias) : product;
}

/** @param through goes through the steps in the given order; `fed` is what the inputs add to the gates, [N, G·H] for each step */
function inDirections(
  call: Call,
  gates: number,
  through: (cell: Cell, fed: readonly Tensor2D[], order: readonly number[]) => Ran,
): Tensor[] {
  const { tf } = call;
  const x = call.tensor(0);
  const [steps, rows, features] = x.shape as [number, number, number];
  const direction = stringAttribute(call.attributes, 'direction') ?? 'forward';
  const forward = Array.from({ length: steps }, (_, t) => t);
  const backward = [...forward].reverse();
  const orders = direction === 'forward' ? [forward] : direction === 'reverse' ? [backward] : [forward, backward];
  const all = orders.map((order, d) => {
    /** The part of this direction. */
    const own = (input: number): Tensor | undefined =>
      call.has(input) ? tf.squeeze(tf.slice(call.tensor(input), d, 1), [0]) : undefined;
    const [w, r] = [own(1) as Tensor2D, own(2) as Tensor2D];
    const bias = own(3);
    const zeros = () => tf.zeros<Rank.R2>([rows, r.shape[1]]);
    const cell: Cell = {
      w,
      r,
      biases: bias && (tf.split(bias, 2, 0) as [Tensor, Tensor]),
      state: (own(5) as Tensor2D | undefined) ?? zeros(),
      memory: (own(6) as Tensor2D | undefined) ?? zeros(),
    };
    const whole = times(call, tf.reshape(x, [steps * rows, features]), w, cell.biases?.[0]);
    const fed = tf.unstack(tf.reshape(whole, [steps, rows, gates * r.shape[1]])) as Tensor2D[];
    return through(cell, fed, order);
  });
  const memories = all.flatMap(({ memory }) => memory ?? []);
  return [
    tf.stack(
      all.map(({ states }) => states),
      1,
    ),
    tf.stack(all.map(({ state }) => state)),
    ...(memories.length === 0 ? [] : [tf.stack(memories)]),
  ];
}
