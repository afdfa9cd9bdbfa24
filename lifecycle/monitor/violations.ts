import type { FeatureDrift } from '../../schemas/generated/types';
import { sampleMoments } from '../statistics/sample';
import { orNull } from './column';
import { type ColumnProfile, presentOf, spelt } from './profile';

type Violation = NonNullable<FeatureDrift['violations']>[number];

const EXAMPLES = 5;

/** Values that break what the reference showed: missing where it never was, new categories, outside its range, not of its type. */
export function violationsOf(reference: ColumnProfile, current: ColumnProfile): Violation[] {
  const rows = presentOf(current) + current.missing;
  if (rows === 0 || presentOf(reference) === 0) return [];
  const found: Violation[] = [];
  const add = (kind: Violation['kind'], count: number, examples: string[] = []) => {
    if (count > 0) found.push({ kind, count, share: count / rows, ...(examples.length > 0 && { examples }) });
  };
  if (reference.missing === 0) add('missing', current.missing - current.misfits);
  add('wrong-type', current.misfits);
  if (reference.kind === 'number' && current.kind === 'number') {
    const [low, high] = [reference.sample.values[0]!, reference.sample.values.at(-1)!];
    const examples: string[] = [];
    let count = 0;
    current.sample.values.forEach((value, i) => {
      if (value >= low && value <= high) return;
      count += current.sample.counts[i]!;
      if (examples.length < EXAMPLES) examples.push(spelt(value, reference.type));
    });
    add('out-of-range', count, examples);
  }
  // Of a reference with too many categories to count each it is not known which are new.
  if (reference.kind === 'category' && current.kind === 'category' && reference.rest === undefined) {
    const fresh = [...current.counts].filter(([label]) => !reference.counts.has(label));
    fresh.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    add(
      'new-category',
      fresh.reduce((sum, [, count]) => sum + count, current.rest?.rows ?? 0),
      fresh.slice(0, EXAMPLES).map(([label]) => label.slice(0, 80)),
    );
  }
  return found;
}

/** Mean and standard deviation on both sides; undefined for categories. */
export function momentsOf(reference: ColumnProfile, current: ColumnProfile): FeatureDrift['moments'] {
  if (reference.kind !== 'number' || current.kind !== 'number' || reference.type === 'time') return undefined;
  const [before, after] = [sampleMoments(reference.sample), sampleMoments(current.sample)];
  return {
    'reference-mean': orNull(before.mean),
    'current-mean': orNull(after.mean),
    'reference-deviation': orNull(before.deviation),
    'current-deviation': orNull(after.deviation),
  };
}

/** Least and greatest value of the reference; undefined for categories, times and where there is no value. */
export function rangeOf(reference: ColumnProfile): FeatureDrift['range'] {
  if (reference.kind !== 'number' || reference.type === 'time' || reference.sample.total === 0) return undefined;
  const { values } = reference.sample;
  return [values[0]!, values.at(-1)!];
}
