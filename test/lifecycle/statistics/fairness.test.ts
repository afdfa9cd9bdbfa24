import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fairnessGaps, groupMetrics, type FairnessGap, type GroupRate } from '../../../lifecycle/statistics/fairness';
import { allClose, close, golden } from './golden';

describe("group fairness equals fairlearn's definitions", () => {
  for (const one of golden('fairness')) {
    it(one.title, () => {
      const groups = groupMetrics(one.actual, one.predicted, one.groups, { weights: one.weights ?? undefined });
      assert.deepEqual(
        groups.map((group) => group.group),
        Object.keys(one.rates),
      );
      for (const { group, rows, metrics, intervals } of groups) {
        assert.equal(rows, one.rows[group]);
        for (const [name, value] of Object.entries(metrics)) {
          close(value, one.rates[group][name], `${group} ${name}`);
          const { low, high } = intervals[name as GroupRate];
          assert.ok(
            Number.isNaN(value) || (low <= value + 1e-12 && value <= high + 1e-12),
            `${group} ${name} interval`,
          );
        }
        if (one.selectionIntervals === null) continue;
        const { low, high } = intervals['selection-rate'];
        allClose([low, high], one.selectionIntervals[group], `${group} Wilson`);
      }
      for (const [name, value] of Object.entries(fairnessGaps(groups))) close(value, one.gaps[name], name);
    });
  }
});

describe('group fairness, properties', () => {
  const row = fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1), fc.constantFrom('a', 'b', 'c'));

  it('gaps are in [0, 1], the same under other names, and at least 0 for one group', () =>
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (rows) => {
        const of = (name: (group: string) => string) =>
          fairnessGaps(
            groupMetrics(
              rows.map((r) => r[0]),
              rows.map((r) => r[1]),
              rows.map((r) => name(r[2])),
            ),
          );
        const gaps = of((group) => group);
        for (const value of Object.values(gaps)) assert.ok(Number.isNaN(value) || (value >= 0 && value <= 1));
        assert.deepEqual(
          of((group) => `${group}!`),
          gaps,
        );
        const one = of(() => 'all');
        assert.equal(one['demographic-parity-difference'], 0);
        assert.equal(one['demographic-parity-ratio'], 1);
        const either: FairnessGap[] = ['equalized-odds-difference', 'equal-opportunity-difference'];
        for (const name of either) assert.ok(one[name] === 0 || Number.isNaN(one[name]));
      }),
    ));

  it('no rows, no groups, no gap', () => {
    assert.deepEqual(groupMetrics([], [], []), []);
    assert.ok(Number.isNaN(fairnessGaps([])['demographic-parity-difference']));
    assert.throws(() => groupMetrics([1], [1], ['a', 'b']), RangeError);
  });
});
