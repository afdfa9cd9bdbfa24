import assert from 'node:assert/strict';
import { killTraining } from '../rigs/kill-training';
import { newFolder, theProgram } from './product';

/** The first kill of test/deep/resume.test.ts. */
describe('training killed at a random moment', () => {
  it('gives the weights of the uninterrupted training, byte for byte', async function () {
    this.timeout(300_000);
    const report = await killTraining(newFolder(), theProgram(), { kills: 1, seed: 5, variants: ['streamed'] });
    assert.equal(report.kills, 1);
  });
});
