import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';

/** The repository that the suite was built in. */
export const repository = path.resolve(__dirname, '../../..');

/** Our extension, by the name in its manifest. */
export function extension(): vscode.Extension<unknown> {
  const manifest = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8')) as Record<string, string>;
  const id = `${manifest['publisher']}.${manifest['name']}`;
  const found = vscode.extensions.getExtension(id);
  if (!found) throw new Error(`VS Code has no extension ${id}`);
  return found;
}

/** The folder that VS Code is open on: a copy of an example that tests may change. */
export function workspaceFolder(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('VS Code is open without a folder');
  return folder.uri.fsPath;
}

/** Waits until `probe` gives something other than undefined or false; the error names what was waited for. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = 20,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`Waited ${seconds} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
