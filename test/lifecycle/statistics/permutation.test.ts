import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { computeMetrics, findMetric, type MetricName } from '../../../lifecycle/statistics/metrics';
import { type ColumnImportance, permutationImportance } from '../../../lifecycle/statistics/permutation';
import { close } from './golden';

interface Study {
  readonly metric: MetricName;
  readonly target: number[];
  readonly weights: number[];
  readonly intercept: number;
  readonly orders: number[][];
  readonly importance: number[];
  readonly deviation: number[];
}

// test/golden/statistics/permutation.py wrote these from scikit-learn.
const golden = JSON.parse(readFileSync(join(__dirname, '../../golden/statistics/permutation.json'), 'utf8')) as {
  readonly columns: Readonly<Record<string, number[]>>;
  readonly studies: readonly Study[];
};

describe('permutation importance', () => {
  for (const study of golden.studies) {
    it(`is what scikit-learn gives by ${study.metric}, for the same orders of the rows`, async () => {
      const { metric, target, weights, intercept } = study;
      const found = await permutationImportance({
        columns: golden.columns,
        better: findMetric(metric)!.better,
        orders: study.orders,
        score: (columns) => {
          const raw = target.map((_, i) =>
            Object.values(columns).reduce((sum, column, c) => sum + weights[c]! * column[i]!, intercept),
          );
          const regression = metric === 'rmse' || metric === 'r2';
          return computeMetrics(
            [metric],
            regression
              ? { task: 'regression', actual: target, predicted: raw }
              : { task: 'binary', actual: target, scores: raw.map((z) => 1 / (1 + Math.exp(-z))) },
          )[metric];
        },
      });
      found!.columns.forEach(({ column, importance, deviation }, i) => {
        close(importance, study.importance[i]!, `${column} importance`, 1e-9, 1e-12);
        close(deviation, study.deviation[i]!, `${column} deviation`, 1e-9, 1e-12);
      });
      assert.deepEqual(
        found!.columns.map(({ column }) => column),
        ['strong', 'weak', 'noise', 'constant'],
      );
    });
  }

  const orders = [
    [1, 0, 3, 2],
    [3, 2, 1, 0],
  ];
  const texts = { word: ['a', 'b', 'a', 'b'], other: ['x', 'x', 'x', 'x'], third: ['p', 'q', 'r', 's'] };
  /** Share of the rows in which the word is still in its place. */
  const score = ({ word }: Readonly<Record<string, string[]>>): number =>
    word!.filter((value, i) => value === texts.word[i]).length / 4;

  it('counts exactly what is counted by hand, of text too', async () => {
    const found = await permutationImportance({ columns: texts, better: 'higher', orders, score });
    const nothing = (column: string): ColumnImportance => ({ column, importance: 0, deviation: 0 });
    // The first order takes every word from its place, and so does the second: b a b a.
    assert.deepEqual(found, {
      score: 1,
      columns: [{ column: 'word', importance: 1, deviation: 0 }, nothing('other'), nothing('third')],
    });
    const half = await permutationImportance({
      columns: texts,
      better: 'higher',
      orders: [[0, 1, 3, 2], ...orders],
      score,
    });
    assert.ok(Math.abs(half!.columns[0]!.importance - 2.5 / 3) < 1e-15);
    assert.ok(Math.abs(half!.columns[0]!.deviation - Math.sqrt(1 / 18)) < 1e-15);
  });

  it('turns round what is better when lower, and asks nothing about a column that never varies', async () => {
    let asked = 0;
    const error = (columns: Readonly<Record<string, string[]>>): number => (asked++, 1 - score(columns));
    const found = await permutationImportance({ columns: texts, better: 'lower', orders, score: error });
    assert.equal(found!.columns[0]!.importance, 1);
    assert.equal(asked, 1 + 2 * orders.length);
  });

  it('ends when it is told to, and says nothing where the score is undefined', async () => {
    const stop = { columns: texts, better: 'higher', orders, score, onColumn: (done: number) => done < 2 } as const;
    assert.equal(await permutationImportance(stop), undefined);
    const undefinedOne = await permutationImportance({ columns: texts, better: 'higher', orders, score: () => NaN });
    assert.deepEqual(undefinedOne, { score: NaN, columns: [] });
    await assert.rejects(permutationImportance({ columns: texts, better: 'higher', orders: [], score }), RangeError);
  });
});
