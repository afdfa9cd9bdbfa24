import type { Binner } from '../binner';
import { textHash } from '../../statistics/distinct';
import type { CategoryProfile } from '../profile';
import { type Categories, RestCounter, type TextRoom } from '../rest';
import { PartCells, type Runs, WORTH_SETTLING } from './parts';

/** Texts with their hashes of 64 bits, two words each; null is what counts as missing. */
export interface Spelt {
  readonly hashes: Int32Array;
  readonly labels: readonly (string | null)[];
}

/** A place of the table has the two words of a hash and the number of its text; 0 is an empty place. */
const WIDTH = 4;
const NUMBER = 2;
/** While texts are few each has so many places, so that nearly all lie where they are looked for first. */
const ROOMY = 8;
const FEW = 4_096;
const NOTHING = new Uint32Array(0);
/** The number of all texts for which there is no room. */
const REST = 0;

/** Where texts are too many to keep each. */
export interface Room {
  readonly room: TextRoom;
  /** Texts that get a place all the same; those that are known from the start need not be among them. */
  readonly kept: Pick<Categories, 'has'> | undefined;
}

/** Counts texts of one column, told apart by their hashes of 64 bits; a text itself is read once, or is known already. */
export class TextTally {
  readonly cells: PartCells | undefined;
  #table = emptyTable(2_048);
  /** By the number of a text; undefined where it is still to be read. */
  readonly #labels: (string | null | undefined)[] = [undefined];
  #hashes = new Int32Array(2 * 256);
  #counts = new Uint32Array(256);
  #bins = new Uint16Array(256);
  #part: number | undefined;
  #settled = NOTHING;
  readonly #rest = new RestCounter();

  /** @param known texts that need not be read: all that have a bin of their own, where {@link TextTally.add} is not told how to read */
  constructor(
    private readonly binner: Binner | undefined,
    private readonly type: 'text' | 'boolean',
    known?: Spelt,
    private readonly room?: Room,
  ) {
    this.cells = binner && new PartCells(binner.bins);
    if (binner !== undefined) this.#bins[REST] = binner.bins - 1;
    known?.labels.forEach((label, i) => {
      const [low, high] = [known.hashes[2 * i]!, known.hashes[2 * i + 1]!];
      if (this.#numberOf(low, high) === 0) this.#enter(low, high, label);
    });
  }

  /**
   * @param hashes two words a row
   * @param parts there are
   * @param label text of a row, null where it is missing; without it, those not met before are {@link TextTally.unread}
   */
  add(hashes: Int32Array, { runs, order }: Runs, parts: number, label?: (row: number) => string | null): void {
    this.cells?.reserve(parts);
    const flat = this.cells?.flat ?? new Float64Array(1);
    const width = this.cells?.width ?? 0;
    let [table, counts, last] = [this.#table, this.#counts, this.#table.length / WIDTH - 1];
    for (const { part, from, to } of runs) {
      const later = part === this.#part || to - from >= WORTH_SETTLING;
      if (part !== this.#part) this.#settle(later ? part : undefined);
      for (let i = from; i < to; i++) {
        const row = order === undefined ? i : order[i]!;
        const [low, high] = [hashes[2 * row]!, hashes[2 * row + 1]!];
        const at = WIDTH * (low & last);
        let number = table[at + NUMBER]!;
        if (table[at] !== low || table[at + 1] !== high) {
          number = this.#numberOf(low, high);
          if (number === 0) {
            number = this.#meet(low, high, label?.(row));
            [table, counts, last] = [this.#table, this.#counts, this.#table.length / WIDTH - 1];
          }
        }
        counts[number]!++;
        if (!later) flat[part * width + this.#bins[number]!]!++;
      }
    }
  }

  /** The number of a hash's text; 0 when it has none. */
  #numberOf(low: number, high: number): number {
    return this.#table[this.#placeOf(low, high) + NUMBER]!;
  }

  /** Place of a hash in the table, or where it is to be put. */
  #placeOf(low: number, high: number): number {
    const table = this.#table;
    const last = table.length - 1;
    let at = (WIDTH * low) & last;
    while (table[at + NUMBER] !== 0 && (table[at] !== low || table[at + 1] !== high)) at = (at + WIDTH) & last;
    return at;
  }

  /** The number of a text that has none yet: one of its own while there is room. */
  #meet(low: number, high: number, label: string | null | undefined): number {
    if (this.room === undefined || label === null || this.room.room.take(this.#labels.length))
      return this.#enter(low, high, label);
    if (label !== undefined) {
      const hash = textHash(label);
      if (this.room.kept?.has(hash) === true) return this.#enter(low, high, label);
      this.#rest.met(hash);
    }
    // The table is by the low word.
    this.#rest.add(high);
    return REST;
  }

  /** Gives a text a number. */
  #enter(low: number, high: number, label: string | null | undefined): number {
    const number = this.#labels.push(label) - 1;
    if (number === this.#counts.length) this.#lengthen();
    this.#hashes.set([low, high], 2 * number);
    this.#bins[number] = this.#binOf(label);
    const crowded = (number < FEW ? ROOMY : 2) * number > this.#table.length / WIDTH;
    if (crowded) this.#table = emptyTable(4 * (this.#table.length / WIDTH));
    for (let i = crowded ? 1 : number; i <= number; i++) {
      const [one, other] = [this.#hashes[2 * i]!, this.#hashes[2 * i + 1]!];
      this.#table.set([one, other, i], this.#placeOf(one, other));
    }
    return number;
  }

  /** A number stays what it is, so that what was settled stays. */
  #lengthen(): void {
    const [hashes, counts, bins] = [this.#hashes, this.#counts, this.#bins];
    this.#hashes = new Int32Array(4 * hashes.length);
    this.#hashes.set(hashes);
    this.#counts = new Uint32Array(4 * counts.length);
    this.#counts.set(counts);
    this.#bins = new Uint16Array(4 * bins.length);
    this.#bins.set(bins);
  }

  #settle(next: number | undefined): void {
    if (this.#part !== undefined) this.cells?.add(this.#part, this.#bins, this.#counts, this.#settled);
    this.#part = next;
    this.#settled = next === undefined ? NOTHING : this.#counts.slice();
  }

  /** The bin of those that are missing comes after the others; a text that is not known is none of those with a bin. */
  #binOf(label: string | null | undefined): number {
    if (this.binner === undefined) return 0;
    if (label === undefined) return this.binner.bins - 1;
    const bin = label === null ? -1 : this.binner.index(this.type === 'boolean' ? label === 'true' : label);
    return bin < 0 ? this.binner.bins : bin;
  }

  /** Rows without a value. */
  get missing(): number {
    let missing = 0;
    this.#labels.forEach((label, number) => {
      if (label === null) missing += this.#counts[number]!;
    });
    return missing;
  }

  /** Whether some texts found no room. */
  get full(): boolean {
    return this.#rest.rows > 0;
  }

  /** Hashes of the texts that were counted, but not read. */
  get unread(): bigint[] {
    const words = new Uint32Array(this.#hashes.buffer);
    return this.#labels.flatMap((label, number) =>
      label === undefined && number > 0 ? [(BigInt(words[2 * number + 1]!) << 32n) | BigInt(words[2 * number]!)] : [],
    );
  }

  /** Tells what the texts are that were not read, once; those that found no room among them. */
  name({ hashes, labels }: Spelt): void {
    labels.forEach((label, i) => {
      const number = this.#numberOf(hashes[2 * i]!, hashes[2 * i + 1]!);
      if (number === REST) {
        if (this.#rest.rows > 0 && label !== null) this.#rest.met(textHash(label));
      } else if (this.#labels[number] === undefined) this.#labels[number] = label;
    });
  }

  profile(misfits: number): CategoryProfile {
    this.#settle(undefined);
    const known: [string, number][] = [];
    this.#labels.forEach((label, number) => {
      if (typeof label === 'string' && this.#counts[number]! > 0) known.push([label, this.#counts[number]!]);
    });
    const counts = new Map(known.sort(([a], [b]) => (a < b ? -1 : 1)));
    const rest = this.#rest.rest();
    return { kind: 'category', type: this.type, counts, missing: this.missing, misfits, ...(rest && { rest }) };
  }
}

/** The first word of an empty place is none that is looked for there. */
function emptyTable(places: number): Int32Array {
  const table = new Int32Array(WIDTH * places);
  for (let i = 0; i < places; i++) table[WIDTH * i] = ~i;
  return table;
}
