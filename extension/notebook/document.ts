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
}

const lf = (text: string): string => text.replaceAll('\r\n', '\n');

/** Cuts a document into cells. Never fails; {@link textOf} of the cells is the text. */
export function cellsIn(text: string): DocumentCell[] {
  return cellsOf(text).map((cell): DocumentCell => {
    const raw = text.slice(cell.from, cell.to);
    const source = { type: cell.type, raw };
    switch (cell.type) {
      case 'stages':
        return { kind: 'yaml', value: shown(source), source };
      case 'front':
        return { kind: 'yaml', value: shown(source), source };
      case 'prose':
        return { kind: 'prose', value: shown(source), source };
    }
  });
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
  return cells
    .map((cell, index) => {
      const text = piece(cell, eol, index);
      return index < cells.length - 1 && text !== '' && !text.endsWith('\n') ? text + eol : text;
    })
    .join('');
}

function piece({ kind, value, source }: DocumentCell, eol: string, index: number): string {
  const lines = lf(value);
  if (source && kindOf(source) === kind && lines === shown(source)) return source.raw;
  const written = lines.replaceAll('\n', eol);
  if (kind === 'prose') {
    const before = source?.type === 'prose' ? (/^(?:\r?\n)*/.exec(source.raw)?.[0] ?? '') : index > 0 ? eol : '';
    const after = source?.type === 'prose' ? (/\s*$/.exec(source.raw)?.[0] ?? '') : eol + eol;
    return before + written + (after.includes('\n') ? after : after + eol);
  }
  if (source?.type === 'front') return `---${eol}${written}${written === '' ? '' : eol}---${eol}`;
  if (source?.type === 'stages') {
    const [cell] = cellsOf(source.raw);
    if (cell?.type === 'stages') return writeCell(source.raw, cell satisfies StagesCell, lines);
  }
  return newCell(lines, eol);
}

function kindOf({ type }: CellSource): DocumentCell['kind'] {
  return type === 'prose' ? 'prose' : 'yaml';
}
