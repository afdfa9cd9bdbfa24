import assert from 'node:assert/strict';
import { thinned } from '../../webviews/metrics/thin';
import { series } from './fixtures';

describe('curves with more buckets than pixels', () => {
  const [whole] = series('r', 'net', {}, 1_000);
  const values = whole!.values.map((value, index) => (index % 90 < 3 ? null : value));
  const long = {
    ...whole!,
    values,
    low: values.map((value) => (value === null ? null : value - 1)),
    high: values.map((value, index) => (index === 517 ? 1e6 : value === null ? null : value + 1)),
  };

  it('keep each spike, the ends of the band and the mean of what is there', () => {
    const thin = thinned(long, 300);
    assert.equal(thin.steps.length, 250);
    for (const each of [thin.values, thin.low, thin.high]) assert.equal(each?.length, 250);
    thin.steps.forEach((step, bucket) => {
      const part = (all: readonly (number | null)[]): number[] =>
        all.slice(bucket * 4, bucket * 4 + 4).filter((value): value is number => value !== null);
      assert.equal(step, long.steps[bucket * 4]);
      if (part(long.values).length === 0) return assert.equal(thin.values[bucket], null);
      assert.equal(thin.low?.[bucket], Math.min(...part(long.low)));
      assert.equal(thin.high?.[bucket], Math.max(...part(long.high)));
      const mean = part(long.values).reduce((sum, value) => sum + value, 0) / part(long.values).length;
      assert.ok(Math.abs((thin.values[bucket] ?? NaN) - mean) < 1e-12);
    });
    assert.ok(thin.high?.includes(1e6));
  });

  it('are left alone where there is room, and where each point is one that was logged', () => {
    assert.equal(thinned(long, 1_000), long);
    assert.equal(thinned(whole!, 10), whole);
  });
});
