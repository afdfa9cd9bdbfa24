import assert from 'node:assert/strict';
import { layerGradients, operatorGradients } from '../../rigs/random-gradients';

/** A few of each; test/deep/gradients.test.ts has thousands. */
describe('gradients of random shapes and attributes are finite differences', () => {
  it('of operators', async () => {
    const seen = await operatorGradients(100, 4);
    assert.ok(seen.size > 35, [...seen].join(' '));
  });

  it('of layers', async () => {
    const fitted = await layerGradients(30, 4);
    assert.ok(fitted > 20, `${fitted} fitted`);
  });
});
