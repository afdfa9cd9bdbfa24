import { h } from './dom';
import { GridInput } from './grid-input';
import { Line, type LineLayout } from './grid-line';
import { columnsSeen, frozenIn, into, rowHeight, rowsSeen, type Window } from './grid-range';
import type { GridEvents, GridSource } from './grid-source';

export type { GridCell, GridColumn, GridEvents, GridRow, GridSource } from './grid-source';

/** Rows' cells that are written in one frame while the grid flies past: all of a screen take longer than a frame lasts. */
const mostCells = 160;
/** Lines that get their cells for a column beyond the edge in one frame: no eye sees the others wait. */
const mostTurned = 8;
/** Milliseconds after a whole new screen in which the next one counts as flying past. */
const flight = 400;

/**
 * A table of any size after the ARIA grid pattern: rows and columns are drawn only where they are seen, the focus stays on the grid and moves
 * by `aria-activedescendant`. Row −1 is the head. What scrolls is an empty room of the size of the table; the view stands still in it and draws
 * what would be seen there, so that head and columns that stay need nothing that sticks.
 */
export class Grid {
  readonly element: HTMLElement;
  private readonly head = h('div', { role: 'rowgroup', class: 'grid-head' });
  private readonly body = h('div', { role: 'rowgroup', class: 'grid-body' });
  private readonly edge = h('div', { role: 'presentation', class: 'grid-edge' });
  private readonly view = h('div', { role: 'presentation', class: 'grid-view' }, this.head, this.body, this.edge);
  private readonly room = h('div', { role: 'presentation', class: 'grid-room' }, this.view);
  private readonly lines = new Map<number, Line>();
  private readonly pool: Line[] = [];
  private readonly drawn = new WeakMap<Element, Line>();
  private readonly headLine: Line;
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
  /** Columns that stay: those of the source, where there is room. */
  private frozen = 0;
  /** What shows of the grid, in pixels. */
  private size = { width: 0, height: 0 };
  /** How far it is scrolled, in pixels. */
  private at = { top: 0, left: 0 };
  private fitted = '';
  private scheduled = false;
  private marked: HTMLElement | undefined;
  private readonly id: string;
  private static count = 0;

  constructor(label: string, events: GridEvents) {
    this.id = `grid-${++Grid.count}`;
    this.element = h(
      'div',
      { class: 'grid', role: 'treegrid', tabindex: 0, 'aria-label': label, 'aria-multiselectable': 'true' },
      this.room,
    );
    this.headLine = new Line();
    this.headLine.element.classList.add('head');
    this.drawn.set(this.headLine.element, this.headLine);
    this.head.append(this.headLine.element);
    new GridInput(this, events);
    this.element.addEventListener('focus', () => this.mark());
    this.element.addEventListener('blur', () => this.mark());
    const { element } = this;
    element.addEventListener(
      'scroll',
      () => {
        this.at = { top: element.scrollTop, left: element.scrollLeft };
        this.schedule();
      },
      { passive: true },
    );
  }

  /** Call once the element is in the document. */
  mount(): void {
    new ResizeObserver(() => {
      this.measure();
      this.schedule();
    }).observe(this.element);
    this.measure();
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
      this.hold();
    }
    this.element.setAttribute('aria-rowcount', String(source.rows + 1));
    this.element.setAttribute('aria-colcount', String(source.columns.length));
    this.active.row = Math.min(this.active.row, source.rows - 1);
    this.active.column = Math.max(0, Math.min(this.active.column, source.columns.length - 1));
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
    const { offsets, frozen, size } = this;
    const { top, left } = this.seen();
    const [held, from] = [offsets[frozen] ?? 0, offsets[this.active.column] ?? 0];
    const width = (offsets[this.active.column + 1] ?? from) - from;
    this.scrollTo(
      this.active.row < 0 ? top : into(this.active.row * rowHeight, rowHeight, size.height - rowHeight, top),
      this.active.column < frozen ? left : into(from - held, width, size.width - held, left),
    );
    this.draw();
  }

  private measure(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    this.size = { width, height };
    this.view.style.width = `${width}px`;
    this.view.style.height = `${height}px`;
    this.hold();
  }

  /** How many columns stay. */
  private hold(): void {
    this.frozen = frozenIn(this.size.width, this.offsets, this.source.frozen);
    const held = this.offsets[this.frozen] ?? 0;
    this.edge.style.left = `${held - 1}px`;
    this.edge.hidden = held === 0;
  }

  /** What shows. It asks the page for nothing: that would lay out what was just written. */
  private seen(): Window {
    const { size, at, offsets, source } = this;
    const most = (room: number, shown: number): number => Math.max(0, room - shown);
    return {
      top: Math.min(at.top, most((source.rows + 1) * rowHeight, size.height)),
      left: Math.min(at.left, most(offsets.at(-1) ?? 0, size.width)),
      ...size,
    };
  }

  private scrollTo(top: number, left: number): void {
    const { element, at } = this;
    if (top !== at.top) element.scrollTop = top;
    if (left !== at.left) element.scrollLeft = left;
    this.at = { top, left };
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
    const { source, frozen, offsets } = this;
    this.fit();
    const window = this.seen();
    const columns = columnsSeen(window, offsets, frozen);
    if (!columns.includes(this.active.column) && source.columns.length > 0) {
      columns.push(this.active.column);
      columns.sort((a, b) => a - b);
    }
    const layout: LineLayout = {
      source,
      columns,
      showing: columnsSeen(window, offsets, frozen, 0),
      frozen,
      version: this.version,
      shape: `${this.shape} ${frozen}`,
      places: `${this.shape} ${frozen} ${columns.join()}`,
      offsets,
      left: window.left,
    };
    this.body.style.transform = `translateY(${-window.top}px)`;
    this.headLine.fill(-1, layout);
    const [from, to] = rowsSeen(window, source.rows);
    const wanted = new Set(Array.from({ length: to - from }, (_, index) => from + index));
    if (this.active.row >= 0 && this.active.row < source.rows) wanted.add(this.active.row);
    for (const [index, line] of this.lines)
      if (!wanted.has(index)) {
        this.lines.delete(index);
        this.pool.push(line);
      }
    let left = this.roomFor([...wanted].filter((index) => !this.lines.has(index)).length, columns.length);
    let turned = 0;
    for (const index of wanted) {
      let line = this.lines.get(index);
      if (line?.suffices(index, layout) && ++turned > mostTurned) {
        line.move(layout);
        continue;
      }
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
    if (left < 0 || turned > mostTurned) this.schedule();
    if (left >= 0) for (const line of this.pool.splice(0)) line.element.remove();
    this.mark();
  }

  /** Gives the room that scrolls the size of the table. */
  private fit(): void {
    const size = `${this.offsets.at(-1) ?? 0} ${this.source.rows}`;
    if (size === this.fitted) return;
    this.fitted = size;
    this.room.style.width = `${this.offsets.at(-1) ?? 0}px`;
    this.room.style.height = `${(this.source.rows + 1) * rowHeight}px`;
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
