import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import { h } from './dom';
import { GridInput } from './grid-input';
import { Line, rowHeight, type LineLayout } from './grid-line';
import type { GridEvents, GridSource } from './grid-source';

export type { GridCell, GridColumn, GridEvents, GridRow, GridSource } from './grid-source';

type Axis = Virtualizer<HTMLElement, HTMLElement>;

/** Rows' cells that are written in one frame while the grid flies past: all of a screen take longer than a frame lasts. */
const mostCells = 240;
/** Milliseconds after a whole new screen in which the next one counts as flying past. */
const flight = 120;

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
  private readonly headLine: Line;
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
    this.headLine = new Line();
    this.headLine.element.classList.add('head');
    this.drawn.set(this.headLine.element, this.headLine);
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
      overscan: horizontal ? 1 : 2,
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
    const layout: LineLayout = {
      source,
      columns,
      version: this.version,
      places: `${this.shape} ${columns.join()}`,
      offsets: this.offsets,
    };
    this.headLine.fill(-1, layout);
    const wanted = new Set(items.map(({ index }) => index));
    if (this.active.row >= 0 && this.active.row < source.rows) wanted.add(this.active.row);
    for (const [index, line] of this.lines)
      if (!wanted.has(index)) {
        this.lines.delete(index);
        this.pool.push(line);
      }
    let left = this.roomFor([...wanted].filter((index) => !this.lines.has(index)).length, columns.length);
    for (const index of wanted) {
      let line = this.lines.get(index);
      if (!line) {
        if (left-- <= 0) continue;
        line = this.pool.pop() ?? new Line();
        line.index = -2;
        this.lines.set(index, line);
        this.drawn.set(line.element, line);
        if (!line.element.isConnected) this.body.append(line.element);
      }
      line.fill(index, layout);
    }
    if (left < 0) this.schedule();
    else for (const line of this.pool.splice(0)) line.element.remove();
    this.mark();
  }

  /** Rows that may be filled in this frame. A jump is drawn whole; of a flight each frame draws a part, and the last one the rest. */
  private roomFor(rows: number, columns: number): number {
    if (rows * columns <= mostCells) return rows;
    const now = performance.now();
    const flying = now - this.wholeAt < flight;
    this.wholeAt = now;
    return flying ? Math.ceil(mostCells / columns) : rows;
  }

  private wholeAt = -Infinity;

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
