import { h } from './dom';
import type { GridColumn, GridSource } from './grid-source';

/** Pixels. */
export const rowHeight = 24;

/** What a cell shows; `plain` is a text and nothing else. */
interface Content {
  readonly looks: string;
  readonly text: string;
  readonly says: string | undefined;
  readonly plain: boolean;
}

/** What the lines of a grid are filled from. */
export interface LineLayout {
  readonly source: GridSource;
  /** Columns that are drawn, ascending. */
  readonly columns: readonly number[];
  /** Changes with the source. */
  readonly version: number;
  /** Names the columns that are drawn and their widths. */
  readonly places: string;
  /** Where each column begins, in pixels. */
  readonly offsets: readonly number[];
}

const flat = { level: 1, expanded: undefined };

/** A row of cells. It stays when it shows another row, and each of its cells stays with its column while that is drawn: the page is touched only where it changes. */
export class Line {
  readonly element: HTMLElement;
  /** One for each column that is drawn. */
  cells: HTMLElement[] = [];
  columns: readonly number[] = [];
  /** −1 for the head, −2 for none. */
  index = -2;
  private readonly gap = h('div', { class: 'gap', role: 'presentation' });
  private readonly contents = new Map<HTMLElement, Content>();
  private readonly stands = new Map<HTMLElement, string>();
  private version = -1;
  private places = '';
  private looks = '';

  constructor() {
    this.element = h('div', { role: 'row', class: 'line' }, this.gap);
  }

  fill(row: number, layout: LineLayout): void {
    const { source, columns, version, places } = layout;
    const same = this.index === row && this.version === version;
    if (same && this.places === places) return;
    const fresh = this.places === places ? new Set<HTMLElement>() : this.arrange(row, layout);
    this.index = row;
    this.version = version;
    this.places = places;
    if (!same) this.frame(row, source);
    columns.forEach((column, place) => {
      const cell = this.cells[place];
      const info = source.columns[column];
      if (!cell || !info || (same && !fresh.has(cell))) return;
      if (row < 0) this.fillHead(cell, column, info, source);
      else this.fillCell(cell, row, column, info, source);
    });
  }

  /** What the row itself says. */
  private frame(row: number, source: GridSource): void {
    const { element } = this;
    element.setAttribute('aria-rowindex', String(row + 2));
    if (row < 0) return;
    const { selected, level, expanded, look } = source.row(row);
    element.style.top = `${row * rowHeight}px`;
    const looks = `line ${selected ? 'selected' : ''} ${look ?? ''}|${level}|${String(expanded)}`;
    if (looks === this.looks) return;
    this.looks = looks;
    element.className = looks.slice(0, looks.indexOf('|'));
    element.setAttribute('aria-selected', String(selected));
    element.setAttribute('aria-level', String(level));
    if (expanded === undefined) element.removeAttribute('aria-expanded');
    else element.setAttribute('aria-expanded', String(expanded));
  }

  /** Gives each column its cell, those that are new on screen the cells of those that left. @returns the cells that changed their column */
  private arrange(row: number, { columns, source, offsets }: LineLayout): Set<HTMLElement> {
    const { element, gap } = this;
    const before = new Map(this.columns.map((column, place) => [column, this.cells[place]]));
    const staying = new Set(columns);
    const spare = [...before].flatMap(([column, cell]) => (cell && !staying.has(column) ? [cell] : []));
    const fresh = new Set<HTMLElement>();
    for (const cell of spare) cell.remove();
    this.cells = columns.map((column) => {
      const known = before.get(column);
      if (known) return known;
      const cell = spare.pop() ?? h('div', { role: row < 0 ? 'columnheader' : 'gridcell' });
      fresh.add(cell);
      return cell;
    });
    for (const cell of spare) {
      this.contents.delete(cell);
      this.stands.delete(cell);
    }
    this.columns = columns;
    // The columns that are not drawn leave their room empty; a lone active column far away stands behind the others.
    const first = columns.findIndex((column) => column >= source.frozen);
    const start = first < 0 ? 0 : (offsets[columns[first] ?? 0] ?? 0) - (offsets[source.frozen] ?? 0);
    gap.style.width = `${Math.max(0, start)}px`;
    const order = first < 0 ? [...this.cells, gap] : this.cells.toSpliced(first, 0, gap);
    let next: Element | null = null;
    for (const each of order.reverse()) {
      if (each.parentElement !== element || each.nextElementSibling !== next) element.insertBefore(each, next);
      next = each;
    }
    columns.forEach((column, place) => {
      const cell = this.cells[place];
      const info = source.columns[column];
      if (cell && info) this.stand(cell, column, info, columns[place - 1], source, offsets);
    });
    return fresh;
  }

  /** Where a cell stands in its row. */
  private stand(
    cell: HTMLElement,
    column: number,
    info: GridColumn,
    before: number | undefined,
    { frozen, columns }: GridSource,
    offsets: readonly number[],
  ): void {
    const left = column < frozen ? `${offsets[column] ?? 0}px` : '';
    const skipped =
      before === undefined || before < frozen
        ? 0
        : (offsets[column] ?? 0) - (offsets[before] ?? 0) - (columns[before]?.width ?? 0);
    const stand = `${column} ${info.width} ${left} ${skipped}`;
    if (this.stands.get(cell) === stand) return;
    this.stands.set(cell, stand);
    cell.setAttribute('aria-colindex', String(column + 1));
    cell.style.width = `${info.width}px`;
    cell.style.left = left;
    cell.style.marginLeft = skipped > 0 ? `${skipped}px` : '';
  }

  private fillHead(cell: HTMLElement, column: number, info: GridColumn, source: GridSource): void {
    const { title, sort, sortPlace, end, hint } = info;
    cell.className = `cell ${end ? 'end' : ''} ${column < source.frozen ? 'frozen' : ''}`;
    cell.setAttribute('aria-sort', sort ?? 'none');
    cell.title = hint ?? title;
    const mark = sort === undefined ? '' : `${sort === 'ascending' ? '▲' : '▼'}${sortPlace ?? ''}`;
    cell.replaceChildren(
      h('span', { class: 'title' }, title),
      mark ? h('span', { class: 'sort', 'aria-hidden': 'true' }, mark) : '',
      h('span', { class: 'grip', 'aria-hidden': 'true', 'data-column': column }),
    );
  }

  private fillCell(cell: HTMLElement, row: number, column: number, info: GridColumn, source: GridSource): void {
    const { text, aside, look, says } = source.cell(row, column);
    const { level, expanded } = column === 0 ? source.row(row) : flat;
    const looks = `cell ${info.end ? 'end' : ''} ${look ?? ''} ${column < source.frozen ? 'frozen' : ''}`;
    const before = this.contents.get(cell);
    const plain = aside === undefined && level === 1 && expanded === undefined;
    if (before?.looks !== looks) cell.className = looks;
    if (before?.says !== says) {
      if (says === undefined) cell.removeAttribute('aria-label');
      else cell.setAttribute('aria-label', says);
    }
    if (!plain)
      cell.replaceChildren(
        ...(level > 1 ? [h('span', { class: `indent level-${Math.min(level, 5)}` })] : []),
        ...(expanded !== undefined
          ? [h('span', { class: 'twistie', 'aria-hidden': 'true', 'data-toggle': '1' }, expanded ? '▾' : '▸')]
          : []),
        text,
        ...(aside ? [h('span', { class: 'aside' }, aside)] : []),
      );
    else if (!before?.plain) cell.textContent = text;
    else if (before.text !== text) {
      // The text that is there is changed: a new node would be laid out from nothing.
      const { firstChild } = cell;
      if (firstChild) firstChild.nodeValue = text;
      else cell.textContent = text;
    }
    this.contents.set(cell, { looks, text, says, plain });
  }
}
