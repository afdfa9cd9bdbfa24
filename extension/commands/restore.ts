import * as path from 'node:path';
import * as vscode from 'vscode';
import type { TextChanges } from '../../lifecycle/pipeline/text-changes';
import { ago } from '../../lifecycle/report/words';
import { readPipelineText } from '../../lifecycle/store/runs';
import { serializer } from '../notebook/serializer';
import { isPipeline } from '../projects';
import type { WorkspaceRun } from '../runs';

/** Scheme of pipelines as runs kept them: `lifecycle-pipeline:/RUN/churn.pipeline.yaml`, store and id in the query. */
export const pipelineScheme = 'lifecycle-pipeline';

/** Pipelines as runs kept them, as files that can only be read: so documents open as notebooks here too, and compare as such. */
export class KeptPipelines implements vscode.FileSystemProvider {
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    try {
      const { store, id } = JSON.parse(uri.query) as { store: string; id: string };
      if (!/^[\w.-]+$/.test(id)) throw new Error(`${id} is no run.`);
      return new TextEncoder().encode(await readPipelineText(store, id));
    } catch (error) {
      throw vscode.FileSystemError.Unavailable(error instanceof Error ? error.message : String(error));
    }
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { length } = await this.readFile(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: length };
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory = refused;
  createDirectory = refused;
  writeFile = refused;
  delete = refused;
  rename = refused;
}

function refused(uri: vscode.Uri): never {
  throw vscode.FileSystemError.NoPermissions(uri);
}

/** Shows what differs between the pipeline as a run read it, on the left, and its file now. */
export async function compareWithRun(run: WorkspaceRun): Promise<void> {
  const file = fileOf(run);
  await readPipelineText(run.store, run.id);
  if (!(await exists(file))) throw new Error(`${run.info.file} is no longer there. Restoring writes it anew.`);
  await vscode.commands.executeCommand(
    'vscode.diff',
    keptUri(run),
    file,
    `${path.basename(file.path)}: run of ${ago(run.info.created)} ↔ now`,
  );
}

/** Gives the file of a run's pipeline the text that the run read, as one edit, after the user agreed to what it changes. */
export async function restorePipeline(run: WorkspaceRun): Promise<void> {
  const text = (await readPipelineText(run.store, run.id)).replace(/^\uFEFF/, '');
  const file = fileOf(run);
  const present = (await exists(file)) ? await openPipeline(file) : undefined;
  const { textChanges, parameterEdits } = await import('../lazy');
  const set = given(run);
  const overridden = run.info.environment === undefined ? parameterEdits(text, set).edits : [];
  const differing = Object.entries(set).filter(
    ([name, value]) => parameterEdits(text, { [name]: value }).edits.length > 0,
  );
  const withValues = apply(text, overridden);
  const same = present !== undefined && !textChanges(file.path, present.text, text).differ;
  if (same && overridden.length === 0) {
    await present.show();
    void vscode.window.showInformationMessage(`${run.info.file} is as it was in this run.`);
    return;
  }
  const restore = 'Restore';
  const valuesToo = 'Restore with Its Parameters';
  const answer = await vscode.window.showWarningMessage(
    `Give ${run.info.file} the text that it had in the run of ${ago(run.info.created)}?`,
    {
      modal: true,
      detail: [
        ...(present
          ? changesInWords(textChanges(file.path, present.text, text))
          : ['The file is no longer there: it is written anew.']),
        ...(overridden.length > 0
          ? [
              `It ran with ${differing
                .map(([name, value]) => `${name} = ${value}`)
                .join(', ')}, which is not what its text says.`,
            ]
          : []),
        ...(run.info.environment === undefined ? [] : [`It ran in the environment ${run.info.environment}.`]),
        '',
        'One edit: undo takes it back.',
      ].join('\n'),
    },
    ...(same ? [] : [restore]),
    ...(overridden.length > 0 ? [valuesToo] : []),
  );
  if (answer === undefined) return;
  const wanted = answer === valuesToo ? withValues : text;
  if (present) await present.replace(wanted);
  else await create(file, wanted);
}

/** What becomes of a file, a line each. */
export function changesInWords({ header, added, removed, changed, differ }: TextChanges): string[] {
  const line = (title: string, names: readonly string[]): string[] =>
    names.length === 0
      ? []
      : [`${title}: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ` and ${names.length - 12} more` : ''}`];
  const lines = [
    ...line('Stages that change', changed),
    ...line('Stages that come back', added),
    ...line('Stages that go', removed),
    ...line('In the header', header),
  ];
  if (lines.length > 0) return lines;
  return [differ ? 'Only comments, prose or spaces change.' : 'The text stays as it is.'];
}

function given(run: WorkspaceRun): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(run.info.parameters ?? {}).filter(
      (entry): entry is [string, string | number | boolean] => entry[1] !== null,
    ),
  );
}

function apply(text: string, edits: readonly { from: number; to: number; text: string }[]): string {
  let result = text;
  for (const edit of [...edits].reverse()) result = result.slice(0, edit.from) + edit.text + result.slice(edit.to);
  return result;
}

/**
 * The file that a run says it read.
 * @throws {Error} when that is no pipeline inside of the project: what a store says is not trusted with other files
 */
function fileOf(run: WorkspaceRun): vscode.Uri {
  const file = vscode.Uri.file(path.join(run.root, run.info.file));
  const inside = path.relative(run.root, file.fsPath);
  if (!isPipeline(file) || inside.startsWith('..') || path.isAbsolute(inside))
    throw new Error(`${run.info.file} is no pipeline inside of ${run.root}.`);
  return file;
}

const keptUri = (run: WorkspaceRun): vscode.Uri =>
  vscode.Uri.from({
    scheme: pipelineScheme,
    path: `/${run.id}/${path.posix.basename(run.info.file)}`,
    query: JSON.stringify({ store: run.store, id: run.id }),
  });

async function exists(file: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
}

/** A pipeline as it is in the editor, be it text or notebook. */
interface OpenPipeline {
  readonly text: string;
  show(): Promise<void>;
  replace(text: string): Promise<void>;
}

async function openPipeline(file: vscode.Uri): Promise<OpenPipeline> {
  const isFile = ({ uri }: { uri: vscode.Uri }): boolean => uri.toString() === file.toString();
  const asNotebook =
    vscode.workspace.notebookDocuments.some(isFile) ||
    (file.path.endsWith('.md') && !vscode.workspace.textDocuments.some(isFile));
  return asNotebook ? openNotebook(file) : openText(file);
}

async function openText(file: vscode.Uri): Promise<OpenPipeline> {
  const document = await vscode.workspace.openTextDocument(file);
  const show = async (): Promise<void> => void (await vscode.window.showTextDocument(document));
  return {
    text: document.getText(),
    show,
    replace: async (text) => {
      const change = new vscode.WorkspaceEdit();
      change.replace(file, document.validateRange(new vscode.Range(0, 0, document.lineCount, 0)), text);
      await carryOut(change, file);
      await show();
    },
  };
}

async function openNotebook(file: vscode.Uri): Promise<OpenPipeline> {
  const notebook = await vscode.workspace.openNotebookDocument(file);
  const none = new vscode.CancellationTokenSource().token;
  const show = async (): Promise<void> => void (await vscode.window.showNotebookDocument(notebook));
  const cells = notebook
    .getCells()
    .map(({ kind, document, metadata }) =>
      Object.assign(new vscode.NotebookCellData(kind, document.getText(), document.languageId), { metadata }),
    );
  const data = Object.assign(new vscode.NotebookData(cells), { metadata: notebook.metadata });
  return {
    text: new TextDecoder().decode(await serializer.serializeNotebook(data, none)),
    show,
    replace: async (text) => {
      const { cells: fresh } = await serializer.deserializeNotebook(new TextEncoder().encode(text), none);
      const change = new vscode.WorkspaceEdit();
      change.set(file, [
        vscode.NotebookEdit.replaceCells(new vscode.NotebookRange(0, notebook.cellCount), fresh),
        vscode.NotebookEdit.updateNotebookMetadata({ encoding: 'utf8' }),
      ]);
      await carryOut(change, file);
      await show();
    },
  };
}

async function create(file: vscode.Uri, text: string): Promise<void> {
  const change = new vscode.WorkspaceEdit();
  change.createFile(file, { contents: new TextEncoder().encode(text) });
  await carryOut(change, file);
  await vscode.commands.executeCommand('vscode.open', file);
}

async function carryOut(change: vscode.WorkspaceEdit, file: vscode.Uri): Promise<void> {
  if (!(await vscode.workspace.applyEdit(change)))
    throw new Error(`${vscode.workspace.asRelativePath(file)} could not be changed. Is it read-only?`);
}
