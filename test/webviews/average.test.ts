import assert from 'node:assert/strict';
import fc from 'fast-check';
import { averaged, everything, groupColumns, groupsOf } from '../../webviews/metrics/average';
import type { Series } from '../../webviews/protocol';

const curve = (run: string, steps: readonly number[], values: readonly (number | null)[], more = {}): Series => ({
  run,
  stage: 'trees',
  name: 'loss',
  steps,
  values,
  broken: values.filter((value) => value === null).length,
  brokenAt: steps.filter((_, index) => values[index] === null),
  points: values.length,
  ...more,
});
const together = [{ id: 'group', name: 'mean', runs: ['a', 'b', 'c'] }];
const by = { axis: 'step', logX: false, band: 'range' } as const;
const near = (found: readonly (number | null)[] | undefined, expected: readonly number[]): void => {
  assert.equal(found?.length, expected.length, String(found));
  expected.forEach((value, index) => assert.ok(Math.abs((found?.[index] ?? NaN) - value) < 1e-12, String(found)));
};

describe('means of curves', () => {
  it('are taken at each step, with the band that was asked for', () => {
    const series = [curve('a', [1, 2], [1, 10]), curve('b', [1, 2], [2, 20]), curve('c', [1, 2], [6, 60])];
    const [range] = averaged(series, together, by);
    assert.deepEqual([range?.run, range?.steps, range?.points], ['group', [1, 2], 6]);
    near(range?.values, [3, 30]);
    near(range?.low, [1, 10]);
    near(range?.high, [6, 60]);
    // numpy.std([1, 2, 6], ddof=1) = 2.6457513110645906
    const [deviation] = averaged(series, together, { ...by, band: 'deviation' });
    near(deviation?.low, [3 - 2.6457513110645906, 30 - 26.457513110645905]);
    const [error] = averaged(series, together, { ...by, band: 'error' });
    near(error?.high, [3 + 2.6457513110645906 / Math.sqrt(3), 30 + 26.457513110645905 / Math.sqrt(3)]);
    assert.equal(averaged(series, together, { ...by, band: 'none' })[0]?.low, undefined);
  });

  it('follow the lines between points, each run as far as it goes', () => {
    const [mean] = averaged([curve('a', [0, 10], [0, 10]), curve('b', [0, 5, 20], [2, 7, 22])], together, by);
    assert.deepEqual(mean?.steps, [0, 5, 10, 20]);
    near(mean?.values, [1, 6, 11, 22]);
    near(mean?.low, [0, 5, 10, 22]);
  });

  it('keep spikes of buckets in the band, and pass over what is not finite', () => {
    const [mean] = averaged(
      [curve('a', [1, 2, 3], [1, null, 3]), curve('b', [1, 2, 3], [1, 2, 3], { low: [0, 1, 2], high: [9, 3, 4] })],
      together,
      by,
    );
    near(mean?.values, [1, 2, 3]);
    near(mean?.high, [9, 3, 4]);
    assert.deepEqual([mean?.broken, mean?.brokenAt], [1, [2]]);
    const [nothing] = averaged([curve('a', [1], [null]), curve('b', [], [])], together, by);
    assert.deepEqual([nothing?.steps, nothing?.values, nothing?.low], [[], [], []]);
  });

  it('stand on the axis that is shown, be it logarithmic', () => {
    const times = (start: number) => [start, start + 1000, start + 3000];
    const two = [
      curve('a', [0, 1, 2], [1, 2, 4], { times: times(5_000), epochs: [1, 1, 2] }),
      curve('b', [0, 1, 2], [3, 4, 6], { times: times(9_000), epochs: [1, 1, 2] }),
    ];
    const [relative] = averaged(two, together, { ...by, axis: 'relative' });
    assert.deepEqual(relative?.steps, [0, 1, 3]);
    const [epochs] = averaged(two, together, { ...by, axis: 'epoch' });
    assert.deepEqual(epochs?.steps, [1, 2]);
    near(epochs?.values, [2.5, 5]);
    assert.deepEqual(averaged(two, together, { ...by, logX: true })[0]?.steps, [1, 2]);
  });

  it('put long curves that log at other steps into cells, and lose nothing of their height', () => {
    const long = (run: string, from: number) =>
      curve(
        run,
        Array.from({ length: 5_000 }, (_, index) => from + 2 * index),
        Array.from({ length: 5_000 }, (_, index) => (index === 2_500 ? 100 : 1)),
      );
    for (const logX of [false, true]) {
      const [mean] = averaged([long('a', 1), long('b', 2)], together, { ...by, logX });
      assert.ok((mean?.steps.length ?? 0) <= 2_000 && (mean?.steps.length ?? 0) > 1_000);
      assert.equal(mean?.steps[0], 1);
      assert.equal(Math.max(...(mean?.high ?? []).map(Number)), 100);
      assert.equal(Math.min(...(mean?.values ?? []).map(Number)), 1);
    }
  });

  it('lie between the smallest and the largest run, whatever the curves are', () => {
    const any = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.double({ min: -1e6, max: 1e6, noNaN: true })));
    fc.assert(
      fc.property(any, any, any, (...all) => {
        const series = all.map((points, index) =>
          curve(
            'abc'[index] ?? '',
            points.map(([step]) => step),
            points.map(([, value]) => value),
          ),
        );
        const [mean] = averaged(series, together, by);
        mean?.values.forEach((value, index) => {
          const [low, high] = [mean.low?.[index] ?? NaN, mean.high?.[index] ?? NaN];
          assert.ok(value !== null && value >= low - 1e-6 && value <= high + 1e-6);
        });
        mean?.steps.forEach((step, index) => assert.ok(index === 0 || step > (mean.steps[index - 1] ?? NaN)));
      }),
      { numRuns: 200 },
    );
  });

  it('are offered by what differs between the runs, and named by its values', () => {
    const table = {
      columns: [
        { name: 'status', kind: 'fact', type: 'text' },
        { name: 'seconds', kind: 'fact', type: 'duration' },
        { name: 'parameters.rate', kind: 'parameter', type: 'number' },
        { name: 'parameters.same', kind: 'parameter', type: 'number' },
      ] as const,
      rows: ['a', 'b', 'c', 'd'].map((id, index) => ({
        id,
        values: {
          status: 'succeeded',
          seconds: index,
          'parameters.same': 1,
          'parameters.rate': [0.1, 0.01, 0.1, undefined][index],
        },
      })),
    };
    const runs = ['a', 'b', 'c', 'd'];
    assert.deepEqual(
      groupColumns(runs, table).map(({ name }) => name),
      ['parameters.rate'],
    );
    assert.deepEqual(
      groupsOf(runs, 'parameters.rate', table).map(({ name, runs: members }) => [name, members]),
      [
        ['rate 0.01 (1 run)', ['b']],
        ['rate 0.1 (2 runs)', ['a', 'c']],
        ['no rate (1 run)', ['d']],
      ],
    );
    assert.deepEqual(
      groupsOf(runs, everything, table).map(({ name }) => name),
      ['mean of 4 runs'],
    );
  });
});
