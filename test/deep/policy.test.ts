import assert from 'node:assert/strict';
import type { TrainStage } from '../../schemas/generated/types';
import { room } from '../../lifecycle/train/room';
import { runRoom } from '../lifecycle/train/fixture';

/** Beside PPO in test/lifecycle/train/reinforcement/policy.test.ts, which learns it faster. */
describe('train/reinforcement', function () {
  this.timeout(300_000);

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
});
