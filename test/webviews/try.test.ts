import assert from 'node:assert/strict';
import type { DeploymentEntry, ModelInfo } from '../../schemas/generated/types';
import type { Asked } from '../../webviews/protocol';
import { asked, draw, openRenderer } from './renderer';
import { openReport, outputOf } from './report';
import { type Panel, tidyPanels } from './rig';

const url = 'http://127.0.0.1:8801';
const entry: DeploymentEntry = {
  format: 1,
  sequence: 1,
  time: '2026-11-03T10:15:00.000Z',
  action: 'deploy',
  target: 'local',
  kind: 'local',
  model: 'churn-classifier',
  version: 3,
  digest: '0'.repeat(64),
  by: 'somebody',
  url,
  previous: '0'.repeat(64),
  hash: '0'.repeat(64),
};
const inputs: ModelInfo['inputs'] = [
  { name: 'tenure', type: 'number', required: true, min: 0, max: 72, example: 29 },
  { name: 'total_charges', type: 'number', required: false, min: 18.8, max: 8684.8 },
  { name: 'female', type: 'boolean', required: true, example: true },
  { name: 'contract', type: 'text', required: false, categories: ['Month-to-month', 'One year'], example: 'One year' },
  { name: 'note <img src=x onerror=alert(1)>', type: 'text', required: false },
];
const detail = { kind: 'deploy' as const, entry, inputs, example: { tenure: 29 } };

const open = (answers: readonly Asked[]): Promise<Panel> => openRenderer(outputOf('live', detail), answers);

describe('the form of a deployed model', function () {
  this.timeout(120_000);
  tidyPanels();
  let panel: Panel;

  it('asks with what the signature gives and shows the prediction; fits axe-core in all themes', async () => {
    panel = await open([
      {
        status: 200,
        milliseconds: 4.24,
        body: {
          predictions: [{ label: 'Yes', probabilities: { No: 0.25, Yes: 0.75 } }],
          model: 'churn-classifier',
          version: 3,
        },
      },
    ]);
    const { page } = panel;
    assert.match(
      (await page.locator('header .quiet').first().textContent())!,
      /run 20261103-101500-abcdef · .*\((last \w+|yesterday|\d+ \w+ ago)\)$/,
    );
    assert.equal(await page.getByLabel('tenure').inputValue(), '29');
    assert.equal(await page.getByLabel('total_charges').inputValue(), '');
    assert.deepEqual(await page.getByLabel('contract').locator('option').allTextContents(), [
      '(missing)',
      'Month-to-month',
      'One year',
    ]);
    await page.getByLabel('tenure').fill('90');
    assert.match((await page.locator('.field').first().textContent())!, /0 … 72: outside of what training saw/);
    await page.getByLabel('female').selectOption('false');
    await page.getByLabel('contract').selectOption('');
    await page.getByRole('button', { name: 'Predict' }).click();
    await page.locator('.answer .verdict').waitFor();
    assert.deepEqual(await asked(panel), [{ type: 'ask', id: 1, url, row: { tenure: 90, female: false } }]);
    assert.equal(await page.locator('.answer .verdict').textContent(), 'Yes');
    assert.match((await page.locator('.answer').textContent())!, /Yes75 %No25 %churn-classifier version 3, 4\.2 ms$/);
    await page.getByText('As a request').click();
    assert.equal(
      await page.locator('.snippet pre').textContent(),
      `curl -s ${url}/predict -d '{"rows":[{"tenure":90,"female":false}]}'`,
    );
    assert.deepEqual(await panel.faults('try'), []);
  });

  it('shows what the server has against a row at its field, and a server that is gone', async () => {
    panel = await open([
      {
        status: 400,
        milliseconds: 2,
        body: {
          error: "Column 'contract', row 0: expected text.",
          code: 'value-type',
          hint: 'Did you mean <b>?',
          column: 'contract',
        },
      },
      { trouble: 'Nothing of this workspace is served there any more.', hint: 'Run this cell to deploy it again.' },
      { status: 502, milliseconds: 1, body: null },
      { status: 200, milliseconds: 1, body: { predictions: [{ prediction: 12.5 }] } },
    ]);
    const { page } = panel;
    const ask = async (): Promise<string> => {
      await page.getByLabel('tenure').press('Enter');
      await panel.settle();
      return (await page.locator('.answer').textContent())!;
    };
    assert.equal(await ask(), "Column 'contract', row 0: expected text.Did you mean <b>?Status 400, 2.0 ms");
    assert.equal(await page.getByLabel('contract').getAttribute('aria-invalid'), 'true');
    assert.match(await ask(), /^Nothing of this workspace is served there any more\.Run this cell/);
    assert.equal(await page.getByLabel('contract').getAttribute('aria-invalid'), null);
    assert.match(await ask(), /^The server answered with status 502\./);
    assert.equal(await ask(), '12.51.0 ms');
    // A value that the model needs is asked for before the server is.
    await page.getByLabel('tenure').fill('');
    await ask();
    assert.equal((await asked(panel)).length, 4);
    await page.getByRole('button', { name: 'Back to the Example' }).click();
    assert.equal(await page.getByLabel('tenure').inputValue(), '29');
  });

  it('keeps what was typed when the cell is run again, but what the new model does not know, and no key', async () => {
    panel = await open([]);
    const { page } = panel;
    await page.getByLabel('tenure').fill('71');
    await page.getByLabel('contract').selectOption('Month-to-month');
    await page.getByLabel('female').selectOption('false');
    await page.getByText('Key', { exact: true }).click();
    await page.getByLabel('API key or token').fill('s3cret');
    await draw(panel, { ...outputOf('live', detail), state: 'running', detail: undefined as never });
    assert.equal(await page.locator('form').count(), 0);
    const next = inputs.map((input) => (input.name === 'contract' ? { ...input, categories: ['Two year'] } : input));
    await draw(panel, outputOf('live', { ...detail, entry: { ...entry, version: 4 }, inputs: next }));
    assert.equal(await page.getByLabel('tenure').inputValue(), '71');
    assert.equal(await page.getByLabel('female').inputValue(), 'false');
    assert.equal(await page.getByLabel('contract').inputValue(), 'One year', 'the example of the new model');
    assert.equal(await page.locator('input[type=password]').inputValue(), '');
    const kept = JSON.stringify(
      await page.evaluate(() => (window as unknown as { rendererState: unknown }).rendererState),
    );
    assert.match(kept, /"tenure":"71"/);
    assert.doesNotMatch(kept, /s3cret/);
    await page.getByRole('button', { name: 'Back to the Example' }).click();
    await draw(panel, outputOf('live', detail));
    assert.equal(await page.getByLabel('tenure').inputValue(), '29');
  });

  it('is a command to copy where nobody can ask', async () => {
    panel = await openReport(outputOf('live', detail));
    assert.equal(await panel.page.locator('form').count(), 0);
    assert.equal(
      await panel.page.locator('.snippet pre').textContent(),
      `curl -s ${url}/predict -d '{"rows":[{"tenure":29}]}'`,
    );
    await panel.page.getByRole('button', { name: 'Copy as Python' }).click();
    await panel.page.getByText(/^(Copied as Python|Selected: press)/).waitFor();
  });
});
