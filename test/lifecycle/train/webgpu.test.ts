import assert from 'node:assert/strict';
import { onSoftwareVulkan, type OnWebGpu, softwareVulkan } from '../../rigs/software-vulkan';
import { skip } from '../../rigs/skip';

/** All of them: test/deep/webgpu.test.ts. */
const SOME = [
  'curve: mlp',
  'curve: cnn',
  'max-pool overlapping of an image',
  'colours, groups and depthwise',
  'transformer of a sequence',
];

describe('training on WebGPU (software Vulkan)', () => {
  let found: OnWebGpu[] = [];
  before(async function () {
    const vulkan = softwareVulkan();
    if ('missing' in vulkan) skip(this, vulkan.missing);
    found = await onSoftwareVulkan(vulkan.env, SOME);
  });

  for (const name of SOME)
    it(`${name}: as PyTorch`, () => {
      const one = found.find((each) => each.name === name);
      assert.ok(one && one.failed === undefined, one?.failed ?? 'no answer');
      assert.ok(one.loss! < 1e-4 && one.gradient! < 1e-4, JSON.stringify(one));
      if (name.startsWith('curve')) assert.ok(one.curve! < 1e-4, JSON.stringify(one));
    });
});
