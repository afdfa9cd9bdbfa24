// The pictures of docs/editing.md, and beside them the same in a light theme and in high contrast under out/screenshots to be looked at.
// npm run build, then: npx mocha --exit test/vscode/ui/editor-pictures.ts
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { repository, type Theme, themes, windowFor } from './rig';

const text = `lifecycle: 1
pipeline: editing
seed: 7
stages:
  customers:
    kind: data
    source: data/telco-churn.csv
    target: { column: churn, positive: 'Yes' }
    features:
      - standardize: { columns: [tenure, monthly_charges] }
      - one-hot: { columns: [contract] }
  network:
    kind: train
    data: customers
    model:
      kind: network
      layers:
        - dense: { units: 32, activation: relu }
        - dense: { units: 8, activation: relu }
    training: { epochs: 3 }
  exam:
    kind: evaluate
    candidates: [network]
    metrics: [auc, f1]
    choose: { metric: auc, on: validation }
`;

const file = 'editing.pipeline.yaml';

describe('pictures of the editor', function () {
  this.timeout(600_000);
  const window = windowFor({
    example: 'churn',
    files: { [file]: text },
    settings: { 'editor.minimap.enabled': false, 'editor.fontSize': 13 },
  });
  const page = () => window().page;

  async function goTo(needle: string, at = needle.length): Promise<void> {
    const before = text.slice(0, text.indexOf(needle) + at);
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    const input = await window().quickInput('Control+P');
    await input.fill(`:${line}:${column}`);
    await input.press('Enter');
    await page().locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** The editor from some line on, as wide and high as is needed. */
  async function picture(name: string, theme: Theme, height: number, from = 0, width = 830): Promise<void> {
    const box = await page().locator('.editor-container .monaco-editor').first().boundingBox();
    const clip = { x: box?.x ?? 0, y: (box?.y ?? 0) + from, width, height };
    const made = path.join(repository, 'out/screenshots', `editor-${name}-${theme}.png`);
    await page().screenshot({ path: made, clip });
    if (theme === 'dark') copyFileSync(made, path.join(repository, 'docs/images', `editor-${name}.png`));
  }

  async function undoAll(): Promise<void> {
    await page().keyboard.press('Escape');
    for (let i = 0; i < 4; i++) await page().keyboard.press('Control+z');
    await page().waitForTimeout(500);
  }

  for (const theme of themes)
    it(`are taken in ${theme}`, async () => {
      if (theme === 'dark') {
        execFileSync(process.execPath, [path.join(repository, 'dist/cli.js'), 'run', file], { cwd: window().folder });
        await window().openFile(file);
        await window()
          .run('View: Close Primary Side Bar')
          .catch(() => undefined);
      }
      await window().setTheme(theme);

      await goTo('stages:', 0);
      await page().locator('.codelens-decoration', { hasText: 'cached' }).first().waitFor({ timeout: 60_000 });
      await page().getByText('parameters', { exact: false }).first().waitFor({ timeout: 60_000 });
      await page().waitForTimeout(1500);
      await picture('lens', theme, 500);

      await goTo('[tenure, monthly_charges');
      await page().keyboard.type(', ');
      await page().keyboard.press('Control+Space');
      await page().locator('.suggest-widget.visible').getByText('total_charges').first().waitFor({ timeout: 30_000 });
      if (!(await page().locator('.suggest-details-container').isVisible()))
        await page().keyboard.press('Control+Space');
      await page().waitForTimeout(800);
      await picture('completion', theme, 380, 120, 1335);
      await page().keyboard.press('Escape');
      await undoAll();

      await goTo('[tenure, monthly_charges', 12);
      await page().keyboard.press('Control+k');
      await page().keyboard.press('Control+i');
      await page().locator('.monaco-hover:not(.hidden)').first().waitFor({ timeout: 30_000 });
      await page().waitForTimeout(800);
      await picture('hover', theme, 380, 0, 900);
      await page().keyboard.press('Escape');

      await goTo('data: customers', 8);
      await page().keyboard.press('Delete');
      await page().locator('.squiggly-error').first().waitFor({ timeout: 30_000 });
      const offer = page().getByText('Change to', { exact: false }).first();
      // What is pressed while the window is still busy with the line may be lost.
      for (let left = 5; left > 0 && !(await offer.isVisible()); left--) {
        await page().keyboard.press('Control+.');
        await offer.waitFor({ timeout: 6_000 }).catch(() => undefined);
      }
      await offer.waitFor({ timeout: 1_000 });
      await page().waitForTimeout(800);
      await picture('quick-fix', theme, 300, 240);
      await page().keyboard.press('Escape');
      await undoAll();

      await goTo('  customers:', 5);
      await page().keyboard.press('F2');
      const input = page().locator('.rename-box input');
      await input.waitFor({ timeout: 30_000 });
      await input.fill('clients');
      await page().waitForTimeout(500);
      await picture('rename', theme, 300, 0);
      await page().keyboard.press('Escape');
    });
});
