/**
 * Distributions of the Kolmogorov–Smirnov statistic: the limit, one sample of size n, two samples.
 * Choice of method by region after Simard & L'Ecuyer, "Computing the two-sided Kolmogorov–Smirnov distribution",
 * Journal of Statistical Software 39(11), 2011, as scipy does.
 */
import { binomialTerm, stirlingError } from './special';

/** Kolmogorov's limit: P(√n D > x) for n → ∞. Two theta series, each used where it converges at once. */
export function kolmogorovLimitSf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x <= 0) return 1;
  if (x < 1) {
    const q = (-Math.PI * Math.PI) / (8 * x * x);
    let cdf = 0;
    for (let m = 1; m < 20; m += 2) cdf += Math.exp(q * m * m);
    return 1 - (Math.sqrt(2 * Math.PI) / x) * cdf;
  }
  let sf = 0;
  for (let k = 1; k < 10; k++) sf += (k % 2 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return sf;
}

/** P(D ≥ d) for the two-sided statistic of one sample of size n against its true continuous distribution. */
export function kolmogorovSf(n: number, d: number): number {
  if (!(Number.isInteger(n) && n > 0) || Number.isNaN(d)) return NaN;
  const t = n * d;
  if (d >= 1) return 0;
  if (t <= 0.5) return 1;
  // Ruben & Gambino: closed forms at both ends.
  if (t <= 1) return 1 - Math.sqrt(2 * Math.PI * n) * Math.exp(n * Math.log(2 * t - 1) - n + stirlingError(n));
  if (t >= n - 1) return 2 * (1 - d) ** n;
  if (d >= 0.5 || t * d >= (n <= 140 ? 4 : 2.2)) return Math.min(2 * smirnovSf(n, d), 1);
  const cdf = n <= 140 || (n <= 100_000 && n * d ** 1.5 <= 1.4) ? durbin(n, d) : pelzGood(n, d);
  return Math.min(Math.max(1 - cdf, 0), 1);
}

const TERMS = 20_000;

/**
 * P(D⁺ ≥ d) for the one-sided statistic: Σᵥ C(n,v) d (d+v/n)^(v−1) (1−d−v/n)^(n−v), all terms positive.
 * For large n the terms are a smooth function that vanishes at both ends, so summing every h-th of them h times is exact
 * to rounding (the trapezoidal rule on such a function converges faster than any power of h). Above n = 1,000,000 scipy
 * takes an approximation instead, right to about 2e-6.
 */
export function smirnovSf(n: number, d: number): number {
  if (d <= 0) return 1;
  if (d >= 1 || 2 * n * d * d > 800) return 0;
  const stride = Math.max(1, Math.floor(n / TERMS));
  let total = Math.exp(n * Math.log1p(-d));
  const last = Math.floor(n * (1 - d));
  for (let v = stride; v <= last && v < n; v += stride) {
    const p = d + v / n;
    const q = 1 - p;
    if (q > 0) total += (d / p) * binomialTerm(v, n, p, q);
  }
  return Math.min(total * stride, 1);
}

/** P(D < d) exactly, from the (2k−1)-sided matrix to the power n (Marsaglia, Tsang & Wang, JSS 8(18), 2003). */
function durbin(n: number, d: number): number {
  const k = Math.ceil(n * d);
  const h = k - n * d;
  const m = 2 * k - 1;
  let base = new Float64Array(m * m);
  const edge = new Float64Array(m);
  let factorial = 1;
  const reciprocals = new Float64Array(m + 1);
  reciprocals[0] = 1;
  for (let j = 1; j <= m; j++) {
    factorial /= j;
    reciprocals[j] = factorial;
    edge[j - 1] = (1 - h ** j) * factorial;
  }
  edge[m - 1] = (1 + Math.max(2 * h - 1, 0) ** m - 2 * h ** m) * factorial;
  for (let row = 0; row < m; row++) {
    for (let column = 1; column < m; column++) {
      if (row - column + 1 >= 0) base[row * m + column] = reciprocals[row - column + 1]!;
    }
    base[row * m] = edge[row]!;
  }
  for (let column = 0; column < m; column++) base[(m - 1) * m + column] = edge[m - 1 - column]!;

  let power = new Float64Array(m * m);
  for (let i = 0; i < m; i++) power[i * m + i] = 1;
  const centre = (k - 1) * m + k - 1;
  let exponent = 0;
  let baseExponent = 0;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2) {
      power = product(power, base, m);
      exponent += baseExponent;
    }
    base = product(base, base, m);
    baseExponent *= 2;
    if (Math.abs(base[centre]!) > SCALE) {
      for (let i = 0; i < base.length; i++) base[i]! /= SCALE;
      baseExponent += SCALE_BITS;
    }
  }
  let p = power[centre]!;
  for (let i = 1; i <= n; i++) {
    p = (p * i) / n;
    if (Math.abs(p) < 1 / SCALE) {
      p *= SCALE;
      exponent -= SCALE_BITS;
    }
  }
  // In two steps: 2^exponent alone may be out of range.
  return p * 2 ** Math.trunc(exponent / 2) * 2 ** (exponent - Math.trunc(exponent / 2));
}

const SCALE_BITS = 128;
const SCALE = 2 ** SCALE_BITS;

function product(a: Float64Array, b: Float64Array, m: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(m * m);
  for (let row = 0; row < m; row++) {
    for (let inner = 0; inner < m; inner++) {
      const factor = a[row * m + inner]!;
      if (factor === 0) continue;
      for (let column = 0; column < m; column++) out[row * m + column]! += factor * b[inner * m + column]!;
    }
  }
  return out;
}

/** P(D < d) for large n, with terms to n^(−3/2) (Pelz & Good, JRSS B 38, 1976). */
function pelzGood(n: number, d: number): number {
  const z = Math.sqrt(n) * d;
  const z2 = z * z;
  const z4 = z2 * z2;
  const z6 = z4 * z2;
  const pi2 = Math.PI ** 2;
  const pi4 = pi2 * pi2;
  const pi6 = pi4 * pi2;
  const last = Math.ceil((16 * z) / Math.PI);
  let [k0, k1, k2, k3, even2, even3] = [0, 0, 0, 0, 0, 0];
  for (let k = last; k >= 1; k--) {
    const m2 = (2 * k - 1) ** 2;
    const m4 = m2 * m2;
    const weight = Math.exp((-pi2 * m2) / (8 * z2));
    k0 += weight;
    k1 += weight * ((pi2 / 4) * m2 - z2);
    k2 += weight * (6 * z6 + 2 * z4 + ((2 * z4 - 5 * z2) * pi2 * m2) / 4 + (pi4 * (1 - 2 * z2) * m4) / 16);
    k3 +=
      weight *
      (-30 * z6 -
        90 * z4 * z4 +
        (pi2 * (135 * z4 - 96 * z6) * m2) / 4 +
        (pi4 * (212 * z4 - 60 * z2) * m4) / 16 +
        (pi6 * (5 - 30 * z2) * m4 * m2) / 64);
    const square = k * k;
    const evenWeight = Math.exp((-pi2 * square) / (2 * z2)) * square;
    even2 += evenWeight;
    even3 += evenWeight * (3 * z2 - pi2 * square);
  }
  const root = Math.sqrt(2 * Math.PI);
  const term1 = (root * k1) / (6 * z4);
  const term2 = (root * k2) / (72 * z6 * z) - (pi2 * root * even2) / (36 * z2 * z);
  const term3 = (root * k3) / (6480 * z6 * z4) + (pi2 * root * even3) / (216 * z6);
  return (root * k0) / z + term1 / Math.sqrt(n) + term2 / n + term3 / n ** 1.5;
}

/**
 * P(D ≥ d) for two samples of sizes n and m without ties, exactly: the share of lattice paths from (0, 0) to (n, m) that
 * touch |i/n − j/m| ≥ d, by Hodges' recursion over the points within (Arkiv för Matematik 3, 1958). O(n m) at worst.
 */
export function smirnovTwoSampleSf(n: number, m: number, d: number): number {
  const divisor = gcd(n, m);
  const stepI = m / divisor;
  const stepJ = n / divisor;
  const h = Math.round(d * stepI * n);
  if (h <= 0) return 1;
  if (n === m) return equalSizesSf(n, h);
  const outside = new Float64Array(m + 1).fill(1);
  for (let j = 0; j <= m && j * stepJ < h; j++) outside[j] = 0;
  for (let i = 1; i <= n; i++) {
    const centre = i * stepI;
    const low = Math.max(0, Math.floor((centre - h) / stepJ) + 1);
    const high = Math.min(m, Math.ceil((centre + h) / stepJ) - 1);
    let left = low > 0 ? 1 : 0;
    for (let j = low; j <= high; j++) {
      left = (i * outside[j]! + j * left) / (i + j);
      outside[j] = left;
    }
  }
  return Math.min(outside[m]!, 1);
}

/** Two samples of the same size n, d = h/n: 2 Σₖ (−1)^(k−1) C(2n, n−kh) / C(2n, n) (Gnedenko & Korolyuk 1951), nested. */
function equalSizesSf(n: number, h: number): number {
  let sf = 0;
  for (let k = Math.floor(n / h); k >= 0; k--) {
    let ratio = 1;
    for (let j = 0; j < h; j++) ratio *= (n - k * h - j) / (n + k * h + j + 1);
    sf = ratio * (1 - sf);
  }
  return Math.min(Math.max(2 * sf, 0), 1);
}

function gcd(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}
