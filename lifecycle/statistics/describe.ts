/** What a column holds at a glance: for the data view, hover and the model card. */
import { quantileOfSorted, type Numbers } from './arrays';
import { momentsOf, standardDeviation } from './moments';

export interface Histogram {
  /** Ascending; one more than counts. Bins are [eᵢ, eᵢ₊₁), the last closed. */
  readonly edges: Float64Array;
  readonly counts: Float64Array;
}

export interface NumericSummary {
  readonly kind: 'numeric';
  /** Values that are there. */
  readonly count: number;
  readonly nulls: number;
  readonly mean: number;
  /** With divisor count − 1. */
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
  /** Quantiles 0.05, 0.25, 0.5, 0.75, 0.95, by linear interpolation. */
  readonly quantiles: readonly [number, number, number, number, number];
  readonly distinct: number;
  /** Of the finite values. */
  readonly histogram: Histogram;
  readonly sparkline: string;
}

export interface TextSummary {
  readonly kind: 'text';
  readonly count: number;
  readonly nulls: number;
  readonly distinct: number;
  /** Most frequent first; equals in the order of their text. */
  readonly top: readonly (readonly [value: string, count: number])[];
  readonly shortest: number;
  readonly longest: number;
  /** Frequencies of the most frequent values, falling. */
  readonly sparkline: string;
}

const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** Summarises numbers; NaN is a null. Statistics of no values are NaN. */
export function describeNumbers(values: Numbers, bins = 20): NumericSummary {
  const ascending = Float64Array.from(values).sort();
  let count = ascending.length;
  while (count > 0 && Number.isNaN(ascending[count - 1]!)) count--;
  const present = ascending.subarray(0, count);
  const moments = momentsOf(present);
  let distinct = 0;
  for (let i = 0; i < count; i++) if (i === 0 || present[i] !== present[i - 1]) distinct++;
  const shape = histogram(present, bins);
  const at = (k: number): number => quantileOfSorted(present, QUANTILES[k]!);
  return {
    kind: 'numeric',
    count,
    nulls: values.length - count,
    mean: count > 0 ? moments.mean : NaN,
    deviation: standardDeviation(moments),
    min: present[0] ?? NaN,
    max: present.at(-1) ?? NaN,
    quantiles: [at(0), at(1), at(2), at(3), at(4)],
    distinct,
    histogram: shape,
    sparkline: sparkline(shape.counts),
  };
}

/** Summarises text, or any values by their text; null and undefined are nulls. */
export function describeText(values: ArrayLike<string | number | boolean | null | undefined>, most = 10): TextSummary {
  const counts = new Map<string, number>();
  let nulls = 0;
  let shortest = Infinity;
  let longest = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined) {
      nulls++;
      continue;
    }
    const text = String(value);
    counts.set(text, (counts.get(text) ?? 0) + 1);
    if (text.length < shortest) shortest = text.length;
    if (text.length > longest) longest = text.length;
  }
  const top = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, most);
  return {
    kind: 'text',
    count: values.length - nulls,
    nulls,
    distinct: counts.size,
    top,
    shortest: Number.isFinite(shortest) ? shortest : NaN,
    longest: counts.size > 0 ? longest : NaN,
    sparkline: sparkline(top.map((entry) => entry[1])),
  };
}

/**
 * Histogram with bins of equal width over [low, high], by default the range of the finite values, as numpy's; values
 * outside are not counted. All values equal: one unit wide around them. No values: no bins.
 */
export function histogram(
  values: Numbers,
  bins = 20,
  range?: { readonly low: number; readonly high: number },
): Histogram {
  let low = range?.low ?? Infinity;
  let high = range?.high ?? -Infinity;
  if (range === undefined) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (!(low <= high)) return { edges: new Float64Array(0), counts: new Float64Array(0) };
  if (low === high) {
    // Half a unit to each side; more where that is less than a double can tell.
    const half = Math.max(0.5, Math.abs(low) * 1e-12);
    low = Math.max(low - half, -Number.MAX_VALUE);
    high = Math.min(high + half, Number.MAX_VALUE);
  }
  // Halved, because high − low may be beyond the largest double.
  const step = (high / 2 - low / 2) / bins;
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : low + i * step + i * step));
  const counts = new Float64Array(bins);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= low && value <= high)) continue;
    let bin = Math.min(Math.floor((value / 2 - low / 2) / step) || 0, bins - 1);
    // The division can round to the wrong side of an edge.
    while (bin > 0 && value < edges[bin]!) bin--;
    while (bin < bins - 1 && value >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return { edges, counts };
}

const BLOCKS = '▁▂▃▄▅▆▇█';

/** Counts as a row of blocks, the largest full; a space for none, so that a rare value is still seen. */
export function sparkline(counts: Numbers): string {
  let most = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i]! > most) most = counts[i]!;
  return Array.from(counts, (count) =>
    count > 0 ? BLOCKS[Math.max(0, Math.ceil((count / most) * BLOCKS.length) - 1)]! : ' ',
  ).join('');
}
