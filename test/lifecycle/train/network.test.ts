import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layer, NetworkModel, Optimizer, Task } from '../../../schemas/generated/types';
import { describeLayout, layOut, type Layout, type Misfit } from '../../../lifecycle/model/layers';
import { planNetwork } from '../../../lifecycle/model/network';
import { decodeModel, float, numbers, openSession } from '../../../lifecycle/onnx';
import { Random } from '../../../lifecycle/statistics/random';
import {
  fit,
  Scorer,
  startState,
  startWeights,
  type FitSettings,
  type Weights,
} from '../../../lifecycle/train/network/fit';
import { plainLoss } from '../../../lifecycle/train/network/loss';
import { memoryRows, type Rows } from '../../../lifecycle/train/network/rows';
import { accumulatingStep, names, type Pupil, statisticsSize, thetaSize } from '../../../lifecycle/train/network/step';

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

function layout(model: Omit<NetworkModel, 'kind'>, features: number, outputs: number): Layout {
  const result = layOut(model, { features, tokens: [] }, outputs);
  if ('misfit' in result) throw new Error(result.misfit.message);
  return result.layout;
}

function misfit(model: Omit<NetworkModel, 'kind'>, features: number): Misfit {
  const result = layOut(model, { features, tokens: [] }, 1);
  assert.ok('misfit' in result);
  return result.misfit;
}

function pupilOf(layers: Layer[], features: number, task: Task, outputs = 1): Pupil {
  return {
    plan: planNetwork(layout({ layers }, features, outputs)),
    task,
    loss: plainLoss(undefined, task),
    frozen: new Map(),
  };
}

const plain = (settings: Partial<FitSettings> & Pick<FitSettings, 'optimizer' | 'epochs'>): FitSettings => ({
  batchSize: 1000,
  schedule: { kind: 'constant' },
  threads: 1,
  ...settings,
});

async function train(pupil: Pupil, rows: Rows, start: Weights, settings: FitSettings, random: Random) {
  const losses: number[] = [];
  const end = await fit(pupil, memoryRows(rows), startState(pupil, settings.optimizer, start), settings, random, {
    onEpoch: ({ loss }) => {
      losses.push(loss);
      return Promise.resolve({});
    },
  });
  return { losses, end };
}

describe('networks train as in PyTorch', () => {
  for (const golden of cases) {
    // In one step a batch, and in steps of accumulated smaller ones: without batch normalisation these are the same.
    for (const accumulate of golden.name === 'batch normalisation' ? [1] : [1, 4]) {
      it(`${golden.name}${accumulate > 1 ? ', accumulated' : ''}`, async () => {
        const pupil = pupilOf(golden.layers, 5, golden.task, golden.task === 'multiclass' ? 3 : 1);
        assert.equal(thetaSize(pupil.plan), golden.start.length);
        const rows = {
          rows: golden.weights.length,
          inputs: Float32Array.from(golden.inputs),
          targets: Float32Array.from(golden.targets),
          weights: Float32Array.from(golden.weights),
        };
        const { losses, end } = await train(
          pupil,
          rows,
          { theta: Float32Array.from(golden.start), statistics: startWeights(pupil.plan, new Random(1)).statistics },
          plain({
            optimizer: golden.optimizer,
            epochs: golden.losses.length,
            schedule: { kind: golden.schedule },
            ...(accumulate > 1 && { accumulate, batchSize: 6 }),
            ...(golden.clip !== undefined && { gradientClip: golden.clip }),
          }),
          new Random(1),
        );
        // An accumulated step's loss is without the penalties.
        const penalised = golden.layers.some((layer) => typeof layer === 'object' && layer.dense?.l2);
        if (accumulate === 1 || !penalised)
          golden.losses.forEach((loss, i) =>
            assert.ok(Math.abs(loss - losses[i]!) < 1e-4, `step ${i}: ${losses[i]} not ${loss}`),
          );
        golden.end.forEach((value, i) =>
          assert.ok(Math.abs(value - end.theta[i]!) < 2e-4, `${i}: ${end.theta[i]} not ${value}`),
        );
      });
    }
  }
});

describe('networks', () => {
  it('keep running statistics of batches and use them for scoring', async () => {
    const pupil = pupilOf(['batch-normalization'], 1, 'regression');
    assert.equal(statisticsSize(pupil.plan), 2);
    const rows = 1000;
    const random = new Random(2);
    const inputs = Float32Array.from({ length: rows }, () => random.normal(5, 2));
    const targets = inputs.map((x) => (x - 5) / 2);
    const { end: weights } = await train(
      pupil,
      { rows, inputs, targets, weights: new Float32Array(rows).fill(1) },
      startWeights(pupil.plan, random),
      plain({ optimizer: { kind: 'adam', 'learning-rate': 0.05 }, epochs: 20, batchSize: 100 }),
      random,
    );
    assert.ok(Math.abs(weights.statistics[0]! - 5) < 0.3 && Math.abs(weights.statistics[1]! - 4) < 0.5);
    const scorer = await Scorer.open(pupil, 1);
    const scores = await scorer.scores((from, to) => Float32Array.of(5, 7, 3).subarray(from, to), 3, weights);
    await scorer.close();
    [0, 1, -1].forEach((value, i) => assert.ok(Math.abs(scores[i]! - value) < 0.15, String(scores[i])));
  });

  it('with convolutions before pools learn the same from products of matrices, on a CPU, as from what a device has for them', async () => {
    const layers: Layer[] = [
      { conv2d: { filters: 4, activation: 'relu' } },
      'max-pool',
      { conv2d: { filters: 8, activation: 'relu' } },
      'max-pool',
      'flatten',
    ];
    const plan = planNetwork(layout({ image: { height: 12, width: 10 }, layers }, 120, 1));
    const pupil: Pupil = { plan, task: 'regression', loss: { kind: 'mse' }, frozen: new Map() };
    const random = new Random(5);
    const rows = 7;
    // Half of each picture is empty, so that values under a window are equal.
    const inputs = Float32Array.from({ length: rows * 120 }, (_, i) => (i % 120 < 60 ? 0 : random.normal()));
    const { theta } = startWeights(plan, random);
    const fed = {
      [names.inputs]: float(inputs, [rows, 120]),
      [names.targets]: float(
        Array.from({ length: rows }, () => random.normal()),
        [rows, 1],
      ),
      [names.rowWeights]: float(new Float32Array(rows).fill(1), [rows, 1]),
      [names.theta]: float(theta),
      [names.gradient]: float(new Float32Array(theta.length)),
      [names.weight]: float([0], []),
    };
    const [products, own] = await Promise.all(
      [undefined, 'cuda'].map(async (provider) => {
        const model = accumulatingStep(pupil, provider);
        const session = await openSession(model);
        const results = await session.run(fed);
        await session.close();
        return {
          operators: decodeModel(model).graph.nodes.map(({ opType }) => opType),
          slopes: results[names.next(names.gradient)]!,
        };
      }),
    );
    assert.equal(products!.operators.filter((each) => each === 'Conv' || each === 'MaxPool').length, 0);
    assert.equal(own!.operators.filter((each) => each === 'Conv').length, 2);
    const length = Math.hypot(...numbers(own!.slopes));
    numbers(own!.slopes).forEach((slope, i) =>
      assert.ok(Math.abs(slope - Number(products!.slopes.data[i])) < 1e-6 * length, `${i}`),
    );
  });

  it('describe their layers', () => {
    const described = (model: Omit<NetworkModel, 'kind'>, features: number, outputs: number) =>
      describeLayout(layout(model, features, outputs)).map(({ name, shape, parameters }) => [
        name,
        shape.slice(1),
        parameters,
      ]);
    assert.deepEqual(
      described(
        { layers: [{ dense: { units: 64, activation: 'relu' } }, { dropout: 0.2 }, 'batch-normalization'] },
        10,
        3,
      ),
      [
        ['dense 64 relu', [64], 704],
        ['dropout 0.2', [64], 0],
        ['batch-normalization', [64], 128],
        ['output 3', [3], 195],
      ],
    );
    assert.deepEqual(
      described(
        {
          image: { height: 8, width: 8 },
          layers: [
            { conv2d: { filters: 32, activation: 'relu' } },
            'max-pool',
            { residual: { layers: [{ conv2d: { filters: 16, stride: 2 } }] } },
            'flatten',
          ],
        },
        64,
        10,
      ),
      [
        ['conv2d 32 3×3 relu', [32, 8, 8], 320],
        ['max-pool 2', [32, 4, 4], 0],
        ['residual', [16, 2, 2], 4624 + 512],
        ['flatten', [64], 0],
        ['output 10', [10], 650],
      ],
    );
  });

  it('say which layer does not fit, and what would', () => {
    const at = (model: Omit<NetworkModel, 'kind'>, features: number) => {
      const { path, message, hint } = misfit(model, features);
      return [path.join('.'), message, hint];
    };
    assert.deepEqual(at({ layers: [{ dense: { units: 4 } }, { conv2d: { filters: 3 } }] }, 10), [
      'layers.1',
      'A convolution is over an image [channels, height, width], but here is a row of values, 4.',
      'Say `image: {height: …, width: …}` beside `layers`, or put a `reshape` before it.',
    ]);
    assert.deepEqual(at({ image: { height: 8, width: 9 }, layers: [] }, 64), [
      'image',
      'An image of 8 × 9 has 72 values, but there are 64 features.',
      undefined,
    ]);
    assert.deepEqual(
      at(
        {
          image: { height: 8, width: 8 },
          layers: [{ residual: { layers: [{ conv2d: { filters: 3, size: 9, padding: 'valid' } }] } }],
        },
        64,
      ),
      [
        'layers.0.residual.layers.0',
        'A window of 9 does not fit into 8 × 8.',
        'Use `padding: same` or a smaller `size`.',
      ],
    );
    assert.match(
      misfit({ image: { height: 8, width: 8 }, layers: [{ conv2d: { filters: 3 } }] }, 64).message,
      /gives an image, 3 × 8 × 8/,
    );
    assert.match(
      misfit({ sequence: { steps: 4 }, layers: [{ attention: { heads: 3 } }] }, 16).message,
      /3 heads do not divide 4 features/,
    );
    assert.match(misfit({ layers: [{ merge: { with: ['steam'] } }] }, 4).message, /no layer 'steam'/);
    assert.match(misfit({ layers: [{ reshape: [3, 3] }] }, 10).message, /Here are 10 values, but 3 × 3 takes 9/);
    assert.match(misfit({ preset: 'text-cnn' }, 10).hint ?? '', /a step `tokenize` .* or say `tokens: …` here/);
    assert.match(misfit({ preset: 'cnn' }, 10).hint ?? '', /no square of pixels/);
  });
});
