import assert from 'node:assert/strict';
import type { TuneRecord } from '../../schemas/generated/types';
import { validateTune } from '../../schemas/generated/validators';
import { slimTune } from '../../lifecycle/report/detail';
import { liveSearch } from '../../lifecycle/report/search';
import type { StageSummary } from '../../lifecycle/store/summary';
import type { StageOutput } from '../../webviews/protocol';
import { random } from '../rigs/random';
import { metricsState } from './fixtures';
import { Panel, tidyPanels } from './rig';
import { draw, openRenderer } from './renderer';
import { openReport, outputOf } from './report';

/** A search of 60 trials: the learning rate counts, `l2` is there for one optimizer only; some trials stopped, one failed. */
function search(more: Partial<TuneRecord> = {}): TuneRecord {
  const next = random(11);
  const trials = Array.from({ length: 60 }, (_, index): TuneRecord['trials'][number] => {
    const rate = Number((10 ** (-4 + 3 * next())).toPrecision(3));
    const kind = next() < 0.5 ? 'adam' : 'sgd';
    const values = {
      'training.optimizer.learning-rate': rate,
      'training.optimizer.kind': kind,
      'model.layers.0.dense.units': 16 + Math.floor(200 * next()),
      ...(kind === 'sgd' && { 'training.optimizer.momentum': next() }),
    };
    if (index === 9)
      return { trial: 10, state: 'failed', values, error: 'The loss is not finite <img src=x onerror=alert(1)>.' };
    const score = 0.85 - 0.05 * Math.abs(Math.log10(rate) + 2.5) + 0.01 * next();
    const stopped = index % 3 === 1;
    return {
      trial: index + 1,
      state: stopped ? 'stopped' : 'finished',
      values,
      score,
      steps: stopped ? 3 : 30,
      readings: [[3, score]],
    };
  });
  const whole = trials.filter(({ state }) => state === 'finished');
  const best = whole.reduce((a, b) => ((b.score ?? 0) > (a.score ?? 0) ? b : a));
  const record: TuneRecord = {
    format: 1,
    search: 'tpe',
    pruning: 'asha',
    metric: 'auc',
    better: 'higher',
    seed: 7,
    parallel: 2,
    most: 30,
    space: [
      { path: 'training.optimizer.learning-rate', type: 'number', low: 1e-4, high: 0.1, log: true, importance: 0.8 },
      { path: 'training.optimizer.kind', type: 'choice', values: ['adam', 'sgd'], importance: 0.02 },
      { path: 'training.optimizer.momentum', type: 'number', low: 0, high: 1, importance: 0.03 },
      { path: 'model.layers.0.dense.units', type: 'integer', low: 16, high: 216, importance: 0.15 },
    ],
    trials,
    best: best.trial,
    steps: 1200,
    ...more,
  };
  assert.ok(validateTune(record), JSON.stringify(validateTune.errors));
  return record;
}

const trained = (tune: TuneRecord) =>
  outputOf('train', {
    kind: 'train',
    model: { format: 1, kind: 'network', task: 'binary', inputs: [], outputs: [], servable: true },
    tune: slimTune(tune),
  });

/** The stage of {@link search} while its last trial runs. */
function searching(count: number): StageOutput {
  const stage: StageSummary = { name: 'train', kind: 'train', after: [], state: 'running', metrics: {}, series: {} };
  let lead = -Infinity;
  stage.trials = search()
    .trials.slice(0, count)
    .map(({ error, readings: _, ...trial }, index) => {
      const common = { trial: trial.trial, values: trial.values, metric: 'auc' };
      if (index === count - 1) return { ...common, state: 'running' };
      const best = trial.state === 'finished' && trial.score! > lead;
      if (best) lead = trial.score!;
      return { ...trial, metric: 'auc', ...(best && { best }), ...(error && { message: error }) };
    });
  return {
    format: 1,
    stage: 'train',
    kind: 'train',
    state: 'running',
    fraction: 0.6,
    doing: `trial ${count - 1} of 60`,
    metrics: {},
    run: '20261103-101500-abcdef',
    when: '2026-11-03T10:15:00.000Z',
    series: [{ name: 'best/auc', steps: [1, 2], values: [0.8, 0.81] }],
    search: liveSearch(stage)!,
  };
}

describe('a search in Chromium', function () {
  this.timeout(120_000);
  tidyPanels();
  let panel: Panel;

  it('says how it went, draws it and lists its trials, the best first', async () => {
    const record = search();
    panel = await openReport(trained(record));
    const { page } = panel;
    const best = record.trials.find(({ trial }) => trial === record.best)!;
    const says = await page.getByRole('group', { name: 'Search' }).locator('p.says').first().textContent();
    assert.match(
      says!,
      /^60 trials by tpe, judged by auc on the validation split; asha stopped 20, 1 failed\. Trial \d+ is best: auc 0\.8\d+\. 1,200 steps in all\.$/,
    );
    assert.equal(await page.locator('path.trial').count(), 59, 'a failed trial has no place');
    assert.equal(await page.locator('path.trial.best').count(), 1);
    assert.equal(await page.locator('path.trial.faint').count(), 20);
    const rows = page.getByRole('group', { name: 'Trials of the search' }).locator('tbody tr');
    assert.equal(await rows.count(), 20);
    assert.equal(await rows.first().locator('th').textContent(), `★ ${best.trial}`);
    assert.deepEqual(await panel.faults('tune'), []);
    await page.getByRole('button', { name: 'Show all 60' }).click();
    assert.match((await rows.last().textContent())!, /^10✗ failed.*The loss is not finite <img/);
    const shares = page.getByRole('group', { name: 'Share of each setting' }).locator('tbody th');
    assert.deepEqual(await shares.allTextContents(), [
      'training.optimizer.learning-rate',
      'model.layers.0.dense.units',
      'training.optimizer.momentum',
      'training.optimizer.kind',
    ]);
  });

  it('shows what there is of a search that came to nothing, or of one trial', async () => {
    panel = await openReport(
      trained(search({ trials: [], best: undefined as never })),
      trained(search({ trials: search().trials.slice(9, 10), best: undefined as never })),
      trained(search({ trials: search().trials.slice(0, 1), best: 1 })),
    );
    const says = await panel.page.locator('section[aria-label="Search"] > p.says').allTextContents();
    assert.match(says[0]!, /^0 trials by tpe.* None came to its end\./);
    assert.match(says[1]!, /^1 trial by tpe.*1 failed\. None came to its end\./);
    assert.match(says[2]!, /Trial 1 is best/);
    assert.equal(await panel.page.locator('path.trial').count(), 0);
  });

  it('is drawn while it goes on, and keeps what was unfolded when trials come', async () => {
    panel = await openRenderer(searching(1), [], { height: 1_000 });
    const { page } = panel;
    const rows = page.getByRole('group', { name: 'Trials of the search' }).locator('tbody tr');
    const says = page.getByRole('group', { name: 'Search' }).locator('p.says').first();
    assert.equal(await says.textContent(), '1 trial so far, judged by auc; 1 running.');
    await draw(panel, searching(40));
    assert.match(
      (await says.textContent())!,
      /^40 trials so far, judged by auc; 1 running, 13 stopped, 1 failed\. Trial \d+ is best so far: auc 0\.8/,
    );
    assert.match((await rows.first().textContent())!, /^40◐ running/);
    assert.equal(await page.locator('path.trial.best').count(), 1);
    await page.getByRole('button', { name: 'Show all 40' }).click();
    await draw(panel, searching(41));
    assert.equal(await rows.count(), 41);
    assert.equal(await page.getByText('Show all').count(), 0);
    assert.deepEqual(await panel.faults('tune-live'), []);
  });

  it('stands above the parameters in the metrics panel', async () => {
    panel = await Panel.open('metrics', { height: 900 });
    const state = metricsState(['run-a']);
    const few = search({ trials: search().trials.slice(0, 6), best: 6 });
    await panel.send({
      type: 'state',
      state: { ...state, searches: [{ run: 'run-a', stage: 'network', tune: few }] },
    });
    await panel.page.getByRole('tab', { name: 'Parameters' }).click();
    await panel.settle();
    assert.equal(await panel.page.locator('details.search[open] path.trial').count(), 6);
    await panel.screenshot('metrics-search');
  });
});

describe('a search that is sent', () => {
  it('keeps the best trial when it is too large to send whole', () => {
    const trials = Array.from({ length: 3_000 }, (_, index) => ({
      trial: index + 1,
      state: 'finished' as const,
      values: {},
      score: index,
      readings: [[1, 2] as [number, number]],
    }));
    const slim = slimTune(search({ trials, best: 2_999 }));
    assert.equal(slim.trials.length, 1_001);
    assert.equal(slim.trials.at(-1)?.trial, 2_999);
    assert.ok(slim.trials.every((trial) => !('readings' in trial)));
  });
});
