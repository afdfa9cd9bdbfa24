import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension } from './rig';

describe('activation', () => {
  it('finds the extension in this VS Code and activates it', async () => {
    const found = extension();
    await found.activate();
    assert.equal(found.isActive, true);
  });

  it('registers every command of the manifest', async () => {
    const found = extension();
    await found.activate();
    const manifest = found.packageJSON as { contributes?: { commands?: { command: string }[] } };
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = (manifest.contributes?.commands ?? [])
      .map(({ command }) => command)
      .filter((id) => !registered.has(id));
    assert.deepEqual(missing, []);
  });

  it('stands in a trusted copy of the churn example', () => {
    assert.equal(vscode.workspace.isTrusted, true);
    assert.equal(vscode.workspace.workspaceFolders?.[0]?.name, 'churn');
  });
});
