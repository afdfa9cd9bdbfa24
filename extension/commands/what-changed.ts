import * as path from 'node:path';
import * as vscode from 'vscode';
import { messageOf, type Engine } from '../engine';
import { shownText } from './plan';

/** A monitor stage, and the run whose look is meant; without one the last. */
export interface Look {
  readonly root: string;
  readonly file: vscode.Uri;
  readonly stage: string;
  readonly run?: string;
}

/** Shows what changed in the window of the last look, without a file that somebody has to save. */
export async function showWhatChanged(engine: Engine, { root, file, stage }: Look): Promise<void> {
  const answer = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'What Changed?' },
    () => engine.ask(['monitor', file.fsPath, '--stage', stage, '--report', '-'], { cwd: root }),
  );
  const text = answer.lines.map((line) => line['markdown']).find((markdown) => typeof markdown === 'string');
  if (answer.code !== 0 || text === undefined) void vscode.window.showErrorMessage(messageOf(answer));
  else await vscode.commands.executeCommand('markdown.showPreview', shownText(`What changed in ${stage}.md`, text));
}

/** Writes what changed in the window of a look as a page or as Markdown, to be sent to a colleague. */
export async function reportWhatChanged(engine: Engine, { root, file, stage, run }: Look): Promise<void> {
  const title = 'Report What Changed';
  const name = path.basename(file.path).replace(/\.(pipeline\.ya?ml|lifecycle\.md)$/, '');
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(file, '..', `${name}.what-changed.html`),
    title,
    filters: { 'HTML page': ['html'], Markdown: ['md'] },
  });
  if (!target) return;
  const answer = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    engine.ask(
      [
        'monitor',
        file.fsPath,
        '--stage',
        stage,
        '--report',
        target.fsPath,
        ...(run === undefined ? [] : ['--run', run]),
      ],
      { cwd: root },
    ),
  );
  if (answer.code !== 0) {
    void vscode.window.showErrorMessage(messageOf(answer));
    return;
  }
  const isPage = /\.html?$/i.test(target.path);
  const open = isPage ? 'Open in Browser' : 'Open';
  const choice = await vscode.window.showInformationMessage(`What changed is in ${path.basename(target.path)}.`, open);
  if (choice !== open) return;
  if (isPage) await vscode.env.openExternal(target);
  else await vscode.commands.executeCommand('markdown.showPreview', target);
}
