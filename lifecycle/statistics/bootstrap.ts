import { quantileOfSorted, sum, type Numbers } from './arrays';
import { normalCdf, normalQuantile } from './distributions';
import { type Interval } from './proportion';
import { Random, type Seed } from './random';

export interface BootstrapOptions {
  readonly seed: Seed;
  /** Default 1,000. */
  readonly replicates?: number | undefined;
  /** Default 0.95. */
  readonly level?: number | undefined;
}

export interface BootstrapInterval extends Interval {
  /** The statistic of the sample itself. */
  readonly estimate: number;
  /** Standard deviation of the replicates. */
  readonly standardError: number;
  /** Ascending; those that were NaN are left out. */
  readonly replicates: Float64Array;
}

/**
 * Bootstrap interval of a statistic of rows 0 … n−1 (Efron & Tibshirani, An Introduction to the Bootstrap, 1993).
 * `statistic` is given row indices, with repetitions; it must not keep the array. `bca` corrects for bias and skewness,
 * at the cost of a jackknife (n more evaluations; above 200 rows 200, leaving out a block each).
 */
export function bootstrap(
  n: number,
  statistic: (rows: Uint32Array) => number,
  options: BootstrapOptions & { readonly method?: 'percentile' | 'bca' },
): BootstrapInterval {
  const { seed, replicates: count = 1000, level = 0.95, method = 'percentile' } = options;
  if (!(n > 0)) throw new RangeError('A bootstrap needs at least one row.');
  const all = Uint32Array.from({ length: n }, (_, i) => i);
  const estimate = statistic(all);
  const random = new Random(seed).fork('bootstrap');
  const rows = new Uint32Array(n);
  const values: number[] = [];
  for (let b = 0; b < count; b++) {
    for (let i = 0; i < n; i++) rows[i] = random.integer(n);
    values.push(statistic(rows));
  }
  if (method === 'percentile') return percentileInterval(estimate, values, level);
  const blocks = Math.min(n, 200);
  const left = Array.from({ length: blocks }, (_, k) => {
    const from = Math.floor((k * n) / blocks);
    const to = Math.floor(((k + 1) * n) / blocks);
    return statistic(all.filter((row) => row < from || row >= to));
  });
  return bcaInterval(estimate, values, left, level);
}

/** The interval between the outer percentiles of the replicates. */
export function percentileInterval(estimate: number, replicates: Numbers, level = 0.95): BootstrapInterval {
  const ascending = keepNumbers(replicates);
  return {
    estimate,
    low: quantileOfSorted(ascending, (1 - level) / 2),
    high: quantileOfSorted(ascending, (1 + level) / 2),
    standardError: deviation(ascending),
    replicates: ascending,
  };
}

/**
 * Bias-corrected and accelerated interval (Efron, JASA 82, 1987) from replicates and the statistics of the sample with
 * one row (or block) left out. Falls back to percentiles where the correction is undefined (all replicates alike).
 */
export function bcaInterval(estimate: number, replicates: Numbers, leftOut: Numbers, level = 0.95): BootstrapInterval {
  const ascending = keepNumbers(replicates);
  let below = 0;
  for (const value of ascending) below += value < estimate ? 1 : value === estimate ? 0.5 : 0;
  const bias = normalQuantile(below / ascending.length);
  const jackknife = keepNumbers(leftOut);
  const mean = sum(jackknife) / jackknife.length;
  let squares = 0;
  let cubes = 0;
  for (const value of jackknife) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  if (!Number.isFinite(bias)) return percentileInterval(estimate, ascending, level);
  const adjusted = (probability: number): number => {
    const shifted = bias + normalQuantile(probability);
    return normalCdf(bias + shifted / (1 - acceleration * shifted));
  };
  return {
    estimate,
    low: quantileOfSorted(ascending, adjusted((1 - level) / 2)),
    high: quantileOfSorted(ascending, adjusted((1 + level) / 2)),
    standardError: deviation(ascending),
    replicates: ascending,
  };
}

function keepNumbers(values: Numbers): Float64Array {
  return Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
}

/** Standard deviation with divisor n − 1. */
function deviation(values: Float64Array): number {
  if (values.length < 2) return NaN;
  const mean = sum(values) / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}
