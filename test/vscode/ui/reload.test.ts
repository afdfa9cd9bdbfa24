import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { reach, stageOf } from './notebook';
import { windowFor } from './rig';

// A network that takes a good while: 400 epochs on a few thousand rows.
const slow = `---
lifecycle: 1
pipeline: slow
---

# A long training

\`\`\`yaml stage
customers:
  kind: data
  source: data/telco-churn.csv
  target: { column: churn, positive: 'Yes' }
\`\`\`

\`\`\`yaml stage
network:
  kind: train
  data: customers
  model:
    kind: network
    layers:
      - dense: { units: 256, activation: relu }
      - dense: { units: 256, activation: relu }
  training: { epochs: 400, batch-size: 32 }
\`\`\`
`;

describe('a run and the window', function () {
  this.timeout(180_000);
  const window = windowFor({ example: 'churn', files: { 'slow.lifecycle.md': slow } });
  const progress = () => stageOf(window(), 'network').getByRole('progressbar');
  const share = async (): Promise<number> => Number(await progress().getAttribute('value'));

  it('goes on when the window is reloaded, and is followed again, in the status bar and in its cell', async () => {
    await window().activityTab('ML Lifecycle').click();
    await window().openFile('slow.lifecycle.md');
    await window().page.locator('.notebookOverlay .code-cell-row').first().waitFor({ timeout: 30_000 });
    await window().run('View: Toggle Primary Side Bar Visibility');
    await window().run('Notebook: Run All');
    await window()
      .statusBar(/slow: network/)
      .first()
      .waitFor({ timeout: 60_000 });
    await reach(window(), 'network');
    await progress().waitFor({ timeout: 30_000 });
    await window().reload();
    await window()
      .statusBar(/slow: network/)
      .first()
      .waitFor({ timeout: 60_000 });
    await window().page.locator('.notebookOverlay .code-cell-row').first().waitFor({ timeout: 30_000 });
    await reach(window(), 'network');
    await progress().waitFor({ timeout: 30_000 });
    const before = await share();
    for (let look = 0; look < 100 && !((await share()) > before); look++) await window().page.waitForTimeout(200);
    assert.ok((await share()) > before, 'the cell shows how the training goes on');
    await stageOf(window(), 'network').locator('.chart svg path.curve').first().waitFor();
    await window().screenshot('reloaded');
  });

  it('is interrupted from its document, with nothing left behind', async () => {
    await window().page.locator('.notebook-toolbar-container').getByRole('button', { name: 'Interrupt' }).click();
    await window()
      .statusBar(/slow cancelled/)
      .first()
      .waitFor({ timeout: 60_000 });
    await stageOf(window(), 'network').getByText('cancelled').first().waitFor();
    const runs = path.join(window().folder, '.lifecycle/runs');
    const [id = '', ...others] = readdirSync(runs);
    assert.deepEqual(others, []);
    const read = (name: string): unknown => JSON.parse(readFileSync(path.join(runs, id, name), 'utf8'));
    assert.equal((read('record.json') as { status: string }).status, 'cancelled');
    const { pid } = (read('run.json') as { process: { pid: number } }).process;
    for (let look = 0; look < 50 && alive(pid); look++) await window().page.waitForTimeout(100);
    assert.ok(!alive(pid), 'its process is gone');
    assert.equal(readFileSync(path.join(window().folder, 'slow.lifecycle.md'), 'utf8'), slow);
  });
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a workspace that is not trusted', function () {
  this.timeout(180_000);
  const broken =
    'lifecycle: 1\npipeline: broken\nstages:\n  trees:\n    kind: train\n    data: custmers\n    model: linear\n';
  const window = windowFor({ example: 'churn', files: { 'broken.pipeline.yaml': broken }, trust: false });

  it('is checked as one types', async () => {
    await window().activityTab('ML Lifecycle').click();
    await window().openFile('broken.pipeline.yaml');
    await window().page.locator('.squiggly-error').first().waitFor({ timeout: 30_000 });
    await window().screenshot('restricted');
  });

  it('does not offer to run', async () => {
    const input = await window().quickInput('F1');
    await input.fill('>ML Lifecycle: Run Pipeline');
    const offered = window().page.locator('.quick-input-widget .monaco-list-row');
    await offered.first().waitFor();
    assert.deepEqual(await offered.filter({ hasText: 'Run Pipeline' }).allInnerTexts(), []);
  });
});
