import type { FeatureDrift } from '../../schemas/generated/types';
import { h } from './dom';
import { toNumber } from './figure';
import { draw } from './svg';

type Bins = NonNullable<FeatureDrift['bins']>;

/** Categories that have their names below their bars; of bins that lie along an axis the ends are enough. */
const mostNamed = 8;

/** Shares of reference and current rows side by side on the same bins, with a table of the numbers behind it. */
export function overlay(column: string, { labels, reference, current }: Bins): HTMLElement {
  const [width, height] = [320, 90];
  const shareOf = (values: readonly number[], index: number): number => {
    const share = toNumber(values[index]);
    return Number.isFinite(share) && share > 0 ? share : 0;
  };
  const most = labels.reduce((top, _, at) => Math.max(top, shareOf(reference, at), shareOf(current, at)), 1e-9);
  const step = width / Math.max(labels.length, 1);
  const bar = Math.min(step * 0.42, 22);
  const bars = labels.flatMap((label, index) => {
    const middle = step * (index + 0.5);
    return [
      { values: reference, look: 'reference', x: middle - bar, word: 'reference' },
      { values: current, look: 'current', x: middle, word: 'now' },
    ].map(({ values, look, x, word }) => {
      const share = shareOf(values, index);
      const size = (share / most) * (height - 4);
      return draw(
        'rect',
        { class: look, x, y: height - size, width: Math.max(bar - 1, 1), height: size },
        draw('title', {}, `${label}: ${(share * 100).toFixed(1)} % ${word}`),
      );
    });
  });
  const picture = draw(
    'svg',
    {
      viewBox: `0 0 ${width} ${height + 1}`,
      class: 'overlay',
      role: 'img',
      'aria-label': `Distribution of ${column}: reference and now`,
    },
    ...bars,
    draw('line', { class: 'axis', x1: 0, x2: width, y1: height + 0.5, y2: height + 0.5 }),
  );
  return h(
    'figure',
    { class: 'figure' },
    picture,
    labels.length <= mostNamed && !labels.some((label) => label.includes(' – '))
      ? h('div', { class: 'ends each' }, ...labels.map((label) => h('span', { title: label }, label)))
      : h('div', { class: 'ends' }, h('span', {}, labels[0] ?? ''), h('span', {}, labels.at(-1) ?? '')),
    h('figcaption', {}, h('span', { class: 'key reference' }, 'reference'), h('span', { class: 'key current' }, 'now')),
    h(
      'div',
      { class: 'unseen' },
      h(
        'table',
        {},
        h('caption', {}, `Shares of ${column}`),
        h('tr', {}, ...['bin', 'reference', 'now'].map((head) => h('th', { scope: 'col' }, head))),
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
    ),
  );
}
