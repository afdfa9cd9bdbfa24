/**
 * Gradients of convolutions and pools. Source: Dumoulin & Visin, A guide to convolution arithmetic for deep learning (2016); the gradient of a
 * convolution's weights is a convolution in which batch and channels have changed places, strides and dilations too.
 */
import { type Value } from '../builder';
import { type Pullback, type Vjp } from '../differentiate';
import { OnnxError } from '../error';
import { type Attributes, type Dim, intAttribute, intsAttribute, stringAttribute } from '../model';
import { float } from '../tensor';
import { Emit, type Family, must, rankOf, scalar, shapeOf } from './support';

/** How windows lie, every attribute spelled out. */
interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before each axis, then behind each. */
  readonly pads: readonly number[];
  readonly group: number;
}

function fixed(value: Value, from: number): number[] {
  return shapeOf(value)
    .slice(from)
    .map((size) => {
      if (typeof size !== 'number')
        throw new OnnxError(`The sizes of '${value.name}' must be known to differentiate what slides over it.`);
      return size;
    });
}

function windowsOf(attributes: Attributes, kernel: readonly number[]): Windows {
  if ((stringAttribute(attributes, 'auto_pad') ?? 'NOTSET') !== 'NOTSET')
    throw new OnnxError('The gradient of a window needs its padding spelled out (`pads`).');
  const ones = kernel.map(() => 1);
  return {
    kernel,
    strides: intsAttribute(attributes, 'strides') ?? ones,
    dilations: intsAttribute(attributes, 'dilations') ?? ones,
    pads: intsAttribute(attributes, 'pads') ?? [...kernel, ...kernel].map(() => 0),
    group: intAttribute(attributes, 'group') ?? 1,
  };
}

function attributesOf({ kernel, strides, dilations, pads, group }: Windows): Attributes {
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: strides },
    dilations: { ints: dilations },
    pads: { ints: pads },
    group: { int: group },
  };
}

function swapped(rank: number): number[] {
  return [1, 0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2)];
}

/** What a convolution's windows over `x` have to do with its result's gradient `g`: the gradient of its weights, [O, C / group, …kernel]. */
function weightGradient(emit: Emit, x: Value, g: Value, windows: Windows): Value {
  const { builder } = emit;
  const { kernel, strides, dilations, pads, group } = windows;
  const rank = rankOf(x);
  const order = swapped(rank);
  const [sizes, results] = [fixed(x, 2), fixed(g, 2)];
  const channels = shapeOf(x)[1];
  const filters = shapeOf(g)[1];
  if (typeof channels !== 'number' || typeof filters !== 'number')
    throw new OnnxError('The gradient of a convolution needs fixed channels.');
  if (group === 1 && kernel.reduce((product, size) => product * size, 1) <= PLACES)
    return weightGradientByProduct(emit, x, g, windows);
  let image = emit.op('Transpose', [x], { perm: { ints: order } });
  if (group > 1) {
    // [N, G · C/G, …] to [C/G, G · N, …]: each group's rows stand together.
    const apart: Dim[] = [shapeOf(x)[0] ?? '?', group, channels / group, ...sizes];
    const whole = apart.map((dim) => (typeof dim === 'number' ? dim : -1));
    const split = builder.op('Reshape', [x, emit.ints(whole)], {}, { shape: apart });
    const around = emit.op('Transpose', [split], { perm: { ints: [2, 1, 0, ...sizes.map((_, i) => i + 3)] } });
    const shape: Dim[] = [channels / group, '?', ...sizes];
    image = builder.op('Reshape', [around, emit.ints([channels / group, -1, ...sizes])], {}, { shape });
  }
  const weights = emit.op('Transpose', [g], { perm: { ints: order } });
  // The result may reach further than the kernel where the stride leaves a rest.
  const reach = sizes.map((size, i) => {
    const extent = (results[i]! - 1) * strides[i]! + 1;
    return Math.floor((size + pads[i]! + pads[i + sizes.length]! - extent) / dilations[i]!) + 1;
  });
  const slid = builder.op(
    'Conv',
    [image, weights],
    attributesOf({ kernel: results, strides: dilations, dilations: strides, pads, group }),
    { shape: [channels / group, filters, ...reach], type: x.type },
  );
  const axes = reach.map((_, i) => i + 2);
  const cut = reach.every((size, i) => size === kernel[i])
    ? slid
    : emit.op('Slice', [slid, emit.ints(axes.map(() => 0)), emit.ints(kernel), emit.ints(axes)]);
  return emit.op('Transpose', [cut], { perm: { ints: order } });
}

/** Places of a kernel up to which its windows are laid out beside one another. */
const PLACES = 25;
/** Numbers for a row of the batch up to which they are laid out all at once; beyond, a place at a time, in little memory. */
const TOGETHER = 1 << 17;

/**
 * The same as a matrix product: for each place of the kernel the values that it met, [C, N · places of the result], laid one below the other and
 * multiplied with the result's gradient. onnxruntime's convolution with a kernel as large as an image takes several times as long.
 */
function weightGradientByProduct(emit: Emit, x: Value, g: Value, windows: Windows): Value {
  const { builder } = emit;
  const { kernel, strides, dilations, pads } = windows;
  const order = swapped(rankOf(x));
  const results = fixed(g, 2);
  const [channels, filters] = [shapeOf(x)[1] as number, shapeOf(g)[1] as number];
  const flat = (value: Value, rows: number): Value =>
    builder.op('Reshape', [value, emit.ints([rows, -1])], {}, { shape: [rows, '?'] });
  const image = emit.op('Transpose', [x], { perm: { ints: order } });
  const around = [0, 0, ...pads.slice(0, kernel.length), 0, 0, ...pads.slice(kernel.length)];
  const padded = pads.some((pad) => pad !== 0) ? emit.op('Pad', [image, emit.ints(around)]) : image;
  const axes = emit.ints(kernel.map((_, i) => i + 2));
  const steps = emit.ints(strides);
  const met = placesOf(kernel).map((place) => {
    const from = place.map((at, i) => at * dilations[i]!);
    const to = from.map((start, i) => start + (results[i]! - 1) * strides[i]! + 1);
    return flat(emit.op('Slice', [padded, emit.ints(from), emit.ints(to), axes, steps]), channels);
  });
  const slopes = flat(emit.op('Transpose', [g], { perm: { ints: order } }), filters);
  const product = (rows: Value): Value => emit.op('Gemm', [rows, slopes], { transB: { int: 1 } });
  const places = met.length * channels * results.reduce((all, size) => all * size, 1);
  const whole =
    places <= TOGETHER
      ? product(emit.op('Concat', met, { axis: { int: 0 } }))
      : emit.op('Concat', met.map(product), { axis: { int: 0 } });
  const apart = builder.op('Reshape', [whole, emit.ints([...kernel, channels, filters])]);
  const last = kernel.length;
  return emit.op('Transpose', [apart], { perm: { ints: [last + 1, last, ...kernel.keys()] } });
}

/** Every place of a kernel, the last axis running fastest. */
function placesOf(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (places, size) => places.flatMap((place) => Array.from({ length: size }, (_, at) => [...place, at])),
    [[]],
  );
}

/** Sums over everything but the channels. */
function biasGradient(emit: Emit, g: Value): Value {
  const axes = shapeOf(g).flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  return emit.op('ReduceSum', [g, emit.ints(axes)], { keepdims: { int: 0 } });
}

/**
 * The gradient of the input of a convolution with several filters a channel, each channel by itself: the sum over those filters. As one transposed convolution
 * onnxruntime's WebGPU provider makes it wrongly where their number is even (seen in 1.27), so that each filter gets one of its own.
 */
function depthwiseBack(emit: Emit, x: Value, w: Value, g: Value, attributes: Attributes): Value {
  const { builder } = emit;
  const [channels, filters] = [shapeOf(x)[1] as number, shapeOf(w)[0] as number];
  const [kernel, results] = [fixed(w, 2), fixed(g, 2)];
  const count = filters / channels;
  const ones = emit.ints(new Array<number>(count).fill(1));
  /** Cuts out each channel's first filter, its second, … */
  const parted = (value: Value, dims: readonly number[], axis: number, shape: readonly Dim[]): Value[] =>
    builder
      .ops('Split', [builder.op('Reshape', [value, emit.ints(dims)]), ones], count, { axis: { int: axis } })
      .map((part) =>
        builder.op(
          'Reshape',
          [part, emit.ints(shape.map((dim) => (typeof dim === 'number' ? dim : -1)))],
          {},
          { shape },
        ),
      );
  const slopes = parted(g, [-1, channels, count, ...results], 2, [shapeOf(g)[0] ?? '?', channels, ...results]);
  const weights = parted(w, [channels, count, ...kernel], 1, [channels, 1, ...kernel]);
  return slopes
    .map((slope, i) =>
      builder.op('ConvTranspose', [slope, weights[i]!], attributes, { shape: shapeOf(x), type: x.type }),
    )
    .reduce((a, b) => emit.add(a, b));
}

const conv: Vjp = ({ builder, node, gradients, wanted, portable }: Pullback) => {
  const emit = new Emit(builder);
  const [x, w, g] = [must(node.inputs[0]), must(node.inputs[1]), must(gradients[0])];
  const windows = windowsOf(node.attributes, fixed(w, 2));
  const back = (): Value => {
    const [sizes, results] = [fixed(x, 2), fixed(must(node.outputs[0]), 2)];
    const { kernel, strides, dilations, pads } = windows;
    const rest = sizes.map((size, i) => {
      const extent = (kernel[i]! - 1) * dilations[i]! + 1;
      return size + pads[i]! + pads[i + sizes.length]! - ((results[i]! - 1) * strides[i]! + extent);
    });
    const attributes: Attributes = { ...attributesOf(windows), output_padding: { ints: rest } };
    const depthwise = windows.group > 1 && windows.group === shapeOf(x)[1] && shapeOf(w)[0] !== windows.group;
    if (portable && depthwise) return depthwiseBack(emit, x, w, g, attributes);
    return builder.op('ConvTranspose', [g, w], attributes, { shape: shapeOf(x), type: x.type });
  };
  return [
    wanted[0] ? back() : undefined,
    wanted[1] ? weightGradient(emit, x, g, windows) : undefined,
    wanted[2] ? biasGradient(emit, g) : undefined,
  ];
};

const convTranspose: Vjp = ({ builder, node, gradients, wanted }: Pullback) => {
  const emit = new Emit(builder);
  const [x, w, g] = [must(node.inputs[0]), must(node.inputs[1]), must(gradients[0])];
  if (intsAttribute(node.attributes, 'output_shape'))
    throw new OnnxError('The gradient of ConvTranspose needs `pads` rather than `output_shape`.');
  const windows = windowsOf(node.attributes, fixed(w, 2));
  return [
    wanted[0] ? builder.op('Conv', [g, w], attributesOf(windows), { shape: shapeOf(x), type: x.type }) : undefined,
    // A transposed convolution is a convolution seen from its other end.
    wanted[1] ? weightGradient(emit, g, x, windows) : undefined,
    wanted[2] ? biasGradient(emit, g) : undefined,
  ];
};

/** Values of a row that are put in order by one product. */
const ROW = 64;

/** Is it the common pool, by twos side by side? Then its gradient needs no indices, with which onnxruntime's pool is slow. */
export function poolsByTwo(attributes: Attributes, sizes: readonly Dim[]): boolean {
  const kernel = intsAttribute(attributes, 'kernel_shape') ?? [];
  const strides = intsAttribute(attributes, 'strides') ?? [];
  const pads = intsAttribute(attributes, 'pads') ?? [];
  const even = sizes.every((size) => typeof size === 'number' && size % 2 === 0);
  return (
    kernel.length <= 2 &&
    even &&
    kernel.every((size, i) => size === 2 && strides[i] === 2) &&
    pads.every((pad) => pad === 0) &&
    (stringAttribute(attributes, 'auto_pad') ?? 'NOTSET') === 'NOTSET'
  );
}

/**
 * Of neighbours in a row first, then of rows: whoever is larger (the first of equals) gets the gradient. A product with a permutation parts the even
 * places of a row from the odd ones, and puts them together again.
 */
function poolGradientByTwo(emit: Emit, x: Value, g: Value): Value {
  const { builder } = emit;
  const sizes = fixed(x, 2);
  const width = sizes.at(-1)!;
  const row = Array.from({ length: Math.min(ROW, width) / 2 }, (_, i) => 2 * (i + 1))
    .filter((size) => width % size === 0)
    .at(-1)!;
  const parting = new Float32Array(row * row);
  for (let i = 0; i < row; i++) parting[i * row + (i % 2) * (row / 2) + (i >> 1)] = 1;
  const given = builder.constant(float(parting, [row, row]), 'parting');
  const permutation = x.type === 'float' ? given : emit.op('Cast', [given], { to: { int: 11 } });
  const reshaped = (value: Value, shape: readonly number[]): Value =>
    builder.op('Reshape', [value, emit.ints(shape)], {}, { shape: shape.map((size) => (size < 0 ? '?' : size)) });
  const halves = (value: Value): Value[] => builder.ops('Split', [value], 2, { axis: { int: 1 } });
  /** What of a gradient goes to the first of two, and what to the second. */
  const shared = (gradient: Value, first: Value, second: Value): [Value, Value] => {
    const share = emit.mul(gradient, emit.mask(emit.op('GreaterOrEqual', [first, second]), gradient));
    return [share, emit.sub(gradient, share)];
  };
  const [even, odd] = halves(emit.op('Gemm', [reshaped(x, [-1, row]), permutation])) as [Value, Value];
  let slopes = reshaped(g, [-1, row / 2]);
  if (sizes.length === 2) {
    const [upper, lower] = halves(reshaped(emit.op('Max', [even, odd]), [-1, 2, width / 2])) as [Value, Value];
    const rows = shared(reshaped(g, [-1, 1, width / 2]), upper, lower);
    slopes = reshaped(emit.op('Concat', rows, { axis: { int: 1 } }), [-1, row / 2]);
  }
  const places = emit.op('Concat', shared(slopes, even, odd), { axis: { int: 1 } });
  const whole = emit.op('Gemm', [places, permutation], { transB: { int: 1 } });
  return builder.op('Reshape', [whole, emit.op('Shape', [x])], {}, { shape: shapeOf(x) });
}

/** Below every number that a layer makes: stands around an image whose largest values are looked for. */
const LOWEST = -3.4e38;

/**
 * The same without indices, which not every provider has: of each window place by place, whoever equals the largest value and is the first to do so gets the
 * gradient. What belongs to one place of all windows is then spread by the stride and moved to where the place lies.
 */
function poolGradientByPlace(emit: Emit, x: Value, y: Value, g: Value, windows: Windows): Value {
  const { builder } = emit;
  const { kernel, strides, dilations, pads } = windows;
  const [sizes, results] = [fixed(x, 2), fixed(y, 2)];
  const channels = shapeOf(x)[1];
  if (typeof channels !== 'number') throw new OnnxError('The gradient of a pool needs fixed channels.');
  const before = pads.slice(0, kernel.length);
  const reach = results.map((count, i) => (count - 1) * strides[i]! + (kernel[i]! - 1) * dilations[i]! + 1);
  const behind = reach.map((end, i) => Math.max(0, end - before[i]! - sizes[i]!));
  const around = [0, 0, ...before, 0, 0, ...behind];
  const padded = around.some((pad) => pad > 0)
    ? emit.op('Pad', [x, emit.ints(around), builder.constant(scalar(LOWEST, x.type), 'lowest')])
    : x;
  const axes = emit.ints(kernel.map((_, i) => i + 2));
  const steps = emit.ints(strides);
  let free: Value | undefined;
  /** The gradient that goes to a place of every window, by the whole strides that the place lies from the window's start, and the rest. */
  const shares = new Map<string, { blocks: number[]; parts: { rest: number[]; share: Value }[] }>();
  for (const place of placesOf(kernel)) {
    const from = place.map((at, i) => at * dilations[i]!);
    const to = from.map((start, i) => start + (results[i]! - 1) * strides[i]! + 1);
    const met = emit.op('Slice', [padded, emit.ints(from), emit.ints(to), axes, steps]);
    const equal = emit.mask(emit.op('Equal', [met, y]), g);
    const first = free === undefined ? equal : emit.mul(equal, free);
    free = emit.sub(free ?? emit.number(1, g), first);
    const blocks = from.map((start, i) => Math.floor(start / strides[i]!));
    const rest = from.map((start, i) => start % strides[i]!);
    const known = shares.get(blocks.join()) ?? { blocks, parts: [] };
    known.parts.push({ rest, share: emit.mul(g, first) });
    shares.set(blocks.join(), known);
  }
  const whole = (dims: readonly Dim[]): Value => emit.ints(dims.map((dim) => (typeof dim === 'number' ? dim : -1)));
  const batch = shapeOf(x)[0] ?? '?';
  const thin: Dim[] = [batch, channels, ...results.flatMap((size): Dim[] => [size, 1])];
  const spread: Dim[] = [batch, channels, ...results.map((size, i) => size * strides[i]!)];
  const cell = strides.reduce((product, size) => product * size, 1);
  const spreadOut = ({ rest, share }: { rest: number[]; share: Value }): Value => {
    const spot = new Float32Array(cell);
    spot[rest.reduce((at, step, i) => at * strides[i]! + step, 0)] = 1;
    const made = builder.constant(float(spot, [1, 1, ...strides.flatMap((size) => [1, size])]), 'spot');
    const typed = g.type === 'float' ? made : emit.op('Cast', [made], { to: { int: 11 } });
    return emit.mul(builder.op('Reshape', [share, whole(thin)], {}, { shape: thin }), typed);
  };
  const all = [...shares.values()];
  const extent = sizes.map((size, i) =>
    Math.max(before[i]! + size + behind[i]!, ...all.map(({ blocks }) => (blocks[i]! + results[i]!) * strides[i]!)),
  );
  const zero = builder.constant(scalar(0, g.type), 'zero');
  const moved = all.map(({ blocks, parts }) => {
    const together =
      cell === 1
        ? parts[0]!.share
        : builder.op(
            'Reshape',
            [parts.map(spreadOut).reduce((a, b) => emit.add(a, b)), whole(spread)],
            {},
            { shape: spread },
          );
    const ahead = blocks.map((block, i) => block * strides[i]!);
    const rest = extent.map((size, i) => size - ahead[i]! - results[i]! * strides[i]!);
    const far = [0, 0, ...ahead, 0, 0, ...rest];
    return far.some((pad) => pad > 0) ? emit.op('Pad', [together, emit.ints(far), zero]) : together;
  });
  const sum = moved.reduce((a, b) => emit.add(a, b));
  const ends = before.map((start, i) => start + sizes[i]!);
  return builder.op('Slice', [sum, emit.ints(before), emit.ints(ends), axes], {}, { shape: shapeOf(x) });
}

/** The gradient goes to the place that each largest value came from (the first one of equals). */
const maxPool: Vjp = ({ builder, node, gradients, portable }: Pullback) => {
  const emit = new Emit(builder);
  const [x, g] = [must(node.inputs[0]), must(gradients[0])];
  const kernel = intsAttribute(node.attributes, 'kernel_shape') ?? [];
  if (node.outputs[1] === undefined && poolsByTwo(node.attributes, shapeOf(x).slice(2)))
    return [poolGradientByTwo(emit, x, g)];
  const windows = windowsOf(node.attributes, kernel);
  if (node.outputs[1] === undefined && portable)
    return [poolGradientByPlace(emit, x, must(node.outputs[0]), g, windows)];
  const indices = node.outputs[1] ?? builder.ops('MaxPool', [x], 2, node.attributes)[1]!;
  const all = emit.ints([-1]);
  const flat = (value: Value): Value => builder.op('Reshape', [value, all], {}, { shape: ['?'] });
  const apart = kernel.every((size, i) => size <= windows.strides[i]!);
  const size = emit.op('ReduceProd', [emit.op('Shape', [x])], { keepdims: { int: 1 } });
  const zeros = builder.op(
    'ConstantOfShape',
    [size],
    { value: { tensor: { ...scalar(0, g.type), dims: [1] } } },
    { type: g.type, shape: ['?'] },
  );
  const spread = emit.op('ScatterElements', [zeros, flat(indices), flat(g)], {
    axis: { int: 0 },
    // Windows that lie apart send one number to a place at most.
    reduction: { string: apart ? 'none' : 'add' },
  });
  return [builder.op('Reshape', [spread, emit.op('Shape', [x])], {}, { shape: shapeOf(x) })];
};

/** Every value of a window gets its share: a transposed convolution with a window of equal shares. */
const averagePool: Vjp = ({ builder, node, gradients }: Pullback) => {
  const emit = new Emit(builder);
  const [x, g] = [must(node.inputs[0]), must(gradients[0])];
  const kernel = intsAttribute(node.attributes, 'kernel_shape') ?? [];
  if (intAttribute(node.attributes, 'ceil_mode') === 1)
    throw new OnnxError('The gradient of AveragePool needs ceil_mode 0.');
  const windows = windowsOf(node.attributes, kernel);
  const [sizes, results] = [fixed(x, 2), fixed(g, 2)];
  const axes = sizes.length;
  const channels = shapeOf(x)[1];
  if (typeof channels !== 'number') throw new OnnxError('The gradient of a pool needs fixed channels.');
  const padded = intAttribute(node.attributes, 'count_include_pad') === 1;
  /** Values that a window at a place along an axis averages over. */
  const inside = (axis: number, at: number): number => {
    const from = at * windows.strides[axis]! - windows.pads[axis]!;
    const to = from + kernel[axis]!;
    return padded ? kernel[axis]! : Math.min(to, sizes[axis]!) - Math.max(from, 0);
  };
  const places = results.reduce((product, size) => product * size, 1);
  const shares = new Float32Array(places);
  for (let place = 0; place < places; place++) {
    let [rest, count] = [place, 1];
    for (let axis = axes - 1; axis >= 0; axis--) {
      count *= inside(axis, rest % results[axis]!);
      rest = Math.floor(rest / results[axis]!);
    }
    shares[place] = 1 / count;
  }
  const like = (values: Float32Array, dims: readonly number[]): Value => {
    const made = builder.constant(float(values, dims), 'shares');
    return g.type === 'float' ? made : emit.op('Cast', [made], { to: { int: 11 } });
  };
  const shared = emit.mul(g, like(shares, [1, 1, ...results]));
  const rest = sizes.map(
    (size, i) =>
      size + windows.pads[i]! + windows.pads[i + axes]! - ((results[i]! - 1) * windows.strides[i]! + kernel[i]!),
  );
  const aligned =
    kernel.every((size, i) => size === windows.strides[i]! && rest[i] === 0) && windows.pads.every((pad) => pad === 0);
  if (aligned) {
    // Windows side by side: each number is repeated over its window.
    const apart: Dim[] = [shapeOf(x)[0] ?? '?', channels, ...results.flatMap((size): Dim[] => [size, 1])];
    const whole = (dims: readonly Dim[]): Value => emit.ints(dims.map((dim) => (typeof dim === 'number' ? dim : -1)));
    const thin = builder.op('Reshape', [shared, whole(apart)], {}, { shape: apart });
    const over = like(new Float32Array(kernel.reduce((product, size) => product * size, 1)).fill(1), [
      1,
      1,
      ...kernel.flatMap((size) => [1, size]),
    ]);
    return [builder.op('Reshape', [emit.mul(thin, over), whole(shapeOf(x))], {}, { shape: shapeOf(x) })];
  }
  const ones = like(new Float32Array(channels * kernel.reduce((product, size) => product * size, 1)).fill(1), [
    channels,
    1,
    ...kernel,
  ]);
  const attributes: Attributes = { ...attributesOf({ ...windows, group: channels }), output_padding: { ints: rest } };
  return [builder.op('ConvTranspose', [shared, ones], attributes, { shape: shapeOf(x), type: x.type })];
};

export const windows: Family = {
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: maxPool,
  AveragePool: averagePool,
};
