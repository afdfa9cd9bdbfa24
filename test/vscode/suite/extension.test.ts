import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api } from '../../../extension/extension';
import { extension, repository, until, workspaceFolder } from './rig';

const api = async (): Promise<Api> => (await extension().activate()) as Api;
const inFolder = (name: string): vscode.Uri => vscode.Uri.file(path.join(workspaceFolder(), name));

describe('the extension', () => {
  it('finds the pipeline of the example and its stages', async () => {
    const { projects } = await api();
    const uris = await projects.pipelines();
    assert.deepEqual(
      uris.map((uri) => path.basename(uri.fsPath)),
      ['churn.pipeline.yaml'],
    );
    const names = (await projects.stages(inFolder('churn.pipeline.yaml'))).map(({ name }) => name);
    assert.ok(names.includes('customers') && names.includes('exam') && names.includes('live'));
  });

  it('offers tasks of type lifecycle, and completes those of tasks.json', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type: 'lifecycle' });
    assert.deepEqual(tasks.map(({ name }) => name).sort(), [
      'run (churn.pipeline.yaml)',
      'run and deploy (churn.pipeline.yaml)',
    ]);
  });

  it('runs a task to its end, with its exit code', async function () {
    this.timeout(120_000);
    const task = (await vscode.tasks.fetchTasks({ type: 'lifecycle' })).find(
      ({ name }) => name === 'run (churn.pipeline.yaml)',
    );
    assert.ok(task);
    const ended = new Promise<number | undefined>((resolve) => {
      const listener = vscode.tasks.onDidEndTaskProcess((event) => {
        if (event.execution.task.name !== task.name) return;
        listener.dispose();
        resolve(event.exitCode);
      });
    });
    await vscode.tasks.executeTask(task);
    assert.equal(await ended, 0);
    const { runs } = await api();
    const run = await until('the run in the list', async () =>
      (await runs.all()).find(({ status }) => status === 'succeeded'),
    );
    assert.equal(run.info.pipeline, 'churn');
  });

  it('sees a run that was started outside of the editor', async function () {
    this.timeout(60_000);
    const { runs, engine } = await api();
    const before = (await runs.all()).length;
    await engine.detach(['run', 'churn.pipeline.yaml'], workspaceFolder());
    await until(
      'another run',
      async () => (await runs.all()).length > before && (await runs.active()).length === 0,
      40,
    );
  });

  it('shows a run as a document', async () => {
    const { runs } = await api();
    const [run] = await runs.all();
    assert.ok(run);
    await vscode.commands.executeCommand('lifecycle.showRun', run.id);
    const text = await until(
      'the document',
      () =>
        vscode.window.activeTextEditor?.document.uri.scheme === 'lifecycle-run' &&
        vscode.window.activeTextEditor.document.getText(),
    );
    assert.match(text, /^Run \S+ of churn: succeeded/);
    assert.match(text, /customers\s+(succeeded|reused)/);
  });

  it('goes to a stage', async () => {
    await vscode.commands.executeCommand('lifecycle.openStage', {
      uri: inFolder('churn.pipeline.yaml'),
      stage: 'exam',
    });
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.getText(editor.selection), 'exam');
  });

  it('reports a mistake at its exact place, explains it, and takes it back', async function () {
    this.timeout(60_000);
    await (
      await api()
    ).languageServer;
    const uri = inFolder('broken.pipeline.yaml');
    writeFileSync(
      uri.fsPath,
      'lifecycle: 1\npipeline: broken\nstages:\n  trees:\n    kind: train\n    data: custmers\n    model: linear\n',
    );
    try {
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document);
      const found = await until('a diagnostic', () =>
        vscode.languages.getDiagnostics(uri).find(({ severity }) => severity === vscode.DiagnosticSeverity.Error),
      );
      assert.equal(document.getText(found.range), 'custmers');
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        uri,
        found.range,
      );
      const explain = actions.find(({ title }) => title === 'Explain `unknown-stage`')?.command;
      assert.ok(explain, actions.map(({ title }) => title).join());
      await vscode.commands.executeCommand(explain.command, ...(explain.arguments ?? []));
      await until('its page', () => vscode.window.tabGroups.activeTabGroup.activeTab?.label.includes('diagnostics'));
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    } finally {
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      rmSync(uri.fsPath, { force: true });
    }
  });

  it('takes the message of a missing file back when the file comes', async function () {
    this.timeout(60_000);
    const [uri, data] = [inFolder('later.pipeline.yaml'), inFolder('later.csv')];
    const said = () =>
      vscode.languages.getDiagnostics(uri).some(({ code }) => JSON.stringify(code).includes('file-missing'));
    writeFileSync(
      uri.fsPath,
      'lifecycle: 1\npipeline: later\nstages:\n  rows:\n    kind: data\n    source: later.csv\n    target: churn\n',
    );
    try {
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
      await until('the message', said);
      writeFileSync(data.fsPath, `age,churn\n${'1,yes\n2,no\n'.repeat(20)}`);
      await until('that it goes', () => !said());
      rmSync(data.fsPath);
      await until('the message again', said);
    } finally {
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      for (const { fsPath } of [uri, data]) rmSync(fsPath, { force: true });
    }
  });

  it('has loaded nothing native of the engine into its host', () => {
    // Else it asks for the names of all hosts that there are connections to.
    Object.assign(process.report, { excludeNetwork: true });
    const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
    assert.ok(sharedObjects.length > 0);
    assert.deepEqual(
      sharedObjects.filter((file) => /onnxruntime|duckdb/.test(file)),
      [],
    );
  });

  it('opens a lifecycle document as a notebook and saves it byte for byte', async () => {
    const source = path.join(repository, 'examples/diamonds/diamonds.lifecycle.md');
    const uri = inFolder('copy.lifecycle.md');
    cpSync(source, uri.fsPath);
    try {
      const notebook = await vscode.workspace.openNotebookDocument(uri);
      await vscode.window.showNotebookDocument(notebook);
      assert.equal(notebook.notebookType, 'lifecycle-document');
      const code = notebook.getCells().filter(({ kind }) => kind === vscode.NotebookCellKind.Code);
      assert.ok(code.length >= 3);
      assert.ok(code.every(({ document }) => document.languageId === 'lifecycle-pipeline'));
      const prose = notebook.getCells().find(({ kind }) => kind === vscode.NotebookCellKind.Markup);
      assert.ok(prose);
      // An edit that is taken back, so that saving writes the file anew.
      const before = prose.document.getText();
      const replace = async (text: string): Promise<void> => {
        const edit = new vscode.WorkspaceEdit();
        const all = prose.document.validateRange(new vscode.Range(0, 0, 1e6, 0));
        edit.replace(prose.document.uri, all, text);
        await vscode.workspace.applyEdit(edit);
      };
      await replace(`${before} More words.`);
      assert.equal(await notebook.save(), true);
      assert.match(readFileSync(uri.fsPath, 'utf8'), /More words\./);
      await replace(before);
      assert.equal(await notebook.save(), true);
      assert.equal(readFileSync(uri.fsPath, 'utf8'), readFileSync(source, 'utf8'));
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      rmSync(uri.fsPath, { force: true });
    }
  });
});
