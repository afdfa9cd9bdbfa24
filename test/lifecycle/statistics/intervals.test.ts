import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as i from '../../../lifecycle/statistics/intervals';
import { rocAuc } from '../../../lifecycle/statistics/classification';
import { computeMetrics, type Predictions } from '../../../lifecycle/statistics/metrics';
import { Random } from '../../../lifecycle/statistics/random';
import { allClose, close, golden } from './golden';

describe('intervals and tests equal scipy, or their definition', () => {
  for (const one of golden('intervals')) {
    it(one.title, () => {
      if (one.kind === 'delong') {
        const { auc, covariance } = i.delong(one.actual, one.models);
        allClose(auc, one.auc, 'AUC');
        allClose(covariance, one.covariance, 'covariance');
        const test = i.delongTest(one.actual, one.models[0], one.models[1]);
        close(test.p, one.p, 'p');
        close(test.difference, one.auc[1] - one.auc[0], 'difference');
        const { low, high } = i.aucInterval(one.actual, one.models[0]);
        allClose([low, high], one.interval, 'interval');
      } else if (one.kind === 'mcnemar') {
        const actual = [...Array<number>(one.b + one.c).fill(1), 0, 1];
        const first = [...Array<number>(one.b).fill(1), ...Array<number>(one.c).fill(0), 0, 0];
        const second = [...Array<number>(one.b).fill(0), ...Array<number>(one.c).fill(1), 0, 0];
        close(i.mcnemar(actual, first, second, 'exact').p, one.exact, 'exact');
        close(i.mcnemar(actual, first, second, 'chi-square').p, one.chi, 'χ²');
        const auto = i.mcnemar(actual, first, second);
        assert.deepEqual([auto.onlyFirst, auto.onlySecond], [one.b, one.c]);
        assert.equal(auto.method, one.b + one.c < 25 ? 'exact' : 'chi-square');
      } else if (one.kind === 'bca') {
        const mean = one.data.reduce((a: number, b: number) => a + b) / one.data.length;
        for (const [level, expected] of Object.entries(one.expected)) {
          const { low, high, standardError } = i.bcaInterval(mean, one.replicates, one.leftOut, Number(level));
          allClose([low, high], expected as number[], level);
          close(standardError, one.error, 'standard error');
        }
      } else {
        for (const [k, n, level, ...expected] of one.rows) {
          const [wilson, exact] = [i.wilson(k, n, level), i.clopperPearson(k, n, level)];
          allClose([wilson.low, wilson.high, exact.low, exact.high], expected, `${k} of ${n} at ${level}`);
        }
      }
    });
  }
});

function sample(seed: number, n: number): { actual: Uint8Array; scores: Float64Array; better: Float64Array } {
  const random = new Random(seed);
  const actual = Uint8Array.from({ length: n }, (_, k) => (k < 4 ? k % 2 : Number(random.chance(0.4))));
  const scores = Float64Array.from(actual, (y) => y + random.normal());
  return { actual, scores, better: scores.map((s, k) => s + 3 * actual[k]!) };
}

describe('bootstrap', () => {
  it('is the same for a seed and another for another', () => {
    const { actual, scores } = sample(1, 50);
    const predictions: Predictions = { task: 'binary', actual, scores };
    const run = (seed: number) => i.metricIntervals(['auc', 'accuracy'], predictions, { seed, replicates: 100 });
    assert.deepEqual(run(1), run(1));
    assert.notDeepEqual(run(1).auc.replicates, run(2).auc.replicates);
    assert.equal(run(1).auc.estimate, rocAuc(actual, scores));
  });

  it('resampling by weights is resampling by rows', () => {
    const { actual, scores } = sample(2, 60);
    const byWeights = i.metricIntervals(['auc'], { task: 'binary', actual, scores }, { seed: 9, replicates: 50 }).auc;
    const byRows = i.bootstrap(
      60,
      (rows) =>
        rocAuc(
          [...rows].map((r) => actual[r]!),
          [...rows].map((r) => scores[r]!),
        ),
      {
        seed: 9,
        replicates: 50,
      },
    );
    allClose(byWeights.replicates, byRows.replicates, 'replicates');
    close(byWeights.low, byRows.low);
  });

  it('so it is for k classes', () => {
    const random = new Random('classes');
    const actual = Uint8Array.from({ length: 40 }, (_, k) => k % 3);
    const probabilities = Float64Array.from({ length: 120 }, () => Math.round(random.uniform() * 20) / 20 + 0.01);
    const names = ['auc', 'pr-auc', 'f1', 'log-loss', 'ece'] as const;
    const predictions: Predictions = { task: 'multiclass', actual, probabilities, classes: 3 };
    const byWeights = i.metricIntervals(names, predictions, { seed: 9, replicates: 30 });
    for (const name of names) {
      const metric = (rows: Uint32Array) =>
        computeMetrics([name], {
          ...predictions,
          actual: Uint8Array.from(rows, (row) => actual[row]!),
          probabilities: [...rows].flatMap((row) => [...probabilities.subarray(3 * row, 3 * row + 3)]),
        })[name];
      allClose(byWeights[name].replicates, i.bootstrap(40, metric, { seed: 9, replicates: 30 }).replicates, name);
    }
  });

  it('covers: a 90 % interval of a mean holds it about 9 times in 10', () => {
    for (const method of ['percentile', 'bca'] as const) {
      let held = 0;
      for (let k = 0; k < 200; k++) {
        const random = new Random(`cover ${k}`);
        const values = Float64Array.from({ length: 40 }, () => random.normal(5, 2));
        const mean = (rows: Uint32Array) => rows.reduce((total, row) => total + values[row]!, 0) / rows.length;
        const { low, high } = i.bootstrap(40, mean, { seed: k, replicates: 300, level: 0.9, method });
        if (low <= 5 && 5 <= high) held++;
      }
      assert.ok(held > 160 && held < 195, `${method}: ${held} of 200`);
    }
  });

  it('agrees with DeLong on the spread of AUC', () => {
    const { actual, scores } = sample(3, 400);
    const { standardError } = i.metricIntervals(['auc'], { task: 'binary', actual, scores }, { seed: 1 }).auc;
    close(standardError, Math.sqrt(i.delong(actual, [scores]).covariance[0]!), 'standard error', 0.1);
  });

  it('regressions, with a degenerate sample too', () => {
    const result = i.metricIntervals(
      ['rmse', 'median-absolute-error', 'max-error'],
      { task: 'regression', actual: [1, 1, 1], predicted: [2, 2, 2] },
      { seed: 0, replicates: 20 },
    );
    for (const { estimate, low, high, standardError } of Object.values(result)) {
      assert.deepEqual([estimate, low, high, standardError], [1, 1, 1, 0]);
    }
    const flat = i.bootstrap(3, () => 4, { seed: 1, replicates: 10, method: 'bca' });
    assert.deepEqual([flat.low, flat.high], [4, 4]);
    assert.throws(() => i.bootstrap(0, () => 1, { seed: 1 }), /at least one row/);
  });

  it('paired: a better model differs, the same model does not', () => {
    const { actual, scores, better } = sample(4, 150);
    const first: Predictions = { task: 'binary', actual, scores };
    const options = { seed: 1, replicates: 200 };
    const gain = i.pairedBootstrap(['auc'], first, { task: 'binary', actual, scores: better }, options).auc;
    assert.ok(gain.low > 0 && gain.p < 0.02);
    const metric = (one: Predictions) => computeMetrics(['auc'], one).auc;
    close(gain.difference, metric({ task: 'binary', actual, scores: better }) - metric(first));
    const same = i.pairedBootstrap(['auc'], first, first, options).auc;
    assert.deepEqual([same.difference, same.low, same.high, same.p], [0, 0, 0, 1]);
  });

  it('leaves out replicates in which a class is missing', () => {
    const predictions: Predictions = { task: 'binary', actual: [1, 0, 0], scores: [0.9, 0.2, 0.4] };
    const { auc } = i.metricIntervals(['auc'], predictions, { seed: 3, replicates: 100 });
    assert.ok(auc.replicates.length > 20 && auc.replicates.length < 100);
    assert.deepEqual([auc.low, auc.high], [1, 1]);
  });
});

describe('tests between models, properties', () => {
  it('DeLong: turning the models round turns the sign; equal models never differ', () =>
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 8, max: 60 }), (seed, n) => {
        const { actual, scores, better } = sample(seed, n);
        const there = i.delongTest(actual, scores, better);
        const back = i.delongTest(actual, better, scores);
        close(there.difference, -back.difference);
        close(there.p, back.p, 'p', 1e-6, 1e-300);
        assert.equal(i.delongTest(actual, scores, scores).p, 1);
        close(i.delong(actual, [scores]).auc[0]!, rocAuc(actual, scores));
      }),
    ));

  it('Wilson: inside [0, 1], holds the proportion, narrows with n', () =>
    fc.assert(
      fc.property(fc.nat(100), fc.integer({ min: 1, max: 100 }), (k, n) => {
        const successes = Math.min(k, n);
        const { low, high } = i.wilson(successes, n);
        const wide = i.clopperPearson(successes, n);
        assert.ok(0 <= low && low <= successes / n + 1e-12 && successes / n <= high + 1e-12 && high <= 1);
        assert.ok(wide.high - wide.low >= (high - low) * 0.9);
        const more = i.wilson(10 * successes, 10 * n);
        assert.ok(more.high - more.low < high - low);
      }),
    ));

  it('without rows there is no interval', () => {
    assert.deepEqual(i.wilson(0, 0), { low: NaN, high: NaN });
    assert.ok(Number.isNaN(i.aucInterval([1, 1], [0.1, 0.2]).estimate));
    assert.throws(() => i.mcnemar([1], [1, 0], [1]), RangeError);
  });
});
