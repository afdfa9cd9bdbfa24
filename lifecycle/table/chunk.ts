/**
 * The fast way from DuckDB's vectors to typed arrays: a vector's values as they lie in memory, copied in one go. The bindings keep them under
 * `items`; test/lifecycle/table holds that against the slow way.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import type * as Bindings from '@duckdb/node-bindings';

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
  const { buffer, byteOffset, byteLength } = validity.data;
  return withMissing(items.slice(), new Uint8Array(buffer, byteOffset, byteLength));
}

/** Puts NaN where the bit of a value is 0. */
function withMissing(result: Float64Array, bits: Uint8Array): Float64Array {
  for (let at = 0; at < result.length; at += 8) {
    const there = bits[at >> 3]!;
    if (there === 0xff) continue;
    const end = Math.min(result.length, at + 8);
    for (let i = at; i < end; i++) if (((there >> (i & 7)) & 1) === 0) result[i] = NaN;
  }
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

let bindings: typeof Bindings | undefined;

/** Lets {@link doublesOf} and {@link wordsOf} pass over the objects that the API makes of each column of each chunk, which take more time than the copying. */
export function passBy(loaded: typeof Bindings): void {
  bindings = loaded;
}

/** Reads one column of the chunks of a query, as {@link doubles}. @throws TypeError when it is not DOUBLE */
export function doublesOf(column: number): (chunk: DuckDBDataChunk, rows: number) => Float64Array {
  const fetch = copyOf(column, Float64Array);
  return (chunk, rows) => {
    const { bytes, bits } = fetch(chunk, rows);
    const values = new Float64Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, rows);
    return bits === null ? values : withMissing(values, bits);
  };
}

/** Reads one column of the chunks of a query, as {@link words}. @throws TypeError when it is not UBIGINT or BIGINT */
export function wordsOf(column: number): (chunk: DuckDBDataChunk, rows: number) => Int32Array {
  const fetch = copyOf(column, BigUint64Array);
  return (chunk, rows) => {
    const { bytes } = fetch(chunk, rows);
    return new Int32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, 2 * rows);
  };
}

/** A copy of the 8 bytes of each value, and the bits that say which are there; null when all are. The type is looked at once. */
function copyOf(
  column: number,
  type: typeof Float64Array | typeof BigUint64Array,
): (chunk: DuckDBDataChunk, rows: number) => { readonly bytes: Uint8Array; readonly bits: Uint8Array | null } {
  let known = false;
  return (chunk, rows) => {
    if (!known || bindings === undefined) {
      const { items, validity } = chunk.getColumnVector(column) as unknown as Flat<Float64Array | BigUint64Array>;
      if (!(items instanceof type)) throw new TypeError(`column ${column} holds no ${type.name}`);
      known = true;
      const { data } = validity;
      return {
        bytes: new Uint8Array(items.buffer, items.byteOffset, items.byteLength),
        bits: data && new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      };
    }
    const vector = bindings.data_chunk_get_vector(chunk.chunk, column);
    // Null in truth where no value is missing.
    const bits = bindings.vector_get_validity(vector, 8 * Math.ceil(rows / 64)) as Uint8Array | null;
    return { bytes: bindings.vector_get_data(vector, 8 * rows), bits: bits ?? null };
  };
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
