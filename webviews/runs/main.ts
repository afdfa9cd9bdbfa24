import './style.css';
import type { Column, SortKey } from '../../lifecycle/query';
import type { FromRuns, RunsAction, RunsLayout, ToRuns } from '../protocol';
import {
  announce,
  button,
  checkbox,
  clear,
  h,
  openMenu,
  registerWidgets,
  select,
  textField,
  type MenuItem,
} from '../ui-kit';
import { Grid } from '../ui-kit/grid';
import { titleOf } from '../ui-kit/value';
import { actionsOf, type RunsActionChoice } from './actions';
import { sourceOf, type TableState } from './cells';
import { columnMenu } from './column-menu';
import { columnChooser } from './columns';
import { Frame } from './frame';
import { textOf } from './text';
import { seenRows, shownColumns, viewOf, type View } from './view';

interface Kept {
  layout?: RunsLayout;
  pinned?: string[];
  open?: string[];
  selected?: string[];
  baseline?: string;
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromRuns): void;
  getState(): Kept | undefined;
  setState(state: Kept): void;
};

registerWidgets();
const api = acquireVsCodeApi();
const kept = api.getState() ?? {};
let frame = new Frame();
let layout: RunsLayout = kept.layout ?? {};
let pinned = kept.pinned ?? [];
const open = new Set(kept.open ?? []);
const selected = new Set(kept.selected ?? []);
let baseline = kept.baseline;
let layouts: Readonly<Record<string, RunsLayout>> = {};
let trusted = true;
let loaded = false;
let view: View = viewOf(frame, { layout, pinned, open });
let columns: Column[] = [];
let anchor = 0;

const keep = (): void =>
  api.setState({
    layout,
    pinned,
    open: [...open],
    selected: [...selected],
    ...(baseline === undefined ? {} : { baseline }),
  });

const filter = textField('Filter runs', 'Filter, for example f1 > 0.8 and status = succeeded', (text) =>
  change({ filter: text }),
);
const wrong = h('span', { class: 'wrong-text', role: 'status' });
const counted = h('span', { class: 'counted', role: 'status' });
const groupBy = select('Group by', (name) => change({ group: name === '' ? [] : name.split('\n') }));
const layoutChoice = select('Layout', (name) => {
  const chosen = layouts[name];
  if (chosen) {
    layout = chosen;
    filter.value = layout.filter ?? '';
    update();
    announce(`Layout ${name}`);
  }
});
const differing = checkbox('Only what differs', layout.onlyDiffering ?? true, (on) => change({ onlyDiffering: on }));
const hiddenRuns = checkbox('Hidden runs', layout.showHidden ?? false, (on) => change({ showHidden: on }));
const note = h('p', { class: 'note', role: 'status' });
const tools = h('div', { class: 'bar tools', role: 'toolbar', 'aria-label': 'Actions' });
const chooser = columnChooser((choice) => change(choice));
const empty = h('div', { class: 'empty' });

const grid = new Grid('Runs', {
  open: (row) => {
    const id = idOf(row);
    if (id !== undefined) act('open', [id]);
  },
  toggle: (row) => {
    const key = keyOf(row);
    if (key === undefined) return;
    if (!open.delete(key)) open.add(key);
    update();
  },
  select: (row, how) => choose(row, how),
  sort: (column, add) => sortBy(columns[column]?.name, add),
  resize: (column, width) => {
    const name = columns[column]?.name;
    if (name !== undefined) change({ widths: { ...layout.widths, [name]: Math.round(width) } });
  },
  move: (column, by) => move(column, by),
  menu: (row, column, place) => openMenu(row < 0 ? 'Column' : 'Run', row < 0 ? headMenu(column) : rowMenu(row), place),
});

document.body.append(
  h(
    'main',
    {},
    h(
      'header',
      {},
      h('h1', { class: 'unseen' }, 'Runs'),
      h('div', { class: 'bar search' }, filter.element, wrong, counted),
      h(
        'div',
        { class: 'bar' },
        groupBy.element,
        layoutChoice.element,
        plain('Save Layout…', () => api.postMessage({ type: 'save-layout', layout })),
        plain('Columns…', (event) => chooser.toggle(frame.columns, columns, event.currentTarget as HTMLElement)),
        differing.element,
        hiddenRuns.element,
        plain('Export…', (event) => {
          const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
          openMenu('Export', exportMenu(), { x: box.left, y: box.bottom });
        }),
      ),
      tools,
    ),
    note,
    empty,
    grid.element,
  ),
  h('div', { id: 'announce', class: 'unseen', 'aria-live': 'polite' }),
);
grid.mount();
filter.value = layout.filter ?? '';

function plain(label: string, onclick: (event: Event) => void, disabled = false): HTMLButtonElement {
  return h('button', { class: 'plain-button', type: 'button', onclick, disabled }, label);
}

function idOf(row: number): string | undefined {
  const item = view.items[row];
  return item === undefined || item < 0 ? undefined : frame.ids[item];
}

function keyOf(row: number): string | undefined {
  const item = view.items[row];
  return item !== undefined && item < 0 ? view.groups[-item - 1]?.key : idOf(row);
}

function choose(row: number, how: 'one' | 'add' | 'range'): void {
  if (how === 'range') {
    const [from, to] = [Math.min(anchor, row), Math.max(anchor, row)];
    selected.clear();
    for (let each = from; each <= to; each++) {
      const id = idOf(each);
      if (id !== undefined) selected.add(id);
    }
  } else {
    const id = idOf(row);
    anchor = row;
    if (how === 'one') selected.clear();
    if (id !== undefined && !(how === 'add' && selected.delete(id))) selected.add(id);
  }
  keep();
  drawTools();
  grid.refresh();
  announce(`${selected.size} selected`);
}

function change(part: Partial<RunsLayout>): void {
  layout = { ...layout, ...part };
  update();
}

function sortBy(name: string | undefined, add: boolean, direction?: boolean): void {
  if (name === undefined) return;
  const before = layout.sort ?? [];
  const own = before.find((key) => key.column === name);
  // Numbers and times: the largest first. A third time takes the key away.
  const usual = frame.column(name)?.type !== 'text';
  const next: SortKey | undefined =
    direction !== undefined
      ? { column: name, descending: direction }
      : !own
        ? { column: name, descending: usual }
        : own.descending === usual
          ? { column: name, descending: !usual }
          : undefined;
  const others = add ? before.filter((key) => key.column !== name) : [];
  change({ sort: next ? (add ? [...others, next] : [next]) : others });
  announce(next ? `Sorted by ${name}, ${next.descending ? 'descending' : 'ascending'}` : `Not sorted by ${name}`);
}

function move(column: number, by: number): void {
  const names = columns.map(({ name }) => name);
  const to = column + by;
  const name = names[column];
  if (name === undefined || to < 0 || to >= names.length) return;
  names.splice(column, 1);
  names.splice(to, 0, name);
  change({ columns: names });
}

function act(action: RunsAction, runs: readonly string[] = [...selected]): void {
  if (runs.length > 0) api.postMessage({ type: 'act', action, runs });
}

const headMenu = (column: number): MenuItem[] =>
  columnMenu(column, { all: frame.columns, columns, layout, change, sortBy, move });

const text = (format: 'csv' | 'json', ids: readonly string[]): string => textOf(format, ids, { frame, view, columns });

function rowMenu(row: number): MenuItem[] {
  const id = idOf(row);
  if (id === undefined)
    return [
      {
        label: open.has(keyOf(row) ?? '') ? 'Close' : 'Open',
        act: () => grid.element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' })),
      },
    ];
  if (!selected.has(id)) choose(row, 'one');
  return [
    ...actionsOf(frame, selected, trusted).map(({ label, action, when, apart }): MenuItem => ({
      label,
      disabled: !when,
      ...(apart ? { apart } : {}),
      act: () => act(action),
    })),
    {
      label: pinned.includes(id) ? 'Unpin' : 'Pin to the Top',
      apart: true,
      act: () => {
        pinned = pinned.includes(id) ? pinned.filter((each) => each !== id) : [...pinned, id];
        update();
      },
    },
    {
      label: baseline === id ? 'No Baseline' : 'Compare Others with This (Baseline)',
      act: () => {
        baseline = baseline === id ? undefined : id;
        update();
      },
    },
    { label: 'Copy', act: () => api.postMessage({ type: 'copy', text: text('csv', [...selected]) }) },
  ];
}

/** One line of actions: as many as there is room for stand first, the others in a menu. */
const narrow = matchMedia('(max-width: 560px)');
const medium = matchMedia('(max-width: 1000px)');
for (const each of [narrow, medium]) each.addEventListener('change', drawTools);
const mostDirect = (): number => (narrow.matches ? 3 : medium.matches ? 5 : 8);

function drawTools(): void {
  const focused = (document.activeElement as HTMLElement | null)?.dataset['action'];
  const possible = actionsOf(frame, selected, trusted).filter(({ when }) => when);
  // A menu of one would take as much room as what is in it.
  const direct = possible.length > mostDirect() + 1 ? possible.slice(0, mostDirect()) : possible;
  const others = possible.slice(direct.length);
  tools.replaceChildren(
    ...(possible.length === 0
      ? [h('span', { class: 'counted' }, 'Select runs to open, compare, repeat, label or delete them.')]
      : direct.map(({ label, action }) => {
          const element = plain(label, () => act(action));
          element.dataset['action'] = action;
          return element;
        })),
    ...(others.length === 0 ? [] : [moreButton(others)]),
  );
  if (focused !== undefined) tools.querySelector<HTMLElement>(`[data-action="${focused}"]`)?.focus();
}

/** What has no room in a narrow panel. */
function moreButton(others: readonly RunsActionChoice[]): HTMLButtonElement {
  const element = plain('More…', () => {
    const box = element.getBoundingClientRect();
    const items = others.map(({ label, action, apart }, place): MenuItem => {
      return { label, act: () => act(action), ...(apart && place > 0 ? { apart } : {}) };
    });
    openMenu('More', items, { x: box.left, y: box.bottom });
  });
  element.dataset['action'] = 'more';
  element.setAttribute('aria-haspopup', 'menu');
  return element;
}

function exportMenu(): MenuItem[] {
  const shown = (): string[] => [...view.fitting].map((row) => frame.ids[row] ?? '');
  const which = selected.size > 0 ? `${selected.size} Selected` : 'All That Fit';
  const ids = (): string[] => (selected.size > 0 ? [...selected] : shown());
  return [
    {
      label: `Save ${which} as CSV…`,
      act: () => api.postMessage({ type: 'export', format: 'csv', text: text('csv', ids()) }),
    },
    {
      label: `Save ${which} as JSON…`,
      act: () => api.postMessage({ type: 'export', format: 'json', text: text('json', ids()) }),
    },
    {
      label: `Copy ${which} as CSV`,
      apart: true,
      act: () => api.postMessage({ type: 'copy', text: text('csv', ids()) }),
    },
    { label: `Copy ${which} as JSON`, act: () => api.postMessage({ type: 'copy', text: text('json', ids()) }) },
  ];
}

function update(): void {
  view = viewOf(frame, { layout, pinned, open });
  columns = shownColumns(frame, layout, seenRows(frame, view, open));
  for (const id of selected) if (frame.rowOf(id) === undefined) selected.delete(id);
  const state: TableState = { frame, view, columns, layout, selected, pinned, open, baseline };
  grid.show(sourceOf(state));
  filter.complain(view.mistake?.message);
  wrong.textContent = view.mistake?.message ?? '';
  counted.textContent = !loaded
    ? ''
    : view.fitting.length === view.all
      ? `${view.all.toLocaleString('en')} run${view.all === 1 ? '' : 's'}`
      : `${view.fitting.length.toLocaleString('en')} of ${view.all.toLocaleString('en')} runs`;
  groupBy.update(
    [
      { value: '', label: 'Not grouped' },
      ...((layout.group?.length ?? 0) > 1
        ? [{ value: (layout.group ?? []).join('\n'), label: (layout.group ?? []).join(', ') }]
        : []),
      ...frame.columns
        .filter(({ kind, type, name }) => kind !== 'metric' && type !== 'time' && type !== 'duration' && name !== 'run')
        .map((column) => ({ value: column.name, label: `by ${titleOf(column)}` })),
    ],
    (layout.group ?? []).join('\n'),
  );
  layoutChoice.update(
    [{ value: '', label: 'Layout' }, ...Object.keys(layouts).map((name) => ({ value: name, label: name }))],
    Object.keys(layouts).find((name) => layouts[name] === layout) ?? '',
  );
  differing.checked = layout.onlyDiffering ?? true;
  hiddenRuns.checked = layout.showHidden ?? false;
  clear(empty);
  const none = loaded && frame.rows === 0;
  grid.element.hidden = none || !loaded;
  tools.hidden = !loaded || none;
  if (none && note.hidden)
    empty.append(
      h('p', {}, 'No run yet. Each run of a pipeline becomes a row here, with its parameters and metrics.'),
      trusted ? button('Run Pipeline', () => api.postMessage({ type: 'command', command: 'run' })) : '',
    );
  else if (loaded && !none && view.fitting.length === 0)
    empty.append(
      h('p', {}, 'No run fits the filter.'),
      plain('Clear the Filter', () => {
        filter.value = '';
        change({ filter: '' });
      }),
    );
  drawTools();
  keep();
}

window.addEventListener('message', ({ data }: MessageEvent<ToRuns>) => {
  switch (data.type) {
    case 'table':
      frame = new Frame(data.table);
      ({ layouts, trusted } = data);
      loaded = true;
      note.textContent = data.note ?? '';
      note.hidden = !data.note;
      break;
    case 'rows':
      frame.upsert(data.columns, data.rows);
      break;
    case 'layouts':
      layouts = data.layouts;
      break;
    case 'loading':
      note.hidden = false;
      note.textContent = `Reading runs: ${data.done.toLocaleString('en')} of ${data.all.toLocaleString('en')}`;
      return;
  }
  update();
});
// The runs come in a moment: until then it is not said that there are none.
note.textContent = 'Reading runs…';
update();
api.postMessage({ type: 'ready' });
