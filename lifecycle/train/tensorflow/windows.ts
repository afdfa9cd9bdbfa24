/** Convolutions and pools in TensorFlow.js. ONNX has channels first, TensorFlow last, so everything is turned around and back. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { intAttribute, intsAttribute } from '../../onnx/model';
import type { Call } from './operators';
import { type Tensorflow } from './runtime';

type Pair = [number, number];

interface Windows {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  /** Top, left, bottom, right. */
  readonly pads: [number, number, number, number];
  readonly group: number;
}

/** Of one axis makes two, the first of length 1. */
function windowsOf({ attributes }: Call, kernel: readonly number[]): Windows {
  const pair = (values: readonly number[] | undefined, one: number): Pair =>
    values === undefined ? [one, one] : values.length === 1 ? [1, values[0]!] : [values[0]!, values[1]!];
  const pads = intsAttribute(attributes, 'pads') ?? [];
  return {
    kernel: pair(kernel, 1),
    strides: pair(intsAttribute(attributes, 'strides'), 1),
    dilations: pair(intsAttribute(attributes, 'dilations'), 1),
    pads:
      pads.length === 0
        ? [0, 0, 0, 0]
        : pads.length === 2
          ? [0, pads[0]!, 0, pads[1]!]
          : [pads[0]!, pads[1]!, pads[2]!, pads[3]!],
    group: intAttribute(attributes, 'group') ?? 1,
  };
}

/** [N, C, L] as [N, C, 1, L]. */
function square(tf: Tensorflow, x: Tensor): Tensor4D {
  return (x.rank === 3 ? tf.expandDims(x, 2) : x) as Tensor4D;
}

function unsquare(tf: Tensorflow, x: Tensor, rank: number): Tensor {
  return rank === 3 ? tf.squeeze(x, [2]) : x;
}

const last = (tf: Tensorflow, x: Tensor): Tensor4D => tf.transpose(x, [0, 2, 3, 1]) as Tensor4D;
const first = (tf: Tensorflow, x: Tensor): Tensor4D => tf.transpose(x, [0, 3, 1, 2]) as Tensor4D;

function inGroups(
  tf: Tensorflow,
  x: Tensor4D,
  w: Tensor4D,
  group: number,
  each: (x: Tensor4D, w: Tensor4D) => Tensor4D,
): Tensor4D {
  if (group === 1) return each(x, w);
  const [xs, ws] = [tf.split(x, group, 1), tf.split(w, group, 0)];
  return tf.concat(
    xs.map((part, i) => each(part as Tensor4D, ws[i] as Tensor4D)),
    1,
  );
}

export function convolve(call: Call): Tensor {
  const { tf } = call;
  const rank = call.tensor(0).rank;
  const [x, w] = [square(tf, call.tensor(0)), square(tf, call.tensor(1))];
  const { strides, dilations, pads, group } = windowsOf(call, call.tensor(1).shape.slice(2));
  const [top, left, bottom, right] = pads;
  const result = inGroups(tf, x, w, group, (part, weights) => {
    const padded: Tensor4D = tf.pad(last(tf, part), [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
    const filter = tf.transpose(weights, [2, 3, 1, 0]) as Tensor4D;
    return first(tf, tf.conv2d(padded, filter, strides, 'valid', 'NHWC', dilations));
  });
  return unsquare(tf, withBias(call, result), rank);
}

function withBias(call: Call, x: Tensor): Tensor {
  return call.has(2) ? call.tf.add(x, call.tf.reshape(call.tensor(2), [1, -1, 1, 1])) : x;
}

export function convolveBack(call: Call): Tensor {
  const { tf } = call;
  const rank = call.tensor(0).rank;
  const [x, given] = [square(tf, call.tensor(0)), square(tf, call.tensor(1))];
  const { strides, dilations, pads, group } = windowsOf(call, call.tensor(1).shape.slice(2));
  const rest = intsAttribute(call.attributes, 'output_padding') ?? [0, 0];
  const more: Pair = rest.length === 1 ? [0, rest[0]!] : [rest[0]!, rest[1]!];
  const w = spread(tf, given, dilations);
  const [top, left, bottom, right] = pads;
  const result = inGroups(tf, x, w, group, (part, weights) => {
    const [n, , height, width] = part.shape;
    const [, channels, kh, kw] = weights.shape;
    const full: [number, number, number, number] = [
      n,
      (height - 1) * strides[0] + kh,
      (width - 1) * strides[1] + kw,
      channels,
    ];
    const filter = tf.transpose(weights, [2, 3, 1, 0]) as Tensor4D;
    const whole = tf.conv2dTranspose(last(tf, part), filter, full, strides, 'valid');
    const padded = tf.pad(whole, [
      [0, 0],
      [0, more[0]],
      [0, more[1]],
      [0, 0],
    ]);
    return first(
      tf,
      tf.slice(
        padded,
        [0, top, left, 0],
        [n, full[1] + more[0] - top - bottom, full[2] + more[1] - left - right, channels],
      ),
    );
  });
  return unsquare(tf, withBias(call, result), rank);
}

/** A kernel with zeros between its numbers. */
function spread(tf: Tensorflow, w: Tensor4D, [down, across]: Pair): Tensor4D {
  if (down === 1 && across === 1) return w;
  const [o, c, h, width] = w.shape;
  const apart = tf.pad(tf.reshape(w, [o * c, h, 1, width, 1]), [
    [0, 0],
    [0, 0],
    [0, down - 1],
    [0, 0],
    [0, across - 1],
  ]);
  const wide = tf.reshape(apart, [o, c, h * down, width * across]);
  return tf.slice(wide, [0, 0, 0, 0], [o, c, (h - 1) * down + 1, (width - 1) * across + 1]) as Tensor4D;
}

/** The value at each place of a window, for all windows: [N, C, H', W'] each. */
function places(call: Call, x: Tensor4D, fill: number): { parts: Tensor[]; size: Pair; windows: Windows } {
  const { tf } = call;
  const windows = windowsOf(call, intsAttribute(call.attributes, 'kernel_shape') ?? []);
  const { kernel, strides, dilations, pads } = windows;
  const [top, left, bottom, right] = pads;
  const padded = tf.pad(
    x,
    [
      [0, 0],
      [0, 0],
      [top, bottom],
      [left, right],
    ],
    fill,
  );
  const [n, c, height, width] = padded.shape as [number, number, number, number];
  const reach = (size: number, axis: 0 | 1) =>
    Math.floor((size - ((kernel[axis] - 1) * dilations[axis] + 1)) / strides[axis]) + 1;
  const size: Pair = [reach(height, 0), reach(width, 1)];
  const parts: Tensor[] = [];
  for (let i = 0; i < kernel[0]; i++)
    for (let j = 0; j < kernel[1]; j++) {
      const [y, z] = [i * dilations[0], j * dilations[1]];
      parts.push(
        tf.stridedSlice(
          padded,
          [0, 0, y, z],
          [n, c, y + (size[0] - 1) * strides[0] + 1, z + (size[1] - 1) * strides[1] + 1],
          [1, 1, strides[0], strides[1]],
        ),
      );
    }
  return { parts, size, windows };
}

/** With a second output: the place of each largest value in the flattened input. */
export function poolMax(call: Call): Tensor[] {
  const { tf } = call;
  const rank = call.tensor(0).rank;
  const x = square(tf, call.tensor(0));
  const { parts, size, windows } = places(call, x, -3e38);
  const stacked = tf.stack(parts, 4);
  const largest = unsquare(tf, tf.max(stacked, 4), rank);
  if (call.node.outputs.length < 2) return [largest];
  const { kernel, strides, dilations, pads } = windows;
  const [n, c, height, width] = x.shape;
  const base = new Int32Array(n * c * size[0] * size[1]);
  let at = 0;
  for (let plane = 0; plane < n * c; plane++)
    for (let i = 0; i < size[0]; i++)
      for (let j = 0; j < size[1]; j++)
        base[at++] = plane * height * width + (i * strides[0] - pads[0]) * width + j * strides[1] - pads[1];
  const offsets = parts.map(
    (_, k) => Math.floor(k / kernel[1]) * dilations[0] * width + (k % kernel[1]) * dilations[1],
  );
  const chosen = tf.gather(tf.tensor1d(offsets, 'int32'), tf.cast(tf.argMax(stacked, 4), 'int32'));
  const where = tf.add(tf.tensor(base, [n, c, size[0], size[1]], 'int32'), chosen);
  return [largest, unsquare(tf, where, rank)];
}

export function poolAverage(call: Call): Tensor {
  const { tf } = call;
  const rank = call.tensor(0).rank;
  const x = square(tf, call.tensor(0));
  const { parts } = places(call, x, 0);
  const total = parts.reduce((sum, part) => tf.add(sum, part));
  const whole = intAttribute(call.attributes, 'count_include_pad') === 1;
  const counted = whole
    ? tf.scalar(parts.length)
    : places(call, tf.ones([1, 1, x.shape[2], x.shape[3]]), 0).parts.reduce((sum, part) => tf.add(sum, part));
  return unsquare(tf, tf.div(total, counted), rank);
}
