import assert from 'node:assert/strict';
import { decodeModel } from '../../../lifecycle/onnx';
import { accumulatingStep } from '../../../lifecycle/train/network/step';
import { openGolden } from '../../rigs/layer-goldens';
import { apart, cases, pupilOf } from './golden-layers';

/** The graphs that a GPU would run, run by the CPU. */
describe('layers as built for a GPU', () => {
  const other = cases.filter((golden) => {
    const pupil = pupilOf(golden);
    return !Buffer.from(accumulatingStep(pupil)).equals(accumulatingStep(pupil, 'webgpu'));
  });
  for (const golden of other)
    it(`${golden.name}: PyTorch's gradient, with what a GPU has`, async () => {
      const model = accumulatingStep(pupilOf(golden), 'webgpu');
      for (const { opType, inputs, outputs } of decodeModel(model).graph.nodes) {
        assert.ok(inputs.length <= 7 && outputs.length <= 7, `${opType}: ${inputs.length} to ${outputs.length}`);
        if (opType === 'MaxPool') assert.equal(outputs.length, 1);
      }
      const opened = await openGolden(golden, 'webgpu');
      const error = apart((await opened.at(Float32Array.from(golden.start))).gradient, golden.gradient);
      await opened.close();
      assert.ok(error <= 1e-5, `the gradient is off by ${error}`);
    });

  it('are other graphs for pools whose windows overlap, or leave a rest', () => {
    assert.ok(other.filter(({ name }) => name.includes('max-pool')).length >= 3);
  });
});
