/**
 * Incomplete gamma and beta functions, accurate in the far tails: prefactors are formed as saddle-point densities
 * (Loader, "Fast and accurate computation of binomial probabilities", 2000), so nothing cancels and nothing underflows
 * before the result does; then the power series or Lentz's continued fraction (Numerical Recipes, 3rd ed., 6.2 and 6.4).
 */

const LOG_SQRT_2PI = 0.9189385332046727;
const TINY = 1e-300;
const MAX_STEPS = 1_000_000;

/** A probability and its complement, each accurate even where the other rounds to 1. */
export interface Tails {
  readonly lower: number;
  readonly upper: number;
}

/** ln Γ(x + 1) − [(x + ½) ln x − x + ½ ln 2π]: the error of Stirling's formula, for x > 0, to 1e-15 absolute. */
export function stirlingError(x: number): number {
  let shift = 0;
  let at = x;
  while (at < 15) {
    shift += (at + 0.5) * Math.log1p(1 / at) - 1;
    at += 1;
  }
  const s = 1 / (at * at);
  const series = 1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - s * (691 / 360360)))));
  return shift + series / at;
}

/** ln Γ(x) for x > 0; error about 1e-15, relative or absolute, whichever is larger. */
export function logGamma(x: number): number {
  return (x - 0.5) * Math.log(x) - x + LOG_SQRT_2PI + stirlingError(x);
}

/** x ln(x/m) + m − x ≥ 0, without cancellation where x ≈ m (Loader's bd0). */
export function deviance(x: number, m: number): number {
  const difference = x - m;
  if (Math.abs(difference) >= 0.1 * (x + m)) return x === 0 ? m : x * Math.log(x / m) + m - x;
  const v = difference / (x + m);
  const square = v * v;
  let total = difference * v;
  let power = 2 * x * v;
  for (let k = 3; k < 1000; k += 2) {
    power *= square;
    const next = total + power / k;
    if (next === total) break;
    total = next;
  }
  return total;
}

/** xᵃ e⁻ˣ / Γ(a + 1): a Poisson probability, for real a > 0. */
function poissonTerm(a: number, x: number): number {
  return Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a);
}

/** Regularised incomplete gamma functions P(a, x) and Q(a, x), a > 0, x ≥ 0. */
export function gammaTails(a: number, x: number): Tails {
  if (!(a > 0) || !(x >= 0)) return { lower: NaN, upper: NaN };
  if (x === 0) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  const prefactor = poissonTerm(a, x);
  if (x < a + 1) {
    let term = 1;
    let total = 1;
    for (let k = 1; k < MAX_STEPS; k++) {
      term *= x / (a + k);
      total += term;
      if (term < total * 1e-17) break;
    }
    const lower = Math.min(prefactor * total, 1);
    return { lower, upper: 1 - lower };
  }
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < MAX_STEPS; k++) {
    const step = -k * (k - a);
    b += 2;
    d = 1 / nonZero(step * d + b);
    c = nonZero(b + step / c);
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  const upper = Math.min(prefactor * a * fraction, 1);
  return { lower: 1 - upper, upper };
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** Binomial probability of `k` successes out of `n`, for real 0 < k < n, given p and 1 − p. */
export function binomialTerm(k: number, n: number, p: number, q: number): number {
  const exponent =
    stirlingError(n) - stirlingError(k) - stirlingError(n - k) - deviance(k, n * p) - deviance(n - k, n * q);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
}

/**
 * Regularised incomplete beta function I_x(a, b) and its complement, a, b > 0. `y` is 1 − x: give it when it is known
 * better than subtraction would tell.
 */
export function betaTails(a: number, b: number, x: number, y = 1 - x): Tails {
  if (!(a > 0) || !(b > 0) || !(x >= 0) || !(y >= 0)) return { lower: NaN, upper: NaN };
  if (x === 0) return { lower: 0, upper: 1 };
  if (y === 0) return { lower: 1, upper: 0 };
  if (x > (a + 1) / (a + b + 2)) {
    const { lower, upper } = betaTails(b, a, y, x);
    return { lower: upper, upper: lower };
  }
  const density = (binomialTerm(a, a + b, x, y) * a * b) / (a + b);
  const lower = Math.min((density * betaFraction(a, b, x)) / a, 1);
  return { lower, upper: 1 - lower };
}

function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < MAX_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return fraction;
}
