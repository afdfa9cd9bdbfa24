import type uPlot from 'uplot';
import { announce, h } from '../ui-kit';
import type { Series } from '../protocol';
import { keysHint, plotKey } from './chart-keys';
import { Legend } from './legend';
import type { PlotPlan } from './plot-options';
import { Words } from './words';

export const keyOf = ({ run, stage, name }: Series): string => `${run}\n${stage}\n${name}`;

/** One chart of many: its place in the page, and what is drawn in it. */
export interface Chart {
  readonly key: string;
  readonly element: HTMLElement;
  /** Holds the plot, and takes the keys. */
  readonly body: HTMLElement;
  readonly legend: Legend;
  readonly marks: HTMLElement;
  readonly words: Words;
  members: readonly Series[];
  plot?: uPlot;
  entries: PlotPlan['entries'];
  xText: PlotPlan['xText'];
  /** Curves that somebody put out of sight, by their keys. */
  readonly hidden: Set<string>;
  shape: string;
  /** Drawn only while it is near the part of the page that is seen. */
  near: boolean;
  stale: boolean;
}

/** A chart without curves yet. */
export function newChart(key: string): Chart {
  const words = new Words();
  const body = h('div', {
    class: 'plot',
    role: 'application',
    'aria-roledescription': 'chart',
    'aria-label': `Curves of ${key}. ${keysHint}`,
    tabindex: 0,
    'data-keep': `plot ${key}`,
  });
  const legend = new Legend(key, (place, alone) => toggle(chart, place, alone));
  const marks = h('p', { class: 'marks' });
  const element = h(
    'section',
    { class: 'chart', 'aria-label': `Chart of ${key}` },
    h('div', { class: 'chart-head' }),
    words.summary,
    body,
    legend.element,
    marks,
    words.table,
  );
  const chart: Chart = {
    key,
    element,
    body,
    legend,
    marks,
    words,
    members: [],
    entries: [],
    xText: String,
    hidden: new Set(),
    shape: '',
    near: false,
    stale: true,
  };
  body.addEventListener('keydown', (event) => {
    if (!chart.plot || !plotKey(chart.plot, event)) return;
    event.preventDefault();
    // A zoom moves the crosshair a microtask later.
    queueMicrotask(() => announce(legend.text));
  });
  return chart;
}

/** Hides a curve or shows it again, or shows it alone; where it is alone already, all of them. */
function toggle(chart: Chart, place: number, alone: boolean): void {
  const { hidden, legend, entries } = chart;
  const keys = chart.members.map(keyOf);
  const key = keys[entries.findIndex((entry) => entry.place === place)];
  if (key === undefined) return;
  const others = keys.filter((each) => each !== key);
  if (alone) {
    const isAlone = others.every((each) => hidden.has(each)) && !hidden.has(key);
    hidden.clear();
    if (!isAlone) for (const each of others) hidden.add(each);
  } else if (!hidden.delete(key)) hidden.add(key);
  hide(chart);
  legend.mark();
}

/** Takes what is hidden out of the plot: a curve with its raw one and its band. */
export function hide({ plot, entries, members, hidden }: Chart): void {
  plot?.batch(() =>
    entries.forEach(({ place }, index) => {
      const member = members[index];
      const show = !member || !hidden.has(keyOf(member));
      const end = entries[index + 1]?.place ?? plot.series.length;
      for (let row = place; row < end; row++) if (plot.series[row]?.show !== show) plot.setSeries(row, { show });
    }),
  );
}
