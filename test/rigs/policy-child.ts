/** Child of software-vulkan.ts: trains policies on WebGPU and on the processor, and tells both, a line of JSON each. */
import type { Reinforcement } from '../../schemas/generated/types';
import { room } from '../../lifecycle/train/room';
import { runRoom } from '../lifecycle/train/fixture';
import type { PolicyOnWebGpu } from './software-vulkan';

async function learn(settings: Reinforcement, kind: 'webgpu' | 'cpu'): Promise<PolicyOnWebGpu['here']> {
  const { metrics, result } = await runRoom(
    room,
    { kind: 'train', reinforcement: settings },
    {},
    { seed: 2, device: { kind, name: kind } },
  );
  return {
    losses: metrics.filter(({ name }) => name === 'loss').map(({ value }) => value),
    reward: result.metrics?.['evaluation/reward'] ?? NaN,
  };
}

void (async () => {
  for (const text of process.argv.slice(2)) {
    const settings = JSON.parse(text) as Reinforcement;
    const told: PolicyOnWebGpu = { there: await learn(settings, 'webgpu'), here: await learn(settings, 'cpu') };
    console.log(JSON.stringify(told));
  }
})();
