import assert from 'node:assert/strict';
import { differentiable } from '../../lifecycle/onnx';
import { layerGradients, operatorGradients } from '../rigs/random-gradients';

/** The long form of test/lifecycle/onnx/random-gradients.test.ts. */
describe('gradients of random shapes and attributes are finite differences', function () {
  this.timeout(600_000);

  it('of 5,000 operators, every one that has a rule among them', async () => {
    const seen = await operatorGradients(5_000, 1);
    assert.deepEqual(
      differentiable.filter((op) => !seen.has(op)),
      [],
    );
  });

  it('of 2,000 networks', async () => {
    assert.ok((await layerGradients(2_000, 1)) > 1_500);
  });
});
