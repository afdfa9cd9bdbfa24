import * as vscode from 'vscode';
import { cellsIn, textOf, type CellSource } from './document';

const language = 'lifecycle-pipeline';

/** Reads and writes `*.lifecycle.md` as a notebook. What can't be understood stays as text in a cell; outputs are never written. */
export const serializer: vscode.NotebookSerializer = {
  deserializeNotebook(content) {
    const { text, encoding } = decode(content);
    const data = new vscode.NotebookData(
      cellsIn(text).map(({ kind, value, source }) => {
        const cell =
          kind === 'yaml'
            ? new vscode.NotebookCellData(vscode.NotebookCellKind.Code, value, language)
            : new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, value, 'markdown');
        cell.metadata = { source };
        return cell;
      }),
    );
    data.metadata = { encoding };
    return data;
  },
  serializeNotebook(data) {
    const text = textOf(
      data.cells.map(({ kind, value, metadata }) => ({
        kind: kind === vscode.NotebookCellKind.Code ? 'yaml' : 'prose',
        value,
        ...(metadata?.['source'] ? { source: metadata['source'] as CellSource } : {}),
      })),
    );
    return data.metadata?.['encoding'] === 'latin1' ? Buffer.from(text, 'latin1') : Buffer.from(text, 'utf8');
  },
};

/** UTF-8 where it is that; anything else byte by byte, so that writing it back gives the same bytes. */
function decode(content: Uint8Array): { text: string; encoding: 'utf8' | 'latin1' } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content), encoding: 'utf8' };
  } catch {
    return { text: Buffer.from(content).toString('latin1'), encoding: 'latin1' };
  }
}
