import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspectStore, openStore } from '../../../lifecycle/store/layout';
import { findProject } from '../../../lifecycle/store/project';
import { ENGINE_VERSION } from '../../../lifecycle/store/version';
import { createRun, listRuns } from '../../../lifecycle/store/runs';
import { freshFolder } from '../../rigs/folder';
import { runInfo } from '../../rigs/runs';

describe('store/layout', () => {
  const folder = freshFolder();
  const store = () => join(folder(), '.lifecycle');

  it('names the version of the package', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.equal(ENGINE_VERSION, version);
  });

  it('makes a store that git ignores, and opens it again, by many at once', async () => {
    assert.deepEqual(await inspectStore(store()), { store: store(), format: undefined, newer: false });
    await Promise.all([1, 2, 3].map(() => openStore(store())));
    assert.deepEqual(readdirSync(store()).sort(), ['.gitignore', 'format.json']);
    assert.match(readFileSync(join(store(), '.gitignore'), 'utf8'), /^\*$/m);
    assert.deepEqual(await inspectStore(store()), { store: store(), format: 1, newer: false });
  });

  it('reads but does not write the store of a newer engine', async () => {
    await openStore(store());
    await createRun(store(), runInfo());
    writeFileSync(join(store(), 'format.json'), '{"format":2,"engine":"9.0.0"}');
    assert.equal((await inspectStore(store())).newer, true);
    await assert.rejects(openStore(store()), /has format 2; this version of ML Lifecycle \(0\.1\.0\) writes format 1/);
    assert.equal((await listRuns(store())).length, 1);
  });

  it('says so when it can not tell the format', async () => {
    mkdirSync(store());
    writeFileSync(join(store(), 'format.json'), 'x');
    await assert.rejects(openStore(store()), /can't be read/);
  });
});

describe('store/project', () => {
  const folder = freshFolder();

  it('takes the nearest lifecycle.yaml, else .git, else the folder', async () => {
    const deep = join(folder(), 'a', 'b');
    mkdirSync(deep, { recursive: true });
    assert.equal((await findProject(deep)).root, deep);
    mkdirSync(join(folder(), 'a', '.git'));
    assert.equal((await findProject(deep)).root, join(folder(), 'a'));
    writeFileSync(join(folder(), 'lifecycle.yaml'), 'lifecycle: 1\nstore: ../shared\ncores: 2\n');
    const project = await findProject(deep);
    assert.deepEqual(
      [project.root, project.store, project.settings.cores],
      [folder(), join(folder(), '..', 'shared'), 2],
    );
  });

  it('names what is wrong in lifecycle.yaml', async () => {
    const bad: [string, RegExp][] = [
      ['lifecycle: 1\ncoers: 2', /coers/],
      ['lifecycle: 1\ncores: many', /cores must be integer/],
      ['a: [', /lifecycle\.yaml/],
    ];
    for (const [text, expected] of bad) {
      writeFileSync(join(folder(), 'lifecycle.yaml'), text);
      await assert.rejects(findProject(folder()), expected);
    }
    writeFileSync(join(folder(), 'lifecycle.yaml'), '');
    assert.equal((await findProject(folder())).root, folder());
  });
});
