import assert from 'node:assert/strict';
import { bundled } from '../rigs/bundle';
import { freshFolder } from '../rigs/folder';
import { killTraining } from '../rigs/kill-training';

/** The long form of test/end-to-end/resume.test.ts. */
describe('training killed at 30 random moments', () => {
  const folder = freshFolder();

  it('gives the weights of the uninterrupted training, byte for byte', async function () {
    this.timeout(3_600_000);
    const report = await killTraining(folder(), await bundled('lifecycle/engine.ts'), {
      kills: 30,
      seed: 20261128,
      log: (line) => console.log(`      ${line}`),
    });
    console.log(`      ${JSON.stringify(report)}`);
    assert.equal(report.kills, 30);
    assert.ok(report.resumed >= 5 && report.ofWorker >= 5, JSON.stringify(report));
  });
});
