import { type Numbers } from './arrays';
import { type Sample, sampleFromCounts } from './sample';

/** A sketch as plain data: store it, send it, merge it. Buckets are [index, count], ascending. */
export interface QuantileSketchState {
  readonly accuracy: number;
  readonly positive: readonly (readonly [number, number])[];
  readonly negative: readonly (readonly [number, number])[];
  readonly zeros: number;
  readonly skipped: number;
  readonly minimum: number | null;
  readonly maximum: number | null;
}

/**
 * Mergeable quantile sketch: DDSketch (Masson, Rim & Lee, PVLDB 12, 2019) without collapsing. Buckets grow by
 * γ = (1 + α) / (1 − α), so every quantile is within a factor 1 ± α of the true one, always and not merely probably.
 * A merged sketch is identical to the sketch of all values together, whatever the order: parallel runs give the same bytes.
 * Size: one bucket per occupied γ-wide interval; at α = 0.01 115 a decade, for each sign.
 */
export class QuantileSketch {
  private readonly logGamma: number;
  private readonly positive = new Map<number, number>();
  private readonly negative = new Map<number, number>();
  private zeros = 0;
  private minimum = Infinity;
  private maximum = -Infinity;
  private counted = 0;
  /** NaN and infinite values met; they are in no quantile. */
  skipped = 0;

  /** `accuracy` is α, the relative error, between 0 and 1; default 0.01. */
  constructor(readonly accuracy = 0.01) {
    if (!(accuracy > 0 && accuracy < 1))
      throw new RangeError(`The accuracy of a sketch is between 0 and 1, not ${accuracy}.`);
    this.logGamma = Math.log((1 + accuracy) / (1 - accuracy));
  }

  /** Throws a TypeError when the data is no state of a sketch. */
  static from(state: QuantileSketchState): QuantileSketch {
    const sketch = new QuantileSketch(state.accuracy);
    for (const [name, buckets] of [
      ['positive', state.positive],
      ['negative', state.negative],
    ] as const) {
      for (const [index, count] of buckets) {
        if (!Number.isInteger(index) || !(count > 0)) throw new TypeError(`The sketch has a bad ${name} bucket.`);
        sketch[name].set(index, count);
        sketch.counted += count;
      }
    }
    sketch.zeros = state.zeros;
    sketch.counted += state.zeros;
    sketch.skipped = state.skipped;
    sketch.minimum = state.minimum ?? Infinity;
    sketch.maximum = state.maximum ?? -Infinity;
    return sketch;
  }

  /** Values counted, without the skipped. */
  get count(): number {
    return this.counted;
  }

  get min(): number {
    return this.counted > 0 ? this.minimum : NaN;
  }

  get max(): number {
    return this.counted > 0 ? this.maximum : NaN;
  }

  add(value: number, count = 1): void {
    if (!Number.isFinite(value)) {
      this.skipped += count;
      return;
    }
    this.counted += count;
    // One zero: −0 is no other value.
    if (value < this.minimum) this.minimum = value + 0;
    if (value > this.maximum) this.maximum = value + 0;
    if (value === 0) {
      this.zeros += count;
      return;
    }
    const buckets = value > 0 ? this.positive : this.negative;
    const index = Math.ceil(Math.log(Math.abs(value)) / this.logGamma);
    buckets.set(index, (buckets.get(index) ?? 0) + count);
  }

  addAll(values: Numbers): void {
    for (let i = 0; i < values.length; i++) this.add(values[i]!);
  }

  /** Takes in another sketch of the same accuracy. */
  merge(other: QuantileSketch): void {
    if (other.accuracy !== this.accuracy) {
      throw new RangeError(`Sketches of accuracy ${this.accuracy} and ${other.accuracy} can't be merged.`);
    }
    for (const [index, count] of other.positive) this.positive.set(index, (this.positive.get(index) ?? 0) + count);
    for (const [index, count] of other.negative) this.negative.set(index, (this.negative.get(index) ?? 0) + count);
    this.zeros += other.zeros;
    this.skipped += other.skipped;
    this.counted += other.counted;
    this.minimum = Math.min(this.minimum, other.minimum);
    this.maximum = Math.max(this.maximum, other.maximum);
  }

  /** The value at rank ⌊p (count − 1)⌋ of the ascending values, within a factor 1 ± accuracy; NaN when empty. */
  quantile(probability: number): number {
    const rank = Math.floor(Math.min(Math.max(probability, 0), 1) * (this.counted - 1));
    let reached = 0;
    for (const [value, count] of this.buckets()) {
      reached += count;
      if (reached > rank) return value;
    }
    return NaN;
  }

  /** The sketch as values with counts, for the drift statistics: each value within a factor 1 ± accuracy of the real ones. */
  sample(): Sample {
    const buckets = this.buckets();
    return sampleFromCounts(
      buckets.map((bucket) => bucket[0]),
      buckets.map((bucket) => bucket[1]),
    );
  }

  /** Plain data; `QuantileSketch.from` reads it back. */
  state(): QuantileSketchState {
    return {
      accuracy: this.accuracy,
      positive: ascending(this.positive),
      negative: ascending(this.negative),
      zeros: this.zeros,
      skipped: this.skipped,
      minimum: this.counted > 0 ? this.minimum : null,
      maximum: this.counted > 0 ? this.maximum : null,
    };
  }

  /** [representative value, count], ascending. The representative 2γⁱ / (γ + 1) is α from both ends of its bucket. */
  private buckets(): (readonly [number, number])[] {
    const middle = Math.log(2) - Math.log1p(Math.exp(this.logGamma));
    const value = (index: number): number => Math.exp(index * this.logGamma + middle);
    const clamped = (x: number): number => Math.min(Math.max(x, this.minimum), this.maximum);
    return [
      ...ascending(this.negative)
        .reverse()
        .map(([index, count]) => [clamped(-value(index)), count] as const),
      ...(this.zeros > 0 ? [[0, this.zeros] as const] : []),
      ...ascending(this.positive).map(([index, count]) => [clamped(value(index)), count] as const),
    ];
  }
}

function ascending(buckets: ReadonlyMap<number, number>): [number, number][] {
  return [...buckets].sort((a, b) => a[0] - b[0]);
}
