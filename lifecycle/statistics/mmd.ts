import { Random, type Seed } from './random';

/** One column of both samples: numbers (NaN where missing), or codes of categories. */
export interface MmdColumn {
  readonly kind: 'number' | 'category';
  readonly reference: ArrayLike<number>;
  readonly current: ArrayLike<number>;
}

export interface Mmd {
  /** MMD², unbiased: about 0 without a difference, also a little below it. */
  readonly statistic: number;
  /** Share of the permutations whose statistic is at least as large, the observed one among them. */
  readonly p: number;
  /** σ of the kernel exp(−d² / 2σ²): the square root of half the median squared distance. */
  readonly bandwidth: number;
  readonly permutations: number;
}

/**
 * Maximum mean discrepancy of two samples with a Gaussian kernel, and its permutation test (Gretton et al., A Kernel Two-Sample Test, JMLR 13, 2012,
 * eq. 3; the median heuristic of its section 8): it sees any change of the joint distribution that is large enough. Numbers count in standard
 * deviations of the reference, a missing one as its mean; two unlike categories are √2 apart, as with one-hot codes.
 *
 * Time and memory grow with the square of the rows: draw a few hundred of each side.
 *
 * @throws RangeError for fewer than two rows on a side
 */
export function maximumMeanDiscrepancy(
  columns: readonly MmdColumn[],
  options: { readonly permutations?: number; readonly seed: Seed },
): Mmd {
  const n = columns[0]?.reference.length ?? 0;
  const m = columns[0]?.current.length ?? 0;
  if (n < 2 || m < 2) throw new RangeError(`MMD needs two rows of each sample, not ${n} and ${m}.`);
  const kernel = squaredDistances(columns, n, m);
  const all = n + m;
  const bandwidth = Math.sqrt(medianAbove(kernel, all) / 2) || 1;
  for (let i = 0; i < kernel.length; i++) kernel[i] = Math.exp(-kernel[i]! / (2 * bandwidth * bandwidth));
  const first = new Uint8Array(all);
  const statisticOf = (order: Uint32Array | undefined): number => {
    first.fill(0);
    for (let i = 0; i < n; i++) first[order?.[i] ?? i] = 1;
    let [within, other, between] = [0, 0, 0];
    for (let i = 1; i < all; i++) {
      const own = first[i]!;
      const row = i * all;
      for (let j = 0; j < i; j++) {
        const value = kernel[row + j]!;
        if (first[j] !== own) between += value;
        else if (own === 1) within += value;
        else other += value;
      }
    }
    return (2 * within) / (n * (n - 1)) + (2 * other) / (m * (m - 1)) - (2 * between) / (n * m);
  };
  const statistic = statisticOf(undefined);
  const permutations = options.permutations ?? 200;
  const random = new Random(options.seed).fork('mmd');
  let reached = 1;
  // Sums in another order differ in the last digits.
  for (let k = 0; k < permutations; k++) if (statisticOf(random.permutation(all)) >= statistic - 1e-12) reached++;
  return { statistic, p: reached / (permutations + 1), bandwidth, permutations };
}

/** Squared distances of all pairs, below the diagonal of a square by rows. */
function squaredDistances(columns: readonly MmdColumn[], n: number, m: number): Float64Array {
  const all = n + m;
  const distances = new Float64Array(all * all);
  const values = new Float64Array(all);
  for (const { kind, reference, current } of columns) {
    const [mean, deviation] = kind === 'number' ? momentsOf(reference) : [0, 1];
    for (let i = 0; i < all; i++) {
      const value = i < n ? reference[i]! : current[i - n]!;
      if (kind === 'category') values[i] = Number.isNaN(value) ? -1 : value;
      else values[i] = Number.isNaN(value) ? 0 : (value - mean) / deviation;
    }
    for (let i = 1; i < all; i++)
      for (let j = 0; j < i; j++) {
        const gap = values[i]! - values[j]!;
        distances[i * all + j]! += kind === 'number' ? gap * gap : gap === 0 ? 0 : 2;
      }
  }
  return distances;
}

/** Mean and population deviation of what is there; a constant counts as it is. */
function momentsOf(values: ArrayLike<number>): [mean: number, deviation: number] {
  const there = Array.from(values).filter((value) => !Number.isNaN(value));
  const mean = there.reduce((sum, value) => sum + value, 0) / (there.length || 1);
  const square = there.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (there.length || 1);
  return [mean, Math.sqrt(square) || 1];
}

function medianAbove(distances: Float64Array, all: number): number {
  const pairs = new Float64Array((all * (all - 1)) / 2);
  for (let i = 1, at = 0; i < all; i++) for (let j = 0; j < i; j++) pairs[at++] = distances[i * all + j]!;
  pairs.sort();
  const middle = pairs.length >> 1;
  return pairs.length % 2 === 1 ? pairs[middle]! : (pairs[middle - 1]! + pairs[middle]!) / 2;
}
