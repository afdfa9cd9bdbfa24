// What the pictures of several kinds of stage are put together from.

import { h } from '../ui-kit/dom';
import { toNumber, type Loose, written } from '../ui-kit/figure';
import { number } from '../ui-kit/format';
import { draw } from '../ui-kit/svg';

export type Cell = Node | string | { readonly text: string; readonly look: string } | undefined;

export interface TableOptions {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Columns, from 0, that hold words rather than numbers. The first always does. */
  readonly words?: readonly number[];
  /** Class of a row. */
  readonly look?: (row: number) => string | undefined;
  /** Rows shown at once; the others come with a button. */
  readonly atOnce?: number;
  /** Whether the caption is only for screen readers. */
  readonly quiet?: boolean;
}

/** A table with heads for rows and columns that scrolls inside itself. */
export function table(options: TableOptions): HTMLElement {
  const { caption, head, rows, words = [], atOnce = 100 } = options;
  const body = h('tbody', {});
  const cell = (content: Cell, column: number): HTMLElement => {
    const parts =
      content === undefined
        ? { text: '', look: '' }
        : typeof content === 'object' && 'look' in content
          ? content
          : undefined;
    const looks = [column > 0 && !words.includes(column) ? 'figures' : '', parts?.look ?? ''].filter(Boolean).join(' ');
    const inside = parts ? parts.text : (content as Node | string);
    return column === 0
      ? h('th', { scope: 'row', class: looks || undefined }, inside)
      : h('td', { class: looks || undefined }, inside);
  };
  const add = (from: number, to: number): void =>
    body.append(
      ...rows.slice(from, to).map((row, index) => h('tr', { class: options.look?.(from + index) }, ...row.map(cell))),
    );
  add(0, atOnce);
  const element = h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': caption, 'data-keep': caption },
    h(
      'table',
      {},
      h('caption', { class: options.quiet ? 'unseen' : undefined }, caption),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...head.map((text, column) => {
            const look = column > 0 && !words.includes(column) ? 'figures' : undefined;
            // A column of bars has no head: what they show stands beside them.
            return text === '' ? h('td', {}) : h('th', { scope: 'col', class: look }, text);
          }),
        ),
      ),
      body,
    ),
  );
  if (rows.length <= atOnce) return element;
  const whole = (): void => {
    element.dataset['whole'] = '';
    add(atOnce, rows.length);
    more.remove();
  };
  element.addEventListener('show-whole', whole, { once: true });
  const more = h(
    'button',
    {
      class: 'plain',
      onclick: () => {
        whole();
        element.focus();
      },
    },
    `Show all ${rows.length.toLocaleString('en')}`,
  );
  return h('div', {}, element, more);
}

/** A heading with what belongs to it. A group, not a landmark: a page has the results of many stages, with the same headings. */
export const section = (title: string, ...children: (Node | string | undefined | false)[]): HTMLElement =>
  headed('h4', title, ...children);

/** The same at another level of headings. */
export const headed = (
  heading: 'h2' | 'h3' | 'h4',
  title: string,
  ...children: (Node | string | undefined | false)[]
): HTMLElement => h('section', { role: 'group', 'aria-label': title }, h(heading, {}, title), ...children);

/** Pictures beside each other, as many as fit. */
export const gallery = (...children: (Node | undefined | false)[]): HTMLElement =>
  h('div', { class: 'gallery' }, ...children);

/** Facts as pairs of term and value. */
export function facts(pairs: readonly (readonly [string, Node | string])[]): HTMLElement {
  return h(
    'dl',
    { class: 'facts' },
    ...pairs.map(([term, value]) => h('div', {}, h('dt', {}, term), h('dd', {}, value))),
  );
}

/** A metric with the same number of places in every row of a table. */
function metric(value: Loose, places: number): string {
  const read = toNumber(value);
  return Math.abs(read) >= 0.001 && Math.abs(read) <= 1 ? read.toFixed(places) : written(value);
}

/** A number with its 95 % interval: `0.8221 [0.795, 0.849]`. */
export function measured(value: Loose, interval: readonly Loose[] | undefined): HTMLElement {
  return h(
    'span',
    {},
    metric(value, 4),
    interval ? h('span', { class: 'interval' }, ` [${metric(interval[0], 3)}, ${metric(interval[1], 3)}]`) : false,
  );
}

/** A whole number with thousands apart. */
export const count = (value: Loose): string => {
  const read = toNumber(value);
  return Number.isFinite(read) ? Math.round(read).toLocaleString('en') : number(read);
};

/** A value of a setting or of a row, as text. */
export function plainText(value: unknown): string {
  if (typeof value === 'number') return number(value);
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return JSON.stringify(value);
}

/** Horizontal bars with a label and a figure each; the longest is the largest value. */
export function bars(
  caption: string,
  rows: readonly { readonly label: string; readonly share: Loose }[],
  atOnce = 10,
  head: readonly [string, string, string] = ['feature', '', 'importance'],
): HTMLElement {
  const most = rows.reduce((top, { share }) => Math.max(top, toNumber(share) || 0), 0);
  return table({
    caption,
    quiet: true,
    atOnce,
    head,
    words: [1],
    rows: rows.map(({ label, share }) => {
      const width = most > 0 ? Math.max(0, Math.min(1, (toNumber(share) || 0) / most)) : 0;
      const bar = draw(
        'svg',
        { width: 120, height: 10, 'aria-hidden': 'true' },
        draw('rect', { class: 'bar hue-0', width: Math.round(width * 120), height: 10 }),
      );
      return [label, h('span', { class: 'figure' }, bar), written(share)];
    }),
  });
}

/** A sign and a word for what holds or does not: never by colour alone. */
export const verdict = (passed: boolean, yes: string, no: string): { text: string; look: string } =>
  passed ? { text: `✓ ${yes}`, look: 'good' } : { text: `✗ ${no}`, look: 'bad' };
