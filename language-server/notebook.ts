import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { View } from './source';

/** A code cell of an open notebook. */
export interface NotebookCell {
  readonly document: TextDocument;
  /** The front matter, which is the header of the pipeline. */
  readonly front: boolean;
}

/**
 * Puts the cells of a notebook together as the lifecycle document that they are, prose left out, and says where each cell's text stands in it.
 * The cells' text is taken as it is, so that offsets are the same in both.
 */
export function composeNotebook(cells: readonly NotebookCell[]): { text: string; views: View[] } {
  let text = '';
  const views: View[] = [];
  cells.forEach(({ document, front }, index) => {
    const value = document.getText();
    const fence = '`'.repeat(1 + Math.max(2, ...(value.match(/`+/g) ?? []).map(({ length }) => length)));
    text += front && index === 0 ? '---\n' : `${fence}yaml stage\n`;
    views.push({ document, from: text.length });
    text += value.endsWith('\n') || value === '' ? value : `${value}\n`;
    text += front && index === 0 ? '---\n\n' : `${fence}\n\n`;
  });
  return { text, views };
}

/** Is this cell the header? Its metadata says so; of a notebook made elsewhere the first cell with `lifecycle:` is. */
export function isFront(metadata: unknown, text: string): boolean {
  const type = (metadata as { source?: { type?: unknown } } | undefined)?.source?.type;
  if (typeof type === 'string') return type === 'front';
  return /^(lifecycle|pipeline)[ \t]*:/m.test(text);
}
