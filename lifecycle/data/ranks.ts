/**
 * Exact order statistics of long float32 columns without sorting: a float's bits, mapped so that they sort as the number does, are counted by their
 * upper and then by their lower half.
 */

/** Below this many values sorting them is quicker than counting. */
const FEW = 50_000;

/** The values of a column that are there, by rank. */
export class Ranks {
  /** Counts by the upper 16 bits of the sort key. */
  private readonly upper: Uint32Array | undefined;
  private readonly sorted: Float32Array | undefined;
  private readonly bits: Uint32Array;
  readonly count: number;

  /** @param few below how many values they are sorted instead of counted */
  constructor(
    private readonly values: Float32Array,
    few = FEW,
  ) {
    this.bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    if (values.length < few) {
      this.sorted = values.filter((value) => value === value).sort();
      this.count = this.sorted.length;
      return;
    }
    const upper = new Uint32Array(65_536);
    let count = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value !== value) continue;
      const key = sortKey(this.bits[i] as number) >>> 16;
      upper[key] = (upper[key] as number) + 1;
      count++;
    }
    this.upper = upper;
    this.count = count;
  }

  /** The values at these ranks (from 0, in ascending order of the values). */
  at(ranks: readonly number[]): number[] {
    const { sorted, upper } = this;
    if (ranks.some((rank) => rank < 0 || rank >= this.count)) throw new RangeError(`there are ${this.count} values`);
    if (sorted || !upper) return ranks.map((rank) => sorted?.[rank] ?? NaN);
    const places = ranks.map((rank) => {
      let before = 0;
      let key = 0;
      for (; rank >= before + (upper[key] as number); key++) before += upper[key] as number;
      return { key, rest: rank - before };
    });
    const lower = this.countLower(new Set(places.map(({ key }) => key)));
    return places.map(({ key, rest }) => {
      const counts = lower.get(key) as Uint32Array;
      let before = 0;
      let low = 0;
      for (; rest >= before + (counts[low] as number); low++) before += counts[low] as number;
      return fromKey(((key << 16) | low) >>> 0);
    });
  }

  /** Quantiles with linear interpolation between neighbours, as numpy's default has it. NaN without values. */
  quantiles(probabilities: readonly number[]): number[] {
    if (this.count === 0) return probabilities.map(() => NaN);
    const places = probabilities.map((p) => p * (this.count - 1));
    const ranks = places.flatMap((place) => [Math.floor(place), Math.ceil(place)]);
    const found = this.at(ranks);
    return places.map((place, i) => {
      const [low = NaN, high = NaN] = [found[2 * i], found[2 * i + 1]];
      return low + (high - low) * (place - Math.floor(place));
    });
  }

  /** Every distinct value with its count, in ascending order; undefined when there are more than `most`. */
  distinct(most: number): { value: number; count: number }[] | undefined {
    const { sorted, upper } = this;
    const found: { value: number; count: number }[] = [];
    if (sorted || !upper) {
      for (const value of sorted ?? []) {
        const last = found.at(-1);
        if (last?.value === value) last.count++;
        else if (found.length === most) return undefined;
        else found.push({ value, count: 1 });
      }
      return found;
    }
    const keys: number[] = [];
    for (let key = 0; key < 65_536; key++) {
      if ((upper[key] as number) === 0) continue;
      keys.push(key);
      if (keys.length > most) return undefined;
    }
    const lower = this.countLower(new Set(keys));
    for (const key of keys) {
      const counts = lower.get(key) as Uint32Array;
      for (let low = 0; low < 65_536; low++) {
        const count = counts[low] as number;
        if (count === 0) continue;
        if (found.length === most) return undefined;
        found.push({ value: fromKey(((key << 16) | low) >>> 0), count });
      }
    }
    return found;
  }

  /** Counts in bins of equal width; the last one includes its upper edge. */
  histogram(min: number, max: number, bins: number): number[] {
    const counts = new Array<number>(bins).fill(0);
    const scale = bins / (max - min);
    const { values } = this;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value !== value) continue;
      const bin = max > min ? Math.min(bins - 1, Math.max(0, Math.floor((value - min) * scale))) : 0;
      counts[bin] = (counts[bin] as number) + 1;
    }
    return counts;
  }

  private countLower(keys: ReadonlySet<number>): Map<number, Uint32Array> {
    const slots = new Int32Array(65_536).fill(-1);
    const counts = [...keys].map((key, slot) => {
      slots[key] = slot;
      return new Uint32Array(65_536);
    });
    const { values, bits } = this;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value !== value) continue;
      const key = sortKey(bits[i] as number);
      const slot = slots[key >>> 16] as number;
      if (slot < 0) continue;
      const count = counts[slot] as Uint32Array;
      count[key & 65_535] = (count[key & 65_535] as number) + 1;
    }
    return new Map([...keys].map((key, slot) => [key, counts[slot] as Uint32Array]));
  }
}

/** -0 and 0 are one value. */
function sortKey(bits: number): number {
  const plain = bits === 0x8000_0000 ? 0 : bits;
  return (plain >>> 31 === 1 ? ~plain : plain | 0x8000_0000) >>> 0;
}

const scratch = new DataView(new ArrayBuffer(4));

function fromKey(key: number): number {
  scratch.setUint32(0, key >>> 31 === 1 ? (key & 0x7fff_ffff) >>> 0 : ~key >>> 0);
  return scratch.getFloat32(0);
}
