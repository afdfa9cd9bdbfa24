/** Sizes of convolutions and pools. Padding `same` is as ONNX's SAME_UPPER: the odd one goes to the end. */
import { along } from './plain';
import { type MisfitError, type Padding, type PlainLayer, type Shape, showShape, sizeOf, type Start } from './types';

type Refuse = (message: string, hint?: string) => MisfitError;
type Convolution = Extract<PlainLayer, { kind: 'convolution' | 'transposed-convolution' }>;
type Pool = Extract<PlainLayer, { kind: 'pool' }>;

/** The spatial sizes: of a sequence [steps, features] the steps, of an image its height and width. */
export function spatial(shape: Shape): Shape {
  return shape.length === 3 ? shape.slice(1) : shape.slice(0, 1);
}

function withSpatial(shape: Shape, sizes: Shape, channels: number): Shape {
  return shape.length === 3 ? [channels, ...sizes] : [sizes[0]!, channels];
}

/** How far a dilated window reaches. */
export function extentOf(size: number, dilation: number): number {
  return (size - 1) * dilation + 1;
}

/** Padding before and after along one axis. */
export function paddingOf(input: number, extent: number, stride: number, padding: Padding): readonly [number, number] {
  if (padding === 'valid') return [0, 0];
  const needed = Math.max(0, (Math.ceil(input / stride) - 1) * stride + extent - input);
  return [Math.floor(needed / 2), Math.ceil(needed / 2)];
}

/** Padding cut off before and after along one axis of a transposed convolution, and what is added at the end. */
export function transposedPadding(
  extent: number,
  stride: number,
  padding: Padding,
): { readonly cut: readonly [number, number]; readonly extra: number } {
  if (padding === 'valid') return { cut: [0, 0], extra: 0 };
  const over = extent - stride;
  if (over < 0) return { cut: [0, 0], extra: -over };
  return { cut: [Math.floor(over / 2), Math.ceil(over / 2)], extra: 0 };
}

export function convolved(layer: Convolution, shape: Shape, filters: number, refuse: Refuse): Shape {
  const sizes = spatial(shape).map((input, i) => {
    const extent = extentOf(layer.size[i]!, layer.dilation[i]!);
    const stride = layer.stride[i]!;
    if (layer.kind === 'transposed-convolution') {
      return layer.padding === 'same' ? input * stride : (input - 1) * stride + extent;
    }
    if (layer.padding === 'same') return Math.ceil(input / stride);
    if (extent > input)
      throw refuse(
        `A window of ${extent} does not fit into ${showShape(spatial(shape))}.`,
        'Use `padding: same` or a smaller `size`.',
      );
    return Math.floor((input - extent) / stride) + 1;
  });
  return withSpatial(shape, sizes, filters);
}

/** Size and stride of a pool along each axis. */
export function poolWindow({ size, stride }: Pool, axes: 1 | 2): { size: Shape; stride: Shape } {
  const sizes = along(size, axes);
  return { size: sizes, stride: stride === undefined ? sizes : along(stride, axes) };
}

export function pooled(layer: Pool, shape: Shape, axes: 1 | 2, refuse: Refuse): Shape {
  const { size, stride } = poolWindow(layer, axes);
  if (size.length !== axes || stride.length !== axes)
    throw refuse(`A window of ${size.length} sizes does not suit ${axes === 1 ? 'a sequence' : 'an image'}.`);
  const sizes = spatial(shape).map((input, i) => {
    if (layer.padding === 'same') return Math.ceil(input / stride[i]!);
    if (size[i]! > input)
      throw refuse(
        `A window of ${size[i]!} does not fit into ${showShape(spatial(shape))}.`,
        'Use a smaller `size`, or fewer pools.',
      );
    return Math.floor((input - size[i]!) / stride[i]!) + 1;
  });
  return withSpatial(shape, sizes, axes === 2 ? shape[0]! : shape[1]!);
}

/** Strides by which a residual's input is sampled to the size of its output; undefined when it can't be. */
export function projectionStrides(from: Shape, to: Shape): number[] | undefined {
  const [small, large] = [spatial(to), spatial(from)];
  const strides = large.map((size, i) => Math.ceil(size / small[i]!));
  return strides.every((stride, i) => Math.ceil(large[i]! / stride) === small[i]) ? strides : undefined;
}

/** Weights that bring a residual's input to the shape of its output: a dense layer, or a convolution with a window of 1. */
export function projectionOf(from: Shape, to: Shape): { shape: readonly number[]; start: Start } | undefined {
  if (from.length !== to.length) return undefined;
  const [inputs, outputs] = from.length === 3 ? [from[0]!, to[0]!] : [from.at(-1)!, to.at(-1)!];
  const start: Start = { kind: 'glorot', fanIn: inputs, fanOut: outputs };
  if (from.length === 1) return { shape: [inputs, outputs], start };
  if (from.length === 2) return from[0] === to[0] ? { shape: [inputs, outputs], start } : undefined;
  return projectionStrides(from, to) && { shape: [outputs, inputs, 1, 1], start };
}

/** Multiplications of a placed layer for one row, for estimates: what products of matrices and windows take. */
export function multiplications(layer: PlainLayer, input: Shape, output: Shape, parameters: number): number {
  switch (layer.kind) {
    case 'dense':
      return parameters * sizeOf(output.slice(0, -1));
    case 'convolution':
      return parameters * sizeOf(spatial(output));
    case 'transposed-convolution':
      return parameters * sizeOf(spatial(input));
    case 'recurrent':
      return parameters * (input[0] ?? 1);
    case 'attention':
      return parameters * (input[0] ?? 1) + 2 * (input[0] ?? 1) ** 2 * (input[1] ?? 1);
    case 'residual':
      return parameters * (output.length > 1 ? sizeOf(spatial(output)) : 1);
    default:
      return sizeOf(output);
  }
}
