import * as vscode from 'vscode';
import { composeCells, isFront } from '../lifecycle/pipeline/cells';

/** A place in a text, by offsets. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where a place of a pipeline is in the editor: in its document, or in a cell of its notebook. */
export interface TextPlace {
  readonly document: vscode.TextDocument;
  readonly range: vscode.Range;
}

/** A pipeline as the editor has it, with unsaved changes. */
export interface PipelineText {
  /** Of a notebook its cells put together, without the prose. */
  readonly text: string;
  /** @returns undefined when the place is between two cells */
  at(span: Span): TextPlace | undefined;
}

const isDocument = (file: vscode.Uri): boolean => file.path.endsWith('.lifecycle.md');
const same = (a: vscode.Uri, b: vscode.Uri): boolean => a.toString() === b.toString();

/** The notebook that a document is open as; undefined where it is not. VS Code keeps a notebook for a while after its last tab was closed. */
function notebookOf(file: vscode.Uri): vscode.NotebookDocument | undefined {
  return hasTab(file, 'notebook')
    ? vscode.workspace.notebookDocuments.find(({ uri, isClosed }) => !isClosed && same(uri, file))
    : undefined;
}

/** The file that a text belongs to: of a notebook's cell that of the notebook. */
export function fileOf(uri: vscode.Uri): vscode.Uri {
  if (uri.scheme !== 'vscode-notebook-cell') return uri;
  return cellOf(uri)?.notebook.uri ?? uri;
}

function cellOf(uri: vscode.Uri): vscode.NotebookCell | undefined {
  for (const notebook of vscode.workspace.notebookDocuments)
    for (const cell of notebook.getCells()) if (same(cell.document.uri, uri)) return cell;
  return undefined;
}

/** What is open of a pipeline; undefined where it is only on disk. */
export function openedText(file: vscode.Uri): PipelineText | undefined {
  const notebook = notebookOf(file);
  if (notebook) return inCells(notebook);
  const document = vscode.workspace.textDocuments.find(({ uri }) => same(uri, file));
  return document && inOne(document);
}

/** The text of a pipeline in the notebook that it is open as, else of its file. */
export async function pipelineText(file: vscode.Uri): Promise<PipelineText> {
  return openedText(file) ?? inOne(await vscode.workspace.openTextDocument(file));
}

function inOne(document: vscode.TextDocument): PipelineText {
  return {
    text: document.getText(),
    at: ({ from, to }) => ({
      document,
      range: new vscode.Range(document.positionAt(from), document.positionAt(to)),
    }),
  };
}

function inCells(notebook: vscode.NotebookDocument): PipelineText {
  const cells = notebook.getCells().filter(({ kind }) => kind === vscode.NotebookCellKind.Code);
  const texts = cells.map(({ document }) => document.getText());
  const { text, starts } = composeCells(
    cells.map(({ metadata }, index) => ({ text: texts[index]!, front: isFront(metadata, texts[index]!) })),
  );
  return {
    text,
    at: ({ from, to }) => {
      const index = starts.findLastIndex((start) => start <= from);
      const [cell, start, own] = [cells[index], starts[index] ?? 0, texts[index] ?? ''];
      // A cell without a line break at its end is given one.
      if (!cell || from > start + own.length + 1) return undefined;
      const { document } = cell;
      return { document, range: new vscode.Range(document.positionAt(from - start), document.positionAt(to - start)) };
    },
  };
}

/**
 * Brings a pipeline into view: a document as the notebook that it is, unless it is open as text.
 * @param find the place to be chosen in it; of a notebook its cell is chosen
 * @returns its text, as it is shown
 */
export async function showPipeline(
  file: vscode.Uri,
  find: (pipeline: PipelineText) => Promise<Span | undefined> | Span | undefined,
): Promise<PipelineText> {
  if (isDocument(file) && (hasTab(file, 'notebook') || !hasTab(file, 'text'))) {
    const notebook = await vscode.workspace.openNotebookDocument(file);
    const pipeline = inCells(notebook);
    const span = await find(pipeline);
    await showCell(notebook, span && pipeline.at(span)?.document.uri);
    return pipeline;
  }
  const document = await vscode.workspace.openTextDocument(file);
  const pipeline = inOne(document);
  const span = await find(pipeline);
  const selection = span && pipeline.at(span)?.range;
  await vscode.window.showTextDocument(document, { preview: true, ...(selection ? { selection } : {}) });
  return pipeline;
}

/** Brings a line of a text, or the cell that it is in, into view. */
export async function showLine(uri: vscode.Uri, line: number): Promise<void> {
  const cell = cellOf(uri);
  if (cell) return showCell(cell.notebook, uri);
  const editor = await vscode.window.showTextDocument(uri);
  const { range } = editor.document.lineAt(Math.min(line, editor.document.lineCount - 1));
  editor.selection = new vscode.Selection(range.end, range.end);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

async function showCell(notebook: vscode.NotebookDocument, uri: vscode.Uri | undefined): Promise<void> {
  const index = uri ? notebook.getCells().findIndex(({ document }) => same(document.uri, uri)) : -1;
  if (index < 0) return void (await vscode.window.showNotebookDocument(notebook));
  const range = new vscode.NotebookRange(index, index + 1);
  const editor = await vscode.window.showNotebookDocument(notebook, { selections: [range] });
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
}

/** Whether somebody has a pipeline open in this way, with or without changes. */
function hasTab(file: vscode.Uri, as: 'text' | 'notebook'): boolean {
  const kind = as === 'text' ? vscode.TabInputText : vscode.TabInputNotebook;
  return vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some(({ input }) => input instanceof kind && same(input.uri, file)),
  );
}
