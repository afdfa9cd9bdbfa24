// Runs as text, for files and the clipboard.

import { csvOf, type Column, type Value } from '../../lifecycle/query';
import type { TableState } from './cells';

/** The rows in their order on screen with the columns that are shown; times as ISO 8601. */
export function textOf(
  format: 'csv' | 'json',
  ids: readonly string[],
  { frame, view, columns }: Pick<TableState, 'frame' | 'view' | 'columns'>,
): string {
  const value = (column: Column, row: number): Value => {
    const found = frame.value(column.name, row);
    return column.type === 'time' && typeof found === 'number' ? new Date(found).toISOString() : found;
  };
  const wanted = new Set(ids);
  const ordered = [...view.items].filter((item) => item >= 0 && wanted.has(frame.ids[item] ?? ''));
  const rows = ordered.length > 0 ? ordered : ids.flatMap((id) => frame.rowOf(id) ?? []);
  const names = ['id', ...columns.map(({ name }) => name)];
  const cells = rows.map((row): Value[] => [frame.ids[row], ...columns.map((column) => value(column, row))]);
  if (format === 'csv') return csvOf(names, cells);
  return `[\n${cells.map((row) => JSON.stringify(Object.fromEntries(names.map((name, index) => [name, row[index]])))).join(',\n')}\n]\n`;
}
