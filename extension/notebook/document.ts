import { cellsOf, cellValue, newCell, writeCell, type Cell, type StagesCell } from '../../lifecycle/pipeline/markdown';

/** A cell of the notebook, free of VS Code. */
export interface DocumentCell {
  readonly kind: 'prose' | 'yaml';
  readonly value: string;
  /** How the cell stands in the file; absent for a cell that was added in the editor. */
  readonly source?: CellSource;
}

/** What a cell looked like when it was read: as long as its value is unchanged, exactly these characters are written. */
export interface CellSource {
  readonly type: Cell['type'];
  readonly raw: string;
  /** Blank lines behind a cell of YAML that another one, or the end, follows: they are no cell of their own. */
  readonly after?: string;
}

const lf = (text: string): string => text.replaceAll('\r\n', '\n');

/** Cuts a document into cells. Never fails; {@link textOf} of the cells is the text. */
export function cellsIn(text: string): DocumentCell[] {
  const cells: DocumentCell[] = [];
  for (const cell of cellsOf(text)) {
    const source: CellSource = { type: cell.type, raw: text.slice(cell.from, cell.to) };
    const before = cells.at(-1);
    if (cell.type === 'prose' && before?.source && source.raw.trim() === '')
      cells[cells.length - 1] = { ...before, source: { ...before.source, after: source.raw } };
    else cells.push({ kind: kindOf(source), value: shown(source), source });
  }
  return cells;
}

/** What the editor shows of a cell as it stands in the file. */
function shown({ type, raw }: CellSource): string {
  if (type === 'prose') return lf(raw).replace(/^\n+|\s+$/g, '');
  const [cell] = cellsOf(raw);
  if (cell?.type === 'stages') return lf(cellValue(raw, cell));
  if (cell?.type === 'front') return lf(raw.slice(cell.contentFrom, cell.contentTo)).replace(/\n$/, '');
  return lf(raw);
}

/** The text of the cells: byte for byte what was read where nothing was changed. */
export function textOf(cells: readonly DocumentCell[]): string {
  const eol = cells.some(({ source }) => source?.raw.includes('\r\n')) ? '\r\n' : '\n';
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

function piece({ kind, value, source }: DocumentCell, eol: string): string {
  const lines = lf(value);
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

function kindOf({ type }: CellSource): DocumentCell['kind'] {
  return type === 'prose' ? 'prose' : 'yaml';
}
