import type uPlot from 'uplot';
import { h } from '../ui-kit';
import { number } from '../ui-kit/format';
import { near } from './smooth';

/** A curve in the legend of its chart. */
export interface LegendEntry {
  readonly label: string;
  /** The line beside the name, as a CSS background. */
  readonly marker: string;
  /** Place of its values among the rows of the plot. */
  readonly place: number;
  /** Whether the row after it holds its values before they were smoothed. */
  readonly ghost: boolean;
  /** The last value that was logged. */
  readonly last: number | null;
  /** The smallest and the largest value so far. */
  readonly ends: () => readonly [number, number] | undefined;
}

/** Milliseconds between two changes of the last values, while a chart grows: nobody reads faster. */
const pace = 250;

/**
 * The curves of a chart: each a button that hides it and shows it again (with Ctrl alone), with its last value, or the one at the crosshair.
 * Where curves are smoothed, the value that was logged follows in brackets.
 */
export class Legend {
  readonly element: HTMLElement;
  private readonly at = h('span', { class: 'at' });
  private readonly list = h('span', { class: 'curves', role: 'group' });
  private entries: readonly LegendEntry[] = [];
  private buttons: HTMLButtonElement[] = [];
  private shape = '';
  private plot: uPlot | undefined;
  private xText: (value: number) => string = String;
  private next = 0;
  private waits: number | undefined;

  /** @param toggle told the place of a curve, and whether the others go when it stays */
  constructor(
    label: string,
    private readonly toggle: (place: number, alone: boolean) => void,
  ) {
    this.list.setAttribute('aria-label', `Curves of ${label}`);
    this.element = h('div', { class: 'legend' }, this.at, this.list);
  }

  /** Takes over curves and their last values. */
  renew(entries: readonly LegendEntry[], plot: uPlot, xText: (value: number) => string): void {
    const shape = entries.map(({ label, marker, place }) => `${label}\n${marker}\n${place}`).join('\n\n');
    if (shape !== this.shape) {
      this.shape = shape;
      this.buttons = entries.map((entry) => this.button(entry));
      this.list.replaceChildren(...this.buttons);
    }
    if (plot !== this.plot) this.next = 0;
    this.entries = entries;
    this.plot = plot;
    this.xText = xText;
    this.mark();
    const left = this.next - performance.now();
    if (left <= 0) this.update();
    else this.waits ??= window.setTimeout(() => this.update(), left);
  }

  private button({ label, marker, place }: LegendEntry): HTMLButtonElement {
    const line = h('span', { class: 'marker', 'aria-hidden': 'true' });
    line.style.background = marker;
    const element = h(
      'button',
      {
        type: 'button',
        onclick: (event) => {
          const { ctrlKey, metaKey } = event as MouseEvent;
          this.toggle(place, ctrlKey || metaKey);
        },
      },
      line,
      h('span', { class: 'name' }, label),
      ' ',
      h('span', { class: 'value' }),
    );
    // With Ctrl, Enter presses no button by itself.
    element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.toggle(place, true);
    });
    return element;
  }

  /** Says which curves are hidden. */
  mark(): void {
    this.entries.forEach(({ place }, index) =>
      this.buttons[index]?.setAttribute('aria-pressed', String(this.plot?.series[place]?.show !== false)),
    );
  }

  /** Writes the values at the crosshair, or the last ones. */
  update(): void {
    const { plot } = this;
    if (this.waits !== undefined) clearTimeout(this.waits);
    this.waits = undefined;
    this.next = performance.now() + pace;
    if (!plot) return;
    const { idx } = plot.cursor;
    const index = typeof idx === 'number' ? idx : undefined;
    const x = index === undefined ? undefined : plot.data[0][index];
    write(this.at, x === undefined ? 'last' : this.xText(x));
    this.entries.forEach((entry, place) => {
      const value = this.buttons[place]?.lastElementChild;
      if (value) write(value, textOf(plot, entry, x === undefined ? undefined : index));
      const button = this.buttons[place];
      const ends = entry.ends();
      const title = `${entry.label}${ends ? `\nsmallest ${number(ends[0])}, largest ${number(ends[1])}` : ''}\nHide or show it; with Ctrl show it alone`;
      if (button && button.title !== title) button.title = title;
    });
  }

  /** The same as a sentence. */
  get text(): string {
    const values = this.buttons.map((button) => button.textContent?.trim() ?? '');
    return `${this.at.textContent}: ${values.join(', ')}`;
  }
}

function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function textOf({ data }: uPlot, { place, ghost, last }: LegendEntry, index: number | undefined): string {
  const [drawn, raw] = [data[place] ?? [], data[place + 1] ?? []];
  if (index === undefined) return ghost ? `${number(lastDrawn(drawn))} (${number(last)})` : number(last);
  const value = number(near(drawn, index));
  return ghost ? `${value} (${number(near(raw, index))})` : value;
}

/** The last value that is there. */
function lastDrawn(values: ArrayLike<number | null | undefined>): number | null {
  for (let index = values.length - 1; index >= 0; index--) {
    const value = values[index];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}
