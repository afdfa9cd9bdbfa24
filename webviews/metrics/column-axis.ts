import type { Column, Value } from '../../lifecycle/query';
import { h } from '../ui-kit';
import { type Axis, numberAxis, wordAxis } from '../ui-kit/axis';
import { number } from '../ui-kit/format';
import { titleOf } from '../ui-kit/value';

/** A column of the runs as an axis. */
export interface ColumnAxis extends Axis {
  readonly column: Column;
}

/** A value of a run in words. */
export const text = (value: Value): string => (typeof value === 'number' ? number(value) : (value ?? '–'));

export function axisOf(column: Column, values: readonly Value[]): ColumnAxis {
  return { column, ...(column.type === 'text' ? wordAxis(values) : numberAxis(values)) };
}

/** The runs of a picture as a table, for those who don't see it. */
export function runTable(
  caption: string,
  columns: readonly Column[],
  rows: readonly { readonly name: string; readonly values: Readonly<Record<string, Value>> }[],
): HTMLElement {
  return h(
    'div',
    { class: 'unseen' },
    h(
      'table',
      {},
      h('caption', {}, rows.length > 50 ? `${caption} The first 50.` : caption),
      h('tr', {}, ...['run', ...columns.map(titleOf)].map((head) => h('th', { scope: 'col' }, head))),
      ...rows
        .slice(0, 50)
        .map(({ name, values }) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, name),
            ...columns.map((column) => h('td', {}, text(values[column.name]))),
          ),
        ),
    ),
  );
}
