import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pulse } from '../../../lifecycle/run/pulse';
import type { WorkerMessage } from '../../../lifecycle/run/request';
import { start } from '../../../lifecycle/process/spawn';
import type { Problem, TrainStage } from '../../../schemas/generated/types';
import { freshFolder } from '../../rigs/folder';

const stage: TrainStage = { kind: 'train', data: 'd', command: ['x'] };
const metric: WorkerMessage = {
  time: '2026-01-01T00:00:00.000Z',
  type: 'metric',
  stage: 'own',
  name: 'loss',
  step: 12,
  epoch: 3,
  value: 1,
};
const state = (to: 'paused' | 'running'): WorkerMessage => ({
  time: '2026-01-01T00:00:00.000Z',
  type: 'control',
  stage: 'own',
  state: to,
});

describe('run/pulse', () => {
  const folder = freshFolder();

  /** A process that does so, and what is told of it. */
  async function watch(program: string, limits: { idle?: number; busy?: number; timeout?: number }) {
    const file = join(folder(), 'program.cjs');
    writeFileSync(file, program);
    const child = await start([process.execPath, file], { cwd: folder(), onLine: () => undefined });
    const said: string[] = [];
    let ended: Problem | undefined;
    let look: () => void = () => undefined;
    const { idle = 1e9, busy = 1e9, timeout } = limits;
    const pulse = new Pulse(
      {
        request: {
          name: 'own',
          stage: timeout === undefined ? stage : { ...stage, resources: { 'stall-timeout': timeout } },
        },
        pid: child.pid,
        say: ({ level, message, code }) => {
          said.push(`${level} ${code ?? ''} ${message}`);
          look();
        },
        end: (problem) => {
          ended = problem;
          look();
        },
      },
      { idle, busy, pause: 20 },
    );
    const until = (test: () => boolean) =>
      new Promise<void>((resolve) => {
        look = () => {
          if (test()) resolve();
        };
        look();
      });
    const close = async () => {
      pulse.close();
      await child.end(0);
    };
    return { pulse, said, until, close, ended: () => ended };
  }

  it('tells once of a process that neither says nor computes anything, with the last that was heard, and that it goes on', async () => {
    const { pulse, said, until, close } = await watch('setInterval(() => 0, 1e6)', { idle: 300 });
    pulse.beat(metric);
    await until(() => said.length > 0);
    assert.match(
      said[0]!,
      /^warning stage-stalled Nothing was heard of it for .*, and nothing computes: it may hang\. The last: step 12 \(epoch 3\)\.$/,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(said.length, 1);
    pulse.beat(metric);
    assert.match(said[1]!, /^info {2}It goes on after/);
    await close();
  });

  it('has more patience with one that computes', async () => {
    const { said, until, close } = await watch('for (;;);', { idle: 1e9, busy: 200 });
    await until(() => said.length > 0);
    assert.match(said[0]!, /though it computes\.$/);
    await close();
  });

  it('ends one that is silent for longer than the pipeline allows, and counts no rest', async () => {
    const { pulse, until, close, ended, said } = await watch('setInterval(() => 0, 1e6)', { timeout: 0.2 });
    pulse.beat({ time: '', type: 'stage-progress', stage: 'own', message: 'epoch 4' });
    pulse.beat(state('paused'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(ended(), undefined);
    pulse.beat(state('running'));
    await until(() => ended() !== undefined);
    assert.equal(ended()?.code, 'stage-stalled');
    assert.deepEqual(ended()?.path, ['resources', 'stall-timeout']);
    assert.deepEqual(said, []);
    await close();
  });
});
