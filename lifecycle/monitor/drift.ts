import type { DriftReport, FeatureDrift } from '../../schemas/generated/types';
import { benjaminiHochberg } from '../statistics/drift';
import { largestShare } from '../statistics/grid';
import { overlay } from './bins';
import {
  columnStatistics,
  type ColumnStatistics,
  decide,
  decidingMethod,
  type DriftMethod,
  effectOf,
  featureOf,
  whyMethod,
} from './column';
import { noteOf } from './notes';
import {
  type ColumnProfile,
  type ColumnReading,
  type PlainColumns,
  profileColumns,
  type TableProfile,
  typeOfValues,
  roundedTo,
} from './profile';
import { momentsOf, rangeOf, violationsOf } from './violations';

export interface DriftOptions {
  /** Default `auto`. */
  readonly method?: DriftMethod | undefined;
  /** Statistic from which a column counts as drifted, for effect sizes; default by method. */
  readonly threshold?: number | undefined;
  /** Default 0.05. */
  readonly falseDiscoveryRate?: number | undefined;
  /** Fewer rows on either side give no verdict; default 50. */
  readonly minimumRows?: number | undefined;
  /** Columns to compare; those of the reference unless given. */
  readonly columns?: readonly string[] | undefined;
  /** Who said that the drift of a column does not count, and why; undefined when it counts. */
  readonly suppressed?: ((column: string, statistic: number) => string | undefined) | undefined;
}

/** What changed from one table to another: the part of a {@link DriftReport} that follows from the two alone. */
export type Drift = Pick<DriftReport, 'rows' | 'verdict' | 'drift' | 'features' | 'prediction'>;

const DEFAULT_RATE = 0.05;
const DEFAULT_MINIMUM = 50;

/**
 * Compares two tables of plain columns. The types are those of the reference; a column that the current table lacks is reported as not
 * there, one that only the current table has is left out.
 *
 * @param options.readings types of columns, where their values don't tell
 */
export function driftBetween(
  reference: PlainColumns,
  current: PlainColumns,
  options: DriftOptions & { readonly readings?: Readonly<Record<string, ColumnReading>> } = {},
): Drift {
  const readings: Record<string, ColumnReading> = {};
  for (const [name, values] of Object.entries(reference))
    readings[name] = options.readings?.[name] ?? { type: typeOfValues(values) };
  const known = Object.fromEntries(Object.entries(current).filter(([name]) => Object.hasOwn(readings, name)));
  return compareProfiles(profileColumns(reference, readings), profileColumns(known, readings), options);
}

interface Compared {
  readonly name: string;
  readonly reference: ColumnProfile;
  readonly current: ColumnProfile;
  readonly statistics: ColumnStatistics;
  /** By how much KS may be low, where values were rounded to a grid. */
  readonly bound?: number;
}

/**
 * Compares two profiles, column by column. p-values are adjusted over all columns together, the prediction and
 * the tests of missing values with them.
 *
 * @param prediction profiles of what the model predicts for both; it does not count among the columns
 */
export function compareProfiles(
  reference: TableProfile,
  current: TableProfile,
  options: DriftOptions = {},
  prediction?: { readonly reference: ColumnProfile; readonly current: ColumnProfile },
): Drift {
  const { method = 'auto' } = options;
  const rows = { reference: reference.rows, current: current.rows };
  const fewest = Math.min(rows.reference, rows.current);
  const enough = fewest >= (options.minimumRows ?? DEFAULT_MINIMUM);
  const names = (options.columns ?? Object.keys(reference.columns)).filter((name) =>
    Object.hasOwn(reference.columns, name),
  );
  const there = names.filter((name) => Object.hasOwn(current.columns, name));
  const compared = there.map((name) => compareColumn(name, reference.columns[name]!, current.columns[name]!));
  const predicted = prediction && compareColumn('prediction', prediction.reference, prediction.current);
  const judged = judge(predicted ? [...compared, predicted] : compared, fewest, options);
  const final = enough ? judged : judged.map((feature) => ({ ...feature, drifted: false }));
  const answer = predicted && final[compared.length];
  const absent = names.filter((name) => !there.includes(name));
  const features = [
    ...final.slice(0, compared.length),
    ...absent.map((name) => notRecorded(name, reference.columns[name]!, method, fewest)),
  ].sort((a, b) => Number(b.drifted) - Number(a.drifted) || strength(b) - strength(a));
  const count = features.filter(({ drifted }) => drifted).length;
  return {
    rows,
    verdict: !enough ? 'too-few-rows' : count > 0 || answer?.drifted === true ? 'drift' : 'stable',
    drift: { count, share: compared.length > 0 ? count / compared.length : 0 },
    features,
    ...(answer && { prediction: answer }),
  };
}

/** Decides on columns together, since their p-values are adjusted together. */
function judge(columns: readonly Compared[], rows: number, options: DriftOptions): FeatureDrift[] {
  const { method = 'auto', threshold, falseDiscoveryRate: rate = DEFAULT_RATE } = options;
  const adjusted = benjaminiHochberg([
    ...columns.map(({ statistics }) => statistics.p),
    ...columns.map(({ statistics }) => statistics.missingP),
  ]);
  return columns.map(({ name, reference, current, statistics, bound }, i) => {
    const both = { values: adjusted[i]!, missing: adjusted[columns.length + i]! };
    const deciding = decidingMethod(method, reference.kind, rows);
    const decision = decide(deciding, statistics, both, rate, threshold);
    const note = noteOf(reference, current, statistics, decision);
    const bins = overlay(reference, current);
    const effect = effectOf(statistics, decision);
    const violations = violationsOf(reference, current);
    const moments = momentsOf(reference, current);
    const range = rangeOf(reference);
    const suppressed = decision.drifted ? options.suppressed?.(name, decision.statistic) : undefined;
    return {
      ...featureOf(name, reference.type, statistics, decision),
      ...(suppressed !== undefined && { drifted: false, suppressed }),
      ...(note !== undefined && { note }),
      because: whyMethod(method, deciding, rows),
      ...(bound !== undefined && { bound }),
      ...(effect && { effect }),
      ...(violations.length > 0 && { violations }),
      ...(moments && { moments }),
      ...(range && { range }),
      ...(bins && { bins }),
    };
  });
}

function compareColumn(name: string, reference: ColumnProfile, current: ColumnProfile): Compared {
  if (reference.kind === 'number' && current.kind === 'number') {
    const grid = reference.grid ?? current.grid;
    if (grid !== undefined) {
      const [before, after] = [roundedTo(reference, grid), roundedTo(current, grid)];
      const bound = Math.max(largestShare(before.sample), largestShare(after.sample));
      return { name, reference: before, current: after, statistics: columnStatistics(before, after), bound };
    }
  }
  return { name, reference, current, statistics: columnStatistics(reference, current) };
}

/** A column that can't be compared is no drift: it may be redacted. */
function notRecorded(name: string, reference: ColumnProfile, method: DriftMethod, rows: number): FeatureDrift {
  return {
    column: name,
    type: reference.type,
    method: decidingMethod(method, reference.kind, rows),
    statistic: null,
    drifted: false,
    statistics: {},
    note: 'The column was not recorded, so nothing can be said of it.',
  };
}

/** By how much a column changed, comparable between types. */
function strength({ method, statistic, statistics }: FeatureDrift): number {
  return (method === 'missing' ? statistic : statistics['jensen-shannon']) ?? statistics['missing-current'] ?? -1;
}
