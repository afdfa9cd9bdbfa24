import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storePaths } from '../../../lifecycle/store/layout';
import { buildPyramid, readPyramid } from '../../../lifecycle/store/pyramid';
import { freshFolder } from '../../rigs/folder';
import { random } from '../../rigs/random';

describe('the pyramid of long series', () => {
  const store = freshFolder();
  const events = () => join(storePaths.run(store(), 'r'), 'events.jsonl');
  const point = (step: number, value: number | string, name = 'loss') =>
    JSON.stringify({
      time: new Date(1e12 + step).toISOString(),
      type: 'metric',
      stage: 'net',
      name,
      step,
      epoch: Math.floor(step / 100),
      value,
    });

  function write(lines: readonly string[]): void {
    mkdirSync(storePaths.run(store(), 'r'), { recursive: true });
    writeFileSync(events(), lines.join('\n') + '\n');
  }

  it('keeps smallest, largest and mean of every part, whatever the level', async () => {
    const next = random(5);
    const values = Array.from({ length: 30_000 }, (_, index) => (index === 12_345 ? 99 : next()));
    write([
      '{"type":"run-started"}',
      ...values.map((value, step) => point(step, value)),
      'garbage "metric"',
      point(1, 5, 'other'),
    ]);
    await buildPyramid(store(), 'r');
    const pyramid = await readPyramid(store(), 'r');
    assert.ok(pyramid);
    assert.deepEqual(
      pyramid.series.map(({ name, points }) => [name, points]),
      [
        ['loss', 30_000],
        ['other', 1],
      ],
    );
    for (const [count, range] of [
      [500, undefined],
      [100, [10_000, 20_000]],
      [1_000, [12_300, 12_400]],
      [7, undefined],
    ] as const) {
      const found = await pyramid.buckets('net', 'loss', count, range);
      assert.ok(found && found.steps.length <= count + 1, String(found?.steps.length));
      assert.equal(Math.max(...found.high.map((value) => value ?? 0)), 99, 'a spike survives');
      // Each bucket against the values themselves.
      found.steps.forEach((step, index) => {
        const end = found.steps[index + 1];
        if (end === undefined) return;
        const part = values.slice(step, end);
        assert.equal(found.low[index], Math.min(...part));
        assert.equal(found.high[index], Math.max(...part));
        const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
        assert.ok(Math.abs((found.values[index] ?? NaN) - mean) < 1e-9);
        assert.equal(found.times[index], 1e12 + step);
        assert.equal(found.epochs?.[index], Math.floor(step / 100));
      });
      const [from, to] = range ?? [0, 29_999];
      assert.ok((found.steps[0] ?? 0) <= from && (found.steps.at(-1) ?? 0) <= to + 1);
    }
  });

  it('leaves out what is not finite, and says where it was', async () => {
    write([point(0, 1), point(1, 'NaN'), point(2, 'Infinity'), point(3, 3)]);
    await buildPyramid(store(), 'r');
    const found = await (await readPyramid(store(), 'r'))?.buckets('net', 'loss', 2);
    assert.deepEqual(
      [found?.values, found?.low, found?.high, found?.broken, found?.brokenAt],
      [[1, 3], [1, 3], [1, 3], 2, [1, 2]],
    );
  });

  it('is not looked at when the events went on, or when it is damaged', async () => {
    write([point(0, 1), point(1, 2)]);
    await buildPyramid(store(), 'r');
    assert.ok(await readPyramid(store(), 'r'));
    appendFileSync(events(), point(2, 3) + '\n');
    assert.equal(await readPyramid(store(), 'r'), undefined);
    await buildPyramid(store(), 'r');
    assert.ok(await readPyramid(store(), 'r'));
    truncateSync(join(storePaths.run(store(), 'r'), 'series.bin'), 10);
    assert.equal(await readPyramid(store(), 'r'), undefined);
    writeFileSync(join(storePaths.run(store(), 'r'), 'series.json'), '{"format": 7}');
    assert.equal(await readPyramid(store(), 'r'), undefined);
    assert.ok(!existsSync(join(storePaths.run(store(), 'r'), 'series.bin.tmp')));
  });
});
