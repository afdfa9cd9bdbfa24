import type { FeatureDrift } from '../../schemas/generated/types';
import {
  type AlignedCounts,
  alignCategories,
  categoricalDrift,
  chiSquareTest,
  type DriftStatistic,
  effectLevel,
  numericDrift,
} from '../statistics/drift';
import { type CategoryProfile, type ColumnProfile, presentOf } from './profile';
import { distinctOfRest } from './rest';

export type DriftMethod =
  'auto' | 'psi' | 'ks' | 'chi2' | 'jensen-shannon' | 'wasserstein' | 'hellinger' | 'l-infinity';
export type DecidingMethod = Exclude<DriftMethod, 'auto'>;

/** Up to so many rows `auto` tests; from more on it measures effect sizes. */
export const TESTED_ROWS = 1_000;

/** Statistic from which a column counts as drifted, for effect sizes. */
export const THRESHOLDS: Readonly<Partial<Record<DecidingMethod | 'missing', number>>> = {
  psi: 0.2,
  'jensen-shannon': 0.1,
  wasserstein: 0.1,
  hellinger: 0.1,
  'l-infinity': 0.1,
  missing: 0.1,
};

export interface ColumnStatistics {
  readonly values: Readonly<Partial<Record<DriftStatistic, number>>>;
  /** p-value of the test that suits the type; NaN when one side has no value. */
  readonly p: number;
  /** Share of rows without a value. */
  readonly missing: readonly [reference: number, current: number];
  /** p-value of the test that values are missing as often as before; NaN when none is. */
  readonly missingP: number;
}

/** Every statistic of a column. Where one side has no value, there is nothing to compare and all but the missing shares are NaN. */
export function columnStatistics(reference: ColumnProfile, current: ColumnProfile): ColumnStatistics {
  const [before, after] = [presentOf(reference), presentOf(current)];
  const missing = [reference.missing, current.missing] as const;
  const share = (present: number, absent: number): number => (present + absent > 0 ? absent / (present + absent) : NaN);
  const values = before > 0 && after > 0 ? compared(reference, current) : {};
  return {
    values,
    p: values[reference.kind === 'number' ? 'ks-p' : 'chi2-p'] ?? NaN,
    missing: [share(before, missing[0]), share(after, missing[1])],
    missingP:
      missing[0] + missing[1] > 0 && before + missing[0] > 0 && after + missing[1] > 0
        ? chiSquareTest([
            [before, missing[0]],
            [after, missing[1]],
          ]).p
        : NaN,
  };
}

function compared(reference: ColumnProfile, current: ColumnProfile): Partial<Record<DriftStatistic, number>> {
  if (reference.kind === 'number' && current.kind === 'number')
    return numericDrift(reference.sample, current.sample).statistics;
  if (reference.kind === 'category' && current.kind === 'category')
    return categoricalDrift(alignProfiles(reference, current)).statistics;
  throw new RangeError(`A ${reference.kind} column can't be compared with a ${current.kind} one.`);
}

/** Name of all categories together that are counted one by one on neither side. */
export const OTHERS = 'all others';

/**
 * Counts on the same categories. Which categories are new can't be told where those of the reference were too many to count each: all that it has
 * no count of are one category then, on both sides.
 */
export function alignProfiles(reference: CategoryProfile, current: CategoryProfile): AlignedCounts {
  if (reference.rest === undefined) {
    const aligned = alignCategories(reference.counts, current.counts);
    if (current.rest === undefined) return aligned;
    const { rows: total, most } = current.rest;
    return { ...aligned, others: { total, most, distinct: distinctOfRest(current.rest) } };
  }
  const known = new Map([...current.counts].filter(([label]) => reference.counts.has(label)));
  const { labels, ...counts } = alignCategories(reference.counts, known);
  let others = presentOf(current);
  for (const count of known.values()) others -= count;
  return {
    labels: [...labels, OTHERS],
    reference: Float64Array.from([...counts.reference, reference.rest.rows]),
    current: Float64Array.from([...counts.current, others]),
  };
}

/** The method that decides for a column; where the one asked for does not suit the type, its sibling. */
export function decidingMethod(method: DriftMethod, kind: ColumnProfile['kind'], rows: number): DecidingMethod {
  const numeric = kind === 'number';
  switch (method) {
    case 'auto':
      if (rows <= TESTED_ROWS) return numeric ? 'ks' : 'chi2';
      return numeric ? 'wasserstein' : 'jensen-shannon';
    case 'ks':
    case 'chi2':
      return numeric ? 'ks' : 'chi2';
    case 'wasserstein':
      return numeric ? 'wasserstein' : 'jensen-shannon';
    case 'psi':
    case 'jensen-shannon':
    case 'hellinger':
    case 'l-infinity':
      return method;
  }
}

/** Why a method decides, in words. */
export function whyMethod(method: DriftMethod, decided: DecidingMethod, rows: number): string {
  if (method === 'auto')
    return rows <= TESTED_ROWS
      ? `auto: ${rows.toLocaleString('en')} rows at the smaller side, so a test decides (${decided})`
      : `auto: ${rows.toLocaleString('en')} rows at the smaller side, where tests flag every trifle, so an effect size decides (${decided}), unless chance explains it`;
  return method === decided ? `asked for` : `${method} does not suit this type, ${decided} stands in`;
}

/** The effect size that stands beside a p-value. */
export function effectOf({ values, missing }: ColumnStatistics, decision: Decision): FeatureDrift['effect'] {
  if (decision.method === 'missing') {
    const value = Math.abs(missing[1] - missing[0]);
    return { name: 'missing', value: orNull(value), level: value < 0.1 ? 'none' : value < 0.3 ? 'small' : 'large' };
  }
  const name = values.wasserstein !== undefined ? 'wasserstein' : 'jensen-shannon';
  const value = values[name];
  // Against a constant reference the distance has no bound.
  const level = value === Infinity ? 'large' : value === undefined ? undefined : effectLevel(name, value);
  return value === undefined || level === undefined ? undefined : { name, value: orNull(value), level };
}

export interface Decision {
  readonly method: DecidingMethod | 'missing';
  /** NaN when there is nothing to compare. */
  readonly statistic: number;
  readonly threshold?: number;
  readonly p?: number;
  readonly adjusted?: number;
  readonly drifted: boolean;
  /** An effect that is large enough, but that chance explains. */
  readonly byChance: boolean;
}

/**
 * Whether a column drifted. A test decides by its adjusted p-value; an effect size by its threshold, if chance does not explain it. Values
 * that go missing count too: tested like the rest, and with effect sizes from a change of the share by 0.1 on.
 *
 * @param adjusted the column's p-values after Benjamini–Hochberg over all columns
 */
export function decide(
  method: DecidingMethod,
  { values, p, missing, missingP }: ColumnStatistics,
  adjusted: { readonly values: number; readonly missing: number },
  rate: number,
  threshold?: number,
): Decision {
  const statistic = values[method] ?? NaN;
  const limit = method === 'ks' || method === 'chi2' ? undefined : (threshold ?? THRESHOLDS[method]);
  const likely = !(adjusted.values <= rate);
  const decided: Decision =
    limit === undefined
      ? {
          method,
          statistic,
          ...(Number.isFinite(p) && { p, adjusted: adjusted.values }),
          drifted: !likely,
          byChance: false,
        }
      : {
          method,
          statistic,
          threshold: limit,
          drifted: statistic >= limit && !likely,
          byChance: statistic >= limit && likely,
        };
  if (decided.drifted || !(adjusted.missing <= rate)) return decided;
  const change = Math.abs(missing[1] - missing[0]);
  const enough = THRESHOLDS.missing!;
  if (limit !== undefined && change < enough) return decided;
  return {
    method: 'missing',
    statistic: change,
    ...(limit !== undefined && { threshold: enough }),
    ...(limit === undefined && { p: missingP, adjusted: adjusted.missing }),
    drifted: true,
    byChance: false,
  };
}

/** The record of a column; what is not a finite number is null there. */
export function featureOf(
  column: string,
  type: FeatureDrift['type'],
  statistics: ColumnStatistics,
  decision: Decision,
): FeatureDrift {
  const { method, statistic, threshold, p, adjusted, drifted } = decision;
  const all: [string, number][] = [
    ...Object.entries(statistics.values),
    ['missing-reference', statistics.missing[0]],
    ['missing-current', statistics.missing[1]],
    ...(Number.isNaN(statistics.missingP) ? [] : [['missing-p', statistics.missingP] as [string, number]]),
  ];
  return {
    column,
    type,
    method,
    statistic: orNull(statistic),
    ...(threshold !== undefined && { threshold }),
    ...(p !== undefined && { 'p-value': p }),
    ...(adjusted !== undefined && { 'adjusted-p-value': adjusted }),
    drifted,
    statistics: Object.fromEntries(all.map(([name, value]) => [name, orNull(value)])),
  };
}

export function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
