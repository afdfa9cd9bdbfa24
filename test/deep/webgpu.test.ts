import assert from 'node:assert/strict';
import { subjects } from '../../lifecycle/train/network/families';
import { policyFamily } from '../../lifecycle/train/reinforcement/families';
import { cases } from '../lifecycle/train/golden-layers';
import { skip } from '../rigs/skip';
import { onSoftwareVulkan, type OnWebGpu, softwareVulkan } from '../rigs/software-vulkan';

const families = [...subjects, policyFamily('ppo'), policyFamily('dqn')].map(({ name }) => name);

/** Every layer and loss curve on WebGPU, computed by SwiftShader, beside PyTorch's values; and what the self-test asks there. */
describe('every layer on WebGPU (software Vulkan)', function () {
  this.timeout(900_000);
  let found: OnWebGpu[] = [];

  before(async function () {
    const vulkan = softwareVulkan();
    if ('missing' in vulkan) skip(this, vulkan.missing);
    found = await onSoftwareVulkan(vulkan.env, [...cases.map(({ name }) => name), ...families]);
  });

  for (const { name, curve } of cases)
    it(`${name}: loss and gradient as PyTorch's${curve.length > 0 ? `, and the losses of ${curve.length} steps` : ''}`, () => {
      const one = found.find((each) => each.name === name);
      assert.ok(one && one.failed === undefined, one?.failed ?? 'no answer');
      assert.ok(one.loss! < 1e-4 && one.gradient! < 1e-4, JSON.stringify(one));
      if (curve.length > 0) assert.ok(one.curve! < 1e-4, JSON.stringify(one));
    });

  for (const name of families)
    it(`${name}: passes the self-test, with room to spare`, () => {
      const one = found.find((each) => each.name === name);
      assert.ok(one && one.failed === undefined, one?.failed ?? 'no answer');
      assert.ok(one.gradient! < 1e-3, JSON.stringify(one));
    });

  after(() => {
    const goldens = found.filter(({ loss }) => loss !== undefined);
    const curves = found.filter(({ curve }) => curve !== undefined);
    const worst = (of: (one: OnWebGpu) => number | undefined): string =>
      Math.max(...goldens.map((one) => of(one) ?? 0)).toExponential(1);
    console.log(`  worst loss ${worst(({ loss }) => loss)}, gradient ${worst(({ gradient }) => gradient)}`);
    const asked = found.filter(({ name }) => families.includes(name)).map(({ gradient }) => gradient ?? 0);
    console.log(`  worst of the self-test's ${asked.length} families ${Math.max(...asked).toExponential(1)}`);
    for (const one of curves)
      console.log(`  | ${one.name} | ${one.gradient!.toExponential(1)} | ${one.curve!.toExponential(1)} |`);
  });
});
