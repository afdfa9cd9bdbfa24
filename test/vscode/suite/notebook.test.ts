import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api } from '../../../extension/extension';
import { applyParameters } from '../../../extension/panels/apply';
import { extension, repository, until, workspaceFolder } from './rig';

const api = async (): Promise<Api> => (await extension().activate()) as Api;

describe('a lifecycle document as a notebook', () => {
  const file = (): vscode.Uri => vscode.Uri.file(path.join(workspaceFolder(), 'stones.lifecycle.md'));
  const source = path.join(repository, 'examples/diamonds/diamonds.lifecycle.md');
  const command = (name: string, ...rest: unknown[]) => vscode.commands.executeCommand(name, ...rest);

  beforeEach(() => cpSync(source, file().fsPath));
  afterEach(async () => {
    while (vscode.window.tabGroups.activeTabGroup.activeTab)
      await command('workbench.action.revertAndCloseActiveEditor');
    rmSync(file().fsPath, { force: true });
  });

  async function opened(): Promise<vscode.NotebookEditor> {
    return vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(file()));
  }

  const cellWith = (notebook: vscode.NotebookDocument, text: string): vscode.NotebookCell => {
    const found = notebook.getCells().find(({ document }) => document.getText().includes(text));
    assert.ok(found, text);
    return found;
  };

  async function replace(cell: vscode.NotebookCell, before: string, after: string): Promise<void> {
    const { document } = cell;
    const at = document.getText().indexOf(before);
    const edit = new vscode.WorkspaceEdit();
    const range = new vscode.Range(document.positionAt(at), document.positionAt(at + before.length));
    edit.replace(document.uri, range, after);
    assert.ok(await vscode.workspace.applyEdit(edit));
  }

  /** No tab shows the characters of the file. */
  const noTextTab = (): boolean =>
    vscode.window.tabGroups.all.every(({ tabs }) =>
      tabs.every(({ input }) => !(input instanceof vscode.TabInputText && input.uri.toString() === file().toString())),
    );

  it('is what commands are about while a cell of it is edited, with what is typed there', async () => {
    const editor = await opened();
    const cell = cellWith(editor.notebook, 'kind: evaluate');
    editor.selection = new vscode.NotebookRange(cell.index, cell.index + 1);
    await command('notebook.cell.edit');
    await until(
      'the text of the cell to have the focus',
      () => vscode.window.activeTextEditor?.document.uri.scheme === 'vscode-notebook-cell',
    );
    await replace(cell, 'exam:', 'final-exam:');
    const { projects } = await api();
    assert.equal((await projects.choose(undefined, 'Run Pipeline'))?.toString(), file().toString());
    const names = await projects.stageNames(file());
    assert.deepEqual(names, ['stones', 'line', 'trees', 'final-exam', 'bundle', 'shop']);
  });

  it('is saved before it runs, also when the cursor is in a cell', async function () {
    this.timeout(60_000);
    const editor = await opened();
    const cell = cellWith(editor.notebook, 'kind: evaluate');
    editor.selection = new vscode.NotebookRange(cell.index, cell.index + 1);
    await command('notebook.cell.edit');
    await until(
      'the text of the cell to have the focus',
      () => vscode.window.activeTextEditor?.document.uri.scheme === 'vscode-notebook-cell',
    );
    // A pipeline that is not right ends at once: what is looked at is that it was saved.
    await replace(cell, 'candidates: [line, trees]', 'candidates: [lime]');
    const ended = new Promise<number | undefined>((resolve) => {
      const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        if (execution.task.definition.type !== 'lifecycle') return;
        listener.dispose();
        resolve(exitCode);
      });
    });
    await command('lifecycle.run');
    assert.equal(await ended, 2);
    assert.match(readFileSync(file().fsPath, 'utf8'), /candidates: \[lime\]/);
    assert.equal(editor.notebook.isDirty, false);
  });

  it('is opened as a notebook at the cell of a stage that is gone to', async () => {
    await command('lifecycle.openStage', { uri: file(), stage: 'exam' });
    const editor = await until('the notebook', () => vscode.window.activeNotebookEditor);
    assert.equal(editor.notebook.uri.toString(), file().toString());
    assert.match(editor.notebook.cellAt(editor.selection.start).document.getText(), /^exam:/);
    assert.ok(noTextTab());
    // A stage that is not the first of its cell, and one that was only typed so far.
    await replace(cellWith(editor.notebook, 'kind: deploy'), 'shop:', 'store:');
    await command('lifecycle.openStage', { uri: file(), stage: 'store' });
    assert.match(editor.notebook.cellAt(editor.selection.start).document.getText(), /^bundle:/);
    assert.ok(noTextTab());
  });

  it('is gone to as text where somebody has it open as text', async () => {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file()), { preview: false });
    await command('lifecycle.openStage', { uri: file(), stage: 'trees' });
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.getText(editor.selection), 'trees');
    assert.equal(editor?.document.uri.toString(), file().toString());
  });

  it('is given the parameters of a run in the cell of its header, unsaved', async () => {
    await applyParameters(file(), { trees: 250 });
    const editor = await until('the notebook', () => vscode.window.activeNotebookEditor);
    const header = editor.notebook.cellAt(0).document.getText();
    assert.match(header, /trees: 250$/);
    assert.equal(editor.selection.start, 0);
    assert.equal(editor.notebook.isDirty, true);
    assert.equal(readFileSync(file().fsPath, 'utf8'), readFileSync(source, 'utf8'));
    assert.ok(noTextTab());
  });
});
