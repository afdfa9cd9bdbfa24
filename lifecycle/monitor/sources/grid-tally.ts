import { type Grid, gridCell, gridCells, gridValue, NO_CELL } from '../../statistics/grid';
import type { Sample } from '../../statistics/sample';
import type { Binner } from '../binner';
import type { PartCells } from './parts';

/** Of so many distinct values of a grid's column one is kept, to tell how many there are: of a hundred thousand within 5 %. */
export const SEEN_OF = 256;
/** Upper bits of a value's hash that are 0 for those. */
const SEEN_SHIFT = 32 - Math.log2(SEEN_OF);
/** More than these of a file need not be told apart: there are two million. */
const MOST_SEEN = 8_192;
/** Cells on either side of the centre that lie in an array; further out they are few. */
const NEAR = 1 << 15;
/** Rows whose cells are found before they are counted, so that they are still at hand then. */
const BLOCK = 2_048;
/** In place of a bin: an edge runs through the cell. */
const CUT = 255;

const NO_EDGES: Pick<Binner, 'edges' | 'float32'> = { edges: new Float64Array(0), float32: false };

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

const LOW = 0x9e3779b1 | 0;
const HIGH = 0x85ebca6b | 0;

/** The two words of a double as one number of 32 bits, whose upper bits are well mixed. */
export function mixed(low: number, high: number): number {
  return (Math.imul(low, LOW) + Math.imul(high, HIGH)) >>> 0;
}

/**
 * Counts values whose cells lie in an array and in one bin each; a loop of its own, so that what is compiled of it is used to its end.
 *
 * @returns how many rows were put aside: cells beyond the array, and those that an edge runs through, which are counted, but have no bin yet
 */
function countNear(
  values: Float64Array,
  found: Int32Array,
  half: number,
  near: Uint32Array,
  binOf: Uint8Array,
  own: Int32Array,
  aside: Int32Array,
  sums: Float64Array,
): number {
  let sum = sums[0]!;
  let size = 0;
  for (let i = 0; i < values.length; i++) {
    const at = found[i]! + half;
    if (at >>> 0 < near.length) {
      near[at]!++;
      const bin = binOf[at]!;
      if (bin !== CUT) {
        own[bin]!++;
        sum += values[i]!;
        continue;
      }
    }
    aside[size++] = i;
  }
  sums[0] = sum;
  return size;
}

/** Counts on a grid, in an array near its centre and in a map further out. */
export class GridTally {
  #half = 1 << 12;
  #near = new Uint32Array(2 * this.#half + 1);
  /** Bin of the reference that all values of a cell lie in. */
  #bins: Uint8Array;
  readonly #far = new Map<number, number>();
  readonly #edges: Int32Array;
  readonly #seen = new Set<number>();
  /** Of the rows at hand. */
  #cells = new Int32Array(BLOCK);
  /** Counts of the bins of the rows at hand. */
  readonly #own = new Int32Array(256);
  /** Rows that are looked at after the others. */
  readonly #aside = new Int32Array(BLOCK);
  /** Of the values of the part at hand; in an array, where it need not be made anew for each block. */
  readonly #sum = new Float64Array(1);

  constructor(
    private readonly grid: Grid,
    private readonly binner: Binner | undefined,
  ) {
    this.#edges = Int32Array.from(binner?.edges ?? [], (edge) => gridCell(grid, edge));
    this.#bins = this.#binsOf(this.#half);
  }

  /** Counts values as often as they were met before the grid took over. All are finite. */
  take(values: Float64Array, counts: Uint32Array): void {
    const found = this.#find(values);
    const bits = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
    for (let i = 0; i < values.length; i++) {
      const cell = found[i]!;
      if (mixed(bits[2 * i]!, bits[2 * i + 1]!) >>> SEEN_SHIFT === 0) this.#notice(values[i]!);
      if (Math.abs(cell) > NEAR) this.#far.set(cell, (this.#far.get(cell) ?? 0) + counts[i]!);
      else {
        if (Math.abs(cell) > this.#half) this.#grow();
        this.#near[cell + this.#half]! += counts[i]!;
      }
    }
  }

  /** The cells of values, until others are asked for. */
  #find(values: Float64Array): Int32Array {
    if (values.length > this.#cells.length) this.#cells = new Int32Array(values.length);
    gridCells(this.grid, values, 0, values.length, this.#cells);
    return this.#cells;
  }

  /**
   * Counts rows of one part. What is not finite counts as missing.
   *
   * @returns how many are missing
   */
  add(values: Float64Array, from: number, to: number, part: number, cells: PartCells | undefined): number {
    const flat = cells?.flat ?? new Float64Array(2);
    const bins = cells?.bins ?? 0;
    const base = cells === undefined ? 0 : part * cells.width;
    const own = this.#own.fill(0);
    this.#sum[0] = flat[base + bins + 1]!;
    let missing = 0;
    for (let begin = from; begin < to; begin += BLOCK)
      missing += this.#addBlock(values.subarray(begin, Math.min(begin + BLOCK, to)));
    for (let i = 0; i < bins; i++) flat[base + i]! += own[i]!;
    flat[base + bins]! += missing;
    flat[base + bins + 1] = this.#sum[0];
    return missing;
  }

  /** Counts at most {@link BLOCK} values. @returns how many are missing */
  #addBlock(values: Float64Array): number {
    const found = this.#find(values);
    const aside = countNear(values, found, this.#half, this.#near, this.#bins, this.#own, this.#aside, this.#sum);
    const missing = aside === 0 ? 0 : this.#addAside(values, found, aside);
    this.#noticeSome(values, found);
    return missing;
  }

  /** Counts the rows that were put aside. @returns how many are missing */
  #addAside(values: Float64Array, found: Int32Array, rows: number): number {
    const half = this.#half;
    let missing = 0;
    for (let i = 0; i < rows; i++) {
      const row = this.#aside[i]!;
      const cell = found[row]!;
      const value = values[row]!;
      if (cell === NO_CELL) {
        missing++;
        continue;
      }
      // Those within the array as it was are of a cut cell, and in its count already.
      const bin = Math.abs(cell) <= half ? this.#index(value) : this.#outside(cell, value);
      this.#own[bin]!++;
      this.#sum[0]! += value;
    }
    return missing;
  }

  #noticeSome(values: Float64Array, found: Int32Array): void {
    const bits = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
    for (let i = 0; i < values.length; i++) {
      // As `mixed` has it, whose numbers would be objects where it is called.
      const hash = Math.imul(bits[2 * i]!, LOW) + Math.imul(bits[2 * i + 1]!, HIGH);
      if (hash >>> SEEN_SHIFT === 0 && found[i] !== NO_CELL) this.#notice(values[i]!);
    }
  }

  /** Counts a value that is finite so many times. @returns its bin; of a reference without bins 0 */
  count(value: number, count: number): number {
    const cell = gridCell(this.grid, value);
    double[0] = value;
    if (mixed(words[0]!, words[1]!) >>> SEEN_SHIFT === 0) this.#notice(value);
    if (Math.abs(cell) > NEAR) {
      this.#far.set(cell, (this.#far.get(cell) ?? 0) + count);
      return this.#index(value);
    }
    if (Math.abs(cell) > this.#half) this.#grow();
    const at = cell + this.#half;
    this.#near[at]! += count;
    const bin = this.#bins[at]!;
    return bin === CUT ? this.#index(value) : bin;
  }

  #notice(value: number): void {
    if (this.#seen.size < MOST_SEEN) this.#seen.add(value);
  }

  /** Counts a value beyond the array, which may grow, and gives its bin. */
  #outside(cell: number, value: number): number {
    if (Math.abs(cell) > NEAR) {
      this.#far.set(cell, (this.#far.get(cell) ?? 0) + 1);
      return this.#index(value);
    }
    if (Math.abs(cell) > this.#half) this.#grow();
    const at = cell + this.#half;
    this.#near[at]!++;
    const bin = this.#bins[at]!;
    return bin === CUT ? this.#index(value) : bin;
  }

  /** As the binner has it, whose function would be another one for each column here. */
  #index(value: number): number {
    const { edges, float32 } = this.binner ?? NO_EDGES;
    const x = float32 ? Math.fround(value) : value;
    let bin = 0;
    while (bin < edges!.length && x > edges![bin]!) bin++;
    return bin;
  }

  /** The bins of the cells on either side of the centre. A value is above an edge when its cell is, but rounding may put an edge into the cell beside. */
  #binsOf(half: number): Uint8Array {
    const bins = new Uint8Array(2 * half + 1);
    const place = (cell: number): number => Math.max(0, Math.min(bins.length, cell + half));
    this.#edges.forEach((edge, i) => bins.fill(i + 1, place(edge)));
    for (const edge of this.#edges) bins.fill(CUT, place(edge - 1), place(edge + 2));
    return bins;
  }

  #grow(): void {
    const [near, before] = [this.#near, this.#half];
    this.#half = NEAR;
    this.#near = new Uint32Array(2 * NEAR + 1);
    this.#near.set(near, NEAR - before);
    this.#bins = this.#binsOf(NEAR);
  }

  get seen(): Float64Array {
    return Float64Array.from(this.#seen).sort();
  }

  sample(total: number): Sample {
    const far = [...this.#far].sort(([a], [b]) => a - b);
    const outer = far.filter(([cell]) => cell < 0);
    const inner = far.slice(outer.length);
    const [near, half] = [this.#near, this.#half];
    const values = new Float64Array(far.length + near.length);
    const counts = new Float64Array(values.length);
    let size = 0;
    const put = (cell: number, count: number): void => {
      values[size] = gridValue(this.grid, cell);
      counts[size++] = count;
    };
    for (const [cell, count] of outer) put(cell, count);
    for (let i = 0; i < near.length; i++) if (near[i] !== 0) put(i - half, near[i]!);
    for (const [cell, count] of inner) put(cell, count);
    return { values: values.slice(0, size), counts: counts.slice(0, size), total };
  }
}
