/**
 * Exact statistics of number columns in one streamed pass, the same at each run: values are taken in the order of the rows, so no sum depends on
 * how many threads read them.
 */
import { type Database, doublesOf } from '../table';

/** Of the values that are there. */
export interface Moments {
  readonly count: number;
  readonly missing: number;
  readonly mean: number;
  /** Sum of squared deviations from the mean. */
  readonly m2: number;
  readonly min: number;
  readonly max: number;
}

/** Population standard deviation, as scikit-learn's StandardScaler has it. */
export function deviation({ count, m2 }: Moments): number {
  return count === 0 ? NaN : Math.sqrt(Math.max(0, m2) / count);
}

/** The moments after missing values were replaced by one value. */
export function filled(moments: Moments, value: number): Moments {
  const { count, missing, mean, m2, min, max } = moments;
  if (missing === 0) return moments;
  if (count === 0) return { count: missing, missing: 0, mean: value, m2: 0, min: value, max: value };
  const total = count + missing;
  const delta = value - mean;
  return {
    count: total,
    missing: 0,
    mean: mean + (delta * missing) / total,
    m2: m2 + (delta * delta * count * missing) / total,
    min: Math.min(min, value),
    max: Math.max(max, value),
  };
}

const BLOCK = 1024;

/**
 * Adds up one column. Each block of rows is summed on its own and merged (Chan, Golub, LeVeque 1983), which keeps small deviations of large numbers.
 * Blocks are counted from the first row, so that it does not matter in which pieces the values come.
 */
export class MomentSum {
  private readonly block = new Float64Array(BLOCK);
  private length = 0;
  private count = 0;
  private missing = 0;
  private mean = 0;
  private m2 = 0;
  private min = Infinity;
  private max = -Infinity;

  add(values: Float64Array): void {
    for (let from = 0; from < values.length;) {
      const left = values.length - from;
      if (this.length === 0 && left >= BLOCK) {
        this.sum(values, from, BLOCK);
        from += BLOCK;
        continue;
      }
      const part = Math.min(BLOCK - this.length, left);
      this.block.set(values.subarray(from, from + part), this.length);
      this.length += part;
      from += part;
      if (this.length === BLOCK) this.close();
    }
  }

  private close(): void {
    this.sum(this.block, 0, this.length);
    this.length = 0;
  }

  private sum(block: Float64Array, from: number, length: number): void {
    const to = from + length;
    let n = 0;
    let sum = 0;
    let { min, max } = this;
    for (let i = from; i < to; i++) {
      const value = block[i] as number;
      if (value === value) {
        n++;
        sum += value;
        if (value < min) min = value;
        if (value > max) max = value;
      }
    }
    this.missing += length - n;
    if (n === 0) return;
    const mean = sum / n;
    let m2 = 0;
    for (let i = from; i < to; i++) {
      const deviation = (block[i] as number) - mean;
      if (deviation === deviation) m2 += deviation * deviation;
    }
    const total = this.count + n;
    const delta = mean - this.mean;
    this.m2 += m2 + (delta * delta * this.count * n) / total;
    this.mean += (delta * n) / total;
    this.count = total;
    [this.min, this.max] = [min, max];
  }

  get moments(): Moments {
    if (this.length > 0) this.close();
    const { count, missing, mean, m2, min, max } = this;
    const some = count > 0;
    return { count, missing, mean: some ? mean : NaN, m2, min: some ? min : NaN, max: some ? max : NaN };
  }
}

/** Columns of a relation as SQL. */
export interface Selection {
  readonly relation: string;
  readonly sql: readonly string[];
}

/** The moments of columns, in one pass. */
export async function readMoments(database: Database, { relation, sql }: Selection): Promise<Moments[]> {
  const sums = sql.map(() => new MomentSum());
  if (sql.length > 0) {
    await streamNumbers(database, { relation, sql }, (column, values) => sums[column]?.add(values));
  }
  return sums.map((sum) => sum.moments);
}

/** A column held in memory, as float32, with the moments of its values before rounding. */
export interface Held {
  readonly moments: Moments;
  readonly values: Float32Array;
}

/** Bytes of columns that are held at once. */
export const HELD_BYTES = 256e6;

/**
 * Gives the columns one by one, held in memory no more than a few at a time.
 *
 * @param options `passing` sees the values before they are rounded, piece by piece; NaN is missing
 */
export async function readHeld(
  database: Database,
  { relation, sql }: Selection,
  rows: number,
  each: (column: number, held: Held) => void,
  {
    passing,
    held: most = HELD_BYTES,
  }: { readonly passing?: (column: number, values: Float64Array) => void; readonly held?: number } = {},
): Promise<void> {
  const batch = Math.max(1, Math.floor(most / Math.max(1, rows * 4)));
  for (let from = 0; from < sql.length; from += batch) {
    const part = sql.slice(from, from + batch);
    const held = part.map(() => ({ sum: new MomentSum(), values: new Float32Array(rows), at: 0 }));
    await streamNumbers(database, { relation, sql: part }, (column, values) => {
      const one = held[column];
      if (!one) return;
      one.sum.add(values);
      passing?.(from + column, values);
      one.at = round(values, one.values, one.at);
    });
    held.forEach(({ sum, values }, i) => each(from + i, { moments: sum.moments, values }));
  }
}

/** What `Float32Array.set` does, several times quicker. */
function round(from: Float64Array, to: Float32Array, at: number): number {
  for (let i = 0; i < from.length; i++) to[at + i] = from[i] as number;
  return at + from.length;
}

async function streamNumbers(
  database: Database,
  { relation, sql }: Selection,
  add: (column: number, values: Float64Array) => void,
): Promise<void> {
  const read = sql.map((_, column) => doublesOf(column));
  await database.stream(
    `SELECT ${sql.map((column) => `CAST(${column} AS DOUBLE)`).join(', ')} FROM ${relation}`,
    (chunk, rows) => read.forEach((values, column) => add(column, values(chunk, rows))),
    { ahead: true },
  );
}
