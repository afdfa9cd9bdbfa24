// Which rows are shown, in which order and under which heads. Pure: a function of the frame and of the layout.

import { filterOf, type Column, type Mistake, type Value } from '../../lifecycle/query';
import type { RunsLayout } from '../protocol';
import type { Frame } from './frame';
import { sortBy } from './sort';

/** Rows under one head. */
export interface Group {
  /** Names the group over changes of the rows. */
  readonly key: string;
  /** For example `model.kind network`. */
  readonly label: string;
  readonly level: number;
  readonly rows: readonly number[];
  readonly open: boolean;
}

export interface ViewState {
  readonly layout: RunsLayout;
  /** Ids of rows that stay on top, in the order in which they were pinned. */
  readonly pinned: readonly string[];
  /** Keys of groups and ids of runs that are open. */
  readonly open: ReadonlySet<string>;
}

export interface View {
  /** What is shown, from top to bottom: a row's number, or −1 − the place of a group. */
  readonly items: Int32Array;
  readonly groups: readonly Group[];
  /** Runs that fit the filter. */
  readonly fitting: Uint32Array;
  /** Runs that are not trials and not hidden. */
  readonly all: number;
  readonly mistake?: Mistake;
}

/** Filters, sorts, pins, groups and opens. With a filter that is wrong all rows are shown, and the mistake is told. */
export function viewOf(frame: Frame, { layout, pinned, open }: ViewState): View {
  const { test, mistake } = filterOf(layout.filter ?? '', { columns: frame.columns, read: (name) => frame.read(name) });
  const isHidden = frame.read('hidden');
  const kept = new Uint32Array(frame.rows);
  const hasTrials = frame.children.size > 0;
  let [all, fit] = [0, 0];
  for (let row = 0; row < kept.length; row++) {
    if ((hasTrials && frame.parentOf(row) !== undefined) || (!layout.showHidden && isHidden(row) !== undefined))
      continue;
    all++;
    if (!test || test(row) || (hasTrials && someChild(frame, row, test))) kept[fit++] = row;
  }
  const rows = kept.slice(0, fit);
  sortRows(frame, rows, layout);
  const groups: Group[] = [];
  const items: number[] = [];
  const addRow = (row: number): void => {
    items.push(row);
    if (!hasTrials) return;
    const id = frame.ids[row] ?? '';
    const children = frame.children.get(id);
    if (!children || !open.has(id)) return;
    const trials = Uint32Array.from(test ? children.filter((child) => test(child)) : children);
    sortRows(frame, trials, layout);
    for (const trial of trials) items.push(trial);
  };
  const top = pinned.flatMap((id) => frame.rowOf(id) ?? []);
  top.forEach(addRow);
  const rest = top.length === 0 ? rows : rows.filter((row) => !top.includes(row));
  addGroups(frame, rest, layout.group ?? [], 1, '', { open, groups, items, addRow });
  return { items: Int32Array.from(items), groups, fitting: rows, all, ...(mistake ? { mistake } : {}) };
}

/** Runs that fit, and the trials that are open: what differs among them is worth a column. */
export function seenRows(frame: Frame, { fitting, items }: View, open: ReadonlySet<string>): ArrayLike<number> {
  if (frame.children.size === 0 || open.size === 0) return fitting;
  return [...fitting, ...items.filter((item) => item >= 0 && frame.parentOf(item) !== undefined)];
}

const someChild = (frame: Frame, row: number, test: (row: number) => boolean): boolean =>
  frame.children.get(frame.ids[row] ?? '')?.some((child) => test(child)) ?? false;

/** In place. Without a sort key the newest come first. */
export function sortRows(frame: Frame, rows: Uint32Array, { sort = [] }: RunsLayout): void {
  const keys = sort.length > 0 ? sort : [{ column: 'created', descending: true }];
  sortBy(
    rows,
    keys.map(({ column, descending }) => ({ ranks: frame.ranks(column), descending: descending ?? false })),
  );
}

interface Out {
  readonly open: ReadonlySet<string>;
  readonly groups: Group[];
  readonly items: number[];
  addRow(row: number): void;
}

function addGroups(
  frame: Frame,
  rows: Iterable<number>,
  by: readonly string[],
  level: number,
  under: string,
  out: Out,
): void {
  const [name, ...deeper] = by;
  if (name === undefined) {
    for (const row of rows) out.addRow(row);
    return;
  }
  const read = frame.read(name);
  const found = new Map<Value, number[]>();
  for (const row of rows) {
    const value = read(row);
    const members = found.get(value);
    if (members) members.push(row);
    else found.set(value, [row]);
  }
  for (const [value, members] of found) {
    const key = `${under}/${name}=${String(value)}`;
    const group: Group = {
      key,
      label: value === undefined ? `no ${name}` : `${name} ${String(value)}`,
      level,
      rows: members,
      open: out.open.has(key),
    };
    out.groups.push(group);
    out.items.push(-out.groups.length);
    if (group.open) addGroups(frame, members, deeper, level + 1, key, out);
  }
}

/** Mean and band of a column over rows: smallest and largest, and the standard deviation (n − 1). */
export function summarize(
  frame: Frame,
  name: string,
  rows: readonly number[],
):
  | {
      readonly mean: number;
      readonly deviation: number;
      readonly low: number;
      readonly high: number;
      readonly count: number;
    }
  | undefined {
  const read = frame.read(name);
  // Welford (1962).
  let [count, mean, squares, low, high] = [0, 0, 0, Infinity, -Infinity];
  for (const row of rows) {
    const value = read(row);
    if (typeof value !== 'number') continue;
    count++;
    const delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return count === 0
    ? undefined
    : { mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0, low, high, count };
}

// The name and the star of a run are shown with its id.
const defaultHidden = new Set([
  'host',
  'file',
  'command',
  'hidden',
  'note',
  'problem',
  'star',
  'name',
  'environment',
  'commit',
]);
const first = ['run', 'pipeline', 'status', 'created', 'seconds', 'stages', 'tags'];

/** The columns that are shown, in order. Without a layout of the user's: the usual facts, parameters, metrics; settings that differ. */
export function shownColumns(frame: Frame, layout: RunsLayout, rows: ArrayLike<number>): Column[] {
  const place = new Map((layout.columns ?? first).map((name, index) => [name, index]));
  const hidden = layout.hidden === undefined ? undefined : new Set(layout.hidden);
  const ranges = new Set(layout.ranges);
  return frame.columns
    .map((column, index) => ({ column, index: place.get(column.name) ?? place.size + index }))
    .filter(({ column: { name, kind } }) => {
      if (kind === 'range') return ranges.has(name);
      if (hidden ? hidden.has(name) : defaultHidden.has(name)) return false;
      if (kind !== 'parameter' && kind !== 'setting') return true;
      // Hundreds of settings that are the same everywhere say nothing.
      return !(layout.onlyDiffering ?? true) || frame.differs(name, rows);
    })
    .sort((a, b) => a.index - b.index)
    .map(({ column }) => column);
}
