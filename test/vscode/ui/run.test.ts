import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { windowFor } from './rig';

describe('running the churn example by the palette', function () {
  this.timeout(180_000);
  const window = windowFor({ example: 'churn' });

  it('shows the pipeline and its stages', async () => {
    await window().activityTab('ML Lifecycle').click();
    await window().openFile('churn.pipeline.yaml');
    await window().tree('Pipelines').filter({ hasText: 'customers' }).first().waitFor({ timeout: 20_000 });
    await window().screenshot('pipeline');
  });

  it('runs and deploys, with live progress', async () => {
    await window().run('ML Lifecycle: Run and Deploy');
    await window().statusBar(/churn/).first().waitFor({ timeout: 30_000 });
    await window().sideWebview().locator('.word.running').waitFor({ timeout: 30_000 });
    await window().screenshot('running');
    await window().sideWebview().locator('.word.succeeded').waitFor({ timeout: 120_000 });
    await window().screenshot('finished');
  });

  it('serves the model that the tree shows as live', async () => {
    const row = window().tree('Models & Deployments').filter({ hasText: 'http://127.0.0.1' }).first();
    await row.waitFor({ timeout: 20_000 });
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec((await row.textContent()) ?? '')?.[0] ?? '';
    const answer = await fetch(`${url}/v2/health/ready`);
    assert.equal(answer.status, 200);
  });

  it('leaves one run on disk that says how it went', () => {
    const runs = path.join(window().folder, '.lifecycle/runs');
    const [id = ''] = readdirSync(runs);
    const record = JSON.parse(readFileSync(path.join(runs, id, 'record.json'), 'utf8'));
    assert.equal(record.status, 'succeeded');
  });

  it('opens the metrics as an editor', async () => {
    await window().run('ML Lifecycle: Open Metrics');
    await window().webview().getByRole('heading', { name: 'loss' }).waitFor({ timeout: 20_000 });
    for (const theme of ['dark', 'light', 'hc-dark', 'hc-light'] as const) {
      await window().setTheme(theme);
      await window().page.waitForTimeout(700);
      await window().screenshot(`metrics-${theme}`);
    }
    assert.deepEqual(window().complaints.csp, []);
  });
});
