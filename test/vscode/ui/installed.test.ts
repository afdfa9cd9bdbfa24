import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunRecord } from '../../../schemas/generated/types';
import { installVsix, repository, Window } from './rig';

describe('the packaged extension, installed without the repository', () => {
  let scratch = '';
  let window: Window | undefined;

  before(async function () {
    this.timeout(300_000);
    scratch = mkdtempSync(path.join(tmpdir(), 'lifecycle-vsix-'));
    const said = execFileSync(process.execPath, ['scripts/package.mjs'], { cwd: repository, encoding: 'utf8' });
    assert.doesNotMatch(said, /WARN/, 'vsce packages it without a warning');
    const vsix = /out\/\S+\.vsix/.exec(said)?.[0];
    assert.ok(vsix, said);
    await installVsix(path.join(repository, vsix), path.join(scratch, 'extensions'));
    window = await Window.open({ development: null, extensions: path.join(scratch, 'extensions') });
  });

  after(async () => {
    await window?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('carries the engine and its native parts', () => {
    const [installed] = readdirSync(path.join(scratch, 'extensions')).filter((name) => name.startsWith('ml-lifecycle'));
    assert.ok(installed);
    const cli = path.join(scratch, 'extensions', installed, 'dist/cli.js');
    // From a folder with no node_modules above it: what is loaded comes out of the package.
    const load = `const from = require('node:module').createRequire(${JSON.stringify(cli)}); for (const name of ['onnxruntime-node', '@duckdb/node-bindings']) console.log(name, Object.getOwnPropertyNames(from(name)).length > 1)`;
    const said = execFileSync(process.execPath, ['-e', load], { cwd: scratch, encoding: 'utf8' });
    assert.equal(said, 'onnxruntime-node true\n@duckdb/node-bindings true\n');
  });

  it('shows its tab and its trees', async () => {
    await window?.activityTab('ML Lifecycle').click();
    await window?.page.locator('.sidebar .pane-header[aria-label^="Pipelines"]').waitFor();
  });

  it('takes raw data to a served and watched model by one command of the palette', async function () {
    this.timeout(240_000);
    assert.ok(window);
    await window.run('ML Lifecycle: Run and Deploy');
    await window
      .statusBar(/churn: \w+/)
      .first()
      .waitFor({ timeout: 60_000 });
    const deployed = window.tree('Models & Deployments').filter({ hasText: 'local' }).first();
    await deployed.filter({ hasText: 'churn-classifier 1' }).waitFor({ timeout: 120_000 });
    const runs = path.join(window.folder, '.lifecycle/runs');
    const [id = ''] = readdirSync(runs);
    const file = path.join(runs, id, 'record.json');
    for (const end = Date.now() + 60_000; !existsSync(file) && Date.now() < end;) await window.page.waitForTimeout(250);
    const record = JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
    assert.deepEqual([record.status, record.stages['watch']?.status], ['succeeded', 'succeeded']);
    await window.screenshot('installed-run-and-deploy');
  });
});
