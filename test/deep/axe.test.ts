import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { axeFaults } from '../rigs/axe';
import { closeBrowser, repository, allThemes, windowFor } from '../vscode/ui/rig';

const panels = [
  ['Open Runs Table', 'Runs', []],
  ['Open Metrics', 'Metrics', ['Curves', 'Evaluation', 'Parameters']],
  ['Open Drift', 'Drift', []],
  ['Open Pipeline Graph', 'Graph', []],
] as const;

describe('the panels in a real VS Code', function () {
  this.timeout(600_000);
  const window = windowFor({ open: 'churn.pipeline.yaml' });
  after(closeBrowser);

  before(async () => {
    const { folder } = window();
    const run = () =>
      execFileSync(process.execPath, [path.join(repository, 'dist/cli.js'), 'run', '--deploy'], {
        cwd: folder,
        encoding: 'utf8',
      });
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(run()) ?? [];
    assert.ok(url);
    const { inputs } = JSON.parse(
      readFileSync(path.join(folder, '.lifecycle/registry/churn-classifier/versions/1/example.json'), 'utf8'),
    ) as { inputs: { name: string; data: unknown[] }[] };
    const row = Object.fromEntries(inputs.map(({ name, data }) => [name, data[0]]));
    const rows = Array.from({ length: 300 }, (_, index) => ({ ...row, tenure: index % 3, monthly_charges: 115 }));
    const answer = await fetch(`${url}/predict`, { method: 'POST', body: JSON.stringify({ rows }) });
    assert.equal(answer.status, 200);
    run();
  });

  for (const [command, name, tabs] of panels)
    it(`have no faults for axe-core in any theme: ${name}`, async () => {
      const { page } = window();
      await window().run('View: Close All Editors');
      await window().run(`ML Lifecycle: ${command}`);
      const panel = window().webview();
      await panel.locator('main').waitFor({ timeout: 60_000 });
      const frame = await (await panel.owner().elementHandle())?.contentFrame();
      assert.ok(frame);
      const faults: string[] = [];
      for (const tab of tabs.length > 0 ? tabs : [undefined]) {
        if (tab !== undefined) await panel.getByRole('tab', { name: tab }).click();
        for (const [index, theme] of allThemes.entries()) {
          await window().setTheme(theme);
          await page.waitForTimeout(700);
          // A webview has no ground of its own: what lies behind it is the editor's, which axe can't see.
          await frame.evaluate(() => {
            document.documentElement.style.backgroundColor = 'var(--vscode-editor-background)';
          });
          faults.push(
            ...(await axeFaults(frame, { colours: index > 0 })).map((fault) => `${tab ?? ''} ${theme} ${fault}`),
          );
          await window().screenshot(`axe-${name}${tab ? `-${tab}` : ''}-${theme}`.toLowerCase());
        }
      }
      assert.deepEqual(faults, []);
      assert.deepEqual(window().complaints.csp, []);
    });
});
