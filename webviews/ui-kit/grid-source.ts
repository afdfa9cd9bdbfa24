// What a grid shows, and what it tells of.

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
