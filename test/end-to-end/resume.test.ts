import assert from 'node:assert/strict';
import { killTraining } from '../rigs/kill-training';
import { newFolder, theProgram } from './product';

/** The first kills of test/deep/resume.test.ts. */
describe('training killed at 2 random moments', () => {
  it('gives the weights of the uninterrupted training, byte for byte', async function () {
    this.timeout(300_000);
    const report = await killTraining(newFolder(), theProgram(), { kills: 2, seed: 5, variants: ['streamed'] });
    assert.equal(report.kills, 2);
  });
});
