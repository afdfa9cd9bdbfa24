import { h } from './dom';
import { rowHeight } from './grid-range';
import type { GridEvents, GridSource } from './grid-source';

/** Narrowest column, in pixels. */
const least = 48;
/** Pixels that a head is dragged before it moves. */
const slack = 6;

/** The part of a grid that its input works on. */
export interface GridSurface {
  readonly element: HTMLElement;
  readonly source: GridSource;
  readonly place: { readonly row: number; readonly column: number };
  activate(row: number, column: number): void;
  placeOf(inside: Element): { readonly row: number; readonly column: number } | undefined;
  cellAt(row: number, column: number): HTMLElement | undefined;
}

/** Mouse and keyboard on a grid, after the ARIA grid pattern. */
export class GridInput {
  /** A head was dragged: the click that follows does not sort. */
  private dragged = false;

  constructor(
    private readonly grid: GridSurface,
    private readonly events: GridEvents,
  ) {
    const { element } = grid;
    element.addEventListener('keydown', (event) => this.key(event));
    element.addEventListener('click', (event) => this.click(event));
    element.addEventListener('dblclick', (event) => {
      const place = this.placeOf(event);
      if (place && place.row >= 0) events.open(place.row);
    });
    element.addEventListener('contextmenu', (event) => {
      const place = this.placeOf(event);
      if (!place) return;
      event.preventDefault();
      grid.activate(place.row, place.column);
      events.menu(place.row, place.column, { x: event.clientX, y: event.clientY });
    });
    element.addEventListener('pointerdown', (event) => this.press(event));
    // What is cut off is told under the pointer; to write it into every cell would cost a part of each frame.
    element.addEventListener('pointerover', (event) => {
      const cell = (event.target as Element).closest<HTMLElement>('.line:not(.head) .cell');
      if (cell) cell.title = cell.scrollWidth > cell.clientWidth ? (cell.textContent ?? '') : '';
    });
  }

  private placeOf(event: Event): { readonly row: number; readonly column: number } | undefined {
    return event.target instanceof Element ? this.grid.placeOf(event.target) : undefined;
  }

  private click(event: MouseEvent): void {
    const place = this.placeOf(event);
    const target = event.target as HTMLElement;
    const moved = this.dragged;
    this.dragged = false;
    if (!place || moved || target.classList.contains('grip')) return;
    this.grid.activate(place.row, place.column);
    if (place.row < 0) this.events.sort(place.column, event.shiftKey);
    else if (target.dataset['toggle']) this.events.toggle(place.row);
    else this.events.select(place.row, event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'add' : 'one');
  }

  /** Dragging the edge of a head makes its column wider; dragging the head itself moves the column. */
  private press(event: PointerEvent): void {
    this.dragged = false;
    const target = event.target as HTMLElement;
    const place = this.placeOf(event);
    if (!place || place.row >= 0 || event.button !== 0) return;
    if (target.classList.contains('grip')) this.stretch(event, place.column);
    else this.drag(event, place.column);
  }

  private stretch(event: PointerEvent, column: number): void {
    event.preventDefault();
    const [from, before] = [event.clientX, this.grid.source.columns[column]?.width ?? 100];
    follow((each) => this.events.resize(column, Math.max(least, before + each.clientX - from)));
  }

  private drag(event: PointerEvent, column: number): void {
    const from = event.clientX;
    const mark = h('div', { class: 'drop', 'aria-hidden': 'true' });
    let to: number | undefined;
    follow(
      (each) => {
        if (!this.dragged && Math.abs(each.clientX - from) < slack) return;
        this.dragged = true;
        const under = document.elementFromPoint(each.clientX, each.clientY);
        const over = under && this.grid.element.contains(under) ? this.grid.placeOf(under) : undefined;
        const box = over && this.grid.cellAt(-1, over.column)?.getBoundingClientRect();
        if (!over || !box) {
          to = undefined;
          return mark.remove();
        }
        const behind = each.clientX > box.left + box.width / 2;
        // Where it stands once it is taken out of its place.
        to = over.column + Number(behind) - Number(over.column + Number(behind) > column);
        const edge = this.grid.element.getBoundingClientRect();
        mark.style.left = `${(behind ? box.right : box.left) - edge.left + this.grid.element.scrollLeft}px`;
        mark.style.top = `${this.grid.element.scrollTop}px`;
        if (!mark.isConnected) this.grid.element.append(mark);
      },
      (done) => {
        mark.remove();
        if (!done || !this.dragged || to === undefined || to === column) return;
        this.events.move(column, to - column);
        this.grid.activate(-1, to);
      },
    );
  }

  private key(event: KeyboardEvent): void {
    const { row, column } = this.grid.place;
    const { source } = this.grid;
    const { rows, columns } = source;
    const page = Math.max(1, Math.floor(this.grid.element.clientHeight / rowHeight) - 2);
    const go = (toRow: number, toColumn: number): void => {
      this.grid.activate(toRow, toColumn);
      if (event.shiftKey && this.grid.place.row >= 0 && toRow !== row) this.events.select(this.grid.place.row, 'range');
    };
    const command = event.ctrlKey || event.metaKey;
    const inHead = row < 0;
    if (inHead && event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      const by = event.key === 'ArrowLeft' ? -1 : 1;
      if (event.shiftKey) this.events.resize(column, Math.max(least, (columns[column]?.width ?? 100) + by * 16));
      else {
        this.events.move(column, by);
        this.grid.activate(-1, column + by);
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
          if (!inHead && column === 0 && source.row(row).expanded) this.events.toggle(row);
          else go(row, command ? 0 : column - 1);
          break;
        case 'ArrowRight':
          if (!inHead && column === 0 && source.row(row).expanded === false) this.events.toggle(row);
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
          else if (source.row(row).expanded !== undefined && column === 0) this.events.toggle(row);
          else this.events.open(row);
          break;
        case 'ContextMenu':
        case 'F10': {
          if (event.key === 'F10' && !event.shiftKey) return;
          const box = this.grid.cellAt(row, column)?.getBoundingClientRect();
          this.events.menu(row, column, { x: box?.left ?? 0, y: box?.bottom ?? 0 });
          break;
        }
        default:
          return;
      }
    event.preventDefault();
  }
}

/** Follows the pointer until it is let go. @param end told whether it was let go, or the drag was called off by Escape */
function follow(move: (event: PointerEvent) => void, end: (done: boolean) => void = () => undefined): void {
  const stop = (done: boolean): void => {
    document.removeEventListener('pointermove', move);
    document.removeEventListener('pointerup', up);
    document.removeEventListener('pointercancel', off);
    document.removeEventListener('keydown', key, true);
    end(done);
  };
  const up = (): void => stop(true);
  const off = (): void => stop(false);
  const key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    stop(false);
  };
  document.addEventListener('pointermove', move);
  document.addEventListener('pointerup', up);
  document.addEventListener('pointercancel', off);
  document.addEventListener('keydown', key, true);
}
