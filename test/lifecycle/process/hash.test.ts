import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HashMemory, hashFile } from '../../../lifecycle/process/hash';
import { freshFolder } from '../../rigs/folder';

describe('process/hash', () => {
  const folder = freshFolder();
  const old = new Date(Date.now() - 60_000);

  it('hashes as the standard does, whatever the size', async () => {
    for (const size of [0, 5, 262_143, 262_144, 3_000_000, 33_600_000]) {
      const content = Buffer.alloc(size, 'abc');
      writeFileSync(join(folder(), 'f'), content);
      assert.deepEqual(await hashFile(join(folder(), 'f')), {
        sha256: createHash('sha256').update(content).digest('hex'),
        bytes: size,
      });
    }
  });

  it('remembers, forgets what changed, and does not trust young files', async () => {
    const memory = join(folder(), 'hashes.json');
    const path = join(folder(), 'f');
    writeFileSync(path, 'one');
    const young = new HashMemory(memory);
    const one = await young.hash(path);
    await young.save();
    assert.equal(statSync(memory, { throwIfNoEntry: false }), undefined);

    utimesSync(path, old, old);
    const settled = new HashMemory(memory);
    assert.equal(await settled.hash(path), one);
    await settled.save();
    assert.ok(readFileSync(memory, 'utf8').includes(one));

    // Same size and time, other content: only the memory can answer with the old hash.
    const forged = readFileSync(memory, 'utf8').replace(one, 'f'.repeat(64));
    writeFileSync(memory, forged);
    assert.equal(await new HashMemory(memory).hash(path), 'f'.repeat(64));
    writeFileSync(path, 'two');
    assert.notEqual(await new HashMemory(memory).hash(path), 'f'.repeat(64));
  });

  it('takes a damaged memory for an empty one', async () => {
    const memory = join(folder(), 'hashes.json');
    writeFileSync(join(folder(), 'f'), 'x');
    for (const damaged of ['', '{"format":1', '{"format":2,"files":{}}', '{"format":1,"files":{"a":7}}']) {
      writeFileSync(memory, damaged);
      assert.equal((await new HashMemory(memory).hash(join(folder(), 'f'))).length, 64);
    }
    await assert.rejects(new HashMemory().hash(join(folder(), 'none')), { code: 'ENOENT' });
  });
});
