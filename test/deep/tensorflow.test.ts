import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { capture } from '../../lifecycle/process/spawn';
import { Random } from '../../lifecycle/statistics/random';
import { provideTensorflow } from '../../lifecycle/train/tensorflow/session';
import type { Runtime } from '../../lifecycle/train/tensorflow/runtime';
import { cases } from '../lifecycle/train/golden-layers';
import { bundled } from '../rigs/bundle';
import { freshFolder } from '../rigs/folder';
import { curveOf } from '../rigs/layer-goldens';
import { skip } from '../rigs/skip';
import { cpuRuntime, layerError } from '../rigs/tfjs';

/** The long form of test/lifecycle/train/tensorflow/session.test.ts. */
describe('the tensorflow trainer against PyTorch', () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await cpuRuntime();
    await provideTensorflow(runtime);
  });

  for (const golden of cases)
    it(`${golden.name}: loss and gradient`, async () => {
      const error = await layerError(golden, runtime);
      assert.ok(error <= 1e-5, `${error}`);
    });

  for (const golden of cases.filter(({ curve }) => curve.length > 0))
    it(`${golden.name}: ${golden.curve.length} steps`, async () => {
      const losses = await curveOf(golden, 'tensorflow');
      golden.curve.forEach((loss, i) =>
        assert.ok(Math.abs(loss - losses[i]!) < 1e-4, `step ${i}: ${losses[i]} not ${loss}`),
      );
    });
});

/** Where Debian's chromium has a Vulkan loader and a driver that computes on the CPU. */
const CHROMIUM = '/usr/lib/chromium';
const DRIVER = join(CHROMIUM, 'vk_swiftshader_icd.json');

const pipeline = (device: string) => `lifecycle: 1
pipeline: ${device}
seed: 3
stages:
  points:
    kind: data
    source: points.csv
    target: {column: y, positive: 'yes'}
    split: {train: 0.75, validation: 0.25}
  net:
    kind: train
    data: points
    model: {kind: network, layers: [{dense: {units: 8, activation: tanh}}]}
    training: {epochs: 4, batch-size: 64}
    resources: {device: ${device}}
`;

describe('TensorFlow.js on WebGPU, by the command line', function () {
  this.timeout(900_000);
  const folder = freshFolder();

  it('trains to the losses of the CPU; what it learnt is judged by ONNX Runtime', async function () {
    if (!existsSync(DRIVER)) skip(this, `${DRIVER} is not there: install Debian's chromium`);
    if (!existsSync(join(CHROMIUM, 'libvulkan.so.1'))) skip(this, `${CHROMIUM} has no libvulkan.so.1`);
    for (const name of ['@tensorflow/tfjs-backend-webgpu', 'webgpu'])
      if (!installed(name)) skip(this, `${name} is not installed`);
    const program = await bundled('lifecycle/engine.ts');
    const random = new Random(5);
    const rows = Array.from({ length: 200 }, () => {
      const [a, b] = [random.normal(), random.normal()];
      return `${a.toFixed(4)},${b.toFixed(4)},${a + b * b > 0.5 ? 'yes' : 'no'}`;
    });
    writeFileSync(join(folder(), 'lifecycle.yaml'), 'lifecycle: 1\n');
    writeFileSync(join(folder(), 'points.csv'), ['a,b,y', ...rows].join('\n'));
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      VK_DRIVER_FILES: DRIVER,
      LD_LIBRARY_PATH: CHROMIUM,
      // Its node_modules have the runtime.
      LIFECYCLE_GPU_RUNTIME: process.cwd(),
    };
    const series: Record<string, Record<'loss' | 'validation/loss', number[]>> = {};
    for (const device of ['cpu', 'tensorflow-gpu']) {
      writeFileSync(join(folder(), `${device}.pipeline.yaml`), pipeline(device));
      const command = [process.execPath, program, 'run', `${device}.pipeline.yaml`, '--json'];
      const { code, stdout, stderr } = await capture(command, { cwd: folder(), env, timeout: 600_000 });
      assert.equal(code, 0, `${stdout}\n${stderr}`);
      const events = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Event] : []));
      const began = events.find(({ type, stage }) => type === 'stage-started' && stage === 'net');
      assert.equal(began?.device?.kind, device === 'cpu' ? undefined : device);
      const values = (wanted: string) => events.flatMap(({ name, value }) => (name === wanted ? [value!] : []));
      series[device] = { loss: values('loss'), 'validation/loss': values('validation/loss') };
    }
    console.log(`      ${JSON.stringify(series)}`);
    for (const name of ['loss', 'validation/loss'] as const) {
      const [wanted, got] = [series['cpu']![name], series['tensorflow-gpu']![name]];
      assert.deepEqual([wanted.length, got.length], [4, 4]);
      wanted.forEach((loss, i) =>
        assert.ok(Math.abs(loss - got[i]!) < 1e-4, `${name} of epoch ${i + 1}: ${got[i]} not ${loss}`),
      );
    }
  });
});

interface Event {
  readonly type: string;
  readonly stage?: string;
  readonly name?: string;
  readonly value?: number;
  readonly device?: { readonly kind: string };
}

function installed(name: string): boolean {
  try {
    createRequire(join(process.cwd(), 'index.js')).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}
