import assert from 'node:assert/strict';
import type { TrainStage } from '../../schemas/generated/types';
import { room } from '../../lifecycle/train/room';
import { runRoom } from '../lifecycle/train/fixture';
import { skip } from '../rigs/skip';
import { policiesOnSoftwareVulkan, softwareVulkan } from '../rigs/software-vulkan';

/** Beside PPO in test/lifecycle/train/reinforcement/policy.test.ts, which learns it faster. */
describe('train/reinforcement', function () {
  this.timeout(900_000);

  it('balances the pole by DQN, too', async () => {
    const stage: TrainStage = {
      kind: 'train',
      reinforcement: { environment: 'cart-pole', algorithm: 'dqn', goal: 400, steps: 60_000 },
    };
    for (const seed of [1, 2, 3]) {
      const { result } = await runRoom(room, stage, {}, { seed });
      assert.ok((result.metrics?.['evaluation/reward'] ?? 0) >= 400, JSON.stringify([seed, result.metrics]));
    }
  });

  it('learns on WebGPU (software Vulkan) as on the processor, by PPO and by DQN', async function () {
    const vulkan = softwareVulkan();
    if ('missing' in vulkan) skip(this, vulkan.missing);
    const pole = { environment: 'cart-pole', episodes: 2 } as const;
    const found = await policiesOnSoftwareVulkan(vulkan.env, [
      { ...pole, algorithm: 'ppo', steps: 1_024 },
      { ...pole, algorithm: 'dqn', steps: 1_536 },
    ]);
    for (const [name, { there, here }] of Object.entries({ ppo: found[0]!, dqn: found[1]! })) {
      const apart = here.losses.map((loss, i) => Math.abs(there.losses[i]! - loss) / Math.max(1, Math.abs(loss)));
      console.log(
        `  ${name}: losses ${here.losses.map((loss) => loss.toFixed(4)).join(', ')}, at most ${Math.max(...apart).toExponential(1)} apart; judged ${there.reward} and ${here.reward}`,
      );
      assert.equal(there.losses.length, here.losses.length);
      assert.ok(here.losses.filter((loss) => loss > 0).length >= 3, name);
      assert.ok(Math.max(...apart) < 1e-4, `${name}: ${apart.join()}`);
      assert.ok(there.reward > 9, `${name}: ${there.reward}`);
    }
  });
});
