import assert from 'node:assert/strict';
import { age, number, ticksText, tick } from '../../webviews/ui-kit/format';

describe('numbers beside an axis', () => {
  const cases: readonly [number, string][] = [
    [1.5e7, '1.5e+7'],
    [1e7, '1e+7'],
    [2.25e-6, '2.25e-6'],
    [0.85, '0.85'],
    [4000, '4000'],
    [20_000, '20000'],
    [4_000_000, '4e+6'],
    [0, '0'],
  ];
  for (const [value, wanted] of cases) it(wanted, () => assert.equal(tick(value), wanted));

  it('have the figures that tell them apart', () => {
    assert.deepEqual(ticksText([0.5, 1, 1.5]), ['0.5', '1', '1.5']);
    assert.deepEqual(ticksText([-123456.0002, -123456.0001, -123456]), ['-123456.0002', '-123456.0001', '-123456']);
    assert.deepEqual(ticksText([20001, 20002, 20002.5]), ['20001', '20002', '20002.5']);
    assert.deepEqual(ticksText([3, 3]), ['3', '3']);
    assert.deepEqual(ticksText([]), []);
  });
});

describe('numbers', () => {
  const cases: readonly [number | null, string][] = [
    [1_409_891, '1,409,891'],
    [-1_210_111.6, '-1,210,112'],
    [219_171.23, '219,171'],
    [1984, '1984'],
    [1234.56, '1234.6'],
    [0.123456, '0.1235'],
    [3.2e9, '3.20e+9'],
    [0.00001, '1.00e-5'],
    [0, '0'],
    [null, '–'],
    [-Infinity, '−∞'],
  ];
  for (const [value, wanted] of cases) it(wanted, () => assert.equal(number(value), wanted));
});

describe('how long ago', () => {
  const now = Date.UTC(2026, 10, 29, 12);
  const minute = 60_000;
  const cases: readonly [number, string][] = [
    [-5 * minute, 'just now'],
    [59_000, 'just now'],
    [minute, '1 minute ago'],
    [150 * minute, '2 hours ago'],
    [30 * 60 * minute, 'yesterday'],
    [8 * 24 * 60 * minute, '8 days ago'],
    [400 * 24 * 60 * minute, 'last year'],
  ];
  for (const [before, wanted] of cases) it(wanted, () => assert.equal(age(now - before, now), wanted));
});
