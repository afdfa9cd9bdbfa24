import type { Numbers } from './arrays';

/** How far numbers lean to one side. */
export interface Skew {
  /** Skewness. */
  readonly skew: number;
  /** That of log(1 + x), where no number is negative. */
  readonly logSkew?: number;
}

/** Skewness from which a few large values rule the squared errors. */
const STRONG = 1.5;

/** Third central moment over the cubed standard deviation, both with divisor n (g₁, as scipy.stats.skew); 0 of equal values. */
export function skewness(values: Numbers): number {
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += (values[i]! - mean) / (i + 1);
  let [squares, cubes] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const gap = values[i]! - mean;
    squares += gap * gap;
    cubes += gap * gap * gap;
  }
  return squares > 0 ? (cubes / values.length) * (squares / values.length) ** -1.5 : 0;
}

/** The skewness of numbers, and of their logarithms where that is asked because they lean far to the right. */
export function skewOf(values: Numbers, least: number): Skew {
  const skew = skewness(values);
  if (skew < STRONG || least < 0) return { skew };
  return { skew, logSkew: skewness(Float64Array.from(values, Math.log1p)) };
}

/** Whether numbers lean far to the right, and their logarithms much less. */
export function logarithmHelps({ skew, logSkew }: Partial<Skew>): boolean {
  return skew !== undefined && logSkew !== undefined && skew >= STRONG && Math.abs(logSkew) <= skew / 2;
}
