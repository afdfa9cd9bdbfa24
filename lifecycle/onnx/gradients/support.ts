import { type GraphBuilder, type Value } from '../builder';
import { type Vjp } from '../differentiate';
import { OnnxError } from '../error';
import { type Attributes, type Dim } from '../model';
import { double, elementCount, type ElementType, float, int64, type TensorData } from '../tensor';

export type Family = Readonly<Record<string, Vjp>>;

/** Shorthand for adding nodes while a gradient is written. */
export class Emit {
  constructor(readonly builder: GraphBuilder) {}

  op(opType: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.builder.op(opType, inputs, attributes);
  }

  add(a: Value, b: Value): Value {
    return this.op('Add', [a, b]);
  }

  sub(a: Value, b: Value): Value {
    return this.op('Sub', [a, b]);
  }

  mul(a: Value, b: Value): Value {
    return this.op('Mul', [a, b]);
  }

  div(a: Value, b: Value): Value {
    return this.op('Div', [a, b]);
  }

  /** A scalar of the type of another value. */
  number(value: number, like: Value): Value {
    return this.builder.constant(scalar(value, like.type), 'number');
  }

  scale(a: Value, factor: number): Value {
    return factor === 1 ? a : this.mul(a, this.number(factor, a));
  }

  ints(values: readonly number[]): Value {
    return this.builder.constant(int64(values), 'ints');
  }

  /** 1 where a condition holds, else 0, in the type of another value. */
  mask(condition: Value, like: Value): Value {
    return this.op('Cast', [condition], { to: { int: like.type === 'double' ? 11 : 1 } });
  }
}

export function scalar(value: number, type: ElementType): TensorData {
  if (type !== 'float' && type !== 'double') throw new OnnxError(`Gradients are float or double, not ${type}.`);
  return type === 'double' ? double([value], []) : float([value], []);
}

export function ones(builder: GraphBuilder, type: ElementType, rank: number): Value {
  return builder.constant({ ...scalar(1, type), dims: new Array<number>(rank).fill(1) }, 'one');
}

/** Zeros of the shape of a value, worked out at run time where it is not fixed. */
export function zerosLike(builder: GraphBuilder, value: Value): Value {
  const { shape } = value;
  const one = { ...scalar(0, value.type), dims: [1] };
  if (shape?.every((dim) => typeof dim === 'number') && elementCount(shape) <= 1024) {
    const data =
      value.type === 'double' ? new Float64Array(elementCount(shape)) : new Float32Array(elementCount(shape));
    return builder.constant({ type: value.type, dims: shape, data }, 'zeros');
  }
  const size = builder.op('Shape', [value]);
  return builder.op(
    'ConstantOfShape',
    [size],
    { value: { tensor: one } },
    { type: value.type, ...(shape && { shape }) },
  );
}

/**
 * Undoes a broadcast: sums a gradient over the axes along which `target` was stretched, so that it has target's shape.
 *
 * @throws OnnxError when it can't be known whether an axis was stretched.
 */
export function reduceTo(emit: Emit, value: Value, target: Value): Value {
  const { shape: from } = value;
  const { shape: to } = target;
  if (from === undefined || to === undefined) throw unknown(target);
  const lead = from.length - to.length;
  if (lead < 0) return shaped(emit, value, target);
  const axes: number[] = [];
  let unsure = false;
  from.forEach((dim, i) => {
    const wanted = i < lead ? undefined : to[i - lead];
    if (wanted === undefined) axes.push(i);
    else if (wanted === dim && dim !== '?') return;
    else if (wanted === 1) axes.push(i);
    else if (dim === 1 && typeof wanted === 'number') unsure = true;
    else if (wanted === '?' || dim === '?') unsure = true;
    else if (typeof wanted === 'string') unsure = true;
  });
  let result = value;
  if (axes.length > 0) {
    const keep = lead === 0;
    result = emit.op('ReduceSum', [value, emit.ints(axes)], { keepdims: { int: keep ? 1 : 0 } });
    if (!keep && axes.length > lead) result = shaped(emit, result, target);
  }
  // A stretch that can't be seen here would make the Reshape fail when run, rather than give a wrong gradient.
  return unsure ? emit.builder.op('Reshape', [result, emit.op('Shape', [target])], {}, { shape: to }) : result;
}

function unknown(value: Value): OnnxError {
  return new OnnxError(`The gradient of '${value.name}' can't be worked out: its rank is not known.`);
}

/** Gives a value the shape of another with as many elements. */
export function shaped(emit: Emit, value: Value, target: Value): Value {
  const { shape } = target;
  const open = shape?.filter((dim) => typeof dim !== 'number').length ?? 2;
  const zero = shape?.includes(0) === true;
  if (shape !== undefined && open <= 1 && !zero) {
    const sizes = shape.map((dim) => (typeof dim === 'number' ? dim : -1));
    return emit.builder.op('Reshape', [value, emit.ints(sizes)], {}, { shape });
  }
  const size = emit.op('Shape', [target]);
  return emit.builder.op('Reshape', [value, size], {}, shape ? { shape } : {});
}

/** The rank, which most rules need. */
export function rankOf(value: Value): number {
  if (value.shape === undefined) throw unknown(value);
  return value.shape.length;
}

export function shapeOf(value: Value): readonly Dim[] {
  if (value.shape === undefined) throw unknown(value);
  return value.shape;
}

/** The first input and the first output's gradient of a node, which must be there. */
export function must(value: Value | undefined): Value {
  if (value === undefined) throw new Error('a gradient rule misses a value');
  return value;
}
