import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInfo, Training, TrainStage } from '../../../schemas/generated/types';
import { ControlPort } from '../../../lifecycle/run/control';
import { room } from '../../../lifecycle/train/room';
import { pace } from '../../../lifecycle/train/trainer';
import { skip } from '../../rigs/skip';
import { example } from './example';
import { type Ran, runRoom, temporaryFolder, type Told, writeDataset } from './fixture';

/** 10 steps an epoch. */
const stageOf = (training: Training): TrainStage => ({
  kind: 'train',
  data: 'd',
  model: { kind: 'network', layers: [{ dense: { units: 12, activation: 'relu' } }, { dropout: 0.2 }] },
  training: { epochs: 3, 'batch-size': 30, ...training },
});

const modelOf = ({ output }: Ran): Promise<Buffer> => readFile(join(output, 'model.onnx'));

/** What a room tells, with a look at each step that is told of. */
function watched(onStep: (steps: number, told: Told) => void): Told {
  const told: Told = { metrics: [], logs: [], progress: [], checkpoints: [] };
  let steps = 0;
  told.progress.push = (...values) => {
    if (values[0]! > 0) onStep(++steps, told);
    return Array.prototype.push.apply(told.progress, values);
  };
  return told;
}

/** Another clock for a while. @returns ends it */
function clocked(now: () => number): () => void {
  const before = Object.getOwnPropertyDescriptor(performance, 'now');
  Object.defineProperty(performance, 'now', { value: now, configurable: true });
  return () => {
    if (before) Object.defineProperty(performance, 'now', before);
    else Reflect.deleteProperty(performance, 'now');
  };
}

describe('a training of a network', () => {
  let data: string;
  /** One for all: gradients are tested once in each. */
  let store: string;
  before(async () => {
    [data, store] = [await temporaryFolder(), await temporaryFolder()];
    await writeDataset(data, example('binary'));
  });
  after(() => Promise.all([data, store].map((folder) => rm(folder, { recursive: true, force: true }))));

  it('is kept after so many minutes, or steps, whichever comes first', async () => {
    const kept = async (checkpoint: NonNullable<Training['checkpoint']>) =>
      (await runRoom(room, stageOf({ checkpoint, epochs: 1 }), { d: data }, { store })).checkpoints.map(
        ({ step }) => step,
      );
    assert.deepEqual(await kept({ minutes: 1e-9 }), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.deepEqual(await kept({ minutes: 1000 }), []);
    assert.deepEqual(await kept({ minutes: 1000, steps: 4 }), [4, 8]);
    assert.deepEqual(await kept({}), [], 'every five minutes unless told');
  });

  it('ends after the epoch when it is asked to, with what it has learnt', async () => {
    const states: string[] = [];
    const control = new ControlPort((state) => states.push(state));
    const told = watched((steps) => {
      if (steps === 14) control.take('finish');
    });
    const ran = await runRoom(room, stageOf({ epochs: 6 }), { d: data }, { told, control, store });
    assert.deepEqual([control.stoppedAt, states], ['after epoch 2 of 6', ['finishing']]);
    const info = JSON.parse(await readFile(join(ran.output, 'model.json'), 'utf8')) as ModelInfo;
    assert.equal(info.training!['epochs'], 2);
    assert.ok(ran.result.metrics!['validation/auc']! > 0.5);
  });

  it('rests while it is paused, and then comes to the same weights', async () => {
    const states: string[] = [];
    const control = new ControlPort((state) => {
      states.push(state);
      if (state !== 'paused') return;
      const done = told.progress.length;
      setTimeout(() => {
        states.push(`${told.progress.length - done} steps`);
        control.take('resume');
      }, 60);
    });
    const told = watched((steps) => {
      if (steps === 5) control.take('pause');
    });
    const stage = stageOf({ epochs: 40 });
    const rested = await runRoom(room, stage, { d: data }, { told, control, store });
    assert.deepEqual(states, ['paused', '0 steps', 'running']);
    assert.deepEqual(await modelOf(rested), await modelOf(await runRoom(room, stage, { d: data }, { store })));
  });

  it('tells rows a second, over what passed since it told last', () => {
    const told: [string, number, number][] = [];
    let clock = 5_000;
    const restore = clocked(() => clock);
    try {
      const tell = pace({ metric: (name, value, step) => void told.push([name, value, step]) });
      for (const [rows, after] of [
        [100, 400],
        [100, 400],
        [300, 450],
        [50, 999],
        [50, 1],
        [0, 2_000],
      ] as const) {
        clock += after;
        tell(rows);
      }
    } finally {
      restore();
    }
    assert.deepEqual(told, [
      ['device/rows per second', 400, 1.3],
      ['device/rows per second', 100, 2.3],
      ['device/rows per second', 0, 4.3],
    ]);
  });

  it('tells them while it learns', async () => {
    // A second passes with every look at the clock.
    let clock = 0;
    const restore = clocked(() => (clock += 1_000));
    try {
      const { metrics } = await runRoom(room, stageOf({ epochs: 2 }), { d: data }, { store });
      const told = metrics.filter(({ name }) => name === 'device/rows per second');
      assert.ok(told.length >= 5 && told.every(({ value }) => value >= 0));
      assert.ok(told.some(({ value }) => value > 0));
    } finally {
      restore();
    }
  });

  describe('on a full disk', () => {
    let disk: string;
    before(async function () {
      disk = join(await temporaryFolder(), 'disk');
      mkdirSync(disk);
      if (process.platform !== 'linux' || process.getuid?.() !== 0) skip(this, 'a small disk takes Linux and root');
      const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
      if (status !== 0) skip(this, 'this machine mounts no tmpfs');
    });
    after(() => spawnSync('umount', [disk]));

    it('says so once and goes on, the last checkpoint whole', async () => {
      const filling = join(disk, 'filling');
      const fill = (): void => {
        const file = openSync(filling, 'w');
        try {
          for (;;) writeSync(file, Buffer.alloc(4096));
        } catch (error) {
          assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
        } finally {
          closeSync(file);
        }
      };
      const stage = stageOf({ checkpoint: { steps: 4 } });
      const whole = await runRoom(room, stage, { d: data }, { store });
      // It fills after the first checkpoint, and the training is stopped later on.
      const stop = new AbortController();
      const told = watched((steps, { checkpoints }) => {
        if (checkpoints.length === 1 && steps === 6) fill();
        if (steps === 22) stop.abort();
      });
      await assert.rejects(runRoom(room, stage, { d: data }, { told, store: disk, signal: stop.signal }));
      const said = told.logs.filter(({ level }) => level === 'warning');
      assert.deepEqual(
        said.map(({ code, message }) => [code, message]),
        [
          [
            'checkpoint-failed',
            "The training can't be kept on disk (the disk is full); it goes on, but would begin anew after a crash.",
          ],
        ],
      );
      assert.deepEqual(
        told.checkpoints.map(({ step }) => step),
        [4],
      );
      const left = readdirSync(join(disk, 'checkpoints'));
      assert.ok(left.length === 1 && /^[0-9a-f]+\.bin$/.test(left[0]!), left.join());
      rmSync(filling);
      const resumed = await runRoom(room, stage, { d: data }, { store: disk });
      assert.ok(resumed.logs.some(({ message }) => /from its checkpoint: step 4 /.test(message)));
      assert.deepEqual(await modelOf(resumed), await modelOf(whole));
      // Full from the beginning, and to its end.
      fill();
      const without = await runRoom(room, stage, { d: data }, { store: disk });
      assert.equal(without.logs.filter(({ code }) => code === 'checkpoint-failed').length, 1);
      assert.deepEqual(await modelOf(without), await modelOf(whole));
    });
  });
});
