import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import fc from 'fast-check';
import { freshFolder } from '../rigs/folder';
import { documents } from '../rigs/documents';
import { assertRoundTrip, markdownIn, withStages } from '../rigs/round-trip';

/** Packages that carry their documentation as Markdown, and how many files of it at least. */
const sets = [
  { name: 'npm', version: '11.6.2', files: 150 },
  { name: 'fastify', version: '5.6.1', files: 45 },
  { name: 'undici', version: '7.16.0', files: 40 },
];

describe('public documentation as lifecycle documents', function () {
  this.timeout(600_000);
  const folder = freshFolder();

  for (const { name, version, files } of sets)
    it(`${name} ${version} is written back byte for byte, and an edit changes one cell`, () => {
      const [packed] = JSON.parse(
        execFileSync('npm', ['pack', '--json', `${name}@${version}`], { cwd: folder(), encoding: 'utf8' }),
      ) as { filename: string }[];
      execFileSync('tar', ['xzf', packed!.filename], { cwd: folder() });
      const found = markdownIn(path.join(folder(), 'package'));
      assert.ok(found.size >= files, `${found.size} files`);
      let stages = 0;
      for (const [file, text] of found) {
        assertRoundTrip(text, file);
        stages += assertRoundTrip(withStages(text), `${file} with stages`);
        assertRoundTrip(text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'), `${file} with CRLF`);
      }
      console.log(`      ${found.size} files, ${stages} cells`);
    });

  it('10,000 random documents are, too', () => {
    fc.assert(
      fc.property(documents, (text) => void assertRoundTrip(text)),
      { numRuns: 10_000 },
    );
  });
});
