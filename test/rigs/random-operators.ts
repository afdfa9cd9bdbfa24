/** Operators of random shapes and attributes: what gradients are tried on. */
import fc, { type GeneratorValue } from 'fast-check';
import { type Attributes, bool, float, int64, type TensorData } from '../../lifecycle/onnx';

/** One operator and the shapes of what it is differentiated by. */
export interface Trial {
  readonly op: string;
  readonly attributes: Attributes;
  readonly inputs: readonly (readonly number[])[];
  /** Put among its inputs, in the order of their places. */
  readonly constants?: readonly { readonly at: number; readonly tensor: TensorData }[];
  readonly outputs?: number;
  /** Values from 0.3 on. */
  readonly positive?: true;
}

type Draw = GeneratorValue;
const ints = (values: readonly number[]) => ({ ints: [...values] });
const int = (value: number) => ({ int: value });

const integer = (draw: Draw, min: number, max: number): number => draw(fc.integer, { min, max });
const one = <T>(draw: Draw, values: readonly T[]): T => values[integer(draw, 0, values.length - 1)]!;
const yes = (draw: Draw): boolean => draw(fc.boolean);
const shapeOf = (draw: Draw, min = 1, max = 4): number[] =>
  Array.from({ length: integer(draw, min, max) }, () => integer(draw, 1, 4));
const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
const some = (draw: Draw, values: readonly number[]): number[] => {
  const chosen = values.filter(() => yes(draw));
  return chosen.length > 0 ? chosen : [one(draw, values)];
};
const places = (draw: Draw, below: number, count: number): number[] =>
  Array.from({ length: count }, () => integer(draw, 0, below - 1));
const truths = (draw: Draw, shape: readonly number[]): TensorData =>
  bool(
    Array.from({ length: countOf(shape) }, () => yes(draw)),
    shape,
  );

/** A shape that stretches to another one: some sizes are 1, some first axes are gone. */
function narrowed(draw: Draw, shape: readonly number[]): number[] {
  return shape.slice(integer(draw, 0, shape.length)).map((size) => (yes(draw) ? size : 1));
}

const ANY =
  'Identity Neg Abs Exp Sin Cos Atan Erf Relu LeakyRelu ThresholdedRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign'.split(
    ' ',
  );
const REDUCTIONS = 'ReduceMean ReduceSumSquare ReduceL1 ReduceL2 ReduceLogSumExp ReduceMax ReduceMin'.split(' ');

function unary(draw: Draw): Trial {
  const positive = yes(draw) && yes(draw);
  const op = one(draw, positive ? ['Log', 'Sqrt', 'Reciprocal'] : ANY);
  const alpha = yes(draw) && ['LeakyRelu', 'Elu', 'Celu', 'ThresholdedRelu'].includes(op);
  const attributes: Attributes = alpha ? { alpha: { float: one(draw, [0.25, 0.5, 1.25]) } } : {};
  return { op, attributes, inputs: [shapeOf(draw)], ...(positive && { positive }) };
}

function broadcast(draw: Draw): Trial {
  const op = one(draw, ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Sum', 'Mean', 'Where', 'PRelu']);
  const shape = shapeOf(draw);
  if (op === 'PRelu') return { op, attributes: {}, inputs: [shape, narrowed(draw, shape)] };
  const inputs = yes(draw) ? [shape, narrowed(draw, shape)] : [narrowed(draw, shape), shape];
  if (op === 'Where') {
    const condition = narrowed(draw, shape);
    return { op, attributes: {}, inputs, constants: [{ at: 0, tensor: truths(draw, condition) }] };
  }
  if (/Max|Min|Sum|Mean/.test(op) && yes(draw)) inputs.push(narrowed(draw, shape));
  return { op, attributes: {}, inputs, ...(/Div|Pow/.test(op) && { positive: true }) };
}

function product(draw: Draw): Trial {
  const [m, k, n] = [integer(draw, 1, 4), integer(draw, 1, 4), integer(draw, 1, 4)];
  if (yes(draw)) {
    const batch = shapeOf(draw, 1, 2);
    const batches = [batch, narrowed(draw, batch)];
    if (yes(draw)) batches.reverse();
    return {
      op: 'MatMul',
      attributes: {},
      inputs: [
        [...batches[0]!, m, k],
        [...batches[1]!, k, n],
      ],
    };
  }
  const [a, b] = [yes(draw), yes(draw)];
  const third = one(draw, [undefined, [n], [m, 1], [1, n], [m, n]]);
  return {
    op: 'Gemm',
    attributes: {
      transA: int(Number(a)),
      transB: int(Number(b)),
      alpha: { float: one(draw, [1, 0.5]) },
      beta: { float: one(draw, [1, 2]) },
    },
    inputs: [a ? [k, m] : [m, k], b ? [n, k] : [k, n], ...(third ? [third] : [])],
  };
}

function reduced(draw: Draw): Trial {
  const shape = shapeOf(draw, 1, 4);
  const axes = some(draw, [...shape.keys()]).map((axis) => (yes(draw) ? axis : axis - shape.length));
  const keepdims = int(Number(yes(draw)));
  const axis = one(draw, [...shape.keys()]);
  const tensor = int64(axes);
  switch (integer(draw, 0, 5)) {
    case 0:
      return { op: 'ReduceSum', attributes: { keepdims }, inputs: [shape], constants: [{ at: 1, tensor }] };
    case 1:
      return { op: one(draw, ['Softmax', 'LogSoftmax']), attributes: { axis: int(axis) }, inputs: [shape] };
    case 2:
      return { op: 'CumSum', attributes: {}, inputs: [shape], constants: [{ at: 1, tensor: int64([axis], []) }] };
    case 3: {
      const wide = [...shape.slice(0, -1), integer(draw, 3, 6)];
      const from = integer(draw, 0, wide.length - 1);
      const inner = wide.slice(from);
      return {
        op: 'LayerNormalization',
        attributes: { axis: int(from), epsilon: { float: 1e-2 } },
        inputs: [wide, inner, inner],
      };
    }
    default:
      return { op: one(draw, REDUCTIONS), attributes: { axes: ints(axes), keepdims }, inputs: [shape] };
  }
}

function moved(draw: Draw): Trial {
  const shape = shapeOf(draw, 2, 4);
  const axis = one(draw, [...shape.keys()]);
  const size = shape[axis]!;
  const plain = (op: string, attributes: Attributes, ...given: TensorData[]): Trial => ({
    op,
    attributes,
    inputs: [shape],
    constants: given.map((tensor, i) => ({ at: i + 1, tensor })),
  });
  switch (integer(draw, 0, 12)) {
    case 0: {
      const order = [...shape.keys()].map((each) => ({ each, by: integer(draw, 0, 100) }));
      return plain('Transpose', { perm: ints(order.toSorted((a, b) => a.by - b.by).map(({ each }) => each)) });
    }
    case 1: {
      const inputs = Array.from({ length: integer(draw, 1, 3) }, () => shape.with(axis, integer(draw, 1, 4)));
      return { op: 'Concat', attributes: { axis: int(axis) }, inputs };
    }
    case 2: {
      const sizes = Array.from({ length: integer(draw, 1, 3) }, () => integer(draw, 1, 3));
      const whole = sizes.reduce((sum, each) => sum + each, 0);
      const constants = [{ at: 1, tensor: int64(sizes) }];
      const inputs = [shape.with(axis, whole)];
      return { op: 'Split', attributes: { axis: int(axis) }, inputs, constants, outputs: sizes.length };
    }
    case 3: {
      const from = integer(draw, 0, size - 1);
      const to = integer(draw, from + 1, size);
      return plain('Slice', {}, int64([yes(draw) ? from : from - size]), int64([to]), int64([axis]));
    }
    case 4:
      return plain('Pad', {}, int64([...shape, ...shape].map(() => integer(draw, 0, 2))));
    case 5:
      return plain('Tile', {}, int64(shape.map(() => integer(draw, 1, 3))));
    case 6: {
      const thin = shape.map((each) => (yes(draw) ? each : 1));
      const target = thin.map((each) => (each === 1 ? integer(draw, 1, 3) : each));
      const front = yes(draw) ? [integer(draw, 1, 2)] : [];
      const constants = [{ at: 1, tensor: int64([...front, ...target]) }];
      return { op: 'Expand', attributes: {}, inputs: [thin], constants };
    }
    case 7: {
      const looked = shapeOf(draw, 1, 2);
      const found = places(draw, size, countOf(looked)).map((place) => (yes(draw) ? place : place - size));
      return plain('Gather', { axis: int(axis) }, int64(found, looked));
    }
    case 8: {
      const looked = shape.with(axis, integer(draw, 1, 4));
      return plain('GatherElements', { axis: int(axis) }, int64(places(draw, size, countOf(looked)), looked));
    }
    case 9:
      return plain('Flatten', { axis: int(axis) });
    case 10:
      return plain('Unsqueeze', {}, int64([integer(draw, 0, shape.length)]));
    case 11: {
      const constants = [{ at: 1, tensor: int64([axis]) }];
      return { op: 'Squeeze', attributes: {}, inputs: [shape.with(axis, 1)], constants };
    }
    default:
      return plain('Reshape', {}, int64([-1, shape.at(-1)!]));
  }
}

function cut(draw: Draw): Trial {
  const inputs = [shapeOf(draw)];
  if (yes(draw)) return { op: 'Cast', attributes: { to: int(11) }, inputs };
  const [low, high] = [-0.7, 0.9].map((value) => ({ tensor: float([value], []) }));
  return {
    op: 'Clip',
    attributes: {},
    inputs,
    constants: [{ at: 1, ...low! }, ...(yes(draw) ? [{ at: 2, ...high! }] : [])],
  };
}

function windowed(draw: Draw): Trial {
  const axes = integer(draw, 1, 2);
  const each = (min: number, max: number): number[] => Array.from({ length: axes }, () => integer(draw, min, max));
  const [kernel, strides] = [each(1, 3), each(1, 3)];
  const rows = integer(draw, 1, 3);
  const op = one(draw, ['Conv', 'ConvTranspose', 'MaxPool', 'AveragePool']);
  const pool = op.endsWith('Pool');
  const dilations = pool ? kernel.map(() => 1) : each(1, 2);
  const extent = kernel.map((size, i) => (size - 1) * dilations[i]! + 1);
  // Of a pool less than the window: no window lies outside of the image.
  const pads = [...kernel, ...kernel].map((size) => integer(draw, 0, pool ? size - 1 : 2));
  const sizes = kernel.map((_, i) => {
    const around = pads[i]! + pads[i + axes]!;
    if (op === 'ConvTranspose') return Math.ceil((around + 1) / strides[i]!) + integer(draw, 1, 3);
    return Math.max(1, extent[i]! - around) + integer(draw, 0, 4);
  });
  const attributes: Attributes = { kernel_shape: ints(kernel), strides: ints(strides), pads: ints(pads) };
  if (pool) {
    const counted: Attributes = op === 'AveragePool' ? { count_include_pad: int(Number(yes(draw))) } : {};
    return { op, attributes: { ...attributes, ...counted }, inputs: [[rows, integer(draw, 1, 3), ...sizes]] };
  }
  const group = integer(draw, 1, 2);
  const [each1, each2] = [integer(draw, 1, 2), integer(draw, 1, 2)];
  const weights = op === 'Conv' ? [group * each2, each1] : [group * each1, each2];
  const bias = yes(draw) ? [[group * each2]] : [];
  return {
    op,
    attributes: { ...attributes, dilations: ints(dilations), group: int(group) },
    inputs: [[rows, group * each1, ...sizes], [...weights, ...kernel], ...bias],
  };
}

function recurrent(draw: Draw): Trial {
  const op = one(draw, ['LSTM', 'GRU']);
  const gates = op === 'LSTM' ? 4 : 3;
  const [steps, rows, width, units] = [
    integer(draw, 1, 4),
    integer(draw, 1, 3),
    integer(draw, 1, 3),
    integer(draw, 1, 3),
  ];
  return {
    op,
    attributes: {
      hidden_size: int(units),
      direction: { string: one(draw, ['forward', 'reverse']) },
      ...(op === 'GRU' && { linear_before_reset: int(1) }),
    },
    inputs: [
      [steps, rows, width],
      [1, gates * units, width],
      [1, gates * units, units],
      ...(yes(draw) ? [[1, 2 * gates * units]] : []),
    ],
    outputs: integer(draw, 1, op === 'LSTM' ? 3 : 2),
  };
}

const families = [unary, broadcast, product, reduced, moved, cut, windowed, windowed, recurrent];

export function randomOperator(draw: Draw): Trial {
  return one(draw, families)(draw);
}
