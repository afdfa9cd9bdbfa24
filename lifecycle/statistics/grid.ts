import { type Sample, sampleMoments, sampleQuantiles } from './sample';

/**
 * A grid of values for columns with too many distinct ones: near the centre steps of equal width, further out steps that grow with the distance.
 * Counts on one grid merge by adding, in any order, and two samples on one grid are compared as the rounded values they are.
 */
export interface Grid {
  readonly center: number;
  /** Above 0; of the size of a standard deviation. */
  readonly scale: number;
}

/** Steps for each unit of asinh((x − center) / scale). */
export const GRID_STEPS = 1024;

/**
 * By how much a value v may be off after rounding: half a step, which is at most this share of √(scale² + (v − center)²).
 * sinh((n + ½)/k) − sinh(n/k) ≤ (e^{1/2k} − 1) cosh(n/k), and cosh(asinh z) = √(1 + z²); a little more for the value being off the middle.
 */
export const GRID_ERROR = 1.001 / (2 * GRID_STEPS);

/** A grid for values that lie like these. */
export function gridOf(sample: Sample): Grid {
  const [low = NaN, center = NaN, high = NaN] = sampleQuantiles(sample, [0.25, 0.5, 0.75]);
  // 1.349 standard deviations of a normal distribution lie between its quartiles.
  return gridFrom(center, (high - low) / 1.349 || sampleMoments(sample).deviation);
}

export function gridFrom(center: number, scale: number): Grid {
  return { center: Number.isFinite(center) ? center : 0, scale: scale > 0 && Number.isFinite(scale) ? scale : 1 };
}

/** The cell that a value lies in. */
export function gridCell({ center, scale }: Grid, value: number): number {
  return Math.floor(Math.asinh((value - center) / scale) * GRID_STEPS + 0.5);
}

/** The value that stands for a cell. */
export function gridValue({ center, scale }: Grid, cell: number): number {
  return center + scale * Math.sinh(cell / GRID_STEPS);
}

/** The sample with every value rounded to the grid. Rounding twice is rounding once. */
export function onGrid(sample: Sample, grid: Grid): Sample {
  const { values, counts, total } = sample;
  const rounded = new Float64Array(values.length);
  const merged = new Float64Array(values.length);
  let size = 0;
  let last = NaN;
  for (let i = 0; i < values.length; i++) {
    const cell = gridCell(grid, values[i]!);
    if (cell === last) merged[size - 1]! += counts[i]!;
    else {
      rounded[size] = gridValue(grid, cell);
      merged[size++] = counts[i]!;
      last = cell;
    }
  }
  return { values: rounded.slice(0, size), counts: merged.slice(0, size), total };
}

/** Largest share of a sample in one cell: by so much a Kolmogorov–Smirnov statistic may be low. */
export function largestShare({ counts, total }: Sample): number {
  let most = 0;
  for (const count of counts) if (count > most) most = count;
  return total > 0 ? most / total : 0;
}
