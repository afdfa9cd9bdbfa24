import type { Dataset, DatasetColumn } from '../../schemas/generated/types';
import { histogram } from '../ui-kit/chart';
import { h } from '../ui-kit/dom';
import { percent, toNumber, written } from '../ui-kit/figure';
import type { StageDetail } from '../protocol';
import { count, plainText, section, table, verdict } from './parts';

type Detail = Extract<StageDetail, { kind: 'data' }>;

/** A data stage: what the row steps took, the splits, a profile of each column, and the expectations. */
export function dataView({ dataset, columns }: Detail): Node[] {
  return [
    h('div', { class: 'columns' }, rows(dataset), splits(dataset), expectations(dataset)),
    profile(dataset, columns),
  ];
}

function rows({ rows: taken }: Dataset): HTMLElement {
  if (!taken?.steps || taken.steps.length === 0) return h('div', { hidden: true });
  let left = toNumber(taken.read);
  const lines = taken.steps.map(({ step, removed }) => {
    const before = left;
    left -= toNumber(removed);
    return [step, count(before), removed === 0 ? '0' : `−${count(removed)}`, count(left)];
  });
  return section(
    'Rows',
    table({
      caption: 'Rows before and after each step',
      quiet: true,
      head: ['step', 'before', 'removed', 'after'],
      rows: lines,
    }),
  );
}

function splits({ splits: parts, target }: Dataset): HTMLElement {
  const names = ['train', 'validation', 'test'].filter((name) => name in parts);
  const others = Object.keys(parts).filter((name) => !names.includes(name));
  const classes = (target?.classes ?? []).slice(0, 6);
  const all = Object.values(parts).reduce((sum, { rows }) => sum + rows, 0);
  return section(
    'Splits',
    table({
      caption: 'Rows of each split and the shares of the classes',
      quiet: true,
      head: ['split', 'rows', 'share', ...classes.map((name) => plainText(name))],
      rows: [...names, ...others].map((name) => {
        const split = parts[name] ?? { rows: 0 };
        return [
          name,
          count(split.rows),
          percent(split.rows / all),
          ...classes.map((_, index) => percent((split.classes?.[index] ?? NaN) / split.rows)),
        ];
      }),
    }),
  );
}

function expectations({ expectations: list = [] }: Dataset): HTMLElement {
  if (list.length === 0) return h('div', { hidden: true });
  return section(
    'Expectations',
    table({
      caption: 'Expectations and how they came out',
      quiet: true,
      head: ['expectation', 'result', 'rows that broke it'],
      words: [1],
      rows: list.map(({ expectation, passed, broken }) => [
        expectation,
        verdict(passed, 'holds', 'broken'),
        count(broken),
      ]),
    }),
  );
}

function profile({ columns, features, rows: taken }: Dataset, all: number): HTMLElement {
  const missing = columns.filter((column) => (column.missing ?? 0) > 0).length;
  const says = `${count(all)} columns${all > columns.length ? `, the first ${count(columns.length)} shown` : ''}, ${missing === 0 ? 'none' : count(missing)} of them with missing values; ${count(features.length)} ${features.length === 1 ? 'feature' : 'features'} for the model. Of the training split.`;
  return section(
    'Columns',
    h('p', { class: 'says' }, says),
    table({
      caption: `Profile of the columns${taken?.kept === undefined ? '' : ` of ${count(taken.kept)} rows`}`,
      quiet: true,
      head: ['column', 'type', 'role', 'missing', 'distinct', 'min', 'mean', 'max', 'distribution'],
      words: [1, 2, 8],
      rows: columns.map((column) => [
        column.name,
        column.type,
        column.roles.filter((role) => role !== 'feature' || column.roles.length === 1).join(', ') || 'unused',
        missingOf(column),
        count(column.distinct),
        ...(['min', 'mean', 'max'] as const).map((key) => value(column, key)),
        distribution(column),
      ]),
    }),
  );
}

function missingOf({ missing = 0, count: present = 0 }: DatasetColumn): { text: string; look: string } {
  return { text: percent(missing / (missing + present)), look: missing > 0 ? 'some' : '' };
}

function value(column: DatasetColumn, key: 'min' | 'mean' | 'max'): string {
  const found = column[key];
  if (found === undefined || found === null) return '';
  return typeof found === 'string' && column.type !== 'number' ? found : written(found);
}

/** Of free texts, in which each value is its own. */
function textOf(length: DatasetColumn['length'], words: DatasetColumn['words']): string {
  return [
    length ? `${written(length.mean)} characters, at most ${count(length.max)}` : '',
    words ? `${written(words.mean)} words, ${count(words.distinct)} different` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

function distribution({
  name,
  type,
  histogram: bins,
  categories = [],
  count: present = 0,
  quantiles,
  length,
  words,
}: DatasetColumn): Node {
  if (type === 'number' && bins && bins.counts.length > 0) {
    const middle = quantiles?.[3];
    const says = `Histogram of ${name}: ${written(bins.edges[0])} to ${written(bins.edges.at(-1))}${middle === undefined ? '' : `, half below ${written(middle)}`}`;
    return h('span', { class: 'figure spark' }, histogram(bins.counts, bins.edges, says, { width: 110, height: 22 }));
  }
  if (length ?? words) return h('span', { class: 'categories' }, textOf(length, words));
  const shown = categories
    .slice(0, 3)
    .map(({ value: each, count: times }) => `${plainText(each)} ${percent(times / present)}`);
  return h('span', { class: 'categories' }, shown.join(' · ') + (categories.length > 3 ? ' · …' : ''));
}
