/**
 * Exponential moving average without its bias towards zero at the start (the correction of Adam: Kingma and Ba, 2015): each value is the mean of
 * all before it with weights that fall by `weight` from point to point. Points that are not finite are passed over and stay gaps.
 * @param weight 0 (nothing is smoothed) … 1, exclusive
 */
export function smoothed(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (!(weight > 0)) return [...values];
  let [sum, mass] = [0, 0];
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return null;
    sum = weight * sum + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    return sum / mass;
  });
}

export type XAxis = 'step' | 'epoch' | 'relative' | 'wall';

export interface Curve {
  readonly steps: readonly number[];
  readonly epochs?: readonly (number | null)[];
  /** Milliseconds since 1970. */
  readonly times?: readonly number[];
  readonly values: readonly (number | null)[];
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
}

/** The horizontal place of each point: steps, epochs, seconds since the curve's first point, or seconds since 1970. */
export function xOf(curve: Curve, axis: XAxis): readonly number[] {
  const { steps, epochs, times } = curve;
  if (axis === 'epoch' && epochs) return epochs.map((epoch, index) => epoch ?? steps[index] ?? 0);
  if (axis === 'wall' && times) return times.map((time) => time / 1000);
  // A clock that jumps back does not make time run backwards in the picture.
  if (axis === 'relative' && times) {
    const start = times[0] ?? 0;
    let last = 0;
    return times.map((time) => (last = Math.max(last, (time - start) / 1000)));
  }
  return steps;
}

/**
 * Where on the horizontal axis a curve was at a time, between its points by the clock: a curve may count other steps than a checkpoint does.
 * Before its first point and after its last one it stands still.
 * @param time milliseconds since 1970
 */
export function xAtTime(curve: Curve, time: number, axis: XAxis): number {
  const xs = xOf(curve, axis);
  const times = curve.times ?? [];
  const after = times.findIndex((each) => each >= time);
  if (after < 0) return xs.at(-1) ?? NaN;
  const [left, right] = [xs[after - 1], xs[after] ?? NaN];
  const [from, to] = [times[after - 1], times[after] ?? NaN];
  if (left === undefined || from === undefined || !(to > from)) return right;
  return left + ((right - left) * (time - from)) / (to - from);
}

/** Rows of values on the union of all x; null where a curve has no point. */
export function align(
  xs: readonly (readonly number[])[],
  rows: readonly (readonly (readonly (number | null)[])[])[],
): [number[], ...(number | null)[][]] {
  const [first] = xs;
  if (first && xs.every((each) => sameNumbers(each, first)) && isAscending(first))
    return [[...first], ...rows.flat().map((row) => [...row])];
  const union = Float64Array.from(new Set(xs.flatMap((each) => each.filter((x) => Number.isFinite(x))))).sort();
  const place = new Map<number, number>();
  union.forEach((x, index) => place.set(x, index));
  return [
    [...union],
    ...rows.flatMap((group, member) =>
      group.map((row) => {
        const out = new Array<number | null>(union.length).fill(null);
        xs[member]?.forEach((x, index) => {
          const at = place.get(x);
          if (at !== undefined) out[at] = row[index] ?? null;
        });
        return out;
      }),
    ),
  ];
}

/** The value at a place, or between two others the nearer one: curves that log at other steps have none there. A curve has none beyond its ends. */
export function near(values: ArrayLike<number | null | undefined>, index: number): number | null {
  const isThere = (at: number): boolean => values[at] !== null && values[at] !== undefined;
  let [before, after] = [index, index];
  while (before >= 0 && !isThere(before)) before--;
  while (after < values.length && !isThere(after)) after++;
  if (before < 0 || after >= values.length) return null;
  return values[index - before <= after - index ? before : after] ?? null;
}

/** Whether two lists hold the same. */
export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

function isAscending(values: readonly number[]): boolean {
  for (let index = 1; index < values.length; index++)
    if (!((values[index - 1] ?? 0) < (values[index] ?? 0))) return false;
  return values.length === 0 || Number.isFinite(values[0]);
}
