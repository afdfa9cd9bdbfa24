/**
 * A convolution, its ReLU and the pool by twos behind it as one, while training. The batch comes last here, [C, H, W, N]: what lies under a window is
 * then a list of blocks of N numbers, so that laying windows out and putting gradients back are copies of whole blocks.
 */
import { type Value } from '../../onnx';
import { type ConvolutionLayer, type Placed, type Shape, sizeOf } from '../layers';
import { paddingOf, poolWindow, spatial } from '../layers/windows';
import { activate } from './activations';
import { type Build, type Flow } from './build';

export type Convolution = Placed & { readonly layer: ConvolutionLayer };

/** Numbers that windows meet of one row of the batch up to which they are laid out all at once. */
const TOGETHER = 1 << 16;
/** Kernels, channels times filters, up to which it pays: beyond, the zeros that are multiplied along cost more than is saved elsewhere. */
const KERNELS = 1 << 12;

/** Can a convolution and what stands behind it be made as one? */
export function poolsAtOnce(each: Placed | undefined, next: Placed | undefined): each is Convolution {
  if (each?.layer.kind !== 'convolution' || next?.layer.kind !== 'pool' || next.layer.of !== 'max') return false;
  const { size, stride, dilation, groups, axes, filters } = each.layer;
  if (axes !== 2 || groups !== 1 || [...stride, ...dilation].some((step) => step !== 1)) return false;
  const pool = poolWindow(next.layer, 2);
  if ([...pool.size, ...pool.stride].some((step) => step !== 2)) return false;
  // Of an odd size a pool leaves the last one out, or pads it.
  if (next.layer.padding === 'same' && spatial(each.output).some((extent) => extent % 2 === 1)) return false;
  const [channels, taps] = [each.input[0]!, sizeOf(size.map((extent) => extent + 1))];
  if (taps === 4 || channels * filters > KERNELS) return false;
  return channels * taps * sizeOf(spatial(next.output)) <= TOGETHER;
}

/**
 * The four places that a pool's window sees meet the same (k + 1) × (k + 1) numbers of the image, with the kernel at another corner. Over a quarter of the
 * places they are made as four times as many filters, by products of matrices, and the pool is the largest of four blocks. Kernels side by side share a
 * product, in which those numbers that one of them does not meet count as zeros; of rows, each takes only those that it meets.
 *
 * @param x [C, H, W, N]
 * @param shape of the pool's result, [filters, H′, W′]
 * @returns [filters, H′, W′, N]
 */
export function convolvePooled(build: Build, x: Value, convolution: Convolution, shape: Shape): Value {
  const { graph } = build;
  const { layer, name, input } = convolution;
  const [channels, filters] = [input[0]!, layer.filters];
  const [tall, wide] = layer.size as [number, number];
  const weights = build.around.value(`${name}/weights`);
  const sides = [0, 1].map((right) => build.op('Pad', [weights, build.ints([0, 0, 0, right, 0, 0, 0, 1 - right])]));
  const kernels = build.op('Concat', sides, { axis: { int: 0 } });
  const met = laidOut(build, x, convolution, spatial(shape));
  /** What the kernels make of some rows of them over some rows of what is met, added to what there is. */
  const over = (kernelRows: Value, rows: number, from: number, to?: Value): Value => {
    const flat = graph.op('Reshape', [kernelRows, build.ints([2 * filters, channels * rows * (wide + 1)])]);
    return build.op('Gemm', [flat, met(from, rows), to]);
  };
  const cut = (sizes: number[]): Value[] =>
    sizes.includes(0) ? [kernels] : graph.ops('Split', [kernels, build.ints(sizes)], 2, { axis: { int: 2 } });
  const [first, below] = cut([1, tall - 1]) as [Value, Value?];
  const [above, last] = cut([tall - 1, 1]).slice(-2) as [Value, Value?];
  const upper = over(first, 1, 0);
  const lower = over(last ?? above, 1, tall);
  const products = tall === 1 ? [upper, lower] : [over(below!, tall - 1, 1, upper), over(above, tall - 1, 1, lower)];
  const parts = products.flatMap((product) =>
    graph.ops(
      'Split',
      [batched(build, product, [2 * filters, sizeOf(spatial(shape))]), build.ints([filters, filters])],
      2,
      { axis: { int: 0 } },
    ),
  );
  const largest = graph.op('Max', parts, {}, { ties: 'first' });
  const bias = layer.bias ? build.around.value(`${name}/bias`) : undefined;
  const raised = bias ? build.add(largest, graph.op('Reshape', [bias, build.ints([filters, 1, 1])])) : largest;
  return batched(build, activate(build, raised, layer.activation), shape);
}

/** Lays rows of what windows meet out for a product: [C · rows · columns met, places of the pool · N]. */
function laidOut(
  build: Build,
  x: Value,
  { layer, input }: Convolution,
  [height, width]: Shape,
): (from: number, rows: number) => Value {
  const sizes = spatial(input);
  const pads = sizes.map((size, i) => paddingOf(size, layer.size[i]!, 1, layer.padding));
  const around = [0, ...pads.map(([before]) => before), 0, 0, ...pads.map(([, behind]) => behind), 0];
  const image = around.some((pad) => pad > 0) ? build.op('Pad', [x, build.ints(around)]) : x;
  const [tall, wide] = sizes.map((size, i) => size + pads[i]![0] + pads[i]![1]) as [number, number];
  const padded = batched(build, image, [input[0]!, tall * wide]);
  const known = new Map<number, Value>();
  return (from, rows) => {
    const places: number[] = [];
    for (let a = from; a < from + rows; a++)
      for (let b = 0; b <= layer.size[1]!; b++)
        for (let row = 0; row < height!; row++)
          for (let column = 0; column < width!; column++) places.push((2 * row + a) * wide + 2 * column + b);
    const count = input[0]! * rows * (layer.size[1]! + 1);
    const made =
      known.get(from) ??
      build.graph.op(
        'Reshape',
        [build.op('Gather', [padded, build.ints(places)], { axis: { int: 1 } }), build.ints([count, -1])],
        {},
        { shape: [count, '?'] },
      );
    known.set(from, made);
    return made;
  };
}

/** The same numbers in another shape, the batch last. */
function batched(build: Build, value: Value, shape: Shape): Value {
  return build.graph.op('Reshape', [value, build.ints([...shape, -1])], {}, { shape: [...shape, build.batch] });
}

/** Values of an image with the batch last. */
export function batchLast(build: Build, { value, turned }: Flow, shape: Shape): Value {
  if (turned) return turned;
  const rows = build.reshape(value, [sizeOf(shape)]);
  return batched(build, build.transpose(rows, [1, 0]), shape);
}

/** What flows on from a value with the batch last, [...shape, N]; turned back for whoever wants it otherwise. */
export function turnedFlow(build: Build, turned: Value, shape: Shape): Flow {
  let value: Value | undefined;
  return {
    get value() {
      value ??= build.reshape(build.transpose(batched(build, turned, [sizeOf(shape)]), [1, 0]), shape);
      return value;
    },
    turned,
  };
}
