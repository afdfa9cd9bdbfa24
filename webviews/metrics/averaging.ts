import type { Table } from '../../lifecycle/query';
import type { RunState, Series } from '../protocol';
import { h, select } from '../ui-kit';
import { averaged, everything, groupColumns, groupsOf, type Band, type RunGroup } from './average';
import { titleOf } from '../ui-kit/value';
import type { XAxis } from './smooth';

/** How runs are put together. */
export interface AveragingChoice {
  /** Name of a column, `*` for all runs as one, empty for each by itself. */
  readonly group?: string;
  readonly band?: Band;
}

const bands: readonly { readonly value: Band; readonly label: string }[] = [
  { value: 'range', label: 'smallest to largest' },
  { value: 'deviation', label: '± standard deviation' },
  { value: 'error', label: '± standard error' },
  { value: 'none', label: 'no band' },
];

/** Two choices above the curves: by which column runs are averaged, and what the band around a mean shows. */
export class Averaging {
  readonly element: HTMLElement;
  /** Groups of the runs that are shown; none where each run stands by itself. */
  groups: readonly RunGroup[] = [];
  private readonly by = select('Average runs', (group) => this.changed({ group }));
  private readonly band = select('Band', (band) => this.changed({ band: band as Band }));
  private made: { readonly from: readonly Series[]; readonly key: string; readonly series: Series[] } | undefined;

  /** @param changed told what somebody chose */
  constructor(private readonly changed: (choice: AveragingChoice) => void) {
    this.element = h('span', { class: 'averaging' }, this.by.element, this.band.element);
  }

  /** Takes over the runs that are shown and what is known of them. */
  show(
    runs: readonly RunState[],
    table: Table = { columns: [], rows: [] },
    { group = '', band }: AveragingChoice,
  ): void {
    const ids = runs.map(({ id }) => id);
    const columns = groupColumns(ids, table);
    const possible = ids.length > 1 && (group === everything || columns.some(({ name }) => name === group));
    this.groups = possible ? groupsOf(ids, group, table) : [];
    this.element.hidden = ids.length < 2;
    this.band.element.hidden = !possible;
    this.by.update(
      [
        { value: '', label: 'each run' },
        { value: everything, label: 'mean of all runs' },
        ...columns.map((column) => ({ value: column.name, label: `mean by ${titleOf(column)}` })),
      ],
      possible ? group : '',
    );
    this.band.update(bands, band ?? 'range');
  }

  /** The curves to draw. */
  of(series: readonly Series[], axis: XAxis, logX: boolean, band: Band = 'range'): readonly Series[] {
    if (this.groups.length === 0) return series;
    const key = JSON.stringify([axis, logX, band, this.groups]);
    // A look that changes needs no other means.
    if (this.made?.from !== series || this.made.key !== key)
      this.made = { from: series, key, series: averaged(series, this.groups, { axis, logX, band }) };
    return this.made.series;
  }

  /** The group of a run. */
  groupOf(run: string): RunGroup | undefined {
    return this.groups.find(({ runs }) => runs.includes(run));
  }
}
