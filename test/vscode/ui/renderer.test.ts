import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repository, windowFor } from './rig';

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
