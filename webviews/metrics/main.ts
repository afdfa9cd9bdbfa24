import './style.css';
import {
  announce,
  button,
  checkbox,
  clear,
  h,
  onThemeChange,
  registerWidgets,
  renew,
  select,
  spinner,
  textField,
} from '../ui-kit';
import type { ExamplesAnswer, FromMetrics, MetricsState, RunState, Series, ToMetrics } from '../protocol';
import { examplesCss } from '../ui-kit/examples-style';
import { figureCss } from '../ui-kit/figure-style';
import { duration } from '../ui-kit/format';
import { adopt } from '../ui-kit/sheet';
import { states } from '../ui-kit/status';
import { Averaging, type AveragingChoice } from './averaging';
import { keyOf } from './chart';
import { Charts, type ChartSettings } from './charts';
import { CompareView } from './compare';
import { EvaluationView } from './evaluation';
import type { CurveOwner } from './curve-looks';
import { SearchView } from './search';
import { runChooser } from './chooser';
import { SideBySide } from './side-by-side';
import type { XAxis } from './smooth';
import type { Costs } from './threshold-figure';
import { stageRow } from './stages';
import { steeringBar } from './steering';

type Tab = 'curves' | 'compare' | 'evaluation';

interface Kept extends Partial<ChartSettings>, AveragingChoice {
  runs?: string[];
  /** Place of each run, and of each group of runs, in the palette: it keeps its colour while it is shown. */
  hues?: Record<string, number>;
  tab?: Tab;
  costs?: Costs;
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromMetrics): void;
  getState(): Kept | undefined;
  setState(state: Kept): void;
};

registerWidgets();
adopt(figureCss);
adopt(examplesCss);
const api = acquireVsCodeApi();
const kept: Kept = api.getState() ?? {};
const keep = (part: Kept): void => {
  Object.assign(kept, part);
  api.setState(kept);
};
let state: MetricsState = { choices: [], runs: [], series: [], evaluations: [] };

const settings = (): ChartSettings => ({
  axis: kept.axis ?? 'step',
  logX: kept.logX ?? false,
  logY: kept.logY ?? false,
  robust: kept.robust ?? false,
  smoothing: kept.smoothing ?? 0,
  search: kept.search ?? '',
  pinned: kept.pinned ?? [],
  closed: kept.closed ?? [],
});
const set = (part: Partial<ChartSettings>): void => {
  keep(part);
  drawCurves();
};
const toggle = (list: readonly string[] | undefined, item: string): string[] =>
  list?.includes(item) ? list.filter((each) => each !== item) : [...(list ?? []), item];

const averaging = new Averaging((choice) => {
  keep(choice);
  render();
});
/** A run that is drawn in a mean has the colour of the mean. */
const hueOf = (run: string): number => kept.hues?.[averaging.groupOf(run)?.id ?? run] ?? 0;
const nameOf = (run: string): string => state.choices.find(({ id }) => id === run)?.name ?? run.slice(-6);

const chooser = runChooser((runs) => {
  keep({ runs });
  api.postMessage({ type: 'choose', runs });
});
const axis = select('Horizontal axis', (value) => set({ axis: value as XAxis }));
const logY = checkbox('Log y', kept.logY ?? false, (on) => set({ logY: on }));
const logX = checkbox('Log x', kept.logX ?? false, (on) => set({ logX: on }));
const robust = checkbox('Ignore outliers', kept.robust ?? false, (on) => set({ robust: on }));
const smoothing = h('input', { type: 'range', min: 0, max: 0.99, step: 0.01, 'aria-label': 'Smoothing' });
smoothing.value = String(kept.smoothing ?? 0);
smoothing.addEventListener('input', () => set({ smoothing: Number(smoothing.value) }));
const search = textField('Search metrics', 'Search metrics', (text) => set({ search: text }));
const whole = h(
  'button',
  { class: 'plain-button', type: 'button', onclick: () => charts.resetZoom() },
  'Show All Again',
);
const chosen = h('div', { class: 'chosen', role: 'list', 'aria-label': 'Runs shown' });
const stages = h('div', { class: 'stages', role: 'list', 'aria-label': 'Stages' });
const wheel = steeringBar((run, action) => api.postMessage({ type: 'steer', run, action }));
const note = h('p', { class: 'note', role: 'status' });
const empty = h('div', { class: 'empty' });
const area = h('div', {});
const curveTools = h(
  'div',
  { class: 'bar' },
  axis.element,
  logX.element,
  logY.element,
  robust.element,
  h('label', { class: 'slider' }, 'Smoothing ', smoothing),
  averaging.element,
  search.element,
  whole,
);
const charts = new Charts(area, {
  zoom: (range) => {
    // The focus does not go away with the button.
    if (range === undefined && document.activeElement === whole) document.getElementById('tab-curves')?.focus();
    whole.hidden = range === undefined;
    // Only what was thinned has more to show.
    const thinned = state.series.filter(({ low }) => low);
    if (thinned.length > 0 && (kept.axis ?? 'step') === 'step')
      api.postMessage({ type: 'zoom', ...(range ? { range } : {}) });
  },
  pin: (title) => set({ pinned: toggle(kept.pinned, title) }),
  close: (group) => set({ closed: toggle(kept.closed, group) }),
  save: (name, format, content) => api.postMessage({ type: 'save', name, format, content }),
});
const compare = new CompareView((run) => api.postMessage({ type: 'choose', runs: [run] }), nameOf);
const searches = new SearchView(nameOf);
const sideBySide = new SideBySide(nameOf);
const asked = new Map<number, (answer: ExamplesAnswer) => void>();
const evaluation = new EvaluationView(
  kept.costs ?? { falsePositive: 1, falseNegative: 1 },
  (costs) => keep({ costs }),
  (question) =>
    new Promise((resolve) => {
      // Two pages get the same messages: each knows its own by chance.
      const id = Math.random();
      asked.set(id, resolve);
      api.postMessage({ type: 'examples', id, question });
    }),
  nameOf,
  (name, format, content) => api.postMessage({ type: 'save', name, format, content }),
);
const tabs: Record<Tab, { readonly title: string; readonly panel: HTMLElement }> = {
  curves: {
    title: 'Curves',
    panel: h('div', { role: 'tabpanel', id: 'panel-curves', 'aria-labelledby': 'tab-curves' }, curveTools, empty, area),
  },
  evaluation: {
    title: 'Evaluation',
    panel: h(
      'div',
      { role: 'tabpanel', id: 'panel-evaluation', 'aria-labelledby': 'tab-evaluation' },
      evaluation.element,
    ),
  },
  compare: {
    title: 'Parameters',
    panel: h(
      'div',
      { role: 'tabpanel', id: 'panel-compare', 'aria-labelledby': 'tab-compare' },
      searches.element,
      sideBySide.element,
      compare.element,
    ),
  },
};
const tabList = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' });
for (const [name, { title }] of Object.entries(tabs) as [Tab, { title: string }][])
  tabList.append(
    h(
      'button',
      {
        role: 'tab',
        type: 'button',
        id: `tab-${name}`,
        'aria-controls': `panel-${name}`,
        onclick: () => showTab(name),
      },
      title,
    ),
  );
tabList.addEventListener('keydown', (event) => {
  const names = Object.keys(tabs) as Tab[];
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by === undefined) return;
  const next = names[(names.indexOf(kept.tab ?? 'curves') + by + names.length) % names.length];
  if (next) {
    showTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  }
});

document.body.append(
  h(
    'main',
    {},
    h('h1', { class: 'unseen' }, 'Metrics'),
    h('header', {}, chooser.element, chosen, wheel.element),
    note,
    stages,
    tabList,
    ...Object.values(tabs).map(({ panel }) => panel),
  ),
  h('div', { id: 'announce', class: 'unseen', 'aria-live': 'polite' }),
);

function showTab(name: Tab): void {
  keep({ tab: name });
  for (const [each, { panel }] of Object.entries(tabs)) {
    const on = each === name;
    panel.hidden = !on;
    const head = document.getElementById(`tab-${each}`);
    head?.setAttribute('aria-selected', String(on));
    head?.setAttribute('tabindex', on ? '0' : '-1');
  }
  draw();
}

/** Whose curves are drawn: the runs, or the groups of which the means are. */
function owners(): CurveOwner[] {
  const { groups } = averaging;
  if (groups.length > 0)
    return groups.map(({ id, name }) => ({ id, name, hue: kept.hues?.[id] ?? 0, stages: [], mean: true }));
  const { runs } = state;
  return runs.map(({ id, stages }) => ({ id, name: runs.length > 1 ? nameOf(id) : '', hue: hueOf(id), stages }));
}

function drawCurves(): void {
  const looks = settings();
  charts.show(averaging.of(state.series, looks.axis, looks.logX, kept.band), owners(), looks);
  whole.hidden = !charts.zoomed;
}

function draw(): void {
  const tab = kept.tab ?? 'curves';
  if (tab === 'curves') drawCurves();
  else if (tab === 'evaluation') evaluation.show(state.evaluations, state.runs);
  else {
    searches.show(state.searches ?? []);
    const table = state.table ?? { columns: [], rows: [] };
    sideBySide.show(
      table,
      state.runs.map(({ id }) => id),
    );
    compare.show(table);
  }
}

let announced: string | undefined;

const timeOf = (run: RunState | undefined): string => (run?.seconds === undefined ? '' : duration(run.seconds));

function chip(run: RunState): HTMLElement {
  const several = state.runs.length > 1;
  return h(
    'span',
    { class: 'chip', role: 'listitem' },
    // Of one mean the colours tell stages apart.
    several && averaging.groups.length !== 1
      ? h('span', { class: `swatch curve-${hueOf(run.id) % 8}`, 'aria-hidden': 'true' }, '●')
      : false,
    run.status === 'running' && !run.paused
      ? spinner('running')
      : h('span', { 'aria-hidden': 'true' }, run.paused ? '‖' : states[run.status].mark),
    h(
      'span',
      { class: `word ${run.status}`, title: nameOf(run.id) },
      several ? nameOf(run.id) : run.paused ? 'paused' : states[run.status].word,
    ),
    h('span', { class: 'time' }, timeOf(run)),
  );
}

/** Takes in curves at a finer grain inside the range that is looked at. */
function refine(series: readonly Series[]): void {
  const found = new Map(series.map((each) => [keyOf(each), each]));
  state = { ...state, series: state.series.map((each) => found.get(keyOf(each)) ?? each) };
  if ((kept.tab ?? 'curves') === 'curves') drawCurves();
}

let planned = false;

/** Of several states in one frame the last one is drawn. */
function renderSoon(): void {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => {
    planned = false;
    render();
  });
}

/** Places in the palette: those that had one keep it, the others take what is free. */
function huesOf(ids: readonly string[]): Record<string, number> {
  const hues: Record<string, number> = {};
  const taken = new Set(ids.flatMap((id) => kept.hues?.[id] ?? []));
  for (const id of ids) {
    let hue = kept.hues?.[id];
    for (let free = 0; hue === undefined; free++) if (!taken.has(free)) hue = free;
    taken.add(hue);
    hues[id] = hue;
  }
  return hues;
}

function render(): void {
  const { choices, runs, series, note: remark } = state;
  chooser.update(
    choices,
    runs.map(({ id }) => id),
  );
  averaging.show(runs, state.table, kept);
  keep({
    hues: {
      ...huesOf(runs.map(({ id }) => id)),
      ...huesOf(averaging.groups.map(({ id }) => id)),
    },
  });
  axis.update(
    [
      { value: 'step', label: 'by step' },
      { value: 'epoch', label: 'by epoch' },
      { value: 'relative', label: 'by time since start' },
      { value: 'wall', label: 'by clock time' },
    ],
    kept.axis ?? 'step',
  );
  note.textContent = remark ?? '';
  note.hidden = !remark;
  clear(empty);
  const [only] = runs;
  tabList.hidden = chooser.element.hidden = choices.length === 0;
  curveTools.hidden = series.length === 0;
  renew(
    stages,
    (runs.length === 1 && only ? only.stages : []).map((stage) => ({
      key: JSON.stringify([only?.id, stage]),
      make: () =>
        stageRow(stage, () => only && api.postMessage({ type: 'open-stage', run: only.id, stage: stage.name })),
    })),
  );
  renew(
    chosen,
    runs.map((run) => ({
      key: JSON.stringify([
        run.id,
        run.status,
        run.paused,
        runs.length,
        averaging.groups.length,
        hueOf(run.id),
        nameOf(run.id),
      ]),
      make: () => chip(run),
    })),
  ).forEach((element, place) => {
    const time = element.querySelector('.time');
    const text = timeOf(runs[place]);
    if (time && time.textContent !== text) time.textContent = text;
  });
  wheel.show(runs.length === 1 ? only : undefined);
  if (!only && !remark)
    empty.append(
      h('p', {}, 'No run yet. Loss and metrics appear here while a model trains.'),
      button('Run Pipeline', () => api.postMessage({ type: 'command', command: 'run' })),
    );
  else if (only && series.length === 0 && runs.every(({ status }) => status !== 'running'))
    empty.append(
      h(
        'p',
        {},
        runs.length === 1
          ? 'This run logged no curves: its stages were reused, or train no model.'
          : 'These runs logged no curves.',
      ),
    );
  if (only && announced !== `${only.id} ${only.status}`) {
    announced = `${only.id} ${only.status}`;
    announce(`Run of ${only.pipeline}: ${states[only.status].word}`);
  }
  draw();
}

window.addEventListener('message', ({ data }: MessageEvent<ToMetrics>) => {
  if (data.type === 'refined') return refine(data.series);
  if (data.type === 'examples') return asked.get(data.id)?.(data.answer);
  ({ state } = data);
  renderSoon();
});
onThemeChange(() => {
  charts.redraw();
  compare.redraw();
});
whole.hidden = true;
search.value = kept.search ?? '';
showTab(kept.tab ?? 'curves');
api.postMessage({ type: 'ready', ...(kept.runs ? { runs: kept.runs } : {}) });
