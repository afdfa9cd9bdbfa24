import assert from 'node:assert/strict';
import { measurePerformance } from '../../../lifecycle/monitor/performance';
import { errorChart, hypergeometricSf } from '../../../lifecycle/statistics/control-chart';
import { Random } from '../../../lifecycle/statistics/random';

describe('a control chart of errors', () => {
  it('has the probabilities of scipy', () => {
    // scipy.stats.hypergeom.sf(k - 1, rows, wrong, part)
    const cases = [
      [12, 1000, 50, 100, 0.0024583389671421316],
      [0, 10, 3, 4, 1],
      [3, 10, 3, 4, 0.03333333333333333],
      [30, 5000, 200, 300, 2.0587828382874375e-6],
      [5, 200000, 900, 400, 0.03588976112237018],
      [1, 60, 1, 20, 0.33333333333333337],
    ] as const;
    for (const [k, rows, wrong, part, expected] of cases) {
      const found = hypergeometricSf(k, rows, wrong, part);
      assert.ok(Math.abs(found / expected - 1) < 1e-9, `${found} not ${expected}`);
    }
  });

  it('alarms for as many parts as three standard deviations allow, and where the error rises', () => {
    const random = new Random(5);
    const part = (rate: number) => ({
      rows: 200,
      wrong: Array.from({ length: 200 }, () => Number(random.chance(rate))).reduce((a, b) => a + b, 0),
    });
    let alarms = 0;
    for (let i = 0; i < 250; i++)
      alarms += errorChart(Array.from({ length: 12 }, () => part(0.1))).filter(Boolean).length;
    assert.ok(alarms <= 3_000 * 0.0035, `${alarms} of 3,000`);
    const planted = [...Array.from({ length: 10 }, () => part(0.1)), part(0.25), part(0.25)];
    assert.deepEqual(errorChart(planted).slice(-2), [true, true]);
    assert.deepEqual(errorChart([]), []);
    const quiet = [
      { rows: 0, wrong: 0 },
      { rows: 50, wrong: 0 },
      { rows: 1, wrong: 1 },
    ];
    assert.deepEqual(errorChart(quiet), [false, false, false]);
  });

  it('tells from which part on a model errs more', () => {
    const rows = Array.from({ length: 1_200 }, (_, i) => {
      const wrong = i < 1_000 ? i % 20 === 0 : i % 4 === 0;
      return { time: i * 1_000, actual: 1, answer: wrong ? [0.9, 0.1] : [0.1, 0.9], inputs: {} };
    });
    const parts = Array.from({ length: 12 }, (_, i) => ({ from: i * 100_000, to: (i + 1) * 100_000, rows: 100 }));
    const { changes = [] } = measurePerformance(rows, { from: 0, to: Infinity, rows: 1_200 }, parts, {
      info: { task: 'binary', classes: ['No', 'Yes'] },
      seed: 1,
    });
    const found = changes.filter(({ detector }) => detector === 'control-chart');
    assert.equal(found.length, 1);
    assert.deepEqual(
      [found[0]!.row, found[0]!.time, found[0]!.after],
      [1_001, new Date(1_000_000).toISOString(), 0.25],
    );
  });
});
