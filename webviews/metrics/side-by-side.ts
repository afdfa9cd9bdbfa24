import type { Column, Row, Table } from '../../lifecycle/query';
import { checkbox, h } from '../ui-kit';
import { number } from '../ui-kit/format';
import { keepPlace } from '../ui-kit/keep';
import { titleOf, written } from '../ui-kit/value';
import { table, type Cell } from '../renderer/parts';

/** Runs side by side at once. */
const most = 10;
const kinds: readonly Column['kind'][] = ['parameter', 'setting', 'metric', 'range', 'label', 'fact'];

/** The runs that are chosen as columns: what they were given, what came of it, and by how much they differ from the first one. */
export class SideBySide {
  readonly element = h('section', { class: 'tables side-by-side', 'aria-label': 'Side by side' });
  private readonly differing = checkbox('Only what differs', true, () => this.draw());
  private readonly body = h('div', {});
  private readonly says = h('p', { class: 'says' });
  private columns: readonly Column[] = [];
  private rows: readonly Row[] = [];
  private drawn = '';

  constructor(private readonly nameOf: (run: string) => string) {
    this.element.append(h('h2', {}, 'Side by side'), this.says, this.differing.element, this.body);
    this.element.hidden = true;
  }

  /** @param chosen ids of the runs that are shown, in order; of a single one there is nothing to compare */
  show({ columns, rows }: Table, chosen: readonly string[]): void {
    const found = chosen.flatMap((id) => rows.find((row) => row.id === id) ?? []);
    this.element.hidden = found.length < 2;
    this.rows = found.slice(0, most);
    this.columns = kinds.flatMap((kind) => columns.filter((column) => column.kind === kind && column.name !== 'run'));
    const key = JSON.stringify([chosen.length, this.rows.map(({ id, values }) => [id, values])]);
    if (this.element.hidden || key === this.drawn) return;
    this.drawn = key;
    this.says.textContent = `${found.length > most ? `The first ${most} of ${found.length} runs` : `${found.length} runs`}; what is in brackets is the difference from the first one.`;
    this.draw();
  }

  private draw(): void {
    const { rows } = this;
    const lines = this.columns
      .filter(({ name }) => rows.some(({ values }) => values[name] !== undefined))
      .filter(
        ({ name }) => !this.differing.checked || new Set(rows.map(({ values }) => String(values[name]))).size > 1,
      );
    const kept = keepPlace(this.body);
    this.body.replaceChildren(
      lines.length === 0
        ? h('p', { class: 'facts' }, 'These runs do not differ.')
        : table({
            caption: 'What the runs were given, and what came of it',
            quiet: true,
            head: ['', ...rows.map(({ id }) => this.nameOf(id))],
            rows: lines.map((column) => [titleOf(column), ...rows.map((row) => this.cell(column, row))]),
          }),
    );
    kept();
  }

  private cell(column: Column, { values }: Row): Cell {
    const { name, kind, type } = column;
    const [value, before] = [values[name], this.rows[0]?.values[name]];
    const change =
      typeof value === 'number' &&
      typeof before === 'number' &&
      (kind === 'metric' || kind === 'range' || type === 'duration')
        ? value - before
        : 0;
    return h(
      'span',
      {},
      value === undefined ? '–' : written(column, value),
      change === 0 || !Number.isFinite(change)
        ? false
        : h(
            'span',
            { class: 'interval' },
            ` (${change > 0 ? '+' : '−'}${type === 'duration' ? written(column, Math.abs(change)) : number(Math.abs(change))})`,
          ),
    );
  }
}
