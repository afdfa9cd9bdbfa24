import type { DriftReport, DriftWindow, FeatureDrift } from '../../schemas/generated/types';
import { h } from '../ui-kit';
import { lineChart } from '../ui-kit/chart';
import { measureName, probability } from '../ui-kit/drift-words';
import { percent } from '../ui-kit/figure';
import { number } from '../ui-kit/format';
import { overlay } from '../ui-kit/overlay';
import { chartWidth } from './size';

export interface RowOptions {
  readonly kind: string | undefined;
  readonly windows: readonly DriftWindow[];
  readonly open: boolean;
  onToggle(open: boolean): void;
  /** Absent where nobody may decide. */
  readonly onDecide?: (action: 'acknowledge' | 'suppress') => void;
}

/** One column: verdict, method and figures in a line; both distributions and everything else when it is opened. */
export function featureRow(feature: FeatureDrift, options: RowOptions): HTMLElement {
  const { column, type, drifted, note, suppressed } = feature;
  const { kind } = options;
  const p = feature['adjusted-p-value'] ?? feature['p-value'];
  const method = measureName(feature.method);
  const decided = [
    `${method} ${number(feature.statistic)}`,
    p === undefined
      ? feature.threshold === undefined
        ? ''
        : `limit ${number(feature.threshold)}`
      : `p ${probability(p)}${feature['adjusted-p-value'] === undefined ? '' : ' adjusted'}`,
    feature.effect
      ? `${measureName(feature.effect.name)} ${number(feature.effect.value)}${feature.effect.level ? ` (${feature.effect.level})` : ''}`
      : '',
  ]
    .filter(Boolean)
    .join(', ');
  const state = suppressed ? 'known' : drifted ? 'drifted' : 'stable';
  const details = h(
    'details',
    { class: `feature ${state}`, open: options.open },
    h(
      'summary',
      { 'data-keep': `column ${column}` },
      h('span', { class: 'mark', 'aria-hidden': 'true' }, suppressed ? '◦' : drifted ? '▲' : '✓'),
      h(
        'span',
        { class: 'name' },
        column,
        h('span', { class: 'unseen' }, `, ${state}`),
        kind ? h('span', { class: 'kind' }, ` ${kind}`) : false,
      ),
      h('span', { class: 'text' }, suppressed ?? note ?? type),
      h('span', { class: 'value' }, decided),
    ),
  );
  const fill = (): void => {
    if (details.childElementCount === 1) details.append(...inside(feature, options));
  };
  if (details.open) fill();
  details.addEventListener('toggle', () => {
    options.onToggle(details.open);
    if (details.open) fill();
  });
  return details;
}

function inside(feature: FeatureDrift, { windows, onDecide }: RowOptions): HTMLElement[] {
  const { column, note, because, bins, statistics, violations = [], moments, suppressed } = feature;
  const found: HTMLElement[] = [];
  for (const sentence of [note, because && `Decided by ${because}.`, suppressed && `Does not count: ${suppressed}`])
    if (sentence) found.push(h('p', { class: 'facts' }, sentence));
  if (bins) found.push(overlay(column, bins));
  const history = windows.flatMap(({ from, columns }) => {
    const one = columns[column];
    return one ? [{ x: Date.parse(from), y: one.statistic ?? NaN, drifted: one.drifted }] : [];
  });
  if (history.length > 1)
    found.push(
      lineChart({
        title: `${column} over time`,
        summary: `${history.filter((one) => one.drifted).length} of ${history.length} windows drifted.`,
        curves: [
          {
            name: 'statistic',
            x: history.map(({ x }) => x),
            y: history.map(({ y }) => y),
            hue: 0,
            dots: history.length < 60,
          },
        ],
        marks: history.filter((one) => one.drifted).map(({ x, y }) => ({ x, y, text: 'drifted' })),
        ...(feature.threshold === undefined ? {} : { levels: [{ value: feature.threshold, text: 'limit' }] }),
        xLabel: 'window',
        yLabel: measureName(feature.effect?.name ?? feature.method),
        xText: dayOf,
        width: chartWidth(),
      }),
    );
  for (const { kind, count, share, examples = [] } of violations)
    found.push(
      h(
        'p',
        { class: 'facts' },
        `${count.toLocaleString('en')} values (${percent(share)}) ${said[kind] ?? kind}${examples.length > 0 ? `: ${examples.slice(0, 5).map(String).join(', ')}` : ''}.`,
      ),
    );
  const entries: [string, number][] = Object.entries(statistics).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  for (const [name, value] of Object.entries(moments ?? {}))
    if (typeof value === 'number') entries.push([name.replace('-', ' '), value]);
  found.push(
    h(
      'table',
      { class: 'statistics' },
      h('caption', { class: 'unseen' }, `All statistics of ${column}`),
      ...entries.map(([name, value]) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, measureName(name)),
          h('td', {}, name.endsWith('-p') ? probability(value) : number(value)),
        ),
      ),
    ),
  );
  if (onDecide && feature.drifted)
    found.push(
      h(
        'div',
        { class: 'bar' },
        h('button', { class: 'plain-button', type: 'button', onclick: () => onDecide('acknowledge') }, 'Acknowledge…'),
        h('button', { class: 'plain-button', type: 'button', onclick: () => onDecide('suppress') }, 'Does Not Count…'),
      ),
    );
  return found;
}

const said: Record<string, string> = {
  missing: 'are missing where training had none',
  'new-category': 'are categories that training did not have',
  'out-of-range': 'lie outside the range of training',
  'wrong-type': 'have another type',
};

/** A time along an axis, as people here write it. */
export const dayOf = (time: number): string =>
  Number.isFinite(time)
    ? new Date(time).toLocaleString(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' })
    : '–';

/** How it was decided, and what the adjusted p-values mean. */
export function methodNote(report: DriftReport): HTMLElement {
  const adjusted = report.features.some((feature) => feature['adjusted-p-value'] !== undefined);
  const sentences = [
    report.method === undefined ? '' : `Method: ${report.method.replace(/\.$/, '')}.`,
    adjusted
      ? `p-values are adjusted after Benjamini and Hochberg over ${report.features.length} columns${(report.windows?.length ?? 0) > 1 ? ' and all windows' : ''}, so that of the columns called drifted only a small share is expected to be called so by chance.`
      : '',
  ].filter(Boolean);
  return h('p', { class: 'facts' }, sentences.join(' '));
}
