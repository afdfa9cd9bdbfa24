import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainStage } from '../../../../schemas/generated/types';
import { UserError } from '../../../../lifecycle/problem';
import { heldTo } from '../../../../lifecycle/run/devices';
import { deviceEnvironment, deviceFor } from '../../../../lifecycle/train/devices/choose';
import { describeDevices, parseVulkan } from '../../../../lifecycle/train/devices/detect';
import { leaseOne } from '../../../../lifecycle/train/devices/lease';
import { fittingBatch, isOutOfMemory, outOfMemory, tellsOutOfMemory } from '../../../../lifecycle/train/devices/memory';
import {
  followNvidia,
  type GpuSample,
  listNvidia,
  parseGpu,
  parseSample,
} from '../../../../lifecycle/train/devices/nvidia';
import { probeProvider } from '../../../../lifecycle/train/devices/probe';
import { DEAD } from '../../../rigs/runs';
import { fakeNvidia } from '../../../rigs/fake-nvidia';
import { freshFolder } from '../../../rigs/folder';

const network = (device: 'auto' | 'cpu' | 'cuda' | 'webgpu'): TrainStage => ({
  kind: 'train',
  data: 'd',
  model: 'network',
  resources: { device },
});

describe('train/devices', () => {
  const folder = freshFolder();

  describe('NVIDIA', () => {
    it('lists cards with their memory', async () => {
      const gpus = await listNvidia(fakeNvidia(folder()));
      assert.deepEqual(gpus[1], {
        index: 1,
        uuid: 'GPU-0001',
        name: 'NVIDIA L4',
        memory: { total: 23034 * 2 ** 20, used: 2048 * 2 ** 20 },
        driver: '550.54.14',
        utilization: 81,
      });
      assert.equal(gpus.length, 2);
    });

    it('keeps to CUDA_VISIBLE_DEVICES, by number and by UUID', async () => {
      const env = fakeNvidia(folder());
      const under = async (mask: string) =>
        (await listNvidia({ ...env, CUDA_VISIBLE_DEVICES: mask })).map(({ index }) => index);
      assert.deepEqual(await under('1'), [1]);
      assert.deepEqual(await under('GPU-0001,0'), [1, 0]);
      assert.deepEqual(await under('0,-1,1'), [0]);
      assert.deepEqual(await under(''), []);
    });

    it('has none without nvidia-smi', async () => {
      assert.deepEqual(await listNvidia({ PATH: folder() }), []);
      assert.equal(await followNvidia(() => undefined, 1, { PATH: folder() }), undefined);
    });

    it('reads one stream until it is closed, and leaves out what a card does not tell', async () => {
      const samples: GpuSample[] = [];
      const stream = await followNvidia((sample) => samples.push(sample), 1, fakeNvidia(folder()));
      while (samples.length < 6) await new Promise((resolve) => setTimeout(resolve, 5));
      await stream?.close();
      const after = samples.length;
      await new Promise((resolve) => setTimeout(resolve, 120));
      assert.equal(samples.length, after);
      assert.equal(samples.find(({ index }) => index === 0)?.power, 61.25);
      assert.equal('power' in samples.find(({ index }) => index === 1)!, false);
    });

    it('passes over lines that are none', () => {
      for (const line of ['', 'No devices were found', 'NVIDIA-SMI has failed', '0, a', 'x, a, b, 1, 2, c, 3']) {
        assert.equal(parseGpu(line), undefined, line);
        assert.equal(parseSample(line), undefined, line);
      }
    });
  });

  it('names adapters as Vulkan does', () => {
    assert.deepEqual(parseVulkan('GPU0:\n\tdeviceName         = Intel(R) Arc\n\tdriverName = x\n'), ['Intel(R) Arc']);
  });

  it('lists what can be used, and why the rest can not', async () => {
    const gpus = await listNvidia(fakeNvidia(folder(), 1));
    const devices = describeDevices({
      gpus,
      adapters: [],
      providers: ['cpu', 'webgpu', 'cuda'],
      probes: {
        cuda: { provider: 'cuda', works: false, why: 'libcudnn.so.9 is missing' },
        webgpu: { provider: 'webgpu', works: true },
      },
      tensorflow: undefined,
    });
    assert.deepEqual(
      devices.map(({ kind, usable }) => [kind, usable]),
      [
        ['cpu', true],
        ['cuda', false],
        ['webgpu', true],
        ['tensorflow-gpu', false],
      ],
    );
    assert.match(devices[1]?.why ?? '', /libcudnn/);
    assert.equal(devices[2]?.memory?.total, 23034 * 2 ** 20);
    assert.match(devices[3]?.remedy ?? '', /Install GPU Runtime/);
  });

  it('tries a provider against the CPU', async () => {
    assert.deepEqual(await probeProvider('cpu'), { provider: 'cpu', works: true });
    const strange = await probeProvider('no-such-provider');
    assert.equal(strange.works, false);
    assert.ok(strange.why);
  });

  describe('a stage', () => {
    const never = () => Promise.reject(new Error('asked'));
    it('gets what it asks for', async () => {
      const env = fakeNvidia(folder());
      assert.equal((await deviceFor(network('cpu'), never, env)).kind, 'cpu');
      assert.deepEqual(
        (await deviceFor(network('cuda'), never, env)).slots.map(({ id }) => id),
        ['GPU-0000', 'GPU-0001'],
      );
      assert.equal((await deviceFor(network('webgpu'), never, { PATH: folder() + '/none' })).slots.length, 1);
      const command: TrainStage = { kind: 'train', data: 'd', command: ['x'], resources: { device: 'cuda' } };
      assert.equal((await deviceFor(command, never, env)).slots.length, 2);
      assert.equal((await deviceFor({ ...command, resources: {} }, never, env)).kind, 'cpu');
    });

    it('gets CUDA by `auto` where it works, for a network only', async () => {
      const env = fakeNvidia(folder());
      const answer = (works: boolean) => () => Promise.resolve(works);
      assert.equal((await deviceFor(network('auto'), answer(true), env)).kind, 'cuda');
      assert.equal((await deviceFor(network('auto'), answer(false), env)).kind, 'cpu');
      assert.equal((await deviceFor(network('auto'), never, { PATH: folder() + '/none' })).kind, 'cpu');
      assert.equal((await deviceFor({ ...network('auto'), model: 'linear' }, never, env)).kind, 'cpu');
    });

    it('is refused a GPU that is not there', async () => {
      await assert.rejects(
        deviceFor(network('cuda'), never, { PATH: folder() }),
        (error) => error instanceof UserError && error.problem.code === 'device-missing',
      );
    });

    it('that learns a policy is refused TensorFlow.js, which would leave it to the CPU', async () => {
      const policy: TrainStage = { kind: 'train', reinforcement: { environment: 'cart-pole' } };
      const on = (device: 'tensorflow-gpu' | 'webgpu') =>
        deviceFor({ ...policy, resources: { device } }, never, { PATH: folder() });
      await assert.rejects(on('tensorflow-gpu'), (error) => {
        assert.ok(error instanceof UserError);
        assert.deepEqual([error.problem.code, error.problem.path], ['device-unsuited', ['resources', 'device']]);
        return true;
      });
      assert.equal((await on('webgpu')).kind, 'webgpu');
    });

    it('can be held to one GPU, and is told which there are', async () => {
      const env = fakeNvidia(folder());
      const { slots } = await deviceFor(network('cuda'), never, env);
      assert.deepEqual(
        heldTo(1, slots).map(({ id }) => id),
        ['GPU-0001'],
      );
      assert.throws(
        () => heldTo(3, slots),
        (error) =>
          error instanceof UserError &&
          error.problem.message === 'There is no GPU 3 here, only GPU 0 (NVIDIA L4), GPU 1 (NVIDIA L4).',
      );
    });

    it('sees only its own GPU', () => {
      assert.deepEqual(deviceEnvironment({ kind: 'cuda', name: 'L4', index: 1 }), {
        CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
        CUDA_VISIBLE_DEVICES: '1',
      });
      assert.deepEqual(deviceEnvironment(undefined), {});
    });
  });

  describe('the queue', () => {
    it('gives each GPU to one at a time, in turn', async () => {
      const slots = [{ id: 'GPU-a' }, { id: 'GPU-b' }];
      const options = { folder: folder(), interval: 5 };
      const first = await leaseOne(slots, 'run 1', options);
      const second = await leaseOne(slots, 'run 2', options);
      assert.notEqual(first.slot.id, second.slot.id);
      const waits: string[] = [];
      const third = leaseOne(slots, 'run 3', {
        ...options,
        waiting: (slot, owner) => waits.push(`${slot.id} ${owner.purpose}`),
      });
      while (waits.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      assert.deepEqual(waits, [`${first.slot.id} run 1`]);
      await second.lease.release();
      const given = await third;
      assert.equal(given.slot.id, second.slot.id);
      await given.lease.release();
      await first.lease.release();
    });

    it('takes over from the dead, and gives up when cancelled', async () => {
      const place = join(folder(), 'GPU-a');
      mkdirSync(place);
      const owner = { ...DEAD, host: (await import('node:os')).hostname(), since: '2026', purpose: 'run 0' };
      writeFileSync(join(place, 'x.json'), JSON.stringify(owner));
      writeFileSync(join(place, 'x.held'), '');
      const options = { folder: folder(), interval: 5 };
      const { lease } = await leaseOne([{ id: 'GPU-a' }], 'run 1', options);
      const abort = new AbortController();
      const waiting = leaseOne([{ id: 'GPU-a' }], 'run 2', {
        ...options,
        signal: abort.signal,
        waiting: () => abort.abort(),
      });
      await assert.rejects(waiting, { name: 'AbortError' });
      await lease.release();
    });
  });

  describe('out of memory', () => {
    it('is recognised in what runtimes say', () => {
      for (const said of [
        'Non-zero status code returned while running Gemm node. Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 Failed to allocate memory for requested buffer of size 240000000000',
        'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 1.95 GiB total capacity)',
        'CUDNN_STATUS_ALLOC_FAILED',
        'ResourceExhaustedError: OOM when allocating tensor with shape[1024,4096]',
        'wgpu: VK_ERROR_OUT_OF_DEVICE_MEMORY',
        'XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate',
        "RuntimeError: [enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory",
        'std::bad_alloc',
      ])
        assert.ok(tellsOutOfMemory(said), said);
      for (const said of ['loss is NaN', 'shape mismatch', 'No space left on device'])
        assert.ok(!tellsOutOfMemory(said), said);
      assert.ok(!isOutOfMemory('CUDA out of memory'));
    });

    it('is answered with the batch that fits', async () => {
      const tried: number[] = [];
      const fits = await fittingBatch(1000, (batch) => {
        tried.push(batch);
        return batch > 200 ? Promise.reject(new Error('CUDA out of memory')) : Promise.resolve();
      });
      assert.deepEqual([fits, tried], [125, [500, 250, 125]]);
      assert.equal(await fittingBatch(8, () => Promise.reject(new Error('CUDA out of memory'))), undefined);
      await assert.rejects(
        fittingBatch(8, () => Promise.reject(new Error('another'))),
        /another/,
      );
      const { problem } = outOfMemory({ device: 'NVIDIA L4', batch: 1000, fits, said: 'CUDA out of memory\nat x' });
      assert.match(problem.hint ?? '', /batch-size: 125/);
      assert.match(problem.message, /NVIDIA L4.*1,000/);
    });
  });
});
