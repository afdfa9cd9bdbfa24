import type { Explanation, ShapSummary } from '../../schemas/generated/types';
import { h } from './dom';
import { percent, toNumber, type Loose, written } from './figure';
import { draw } from './svg';

interface Bar {
  readonly name: string;
  readonly value: Loose;
  /** Standard deviation, drawn as a whisker. */
  readonly deviation?: Loose;
  /** A word on the right. */
  readonly word?: string;
}

/** Bars at once; the others come with a button. */
const atOnce = 12;
const [width, height] = [110, 12];

/** What a model looks at: how much worse it gets without each column, and, of trees, how far each feature moves its answer. */
export function explanationFigures(explanation: Explanation): HTMLElement[] {
  return [permutationFigure(explanation), ...(explanation.shap ? [shapFigure(explanation.shap)] : [])];
}

function permutationFigure({ permutation, metric, rows, split, repeats, score }: Explanation): HTMLElement {
  const [first] = permutation;
  const telling = permutation.filter(({ importance, deviation }) => importance > 2 * deviation).length;
  const says = first
    ? `By how much ${metric} (${written(score)}) gets worse when a column is shuffled: ${first.column} counts most; ${telling} of ${permutation.length} columns stand out from chance.`
    : 'The model takes no columns.';
  return barFigure({
    title: 'Permutation importance',
    says,
    note: `${rows.toLocaleString('en')} rows of ${split}, ${repeats} shuffles; ± is their standard deviation.`,
    head: ['column', `loss of ${metric}`],
    bars: permutation.map(({ column, importance, deviation }) => ({ name: column, value: importance, deviation })),
  });
}

const units: Readonly<Record<ShapSummary['unit'], string>> = {
  'log-odds': 'log-odds of the positive class',
  score: 'scores of the classes',
  probability: 'probability',
  target: 'answer',
  'log-target': 'logarithm of the answer',
  'transformed-target': 'transformed answer',
};

function shapFigure({ features, rows, unit }: ShapSummary): HTMLElement {
  const directed = features.some(({ direction }) => direction !== undefined);
  return barFigure({
    title: 'Mean |SHAP|',
    says: features[0]
      ? `How far each feature moves the ${units[unit]} on average: ${features[0].feature} moves it most.`
      : 'No feature moves the answer.',
    note: `Exact for these trees, over ${rows.toLocaleString('en')} rows.`,
    head: ['feature', 'mean |SHAP|', ...(directed ? ['greater values'] : [])],
    bars: features.map(({ feature, mean, direction }) => ({
      name: feature,
      value: mean,
      ...(directed && { word: way(direction) }),
    })),
  });
}

/** In words what a correlation says, where it says anything. */
function way(direction: Loose): string {
  const value = toNumber(direction);
  if (Number.isNaN(value)) return '';
  return value > 0.3 ? '↗ raise it' : value < -0.3 ? '↘ lower it' : 'both ways';
}

/** What training itself says of the features, as shares that sum to 1. */
export function trainedFigure(
  features: readonly { readonly feature: string; readonly importance: Loose }[],
): HTMLElement {
  const [first] = features;
  return barFigure({
    title: 'Importance in training',
    says: `What the training itself tells: ${first?.feature ?? 'nothing'} counts most (${percent(toNumber(first?.importance))}).`,
    note: 'Shares sum to 1. Features of many values are flattered in trees; see the permutation importance.',
    head: ['feature', 'share'],
    bars: features.map(({ feature, importance }) => ({ name: feature, value: importance })),
  });
}

interface BarFigure {
  readonly title: string;
  readonly says: string;
  readonly note: string;
  readonly head: readonly string[];
  readonly bars: readonly Bar[];
}

function barFigure({ title, says, note, head, bars }: BarFigure): HTMLElement {
  const reach = (bar: Bar, sign: 1 | -1): number => finite(bar.value) + sign * finite(bar.deviation);
  const high = bars.reduce((most, bar) => Math.max(most, reach(bar, 1)), 1e-12);
  // What lies below zero is chance: it is shown, but takes no more than a third of the room.
  const low = Math.max(
    bars.reduce((least, bar) => Math.min(least, reach(bar, -1)), 0),
    -high / 2,
  );
  const at = (value: number): number =>
    Math.round(((Math.max(low, value) - low) / (high - low)) * (width - 2) * 10) / 10;
  const text = alike(high);
  const body = h('tbody', {});
  const add = (list: readonly Bar[]): void =>
    body.append(
      ...list.map((bar) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row', title: bar.name }, bar.name),
          h('td', { class: 'bar-cell' }, picture(bar, at)),
          h(
            'td',
            { class: 'figures' },
            text(bar.value),
            bar.deviation === undefined ? false : h('span', { class: 'interval' }, ` ± ${text(bar.deviation)}`),
          ),
          head.length > 2 ? h('td', { class: 'word' }, bar.word ?? '') : false,
        ),
      ),
    );
  add(bars.slice(0, atOnce));
  const place = h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': title, 'data-keep': title },
    h(
      'table',
      { class: 'statistics bars' },
      h('caption', { class: 'unseen' }, `${title}. ${says}`),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, head[0] ?? ''),
          h('td', {}),
          ...head.slice(1).map((text, index) => h('th', { scope: 'col', class: index === 0 ? 'figures' : '' }, text)),
        ),
      ),
      body,
    ),
  );
  const more = h(
    'button',
    {
      class: 'plain plain-button',
      type: 'button',
      onclick: () => {
        add(bars.slice(atOnce));
        more.remove();
        place.focus();
      },
    },
    `Show all ${bars.length.toLocaleString('en')}`,
  );
  return h(
    'figure',
    { class: 'figure explanation' },
    h('figcaption', { class: 'title' }, h('strong', {}, title), h('span', { class: 'says' }, says)),
    place,
    bars.length > atOnce ? more : false,
    h('p', { class: 'says' }, note),
  );
}

/** Numbers with the same places after the point, three figures of the largest; very small and large ones by their powers. */
function alike(most: number): (value: Loose) => string {
  const places = 2 - Math.floor(Math.log10(most));
  return (value) => {
    const read = toNumber(value);
    if (!Number.isFinite(read) || places > 6 || places < 0) return written(value);
    const fixed = read.toFixed(places);
    return Number(fixed) === 0 ? fixed.replace('-', '') : fixed.replace('-', '−');
  };
}

/** What can be drawn of a number. */
function finite(value: Loose): number {
  const read = toNumber(value);
  return Number.isFinite(read) ? read : 0;
}

function picture(bar: Bar, at: (value: number) => number): SVGElement {
  const [value, deviation] = [finite(bar.value), finite(bar.deviation)];
  const [from, to] = [Math.min(at(0), at(value)), Math.max(at(0), at(value))];
  const middle = height / 2;
  return draw(
    'svg',
    { width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    draw('rect', { class: value < 0 ? 'reference' : 'bar hue-0', x: from, y: 2, width: to - from, height: height - 4 }),
    draw('line', { class: 'axis', x1: at(0), x2: at(0), y1: 0, y2: height }),
    ...(deviation > 0
      ? [
          draw('line', {
            class: 'whisker',
            x1: at(value - deviation),
            x2: at(value + deviation),
            y1: middle,
            y2: middle,
          }),
        ]
      : []),
  );
}
