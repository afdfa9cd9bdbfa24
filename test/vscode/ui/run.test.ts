import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { windowFor } from './rig';

describe('the churn example in the editor', () => {
  const window = windowFor({ open: 'churn.pipeline.yaml' });

  it('runs from the command palette to its end', async function () {
    this.timeout(180_000);
    await window().activityTab('ML Lifecycle').click();
    await window().tree('Pipelines').filter({ hasText: 'customers' }).waitFor();
    await window().run('ML Lifecycle: Run Pipeline');
    await window()
      .statusBar(/churn: \w+/)
      .waitFor({ timeout: 30_000 });
    await window().tree('Runs').filter({ hasText: 'churn' }).first().waitFor();
    await window().sideWebview().getByText('succeeded').first().waitFor({ timeout: 120_000 });
    await window().screenshot('run-churn');
  });

  it('has left a run folder and a model behind', async () => {
    const runs = readdirSync(path.join(window().folder, '.lifecycle/runs'));
    assert.equal(runs.length, 1);
    await window().tree('Models & Deployments').filter({ hasText: 'churn-classifier' }).first().waitFor();
  });

  it('keeps the panels within their content security policy', () => {
    assert.deepEqual(window().complaints.csp, []);
  });
});
