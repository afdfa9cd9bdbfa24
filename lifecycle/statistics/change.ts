/** Detectors of change in a stream that is seen once, value by value, in bounded memory. */

/** What a detector says after a value. */
export type Signal = 'stable' | 'warning' | 'drift';

export interface ChangeDetector {
  /** Takes the next value of the stream. After `drift` the detector has begun anew, with what came since. */
  add(value: number): Signal;
}

/**
 * Drift detection method (Gama, Medas, Castillo & Rodrigues, SBIA 2004) on a stream of errors (1 wrong, 0 right): the error rate p and
 * its deviation s = √(p(1−p)/n) against the least p + s so far; a warning from two, drift from three deviations on.
 */
export class Ddm implements ChangeDetector {
  private n = 0;
  private errors = 0;
  private least = { p: Infinity, s: Infinity };

  constructor(
    private readonly options: { readonly minimum?: number; readonly warning?: number; readonly drift?: number } = {},
  ) {}

  add(value: number): Signal {
    const { minimum = 30, warning = 2, drift = 3 } = this.options;
    this.n++;
    this.errors += value;
    const p = this.errors / this.n;
    const s = Math.sqrt((p * (1 - p)) / this.n);
    if (this.n < minimum) return 'stable';
    if (p + s <= this.least.p + this.least.s) this.least = { p, s };
    if (p + s > this.least.p + drift * this.least.s) {
      this.n = 0;
      this.errors = 0;
      this.least = { p: Infinity, s: Infinity };
      return 'drift';
    }
    return p + s > this.least.p + warning * this.least.s ? 'warning' : 'stable';
  }
}

/**
 * Page–Hinkley test (Page, Biometrika 41, 1954; with the forgetting factor of Gama et al., A survey on concept drift adaptation, 2014):
 * the sum of deviations from the mean so far, against its extreme. Sees a mean that rises, falls, or either.
 */
export class PageHinkley implements ChangeDetector {
  private n = 0;
  private mean = 0;
  private rise = 0;
  private least = Infinity;
  private fall = 0;
  private most = -Infinity;

  constructor(
    private readonly options: {
      readonly minimum?: number;
      /** Deviations up to this are tolerated. */
      readonly delta?: number;
      readonly threshold?: number;
      readonly alpha?: number;
      readonly mode?: 'up' | 'down' | 'both';
    } = {},
  ) {}

  add(value: number): Signal {
    const { minimum = 30, delta = 0.005, threshold = 50, alpha = 1 - 0.0001, mode = 'both' } = this.options;
    this.n++;
    this.mean += (value - this.mean) / this.n;
    const deviation = value - this.mean;
    this.rise = alpha * this.rise + deviation - delta;
    this.fall = alpha * this.fall + deviation + delta;
    this.least = Math.min(this.least, this.rise);
    this.most = Math.max(this.most, this.fall);
    if (this.n < minimum) return 'stable';
    const up = this.rise - this.least > threshold && mode !== 'down';
    const down = this.most - this.fall > threshold && mode !== 'up';
    if (!up && !down) return 'stable';
    [this.n, this.mean, this.rise, this.fall] = [0, 0, 0, 0];
    [this.least, this.most] = [Infinity, -Infinity];
    return 'drift';
  }
}

interface Bucket {
  sum: number;
  /** Sum of squared deviations from the bucket's mean. */
  squares: number;
}

const PER_ROW = 5;

/**
 * Adaptive windowing, ADWIN2 (Bifet & Gavaldà, SIAM SDM 2007): keeps the longest window whose mean did not change, as an exponential
 * histogram of O(log n) buckets, and drops the old part as soon as two parts differ by more than chance at confidence `delta` allows.
 */
export class Adwin implements ChangeDetector {
  /** Row i holds buckets of 2ⁱ values, the oldest first. */
  private rows: Bucket[][] = [[]];
  private n = 0;
  private sum = 0;
  private squares = 0;
  private ticks = 0;

  constructor(
    private readonly options: {
      readonly delta?: number;
      /** Values between two looks. */
      readonly clock?: number;
      /** Least values of either part. */
      readonly least?: number;
      /** Least values before the first look. */
      readonly minimum?: number;
    } = {},
  ) {}

  /** Values in the window. */
  get width(): number {
    return this.n;
  }

  get mean(): number {
    return this.n > 0 ? this.sum / this.n : NaN;
  }

  add(value: number): Signal {
    const { clock = 32, minimum = 10 } = this.options;
    this.ticks++;
    if (this.n > 0) this.squares += ((value - this.sum / this.n) ** 2 * this.n) / (this.n + 1);
    this.n++;
    this.sum += value;
    this.rows[0]!.push({ sum: value, squares: 0 });
    this.compress();
    if (this.ticks % clock !== 0 || this.n <= minimum) return 'stable';
    let changed = false;
    while (this.cuts()) {
      this.dropOldest();
      changed = true;
    }
    return changed ? 'drift' : 'stable';
  }

  /** Two buckets of a row that has too many become one of the next. */
  private compress(): void {
    for (let row = 0; row < this.rows.length; row++) {
      const buckets = this.rows[row]!;
      if (buckets.length <= PER_ROW) return;
      const [a, b] = buckets.splice(0, 2) as [Bucket, Bucket];
      const half = 2 ** row;
      const gap = a.sum / half - b.sum / half;
      (this.rows[row + 1] ??= []).push({
        sum: a.sum + b.sum,
        squares: a.squares + b.squares + (gap * gap * half) / 2,
      });
    }
  }

  /** Whether some cut parts the window into two with different means. */
  private cuts(): boolean {
    const { delta = 0.002, least = 5 } = this.options;
    let n0 = 0;
    let sum0 = 0;
    const variance = this.squares / this.n;
    const confidence = Math.log((2 * Math.log(this.n)) / delta);
    for (let row = this.rows.length - 1; row >= 0; row--) {
      for (const bucket of this.rows[row]!) {
        n0 += 2 ** row;
        sum0 += bucket.sum;
        const n1 = this.n - n0;
        if (n1 < least) return false;
        if (n0 < least) continue;
        const m = 1 / (n0 - least + 1) + 1 / (n1 - least + 1);
        const epsilon = Math.sqrt(2 * m * variance * confidence) + (2 / 3) * m * confidence;
        if (Math.abs(sum0 / n0 - (this.sum - sum0) / n1) > epsilon) return true;
      }
    }
    return false;
  }

  private dropOldest(): void {
    while (this.rows.length > 1 && this.rows.at(-1)!.length === 0) this.rows.pop();
    const size = 2 ** (this.rows.length - 1);
    const bucket = this.rows.at(-1)!.shift()!;
    const rest = this.n - size;
    const gap = bucket.sum / size - (rest > 0 ? (this.sum - bucket.sum) / rest : 0);
    this.squares -= bucket.squares + (rest > 0 ? (gap * gap * size * rest) / this.n : 0);
    this.n = rest;
    this.sum -= bucket.sum;
    while (this.rows.length > 1 && this.rows.at(-1)!.length === 0) this.rows.pop();
  }
}

/** A change that a detector noticed. */
export interface ChangePoint {
  /** Position in the stream, from 0, at which it was noticed. */
  readonly at: number;
  readonly signal: 'warning' | 'drift';
}

/** Runs a detector over a stream. Warnings are told when they begin. */
export function changePoints(detector: ChangeDetector, stream: Iterable<number>): ChangePoint[] {
  const points: ChangePoint[] = [];
  let at = 0;
  let before: Signal = 'stable';
  for (const value of stream) {
    const signal = detector.add(value);
    if (signal === 'drift' || (signal === 'warning' && before !== 'warning')) points.push({ at, signal });
    before = signal;
    at++;
  }
  return points;
}
