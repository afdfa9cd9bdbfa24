import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import type { NetworkModel, Training, TrainStage } from '../../../schemas/generated/types';
import { layOut, type NetworkInputs } from '../../../lifecycle/model/layers';
import { planNetwork } from '../../../lifecycle/model/network';
import { UserError } from '../../../lifecycle/problem';
import { Random } from '../../../lifecycle/statistics/random';
import { fit, startState, startWeights } from '../../../lifecycle/train/network/fit';
import { checkMemory, memoryNeed } from '../../../lifecycle/train/network/memory';
import { memoryRows } from '../../../lifecycle/train/network/rows';
import type { Pupil } from '../../../lifecycle/train/network/step';
import { room } from '../../../lifecycle/train/room';
import { type Example, type Ran, runRoom, temporaryFolder, writeDataset } from './fixture';

type Model = NonNullable<TrainStage['model']>;

describe('the health of a training', () => {
  const folders: string[] = [];
  /** One for all: gradients are tested once in each. */
  let store: string;
  before(async () => folders.push((store = await temporaryFolder())));
  after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

  const run = async (data: string, model: Model, training?: Training): Promise<Ran> =>
    runRoom(room, { kind: 'train', data: 'd', model, ...(training && { training }) }, { d: data }, { store });
  const said = ({ logs }: Ran, code: string) => logs.filter((log) => log.code === code);
  const dataset = async (example: Example): Promise<string> => {
    const folder = await temporaryFolder();
    folders.push(folder);
    await writeDataset(folder, example);
    return folder;
  };

  it('tells of gradients that explode: rows that say the opposite of what all others do', async () => {
    const random = new Random(3);
    const rows = 200;
    const labels = Array.from({ length: rows }, (_, i) => i % 2);
    const sure = (): number[] => labels.map((label, i) => (i % 50 === 49 ? 1 - label : label) + random.normal(0, 0.05));
    const numbers = Object.fromEntries(Array.from({ length: 16 }, (_, j) => [`x${j}`, sure()]));
    const data = await dataset({ numbers, labels, task: 'binary', classes: ['no', 'yes'], trainRows: rows });
    const model: Model = { kind: 'network', layers: [] };
    const training: Training = { epochs: 3, 'batch-size': 1, optimizer: { kind: 'sgd', 'learning-rate': 0.1 } };
    const found = said(await run(data, model, training), 'gradients-explode');
    assert.equal(found.length, 1);
    assert.match(found[0]!.message, /^The gradient was [\d,]+ times as long as usual, for the third time/);
  });

  it('warns of a rare class whatever the model, and not where something makes up for it', async () => {
    const random = new Random(5);
    const rows = 400;
    const labels = Array.from({ length: rows }, (_, i) => Number(i % 40 === 0));
    const x = labels.map((label) => random.normal(label));
    const data = await dataset({ numbers: { x }, labels, task: 'binary', classes: ['no', 'yes'], trainRows: rows });
    const network = { kind: 'network' as const, layers: [] };
    const small = { trees: 2 };
    const plain: Model[] = [
      'linear',
      'decision-tree',
      { kind: 'random-forest', ...small },
      { kind: 'boosted-trees', ...small },
      network,
    ];
    for (const model of plain) {
      const found = said(await run(data, model), 'classes-imbalanced');
      assert.equal(found.length, 1, JSON.stringify(model));
      assert.equal(found[0]!.message, 'Only 10 of 400 training rows are of the class "yes".');
    }
    const evened: [Model, Training?][] = [
      [{ kind: 'decision-tree', 'class-weights': 'balanced' }],
      [{ kind: 'random-forest', ...small, 'class-weights': 'balanced' }],
      [network, { 'class-weights': 'balanced' }],
      [network, { sampling: 'oversample' }],
      [network, { loss: 'focal' }],
    ];
    for (const [model, training] of evened)
      assert.deepEqual(said(await run(data, model, training && { epochs: 1, ...training }), 'classes-imbalanced'), []);
  });

  it('refuses a batch that does not fit, and says which one would, over how many', () => {
    const laid = layOut({ preset: 'mlp' }, { features: 20, tokens: [] }, 1);
    assert.ok('layout' in laid);
    const plan = planNetwork(laid.layout);
    const settings = {
      optimizer: { kind: 'adam' as const },
      epochs: 1,
      batchSize: 1000,
      schedule: { kind: 'constant' as const },
      threads: 1,
    };
    const { weights, row } = memoryNeed(plan, settings.optimizer);
    const available = (weights + row * 300.5) / 0.9;
    let hint: string | undefined;
    assert.throws(
      () => checkMemory(plan, settings, available),
      (error) => {
        assert.ok(error instanceof UserError);
        assert.deepEqual([error.problem.code, error.problem.path], ['network-too-large', ['training', 'batch-size']]);
        hint = error.problem.hint;
        return true;
      },
    );
    assert.equal(hint, 'Set `batch-size: 300` and `accumulate: 4`, or make the layers smaller.');
    checkMemory(plan, { ...settings, batchSize: 300 }, available);
    assert.throws(() => checkMemory(plan, { ...settings, batchSize: 301 }, available));
  });

  it('is good in every preset: a loss that falls over two epochs', async () => {
    const pixels = { features: 64, tokens: [] };
    const steps = { features: 12, tokens: [] };
    const words = { features: 0, tokens: [{ name: 'text', steps: 6, tokens: 20 }] };
    const sequence = { steps: 4 };
    const presets: Record<NonNullable<NetworkModel['preset']>, [NetworkInputs, Partial<NetworkModel>?]> = {
      mlp: [{ features: 5, tokens: [] }],
      'deep-mlp': [{ features: 5, tokens: [] }],
      cnn: [pixels],
      resnet: [pixels],
      lstm: [steps, { sequence }],
      gru: [steps, { sequence }],
      transformer: [steps, { sequence }],
      'text-average': [words],
      'text-cnn': [words],
      'text-lstm': [words],
      'text-transformer': [words],
    };
    const rows = 24;
    for (const [preset, [inputs, more]] of Object.entries(presets)) {
      const laid = layOut({ preset, ...more } as NetworkModel, inputs, 1);
      assert.ok('layout' in laid, preset);
      const plan = planNetwork(laid.layout);
      const random = new Random(preset);
      const draw = inputs === words ? () => random.integer(20) : () => random.normal();
      const given = Float32Array.from({ length: rows * plan.inputs }, draw);
      // Something that can be learnt: what stands first.
      const targets = Float32Array.from(
        { length: rows },
        (_, i) => given[i * plan.inputs]! / (inputs === words ? 20 : 1),
      );
      const source = memoryRows({ rows, inputs: given, targets, weights: new Float32Array(rows).fill(1) });
      const pupil: Pupil = { plan, task: 'regression', loss: { kind: 'mse' }, frozen: new Map() };
      const optimizer = { kind: 'adam' as const, 'learning-rate': 0.002 };
      const losses: number[] = [];
      await fit(
        pupil,
        source,
        startState(pupil, optimizer, startWeights(plan, random)),
        { optimizer, epochs: 2, batchSize: 6, schedule: { kind: 'constant' }, threads: 1 },
        random,
        { onEpoch: ({ loss }) => Promise.resolve(void losses.push(loss)).then(() => ({})) },
      );
      assert.ok(losses.length === 2 && losses[1]! < losses[0]!, `${preset}: ${losses.join()}`);
    }
  });
});
