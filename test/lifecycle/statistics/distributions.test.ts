import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as d from '../../../lifecycle/statistics/distributions';
import { close, golden } from './golden';

const functions: Record<string, (...x: number[]) => number> = {
  normalSf: d.normalSf,
  normalCdf: d.normalCdf,
  normalQuantile: d.normalQuantile,
  chiSquareSf: (x, df) => d.chiSquareSf(x, df),
  chiSquareCdf: (x, df) => d.chiSquareCdf(x, df),
  gammaLower: (a, x) => d.gammaTails(a, x).lower,
  gammaUpper: (a, x) => d.gammaTails(a, x).upper,
  logGamma: d.logGamma,
  studentSf: (t, df) => d.studentSf(t, df),
  studentQuantile: (p, df) => d.studentQuantile(p, df),
  fSf: (f, a, b) => d.fSf(f, a, b),
  fCdf: (f, a, b) => d.fCdf(f, a, b),
  betaLower: (a, b, x) => d.betaTails(a, b, x).lower,
  betaQuantile: (p, a, b) => d.betaQuantile(p, a, b),
  binomialCdf: (k, n, p) => d.binomialCdf(k, n, p),
  kolmogorovLimitSf: d.kolmogorovLimitSf,
  kolmogorovSf: (n, x) => d.kolmogorovSf(n, x),
  smirnovSf: (x, n) => d.smirnovSf(n, x),
};

describe('distributions equal scipy, far tails included', () => {
  for (const { title, rows } of golden('distributions')) {
    it(`${title}, ${rows.length} points`, () => {
      for (const row of rows as number[][]) {
        const point = row.slice(0, -1);
        close(functions[title]!(...point), row.at(-1)!, `${title}(${point.join(', ')})`, 1e-9, 1e-302);
      }
    });
  }
});

function leastCommonMultiple(n: number, m: number): number {
  let multiple = n;
  while (multiple % m) multiple += n;
  return multiple;
}

describe('distributions, properties', () => {
  const positive = fc.double({ min: 0.01, max: 500, noNaN: true });

  it('the two tails add up to 1, and fall or rise with x', () =>
    fc.assert(
      fc.property(positive, positive, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, x) => {
        const beta = d.betaTails(a, b, x);
        close(beta.lower + beta.upper, 1);
        close(beta.lower, d.betaTails(b, a, 1 - x, x).upper);
        const gamma = d.gammaTails(a, b);
        close(gamma.lower + gamma.upper, 1);
        assert.ok(d.chiSquareSf(b + 0.1, a) <= d.chiSquareSf(b, a));
      }),
    ));

  it('quantiles invert', () =>
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), fc.integer({ min: 1, max: 200 }), (p, df) => {
        close(d.normalCdf(d.normalQuantile(p)), p, 'normal', 1e-12);
        close(d.studentCdf(d.studentQuantile(p, df), df), p, 't', 1e-9);
      }),
    ));

  it('relations: t² is F, χ² with 2 degrees is exponential, t without end is normal', () =>
    fc.assert(
      fc.property(positive, fc.integer({ min: 1, max: 300 }), (x, df) => {
        close(2 * d.studentSf(x, df), d.fSf(x * x, 1, df), 't² is F', 1e-9, 1e-290);
        close(d.chiSquareSf(x, 2), Math.exp(-x / 2), 'exponential', 1e-12);
        close(d.chiSquareSf(x, 1), 2 * d.normalSf(Math.sqrt(x)), 'square', 1e-12);
      }),
    ));

  it('the exact two-sample distribution is a distribution, the same for both orders, close to its limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.nat(), (n, m, k) => {
        const lcm = leastCommonMultiple(n, m);
        const at = ((k % lcm) + 1) / lcm;
        const sf = d.smirnovTwoSampleSf(n, m, at);
        assert.ok(sf > 0 && sf <= 1);
        close(sf, d.smirnovTwoSampleSf(m, n, at), 'order', 1e-11);
      }),
    );
    close(d.smirnovTwoSampleSf(5000, 4999, 0.03), d.kolmogorovLimitSf(0.03 * Math.sqrt(2499.75)), 'limit', 0.05);
  });

  it('arguments outside give NaN or the end of the range', () => {
    assert.ok(
      Number.isNaN(d.normalQuantile(1.1)) && Number.isNaN(d.normalSf(NaN)) && Number.isNaN(d.chiSquareSf(NaN, 1)),
    );
    assert.deepEqual([d.normalQuantile(0), d.normalQuantile(1)], [-Infinity, Infinity]);
    assert.deepEqual([d.chiSquareSf(0, 3), d.chiSquareSf(Infinity, 3), d.chiSquareSf(-1, 3)], [1, 0, 1]);
    assert.deepEqual([d.studentSf(Infinity, 2), d.studentSf(-Infinity, 2), d.fSf(Infinity, 1, 2)], [0, 1, 0]);
    assert.deepEqual([d.kolmogorovSf(5, 1), d.kolmogorovSf(5, 0)], [0, 1]);
  });
});
