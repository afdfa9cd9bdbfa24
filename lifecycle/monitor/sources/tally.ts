/**
 * Counts columns chunk by chunk, as the database hands them out: each value by itself (above a limit on a grid), and every part of time on
 * the bins of the reference. One pass over a file answers all questions of all columns.
 */
import { type Grid, gridCell, gridValue } from '../../statistics/grid';
import type { Sample } from '../../statistics/sample';
import type { Binner } from '../binner';
import type { CategoryProfile, NumberProfile } from '../profile';
import type { Cell, Part } from '../windows';

/** Of so many distinct values of a grid's column one is kept, to tell how many there are: of a hundred thousand within 5 %. */
export const SEEN_OF = 256;
const SEEN_BELOW = 2 ** 32 / SEEN_OF;
/** More than these of a file need not be told apart: there are two million. */
const MOST_SEEN = 8_192;
/** Cells on either side of the centre that lie in an array; further out they are few. */
const NEAR = 1 << 15;

/** The part of each row of a chunk, and that of all rows where it is the same. */
export interface Numbers {
  readonly numbers: Int32Array;
  readonly single: number | undefined;
}

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

  /** Number of each row's part. @param count whether the rows count, or were met before */
  of(times: Float64Array, rows: number, count: boolean): Numbers {
    const numbers = new Int32Array(rows);
    let [least, most, changes] = [Infinity, -Infinity, 0];
    for (let i = 0; i < rows; i++) {
      const time = times[i]!;
      const at = Math.floor(time / this.length);
      if (at !== this.#last) {
        this.#last = at;
        this.#number = this.#numberOf(at);
        if (i > 0) changes++;
      }
      numbers[i] = this.#number;
      if (!count) continue;
      this.all[this.#number]!.part.rows++;
      if (time < least) least = time;
      if (time > most) most = time;
    }
    if (count && rows > 0) {
      this.rows += rows;
      this.from = Math.min(this.from ?? Infinity, least);
      this.to = Math.max(this.to ?? -Infinity, most);
    }
    return { numbers, single: changes === 0 ? this.#number : undefined };
  }

  #numberOf(at: number): number {
    const known = this.#numbers.get(at);
    if (known !== undefined) return known;
    this.#numbers.set(at, this.all.length);
    return this.all.push({ from: at * this.length, part: { rows: 0, cells: [] } }) - 1;
  }
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

  /** Adds to a part's bins what was counted since. @param settled counts before, for each place of the table; none for the places beyond */
  add(part: number, bins: ArrayLike<number>, counts: Float64Array, settled: Float64Array): void {
    const { flat, width } = this;
    for (let i = 0; i < counts.length; i++)
      if (counts[i] !== 0) flat[part * width + bins[i]!]! += counts[i]! - (settled[i] ?? 0);
  }
}

const NOTHING = new Float64Array(0);

/** Numbers of one column; what is not finite is missing. */
export class NumberTally {
  readonly cells: PartCells | undefined;
  /** Rows without a value. */
  missing = 0;
  #present = 0;
  // Open addressing by the bits of the value; a count of 0 is an empty place.
  #keys = new Float64Array(1_024);
  #counts = new Float64Array(1_024);
  #bins = new Uint8Array(1_024);
  #distinct = 0;
  #gridded: GridTally | undefined;
  /** The part that all rows were of since the counts were these. */
  #part: number | undefined;
  #settled = NOTHING;

  /**
   * @param exact distinct values that are counted one by one
   * @param grid for more of them; without it each is counted, however many there are
   */
  constructor(
    private readonly binner: Binner | undefined,
    private readonly exact: number,
    private readonly grid: Grid | undefined,
  ) {
    this.cells = binner && new PartCells(binner.bins);
  }

  /** @param known parts there are */
  add(values: Float64Array, { numbers, single }: Numbers, known: number): void {
    this.cells?.reserve(known);
    // One part after the other, as logs are mostly written: its cells follow from the counts once it is over.
    if (single !== this.#part || this.#gridded !== undefined) this.#settle(single);
    const from = this.#gridded === undefined ? this.#addExact(values, numbers, single) : 0;
    if (from < numbers.length) this.#addGridded(values, numbers, from);
  }

  /** Gives the row from which on the grid takes over; the number of rows when it need not. */
  #addExact(values: Float64Array, parts: Int32Array, single: number | undefined): number {
    const rows = parts.length;
    const flat = this.cells?.flat;
    const [width, bins] = [this.cells?.width ?? 0, this.cells?.bins ?? 0];
    const bits = new Int32Array(values.buffer, values.byteOffset, 2 * rows);
    let [keys, counts, binOf, mask, shift] = this.#table();
    let [present, sum] = [0, 0];
    let i = 0;
    for (; i < rows; i++) {
      const value = values[i]! + 0;
      if (!(value - value === 0)) {
        this.missing++;
        if (flat !== undefined) flat[parts[i]! * width + bins]!++;
        continue;
      }
      // -0 is 0, but has other bits.
      let place = value === 0 ? 0 : mixed(bits[2 * i]!, bits[2 * i + 1]!) >>> shift;
      while (counts[place] !== 0 && keys[place] !== value) place = (place + 1) & mask;
      if (counts[place] === 0) {
        if (this.#distinct === this.exact && this.grid !== undefined) break;
        keys[place] = value;
        if (this.binner !== undefined) binOf[place] = this.binner.index(value);
        this.#distinct++;
      }
      counts[place]!++;
      present++;
      if (single !== undefined) sum += value;
      else if (flat !== undefined) {
        const base = parts[i]! * width;
        flat[base + binOf[place]!]!++;
        flat[base + bins + 1]! += value;
      }
      if (2 * this.#distinct > mask) {
        this.#settle(single);
        this.#grow();
        [keys, counts, binOf, mask, shift] = this.#table();
        this.#settled = counts.slice();
      }
    }
    this.#present += present;
    if (single !== undefined && flat !== undefined) flat[single * width + bins + 1]! += sum;
    if (i < rows) this.#settle(undefined);
    return i;
  }

  #table(): [keys: Float64Array, counts: Float64Array, bins: Uint8Array, mask: number, shift: number] {
    const { length } = this.#keys;
    return [this.#keys, this.#counts, this.#bins, length - 1, 32 - Math.log2(length)];
  }

  /** Puts what was counted of the part before into its cells. @param next part of the rows to come, undefined when they are of several */
  #settle(next: number | undefined): void {
    if (this.#part !== undefined) this.cells?.add(this.#part, this.#bins, this.#counts, this.#settled);
    this.#part = next;
    this.#settled = next === undefined ? NOTHING : this.#counts.slice();
  }

  #grow(): void {
    const [keys, counts, bins] = [this.#keys, this.#counts, this.#bins];
    const size = 4 * keys.length;
    this.#keys = new Float64Array(size);
    this.#counts = new Float64Array(size);
    this.#bins = new Uint8Array(size);
    const [, , , mask, shift] = this.#table();
    const bits = new Int32Array(keys.buffer);
    for (let i = 0; i < keys.length; i++) {
      if (counts[i] === 0) continue;
      let place = keys[i] === 0 ? 0 : mixed(bits[2 * i]!, bits[2 * i + 1]!) >>> shift;
      while (this.#counts[place] !== 0) place = (place + 1) & mask;
      this.#keys[place] = keys[i]!;
      this.#counts[place] = counts[i]!;
      this.#bins[place] = bins[i]!;
    }
  }

  #addGridded(values: Float64Array, parts: Int32Array, from: number): void {
    const bits = new Int32Array(values.buffer, values.byteOffset, 2 * parts.length);
    let tally = this.#gridded;
    if (tally === undefined) {
      tally = this.#gridded = new GridTally(this.grid!, this.binner);
      const known = new Int32Array(this.#keys.buffer);
      for (let i = 0; i < this.#keys.length; i++)
        if (this.#counts[i] !== 0) tally.take(this.#keys[i]!, known[2 * i]!, known[2 * i + 1]!, this.#counts[i]!);
      this.#keys = this.#counts = new Float64Array(0);
      this.#bins = new Uint8Array(0);
    }
    const flat = this.cells?.flat;
    const [width, bins] = [this.cells?.width ?? 0, this.cells?.bins ?? 0];
    for (let i = from; i < parts.length; i++) {
      const value = values[i]!;
      const base = parts[i]! * width;
      if (!(value - value === 0)) {
        this.missing++;
        if (flat !== undefined) flat[base + bins]!++;
        continue;
      }
      const bin = tally.take(value, bits[2 * i]!, bits[2 * i + 1]!, 1);
      this.#present++;
      if (flat !== undefined) {
        flat[base + bin]!++;
        flat[base + bins + 1]! += value;
      }
    }
  }

  /** @param seen of values on a grid: some of the distinct ones, by their bits */
  profile(type: 'number' | 'time', misfits: number): { readonly profile: NumberProfile; readonly seen?: Float64Array } {
    this.#settle(undefined);
    const presence = { missing: this.missing, misfits };
    if (this.#gridded !== undefined && this.grid !== undefined)
      return {
        profile: { kind: 'number', type, sample: this.#gridded.sample(this.#present), ...presence, grid: this.grid },
        seen: this.#gridded.seen,
      };
    const order = new Float64Array(this.#distinct);
    const at = new Map<number, number>();
    for (let i = 0, size = 0; i < this.#keys.length; i++) {
      if (this.#counts[i] === 0) continue;
      order[size++] = this.#keys[i]!;
      at.set(this.#keys[i]!, this.#counts[i]!);
    }
    order.sort();
    const sample: Sample = { values: order, counts: order.map((value) => at.get(value)!), total: this.#present };
    return { profile: { kind: 'number', type, sample, ...presence } };
  }
}

/** Counts on a grid, in an array near its centre and in a map further out. */
class GridTally {
  #half = 1 << 12;
  #near = new Uint32Array(2 * this.#half + 1);
  /** Bin of the reference that all values of a cell lie in, plus 1; 255 where an edge runs through it, 0 where it was not asked for. */
  #bins = new Uint8Array(2 * this.#half + 1);
  readonly #far = new Map<number, number>();
  readonly #edges: Int32Array;
  readonly #seen = new Set<number>();

  constructor(
    private readonly grid: Grid,
    private readonly binner: Binner | undefined,
  ) {
    this.#edges = Int32Array.from(binner?.edges ?? [], (edge) => gridCell(grid, edge));
  }

  /** Counts a value, given with its bits, and gives its bin. */
  take(value: number, low: number, high: number, times: number): number {
    const cell = gridCell(this.grid, value);
    if (mixed(low, high) < SEEN_BELOW && this.#seen.size < MOST_SEEN) this.#seen.add(value);
    const size = Math.abs(cell);
    if (size > this.#half) {
      if (size > NEAR) {
        this.#far.set(cell, (this.#far.get(cell) ?? 0) + times);
        return this.binner?.index(value) ?? 0;
      }
      this.#grow();
    }
    const at = cell + this.#half;
    this.#near[at]! += times;
    const bin = this.#bins[at]!;
    if (bin === 255) return this.binner!.index(value);
    return bin > 0 ? bin - 1 : this.#binOf(cell, value);
  }

  #binOf(cell: number, value: number): number {
    if (this.binner === undefined) return 0;
    const bin = this.binner.index(value);
    // Rounding may put an edge into the cell beside.
    const cut = this.#edges.some((edge) => Math.abs(edge - cell) <= 1);
    this.#bins[cell + this.#half] = cut ? 255 : bin + 1;
    return bin;
  }

  #grow(): void {
    const [near, bins, before] = [this.#near, this.#bins, this.#half];
    this.#half = NEAR;
    this.#near = new Uint32Array(2 * NEAR + 1);
    this.#near.set(near, NEAR - before);
    this.#bins = new Uint8Array(2 * NEAR + 1);
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

/** The two words of a double as one number of 32 bits, whose upper bits are well mixed. */
function mixed(low: number, high: number): number {
  return (Math.imul(low, 0x9e3779b1) + Math.imul(high, 0x85ebca6b)) >>> 0;
}

/** Texts of one column, told apart by their hashes of 64 bits; a text itself is read once. */
export class TextTally {
  readonly cells: PartCells | undefined;
  #hashes = new Uint32Array(2 * 256);
  #counts = new Float64Array(256);
  #bins = new Uint16Array(256);
  #labels: (string | null)[] = new Array<null>(256).fill(null);
  #distinct = 0;
  #part: number | undefined;
  #settled = NOTHING;

  constructor(
    private readonly binner: Binner | undefined,
    private readonly type: 'text' | 'boolean',
  ) {
    this.cells = binner && new PartCells(binner.bins);
  }

  /**
   * @param hashes two words a row
   * @param label text of a row, null where it is missing
   */
  add(hashes: Uint32Array, label: (row: number) => string | null, { numbers, single }: Numbers, known: number): void {
    this.cells?.reserve(known);
    if (single !== this.#part) this.#settle(single);
    const flat = single === undefined ? this.cells?.flat : undefined;
    const width = this.cells?.width ?? 0;
    let [table, counts, bins, mask] = [this.#hashes, this.#counts, this.#bins, this.#counts.length - 1];
    for (let i = 0; i < numbers.length; i++) {
      const [low, high] = [hashes[2 * i]!, hashes[2 * i + 1]!];
      let place = low & mask;
      while (counts[place] !== 0 && !(table[2 * place] === low && table[2 * place + 1] === high))
        place = (place + 1) & mask;
      if (counts[place] === 0) {
        const text = label(i);
        table[2 * place] = low;
        table[2 * place + 1] = high;
        this.#labels[place] = text;
        bins[place] = this.#binOf(text);
        this.#distinct++;
      }
      counts[place]!++;
      if (flat !== undefined) flat[numbers[i]! * width + bins[place]!]!++;
      if (2 * this.#distinct > mask) {
        this.#settle(single);
        this.#grow();
        [table, counts, bins, mask] = [this.#hashes, this.#counts, this.#bins, this.#counts.length - 1];
        this.#settled = counts.slice();
      }
    }
  }

  #settle(next: number | undefined): void {
    if (this.#part !== undefined) this.cells?.add(this.#part, this.#bins, this.#counts, this.#settled);
    this.#part = next;
    this.#settled = next === undefined ? NOTHING : this.#counts.slice();
  }

  /** Rows without a value. */
  get missing(): number {
    let missing = 0;
    this.#counts.forEach((count, i) => {
      if (this.#labels[i] === null) missing += count;
    });
    return missing;
  }

  /** The bin of those that are missing comes after the others. */
  #binOf(label: string | null): number {
    if (this.binner === undefined) return 0;
    const bin = label === null ? -1 : this.binner.index(this.type === 'boolean' ? label === 'true' : label);
    return bin < 0 ? this.binner.bins : bin;
  }

  #grow(): void {
    const [table, counts, bins, labels] = [this.#hashes, this.#counts, this.#bins, this.#labels];
    const size = 4 * counts.length;
    this.#hashes = new Uint32Array(2 * size);
    this.#counts = new Float64Array(size);
    this.#bins = new Uint16Array(size);
    this.#labels = new Array<null>(size).fill(null);
    for (let i = 0; i < counts.length; i++) {
      if (counts[i] === 0) continue;
      let place = table[2 * i]! & (size - 1);
      while (this.#counts[place] !== 0) place = (place + 1) & (size - 1);
      this.#hashes[2 * place] = table[2 * i]!;
      this.#hashes[2 * place + 1] = table[2 * i + 1]!;
      this.#counts[place] = counts[i]!;
      this.#bins[place] = bins[i]!;
      this.#labels[place] = labels[i]!;
    }
  }

  profile(misfits: number): CategoryProfile {
    this.#settle(undefined);
    const known: [string, number][] = [];
    this.#labels.forEach((label, i) => {
      if (label !== null) known.push([label, this.#counts[i]!]);
    });
    const counts = new Map(known.sort(([a], [b]) => (a < b ? -1 : 1)));
    return { kind: 'category', type: this.type, counts, missing: this.missing, misfits };
  }
}
