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
/** In place of a bin: an edge runs through the cell, or it was not asked for yet. */
const CUT = 255;
const UNKNOWN = 254;

/** The two words of a double as one number of 32 bits, whose upper bits are well mixed. */
export function mixed(low: number, high: number): number {
  return (Math.imul(low, 0x9e3779b1) + Math.imul(high, 0x85ebca6b)) >>> 0;
}

/** Counts on a grid, in an array near its centre and in a map further out. */
export class GridTally {
  #half = 1 << 12;
  #near = new Uint32Array(2 * this.#half + 1);
  /** Bin of the reference that all values of a cell lie in. */
  #bins = new Uint8Array(2 * this.#half + 1).fill(UNKNOWN);
  readonly #far = new Map<number, number>();
  readonly #edges: Int32Array;
  readonly #seen = new Set<number>();
  /** Of the rows at hand. */
  #cells = new Int32Array(2_048);
  /** Counts of the bins of the rows at hand. */
  readonly #own = new Int32Array(256);

  constructor(
    private readonly grid: Grid,
    private readonly binner: Binner | undefined,
  ) {
    this.#edges = Int32Array.from(binner?.edges ?? [], (edge) => gridCell(grid, edge));
  }

  /** Counts values as often as they were met before the grid took over. All are finite. */
  take(values: Float64Array, counts: Uint32Array): void {
    const found = this.#find(values, 0, values.length);
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
  #find(values: Float64Array, from: number, to: number): Int32Array {
    if (to > this.#cells.length) this.#cells = new Int32Array(to);
    gridCells(this.grid, values, from, to, this.#cells);
    return this.#cells;
  }

  /**
   * Counts rows of one part. What is not finite counts as missing.
   *
   * @returns how many are missing
   */
  add(values: Float64Array, from: number, to: number, part: number, cells: PartCells | undefined): number {
    const found = this.#find(values, from, to);
    const bits = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
    const flat = cells?.flat ?? new Float64Array(2);
    const bins = cells?.bins ?? 0;
    const base = cells === undefined ? 0 : part * cells.width;
    let [near, binOf, half] = [this.#near, this.#bins, this.#half];
    let [sum, missing] = [flat[base + bins + 1]!, 0];
    const own = this.#own.fill(0);
    for (let i = from; i < to; i++) {
      const cell = found[i]!;
      const value = values[i]!;
      const at = cell + half;
      let bin: number;
      if (at >>> 0 < near.length) {
        near[at]!++;
        bin = binOf[at]!;
        if (bin >= UNKNOWN) bin = this.#binOf(cell, value);
      } else if (cell === NO_CELL) {
        missing++;
        continue;
      } else {
        bin = this.#outside(cell, value);
        [near, binOf, half] = [this.#near, this.#bins, this.#half];
      }
      own[bin]!++;
      sum += value;
    }
    for (let i = from; i < to; i++)
      if (mixed(bits[2 * i]!, bits[2 * i + 1]!) >>> SEEN_SHIFT === 0 && found[i] !== NO_CELL) this.#notice(values[i]!);
    for (let i = 0; i < bins; i++) flat[base + i]! += own[i]!;
    flat[base + bins]! += missing;
    flat[base + bins + 1] = sum;
    return missing;
  }

  #notice(value: number): void {
    if (this.#seen.size < MOST_SEEN) this.#seen.add(value);
  }

  /** Counts a value beyond the array, which may grow, and gives its bin. */
  #outside(cell: number, value: number): number {
    if (Math.abs(cell) > NEAR) {
      this.#far.set(cell, (this.#far.get(cell) ?? 0) + 1);
      return this.binner?.index(value) ?? 0;
    }
    this.#grow();
    this.#near[cell + this.#half]!++;
    return this.#binOf(cell, value);
  }

  #binOf(cell: number, value: number): number {
    if (this.binner === undefined) return 0;
    const at = cell + this.#half;
    const bin = this.binner.index(value);
    // Rounding may put an edge into the cell beside.
    if (this.#bins[at] === UNKNOWN) this.#bins[at] = this.#edges.some((edge) => Math.abs(edge - cell) <= 1) ? CUT : bin;
    return bin;
  }

  #grow(): void {
    const [near, bins, before] = [this.#near, this.#bins, this.#half];
    this.#half = NEAR;
    this.#near = new Uint32Array(2 * NEAR + 1);
    this.#near.set(near, NEAR - before);
    this.#bins = new Uint8Array(2 * NEAR + 1).fill(UNKNOWN);
    this.#bins.set(bins, NEAR - before);
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
