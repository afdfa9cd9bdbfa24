import type { Column, Table, Value } from '../../lifecycle/query';
import { h, palette, select } from '../ui-kit';
import { type Axis as ScaledAxis, numberAxis, wordAxis } from '../ui-kit/axis';
import { path, percent, scale } from '../ui-kit/figure';
import { number } from '../ui-kit/format';
import { draw } from '../ui-kit/svg';
import { importances } from './importance';

interface Axis extends ScaledAxis {
  readonly column: Column;
}

/** Runs as points of a scatter plot and as lines of parallel coordinates, and how much each parameter has to do with a metric. */
export class CompareView {
  readonly element = h('div', { class: 'compare' });
  private table: Table = { columns: [], rows: [] };
  private readonly metric = select('Metric', (name) => this.choose({ metric: name }));
  private readonly against = select('Against', (name) => this.choose({ against: name }));
  private chosen: { metric?: string; against?: string } = {};
  /** Brushed ranges by column, in shares of the axis. */
  private readonly brushes = new Map<string, readonly [number, number]>();
  private readonly body = h('div', {});
  private drawn = '';

  constructor(
    private readonly open: (run: string) => void,
    private readonly nameOf: (run: string) => string,
  ) {
    this.element.append(h('div', { class: 'bar' }, this.metric.element, this.against.element), this.body);
  }

  private choose(part: { metric?: string; against?: string }): void {
    this.chosen = { ...this.chosen, ...part };
    this.draw();
  }

  show(table: Table): void {
    this.table = table;
    this.draw();
  }

  redraw(): void {
    this.drawn = '';
    this.draw();
  }

  private draw(): void {
    const { columns, rows } = this.table;
    const numbersOf = (name: string): number[] =>
      rows.flatMap(({ values }) =>
        typeof values[name] === 'number' && Number.isFinite(values[name]) ? [values[name]] : [],
      );
    const metrics = columns.filter(({ name, kind }) => kind === 'metric' && numbersOf(name).length > 0);
    const varied = columns.filter(
      ({ name, kind, type }) =>
        (kind === 'parameter' || kind === 'setting' || type === 'duration') &&
        new Set(rows.map(({ values }) => values[name])).size > 1,
    );
    const favourite = metrics.find(({ name }) => /\.(auc|f1|accuracy|r2|rmse)$/.test(name)) ?? metrics[0];
    const metric = metrics.find(({ name }) => name === this.chosen.metric) ?? favourite;
    const against =
      [...varied, ...metrics].find(({ name }) => name === this.chosen.against) ??
      varied.find(({ type }) => type === 'number') ??
      varied[0] ??
      metrics.find((each) => each !== metric);
    this.metric.update(
      metrics.map(({ name }) => ({ value: name, label: name })),
      metric?.name,
    );
    this.against.update(
      [...varied, ...metrics].map(({ name }) => ({ value: name, label: `against ${name}` })),
      against?.name,
    );
    this.metric.element.hidden = this.against.element.hidden = !metric;
    const key = JSON.stringify([
      metric?.name,
      against?.name,
      [...this.brushes],
      rows.map(({ id, values }) => [id, ...varied.map(({ name }) => values[name]), metric && values[metric.name]]),
    ]);
    if (key === this.drawn) return;
    this.drawn = key;
    if (!metric || rows.length < 2) {
      this.body.replaceChildren(
        h(
          'p',
          { class: 'facts' },
          'Two runs with metrics are needed to compare. Each run of a pipeline with other parameters adds a line here.',
        ),
      );
      return;
    }
    const axes = [...varied.slice(0, 9), metric].map((column) =>
      axisOf(
        column,
        rows.map(({ values }) => values[column.name]),
      ),
    );
    this.body.replaceChildren(
      h(
        'div',
        { class: 'gallery' },
        ...(against
          ? [
              this.scatter(
                axisOf(
                  metric,
                  rows.map(({ values }) => values[metric.name]),
                ),
                axisOf(
                  against,
                  rows.map(({ values }) => values[against.name]),
                ),
              ),
            ]
          : []),
        this.importance(metric, varied),
      ),
      this.parallel(axes),
    );
  }

  private isBrushed(values: Readonly<Record<string, Value>>, axes: readonly Axis[]): boolean {
    return axes.every(({ column, place }) => {
      const range = this.brushes.get(column.name);
      if (!range) return true;
      const at = place(values[column.name]);
      return at !== undefined && at >= range[0] && at <= range[1];
    });
  }

  private scatter(y: Axis, x: Axis): HTMLElement {
    const [width, height, left, bottom] = [360, 230, 60, 34];
    const toX = scale([0, 1], [left, width - 12]);
    const toY = scale([0, 1], [height - bottom, 10]);
    const points = this.table.rows.flatMap(({ id, values }) => {
      const [px, py] = [x.place(values[x.column.name]), y.place(values[y.column.name])];
      return px === undefined || py === undefined ? [] : [{ id, x: px, y: py, values }];
    });
    const dots = points.map(({ id, x: px, y: py, values }) => {
      const dot = draw(
        'circle',
        { class: 'dot hue-0 point', cx: toX(px), cy: toY(py), r: 3.5 },
        draw(
          'title',
          {},
          `${this.nameOf(id)}: ${x.column.name} ${text(values[x.column.name])}, ${y.column.name} ${text(values[y.column.name])}`,
        ),
      );
      dot.addEventListener('click', () => this.open(id));
      return dot;
    });
    const says = `${points.length} runs: ${y.column.name} against ${x.column.name}.`;
    return h(
      'figure',
      { class: 'figure' },
      h('figcaption', { class: 'title' }, h('strong', {}, 'Scatter'), h('span', { class: 'says' }, says)),
      draw(
        'svg',
        { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': says },
        ...y.marks.flatMap(({ at, text: word }) => [
          draw('line', { class: 'grid', x1: left, x2: width - 12, y1: toY(at), y2: toY(at) }),
          draw('text', { x: left - 5, y: toY(at) + 3.5, 'text-anchor': 'end' }, word),
        ]),
        ...x.marks.map(({ at, text: word }) =>
          draw('text', { x: toX(at), y: height - bottom + 14, 'text-anchor': 'middle' }, word),
        ),
        draw('line', { class: 'axis', x1: left, x2: width - 12, y1: height - bottom, y2: height - bottom }),
        draw('text', { x: (left + width) / 2, y: height - 4, 'text-anchor': 'middle' }, x.column.name),
        ...dots,
      ),
      runTable(
        says,
        [x.column, y.column],
        points.map(({ id, values }) => ({ name: this.nameOf(id), values })),
      ),
    );
  }

  private importance(metric: Column, varied: readonly Column[]): HTMLElement {
    const list = importances(
      this.table,
      metric.name,
      varied.map(({ name }) => name),
    );
    return h(
      'figure',
      { class: 'figure' },
      h(
        'figcaption',
        { class: 'title' },
        h('strong', {}, 'Importance of parameters'),
        h(
          'span',
          { class: 'says' },
          list.length === 0
            ? 'Four runs with different parameters are needed.'
            : `What goes together with ${metric.name}, one parameter at a time: rank correlation of numbers, correlation ratio of words. It is no proof of a cause.`,
        ),
      ),
      list.length === 0
        ? ''
        : h(
            'table',
            { class: 'statistics' },
            h(
              'tr',
              {},
              ...['parameter', 'share of rank variance', 'direction', 'runs'].map((head) =>
                h('th', { scope: 'col' }, head),
              ),
            ),
            ...list
              .slice(0, 15)
              .map(({ name, importance, direction, count }) =>
                h(
                  'tr',
                  {},
                  h('th', { scope: 'row' }, name),
                  h(
                    'td',
                    {},
                    h('meter', { min: 0, max: 1, value: importance, 'aria-label': `Importance of ${name}` }),
                    ` ${percent(importance)}`,
                  ),
                  h('td', {}, direction > 0 ? '↗ more is more' : direction < 0 ? '↘ more is less' : ''),
                  h('td', {}, String(count)),
                ),
              ),
          ),
    );
  }

  /** Inselberg's parallel coordinates: a line a run; a drag on an axis, or the fields below it, keeps a range. */
  private parallel(axes: readonly Axis[]): HTMLElement {
    const [height, top, bottom] = [250, 26, 20];
    const gap = Math.max(110, Math.min(170, 900 / Math.max(axes.length - 1, 1)));
    const width = 60 + gap * (axes.length - 1) + 60;
    const toY = scale([0, 1], [height - bottom, top]);
    const last = axes.at(-1);
    let kept = 0;
    const lines = this.table.rows.flatMap(({ id, values }) => {
      const points = axes.flatMap(({ column, place }, index): [number, number][] => {
        const at = place(values[column.name]);
        return at === undefined ? [] : [[60 + gap * index, toY(at)]];
      });
      if (points.length < 2) return [];
      const inside = this.isBrushed(values, axes);
      if (inside) kept++;
      const share = last?.place(values[last.column.name]) ?? 0;
      const line = draw(
        'path',
        {
          class: `thread ${inside ? '' : 'out'}`,
          d: path(points),
          'stroke-opacity': inside ? 0.35 + 0.65 * share : 0.06,
        },
        draw(
          'title',
          {},
          `${this.nameOf(id)}: ${axes.map(({ column }) => `${column.name} ${text(values[column.name])}`).join(', ')}`,
        ),
      );
      line.setAttribute('stroke', palette(0).color);
      line.addEventListener('click', () => this.open(id));
      return [line];
    });
    const says = `${kept} of ${this.table.rows.length} runs across ${axes.length} axes${this.brushes.size > 0 ? `, kept by ${[...this.brushes.keys()].join(', ')}` : ''}; the stronger the line, the larger ${last?.column.name ?? ''}.`;
    const picture = draw(
      'svg',
      { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': says },
      ...lines,
      ...axes.flatMap((axis, index) => this.axis(axis, 60 + gap * index, toY, top, height - bottom)),
    );
    return h(
      'figure',
      { class: 'figure' },
      h(
        'figcaption',
        { class: 'title' },
        h('strong', {}, 'Parallel coordinates'),
        h('span', { class: 'says', role: 'status' }, says),
      ),
      h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Parallel coordinates' }, picture),
      h(
        'div',
        { class: 'bar brushes' },
        ...axes.map((axis) => this.fields(axis)),
        this.brushes.size > 0
          ? h(
              'button',
              { class: 'plain-button', type: 'button', onclick: () => (this.brushes.clear(), this.redraw()) },
              'Keep All Again',
            )
          : false,
      ),
      runTable(
        says,
        axes.map(({ column }) => column),
        this.table.rows
          .filter(({ values }) => this.isBrushed(values, axes))
          .map(({ id, values }) => ({ name: this.nameOf(id), values })),
      ),
    );
  }

  /** The same as a drag, by keyboard: the smallest and largest share of the axis that is kept. */
  private fields({ column }: Axis): HTMLElement {
    const range = this.brushes.get(column.name) ?? [0, 1];
    const field = (label: string, index: 0 | 1): HTMLInputElement => {
      const input = h('input', { type: 'range', min: 0, max: 1, step: 0.01, 'aria-label': `${label} ${column.name}` });
      input.value = String(range[index]);
      input.addEventListener('change', () => {
        const now = [...(this.brushes.get(column.name) ?? [0, 1])] as [number, number];
        now[index] = Number(input.value);
        this.brush(column.name, [Math.min(...now), Math.max(...now)]);
      });
      return input;
    };
    return h('span', { class: 'brush' }, h('span', {}, column.name), field('From', 0), field('To', 1));
  }

  private brush(name: string, range: readonly [number, number]): void {
    if (range[0] <= 0.005 && range[1] >= 0.995) this.brushes.delete(name);
    else this.brushes.set(name, range);
    this.redraw();
  }

  private axis(
    { column, marks }: Axis,
    x: number,
    toY: (share: number) => number,
    top: number,
    bottom: number,
  ): SVGElement[] {
    const range = this.brushes.get(column.name);
    const grip = draw('rect', { class: 'axis-grip', x: x - 12, y: top, width: 24, height: bottom - top });
    grip.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      const box = grip.getBoundingClientRect();
      const shareOf = (y: number): number => Math.min(1, Math.max(0, 1 - (y - box.top) / box.height));
      const from = shareOf(event.clientY);
      const up = (end: PointerEvent): void => {
        document.removeEventListener('pointerup', up);
        const to = shareOf(end.clientY);
        this.brush(column.name, Math.abs(to - from) < 0.02 ? [0, 1] : [Math.min(from, to), Math.max(from, to)]);
      };
      document.addEventListener('pointerup', up);
    });
    return [
      draw('line', { class: 'axis strong', x1: x, x2: x, y1: top, y2: bottom }),
      ...(range
        ? [
            draw('rect', {
              class: 'brushed',
              x: x - 5,
              y: toY(range[1]),
              width: 10,
              height: toY(range[0]) - toY(range[1]),
            }),
          ]
        : []),
      ...marks.map(({ at, text: word }) => draw('text', { x: x + 5, y: toY(at) + 3.5 }, word)),
      draw('text', { x, y: 12, 'text-anchor': 'middle', class: 'strong' }, short(column.name)),
      grip,
    ];
  }
}

const short = (name: string): string => (name.length > 22 ? `…${name.slice(-21)}` : name);
const text = (value: Value): string => (typeof value === 'number' ? number(value) : (value ?? '–'));

function axisOf(column: Column, values: readonly Value[]): Axis {
  return { column, ...(column.type === 'text' ? wordAxis(values) : numberAxis(values)) };
}

function runTable(
  caption: string,
  columns: readonly Column[],
  rows: readonly { readonly name: string; readonly values: Readonly<Record<string, Value>> }[],
): HTMLElement {
  return h(
    'div',
    { class: 'unseen' },
    h(
      'table',
      {},
      h('caption', {}, rows.length > 50 ? `${caption} The first 50.` : caption),
      h('tr', {}, ...['run', ...columns.map(({ name }) => name)].map((head) => h('th', { scope: 'col' }, head))),
      ...rows
        .slice(0, 50)
        .map(({ name, values }) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, name),
            ...columns.map((column) => h('td', {}, text(values[column.name]))),
          ),
        ),
    ),
  );
}
