import { type Dictionary, spelt, Unread } from '../../table';
import type { Binner } from '../binner';
import type { CategoryProfile } from '../profile';
import { PartCells, type Runs } from './parts';

/** The number of what is missing. */
const MISSING = 0;

/** Counts categories of one column by the codes of dictionaries: a text is looked at once a dictionary, not once a row. */
export class LabelTally {
  readonly cells: PartCells | undefined;
  /** By the number of a label. */
  readonly #labels: (string | null)[] = [null];
  #counts = new Float64Array(256);
  #bins = new Uint16Array(256);
  /** Numbers by the bytes of a text, or by a number. */
  readonly #numbers = new Map<string | number, number>();

  constructor(
    private readonly binner: Binner | undefined,
    private readonly type: 'text' | 'boolean',
    /** Whether numbers are truth values. */
    private readonly truth: boolean,
  ) {
    this.cells = binner && new PartCells(binner.bins);
    this.#bins[MISSING] = binner?.bins ?? 0;
  }

  /** The numbers of a dictionary's values, and after the last that of what is missing. @throws Unread when a text is no UTF-8 */
  numbersOf(dictionary: Dictionary): Uint32Array {
    const { size } = dictionary;
    const numbers = new Uint32Array(size + 1);
    const all = dictionary.kind === 'texts' ? dictionary.spellings : dictionary.numbers;
    for (let code = 0; code < size; code++) {
      const key = all[code]!;
      numbers[code] = this.#numbers.get(key) ?? this.#enter(key);
    }
    numbers[size] = MISSING;
    return numbers;
  }

  #enter(key: string | number): number {
    const label = typeof key === 'string' ? spelt(key) : this.#labelOf(key);
    let number = MISSING;
    if (label !== '') {
      number = this.#labels.push(label) - 1;
      if (number === this.#counts.length) this.#lengthen();
      if (this.binner !== undefined)
        this.#bins[number] = this.binner.index(this.type === 'boolean' ? label === 'true' : label);
    }
    this.#numbers.set(key, number);
    return number;
  }

  #labelOf(value: number): string {
    if (this.truth) return value === 1 ? 'true' : 'false';
    if (!Number.isSafeInteger(value)) throw new Unread('a whole number that no double holds');
    return String(value);
  }

  #lengthen(): void {
    const [counts, bins] = [this.#counts, this.#bins];
    this.#counts = new Float64Array(4 * counts.length);
    this.#counts.set(counts);
    this.#bins = new Uint16Array(4 * bins.length);
    this.#bins.set(bins);
  }

  /**
   * Counts what rows of one part hold.
   *
   * @param numbers from {@link numbersOf}
   * @param counts of each code
   * @param parts there are
   */
  addCounts(part: number, numbers: Uint32Array, counts: Uint32Array, parts: number): void {
    this.cells?.reserve(parts);
    const base = this.cells === undefined ? 0 : part * this.cells.width;
    for (let code = 0; code < numbers.length; code++) {
      const count = counts[code]!;
      if (count === 0) continue;
      const number = numbers[code]!;
      this.#counts[number]! += count;
      if (this.cells !== undefined) this.cells.flat[base + this.#bins[number]!]! += count;
    }
  }

  /** Counts rows one by one, where they are few beside the dictionary. */
  addRows(numbers: Uint32Array, codes: Uint32Array, { runs, order }: Runs, parts: number): void {
    this.cells?.reserve(parts);
    for (const { part, from, to } of runs) {
      const base = this.cells === undefined ? 0 : part * this.cells.width;
      for (let i = from; i < to; i++) {
        const number = numbers[codes[order === undefined ? i : order[i]!]!]!;
        this.#counts[number]!++;
        if (this.cells !== undefined) this.cells.flat[base + this.#bins[number]!]!++;
      }
    }
  }

  profile(): CategoryProfile {
    const known: [string, number][] = [];
    this.#labels.forEach((label, number) => {
      if (label !== null && this.#counts[number]! > 0) known.push([label, this.#counts[number]!]);
    });
    const counts = new Map(known.sort(([a], [b]) => (a < b ? -1 : 1)));
    return { kind: 'category', type: this.type, counts, missing: this.#counts[MISSING]!, misfits: 0 };
  }
}
