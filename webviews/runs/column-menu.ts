import type { Column } from '../../lifecycle/query';
import type { RunsLayout } from '../protocol';
import type { MenuItem } from '../ui-kit';
import { titleOf } from '../ui-kit/value';

export interface ColumnMenuState {
  readonly all: readonly Column[];
  readonly columns: readonly Column[];
  readonly layout: RunsLayout;
  readonly change: (part: Partial<RunsLayout>) => void;
  readonly sortBy: (name: string, add: boolean, descending: boolean) => void;
  readonly move: (column: number, by: number) => void;
}

/** Whether a column has the smallest or largest value of the series that a metric is the last value of: `trees.auc` is that of `trees.validation/auc`. */
function isEndOf(end: Column, { name, kind, stage }: Column): boolean {
  const series = end.name.slice(0, end.name.lastIndexOf('.'));
  if (kind !== 'metric' || end.stage !== stage || stage === undefined) return false;
  const metric = name.slice(stage.length + 1);
  return series === name || series.endsWith(`/${metric.slice(metric.lastIndexOf('/') + 1)}`);
}

/** What can be done with a column that is shown. */
export function columnMenu(index: number, { all, columns, layout, change, sortBy, move }: ColumnMenuState): MenuItem[] {
  const column = columns[index];
  if (!column) return [];
  const { name } = column;
  const groups = layout.group ?? [];
  const ranges = layout.ranges ?? [];
  const ends = all.filter((each) => each.kind === 'range' && isEndOf(each, column) && !ranges.includes(each.name));
  return [
    { label: 'Sort Ascending', act: () => sortBy(name, false, false) },
    { label: 'Sort Descending', act: () => sortBy(name, false, true) },
    { label: 'Then by This Ascending', act: () => sortBy(name, true, false) },
    { label: 'Then by This Descending', key: 'Shift+Enter', act: () => sortBy(name, true, true) },
    {
      label: groups.includes(name) ? 'Do Not Group by This' : 'Group by This',
      apart: true,
      act: () => change({ group: groups.includes(name) ? groups.filter((each) => each !== name) : [...groups, name] }),
    },
    ...ends.map((end, place): MenuItem => {
      const add = (): void => {
        const names = columns.map((each) => each.name);
        names.splice(index + 1, 0, end.name);
        change({ ranges: [...ranges, end.name], columns: names });
      };
      return { label: `Show ${titleOf(end)}`, ...(place === 0 ? { apart: true } : {}), act: add };
    }),
    { label: 'Move Left', key: 'Alt+←', apart: true, disabled: index === 0, act: () => move(index, -1) },
    { label: 'Move Right', key: 'Alt+→', disabled: index === columns.length - 1, act: () => move(index, 1) },
    {
      label: index < (layout.frozen ?? 1) ? 'Freeze Columns Before This' : 'Freeze up to Here',
      act: () => change({ frozen: index < (layout.frozen ?? 1) ? index : index + 1 }),
    },
    {
      label: 'Hide',
      act: () => {
        if (column.kind === 'range') return change({ ranges: ranges.filter((each) => each !== name) });
        const shown = new Set(columns.map((each) => each.name));
        change({
          hidden: [
            ...all
              .filter(
                (each) =>
                  each.kind !== 'range' &&
                  !shown.has(each.name) &&
                  !(['parameter', 'setting'].includes(each.kind) && !(layout.hidden ?? []).includes(each.name)),
              )
              .map((each) => each.name),
            name,
          ],
        });
      },
    },
  ];
}
