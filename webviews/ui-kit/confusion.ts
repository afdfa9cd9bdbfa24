import { h } from './dom';
import { percent, shade } from './figure';

export interface ConfusionOptions {
  /** Counts of rows: true class by row, predicted class by column. */
  readonly counts: readonly (readonly number[])[];
  readonly classes: readonly string[];
  readonly split: string;
  /** Shows the rows of a cell; without it a cell is a number. */
  readonly onCell?: (actual: string, predicted: string) => void;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** Counts of true against predicted class, shaded by their share of the true class. Arrow keys go from cell to cell. */
export function confusionFigure({ counts, classes, split, onCell }: ConfusionOptions): HTMLElement {
  const sums = counts.map((row) => row.reduce((sum, value) => sum + value, 0));
  const right = counts.reduce((sum, row, index) => sum + (row[index] ?? 0), 0);
  const all = sums.reduce((sum, value) => sum + value, 0);
  const name = (index: number): string => classes[index] ?? String(index);
  const buttons = new Map<string, HTMLButtonElement>();
  const cell = (value: number, row: number, column: number): HTMLElement => {
    const share = percent(value / (sums[row] ?? 0));
    const look = { class: `figures shade-${shade(value / (sums[row] ?? 0))}`, title: `${share} of ${name(row)}` };
    if (!onCell || value === 0) return h('td', look, whole(value));
    const button = h(
      'button',
      {
        type: 'button',
        class: 'cell',
        tabindex: buttons.size === 0 ? 0 : -1,
        'aria-label': `${whole(value)} rows of ${name(row)} taken for ${name(column)}: show them`,
        onclick: () => onCell(name(row), name(column)),
      },
      whole(value),
    );
    buttons.set(`${row} ${column}`, button);
    return h('td', look, button);
  };
  const body = h(
    'tbody',
    {},
    ...counts.map((row, index) =>
      h('tr', {}, h('th', { scope: 'row' }, name(index)), ...row.map((value, column) => cell(value, index, column))),
    ),
  );
  body.addEventListener('keydown', (event) => walk(event, buttons, counts.length));
  const hint = onCell ? ' Choose a cell to see its rows.' : '';
  return h(
    'figure',
    { class: 'figure confusion' },
    h(
      'figcaption',
      { class: 'title' },
      h('strong', {}, 'Confusion matrix'),
      h('span', { class: 'says' }, `${whole(right)} of ${whole(all)} rows of ${split} are predicted right.${hint}`),
    ),
    h(
      'div',
      { class: 'scroll heat', tabindex: 0, role: 'group', 'aria-label': 'Confusion matrix' },
      h(
        'table',
        {},
        h('caption', { class: 'unseen' }, 'Confusion matrix: true class by row, predicted class by column'),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('td', { class: 'corner' }, 'true ↓ predicted →'),
            ...counts.map((_, index) => h('th', { scope: 'col', class: 'figures' }, name(index))),
          ),
        ),
        body,
      ),
    ),
  );
}

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** From the cell that has the focus to the next one in the direction of an arrow key that has rows. */
function walk(event: KeyboardEvent, buttons: ReadonlyMap<string, HTMLButtonElement>, size: number): void {
  const step = steps[event.key];
  const from = [...buttons].find(([, button]) => button === event.target);
  if (!step || !from) return;
  event.preventDefault();
  event.stopPropagation();
  let [row = 0, column = 0] = from[0].split(' ').map(Number);
  do {
    row += step[0];
    column += step[1];
    const next = buttons.get(`${row} ${column}`);
    if (!next) continue;
    from[1].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    return;
  } while (row >= 0 && column >= 0 && row < size && column < size);
}
