import assert from 'node:assert/strict';
import { withCheckpoints } from '../../../lifecycle/report/checkpoints';
import { addPoint, type Series } from '../../../lifecycle/store/series';

const start = Date.UTC(2026, 10, 3);
/** A curve with a point each 10 s. */
const curve = (steps: readonly number[]): Series =>
  steps.reduce<Series | undefined>(
    (all, step, index) => addPoint(all, step, 1 / (index + 1), undefined, start + 10_000 * index),
    undefined,
  )!;
const marks = (seconds: readonly number[]) => ({
  count: seconds.length,
  marks: seconds.map((second) => ({
    time: new Date(start + 1000 * second).toISOString(),
    step: 7,
    path: 'c',
  })),
});
const sent = (name: string) => ({ name, steps: [0, 100], values: [1, 0.5] });

describe('checkpoints on the curves of a result', () => {
  it('stand where the curve was at that time, whatever it counts', () => {
    const series = { loss: curve([0, 100, 200]), 'validation/loss': curve([1, 2, 3]) };
    const found = withCheckpoints([sent('loss'), sent('validation/loss'), sent('else')], {
      series,
      checkpoints: marks([-5, 5, 10, 500]),
    });
    assert.deepEqual(
      found.map(({ checkpoints }) => checkpoints),
      [[0, 50, 100, 200], [1, 1.5, 2, 3], undefined],
    );
  });

  it('are few enough to be told apart, with the newest among them', () => {
    const series = { loss: curve([0, 4000]) };
    const all = Array.from({ length: 399 }, (_, index) => index / 100);
    const [found] = withCheckpoints([sent('loss')], { series, checkpoints: marks(all) });
    assert.ok(found?.checkpoints && found.checkpoints.length <= 40);
    assert.ok(Math.abs(found.checkpoints.at(-1)! - 4000 * 0.398) < 1e-9);
  });

  it('are none for a stage that was reused or tells no time', () => {
    assert.deepEqual(withCheckpoints([sent('loss')], { series: {} }), [sent('loss')]);
    const blind = addPoint(undefined, 1, 1, undefined);
    assert.deepEqual(withCheckpoints([sent('loss')], { series: { loss: blind }, checkpoints: marks([1]) }), [
      sent('loss'),
    ]);
  });
});
