import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { messageOf, type Engine } from '../engine';
import { notebookType } from '../notebook/controller';
import type { CellStatus } from '../notebook/status';
import { isPipeline, type Projects, savePipeline } from '../projects';

interface Template {
  readonly kind: string;
  readonly description: string;
  readonly snippet: string;
}

/** Commands on a pipeline as a text: add a stage, write it in its other spelling, write it with its results as a report. */
export class DocumentCommands {
  constructor(
    private readonly engine: Engine,
    private readonly projects: Projects,
    private readonly client: Promise<LanguageClient>,
    private readonly status: CellStatus,
  ) {}

  /** Puts a stage of the chosen kind below the active cell, or at the end of the file, ready to be filled in. */
  async addStage(): Promise<void> {
    const notebook = vscode.window.activeNotebookEditor;
    const text = vscode.window.activeTextEditor;
    const inNotebook = notebook?.notebook.notebookType === notebookType;
    if (!inNotebook && !(text && isPipeline(text.document.uri))) {
      void vscode.window.showInformationMessage('Open a pipeline or a lifecycle document first.');
      return;
    }
    const client = await this.client;
    const templates = await client.sendRequest<Template[]>('lifecycle/templates', { indent: 0 });
    const picked = await vscode.window.showQuickPick(
      templates.map((template) => ({ label: template.kind, detail: template.description, template })),
      { title: 'Add Stage', placeHolder: 'Of which kind?', matchOnDetail: true },
    );
    if (!picked) return;
    const snippet = new vscode.SnippetString(picked.template.snippet);
    if (inNotebook) await addCell(notebook, snippet);
    else if (text) await addToText(text, picked.template.snippet);
  }

  /** Runs the cells whose stages would not be reused, in one run. Stages that act on the world are left out. */
  async runStale(): Promise<void> {
    const editor = vscode.window.activeNotebookEditor;
    if (editor?.notebook.notebookType !== notebookType) {
      void vscode.window.showInformationMessage('Open a lifecycle document first.');
      return;
    }
    const stale: vscode.NotebookCell[] = [];
    for (const cell of editor.notebook.getCells()) {
      const stages = await this.status.stages(cell);
      // What is not known is run too: nothing happens twice.
      if (stages.some(({ state }) => !['cached', 'acts', 'running'].includes(state))) stale.push(cell);
    }
    if (stale.length === 0) {
      void vscode.window.setStatusBarMessage('$(check) Every stage is up to date', 4_000);
      return;
    }
    await vscode.commands.executeCommand('notebook.cell.execute', {
      ranges: stale.map(({ index }) => ({ start: index, end: index + 1 })),
      document: editor.notebook.uri,
    });
  }

  /** Writes the pipeline in its other spelling beside it, and opens that. */
  async convert(given: unknown): Promise<void> {
    const uri = await this.saved(given, 'Convert');
    if (!uri) return;
    const isDocument = uri.path.endsWith('.md');
    const name = path.basename(uri.path).replace(/\.(pipeline\.ya?ml|lifecycle\.md)$/, '');
    const ending = isDocument ? '.pipeline.yaml' : '.lifecycle.md';
    // A filter of two endings would be put behind a name that has them: dialogs know the last one only.
    const chosen = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(uri, '..', `${name}${ending}`),
      title: isDocument ? 'Write as Pipeline File' : 'Write as Lifecycle Document',
      filters: isDocument ? { 'ML pipeline': ['yaml'] } : { 'Lifecycle document': ['md'] },
    });
    if (!chosen) return;
    const target = chosen.with({ path: withEnding(chosen.path, ending) });
    const answer = await this.engine.ask(['convert', uri.fsPath, '--output', target.fsPath, '--force']);
    if (answer.code !== 0) {
      void vscode.window.showErrorMessage(messageOf(answer));
      return;
    }
    await vscode.commands.executeCommand('vscode.open', target);
    void vscode.window.showInformationMessage(
      `${path.basename(target.path)} is the same pipeline as ${path.basename(uri.path)}. Keep one of the two: with both, each run of one is a run of its own.`,
    );
  }

  /** Writes the pipeline with its newest results as one HTML page. */
  async exportReport(given: unknown): Promise<void> {
    const uri = await this.saved(given, 'Export Report');
    if (!uri) return;
    const name = path.basename(uri.path).replace(/\.(pipeline\.ya?ml|lifecycle\.md)$/, '');
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(uri, '..', `${name}.report.html`),
      title: 'Export Report',
      filters: { HTML: ['html'] },
    });
    if (!target) return;
    const { root } = await this.projects.of(uri);
    const answer = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: 'Writing the report' },
      () => this.engine.ask(['report', uri.fsPath, '--output', target.fsPath], { cwd: root }),
    );
    if (answer.code !== 0) {
      void vscode.window.showErrorMessage(messageOf(answer));
      return;
    }
    const open = 'Open in Browser';
    const { missing = [] } = (answer.lines.at(-1) ?? {}) as { missing?: string[] };
    const without = missing.length > 0 ? ` It is without ${missing.join(', ')}: not run yet.` : '';
    const choice = await vscode.window.showInformationMessage(
      `The report is in ${path.basename(target.path)}.${without}`,
      open,
    );
    if (choice === open) await vscode.env.openExternal(target);
  }

  /** The pipeline that a command is about, saved: the engine reads the file. */
  private async saved(given: unknown, title: string): Promise<vscode.Uri | undefined> {
    const uri = await this.projects.choose(given, title);
    if (!uri) return undefined;
    if (uri.scheme !== 'file' && uri.scheme !== 'vscode-remote') {
      void vscode.window.showInformationMessage('Save the document first.');
      return undefined;
    }
    await savePipeline(uri);
    return uri;
  }
}

/** A path with an ending of two parts, of which a person may have written none, the last or both: `a`, `a.md` → `a.lifecycle.md`. */
export function withEnding(file: string, ending: string): string {
  const last = ending.slice(ending.lastIndexOf('.'));
  return file.endsWith(ending) ? file : `${file.endsWith(last) ? file.slice(0, -last.length) : file}${ending}`;
}

async function addCell(editor: vscode.NotebookEditor, snippet: vscode.SnippetString): Promise<void> {
  const { notebook, selection } = editor;
  const at = notebook.cellCount === 0 ? 0 : Math.min(Math.max(selection.end, 1), notebook.cellCount);
  const edit = new vscode.WorkspaceEdit();
  edit.set(notebook.uri, [
    vscode.NotebookEdit.insertCells(at, [
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, '', 'lifecycle-pipeline'),
    ]),
  ]);
  if (!(await vscode.workspace.applyEdit(edit))) return;
  editor.selection = new vscode.NotebookRange(at, at + 1);
  editor.revealRange(editor.selection, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
  await vscode.commands.executeCommand('notebook.cell.edit');
  const cell = notebook.cellAt(at);
  const text = await focused(cell.document.uri);
  await text?.insertSnippet(snippet, new vscode.Position(0, 0));
}

/** The text editor of a cell, which is there only once the cell has the focus. */
async function focused(uri: vscode.Uri): Promise<vscode.TextEditor | undefined> {
  for (let attempt = 0; attempt < 40; attempt++) {
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
    if (editor && vscode.window.activeTextEditor === editor) return editor;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
}

/** At the end of the stages, which in a usual pipeline is the end of the file. */
async function addToText(editor: vscode.TextEditor, snippet: string): Promise<void> {
  const { document } = editor;
  const isDocument = document.uri.path.endsWith('.md');
  const last = document.lineAt(document.lineCount - 1);
  const before = last.isEmptyOrWhitespace ? '' : '\n';
  // A snippet's further lines get the indentation of the line that it is put into, which here is none.
  const body = isDocument ? `\n\`\`\`yaml stage\n${snippet}\n\`\`\`\n` : `  ${snippet.replaceAll('\n', '\n  ')}\n`;
  await editor.insertSnippet(new vscode.SnippetString(before + body), last.range.end);
}
