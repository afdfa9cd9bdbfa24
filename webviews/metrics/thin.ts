import type { Series } from '../protocol';

type Values = readonly (number | null)[];

/**
 * A curve of buckets with no more of them than there are pixels: its band keeps the smallest and the largest value, so that spikes survive.
 * A curve of single points stays as it is, for each of them can be asked for.
 * @param most buckets
 */
export function thinned(series: Series, most: number): Series {
  const { low, high, steps, values, epochs, times } = series;
  const size = Math.ceil(steps.length / Math.max(1, most));
  if (!low || !high || size < 2) return series;
  const firstOf = <T>(all: readonly T[]): T[] =>
    Array.from({ length: Math.ceil(all.length / size) }, (_, bucket) => all[bucket * size] as T);
  return {
    ...series,
    steps: firstOf(steps),
    values: merged(values, size, (sum, value) => sum + value, true),
    low: merged(low, size, Math.min),
    high: merged(high, size, Math.max),
    ...(epochs ? { epochs: firstOf(epochs) } : {}),
    ...(times ? { times: firstOf(times) } : {}),
  };
}

/** One number for each bucket, of the finite ones in it: what `join` makes of them, or its mean. */
function merged(values: Values, size: number, join: (a: number, b: number) => number, mean = false): (number | null)[] {
  const out: (number | null)[] = [];
  for (let start = 0; start < values.length; start += size) {
    const end = Math.min(start + size, values.length);
    let [found, count] = [NaN, 0];
    for (let index = start; index < end; index++) {
      const value = values[index];
      if (value === null || value === undefined || !Number.isFinite(value)) continue;
      found = count++ === 0 ? value : join(found, value);
    }
    out.push(count === 0 ? null : mean ? found / count : found);
  }
  return out;
}
