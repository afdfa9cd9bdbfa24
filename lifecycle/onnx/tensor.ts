/** The element types this engine works with, spelled as ONNX spells them. */
export type ElementType = 'float' | 'double' | 'float16' | 'int32' | 'int64' | 'int8' | 'uint8' | 'bool' | 'string';

export type TensorArray =
  Float32Array | Float64Array | Uint16Array | Int32Array | BigInt64Array | Int8Array | Uint8Array | readonly string[];

/**
 * A dense tensor as plain data, row-major. `bool` is held as a Uint8Array of 0 and 1, `int64` as a BigInt64Array,
 * `float16` as the bits of its numbers (see `fromFloat16`).
 */
export interface TensorData {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: TensorArray;
}

const arrayOf = {
  float: Float32Array,
  double: Float64Array,
  float16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

export type NumericArray = Exclude<TensorArray, readonly string[]>;

/** Bytes of one element in `raw_data`. */
export const bytesPerElement: Readonly<Record<Exclude<ElementType, 'string'>, number>> = {
  float: 4,
  double: 8,
  float16: 2,
  int32: 4,
  int64: 8,
  int8: 1,
  uint8: 1,
  bool: 1,
};

export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Is this the array a tensor of that type must hold? */
export function holds(type: ElementType, data: TensorArray): boolean {
  return type === 'string' ? Array.isArray(data) : data instanceof arrayOf[type];
}

/** A zero-filled array for `count` elements of a numeric type. */
export function allocate(type: Exclude<ElementType, 'string'>, count: number): NumericArray {
  return new arrayOf[type](count);
}

function dimsFor(count: number, dims: readonly number[] | undefined): readonly number[] {
  return dims ?? [count];
}

/** A float32 tensor; one-dimensional unless `dims` says otherwise (`[]` is a scalar). */
export function float(values: ArrayLike<number>, dims?: readonly number[]): TensorData {
  const data = values instanceof Float32Array ? values : Float32Array.from(values);
  return { type: 'float', dims: dimsFor(data.length, dims), data };
}

export function double(values: ArrayLike<number>, dims?: readonly number[]): TensorData {
  const data = values instanceof Float64Array ? values : Float64Array.from(values);
  return { type: 'double', dims: dimsFor(data.length, dims), data };
}

/** An int64 tensor from safe integers or bigints. */
export function int64(values: readonly (number | bigint)[] | BigInt64Array, dims?: readonly number[]): TensorData {
  const data = values instanceof BigInt64Array ? values : BigInt64Array.from(values, (value) => BigInt(value));
  return { type: 'int64', dims: dimsFor(data.length, dims), data };
}

export function int32(values: ArrayLike<number>, dims?: readonly number[]): TensorData {
  return { type: 'int32', dims: dimsFor(values.length, dims), data: Int32Array.from(values) };
}

export function int8(values: ArrayLike<number>, dims?: readonly number[]): TensorData {
  return { type: 'int8', dims: dimsFor(values.length, dims), data: Int8Array.from(values) };
}

export function uint8(values: ArrayLike<number>, dims?: readonly number[]): TensorData {
  return { type: 'uint8', dims: dimsFor(values.length, dims), data: Uint8Array.from(values) };
}

export function bool(values: readonly boolean[], dims?: readonly number[]): TensorData {
  return {
    type: 'bool',
    dims: dimsFor(values.length, dims),
    data: Uint8Array.from(values, (value) => (value ? 1 : 0)),
  };
}

export function strings(values: readonly string[], dims?: readonly number[]): TensorData {
  return { type: 'string', dims: dimsFor(values.length, dims), data: values };
}

/** The elements as numbers (int64 beyond 2^53 loses precision); throws on strings, and on float16, which is kept as bits. */
export function numbers(tensor: TensorData): number[] {
  const { data } = tensor;
  if (tensor.type === 'string' || tensor.type === 'float16')
    throw new TypeError(`a ${tensor.type} tensor has no numbers`);
  const result = new Array<number>(data.length);
  for (let i = 0; i < data.length; i++) result[i] = Number(data[i]);
  return result;
}
