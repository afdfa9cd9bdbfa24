import assert from 'node:assert/strict';
import fc from 'fast-check';
import { computeMetrics, metricsFor } from '../../../lifecycle/statistics/metrics';
import { meansByPrediction, pinballLoss } from '../../../lifecycle/statistics/regression';
import { close, golden } from './golden';

const names = metricsFor('regression').map((metric) => metric.name);

describe('regression metrics equal scikit-learn', () => {
  for (const one of golden('regression')) {
    it(one.title, () => {
      const weights = one.weights ?? undefined;
      const values = computeMetrics(names, { task: 'regression', ...one, weights });
      assert.deepEqual([...names].sort(), Object.keys(one.expected).sort());
      for (const [name, value] of Object.entries(values)) close(value, one.expected[name], name);
      for (const [quantile, expected] of Object.entries(one.pinball)) {
        close(pinballLoss(one.actual, one.predicted, Number(quantile), { weights }), expected as number, quantile);
      }
    });
  }
});

const value = fc.integer({ min: -1000, max: 1000 }).map((x) => x / 8);
const rows = fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 50 });

describe('regression metrics, properties', () => {
  it('are symmetric under negation, and scale with the unit', () =>
    fc.assert(
      fc.property(rows, (pairs) => {
        const of = (map: (x: number) => number) =>
          computeMetrics(names, {
            task: 'regression',
            actual: pairs.map((pair) => map(pair[0])),
            predicted: pairs.map((pair) => map(pair[1])),
          });
        const plain = of((x) => x);
        const turned = of((x) => -x);
        const scaled = of((x) => 4 * x);
        for (const name of names) close(turned[name], plain[name], name);
        for (const name of ['mae', 'rmse', 'median-absolute-error', 'max-error'] as const)
          close(scaled[name], 4 * plain[name]);
        close(scaled.mse, 16 * plain.mse);
        for (const name of ['r2', 'explained-variance'] as const) close(scaled[name], plain[name]);
        assert.ok(plain.mae <= plain.rmse + 1e-9 && plain.rmse <= plain['max-error'] + 1e-9);
        assert.ok(plain['explained-variance'] >= plain.r2 - 1e-9);
      }),
    ));

  it('a constant target that binary fractions do not hold is still constant', () => {
    const { r2 } = computeMetrics(['r2'], { task: 'regression', actual: [0.1, 0.1, 0.1], predicted: [0.1, 0.1, 0.2] });
    assert.equal(r2, 0);
  });
});

describe('means of rows by what was predicted', () => {
  it('take every row once, in rising parts whose predictions do not overlap', () =>
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 12 }), (pairs, parts) => {
        const actual = pairs.map((pair) => pair[0]);
        const predicted = pairs.map((pair) => pair[1]);
        const found = meansByPrediction(actual, predicted, parts);
        assert.ok(found.length >= 1 && found.length <= parts);
        const sum = (of: (part: (typeof found)[number]) => number) => found.reduce((all, part) => all + of(part), 0);
        assert.equal(
          sum(({ count }) => count),
          pairs.length,
        );
        close(
          sum(({ count, observed }) => count * observed),
          actual.reduce((a, b) => a + b, 0),
        );
        for (const [i, { predicted: mean }] of found.entries()) if (i > 0) assert.ok(mean > found[i - 1]!.predicted);
      }),
    ));

  it('keep equal predictions together', () => {
    const found = meansByPrediction([1, 2, 3, 4, 5, 9], [0, 0, 0, 0, 0, 7], 3);
    assert.deepEqual(found, [
      { predicted: 0, observed: 3, count: 5 },
      { predicted: 7, observed: 9, count: 1 },
    ]);
    assert.deepEqual(meansByPrediction([4, 6], [5, 5], 10), [{ predicted: 5, observed: 5, count: 2 }]);
  });
});
