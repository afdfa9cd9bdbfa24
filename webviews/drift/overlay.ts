import type { FeatureDrift } from '../../schemas/generated/types';
import { h } from '../ui-kit';

type Bins = NonNullable<FeatureDrift['bins']>;

const svg = 'http://www.w3.org/2000/svg';

function draw(name: string, attributes: Readonly<Record<string, string | number>>, ...children: Node[]): SVGElement {
  const element = document.createElementNS(svg, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** Shares of reference and current rows side by side on the same bins, with a table of the numbers behind it. */
export function overlay(column: string, { labels, reference, current }: Bins): HTMLElement {
  const [width, height] = [320, 90];
  const most = Math.max(...reference, ...current, 1e-9);
  const step = width / Math.max(labels.length, 1);
  const bar = Math.min(step * 0.42, 22);
  const bars = labels.flatMap((label, index) => {
    const middle = step * (index + 0.5);
    return [
      { values: reference, look: 'reference', x: middle - bar, word: 'reference' },
      { values: current, look: 'current', x: middle, word: 'now' },
    ].map(({ values, look, x, word }) => {
      const size = ((values[index] ?? 0) / most) * (height - 4);
      const title = draw('title', {});
      title.textContent = `${label}: ${((values[index] ?? 0) * 100).toFixed(1)} % ${word}`;
      return draw('rect', { class: look, x, y: height - size, width: Math.max(bar - 1, 1), height: size }, title);
    });
  });
  const picture = draw(
    'svg',
    {
      viewBox: `0 0 ${width} ${height + 1}`,
      class: 'bars',
      role: 'img',
      'aria-label': `Distribution of ${column}: reference and now`,
    },
    ...bars,
    draw('line', { class: 'axis', x1: 0, x2: width, y1: height + 0.5, y2: height + 0.5 }),
  );
  return h(
    'figure',
    {},
    picture as unknown as Node,
    h('div', { class: 'labels' }, h('span', {}, labels[0] ?? ''), h('span', {}, labels.at(-1) ?? '')),
    h('figcaption', {}, h('span', { class: 'key reference' }, 'reference'), h('span', { class: 'key current' }, 'now')),
    h(
      'table',
      { class: 'unseen' },
      h('caption', {}, `Shares of ${column}`),
      ...labels.map((label, index) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, label),
          h('td', {}, String(reference[index] ?? '')),
          h('td', {}, String(current[index] ?? '')),
        ),
      ),
    ),
  );
}
