type Values = ArrayLike<number | null | undefined>;

/** Values looked at of each curve: quantiles of more would be the same to the eye. */
const most = 2_000;

/**
 * Where most of the curves lie: from the 5 % to the 95 % quantile of their finite values together, with a tenth of room, so that a few wild points at the start do
 * not press the rest flat. Undefined where that would be a line.
 * @param from first place that is looked at, `to` the last one
 */
export function robustRange(
  curves: readonly Values[],
  from: number,
  to: number,
  positive = false,
): readonly [low: number, high: number] | undefined {
  const found: number[] = [];
  for (const values of curves) {
    const step = Math.max(1, Math.floor((to - from + 1) / most));
    for (let index = from; index <= to; index += step) {
      const value = values[index];
      if (typeof value === 'number' && Number.isFinite(value) && !(positive && value <= 0)) found.push(value);
    }
  }
  const sorted = Float64Array.from(found).sort();
  if (sorted.length < 10) return undefined;
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  const [low, high] = [at(0.05), at(0.95)];
  if (!(high > low)) return undefined;
  // Where the axis is logarithmic the ends are its marks: one figure times a power of ten.
  if (positive) return [onMark(low / (high / low) ** 0.1, Math.floor), onMark(high * (high / low) ** 0.1, Math.ceil)];
  const room = (high - low) / 10;
  // No more room than the values need.
  return [Math.max(low - room, sorted[0] ?? low), Math.min(high + room, sorted.at(-1) ?? high)];
}

function onMark(value: number, round: (value: number) => number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return Number((round(value / power) * power).toPrecision(12));
}
