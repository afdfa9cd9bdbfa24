import * as path from 'node:path';
import * as vscode from 'vscode';
import { messageOf, type Engine } from '../engine';

const DATA = '**/*.{csv,tsv,tab,txt,parquet,pq,jsonl,ndjson,csv.gz,csv.zst}';
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
  const data = given instanceof vscode.Uri ? given : await chooseData();
  if (!data) return;
  const name = path.basename(data.fsPath);
  const look = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Looking at ${name}…` },
    () => engine.ask(['new', data.fsPath, '--stdout'], { cwd: path.dirname(data.fsPath) }),
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
  const folder = pipelineFolder(data);
  const args = ['new', data.fsPath, '--target', target.column];
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

/** The pipeline stands beside its data, or above a folder that is called data. */
function pipelineFolder(data: vscode.Uri): string {
  const folder = path.dirname(data.fsPath);
  const root = vscode.workspace.getWorkspaceFolder(data)?.uri.fsPath;
  return root !== undefined && folder !== root && path.basename(folder).toLowerCase() === 'data'
    ? path.dirname(folder)
    : folder;
}

async function chooseData(): Promise<vscode.Uri | undefined> {
  const files = await vscode.workspace.findFiles(DATA, ELSEWHERE, 200);
  const browse = '$(folder-opened) Another file…';
  if (files.length > 0) {
    const items = files
      .map((uri) => ({ label: path.basename(uri.fsPath), description: vscode.workspace.asRelativePath(uri), uri }))
      .sort((a, b) => a.description.localeCompare(b.description));
    const chosen = await vscode.window.showQuickPick<vscode.QuickPickItem & { uri?: vscode.Uri }>(
      [...items, { label: browse }],
      { title: 'New Pipeline from Data', placeHolder: 'From which file?', matchOnDescription: true },
    );
    if (!chosen) return undefined;
    if (chosen.uri) return chosen.uri;
  }
  const picked = await vscode.window.showOpenDialog({
    canSelectMany: false,
    openLabel: 'Choose Data',
    filters: { Tables: ['csv', 'tsv', 'tab', 'txt', 'parquet', 'pq', 'jsonl', 'ndjson', 'json', 'gz', 'zst'] },
  });
  return picked?.[0];
}
