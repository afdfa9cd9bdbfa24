import type { Column, Table } from '../../lifecycle/query';
import { h, select } from '../ui-kit';
import { percent, scale } from '../ui-kit/figure';
import { draw } from '../ui-kit/svg';
import { titleOf } from '../ui-kit/value';
import { walkable } from '../ui-kit/walk';
import { importances } from './importance';
import { axisOf, runTable, text, type ColumnAxis } from './column-axis';
import { Parallel } from './parallel';

/** Runs as points of a scatter plot and as lines of parallel coordinates, and how much each parameter has to do with a metric. */
export class CompareView {
  readonly element = h('div', { class: 'compare' });
  private table: Table = { columns: [], rows: [] };
  private readonly metric = select('Metric', (name) => this.choose({ metric: name }));
  private readonly against = select('Against', (name) => this.choose({ against: name }));
  private chosen: { metric?: string; against?: string } = {};
  private readonly parallel = new Parallel(
    (run) => this.open(run),
    (run) => this.nameOf(run),
  );
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
    const telling = metrics.filter(({ name }) => /[./](auc|f1|accuracy|r2|rmse)$/.test(name));
    // What an evaluation found before what a training saw; a number that is the same everywhere says nothing.
    const favourite =
      telling.find(({ name }) => !name.includes('/')) ??
      telling[0] ??
      metrics.find(({ name }) => new Set(numbersOf(name)).size > 1) ??
      metrics[0];
    const metric = metrics.find(({ name }) => name === this.chosen.metric) ?? favourite;
    const against =
      [...varied, ...metrics].find(({ name }) => name === this.chosen.against) ??
      varied.find(({ type }) => type === 'number') ??
      varied[0] ??
      metrics.find((each) => each !== metric);
    this.metric.update(
      metrics.map((column) => ({ value: column.name, label: titleOf(column) })),
      metric?.name,
    );
    this.against.update(
      [...varied, ...metrics].map((column) => ({ value: column.name, label: `against ${titleOf(column)}` })),
      against?.name,
    );
    this.metric.element.hidden = this.against.element.hidden = !metric;
    const key = JSON.stringify([
      metric?.name,
      against?.name,
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
    this.parallel.show(axes, rows);
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
      this.parallel.element,
    );
  }

  private scatter(y: ColumnAxis, x: ColumnAxis): HTMLElement {
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
          `${this.nameOf(id)}: ${titleOf(x.column)} ${text(values[x.column.name])}, ${titleOf(y.column)} ${text(values[y.column.name])}`,
        ),
      );
      return { element: dot, says: dot.textContent ?? '', act: () => this.open(id) };
    });
    // By keyboard from left to right.
    walkable(dots.map((dot, place) => ({ ...dot, at: points[place]?.x ?? 0 })).sort((a, b) => a.at - b.at));
    const says = `${points.length} runs: ${titleOf(y.column)} against ${titleOf(x.column)}.`;
    return h(
      'figure',
      { class: 'figure' },
      h('figcaption', { class: 'title' }, h('strong', {}, 'Scatter'), h('span', { class: 'says' }, says)),
      draw(
        'svg',
        { width, height, viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': says },
        ...y.marks.flatMap(({ at, text: word }) => [
          draw('line', { class: 'grid', x1: left, x2: width - 12, y1: toY(at), y2: toY(at) }),
          draw('text', { x: left - 5, y: toY(at) + 3.5, 'text-anchor': 'end' }, word),
        ]),
        ...x.marks.map(({ at, text: word }) =>
          draw('text', { x: toX(at), y: height - bottom + 14, 'text-anchor': 'middle' }, word),
        ),
        draw('line', { class: 'axis', x1: left, x2: width - 12, y1: height - bottom, y2: height - bottom }),
        draw('text', { x: (left + width) / 2, y: height - 4, 'text-anchor': 'middle' }, titleOf(x.column)),
        ...dots.map(({ element }) => element),
      ),
      runTable(
        says,
        [x.column, y.column],
        points.map(({ id, values }) => ({ name: this.nameOf(id), values })),
      ),
    );
  }

  private importance(metric: Column, varied: readonly Column[]): HTMLElement {
    const titles = new Map(varied.map((column) => [column.name, titleOf(column)]));
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
            ...list.slice(0, 15).map(({ name, importance, direction, count }) =>
              h(
                'tr',
                {},
                h('th', { scope: 'row' }, titles.get(name) ?? name),
                h(
                  'td',
                  { class: 'share' },
                  h('meter', {
                    min: 0,
                    max: 1,
                    value: importance,
                    'aria-label': `Importance of ${titles.get(name) ?? name}`,
                  }),
                  h('span', {}, percent(importance)),
                ),
                h('td', {}, direction > 0 ? '↗ more is more' : direction < 0 ? '↘ more is less' : ''),
                h('td', {}, String(count)),
              ),
            ),
          ),
    );
  }
}
