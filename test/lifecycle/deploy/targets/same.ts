import assert from 'node:assert/strict';
import type { Prediction } from '../../../../lifecycle/deploy/predict';

/** Equal labels, and numbers that differ by no more than `tolerance`. */
export function sameTo(answers: readonly Prediction[], expected: readonly Prediction[], tolerance: number): void {
  assert.equal(answers.length, expected.length);
  for (const [i, one] of expected.entries()) {
    const answer = answers[i];
    assert.ok(answer);
    if ('prediction' in one) {
      assert.ok('prediction' in answer && Math.abs(answer.prediction - one.prediction) <= tolerance, `row ${i}`);
      continue;
    }
    assert.ok('label' in answer);
    assert.equal(answer.label, one.label, `row ${i}`);
    assert.deepEqual(Object.keys(answer.probabilities), Object.keys(one.probabilities));
    for (const [name, share] of Object.entries(one.probabilities))
      assert.ok(Math.abs((answer.probabilities[name] ?? NaN) - share) <= tolerance, `row ${i}, ${name}`);
  }
}
