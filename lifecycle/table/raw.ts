import type { ColumnType } from '../../schemas/generated/types';
import { doubles, strings } from './chunk';
import type { Database } from './database';
import { identifier } from './quote';

/** A column that a served model takes. */
export interface RawInput {
  readonly name: string;
  readonly type: ColumnType;
}

/** Raw columns as graphs take them: numbers and booleans (0, 1) with NaN for missing, text with '' for missing. */
export type RawBatch = Readonly<Record<string, Float32Array | string[]>>;

const BATCH = 65_536;
/** Values of a batch, so that ten thousand columns don't take gigabytes; and the rows that the database gives at a time. */
const CELLS = 8_388_608;
const CHUNK = 2_048;

/**
 * Gives the rows of a relation in order, in batches of at most `size` (fewer of many columns), as a served model takes them. What is not finite as float32
 * is missing, as everywhere in features. The next batch is read when the call's promise is done.
 *
 * @param take rows `from` … `from + rows − 1`
 */
export async function eachRawBatch(
  database: Database,
  relation: string,
  inputs: readonly RawInput[],
  take: (columns: RawBatch, rows: number, from: number) => Promise<void>,
  size = Math.max(CHUNK, Math.min(BATCH, Math.floor(CELLS / Math.max(1, inputs.length)))),
): Promise<void> {
  const texts = inputs.map(({ type }) => type === 'text' || type === 'time');
  const list = inputs.map(({ name }, i) => `CAST(${identifier(name)} AS ${texts[i] ? 'VARCHAR' : 'DOUBLE'})`);
  const fresh = (): (Float32Array | string[])[] => texts.map((text) => (text ? [] : new Float32Array(size)));
  let columns: (Float32Array | string[])[] = [];
  let rows = 0;
  let from = 0;
  const flush = async (): Promise<void> => {
    if (rows === 0) return;
    const cut = columns.map((column) => (column instanceof Float32Array ? column.subarray(0, rows) : column));
    await take(Object.fromEntries(inputs.map(({ name }, i) => [name, cut[i]!])), rows, from);
    from += rows;
    rows = 0;
  };
  await database.stream(`SELECT ${list.length > 0 ? list.join(', ') : '0'} FROM ${relation}`, async (chunk, count) => {
    if (rows + count > size) await flush();
    if (rows === 0) columns = fresh();
    columns.forEach((column, c) => {
      if (column instanceof Float32Array) fill(column, doubles(chunk, c), rows);
      else for (const value of strings(chunk, c)) column.push(value ?? '');
    });
    rows += count;
  });
  await flush();
}

function fill(column: Float32Array, values: Float64Array, at: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = Math.fround(values[i]!);
    column[at + i] = Number.isFinite(value) ? value : NaN;
  }
}
