import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import { h } from './dom';
import { GridInput, rowHeight } from './grid-input';
import type { GridColumn, GridEvents, GridSource } from './grid-source';

export type { GridCell, GridColumn, GridEvents, GridRow, GridSource } from './grid-source';

/** What a cell shows; `plain` is a text and nothing else. */
interface Content {
  readonly looks: string;
  readonly text: string;
  readonly says: string | undefined;
  readonly plain: boolean;
}

const flat = { level: 1, expanded: undefined };

type Axis = Virtualizer<HTMLElement, HTMLElement>;

interface Line {
  readonly element: HTMLElement;
  readonly cells: HTMLElement[];
  readonly gap: HTMLElement;
  index: number;
  /** The columns that its cells stand for. */
  columns: readonly number[];
  /** Which columns its cells stand for, and where. */
  places: string;
}

/**
 * A table of any size after the ARIA grid pattern: rows and columns are drawn only where they are seen, the focus stays on the grid and moves
 * by `aria-activedescendant`. Row −1 is the head.
 */
export class Grid {
  readonly element: HTMLElement;
  private readonly head: HTMLElement;
  private readonly body: HTMLElement;
  private readonly lines = new Map<number, Line>();
  private readonly pool: Line[] = [];
  private readonly drawn = new WeakMap<Element, Line>();
  /** What each cell shows now, so that the page is touched only where that changes. */
  private readonly contents = new WeakMap<HTMLElement, Content>();
  private headLine: Line;
  private rowsAxis: Axis;
  private columnsAxis: Axis;
  source: GridSource = {
    rows: 0,
    columns: [],
    frozen: 0,
    row: () => ({ selected: false, level: 1 }),
    cell: () => ({ text: '' }),
  };
  private active = { row: 0, column: 0 };
  private version = 0;
  private shape = '';
  /** Where each column begins, in pixels; one more than columns. */
  private offsets: number[] = [0];
  private scheduled = false;
  private marked: HTMLElement | undefined;
  private readonly id: string;
  private static count = 0;

  constructor(label: string, events: GridEvents) {
    this.id = `grid-${++Grid.count}`;
    this.head = h('div', { role: 'rowgroup', class: 'grid-head' });
    this.body = h('div', { role: 'rowgroup', class: 'grid-body' });
    this.element = h(
      'div',
      { class: 'grid', role: 'treegrid', tabindex: 0, 'aria-label': label, 'aria-multiselectable': 'true' },
      this.head,
      this.body,
    );
    this.headLine = this.newLine();
    this.headLine.element.classList.add('head');
    this.head.append(this.headLine.element);
    this.rowsAxis = new Virtualizer(this.options(false));
    this.columnsAxis = new Virtualizer(this.options(true));
    new GridInput(this, events);
    this.element.addEventListener('focus', () => this.mark());
    this.element.addEventListener('blur', () => this.mark());
  }

  /** Call once the element is in the document. */
  mount(): void {
    this.rowsAxis._didMount();
    this.columnsAxis._didMount();
    this.rowsAxis._willUpdate();
    this.columnsAxis._willUpdate();
  }

  /** Shows other content. The place of the focus is kept by its numbers. */
  show(source: GridSource): void {
    const before = this.shape;
    this.source = source;
    this.version++;
    this.shape = `${source.frozen}|${source.columns.map(({ key, width }) => `${key} ${width}`).join('|')}`;
    if (before !== this.shape) {
      this.offsets = [0];
      for (const { width } of source.columns) this.offsets.push((this.offsets.at(-1) ?? 0) + width);
    }
    this.element.setAttribute('aria-rowcount', String(source.rows + 1));
    this.element.setAttribute('aria-colcount', String(source.columns.length));
    this.active.row = Math.min(this.active.row, source.rows - 1);
    this.active.column = Math.max(0, Math.min(this.active.column, source.columns.length - 1));
    this.rowsAxis.setOptions(this.options(false));
    this.columnsAxis.setOptions(this.options(true));
    if (before !== this.shape) this.columnsAxis.measure();
    this.rowsAxis._willUpdate();
    this.columnsAxis._willUpdate();
    this.draw();
  }

  /** Draws what is on screen anew, for example after another selection. */
  refresh(): void {
    this.version++;
    this.draw();
  }

  /** The row and column of an element inside the grid. */
  placeOf(inside: Element): { readonly row: number; readonly column: number } | undefined {
    const element = inside.closest('.line');
    const line = element && this.drawn.get(element);
    const at = line ? line.cells.findIndex((cell) => cell.contains(inside)) : -1;
    const column = line?.columns[at];
    return line && column !== undefined ? { row: line.index, column } : undefined;
  }

  /** The element of a place, where it is drawn. */
  cellAt(row: number, column: number): HTMLElement | undefined {
    const line = row < 0 ? this.headLine : this.lines.get(row);
    return line?.cells[line.columns.indexOf(column)];
  }

  get place(): { readonly row: number; readonly column: number } {
    return this.active;
  }

  /** Puts the keyboard's place somewhere and scrolls there. */
  activate(row: number, column: number): void {
    this.active = {
      row: Math.max(-1, Math.min(row, this.source.rows - 1)),
      column: Math.max(0, Math.min(column, this.source.columns.length - 1)),
    };
    if (this.active.row >= 0) this.rowsAxis.scrollToIndex(this.active.row, { align: 'auto' });
    if (this.active.column >= this.source.frozen) this.columnsAxis.scrollToIndex(this.active.column, { align: 'auto' });
    this.draw();
  }

  private options(horizontal: boolean): VirtualizerOptions<HTMLElement, HTMLElement> {
    const { source } = this;
    const frozenWidth = (): number => source.columns.slice(0, source.frozen).reduce((sum, { width }) => sum + width, 0);
    return {
      count: horizontal ? source.columns.length : source.rows,
      horizontal,
      getScrollElement: () => this.element,
      estimateSize: horizontal ? (index) => source.columns[index]?.width ?? 100 : () => rowHeight,
      overscan: horizontal ? 1 : 4,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      // What is under the head or under frozen columns does not count as seen.
      ...(horizontal ? { scrollPaddingStart: frozenWidth() } : { scrollPaddingStart: 0, scrollPaddingEnd: rowHeight }),
      onChange: () => this.schedule(),
    };
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.draw();
    });
  }

  private draw(): void {
    const { source } = this;
    const items = this.rowsAxis.getVirtualItems();
    const seen = this.columnsAxis.getVirtualItems();
    const columns = [
      ...Array.from({ length: Math.min(source.frozen, source.columns.length) }, (_, index) => index),
      ...seen.map(({ index }) => index).filter((index) => index >= source.frozen),
    ];
    if (this.active.column >= source.frozen && !columns.includes(this.active.column) && source.columns.length > 0)
      columns.push(this.active.column);
    columns.sort((a, b) => a - b);
    const width = this.columnsAxis.getTotalSize();
    this.body.style.height = `${this.rowsAxis.getTotalSize()}px`;
    this.body.style.width = this.head.style.width = `${width}px`;
    const stamp = `${this.version} ${columns.join()}`;
    this.fill(this.headLine, -1, columns, stamp);
    const wanted = new Set(items.map(({ index }) => index));
    if (this.active.row >= 0 && this.active.row < source.rows) wanted.add(this.active.row);
    for (const [index, line] of this.lines)
      if (!wanted.has(index)) {
        this.lines.delete(index);
        this.pool.push(line);
      }
    for (const index of wanted) {
      let line = this.lines.get(index);
      if (!line) {
        line = this.pool.pop() ?? this.newLine();
        line.index = -2;
        this.lines.set(index, line);
        if (!line.element.isConnected) this.body.append(line.element);
      }
      this.fill(line, index, columns, stamp);
    }
    for (const line of this.pool.splice(0)) line.element.remove();
    this.mark();
  }

  private newLine(): Line {
    const gap = h('div', { class: 'gap', role: 'presentation' });
    const element = h('div', { role: 'row', class: 'line' }, gap);
    const line: Line = { element, cells: [], columns: [], gap, index: -2, places: '' };
    this.drawn.set(element, line);
    return line;
  }

  private stamps = new WeakMap<Line, string>();

  private fill(line: Line, row: number, columns: readonly number[], stamp: string): void {
    if (line.index === row && this.stamps.get(line) === stamp) return;
    line.index = row;
    line.columns = columns;
    this.stamps.set(line, stamp);
    const { source } = this;
    const { element, cells, gap } = line;
    element.setAttribute('aria-rowindex', String(row + 2));
    if (row >= 0) {
      const { selected, level, expanded, look } = source.row(row);
      element.className = `line ${selected ? 'selected' : ''} ${look ?? ''}`;
      element.style.transform = `translateY(${row * rowHeight}px)`;
      element.setAttribute('aria-selected', String(selected));
      element.setAttribute('aria-level', String(level));
      if (expanded === undefined) element.removeAttribute('aria-expanded');
      else element.setAttribute('aria-expanded', String(expanded));
    }
    while (cells.length < columns.length) {
      const cell = h('div', { role: row < 0 ? 'columnheader' : 'gridcell' });
      cells.push(cell);
      element.append(cell);
    }
    while (cells.length > columns.length) cells.pop()?.remove();
    const places = `${this.shape} ${columns.join()}`;
    const moved = line.places !== places;
    columns.forEach((column, place) => {
      const cell = cells[place];
      const info = source.columns[column];
      if (!cell || !info) return;
      if (row < 0) this.fillHead(cell, column, info);
      else this.fillCell(cell, row, column, info);
      if (moved) this.stand(cell, column, info, columns[place - 1]);
    });
    if (!moved) return;
    line.places = places;
    // The columns that are not drawn leave their room empty; a lone active column far away stands behind the others.
    const first = columns.findIndex((column) => column >= source.frozen);
    const start = first < 0 ? 0 : this.offsetOf(columns[first] ?? 0) - this.offsetOf(source.frozen);
    gap.style.width = `${Math.max(0, start)}px`;
    const anchor = first < 0 ? null : (cells[first] ?? null);
    if (gap.nextSibling !== anchor || gap.parentElement !== element) element.insertBefore(gap, anchor);
  }

  /** Where a cell stands in its row; it is asked only when columns moved. */
  private stand(cell: HTMLElement, column: number, info: GridColumn, before: number | undefined): void {
    const { frozen, columns } = this.source;
    cell.setAttribute('aria-colindex', String(column + 1));
    cell.style.width = `${info.width}px`;
    cell.style.left = column < frozen ? `${this.offsetOf(column)}px` : '';
    const skipped =
      before === undefined || before < frozen
        ? 0
        : this.offsetOf(column) - this.offsetOf(before) - (columns[before]?.width ?? 0);
    cell.style.marginLeft = skipped > 0 ? `${skipped}px` : '';
  }

  private offsetOf(column: number): number {
    return this.offsets[column] ?? 0;
  }

  private fillHead(cell: HTMLElement, column: number, info: GridColumn): void {
    const { title, sort, sortPlace, end, hint } = info;
    cell.className = `cell ${end ? 'end' : ''} ${column < this.source.frozen ? 'frozen' : ''}`;
    cell.setAttribute('aria-sort', sort ?? 'none');
    cell.title = hint ?? title;
    const mark = sort === undefined ? '' : `${sort === 'ascending' ? '▲' : '▼'}${sortPlace ?? ''}`;
    cell.replaceChildren(
      h('span', { class: 'title' }, title),
      mark ? h('span', { class: 'sort', 'aria-hidden': 'true' }, mark) : '',
      h('span', { class: 'grip', 'aria-hidden': 'true', 'data-column': column }),
    );
  }

  private fillCell(cell: HTMLElement, row: number, column: number, info: GridColumn): void {
    const { text, aside, look, says } = this.source.cell(row, column);
    const { level, expanded } = column === 0 ? this.source.row(row) : flat;
    const looks = `cell ${info.end ? 'end' : ''} ${look ?? ''} ${column < this.source.frozen ? 'frozen' : ''}`;
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

  private mark(): void {
    const { row, column } = this.active;
    const cell = this.cellAt(row, column);
    // Only the cell with the keyboard has an id: cells change places while the grid scrolls.
    const id = `${this.id}-${row}-${column}`;
    if (this.marked && (this.marked !== cell || this.marked.id !== id)) {
      this.marked.removeAttribute('id');
      this.marked.classList.remove('active');
    }
    this.marked = cell;
    if (cell) {
      if (cell.id !== id) cell.id = id;
      this.element.setAttribute('aria-activedescendant', id);
      cell.classList.add('active');
    } else this.element.removeAttribute('aria-activedescendant');
  }
}
