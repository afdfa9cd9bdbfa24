import assert from 'node:assert/strict';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWatch } from '../../../lifecycle/store/watch';
import { cli } from '../../rigs/cli';
import { freshFolder } from '../../rigs/folder';

describe('cli: watch', () => {
  const folder = freshFolder();

  it('ends when its project is moved, and does not make it anew', async () => {
    const project = join(folder(), 'project');
    mkdirSync(project);
    // What it looks at is beside the point: it looks again whatever came of it.
    writeFileSync(join(project, 'w.pipeline.yaml'), 'lifecycle: 1\npipeline: w\nstages: {}\n');
    const watching = cli(project, ['watch', 'w.pipeline.yaml', '--every', '1s']);
    const store = join(project, '.lifecycle');
    while ((await readWatch(store)).state?.last === undefined) await new Promise((done) => setTimeout(done, 20));
    renameSync(project, join(folder(), 'moved'));
    const { code, stdout } = await watching;
    assert.match(stdout, /The watch ends: the project's folder was moved or removed/);
    assert.equal(code, 1);
    assert.ok(!existsSync(project));
    const { state, owner } = await readWatch(join(folder(), 'moved', '.lifecycle'));
    assert.equal(state?.wanted, true, 'it is to be started again where the project is now');
    assert.ok(owner === undefined || owner.pid === process.pid);
  });
});
