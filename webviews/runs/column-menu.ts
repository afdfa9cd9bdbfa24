import type { Column } from '../../lifecycle/query';
import type { RunsLayout } from '../protocol';
import type { MenuItem } from '../ui-kit';

export interface ColumnMenuState {
  readonly all: readonly Column[];
  readonly columns: readonly Column[];
  readonly layout: RunsLayout;
  readonly change: (part: Partial<RunsLayout>) => void;
  readonly sortBy: (name: string, add: boolean, descending: boolean) => void;
  readonly move: (column: number, by: number) => void;
}

/** What can be done with a column that is shown. */
export function columnMenu(index: number, { all, columns, layout, change, sortBy, move }: ColumnMenuState): MenuItem[] {
  const column = columns[index];
  if (!column) return [];
  const { name } = column;
  const groups = layout.group ?? [];
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
    { label: 'Move Left', key: 'Alt+←', apart: true, disabled: index === 0, act: () => move(index, -1) },
    { label: 'Move Right', key: 'Alt+→', disabled: index === columns.length - 1, act: () => move(index, 1) },
    {
      label: index < (layout.frozen ?? 1) ? 'Freeze Columns Before This' : 'Freeze up to Here',
      act: () => change({ frozen: index < (layout.frozen ?? 1) ? index : index + 1 }),
    },
    {
      label: 'Hide',
      act: () => {
        const shown = new Set(columns.map((each) => each.name));
        change({
          hidden: [
            ...all
              .filter(
                (each) =>
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
