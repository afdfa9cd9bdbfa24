import assert from 'node:assert/strict';
import { robustRange } from '../../webviews/metrics/robust';
import { near } from '../../webviews/metrics/smooth';
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

describe('the ends of an axis that leaves outliers out', () => {
  // numpy.quantile(range(1, 101), [.05, .95], method='nearest') is 6 and 95.
  const usual = Array.from({ length: 100 }, (_, index) => index + 1);

  it('are the 5 % and the 95 % quantile with a tenth of room, and no more than the values need', () => {
    const [low, high] = robustRange([[...usual, 1e9]], 0, 100) ?? [];
    assert.ok(low === 1 && high !== undefined && high > 100 && high < 120, `${low} ${high}`);
    assert.deepEqual(robustRange([usual], 0, 99), [1, 100]);
    // 6 / (95 / 6) ** 0.1 is 4.6, and 95 · (95 / 6) ** 0.1 is 125.
    assert.deepEqual(robustRange([usual], 0, 99, true), [4, 200]);
  });

  it('look at what is seen of all curves, and pass over what is no number', () => {
    const gaps = usual.map((value) => (value % 2 === 0 ? null : value));
    // Of 1, 1, 2, 3, 3, …, 9, 9, 10: from 1 to 9, and a tenth of 8.
    assert.deepEqual(robustRange([gaps, usual], 0, 9), [1, 9.8]);
    assert.equal(robustRange([usual.map(() => 3)], 0, 99), undefined, 'a line');
    assert.equal(robustRange([[1, 2, null]], 0, 2), undefined, 'too few to tell');
    assert.equal(robustRange([usual.map((value) => -value)], 0, 99, true), undefined, 'nothing a logarithm takes');
  });
});

describe('the value of a curve at the crosshair', () => {
  it('is that of the nearer point where there is none, and none beyond the ends', () => {
    const values = [null, 1, null, null, 4, undefined];
    assert.deepEqual(
      values.map((_, index) => near(values, index)),
      [null, 1, 1, 4, 4, null],
    );
    assert.equal(near([], 0), null);
  });
});
