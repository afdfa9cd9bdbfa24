import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { toDocument } from '../../../lifecycle/pipeline/convert';
import { pictures, reach, runAll, stageOf } from './notebook';
import { repository, windowFor } from './rig';

const churn = readFileSync(path.join(repository, 'examples/churn/churn.pipeline.yaml'), 'utf8');

describe('the churn pipeline as a document', function () {
  this.timeout(240_000);
  const window = windowFor({
    example: 'churn',
    files: { 'leaving.lifecycle.md': toDocument(churn).replace('pipeline: churn', 'pipeline: leaving') },
    theme: 'dark',
  });

  /** Runs the cell that holds a stage by itself, with its button. */
  async function runCell(text: string, stage: string): Promise<void> {
    const { page } = window();
    const row = page.locator('.notebookOverlay .code-cell-row').filter({ hasText: text }).last();
    for (let attempt = 0; attempt < 80; attempt++) {
      const box = (await row.count()) > 0 ? await row.boundingBox() : null;
      if (box && box.y > 110 && box.y < 600) break;
      const list = await page.locator('.notebookOverlay .cell-list-container').first().boundingBox();
      await page.mouse.move((list?.x ?? 0) + 12, (list?.y ?? 0) + 300);
      await page.mouse.wheel(0, box ? box.y - 300 : attempt % 40 === 10 ? -100_000 : 350);
      await page.waitForTimeout(250);
    }
    await page.waitForTimeout(1000); // for results above to take their height
    await row.locator('.view-line').last().hover();
    await row.locator('.run-button-container .codicon-notebook-execute').click();
    await stageOf(window(), stage).waitFor({ state: 'attached', timeout: 60_000 });
  }

  it('shows a picture of each kind of stage', async () => {
    await window().openFile('leaving.lifecycle.md');
    await window().page.locator('.notebookOverlay .code-cell-row').first().waitFor({ timeout: 30_000 });
    await window().run('View: Toggle Primary Side Bar Visibility');
    await runAll(window(), 'leaving');
    await reach(window(), 'customers');
    await stageOf(window(), 'customers').getByText('holds').first().waitFor();
    await pictures(window(), 'customers', 'result-data');
    await reach(window(), 'network');
    await stageOf(window(), 'network').locator('.chart svg path.curve').nth(1).waitFor();
    await pictures(window(), 'network', 'result-train');
    await reach(window(), 'exam');
    await stageOf(window(), 'exam').getByText('Confusion matrix').first().waitFor();
    await pictures(window(), 'exam', 'result-evaluate');
    await stageOf(window(), 'exam').getByText('Calibration').first().scrollIntoViewIfNeeded();
    await window().screenshot('result-evaluate-below');
    // The engine is asked for the rows behind a cell of the matrix.
    await stageOf(window(), 'exam')
      .getByRole('button', { name: /taken for No: show them/ })
      .last()
      .dispatchEvent('click');
    const rows = stageOf(window(), 'exam').locator('.found tbody tr');
    await rows.first().waitFor({ timeout: 60_000 });
    assert.equal(await rows.count(), 20);
    assert.match((await rows.first().textContent()) ?? '', /Yes✗ No 9\d %/);
    await window().screenshot('result-examples');
    await reach(window(), 'small');
    await stageOf(window(), 'small').getByRole('heading', { name: 'Before and after' }).waitFor();
    await reach(window(), 'bundle');
    await stageOf(window(), 'bundle').getByRole('heading', { name: 'Signature' }).waitFor();
    await window().screenshot('result-package');
  });

  it('is walked by keyboard alone: from cell to cell, into a result, to the rows behind a figure, and back', async () => {
    const { page } = window();
    await window().run('Notebook: Focus First Cell');
    await page.keyboard.press('Escape');
    const focused = page.locator('.notebookOverlay .monaco-list-row.focused');
    for (let step = 0; step < 60 && (await focused.filter({ hasText: 'kind: evaluate' }).count()) === 0; step++) {
      await page.keyboard.press('ArrowDown');
      await page.waitForTimeout(150);
    }
    await focused.filter({ hasText: 'kind: evaluate' }).waitFor();
    await page.keyboard.press('Control+Shift+ArrowDown');
    // The page of the results takes the focus a moment later; a Tab before that would go elsewhere.
    await page.waitForFunction(() => document.activeElement?.tagName === 'IFRAME', undefined, { timeout: 10_000 });
    const exam = stageOf(window(), 'exam');
    /** What of the result has the focus. */
    const at = (): Promise<string> =>
      exam.evaluate((place) => {
        const active = document.activeElement;
        return active && place.contains(active) ? (active.getAttribute('aria-label') ?? active.textContent ?? '') : '';
      });
    const passed: string[] = [];
    for (let step = 0; step < 40 && !(await at()).includes('show them'); step++) {
      await page.keyboard.press('Tab');
      passed.push(await at());
    }
    assert.match(await at(), /rows of .* taken for .*: show them/, passed.join(' | '));
    const before = await at();
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await at(), before);
    const [, actual, predicted] = /rows of (.*) taken for (.*): show them/.exec(await at()) ?? [];
    await page.keyboard.press('Enter');
    await exam.getByText(`${actual}, taken for ${predicted}`).waitFor({ timeout: 60_000 });
    await exam.locator('.found tbody tr').first().waitFor();
    await window().screenshot('result-by-keyboard');
    await page.keyboard.press('Escape');
    await page.locator('.notebookOverlay .monaco-list:focus-within').first().waitFor();
    assert.equal(await focused.filter({ hasText: 'kind: evaluate' }).count(), 1);
  });

  it('deploys from its cell, and shows how to ask the model', async () => {
    await runCell('kind: deploy', 'live');
    await reach(window(), 'live');
    const live = stageOf(window(), 'live');
    await live.getByText('succeeded').first().waitFor({ timeout: 60_000 });
    await reach(window(), 'live');
    const address = await live.getByRole('link').textContent();
    assert.match(address ?? '', /^http:\/\/127\.0\.0\.1:\d+/);
    // Only what is in sight can be clicked: the list of cells scrolls by itself alone.
    await live.getByLabel('tenure').press('Enter');
    // The editor asked the server, and its answer came back.
    await live
      .locator('.answer')
      .getByText(/churn-classifier version 1, [\d.]+ ms/)
      .waitFor({ timeout: 30_000 });
    await live.getByText('As a request').dispatchEvent('click');
    await live.getByRole('button', { name: 'Copy as curl' }).dispatchEvent('click');
    await live.getByText(/Copied as curl|Selected/).waitFor();
    await window().screenshot('result-deploy');
    const body = /-d '(.*)'$/s.exec((await live.locator('.snippet pre').textContent()) ?? '')?.[1];
    const [example] = (JSON.parse(body ?? '') as { rows: Record<string, unknown>[] }).rows;
    // Customers as no training split has them: new and expensive.
    const rows = Array.from({ length: 200 }, (_, index) => ({
      ...example,
      tenure: index % 3,
      monthly_charges: 110 + (index % 7),
    }));
    const answer = await fetch(`${address}/predict`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ rows }),
    });
    assert.equal(answer.status, 200);
  });

  it('watches from its cell, and shows what drifted', async () => {
    await runCell('kind: monitor', 'watch');
    await reach(window(), 'watch');
    await stageOf(window(), 'watch').locator('p.verdict').getByText('columns drifted').waitFor({ timeout: 60_000 });
    await stageOf(window(), 'watch').locator('.overlay').first().waitFor();
    await pictures(window(), 'watch', 'result-monitor');
  });

  it('shows the last results when it is opened again', async () => {
    await window().reload();
    await window().page.locator('.notebookOverlay .code-cell-row').first().waitFor({ timeout: 30_000 });
    // The editor stands where it stood, or at its top: results out of sight are hidden, so go to the last cell.
    await reach(window(), 'watch');
    await stageOf(window(), 'watch').locator('p.verdict').waitFor({ timeout: 30_000 });
    await window().screenshot('result-after-reload');
  });

  it('keeps within the content security policy', () => {
    assert.deepEqual(window().complaints.csp, []);
  });
});
