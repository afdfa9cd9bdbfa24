// What stands in the cells of the table of runs.

import type { Column } from '../../lifecycle/query';
import type { RunsLayout } from '../protocol';
import type { GridCell, GridColumn, GridRow, GridSource } from '../ui-kit/grid';
import { number } from '../ui-kit/format';
import { titleOf, written } from '../ui-kit/value';
import type { Frame } from './frame';
import { summarize, type View } from './view';

export interface TableState {
  readonly frame: Frame;
  readonly view: View;
  readonly columns: readonly Column[];
  readonly layout: RunsLayout;
  readonly selected: ReadonlySet<string>;
  readonly pinned: readonly string[];
  readonly open: ReadonlySet<string>;
  /** Id of the run that others are compared with. */
  readonly baseline: string | undefined;
}

const widths: Readonly<Record<string, number>> = {
  star: 34,
  name: 150,
  run: 200,
  pipeline: 150,
  status: 120,
  created: 150,
  seconds: 100,
  stages: 80,
  tags: 120,
  note: 160,
  problem: 240,
};

const isGrouped = ({ group = [] }: RunsLayout): boolean => group.length > 0;

export function widthOf({ name, type, kind }: Column, layout: RunsLayout): number {
  // A mean and its deviation take more room than a value.
  const own = layout.widths?.[name] ?? (type === 'duration' && isGrouped(layout) ? 160 : widths[name]);
  if (own !== undefined) return own;
  const least = isGrouped(layout) && type === 'number' ? 150 : 0;
  return Math.max(
    least,
    kind === 'metric' || kind === 'range' ? 120 : type === 'number' ? 90 : 130,
    Math.min(260, titleOf({ name, kind }).length * 8 + 34),
  );
}

export function sourceOf(state: TableState): GridSource {
  const { frame, view, columns, layout, selected, pinned, open, baseline } = state;
  const keys = layout.sort ?? [];
  const base = baseline === undefined ? undefined : frame.rowOf(baseline);
  const bands = new Map<string, ReturnType<typeof summarize>>();
  const groupOf = (row: number) => {
    const item = view.items[row] ?? 0;
    return item < 0 ? view.groups[-item - 1] : undefined;
  };
  const grouped = (layout.group ?? []).length;
  return {
    rows: view.items.length,
    frozen: Math.min(layout.frozen ?? 1, columns.length),
    columns: columns.map((column): GridColumn => {
      const place = keys.findIndex((key) => key.column === column.name);
      const key = keys[place];
      return {
        key: column.name,
        title: titleOf(column),
        width: widthOf(column, layout),
        end: column.type === 'number' || column.type === 'duration',
        hint: `${column.name} (${column.kind === 'range' ? 'of all that was logged' : column.kind})`,
        ...(key ? { sort: key.descending ? ('descending' as const) : ('ascending' as const) } : {}),
        ...(key && keys.length > 1 ? { sortPlace: place + 1 } : {}),
      };
    }),
    row(row): GridRow {
      const group = groupOf(row);
      if (group) return { selected: false, level: group.level, expanded: group.open, look: 'group' };
      const place = view.items[row] ?? 0;
      const id = frame.ids[place] ?? '';
      const isTrial = frame.parentOf(place) !== undefined;
      const looks = [id === baseline ? 'baseline' : '', pinned.includes(id) ? 'pinned' : ''];
      return {
        selected: selected.has(id),
        level: 1 + grouped + Number(isTrial),
        ...(frame.children.has(id) ? { expanded: open.has(id) } : {}),
        look: looks.filter(Boolean).join(' '),
      };
    },
    cell(row, index): GridCell {
      const column = columns[index];
      if (!column) return { text: '' };
      const group = groupOf(row);
      if (group) {
        if (index === 0) return { text: `${group.label} (${group.rows.length})`, look: 'over' };
        if (column.type !== 'number' && column.type !== 'duration') return { text: '' };
        const key = `${group.key}\n${column.name}`;
        if (!bands.has(key)) bands.set(key, summarize(frame, column.name, group.rows));
        const band = bands.get(key);
        if (!band) return { text: '' };
        const mean = written(column, band.mean);
        return {
          text: mean,
          aside: band.count > 1 ? `± ${deviation(column, band.deviation)}` : '',
          says: `mean ${mean}, standard deviation ${number(band.deviation)}, from ${number(band.low)} to ${number(band.high)} of ${band.count}`,
        };
      }
      const place = view.items[row] ?? 0;
      const value = frame.value(column.name, place);
      const text = written(column, value);
      if (index === 0) {
        const id = frame.ids[place] ?? '';
        const parent = frame.parentOf(place);
        const own = parent !== undefined && text.startsWith(`${parent}.`) ? text.slice(parent.length + 1) : text;
        const shown = column.name === 'run' ? String(frame.value('name', place) ?? own) : text || id;
        const star = frame.value('star', place) === undefined ? '' : '★ ';
        const mark = id === baseline ? '⚑ ' : pinned.includes(id) ? '⇱ ' : '';
        const words = [
          id === baseline ? 'baseline' : '',
          pinned.includes(id) ? 'pinned' : '',
          star ? 'starred' : '',
          shown,
        ];
        return { text: `${mark}${star}${shown}`, says: words.filter(Boolean).join(', ') };
      }
      if (column.name === 'status') return { text, look: `status-${String(value)}` };
      if (
        base !== undefined &&
        base !== place &&
        (column.kind === 'metric' || column.kind === 'range') &&
        typeof value === 'number'
      ) {
        const before = frame.value(column.name, base);
        if (typeof before === 'number' && before !== value) {
          const change = value - before;
          return { text, aside: `${change > 0 ? '+' : '−'}${number(Math.abs(change))}` };
        }
      }
      const differs =
        base !== undefined &&
        base !== place &&
        (column.kind === 'parameter' || column.kind === 'setting') &&
        frame.value(column.name, base) !== value;
      return { text, ...(differs ? { look: 'differs', says: `${text || 'none'}, differs from the baseline` } : {}) };
    },
  };
}

/** Two figures: nobody reads more of a deviation. */
const deviation = (column: Column, value: number): string =>
  column.type === 'duration' ? written(column, value) : number(Number(value.toPrecision(2)));
