import assert from 'node:assert/strict';
import type { StageDetail } from '../../schemas/shown';
import { driftReport, evaluation } from './fixtures';
import { openReport, outputOf } from './report';
import { type Panel, tidyPanels } from './rig';

const inputs = [
  { name: 'tenure', type: 'number' as const, min: 0, max: 72, example: 12, required: true },
  { name: 'contract', type: 'text' as const, categories: ['Month-to-month', 'One year'], example: 'One year' },
];
const model = {
  format: 1 as const,
  kind: 'boosted-trees',
  task: 'binary' as const,
  inputs,
  outputs: [{ name: 'probabilities', type: 'float32' as const, shape: ['N', 2] }],
  servable: true,
  parameters: 1595,
  bytes: 68_000,
  training: { rounds: 55, settings: { leaves: 15 } },
  importance: [
    { feature: 'contract=One year', importance: 0.7 },
    { feature: 'tenure', importance: 0.3 },
  ],
};
const hash = 'a'.repeat(64);
const details: readonly StageDetail[] = [
  {
    kind: 'data',
    columns: 2,
    dataset: {
      format: 1,
      columns: [
        {
          name: 'tenure',
          type: 'number',
          roles: ['feature'],
          min: 0,
          mean: 32,
          max: 72,
          histogram: { edges: [0, 24, 48, 72], counts: [5, 3, 4] },
        },
        { name: 'contract', type: 'text', roles: ['feature'], categories: [{ value: 'One year', count: 9 }] },
      ],
      target: { column: 'churn', task: 'binary', classes: ['No', 'Yes'] },
      rows: { read: 100, kept: 90, steps: [{ step: 'drop-duplicates', removed: 10 }] },
      splits: { train: { rows: 70, classes: [50, 20] }, test: { rows: 20, classes: [15, 5] } },
      expectations: [{ expectation: 'tenure between 0 and 120', passed: true }],
      features: ['tenure', 'contract=One year'],
    },
  } as unknown as StageDetail,
  { kind: 'train', model },
  { kind: 'evaluate', evaluation: evaluation() },
  {
    kind: 'optimize',
    model: {
      ...model,
      optimized: [
        {
          method: 'int8',
          bytes: { before: 90_000, after: 30_000 },
          validation: { before: { auc: 0.84 }, after: { auc: 0.83 } },
        },
      ],
    },
  } as unknown as StageDetail,
  {
    kind: 'package',
    version: 3,
    model,
    bundle: {
      format: 1,
      name: 'churn-classifier',
      task: 'binary',
      digest: hash,
      files: [{ path: 'model.onnx', bytes: 68_000, sha256: hash }],
    },
  } as unknown as StageDetail,
  {
    kind: 'deploy',
    example: { tenure: 12, contract: 'One year' },
    entry: {
      url: 'http://127.0.0.1:8080',
      target: 'local',
      kind: 'local',
      model: 'churn-classifier',
      version: 3,
      action: 'deploy',
      by: 'someone',
    },
  } as unknown as StageDetail,
  { kind: 'monitor', columns: 4, report: driftReport(4) },
];

describe('the results of stages in Chromium', function () {
  this.timeout(120_000);
  tidyPanels();
  let panel: Panel;

  it('have no faults for axe-core in any theme, of any kind of stage', async () => {
    const all = [...details, ...details.filter(({ kind }) => kind === 'train' || kind === 'deploy')];
    const curve = { name: 'loss', steps: [1, 2, 3], values: [0.9, 0.5, 0.4] };
    panel = await openReport(
      // Two of some kinds, too: their parts are called alike.
      ...all.map((detail, index) =>
        outputOf(`stage ${index}`, detail, detail.kind === 'train' ? { metrics: { auc: 0.84 }, series: [curve] } : {}),
      ),
    );
    assert.equal(await panel.page.locator('.lifecycle-stage').count(), all.length);
    assert.equal(await panel.page.getByText(/can't be shown/).count(), 0);
    assert.deepEqual(await panel.faults('results'), []);
  });

  it('mark on the curves of a training where it was kept on disk', async () => {
    const curves = [
      { name: 'device/memory MB', steps: [1.5, 60.2], values: [100, 200] },
      { name: 'loss', steps: [0, 100, 200], values: [0.9, 0.5, 0.4], checkpoints: [50, 150, 900] },
      { name: 'validation/loss', steps: [0, 100, 200], values: [1, 0.6, 0.5], checkpoints: [50, 150, 900] },
      { name: 'auc', steps: [1, 2], values: [0.7, 0.8] },
    ];
    panel = await openReport(outputOf('net', { kind: 'train', model }, { series: curves }));
    const charts = panel.page.locator('.figure.chart');
    assert.equal(await charts.count(), 3);
    // What is sampled of the machine comes last, by the seconds since the stage began.
    await charts.last().getByText('device highest 200 after 60.2 s, last 200.').waitFor();
    assert.ok((await charts.last().innerText()).startsWith('memory MB'));
    // What lies outside the chart has no place in it.
    assert.equal(await charts.first().locator('svg[role=img] .diamond').count(), 2);
    await charts.first().locator('.legend').getByText('checkpoint').waitFor();
    await charts.first().getByText('Kept on disk 3 times, last at step 900.').waitFor();
    assert.equal(await charts.last().locator('.diamond').count(), 0);
    assert.deepEqual(await panel.faults('result-checkpoints'), []);
  });

  it('say of an evaluation what the chosen model looks at', async () => {
    panel = await openReport(outputOf('exam', { kind: 'evaluate', evaluation: evaluation() }));
    const { page } = panel;
    await page.getByRole('group', { name: 'What trees looks at' }).waitFor();
    const rows = page.getByRole('group', { name: 'Permutation importance' }).locator('tbody tr');
    assert.equal(await rows.count(), 12);
    assert.match((await rows.first().textContent()) ?? '', /contract0\.156 ± 0\.003/);
    await page.getByText('1,000 rows of validation, 5 shuffles').waitFor();
    await page.getByRole('group', { name: 'Mean |SHAP|' }).waitFor();
    assert.equal(await page.locator('img').count(), 0);
    await panel.screenshot('result-explanation');
  });

  it('tell trees that were kept from those that were asked for', async () => {
    const trained = { ...model, training: { rounds: 46, trees: 26, settings: { trees: 300, leaves: 15 } } };
    panel = await openReport(outputOf('trees', { kind: 'train', model: trained }));
    const words = await panel.page.locator('.lifecycle-stage').innerText();
    assert.match(words, /trees\s+26\b[^]*trees \(setting\)\s+300\b/);
  });

  it('show of a regression what was true over what was predicted, and the means of its tenths', async () => {
    const predicted = Array.from({ length: 500 }, (_, i) => 50_000 + 1_000 * i);
    const actual = predicted.map((value, i) => value * (1 + 0.3 * Math.sin(i)));
    const tenths = Array.from({ length: 10 }, (_, i) => {
      const mean = predicted.slice(50 * i, 50 * i + 50).reduce((a, b) => a + b / 50, 0);
      return { predicted: mean, observed: 1.1 * mean, count: 300 };
    });
    const test = {
      rows: 3_000,
      metrics: { rmse: 61_000, mae: 48_000, r2: 0.8 },
      residuals: { edges: [-2e5, -1e5, 0, 1e5, 2e5], counts: [100, 1_400, 1_300, 200] },
      scatter: { predicted, actual },
      tenths,
    };
    const all = {
      ...evaluation(),
      task: 'regression' as const,
      classes: undefined,
      fairness: undefined,
      best: 'trees',
      candidates: [{ name: 'trees', kind: 'boosted-trees', splits: { test } }],
    } as unknown as Extract<StageDetail, { kind: 'evaluate' }>['evaluation'];
    panel = await openReport(outputOf('price', { kind: 'evaluate', evaluation: all }));
    const figure = panel.page.locator('figure').filter({ hasText: 'Predicted and actual' });
    await figure
      .getByText('500 of 3,000 rows, what was true upwards; on the dotted line predictions are right')
      .waitFor();
    assert.equal(await figure.locator('svg[role=img] circle.cloud').count(), 500);
    assert.equal(await figure.locator('svg[role=img] circle.hue-1').count(), 10);
    // Both axes are alike, so that the diagonal is where predictions are right.
    const middle = figure.locator('svg[role=img] circle.cloud').nth(0);
    const at = async (name: string) => Number(await middle.getAttribute(name));
    assert.ok(
      (await at('cx')) < 120 && (await at('cy')) > 100,
      'a small prediction that came true is at the lower left',
    );
    assert.deepEqual(await panel.faults('result-regression'), []);
    await panel.screenshot('result-regression');
  });

  it('show what is not finite in an explanation as a word', async () => {
    const all = evaluation();
    const bars = [
      { column: 'a', importance: Infinity, deviation: NaN },
      { column: 'b', importance: NaN, deviation: Infinity },
      { column: 'c', importance: -1e300, deviation: 1e-300 },
      { column: 'd', importance: 0, deviation: 0 },
    ];
    Object.assign(all.candidates[0]!.explanation!, { permutation: bars, shap: undefined, score: NaN });
    const output = outputOf('exam', { kind: 'evaluate', evaluation: all });
    panel = await openReport(output);
    const rows = panel.page.getByRole('group', { name: 'Permutation importance' }).locator('tbody tr');
    assert.deepEqual(await rows.locator('td.figures').allTextContents(), [
      '∞ ± NaN',
      'NaN ± ∞',
      '-1.00e+300 ± 1.00e-300',
      '0 ± 0',
    ]);
    assert.equal(
      await panel.page.locator('[width="NaN"], [x1="NaN"], [x1="Infinity"], [x="NaN"], [x="-Infinity"]').count(),
      0,
    );
  });
});
