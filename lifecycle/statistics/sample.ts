import { requireLengths, type Numbers } from './arrays';

/**
 * A sample as distinct ascending values with how often each occurs: what `GROUP BY value ORDER BY value` gives, so that a
 * database can do the sorting. `total` is the sum of the counts. Missing values are not part of it.
 */
export interface Sample {
  readonly values: Float64Array;
  readonly counts: Float64Array;
  readonly total: number;
}

/** From raw values; NaN (missing) is left out. */
export function sampleOf(raw: Numbers): Sample {
  const ascending = Float64Array.from(raw).sort();
  let n = ascending.length;
  while (n > 0 && Number.isNaN(ascending[n - 1]!)) n--;
  const values = new Float64Array(n);
  const counts = new Float64Array(n);
  let size = 0;
  for (let i = 0; i < n; i++) {
    // −0 sorts before 0 but is the same value.
    const value = ascending[i]! + 0;
    if (size > 0 && values[size - 1] === value) counts[size - 1]!++;
    else {
      values[size] = value;
      counts[size++] = 1;
    }
  }
  return { values: values.slice(0, size), counts: counts.slice(0, size), total: n };
}

/**
 * From values with counts (or weights), in any order and with repetitions; NaN values and counts of 0 are left out.
 * Throws a RangeError for a negative count.
 */
export function sampleFromCounts(values: Numbers, counts: Numbers): Sample {
  const n = requireLengths({ values, counts }, 0);
  const order = Array.from({ length: n }, (_, i) => i)
    .filter((i) => !Number.isNaN(values[i]!) && counts[i] !== 0)
    .sort((a, b) => values[a]! - values[b]!);
  const distinct: number[] = [];
  const merged: number[] = [];
  let total = 0;
  for (const i of order) {
    const count = counts[i]!;
    if (!(count > 0)) throw new RangeError(`A count can't be ${count}.`);
    total += count;
    if (distinct.at(-1) === values[i]) merged[merged.length - 1]! += count;
    else {
      distinct.push(values[i]!);
      merged.push(count);
    }
  }
  return { values: Float64Array.from(distinct), counts: Float64Array.from(merged), total };
}

/** Mean and population standard deviation (divisor n), in two passes. NaN of an empty sample. */
export function sampleMoments({ values, counts, total }: Sample): {
  readonly mean: number;
  readonly deviation: number;
} {
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += (values[i]! * counts[i]!) / total;
  let square = 0;
  for (let i = 0; i < values.length; i++) square += (counts[i]! / total) * (values[i]! - mean) ** 2;
  return total > 0 ? { mean, deviation: values.length > 1 ? Math.sqrt(square) : 0 } : { mean: NaN, deviation: NaN };
}

/** Quantiles by linear interpolation (numpy's default), as if every value stood there as often as it counts. */
export function sampleQuantiles({ values, counts, total }: Sample, probabilities: Numbers): Float64Array {
  const out = new Float64Array(probabilities.length).fill(NaN);
  if (values.length === 0) return out;
  const cumulative = new Float64Array(counts.length);
  let reached = 0;
  for (let i = 0; i < counts.length; i++) cumulative[i] = reached += counts[i]!;
  const at = (rank: number): number => values[firstAbove(cumulative, rank)]!;
  for (let k = 0; k < out.length; k++) {
    const position = Math.min(Math.max(probabilities[k]!, 0), 1) * Math.max(total - 1, 0);
    const below = Math.floor(position);
    const low = at(below);
    const high = at(below + 1);
    const part = position - below;
    if (low === high || part === 0) out[k] = low;
    else out[k] = part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
  }
  return out;
}

/** Index of the first element greater than `value`; the last index when there is none. */
function firstAbove(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
