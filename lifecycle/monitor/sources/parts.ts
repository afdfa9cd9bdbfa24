/** Parts of time, the rows of a chunk by these parts, and what is counted of each part on the bins of the reference. */
import type { Cell, Part } from '../windows';

/** Rows one after the other, `to` not included, that are of one part. */
export interface Run {
  readonly part: number;
  readonly from: number;
  readonly to: number;
}

/** The rows of a chunk by their parts. */
export interface Runs {
  readonly rows: number;
  readonly runs: readonly Run[];
  /** The rows as `runs` has them, where that is another order than theirs; rows of one part keep their order. */
  readonly order: Uint32Array | undefined;
}

/** Runs of a chunk above which its rows are put in the order of their parts: so many, or one in so many rows. */
const MOST_RUNS = 8;
const ROWS_OF_A_RUN = 512;
/** Milliseconds since 1970 below which a time divided by the length of a part is off by far less than a millisecond. */
const EXACT_BELOW = 1e15;

/** Parts of time, numbered as they are met. */
export class Parts {
  readonly all: { readonly from: number; readonly part: Part }[] = [];
  rows = 0;
  /** Milliseconds since 1970 of the first and last row; null when there is none. */
  from: number | null = null;
  to: number | null = null;
  readonly #numbers = new Map<number, number>();
  #last = NaN;
  #number = 0;

  /** @param length milliseconds of a part */
  constructor(readonly length: number) {}

  /** The parts of the rows. @param count whether the rows count, or were met before */
  of(times: Float64Array, rows: number, count: boolean): Runs {
    const found = this.#runs(times, rows) ?? this.#grouped(times, rows);
    if (!count || rows === 0) return found;
    for (const { part, from, to } of found.runs) this.all[part]!.part.rows += to - from;
    const [least, most] = rangeOf(times, rows);
    this.rows += rows;
    this.from = Math.min(this.from ?? Infinity, least);
    this.to = Math.max(this.to ?? -Infinity, most);
    return found;
  }

  /** Undefined when there are many. */
  #runs(times: Float64Array, rows: number): Runs | undefined {
    const runs: Run[] = [];
    const most = Math.max(MOST_RUNS, rows / ROWS_OF_A_RUN);
    for (let from = 0, to = 0; from < rows; from = to) {
      if (runs.length >= most) return undefined;
      const part = this.#partOf(times[from]!);
      to = this.#end(times, from + 1, rows);
      runs.push({ part, from, to });
    }
    return { rows, runs, order: undefined };
  }

  /** The first row from one on that is not of the part met last. */
  #end(times: Float64Array, from: number, rows: number): number {
    const { length } = this;
    const last = this.#last;
    const begin = last * length;
    // Within the part by a millisecond there is nothing to divide.
    const [low, high] = Math.abs(begin) < EXACT_BELOW ? [begin + 1, begin + length - 1] : [NaN, NaN];
    for (let i = from; i < rows; i++) {
      const time = times[i]!;
      if (!(time >= low && time < high) && Math.floor(time / length) !== last) return i;
    }
    return rows;
  }

  #grouped(times: Float64Array, rows: number): Runs {
    const parts = new Uint32Array(rows);
    for (let i = 0; i < rows; i++) parts[i] = this.#partOf(times[i]!);
    const ends = new Uint32Array(this.all.length);
    for (const part of parts) ends[part]!++;
    const runs: Run[] = [];
    let from = 0;
    for (let part = 0; part < ends.length; part++) {
      const to = from + ends[part]!;
      if (to > from) runs.push({ part, from, to });
      ends[part] = from;
      from = to;
    }
    const order = new Uint32Array(rows);
    for (let i = 0; i < rows; i++) order[ends[parts[i]!]!++] = i;
    return { rows, runs, order };
  }

  #partOf(time: number): number {
    const at = Math.floor(time / this.length);
    if (at === this.#last) return this.#number;
    this.#last = at;
    let number = this.#numbers.get(at);
    if (number === undefined) {
      number = this.all.push({ from: at * this.length, part: { rows: 0, cells: [] } }) - 1;
      this.#numbers.set(at, number);
    }
    return (this.#number = number);
  }
}

function rangeOf(times: Float64Array, rows: number): readonly [least: number, most: number] {
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < rows; i++) {
    const time = times[i]!;
    if (time < least) least = time;
    if (time > most) most = time;
  }
  return [least, most];
}

/** Values as the runs have them. */
export function arranged(values: Float64Array, order: Uint32Array | undefined): Float64Array {
  if (order === undefined) return values;
  const sorted = new Float64Array(order.length);
  for (let i = 0; i < sorted.length; i++) sorted[i] = values[order[i]!]!;
  return sorted;
}

/** Counts of every part on the bins of the reference, one row of numbers a part: bins, missing, sum. */
export class PartCells {
  readonly width: number;
  flat: Float64Array;

  constructor(readonly bins: number) {
    this.width = bins + 2;
    this.flat = new Float64Array(this.width * 32);
  }

  reserve(parts: number): void {
    if (parts * this.width <= this.flat.length) return;
    const larger = new Float64Array(Math.max(parts * this.width, 2 * this.flat.length));
    larger.set(this.flat);
    this.flat = larger;
  }

  cell(part: number): Cell {
    const from = part * this.width;
    const at = from + this.bins;
    return { counts: this.flat.slice(from, at), missing: this.flat[at] ?? 0, sum: this.flat[at + 1] ?? 0 };
  }

  /**
   * Adds to a part's bins what was counted since.
   *
   * @param counts of each place of a table, whose bin is `bins` of the place
   * @param settled counts before; none for the places beyond
   */
  add(part: number, bins: ArrayLike<number>, counts: ArrayLike<number>, settled: ArrayLike<number>): void {
    const { flat, width } = this;
    for (let i = 0; i < counts.length; i++)
      if (counts[i] !== 0) flat[part * width + bins[i]!]! += counts[i]! - (settled[i] ?? 0);
  }
}

/** Rows of one part from which on its cells are made of what the tables counted meanwhile; fewer are put into them one by one. */
export const WORTH_SETTLING = 512;
