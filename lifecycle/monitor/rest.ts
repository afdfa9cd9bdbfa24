/** Categories that are too many to keep each: those of the reference and the most frequent are, the others are counted together. */
import { DistinctCounter, distinctOf, type DistinctSketch, textHash } from '../statistics/distinct';

/** Values of a column that were counted together. None of them is a category of the reference. */
export interface Rest {
  readonly rows: number;
  /** Rows of the most frequent of them, at most. */
  readonly most: number;
  readonly values: DistinctSketch;
}

/** How many values a rest has, about; never more than rows. */
export function distinctOfRest({ rows, values }: Rest): number {
  return Math.min(rows, distinctOf(values));
}

/** Categories that are kept each: of one column, and of each at least where other columns have very many. */
export const MOST_TEXTS = 1_000_000;
const LEAST_TEXTS = 10_000;
/** Of all columns of a request log together. */
const MOST_TOGETHER = 4_000_000;

/** Categories that each of so many columns may keep, which are counted side by side. */
export function mostTexts(columns: number): number {
  return Math.floor(Math.min(MOST_TEXTS, MOST_TOGETHER / Math.max(1, columns)));
}

/** Room for the texts of one file, which its columns share: a million, and as much again for what each has at least. */
export class TextRoom {
  #left: number;

  constructor(
    most = MOST_TEXTS,
    private readonly least = LEAST_TEXTS,
  ) {
    this.#left = most;
  }

  static of(columns: number, most = MOST_TEXTS): TextRoom {
    return new TextRoom(most, Math.min(LEAST_TEXTS, Math.floor(most / Math.max(1, columns))));
  }

  /** Takes a place for one more text. @param own texts of the column so far */
  take(own: number): boolean {
    if (own < this.least) return true;
    if (this.#left <= 0) return false;
    this.#left--;
    return true;
  }
}

const BUCKETS = 1 << 16;

/** Counts rows whose values have no place of their own. */
export class RestCounter {
  #rows = 0;
  readonly #values = new DistinctCounter();
  /** Rows by some bits of their hash: no value has more than its bucket. */
  #buckets: Uint32Array | undefined;

  get rows(): number {
    return this.#rows;
  }

  /** @param bits of the hash of the value; any, but always the same ones */
  add(bits: number, rows = 1): void {
    this.#rows += rows;
    this.#buckets ??= new Uint32Array(BUCKETS);
    this.#buckets[bits & (BUCKETS - 1)]! += rows;
  }

  /** A value that was counted. @param hash see {@link textHash} */
  met(hash: number): void {
    this.#values.add(hash);
  }

  /** Undefined where nothing was counted. */
  rest(): Rest | undefined {
    if (this.#buckets === undefined) return undefined;
    let most = 0;
    for (const rows of this.#buckets) if (rows > most) most = rows;
    return { rows: this.#rows, most, values: this.#values.sketch() };
  }
}

/** Bits of a hash in [0, 1), for {@link RestCounter.add}: not those by which the sketch chooses. */
export function bitsOf(hash: number): number {
  return (hash * 2 ** 53) % BUCKETS;
}

/** Whether a text is a category of the reference, by the hashes of these. Another text is taken for one as rarely as 53 bits are the same. */
export class Categories {
  /** @param hashes ascending */
  constructor(private readonly hashes: Float64Array) {}

  has(hash: number): boolean {
    let [low, high] = [0, this.hashes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.hashes[middle]! < hash) low = middle + 1;
      else high = middle;
    }
    return this.hashes[low] === hash;
  }
}

/** Hashes of texts, for {@link Categories}. */
export function hashesOf(texts: Iterable<string>): Float64Array {
  return Float64Array.from(texts, textHash).sort();
}

/** A column is only looked through again when it has so many times too many. */
export const SLACK = 1.25;

/** Counts of categories as they come together, those that get too many with a rest. */
export class CategoryFold {
  readonly #counts = new Map<string, number>();
  readonly #limit: number;
  #rows = 0;
  #most = 0;
  #values: DistinctCounter | undefined;

  /**
   * @param kept categories that keep a place of their own
   * @param most others that have one in the end
   */
  constructor(
    private readonly kept: Pick<ReadonlySet<string>, 'has' | 'size'> = new Set(),
    private readonly most = Infinity,
  ) {
    this.#limit = SLACK * most + kept.size;
  }

  get size(): number {
    return this.#counts.size;
  }

  add(label: string, rows: number): void {
    this.#counts.set(label, (this.#counts.get(label) ?? 0) + rows);
    if (this.#counts.size > this.#limit) this.trim(this.most);
  }

  addAll(counts: Iterable<readonly [string, number]>, rest?: Rest): void {
    for (const [label, rows] of counts) this.add(label, rows);
    if (rest === undefined) return;
    this.#rows += rest.rows;
    this.#most += rest.most;
    (this.#values ??= new DistinctCounter()).merge(rest.values);
  }

  /** Leaves at most so many categories beside the kept ones: the most frequent, of equal ones those that came first. */
  trim(most: number): void {
    if (this.#counts.size <= most) return;
    const others: number[] = [];
    for (const [label, rows] of this.#counts) if (!this.kept.has(label)) others.push(rows);
    if (others.length <= most) return;
    const rising = Float64Array.from(others).sort();
    const limit = rising[rising.length - most - 1]!;
    let ties = most - rising.length;
    for (const rows of rising) if (rows <= limit) ties++;
    let largest = 0;
    const values = (this.#values ??= new DistinctCounter());
    for (const [label, rows] of this.#counts) {
      if (rows > limit || this.kept.has(label)) continue;
      if (rows === limit && ties-- > 0) continue;
      this.#counts.delete(label);
      values.add(textHash(label));
      this.#rows += rows;
      if (rows > largest) largest = rows;
    }
    this.#most += largest;
  }

  /** The counts, and what was counted together. */
  result(): { readonly counts: ReadonlyMap<string, number>; readonly rest?: Rest } {
    this.trim(this.most);
    if (this.#values === undefined) return { counts: this.#counts };
    // A value may have a place in one file and none in another: its rows in the rest are no further value.
    for (const label of this.#counts.keys()) this.#values.delete(textHash(label));
    const rest = { rows: this.#rows, most: Math.min(this.#most, this.#rows), values: this.#values.sketch() };
    return { counts: this.#counts, rest };
  }
}
