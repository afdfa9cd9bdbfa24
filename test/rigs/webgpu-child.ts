/** Child of software-vulkan.ts: says of each named golden how far WebGPU is from PyTorch, and of each named family of the self-test how far from the CPU, a line of JSON each. */
import { subjects } from '../../lifecycle/train/network/families';
import { errorOf } from '../../lifecycle/train/network/self-test';
import { policyFamily } from '../../lifecycle/train/reinforcement/families';
import { apart, type Case, cases } from '../lifecycle/train/golden-layers';
import { curveOf, openGolden } from './layer-goldens';
import type { OnWebGpu } from './software-vulkan';

async function tried(golden: Case): Promise<OnWebGpu> {
  const { name } = golden;
  try {
    const opened = await openGolden(golden, 'webgpu', 'webgpu');
    const { loss, gradient } = await opened.at(Float32Array.from(golden.start));
    await opened.close();
    const found = {
      name,
      loss: Math.abs(loss - golden.loss) / Math.max(1, golden.loss),
      gradient: apart(gradient, golden.gradient),
    };
    if (golden.curve.length === 0) return found;
    const losses = await curveOf(golden, 'webgpu');
    return { ...found, curve: Math.max(...golden.curve.map((wanted, i) => Math.abs(wanted - losses[i]!))) };
  } catch (error) {
    return { name, failed: error instanceof Error ? error.message.slice(0, 300) : String(error) };
  }
}

async function asked(name: string): Promise<OnWebGpu> {
  const family = [...subjects, policyFamily('ppo'), policyFamily('dqn')].find((each) => each.name === name);
  if (family === undefined) return tried(cases.find((golden) => golden.name === name)!);
  return errorOf(family, 'webgpu').then(
    (gradient) => ({ name, gradient }),
    (error: unknown) => ({ name, failed: error instanceof Error ? error.message.slice(0, 300) : String(error) }),
  );
}

void (async () => {
  // As long as a session is open, onnxruntime keeps the device with the programs that were compiled for it: most of the work.
  const open = await openGolden(cases[0]!, 'webgpu', 'webgpu').catch(() => undefined);
  for (const name of process.argv.slice(2)) console.log(JSON.stringify(await asked(name)));
  await open?.close();
})();
