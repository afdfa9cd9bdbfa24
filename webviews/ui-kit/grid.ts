import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import { h } from './dom';

export interface GridColumn {
  readonly key: string;
  readonly title: string;
  /** Pixels. */
  readonly width: number;
  /** Numbers stand at the end of their cell. */
  readonly end?: boolean;
  readonly sort?: 'ascending' | 'descending';
  /** Place among several sort keys, from 1. */
  readonly sortPlace?: number;
  readonly hint?: string;
}

export interface GridCell {
  readonly text: string;
  /** A second, quieter text, such as a difference. */
  readonly aside?: string;
  /** Class of the cell. */
  readonly look?: string;
  /** What a screen reader says instead of the text. */
  readonly says?: string;
}

export interface GridRow {
  readonly selected: boolean;
  /** Depth in the tree, from 1. */
  readonly level: number;
  /** Absent where there is nothing to open. */
  readonly expanded?: boolean;
  readonly look?: string;
}

/** What a grid shows. It asks only for what is on screen. */
export interface GridSource {
  readonly rows: number;
  readonly columns: readonly GridColumn[];
  /** Columns at the start that stay when the others scroll. */
  readonly frozen: number;
  row(row: number): GridRow;
  cell(row: number, column: number): GridCell;
}

export interface GridEvents {
  /** Enter or double click on a row. */
  open(row: number): void;
  toggle(row: number): void;
  /** @param how `one` alone, `add` to or from the others, `range` from the last one */
  select(row: number, how: 'one' | 'add' | 'range'): void;
  /** @param add keeps the other sort keys */
  sort(column: number, add: boolean): void;
  resize(column: number, width: number): void;
  move(column: number, by: number): void;
  /** @param row −1 for the head */
  menu(row: number, column: number, place: { readonly x: number; readonly y: number }): void;
}

const rowHeight = 24;
const least = 48;

type Axis = Virtualizer<HTMLElement, HTMLElement>;

interface Line {
  readonly element: HTMLElement;
  readonly cells: HTMLElement[];
  readonly gap: HTMLElement;
  index: number;
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
  private headLine: Line;
  private rowsAxis: Axis;
  private columnsAxis: Axis;
  private source: GridSource = {
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
  private readonly id: string;
  private static count = 0;

  constructor(
    label: string,
    private readonly events: GridEvents,
  ) {
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
    this.element.addEventListener('keydown', (event) => this.key(event));
    this.element.addEventListener('click', (event) => this.click(event));
    this.element.addEventListener('dblclick', (event) => {
      const place = this.placeOf(event);
      if (place && place.row >= 0) this.events.open(place.row);
    });
    this.element.addEventListener('contextmenu', (event) => {
      const place = this.placeOf(event);
      if (!place) return;
      event.preventDefault();
      this.activate(place.row, place.column);
      this.events.menu(place.row, place.column, { x: event.clientX, y: event.clientY });
    });
    this.element.addEventListener('pointerdown', (event) => this.press(event));
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
    return { element: h('div', { role: 'row', class: 'line' }, gap), cells: [], gap, index: -2, places: '' };
  }

  private stamps = new WeakMap<Line, string>();

  private fill(line: Line, row: number, columns: readonly number[], stamp: string): void {
    if (line.index === row && this.stamps.get(line) === stamp) return;
    line.index = row;
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
      cell.id = `${this.id}-${row}-${column}`;
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
    const { level, expanded } = column === 0 ? this.source.row(row) : { level: 1, expanded: undefined };
    const looks = `cell ${info.end ? 'end' : ''} ${look ?? ''} ${column < this.source.frozen ? 'frozen' : ''}`;
    if (cell.className !== looks) cell.className = looks;
    if (says === undefined) cell.removeAttribute('aria-label');
    else cell.setAttribute('aria-label', says);
    const title = text.length > 12 ? text : '';
    if (cell.title !== title) cell.title = title;
    if (column === 0 || aside !== undefined) {
      cell.replaceChildren(
        ...(column === 0 && level > 1 ? [h('span', { class: `indent level-${Math.min(level, 5)}` })] : []),
        ...(column === 0 && expanded !== undefined
          ? [h('span', { class: 'twistie', 'aria-hidden': 'true', 'data-toggle': '1' }, expanded ? '▾' : '▸')]
          : []),
        text,
        ...(aside ? [h('span', { class: 'aside' }, aside)] : []),
      );
    } else if (cell.childElementCount > 0 || cell.textContent !== text) cell.textContent = text;
  }

  private mark(): void {
    this.element.querySelector('.cell.active')?.classList.remove('active');
    const { row, column } = this.active;
    const cell = document.getElementById(`${this.id}-${row}-${column}`);
    if (cell) {
      this.element.setAttribute('aria-activedescendant', cell.id);
      cell.classList.add('active');
    } else this.element.removeAttribute('aria-activedescendant');
  }

  private placeOf(event: Event): { row: number; column: number } | undefined {
    const cell = (event.target as Element).closest<HTMLElement>('.cell');
    const found = /-(-?\d+)-(\d+)$/.exec(cell?.id ?? '');
    return found ? { row: Number(found[1]), column: Number(found[2]) } : undefined;
  }

  private click(event: MouseEvent): void {
    const place = this.placeOf(event);
    const target = event.target as HTMLElement;
    if (!place || target.classList.contains('grip')) return;
    this.activate(place.row, place.column);
    if (place.row < 0) this.events.sort(place.column, event.shiftKey);
    else if (target.dataset['toggle']) this.events.toggle(place.row);
    else this.events.select(place.row, event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'add' : 'one');
  }

  /** Dragging the edge of a head makes its column wider. */
  private press(event: PointerEvent): void {
    const grip = event.target as HTMLElement;
    if (!grip.classList.contains('grip')) return;
    event.preventDefault();
    const column = Number(grip.dataset['column']);
    const [from, before] = [event.clientX, this.source.columns[column]?.width ?? 100];
    const move = (each: PointerEvent): void =>
      this.events.resize(column, Math.max(least, before + each.clientX - from));
    const up = (): void => {
      document.removeEventListener('pointermove', move);
      document.removeEventListener('pointerup', up);
    };
    document.addEventListener('pointermove', move);
    document.addEventListener('pointerup', up);
  }

  private key(event: KeyboardEvent): void {
    const { row, column } = this.active;
    const { rows, columns } = this.source;
    const page = Math.max(1, Math.floor(this.element.clientHeight / rowHeight) - 2);
    const go = (toRow: number, toColumn: number): void => {
      this.activate(toRow, toColumn);
      if (event.shiftKey && this.active.row >= 0 && toRow !== row) this.events.select(this.active.row, 'range');
    };
    const command = event.ctrlKey || event.metaKey;
    const inHead = row < 0;
    if (inHead && event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      const by = event.key === 'ArrowLeft' ? -1 : 1;
      if (event.shiftKey) this.events.resize(column, Math.max(least, (columns[column]?.width ?? 100) + by * 16));
      else {
        this.events.move(column, by);
        this.activate(-1, column + by);
      }
    } else
      switch (event.key) {
        case 'ArrowDown':
          go(row + 1, column);
          break;
        case 'ArrowUp':
          go(row - 1, column);
          break;
        case 'ArrowLeft':
          if (!inHead && column === 0 && this.source.row(row).expanded) this.events.toggle(row);
          else go(row, command ? 0 : column - 1);
          break;
        case 'ArrowRight':
          if (!inHead && column === 0 && this.source.row(row).expanded === false) this.events.toggle(row);
          else go(row, command ? columns.length - 1 : column + 1);
          break;
        case 'Home':
          go(command ? 0 : row, 0);
          break;
        case 'End':
          go(command ? rows - 1 : row, columns.length - 1);
          break;
        case 'PageDown':
          go(row + page, column);
          break;
        case 'PageUp':
          go(Math.max(0, row - page), column);
          break;
        case ' ':
          if (inHead) this.events.sort(column, event.shiftKey);
          else this.events.select(row, 'add');
          break;
        case 'Enter':
          if (inHead) this.events.sort(column, event.shiftKey);
          else if (this.source.row(row).expanded !== undefined && column === 0) this.events.toggle(row);
          else this.events.open(row);
          break;
        case 'ContextMenu':
        case 'F10': {
          if (event.key === 'F10' && !event.shiftKey) return;
          const box = document.getElementById(`${this.id}-${row}-${column}`)?.getBoundingClientRect();
          this.events.menu(row, column, { x: box?.left ?? 0, y: box?.bottom ?? 0 });
          break;
        }
        default:
          return;
      }
    event.preventDefault();
  }
}
