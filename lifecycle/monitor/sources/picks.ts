import { createHash } from 'node:crypto';
import { type ColumnData, type ColumnRows, columnType, type ParquetColumn, spelt } from '../../table';
import type { Runs } from './parts';

/** Rows that were drawn of a file. */
export interface DrawnRows {
  /** What each row was drawn by, at least 0 and below 1: the smallest of several files are a sample of all together. */
  readonly draws: Float64Array;
  readonly columns: Readonly<Record<string, ColumnData>>;
}

/** Values of a column as they are picked. */
interface Picked {
  readonly type: ColumnData['type'];
  readonly values: (number | string | null)[];
}

/** Draws rows of a Parquet file by their number in it, and keeps their values. */
export class RowPicks {
  readonly #draws: number[] = [];
  readonly #columns = new Map<string, Picked>();
  readonly #keys: readonly [number, number, number];
  readonly #below: number;
  #failed = false;

  /**
   * @param salt another file's rows are drawn otherwise
   * @param level of all rows one in 2^level is drawn
   */
  constructor(salt: string, level: number) {
    const digest = createHash('sha256').update(salt).digest();
    this.#keys = [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8)];
    this.#below = 2 ** (32 - level);
  }

  /**
   * Chooses among rows that lie one after the other in the file.
   *
   * @param before rows before them
   * @param first whether they were not chosen among before
   * @returns places of the chosen ones, counted from the first of the rows
   */
  choose(before: number, rows: number, { order }: Runs, first: boolean): Uint32Array {
    const chosen: number[] = [];
    const [one, other, third] = this.#keys;
    const count = order?.length ?? rows;
    for (let i = 0; i < count; i++) {
      const row = order === undefined ? i : order[i]!;
      // Twice, so that the rows of two files are never drawn alike, only shifted.
      const upper = scrambled((scrambled((before + row) ^ one) + other) | 0) >>> 0;
      if (upper >= this.#below) continue;
      chosen.push(row);
      if (first) this.#draws.push((upper + (scrambled(upper ^ third) >>> 0) / 2 ** 32) / 2 ** 32);
    }
    return Uint32Array.from(chosen);
  }

  /** Keeps the values that a column has in chosen rows. */
  take(name: string, column: ParquetColumn, rows: ColumnRows, chosen: Uint32Array): void {
    let picked = this.#columns.get(name);
    if (picked === undefined) this.#columns.set(name, (picked = { type: columnType(column.sql), values: [] }));
    if (picked.type === 'text') {
      if (rows.kind !== 'codes' || rows.dictionary.kind !== 'texts') return this.fail();
      const { codes, dictionary } = rows;
      for (const row of chosen) {
        const spelling = dictionary.spellings[codes[row]!];
        picked.values.push(spelling === undefined ? null : spelt(spelling));
      }
    } else if (rows.kind === 'numbers') for (const row of chosen) picked.values.push(rows.numbers[row]!);
    else {
      const { codes, dictionary } = rows;
      if (dictionary.kind !== 'numbers') return this.fail();
      for (const row of chosen) picked.values.push(dictionary.numbers[codes[row]!] ?? NaN);
    }
  }

  /** A column can't be read here: the database is to draw. */
  fail(): void {
    this.#failed = true;
  }

  /** What was drawn; undefined when the database is to draw. */
  get drawn(): DrawnRows | undefined {
    if (this.#failed) return undefined;
    const columns = [...this.#columns].map(([name, { type, values }]): [string, ColumnData] => [
      name,
      type === 'text'
        ? { type, values: values as (string | null)[] }
        : { type, values: Float64Array.from(values as number[]) },
    ]);
    return { draws: Float64Array.from(this.#draws), columns: Object.fromEntries(columns) };
  }
}

/** The last step of MurmurHash3 (https://github.com/aappleby/smhasher), which spreads every bit of a whole number of 32 bits over all of them. */
function scrambled(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
