import assert from 'node:assert/strict';
import type { ShownExample, ShownExamples } from '../../schemas/shown';
import type { ExamplesAnswer } from '../../webviews/protocol';
import { evaluation, metricsState } from './fixtures';
import { asked, openRenderer } from './renderer';
import { openReport, outputOf } from './report';
import { Panel, tidyPanels } from './rig';

const judged = evaluation();
const output = outputOf('exam', { kind: 'evaluate', evaluation: judged });
const [best, other] = [judged.best, judged.candidates.find(({ name }) => name !== judged.best)?.name];

function answer(examples: readonly ShownExample[], more: Partial<ShownExamples> = {}): ExamplesAnswer {
  const columns = [
    { name: 'customer', type: 'text' },
    { name: 'tenure', type: 'number' },
  ];
  return {
    examples: {
      split: 'test',
      rows: 1056,
      found: 153,
      task: 'binary',
      models: [best],
      columns,
      allColumns: columns.length,
      examples,
      ...more,
    },
  };
}

const wrong = (row: number, share: number): ShownExample => ({
  row,
  actual: 'Yes',
  said: [
    {
      predicted: 'No',
      probabilities: [
        ['No', share],
        ['Yes', 1 - share],
      ],
    },
  ],
  values: [`7590-<img src=x onerror=alert(1)>${row}`, 60 + row],
});

/** A grey picture with a bright diagonal. */
const diagonal = Array.from({ length: 64 }, (_, at) => (at % 9 === 0 ? 'ff' : '20')).join('');
const image = { height: 8, width: 8, channels: 1 as const };

describe('the rows behind an evaluation', function () {
  this.timeout(120_000);
  tidyPanels();
  let panel: Panel;

  it('are asked for by a cell of the confusion matrix, by mouse or by keyboard, and shown the worst first', async () => {
    const rows = Array.from({ length: 20 }, (_, at) => wrong(at + 1, 0.97 - at / 100));
    panel = await openRenderer(
      output,
      [answer(rows), { trouble: 'The model is gone.', hint: 'Make it <b>again</b>.' }],
      {
        height: 1_300,
      },
    );
    const { page } = panel;
    const cells = page.locator('.confusion button.cell');
    assert.equal(await cells.count(), 4);
    await cells.first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    const found = page.getByRole('group', { name: 'Rows', exact: true }).first();
    await found.locator('tbody tr').first().waitFor();
    const [question] = await asked(panel);
    assert.deepEqual(question, {
      type: 'examples',
      id: 1,
      question: { run: output.run, stage: 'exam', model: best, split: 'test', actual: 'Yes', predicted: 'No' },
    });
    assert.equal(await found.locator('.head strong').textContent(), 'Yes, taken for No');
    assert.equal(
      await found.locator('.head .says').textContent(),
      'The first 20 of 153 of 1,056 rows of test, the worst first.',
    );
    assert.match((await found.locator('tbody tr').first().textContent())!, /^1Yes✗ No 97 %7590-<img src=x/);
    assert.deepEqual(await panel.faults('examples-table'), []);
    // The same cell again is not asked again; another one that fails says why.
    await cells.nth(2).click();
    await cells.nth(1).click();
    await page.getByText('The model is gone.').waitFor();
    assert.equal((await asked(panel)).length, 2);
    assert.match((await found.textContent())!, /Make it <b>again<\/b>\./);
    await found.getByRole('button', { name: 'Close' }).click();
    assert.equal(await found.isVisible(), false);
    assert.equal(await page.evaluate(() => document.activeElement?.className), 'cell');
  });

  it('are images and texts as such, beside what both of two models say', async () => {
    const said = [
      {
        predicted: '4',
        probabilities: [
          ['4', 0.9],
          ['6', 0.1],
        ] as const,
      },
      {
        predicted: '6',
        probabilities: [
          ['6', 0.7],
          ['4', 0.3],
        ] as const,
      },
    ];
    const seen = (row: number, pixels: string): ShownExample => ({
      row,
      actual: '6',
      said,
      values: [pixels, `6/scan-${row}.png`],
    });
    const pictures = answer([seen(3, diagonal), seen(9, 'zz'), seen(12, '')], {
      models: [best, other ?? ''],
      found: 3,
      columns: [
        { name: 'image', type: 'text', image },
        { name: 'file', type: 'text' },
      ],
    });
    const letters = answer(
      [
        {
          row: 5,
          actual: 'Yes',
          said: wrong(5, 0.8).said,
          values: ['It was <i>not</i> good.\nAt all. '.repeat(40), 3, 4],
        },
      ],
      {
        found: 1,
        columns: [
          { name: 'review', type: 'text', prose: true },
          { name: 'stars', type: 'number' },
          { name: 'votes', type: 'number' },
        ],
      },
    );
    panel = await openRenderer(output, [pictures, letters], { height: 1_500 });
    const { page } = panel;
    await page.getByRole('button', { name: 'Rows Judged Differently By' }).click();
    await page.locator('canvas').waitFor();
    assert.deepEqual((await asked(panel))[0], {
      type: 'examples',
      id: 1,
      question: {
        run: output.run,
        stage: 'exam',
        model: best,
        split: 'validation',
        against: { run: output.run, stage: 'exam', model: other },
      },
    });
    const pixel = await page.evaluate(() => {
      const canvas = document.querySelector('canvas')!;
      return [...canvas.getContext('2d')!.getImageData(5, 5, 20, 1).data.slice(0, 4), canvas.width];
    });
    assert.deepEqual(pixel, [255, 255, 255, 255, 96]);
    const cards = page.locator('.card');
    assert.match((await cards.first().textContent())!, /row 3true 6.*✗ 4 90 %.*✓ 6 70 %file 6\/scan-3\.png$/);
    assert.match((await cards.nth(1).textContent())!, /^\(damaged image\)/);
    assert.match((await cards.nth(2).textContent())!, /^\(no image\)/);
    assert.deepEqual(await panel.faults('examples-images'), []);
    await page.getByRole('button', { name: 'Rows That Are Wrong' }).click();
    await page.locator('.prose').waitFor();
    assert.match((await page.locator('.prose').textContent())!, /^It was <i>not<\/i> good\./);
    await page.getByText('2 more columns').click();
    assert.deepEqual(await panel.faults('examples-texts'), []);
  });

  it('of a regression say by how much and to which side each is off', async () => {
    const off = (row: number, actual: number, predicted: number): ShownExample => ({
      row,
      actual,
      said: [{ predicted }],
      values: ['centre', 80],
    });
    const all = { ...judged, task: 'regression' as const, fairness: undefined } as unknown as typeof judged;
    panel = await openRenderer(outputOf('exam', { kind: 'evaluate', evaluation: all }), [
      answer([off(4, 250_000, 180_500), off(9, 90_000, 120_000), off(2, 100, 100)], { task: 'regression', found: 3 }),
    ]);
    const { page } = panel;
    await page.getByRole('button', { name: 'Rows That Are Furthest Off' }).click();
    const rows = page.locator('.found tbody tr');
    await rows.first().waitFor();
    assert.deepEqual((await page.locator('.found thead th').allTextContents()).slice(0, 4), [
      'row',
      'true',
      'predicted',
      'off by',
    ]);
    assert.deepEqual(await rows.locator('td:nth-child(4)').allTextContents(), ['-69,500', '+30,000', '0']);
    assert.deepEqual(await panel.faults('examples-regression'), []);
  });

  it('are asked for in the metrics panel, also where models of two runs disagree', async () => {
    panel = await Panel.open('metrics', { height: 1_400 });
    const { page } = panel;
    const runs = ['run-a', 'run-b'];
    await panel.send({
      type: 'state',
      state: metricsState(runs, { evaluations: runs.map((run) => ({ run, stage: 'exam', evaluation: judged })) }),
    });
    await page.getByRole('tab', { name: 'Evaluation' }).click();
    await page.locator('.confusion button.cell').first().click();
    const [first] = await panel.sent<{ id: number; question: Record<string, unknown> }>('examples');
    assert.deepEqual(first?.question, {
      run: 'run-a',
      stage: 'exam',
      model: best,
      split: 'test',
      actual: 'No',
      predicted: 'No',
    });
    await panel.send({ type: 'examples', id: first.id, answer: answer([wrong(1, 0.6)]) });
    await page.locator('.found tbody tr').waitFor();
    // The state of the runs comes again while they are shown: what was asked for stays.
    await panel.send({
      type: 'state',
      state: metricsState(runs, { evaluations: runs.map((run) => ({ run, stage: 'exam', evaluation: judged })) }),
    });
    assert.equal(await page.locator('.found tbody tr').count(), 1);
    const others = page.getByRole('combobox', { name: 'Other model' });
    const labels = await others.locator('option').allTextContents();
    assert.ok(
      labels.includes(`${best} of run b`) || labels.some((label) => label.startsWith(`${best} of `)),
      String(labels),
    );
    await others.selectOption({ label: labels.find((label) => label.startsWith(`${best} of `))! });
    await page.getByRole('button', { name: 'Rows Judged Differently By' }).click();
    const second = (await panel.sent<{ question: { against?: unknown; split: string } }>('examples')).at(-1);
    assert.deepEqual(second?.question.against, { run: 'run-b', stage: 'exam', model: best });
    assert.deepEqual(await panel.faults('metrics-examples'), []);
  });

  it('can not be asked for in a report, whose matrix is a plain table', async () => {
    panel = await openReport(output);
    assert.equal(await panel.page.locator('.confusion td.figures').count(), 4);
    assert.equal(await panel.page.locator('.confusion button, .examples').count(), 0);
  });
});
