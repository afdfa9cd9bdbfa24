import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  freeBytes,
  listFolder,
  readJson,
  removeTree,
  writeAtomic,
  writeAtomicSync,
} from '../../../lifecycle/process/files';
import { explainTrouble } from '../../../lifecycle/process/trouble';
import { UserError } from '../../../lifecycle/problem';
import { freshFolder } from '../../rigs/folder';

describe('process/files', () => {
  const folder = freshFolder();

  it('writes whole files, in folders that are not there yet, and replaces', async () => {
    const path = join(folder(), 'a', 'b', 'c.json');
    await writeAtomic(path, 'one');
    await writeAtomic(path, 'two');
    writeAtomicSync(path, '{"three":3}');
    assert.deepEqual(await readJson(path), { three: 3 });
    assert.deepEqual(readdirSync(join(folder(), 'a', 'b')), ['c.json']);
  });

  it('leaves nothing behind when the rename is refused', async () => {
    mkdirSync(join(folder(), 'taken', 'inside'), { recursive: true });
    await assert.rejects(writeAtomic(join(folder(), 'taken'), 'x'));
    assert.deepEqual(readdirSync(folder()), ['taken']);
  });

  it('lets the last of many concurrent writers win, never a mixture', async () => {
    const path = join(folder(), 'x');
    const contents = Array.from({ length: 20 }, (_, i) => String(i).repeat(5_000));
    await Promise.all(contents.map((content) => writeAtomic(path, content)));
    assert.ok(contents.includes(readFileSync(path, 'utf8')));
    assert.equal(readdirSync(folder()).length, 1);
  });

  it('removes trees with read-only parts, and what is not there', async () => {
    const tree = join(folder(), 'tree');
    mkdirSync(join(tree, 'deep'), { recursive: true });
    writeFileSync(join(tree, 'deep', 'f'), 'x');
    chmodSync(join(tree, 'deep', 'f'), 0o444);
    chmodSync(join(tree, 'deep'), 0o555);
    await removeTree(tree);
    await removeTree(tree);
    assert.equal(existsSync(tree), false);
  });

  it('reads nothing from what is missing or does not parse', async () => {
    assert.equal(await readJson(join(folder(), 'none')), undefined);
    writeFileSync(join(folder(), 'bad'), '{"a":');
    assert.equal(await readJson(join(folder(), 'bad')), undefined);
    assert.deepEqual(await listFolder(join(folder(), 'none')), []);
  });

  it('knows the free space', async () => {
    assert.ok(((await freeBytes(folder())) ?? 0) > 0);
    assert.equal(await freeBytes(join(folder(), 'none')), undefined);
  });

  it('explains a full disk, by code or by the words of a library, and leaves bugs alone', () => {
    const full = Object.assign(new Error('write'), { code: 'ENOSPC', path: '/x/y' });
    for (const error of [full, new Error('IO Error: Could not write: No space left on device')]) {
      const explained = explainTrouble(error);
      assert.ok(explained instanceof UserError);
      assert.equal(explained.problem.code, 'disk-full');
    }
    const bug = new TypeError('x is undefined');
    assert.equal(explainTrouble(bug), bug);
  });
});
