import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import type * as vscode from 'vscode';
import type { Engine, EngineCommand } from './engine';

/**
 * Puts the command `lifecycle` on the PATH of the editor's terminals, behind everything that stands there: what the documentation writes works without a
 * second installation, and one that was linked by npm goes first.
 */
export async function putOnPath(context: vscode.ExtensionContext, engine: Engine): Promise<void> {
  const folder = path.join(context.globalStorageUri.fsPath, 'bin');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(launchers(await engine.command()))) {
    const file = path.join(folder, name);
    if ((await readFile(file, 'utf8').catch(() => undefined)) === text) continue;
    await writeFile(file, text);
    await chmod(file, 0o755);
  }
  const { environmentVariableCollection: variables } = context;
  variables.description = 'Puts the command `lifecycle` on the PATH.';
  variables.append('PATH', `${path.delimiter}${folder}`);
}

/** The command as a shell and as Windows start it, by file name. */
export function launchers({ program, args, env }: EngineCommand): Readonly<Record<string, string>> {
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const inBatch = (text: string): string => text.replaceAll('%', '%%');
  const variables = Object.entries(env);
  return {
    lifecycle: [
      '#!/bin/sh',
      '# Written by the extension ML Lifecycle.',
      ...variables.map(([name, value]) => `export ${name}=${quoted(value)}`),
      `exec ${[program, ...args].map(quoted).join(' ')} "$@"`,
      '',
    ].join('\n'),
    'lifecycle.cmd': [
      '@echo off',
      'rem Written by the extension ML Lifecycle.',
      'setlocal',
      ...variables.map(([name, value]) => `set "${name}=${inBatch(value)}"`),
      `${[program, ...args].map((part) => `"${inBatch(part)}"`).join(' ')} %*`,
      '',
    ].join('\r\n'),
  };
}
