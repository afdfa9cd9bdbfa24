import { cellsOf, cellValue, newCell, writeCell, type Cell, type StagesCell } from '../../lifecycle/pipeline/markdown';

/** A cell of the notebook, free of VS Code. */
export interface DocumentCell {
  readonly kind: 'prose' | 'yaml';
  readonly value: string;
  /** How the cell stands in the file; absent for a cell that was added in the editor. */
  readonly source?: CellSource;
}

/**
 * What a cell looked like when it was read, so that an unchanged one is written with the same characters. It holds as little of the value as it can:
 * a diff shows where it differs, and would show each edit twice.
 */
export type CellSource = {
  readonly type: Cell['type'];
  /** Blank lines behind a cell of YAML that another one, or the end, follows: they are no cell of their own. */
  readonly after?: string;
} & (
  | {
      /** What stands before and behind the value. */
      readonly around: readonly [string, string];
      readonly crlf?: true;
    }
  | {
      /** All its characters, where they are not the value with something around it. */
      readonly raw: string;
    }
);

/** A piece of text as it was read. */
interface Piece {
  readonly type: Cell['type'];
  readonly raw: string;
}

/** A value that is at home in every cell. */
const standIn = 'x: 1';

const lf = (text: string): string => text.replaceAll('\r\n', '\n');

/** Cuts a document into cells. Never fails; {@link textOf} of the cells is the text. */
export function cellsIn(text: string): DocumentCell[] {
  const cells: DocumentCell[] = [];
  for (const cell of cellsOf(text)) {
    const piece: Piece = { type: cell.type, raw: text.slice(cell.from, cell.to) };
    const before = cells.at(-1);
    if (cell.type === 'prose' && before?.source && piece.raw.trim() === '')
      cells[cells.length - 1] = { ...before, source: { ...before.source, after: piece.raw } };
    else {
      const value = shown(piece);
      cells.push({ kind: kindOf(piece), value, source: sourceOf(piece, value) });
    }
  }
  return cells;
}

function sourceOf({ type, raw }: Piece, value: string): CellSource {
  for (const crlf of [false, true]) {
    const inside = crlf ? value.replaceAll('\n', '\r\n') : value;
    // The last place: the mark of a fence may hold the value, too.
    const at = type === 'stages' ? raw.indexOf('\n') + 1 : raw.indexOf(inside);
    if (value === '' || at < 0 || !raw.startsWith(inside, at) || (!crlf && raw.includes('\r'))) continue;
    const around = [raw.slice(0, at), raw.slice(at + inside.length)] as const;
    const source: CellSource = { type, around, ...(crlf ? { crlf } : {}) };
    if (pieceOf(source, value)?.raw === raw && pieceOf(source, standIn)) return source;
  }
  return { type, raw };
}

/** The characters of a source with a value in it; without it where they would read as something else. */
function pieceOf(source: CellSource, value: string): Piece | undefined {
  const { type } = source;
  if ('raw' in source) return { type, raw: source.raw };
  const [before, behind] = source.around;
  const whole = { type, raw: before + (source.crlf ? lf(value).replaceAll('\n', '\r\n') : lf(value)) + behind };
  const read = cellsOf(whole.raw);
  return read.length === 1 && read[0]?.type === type && shown(whole) === lf(value) ? whole : undefined;
}

/** The characters of a cell as it was read. */
export function rawOf({ source, value }: DocumentCell): string {
  return source ? (pieceOf(source, value)?.raw ?? '') + (source.after ?? '') : '';
}

/** What the editor shows of a cell as it stands in the file. */
function shown({ type, raw }: Piece): string {
  if (type === 'prose') return lf(raw).replace(/^\n+|\s+$/g, '');
  const [cell] = cellsOf(raw);
  if (cell?.type === 'stages') return lf(cellValue(raw, cell));
  if (cell?.type === 'front') return lf(raw.slice(cell.contentFrom, cell.contentTo)).replace(/\n$/, '');
  return lf(raw);
}

/** The text of the cells: byte for byte what was read where nothing was changed. */
export function textOf(cells: readonly DocumentCell[]): string {
  const eol = cells.some(({ source }) => source && isCrlf(source)) ? '\r\n' : '\n';
  let text = '';
  cells.forEach((cell, index) => {
    if (index > 0 && text !== '' && !text.endsWith('\n')) text += eol;
    const apart = text === '' || text.endsWith(eol + eol);
    // A new cell stands apart from what is above it, and from YAML below it.
    if (!cell.source && !apart && (cell.kind === 'prose' || cells[index - 1]?.kind === 'yaml')) text += eol;
    text += piece(cell, eol) + (cell.source?.after ?? '');
    if (!cell.source && cell.kind === 'yaml' && cells[index + 1]?.kind === 'yaml') text += eol;
  });
  return text;
}

function isCrlf(source: CellSource): boolean {
  if ('raw' in source) return source.raw.includes('\r\n');
  return source.crlf === true || source.around.some((each) => each.includes('\r\n'));
}

function piece({ kind, value, source: stored }: DocumentCell, eol: string): string {
  const lines = lf(value);
  // A value that would break out of its cell is written from what the cell looked like with another one.
  const source = stored && (pieceOf(stored, value) ?? pieceOf(stored, standIn));
  if (source && kindOf(source) === kind && lines === shown(source)) return source.raw;
  const written = lines.replaceAll('\n', eol);
  if (kind === 'prose') {
    const before = source?.type === 'prose' ? (/^(?:\r?\n)*/.exec(source.raw)?.[0] ?? '') : '';
    const after = source?.type === 'prose' ? (/\s*$/.exec(source.raw)?.[0] ?? '') : eol + eol;
    return before + written + (after.includes('\n') ? after : after + eol);
  }
  if (source?.type === 'front') {
    // Its marks stay as they were, with a byte order mark before them.
    const [cell] = cellsOf(source.raw);
    if (cell?.type === 'front')
      return (
        source.raw.slice(0, cell.contentFrom) + written + (written === '' ? '' : eol) + source.raw.slice(cell.contentTo)
      );
    return `---${eol}${written}${written === '' ? '' : eol}---${eol}`;
  }
  if (source?.type === 'stages') {
    const [cell] = cellsOf(source.raw);
    if (cell?.type === 'stages') return writeCell(source.raw, cell satisfies StagesCell, lines);
  }
  return newCell(lines, eol);
}

function kindOf({ type }: Pick<Piece, 'type'>): DocumentCell['kind'] {
  return type === 'prose' ? 'prose' : 'yaml';
}
