import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundled } from '../rigs/bundle';
import { freshFolder } from '../rigs/folder';
import { killAtRandom } from '../rigs/kill';

/** The long form of test/lifecycle/run/kill.test.ts: the shipped example, the shipped program, fifty kills. */
describe('the churn example, killed at 50 random moments', () => {
  const folder = freshFolder();

  it('loses and repeats no finished stage; the store can be read; the next run completes', async function () {
    this.timeout(3_600_000);
    const program = await bundled('lifecycle/engine.ts');
    const there = join(folder(), 'churn');
    cpSync('examples/churn', there, { recursive: true, filter: (path) => !path.includes('.lifecycle') });
    const file = join(there, 'churn.pipeline.yaml');
    const text = readFileSync(file, 'utf8');
    const report = await killAtRandom(
      { command: [process.execPath, program, 'run', '--json'], cwd: there, store: join(there, '.lifecycle') },
      {
        times: 50,
        seed: 20261121,
        // Another seed each round, so that everything has to be done again.
        reset: (round) =>
          writeFileSync(
            file,
            text.replace(/^seed: .*$/m, `seed: ${100 + round}`).replace('auc: { min: 0.82 }', 'auc: { min: 0.5 }'),
          ),
        log: (line) => console.log(`      ${line}`),
      },
    );
    console.log(`      ${JSON.stringify(report)}`);
    assert.ok(report.hits >= 40 && report.kept > 50, JSON.stringify(report));
  });
});
