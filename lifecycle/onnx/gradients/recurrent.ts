/**
 * Gradients of LSTM and GRU as the operators of ONNX. The gates are worked out again from the states, for all steps at once; only what truly
 * goes from step to step is written out step by step.
 *
 * Source: Werbos, Backpropagation through time (1990), on the equations of the ONNX operator specification.
 */
import { type Value } from '../builder';
import { type Pullback, type Vjp } from '../differentiate';
import { OnnxError } from '../error';
import { intAttribute, stringAttribute } from '../model';
import { Emit, type Family, must, shapeOf } from './support';

/** Sequences [T, N, ·] and the order in which the operator goes through them. */
class Steps {
  readonly emit: Emit;
  readonly count: number;
  readonly hidden: number;
  readonly reverse: boolean;

  constructor(readonly pullback: Pullback) {
    const { builder, node } = pullback;
    this.emit = new Emit(builder);
    const [count] = shapeOf(must(node.inputs[0]));
    const direction = stringAttribute(node.attributes, 'direction') ?? 'forward';
    const [, , , , lengths, firstState, firstCell, peepholes] = node.inputs;
    if (typeof count !== 'number') throw new OnnxError(`The gradient of ${node.opType} needs a fixed number of steps.`);
    if (direction === 'bidirectional' || lengths || firstState || firstCell || peepholes)
      throw new OnnxError(
        `The gradient of ${node.opType} is known for one direction, without lengths, initial states and peepholes.`,
      );
    this.count = count;
    this.hidden = intAttribute(node.attributes, 'hidden_size') ?? 0;
    this.reverse = direction === 'reverse';
  }

  /** Steps in the order in which the states were made. */
  get order(): number[] {
    const order = Array.from({ length: this.count }, (_, t) => t);
    return this.reverse ? order.reverse() : order;
  }

  /** [1, …] to […]. */
  squeeze(value: Value, axis = 0): Value {
    return this.emit.op('Squeeze', [value, this.emit.ints([axis])]);
  }

  transposed(value: Value): Value {
    return this.emit.op('Transpose', [value], { perm: { ints: [1, 0] } });
  }

  /** Each step's value is that of the step before it; the first one's is zero. */
  shift(value: Value): Value {
    const { emit, count, reverse } = this;
    const shape = shapeOf(value);
    const kept = reverse ? [1, count] : [0, count - 1];
    const part = emit.builder.op(
      'Slice',
      [value, emit.ints([kept[0]!]), emit.ints([kept[1]!]), emit.ints([0])],
      {},
      { shape: [count - 1, ...shape.slice(1)] },
    );
    const pads = reverse ? [0, 0, 0, 1, 0, 0] : [1, 0, 0, 0, 0, 0];
    return emit.builder.op('Pad', [part, emit.ints(pads)], {}, { shape });
  }

  /** [T, N, W] to T values [1, N, W]. */
  cut(value: Value): Value[] {
    const { emit, count } = this;
    if (count === 1) return [value];
    const shape = [1, ...shapeOf(value).slice(1)];
    const sizes = emit.ints(new Array<number>(count).fill(1));
    return emit.builder.ops(
      'Split',
      [value, sizes],
      Array.from({ length: count }, () => ({ shape })),
      { axis: { int: 0 } },
    );
  }

  join(values: readonly Value[]): Value {
    if (values.length === 1) return values[0]!;
    const shape = [values.length, ...shapeOf(values[0]!).slice(1)];
    return this.emit.builder.op('Concat', values, { axis: { int: 0 } }, { shape });
  }

  side(values: readonly Value[]): Value {
    return this.emit.op('Concat', values, { axis: { int: 2 } });
  }

  parts(value: Value, sizes: readonly number[]): Value[] {
    const { emit } = this;
    return emit.builder.ops('Split', [value, emit.ints(sizes)], sizes.length, { axis: { int: 2 } });
  }

  /** [T, N, W] · [W, V]. */
  times(value: Value, matrix: Value): Value {
    return this.emit.op('MatMul', [value, matrix]);
  }

  /** σ'(x) from σ(x), tanh'(x) from tanh(x). */
  slope(y: Value, of: 'sigmoid' | 'tanh'): Value {
    const { emit } = this;
    const one = emit.number(1, y);
    return of === 'sigmoid' ? emit.mul(y, emit.sub(one, y)) : emit.sub(one, emit.mul(y, y));
  }

  /** The gradient of each state [1, N, H] from outside of the recurrence, and of the last cell state. */
  outer(): { readonly states: (Value | undefined)[]; readonly lastCell?: Value } {
    const { emit, pullback, count } = this;
    const [all, last, cell] = pullback.gradients;
    const states: (Value | undefined)[] = all
      ? this.cut(this.squeeze(all, 1))
      : new Array<undefined>(count).fill(undefined);
    const end = this.order.at(-1)!;
    if (last) states[end] = states[end] ? emit.add(states[end], last) : last;
    return { states, ...(cell && { lastCell: cell }) };
  }

  /** Aᵀ B over all steps and rows: the gradient of weights, with a leading axis of 1. */
  weights(a: Value, b: Value): Value {
    const { emit } = this;
    const rows = (value: Value): Value => {
      const width = shapeOf(value)[2]!;
      const size = typeof width === 'number' ? width : -1;
      return emit.builder.op('Reshape', [value, emit.ints([-1, size])], {}, { shape: ['?', width] });
    };
    const product = emit.op('Gemm', [rows(a), rows(b)], { transA: { int: 1 } });
    return emit.op('Unsqueeze', [product, emit.ints([0])]);
  }

  sums(value: Value): Value {
    const sum = this.emit.op('ReduceSum', [value, this.emit.ints([0, 1])], { keepdims: { int: 0 } });
    return this.emit.op('Unsqueeze', [sum, this.emit.ints([0])]);
  }

  /** The two halves of the bias [1, 2 · gates · H]; zeros where there is none. */
  bias(gates: number): Value[] | undefined {
    const given = this.pullback.node.inputs[3];
    if (given === undefined) return undefined;
    const size = gates * this.hidden;
    return this.emit.builder.ops('Split', [this.squeeze(given), this.emit.ints([size, size])], 2, { axis: { int: 0 } });
  }
}

function plus(emit: Emit, a: Value | undefined, b: Value | undefined): Value | undefined {
  return a && b ? emit.add(a, b) : (a ?? b);
}

/** Gates in ONNX's order: input, output, forget, cell. c' = f c + i g, h' = o tanh(c'). */
const lstm: Vjp = (pullback) => {
  const { node, wanted } = pullback;
  const steps = new Steps(pullback);
  const { emit, hidden: H } = steps;
  const x = must(node.inputs[0]);
  const [w, r] = [steps.squeeze(must(node.inputs[1])), steps.squeeze(must(node.inputs[2]))];
  const before = steps.shift(steps.squeeze(must(node.outputs[0]), 1));
  let sums = emit.add(steps.times(x, steps.transposed(w)), steps.times(before, steps.transposed(r)));
  const bias = steps.bias(4);
  if (bias) sums = emit.add(sums, emit.add(bias[0]!, bias[1]!));
  const [three, last] = steps.parts(sums, [3 * H, H]) as [Value, Value];
  const [i, o, f] = steps.parts(emit.op('Sigmoid', [three]), [H, H, H]) as [Value, Value, Value];
  const g = emit.op('Tanh', [last]);
  const [fed, forget] = [steps.cut(emit.mul(i, g)), steps.cut(f)];
  const cells = new Array<Value>(steps.count);
  let cell: Value | undefined;
  for (const t of steps.order) {
    cell = cell === undefined ? fed[t]! : emit.add(emit.mul(forget[t]!, cell), fed[t]!);
    cells[t] = cell;
  }
  const c = steps.join(cells);
  const tanh = emit.op('Tanh', [c]);
  const toCell = steps.cut(emit.mul(o, steps.slope(tanh, 'tanh')));
  const factors = steps.cut(
    steps.side([
      emit.mul(g, steps.slope(i, 'sigmoid')),
      emit.mul(tanh, steps.slope(o, 'sigmoid')),
      emit.mul(steps.shift(c), steps.slope(f, 'sigmoid')),
      emit.mul(i, steps.slope(g, 'tanh')),
    ]),
  );
  const { states, lastCell } = steps.outer();
  const found = new Array<Value>(steps.count);
  let carried: Value | undefined;
  let kept = lastCell;
  for (const t of steps.order.reverse()) {
    const dh = plus(emit, states[t], carried);
    const dc = plus(emit, dh && emit.mul(dh, toCell[t]!), kept);
    if (dc === undefined) {
      found[t] = emit.mul(factors[t]!, emit.number(0, x));
      continue;
    }
    const each = dh ?? emit.mul(dc, emit.number(0, dc));
    const d = emit.mul(steps.side([dc, each, dc, dc]), factors[t]!);
    found[t] = d;
    carried = steps.times(d, r);
    kept = emit.mul(dc, forget[t]!);
  }
  const d = steps.join(found);
  const db = wanted[3] && bias ? steps.sums(d) : undefined;
  return [
    wanted[0] ? steps.times(d, w) : undefined,
    wanted[1] ? steps.weights(d, x) : undefined,
    wanted[2] ? steps.weights(d, before) : undefined,
    db && emit.op('Concat', [db, db], { axis: { int: 1 } }),
  ];
};

/** Gates in ONNX's order: update, reset, hidden, the reset after the recurrence. h' = (1 − z) n + z h. */
const gru: Vjp = (pullback) => {
  const { node, wanted } = pullback;
  if (intAttribute(node.attributes, 'linear_before_reset') !== 1)
    throw new OnnxError('The gradient of GRU is known with linear_before_reset 1 only.');
  const steps = new Steps(pullback);
  const { emit, hidden: H } = steps;
  const x = must(node.inputs[0]);
  const [w, r] = [steps.squeeze(must(node.inputs[1])), steps.squeeze(must(node.inputs[2]))];
  const before = steps.shift(steps.squeeze(must(node.outputs[0]), 1));
  const bias = steps.bias(3);
  const biased = (value: Value, part: 0 | 1): Value => (bias ? emit.add(value, bias[part]!) : value);
  const [inZ, inR, inN] = steps.parts(biased(steps.times(x, steps.transposed(w)), 0), [H, H, H]) as [
    Value,
    Value,
    Value,
  ];
  const [hZ, hR, hN] = steps.parts(biased(steps.times(before, steps.transposed(r)), 1), [H, H, H]) as [
    Value,
    Value,
    Value,
  ];
  const [z, reset] = [emit.op('Sigmoid', [emit.add(inZ, hZ)]), emit.op('Sigmoid', [emit.add(inR, hR)])];
  const n = emit.op('Tanh', [emit.add(inN, emit.mul(reset, hN))]);
  const toN = emit.mul(emit.sub(emit.number(1, z), z), steps.slope(n, 'tanh'));
  const toZ = emit.mul(emit.sub(before, n), steps.slope(z, 'sigmoid'));
  const toR = emit.mul(emit.mul(toN, hN), steps.slope(reset, 'sigmoid'));
  const hiddenFactors = steps.side([toZ, toR, emit.mul(toN, reset)]);
  const factors = steps.cut(hiddenFactors);
  const keep = steps.cut(z);
  const { states } = steps.outer();
  const found = new Array<Value>(steps.count);
  let carried: Value | undefined;
  for (const t of steps.order.reverse()) {
    const dh = plus(emit, states[t], carried);
    if (dh === undefined) {
      found[t] = emit.mul(keep[t]!, emit.number(0, x));
      continue;
    }
    found[t] = dh;
    const through = steps.times(emit.mul(steps.side([dh, dh, dh]), factors[t]!), r);
    carried = emit.add(emit.mul(dh, keep[t]!), through);
  }
  const d = steps.join(found);
  const three = steps.side([d, d, d]);
  const atInput = emit.mul(three, steps.side([toZ, toR, toN]));
  const atHidden = emit.mul(three, hiddenFactors);
  return [
    wanted[0] ? steps.times(atInput, w) : undefined,
    wanted[1] ? steps.weights(atInput, x) : undefined,
    wanted[2] ? steps.weights(atHidden, before) : undefined,
    wanted[3] && bias
      ? emit.op('Concat', [steps.sums(atInput), steps.sums(atHidden)], { axis: { int: 1 } })
      : undefined,
  ];
};

export const recurrent: Family = { LSTM: lstm, GRU: gru };
