import assert from 'node:assert/strict';
import { cases } from '../../end-to-end/loop';
import { Project } from '../../end-to-end/product';
import { windowFor } from './rig';

const csv = (rows: readonly { a: number | string; b: number; colour: string }[], more: (i: number) => string) =>
  rows.map(({ a, b, colour }, i) => `${a},${b},${colour},${more(i)}`).join('\n');

const pipeline = `lifecycle: 1
pipeline: quick
seed: 7
stages:
  table:
    kind: data
    source: data.csv
    target: {column: y, positive: "yes"}
    split: {train: 0.7, test: 0.3}
    features:
      # a and b are measured in metres
      - standardize: {columns: numeric}
      - one-hot: {columns: text}
  model: {kind: train, data: table, model: linear}
  exam:
    kind: evaluate
    candidates: [model]
    metrics: [auc] # the one that counts
  watch:
    kind: monitor
    reference: table.train
    source: {files: log.csv, time: at}
    drift: {columns: [a, b, colour]}
    alerts:
      changed: {when: drift.share >= 0.3, severity: critical}
`;

describe('an alert in the editor', function () {
  this.timeout(180_000);
  const train = cases(600, 1);
  const now = new Date(Date.now() - 60_000).toISOString();
  const late = cases(400, 3, { shift: 4 }).map(({ row }, i) => ({ ...row, a: i % 4 === 0 ? '' : row.a }));
  const window = windowFor({
    example: null,
    files: {
      'quick.pipeline.yaml': pipeline,
      'data.csv': `a,b,colour,y\n${csv(
        train.map(({ row }) => row),
        (i) => train[i]!.y,
      )}\n`,
      'log.csv': `a,b,colour,at\n${csv(late, () => now)}\n`,
    },
  });
  const page = () => window().page;

  it('is answered by an edit of the pipeline, which is in view before it is saved; its code leads to what changed', async () => {
    const project = new Project(window().folder, 'quick.pipeline.yaml');
    project.well('run');
    project.well('monitor', project.name);
    await window().openFile('quick.pipeline.yaml');
    await window().run('Problems: Focus on Problems View');
    const problem = page().locator('.markers-panel .monaco-list-row', { hasText: 'b drifted' }).first();
    await problem.waitFor({ timeout: 60_000 });
    await window().screenshot('alert-problems');

    // The place of a Problem is where its quick fixes are.
    await problem.dblclick();
    const offer = page().locator('.action-widget .monaco-list-row', {
      hasText: 'Clip b to the range of the reference',
    });
    for (let left = 8; ; left--) {
      await page().keyboard.press('Control+.');
      const there = await offer
        .first()
        .waitFor({ timeout: 5_000 })
        .then(
          () => true,
          () => false,
        );
      if (there) break;
      assert.ok(left > 0, 'no quick fix is offered');
      await page().keyboard.press('Escape');
    }
    for (const title of ['Add slices of b to the evaluation exam', 'Report what changed'])
      assert.ok(await page().locator('.action-widget .monaco-list-row', { hasText: title }).first().isVisible(), title);
    const retrain = page().locator('.action-widget .monaco-list-row', { hasText: 'Retrain (shows the plan first)' });
    assert.equal(await retrain.count(), 1, 'what concerns all columns is there once');
    await window().screenshot('alert-quick-fixes');
    await offer.first().click();
    await page().locator('.view-line', { hasText: 'clip:' }).first().waitFor({ timeout: 20_000 });
    assert.equal(project.text, pipeline, 'nothing is written before it was looked at');
    await window().screenshot('alert-edited');
    await window().run('File: Save All');
    for (let left = 50; project.text === pipeline; left--) {
      assert.ok(left > 0, 'the edit was not made');
      await page().waitForTimeout(200);
    }
    const clip = / {6}- clip: \{columns: \[b\], range: \[-[\d.]+, [\d.]+\]\}\n/;
    assert.match(String(project.text), clip);
    assert.equal(String(project.text).replace(clip, ''), pipeline);

    await window().run('Problems: Focus on Problems View');
    await problem.locator('a', { hasText: 'drift:b' }).first().click();
    const heading = window().webview().getByText('drifted', { exact: false }).first();
    await heading.waitFor({ timeout: 30_000 });
    await window().screenshot('alert-what-changed');
  });
});
