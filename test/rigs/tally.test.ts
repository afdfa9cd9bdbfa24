import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freshFolder } from './folder';

const repository = path.resolve(__dirname, '../..');

interface Result {
  readonly passed: number;
  readonly failures: readonly { title: string }[];
  readonly skips: readonly { title: string; reason: string }[];
}

/** Runs a mocha file with our reporter, then reads its results file as `npm test` does. */
function count(folder: string, source: string): Result {
  const file = path.join(folder, 'sample.test.ts');
  const results = path.join(folder, 'results.jsonl');
  writeFileSync(file, source);
  const mocha = path.join(repository, 'node_modules/mocha/bin/mocha.js');
  const args = [mocha, '--no-config', '--require', 'tsx/cjs', '--reporter', 'scripts/lib/mocha-reporter.cjs', file];
  spawnSync(process.execPath, args, { cwd: repository, env: { ...process.env, TEST_RESULTS: results } });
  return read(results);
}

function read(results: string): Result {
  const tally = path.join(repository, 'scripts/lib/tally.mjs');
  const code = `import { readResults } from ${JSON.stringify(tally)}; console.log(JSON.stringify(readResults(${JSON.stringify(results)}, 'sample')))`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  return JSON.parse(said) as Result;
}

describe('the count of tests', function () {
  this.timeout(30_000);
  const folder = freshFolder();

  it('adds up passes, failures and skips with their reasons', () => {
    const skip = JSON.stringify(path.join(repository, 'test/rigs/skip.ts'));
    const { passed, failures, skips } = count(
      folder(),
      `import { skip } from ${skip};
      describe('a', () => {
        it('passes', () => {});
        it('fails', () => { throw new Error('no'); });
        it('is skipped', function () { skip(this, 'no GPU'); });
        it('is to come');
        describe('b', () => {
          before(function () { skip(this, 'no network'); });
          it('one', () => {});
          it('two', () => {});
        });
      });`,
    );
    assert.equal(passed, 1);
    assert.deepEqual(
      failures.map(({ title }) => title),
      ['a › fails'],
    );
    assert.deepEqual(
      skips.map(({ title, reason }) => [title, reason]),
      [
        ['a › is skipped', 'no GPU'],
        ['a › is to come', 'not written yet'],
        ['a › b › one', 'no network'],
        ['a › b › two', 'no network'],
      ],
    );
  });

  it('counts a suite that crashes half way as failed', () => {
    const { passed, failures } = count(folder(), `it('one', () => {}); it('two', () => { process.exit(0); });`);
    assert.equal(passed, 1);
    assert.deepEqual(
      failures.map(({ title }) => title),
      ['sample ended after 1 of 2 tests'],
    );
  });

  it('counts a suite that never begins, or holds no test, as failed', () => {
    assert.equal(
      count(folder(), `throw new Error('broken import');`).failures[0]?.title,
      'sample ended before its first test',
    );
    assert.equal(count(folder(), '').failures[0]?.title, 'sample holds no test');
  });

  it('reads past a line torn by a crash', () => {
    const results = path.join(folder(), 'torn.jsonl');
    writeFileSync(results, '{"kind":"begin","total":2}\n{"kind":"passed","title":"one"}\n{"kind":"pas');
    assert.equal(read(results).passed, 1);
    assert.ok(readFileSync(results, 'utf8').endsWith('"pas'));
  });
});
