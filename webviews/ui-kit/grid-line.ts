import { h } from './dom';
import type { GridColumn, GridSource } from './grid-source';
import { rowHeight } from './grid-range';

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
  /** Columns at the start that stay when the others scroll. */
  readonly frozen: number;
  /** Those of them that show; the others stand ready beyond the edge. */
  readonly showing: readonly number[];
  /** Changes with the source. */
  readonly version: number;
  /** Names all columns, their widths and those that stay. */
  readonly shape: string;
  /** Names the columns that are drawn, too. */
  readonly places: string;
  /** Where each column begins, in pixels. */
  readonly offsets: readonly number[];
  /** Pixels by which the columns that scroll stand further left. */
  readonly left: number;
}

const flat = { level: 1, expanded: undefined };

/**
 * A row of cells. Those of the columns that stay come first; the others lie on a belt that is drawn behind a window, so that nothing in a row
 * sticks: each cell that sticks is a layer of its own to the browser. A line stays when it shows another row, and each of its cells stays with its
 * column while that is drawn: the page is touched only where it changes.
 */
export class Line {
  readonly element: HTMLElement;
  /** One for each column that is drawn. */
  cells: HTMLElement[] = [];
  columns: readonly number[] = [];
  /** −1 for the head, −2 for none. */
  index = -2;
  private readonly belt = h('div', { class: 'belt', role: 'presentation' });
  private readonly window = h('div', { class: 'window', role: 'presentation' }, this.belt);
  private readonly contents = new Map<HTMLElement, Content>();
  private readonly stands = new Map<HTMLElement, string>();
  private version = -1;
  private shape = '';
  private places = '';
  private looks = '';
  private shift = NaN;

  constructor() {
    this.element = h('div', { role: 'row', class: 'line' }, this.window);
  }

  fill(row: number, layout: LineLayout): void {
    const { source, columns, version, places } = layout;
    const same = this.index === row && this.version === version;
    const arranged = this.places === places;
    const fresh = arranged ? new Set<HTMLElement>() : this.arrange(row, layout);
    this.move(layout);
    if (same && arranged) return;
    this.index = row;
    this.version = version;
    this.shape = layout.shape;
    this.places = places;
    if (!same) this.frame(row, source);
    columns.forEach((column, place) => {
      const cell = this.cells[place];
      const info = source.columns[column];
      if (!cell || !info || (same && !fresh.has(cell))) return;
      if (row < 0) this.fillHead(cell, info);
      else this.fillCell(cell, row, column, info, source);
    });
  }

  /** Whether only columns beyond the edge are missing: then it is enough to move the line for now. */
  suffices(row: number, { version, shape, places, showing }: LineLayout): boolean {
    if (this.index !== row || this.version !== version || this.shape !== shape || this.places === places) return false;
    return showing.every((column) => this.columns.includes(column));
  }

  /** Puts the belt where the columns are scrolled to. The columns before its first one are not drawn. */
  move({ frozen, offsets, left }: LineLayout): void {
    const first = this.columns.find((column) => column >= frozen);
    const shift = (first === undefined ? 0 : (offsets[first] ?? 0) - (offsets[frozen] ?? 0)) - left;
    if (shift === this.shift) return;
    this.shift = shift;
    this.belt.style.transform = `translateX(${shift}px)`;
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
  private arrange(row: number, { columns, frozen, source, offsets }: LineLayout): Set<HTMLElement> {
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
    const staid = columns.filter((column) => column < frozen).length;
    inOrder(this.element, [...this.cells.slice(0, staid), this.window]);
    inOrder(this.belt, this.cells.slice(staid));
    columns.forEach((column, place) => {
      const cell = this.cells[place];
      const info = source.columns[column];
      const last = columns[place - 1];
      // A lone active column far away stands beyond columns that are not drawn.
      const skipped =
        last === undefined || last < frozen
          ? 0
          : (offsets[column] ?? 0) - (offsets[last] ?? 0) - (source.columns[last]?.width ?? 0);
      if (cell && info) this.stand(cell, column, info.width, skipped);
    });
    return fresh;
  }

  /** Where a cell stands in its row. */
  private stand(cell: HTMLElement, column: number, width: number, skipped: number): void {
    const stand = `${column} ${width} ${skipped}`;
    if (this.stands.get(cell) === stand) return;
    this.stands.set(cell, stand);
    cell.setAttribute('aria-colindex', String(column + 1));
    cell.style.width = `${width}px`;
    cell.style.marginLeft = skipped > 0 ? `${skipped}px` : '';
  }

  private fillHead(cell: HTMLElement, info: GridColumn): void {
    const { title, sort, sortPlace, end, hint } = info;
    cell.className = `cell ${end ? 'end' : ''}`;
    cell.setAttribute('aria-sort', sort ?? 'none');
    cell.title = hint ?? title;
    const mark = sort === undefined ? '' : `${sort === 'ascending' ? '▲' : '▼'}${sortPlace ?? ''}`;
    cell.replaceChildren(
      h('span', { class: 'title' }, title),
      mark ? h('span', { class: 'sort', 'aria-hidden': 'true' }, mark) : '',
      h('span', { class: 'grip', 'aria-hidden': 'true' }),
    );
  }

  private fillCell(cell: HTMLElement, row: number, column: number, info: GridColumn, source: GridSource): void {
    const { text, aside, look, says } = source.cell(row, column);
    const { level, expanded } = column === 0 ? source.row(row) : flat;
    const before = this.contents.get(cell);
    const plain = aside === undefined && level === 1 && expanded === undefined;
    const looks = `cell ${info.end ? 'end' : ''} ${look ?? ''}${plain && fits(text, info.width) ? '' : ' cut'}`;
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

/** Whether a text surely stands in a cell. To cut off what needs no cutting would cost a layer a cell. */
function fits(text: string, width: number): boolean {
  let left = width - 16;
  for (let at = 0; at < text.length && left >= 0; at++) {
    const code = text.charCodeAt(at);
    left -= code >= 0x2b && code <= 0x3a ? 8 : 13;
  }
  return left >= 0;
}

/** Puts elements into one, touching only those that stand elsewhere. */
function inOrder(parent: HTMLElement, wanted: readonly HTMLElement[]): void {
  let next: Element | null = null;
  for (const each of wanted.toReversed()) {
    if (each.parentElement !== parent || each.nextElementSibling !== next) parent.insertBefore(each, next);
    next = each;
  }
}
