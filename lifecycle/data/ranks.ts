/**
 * Exact order statistics of long float32 columns without sorting: a float's bits, mapped so that they sort as the number does, are counted by their
 * upper and then, where it matters, by their lower half.
 */

/** Below this many values sorting them is quicker than counting. */
const FEW = 150_000;
const HALF = 65_536;

/** A histogram of bins of equal width from `min` to `max`; the last one includes its upper edge. */
export interface Bins {
  readonly min: number;
  readonly max: number;
  readonly bins: number;
}

/** The values of a column that are there, by rank. */
export class Ranks {
  /** Counts by the upper 16 bits of the sort key. */
  private readonly upper: Uint32Array | undefined;
  /** Of some upper halves, counts by the lower 16 bits. */
  private readonly lower = new Map<number, Uint32Array>();
  private readonly sorted: Float32Array | undefined;
  private readonly bits: Int32Array;
  readonly count: number;

  /** @param few below how many values they are sorted instead of counted */
  constructor(values: Float32Array, few = FEW) {
    this.bits = new Int32Array(values.buffer, values.byteOffset, values.length);
    if (values.length < few) {
      this.sorted = values.filter((value) => value === value).sort();
      this.count = this.sorted.length;
      return;
    }
    this.upper = new Uint32Array(HALF);
    this.count = countUpper(this.bits, this.upper);
  }

  /** Counts at once what these questions need, so that each of them takes no pass over the values of its own. */
  prepare(probabilities: readonly number[], most: number, bins?: Bins): void {
    if (!this.upper || this.count === 0) return;
    const keys = this.places(this.ranksOf(probabilities)).map(({ key }) => key);
    this.ensure([...keys, ...(this.keysOfFew(most) ?? []), ...(bins ? this.keysAtEdges(bins) : [])]);
  }

  /** The values at these ranks (from 0, in ascending order of the values). */
  at(ranks: readonly number[]): number[] {
    const { sorted } = this;
    if (ranks.some((rank) => rank < 0 || rank >= this.count)) throw new RangeError(`there are ${this.count} values`);
    if (sorted) return ranks.map((rank) => sorted[rank] ?? NaN);
    const places = this.places(ranks);
    this.ensure(places.map(({ key }) => key));
    return places.map(({ key, rest }) => {
      const counts = this.lower.get(key) as Uint32Array;
      let before = 0;
      let low = 0;
      for (; rest >= before + (counts[low] as number); low++) before += counts[low] as number;
      return fromKey(key, low);
    });
  }

  /** Quantiles with linear interpolation between neighbours, as numpy's default has it. NaN without values. */
  quantiles(probabilities: readonly number[]): number[] {
    if (this.count === 0) return probabilities.map(() => NaN);
    const found = this.at(this.ranksOf(probabilities));
    return probabilities.map((p, i) => {
      const place = p * (this.count - 1);
      const [low = NaN, high = NaN] = [found[2 * i], found[2 * i + 1]];
      return low + (high - low) * (place - Math.floor(place));
    });
  }

  /** Every distinct value with its count, in ascending order; undefined when there are more than `most`. */
  distinct(most: number): { value: number; count: number }[] | undefined {
    const found: { value: number; count: number }[] = [];
    if (this.sorted) {
      for (const value of this.sorted) {
        const last = found.at(-1);
        if (last?.value === value) last.count++;
        else if (found.length === most) return undefined;
        else found.push({ value, count: 1 });
      }
      return found;
    }
    const keys = this.keysOfFew(most);
    if (!keys) return undefined;
    this.ensure(keys);
    for (const key of keys) {
      const counts = this.lower.get(key) as Uint32Array;
      for (let low = 0; low < HALF; low++) {
        const count = counts[low] as number;
        if (count === 0) continue;
        if (found.length === most) return undefined;
        found.push({ value: fromKey(key, low), count });
      }
    }
    return found;
  }

  /** Counts in bins. Only where an edge runs through an upper half are its values looked at one by one. */
  histogram(bins: Bins): number[] {
    const counts = new Array<number>(bins.bins).fill(0);
    const add = (bin: number, count: number): void => {
      counts[bin] = (counts[bin] as number) + count;
    };
    if (this.sorted) {
      for (const value of this.sorted) add(binOf(value, bins), 1);
      return counts;
    }
    const split = new Set(this.keysAtEdges(bins));
    this.ensure([...split]);
    const upper = this.upper as Uint32Array;
    for (let key = 0; key < HALF; key++) {
      const count = upper[key] as number;
      if (count > 0 && !split.has(key)) add(binOf(fromKey(key, 0), bins), count);
    }
    for (const key of split) {
      const lower = this.lower.get(key) as Uint32Array;
      for (let low = 0; low < HALF; low++) {
        const count = lower[low] as number;
        if (count > 0) add(binOf(fromKey(key, low), bins), count);
      }
    }
    return counts;
  }

  private ranksOf(probabilities: readonly number[]): number[] {
    const places = probabilities.map((p) => p * (this.count - 1));
    return places.flatMap((place) => [Math.floor(place), Math.ceil(place)]);
  }

  private places(ranks: readonly number[]): { key: number; rest: number }[] {
    const upper = this.upper as Uint32Array;
    return ranks.map((rank) => {
      let before = 0;
      let key = 0;
      for (; rank >= before + (upper[key] as number); key++) before += upper[key] as number;
      return { key, rest: rank - before };
    });
  }

  /** The upper halves that occur, unless they alone are more than `most`. */
  private keysOfFew(most: number): number[] | undefined {
    const keys: number[] = [];
    const upper = this.upper as Uint32Array;
    for (let key = 0; key < HALF; key++) {
      if ((upper[key] as number) === 0) continue;
      keys.push(key);
      if (keys.length > most) return undefined;
    }
    return keys;
  }

  private keysAtEdges(bins: Bins): number[] {
    const keys: number[] = [];
    const upper = this.upper as Uint32Array;
    for (let key = 0; key < HALF; key++) {
      if ((upper[key] as number) === 0) continue;
      // The binning is monotone, so what lies between two values of one bin is in it. The ends of the infinities' halves are no numbers, and so never equal.
      if (binOf(fromKey(key, 0), bins) !== binOf(fromKey(key, HALF - 1), bins)) keys.push(key);
    }
    return keys;
  }

  private ensure(keys: readonly number[]): void {
    const missing = [...new Set(keys)].filter((key) => !this.lower.has(key));
    if (missing.length === 0) return;
    const slots = new Int32Array(HALF).fill(-1);
    missing.forEach((key, slot) => (slots[key] = slot));
    const counts = new Uint32Array(missing.length * HALF);
    countLower(this.bits, slots, counts);
    missing.forEach((key, slot) => this.lower.set(key, counts.subarray(slot * HALF, (slot + 1) * HALF)));
  }
}

// The loops over all values hold nothing but 32-bit whole numbers. -0 counts as 0, and values that are missing (NaN) are passed over.
const SIGN = -0x8000_0000;
const INFINITE = 0x7f80_0000;

function countUpper(bits: Int32Array, upper: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < bits.length; i++) {
    let b = bits[i] as number;
    if ((b & 0x7fff_ffff) > INFINITE) continue;
    if (b === SIGN) b = 0;
    const key = (b ^ ((b >> 31) | SIGN)) >>> 16;
    upper[key] = (upper[key] as number) + 1;
    count++;
  }
  return count;
}

function countLower(bits: Int32Array, slots: Int32Array, counts: Uint32Array): void {
  for (let i = 0; i < bits.length; i++) {
    let b = bits[i] as number;
    if ((b & 0x7fff_ffff) > INFINITE) continue;
    if (b === SIGN) b = 0;
    const key = b ^ ((b >> 31) | SIGN);
    const slot = slots[key >>> 16] as number;
    if (slot < 0) continue;
    const at = (slot << 16) | (key & 0xffff);
    counts[at] = (counts[at] as number) + 1;
  }
}

function binOf(value: number, { min, max, bins }: Bins): number {
  return max > min ? Math.min(bins - 1, Math.max(0, Math.floor((value - min) * (bins / (max - min))))) : 0;
}

const scratch = new DataView(new ArrayBuffer(4));

function fromKey(upper: number, lower: number): number {
  const key = ((upper << 16) | lower) >>> 0;
  scratch.setUint32(0, key >>> 31 === 1 ? (key & 0x7fff_ffff) >>> 0 : ~key >>> 0);
  return scratch.getFloat32(0);
}
