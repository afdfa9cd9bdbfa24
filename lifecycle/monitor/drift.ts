import type { DriftReport, FeatureDrift } from '../../schemas/generated/types';
import { benjaminiHochberg } from '../statistics/drift';
import { overlay } from './bins';
import { columnStatistics, type ColumnStatistics, decide, decidingMethod, type DriftMethod, featureOf } from './column';
import { noteOf } from './notes';
import {
  type ColumnProfile,
  type ColumnReading,
  type PlainColumns,
  profileColumns,
  type TableProfile,
  typeOfValues,
} from './profile';

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
}

/**
 * Compares two profiles, column by column. p-values are adjusted over all columns together, and the tests of missing values with them.
 *
 * @param prediction profiles of what the model predicts for both; judged by itself, it does not count among the columns
 */
export function compareProfiles(
  reference: TableProfile,
  current: TableProfile,
  options: DriftOptions = {},
  prediction?: { readonly reference: ColumnProfile; readonly current: ColumnProfile },
): Drift {
  const { method = 'auto', threshold, falseDiscoveryRate: rate = DEFAULT_RATE } = options;
  const rows = { reference: reference.rows, current: current.rows };
  const fewest = Math.min(rows.reference, rows.current);
  const enough = fewest >= (options.minimumRows ?? DEFAULT_MINIMUM);
  const names = (options.columns ?? Object.keys(reference.columns)).filter((name) =>
    Object.hasOwn(reference.columns, name),
  );
  const there = names.filter((name) => Object.hasOwn(current.columns, name));
  const compared = there.map((name) => compareColumn(name, reference.columns[name]!, current.columns[name]!));
  const judge = (columns: readonly Compared[]): FeatureDrift[] => {
    const p = columns.map(({ statistics }) => statistics.p);
    const adjusted = benjaminiHochberg([...p, ...columns.map(({ statistics }) => statistics.missingP)]);
    return columns.map((column, i) => {
      const deciding = decidingMethod(method, column.reference.kind, fewest);
      const both = { values: adjusted[i]!, missing: adjusted[p.length + i]! };
      const decision = decide(deciding, column.statistics, both, rate, threshold);
      const feature = featureOf(column.name, column.reference.type, column.statistics, decision);
      const note = noteOf(column.reference, column.current, column.statistics, decision);
      const bins = overlay(column.reference, column.current);
      return {
        ...feature,
        drifted: enough && feature.drifted,
        ...(note !== undefined && { note }),
        ...(bins && { bins }),
      };
    });
  };
  const features = [
    ...judge(compared),
    ...names
      .filter((name) => !there.includes(name))
      .map((name) => absent(name, reference.columns[name]!, method, fewest)),
  ];
  const order = new Map(features.map((feature, i) => [feature, i]));
  features.sort(
    (a, b) => Number(b.drifted) - Number(a.drifted) || strength(b) - strength(a) || order.get(a)! - order.get(b)!,
  );
  const count = features.filter(({ drifted }) => drifted).length;
  const [predicted] = prediction ? judge([compareColumn('prediction', prediction.reference, prediction.current)]) : [];
  return {
    rows,
    verdict: !enough ? 'too-few-rows' : count > 0 || predicted?.drifted === true ? 'drift' : 'stable',
    drift: { count, share: compared.length > 0 ? count / compared.length : 0 },
    features,
    ...(predicted && { prediction: predicted }),
  };
}

function compareColumn(name: string, reference: ColumnProfile, current: ColumnProfile): Compared {
  return { name, reference, current, statistics: columnStatistics(reference, current) };
}

/** A column that can't be compared is no drift: it may be redacted. */
function absent(name: string, reference: ColumnProfile, method: DriftMethod, rows: number): FeatureDrift {
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
