import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as d from '../../../lifecycle/statistics/drift';
import { Random } from '../../../lifecycle/statistics/random';
import { allClose, close, golden } from './golden';

describe('drift statistics equal scipy', () => {
  for (const one of golden('drift')) {
    it(one.title, () => {
      if (one.kind === 'numeric') {
        const [reference, current] = [d.sampleOf(one.reference), d.sampleOf(one.current)];
        const { statistics, bins } = d.numericDrift(reference, current);
        assert.deepEqual(Object.keys(statistics).sort(), Object.keys(one.expected).sort());
        for (const [name, value] of Object.entries(statistics)) close(value, one.expected[name], name, 1e-9, 1e-300);
        // scipy has no limit for one value against one.
        const { p } = d.kolmogorovSmirnov(reference, current, 'asymptotic');
        if (!Number.isNaN(one.asymptotic)) close(p, one.asymptotic, 'asymptotic p');
        close(d.wasserstein(reference, current), one.wasserstein, 'wasserstein');
        allClose(bins.reference, one.counts[0], 'reference counts');
        allClose(bins.current, one.counts[1], 'current counts');
      } else if (one.kind === 'large') {
        const phi = 0.6180339887498949;
        const a = Float64Array.from({ length: one.sizes[0] }, (_, i) => ((i + 1) * phi) % 1);
        const b = Float64Array.from({ length: one.sizes[1] }, (_, i) => (((i + 1) * phi) % 1) ** one.power + one.shift);
        const ks = d.kolmogorovSmirnov(d.sampleOf(a), d.sampleOf(b));
        close(ks.statistic, one.ks, 'D');
        close(ks.p, one.p, 'p', 1e-9, 1e-300);
        assert.equal(ks.method, Math.max(a.length, b.length) <= 10_000 ? 'exact' : 'asymptotic');
        close(d.wasserstein(d.sampleOf(a), d.sampleOf(b)), one.wasserstein, 'wasserstein');
      } else if (one.kind === 'table') {
        const test = d.chiSquareTest(one.rows);
        allClose(
          [test.statistic, test.p, test.freedom, test.cramersV, test.leastExpected],
          // With one category scipy's expected count is per row; there is nothing to test then.
          test.freedom === 0 ? [0, 1, 0, NaN, test.leastExpected] : one.expected,
          'χ²',
        );
        const plain = d.chiSquareTest(one.rows, { correction: false });
        allClose([plain.statistic, plain.p], one.plain, 'uncorrected');
        if (one.shares === null) return;
        const { statistics } = d.categoricalDrift({ labels: [], reference: one.rows[0], current: one.rows[1] });
        for (const [name, value] of Object.entries(one.shares as Record<string, number>)) {
          close(statistics[name as keyof typeof statistics], value, name);
        }
      } else {
        allClose(d.benjaminiHochberg(one.p), one.expected, 'adjusted');
      }
    });
  }
});

const numbers = fc.array(
  fc.integer({ min: -30, max: 30 }).map((x) => x / 4),
  { minLength: 1, maxLength: 60 },
);
const counts = fc
  .array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 12 })
  .map((pairs) => [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])] as const)
  .filter(([a, b]) => a.some((x) => x > 0) && b.some((x) => x > 0));

describe('drift statistics, properties', () => {
  it('counts and raw values give the same, in any order', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.nat(3))), numbers, (pairs, b) => {
        const counted = d.sampleFromCounts(
          pairs.map((pair) => pair[0] / 4),
          pairs.map((pair) => pair[1]),
        );
        const raw = d.sampleOf([NaN, ...pairs.flatMap(([value, count]) => Array<number>(count).fill(value / 4))]);
        assert.deepEqual(counted, raw);
        assert.deepEqual(d.numericDrift(counted, d.sampleOf(b)), d.numericDrift(raw, d.sampleOf(b)));
      }),
    ));

  it('a sample has no distance from itself; distances are symmetric and in their range', () =>
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const [x, y] = [d.sampleOf(a), d.sampleOf(b)];
        const same = d.numericDrift(x, x).statistics;
        for (const [name, value] of Object.entries(same)) assert.equal(value, name === 'ks-p' ? 1 : 0, name);
        const ks = d.kolmogorovSmirnov(x, y);
        close(ks.statistic, d.kolmogorovSmirnov(y, x).statistic);
        close(ks.p, d.kolmogorovSmirnov(y, x).p);
        close(d.wasserstein(x, y), d.wasserstein(y, x));
        assert.ok(ks.statistic >= 0 && ks.statistic <= 1 && ks.p > 0 && ks.p <= 1);
      }),
    ));

  it('Wasserstein moves with a shift and scales; KS does not care for increasing maps', () =>
    fc.assert(
      fc.property(numbers, numbers, fc.integer({ min: -9, max: 9 }), (a, b, shift) => {
        close(d.wasserstein(d.sampleOf(a), d.sampleOf(a.map((v) => v + shift))), Math.abs(shift), 'shift', 1e-9, 1e-9);
        const plain = d.wasserstein(d.sampleOf(a), d.sampleOf(b));
        close(d.wasserstein(d.sampleOf(a.map((v) => 4 * v)), d.sampleOf(b.map((v) => 4 * v))), 4 * plain);
        const map = (v: number) => Math.atan(v) * 7;
        const mapped = d.kolmogorovSmirnov(d.sampleOf(a.map(map)), d.sampleOf(b.map(map)));
        const { statistic, p } = d.kolmogorovSmirnov(d.sampleOf(a), d.sampleOf(b));
        assert.deepEqual([mapped.statistic, mapped.p], [statistic, p]);
      }),
    ));

  it('distances on shares: symmetric, bounded, zero only for equals, ordered as theory says', () =>
    fc.assert(
      fc.property(counts, ([r, c]) => {
        const [h, tv, js] = [d.hellinger(r, c), d.totalVariation(r, c), d.jensenShannon(r, c)];
        for (const [f, value] of [
          [d.hellinger, h],
          [d.totalVariation, tv],
          [d.jensenShannon, js],
          [d.chebyshev, d.chebyshev(r, c)],
          [d.populationStabilityIndex, d.populationStabilityIndex(r, c)],
        ] as const) {
          close(f(c, r), value);
          close(f(r, r), 0, 'self', 1e-9, 1e-7);
          assert.ok(value >= -1e-12);
          if (f !== d.populationStabilityIndex) assert.ok(value <= 1 + 1e-12);
        }
        assert.ok(h * h <= tv + 1e-9 && tv <= Math.SQRT2 * h + 1e-9, 'Le Cam');
        assert.ok(js * js <= tv + 1e-9, 'Lin');
      }),
    ));

  it('every number has a bin, and the reference fills its bins evenly', () =>
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const edges = d.quantileBins(d.sampleOf(a));
        assert.equal(
          d.binCounts(d.sampleOf(b), edges).reduce((x, y) => x + y),
          b.length,
        );
        for (let i = 1; i < edges.length; i++) assert.ok(edges[i]! > edges[i - 1]!);
      }),
    ));

  it('false-discovery control keeps order, never lowers, and ignores what was not tested', () =>
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (p) => {
        const adjusted = d.benjaminiHochberg(p);
        p.forEach((value, i) => assert.ok(adjusted[i]! >= value && adjusted[i]! <= 1));
        p.forEach((x, i) => p.forEach((y, j) => x < y && assert.ok(adjusted[i]! <= adjusted[j]!)));
        assert.deepEqual(Array.from(d.benjaminiHochberg([NaN, ...p])).slice(1), Array.from(adjusted));
      }),
    ));

  it('p-values are honest: under no drift about 5 % are below 0.05', () => {
    const random = new Random('honest');
    let alarms = 0;
    for (let i = 0; i < 1000; i++) {
      const draw = (n: number) => d.sampleOf(Float64Array.from({ length: n }, () => random.normal()));
      if (d.kolmogorovSmirnov(draw(60), draw(45)).p <= 0.05) alarms++;
    }
    assert.ok(alarms > 20 && alarms < 70, `${alarms} of 1000`);
  });

  it('quantiles of counts are those of the values', () =>
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (a, p) => {
        const ascending = Float64Array.from(a).sort();
        const position = p * (a.length - 1);
        const low = ascending[Math.floor(position)]!;
        const high = ascending[Math.ceil(position)]!;
        close(d.sampleQuantiles(d.sampleOf(a), [p])[0]!, low + (high - low) * (position % 1), 'quantile', 1e-9, 1e-9);
      }),
    ));
});

describe('drift, reading and bad input', () => {
  it('levels', () => {
    assert.equal(d.effectLevel('psi', 0.05), 'none');
    assert.equal(d.effectLevel('psi', 0.1), 'small');
    assert.equal(d.effectLevel('wasserstein', Infinity), 'large');
    assert.equal(d.effectLevel('ks-p', 0.01), undefined);
    assert.equal(d.effectLevel('psi', NaN), undefined);
  });

  it('aligns categories, the most frequent of the reference first', () => {
    const aligned = d.alignCategories(
      new Map([
        ['a', 1],
        ['b', 5],
      ]),
      new Map([
        ['c', 2],
        ['b', 1],
      ]),
    );
    assert.deepEqual(aligned.labels, ['b', 'a', 'c']);
    assert.deepEqual([...aligned.reference, ...aligned.current], [5, 1, 0, 1, 0, 2]);
  });

  it('an empty side gives NaN, not a crash', () => {
    const { statistics } = d.numericDrift(d.sampleOf([1, 2, 3]), d.sampleOf([NaN]));
    assert.ok(Object.values(statistics).every(Number.isNaN), JSON.stringify(statistics));
    const categories = d.categoricalDrift(d.alignCategories(new Map([['a', 1]]), new Map()));
    assert.ok(Number.isNaN(categories.statistics.psi));
    assert.equal(d.numericDrift(d.sampleOf([]), d.sampleOf([])).bins.edges.length, 0);
  });

  it('refuses what is no count', () => {
    assert.throws(() => d.sampleFromCounts([1, 2], [1]), RangeError);
    assert.throws(() => d.sampleFromCounts([1, 2], [1, -1]), /can't be -1/);
    assert.throws(() => d.chiSquareTest([[1, 2], [1]]), /rows of one length/);
    assert.throws(
      () =>
        d.chiSquareTest([
          [1, 2],
          [1, NaN],
        ]),
      RangeError,
    );
  });
});
