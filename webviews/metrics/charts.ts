import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import { h, renew, type MenuItem } from '../ui-kit';
import { extent } from '../ui-kit/figure';
import type { Series } from '../protocol';
import { hide, keyOf, newChart, type Chart } from './chart';
import { headOf } from './chart-head';
import { curveLooks, type CurveOwner } from './curve-looks';
import { csvOfMeans, csvText, pngOf, svgText } from './export';
import { checkpointPlaces, drawMarks, markLegend, type MarkSource } from './marks';
import { plotData } from './plot-data';
import { countsSeconds, placeOf } from '../ui-kit/series';
import { plotPlan } from './plot-options';
import type { XAxis } from './smooth';
import { thinned } from './thin';

export interface ChartSettings {
  readonly axis: XAxis;
  readonly logY: boolean;
  readonly logX: boolean;
  /** Whether a few wild points may lie outside of a chart. */
  readonly robust: boolean;
  /** 0 … 0.99 */
  readonly smoothing: number;
  readonly search: string;
  readonly pinned: readonly string[];
  readonly closed: readonly string[];
}

export interface ChartEvents {
  /** Somebody looks at a part of the x axis only, or at all of it again. */
  zoom(range: readonly [number, number] | undefined): void;
  pin(title: string): void;
  close(group: string): void;
  save(name: string, format: 'csv' | 'svg' | 'png', content: string): void;
}

const height = 170;
/** Charts made at once: nobody looks at ten thousand. */
const mostCharts = 60;

/** Small multiples: one chart a metric, one curve for each run, stage and split. */
export class Charts {
  private readonly charts = new Map<string, Chart>();
  private series: readonly Series[] = [];
  private owners: readonly CurveOwner[] = [];
  private settings: ChartSettings = {
    axis: 'step',
    logY: false,
    logX: false,
    robust: false,
    smoothing: 0,
    search: '',
    pinned: [],
    closed: [],
  };
  private looks = curveLooks([], []);
  private limit = mostCharts;
  private range: readonly [number, number] | undefined;
  private zooming = false;
  private readonly seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const chart = [...this.charts.values()].find(({ element }) => element === target);
        if (!chart) continue;
        chart.near = isIntersecting;
        if (isIntersecting && chart.stale) this.plot(chart);
      }
    },
    { rootMargin: '400px' },
  );

  constructor(
    private readonly area: HTMLElement,
    private readonly events: ChartEvents,
  ) {
    new ResizeObserver(() => {
      for (const { plot, body } of this.charts.values())
        if (plot && body.clientWidth > 0 && plot.width !== body.clientWidth)
          plot.setSize({ width: body.clientWidth, height });
    }).observe(area);
  }

  show(series: readonly Series[], owners: readonly CurveOwner[], settings: ChartSettings): void {
    const rebuilt =
      settings.axis !== this.settings.axis ||
      settings.logX !== this.settings.logX ||
      settings.logY !== this.settings.logY ||
      settings.robust !== this.settings.robust ||
      idsOf(owners) !== idsOf(this.owners);
    if (rebuilt) {
      this.range = undefined;
      this.clear();
    }
    this.series = series;
    this.owners = owners;
    this.settings = settings;
    this.looks = curveLooks(series, owners);
    this.draw();
  }

  /** Builds every chart anew, for another theme. */
  redraw(): void {
    this.clear();
    this.draw();
  }

  resetZoom(): void {
    this.range = undefined;
    this.events.zoom(undefined);
    this.draw();
  }

  get zoomed(): boolean {
    return this.range !== undefined;
  }

  private clear(): void {
    for (const { plot, element } of this.charts.values()) {
      plot?.destroy();
      this.seen.unobserve(element);
    }
    this.charts.clear();
    this.layout = '';
    this.area.replaceChildren();
  }

  private draw(): void {
    const { activeElement } = document;
    const focused =
      activeElement instanceof HTMLElement && this.area.contains(activeElement)
        ? activeElement.dataset['keep']
        : undefined;
    this.arrange();
    // Who works by keyboard stays at the button that was pressed.
    if (focused !== undefined && document.activeElement !== activeElement)
      this.area.querySelector<HTMLElement>(`[data-keep="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  private arrange(): void {
    const { search, pinned, closed } = this.settings;
    const wanted = new Map<string, Series[]>();
    for (const each of this.series) {
      const { group, title } = placeOf(each.name);
      const key = group === '' ? title : `${group}/${title}`;
      if (search && !key.toLowerCase().includes(search.toLowerCase())) continue;
      const members = wanted.get(key);
      if (members) members.push(each);
      else wanted.set(key, [each]);
    }
    const groupOf = (key: string): string =>
      pinned.includes(key) ? 'Pinned' : key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
    const groups = new Map<string, string[]>([
      ['Pinned', []],
      ['', []],
    ]);
    for (const key of wanted.keys()) groups.set(groupOf(key), [...(groups.get(groupOf(key)) ?? []), key]);
    for (const [key, chart] of this.charts)
      if (!wanted.has(key)) {
        chart.plot?.destroy();
        this.seen.unobserve(chart.element);
        this.charts.delete(key);
      }
    let left = this.limit;
    const plan = [...groups]
      .filter(([, keys]) => keys.length > 0)
      .map(([group, keys]) => {
        const shown = closed.includes(group) ? [] : keys.slice(0, Math.max(0, left));
        left -= shown.length;
        return { group, keys, shown };
      });
    for (const key of plan.flatMap(({ shown }) => shown)) {
      const known = this.charts.get(key);
      const chart = known ?? this.create(key);
      chart.members = wanted.get(key) ?? [];
      this.head(chart);
      chart.stale = true;
      if (chart.near) this.plot(chart);
      else if (!known) this.say(chart);
    }
    const rest = plan.reduce(
      (sum, { group, keys, shown }) => sum + (closed.includes(group) ? 0 : keys.length - shown.length),
      0,
    );
    const layout = JSON.stringify([plan.map(({ group, keys, shown }) => [group, keys.length, shown]), closed, rest]);
    if (layout === this.layout) return;
    this.layout = layout;
    this.area.replaceChildren(
      ...plan.map(({ group, keys, shown }) => this.section(group, keys.length, shown)),
      ...(left <= 0 && rest > 0
        ? [
            h(
              'button',
              { class: 'plain-button', type: 'button', onclick: () => this.more() },
              `Show ${Math.min(rest, mostCharts)} more of ${rest.toLocaleString('en')}`,
            ),
          ]
        : []),
    );
  }

  private layout = '';

  private more(): void {
    const before = new Set(this.charts.keys());
    this.limit += mostCharts;
    this.draw();
    [...this.charts.values()].find(({ key }) => !before.has(key))?.body.focus({ preventScroll: true });
  }

  private section(group: string, count: number, shown: readonly string[]): HTMLElement {
    const isClosed = this.settings.closed.includes(group);
    return h(
      'section',
      { class: 'group', 'aria-label': group === '' ? 'Metrics' : group },
      group === ''
        ? false
        : h(
            'button',
            {
              class: 'group-head',
              type: 'button',
              'data-keep': `group ${group}`,
              'aria-expanded': String(!isClosed),
              onclick: () => this.events.close(group),
            },
            `${isClosed ? '▸' : '▾'} ${group} (${count})`,
          ),
      h('div', { class: 'charts' }, ...shown.flatMap((key) => this.charts.get(key)?.element ?? [])),
    );
  }

  private create(key: string): Chart {
    const chart = newChart(key);
    this.charts.set(key, chart);
    this.seen.observe(chart.element);
    return chart;
  }

  private head(chart: Chart): void {
    const pinned = this.settings.pinned.includes(chart.key);
    const head = chart.element.firstElementChild;
    const state = `${pinned}`;
    if (!(head instanceof HTMLElement) || head.dataset['state'] === state) return;
    head.dataset['state'] = state;
    head.replaceChildren(
      ...headOf(chart.key, pinned, {
        pin: () => this.events.pin(chart.key),
        menu: () => this.saveMenu(chart),
      }),
    );
  }

  private saveMenu(chart: Chart): MenuItem[] {
    const name = chart.key.replace(/[^\w-]+/g, '-') || 'chart';
    const labels = chart.members.map((series) => this.looks.labelOf(series));
    const hues = chart.members.map((series) => this.looks.strokeOf(series));
    return [
      {
        label: 'Save as CSV…',
        act: () => {
          const mean = this.owners.some((owner) => owner.mean);
          const text = mean ? csvOfMeans(chart.members, labels, this.settings.axis) : csvText(chart.members, labels);
          this.events.save(name, 'csv', text);
        },
      },
      {
        label: 'Save as SVG…',
        act: () =>
          this.events.save(
            name,
            'svg',
            svgText(
              chart.key,
              chart.members,
              labels,
              hues,
              this.settings,
              checkpointPlaces(chart.members, this.markSource()),
            ),
          ),
      },
      { label: 'Save as PNG…', act: () => this.events.save(name, 'png', pngOf(chart.plot?.ctx.canvas)) },
      ...(this.range ? [{ label: 'Show All Again', apart: true, act: () => this.resetZoom() }] : []),
    ];
  }

  private markSource(): MarkSource {
    return {
      axis: this.settings.axis,
      colorOf: (series) => this.looks.strokeOf(series).color,
      checkpointsOf: ({ run, stage }) =>
        this.owners.find(({ id }) => id === run)?.stages.find(({ name }) => name === stage)?.checkpoints,
    };
  }

  private say(chart: Chart): void {
    const { key, words } = chart;
    words.renew(() => ({
      caption: `${key} by ${this.settings.axis === 'step' && chart.members.every(countsSeconds) ? 'seconds' : this.settings.axis}, five points of each curve`,
      members: chart.members,
      labelOf: (series) => this.looks.labelOf(series),
      source: this.markSource(),
    }));
  }

  private plot(chart: Chart): void {
    chart.stale = false;
    this.say(chart);
    renew(chart.marks, markLegend(chart.members, this.markSource()));
    const { axis, logX, logY, robust, smoothing } = this.settings;
    // Where only a part is looked at, it is looked at closely. Else a bucket takes two pixels, as wide as its line is.
    const width = chart.plot?.width ?? chart.body.clientWidth;
    const members = this.range ? chart.members : chart.members.map((each) => thinned(each, width / 2));
    const ghost = smoothing > 0;
    const data = plotData(members, this.settings);
    const shape = `${ghost} ${members.map((member) => `${keyOf(member)} ${member.low ? 'band' : ''} ${member.values.length < 2}`).join('|')}`;
    if (chart.plot && chart.shape === shape)
      chart.plot.batch(() => {
        chart.plot?.setData(data, this.range === undefined);
        if (this.range) chart.plot?.setScale('x', { min: this.range[0], max: this.range[1] });
      });
    else {
      chart.plot?.destroy();
      chart.shape = shape;
      const { options, entries, xText } = plotPlan({
        members,
        width: chart.body.clientWidth,
        height,
        axis,
        logX,
        logY,
        robust,
        ghost,
        strokeOf: (series) => this.looks.strokeOf(series),
        labelOf: (series) => this.looks.labelOf(series),
        drawn: (plot) => drawMarks(plot, chart.members, this.markSource()),
        pointed: () => chart.legend.update(),
        moved: (plot) => this.follow(plot),
      });
      Object.assign(chart, { entries, xText });
      chart.plot = new uPlot(options, data, chart.body);
      if (this.range) chart.plot.setScale('x', { min: this.range[0], max: this.range[1] });
      hide(chart);
    }
    const entries = chart.entries.map((entry, place) => {
      const member = chart.members[place];
      return {
        ...entry,
        last: lastOf(member),
        ends: () => endsOf(member),
      };
    });
    chart.legend.renew(entries, chart.plot, chart.xText);
  }

  /** A drag in one chart is a drag in all. */
  private follow(plot: uPlot): void {
    if (this.zooming) return;
    const { min, max } = plot.scales['x'] ?? {};
    if (min === undefined || max === undefined || min === null || max === null) return;
    const xs = plot.data[0];
    const whole = min <= (xs[0] ?? min) && max >= (xs.at(-1) ?? max);
    const next = whole ? undefined : ([min, max] as const);
    if (String(next) === String(this.range)) return;
    this.range = next;
    this.zooming = true;
    for (const chart of this.charts.values())
      if (chart.plot && chart.plot !== plot) {
        if (next) chart.plot.setScale('x', { min, max });
        else chart.plot.setData(chart.plot.data, true);
      }
    this.zooming = false;
    this.events.zoom(next);
  }
}

const idsOf = (owners: readonly CurveOwner[]): string => owners.map(({ id }) => id).join();

/** The last finite value that was logged. */
const lastOf = (series: Series | undefined): number | null =>
  series?.values.findLast((value) => value !== null && Number.isFinite(value)) ?? null;

/** The smallest and the largest value that was logged. */
const endsOf = (series: Series | undefined): readonly [number, number] | undefined =>
  series && extent([...(series.low ?? series.values), ...(series.high ?? [])]);
