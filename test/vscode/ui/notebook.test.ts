import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repository, windowFor } from './rig';

describe('the lifecycle document', function () {
  this.timeout(180_000);
  const window = windowFor({ example: 'diamonds' });

  it('opens as a notebook', async () => {
    await window().activityTab('ML Lifecycle').click();
    await window().openFile('diamonds.lifecycle.md');
    await window().page.locator('.notebookOverlay .cell-list-container').first().waitFor({ timeout: 30_000 });
    await window().page.locator('.notebookOverlay .code-cell-row').first().waitFor({ timeout: 30_000 });
    await window().screenshot('notebook');
  });

  it('runs all its cells and shows their results', async () => {
    await window().run('Notebook: Run All');
    await window()
      .statusBar(/diamonds/)
      .first()
      .waitFor({ timeout: 60_000 });
    await window()
      .page.locator('.statusbar-item')
      .filter({ hasText: 'diamonds' })
      .locator('.codicon-check')
      .waitFor({ timeout: 120_000 });
    await window().page.locator('.notebookOverlay .cell-list-container').first().hover();
    await window().page.mouse.wheel(0, 700);
    await window().page.waitForTimeout(1500);
    await window().screenshot('notebook-finished');
    await window().page.mouse.wheel(0, 1400);
    await window().page.waitForTimeout(1000);
    await window().screenshot('notebook-finished-2');
  });

  it('leaves the file as it is', () => {
    const name = 'diamonds.lifecycle.md';
    assert.equal(
      readFileSync(path.join(window().folder, name), 'utf8'),
      readFileSync(path.join(repository, 'examples/diamonds', name), 'utf8'),
    );
  });
});
