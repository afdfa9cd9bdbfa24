import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repository, windowFor, type Window } from './rig';

/** Waits until some page inside the window shows a text. */
async function shown(window: Window, text: string): Promise<void> {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    const texts = await Promise.all(
      window.page.frames().map((frame) => frame.evaluate(() => document.body.innerText).catch(() => '')),
    );
    if (texts.some((each) => each.includes(text))) return;
    await window.page.waitForTimeout(250);
  }
  assert.fail(`Nothing in the window says "${text}"`);
}

describe('the churn example in the editor', () => {
  const tasks = {
    version: '2.0.0',
    tasks: [{ type: 'lifecycle', label: 'train it', pipeline: 'churn.pipeline.yaml', problemMatcher: ['$lifecycle'] }],
  };
  const window = windowFor({ open: 'churn.pipeline.yaml', files: { '.vscode/tasks.json': JSON.stringify(tasks) } });

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
    // The panel was open all the time: what was evaluated meanwhile is there.
    await window().sideWebview().getByRole('tab', { name: 'Evaluation' }).click();
    await window().sideWebview().getByText('Confusion matrix').first().waitFor({ timeout: 20_000 });
    await window().sideWebview().getByRole('tab', { name: 'Curves' }).click();
  });

  it('has left a run folder and a model behind', async () => {
    const runs = readdirSync(path.join(window().folder, '.lifecycle/runs'));
    assert.equal(runs.length, 1);
    await window().tree('Models & Deployments').filter({ hasText: 'churn-classifier' }).first().waitFor();
  });

  it('does not seem to run any more when it was over at once', async function () {
    this.timeout(120_000);
    for (let round = 2; round < 4; round++) {
      await window().run('ML Lifecycle: Run Pipeline');
      await window()
        .tree('Runs')
        .nth(round - 1)
        .waitFor({ timeout: 30_000 });
      const followed = window()
        .sideWebview()
        .locator('.runs, .choice, button')
        .filter({ hasText: /^churn · / })
        .first();
      await followed.filter({ hasNotText: 'running' }).waitFor({ timeout: 30_000 });
      await window().tree('Runs').locator('.codicon-sync').waitFor({ state: 'detached', timeout: 30_000 });
    }
  });

  it('is walked in its trees by keyboard alone, with what their rows offer', async function () {
    this.timeout(120_000);
    const { page } = window();
    await window().walkTree('Pipelines', 'network');
    await page.keyboard.press('Enter');
    await page.locator('.editor-instance .view-line').filter({ hasText: 'network:' }).first().waitFor();
    await window().walkTree('Pipelines', 'customers');
    await window().chooseByKeyboard('Run Stage');
    await window().tree('Runs').nth(3).waitFor({ timeout: 30_000 });
    await window().walkTree('Runs', /churn/);
    await window().screenshot('trees-by-keyboard');
    await window().chooseByKeyboard('Show Run');
    await page
      .locator('.tabs-container .tab.active')
      .filter({ hasText: /log|run/i })
      .first()
      .waitFor({ timeout: 30_000 });
    await window().walkTree('Models & Deployments', 'Version 1');
    await window().chooseByKeyboard('Open Model Card');
    await page
      .locator('.tabs-container .tab.active')
      .filter({ hasText: /card|preview/i })
      .first()
      .waitFor({ timeout: 30_000 });
    await window().run('View: Close All Editors');
  });

  it('is started as a task of tasks.json by Run Task, and goes on to its end', async function () {
    this.timeout(120_000);
    const listed = window().page.locator('.quick-input-widget .monaco-list-row').filter({ hasText: 'train it' });
    // VS Code shows no list while its own tasks are not known yet, with or without our extension: asked again, it does.
    for (let attempt = 0; attempt < 5 && !(await listed.first().isVisible()); attempt++) {
      await window().run('Tasks: Run Task');
      await listed
        .first()
        .waitFor({ timeout: 8_000 })
        .catch(() => undefined);
    }
    await window().pick('train it');
    await window().tree('Runs').nth(4).waitFor({ timeout: 60_000 });
    await window()
      .page.locator('.statusbar-item')
      .filter({ hasText: 'churn' })
      .locator('.codicon-check')
      .waitFor({ timeout: 60_000 });
  });

  it('deploys it from the palette, and opens the form that tries it', async function () {
    this.timeout(120_000);
    await window().run('ML Lifecycle: Deploy Model…');
    await window().pick('churn-classifier version 1');
    await window().pick('local');
    const deployed = window().tree('Models & Deployments').filter({ hasText: 'local' }).first();
    await deployed.filter({ hasText: 'churn-classifier 1' }).waitFor({ timeout: 60_000 });
    await window().run('ML Lifecycle: Try It');
    await shown(window(), 'Predictions of churn-classifier for rows.');
    await window().run('ML Lifecycle: Compare with Live');
    await window().pick('churn-classifier version 1');
    await window().run('Notifications: Show Notifications');
    await window().page.getByText('is itself what is live').first().waitFor();
  });

  it('lets another version take over by a canary, and compares the two', async function () {
    this.timeout(120_000);
    const file = path.join(window().folder, 'churn.pipeline.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('seed: 7', 'seed: 8'));
    const cli = path.join(repository, 'dist/cli.js');
    execFileSync(process.execPath, [cli, 'run', '--to', 'bundle'], { cwd: window().folder, stdio: 'pipe' });
    const tree = window().tree('Models & Deployments');
    await tree.filter({ hasText: 'Version 2' }).waitFor({ timeout: 30_000 });
    await window().run('ML Lifecycle: Deploy Model…');
    await window().pick('churn-classifier version 2');
    await window().pick('local');
    await window().pick('Canary');
    await tree.filter({ hasText: 'canary of 2' }).waitFor({ timeout: 60_000 });
    await tree.filter({ hasText: '10 %' }).waitFor();
    const url: RegExpExecArray | null = /http:\/\/127\.0\.0\.1:\d+/.exec(
      (await tree.filter({ hasText: 'local' }).first().getAttribute('aria-label')) ?? '',
    );
    assert.ok(url, 'the address of the server is shown');
    const { inputs } = JSON.parse(
      readFileSync(path.join(window().folder, '.lifecycle/registry/churn-classifier/versions/1/example.json'), 'utf8'),
    ) as { inputs: { name: string; data: unknown[] }[] };
    const row = Object.fromEntries(inputs.map(({ name, data }) => [name, data[0]]));
    for (let tenure = 0; tenure < 72; tenure++) {
      const answer: Response = await fetch(`${url[0]}/predict`, {
        method: 'POST',
        body: JSON.stringify({ rows: [{ ...row, tenure }] }),
      });
      assert.equal(answer.status, 200);
    }
    await window().run('ML Lifecycle: Promote');
    await tree.filter({ hasText: 'Version 2' }).filter({ hasText: 'live on local' }).waitFor({ timeout: 30_000 });
    await window().run('ML Lifecycle: Compare with Live');
    await window().pick('churn-classifier version 1');
    await shown(window(), 'are predicted differently');
    await window().screenshot('compare-with-live');
    await window().run('ML Lifecycle: Roll Back…');
    await window().answer('a trial');
    await tree.filter({ hasText: 'Version 1' }).filter({ hasText: 'live on local' }).waitFor({ timeout: 30_000 });
    await window().run('Notifications: Show Notifications');
    await window().page.getByText('churn-classifier version 1 is live on local again').first().waitFor();
    await window().page.keyboard.press('Escape');
  });

  it('looks after versions: an alias, a note, a comparison, and a deletion that says what it means', async function () {
    this.timeout(120_000);
    const tree = window().tree('Models & Deployments');
    const version = (number: number) => tree.filter({ hasText: `Version ${number}` });
    await window().run('ML Lifecycle: Give Alias…');
    await window().pick('churn-classifier version 1');
    await window().pick('candidate');
    await version(1).filter({ hasText: 'candidate' }).waitFor({ timeout: 30_000 });
    await window().walkTree('Models & Deployments', 'Version 1');
    await window().chooseByKeyboard('Write Note…');
    await window().answer('the one before the merger');
    await window().run('ML Lifecycle: Compare Versions…');
    await window().pick('churn-classifier version 2');
    await window().pick('Version 1');
    await shown(window(), 'churn-classifier: version 1 and version 2');
    await window().screenshot('compare-versions');
    await window().walkTree('Models & Deployments', 'Version 2');
    await window().chooseByKeyboard('Delete Version…');
    const dialog = window().page.locator('.monaco-dialog-box');
    await dialog.getByText('go for good. Its number is not given again').waitFor({ timeout: 30_000 });
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await version(2).waitFor({ state: 'detached', timeout: 30_000 });
  });

  it('keeps the panels within their content security policy', () => {
    assert.deepEqual(window().complaints.csp, []);
  });
});
