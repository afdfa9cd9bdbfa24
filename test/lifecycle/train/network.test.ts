import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layer, Optimizer, Task } from '../../../schemas/generated/types';
import { describeLayers } from '../../../lifecycle/model/layers';
import { planNetwork } from '../../../lifecycle/model/network';
import { Random } from '../../../lifecycle/statistics/random';
import { fit, Scorer, startWeights } from '../../../lifecycle/train/network/fit';
import { statisticsSize, thetaSize } from '../../../lifecycle/train/network/step';

interface Case {
  name: string;
  task: Task;
  layers: Layer[];
  optimizer: Optimizer;
  schedule: 'constant' | 'cosine';
  clip?: number;
  inputs: number[];
  targets: number[];
  weights: number[];
  start: number[];
  losses: number[];
  end: number[];
}

const cases = JSON.parse(readFileSync(join(__dirname, '../../golden/train/network.json'), 'utf8')) as Case[];

describe('networks train as in PyTorch', () => {
  for (const golden of cases) {
    it(golden.name, async () => {
      const plan = planNetwork(golden.layers, 5, golden.task === 'multiclass' ? 3 : 1);
      assert.equal(thetaSize(plan), golden.start.length);
      const losses: number[] = [];
      const { theta } = await fit(
        plan,
        golden.task,
        {
          rows: golden.weights.length,
          inputs: Float32Array.from(golden.inputs),
          targets: Float32Array.from(golden.targets),
          weights: Float32Array.from(golden.weights),
        },
        { theta: Float32Array.from(golden.start), statistics: startWeights(plan, new Random(1)).statistics },
        {
          optimizer: golden.optimizer,
          epochs: golden.losses.length,
          batchSize: 1000,
          schedule: golden.schedule,
          ...(golden.clip !== undefined && { gradientClip: golden.clip }),
          threads: 1,
        },
        new Random(1),
        () => undefined,
        ({ loss }) => {
          losses.push(loss);
          return Promise.resolve(undefined);
        },
      );
      golden.losses.forEach((loss, i) =>
        assert.ok(Math.abs(loss - losses[i]!) < 1e-4, `step ${i}: ${losses[i]} not ${loss}`),
      );
      golden.end.forEach((value, i) => assert.ok(Math.abs(value - theta[i]!) < 2e-4, `${i}: ${theta[i]} not ${value}`));
    });
  }
});

describe('networks', () => {
  it('keep running statistics of batches and use them for scoring', async () => {
    const plan = planNetwork(['batch-normalization'], 1, 1);
    assert.equal(statisticsSize(plan), 2);
    const rows = 1000;
    const random = new Random(2);
    const inputs = Float32Array.from({ length: rows }, () => random.normal(5, 2));
    const targets = inputs.map((x) => (x - 5) / 2);
    const weights = await fit(
      plan,
      'regression',
      { rows, inputs, targets, weights: new Float32Array(rows).fill(1) },
      startWeights(plan, random),
      {
        optimizer: { kind: 'adam', 'learning-rate': 0.05 },
        epochs: 20,
        batchSize: 100,
        schedule: 'constant',
        threads: 1,
      },
      random,
      () => undefined,
      () => Promise.resolve(undefined),
    );
    assert.ok(Math.abs(weights.statistics[0]! - 5) < 0.3 && Math.abs(weights.statistics[1]! - 4) < 0.5);
    const scorer = await Scorer.open(plan, 1);
    const scores = await scorer.scores(Float32Array.of(5, 7, 3), 3, weights);
    await scorer.close();
    [0, 1, -1].forEach((value, i) => assert.ok(Math.abs(scores[i]! - value) < 0.15, String(scores[i])));
  });

  it('describe their layers', () => {
    assert.deepEqual(
      describeLayers([{ dense: { units: 64, activation: 'relu' } }, { dropout: 0.2 }, 'batch-normalization'], 10, 3),
      [
        { name: 'dense 64 relu', shape: ['N', 64], parameters: 704 },
        { name: 'dropout 0.2', shape: ['N', 64], parameters: 0 },
        { name: 'batch-normalization', shape: ['N', 64], parameters: 128 },
        { name: 'output 3', shape: ['N', 3], parameters: 195 },
      ],
    );
    assert.deepEqual(describeLayers([{ activation: 'gelu' }, { 'layer-normalization': {} }], 4), [
      { name: 'gelu', shape: ['N', 4], parameters: 0 },
      { name: 'layer-normalization', shape: ['N', 4], parameters: 8 },
    ]);
  });
});
