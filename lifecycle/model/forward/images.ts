/** Convolutions and pools over [N, C, H, W], and over sequences [N, T, D] seen as [N, D, T]. */
import { type Attributes, poolsByTwo, type Value } from '../../onnx';
import { type Placed, type PlainLayer, sizeOf } from '../layers';
import { extentOf, paddingOf, poolWindow, projectionStrides, spatial, transposedPadding } from '../layers/windows';
import { type Build, type Flow } from './build';
import { withFirst } from './sequences';

type Of<K extends PlainLayer['kind']> = Placed & { readonly layer: Extract<PlainLayer, { kind: K }> };

/** Does something to a value whose channels come right after the batch. */
function channelsFirst(build: Build, x: Value, placed: Placed, work: (x: Value) => Value): Value {
  if (placed.input.length === 3) return work(x);
  return build.transpose(work(build.transpose(x, [0, 2, 1])), [0, 2, 1]);
}

export function convolution(build: Build, x: Value, placed: Of<'convolution' | 'transposed-convolution'>): Value {
  const { layer, input, name } = placed;
  const sizes = spatial(input);
  const [channels, steps] = [input.length === 3 ? input[0]! : input[1]!, layer.size.length];
  const extents = layer.size.map((size, i) => extentOf(size, layer.dilation[i]!));
  const common: Attributes = {
    kernel_shape: { ints: layer.size },
    strides: { ints: layer.stride },
    dilations: { ints: layer.dilation },
    group: { int: layer.groups === 'depthwise' ? channels : layer.groups },
  };
  const operands = ['weights', ...(layer.bias ? ['bias'] : [])].map((part) => build.around.value(`${name}/${part}`));
  if (layer.kind === 'convolution') {
    const pads = extents.map((extent, i) => paddingOf(sizes[i]!, extent, layer.stride[i]!, layer.padding));
    const attributes: Attributes = { ...common, pads: { ints: [...pads.map(([a]) => a), ...pads.map(([, b]) => b)] } };
    return channelsFirst(build, x, placed, (value) => build.op('Conv', [value, ...operands], attributes));
  }
  const around = Array.from({ length: steps }, (_, i) =>
    transposedPadding(extents[i]!, layer.stride[i]!, layer.padding),
  );
  const attributes: Attributes = {
    ...common,
    pads: { ints: [...around.map(({ cut }) => cut[0]), ...around.map(({ cut }) => cut[1])] },
    output_padding: { ints: around.map(({ extra }) => extra) },
  };
  return channelsFirst(build, x, placed, (value) => build.op('ConvTranspose', [value, ...operands], attributes));
}

export function pool(build: Build, x: Value, placed: Of<'pool'>): Value {
  const { layer, input } = placed;
  const axes = input.length === 3 ? 2 : 1;
  const { size, stride } = poolWindow(layer, axes);
  const pads = size.map((extent, i) => paddingOf(spatial(input)[i]!, extent, stride[i]!, layer.padding));
  const attributes: Attributes = {
    kernel_shape: { ints: size },
    strides: { ints: stride },
    pads: { ints: [...pads.map(([a]) => a), ...pads.map(([, b]) => b)] },
  };
  return channelsFirst(build, x, placed, (value) => {
    if (layer.of === 'average') return build.op('AveragePool', [value], attributes);
    const { training } = build.around;
    if (!training || training.accelerated === true || poolsByTwo(attributes, value.shape?.slice(2) ?? ['?']))
      return build.op('MaxPool', [value], attributes);
    // The places of the largest values are what the gradient goes back by, on a processor.
    return build.graph.ops('MaxPool', [value], 2, attributes)[0]!;
  });
}

/** Over an image, or over the steps of a sequence that are there. */
export function globalPool(build: Build, { value: x, present }: Flow, { layer, input }: Of<'global-pool'>): Value {
  const axes = input.length === 3 ? [2, 3] : [1];
  const plain = { axes: { ints: axes }, keepdims: { int: 0 } };
  if (present === undefined || input.length === 3)
    return build.op(layer.of === 'max' ? 'ReduceMax' : 'ReduceMean', [x], plain);
  if (layer.of === 'max') {
    const there = build.op('Unsqueeze', [withFirst(build, present, input[0]!), build.ints([2])]);
    const away = build.mul(build.op('Sub', [there, build.number(1)]), build.number(1e9));
    return build.op('ReduceMax', [build.add(x, away)], plain);
  }
  const there = build.op('Unsqueeze', [present, build.ints([2])]);
  const sum = build.op('ReduceSum', [build.mul(x, there), build.ints([1])], { keepdims: { int: 0 } });
  const count = build.op('ReduceSum', [present, build.ints([1])], { keepdims: { int: 1 } });
  return build.op('Div', [sum, build.op('Max', [count, build.number(1)])]);
}

/** A residual's input brought to the shape of its output. */
export function project(build: Build, x: Value, placed: Placed): Value {
  const weights = build.around.value(`${placed.name}/projection`);
  if (placed.input.length < 3) return build.op('MatMul', [x, weights]);
  const strides = projectionStrides(placed.input, placed.output) ?? [1, 1];
  return build.op('Conv', [x, weights], { kernel_shape: { ints: [1, 1] }, strides: { ints: strides } });
}

/** An image [N, C, H, W] of pixels that came as [N, H · W · C]. */
export function fromChannelsLast(build: Build, x: Value, shape: readonly number[]): Value {
  const [channels, height, width] = shape as [number, number, number];
  return build.transpose(build.reshape(x, [height, width, channels]), [0, 3, 1, 2]);
}

export function flat(build: Build, x: Value, input: readonly number[]): Value {
  return input.length === 1 ? x : build.reshape(x, [sizeOf(input)]);
}
