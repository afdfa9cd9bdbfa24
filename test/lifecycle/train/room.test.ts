import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInfo, TrainStage } from '../../../schemas/generated/types';
import { assertModelInfo } from './validate';
import { openSession } from '../../../lifecycle/onnx';
import { predictRows } from '../../../lifecycle/onnx/rows';
import { UserError } from '../../../lifecycle/problem';
import { room } from '../../../lifecycle/train/room';
import { example } from './example';
import { runRoom, temporaryFolder, type Told, writeDataset } from './fixture';

const models: Record<string, Partial<TrainStage>> = {
  linear: { model: 'linear' },
  'boosted-trees': { model: { kind: 'boosted-trees', trees: 60, leaves: 7, 'samples-per-leaf': 5 } },
  'random-forest': { model: { kind: 'random-forest', trees: 60 } },
  network: {
    model: {
      kind: 'network',
      layers: [{ dense: { units: 16, activation: 'relu' } }, 'batch-normalization', { dropout: 0.1 }],
    },
    training: {
      epochs: 20,
      'batch-size': 32,
      optimizer: { kind: 'adam', 'learning-rate': 0.01 },
      'early-stopping': { patience: 5 },
    },
  },
};

describe('train room', () => {
  for (const task of ['binary', 'multiclass', 'regression'] as const) {
    for (const [kind, stage] of Object.entries(models)) {
      it(`trains ${kind} for a ${task} task into a served model`, async () => {
        const folder = await temporaryFolder();
        const dataset = await writeDataset(folder, example(task));
        const train: TrainStage = { kind: 'train', data: 'd', ...stage };
        const first = await runRoom(room, train, { d: folder });
        const headline = first.result.metrics!;
        if (task === 'binary') assert.ok(headline['validation/auc']! > 0.93, JSON.stringify(headline));
        if (task === 'multiclass') assert.ok(headline['validation/accuracy']! > 0.75, JSON.stringify(headline));
        if (task === 'regression') assert.ok(headline['validation/r2']! > 0.8, JSON.stringify(headline));
        assert.ok(first.metrics.some(({ name }) => name === 'loss'));
        assert.ok(first.metrics.some(({ name }) => name === 'validation/loss'));

        const info = JSON.parse(await readFile(join(first.output, 'model.json'), 'utf8')) as ModelInfo;
        assertModelInfo(info);
        assert.equal(info.kind, kind);
        assert.deepEqual(
          info.inputs.map(({ name }) => name),
          dataset.inputs,
        );
        const session = await openSession(join(first.output, 'model.onnx'));
        assert.deepEqual(session.inputs, ['a', 'b', 'kind']);
        assert.deepEqual(session.outputs, [task === 'regression' ? 'prediction' : 'probabilities']);
        // An unseen category and missing values are allowed.
        const said = await predictRows(session, info, { a: [8, null], b: [null, 0], kind: ['new', null] });
        const values = said.probabilities ?? said.prediction!;
        assert.equal(values.length, 2 * (task === 'regression' ? 1 : task === 'binary' ? 2 : 3));
        assert.ok(values.every(Number.isFinite));
        await session.close();

        const second = await runRoom(room, train, { d: folder });
        for (const file of ['model.onnx', 'model.json', 'history.json'])
          assert.ok((await readFile(join(first.output, file))).equals(await readFile(join(second.output, file))), file);
        // Series of the machine depend on how long it took.
        const learnt = (all: typeof first.metrics) => all.filter(({ name }) => !name.startsWith('device/'));
        assert.deepEqual(learnt(second.metrics), learnt(first.metrics));
      });
    }
  }

  it('says what is wrong with data that nothing can be learnt from', async () => {
    const folder = await temporaryFolder();
    const constant = { ...example('binary', 40), labels: new Array<number>(40).fill(1) };
    await writeDataset(folder, constant);
    await assert.rejects(runRoom(room, { kind: 'train', data: 'd', model: 'linear' }, { d: folder }), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.problem.code, 'target-constant');
      assert.match(error.problem.message, /'target' is "Yes" in every row/);
      return true;
    });
  });

  it('names the step and the learning rate when the loss is lost', async () => {
    const folder = await temporaryFolder();
    await writeDataset(folder, example('regression', 100));
    const stage: TrainStage = {
      kind: 'train',
      data: 'd',
      model: { kind: 'network', layers: [{ dense: { units: 8, activation: 'relu' } }] },
      training: { optimizer: { kind: 'sgd', 'learning-rate': 1000 }, epochs: 50, 'batch-size': 10 },
    };
    await assert.rejects(runRoom(room, stage, { d: folder }), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(
        error.problem.message,
        /^The loss became (NaN|infinite) at step \d+ \(epoch \d+\) with learning rate 1000\. It shows first at layer '\w+': /,
      );
      return true;
    });
  });

  it('names the layer when the weights are lost in the last step of an epoch, or of all', async () => {
    const validated = await temporaryFolder();
    await writeDataset(validated, example('binary', 100));
    const alone = await temporaryFolder();
    await writeDataset(alone, { ...example('binary', 100), trainRows: 100 });
    for (const folder of [validated, alone]) {
      const stage: TrainStage = {
        kind: 'train',
        data: 'd',
        model: { kind: 'network', layers: [{ dense: { units: 8, activation: 'relu' } }] },
        training: { optimizer: { kind: 'sgd', 'learning-rate': 1e38 }, epochs: 1, 'batch-size': 100 },
      };
      await assert.rejects(runRoom(room, stage, { d: folder }), (error) => {
        assert.ok(error instanceof UserError, String(error));
        assert.equal(error.problem.code, 'loss-not-finite');
        assert.match(error.problem.message, /at step 1 \(epoch 1\) with learning rate 1e\+38\./);
        return true;
      });
    }
  });

  it('tells of features that never change, and of a single row', async () => {
    const folder = await temporaryFolder();
    const plain = example('binary', 100);
    await writeDataset(folder, { ...plain, texts: {}, numbers: { a: plain.labels.map(() => 4) } });
    const { logs } = await runRoom(room, { kind: 'train', data: 'd', model: 'linear' }, { d: folder });
    assert.ok(logs.some(({ code }) => code === 'features-constant'));
    const one = await temporaryFolder();
    await writeDataset(one, { ...example('binary', 100), trainRows: 1 });
    await assert.rejects(runRoom(room, { kind: 'train', data: 'd', model: 'linear' }, { d: one }), /a single row/);
  });

  it('stops soon when cancelled', async () => {
    const folder = await temporaryFolder();
    await writeDataset(folder, example('binary', 400));
    const abort = new AbortController();
    const told: Told = { metrics: [], logs: [], progress: [], checkpoints: [] };
    const stage: TrainStage = { kind: 'train', data: 'd', model: 'network', training: { epochs: 1_000_000 } };
    setTimeout(() => abort.abort(new Error('cancelled')), 300);
    await assert.rejects(runRoom(room, stage, { d: folder }, { signal: abort.signal, told }), /cancelled/);
  });
});

describe('settings without effect and classes without rows', () => {
  it('are told', async () => {
    const folder = await temporaryFolder();
    const rows = example('multiclass', 60);
    await writeDataset(folder, { ...rows, labels: rows.labels.map((label) => Math.min(label, 1)), trainRows: 60 });
    const stage: TrainStage = {
      kind: 'train',
      data: 'd',
      model: { kind: 'boosted-trees', trees: 2, 'early-stopping': {} },
      training: { epochs: 3 },
    };
    const { logs } = await runRoom(room, stage, { d: folder });
    const said = logs.map(({ message }) => message).join('\n');
    assert.match(said, /`training` has no effect: it is for networks, and this model is boosted-trees/);
    assert.match(said, /`early-stopping` has no effect: the dataset has no validation rows/);
    assert.match(said, /No row of the training split is of the class "high"/);
  });
});
