/**
 * The fast way from DuckDB's vectors to typed arrays: a vector's values as they lie in memory, copied in one go. The bindings keep them under
 * `items`; test/lifecycle/table holds that against the slow way.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api';

interface Flat<T> {
  readonly items: T;
  /** A bit a value, 0 for NULL; null when there is none. */
  readonly validity: { readonly data: BigUint64Array | null };
}

/** The values of a FLOAT column without NULLs, valid as long as the chunk. */
export function floats(chunk: DuckDBDataChunk, column: number): Float32Array {
  return (chunk.getColumnVector(column) as unknown as Flat<Float32Array>).items;
}

/** The values of a DOUBLE column, valid as long as the chunk; NULLs come out as NaN. */
export function doubles(chunk: DuckDBDataChunk, column: number): Float64Array {
  const { items, validity } = chunk.getColumnVector(column) as unknown as Flat<Float64Array>;
  if (validity.data === null) return items;
  const result = items.slice();
  const { buffer, byteOffset, byteLength } = validity.data;
  const bits = new Uint8Array(buffer, byteOffset, byteLength);
  for (let i = 0; i < result.length; i++) if (((bits[i >> 3]! >> (i & 7)) & 1) === 0) result[i] = NaN;
  return result;
}

/** The values of a VARCHAR column; NULLs come out as null. */
export function strings(chunk: DuckDBDataChunk, column: number): (string | null)[] {
  return chunk.getColumnValues(column) as (string | null)[];
}

/** The values of a UBIGINT column without NULLs, such as hashes: two words each, valid as long as the chunk. */
export function words(chunk: DuckDBDataChunk, column: number): Int32Array {
  const { items } = chunk.getColumnVector(column) as unknown as Flat<BigUint64Array>;
  return new Int32Array(items.buffer, items.byteOffset, 2 * items.length);
}

/** One value of a VARCHAR column, read alone. */
export function stringAt(chunk: DuckDBDataChunk, column: number, row: number): string | null {
  return chunk.getColumnVector(column).getItem(row) as string | null;
}

/** Writes rows of arrays, one after the other, into an ARRAY column of FLOAT. */
export function fillArrays(chunk: DuckDBDataChunk, column: number, values: Float32Array): void {
  const vector = chunk.getColumnVector(column) as unknown as { childData: Flat<Float32Array>; flush(): void };
  vector.childData.items.set(values);
  vector.flush();
}
