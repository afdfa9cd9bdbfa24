import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Ensemble, ensembleFragment, scoresOf } from '../../../lifecycle/model/ensemble';
import { encodeModel, float, GraphBuilder, openSession } from '../../../lifecycle/onnx';
import { Random } from '../../../lifecycle/statistics/random';
import { boost, type BoosterSettings } from '../../../lifecycle/train/trees/booster';
import { SOURCE } from '../../../lifecycle/train/trees/kernel/kernel.wasm';
import { sortFloats, thresholdsOf } from '../../../lifecycle/train/trees/quantiles';

const defaults: BoosterSettings = {
  trees: 20,
  leaves: 15,
  depth: Infinity,
  learningRate: 0.1,
  samplesPerLeaf: 5,
  l2: 0,
  bins: 255,
  rowSample: 1,
  columnSample: 1,
  seed: 1,
};

const golden = JSON.parse(readFileSync(join(__dirname, '../../golden/train/trees.json'), 'utf8')) as {
  columns: (number | null)[][];
  labels: Record<'binary' | 'multiclass' | 'regression', number[]>;
  cases: { task: 'binary' | 'multiclass' | 'regression'; settings: Partial<BoosterSettings>; scores: number[][] }[];
};

/** [outputs][rows] of the ensemble in onnxruntime. */
async function served(ensemble: Ensemble, columns: readonly Float32Array[]): Promise<Float32Array> {
  const graph = new GraphBuilder('trees');
  const features = graph.input('features', 'float', ['N', columns.length]);
  graph.output(ensembleFragment(graph, features, ensemble), 'scores');
  const session = await openSession(encodeModel(graph.build()));
  const rows = columns[0]!.length;
  const matrix = new Float32Array(rows * columns.length);
  columns.forEach((column, j) => column.forEach((value, i) => (matrix[i * columns.length + j] = value)));
  const { scores } = await session.run({ features: float(matrix, [rows, columns.length]) });
  await session.close();
  return scores!.data as Float32Array;
}

describe('boosted trees', () => {
  it('run the kernel that its source says', () => {
    const source = readFileSync(join(__dirname, '../../../lifecycle/train/trees/kernel/kernel.c'));
    assert.equal(
      createHash('sha256').update(source).digest('hex'),
      SOURCE,
      'run lifecycle/train/trees/kernel/build.mjs',
    );
  });

  for (const { task, settings, scores } of golden.cases) {
    it(`grow the trees that scikit-learn grows: ${task}, ${settings.leaves} leaves`, async () => {
      const columns = golden.columns.map((column) => Float32Array.from(column, (value) => value ?? NaN));
      const classes = task === 'multiclass' ? 3 : 2;
      const { ensemble } = await boost({ columns, labels: golden.labels[task] }, undefined, task, classes, {
        ...defaults,
        ...settings,
      });
      const ours = scoresOf(ensemble, columns);
      // Of class scores only the differences have a meaning.
      const middle = (i: number) =>
        scores.reduce((sum, row, k) => sum + ours[i * scores.length + k]! - row[i]!, 0) / scores.length;
      const unit = task === 'regression' ? 20 : 1;
      scores[0]!.forEach((_, i) => {
        const shift = scores.length > 1 ? middle(i) : 0;
        scores.forEach((row, k) => {
          const error = Math.abs(ours[i * scores.length + k]! - row[i]! - shift);
          assert.ok(error < 1e-4 * unit, `row ${i}, score ${k}: ${ours[i * scores.length + k]} not ${row[i]}`);
        });
      });
    });
  }

  it('send every row in onnxruntime where training sent it: gaps, infinities, ties, any settings', async () => {
    const value = fc.oneof(
      fc.float({ noDefaultInfinity: true, noNaN: true, min: -100, max: 100 }),
      fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1, 1.0000001192092896, 3.4028234663852886e38, 1e-45),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(value, value, fc.integer({ min: 0, max: 2 })), { minLength: 12, maxLength: 80 }),
        fc.constantFrom('binary' as const, 'multiclass' as const, 'regression' as const),
        fc.record({
          bins: fc.integer({ min: 2, max: 255 }),
          rowSample: fc.constantFrom(1, 0.6),
          columnSample: fc.constantFrom(1, 0.5),
          samplesPerLeaf: fc.integer({ min: 1, max: 5 }),
          l2: fc.constantFrom(0, 1),
          leaves: fc.integer({ min: 2, max: 20 }),
        }),
        async (rows, task, settings) => {
          const columns = [0, 1].map((j) => Float32Array.from(rows, (row) => row[j]!));
          const labels = rows.map((row) => (task === 'binary' ? Number(row[2] > 0) : row[2]));
          labels[0] = 0;
          labels[1] = 1;
          let internal: Float64Array | undefined;
          const data = { columns, labels };
          const { ensemble } = await boost(data, data, task, 3, { ...defaults, trees: 4, ...settings }, (round) => {
            internal = round.validationScores();
          });
          const outputs = ensemble.outputs;
          const reference = scoresOf(ensemble, columns);
          const graph = await served(ensemble, columns);
          for (let i = 0; i < rows.length; i++)
            for (let k = 0; k < outputs; k++) {
              const own = internal![k * rows.length + i]!;
              assert.ok(Math.abs(own - reference[i * outputs + k]!) < 1e-9);
              assert.ok(Math.abs(own - graph[i * outputs + k]!) < 1e-5 * Math.max(1, Math.abs(own)));
            }
        },
      ),
      { numRuns: 60, seed: 11 },
    );
  });

  it('stop when validation no longer gets better, and keep the best round', async () => {
    const random = new Random(4);
    const make = (rows: number) => {
      const columns = [0, 1, 2].map(() => Float32Array.from({ length: rows }, () => random.normal()));
      return { columns, labels: Array.from({ length: rows }, (_, i) => Number(columns[0]![i]! + random.normal() > 0)) };
    };
    const losses: number[] = [];
    const result = await boost(
      make(300),
      make(300),
      'binary',
      2,
      { ...defaults, trees: 500, earlyStopping: { patience: 8, minDelta: 0 } },
      ({ validationLoss }) => void losses.push(validationLoss!),
    );
    const best = losses.indexOf(Math.min(...losses)) + 1;
    assert.equal(result.bestRound, best);
    assert.equal(result.rounds, best + 8);
    assert.equal(result.ensemble.trees.length, best);
    assert.ok(Math.abs(result.importance.reduce((a, b) => a + b, 0) - 1) < 1e-9);
    assert.ok(result.importance[0]! > 0.5);
  });

  it('grow the same trees when the histograms do not all fit', async () => {
    const random = new Random(9);
    const columns = [0, 1, 2, 3, 4].map(() => Float32Array.from({ length: 500 }, () => random.normal()));
    const labels = Array.from({ length: 500 }, (_, i) => columns[0]![i]! * columns[1]![i]! + columns[2]![i]!);
    const grow = (histogramBytes?: number) =>
      boost({ columns, labels }, undefined, 'regression', 0, {
        ...defaults,
        leaves: 40,
        ...(histogramBytes !== undefined && { histogramBytes }),
      });
    assert.deepEqual((await grow(1)).ensemble, (await grow()).ensemble);
  });

  it('are each grown from the share of columns, and of rows, that is asked for', async () => {
    const random = new Random(10);
    const columns = Array.from({ length: 8 }, () => Float32Array.from({ length: 100 }, () => random.normal()));
    const labels = Array.from({ length: 100 }, () => random.normal());
    const grow = async (settings: Partial<BoosterSettings>) =>
      (await boost({ columns, labels }, undefined, 'regression', 0, { ...defaults, ...settings })).ensemble;
    const sets = (await grow({ columnSample: 0.25 })).trees.map(
      ({ tree }) => new Set(Array.from(tree.feature).filter((feature) => feature >= 0)),
    );
    assert.ok(sets.every(({ size }) => size > 0 && size <= 2));
    assert.equal(new Set(sets.flatMap((set) => [...set])).size, 8, 'other columns for other trees');
    // A tree with a leaf for every row that it was grown from tells those rows' labels, and no others.
    const whole = { trees: 1, leaves: 100, samplesPerLeaf: 1, learningRate: 1 };
    const told = async (rowSample: number): Promise<number> => {
      const scores = scoresOf(await grow({ ...whole, rowSample }), columns);
      return labels.filter((label, i) => Math.abs(scores[i]! - label) < 1e-4).length;
    };
    assert.deepEqual([await told(1), await told(0.6), await told(0.25)], [100, 60, 25]);
  });

  it('can’t split what is alike', async () => {
    const columns = [new Float32Array(50).fill(1), new Float32Array(50).fill(NaN)];
    const { ensemble } = await boost(
      { columns, labels: columns[0]!.map((_, i) => i % 2) },
      undefined,
      'binary',
      2,
      defaults,
    );
    assert.ok(ensemble.trees.every(({ tree }) => tree.feature.length === 1));
    assert.ok(scoresOf(ensemble, columns).every((score) => Math.abs(score) < 1e-9));
  });
});

describe('thresholds', () => {
  const any = fc.array(fc.oneof(fc.float(), fc.integer({ min: -3, max: 3 })), { minLength: 1, maxLength: 300 });

  it('sort as the engine sorts, without NaN', () => {
    fc.assert(
      fc.property(any, (values) => {
        const floats = Float32Array.from(values);
        const expected = floats.filter((value) => !Number.isNaN(value)).sort();
        assert.deepEqual(
          [...sortFloats(floats)],
          [...expected].map((value) => value + 0),
        );
      }),
    );
  });

  it('ascend, are few enough, and each parts two values', () => {
    fc.assert(
      fc.property(any, fc.integer({ min: 2, max: 255 }), (values, bins) => {
        const floats = Float32Array.from(values);
        const thresholds = thresholdsOf(floats, bins);
        const distinct = new Set([...floats].filter((value) => !Number.isNaN(value)).map((value) => value + 0));
        assert.ok(thresholds.length <= bins - 1);
        if (distinct.size <= bins) assert.equal(thresholds.length, Math.max(distinct.size - 1, 0));
        thresholds.forEach((threshold, i) => {
          const from = i === 0 ? -Infinity : thresholds[i - 1]!;
          assert.ok(i === 0 || threshold > from);
          assert.ok([...distinct].some((value) => value <= threshold && (i === 0 || value > from)));
          assert.ok([...distinct].some((value) => value > threshold));
        });
      }),
    );
  });

  it('give a frequent value a bin of its own', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i < 600 ? 0 : i));
    const thresholds = thresholdsOf(values, 10);
    assert.ok(thresholds[0]! >= 0 && thresholds[0]! < 600);
    assert.equal(thresholds.length, 9);
  });
});
