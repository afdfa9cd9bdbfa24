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

/** With u = 1 + |x − center| / scale, each doubling of u has 2^11 cells of equal width: the cell is read off the bits of u, without a logarithm. */
const BITS = 11;

/**
 * By how much a value v may be off after rounding: half a cell, which is at most this share of √(scale² + (v − center)²).
 * Half a cell is at most 2^−12 u, and 1 + |z| ≤ √2 √(1 + z²); a little more for the error of the arithmetic.
 */
export const GRID_ERROR = (1.001 * Math.SQRT2) / 2 ** (BITS + 1);

/** A grid for values that lie like these. */
export function gridOf(sample: Sample): Grid {
  const [low = NaN, center = NaN, high = NaN] = sampleQuantiles(sample, [0.25, 0.5, 0.75]);
  // 1.349 standard deviations of a normal distribution lie between its quartiles.
  return gridFrom(center, (high - low) / 1.349 || sampleMoments(sample).deviation);
}

export function gridFrom(center: number, scale: number): Grid {
  return { center: Number.isFinite(center) ? center : 0, scale: scale > 0 && Number.isFinite(scale) ? scale : 1 };
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
/** The sign and exponent of 1 in the upper word of a double, as cells; and half a cell there. */
const ONE = 1023 << BITS;
const DROPPED = 20 - BITS;
const HALF = 1 << (DROPPED - 1);
const LARGEST = 2 ** 1022;
/** The cell of all that is larger still. */
const LAST = 1022 << BITS;

/** The cell that a finite value lies in: 0 at the centre, negative below it. Grows with the value. */
export function gridCell({ center, scale }: Grid, value: number): number {
  const z = (value - center) / scale;
  const u = 1 + Math.abs(z);
  double[0] = u < LARGEST ? u : LARGEST;
  const cell = ((words[1]! + HALF) >>> DROPPED) - ONE;
  return z < 0 ? -cell : cell;
}

/** In place of a cell, where a value is not finite. */
export const NO_CELL = -(2 ** 31);

const BLOCK = 512;
const distances = new Float64Array(BLOCK);
const distanceWords = new Int32Array(distances.buffer);
const sizes = new Float64Array(BLOCK);
const sizeWords = new Int32Array(sizes.buffer);

/** The cells of values from one place to another, `to` not included, put at the same places of `cells`; {@link NO_CELL} of what is not finite. */
export function gridCells(
  { center, scale }: Grid,
  values: Float64Array,
  from: number,
  to: number,
  cells: Int32Array,
): void {
  for (let begin = from; begin < to; begin += BLOCK) {
    const size = Math.min(BLOCK, to - begin);
    for (let i = 0; i < size; i++) {
      const z = (values[begin + i]! - center) / scale;
      distances[i] = z;
      sizes[i] = 1 + Math.abs(z);
    }
    for (let i = 0; i < size; i++) {
      // All ones below the centre, so that no branch hangs on a sign that is as good as random.
      const sign = distanceWords[2 * i + 1]! >> 31;
      const cell = ((sizeWords[2 * i + 1]! + HALF) >>> DROPPED) - ONE;
      if (cell < LAST) cells[begin + i] = (cell ^ sign) - sign;
      else cells[begin + i] = Number.isFinite(values[begin + i]!) ? (LAST ^ sign) - sign : NO_CELL;
    }
  }
}

/** The value that stands for a cell. */
export function gridValue({ center, scale }: Grid, cell: number): number {
  const size = Math.abs(cell);
  const u = 2 ** (size >> BITS) * (1 + (size & (2 ** BITS - 1)) / 2 ** BITS);
  return center + Math.sign(cell) * scale * (u - 1);
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
