import type { Table, Value } from '../../lifecycle/query';
import { h, palette } from '../ui-kit';
import { path, scale } from '../ui-kit/figure';
import { shortName } from '../ui-kit/parallel';
import { draw } from '../ui-kit/svg';
import { titleOf } from '../ui-kit/value';
import { walkable } from '../ui-kit/walk';
import { runTable, text, type ColumnAxis } from './column-axis';

/** Inselberg's parallel coordinates: a line a run; a drag on an axis, or the fields below it, keeps a range. */
export class Parallel {
  readonly element = h('figure', { class: 'figure parallel' });
  private axes: readonly ColumnAxis[] = [];
  private rows: Table['rows'] = [];
  /** Ranges that are kept by column, in shares of the axis. */
  private readonly brushes = new Map<string, readonly [number, number]>();

  constructor(
    private readonly open: (run: string) => void,
    private readonly nameOf: (run: string) => string,
  ) {}

  /** @param axes the last one is the metric by which lines are strong or weak */
  show(axes: readonly ColumnAxis[], rows: Table['rows']): void {
    this.axes = axes;
    this.rows = rows;
    this.redraw();
  }

  /** The focus stays on the field that it is in. */
  private redraw(): void {
    const { activeElement } = document;
    const had = this.element.contains(activeElement);
    const label = activeElement?.getAttribute('aria-label') ?? '';
    this.element.replaceChildren(...this.draw());
    if (!had) return;
    const fields = [...this.element.querySelectorAll('input')];
    (fields.find((each) => each.getAttribute('aria-label') === label) ?? fields[0])?.focus();
  }

  private isBrushed(values: Readonly<Record<string, Value>>): boolean {
    return this.axes.every(({ column, place }) => {
      const range = this.brushes.get(column.name);
      if (!range) return true;
      const at = place(values[column.name]);
      return at !== undefined && at >= range[0] && at <= range[1];
    });
  }

  private draw(): HTMLElement[] {
    const { axes, rows } = this;
    const [height, top, bottom] = [250, 26, 20];
    const gap = Math.max(96, Math.min(170, 900 / Math.max(axes.length - 1, 1)));
    const width = 60 + gap * (axes.length - 1) + 60;
    const toY = scale([0, 1], [height - bottom, top]);
    const last = axes.at(-1);
    let kept = 0;
    const lines = rows.flatMap(({ id, values }) => {
      const points = axes.flatMap(({ column, place }, index): [number, number][] => {
        const at = place(values[column.name]);
        return at === undefined ? [] : [[60 + gap * index, toY(at)]];
      });
      if (points.length < 2) return [];
      const inside = this.isBrushed(values);
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
          `${this.nameOf(id)}: ${axes.map(({ column }) => `${titleOf(column)} ${text(values[column.name])}`).join(', ')}`,
        ),
      );
      line.setAttribute('stroke', palette(0).color);
      if (!inside) line.addEventListener('click', () => this.open(id));
      return [{ element: line, says: line.textContent ?? '', act: () => this.open(id), inside, share }];
    });
    // By keyboard through those that are kept, the largest first.
    walkable(lines.filter(({ inside }) => inside).sort((a, b) => b.share - a.share));
    const says = `${kept} of ${rows.length} runs across ${axes.length} axes${this.brushes.size > 0 ? `, kept by ${axes.flatMap(({ column }) => (this.brushes.has(column.name) ? [titleOf(column)] : [])).join(', ')}` : ''}; the stronger the line, the larger ${last ? titleOf(last.column) : ''}.`;
    const picture = draw(
      'svg',
      { width, height, viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': says },
      ...lines.map(({ element }) => element),
      ...axes.flatMap((axis, index) => this.axis(axis, 60 + gap * index, gap, toY, top, height - bottom)),
    );
    return [
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
        rows
          .filter(({ values }) => this.isBrushed(values))
          .map(({ id, values }) => ({ name: this.nameOf(id), values })),
      ),
    ];
  }

  /** The same as a drag, by keyboard: the smallest and largest share of the axis that is kept. */
  private fields({ column }: ColumnAxis): HTMLElement {
    const range = this.brushes.get(column.name) ?? [0, 1];
    const field = (label: string, index: 0 | 1): HTMLInputElement => {
      const input = h('input', {
        type: 'range',
        min: 0,
        max: 1,
        step: 0.01,
        'aria-label': `${label} ${titleOf(column)}`,
      });
      input.value = String(range[index]);
      input.addEventListener('change', () => {
        const now = [...(this.brushes.get(column.name) ?? [0, 1])] as [number, number];
        now[index] = Number(input.value);
        this.brush(column.name, [Math.min(...now), Math.max(...now)]);
      });
      return input;
    };
    return h('span', { class: 'brush' }, h('span', {}, titleOf(column)), field('From', 0), field('To', 1));
  }

  private brush(name: string, range: readonly [number, number]): void {
    if (range[0] <= 0.005 && range[1] >= 0.995) this.brushes.delete(name);
    else this.brushes.set(name, range);
    this.redraw();
  }

  private axis(
    { column, marks }: ColumnAxis,
    x: number,
    gap: number,
    toY: (share: number) => number,
    top: number,
    bottom: number,
  ): SVGElement[] {
    const range = this.brushes.get(column.name);
    const grip = draw('rect', {
      class: 'axis-grip',
      'data-keys': 'From and To below',
      x: x - 12,
      y: top,
      width: 24,
      height: bottom - top,
    });
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
      draw(
        'text',
        { x, y: 12, 'text-anchor': 'middle', class: 'strong' },
        draw('title', {}, titleOf(column)),
        shortName(titleOf(column), gap),
      ),
      grip,
    ];
  }
}
