import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pictures, reach, runAll, stageOf } from './notebook';
import { repository, windowFor, type Window } from './rig';

describe('the lifecycle document', function () {
  this.timeout(240_000);
  // Another pipeline of the same stages: what the one made, the other takes.
  const stones = readFileSync(path.join(repository, 'examples/diamonds/diamonds.lifecycle.md'), 'utf8');
  const window = windowFor({
    example: 'diamonds',
    files: { 'stones.lifecycle.md': stones.replace('pipeline: diamonds', 'pipeline: stones') },
    theme: 'dark',
  });

  it('opens as a notebook', async () => {
    // Long before it matters: the window hears of it when it comes to it.
    window().setSetting('files.autoSave', 'off');
    await window().activityTab('ML Lifecycle').click();
    await window().openFile('diamonds.lifecycle.md');
    await window().page.locator('.notebookOverlay .cell-list-container').first().waitFor({ timeout: 30_000 });
    await window().page.locator('.notebookOverlay .code-cell-row').first().waitFor({ timeout: 30_000 });
    await window().screenshot('notebook');
  });

  it('runs all its cells and shows a picture of each', async () => {
    await runAll(window(), 'diamonds');
    await window().run('View: Toggle Primary Side Bar Visibility');
    await reach(window(), 'stones');
    await stageOf(window(), 'stones').locator('.spark svg').first().waitFor();
    await window().screenshot('notebook-data');
    await reach(window(), 'line');
    await stageOf(window(), 'trees').locator('.chart svg path.curve').first().waitFor();
    await window().screenshot('notebook-train');
    await reach(window(), 'exam');
    await stageOf(window(), 'exam').getByText('Residuals', { exact: true }).waitFor();
    await pictures(window(), 'exam', 'notebook-evaluate');
  });

  it('leaves the file as it is', () => {
    const name = 'diamonds.lifecycle.md';
    assert.equal(
      readFileSync(path.join(window().folder, name), 'utf8'),
      readFileSync(path.join(repository, 'examples/diamonds', name), 'utf8'),
    );
  });

  it('takes an edit back and anew, keeps it over a reload without saving it, and saves that line alone', async () => {
    const { folder, page } = window();
    const file = path.join(folder, 'diamonds.lifecycle.md');
    const before = readFileSync(file, 'utf8');
    const line = (text: string) => page.locator('.notebookOverlay .view-line').getByText(text, { exact: true }).first();
    await window().run('Notebook: Focus First Cell');
    await line('trees: 400').click();
    await page.keyboard.press('End');
    await page.keyboard.type('7');
    await line('trees: 4007').waitFor();
    await page.keyboard.press('Control+z');
    await line('trees: 400').waitFor();
    await page.keyboard.press('Control+y');
    await line('trees: 4007').waitFor();
    // VS Code keeps a backup of a notebook on a server 10 s after the last key, of one on the same machine after 1 s.
    await page.waitForTimeout(12_000);
    await window().reload();
    await line('trees: 4007').waitFor({ timeout: 30_000 });
    assert.equal(readFileSync(file, 'utf8'), before);
    await page.keyboard.press('Control+s');
    const saved = () => readFileSync(file, 'utf8');
    for (let left = 40; left > 0 && saved() === before; left--) await page.waitForTimeout(250);
    assert.equal(saved(), before.replace('trees: 400', 'trees: 4007'));
    await window().screenshot('notebook-restored');
    await window().run('View: Close All Editors');
    writeFileSync(file, before);
    await window().openFile('diamonds.lifecycle.md');
    window().setSetting('files.autoSave', 'afterDelay');
  });

  it('marks the cell that changed since the last commit, and no other', async () => {
    const { folder, page } = window();
    const name = 'diamonds.lifecycle.md';
    const git = (...rest: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...rest], { cwd: folder });
    git('init', '-q');
    git('add', name);
    git('commit', '-q', '-m', 'first');
    const file = path.join(folder, name);
    const text = readFileSync(file, 'utf8');
    assert.ok(text.includes('trees: 400'));
    writeFileSync(file, text.replace('trees: 400', 'trees: 1400'));
    await window().run('Git: Refresh');
    await window().run('Git: Open Changes');
    const diff = page.locator('.notebook-text-diff-editor').first();
    await diff.waitFor({ timeout: 30_000 });
    // The text of the one cell on both sides, and nothing of how it stands in the file.
    await diff.getByText('trees: 1400', { exact: true }).first().waitFor({ timeout: 30_000 });
    await diff
      .getByText(/\d+ hidden cells/)
      .first()
      .waitFor();
    const said = await diff.innerText();
    assert.ok(!said.includes('Metadata changed'), said);
    assert.equal(said.match(/pipeline:\sdiamonds/g)?.length, 2, said);
    await window().screenshot('notebook-diff');
    await window().run('View: Close All Editors');
  });

  it('shows the results of a run in a terminal when it is opened for the first time', async () => {
    execFileSync(process.execPath, [cli, 'run', 'stones.lifecycle.md'], { cwd: window().folder, stdio: 'ignore' });
    await window().openFile('stones.lifecycle.md');
    await window().page.locator('.notebookOverlay .code-cell-row').first().waitFor({ timeout: 30_000 });
    await reach(window(), 'stones');
    await stageOf(window(), 'stones').getByText('6,742').first().waitFor();
    await window().screenshot('result-of-terminal');
  });

  const cli = path.join(repository, 'dist/cli.js');
  const cellOf = (text: string) =>
    window().page.locator('.notebookOverlay .code-cell-row').filter({ hasText: text }).last();
  const statusOf = (text: string) => cellOf(text).locator('.cell-statusbar-container');

  it('says in a cell whether its stage would run again, and why once a cell above is changed', async () => {
    await statusOf('drop-duplicates').getByText('cached').waitFor({ timeout: 30_000 });
    const header = cellOf('trees: 400');
    await window().run('Notebook: Focus First Cell');
    await header.locator('.view-line').filter({ hasText: '400' }).click();
    await window().page.keyboard.press('End');
    await window().page.keyboard.press('Backspace');
    await window().page.keyboard.press('Backspace');
    await window().page.keyboard.type('1');
    await scrollUntil(window(), cellOf('boosted-trees'));
    await statusOf('boosted-trees')
      .getByText(/will re-run because .*trees 400 → 41/)
      .waitFor({ timeout: 30_000 });
    await window().screenshot('cell-status');
  });

  it('runs what is stale, and nothing else', async () => {
    await window().run('ML Lifecycle: Run Stale Stages');
    await scrollUntil(window(), cellOf('boosted-trees'));
    await statusOf('boosted-trees').getByText('trees: cached').waitFor({ timeout: 90_000 });
    const shown = execFileSync(process.execPath, [cli, 'show', '--json'], { cwd: window().folder, encoding: 'utf8' });
    const { stages } = JSON.parse(shown.trim().split('\n').at(-1) ?? '') as {
      stages: { name: string; state: string }[];
    };
    const states = new Map(stages.map(({ name, state }) => [name, state]));
    assert.deepEqual([states.get('stones'), states.get('trees')], ['reused', 'succeeded']);
  });

  it('shows what a run in a terminal made while it is open', async () => {
    const cwd = window().folder;
    execFileSync(process.execPath, [cli, 'run', 'stones.lifecycle.md', '--wait', '--set', 'trees=33'], {
      cwd,
      stdio: 'ignore',
    });
    const newest = execFileSync(process.execPath, [cli, 'runs', '--limit', '1', '--json'], { cwd, encoding: 'utf8' });
    const { id } = JSON.parse(newest) as { id: string };
    await stageOf(window(), 'trees').getByText(`run ${id}`).first().waitFor({ state: 'attached', timeout: 30_000 });
  });

  it('takes a stage from a template below the active cell', async () => {
    await window().run('ML Lifecycle: Add Stage');
    await window().pick('optimize');
    const added = cellOf('kind: optimize');
    await added.locator('.view-line').first().waitFor({ timeout: 30_000 });
    await window().page.keyboard.type('smaller');
    await added.getByText('smaller').first().waitFor();
  });

  it('is written as a pipeline file under the name that is offered', async () => {
    await window().run('ML Lifecycle: Convert Between Pipeline and Document…');
    await window().page.locator('.quick-input-widget input').first().waitFor();
    await window().page.locator('.quick-input-widget').getByText('OK', { exact: true }).click();
    await window().editorTab('stones.pipeline.yaml').waitFor({ timeout: 30_000 });
    assert.match(readFileSync(path.join(window().folder, 'stones.pipeline.yaml'), 'utf8'), /^ {2}exam:/m);
  });

  it('keeps within the content security policy', () => {
    assert.deepEqual(window().complaints.csp, []);
  });
});

async function scrollTo(window: Window, by: number): Promise<void> {
  const where = await window.page.locator('.notebookOverlay .cell-list-container').first().boundingBox();
  await window.page.mouse.move((where?.x ?? 0) + 12, (where?.y ?? 0) + (where?.height ?? 0) / 2);
  await window.page.mouse.wheel(0, by);
  await window.page.waitForTimeout(250);
}

/** Scrolls down until a cell is built and its head in view. */
async function scrollUntil(window: Window, cell: ReturnType<Window['page']['locator']>): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt++) {
    const box = (await cell.count()) > 0 ? await cell.boundingBox() : null;
    if (box && box.y > 60 && box.y < 500) return;
    await scrollTo(window, 300);
  }
  assert.fail('The cell did not come into view');
}
