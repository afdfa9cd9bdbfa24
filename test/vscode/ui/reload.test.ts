import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { windowFor } from './rig';

// A network that takes a good while: 400 epochs on a few thousand rows.
const slow = `lifecycle: 1
pipeline: slow
stages:
  customers:
    kind: data
    source: data/telco-churn.csv
    target: { column: churn, positive: 'Yes' }
  network:
    kind: train
    data: customers
    model:
      kind: network
      layers:
        - dense: { units: 256, activation: relu }
        - dense: { units: 256, activation: relu }
    training: { epochs: 400, batch-size: 32 }
`;

describe('a run and the window', function () {
  this.timeout(180_000);
  const window = windowFor({ example: 'churn', files: { 'slow.pipeline.yaml': slow } });

  it('goes on when the window is reloaded, and is followed again', async () => {
    await window().activityTab('ML Lifecycle').click();
    await window().openFile('slow.pipeline.yaml');
    await window().run('ML Lifecycle: Run Pipeline');
    await window()
      .statusBar(/slow: network/)
      .first()
      .waitFor({ timeout: 60_000 });
    await window().reload();
    await window()
      .statusBar(/slow: network/)
      .first()
      .waitFor({ timeout: 60_000 });
    await window().activityTab('ML Lifecycle').click();
    await window().screenshot('reloaded');
  });

  it('is cancelled from the palette, with nothing left behind', async () => {
    await window().run('ML Lifecycle: Cancel Run');
    await window()
      .statusBar(/slow cancelled/)
      .first()
      .waitFor({ timeout: 60_000 });
    const runs = path.join(window().folder, '.lifecycle/runs');
    const [id = '', ...others] = readdirSync(runs);
    assert.deepEqual(others, []);
    assert.equal(JSON.parse(readFileSync(path.join(runs, id, 'record.json'), 'utf8')).status, 'cancelled');
  });
});

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
