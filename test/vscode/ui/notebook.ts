import assert from 'node:assert/strict';
import { themes, type Window } from './rig';

/** The result of a stage, inside the page that shows the outputs of all cells. */
export const stageOf = (window: Window, name: string) =>
  window.webview().locator(`.lifecycle-stage[aria-label^="Result of ${name}:"]`);

/** Runs all cells and waits until the status bar says that the run is over. */
export async function runAll(window: Window, pipeline: string): Promise<void> {
  await window.run('Notebook: Run All');
  await window.statusBar(new RegExp(pipeline)).first().waitFor({ timeout: 60_000 });
  await window.page
    .locator('.statusbar-item')
    .filter({ hasText: pipeline })
    .locator('.codicon-check')
    .waitFor({ timeout: 150_000 });
}

/** Scrolls the notebook until a stage's result is built and in view. */
export async function reach(window: Window, stage: string): Promise<void> {
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

/** Pictures of a stage's result: in the dark theme, with TEST_THEMES=all in the light one and in high contrast, too (test/webviews holds results to all of them). */
export async function pictures(window: Window, stage: string, name: string): Promise<void> {
  if (process.env['TEST_THEMES'] !== 'all') return void (await window.screenshot(`${name}-dark`));
  for (const theme of themes) {
    await window.setTheme(theme);
    await window.page.waitForTimeout(400);
    await reach(window, stage);
    await window.screenshot(`${name}-${theme}`);
  }
  await window.setTheme('dark');
}
