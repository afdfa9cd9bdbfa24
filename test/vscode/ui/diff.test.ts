import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { windowFor } from './rig';

const name = 'diamonds.lifecycle.md';

describe('a lifecycle document beside its last commit', function () {
  this.timeout(240_000);
  const window = windowFor({ example: 'diamonds', theme: 'dark' });

  it('marks the cell that changed, and no other', async () => {
    const { folder, page } = window();
    const git = (...rest: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...rest], { cwd: folder });
    git('init', '-q');
    git('add', name);
    git('commit', '-q', '-m', 'first');
    const file = path.join(folder, name);
    const text = readFileSync(file, 'utf8');
    assert.ok(text.includes('trees: 400'));
    writeFileSync(file, text.replace('trees: 400', 'trees: 1400'));
    await window().openFile(name);
    await page.locator('.notebookOverlay .code-cell-row').first().waitFor({ timeout: 30_000 });
    await window().run('Git: Refresh');
    await window().run('Git: Open Changes');
    await page.locator('.notebook-text-diff-editor').first().waitFor({ timeout: 30_000 });
    const diff = page.locator('.notebook-text-diff-editor').first();
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
  });
});
