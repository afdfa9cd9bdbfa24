import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import { color, h, palette } from '../ui-kit';
import type { Series } from '../protocol';
import { number, tick } from '../ui-kit/format';

interface Chart {
  readonly title: string;
  readonly element: HTMLElement;
  readonly body: HTMLElement;
  readonly table: HTMLTableElement;
  readonly summary: HTMLElement;
  plot?: uPlot;
  key: string;
}

const height = 170;

/** `validation/loss` and `loss` are drawn together. */
const titleOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
const isDevice = (name: string): boolean => name.startsWith('device/');
const isValidation = (name: string): boolean => name.includes('/') && !isDevice(name);

/** Small multiples: one chart for each metric, one curve for each stage and split. */
export class Charts {
  private readonly charts = new Map<string, Chart>();
  private series: readonly Series[] = [];
  private axis: 'step' | 'epoch' = 'step';
  private run: string | undefined;

  constructor(private readonly area: HTMLElement) {
    new ResizeObserver(() => {
      for (const { plot, body } of this.charts.values())
        if (plot && body.clientWidth > 0) plot.setSize({ width: body.clientWidth, height });
    }).observe(area);
  }

  setAxis(axis: 'step' | 'epoch'): void {
    this.axis = axis;
    this.redraw();
  }

  show(series: readonly Series[], run: string | undefined): void {
    this.series = series;
    if (run !== this.run) this.dispose();
    this.run = run;
    this.draw();
  }

  /** Builds every chart anew, for another theme or axis. */
  redraw(): void {
    this.dispose();
    this.draw();
  }

  private dispose(): void {
    for (const { plot, element } of this.charts.values()) {
      plot?.destroy();
      element.remove();
    }
    this.charts.clear();
  }

  private draw(): void {
    const stages = [...new Set(this.series.map(({ stage }) => stage))];
    for (const title of new Set(this.series.map(({ name }) => titleOf(name)))) {
      const members = this.series.filter(({ name }) => titleOf(name) === title);
      const chart = this.charts.get(title) ?? this.create(title);
      const data = align(members, this.axis);
      const key = members.map(({ stage, name }) => `${stage} ${name}`).join('|');
      if (!chart.plot || chart.key !== key) {
        chart.plot?.destroy();
        chart.key = key;
        chart.plot = new uPlot(this.options(members, stages, chart), data, chart.body);
      } else chart.plot.setData(data);
      describe(chart, members, this.axis);
    }
  }

  private create(title: string): Chart {
    const summary = h('p', { class: 'unseen' });
    const table = h('table', { class: 'unseen' });
    const body = h('div', { class: 'plot', 'aria-hidden': 'true' });
    const element = h(
      'section',
      { class: 'chart', 'aria-label': `Chart of ${title}` },
      h('h2', {}, title),
      summary,
      body,
      table,
    );
    this.area.append(element);
    const chart: Chart = { title, element, body, table, summary, key: '' };
    this.charts.set(title, chart);
    return chart;
  }

  private options(members: readonly Series[], stages: readonly string[], chart: Chart): uPlot.Options {
    const text = color('--vscode-descriptionForeground', '#808080');
    const grid = {
      stroke: color('--vscode-editorWidget-border', color('--vscode-contrastBorder', '#80808040')),
      width: 0.5,
    };
    const font = `11px ${color('--vscode-font-family', 'sans-serif')}`;
    return {
      width: Math.max(chart.body.clientWidth, 160),
      height,
      scales: { x: { time: false } },
      cursor: { sync: { key: 'metrics' }, y: false, points: { size: 6 } },
      legend: { live: true },
      axes: [
        { stroke: text, grid, ticks: grid, font, size: 26 },
        {
          stroke: text,
          grid,
          ticks: grid,
          font,
          size: 52,
          values: (_plot, values) => values.map(tick),
        },
      ],
      series: [
        { label: this.axis, value: (_plot, value: number | null) => number(value) },
        ...members.map(({ stage, name, values }): uPlot.Series => {
          const stroke = palette(stages.indexOf(stage));
          return {
            label: isValidation(name) ? `${stage} ${name.slice(0, name.lastIndexOf('/'))}` : stage,
            stroke: stroke.color,
            width: 1.5,
            dash: isValidation(name) ? [5, 4] : [...stroke.dash],
            spanGaps: true,
            points: { show: values.length < 2 },
            value: (_plot, value: number | null) => number(value),
          };
        }),
      ],
    };
  }
}

/** uPlot's aligned data: the union of all x, then one row of values (null where a curve has no point) for each curve. */
function align(members: readonly Series[], axis: 'step' | 'epoch'): uPlot.AlignedData {
  const xOf = ({ steps, epochs }: Series): readonly number[] =>
    axis === 'epoch' && epochs ? epochs.map((epoch, index) => epoch ?? steps[index] ?? 0) : steps;
  const xs = [...new Set(members.flatMap(xOf))].sort((a, b) => a - b);
  const place = new Map(xs.map((x, index) => [x, index]));
  return [
    xs,
    ...members.map((member) => {
      const row: (number | null)[] = new Array<number | null>(xs.length).fill(null);
      xOf(member).forEach((x, index) => {
        row[place.get(x) ?? 0] = member.values[index] ?? null;
      });
      return row;
    }),
  ];
}

function describe(chart: Chart, members: readonly Series[], axis: string): void {
  const finite = (values: readonly (number | null)[]): number[] =>
    values.filter((value): value is number => value !== null);
  chart.summary.textContent = members
    .map(({ stage, name, values, broken }) => {
      const numbers = finite(values);
      const last = numbers.at(-1);
      if (last === undefined) return `${stage} ${name}: no finite value.`;
      const least = numbers.reduce((a, b) => Math.min(a, b));
      const most = numbers.reduce((a, b) => Math.max(a, b));
      return `${stage} ${name}: ${numbers.length} points, last ${number(last)}, smallest ${number(least)}, largest ${number(most)}${broken > 0 ? `, ${broken} not finite` : ''}.`;
    })
    .join(' ');
  const rows = members.map(({ stage, name, steps, values }) => {
    const at = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * (values.length - 1)));
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, `${stage} ${name}`),
      ...[...new Set(at)]
        .filter((index) => index >= 0)
        .map((index) => h('td', {}, `${steps[index] ?? ''}: ${number(values[index] ?? null)}`)),
    );
  });
  chart.table.replaceChildren(h('caption', {}, `${chart.title} by ${axis}, five points of each curve`), ...rows);
}
