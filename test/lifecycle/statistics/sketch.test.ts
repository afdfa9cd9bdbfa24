import assert from 'node:assert/strict';
import fc from 'fast-check';
import { numericDrift, sampleOf } from '../../../lifecycle/statistics/drift';
import { Random } from '../../../lifecycle/statistics/random';
import {
  HeavyHitters,
  NO_MOMENTS,
  QuantileSketch,
  Reservoir,
  mergeMoments,
  momentsOf,
  standardDeviation,
  variance,
} from '../../../lifecycle/statistics/sketch';
import { close } from './golden';

const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -1000, max: 1000 }).map((x) => x / 8),
);

function sketchOf(values: readonly number[], accuracy?: number): QuantileSketch {
  const sketch = new QuantileSketch(accuracy);
  sketch.addAll(values);
  return sketch;
}

describe('quantile sketch', () => {
  it('keeps its bound: every quantile within 1 ± accuracy of the true one', () =>
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.001, 0.01, 0.05),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, accuracy, p) => {
          const sketch = sketchOf(values, accuracy);
          const truth = Float64Array.from(values).sort()[Math.floor(p * (values.length - 1))]!;
          const gap = Math.abs(sketch.quantile(p) - truth);
          // Subnormal numbers have too few bits to be told apart by a ratio.
          assert.ok(gap <= accuracy * Math.abs(truth) * (1 + 1e-9) + 1e-320, `${sketch.quantile(p)} for ${truth}`);
          assert.equal(sketch.min, Math.min(...values) + 0);
          assert.equal(sketch.max, Math.max(...values) + 0);
        },
      ),
    ));

  it('merging parts, in any order, gives the sketch of the whole, to the byte', () =>
    fc.assert(
      fc.property(fc.array(fc.array(finite)), (parts) => {
        const merged = new QuantileSketch();
        for (const part of [...parts].reverse()) merged.merge(sketchOf(part));
        const whole = sketchOf(parts.flat());
        assert.equal(JSON.stringify(merged.state()), JSON.stringify(whole.state()));
        assert.deepEqual(
          QuantileSketch.from(JSON.parse(JSON.stringify(whole.state()))),
          QuantileSketch.from(merged.state()),
        );
        assert.equal(merged.count, parts.flat().length);
      }),
    ));

  it('stays small, and stands in for the sample in drift', () => {
    const random = new Random('sketch');
    const a = Float64Array.from({ length: 50_000 }, () => Math.exp(random.normal()));
    const b = Float64Array.from({ length: 50_000 }, () => Math.exp(random.normal(0.2)));
    const [sketchA, sketchB] = [new QuantileSketch(0.002), new QuantileSketch(0.002)];
    sketchA.addAll(a);
    sketchB.addAll(b);
    assert.ok(JSON.stringify(sketchA.state()).length < 40_000);
    const exact = numericDrift(sampleOf(a), sampleOf(b)).statistics;
    const sketched = numericDrift(sketchA.sample(), sketchB.sample()).statistics;
    for (const name of ['ks', 'psi', 'jensen-shannon', 'wasserstein'] as const) {
      close(sketched[name], exact[name], name, 0.05);
    }
  });

  it('counts apart what is no number, and refuses what does not fit', () => {
    const sketch = sketchOf([NaN, 1, Infinity, -Infinity]);
    assert.deepEqual([sketch.count, sketch.skipped, sketch.quantile(0.5)], [1, 3, 1]);
    assert.ok(Number.isNaN(new QuantileSketch().quantile(0.5)) && Number.isNaN(new QuantileSketch().min));
    assert.throws(() => sketch.merge(new QuantileSketch(0.02)), /can't be merged/);
    assert.throws(() => new QuantileSketch(0), RangeError);
    assert.throws(() => QuantileSketch.from({ ...sketch.state(), positive: [[0.5, 1]] }), /bad positive bucket/);
  });
});

describe('moments', () => {
  it('merging parts gives the moments of the whole', () =>
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: -1000, max: 1000 }))),
        fc.constantFrom(0, 1e9),
        (parts, offset) => {
          const shifted = parts.map((part) => part.map((x) => x + offset));
          const merged = shifted.map((part) => momentsOf(part)).reduce(mergeMoments, NO_MOMENTS);
          const whole = momentsOf(shifted.flat());
          assert.equal(merged.count, whole.count);
          close(merged.mean, whole.mean, 'mean', 1e-12, 1e-9);
          close(merged.squares, whole.squares, 'squares', 1e-7, 1e-3);
          assert.deepEqual([merged.min, merged.max], [whole.min, whole.max]);
        },
      ),
    ));

  it('are exact where the naive formula is not, and NaN where there are too few values', () => {
    const moments = momentsOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16, NaN]);
    assert.deepEqual([variance(moments), variance(moments, 0), moments.count], [30, 22.5, 4]);
    assert.ok(Number.isNaN(standardDeviation(momentsOf([1]))));
    assert.equal(standardDeviation(momentsOf([1]), 0), 0);
  });
});

describe('reservoir sample', () => {
  it('each item equally likely, merged or not', () => {
    for (const split of [0, 5, 20]) {
      const counts = Array<number>(40).fill(0);
      for (let run = 0; run < 4000; run++) {
        const random = new Random(`${split} ${run}`);
        const first = new Reservoir<number>(6, random);
        const second = new Reservoir<number>(6, random.fork('second'));
        for (let i = 0; i < 40; i++) (i < split ? second : first).add(i);
        first.merge(second);
        assert.deepEqual([first.seen, first.items.length, new Set(first.items).size], [40, 6, 6]);
        for (const item of first.items) counts[item]!++;
      }
      for (const count of counts) assert.ok(Math.abs(count - 600) < 5 * Math.sqrt(600), `${split}: ${count}`);
    }
  });

  it('keeps all while there is room, and is the same for a seed', () => {
    const fill = (n: number) => {
      const reservoir = new Reservoir<number>(10, new Random(1));
      for (let i = 0; i < n; i++) reservoir.add(i);
      return reservoir.items;
    };
    assert.deepEqual(fill(4), [0, 1, 2, 3]);
    assert.deepEqual(fill(100), fill(100));
    assert.throws(() => new Reservoir(0, new Random(1)), RangeError);
    const [small, large] = [new Reservoir(2, new Random(1)), new Reservoir(3, new Random(1))];
    assert.throws(() => small.merge(large), /of 2 and 3 items can't be merged/);
  });
});

describe('heavy hitters', () => {
  const stream = fc.array(fc.array(fc.nat(30).map((x) => `i${Math.floor(x ** 2 / 40)}`)), { maxLength: 5 });

  it('counts are low by no more than the stated error, which is at most total / (capacity + 1); nothing frequent is missed', () =>
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 8 }), (parts, capacity) => {
        const truth = new Map<string, number>();
        const hitters = new HeavyHitters(capacity);
        for (const part of parts) {
          const own = new HeavyHitters(capacity);
          for (const item of part) {
            own.add(item);
            truth.set(item, (truth.get(item) ?? 0) + 1);
          }
          hitters.merge(own);
        }
        const top = hitters.top();
        const bound = hitters.total / (capacity + 1);
        assert.ok(top.length <= capacity);
        for (const { item, count, error } of top) {
          assert.ok(error <= bound && count <= truth.get(item)! && truth.get(item)! <= count + error);
        }
        for (const [item, count] of truth) if (count > bound) assert.ok(top.some((hit) => hit.item === item));
      }),
    ));

  it('few items are counted exactly', () => {
    const hitters = new HeavyHitters(3);
    for (const item of ['b', 'a', 'b', 'c', 'a', 'b']) hitters.add(item);
    assert.deepEqual(hitters.top(2), [
      { item: 'b', count: 3, error: 0 },
      { item: 'a', count: 2, error: 0 },
    ]);
    assert.throws(() => new HeavyHitters(0), RangeError);
  });
});
