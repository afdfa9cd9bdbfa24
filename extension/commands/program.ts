import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Projects } from '../projects';

const starters = [
  { file: 'torch_model.py', label: '$(flame) PyTorch', detail: 'A small network, exported to ONNX.', name: 'torch' },
  {
    file: 'sklearn_model.py',
    label: '$(library) scikit-learn',
    detail: 'A scikit-learn model, written as ONNX.',
    name: 'sklearn',
  },
  {
    file: 'xgboost_model.py',
    label: '$(type-hierarchy) XGBoost',
    detail: 'Boosted trees, written as ONNX.',
    name: 'xgboost',
  },
] as const;

/** Puts a training program beside a pipeline, with the stage that runs it. Nothing that is there is overwritten. */
export async function newProgram(extensionUri: vscode.Uri, projects: Projects, given: unknown): Promise<void> {
  const node = given as { uri?: unknown } | undefined;
  const uri = await projects.choose(node?.uri ?? given, 'New Training Program');
  if (!uri) return;
  const starter = await vscode.window.showQuickPick(starters, {
    title: 'New Training Program',
    placeHolder: 'With which framework?',
  });
  if (!starter) return;
  const target = vscode.Uri.joinPath(uri, '..', starter.file);
  await vscode.workspace.fs.copy(vscode.Uri.joinPath(extensionUri, 'examples', 'command', starter.file), target, {
    overwrite: false,
  });
  const stages = await projects.stageNames(uri);
  const text = stageText(starter.name, starter.file, stages);
  await vscode.window.showTextDocument(target, { preview: false });
  const copy = 'Copy the Stage';
  const choice = await vscode.window.showInformationMessage(
    `${path.basename(target.fsPath)} is in place. Add a stage to ${path.basename(uri.fsPath)} that runs it.`,
    copy,
  );
  if (choice === copy) await vscode.env.clipboard.writeText(text);
}

/** A stage that runs a starter, under a name that is free. */
export function stageText(name: string, file: string, stages: readonly string[]): string {
  let free = name;
  for (let i = 2; stages.includes(free); i++) free = `${name}-${i}`;
  return [
    `  ${free}:`,
    '    kind: train',
    `    data: ${stages[0] ?? 'DATA'}`,
    `    command: [python3, ${file}]`,
    `    inputs: [${file}]`,
    '',
  ].join('\n');
}
