import type { Axis, Placed } from './axis';
import { h } from './dom';
import { path, scale } from './figure';
import { draw } from './svg';

/** One line across the axes. */
export interface Thread {
  /** A value for each axis; undefined where it has none there. */
  readonly values: readonly Placed[];
  /** How it is told under the pointer. */
  readonly text: string;
  /** How much it stands out. */
  readonly look: 'best' | 'plain' | 'faint';
}

export interface ParallelOptions {
  readonly title: string;
  /** One sentence that says what the picture shows; its values are to stand in a table beside it. */
  readonly summary: string;
  readonly axes: readonly { readonly name: string; readonly axis: Axis }[];
  readonly threads: readonly Thread[];
}

const [height, top, bottom] = [220, 24, 12];
const order = { faint: 0, plain: 1, best: 2 };

/** Inselberg's parallel coordinates as a still picture: what stands out is drawn last, over the others. */
export function parallelFigure({ title, summary, axes, threads }: ParallelOptions): HTMLElement {
  const gap = Math.max(96, Math.min(170, 700 / Math.max(axes.length - 1, 1)));
  const width = 50 + gap * (axes.length - 1) + 60;
  const toY = scale([0, 1], [height - bottom, top]);
  const lines = threads
    .toSorted((a, b) => order[a.look] - order[b.look])
    .map(({ values, text, look }) => {
      const points = axes.flatMap(({ axis }, index): [number, number][] => {
        const at = axis.place(values[index]);
        return at === undefined ? [] : [[50 + gap * index, toY(at)]];
      });
      return draw('path', { class: `trial ${look}`, d: path(points) }, draw('title', {}, text));
    });
  const rules = axes.flatMap(({ name, axis }, index) => {
    const x = 50 + gap * index;
    return [
      draw('line', { class: 'axis', x1: x, x2: x, y1: top, y2: height - bottom }),
      ...axis.marks.map(({ at, text }) => draw('text', { x: x + 5, y: toY(at) + 3.5 }, text)),
      draw(
        'text',
        { x, y: 12, 'text-anchor': 'middle', class: 'strong' },
        draw('title', {}, name),
        shortName(name, gap),
      ),
    ];
  });
  return h(
    'figure',
    { class: 'figure parallel' },
    h('figcaption', { class: 'title' }, h('strong', {}, title), h('span', { class: 'says' }, summary)),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': title, 'data-keep': title },
      draw(
        'svg',
        { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${title}. ${summary}` },
        ...lines,
        ...rules,
      ),
    ),
  );
}

/** The end of a path tells settings apart: `training.optimizer.learning-rate` is `…learning-rate`. */
export function shortName(name: string, gap: number): string {
  const most = Math.floor(gap / 6.2);
  if (name.length <= most) return name;
  const last = name.slice(name.lastIndexOf('.') + 1);
  return last.length < most ? `…${last}` : `…${last.slice(-(most - 1))}`;
}
