import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Adwin, changePoints, Ddm, PageHinkley } from '../../../lifecycle/statistics/change';
import { Random } from '../../../lifecycle/statistics/random';

type Points = [number, string][];
interface Expected {
  readonly stream: number[];
  readonly ddm?: Points;
  readonly 'page-hinkley': Points;
  readonly adwin: Points;
  readonly width: number;
  readonly sum: number;
}

const golden = JSON.parse(readFileSync(path.join(__dirname, '../../golden/change/expected.json'), 'utf8')) as Record<
  string,
  Expected
>;

describe('detectors of change, beside the reference of the published algorithms', () => {
  for (const [name, expected] of Object.entries(golden)) {
    it(name, () => {
      const found = (detector: Ddm | PageHinkley | Adwin) =>
        changePoints(detector, expected.stream).map(({ at, signal }) => [at, signal]);
      if (expected.ddm) assert.deepEqual(found(new Ddm()), expected.ddm);
      assert.deepEqual(found(new PageHinkley()), expected['page-hinkley']);
      const adwin = new Adwin();
      assert.deepEqual(found(adwin), expected.adwin);
      assert.equal(adwin.width, expected.width);
      assert.ok(Math.abs(adwin.mean - expected.sum / expected.width) < 1e-9);
    });
  }

  it('finds a planted change soon and few where there is none, over many seeds', () => {
    let [late, early, alarms] = [0, 0, 0];
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed);
      const stream = Array.from({ length: 4_000 }, (_, i) => Number(random.chance(i < 2_000 ? 0.1 : 0.3)));
      const points = changePoints(new Adwin(), stream).map(({ at }) => at);
      if (points.some((at) => at < 2_000)) early++;
      if (!points.some((at) => at >= 2_000 && at < 2_300)) late++;
      const steady = Array.from({ length: 4_000 }, () => Number(random.chance(0.2)));
      if (changePoints(new Adwin(), steady).length > 0) alarms++;
    }
    assert.ok(late <= 1, `${late} of 40 were not seen within 300 values`);
    assert.ok(early + alarms <= 2, `${early + alarms} false alarms in 80 streams`);
  });

  it('keeps the exact mean of its window however long the stream', () => {
    const adwin = new Adwin();
    for (let i = 0; i < 50_000; i++) adwin.add(i % 2);
    assert.equal(adwin.width, 50_000);
    assert.ok(Math.abs(adwin.mean - 0.5) < 1e-9);
  });
});
