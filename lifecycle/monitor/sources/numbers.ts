import type { Grid } from '../../statistics/grid';
import type { Sample } from '../../statistics/sample';
import type { Binner } from '../binner';
import type { NumberProfile } from '../profile';
import { GridTally, mixed } from './grid-tally';
import { arranged, PartCells, type Run, type Runs, WORTH_SETTLING } from './parts';

/** Whole numbers from 0 up to this one, not included, lie in an array, which grows by need; all others in a table. */
const MOST_WHOLE = 1 << 14;
/** Places of the table that are made ahead at most. */
const MOST_AHEAD = 1 << 16;
const NOTHING = new Uint32Array(0);

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** Counts numbers of one column: each value by itself, above a limit on a grid. What is not finite is missing. */
export class NumberTally {
  readonly cells: PartCells | undefined;
  /** Rows without a value. */
  missing = 0;
  #present = 0;
  #distinct = 0;
  /** Counts and bins of whole numbers. */
  #whole = new Uint32Array(256);
  #wholeBins = new Uint8Array(256);
  /** All other values, with their counts and bins, numbered from 1 on; and their numbers by the bits of the value, 0 in an empty place. */
  #values = new Float64Array(512);
  #counts = new Uint32Array(512);
  #bins = new Uint8Array(512);
  #size = 1;
  #numbers = new Uint32Array(1_024);
  #gridded: GridTally | undefined;
  /** The part whose rows are in the counts, but not in its cells yet, and the counts before. */
  #part: number | undefined;
  #settled = NOTHING;
  #settledWhole = NOTHING;

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
  add(values: Float64Array, { runs, order }: Runs, known: number): void {
    this.cells?.reserve(known);
    const all = arranged(values, order);
    // Telling values apart takes six times as long as counting them on the grid.
    if (
      this.grid !== undefined &&
      this.#gridded === undefined &&
      this.#distinct === 0 &&
      surelyMoreThan(this.exact, all)
    )
      this.#gridded = this.#toGrid();
    for (const run of runs) {
      const from = this.#gridded === undefined ? this.#addExact(all, run, runs.length === 1) : run.from;
      if (from < run.to) this.missing += this.#onGrid(all, run, from);
    }
  }

  #onGrid(values: Float64Array, { part, to }: Run, from: number): number {
    const tally = (this.#gridded ??= this.#toGrid());
    const missing = tally.add(values, from, to, part, this.cells);
    this.#present += to - from - missing;
    return missing;
  }

  /** @returns the row from which on the grid takes over; the end of the run when it need not */
  #addExact(values: Float64Array, { part, from, to }: Run, alone: boolean): number {
    // One part after the other, as logs are mostly written: its cells follow from the counts once it is over.
    const later = part === this.#part || to - from >= WORTH_SETTLING;
    if (part !== this.#part) this.#settle(later ? part : undefined);
    const flat = this.cells?.flat ?? new Float64Array(2);
    const bins = this.cells?.bins ?? 0;
    const base = this.cells === undefined ? 0 : part * this.cells.width;
    const bits = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
    let [whole, wholeBins] = [this.#whole, this.#wholeBins];
    let [known, counts, numbers] = [this.#values, this.#counts, this.#numbers];
    let [last, shift] = [numbers.length - 1, 32 - Math.log2(numbers.length)];
    let [present, missing] = [0, 0];
    let sum = alone ? 0 : flat[base + bins + 1]!;
    let i = from;
    for (; i < to; i++) {
      const value = values[i]!;
      // As it converts; of -0 it is 0.
      const integer = value | 0;
      if (integer === value && integer >= 0 && integer < MOST_WHOLE) {
        if (integer >= whole.length) {
          this.#growWhole(integer);
          [whole, wholeBins] = [this.#whole, this.#wholeBins];
        }
        if (whole[integer] === 0) {
          if (this.#isFull()) break;
          if (this.binner !== undefined) wholeBins[integer] = this.binner.index(integer);
          this.#distinct++;
        }
        whole[integer]!++;
        if (!later) flat[base + wholeBins[integer]!]!++;
      } else {
        if (!(value - value === 0)) {
          missing++;
          continue;
        }
        let place = mixed(bits[2 * i]!, bits[2 * i + 1]!) >>> shift;
        let number = numbers[place]!;
        while (number !== 0 && known[number] !== value) number = numbers[(place = (place + 1) & last)]!;
        if (number === 0) {
          if (this.#isFull()) break;
          number = this.#enter(value, place);
          if (known !== this.#values || numbers !== this.#numbers) {
            [known, counts, numbers] = [this.#values, this.#counts, this.#numbers];
            [last, shift] = [numbers.length - 1, 32 - Math.log2(numbers.length)];
          }
        }
        counts[number]!++;
        if (!later) flat[base + this.#bins[number]!]!++;
      }
      present++;
      sum += value;
    }
    this.#present += present;
    this.missing += missing;
    flat[base + bins]! += missing;
    flat[base + bins + 1] = alone ? flat[base + bins + 1]! + sum : sum;
    return i;
  }

  /**
   * Counts values of one part, each as often as it is met.
   *
   * @param counts of the values, and after the last how many are missing
   * @param known parts there are
   */
  addCounts(part: number, values: Float64Array, counts: Uint32Array, known: number): void {
    this.cells?.reserve(known);
    this.#settle(undefined);
    const flat = this.cells?.flat ?? new Float64Array(2);
    const bins = this.cells?.bins ?? 0;
    const base = this.cells === undefined ? 0 : part * this.cells.width;
    let [present, missing, sum] = [0, counts[values.length]!, 0];
    for (let i = 0; i < values.length; i++) {
      const count = counts[i]!;
      const value = values[i]!;
      if (count === 0) continue;
      if (!(value - value === 0)) {
        missing += count;
        continue;
      }
      const bin = this.#countExact(value, count) ?? (this.#gridded ??= this.#toGrid()).count(value, count);
      // Without bins nothing is asked of them.
      if (this.cells !== undefined) flat[base + bin]! += count;
      present += count;
      sum += count * value;
    }
    this.#present += present;
    this.missing += missing;
    flat[base + bins]! += missing;
    flat[base + bins + 1]! += sum;
  }

  /** @returns the bin of the value; undefined when the grid is to count it */
  #countExact(value: number, count: number): number | undefined {
    if (this.#gridded !== undefined) return undefined;
    const integer = value | 0;
    if (integer === value && integer >= 0 && integer < MOST_WHOLE) {
      if (integer >= this.#whole.length) this.#growWhole(integer);
      if (this.#whole[integer] === 0) {
        if (this.#isFull()) return undefined;
        if (this.binner !== undefined) this.#wholeBins[integer] = this.binner.index(integer);
        this.#distinct++;
      }
      this.#whole[integer]! += count;
      return this.#wholeBins[integer]!;
    }
    double[0] = value;
    const numbers = this.#numbers;
    const last = numbers.length - 1;
    let place = mixed(words[0]!, words[1]!) >>> (32 - Math.log2(numbers.length));
    let number = numbers[place]!;
    while (number !== 0 && this.#values[number] !== value) number = numbers[(place = (place + 1) & last)]!;
    if (number === 0) {
      if (this.#isFull()) return undefined;
      number = this.#enter(value, place);
    }
    this.#counts[number]! += count;
    return this.#bins[number]!;
  }

  #isFull(): boolean {
    return this.#distinct === this.exact && this.grid !== undefined;
  }

  /** Gives a value a number, which it keeps, so that what was settled stays. */
  #enter(value: number, place: number): number {
    const number = this.#size++;
    this.#distinct++;
    if (number === this.#values.length) this.#lengthen();
    this.#values[number] = value;
    if (this.binner !== undefined) this.#bins[number] = this.binner.index(value);
    if (2 * number < this.#numbers.length) this.#numbers[place] = number;
    else this.#spread();
    return number;
  }

  #lengthen(): void {
    const [values, counts, bins] = [this.#values, this.#counts, this.#bins];
    this.#values = new Float64Array(4 * values.length);
    this.#values.set(values);
    this.#counts = new Uint32Array(4 * counts.length);
    this.#counts.set(counts);
    this.#bins = new Uint8Array(4 * bins.length);
    this.#bins.set(bins);
  }

  /** Puts the numbers into a larger table: of many values one that holds all that may come. */
  #spread(): void {
    let places = 4 * this.#numbers.length;
    if (this.#size > 2_000 && this.grid !== undefined)
      while (places < 2 * this.exact && places < MOST_AHEAD) places *= 2;
    const numbers = (this.#numbers = new Uint32Array(places));
    const [last, shift] = [places - 1, 32 - Math.log2(places)];
    const bits = new Int32Array(this.#values.buffer);
    for (let number = 1; number < this.#size; number++) {
      let place = mixed(bits[2 * number]!, bits[2 * number + 1]!) >>> shift;
      while (numbers[place] !== 0) place = (place + 1) & last;
      numbers[place] = number;
    }
  }

  /** Puts what was counted of the part before into its cells. @param next part whose rows are counted from now on */
  #settle(next: number | undefined): void {
    if (this.#part !== undefined) {
      this.cells?.add(this.#part, this.#bins, this.#counts.subarray(0, this.#size), this.#settled);
      this.cells?.add(this.#part, this.#wholeBins, this.#whole, this.#settledWhole);
    }
    this.#part = next;
    this.#settled = next === undefined ? NOTHING : this.#counts.slice(0, this.#size);
    this.#settledWhole = next === undefined ? NOTHING : this.#whole.slice();
  }

  /** Each number keeps its place, so that what was settled stays. */
  #growWhole(most: number): void {
    const [counts, bins] = [this.#whole, this.#wholeBins];
    let size = counts.length;
    while (size <= most) size *= 4;
    this.#whole = new Uint32Array(size);
    this.#whole.set(counts);
    this.#wholeBins = new Uint8Array(size);
    this.#wholeBins.set(bins);
  }

  #toGrid(): GridTally {
    this.#settle(undefined);
    const tally = new GridTally(this.grid!, this.binner);
    const whole = Float64Array.from(this.#whole.keys()).filter((value) => this.#whole[value]! > 0);
    tally.take(
      whole,
      this.#whole.filter((count) => count > 0),
    );
    tally.take(this.#values.subarray(1, this.#size), this.#counts.subarray(1, this.#size));
    this.#values = new Float64Array(0);
    this.#counts = this.#whole = this.#numbers = NOTHING;
    this.#bins = this.#wholeBins = new Uint8Array(0);
    return tally;
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
    let size = 0;
    const put = (value: number, count: number): void => {
      if (count === 0) return;
      order[size++] = value;
      at.set(value, count);
    };
    this.#whole.forEach((count, value) => put(value, count));
    for (let number = 1; number < this.#size; number++) put(this.#values[number]!, this.#counts[number]!);
    order.sort();
    const sample: Sample = { values: order, counts: order.map((value) => at.get(value)!), total: this.#present };
    return { profile: { kind: 'number', type, sample, ...presence } };
  }
}

const SLOTS = 1 << 18;
const SLOT_SHIFT = 32 - Math.log2(SLOTS);
/** Bits of the slots that were met. */
const met = new Uint32Array(SLOTS / 32);

/** Whether there are more distinct values than so many, for certain: no is only that it does not show. Few of them need to be looked at. */
function surelyMoreThan(most: number, values: Float64Array): boolean {
  // Both zeros are one value.
  if (values.length <= most + 1 || most > SLOTS / 4) return false;
  met.fill(0);
  const bits = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  const rows = Math.min(values.length, 2 * most + 1_000);
  let slots = 0;
  for (let i = 0; i < rows; i++) {
    const value = values[i]!;
    if (!(value - value === 0)) continue;
    const slot = mixed(bits[2 * i]!, bits[2 * i + 1]!) >>> SLOT_SHIFT;
    const bit = 1 << (slot & 31);
    if ((met[slot >>> 5]! & bit) !== 0) continue;
    met[slot >>> 5]! |= bit;
    if (++slots > most + 1) return true;
  }
  return false;
}
