import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openStore } from '../../../lifecycle/store/layout';
import { createRun } from '../../../lifecycle/store/runs';
import { DEAD, runInfo } from '../../rigs/runs';
import { windowFor } from './rig';

const pipeline = (source: string, more = '') =>
  `lifecycle: 1\npipeline: tiny\nparameters: {rate: 0.1}\nstages:\n  rows:\n    kind: data # kept\n    source: ${source}\n    target: y\n${more}`;
const model = '  model: {kind: train, data: rows, model: linear}\n';
const document = (words: string) =>
  `---\nlifecycle: 1\npipeline: notes\n---\n\n# Notes\n\n${words}\n\n\`\`\`yaml stage\nrows:\n  kind: data\n  source: a.csv\n  target: y\n\`\`\`\n`;

describe('pipelines as runs read them', () => {
  const window = windowFor({
    example: null,
    files: {
      '.vscode/settings.json': '{"files.autoSave": "off"}',
      'a.csv': 'x,y\n1,2\n',
      'b.csv': 'x,y\n1,2\n',
      'tiny.pipeline.yaml': pipeline('b.csv'),
      'notes.lifecycle.md': document('As it is now.'),
    },
  });
  const file = (name = 'tiny.pipeline.yaml') => path.join(window().folder, name);
  const onDisk = (name?: string) => readFileSync(file(name), 'utf8');
  const dialog = () => window().page.locator('.monaco-dialog-box');
  const answer = (label: string) => dialog().getByRole('button', { name: label, exact: true }).click();
  const save = async (changed: () => boolean) => {
    for (let attempt = 0; attempt < 50 && !changed(); attempt++) {
      await window().page.keyboard.press('Control+S');
      await window().page.waitForTimeout(200);
    }
    assert.ok(changed(), 'the file was saved');
  };

  async function keep(minutes: number, more: Parameters<typeof runInfo>[0], text?: string): Promise<void> {
    const store = path.join(window().folder, '.lifecycle');
    await openStore(store);
    const created = new Date(Date.now() - minutes * 60_000).toISOString();
    await createRun(store, runInfo({ created, process: { ...DEAD }, ...more }), text);
  }

  it('compares a run with the file, from the tree of runs', async function () {
    this.timeout(60_000);
    const info = { pipeline: 'tiny', file: 'tiny.pipeline.yaml', parameters: { rate: 0.5 } };
    await keep(5, { ...info, id: '20261101-000000-000aaa' }, pipeline('a.csv', model));
    await window().activityTab('ML Lifecycle').click();
    const row = window().tree('Runs').filter({ hasText: 'tiny' }).first();
    await row.waitFor();
    await row.click({ button: 'right' });
    await window().chooseInMenu("Compare Run's Pipeline with the File Now");
    const removed = window().page.locator('.monaco-diff-editor .editor.original .view-line');
    await removed.filter({ hasText: 'a.csv' }).waitFor();
    await window()
      .page.locator('.monaco-diff-editor .editor.modified .view-line')
      .filter({ hasText: 'b.csv' })
      .waitFor();
    await window().screenshot('restore-compare');
  });

  it('restores after saying what changes, as one edit that can be undone', async function () {
    this.timeout(60_000);
    const before = onDisk();
    await window().run("ML Lifecycle: Restore This Run's Pipeline…");
    await window().pick('tiny');
    await dialog().waitFor();
    await window().screenshot('restore-dialog');
    const said = await dialog().innerText();
    assert.match(said, /Stages that change: rows\s+Stages that come back: model/);
    assert.match(said, /It ran with rate = 0\.5, which is not what its text says\./);
    await answer('Restore with Its Parameters');
    await window().page.locator('.tab.dirty[data-resource-name="tiny.pipeline.yaml"]').first().waitFor();
    assert.equal(onDisk(), before, 'nothing is saved by itself');
    const after = pipeline('a.csv', model).replace('rate: 0.1', 'rate: 0.5');
    await save(() => onDisk() === after);
    await window().page.keyboard.press('Control+Z');
    await save(() => onDisk() === before);
  });

  it('restores a document as a notebook', async function () {
    this.timeout(60_000);
    await keep(
      4,
      { id: '20261101-000001-000bbb', pipeline: 'notes', file: 'notes.lifecycle.md' },
      document('As it was then.'),
    );
    await window().openFile('notes.lifecycle.md');
    await window().tree('Runs').filter({ hasText: 'notes' }).first().waitFor();
    await window().run("ML Lifecycle: Compare Run's Pipeline with the File Now");
    await window().pick('notes');
    const diff = window().page.locator('.notebook-text-diff-editor');
    await diff.getByText('As it was then.').first().waitFor();
    await diff.getByText('As it is now.').first().waitFor();
    await window().screenshot('restore-compare-document');
    await window().run("ML Lifecycle: Restore This Run's Pipeline…");
    await window().pick('notes');
    await dialog().waitFor();
    assert.match(await dialog().innerText(), /Only comments, prose or spaces change\./);
    await answer('Restore');
    await save(() => onDisk('notes.lifecycle.md') === document('As it was then.'));
  });

  it('writes a file anew that is gone', async function () {
    this.timeout(60_000);
    rmSync(file());
    await window().run("ML Lifecycle: Restore This Run's Pipeline…");
    await window().pick('tiny');
    await dialog().waitFor();
    assert.match(await dialog().innerText(), /no longer there: it is written anew/);
    await answer('Restore');
    for (let attempt = 0; attempt < 50 && !existsSync(file()); attempt++) await window().page.waitForTimeout(200);
    assert.equal(onDisk(), pipeline('a.csv', model));
  });

  it('says that an older run kept nothing, and touches no file outside of the project', async function () {
    this.timeout(60_000);
    await keep(3, { id: '20261101-000002-000ccc', pipeline: 'old', file: 'tiny.pipeline.yaml' });
    await keep(2, { id: '20261101-000003-000ddd', pipeline: 'sly', file: '../sly.pipeline.yaml' }, pipeline('a.csv'));
    for (const [name, message] of [
      ['old', 'kept no copy of its pipeline'],
      ['sly', 'is no pipeline inside of'],
    ] as const) {
      await window().tree('Runs').filter({ hasText: name }).first().waitFor();
      await window().run("ML Lifecycle: Restore This Run's Pipeline…");
      await window().pick(name);
      await window().page.getByText(message).first().waitFor();
    }
    writeFileSync(file(), pipeline('b.csv'));
  });
});
