/** Layers over sequences [N, T, D]. */
import { float, type Value } from '../../onnx';
import { type Placed, type PlainLayer } from '../layers';
import { type Build, type Flow } from './build';

type Of<K extends PlainLayer['kind']> = Placed & { readonly layer: Extract<PlainLayer, { kind: K }> };

/** Token numbers [N, T], as float32, to vectors [N, T, D]. Token 0 is padding. */
export function embedding(build: Build, ids: Value, { name, parameters }: Of<'embedding'>): Flow {
  const [count] = parameters[0]!.shape as [number];
  const limit = (value: number): Value =>
    build.constant({ type: 'float', dims: [], data: Float32Array.of(value) }, 'limit');
  // What is no token of the table reads its nearest one, rather than what lies beside it in memory.
  const whole = build.op('Cast', [build.op('Clip', [ids, limit(0), limit(count - 1)])], { to: { int: 7 } });
  const value = build.op('Gather', [build.around.value(`${name}/table`), whole], { axis: { int: 0 } });
  const present = build.op('Cast', [build.op('Greater', [ids, build.number(0.5)])], { to: { int: 1 } });
  return { value, present };
}

/** Sine waves of growing length (Vaswani et al., 2017, section 3.5), [T, D]. */
export function sinusoids(steps: number, features: number): Float32Array {
  const table = new Float32Array(steps * features);
  for (let t = 0; t < steps; t++)
    for (let j = 0; j < features; j++) {
      const angle = t / 10000 ** ((2 * Math.floor(j / 2)) / features);
      table[t * features + j] = j % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  return table;
}

export function positions(build: Build, x: Value, { layer, name, input }: Of<'positions'>): Value {
  const table =
    layer.how === 'learned'
      ? build.around.value(`${name}/positions`)
      : build.constant(float(sinusoids(input[0]!, input[1]!), [...input]), 'positions');
  return build.add(x, table);
}

/**
 * LSTM or GRU, by the operators of ONNX (a GRU's reset gate works after the recurrence, as in PyTorch and cuDNN). The last state is that of the
 * last step that is there.
 */
export function recurrent(build: Build, { value: x, present }: Flow, { layer, name, input }: Of<'recurrent'>): Flow {
  const { cell, units, sequences, bidirectional } = layer;
  const timeFirst = build.transpose(x, [1, 0, 2]);
  const run = (tag: string, direction: 'forward' | 'reverse'): Value => {
    const operands = ['weights', 'recurrence', 'bias'].map((part) => build.around.value(`${name}/${tag}${part}`));
    const all = build.op(cell === 'lstm' ? 'LSTM' : 'GRU', [timeFirst, ...operands], {
      hidden_size: { int: units },
      direction: { string: direction },
      ...(cell === 'gru' && { linear_before_reset: { int: 1 } }),
    });
    const states = build.op('Squeeze', [all, build.ints([1])]);
    return sequences ? build.transpose(states, [1, 0, 2]) : lastState(build, states, direction, input[0]!, present);
  };
  const states = [run('', 'forward'), ...(bidirectional ? [run('backward-', 'reverse')] : [])];
  const value = states.length === 1 ? states[0]! : build.op('Concat', states, { axis: { int: sequences ? 2 : 1 } });
  return { value, ...(sequences && present && { present }) };
}

/**
 * The steps that are there [N, T], the first one always: where a text is empty, it is taken for its padding. Were none there, what is told apart by a large
 * number would be told apart by that number alone, with gradients that are not those of what was computed.
 */
export function withFirst(build: Build, present: Value, steps: number): Value {
  const first = build.constant(float([1, ...new Array<number>(steps - 1).fill(0)], [1, steps]), 'first');
  return build.op('Max', [present, first]);
}

/** [T, N, H] to [N, H]: the first step when read from the end, else the last one that is there. */
function lastState(
  build: Build,
  states: Value,
  direction: 'forward' | 'reverse',
  steps: number,
  present: Value | undefined,
): Value {
  const pick = (at: number): Value => {
    const one = build.op('Slice', [states, build.ints([at]), build.ints([at + 1]), build.ints([0])]);
    return build.op('Squeeze', [one, build.ints([0])]);
  };
  if (direction === 'reverse') return pick(0);
  if (present === undefined) return pick(steps - 1);
  // 1 at the last step that is there: here, and not at the next.
  const there = withFirst(build, present, steps);
  const next = build.op('Slice', [there, build.ints([1]), build.ints([steps]), build.ints([1])]);
  const after = build.op('Pad', [next, build.ints([0, 0, 0, 1])]);
  const last = build.op('Sub', [there, after]);
  const weights = build.op('Unsqueeze', [build.transpose(last, [1, 0]), build.ints([2])]);
  return build.op('ReduceSum', [build.mul(states, weights), build.ints([0])], { keepdims: { int: 0 } });
}

/** Multi-head self-attention (Vaswani et al., 2017): softmax(Q Kᵀ / √d) V. */
export function attention(build: Build, { value: x, present }: Flow, { layer, name, input }: Of<'attention'>): Value {
  const { heads, causal } = layer;
  const [steps, features] = input as [number, number];
  const get = (part: string): Value => build.around.value(`${name}/${part}`);
  const width = features / heads;
  const all = build.add(build.op('MatMul', [x, get('weights')]), get('bias'));
  const parts = build.graph.ops('Split', [all, build.ints([features, features, features])], 3, { axis: { int: 2 } });
  const [q, k, v] = parts.map((part) => build.reshape(part, [steps, heads, width])) as [Value, Value, Value];
  const queries = build.transpose(build.mul(q, build.number(1 / Math.sqrt(width))), [0, 2, 1, 3]);
  let scores = build.op('MatMul', [queries, build.transpose(k, [0, 2, 3, 1])]);
  if (present) {
    const there = withFirst(build, present, steps);
    const away = build.mul(build.op('Sub', [there, build.number(1)]), build.number(1e9));
    scores = build.add(scores, build.op('Unsqueeze', [away, build.ints([1, 2])]));
  }
  if (causal) {
    const future = new Float32Array(steps * steps);
    for (let i = 0; i < steps; i++) for (let j = i + 1; j < steps; j++) future[i * steps + j] = -1e9;
    scores = build.add(scores, build.constant(float(future, [1, 1, steps, steps]), 'future'));
  }
  const shares = build.op('Softmax', [scores], { axis: { int: -1 } });
  const mixed = build.op('MatMul', [shares, build.transpose(v, [0, 2, 1, 3])]);
  const rows = build.reshape(build.transpose(mixed, [0, 2, 1, 3]), [steps, features]);
  return build.add(build.op('MatMul', [rows, get('out-weights')]), get('out-bias'));
}
