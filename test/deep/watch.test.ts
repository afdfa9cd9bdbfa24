import assert from 'node:assert/strict';
import { killLoop } from '../end-to-end/loop-kill';

/** The long form of the kill in test/end-to-end/watch.test.ts. */
describe('a watched model, its watch killed at 20 moments of a retraining', () => {
  it('goes on each time, nothing twice and nothing lost', async function () {
    this.timeout(3_600_000);
    const report = await killLoop({ times: 20, seed: 20261128, log: (line) => console.log(`      ${line}`) });
    console.log(`      ${JSON.stringify(report)}`);
    assert.ok(report.hits >= 15 && report.servers >= 9, JSON.stringify(report));
  });
});
