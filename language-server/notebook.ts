import type { TextDocument } from 'vscode-languageserver-textdocument';
import { composeCells } from '../lifecycle/pipeline/cells';
import type { View } from './source';

/** A code cell of an open notebook. */
export interface NotebookCell {
  readonly document: TextDocument;
  /** The front matter, which is the header of the pipeline. */
  readonly front: boolean;
}

/** The cells of a notebook as one text, and where each cell's stands in it: see {@link composeCells}. */
export function composeNotebook(cells: readonly NotebookCell[]): { text: string; views: View[] } {
  const { text, starts } = composeCells(cells.map(({ document, front }) => ({ text: document.getText(), front })));
  return { text, views: cells.map(({ document }, index) => ({ document, from: starts[index] ?? 0 })) };
}
