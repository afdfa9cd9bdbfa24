import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInfo } from '../../../schemas/generated/types';
import { writeBundle } from '../../../lifecycle/package/bundle';
import { LATENCY_SERIES, room } from '../../../lifecycle/optimize/room';
import { UserError } from '../../../lifecycle/problem';
import { readBundle } from '../../../lifecycle/store/bundle';
import { fakeTrtexec } from '../../rigs/fake-trtexec';
import { skip } from '../../rigs/skip';
import { example } from '../train/example';
import { temporaryFolder } from '../train/fixture';
import { network, optimize, trained, type Trained } from './trained';

describe('an engine of TensorRT', function () {
  this.timeout(60_000);
  let given: Trained;
  let home: string;
  const path = process.env['PATH'];
  /** With a stand-in on PATH, or with none. */
  const beside = (options?: Parameters<typeof fakeTrtexec>[1]) => {
    process.env['PATH'] = options
      ? fakeTrtexec(join(home, `bin-${Object.keys(options).join('-')}`), options)['PATH']
      : home;
  };
  before(async function () {
    if (process.platform === 'win32') skip(this, 'the stand-in is a script');
    home = await temporaryFolder();
    const texts = { city: example('binary').labels.map((_, i) => ['Aachen', 'Bonn', 'Kiel'][i % 3]!) };
    given = await trained({ ...network, training: { epochs: 2 } }, { ...example('binary'), texts });
  });
  afterEach(() => void (process.env['PATH'] = path));
  const code = (wanted: string, words: RegExp) => (error: unknown) =>
    error instanceof UserError && error.problem.code === wanted && words.test(error.message);

  it('is built from the model, judged on validation rows, and lies beside it in the bundle', async () => {
    beside({});
    const { output, logs, metrics, result } = await optimize(given, {
      tensorrt: { precision: 'float16', rows: 64 },
      require: { auc: { 'drop-at-most': 0.001 } },
    });
    const info = JSON.parse(await readFile(join(output, 'model.json'), 'utf8')) as ModelInfo;
    const record = info.optimized!.at(-1) as unknown as {
      method: string;
      device: string;
      bytes: { before: number; after: number };
      validation: { before: { auc: number }; after: { auc: number } };
    };
    assert.equal(record.method, 'tensorrt float16');
    assert.equal(record.device, 'NVIDIA L4');
    const engine = await readFile(join(output, 'tensorrt.engine'));
    assert.equal(record.bytes.after, engine.length);
    // Six digits are what trtexec writes.
    assert.ok(Math.abs(record.validation.after.auc - record.validation.before.auc) < 1e-4);
    assert.ok(engine.toString('latin1', 0, 600).includes('"fp16"'));
    assert.deepEqual(
      metrics.filter(({ name }) => name === LATENCY_SERIES).map(({ step }) => step),
      [0, 1],
    );
    assert.equal(metrics.find(({ name, step }) => name === LATENCY_SERIES && step === 1)!.value, 0.25);
    assert.ok(
      logs.some(({ message }) => /takes 0.250 ms in TensorRT on NVIDIA L4/.test(message)),
      JSON.stringify(logs),
    );
    assert.match(result.summary!, /TensorRT 10\.3\.0 for NVIDIA L4/);
    // The text's one-hot encoding is left to onnxruntime, and said.
    assert.ok(logs.some(({ message }) => /OneHotEncoder.*tensorrt-inputs\.onnx/.test(message)));
    const about = JSON.parse(await readFile(join(output, 'tensorrt.json'), 'utf8')) as {
      inputs: { name: string; shape: (string | number)[] }[];
      before: string;
    };
    assert.equal(about.before, 'tensorrt-inputs.onnx');
    assert.ok(about.inputs.every(({ shape }) => shape[0] === 'N'));
    // model.onnx is what is served, and stays.
    assert.ok((await readFile(join(output, 'model.onnx'))).equals(await readFile(join(given.model, 'model.onnx'))));
    const bundle = join(home, 'bundle');
    await mkdir(bundle);
    const lineage = { format: 1, run: '', pipeline: '', file: '', stage: '', stages: [], data: {} } as const;
    await writeBundle(bundle, { name: 'm', model: output, metrics: { format: 1, metrics: {} }, lineage });
    const { files } = await readBundle(bundle);
    for (const name of ['tensorrt.engine', 'tensorrt.json', 'tensorrt-inputs.onnx'])
      assert.ok(
        files.some((file) => file.path === name),
        name,
      );
    assert.match(await readFile(join(bundle, 'MODEL_CARD.md'), 'utf8'), /## On an NVIDIA GPU/);
  });

  it('is another result with another trtexec', async () => {
    const inputs = () =>
      room.inputs!(
        { kind: 'optimize', model: 'm', tensorrt: {} },
        { folder: home, root: home, hashFile: (file) => Promise.resolve(file) },
      );
    beside({});
    const first = await inputs();
    beside();
    assert.notDeepEqual(await inputs(), first);
    assert.equal((await inputs())['program trtexec'], 'missing');
    assert.deepEqual(
      await room.inputs!(
        { kind: 'optimize', model: 'm', quantize: 'int8' },
        { folder: home, root: home, hashFile: () => Promise.reject(new Error('not asked')) },
      ),
      {},
    );
  });

  it('says what is missing, what failed, and what a newer one no longer takes', async () => {
    beside();
    await assert.rejects(optimize(given, { tensorrt: {} }), code('trtexec-missing', /not here/));
    beside({ fails: true });
    await assert.rejects(
      optimize(given, { tensorrt: {} }),
      code('tensorrt-failed', /could not build the engine: .*operator: TreeEnsemble.*Failed to parse onnx file/),
    );
    beside({ typed: true });
    await assert.rejects(
      optimize(given, { tensorrt: { precision: 'float16' } }),
      code('tensorrt-precision', /TensorRT 11/),
    );
  });

  it('is not made of trees, nor asked for', async () => {
    beside();
    const trees = await trained({ model: { kind: 'boosted-trees', trees: 3 } });
    const { output, logs, result } = await optimize(trees, { tensorrt: {} });
    assert.equal(result.summary, 'unchanged');
    assert.ok(logs.some(({ message }) => /TensorRT computes no trees/.test(message)));
    assert.ok(!(await readdir(output)).some((name) => name.startsWith('tensorrt')));
  });
});
