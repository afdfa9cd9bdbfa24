import assert from 'node:assert/strict';
import type { DriftReport } from '../../schemas/generated/types';
import { layered } from '../../webviews/graph/layout';
import { driftReport, runState } from './fixtures';
import { bundleOf, kits, Panel, tidyPanels, withLongNames } from './rig';
import { gzipSync } from 'node:zlib';

describe('the drift report in Chromium', function () {
  this.timeout(120_000);
  tidyPanels();
  let panel: Panel;
  const show = (report: DriftReport | undefined, more = {}) =>
    panel.send({
      type: 'state',
      state: {
        reports: [{ id: 'a', label: 'churn watch' }],
        chosen: 'a',
        report,
        when: 'just now',
        trusted: true,
        ...more,
      },
    });

  for (const kit of kits)
    it(`has no faults for axe-core in any theme, with ${kit}`, async () => {
      panel = await Panel.open('drift', { kit, height: 900, state: { open: ['column 0'] } });
      await show(driftReport());
      assert.deepEqual(await panel.faults(`drift-${kit}`), []);
    });

  it('puts drifted columns first, each with method, statistic, limit and effect', async () => {
    panel = await Panel.open('drift');
    await show(driftReport());
    const rows = await panel.page.locator('.feature summary').allTextContents();
    assert.equal(rows.length, 13);
    assert.match(
      rows[1] ?? '',
      /column 0, drifted.*Kolmogorov–Smirnov 0.3, p < 0.001 adjusted, Jensen–Shannon 0.21 \(medium\)/,
    );
    assert.ok(rows.slice(4).every((row) => row.includes('stable')));
    await panel.page.locator('summary').filter({ hasText: 'column 1,' }).first().click();
    await panel.page.getByText('3 of 8 windows drifted.').first().waitFor();
    await panel.page.getByRole('button', { name: 'Only drifted (3)' }).click();
    assert.equal(await panel.page.locator('.feature').count(), 4);
  });

  it('draws an alert that began after the last window within the chart, and promises no estimates that there are not', async () => {
    panel = await Panel.open('drift');
    const report = driftReport();
    const late = (report.alerts ?? []).map((alert) => ({ ...alert, since: '2027-01-01T00:00:00Z' }));
    const performance = { labelled: 0, rows: 1_400, metrics: {}, reference: { rmse: 155_315 } };
    await show({ ...report, alerts: late, performance });
    const chart = panel.page.locator('figure').filter({ hasText: 'Drifted columns over time' });
    await chart.first().waitFor();
    const box = async (selector: string) => (await chart.first().locator(selector).first().boundingBox())!;
    const [line, axis] = [await box('.guide.alert'), await box('.axis')];
    assert.ok(line.x >= axis.x - 1 && line.x <= axis.x + axis.width + 1, `${line.x} on ${axis.x} + ${axis.width}`);
    await panel.page
      .getByText('No label of 1,400 predictions has arrived yet, so nothing is known of performance.')
      .waitFor();
  });

  it('fits a side bar and a large zoom, with long names', async () => {
    const report = withLongNames(driftReport(), 'column 0', 'too-much-drift', 'churn');
    panel = await Panel.open('drift', { state: { open: [report.features[0]?.column] } });
    await show(report);
    for (const width of [250, 550]) assert.equal(await panel.overflow(width), 0, `${width} pixels`);
  });

  it('asks for decisions and retraining', async () => {
    panel = await Panel.open('drift', { state: { open: ['column 0'] } });
    await show(driftReport());
    await panel.page.getByText('Retraining is due: drift.share is 0.25').waitFor();
    for (const name of ['Accept as New Reference…', 'Retrain…', 'Silence too-much-drift', 'Acknowledge…'])
      await panel.page.getByRole('button', { name }).first().click();
    assert.deepEqual(
      (await panel.sent<{ action: string; column?: string; rule?: string }>('act')).map(({ action, column, rule }) => [
        action,
        column ?? rule,
      ]),
      [
        ['accept-reference', undefined],
        ['retrain', undefined],
        ['silence', 'too-much-drift'],
        ['acknowledge', 'column 0'],
      ],
    );
    await panel.page.getByRole('button', { name: 'Report What Changed…' }).click();
    assert.equal((await panel.sent('report')).length, 1);
    await show(driftReport(), { trusted: false });
    assert.equal(await panel.page.getByRole('button', { name: 'Retrain…' }).count(), 0);
  });

  it('shows old reports, none, and ones without requests', async () => {
    panel = await Panel.open('drift');
    const { windows: _w, slices: _s, domain: _d, performance: _p, service: _v, alerts: _a, ...old } = driftReport();
    await show(old);
    await panel.page.getByText('3 of 12 columns drifted').first().waitFor();
    await show({ ...(old as DriftReport), rows: { reference: 10, current: 0 }, verdict: 'too-few-rows' });
    await panel.page.getByText('Nobody has asked the model anything yet').waitFor();
    await panel.send({ type: 'state', state: { reports: [], trusted: true } });
    await panel.page.getByText('No drift report yet.').waitFor();
  });

  it('lists a thousand columns a hundred at a time', async () => {
    panel = await Panel.open('drift');
    await show(driftReport(1000));
    assert.equal(await panel.page.locator('.feature').count(), 101);
    await panel.page.getByRole('button', { name: 'Show 100 more of 1000' }).click();
    assert.equal(await panel.page.locator('.feature').count(), 201);
  });
});

describe('the graph', function () {
  this.timeout(120_000);
  tidyPanels();
  let panel: Panel;
  const names: [string, string, string[]][] = [
    ['customers', 'data', []],
    ['baseline', 'train', ['customers']],
    ['trees', 'train', ['customers']],
    ['exam', 'evaluate', ['baseline', 'trees']],
    ['bundle', 'package', ['exam']],
  ];
  const stages = names.map(([name, kind, after], index) => ({
    name,
    kind,
    after,
    ...(index < 3
      ? { state: { ...runState('r').stages[index], name, kind }, run: 'run-1', when: '2026-11-03T12:00:00.000Z' }
      : {}),
  }));
  const graph = {
    type: 'graph',
    title: 'churn.pipeline.yaml',
    pipeline: 'file:///churn.pipeline.yaml',
    stages,
    trusted: true,
  };

  it('puts each stage behind what it waits for, with few crossings', () => {
    const { placed, layers } = layered(names.map(([name, , after]) => ({ name, after })));
    const layer = (name: string) => placed.find(({ item }) => item.name === name)?.layer ?? -1;
    assert.equal(layers, 4);
    for (const [name, , after] of names) for (const before of after) assert.ok(layer(before) < layer(name));
    const crossed = layered([
      { name: 'a', after: [] },
      { name: 'b', after: [] },
      { name: 'x', after: ['b'] },
      { name: 'y', after: ['a'] },
    ]);
    const row = (name: string) => crossed.placed.find(({ item }) => item.name === name)?.row;
    assert.equal(row('a') === row('y') && row('b') === row('x'), true);
  });

  it('places circles, repeated names and unknown ones', () => {
    assert.equal(
      layered([
        { name: 'a', after: ['b'] },
        { name: 'b', after: ['a'] },
        { name: 'c', after: ['nobody'] },
      ]).placed.length,
      3,
    );
    assert.deepEqual(layered([]), { placed: [], layers: 0, rows: 0 });
  });

  for (const kit of kits)
    it(`has no faults for axe-core in any theme, with ${kit}`, async () => {
      panel = await Panel.open('graph', { kit, height: 500 });
      await panel.send(graph);
      await panel.send({ type: 'cursor', stage: 'trees' });
      assert.deepEqual(await panel.faults(`graph-${kit}`), []);
    });

  it('is walked along its connections, and follows the cursor and back', async () => {
    panel = await Panel.open('graph');
    await panel.send(graph);
    const { keyboard, page } = { keyboard: panel.page.keyboard, page: panel.page };
    const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset['stage']);
    await page.locator('.node[tabindex="0"]').focus();
    assert.equal(await focused(), 'customers');
    const walk: [string, string][] = [
      ['ArrowRight', 'baseline'],
      ['ArrowDown', 'trees'],
      ['ArrowRight', 'exam'],
      ['ArrowLeft', 'baseline'],
      ['End', 'bundle'],
      ['Home', 'customers'],
    ];
    for (const [key, name] of walk) {
      await keyboard.press(key);
      assert.equal(await focused(), name, key);
    }
    await keyboard.press('Space');
    await page.getByRole('heading', { name: 'customers' }).waitFor();
    assert.deepEqual(await panel.sent('go-to'), [], 'details alone');
    await keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Go to Text');
    await page.locator('.node[tabindex="0"]').focus();
    await keyboard.press('Enter');
    assert.deepEqual(await panel.sent('go-to'), [{ type: 'go-to', stage: 'customers' }]);
    await panel.send({ type: 'cursor', stage: 'trees' });
    await page.getByRole('heading', { name: 'trees' }).waitFor();
    assert.equal((await panel.sent('go-to')).length, 1, 'following the cursor does not move it');
    await page.getByRole('button', { name: 'Run from Here' }).click();
    assert.deepEqual(await panel.sent('run'), [{ type: 'run', stage: 'trees', from: true }]);
    await panel.send({ ...withLongNames(graph, 'trees', 'churn.pipeline.yaml'), title: 'long_'.repeat(20) });
    await page.locator('.node[data-stage^="trees_of"]').press('Space');
    for (const width of [250, 550]) assert.equal(await panel.overflow(width), 0, `${width} pixels`);
  });
});

describe('the panels', () => {
  it('each weigh at most 150 KB packed, with both component libraries', async function () {
    this.timeout(60_000);
    for (const panel of ['runs', 'metrics', 'drift', 'graph'])
      for (const kit of kits) {
        const { script, style } = await bundleOf(panel, kit);
        const size = gzipSync(script).length + gzipSync(style).length;
        assert.ok(size <= 150 * 1024, `${panel} with ${kit}: ${Math.round(size / 1024)} KB`);
      }
  });
});
