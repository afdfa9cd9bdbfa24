/** Summaries of streams in bounded memory that merge: of parts computed apart, in any order. */
import { type Random } from './random';

export * from './quantile-sketch';
export * from './moments';

/** A uniform sample of at most `capacity` items of a stream (Vitter's algorithm R, ACM TOMS 11, 1985). */
export class Reservoir<T> {
  private kept: T[] = [];
  private met = 0;

  constructor(
    readonly capacity: number,
    private readonly random: Random,
  ) {
    if (!(Number.isInteger(capacity) && capacity > 0)) {
      throw new RangeError(`A reservoir holds a whole number of items, not ${capacity}.`);
    }
  }

  /** Items met so far. */
  get seen(): number {
    return this.met;
  }

  /** The sample, in no particular order. */
  get items(): readonly T[] {
    return this.kept;
  }

  add(item: T): void {
    this.met++;
    if (this.kept.length < this.capacity) this.kept.push(item);
    else {
      const place = this.random.integer(this.met);
      if (place < this.capacity) this.kept[place] = item;
    }
  }

  /** Makes this a uniform sample of both streams, each item taken from either in proportion to what is left of it. */
  merge(other: Reservoir<T>): void {
    if (other.capacity !== this.capacity) {
      throw new RangeError(`Reservoirs of ${this.capacity} and ${other.capacity} items can't be merged.`);
    }
    const mine = this.random.shuffle([...this.kept]);
    const theirs = this.random.shuffle([...other.kept]);
    let myRest = this.met;
    let theirRest = other.met;
    const merged: T[] = [];
    while (merged.length < this.capacity && mine.length + theirs.length > 0) {
      const own = this.random.integer(myRest + theirRest) < myRest;
      merged.push((own ? mine : theirs).pop()!);
      if (own) myRest--;
      else theirRest--;
    }
    this.kept = merged;
    this.met += other.met;
  }
}

/** How often an item occurred: at least `count`, at most `count + error`. */
export interface HeavyHitter {
  readonly item: string;
  readonly count: number;
  readonly error: number;
}

/**
 * The most frequent items of a stream with `capacity` counters: Misra & Gries (1982), which space-saving is another form
 * of (Agarwal et al., Mergeable summaries, PODS 2012), in batches. Every count is low by at most total / (capacity + 1),
 * merged or not, so no item more frequent than that is missed.
 */
export class HeavyHitters {
  private readonly counts = new Map<string, number>();
  private error = 0;
  private added = 0;

  constructor(readonly capacity: number) {
    if (!(Number.isInteger(capacity) && capacity > 0)) {
      throw new RangeError(`Heavy hitters need a whole number of counters, not ${capacity}.`);
    }
  }

  /** Sum of all counts added. */
  get total(): number {
    return this.added;
  }

  add(item: string, count = 1): void {
    this.added += count;
    this.counts.set(item, (this.counts.get(item) ?? 0) + count);
    if (this.counts.size > 2 * this.capacity) this.compact();
  }

  merge(other: HeavyHitters): void {
    this.added += other.added;
    this.error += other.error;
    for (const [item, count] of other.counts) this.counts.set(item, (this.counts.get(item) ?? 0) + count);
    if (this.counts.size > 2 * this.capacity) this.compact();
  }

  /** The most frequent items, at most `capacity`, most frequent first; equals in the order of their text. */
  top(n = this.capacity): HeavyHitter[] {
    if (this.counts.size > this.capacity) this.compact();
    return [...this.counts]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, n)
      .map(([item, count]) => ({ item, count, error: this.error }));
  }

  /** Takes the (capacity + 1)-th largest count off every counter and forgets those at zero. */
  private compact(): void {
    const cut = Float64Array.from(this.counts.values())
      .sort()
      .at(-this.capacity - 1)!;
    this.error += cut;
    for (const [item, count] of this.counts) {
      if (count > cut) this.counts.set(item, count - cut);
      else this.counts.delete(item);
    }
  }
}
