import { type Sample, sampleQuantiles } from './sample';

/**
 * Inner edges that cut the reference into bins of about equal counts: bin 0 is x ≤ e₀, bin i is eᵢ₋₁ < x ≤ eᵢ, the last is
 * open above, so every number has a bin. Ties can make fewer bins. Where the smallest value is itself a bin, one more edge
 * lies just below it, so that a sample that moves below the reference is seen.
 */
export function quantileBins(reference: Sample, bins = 10): Float64Array {
  const probabilities = Float64Array.from({ length: bins - 1 }, (_, i) => (i + 1) / bins);
  const edges = [...new Set(sampleQuantiles(reference, probabilities))].filter((edge) => !Number.isNaN(edge));
  if (edges.length > 0 && edges[0] === reference.values[0]) edges.unshift(justBelow(edges[0]!));
  return Float64Array.from(edges);
}

/** Counts in the bins between inner `edges` (see `quantileBins`): one more than there are edges. */
export function binCounts({ values, counts }: Sample, edges: Float64Array): Float64Array {
  const out = new Float64Array(edges.length + 1);
  let bin = 0;
  for (let i = 0; i < values.length; i++) {
    while (bin < edges.length && values[i]! > edges[bin]!) bin++;
    out[bin]! += counts[i]!;
  }
  return out;
}

/** Categories that only the current sample has, and whose counts are not known one by one. */
export interface OtherCategories {
  readonly total: number;
  /** How many there are. */
  readonly distinct: number;
  /** The largest of their counts. */
  readonly most: number;
}

/** Shares of two tables of category counts on the same labels: those of the reference first, most frequent first. */
export interface AlignedCounts {
  readonly labels: readonly string[];
  readonly reference: Float64Array;
  readonly current: Float64Array;
  /** Beside the labels. */
  readonly others?: OtherCategories;
}

export function alignCategories(
  reference: ReadonlyMap<string, number>,
  current: ReadonlyMap<string, number>,
): AlignedCounts {
  const labels = [...new Set([...reference.keys(), ...current.keys()])].sort(
    (a, b) =>
      (reference.get(b) ?? 0) - (reference.get(a) ?? 0) ||
      (current.get(b) ?? 0) - (current.get(a) ?? 0) ||
      (a < b ? -1 : a > b ? 1 : 0),
  );
  return {
    labels,
    reference: Float64Array.from(labels, (label) => reference.get(label) ?? 0),
    current: Float64Array.from(labels, (label) => current.get(label) ?? 0),
  };
}

/** The greatest double below a finite one. */
function justBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0]! += value > 0 ? -1n : 1n;
  return new Float64Array(bits.buffer)[0]!;
}
