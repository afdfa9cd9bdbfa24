import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { addProvider, OnnxError, openSession } from '../../../lifecycle/onnx';
import { UserError } from '../../../lifecycle/problem';
import { deviceUnusable, tellsDeviceLost } from '../../../lifecycle/train/devices/trouble';
import { testGradients } from '../../../lifecycle/train/network/self-test';
import { trainNetwork } from '../../../lifecycle/train/network/trainer';
import { type Lesson } from '../../../lifecycle/train/trainer';
import { Random } from '../../../lifecycle/statistics/random';
import { freshFolder } from '../../rigs/folder';

const ROWS = 40;
/** Two steps an epoch. */
const EPOCHS = 4;

describe('a device that is lost midway', () => {
  const folder = freshFolder();
  let left = Infinity;
  let said = '';
  let remove = (): void => undefined;

  before(async () => {
    // The CPU under another name, until its steps are used up.
    remove = addProvider('cuda', async (model) => {
      const session = await openSession(model);
      const run: typeof session.run = (...given) => {
        if (left-- <= 0) return Promise.reject(new OnnxError(`The model can't be run: ${said}`));
        return session.run(...given);
      };
      return { ...session, provider: 'cuda', run };
    });
    const layers = [{ kind: 'dense', units: 4, activation: 'none', bias: true, l2: 0 }] as const;
    await testGradients('cuda', { use: { layers, task: 'binary', loss: { kind: 'cross-entropy' } } });
  });
  after(() => remove());

  function lesson(checkpoint: string | undefined, logs: string[] = []): Lesson {
    const random = new Random(3);
    const column = (): Float32Array => Float32Array.from({ length: ROWS }, () => random.normal());
    const [a, b] = [column(), column()];
    return {
      task: 'binary',
      classes: ['n', 'y'],
      train: {
        names: ['a', 'b'],
        columns: [a, b],
        labels: Float64Array.from(a, (value, i) => (value * b[i]! > 0 ? 1 : 0)),
        rows: ROWS,
      },
      stage: {
        kind: 'train',
        data: 'd',
        training: { epochs: EPOCHS, 'batch-size': ROWS / 2 },
        model: { kind: 'network', layers: [{ dense: { units: 4 } }] },
      },
      scratch: '',
      seed: 7,
      threads: 1,
      ...(checkpoint !== undefined && { checkpoint }),
      report: {
        signal: new AbortController().signal,
        progress: () => undefined,
        metric: () => undefined,
        log: (_level, message) => logs.push(message),
        device: { kind: 'cuda', name: 'NVIDIA L4' },
      },
    };
  }

  const train = (given: Lesson) => trainNetwork(given, { kind: 'network', layers: [{ dense: { units: 4 } }] });

  it('says after which step, and the next run goes on from there', async () => {
    const place = join(folder(), 'checkpoints');
    mkdirSync(place);
    const checkpoint = join(place, 'x.bin');
    // Steps, and a look into one at the end of the first epoch.
    [left, said] = [6, 'CUDA failure 999: unknown error ; GPU=0'];
    await assert.rejects(train(lesson(checkpoint)), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.equal(error.problem.code, 'device-lost');
      assert.equal(error.problem.message, 'NVIDIA L4 was lost after step 5 of the training.');
      assert.match(error.problem.hint ?? '', /^Run again: it goes on from step 5\./);
      assert.match(error.problem.details?.join() ?? '', /CUDA failure 999/);
      return true;
    });
    left = Infinity;
    const logs: string[] = [];
    const { training } = await train(lesson(checkpoint, logs));
    assert.equal(training['epochs'], EPOCHS);
    assert.ok(
      logs.some((line) => line.startsWith('Goes on from its checkpoint: step 5 ')),
      logs.join('\n'),
    );
  });

  it('promises nothing where nothing is kept', async () => {
    [left, said] = [3, 'Device is lost'];
    await assert.rejects(
      train(lesson(undefined)),
      (error) => error instanceof UserError && error.problem.hint!.startsWith('Run again: the training begins anew.'),
    );
  });

  it('is something else than a network that a provider can not compute', async () => {
    [left, said] = [0, 'NOT_IMPLEMENTED : Failed to find kernel for Foo(17)'];
    await assert.rejects(
      train(lesson(undefined)),
      (error) => error instanceof UserError && error.problem.code === 'operator-unsupported',
    );
  });

  it('is something else than a machine without one: said in words, with what to install', () => {
    const raw =
      "onnxruntime can't load the model: /onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:65 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&) status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters";
    const { code, message, hint, details } = deviceUnusable('webgpu', raw).problem;
    assert.equal(code, 'device-unusable');
    assert.equal(message, "`device: webgpu` can't be used on this machine: no graphics adapter answers.");
    assert.match(hint ?? '', /driver/);
    assert.deepEqual(details, [
      "onnxruntime can't load the model: Failed to get a WebGPU adapter: No supported adapters",
    ]);
  });

  it('is known by what runtimes say', () => {
    for (const text of [
      'CUDA failure 719: unspecified launch failure',
      'VK_ERROR_DEVICE_LOST',
      'wgpu: A valid external Instance reference no longer exists. Device lost',
      'DXGI_ERROR_DEVICE_REMOVED',
    ])
      assert.ok(tellsDeviceLost(text), text);
    for (const text of ['CUDA failure 2: out of memory', 'The model is invalid', 'device memory is full'])
      assert.ok(!tellsDeviceLost(text), text);
  });
});
