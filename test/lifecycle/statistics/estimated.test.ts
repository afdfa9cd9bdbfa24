import assert from 'node:assert/strict';
import { estimatePerformance, hanleyMcNeil, isotonic } from '../../../lifecycle/statistics/estimated';
import { computeMetrics } from '../../../lifecycle/statistics/metrics';
import { Random } from '../../../lifecycle/statistics/random';
import { sampleOf } from '../../../lifecycle/statistics/sample';

describe('performance estimated without labels (CBPE)', () => {
  it('agrees with what comes true of calibrated predictions, also on shifted ones', () => {
    for (const [seed, power] of [
      [1, 1],
      [2, 2.5],
      [3, 0.4],
    ] as const) {
      const random = new Random(seed);
      const scores = Float64Array.from({ length: 40_000 }, () => random.uniform() ** power);
      const actual = Float64Array.from(scores, (p) => Number(random.chance(p)));
      const found = estimatePerformance(sampleOf(scores), 0.5);
      const real = computeMetrics(['accuracy', 'precision', 'recall', 'f1', 'auc', 'brier'], {
        task: 'binary',
        actual,
        scores,
      });
      for (const [name, value] of Object.entries(real))
        assert.ok(
          Math.abs(found[name as 'auc'].value - value) < 0.012,
          `${seed} ${name}: ${found[name as 'auc'].value} against ${value}`,
        );
      assert.ok(found.accuracy.low < found.accuracy.value && found.accuracy.value < found.accuracy.high);
    }
  });

  it('is repaired by isotonic calibration where scores are no probabilities', () => {
    const random = new Random(4);
    const truth = Float64Array.from({ length: 20_000 }, () => random.uniform());
    const outcomes = Float64Array.from(truth, (p) => Number(random.chance(p)));
    const scores = truth.map((p) => p ** 3);
    const half = 10_000;
    const calibrated = isotonic(scores.subarray(0, half), outcomes.subarray(0, half));
    const [now, actual] = [scores.subarray(half), outcomes.subarray(half)];
    const real = computeMetrics(['accuracy'], { task: 'binary', actual, scores: now }).accuracy;
    const bare = estimatePerformance(sampleOf(now), 0.5).accuracy.value;
    const mended = estimatePerformance(sampleOf(now), 0.5, calibrated).accuracy.value;
    assert.ok(Math.abs(mended - real) < 0.02 && Math.abs(bare - real) > 0.05, `${bare} ${mended} ${real}`);
    assert.equal(isotonic([], [])(0.3), 0.3);
  });

  it('has the published variance of an AUC', () => {
    // Hanley & McNeil 1982, table II: AUC 0.893 with 51 abnormal and 58 normal images, standard error 0.032.
    assert.ok(Math.abs(Math.sqrt(hanleyMcNeil(0.893, 51, 58)) - 0.032) < 0.001);
  });
});
