import * as path from 'node:path';
import * as vscode from 'vscode';
import { messageOf, type Engine } from '../engine';
import { mayBeTable, pipelineFolder, type TableChoice, tablesIn } from './tables';

const DATA = '**/*.{csv,tsv,tab,txt,parquet,pq,jsonl,ndjson,json,csv.gz,csv.zst,tsv.gz,jsonl.gz,json.gz}';
const ELSEWHERE = '**/{node_modules,.lifecycle,.git,.venv,venv,out,dist}/**';

/** What the engine says of a data file it drafts a pipeline for. */
interface Draft {
  readonly text?: string;
  readonly file?: string;
  readonly target: string;
  readonly task: string;
  readonly candidates: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

interface TargetItem extends vscode.QuickPickItem {
  readonly column: string;
}

/** Drafts a first pipeline for a data file: asks what to predict, best guess first, writes it beside the file and opens it. */
export async function newFromData(engine: Engine, given?: unknown): Promise<void> {
  const data = given instanceof vscode.Uri ? { path: given.fsPath, files: 1 } : await chooseData();
  if (!data) return;
  const name = path.basename(data.path);
  const look = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Looking at ${name}…` },
    () => engine.ask(['new', data.path, '--stdout'], { cwd: path.dirname(data.path) }),
  );
  const draft = look.lines.at(-1) as Draft | undefined;
  if (look.code !== 0 || !draft?.columns) {
    void vscode.window.showErrorMessage(messageOf(look));
    return;
  }
  const target = await vscode.window.showQuickPick(targetItems(draft), {
    title: `New Pipeline from ${name}`,
    placeHolder: 'What should be predicted?',
    matchOnDescription: true,
  });
  if (!target) return;
  const root = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path.dirname(data.path)))?.uri.fsPath;
  const folder = pipelineFolder(data, root);
  const args = ['new', data.path, '--target', target.column];
  const done = await engine.ask(args, { cwd: folder });
  const file = (done.lines.at(-1) as Draft | undefined)?.file;
  if (done.code !== 0 || file === undefined) {
    const taken = done.lines.some((line) => line['code'] === 'file-exists' || errorCode(line) === 'file-exists');
    void vscode.window.showErrorMessage(
      taken ? `There is already a pipeline for ${name} in ${folder}. Rename it first.` : messageOf(done),
    );
    return;
  }
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
}

function errorCode(line: Record<string, unknown>): unknown {
  return (line['error'] as { code?: unknown } | undefined)?.code;
}

function targetItems({ target, task, candidates, columns }: Draft): TargetItem[] {
  const type = new Map(columns.map((column) => [column.name, column.type]));
  const first = [target, ...candidates];
  const rest = columns.map(({ name }) => name).filter((name) => !first.includes(name));
  return [...first, ...rest].map((column) => ({
    column,
    label: column,
    description: column === target ? `${type.get(column) ?? ''} · ${task}, the best guess` : (type.get(column) ?? ''),
  }));
}

async function chooseData(): Promise<TableChoice | undefined> {
  const found = await vscode.workspace.findFiles(DATA, ELSEWHERE, 1_000);
  const tables = tablesIn(
    found
      .map((uri) => uri.fsPath)
      .filter((file) => mayBeTable(vscode.workspace.asRelativePath(file)))
      .sort(),
  );
  const browse = '$(folder-opened) Another file…';
  if (tables.length > 0) {
    const items = tables.map((table) => ({
      label: path.basename(table.path),
      description: `${vscode.workspace.asRelativePath(table.path)}${table.files > 1 ? ` · ${table.files} files as one table` : ''}`,
      table,
    }));
    const chosen = await vscode.window.showQuickPick<vscode.QuickPickItem & { table?: TableChoice }>(
      [...items, { label: browse }],
      { title: 'New Pipeline from Data', placeHolder: 'From which file?', matchOnDescription: true },
    );
    if (!chosen) return undefined;
    if (chosen.table) return chosen.table;
  }
  const picked = await vscode.window.showOpenDialog({
    canSelectMany: false,
    openLabel: 'Choose Data',
    filters: { Tables: ['csv', 'tsv', 'tab', 'txt', 'parquet', 'pq', 'jsonl', 'ndjson', 'json', 'gz', 'zst'] },
  });
  return picked?.[0] && { path: picked[0].fsPath, files: 1 };
}
