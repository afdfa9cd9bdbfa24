import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { killAtRandom } from '../rigs/kill';
import { brief, theProgram } from './product';

/** The first rounds of test/deep/kill.test.ts: the shipped example, killed without warning. */
describe('kill -9 of the churn example at 2 random moments', () => {
  it('loses and repeats no finished stage; the store can be read; the next run completes', async function () {
    this.timeout(300_000);
    const project = brief();
    const text = project.text;
    const report = await killAtRandom(
      {
        command: [process.execPath, theProgram(), 'run', '--json', '--cores', '2'],
        cwd: project.folder,
        store: project.store,
      },
      {
        times: 2,
        seed: 20261121,
        // Another seed each round, so that everything has to be done again.
        reset: (round) => writeFileSync(project.file, text.replace('seed: 7', `seed: ${100 + round}`)),
      },
    );
    assert.ok(report.hits >= 1 && report.kept >= 1, JSON.stringify(report));
  });
});
