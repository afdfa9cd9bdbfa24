import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openStore, storePaths } from '../../../lifecycle/store/layout';
import { createRun } from '../../../lifecycle/store/runs';
import { DEAD, runInfo } from '../../rigs/runs';
import { windowFor } from './rig';

describe('a store that vanishes under open panels', () => {
  const window = windowFor({ example: null, files: { 'a.csv': 'x,y\n1,2\n' } });

  it('is told in the table and the metrics, and its runs come back with it', async function () {
    this.timeout(180_000);
    const store = path.join(window().folder, '.lifecycle');
    const away = path.join(window().folder, 'away');
    await openStore(store);
    await createRun(store, runInfo({ id: '20261101-000000-000aaa', pipeline: 'tiny', process: { ...DEAD } }));
    await window().run('ML Lifecycle: Open Runs Table');
    const cell = window().webview().getByRole('gridcell', { name: '20261101-000000-000aaa' });
    await cell.waitFor({ timeout: 60_000 });
    renameSync(store, away);
    const note = window()
      .webview()
      .getByText(/is gone: it was deleted, moved or renamed/);
    await note.waitFor({ timeout: 60_000 });
    assert.ok((await note.textContent())?.includes(store), 'it is named');
    assert.equal(await cell.count(), 0);
    assert.equal(await window().webview().getByText('No run yet.').count(), 0);
    await window().screenshot('vanish-runs');
    await window().run('ML Lifecycle: Open Metrics');
    await note.waitFor({ timeout: 60_000 });
    assert.equal(await window().webview().getByText('No run yet.').count(), 0);
    renameSync(away, store);
    await note.waitFor({ state: 'hidden', timeout: 60_000 });
    await window().run('ML Lifecycle: Open Runs Table');
    await cell.waitFor({ timeout: 60_000 });
    // What a newer version wrote is shown, and it is said that nothing is written there.
    writeFileSync(storePaths.format(store), JSON.stringify({ format: 99 }));
    await window().run('View: Close All Editors');
    await window().run('ML Lifecycle: Open Runs Table');
    await window()
      .webview()
      .getByText(/A newer version of ML Lifecycle wrote .*nothing is written there/)
      .waitFor({ timeout: 60_000 });
    await cell.waitFor({ timeout: 60_000 });
    await window().screenshot('newer-store');
    assert.deepEqual(window().complaints.csp, []);
  });
});
