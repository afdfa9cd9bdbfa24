/**
 * Exact order statistics of float32 columns without sorting: a float's bits, mapped so that they sort as the number does, are counted by their
 * upper and then by their lower half.
 */

/** Counts of a column's values by the upper 16 bits of their sort key; missing values are left out. */
export class Ranks {
  private readonly upper = new Uint32Array(65_536);
  private readonly bits: Uint32Array;
  readonly count: number;

  constructor(private readonly values: Float32Array) {
    this.bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    let count = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value !== value) continue;
      const key = sortKey(this.bits[i] as number) >>> 16;
      this.upper[key] = (this.upper[key] as number) + 1;
      count++;
    }
    this.count = count;
  }

  /** The values at these ranks (from 0, in ascending order of the values). */
  at(ranks: readonly number[]): number[] {
    const places = ranks.map((rank) => {
      let before = 0;
      for (let key = 0; key < 65_536; key++) {
        const n = this.upper[key] as number;
        if (rank < before + n) return { key, rest: rank - before };
        before += n;
      }
      throw new RangeError(`there is no rank ${rank} among ${this.count} values`);
    });
    const lower = this.countLower(new Set(places.map(({ key }) => key)));
    return places.map(({ key, rest }) => {
      const counts = lower.get(key) as Uint32Array;
      let before = 0;
      for (let low = 0; low < 65_536; low++) {
        before += counts[low] as number;
        if (rest < before) return fromKey(((key << 16) | low) >>> 0);
      }
      throw new RangeError('the counts do not add up');
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
    const keys: number[] = [];
    for (let key = 0; key < 65_536; key++) {
      if ((this.upper[key] as number) === 0) continue;
      keys.push(key);
      if (keys.length > most) return undefined;
    }
    const lower = this.countLower(new Set(keys));
    const found: { value: number; count: number }[] = [];
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
