import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelInfo, TrainStage } from '../../../../schemas/generated/types';
import { addProvider, float, OnnxError, openSession, type Session } from '../../../../lifecycle/onnx';
import { UserError } from '../../../../lifecycle/problem';
import { names } from '../../../../lifecycle/train/network/step';
import { room } from '../../../../lifecycle/train/room';
import { CartPole } from '../../../../lifecycle/train/reinforcement/cart-pole';
import { argMax } from '../../../../lifecycle/train/reinforcement/dqn';
import { freshFolder } from '../../../rigs/folder';
import { runRoom } from '../fixture';

type Settings = NonNullable<TrainStage['reinforcement']>;

const stage = (reinforcement: Settings, model?: TrainStage['model']): TrainStage => ({
  kind: 'train',
  reinforcement,
  ...(model && { model }),
});

/** Plays an episode with the exported model. */
async function play(output: string, seed: number): Promise<number> {
  const session = await openSession(join(output, 'model.onnx'));
  const pole = new CartPole();
  let seen = await pole.reset(seed);
  for (let reward = 0; ;) {
    const feeds = Object.fromEntries(pole.shape.observations.map((name, i) => [name, float([seen[i]!], [1, 1])]));
    const { probabilities } = await session.run(feeds);
    const step = await pole.step(argMax(probabilities!.data as Float32Array));
    reward += step.reward;
    seen = step.observation;
    if (!step.done && !step.truncated) continue;
    await session.close();
    return reward;
  }
}

describe('train/reinforcement', function () {
  this.timeout(120_000);
  const folder = freshFolder();

  it('balances the pole by PPO, and exports a policy that does so too', async () => {
    const { output, result, metrics } = await runRoom(
      room,
      stage({ environment: 'cart-pole', goal: 475, steps: 60_000 }),
      {},
      { seed: 2 },
    );
    assert.ok((result.metrics?.['evaluation/reward'] ?? 0) >= 475, JSON.stringify(result.metrics));
    const rewards = await Promise.all([901, 902, 903, 904].map((seed) => play(output, seed)));
    assert.ok(rewards.reduce((sum, reward) => sum + reward, 0) / 4 >= 450, rewards.join());
    const info = JSON.parse(readFileSync(join(output, 'model.json'), 'utf8')) as ModelInfo;
    assert.deepEqual(info.classes, ['left', 'right']);
    assert.equal(info.kind, 'policy');
    assert.ok(metrics.some(({ name }) => name === 'reward'));
    assert.ok(!readFileSync(join(output, 'history.json'), 'utf8').includes('device/'));
  });

  it('gives the same bytes again, by either algorithm, and other bytes by another seed', async () => {
    const bytes = async (algorithm: Settings['algorithm'], seed: number) => {
      const { output } = await runRoom(
        room,
        stage({ environment: 'cart-pole', steps: 1_400, episodes: 2, algorithm: algorithm! }),
        {},
        { seed },
      );
      return readFileSync(join(output, 'model.onnx')).toString('base64');
    };
    for (const algorithm of ['ppo', 'dqn'] as const) {
      const first = await bytes(algorithm, 1);
      assert.equal(await bytes(algorithm, 1), first);
      assert.notEqual(await bytes(algorithm, 2), first);
    }
  });

  it('learns in a program of the user: always the second of three actions', async () => {
    const file = join(folder(), 'bandit.cjs');
    writeFileSync(
      file,
      `let left = 0;
       require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
         const asked = JSON.parse(line);
         if (asked.describe) console.log(JSON.stringify({ observations: ['one'], actions: ['a', 'b', 'c'] }));
         else if ('reset' in asked) { left = 10; console.log('{"observation": [1]}'); }
         else console.log(JSON.stringify({ observation: [1], reward: asked.step === 1 ? 1 : 0, done: --left === 0 }));
       });`,
    );
    const environment = { command: [process.execPath, file] };
    const layers = [{ dense: { units: 8, activation: 'relu' as const } }];
    const { result } = await runRoom(
      room,
      stage({ environment, steps: 2_000, goal: 10, environments: 2, episodes: 3 }, { kind: 'network', layers }),
      {},
      { folder: folder() },
    );
    assert.equal(result.metrics?.['evaluation/reward'], 10);
  });

  it('takes dense layers only', async () => {
    const refused = (model: TrainStage['model'], expected: RegExp) =>
      assert.rejects(
        runRoom(room, stage({ environment: 'cart-pole', steps: 10 }, model), {}),
        (error) =>
          error instanceof UserError &&
          error.problem.code === 'layer-unsuitable' &&
          expected.test(error.problem.message),
      );
    await refused('linear', /network, not linear/);
    await refused({ kind: 'network', layers: [{ dropout: 0.1 }] }, /dense layers only/);
  });

  describe('on a device', () => {
    let left = Infinity;
    let said = '';
    let spoilt: string | undefined;
    let remove = (): void => undefined;
    /** The CPU under another name, until its runs are used up; wrong in the gradients of graphs with an input of the name `spoilt`. */
    const offer = (runtime: string): void => {
      remove();
      const open = async (model: Uint8Array): Promise<Session> => {
        const session = await openSession(model);
        const wrong = spoilt !== undefined && session.inputs.includes(spoilt);
        const run: typeof session.run = async (...given) => {
          if (left-- <= 0) throw new OnnxError(`The model can't be run: ${said}`);
          const results = await session.run(...given);
          const { [names.next(names.gradient)]: gradient } = results;
          if (wrong && gradient) (gradient.data as Float32Array)[0]! += 1;
          return results;
        };
        return { ...session, provider: 'webgpu', run };
      };
      remove = addProvider('webgpu', open, `test/policy ${runtime}`);
    };
    after(() => remove());

    const learn = (algorithm: 'ppo' | 'dqn', steps: number) =>
      runRoom(
        room,
        stage({ environment: 'cart-pole', steps, episodes: 1, environments: 4, algorithm }),
        {},
        { device: { kind: 'webgpu', name: 'Radeon 780M' } },
      );
    const ends = (code: string, message: RegExp) => (error: unknown) => {
      assert.ok(error instanceof UserError, String(error));
      assert.equal(error.problem.code, code);
      assert.match(error.problem.message, message);
      return true;
    };

    it('is not trained where its gradients are wrong, by either algorithm', async () => {
      offer('spoilt');
      spoilt = names.targets;
      await assert.rejects(learn('ppo', 128), ends('gradients-unsound', /'webgpu'.* for dense layers/));
      spoilt = 'gain';
      await assert.rejects(learn('ppo', 128), ends('gradients-unsound', /'webgpu'.* for policies by PPO \(off by/));
      spoilt = 'wanted';
      await assert.rejects(learn('dqn', 256), ends('gradients-unsound', /'webgpu'.* for policies by DQN \(off by/));
      spoilt = undefined;
    });

    it('says when the device was lost, or is of no use', async () => {
      offer('lost');
      const { metrics } = await learn('ppo', 128);
      assert.ok(metrics.some(({ name }) => name === 'loss'));
      // 33 looks and 20 learning steps for 128 steps, and some looks of the judge.
      [left, said] = [300, 'VK_ERROR_DEVICE_LOST'];
      await assert.rejects(learn('ppo', 60_000), (error) => {
        ends('device-lost', /^Radeon 780M was lost after step [1-9]\d* of the training\.$/)(error);
        assert.ok(error instanceof UserError && error.problem.hint?.startsWith('Run again: the training begins anew.'));
        return true;
      });
      [left, said] = [300, 'INTERNAL: it answers no more'];
      await assert.rejects(learn('ppo', 60_000), ends('device-lost', /^Radeon 780M was lost after step [1-9]/));
      offer('none');
      [left, said] = [0, 'No supported adapters'];
      await assert.rejects(
        learn('dqn', 256),
        ends('device-unusable', /`device: webgpu` .* no graphics adapter answers/),
      );
      left = Infinity;
    });
  });

  it('run again when the program that is their environment changes', async () => {
    writeFileSync(join(folder(), 'world.py'), '1');
    const where = {
      folder: folder(),
      root: folder(),
      hashFile: (path: string) => Promise.resolve(readFileSync(path, 'utf8')),
    };
    const world = stage({ environment: { command: ['python3', 'world.py'], inputs: ['map.txt'] } });
    await assert.rejects(room.inputs!(world, where), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.problem.code, 'file-missing');
      assert.deepEqual(error.problem.path, ['reinforcement', 'environment', 'inputs']);
      return true;
    });
    writeFileSync(join(folder(), 'map.txt'), '2');
    assert.deepEqual(await room.inputs!(world, where), { 'file map.txt': '2', 'file world.py': '1' });
  });
});
