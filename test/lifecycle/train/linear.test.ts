import assert from 'node:assert/strict';
import { Random } from '../../../lifecycle/statistics/random';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { coefficientsOf, type LinearModel } from '../../../lifecycle/model/linear';
import { logisticLoss, softmaxLoss, squaredLoss } from '../../../lifecycle/train/linear/losses';
import { newton, type RowLoss } from '../../../lifecycle/train/linear/newton';
import { ridge } from '../../../lifecycle/train/linear/ridge';
import { scale } from '../../../lifecycle/train/scaling';
import { UserError } from '../../../lifecycle/problem';

interface Case {
  l2: number;
  coefficients: number[][];
  intercepts: number[];
}

const golden = JSON.parse(readFileSync(join(__dirname, '../../golden/train/linear.json'), 'utf8')) as {
  columns: number[][];
  binary: { labels: number[]; cases: Case[] };
  multiclass: { labels: number[]; cases: Case[] };
  regression: { labels: number[]; cases: Case[] };
  leastSquares: Case;
};
const columns = golden.columns.map((column) => Float32Array.from(column));
const names = columns.map((_, i) => `f${i}`);
const scaled = scale({ columns, names });

async function minimise(loss: RowLoss, l2: number): Promise<LinearModel> {
  const result = await newton(
    columns,
    columns[0]!.length,
    scaled.standardization,
    loss,
    { l2, maxIterations: 500 },
    () => undefined,
  );
  assert.ok(result.converged);
  return result.model;
}

/** Equal to 1e-5 of the effect that a coefficient has over its feature's spread. */
function assertCoefficients(model: LinearModel, expected: Case, unit = 1): void {
  const { coefficients, intercepts } = coefficientsOf(model);
  expected.coefficients.forEach((row, k) =>
    row.forEach((value, j) => {
      const deviation = model.standardization.deviation[j] || 1;
      const error = Math.abs(coefficients[k]![j]! - value);
      assert.ok(error * deviation <= 1e-5 * unit, `coefficient ${k},${j}: ${coefficients[k]![j]} against ${value}`);
    }),
  );
  expected.intercepts.forEach((value, k) => {
    const error = Math.abs(intercepts[k]! - value);
    assert.ok(error <= 1e-5 * Math.max(unit, Math.abs(value)), `intercept ${k}: ${intercepts[k]} against ${value}`);
  });
}

describe('linear models equal scikit-learn’s', () => {
  for (const expected of golden.binary.cases) {
    it(`logistic regression, l2 ${expected.l2}`, async () => {
      assertCoefficients(await minimise(logisticLoss(Float64Array.from(golden.binary.labels)), expected.l2), expected);
    });
  }
  for (const expected of golden.multiclass.cases) {
    it(`softmax regression, l2 ${expected.l2}`, async () => {
      const loss = softmaxLoss(Float64Array.from(golden.multiclass.labels), 3);
      assertCoefficients(await minimise(loss, expected.l2), expected);
    });
  }
  for (const expected of golden.regression.cases) {
    it(`ridge regression, l2 ${expected.l2}, by Cholesky and by conjugate gradients`, async () => {
      const labels = Float64Array.from(golden.regression.labels);
      const { model, singular } = ridge(columns, labels, scaled.standardization, expected.l2);
      assert.ok(!singular);
      assertCoefficients(model, expected, 10);
      assertCoefficients(await minimise(squaredLoss(labels), expected.l2), expected, 10);
    });
  }
  it('least squares without a penalty', () => {
    const part = columns.slice(0, 4);
    const labels = Float64Array.from(golden.regression.labels);
    const { standardization } = scale({ columns: part, names });
    const { model } = ridge(part, labels, standardization, 0);
    assertCoefficients(model, golden.leastSquares, 10);
  });
  it('least squares of collinear features still has an answer, and says that it is not the only one', () => {
    const labels = Float64Array.from(golden.regression.labels);
    const { model, singular } = ridge(columns, labels, scaled.standardization, 0);
    assert.ok(singular);
    assert.ok(model.weights.every(Number.isFinite));
  });
});

describe('the search for the optimum', () => {
  it('ends where float64 tells no better from worse, with classes whose features add up to one', async () => {
    const random = new Random(17);
    const rows = 2300;
    const columns = Array.from({ length: 5 }, () => new Float32Array(rows));
    const labels = Float64Array.from({ length: rows }, (_, i) => {
      const kind = random.integer(3);
      columns[2 + kind]![i] = 1;
      const [a, b] = [random.normal(), random.normal()];
      columns[0]![i] = a;
      columns[1]![i] = b;
      const score = a * b + b + (kind === 0 ? 1 : 0) + random.normal(0, 0.3);
      return score < -0.5 ? 0 : score < 0.7 ? 1 : 2;
    });
    const { standardization } = scale({ columns, names: ['a', 'b', 'x', 'y', 'z'] });
    const settings = { l2: 1, maxIterations: 500 };
    const result = await newton(columns, rows, standardization, softmaxLoss(labels, 3), settings, () => undefined);
    assert.ok(result.converged && result.iterations < 40, `${result.iterations} iterations`);
  });
});

describe('scaling', () => {
  it('takes missing values as the mean and constants as zero', () => {
    const { columns, filled, standardization } = scale({
      names: ['a', 'b', 'c'],
      columns: [Float32Array.of(1, NaN, 3), Float32Array.of(5, 5, 5), Float32Array.of(NaN, NaN, NaN)],
    });
    assert.deepEqual(filled, ['a', 'c']);
    assert.deepEqual([...columns.at(0)!], [1, 2, 3]);
    assert.deepEqual([...columns.at(2)!], [0, 0, 0]);
    assert.deepEqual([...standardization.deviation], [1, 0, 0]);
  });
  it('refuses infinite values, naming the feature', () => {
    assert.throws(
      () => scale({ names: ['rate'], columns: [Float32Array.of(1, Infinity)] }),
      (error) => error instanceof UserError && /'rate' has infinite values/.test(error.message),
    );
  });
});
