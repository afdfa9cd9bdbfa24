import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { windowFor, type Window } from './rig';

const text = `lifecycle: 1
pipeline: editing
stages:
  customers:
    kind: data
    source: data/telco-churn.csv
    target: { column: churn, positive: 'Yes' }
    features:
      - standardize: { columns: [tenure] }
  trees:
    kind: train
    data: custmers
    model: boosted-trees
`;

/** Puts the cursor behind the first occurrence of some text of the open editor. */
async function goTo(window: Window, needle: string, at = needle.length): Promise<void> {
  const before = text.slice(0, text.indexOf(needle) + at);
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  await window.page
    .locator('.monaco-editor .view-lines')
    .first()
    .click({ position: { x: 200, y: 4 } });
  await window.page.keyboard.press('Control+P');
  await window.page.locator('.quick-input-widget input').waitFor();
  await window.answer(`:${line}:${column}`);
  await window.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

describe('editing a pipeline', function () {
  this.timeout(180_000);
  const window = windowFor({ example: 'churn', files: { 'editing.pipeline.yaml': text } });
  const page = () => window().page;

  /** Saves until the file is as expected: an edit may still be on its way. */
  async function savesAs(expected: RegExp): Promise<void> {
    const read = (): string => readFileSync(path.join(window().folder, 'editing.pipeline.yaml'), 'utf8');
    for (let round = 0; round < 30 && !expected.test(read()); round++) {
      await page().keyboard.press('Control+s');
      await page().waitForTimeout(500);
    }
    assert.match(read(), expected);
  }

  it('underlines a misspelt stage', async () => {
    await window().activityTab('ML Lifecycle').click();
    await window().openFile('editing.pipeline.yaml');
    await page().locator('.squiggly-error').first().waitFor({ timeout: 30_000 });
  });

  it('completes columns of the real file', async () => {
    await goTo(window(), '[tenure');
    await page().keyboard.type(', ');
    await page().keyboard.press('Control+Space');
    const list = page().locator('.suggest-widget.visible');
    await list.getByText('monthly_charges').first().waitFor({ timeout: 15_000 });
    await window().screenshot('completion');
    await page().keyboard.press('Escape');
    await page().keyboard.press('Control+z');
    await page().keyboard.press('Control+z');
  });

  it('tells what a stage is that it offers', async () => {
    await goTo(window(), 'data: cust', 6);
    await page().keyboard.press('Control+Space');
    await page().locator('.suggest-widget.visible').getByText('customers').first().waitFor({ timeout: 15_000 });
    const details = page().locator('.suggest-details-container');
    if (!(await details.isVisible())) await page().keyboard.press('Control+Space');
    await details.getByText('Rows to predict').waitFor({ timeout: 15_000 });
    await window().screenshot('completion-stage');
    await page().keyboard.press('Escape');
  });

  it('tells about a column on hover', async () => {
    await goTo(window(), '[tenure', 3);
    await page().keyboard.press('Control+k');
    await page().keyboard.press('Control+i');
    const hover = page().locator('.monaco-hover:not(.hidden)').first();
    await hover.waitFor({ timeout: 15_000 });
    assert.match(await hover.innerText(), /number/);
    await window().screenshot('hover');
    await page().keyboard.press('Escape');
  });

  it('shows lenses and hints', async () => {
    await page().locator('.codelens-decoration', { hasText: 'Run stage' }).first().waitFor({ timeout: 20_000 });
    await page().getByText('7,043').first().waitFor({ timeout: 20_000 });
  });

  it('mends the spelling with a quick fix', async () => {
    await goTo(window(), 'custmers', 3);
    const offer = page().getByText('Change to', { exact: false }).first();
    // What is pressed while the window is still busy with the line may be lost.
    for (let left = 5; ; left--) {
      await page().keyboard.press('Control+.');
      const there = await offer.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      );
      if (there) break;
      assert.ok(left > 0, 'no quick fix is offered');
      await page().keyboard.press('Escape');
      await goTo(window(), 'custmers', 3);
    }
    await window().screenshot('quick-fix');
    await page().keyboard.press('Enter');
    await page().locator('.squiggly-error').first().waitFor({ state: 'detached', timeout: 15_000 });
    await savesAs(/data: customers/);
  });

  it('renames a stage everywhere', async () => {
    await goTo(window(), '  customers:', 5);
    await page().keyboard.press('F2');
    const input = page().locator('.rename-box input');
    await input.waitFor({ timeout: 15_000 });
    await input.fill('clients');
    await window().screenshot('rename');
    await input.press('Enter');
    await savesAs(/^ {2}clients:$[^]*data: clients/m);
  });
});
