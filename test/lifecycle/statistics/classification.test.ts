import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as c from '../../../lifecycle/statistics/classification';
import { ascendingOrder } from '../../../lifecycle/statistics/arrays';
import { computeMetrics, metricsFor, type Predictions } from '../../../lifecycle/statistics/metrics';
import { Random } from '../../../lifecycle/statistics/random';
import { allClose, close, golden } from './golden';

describe('classification metrics equal scikit-learn', () => {
  for (const one of golden('classification')) {
    it(`${one.task}: ${one.title}`, () => {
      const weights = one.weights ?? undefined;
      const predictions: Predictions = { ...one, weights };
      const names = metricsFor(one.task).map((metric) => metric.name);
      assert.deepEqual(
        [...names].sort(),
        Object.keys(one.expected)
          .sort()
          .concat(one.task === 'binary' ? [] : []),
      );
      for (const [name, value] of Object.entries(computeMetrics(names, predictions))) {
        close(value, one.expected[name], name);
      }
      const classes = one.classes ?? 2;
      const predicted =
        one.task === 'binary'
          ? one.scores.map((score: number) => Number(score >= 0.5))
          : c.mostProbable(one.probabilities, classes);
      const matrix = c.confusionMatrix(one.actual, predicted, classes, { weights });
      allClose(matrix.counts, one.matrix, 'matrix');
      if (one.task === 'binary') {
        close(c.fScore(matrix, { positive: 1 }, 2), one.f2, 'F2');
        for (const [keepAll, [fpr, tpr]] of [
          [false, one.roc],
          [true, one.rocAll],
        ] as const) {
          const roc = c.rocCurve(one.actual, one.scores, { weights, keepAll });
          allClose(roc.falsePositiveRate, fpr, 'fpr');
          allClose(roc.truePositiveRate, tpr, 'tpr');
        }
        const pr = c.precisionRecallCurve(one.actual, one.scores, { weights });
        allClose(pr.precision, one.pr[0], 'precision');
        allClose(pr.recall, one.pr[1], 'recall');
        for (const strategy of ['uniform', 'quantile'] as const) {
          if (one.calibration === undefined) continue;
          const bins = c.calibrationBins(one.actual, one.scores, { bins: 5, strategy }).filter((bin) => bin.weight > 0);
          allClose(
            bins.map((bin) => bin.observed),
            one.calibration[strategy][0],
            `${strategy} observed`,
          );
          allClose(
            bins.map((bin) => bin.predicted),
            one.calibration[strategy][1],
            `${strategy} predicted`,
          );
        }
      } else {
        close(c.kappa(matrix, 'linear'), one.kappaLinear, 'linear kappa');
        close(c.kappa(matrix, 'quadratic'), one.kappaQuadratic, 'quadratic kappa');
        for (const [i, expected] of one.topK.entries()) {
          close(c.topKAccuracy(one.actual, one.probabilities, classes, i + 1, { weights }), expected, `top ${i + 1}`);
        }
      }
    });
  }
});

const sample = fc
  .array(
    fc.record({ y: fc.constantFrom(0, 1), s: fc.integer({ min: 0, max: 20 }), w: fc.integer({ min: 1, max: 4 }) }),
    {
      minLength: 2,
      maxLength: 60,
    },
  )
  .filter((rows) => rows.some((row) => row.y === 1) && rows.some((row) => row.y === 0))
  .map((rows) => ({ y: rows.map((row) => row.y), s: rows.map((row) => row.s / 20), w: rows.map((row) => row.w) }));

describe('classification metrics, properties', () => {
  it('AUC is the share of pairs in the right order, ties half', () =>
    fc.assert(
      fc.property(sample, ({ y, s, w }) => {
        let right = 0;
        let pairs = 0;
        y.forEach((a, i) =>
          y.forEach((b, j) => {
            if (a !== 1 || b !== 0) return;
            pairs += w[i]! * w[j]!;
            right += w[i]! * w[j]! * (s[i]! > s[j]! ? 1 : s[i] === s[j] ? 0.5 : 0);
          }),
        );
        close(c.rocAuc(y, s, { weights: w }), right / pairs);
      }),
    ));

  it('AUC survives any increasing map of the scores, and turns round with them', () =>
    fc.assert(
      fc.property(sample, ({ y, s }) => {
        const auc = c.rocAuc(y, s);
        close(
          c.rocAuc(
            y,
            s.map((x) => Math.exp(3 * x) - 7),
          ),
          auc,
        );
        close(
          c.rocAuc(
            y,
            s.map((x) => -x),
          ),
          1 - auc,
        );
      }),
    ));

  it('whole weights are repetitions', () =>
    fc.assert(
      fc.property(sample, ({ y, s, w }) => {
        const repeat = (values: number[]) => values.flatMap((value, i) => Array<number>(w[i]!).fill(value));
        const names = metricsFor('binary').map((metric) => metric.name);
        const weighted = computeMetrics(names, { task: 'binary', actual: y, scores: s, weights: w });
        const repeated = computeMetrics(names, { task: 'binary', actual: repeat(y), scores: repeat(s) });
        for (const name of names) close(weighted[name], repeated[name], name);
      }),
    ));

  it('two classes as k classes give the same accuracy, log loss and AUC; all stay in their range', () =>
    fc.assert(
      fc.property(sample, ({ y, s }) => {
        const binary: Predictions = { task: 'binary', actual: y, scores: s, threshold: 0.5 };
        const pairs = s.flatMap((x) => [1 - x, x]);
        const many: Predictions = { task: 'multiclass', actual: y, probabilities: pairs, classes: 2 };
        close(
          computeMetrics(['log-loss'], many)['log-loss'],
          computeMetrics(['log-loss'], binary)['log-loss'],
          'log loss',
          1e-9,
        );
        close(computeMetrics(['auc'], many).auc, computeMetrics(['auc'], binary).auc, 'AUC');
        for (const metric of metricsFor('binary')) {
          for (const predictions of [binary, many]) {
            const value = computeMetrics([metric.name], predictions)[metric.name];
            const [low, high] = metric.range;
            assert.ok(
              Number.isNaN(value) || (value >= low - 1e-12 && value <= high + 1e-12),
              `${metric.name}: ${value}`,
            );
          }
        }
      }),
    ));

  it('renaming the classes changes no averaged score', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), {
          minLength: 1,
          maxLength: 50,
        }),
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4, maxLength: 4 }),
        (rows, names) => {
          const one = c.confusionMatrix(
            rows.map((row) => row[0]),
            rows.map((row) => row[1]),
            4,
          );
          const other = c.confusionMatrix(
            rows.map((row) => names[row[0]]!),
            rows.map((row) => names[row[1]]!),
            4,
          );
          for (const score of [c.precision, c.recall, c.fScore]) {
            for (const average of ['macro', 'micro', 'weighted'] as const)
              close(score(one, average), score(other, average));
          }
          for (const score of [c.accuracy, c.balancedAccuracy, c.matthews, c.kappa]) close(score(one), score(other));
        },
      ),
    ));

  it('a threshold sweep agrees with the confusion matrix at each threshold', () =>
    fc.assert(
      fc.property(sample, ({ y, s, w }) => {
        const points = c.thresholdSweep(y, s, [0, 0.05, 0.5, 0.95, 1, 1.1], { weights: w });
        for (const point of points) {
          const predicted = s.map((score) => Number(score >= point.threshold));
          const matrix = c.confusionMatrix(y, predicted, 2, { weights: w });
          allClose(
            [point.trueNegatives, point.falsePositives, point.falseNegatives, point.truePositives],
            matrix.counts,
          );
          close(point.f1, c.fScore(matrix, { positive: 1 }));
          close(point.precision, c.precision(matrix, { positive: 1 }));
          close(point.recall, c.recall(matrix, { positive: 1 }));
          close(point.accuracy, c.accuracy(matrix));
        }
        assert.equal(c.bestThreshold(points)?.f1, Math.max(...points.map((point) => point.f1)));
      }),
    ));

  it('sorts arrays of any size alike: by value, stably, NaN last', () => {
    for (const length of [1, 299, 300, 5_000, 110_000]) sorts(length);
  });

  function sorts(length: number): void {
    const random = new Random('order');
    const values = Float64Array.from({ length }, (_, i) =>
      i % 97 === 0
        ? [NaN, Infinity, -Infinity, -0, 0, 5e-324][i % 6]!
        : Math.round(random.normal() * 1000) / 10 ** (i % 5),
    );
    const expected = Array.from(values.keys()).sort((a, b) => {
      const x = values[a]!;
      const y = values[b]!;
      return x < y ? -1 : x > y ? 1 : Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    });
    assert.ok(
      Buffer.from(ascendingOrder(values).buffer).equals(Buffer.from(Uint32Array.from(expected).buffer)),
      `${length}`,
    );
  }

  it('takes 1M rows', () => {
    const random = new Random(1);
    const y = new Uint8Array(1_000_000);
    const s = new Float64Array(1_000_000);
    for (let i = 0; i < y.length; i++) {
      y[i] = Number(random.chance(0.3));
      s[i] = random.uniform() + y[i]! * 0.2;
    }
    const auc = c.rocAuc(y, s);
    // P(U + 0.2 > U') = 1 − 0.8²/2
    close(auc, 0.68, 'AUC', 0.01);
  });
});

describe('classification metrics, bad input', () => {
  it('says what does not fit', () => {
    assert.throws(() => c.rocAuc([0, 1], [0.5]), /"scores" has 1 values but "actual" has 2/);
    assert.throws(() => c.rocAuc([], []), /at least 1 needed/);
    assert.throws(() => c.rocAuc([0, 1], [0.5, NaN]), /score is NaN/);
    assert.throws(() => c.confusionMatrix([0, 2], [0, 1], 2), /Row 1: class 2 is not in 0…1/);
    assert.throws(() => c.confusionMatrix([0, NaN], [0, 1], 2), /Row 1: class NaN/);
    assert.throws(() => c.logLossMulticlass([0, 1], [0.5, 0.5, 1], 2), RangeError);
  });
});
