import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type MmdColumn, maximumMeanDiscrepancy } from '../../../lifecycle/statistics/mmd';
import { Random } from '../../../lifecycle/statistics/random';

interface Case {
  readonly title: string;
  readonly reference: (number | null)[][];
  readonly current: (number | null)[][];
  readonly statistic: number;
  readonly bandwidth: number;
  readonly p?: number;
}

const cases = JSON.parse(readFileSync(path.resolve(__dirname, '../../golden/statistics/mmd.json'), 'utf8')) as Case[];
const numbers = (column: (number | null)[]) => column.map((value) => value ?? NaN);

describe('maximum mean discrepancy', () => {
  for (const { title, reference, current, statistic, bandwidth, p } of cases)
    it(`is that of numpy: ${title}`, () => {
      const columns = reference.map((column, i): MmdColumn => ({
        kind: i < reference.length - 1 ? 'number' : 'category',
        reference: numbers(column),
        current: numbers(current[i]!),
      }));
      const permutations = p === undefined ? 20 : 20_000;
      const found = maximumMeanDiscrepancy(columns, { permutations, seed: 1 });
      assert.ok(Math.abs(found.statistic - statistic) < 1e-12, `${found.statistic} is not ${statistic}`);
      assert.ok(Math.abs(found.bandwidth - bandwidth) < 1e-12);
      // Four standard errors of so many permutations.
      if (p !== undefined)
        assert.ok(Math.abs(found.p - p) < 4 * Math.sqrt((p * (1 - p)) / permutations) + 1e-4, `${found.p} ${p}`);
      assert.deepEqual(maximumMeanDiscrepancy(columns, { permutations, seed: 1 }), found);
    });

  it('keeps its level, and sees a correlation that no single column shows', () => {
    const random = new Random(3);
    const pair = (rows: number, correlation: number): MmdColumn['reference'][] => {
      const x = Array.from({ length: rows }, () => random.normal());
      return [x, x.map((value) => correlation * value + Math.sqrt(1 - correlation ** 2) * random.normal())];
    };
    const p = (correlation: number, seed: number) => {
      const [before, after] = [pair(40, 0), pair(40, correlation)];
      const columns = before.map((reference, i): MmdColumn => ({ kind: 'number', reference, current: after[i]! }));
      return maximumMeanDiscrepancy(columns, { permutations: 99, seed }).p;
    };
    const alarms = Array.from({ length: 60 }, (_, seed) => p(0, seed)).filter((value) => value <= 0.05).length;
    // Binomial(60, 0.05): more than 8 happen once in 400 times, and the seeds are fixed.
    assert.ok(alarms <= 8, `${alarms} of 60`);
    assert.ok(p(0.95, 1) <= 0.05);
  });

  it('needs two rows of each', () => {
    assert.throws(
      () => maximumMeanDiscrepancy([{ kind: 'number', reference: [1], current: [1, 2] }], { seed: 1 }),
      RangeError,
    );
  });
});
