import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import { color, h, openMenu, palette } from '../ui-kit';
import { number, tick } from '../ui-kit/format';
import type { Series } from '../protocol';
import { csvText, pngOf, svgText } from './export';
import { align, placeOf, smoothed, xOf, type XAxis } from './smooth';

export interface ChartSettings {
  readonly axis: XAxis;
  readonly logY: boolean;
  readonly logX: boolean;
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

interface Chart {
  readonly key: string;
  readonly element: HTMLElement;
  readonly body: HTMLElement;
  readonly table: HTMLElement;
  readonly summary: HTMLElement;
  members: readonly Series[];
  plot?: uPlot;
  shape: string;
  /** Drawn only while it is near the part of the page that is seen. */
  near: boolean;
  stale: boolean;
}

const height = 170;
/** Charts made at once: nobody looks at ten thousand. */
const mostCharts = 60;

/** Small multiples: one chart a metric, one curve for each run, stage and split. */
export class Charts {
  private readonly charts = new Map<string, Chart>();
  private series: readonly Series[] = [];
  private runs: readonly string[] = [];
  private settings: ChartSettings = {
    axis: 'step',
    logY: false,
    logX: false,
    smoothing: 0,
    search: '',
    pinned: [],
    closed: [],
  };
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
    /** Place of a run in the palette. */
    private readonly hueOf: (run: string) => number,
    private readonly nameOf: (run: string) => string,
  ) {
    new ResizeObserver(() => {
      for (const { plot, body } of this.charts.values())
        if (plot && body.clientWidth > 0 && plot.width !== body.clientWidth)
          plot.setSize({ width: body.clientWidth, height });
    }).observe(area);
  }

  show(series: readonly Series[], runs: readonly string[], settings: ChartSettings): void {
    const rebuilt =
      settings.axis !== this.settings.axis ||
      settings.logX !== this.settings.logX ||
      settings.logY !== this.settings.logY ||
      runs.join() !== this.runs.join();
    if (rebuilt) {
      this.range = undefined;
      this.clear();
    }
    this.series = series;
    this.runs = runs;
    this.settings = settings;
    this.draw();
  }

  /** Builds every chart anew, for another theme. */
  redraw(): void {
    this.clear();
    this.draw();
  }

  /** Series at a finer grain inside the range that is looked at. */
  refine(series: readonly Series[]): void {
    const found = new Map(series.map((each) => [keyOf(each), each]));
    this.series = this.series.map((each) => found.get(keyOf(each)) ?? each);
    this.draw();
  }

  resetZoom(): void {
    this.range = undefined;
    this.events.zoom(undefined);
    this.redraw();
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
      else if (!known) this.describe(chart);
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
              { class: 'plain-button', type: 'button', onclick: () => ((this.limit += mostCharts), this.draw()) },
              `Show ${Math.min(rest, mostCharts)} more of ${rest.toLocaleString('en')}`,
            ),
          ]
        : []),
    );
  }

  private layout = '';

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
              'aria-expanded': String(!isClosed),
              onclick: () => this.events.close(group),
            },
            `${isClosed ? '▸' : '▾'} ${group} (${count})`,
          ),
      h('div', { class: 'charts' }, ...shown.flatMap((key) => this.charts.get(key)?.element ?? [])),
    );
  }

  private create(key: string): Chart {
    const summary = h('p', { class: 'unseen' });
    const table = h('div', { class: 'unseen' });
    const body = h('div', { class: 'plot', 'aria-hidden': 'true' });
    const element = h(
      'section',
      { class: 'chart', 'aria-label': `Chart of ${key}` },
      h('div', { class: 'chart-head' }),
      summary,
      body,
      table,
    );
    const chart: Chart = { key, element, body, table, summary, members: [], shape: '', near: false, stale: true };
    this.charts.set(key, chart);
    this.seen.observe(element);
    return chart;
  }

  private head(chart: Chart): void {
    const pinned = this.settings.pinned.includes(chart.key);
    const head = chart.element.firstElementChild;
    const state = `${pinned}`;
    if (!(head instanceof HTMLElement) || head.dataset['state'] === state) return;
    head.dataset['state'] = state;
    head.replaceChildren(
      h('h2', {}, chart.key),
      h(
        'button',
        {
          class: 'quiet-button',
          type: 'button',
          'aria-pressed': String(pinned),
          'aria-label': `Pin ${chart.key}`,
          title: 'Pin',
          onclick: () => this.events.pin(chart.key),
        },
        pinned ? '★' : '☆',
      ),
      h(
        'button',
        {
          class: 'quiet-button',
          type: 'button',
          'aria-haspopup': 'menu',
          'aria-label': `Save ${chart.key}`,
          title: 'Save',
          onclick: (event) => {
            const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
            openMenu('Save', this.saveMenu(chart), { x: box.left, y: box.bottom });
          },
        },
        '⋯',
      ),
    );
  }

  private saveMenu(chart: Chart) {
    const name = chart.key.replace(/[^\w-]+/g, '-') || 'chart';
    const labels = chart.members.map((series) => this.labelOf(series));
    const hues = chart.members.map((series) => this.strokeOf(series));
    return [
      { label: 'Save as CSV…', act: () => this.events.save(name, 'csv', csvText(chart.members, labels)) },
      {
        label: 'Save as SVG…',
        act: () => this.events.save(name, 'svg', svgText(chart.key, chart.members, labels, hues, this.settings)),
      },
      { label: 'Save as PNG…', act: () => this.events.save(name, 'png', pngOf(chart.plot?.ctx.canvas)) },
      ...(this.range ? [{ label: 'Show All Again', apart: true, act: () => this.resetZoom() }] : []),
    ];
  }

  private labelOf({ run, stage, name }: Series): string {
    const { split } = placeOf(name);
    const parts = [this.runs.length > 1 ? this.nameOf(run) : '', stage, split];
    return parts.filter(Boolean).join(' ');
  }

  /** Colour by run where there are several, else by stage; dashes tell what shares a colour. */
  private strokeOf({ run, stage, name }: Series): { color: string; dash: number[] } {
    const stages = [...new Set(this.series.map((series) => series.stage))];
    const { split } = placeOf(name);
    const isSplit = split !== '' && !/^train/.test(split);
    if (this.runs.length > 1) {
      const stroke = palette(this.hueOf(run));
      const dashes: readonly number[][] = [[...stroke.dash], [9, 3], [1, 3], [9, 3, 1, 3]];
      return { color: stroke.color, dash: isSplit ? [5, 4] : (dashes[stages.indexOf(stage) % dashes.length] ?? []) };
    }
    const stroke = palette(stages.indexOf(stage));
    return { color: stroke.color, dash: isSplit ? [5, 4] : [...stroke.dash] };
  }

  private describe(chart: Chart): void {
    describe(chart, this.settings.axis, (series) => this.labelOf(series));
  }

  private plot(chart: Chart): void {
    chart.stale = false;
    this.describe(chart);
    const { axis, logX, logY, smoothing } = this.settings;
    const { members } = chart;
    const ghost = smoothing > 0;
    const positive = (values: readonly (number | null)[]): (number | null)[] =>
      logY ? values.map((value) => (value !== null && value > 0 ? value : null)) : [...values];
    const data = align(
      members.map((member) => xOf(member, axis).map((x) => (logX && x <= 0 ? NaN : x))),
      members.map((member) => [
        positive(smoothed(member.values, smoothing)),
        ...(ghost ? [positive(member.values)] : []),
        ...(member.low && member.high ? [positive(member.high), positive(member.low)] : []),
      ]),
    ) as unknown as uPlot.AlignedData;
    const shape = `${ghost} ${members.map((member) => `${keyOf(member)} ${member.low ? 'band' : ''} ${member.values.length < 2}`).join('|')}`;
    if (chart.plot && chart.shape === shape) {
      chart.plot.batch(() => {
        chart.plot?.setData(data, this.range === undefined);
        if (this.range) chart.plot?.setScale('x', { min: this.range[0], max: this.range[1] });
      });
      return;
    }
    chart.plot?.destroy();
    chart.shape = shape;
    chart.plot = new uPlot(this.options(chart, ghost), data, chart.body);
    if (this.range) chart.plot.setScale('x', { min: this.range[0], max: this.range[1] });
  }

  private options(chart: Chart, ghost: boolean): uPlot.Options {
    const text = color('--vscode-descriptionForeground', '#808080');
    const line = color('--vscode-editorWidget-border', color('--vscode-contrastBorder', '#80808040'));
    const grid = { stroke: line, width: 0.5 };
    const font = `11px ${color('--vscode-font-family', 'sans-serif')}`;
    const { axis, logX, logY } = this.settings;
    const series: uPlot.Series[] = [
      { label: axis === 'wall' ? 'time' : axis, value: (_plot, value: number | null) => this.xText(value) },
    ];
    const bands: uPlot.Band[] = [];
    const strokes: string[] = [];
    const dashed = new Set<number>();
    for (const member of chart.members) {
      const { color: stroke, dash } = this.strokeOf(member);
      const label = this.labelOf(member);
      strokes[series.length] = stroke;
      if (dash.length > 0) dashed.add(series.length);
      series.push({
        label,
        stroke,
        width: 1.5,
        dash,
        spanGaps: true,
        points: { show: member.values.length < 2 },
        value: (_plot, value: number | null) => number(value),
      });
      if (ghost)
        series.push({ label: '', stroke: faint(stroke, 0.3), width: 1, spanGaps: true, points: { show: false } });
      if (member.low && member.high) {
        bands.push({ series: [series.length, series.length + 1], fill: faint(stroke, 0.22) });
        for (const _edge of ['high', 'low'])
          series.push({ label: '', width: 0, spanGaps: true, points: { show: false } });
      }
    }
    return {
      width: Math.max(chart.body.clientWidth, 160),
      height,
      scales: {
        x: { time: axis === 'wall', ...(logX && axis !== 'wall' ? { distr: 3 as const } : {}) },
        ...(logY ? { y: { distr: 3 as const } } : {}),
      },
      cursor: { sync: { key: 'metrics' }, y: false, points: { size: 6 }, drag: { x: true, y: false, setScale: true } },
      legend: {
        live: true,
        markers: {
          width: 2,
          stroke: (_plot, index) => strokes[index] ?? 'transparent',
          fill: () => 'transparent',
          dash: (_plot, index) => (dashed.has(index) ? 'dashed' : 'solid'),
        },
      },
      bands,
      axes: [
        {
          stroke: text,
          grid,
          ticks: grid,
          font,
          size: 26,
          ...(axis === 'wall'
            ? {}
            : {
                values: (_plot: uPlot, values: number[]) =>
                  values.map((value) => (value === null ? '' : this.xText(value))),
              }),
        },
        {
          stroke: text,
          grid,
          ticks: grid,
          font,
          size: 52,
          values: (_plot, values) => values.map((value) => (value === null ? '' : tick(value))),
        },
      ],
      series,
      hooks: {
        // Only the curves themselves are in the legend.
        init: [
          (plot) => {
            plot.root.querySelectorAll('.u-series').forEach((row, index) => {
              if (index > 0 && series[index]?.label === '') row.classList.add('none');
            });
          },
        ],
        draw: [(plot) => this.markBroken(plot, chart)],
        setScale: [(plot, key) => key === 'x' && this.follow(plot)],
      },
    };
  }

  private xText(value: number | null): string {
    if (value === null || value === undefined) return '–';
    if (this.settings.axis === 'wall') return new Date(value * 1000).toLocaleString();
    if (this.settings.axis === 'relative')
      return value < 60 ? `${tick(value)} s` : value < 3600 ? `${tick(value / 60)} min` : `${tick(value / 3600)} h`;
    return tick(value);
  }

  /** A small triangle at the top edge where a point was not finite. */
  private markBroken(plot: uPlot, { members }: Chart): void {
    const { ctx, bbox } = plot;
    const size = 5 * devicePixelRatio;
    for (const member of members) {
      if (member.brokenAt.length === 0) continue;
      ctx.fillStyle = this.strokeOf(member).color;
      for (const step of member.brokenAt) {
        const x = plot.valToPos(
          this.settings.axis === 'step' ? step : nearX(member, step, this.settings.axis),
          'x',
          true,
        );
        if (x < bbox.left || x > bbox.left + bbox.width) continue;
        ctx.beginPath();
        ctx.moveTo(x - size, bbox.top);
        ctx.lineTo(x + size, bbox.top);
        ctx.lineTo(x, bbox.top + size * 1.5);
        ctx.fill();
      }
    }
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

export const keyOf = ({ run, stage, name }: Series): string => `${run}\n${stage}\n${name}`;

function faint(stroke: string, share: number): string {
  return `${stroke}${Math.round(share * 255)
    .toString(16)
    .padStart(2, '0')}`;
}

function nearX(series: Series, step: number, axis: XAxis): number {
  const at = series.steps.findIndex((each) => each >= step);
  return xOf(series, axis)[at < 0 ? series.steps.length - 1 : at] ?? step;
}

function describe(chart: Chart, axis: string, labelOf: (series: Series) => string): void {
  const { members } = chart;
  chart.summary.textContent = members
    .map((member) => {
      const { values, broken, points } = member;
      const numbers = values.filter((value): value is number => value !== null);
      const last = numbers.at(-1);
      const name = labelOf(member) || member.name;
      if (last === undefined) return `${name}: no finite value.`;
      const least = (member.low ?? values).reduce<number>((a, b) => (b === null ? a : Math.min(a, b)), Infinity);
      const most = (member.high ?? values).reduce<number>((a, b) => (b === null ? a : Math.max(a, b)), -Infinity);
      return `${name}: ${points} point${points === 1 ? '' : 's'}, last ${number(last)}, smallest ${number(least)}, largest ${number(most)}${broken > 0 ? `, ${broken} not finite` : ''}.`;
    })
    .join(' ');
  const rows = members.map((member) => {
    const { steps, values } = member;
    const at = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * (values.length - 1)));
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, labelOf(member) || member.name),
      ...[...new Set(at)]
        .filter((index) => index >= 0)
        .map((index) => h('td', {}, `${steps[index] ?? ''}: ${number(values[index] ?? null)}`)),
    );
  });
  chart.table.replaceChildren(
    h('table', {}, h('caption', {}, `${chart.key} by ${axis}, five points of each curve`), ...rows),
  );
}
