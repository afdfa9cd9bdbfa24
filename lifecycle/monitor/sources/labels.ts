import { type Dictionary, spelt, Unread } from '../../table';
import { textHash } from '../../statistics/distinct';
import type { Binner } from '../binner';
import type { CategoryProfile } from '../profile';
import { bitsOf, RestCounter } from '../rest';
import { PartCells, type Runs } from './parts';
import type { Room } from './texts';

/** The number of what is missing, and of all labels for which there is no room. */
const MISSING = 0;
const REST = 1;

/** The numbers of a dictionary's values, and after the last that of what is missing. */
export interface Numbered {
  readonly numbers: Uint32Array;
  /** By code, where there was no room: hash of the label. */
  readonly beyond: ReadonlyMap<number, number>;
}

/** Counts categories of one column by the codes of dictionaries: a text is looked at once a dictionary, not once a row. */
export class LabelTally {
  readonly cells: PartCells | undefined;
  /** By the number of a label. */
  readonly #labels: (string | null)[] = [null, null];
  #counts = new Float64Array(256);
  #bins = new Uint16Array(256);
  /** Numbers by the bytes of a text, or by a number. */
  readonly #numbers = new Map<string | number, number>();
  readonly #rest = new RestCounter();

  constructor(
    private readonly binner: Binner | undefined,
    private readonly type: 'text' | 'boolean',
    /** Whether numbers are truth values. */
    private readonly truth: boolean,
    private readonly room?: Room,
  ) {
    this.cells = binner && new PartCells(binner.bins);
    this.#bins[MISSING] = binner?.bins ?? 0;
    if (binner !== undefined) this.#bins[REST] = binner.bins - 1;
  }

  /** @throws Unread when a text is no UTF-8 */
  numbersOf(dictionary: Dictionary): Numbered {
    const { size } = dictionary;
    const numbers = new Uint32Array(size + 1);
    const beyond = new Map<number, number>();
    const all = dictionary.kind === 'texts' ? dictionary.spellings : dictionary.numbers;
    for (let code = 0; code < size; code++) {
      const key = all[code]!;
      const number = this.#numbers.get(key) ?? this.#enter(key, code, beyond);
      numbers[code] = number;
    }
    numbers[size] = MISSING;
    return { numbers, beyond };
  }

  #enter(key: string | number, code: number, beyond: Map<number, number>): number {
    const label = typeof key === 'string' ? spelt(key) : this.#labelOf(key);
    let number = MISSING;
    if (label !== '') {
      if (this.room !== undefined && !this.room.room.take(this.#labels.length)) {
        const hash = textHash(label);
        if (this.room.kept?.has(hash) !== true) {
          beyond.set(code, hash);
          return REST;
        }
      }
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
   * @param numbered from {@link numbersOf}
   * @param counts of each code
   * @param parts there are
   */
  addCounts(part: number, { numbers, beyond }: Numbered, counts: Uint32Array, parts: number): void {
    this.cells?.reserve(parts);
    const base = this.cells === undefined ? 0 : part * this.cells.width;
    for (let code = 0; code < numbers.length; code++) {
      const count = counts[code]!;
      if (count === 0) continue;
      const number = numbers[code]!;
      this.#counts[number]! += count;
      if (number === REST) this.#addRest(beyond.get(code)!, count);
      if (this.cells !== undefined) this.cells.flat[base + this.#bins[number]!]! += count;
    }
  }

  /** Counts rows one by one, where they are few beside the dictionary. */
  addRows({ numbers, beyond }: Numbered, codes: Uint32Array, { runs, order }: Runs, parts: number): void {
    this.cells?.reserve(parts);
    for (const { part, from, to } of runs) {
      const base = this.cells === undefined ? 0 : part * this.cells.width;
      for (let i = from; i < to; i++) {
        const code = codes[order === undefined ? i : order[i]!]!;
        const number = numbers[code]!;
        this.#counts[number]!++;
        if (number === REST) this.#addRest(beyond.get(code)!, 1);
        if (this.cells !== undefined) this.cells.flat[base + this.#bins[number]!]!++;
      }
    }
  }

  #addRest(hash: number, rows: number): void {
    this.#rest.add(bitsOf(hash), rows);
    this.#rest.met(hash);
  }

  profile(): CategoryProfile {
    const known: [string, number][] = [];
    this.#labels.forEach((label, number) => {
      if (label !== null && this.#counts[number]! > 0) known.push([label, this.#counts[number]!]);
    });
    const counts = new Map(known.sort(([a], [b]) => (a < b ? -1 : 1)));
    const missing = this.#counts[MISSING]!;
    const rest = this.#rest.rest();
    return { kind: 'category', type: this.type, counts, missing, misfits: 0, ...(rest && { rest }) };
  }
}
