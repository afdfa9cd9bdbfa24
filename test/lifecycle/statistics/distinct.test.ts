import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DistinctCounter, distinctError, distinctOf, textHash } from '../../../lifecycle/statistics/distinct';

function counterOf(texts: Iterable<string>): DistinctCounter {
  const counter = new DistinctCounter();
  for (const text of texts) counter.add(textHash(text));
  return counter;
}

describe('the number of distinct values', () => {
  it('is exact while they are few, and does not depend on the order or on how often each comes', () =>
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 4 }), { maxLength: 300 }), (texts) => {
        const sketch = counterOf(texts).sketch();
        assert.equal(distinctOf(sketch), new Set(texts).size);
        assert.equal(distinctError(sketch), 0);
        assert.deepEqual(counterOf([...texts, ...texts].reverse()).sketch(), sketch);
      }),
    ));

  it('lies within four standard errors of the true one, whatever the texts look like', () => {
    const makers: ((i: number) => string)[] = [
      (i) => String(i),
      (i) => `user-${i.toString(36).padStart(8, '0')}`,
      (i) => `${'x'.repeat(40)}${i}`,
      (i) => `${i}`.padStart(7, '0') + '@example.org',
      (i) => String.fromCodePoint(0x4e00 + (i % 20_000)) + Math.floor(i / 20_000),
      (i) => (i * 2_654_435_761).toString(16),
    ];
    for (const make of makers)
      for (const size of [5_000, 60_000, 200_000]) {
        const sketch = counterOf(Array.from({ length: size }, (_, i) => make(i))).sketch();
        assert.ok(sketch.hashes.length <= 4_096);
        const off = Math.abs(distinctOf(sketch) / size - 1);
        assert.ok(off < 4 * distinctError(sketch), `${make(1)}: ${off} of ${size}`);
        assert.ok(distinctError(sketch) < 0.0157);
      }
  });

  it('is that of all parts when they are merged in any order', () => {
    const parts = Array.from({ length: 5 }, (_, part) =>
      Array.from({ length: 20_000 }, (_, i) => `v${part * 7_000 + i}`),
    );
    const whole = counterOf(parts.flat()).sketch();
    for (const order of [
      [0, 1, 2, 3, 4],
      [4, 2, 0, 1, 3],
    ]) {
      const merged = new DistinctCounter();
      for (const part of order) merged.merge(counterOf(parts[part]!).sketch());
      assert.deepEqual(merged.sketch(), whole);
    }
  });

  it('goes down by those that are taken out', () => {
    const counter = counterOf(Array.from({ length: 40_000 }, (_, i) => `v${i}`));
    for (let i = 0; i < 20_000; i++) counter.delete(textHash(`v${i}`));
    const sketch = counter.sketch();
    assert.ok(Math.abs(distinctOf(sketch) / 20_000 - 1) < 4 * distinctError(sketch));
  });
});
