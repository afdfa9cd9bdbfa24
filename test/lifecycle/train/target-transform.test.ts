import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInfo, TrainStage } from '../../../schemas/generated/types';
import {
  learnTransform,
  restoreFragment,
  restoreValue,
  type TargetTransform,
  transformValue,
} from '../../../lifecycle/model/target-transform';
import { coefficientsOf } from '../../../lifecycle/model/linear';
import { readEnsemble } from '../../../lifecycle/model/read-ensemble';
import { decodeModel, encodeModel, float, GraphBuilder, openSession } from '../../../lifecycle/onnx';
import { predictRows } from '../../../lifecycle/onnx/rows';
import { UserError } from '../../../lifecycle/problem';
import { ridge } from '../../../lifecycle/train/linear/ridge';
import { room } from '../../../lifecycle/train/room';
import { scale } from '../../../lifecycle/train/scaling';
import { runRoom, temporaryFolder, writeDataset } from './fixture';
import { assertModelInfo } from './validate';

interface Case {
  readonly kind: TargetTransform['kind'];
  readonly target: string;
  readonly lambda?: number;
  readonly transformed: number[];
  readonly coefficients: number[];
  readonly intercept: number;
  readonly linear: number[];
  readonly tree: number[];
}
const golden = JSON.parse(readFileSync(join(__dirname, '../../golden/train/target-transform.json'), 'utf8')) as {
  rows: number;
  columns: number[][];
  targets: Record<string, number[]>;
  cases: Case[];
};
const { rows } = golden;
const names = golden.columns.map((_, i) => `f${i}`);
const columns = golden.columns.map((column) => Float32Array.from(column.slice(0, rows)));
const scaled = scale({ columns, names });
const near = (a: number, b: number, tolerance: number, unit = 0): boolean =>
  Math.abs(a - b) <= tolerance * Math.max(Math.abs(b), unit);

/** Answers of a graph that turns back what a model learnt. */
async function restored(transform: TargetTransform, learnt: readonly number[]): Promise<number[]> {
  const graph = new GraphBuilder('test');
  graph.output(restoreFragment(graph, graph.input('learnt', 'float', ['N', 1]), transform), 'prediction', ['N', 1]);
  const session = await openSession(encodeModel(graph.build()));
  try {
    const said = await session.run({ learnt: float(Float32Array.from(learnt), [learnt.length, 1]) });
    return Array.from(said['prediction']!.data as Float32Array);
  } finally {
    await session.close();
  }
}

describe('the transform of a target equals scikit-learn’s', () => {
  for (const expected of golden.cases) {
    it(`${expected.kind} of a ${expected.target}, and least squares on it`, async () => {
      const labels = Float64Array.from(golden.targets[expected.target]!.slice(0, rows));
      const transform = learnTransform(expected.kind, labels);
      if (expected.lambda !== undefined)
        assert.ok(near(transform.lambda!, expected.lambda, 1e-6, 1), `${transform.lambda} against ${expected.lambda}`);
      const learnt = labels.map((label) => transformValue(transform, label));
      expected.transformed.forEach((value, i) =>
        assert.ok(near(learnt[i]!, value, 1e-6, 1), `row ${i}: ${learnt[i]} against ${value}`),
      );
      const { model } = ridge(columns, learnt, scaled.standardization, 1);
      const { coefficients, intercepts } = coefficientsOf(model);
      expected.coefficients.forEach((value, j) => assert.ok(near(coefficients[0]![j]!, value, 1e-6, 0.1)));
      assert.ok(near(intercepts[0]!, expected.intercept, 1e-6, 0.1));
      const scores = expected.linear.map((_, i) =>
        coefficients[0]!.reduce((sum, weight, j) => sum + weight * golden.columns[j]![rows + i]!, intercepts[0]!),
      );
      const served = await restored(transform, scores);
      expected.linear.forEach((value, i) => {
        assert.ok(
          near(restoreValue(transform, scores[i]!), value, 1e-6),
          `${restoreValue(transform, scores[i]!)} against ${value}`,
        );
        // What was learnt is a float32 in the graph, of which the exponential makes a little more.
        assert.ok(near(served[i]!, value, 4e-6), `served ${served[i]} against ${value}`);
      });
    });
  }

  it('turns back what it transformed, and gives a finite answer to anything', async () => {
    const labels = Float64Array.of(0.5, 1, 3, 7, 20, 900);
    for (const kind of ['log', 'sqrt', 'box-cox', 'yeo-johnson'] as const) {
      const learnt = learnTransform(kind, labels);
      const extremes =
        kind === 'log' || kind === 'sqrt'
          ? [learnt]
          : [-5, -0.5, 0, 1e-4, 0.5, 2, 5].map((lambda) => ({ ...learnt, lambda }));
      for (const transform of extremes) {
        for (const value of [0.25, 1, 30])
          assert.ok(
            near(restoreValue(transform, transformValue(transform, value)), value, 1e-6),
            `${kind} ${transform.lambda}: ${value}`,
          );
        const far = [-1e30, -1000, -3, 0, 3, 1000, 1e30];
        const answers = await restored(transform, far);
        assert.ok(answers.every(Number.isFinite), `${kind} ${transform.lambda}: ${answers.join()}`);
        far.forEach((score, i) => {
          const exact = restoreValue(transform, Math.fround(score));
          assert.ok(
            near(answers[i]!, exact, 1e-6, 1e-6),
            `${kind} ${transform.lambda} of ${score}: ${answers[i]} against ${exact}`,
          );
        });
        if (kind !== 'yeo-johnson') assert.ok(answers.every((answer) => answer >= 0));
      }
    }
  });
});

const example = (labels: readonly number[], task: 'regression' | 'binary' = 'regression', trainRows = 6) => ({
  numbers: Object.fromEntries(golden.columns.map((column, j) => [`f${j}`, column.slice(0, labels.length)])),
  labels,
  task,
  ...(task === 'binary' && { classes: ['No', 'Yes'] }),
  trainRows,
});

const models: Record<string, Partial<TrainStage>> = {
  linear: { model: 'linear' },
  'decision-tree': { model: { kind: 'decision-tree', 'samples-per-leaf': 20 } },
  'random-forest': { model: { kind: 'random-forest', trees: 20 } },
  'boosted-trees': { model: { kind: 'boosted-trees', trees: 20, 'samples-per-leaf': 5 } },
  network: {
    model: { kind: 'network', layers: [{ dense: { units: 8 } }] },
    training: { epochs: 10, 'batch-size': 32, 'early-stopping': { patience: 5 } },
  },
};

describe('a train stage with a target transform', () => {
  let folder = '';
  before(async () => {
    folder = await temporaryFolder();
    await writeDataset(folder, example(golden.targets['price']!, 'regression', rows));
  });

  for (const [kind, stage] of Object.entries(models)) {
    it(`serves ${kind} in the target’s own unit, as its metrics are`, async () => {
      const train: TrainStage = { kind: 'train', data: 'd', ...stage, 'target-transform': 'log' };
      const { output, result, metrics } = await runRoom(room, train, { d: folder });
      const info = JSON.parse(await readFile(join(output, 'model.json'), 'utf8')) as ModelInfo;
      assertModelInfo(info);
      assert.deepEqual(info.targetTransform, { kind: 'log' });
      const [expected] = golden.cases;
      if (kind === 'linear' || kind === 'decision-tree') {
        const session = await openSession(join(output, 'model.onnx'));
        const fresh = Object.fromEntries(golden.columns.map((column, j) => [`f${j}`, column.slice(rows)]));
        const said = await predictRows(session, info, fresh);
        await session.close();
        expected![kind === 'linear' ? 'linear' : 'tree'].forEach((value, i) => {
          const own = said.prediction![i]!;
          assert.ok(near(own, value, 4e-6), `row ${i}: ${own} against scikit-learn's ${value}`);
        });
      }
      // Prices are around 60,000: in logarithms an error is below 1.
      const rmse = result.metrics!['validation/rmse']!;
      assert.ok(rmse > 1_000, `rmse ${rmse}`);
      const last = (name: string) => metrics.filter((point) => point.name === name).at(-1)!.value;
      assert.ok(last('validation/loss') < 20, `loss ${last('validation/loss')}`);
      const told = last('validation/rmse');
      if (info.training!['bestRound'] === undefined && kind !== 'network')
        assert.ok(near(told, rmse, 1e-4), `told ${told}, served ${rmse}`);
      assert.ok(told > 1_000, `told ${told}`);
      const read = readEnsemble(decodeModel(await readFile(join(output, 'model.onnx'))), 3);
      assert.equal(read?.unit, kind === 'linear' || kind === 'network' ? undefined : 'transformed-target');
    });
  }

  const refused = async (
    stage: Partial<TrainStage>,
    data: ReturnType<typeof example>,
  ): Promise<UserError['problem']> => {
    const own = await temporaryFolder();
    await writeDataset(own, data);
    const error: unknown = await runRoom(
      room,
      { kind: 'train', data: 'd', model: 'linear', ...stage },
      { d: own },
    ).then(
      () => assert.fail('it was trained'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof UserError, String(error));
    return error.problem;
  };

  it('says which rows a transform can’t take, and which one can', async () => {
    const negative = await refused({ 'target-transform': 'log' }, example([-3, 5, 0, -1, 8, 9, 1, 2]));
    assert.equal(negative.code, 'target-out-of-range');
    assert.equal(
      negative.message,
      "`target-transform: log` needs a target that is never negative; 'target' is negative in 2 of 6 training rows, down to -3.",
    );
    assert.match(negative.hint ?? '', /`yeo-johnson`, which takes any number.*filter: "target >= 0"/);
    assert.deepEqual(negative.path, ['target-transform']);
    const zero = await refused({ 'target-transform': 'box-cox' }, example([1, 5, 2, 4, 8, 9, 0, 2]));
    assert.match(zero.message, /is above 0; 'target' is 0 or less in 1 of 2 validation rows, down to 0/);
    assert.match(zero.hint ?? '', /`log`, which takes 0/);
  });
  it('refuses classes, and a loss that has a logarithm of its own', async () => {
    const classes = await refused({ 'target-transform': 'sqrt' }, example([0, 1, 1, 0, 1, 0, 1, 0], 'binary'));
    assert.equal(classes.code, 'target-transform-unsuited');
    const twice = await refused(
      { model: { kind: 'boosted-trees', loss: 'poisson' }, 'target-transform': 'log' },
      example([3, 5, 0, 1, 8, 9, 1, 2]),
    );
    assert.equal(twice.code, 'setting-conflict');
  });
});
