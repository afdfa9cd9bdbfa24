import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describeNumbers, describeText, histogram, sparkline } from '../../../lifecycle/statistics/describe';
import { allClose, close, golden } from './golden';

describe('column summaries equal numpy and pandas', () => {
  for (const one of golden('describe')) {
    it(one.title, () => {
      const summary = describeNumbers(one.values);
      for (const name of ['count', 'nulls', 'mean', 'deviation', 'min', 'max', 'distinct'] as const) {
        close(summary[name], one[name], name);
      }
      allClose(summary.quantiles, one.quantiles, 'quantiles');
      allClose(summary.histogram.edges, one.edges, 'edges');
      allClose(summary.histogram.counts, one.counts, 'counts');
    });
  }
});

describe('column summaries', () => {
  it('text: the most frequent first', () => {
    const summary = describeText(['b', 'a', null, 'b', 'ccc', undefined, 'a', 'b', ''], 2);
    assert.deepEqual(summary, {
      kind: 'text',
      count: 7,
      nulls: 2,
      distinct: 4,
      top: [
        ['b', 3],
        ['a', 2],
      ],
      shortest: 0,
      longest: 3,
      sparkline: '█▆',
    });
  });

  it('nothing there', () => {
    const numbers = describeNumbers([NaN, NaN]);
    assert.deepEqual([numbers.count, numbers.nulls, numbers.distinct, numbers.sparkline], [0, 2, 0, '']);
    assert.ok(Number.isNaN(numbers.mean) && Number.isNaN(numbers.min) && Number.isNaN(numbers.quantiles[2]));
    const text = describeText([null]);
    assert.deepEqual([text.count, text.distinct, text.sparkline], [0, 0, '']);
    assert.ok(Number.isNaN(text.shortest) && Number.isNaN(text.longest));
  });

  it('infinities are values but have no bin', () => {
    const { count, max, histogram: shape } = describeNumbers([1, 2, Infinity]);
    assert.deepEqual([count, max, shape.counts.reduce((a, b) => a + b)], [3, Infinity, 2]);
  });

  it('sparkline: the largest full, rare ones still seen, none a space', () => {
    assert.equal(sparkline([0, 1, 1000, 500]), ' ▁█▄');
    assert.equal(sparkline([1, 2, 3, 4, 5, 6, 7, 8]), '▁▂▃▄▅▆▇█');
    assert.equal(sparkline([]), '');
    assert.equal(sparkline([0, 0]), '  ');
  });

  it('every finite value is in one bin, between its edges', () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 1, max: 30 }),
        (values, bins) => {
          const { edges, counts } = histogram(values, bins);
          assert.equal(
            counts.reduce((a, b) => a + b),
            values.length,
          );
          assert.ok(edges[0]! <= Math.min(...values) && edges.at(-1)! >= Math.max(...values));
          for (let i = 0; i < bins; i++) assert.ok(edges[i]! <= edges[i + 1]!);
        },
      ),
    ));
});
