import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { LineReader, LineWriter, readJsonLines } from '../../../lifecycle/process/jsonl';
import { freshFolder } from '../../rigs/folder';
import { skip } from '../../rigs/skip';

describe('process/jsonl', () => {
  const folder = freshFolder();
  const file = () => join(folder(), 'x.jsonl');

  it('writes lines in order, in few batches', () => {
    const writer = new LineWriter(file());
    for (let i = 0; i < 30_000; i++) writer.append(`{"i":${i}}`);
    writer.close();
    const lines = readFileSync(file(), 'utf8').trimEnd().split('\n');
    assert.equal(lines.length, 30_000);
    assert.equal(lines[29_999], '{"i":29999}');
  });

  it('closes a torn line before it appends', async () => {
    writeFileSync(file(), '{"a":1}\n{"a":2');
    const writer = new LineWriter(file());
    writer.append('{"a":3}');
    writer.close();
    assert.deepEqual(await readJsonLines(file()), { values: [{ a: 1 }, { a: 3 }], skipped: 1 });
  });

  it('passes over garbage, and reads a whole last line without newline', async () => {
    writeFileSync(file(), 'garbage\n{"a":1}\n\u0000\u0001\n[1]\n7\n\n{"a":2}');
    assert.deepEqual(await readJsonLines(file()), { values: [{ a: 1 }, { a: 2 }], skipped: 4 });
    assert.deepEqual(await readJsonLines(join(folder(), 'none')), { values: [], skipped: 0 });
  });

  it('gives each whole line once, however the file grows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }).map((s) => s.replace(/[\n\r]/g, '') + 'é')),
        fc.integer({ min: 1, max: 9 }),
        async (lines, piece) => {
          writeFileSync(file(), '');
          const reader = new LineReader(file());
          const bytes = Buffer.from(lines.map((line) => line + '\n').join(''));
          const read: string[] = [];
          for (let from = 0; from < bytes.length; from += piece) {
            appendFileSync(file(), bytes.subarray(from, from + piece));
            await reader.read((line) => read.push(line));
          }
          assert.deepEqual(read, lines);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('starts over when the file was replaced by a shorter one', async () => {
    writeFileSync(file(), 'one\ntwo\n');
    let restarts = 0;
    const reader = new LineReader(file(), () => restarts++);
    await reader.read(() => undefined);
    truncateSync(file(), 0);
    appendFileSync(file(), 'new\n');
    const read: string[] = [];
    await reader.read((line) => read.push(line));
    assert.deepEqual([read, restarts], [['new'], 1]);
  });

  it('remembers a failure to write instead of throwing at the caller', function () {
    if (process.platform !== 'linux') skip(this, 'this needs Linux');
    const writer = new LineWriter('/dev/full');
    writer.append('x');
    writer.flush();
    writer.append('y');
    writer.close();
    assert.equal((writer.failed as NodeJS.ErrnoException).code, 'ENOSPC');
  });
});
