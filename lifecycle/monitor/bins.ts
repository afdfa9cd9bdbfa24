import type { FeatureDrift } from '../../schemas/generated/types';
import { binCounts, type Sample, sampleQuantiles } from '../statistics/drift';
import { alignProfiles, OTHERS } from './column';
import { type CategoryProfile, type ColumnProfile, type NumberProfile, spelt } from './profile';

export type Bins = NonNullable<FeatureDrift['bins']>;

const BINS = 20;
/** Numbers of at most so many distinct values have a bar each. */
const FEW_VALUES = 20;
const CATEGORIES = 20;

/** Shares of both samples on the same bins, for drawing one over the other. Undefined when neither has a value. */
export function overlay(reference: ColumnProfile, current: ColumnProfile): Bins | undefined {
  if (reference.kind === 'number' && current.kind === 'number')
    return numberBins(reference.sample, current.sample, reference.type);
  if (reference.kind === 'category' && current.kind === 'category') return categoryBins(reference, current);
  return undefined;
}

/** Bins of equal width over the middle 99 % of the reference, open at both ends, so that outliers don't squash the picture. */
function numberBins(reference: Sample, current: Sample, type: NumberProfile['type']): Bins | undefined {
  const base = reference.total > 0 ? reference : current;
  if (base.total === 0) return undefined;
  const distinct = new Set([
    ...reference.values.subarray(0, FEW_VALUES + 1),
    ...current.values.subarray(0, FEW_VALUES + 1),
  ]);
  if (distinct.size <= FEW_VALUES) {
    const values = Float64Array.from(distinct).sort();
    return {
      labels: Array.from(values, (value) => spelt(value, type, 17)),
      reference: shares(Array.from(values, (value) => countOf(reference, value))),
      current: shares(Array.from(values, (value) => countOf(current, value))),
    };
  }
  const [low, high] = sampleQuantiles(base, [0.005, 0.995]) as unknown as [number, number];
  const inner = new Set(Array.from({ length: BINS - 1 }, (_, i) => low + ((high - low) * (i + 1)) / BINS));
  const edges = Float64Array.from(inner).filter(Number.isFinite);
  const least = Math.min(reference.values[0] ?? Infinity, current.values[0] ?? Infinity);
  const greatest = Math.max(reference.values.at(-1) ?? -Infinity, current.values.at(-1) ?? -Infinity);
  const all = [Math.min(least, edges[0]!), ...edges, Math.max(greatest, edges.at(-1)!)];
  return {
    labels: all.slice(1).map((edge, i) => `${spelt(all[i]!, type, 4)} – ${spelt(edge, type, 4)}`),
    edges: all,
    reference: shares([...binCounts(reference, edges)]),
    current: shares([...binCounts(current, edges)]),
  };
}

function countOf({ values, counts }: Sample, value: number): number {
  const at = values.indexOf(value);
  return at < 0 ? 0 : counts[at]!;
}

function categoryBins(reference: CategoryProfile, current: CategoryProfile): Bins | undefined {
  const { labels, reference: before, current: after, others } = alignProfiles(reference, current);
  if (labels.length === 0) return undefined;
  if (labels.length <= CATEGORIES && others === undefined)
    return { labels: [...labels], reference: shares([...before]), current: shares([...after]) };
  // What is frequent now belongs into the picture as much as what was.
  const beyond = others?.total ?? 0;
  const [totalBefore, totalAfter] = [sum(before), sum(after) + beyond];
  const weight = (i: number): number => Math.max(before[i]! / (totalBefore || 1), after[i]! / (totalAfter || 1));
  // Those that the reference has no count of are no category.
  const together = reference.rest === undefined ? [] : [labels.length - 1];
  const order = [...labels.keys()].slice(0, labels.length - together.length);
  order.sort((a, b) => weight(b) - weight(a) || a - b);
  const kept = order.slice(0, CATEGORIES - 1);
  const rest = [...order.slice(CATEGORIES - 1), ...together];
  const pick = (counts: Float64Array, more: number): number[] => [
    ...kept.map((i) => counts[i]!),
    sum(rest.map((i) => counts[i]!)) + more,
  ];
  return {
    labels: [...kept.map((i) => labels[i]!), OTHERS],
    reference: shares(pick(before, 0)),
    current: shares(pick(after, beyond)),
  };
}

function shares(counts: number[]): number[] {
  const total = sum(counts);
  return counts.map((count) => (total > 0 ? count / total : 0));
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
