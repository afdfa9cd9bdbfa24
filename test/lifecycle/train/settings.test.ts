import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInfo, Training, TrainStage } from '../../../schemas/generated/types';
import { decodeModel, encodeModel, float, GraphBuilder } from '../../../lifecycle/onnx';
import { UserError } from '../../../lifecycle/problem';
import { Random } from '../../../lifecycle/statistics/random';
import { room } from '../../../lifecycle/train/room';
import { example } from './example';
import { type Ran, runRoom, temporaryFolder, type Told, writeDataset } from './fixture';

const layers = [
  { dense: { units: 12, activation: 'relu' as const } },
  'batch-normalization' as const,
  { dropout: 0.2 },
];

function stageOf(training: Training, more: Partial<TrainStage> = {}): TrainStage {
  return {
    kind: 'train',
    data: 'd',
    model: { kind: 'network', layers },
    training: { epochs: 6, 'batch-size': 32, ...training },
    ...more,
  };
}

async function weightsOf({ output }: Ran): Promise<string> {
  const { graph } = decodeModel(await readFile(join(output, 'model.onnx')));
  return JSON.stringify(
    graph.initializers.map(({ name, tensor }) => [name, Array.from(tensor.data as Float32Array)]),
    (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value),
  );
}

describe('training of networks', () => {
  let folder: string;
  before(async () => {
    folder = await temporaryFolder();
    await writeDataset(folder, example('multiclass'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const settings: Record<string, Training> = {
    'nesterov, one cycle': {
      optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true, 'learning-rate': 0.05 },
      schedule: 'one-cycle',
    },
    'adagrad, steps with warm-up': {
      optimizer: { kind: 'adagrad', 'learning-rate': 0.05 },
      schedule: { kind: 'step', every: 3, 'warm-up': 1 },
    },
    'focal loss, oversampled, plateau': {
      loss: 'focal',
      sampling: 'oversample',
      schedule: { kind: 'plateau', patience: 1 },
      optimizer: { kind: 'adam', 'learning-rate': 0.02 },
    },
    'accumulated, undersampled': {
      accumulate: 3,
      sampling: 'undersample',
      optimizer: { kind: 'adamw', 'learning-rate': 0.02, 'weight-decay': 0.01 },
    },
    'class weights by name, smoothed': {
      'class-weights': { low: 2 },
      'label-smoothing': 0.1,
      optimizer: { kind: 'rmsprop', 'learning-rate': 0.01 },
    },
    streamed: { memory: 1e-9, optimizer: { kind: 'adam', 'learning-rate': 0.02 } },
  };
  for (const [name, training] of Object.entries(settings)) {
    it(`learns: ${name}; twice the same`, async () => {
      const first = await runRoom(room, stageOf({ epochs: 15, ...training }), { d: folder });
      const accuracy = first.result.metrics!['validation/accuracy']!;
      assert.ok(accuracy > 0.7, `accuracy ${accuracy}`);
      const again = await runRoom(room, stageOf({ epochs: 15, ...training }), { d: folder });
      assert.equal(await weightsOf(again), await weightsOf(first));
    });
  }

  it('learns numbers by absolute, Huber and quantile loss, in the target’s unit', async () => {
    const numbers = await temporaryFolder();
    await writeDataset(numbers, example('regression'));
    for (const loss of [
      'mae',
      { kind: 'huber' as const, delta: 2 },
      { kind: 'quantile' as const, quantile: 0.5 },
    ] as NonNullable<Training['loss']>[]) {
      const ran = await runRoom(
        room,
        stageOf({ loss, epochs: 40, optimizer: { kind: 'adam', 'learning-rate': 0.02 } }),
        { d: numbers },
      );
      assert.ok(ran.result.metrics!['validation/r2']! > 0.7, JSON.stringify([loss, ran.result.metrics]));
      const last = (metric: string): number => ran.metrics.findLast(({ name }) => name === metric)!.value;
      // Training and validation are told in the same unit.
      assert.ok(
        last('loss') / last('validation/loss') < 4 && last('loss') / last('validation/loss') > 0.25,
        JSON.stringify(loss),
      );
    }
    await assert.rejects(runRoom(room, stageOf({ loss: 'focal' }), { d: numbers }), /The loss 'focal' is for classes/);
    await rm(numbers, { recursive: true });
  });

  it('goes on from a checkpoint to the very weights of the uninterrupted training', async () => {
    for (const training of [
      {},
      { accumulate: 2 },
      { memory: 1e-9 },
      { 'early-stopping': { patience: 3 }, schedule: 'plateau' as const },
    ] as Training[]) {
      const stage = stageOf({ ...training, epochs: 3, checkpoint: { steps: 2 } });
      const whole = await runRoom(room, stage, { d: folder });
      for (const stopAt of training.accumulate ? [3] : training.memory ? [11] : [3, 10, 17]) {
        const store = await temporaryFolder();
        const control = new AbortController();
        const told: Told = { metrics: [], logs: [], progress: [], checkpoints: [] };
        let steps = 0;
        const progress = told.progress;
        progress.push = (...values) => {
          if (values[0]! > 0 && ++steps === stopAt) control.abort();
          return Array.prototype.push.apply(progress, values);
        };
        await runRoom(room, stage, { d: folder }, { store, told, signal: control.signal }).then(
          () => assert.fail('it was not stopped'),
          () => undefined,
        );
        const kept = await readdir(join(store, 'checkpoints'));
        assert.equal(kept.length, 1);
        const marks = told.checkpoints.map(({ step }) => step);
        assert.ok(marks.length > 0 && marks.every((step, at) => step > (marks[at - 1] ?? 0)), String(marks));
        const resumed = await runRoom(room, stage, { d: folder }, { store });
        assert.ok(resumed.logs.some(({ code }) => code === 'training-resumed'));
        assert.equal(await weightsOf(resumed), await weightsOf(whole), JSON.stringify([training, stopAt]));
        assert.equal(
          await readFile(join(resumed.output, 'history.json'), 'utf8'),
          await readFile(join(whole.output, 'history.json'), 'utf8'),
        );
        assert.deepEqual(await readdir(join(store, 'checkpoints')), [], 'the checkpoint is gone once it is done');
        await rm(store, { recursive: true });
      }
    }
  });

  it('begins anew when a checkpoint is damaged, and goes on without when none can be written', async () => {
    const stage = stageOf({ checkpoint: { steps: 1 } });
    const store = await temporaryFolder();
    const control = new AbortController();
    const told: Told = { metrics: [], logs: [], progress: [], checkpoints: [] };
    told.progress.push = () => {
      if (told.metrics.length > 0) control.abort();
      return 0;
    };
    await assert.rejects(runRoom(room, stage, { d: folder }, { store, told, signal: control.signal }));
    const [file] = await readdir(join(store, 'checkpoints'));
    const path = join(store, 'checkpoints', file!);
    const bytes = await readFile(path);
    bytes[bytes.length - 3]! ^= 255;
    await writeFile(path, bytes);
    const anew = await runRoom(room, stage, { d: folder }, { store });
    assert.ok(!anew.logs.some(({ code }) => code === 'training-resumed'));
    await rm(store, { recursive: true });
    // A file where the folder should be: nothing can be written there.
    await mkdir(store, { recursive: true });
    await writeFile(join(store, 'checkpoints'), '');
    const without = await runRoom(room, stage, { d: folder }, { store });
    assert.equal(without.logs.filter(({ code }) => code === 'checkpoint-failed').length, 1);
    assert.deepEqual(without.checkpoints, []);
    assert.equal(await weightsOf(without), await weightsOf(anew));
    await rm(store, { recursive: true });
  });

  it('begins with another model and keeps what is frozen', async () => {
    const named = [
      { dense: { units: 12, activation: 'relu' as const, name: 'stem' } },
      { dense: { units: 6, name: 'top' } },
    ];
    const model = { kind: 'network' as const, layers: named };
    const first = await runRoom(room, stageOf({}, { model }), { d: folder });
    const training: Training = { epochs: 2, 'start-from': 'first', freeze: ['stem'] };
    const second = await runRoom(room, stageOf(training, { model }), { d: folder, first: first.output });
    const arrays = async ({ output }: Ran) =>
      new Map(
        decodeModel(await readFile(join(output, 'model.onnx'))).graph.initializers.map(({ name, tensor }) => [
          name,
          tensor.data,
        ]),
      );
    const [before, after] = [await arrays(first), await arrays(second)];
    assert.deepEqual(after.get('stem/weights'), before.get('stem/weights'));
    assert.notDeepEqual(after.get('top/weights'), before.get('top/weights'));
    // The same from the file, wherever it lies.
    const fromFile = { ...training, 'start-from': { file: join(first.output, 'model.onnx') } };
    const third = await runRoom(room, stageOf(fromFile, { model }), { d: folder });
    assert.deepEqual(await arrays(third), after);
    assert.ok(third.logs.some(({ message }) => /Starts with 6 arrays of .*model\.onnx/.test(message)));
    const info = JSON.parse(await readFile(join(second.output, 'model.json'), 'utf8')) as ModelInfo;
    assert.ok((info.training!['trained'] as number) < info.parameters!);
    const other = { kind: 'network' as const, layers: [{ dense: { units: 5, name: 'stem' } }] };
    await assert.rejects(
      runRoom(room, stageOf(training, { model: other }), { d: folder, first: first.output }),
      (error) => {
        assert.ok(error instanceof UserError);
        assert.equal(error.problem.code, 'frozen-without-weights');
        return true;
      },
    );
    await assert.rejects(
      runRoom(room, stageOf({ freeze: ['stam'] }, { model }), { d: folder }),
      /no layer 'stam' to freeze/,
    );
    await assert.rejects(
      runRoom(room, stageOf({ 'start-from': { file: 'none.onnx' } }, { model }), { d: folder }),
      /is not there/,
    );
  });

  it('begins with a file of another tool where names and shapes agree, and refuses one of which nothing fits', async () => {
    const foreign = join(folder, 'foreign.onnx');
    const write = async (name: string): Promise<void> => {
      const graph = new GraphBuilder('foreign');
      const x = graph.input('x', 'float', ['N', 5]);
      const stem = new Float32Array(5 * 12).fill(0.25);
      const w = graph.constant(float(stem, [5, 12]), name);
      graph.output(graph.op('MatMul', [x, w]), 'y');
      await writeFile(foreign, encodeModel(graph.build()));
    };
    const model = { kind: 'network' as const, layers: [{ dense: { units: 12, name: 'stem', bias: false } }] };
    const training: Training = { epochs: 1, 'start-from': { file: foreign }, freeze: ['stem'] };
    await write('stem/weights');
    const ran = await runRoom(room, stageOf(training, { model }), { d: folder });
    const { graph } = decodeModel(await readFile(join(ran.output, 'model.onnx')));
    const stem = graph.initializers.find(({ name }) => name === 'stem/weights')!.tensor.data as Float32Array;
    assert.ok(stem.every((value) => value === 0.25));
    const refused = (more: Training, pattern: RegExp) =>
      assert.rejects(runRoom(room, stageOf({ ...training, ...more }, { model }), { d: folder }), (error) => {
        assert.ok(error instanceof UserError);
        assert.equal(error.problem.code, 'start-unusable');
        assert.match(error.problem.message, pattern);
        return true;
      });
    await write('onnx::MatMul_12');
    await refused({ freeze: [] }, /No layer of this network is in .*foreign\.onnx: names and shapes must agree/);
    await writeFile(foreign, 'PK no ONNX');
    await refused({ freeze: [] }, /can't be read/);
  });

  it('learns texts that came as numbers of tokens, padding included', async () => {
    const texts = await temporaryFolder();
    const random = new Random(5);
    const rows = 240;
    const columns = Array.from({ length: 6 }, () => new Array<number>(rows).fill(0));
    const labels: number[] = [];
    for (let i = 0; i < rows; i++) {
      const length = 2 + random.integer(5);
      for (let t = 0; t < length; t++) columns[t]![i] = 1 + random.integer(19);
      // Whether the word 7 is in it.
      if (i % 2 === 0) columns[random.integer(length)]![i] = 7;
      labels.push(columns.some((column) => column[i] === 7) ? 1 : 0);
    }
    const numbers = Object.fromEntries(columns.map((column, t) => [`t${t}`, column]));
    await writeDataset(texts, { numbers, labels, task: 'binary', classes: ['no', 'yes'], trainRows: 200 });
    const model = { kind: 'network' as const, preset: 'text-cnn' as const, tokens: 20 };
    const training: Training = { epochs: 12, 'batch-size': 20, optimizer: { kind: 'adam', 'learning-rate': 0.01 } };
    const { result } = await runRoom(room, { kind: 'train', data: 'd', model, training }, { d: texts });
    assert.ok(result.metrics!['validation/auc']! > 0.9, JSON.stringify(result.metrics));
    await rm(texts, { recursive: true });
  });

  it('says what goes wrong, in plain words', async () => {
    const codes = async (training: Training, model?: TrainStage['model']): Promise<string[]> => {
      const { logs } = await runRoom(room, stageOf(training, model ? { model } : {}), { d: folder });
      return logs.flatMap(({ code }) => code ?? []);
    };
    const sigmoid = { dense: { units: 8, activation: 'sigmoid' as const } };
    const deep = { kind: 'network' as const, layers: new Array(12).fill(sigmoid) as (typeof sigmoid)[] };
    assert.ok((await codes({}, deep)).includes('gradients-vanish'));
    const wide = {
      kind: 'network' as const,
      layers: [
        { dense: { units: 200, activation: 'relu' as const } },
        { dense: { units: 200, activation: 'relu' as const } },
      ],
    };
    assert.ok(
      (await codes({ epochs: 60, optimizer: { kind: 'adam', 'learning-rate': 0.01 } }, wide)).includes('overfitting'),
    );
    assert.ok(
      (
        await codes({ epochs: 2, optimizer: { kind: 'sgd', 'learning-rate': 30 }, 'gradient-clip': 100 }, wide)
      ).includes('units-dead'),
    );
    const still: Training = { epochs: 20, optimizer: { kind: 'sgd', 'learning-rate': 1e-9 } };
    assert.ok((await codes(still)).includes('plateau'));
    assert.ok(!(await codes({ ...still, schedule: 'cosine' })).includes('plateau'), 'it settles as it should');
    assert.ok((await codes({ 'batch-size': 100_000 })).includes('batch-larger-than-data'));
  });

  it('refuses what can’t be', async () => {
    const refused = async (training: Training, model: TrainStage['model'], pattern: RegExp): Promise<void> => {
      await assert.rejects(runRoom(room, stageOf(training, model ? { model } : {}), { d: folder }), (error) => {
        assert.ok(error instanceof UserError, String(error));
        assert.match(`${error.problem.message} ${error.problem.hint} ${error.problem.path?.join('.')}`, pattern);
        return true;
      });
    };
    await refused(
      { optimizer: { kind: 'sgd', 'learning-rate': 1e9 } },
      undefined,
      /at step \d+ .*Lower the learning rate/,
    );
    await refused(
      {},
      { kind: 'network', layers: [{ dense: { units: 3 } }, { conv1d: { filters: 2 } }] },
      /Layer 2: .* model\.layers\.1/,
    );
    await refused(
      {},
      { kind: 'network', layers: [{ dense: { units: 1_000_000 } }, { dense: { units: 1_000_000 } }] },
      /parameters would fit. The most are in `dense 1000000( relu)?`: 1,000,001,000,000. model\.layers\.1/,
    );
    await refused({ augment: { flip: true } }, undefined, /takes no image/);
    await refused({ 'sample-weights': 'nobody' }, undefined, /no column 'nobody'/);
  });
});
