import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { toDocument } from '../../../lifecycle/pipeline/convert';
import { repository, themes, windowFor, type Window } from './rig';

const stageOf = (window: Window, name: string) =>
  window.webview().locator(`.lifecycle-stage[aria-label^="Result of ${name}:"]`);

/** Runs all cells and waits until the status bar says that the run is over. */
async function runAll(window: Window, pipeline: string): Promise<void> {
  await window.run('Notebook: Run All');
  await window.statusBar(new RegExp(pipeline)).first().waitFor({ timeout: 60_000 });
  await window.page
    .locator('.statusbar-item')
    .filter({ hasText: pipeline })
    .locator('.codicon-check')
    .waitFor({ timeout: 150_000 });
}

/** Scrolls the notebook until a stage's result is built and in view. */
async function reach(window: Window, stage: string): Promise<void> {
  const list = window.page.locator('.notebookOverlay .cell-list-container').first();
  const found = stageOf(window, stage);
  for (let attempt = 0; attempt < 400; attempt++) {
    const box = (await found.count()) > 0 ? await found.first().boundingBox() : null;
    if (box && box.y > 60 && box.y < 500) return;
    const where = await list.boundingBox();
    assert.ok(where);
    // Over the prose at the left edge: a result under the pointer would scroll itself.
    await window.page.mouse.move(where.x + 12, where.y + where.height / 2);
    const by = box ? (box.y <= 60 ? -300 : Math.min(box.y - 150, 500)) : attempt % 130 === 10 ? -100_000 : 700;
    await window.page.mouse.wheel(0, by);
    await window.page.waitForTimeout(150);
  }
  assert.fail(`The result of ${stage} did not come into view`);
}

async function pictures(window: Window, stage: string, name: string): Promise<void> {
  for (const theme of themes) {
    await window.setTheme(theme);
    await window.page.waitForTimeout(400);
    await reach(window, stage);
    await window.screenshot(`${name}-${theme}`);
  }
  await window.setTheme('dark');
}

describe('the lifecycle document', function () {
  this.timeout(240_000);
  const window = windowFor({ example: 'diamonds', theme: 'dark' });

  it('opens as a notebook', async () => {
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
    await window().screenshot('notebook-evaluate');
  });

  it('leaves the file as it is', () => {
    const name = 'diamonds.lifecycle.md';
    assert.equal(
      readFileSync(path.join(window().folder, name), 'utf8'),
      readFileSync(path.join(repository, 'examples/diamonds', name), 'utf8'),
    );
  });

  it('keeps within the content security policy', () => {
    assert.deepEqual(window().complaints.csp, []);
  });
});

describe('a document that was run in a terminal', function () {
  this.timeout(240_000);
  const window = windowFor({ example: 'diamonds', theme: 'dark' });

  it('shows the results when it is opened for the first time', async () => {
    const cli = path.join(repository, 'dist/cli.js');
    execFileSync(process.execPath, [cli, 'run', 'diamonds.lifecycle.md'], { cwd: window().folder, stdio: 'ignore' });
    await window().openFile('diamonds.lifecycle.md');
    await window().page.locator('.notebookOverlay .code-cell-row').first().waitFor({ timeout: 30_000 });
    await reach(window(), 'stones');
    await stageOf(window(), 'stones').getByText('53,940').first().waitFor();
    await window().screenshot('result-of-terminal');
  });

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
    const cli = path.join(repository, 'dist/cli.js');
    const shown = execFileSync(process.execPath, [cli, 'show', '--json'], { cwd: window().folder, encoding: 'utf8' });
    const { stages } = JSON.parse(shown.trim().split('\n').at(-1) ?? '') as {
      stages: { name: string; state: string }[];
    };
    const states = new Map(stages.map(({ name, state }) => [name, state]));
    assert.deepEqual([states.get('stones'), states.get('trees')], ['reused', 'succeeded']);
  });

  it('takes a stage from a template below the active cell', async () => {
    await window().run('ML Lifecycle: Add Stage');
    await window().pick('optimize');
    const added = cellOf('kind: optimize');
    await added.locator('.view-line').first().waitFor({ timeout: 30_000 });
    await window().page.keyboard.type('smaller');
    await added.getByText('smaller').first().waitFor();
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

describe('the renderer of a result', function () {
  const window = windowFor({ example: null, tab: null, theme: 'dark' });
  const evil = `<img src=x onerror="globalThis.ran = true"><script>globalThis.ran = true</script>`;
  const base = {
    format: 1,
    stage: evil,
    kind: 'train',
    state: 'succeeded',
    metrics: { [evil]: 'NaN', loss: 'Infinity', other: '-Infinity', gone: null, fine: 0.5 },
    run: 'r1',
    when: 'not a time',
    series: [],
  };
  const column = { name: evil, type: 'number', roles: ['feature'] };
  const outputs: Record<string, object> = {
    empty: { ...base, metrics: {} },
    'broken curves': {
      ...base,
      series: [
        { name: 'loss', steps: [1, 2, 3, 4], values: [1, 'NaN', 'Infinity', 0.5] },
        { name: `validation/${evil}`, steps: [1, 2], values: ['NaN', 'NaN'] },
        { name: 'one', steps: [1], values: [3] },
      ],
      detail: {
        kind: 'train',
        model: {
          format: 1,
          kind: evil,
          task: 'binary',
          inputs: [],
          outputs: [],
          servable: true,
          training: { deep: { deeper: { [evil]: [evil] } } },
          importance: [
            { feature: evil, importance: 'NaN' },
            { feature: 'b', importance: 0 },
          ],
        },
      },
    },
    'many columns': {
      ...base,
      kind: 'data',
      detail: {
        kind: 'data',
        columns: 5000,
        dataset: {
          format: 1,
          features: [],
          splits: { train: { rows: 0, classes: [0, 0] } },
          target: { column: evil, task: 'binary', classes: [evil, 'b'] },
          rows: { read: 0, kept: 0, steps: [{ step: evil, removed: 0 }] },
          expectations: [{ expectation: evil, passed: false, broken: 3 }],
          columns: [
            { ...column, histogram: { edges: [0, 0], counts: ['NaN'] }, min: null, mean: 'NaN', max: 'Infinity' },
            { ...column, type: 'text', categories: [{ value: evil, count: 1 }] },
            ...Array.from({ length: 900 }, (_, index) => ({ ...column, name: `c${index}` })),
          ],
        },
      },
    },
    'empty evaluation': {
      ...base,
      kind: 'evaluate',
      detail: {
        kind: 'evaluate',
        evaluation: {
          format: 1,
          task: 'binary',
          classes: [evil],
          best: evil,
          'chosen-by': { metric: evil, split: 'validation' },
          candidates: [
            {
              name: evil,
              kind: evil,
              splits: {
                validation: {
                  rows: 0,
                  metrics: { [evil]: 'NaN' },
                  confusion: [
                    [0, 0],
                    [0, 0],
                  ],
                  roc: { x: ['NaN'], y: ['NaN'], thresholds: [] },
                  calibration: [{ predicted: 'NaN', observed: 'NaN', count: 0 }],
                  residuals: { edges: [], counts: [0] },
                },
              },
              explanation: {
                split: evil,
                rows: 0,
                metric: evil,
                score: 'NaN',
                repeats: 1,
                permutation: [
                  { column: evil, importance: 'NaN', deviation: 'Infinity' },
                  ...Array.from({ length: 200 }, () => ({ column: evil, importance: 0, deviation: 0 })),
                ],
                shap: { rows: 0, unit: evil, features: [{ feature: evil, mean: 'NaN', direction: 'NaN' }] },
              },
            },
          ],
          gates: [{ metric: evil, value: null, bound: evil, passed: false }],
          fairness: [
            { attribute: evil, groups: [{ group: evil, rows: 0, metrics: { a: null } }], gaps: { [evil]: null } },
          ],
        },
      },
    },
    'odd address': {
      ...base,
      kind: 'deploy',
      detail: {
        kind: 'deploy',
        entry: {
          url: 'javascript:alert(1)',
          target: evil,
          kind: 'local',
          model: evil,
          version: 1,
          action: 'deploy',
          by: evil,
        },
      },
    },
    'torn detail': { ...base, kind: 'monitor', detail: { kind: 'monitor', columns: 1, report: { verdict: 'drift' } } },
    failed: {
      ...base,
      state: 'failed',
      error: { message: evil, hint: evil, file: 'a.yaml', line: 3, details: Array.from({ length: 500 }, () => evil) },
    },
    running: { ...base, state: 'running', fraction: 0.4, doing: evil, metrics: {} },
    waiting: { ...base, state: 'waiting', waitsFor: [evil], metrics: {} },
    lost: { ...base, state: 'lost', metrics: {} },
    newer: { format: 2 },
    nothing: [],
  };

  it('shows bad data as text, keeps to a strict policy, and stays low', async () => {
    const page = await window().page.context().newPage();
    const said: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') said.push(message.text());
    });
    page.on('pageerror', (error) => said.push(String(error)));
    const code = readFileSync(path.join(repository, 'dist/webviews/renderer.js'), 'utf8');
    const start = `import { activate } from './renderer.js';
      const { renderOutputItem } = activate();
      for (const [name, output] of Object.entries(${JSON.stringify(outputs).replaceAll('<', '\\u003c')})) {
        const place = document.createElement('div');
        place.dataset.name = name;
        document.body.append(place);
        for (let time = 0; time < 2; time++) renderOutputItem({ json: () => output }, place);
      }
      document.body.dataset.done = '1';`;
    const policy = `default-src 'none'; script-src http://renderer.test; style-src 'none'; require-trusted-types-for 'script'`;
    await page.route('http://renderer.test/**', (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname.endsWith('.js'))
        return route.fulfill({ contentType: 'text/javascript', body: pathname === '/start.js' ? start : code });
      return route.fulfill({
        contentType: 'text/html',
        body: `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><body class="vscode-dark"><script type="module" src="/start.js"></script>`,
      });
    });
    await page.goto('http://renderer.test/');
    await page.locator('body[data-done]').waitFor({ timeout: 20_000 });
    assert.deepEqual(said, []);
    assert.equal(await page.locator('img, .lifecycle-stage script, [style]').count(), 0);
    assert.equal(await page.evaluate(() => 'ran' in globalThis), false);
    assert.equal(await page.locator('a').count(), 0);
    for (const name of Object.keys(outputs)) {
      const cell = page.locator(`[data-name="${name}"]`);
      assert.ok(((await cell.boundingBox())?.height ?? 0) > 15, `${name} shows nothing`);
      assert.ok(((await cell.boundingBox())?.height ?? 0) <= 610, `${name} is too tall`);
      const paths = await cell.locator('svg *').evaluateAll((all) => all.map((each) => each.outerHTML).join());
      assert.doesNotMatch(paths.replace(/<title>.*?<\/title>|>[^<]*</gs, ''), /NaN|Infinity|undefined/, name);
    }
    await page.locator('[data-name="empty"]').getByText(evil).first().waitFor();
    const many = page.locator('[data-name="many columns"]');
    assert.ok((await many.locator('tr').count()) < 130);
    await many.getByRole('button', { name: 'Show all 902' }).click();
    assert.ok((await many.locator('tr').count()) > 900);
    assert.match((await page.locator('[data-name="torn detail"]').textContent()) ?? '', /can't be shown/);
    await page.screenshot({ path: path.join(repository, 'out/screenshots/result-bad-data.png'), fullPage: true });
    await page.close();
  });
});
