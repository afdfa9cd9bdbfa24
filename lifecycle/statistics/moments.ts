import { sum, type Numbers } from './arrays';

/** Running mean and variance as plain data; `squares` is the sum of squared distances from the mean. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
  readonly min: number;
  readonly max: number;
}

export const NO_MOMENTS: Moments = { count: 0, mean: 0, squares: 0, min: Infinity, max: -Infinity };

/**
 * Moments of a chunk, in two passes (the corrected algorithm of Chan, Golub & LeVeque), so that nothing is lost far from
 * zero. NaN is left out. A stream is the merge of its chunks.
 */
export function momentsOf(values: Numbers): Moments {
  let count = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    count++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (count === 0) return NO_MOMENTS;
  const total = count === values.length ? sum(values) : sum(Float64Array.from(values).filter((x) => !Number.isNaN(x)));
  const mean = Math.min(Math.max(total / count, min), max);
  let squares = 0;
  let rest = 0;
  for (let i = 0; i < values.length; i++) {
    const gap = values[i]! - mean;
    if (Number.isNaN(gap)) continue;
    squares += gap * gap;
    rest += gap;
  }
  return { count, mean, squares: Math.max(squares - (rest * rest) / count, 0), min, max };
}

/** Moments of both parts together (Chan, Golub & LeVeque, The American Statistician 37, 1983). */
export function mergeMoments(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const gap = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (gap * b.count) / count,
    squares: a.squares + b.squares + (gap * gap * a.count * b.count) / count,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}

/** Variance with divisor count − `freedom` (1 by default, as of a sample). NaN when there are too few values. */
export function variance({ count, squares }: Moments, freedom = 1): number {
  return count > freedom ? squares / (count - freedom) : NaN;
}

/** Standard deviation with divisor count − `freedom` (1 by default). */
export function standardDeviation(moments: Moments, freedom = 1): number {
  return Math.sqrt(variance(moments, freedom));
}
