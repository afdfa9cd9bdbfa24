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
    ...merged(values, low, high, size),
    ...(epochs ? { epochs: firstOf(epochs) } : {}),
    ...(times ? { times: firstOf(times) } : {}),
  };
}

type Merged = Record<'values' | 'low' | 'high', (number | null)[]>;

/** Of the finite numbers in each bucket the mean, the smallest and the largest. One pass: a curve that grows is cut anew in each frame. */
function merged(values: Values, low: Values, high: Values, size: number): Merged {
  const count = Math.ceil(values.length / size);
  const room = (): (number | null)[] => new Array<number | null>(count);
  const out: Merged = { values: room(), low: room(), high: room() };
  for (let bucket = 0; bucket < count; bucket++) {
    const [start, end] = [bucket * size, Math.min((bucket + 1) * size, values.length)];
    let [sum, found, least, most] = [0, 0, Infinity, -Infinity];
    for (let index = start; index < end; index++) {
      const [value, small, large] = [finite(values[index]), finite(low[index]), finite(high[index])];
      if (!Number.isNaN(value)) {
        sum += value;
        found++;
      }
      if (small < least) least = small;
      if (large > most) most = large;
    }
    out.values[bucket] = found === 0 ? null : sum / found;
    out.low[bucket] = least === Infinity ? null : least;
    out.high[bucket] = most === -Infinity ? null : most;
  }
  return out;
}

/** NaN for what is not a finite number. */
const finite = (value: number | null | undefined): number =>
  value !== null && value !== undefined && Number.isFinite(value) ? value : NaN;
