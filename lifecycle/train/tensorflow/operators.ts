/** The operators of training graphs in TensorFlow.js. Arrays of whole numbers that shape others stay on this side; the rest is tensors. */
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  type Attributes,
  floatAttribute,
  intAttribute,
  intsAttribute,
  type OnnxNode,
  stringAttribute,
} from '../../onnx/model';
import { gru, lstm } from './recurrent';
import { type Tensorflow } from './runtime';
import { convolve, convolveBack, poolAverage, poolMax } from './windows';

/** Whole numbers that are known here, for example a shape. */
export interface Host {
  readonly host: readonly number[];
  readonly dims: readonly number[];
}

export type Flow = Tensor | Host;

export type Operator = (call: Call) => Flow | readonly (Flow | undefined)[];

export function isHost(value: Flow | undefined): value is Host {
  return value !== undefined && 'host' in value;
}

/** One node with its inputs. */
export class Call {
  constructor(
    readonly tf: Tensorflow,
    readonly node: OnnxNode,
    private readonly inputs: readonly (Flow | undefined)[],
  ) {}

  get attributes(): Attributes {
    return this.node.attributes;
  }

  get count(): number {
    return this.inputs.length;
  }

  has(i: number): boolean {
    return this.inputs[i] !== undefined;
  }

  flow(i: number): Flow {
    const value = this.inputs[i];
    if (value === undefined) throw new Error(`${this.node.opType} lacks its input ${i}.`);
    return value;
  }

  tensor(i: number): Tensor {
    const value = this.flow(i);
    return isHost(value) ? this.tf.tensor([...value.host], [...value.dims], 'int32') : value;
  }

  ints(i: number): number[] {
    const value = this.flow(i);
    if (isHost(value)) return [...value.host];
    throw new Error(`${this.node.opType} takes a fixed list of whole numbers.`);
  }

  int(name: string, otherwise: number): number {
    return intAttribute(this.attributes, name) ?? otherwise;
  }

  number(name: string, otherwise: number): number {
    return floatAttribute(this.attributes, name) ?? otherwise;
  }

  axes(input: number): number[] | undefined {
    return this.has(input) ? this.ints(input) : intsAttribute(this.attributes, 'axes');
  }
}

const unary =
  (make: (x: Tensor, call: Call) => Tensor): Operator =>
  (call) =>
    make(call.tensor(0), call);

const fold =
  (make: (tf: Tensorflow, a: Tensor, b: Tensor) => Tensor): Operator =>
  (call) => {
    let result = call.tensor(0);
    for (let i = 1; i < call.count; i++) result = make(call.tf, result, call.tensor(i));
    return result;
  };

/** As `fold`, and on this side where both are known here. */
const counting =
  (onHost: (a: number, b: number) => number, make: (tf: Tensorflow, a: Tensor, b: Tensor) => Tensor): Operator =>
  (call) => {
    const [a, b] = [call.flow(0), call.count > 1 ? call.flow(1) : undefined];
    if (!isHost(a) || !isHost(b) || call.count !== 2) return fold(make)(call);
    const size = Math.max(a.host.length, b.host.length);
    const at = ({ host }: Host, i: number) => host[host.length === 1 ? 0 : i]!;
    const dims = a.host.length >= b.host.length ? a.dims : b.dims;
    return { host: Array.from({ length: size }, (_, i) => onHost(at(a, i), at(b, i))), dims };
  };

const reduce =
  (make: (tf: Tensorflow, x: Tensor, axes: number[] | undefined, keep: boolean) => Tensor): Operator =>
  (call) => {
    const x = call.tensor(0);
    const axes = call.axes(1);
    if (axes?.length === 0 && call.int('noop_with_empty_axes', 0) === 1) return x;
    return make(call.tf, x, axes?.length === 0 ? undefined : axes, call.int('keepdims', 1) === 1);
  };

function softmax(call: Call, logs: boolean): Tensor {
  const { tf } = call;
  const x = call.tensor(0);
  const axis = call.int('axis', -1);
  const moved = tf.sub(x, tf.max(x, axis, true));
  const total = tf.sum(tf.exp(moved), axis, true);
  return logs ? tf.sub(moved, tf.log(total)) : tf.div(tf.exp(moved), total);
}

function reshape(call: Call): Flow {
  const value = call.flow(0);
  const wanted = call.ints(1);
  const shape = isHost(value) ? value.dims : value.shape;
  const dims = wanted.map((size, i) => (size === 0 && call.int('allowzero', 0) === 0 ? shape[i]! : size));
  const known = dims.reduce((product, size) => (size < 0 ? product : product * size), 1);
  const all = shape.reduce((product, size) => product * size, 1);
  const whole = dims.map((size) => (size < 0 ? all / known : size));
  return isHost(value) ? { host: value.host, dims: whole } : call.tf.reshape(value, whole);
}

/** Adds or takes away axes of length 1. */
function axesChanged(call: Call, add: boolean): Flow {
  const value = call.flow(0);
  const shape = isHost(value) ? [...value.dims] : [...value.shape];
  const axes = call.axes(1);
  let dims: number[];
  if (add) {
    const rank = shape.length + (axes?.length ?? 0);
    const places = new Set((axes ?? []).map((axis) => (axis < 0 ? axis + rank : axis)));
    dims = Array.from({ length: rank }, (_, i) => (places.has(i) ? 1 : shape.shift()!));
  } else {
    const places = axes && new Set(axes.map((axis) => (axis < 0 ? axis + shape.length : axis)));
    dims = shape.filter((size, i) => (places ? !places.has(i) : size !== 1));
  }
  return isHost(value) ? { host: value.host, dims } : call.tf.reshape(value, dims);
}

function slice(call: Call): Flow {
  const value = call.flow(0);
  const shape = isHost(value) ? value.dims : value.shape;
  const [starts, ends] = [call.ints(1), call.ints(2)];
  const axes = call.has(3) ? call.ints(3) : starts.map((_, i) => i);
  const steps = call.has(4) ? call.ints(4) : starts.map(() => 1);
  const [begin, end, stride] = [shape.map(() => 0), [...shape], shape.map(() => 1)];
  axes.forEach((given, i) => {
    const axis = given < 0 ? given + shape.length : given;
    const size = shape[axis]!;
    const clamp = (at: number) => Math.max(0, Math.min(size, at < 0 ? at + size : at));
    if (steps[i]! < 0) throw new Error('Slice goes backwards.');
    begin[axis] = clamp(starts[i]!);
    end[axis] = Math.max(begin[axis], clamp(ends[i]!));
    stride[axis] = steps[i]!;
  });
  if (isHost(value)) {
    const host = value.host.slice(begin[0], end[0]);
    return { host, dims: [host.length] };
  }
  return call.tf.stridedSlice(value, begin, end, stride);
}

function gather(call: Call): Flow {
  const value = call.flow(0);
  const at = call.flow(1);
  if (isHost(value) && isHost(at))
    return { host: at.host.map((i) => value.host[i < 0 ? i + value.host.length : i]!), dims: at.dims };
  return call.tf.gather(call.tensor(0), call.tf.cast(call.tensor(1), 'int32'), call.int('axis', 0));
}

function scatter(call: Call): Tensor {
  const { tf } = call;
  const data = call.tensor(0);
  const places = tf.cast(call.tensor(1), 'int32');
  const updates = call.tensor(2);
  const axis = (call.int('axis', 0) + data.rank) % data.rank;
  const along = places.shape.map((size, d) => {
    if (d === axis) return places;
    const shape = places.shape.map((_, k) => (k === d ? size : 1));
    return tf.add(tf.reshape(tf.range(0, size, 1, 'int32'), shape), tf.zerosLike(places));
  });
  const at = tf.reshape(tf.stack(along, places.rank), [-1, data.rank]);
  const flat = (value: Tensor) => tf.reshape(value, [-1]);
  const sent = tf.scatterND(at, flat(updates), data.shape);
  if (stringAttribute(call.attributes, 'reduction') === 'add') return tf.add(data, sent);
  const touched = tf.scatterND(at, flat(tf.onesLike(updates)), data.shape);
  return tf.where(tf.greater(touched, 0), sent, data);
}

function split(call: Call): Tensor[] {
  const x = call.tensor(0);
  const axis = call.int('axis', 0);
  const parts = call.node.outputs.length;
  const sizes = call.has(1)
    ? call.ints(1)
    : new Array<number>(parts).fill(x.shape[axis < 0 ? axis + x.rank : axis]! / parts);
  return call.tf.split(x, sizes, axis);
}

function gemm(call: Call): Tensor {
  const { tf } = call;
  const product: Tensor = tf.matMul(
    call.tensor(0),
    call.tensor(1),
    call.int('transA', 0) === 1,
    call.int('transB', 0) === 1,
  );
  const scaled = call.number('alpha', 1) === 1 ? product : tf.mul(product, call.number('alpha', 1));
  if (!call.has(2)) return scaled;
  const bias = call.tensor(2);
  return tf.add(scaled, call.number('beta', 1) === 1 ? bias : tf.mul(bias, call.number('beta', 1)));
}

/** Batches of matrices broadcast against each other. */
function matmul(call: Call): Tensor {
  const { tf } = call;
  const [a, b] = [call.tensor(0), call.tensor(1)];
  if (a.rank === b.rank) return tf.matMul<Tensor>(a, b);
  if (b.rank === 2 && a.rank > 2) {
    const flat = tf.matMul(tf.reshape(a, [-1, a.shape.at(-1)!]), b);
    return tf.reshape(flat, [...a.shape.slice(0, -1), b.shape[1]!]);
  }
  return tf.matMul<Tensor>(a, b);
}

function layerNormalization(call: Call): (Tensor | undefined)[] {
  const { tf } = call;
  const x = call.tensor(0);
  const axis = call.int('axis', -1);
  const from = axis < 0 ? axis + x.rank : axis;
  const axes = Array.from({ length: x.rank - from }, (_, i) => from + i);
  const mean = tf.mean(x, axes, true);
  const moved = tf.sub(x, mean);
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(moved), axes, true), call.number('epsilon', 1e-5)));
  const scaled = tf.mul(tf.mul(moved, inverse), call.tensor(1));
  return [call.has(2) ? tf.add(scaled, call.tensor(2)) : scaled, mean, inverse];
}

/** ONNX numbers of types: 1 float, 6 int32, 7 int64, 9 bool, 11 double. */
function cast(call: Call): Flow {
  const to = call.int('to', 1);
  const value = call.flow(0);
  if (isHost(value) && (to === 6 || to === 7)) return value;
  return call.tf.cast(call.tensor(0), to === 1 || to === 11 ? 'float32' : to === 9 ? 'bool' : 'int32');
}

function filled(call: Call): Tensor {
  const value = call.attributes['value'];
  const of = value && 'tensor' in value ? Number(value.tensor.data[0]) : 0;
  return call.tf.fill(call.ints(0), of);
}

const clip: Operator = (call) => {
  let x = call.tensor(0);
  if (call.has(1)) x = call.tf.maximum(x, call.tensor(1));
  if (call.has(2)) x = call.tf.minimum(x, call.tensor(2));
  return x;
};

const elu =
  (scale: number, otherwise: number): Operator =>
  (call) => {
    const { tf } = call;
    const x = call.tensor(0);
    const alpha = call.number('alpha', otherwise);
    const gamma = scale === 1 ? 1 : call.number('gamma', scale);
    return tf.mul(tf.where(tf.greater(x, 0), x, tf.mul(tf.expm1(tf.minimum(x, 0)), alpha)), gamma);
  };

/** Every operator that is known, by its ONNX name. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  Identity: (call) => call.flow(0),
  Neg: unary((x, { tf }) => tf.neg(x)),
  Abs: unary((x, { tf }) => tf.abs(x)),
  Sign: unary((x, { tf }) => tf.sign(x)),
  Exp: unary((x, { tf }) => tf.exp(x)),
  Log: unary((x, { tf }) => tf.log(x)),
  Sqrt: unary((x, { tf }) => tf.sqrt(x)),
  Reciprocal: unary((x, { tf }) => tf.reciprocal(x)),
  Sin: unary((x, { tf }) => tf.sin(x)),
  Cos: unary((x, { tf }) => tf.cos(x)),
  Atan: unary((x, { tf }) => tf.atan(x)),
  Erf: unary((x, { tf }) => tf.erf(x)),
  Floor: unary((x, { tf }) => tf.floor(x)),
  Not: unary((x, { tf }) => tf.logicalNot(tf.cast(x, 'bool'))),
  IsNaN: unary((x, { tf }) => tf.isNaN(x)),
  Relu: unary((x, { tf }) => tf.relu(x)),
  LeakyRelu: unary((x, call) => call.tf.leakyRelu(x, call.number('alpha', 0.01))),
  Elu: elu(1, 1),
  Selu: elu(1.0507009873554805, 1.6732632423543772),
  Celu: unary((x, call) => {
    const { tf } = call;
    const alpha = call.number('alpha', 1);
    return tf.add(tf.relu(x), tf.mul(tf.expm1(tf.div(tf.minimum(x, 0), alpha)), alpha));
  }),
  Sigmoid: unary((x, { tf }) => tf.sigmoid(x)),
  Tanh: unary((x, { tf }) => tf.tanh(x)),
  Softplus: unary((x, { tf }) => tf.softplus(x)),
  Softsign: unary((x, { tf }) => tf.div(x, tf.add(tf.abs(x), 1))),
  HardSigmoid: unary((x, call) =>
    call.tf.clipByValue(call.tf.add(call.tf.mul(x, call.number('alpha', 0.2)), call.number('beta', 0.5)), 0, 1),
  ),
  HardSwish: unary((x, { tf }) => tf.mul(x, tf.clipByValue(tf.add(tf.div(x, 6), 0.5), 0, 1))),
  Add: counting(
    (a, b) => a + b,
    (tf, a, b) => tf.add(a, b),
  ),
  Sub: counting(
    (a, b) => a - b,
    (tf, a, b) => tf.sub(a, b),
  ),
  Mul: counting(
    (a, b) => a * b,
    (tf, a, b) => tf.mul(a, b),
  ),
  Div: counting(
    (a, b) => Math.trunc(a / b),
    (tf, a, b) => tf.div(a, b),
  ),
  Pow: fold((tf, a, b) => tf.pow(a, tf.cast(b, 'float32'))),
  Min: fold((tf, a, b) => tf.minimum(a, b)),
  Max: fold((tf, a, b) => tf.maximum(a, b)),
  Sum: fold((tf, a, b) => tf.add(a, b)),
  Greater: fold((tf, a, b) => tf.greater(a, b)),
  GreaterOrEqual: fold((tf, a, b) => tf.greaterEqual(a, b)),
  Less: fold((tf, a, b) => tf.less(a, b)),
  LessOrEqual: fold((tf, a, b) => tf.lessEqual(a, b)),
  Equal: fold((tf, a, b) => tf.equal(a, b)),
  And: fold((tf, a, b) => tf.logicalAnd(a, b)),
  Or: fold((tf, a, b) => tf.logicalOr(a, b)),
  Where: (call) => call.tf.where(call.tf.cast(call.tensor(0), 'bool'), call.tensor(1), call.tensor(2)),
  Cast: cast,
  Clip: clip,
  MatMul: matmul,
  Gemm: gemm,
  Softmax: (call) => softmax(call, false),
  LogSoftmax: (call) => softmax(call, true),
  LayerNormalization: layerNormalization,
  Transpose: unary((x, call) =>
    call.tf.transpose(x, intsAttribute(call.attributes, 'perm') ?? x.shape.map((_, i) => x.rank - 1 - i)),
  ),
  Reshape: reshape,
  Flatten: unary((x, call) => {
    const axis = call.int('axis', 1);
    const rows = x.shape.slice(0, axis).reduce((product, size) => product * size, 1);
    return call.tf.reshape(x, [rows, x.size / rows]);
  }),
  Squeeze: (call) => axesChanged(call, false),
  Unsqueeze: (call) => axesChanged(call, true),
  Concat: (call) => {
    const parts = Array.from({ length: call.count }, (_, i) => call.flow(i));
    if (parts.every(isHost)) {
      const host = parts.flatMap(({ host: values }) => values);
      return { host, dims: [host.length] };
    }
    return call.count === 1
      ? call.tensor(0)
      : call.tf.concat(
          parts.map((_, i) => call.tensor(i)),
          call.int('axis', 0),
        );
  },
  Split: split,
  Slice: slice,
  Pad: (call) => {
    const x = call.tensor(0);
    const pads = call.ints(1);
    const around = x.shape.map((_, i): [number, number] => [pads[i]!, pads[i + x.rank]!]);
    return call.tf.pad(x, around, 0);
  },
  Expand: (call) => {
    const x = call.tensor(0);
    return call.tf.add(x, call.tf.zeros(call.ints(1), x.dtype === 'float32' ? 'float32' : 'int32'));
  },
  Tile: (call) => call.tf.tile(call.tensor(0), call.ints(1)),
  Gather: gather,
  ScatterElements: scatter,
  Shape: (call) => {
    const value = call.flow(0);
    const host = isHost(value) ? value.dims : value.shape;
    return { host: [...host], dims: [host.length] };
  },
  ConstantOfShape: filled,
  ReduceSum: reduce((tf, x, axes, keep) => tf.sum(x, axes, keep)),
  ReduceMean: reduce((tf, x, axes, keep) => tf.mean(x, axes, keep)),
  ReduceMax: reduce((tf, x, axes, keep) => tf.max(x, axes, keep)),
  ReduceMin: reduce((tf, x, axes, keep) => tf.min(x, axes, keep)),
  ReduceSumSquare: reduce((tf, x, axes, keep) => tf.sum(tf.square(x), axes, keep)),
  ReduceL2: reduce((tf, x, axes, keep) => tf.sqrt(tf.sum(tf.square(x), axes, keep))),
  ReduceProd: (call) => {
    const value = call.flow(0);
    if (!isHost(value)) return call.tf.prod(value, call.axes(1), call.int('keepdims', 1) === 1);
    return {
      host: [value.host.reduce((product, size) => product * size, 1)],
      dims: call.int('keepdims', 1) === 1 ? [1] : [],
    };
  },
  LSTM: lstm,
  GRU: gru,
  Conv: convolve,
  ConvTranspose: convolveBack,
  MaxPool: poolMax,
  AveragePool: poolAverage,
};
