/** A series of metric points, thinned when it grows long. Plain data. */
export interface Series {
  /** Points logged; more than are kept once the series was thinned. */
  count: number;
  steps: number[];
  values: number[];
  /** When each kept point was logged, in milliseconds since 1970; NaN where it is not known. */
  times: number[];
  /** Epoch of each kept point, when points have one; NaN where a point has none. */
  epochs?: number[];
  /** The newest point, kept or not. */
  last: { step: number; value: number; epoch?: number };
  /** Points that one kept point stands for; 1 when nothing was thinned. */
  stride: number;
}

/** Kept points at most, by default. */
export const SERIES_LIMIT = 8_192;

/**
 * Adds a point. Once more than `limit` points are kept, of every four only the smallest and the largest stay (in their order), so peaks
 * survive; points with NaN win, so that a training that broke is seen.
 */
export function addPoint(
  series: Series | undefined,
  step: number,
  value: number,
  epoch: number | undefined,
  time = NaN,
  limit = SERIES_LIMIT,
): Series {
  const last = { step, value, ...(epoch === undefined ? {} : { epoch }) };
  if (series === undefined)
    return {
      count: 1,
      steps: [step],
      values: [value],
      times: [time],
      ...(epoch === undefined ? {} : { epochs: [epoch] }),
      last,
      stride: 1,
    };
  series.count++;
  series.last = last;
  series.steps.push(step);
  series.values.push(value);
  series.times.push(time);
  if (epoch !== undefined || series.epochs !== undefined) {
    series.epochs ??= new Array<number>(series.steps.length - 1).fill(NaN);
    series.epochs.push(epoch ?? NaN);
  }
  if (series.steps.length > limit) thin(series);
  return series;
}

function thin(series: Series): void {
  const { steps, values, times, epochs } = series;
  let kept = 0;
  const keep = (index: number) => {
    steps[kept] = steps[index] ?? 0;
    values[kept] = values[index] ?? 0;
    times[kept] = times[index] ?? NaN;
    if (epochs !== undefined) epochs[kept] = epochs[index] ?? NaN;
    kept++;
  };
  const length = values.length;
  for (let from = 0; from < length; from += 4) {
    const to = Math.min(from + 4, length);
    let low = from;
    let high = from;
    for (let i = from + 1; i < to; i++) {
      if (below(values[i] ?? 0, values[low] ?? 0)) low = i;
      if (above(values[i] ?? 0, values[high] ?? 0)) high = i;
    }
    keep(Math.min(low, high));
    if (low !== high) keep(Math.max(low, high));
  }
  steps.length = kept;
  values.length = kept;
  times.length = kept;
  if (epochs !== undefined) epochs.length = kept;
  series.stride *= 2;
}

function below(a: number, b: number): boolean {
  return Number.isNaN(b) ? false : Number.isNaN(a) || a < b;
}

function above(a: number, b: number): boolean {
  return Number.isNaN(b) ? false : Number.isNaN(a) ? false : a > b;
}
