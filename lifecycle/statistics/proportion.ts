import { betaQuantile, normalQuantile } from './distributions';

/** A two-sided confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's score interval of a proportion (JASA 22, 1927): good for small n and for proportions near 0 and 1.
 * `n` may be an effective sample size. NaN for n = 0.
 */
export function wilson(successes: number, n: number, level = 0.95): Interval {
  if (!(n > 0)) return { low: NaN, high: NaN };
  const z = normalQuantile((1 + level) / 2);
  const p = successes / n;
  const middle = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z / (2 * n)) ** 2);
  const scale = 1 + (z * z) / n;
  return {
    low: successes === 0 ? 0 : Math.max(0, (middle - half) / scale),
    high: successes === n ? 1 : Math.min(1, (middle + half) / scale),
  };
}

/** Clopper & Pearson's exact interval of a proportion (Biometrika 26, 1934): never too narrow. NaN for n = 0. */
export function clopperPearson(successes: number, n: number, level = 0.95): Interval {
  if (!(n > 0)) return { low: NaN, high: NaN };
  const tail = (1 - level) / 2;
  return {
    low: successes === 0 ? 0 : betaQuantile(tail, successes, n - successes + 1),
    high: successes === n ? 1 : betaQuantile(1 - tail, successes + 1, n - successes),
  };
}
