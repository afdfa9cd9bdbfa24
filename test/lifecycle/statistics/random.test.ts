import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Random } from '../../../lifecycle/statistics/random';

/** χ² statistic of counts against equal expectation; its mean is the number of cells − 1, its variance twice that. */
function chiSquare(counts: number[]): number {
  const expected = counts.reduce((a, b) => a + b) / counts.length;
  return counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
}

function assertUniform(counts: number[]): void {
  const freedom = counts.length - 1;
  assert.ok(
    Math.abs(chiSquare(counts) - freedom) < 5 * Math.sqrt(2 * freedom),
    `χ² ${chiSquare(counts)} of ${freedom}`,
  );
}

function correlation(x: number[], y: number[]): number {
  const mean = (v: number[]) => v.reduce((a, b) => a + b) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  const product = (a: number[], ma: number, b: number[], mb: number) => mean(a.map((v, i) => (v - ma) * (b[i]! - mb)));
  return product(x, mx, y, my) / Math.sqrt(product(x, mx, x, mx) * product(y, my, y, my));
}

describe('seeded random numbers', () => {
  it('never change: a seed gives these on every platform', () => {
    const random = new Random(7);
    assert.deepEqual([random.next(), random.next(), random.next()], NUMBERS.seven);
    assert.deepEqual(new Random('churn').next(), NUMBERS.churn);
    assert.equal(new Random(7).uniform(), NUMBERS.uniform);
    assert.deepEqual([new Random(7).normal(), new Random(7).fork('split').normal()], NUMBERS.normal);
    assert.deepEqual(Array.from(new Random(7).permutation(8)), NUMBERS.permutation);
  });

  it('follow the published xoshiro128**', () => {
    // First outputs of Vigna's C code from state {1, 2, 3, 4}.
    const random = new Random({ seed: [1, 2, 3, 4], state: [1, 2, 3, 4], spare: null });
    assert.deepEqual([random.next(), random.next(), random.next(), random.next()], [11520, 0, 5927040, 70819200]);
  });

  it('continue from a snapshot, through JSON', () =>
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 20 }), (seed, drawn) => {
        const random = new Random(seed);
        for (let i = 0; i < drawn; i++) random.normal();
        const again = new Random(JSON.parse(JSON.stringify(random.snapshot())));
        for (let i = 0; i < 5; i++) assert.equal(again.normal(), random.normal());
        assert.equal(again.fork('x').next(), random.fork('x').next());
      }),
    ));

  it('different seeds and labels give different streams; number and text differ', () => {
    const first = new Set<number>();
    const root = new Random(1);
    for (let i = 0; i < 2000; i++) {
      first.add(new Random(i).next());
      first.add(new Random(String(i)).next());
      first.add(root.fork(i).next());
      first.add(root.fork(String(i)).next());
    }
    assert.ok(first.size >= 7995, `${first.size} of 8000`);
    assert.notEqual(root.fork('a').fork('b').next(), root.fork('b').fork('a').next());
  });

  it('a fork does not depend on what was drawn', () => {
    const random = new Random(5);
    const before = random.fork('x').next();
    random.normal();
    assert.equal(random.fork('x').next(), before);
  });

  it('uniform: flat in one and in two dimensions, all bits used', () => {
    const random = new Random('uniform');
    const counts = Array<number>(100).fill(0);
    const pairs = Array<number>(400).fill(0);
    let last = 0;
    for (let i = 0; i < 200_000; i++) {
      const x = random.uniform();
      counts[Math.floor(x * 100)]!++;
      if (i % 2) pairs[Math.floor(x * 20) * 20 + Math.floor(last * 20)]!++;
      last = x;
    }
    assertUniform(counts);
    assertUniform(pairs);
    const bits = Array<number>(32).fill(0);
    for (let i = 0; i < 20_000; i++) for (let b = 0, word = random.next(); b < 32; b++) bits[b]! += (word >>> b) & 1;
    for (const count of bits) assert.ok(Math.abs(count - 10_000) < 5 * Math.sqrt(5000));
  });

  it('first numbers of neighbouring seeds and labels are flat and uncorrelated', () => {
    const root = new Random(0);
    const seeds = Array.from({ length: 20_000 }, (_, i) => new Random(i).uniform());
    const labels = Array.from({ length: 20_000 }, (_, i) => root.fork(`fold ${i}`).uniform());
    for (const values of [seeds, labels]) {
      const counts = Array<number>(50).fill(0);
      for (const value of values) counts[Math.floor(value * 50)]!++;
      assertUniform(counts);
      assert.ok(Math.abs(correlation(values.slice(1), values.slice(0, -1))) < 0.035);
    }
    assert.ok(Math.abs(correlation(seeds, labels)) < 0.035);
    const a = root.fork('a');
    const b = root.fork('b');
    const xs = Array.from({ length: 20_000 }, () => a.uniform());
    const ys = Array.from({ length: 20_000 }, () => b.uniform());
    assert.ok(Math.abs(correlation(xs, ys)) < 0.035);
  });

  it('normal: moments and tails', () => {
    const random = new Random('normal');
    const n = 200_000;
    let [m1, m2, m3, m4, beyond] = [0, 0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const z = random.normal();
      m1 += z / n;
      m2 += z ** 2 / n;
      m3 += z ** 3 / n;
      m4 += z ** 4 / n;
      if (Math.abs(z) > 1.959963985) beyond++;
    }
    assert.ok(Math.abs(m1) < 0.012 && Math.abs(m2 - 1) < 0.017 && Math.abs(m3) < 0.045 && Math.abs(m4 - 3) < 0.12);
    assert.ok(Math.abs(beyond / n - 0.05) < 0.0025);
    const shifted = new Random(3);
    const plain = new Random(3);
    for (let i = 0; i < 4; i++) assert.equal(shifted.normal(10, 2), 10 + 2 * plain.normal());
  });

  it('integer: every n, no bias', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (seed, n) => {
        const draw = new Random(seed).integer(n);
        assert.ok(Number.isInteger(draw) && draw >= 0 && draw < n);
      }),
    );
    const random = new Random(2);
    // n = 3·2^30: modulo bias would put half instead of a third into the lowest third.
    let low = 0;
    for (let i = 0; i < 30_000; i++) if (random.integer(3 * 2 ** 30) < 2 ** 30) low++;
    assert.ok(Math.abs(low / 30_000 - 1 / 3) < 0.015);
    for (const n of [0, -1, 1.5, NaN, 2 ** 53 + 2]) assert.throws(() => random.integer(n), RangeError);
  });

  it('shuffle: all orders equally likely, same elements, in place', () => {
    const random = new Random('shuffle');
    const seen = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const key = random.shuffle(['a', 'b', 'c', 'd']).join('');
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    assert.equal(seen.size, 24);
    assertUniform([...seen.values()]);
    const items = Uint32Array.of(1, 2, 3);
    assert.equal(random.shuffle(items), items);
  });

  it('sample: distinct, ascending, each element equally likely', () => {
    const random = new Random('sample');
    const counts = Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const chosen = Array.from(random.sample(10, 3));
      assert.deepEqual(
        chosen,
        [...new Set(chosen)].sort((a, b) => a - b),
      );
      for (const index of chosen) counts[index]!++;
    }
    assertUniform(counts);
    assert.deepEqual(Array.from(random.sample(4, 4)), [0, 1, 2, 3]);
    assert.throws(() => random.sample(3, 4), RangeError);
  });

  it('refuses a seed that is not a number', () => assert.throws(() => new Random(NaN), /finite number or text/));
});

const NUMBERS = {
  seven: [2874677345, 851425154, 130320148],
  churn: 1313298646,
  uniform: 0.6693129777777036,
  normal: [0.026376395666362552, 0.4121029196413932],
  permutation: [2, 3, 0, 7, 5, 4, 6, 1],
};
