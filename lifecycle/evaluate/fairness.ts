import type { Dataset, EvaluateStage, FairnessReport } from '../../schemas/generated/types';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';
import { fairnessGaps, groupMetrics } from '../statistics/fairness';
import { wilson, type Interval } from '../statistics/intervals';
import type { Predictions } from '../statistics/metrics';
import { type Database, columnsOf, type ColumnData, literalPath } from '../table';
import { labelsOf } from './measure';
import { shown } from './metrics';

type Group = FairnessReport['groups'][number];

/** Fewer rows than this make a group's rates rough. */
const FEW_ROWS = 30;
/** More distinct numbers than this are cut into quarters. */
const MOST_NUMBERS = 10;
/** More groups than this are not compared one by one. */
const MOST_GROUPS = 20;
const MISSING = 'missing';
const OTHERS = 'all others';

/**
 * Refuses, before anything is computed, attributes that are not in the data and gaps that are not defined for the task.
 *
 * @throws UserError `fairness-column-missing`, `fairness-needs-binary`
 */
export function checkFairness({ fairness }: EvaluateStage, dataset: Dataset): void {
  if (fairness === undefined) return;
  const columns = dataset.columns.map(({ name }) => name);
  fairness.attributes.forEach((attribute, i) => {
    if (columns.includes(attribute)) return;
    const meant = nearest(attribute, columns);
    throw new UserError({
      code: 'fairness-column-missing',
      message: `The data has no column '${attribute}', whose groups are to be compared.`,
      hint:
        meant === undefined
          ? 'A dropped column is not in the data. List it under `columns: {sensitive: …}` of the data stage to keep it without learning from it.'
          : `Did you mean '${meant}'?`,
      path: ['fairness', 'attributes', i],
    });
  });
  const [gap] = Object.keys(fairness.require ?? {});
  if (gap !== undefined && dataset.target?.task !== 'binary') {
    throw new UserError({
      code: 'fairness-needs-binary',
      message: `'${gap}' is defined for two classes; this task is ${dataset.target?.task}.`,
      hint: 'Leave out `fairness: {require: …}`; the groups are compared all the same.',
      path: ['fairness', 'require', gap],
    });
  }
}

/** Compares the groups of each attribute on the rows of a split. */
export async function fairnessOf(
  database: Database,
  file: string,
  attributes: readonly string[],
  predictions: Predictions,
): Promise<FairnessReport[]> {
  const { columns } = await columnsOf(database, `read_parquet(${literalPath(file)})`, [...new Set(attributes)]);
  return attributes.map((attribute) => {
    const groups = groupsOf(columns[attribute]!);
    return { attribute, ...withNotes(compareGroups(predictions, groups)) };
  });
}

/** The group of every row, as people write it. Numbers of many values are cut at their quartiles; rare groups are taken together. */
export function groupsOf(column: ColumnData): string[] {
  const { type, values } = column;
  const groups: string[] =
    type === 'text'
      ? values.map((value) => (value === null || value === '' ? MISSING : value))
      : type === 'boolean'
        ? Array.from(values, (value) => (Number.isNaN(value) ? MISSING : value === 0 ? 'false' : 'true'))
        : type === 'time'
          ? Array.from(values, (value) => (Number.isNaN(value) ? MISSING : new Date(value).toISOString().slice(0, 10)))
          : numberGroups(values);
  const counts = new Map<string, number>();
  for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1);
  if (counts.size <= MOST_GROUPS) return groups;
  const kept = new Set(
    [...counts]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, MOST_GROUPS - 1)
      .map(([group]) => group),
  );
  return groups.map((group) => (kept.has(group) ? group : OTHERS));
}

function numberGroups(values: Float64Array): string[] {
  const distinct = new Set(values);
  distinct.delete(NaN);
  if (distinct.size <= MOST_NUMBERS)
    return Array.from(values, (value) => (Number.isNaN(value) ? MISSING : String(value)));
  const ascending = values.filter((value) => !Number.isNaN(value)).sort();
  const at = (share: number): number => ascending[Math.floor(share * (ascending.length - 1))]!;
  const [a, b, c] = [at(0.25), at(0.5), at(0.75)];
  const edges = [...new Set([a, b, c])].filter((edge) => edge < ascending.at(-1)!);
  const label = (k: number): string =>
    k === 0 ? `≤ ${edges[0]}` : k === edges.length ? `> ${edges[k - 1]}` : `${edges[k - 1]} < … ≤ ${edges[k]}`;
  return Array.from(values, (value) => {
    if (Number.isNaN(value)) return MISSING;
    const k = edges.findIndex((edge) => value <= edge);
    return label(k < 0 ? edges.length : k);
  });
}

function compareGroups(predictions: Predictions, groups: readonly string[]): Pick<FairnessReport, 'groups' | 'gaps'> {
  const { actual } = predictions;
  if (predictions.task === 'binary') {
    const found = groupMetrics(actual, labelsOf(predictions), groups);
    return {
      groups: found.map(({ group, rows, metrics, intervals }) => ({
        group,
        rows,
        metrics: orNull(metrics),
        intervals: pairs(intervals),
      })),
      gaps: orNull(fairnessGaps(found)),
    };
  }
  const rows = new Map<string, number[]>();
  groups.forEach((group, i) => (rows.get(group) ?? rows.set(group, []).get(group)!).push(i));
  const labels = predictions.task === 'multiclass' ? labelsOf(predictions) : undefined;
  const found = [...rows].map(([group, members]): Group => {
    if (labels !== undefined) {
      const right = members.filter((i) => labels[i] === actual[i]).length;
      return {
        group,
        rows: members.length,
        metrics: { accuracy: right / members.length },
        intervals: pairs({ accuracy: wilson(right, members.length) }),
      };
    }
    const { predicted } = predictions as Extract<Predictions, { task: 'regression' }>;
    const errors = members.map((i) => predicted[i]! - actual[i]!);
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      group,
      rows: members.length,
      metrics: { mae: mean(errors.map(Math.abs)), 'mean-error': mean(errors) },
    };
  });
  const gaps = Object.keys(found[0]?.metrics ?? {}).map((name): [string, number] => {
    const values = found.map(({ metrics }) => metrics[name]!);
    return [`${name}-difference`, Math.max(...values) - Math.min(...values)];
  });
  return { groups: found, gaps: Object.fromEntries(gaps) };
}

/** The largest group first. */
function withNotes({ groups, gaps }: Pick<FairnessReport, 'groups' | 'gaps'>): Pick<FairnessReport, 'groups' | 'gaps'> {
  const sorted = groups.toSorted((a, b) => b.rows - a.rows || (a.group < b.group ? -1 : 1));
  return {
    groups: sorted.map((group) =>
      group.rows >= FEW_ROWS
        ? group
        : { ...group, note: `Only ${group.rows} ${group.rows === 1 ? 'row' : 'rows'}: its rates are rough.` },
    ),
    gaps,
  };
}

/** A warning about groups too small to be judged by, if there are any. */
export function smallGroups({ attribute, groups }: FairnessReport): string | undefined {
  const small = groups.filter(({ rows }) => rows < FEW_ROWS);
  if (small.length === 0 || groups.length === 1) return undefined;
  const named = small.slice(0, 5).map(({ group, rows }) => `'${group}' (${rows})`);
  return `${small.length === 1 ? 'A group' : `${small.length} groups`} of ${attribute} ${small.length === 1 ? 'has' : 'have'} fewer than ${FEW_ROWS} rows on the test split: ${named.join(', ')}${small.length > 5 ? ', …' : ''}. The gaps may be chance.`;
}

/** `female: true 0.31, false 0.28` for the table of a failed gate. */
export function describeGroups({ attribute, groups }: FairnessReport): string {
  const shownGroups = groups.map(({ group, rows, metrics }) => {
    const rate = metrics['selection-rate'];
    return `${group} ${rate == null ? '' : `${shown(rate)} `}(${rows} rows)`;
  });
  return `selection rate by ${attribute}: ${shownGroups.join(', ')}`;
}

function orNull(values: Readonly<Record<string, number>>): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
  );
}

function pairs(intervals: Readonly<Record<string, Interval>>): Record<string, [number, number]> {
  return Object.fromEntries(
    Object.entries(intervals)
      .filter(([, { low, high }]) => Number.isFinite(low) && Number.isFinite(high))
      .map(([name, { low, high }]) => [name, [low, high]]),
  );
}
