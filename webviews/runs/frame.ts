// The table of runs in columns: what sorting, filtering and grouping a hundred thousand rows needs. No DOM.

import { collator, type Column, type Row, type Value } from '../../lifecycle/query';
import type { PackedTable } from '../protocol';

interface NumberColumn {
  readonly info: Column;
  numbers: Float64Array;
}

interface TextColumn {
  readonly info: Column;
  readonly words: string[];
  /** 1 + place in words; 0 for none. */
  codes: Uint32Array;
  /** 1 + place of each word, made when the first one is added. */
  places?: Map<string, number>;
  /** Rank of each word in order, made when it is first sorted by. */
  ranks?: Float64Array;
}

type Stored = NumberColumn | TextColumn;

/** Beyond so many different words they are ordered by code units: collation would take a second. */
const MANY_WORDS = 5_000;

export class Frame {
  readonly ids: string[] = [];
  /** Rows of the trials of a run, by the run's id. */
  readonly children = new Map<string, number[]>();
  private found: Map<string, number> | undefined;
  private readonly stored = new Map<string, Stored>();
  private readonly parents = new Map<number, string>();
  private capacity = 0;
  /** Raised with every change. */
  version = 0;

  /** @param table its buffers are the frame's from now on */
  constructor(table?: PackedTable) {
    if (!table) return;
    this.ids = [...table.ids];
    this.capacity = this.ids.length;
    for (const [row, parent] of Object.entries(table.parents)) this.adopt(Number(row), parent);
    for (const column of table.columns) {
      const { name, kind, type, stage } = column;
      const info: Column = { name, kind, type, ...(stage === undefined ? {} : { stage }) };
      if ('numbers' in column) this.stored.set(name, { info, numbers: new Float64Array(column.numbers) });
      else this.stored.set(name, { info, words: [...column.words], codes: new Uint32Array(column.codes) });
    }
  }

  get rows(): number {
    return this.ids.length;
  }

  get columns(): Column[] {
    return [...this.stored.values()].map(({ info }) => info);
  }

  column(name: string): Column | undefined {
    return this.stored.get(name)?.info;
  }

  /** Row of each id, made when it is first asked for. */
  private get places(): Map<string, number> {
    return (this.found ??= new Map(this.ids.map((id, row) => [id, row])));
  }

  rowOf(id: string): number | undefined {
    return this.places.get(id);
  }

  parentOf(row: number): string | undefined {
    return this.parents.get(row);
  }

  value(name: string, row: number): Value {
    const column = this.stored.get(name);
    if (!column) return undefined;
    if ('numbers' in column) {
      const value = column.numbers[row];
      return value === undefined || Number.isNaN(value) ? undefined : value;
    }
    const code = column.codes[row] ?? 0;
    return code === 0 ? undefined : column.words[code - 1];
  }

  /** Fast access to one column. */
  read(name: string): (row: number) => Value {
    const column = this.stored.get(name);
    if (!column) return () => undefined;
    if ('numbers' in column) {
      const { numbers } = column;
      return (row) => {
        const value = numbers[row];
        return value === undefined || Number.isNaN(value) ? undefined : value;
      };
    }
    const { codes, words } = column;
    return (row) => {
      const code = codes[row] ?? 0;
      return code === 0 ? undefined : words[code - 1];
    };
  }

  /** Numbers that order the rows as the column's values do; NaN for none. */
  ranks(name: string): Float64Array {
    const column = this.stored.get(name);
    if (!column) return new Float64Array(this.rows).fill(NaN);
    if ('numbers' in column) return column.numbers;
    const { words, codes } = column;
    if (!column.ranks || column.ranks.length !== words.length) {
      const places = words.map((_, index) => index);
      if (words.length > MANY_WORDS) {
        // Ids of runs mostly stand in order already, one way or the other.
        if (!isInOrder(words))
          if (isInOrder(words.toReversed())) places.reverse();
          else places.sort((a, b) => (words[a]! < words[b]! ? -1 : words[a]! > words[b]! ? 1 : 0));
      } else places.sort((a, b) => collator.compare(words[a] ?? '', words[b] ?? ''));
      column.ranks = new Float64Array(words.length);
      places.forEach((place, rank) => (column.ranks![place] = rank));
    }
    const found = new Float64Array(this.rows);
    for (let row = 0; row < found.length; row++) {
      const code = codes[row] ?? 0;
      found[row] = code === 0 ? NaN : (column.ranks[code - 1] ?? NaN);
    }
    return found;
  }

  /** Whether a column has more than one value among the rows; nothing counts as a value. */
  differs(name: string, rows: ArrayLike<number>): boolean {
    const column = this.stored.get(name);
    if (!column || rows.length === 0) return false;
    if ('numbers' in column) {
      const first = column.numbers[rows[0]!]!;
      for (let at = 1; at < rows.length; at++) {
        const value = column.numbers[rows[at]!]!;
        if (value !== first && !(Number.isNaN(value) && Number.isNaN(first))) return true;
      }
      return false;
    }
    const first = column.codes[rows[0]!];
    for (let at = 1; at < rows.length; at++) if (column.codes[rows[at]!] !== first) return true;
    return false;
  }

  /** Adds rows, or replaces those with the same id. New ones come first in the natural order: they are numbered last, see `order`. */
  upsert(columns: readonly Column[], rows: readonly Row[]): void {
    this.version++;
    for (const column of columns) this.ensure(column);
    for (const { id, parent, values } of rows) {
      let row = this.places.get(id);
      if (row === undefined) {
        row = this.ids.length;
        this.ids.push(id);
        this.places.set(id, row);
        if (parent !== undefined) this.adopt(row, parent);
        this.grow();
      }
      for (const [name, column] of this.stored)
        this.put(column, row, Object.hasOwn(values, name) ? values[name] : undefined);
    }
  }

  private adopt(row: number, parent: string): void {
    this.parents.set(row, parent);
    const siblings = this.children.get(parent);
    if (siblings) siblings.push(row);
    else this.children.set(parent, [row]);
  }

  private ensure(info: Column): void {
    const known = this.stored.get(info.name);
    if (known && 'numbers' in known === (info.type !== 'text')) return;
    if (info.type !== 'text' && known) return;
    const column: Stored =
      info.type === 'text'
        ? { info, words: [], codes: new Uint32Array(this.capacity) }
        : { info, numbers: new Float64Array(this.capacity).fill(NaN) };
    // A column of numbers that now holds words, too, becomes one of words.
    if (known)
      for (let row = 0; row < this.rows; row++) {
        const before = this.value(info.name, row);
        if (before !== undefined) this.put(column, row, before);
      }
    this.stored.set(info.name, column);
  }

  private put(column: Stored, row: number, value: Value): void {
    if ('numbers' in column) {
      column.numbers[row] = typeof value === 'number' ? value : NaN;
      return;
    }
    if (value === undefined) {
      column.codes[row] = 0;
      return;
    }
    column.places ??= new Map(column.words.map((word, index) => [word, index + 1]));
    const word = String(value);
    let code = column.places.get(word);
    if (code === undefined) {
      column.words.push(word);
      code = column.words.length;
      column.places.set(word, code);
    }
    column.codes[row] = code;
  }

  private grow(): void {
    if (this.ids.length <= this.capacity) return;
    this.capacity = Math.max(64, this.capacity * 2);
    for (const column of this.stored.values())
      if ('numbers' in column) {
        const bigger = new Float64Array(this.capacity).fill(NaN);
        bigger.set(column.numbers);
        column.numbers = bigger;
      } else {
        const bigger = new Uint32Array(this.capacity);
        bigger.set(column.codes);
        column.codes = bigger;
      }
  }
}

const isInOrder = (words: readonly string[]): boolean =>
  words.every((word, index) => index === 0 || words[index - 1]! <= word);
