/** Distances between two distributions: of samples of numbers, and of counts on the same bins or categories. */
import { requireLengths, type Numbers } from './arrays';
import { kolmogorovSf, smirnovTwoSampleSf } from './kolmogorov';
import { type Sample, sampleMoments } from './sample';

export interface KolmogorovSmirnov {
  /** D = max |F − G|, in [0, 1]: an effect size. */
  readonly statistic: number;
  readonly p: number;
  readonly method: 'exact' | 'asymptotic';
  /** The value at which the distribution functions are furthest apart. */
  readonly at: number;
}

const EXACT_UP_TO = 10_000;

/**
 * Two-sample Kolmogorov–Smirnov test, two-sided. `auto` takes the exact distribution when neither sample has more than
 * 10,000 values, as scipy's `ks_2samp`; else that of one sample of size nm/(n+m). With ties the p-value is too large
 * (conservative). NaN when a sample is empty.
 */
export function kolmogorovSmirnov(
  a: Sample,
  b: Sample,
  method: 'auto' | 'exact' | 'asymptotic' = 'auto',
): KolmogorovSmirnov {
  if (a.total === 0 || b.total === 0) return { statistic: NaN, p: NaN, method: 'asymptotic', at: NaN };
  let statistic = 0;
  let at = a.values[0]!;
  walk(a, b, (value, _next, reachedA, reachedB) => {
    const gap = Math.abs(reachedA / a.total - reachedB / b.total);
    if (gap > statistic) {
      statistic = gap;
      at = value;
    }
  });
  const whole = Number.isInteger(a.total) && Number.isInteger(b.total);
  const exact = method === 'exact' || (method === 'auto' && Math.max(a.total, b.total) <= EXACT_UP_TO);
  if (exact && whole) {
    return { statistic, p: smirnovTwoSampleSf(a.total, b.total, statistic), method: 'exact', at };
  }
  const effective = Math.max(1, roundHalfEven((a.total * b.total) / (a.total + b.total)));
  return { statistic, p: kolmogorovSf(effective, statistic), method: 'asymptotic', at };
}

/** As numpy rounds. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

/** Visits every distinct value of either sample, ascending, with the next one and the counts up to and including it. */
function walk(
  a: Sample,
  b: Sample,
  visit: (value: number, next: number, reachedA: number, reachedB: number) => void,
): void {
  let i = 0;
  let j = 0;
  let reachedA = 0;
  let reachedB = 0;
  while (i < a.values.length || j < b.values.length) {
    const value = Math.min(a.values[i] ?? Infinity, b.values[j] ?? Infinity);
    if (a.values[i] === value) reachedA += a.counts[i++]!;
    if (b.values[j] === value) reachedB += b.counts[j++]!;
    visit(value, Math.min(a.values[i] ?? Infinity, b.values[j] ?? Infinity), reachedA, reachedB);
  }
}

/** Wasserstein-1 (earth mover's) distance, ∫ |F − G|, in the unit of the values. NaN when a sample is empty. */
export function wasserstein(a: Sample, b: Sample): number {
  if (a.total === 0 || b.total === 0) return NaN;
  let distance = 0;
  walk(a, b, (value, next, reachedA, reachedB) => {
    if (next === Infinity || next === value) return;
    const gap = Math.abs(reachedA / a.total - reachedB / b.total);
    if (gap > 0) distance += gap * (next - value);
  });
  return distance;
}

/**
 * Wasserstein-1 in standard deviations of the reference (divisor n), so that columns compare. Against a constant
 * reference: 0 when nothing moved, else Infinity.
 */
export function normalisedWasserstein(reference: Sample, current: Sample): number {
  const distance = wasserstein(reference, current);
  return distance === 0 ? 0 : distance / sampleMoments(reference).deviation;
}

/** Share given to an empty bin in the population stability index, in place of 0. */
export const PSI_EPSILON = 1e-4;

/**
 * Population stability index, Σ (cᵢ − rᵢ) ln(cᵢ / rᵢ) over shares of counts on the same bins (Siddiqi, Credit Risk
 * Scorecards, 2006): the symmetric Kullback–Leibler divergence. A share below `epsilon` counts as `epsilon`, so that an
 * empty bin stays finite; shares are not made to sum to 1 again.
 */
export function populationStabilityIndex(reference: Numbers, current: Numbers, epsilon = PSI_EPSILON): number {
  return overShares(reference, current, (r, c) => {
    const expected = Math.max(r, epsilon);
    const found = Math.max(c, epsilon);
    return (found - expected) * Math.log(found / expected);
  });
}

/** Jensen–Shannon distance, base 2: the root of the mean divergence from the mixture; in [0, 1] (Endres & Schindelin 2003). */
export function jensenShannon(reference: Numbers, current: Numbers): number {
  const divergence = overShares(reference, current, (r, c) => {
    const half = (r + c) / 2;
    return (r > 0 ? r * Math.log2(r / half) : 0) + (c > 0 ? c * Math.log2(c / half) : 0);
  });
  return Math.sqrt(Math.max(divergence, 0) / 2);
}

/** Hellinger distance, √(½ Σ (√rᵢ − √cᵢ)²), in [0, 1]. */
export function hellinger(reference: Numbers, current: Numbers): number {
  return Math.sqrt(overShares(reference, current, (r, c) => (Math.sqrt(r) - Math.sqrt(c)) ** 2) / 2);
}

/** Total variation distance, ½ Σ |rᵢ − cᵢ|: the share of rows that would have to change bin; in [0, 1]. */
export function totalVariation(reference: Numbers, current: Numbers): number {
  return overShares(reference, current, (r, c) => Math.abs(r - c)) / 2;
}

/** L∞ distance: the largest change of any one share; in [0, 1]. */
export function chebyshev(reference: Numbers, current: Numbers): number {
  let largest = 0;
  const total = overShares(reference, current, (r, c) => {
    largest = Math.max(largest, Math.abs(r - c));
    return 0;
  });
  return total + largest;
}

/** Σ term(reference share, current share); NaN when either has no counts. */
function overShares(reference: Numbers, current: Numbers, term: (r: number, c: number) => number): number {
  const n = requireLengths({ reference, current }, 0);
  let r = 0;
  let c = 0;
  for (let i = 0; i < n; i++) {
    r += reference[i]!;
    c += current[i]!;
  }
  if (!(r > 0 && c > 0)) return NaN;
  let total = 0;
  for (let i = 0; i < n; i++) total += term(reference[i]! / r, current[i]! / c);
  return total;
}
