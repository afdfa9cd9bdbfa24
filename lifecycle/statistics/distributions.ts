/**
 * Distribution functions. A `Sf` is the upper tail P(X > x), accurate by itself: no subtraction from 1, no underflow
 * before the smallest double. Held to scipy's values, relative 1e-9 or better down to 1e-300.
 */
import { betaTails, gammaTails } from './special';

export { betaTails, gammaTails, logGamma } from './special';
export * from './kolmogorov';

/** P(Z > z) for the standard normal. */
export function normalSf(z: number): number {
  if (Number.isNaN(z)) return NaN;
  const { lower, upper } = gammaTails(0.5, (z * z) / 2);
  return z >= 0 ? upper / 2 : 0.5 + lower / 2;
}

/** P(Z ≤ z) for the standard normal. */
export function normalCdf(z: number): number {
  return normalSf(-z);
}

/** The z with P(Z ≤ z) = p (Wichura, Applied Statistics 37, 1988, AS 241; relative error about 1e-16). ±Infinity at 1 and 0. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * rational(CENTRE, 0.180625 - q * q);
  const tail = Math.min(p, 1 - p);
  if (tail === 0) return p === 0 ? -Infinity : Infinity;
  const r = Math.sqrt(-Math.log(tail));
  const z = r <= 5 ? rational(MIDDLE, r - 1.6) : rational(FAR, r - 5);
  return q < 0 ? -z : z;
}

/** P(X > x) for χ² with `df` > 0 degrees of freedom. */
export function chiSquareSf(x: number, df: number): number {
  return x <= 0 ? 1 : gammaTails(df / 2, x / 2).upper;
}

/** P(X ≤ x) for χ². */
export function chiSquareCdf(x: number, df: number): number {
  return x <= 0 ? 0 : gammaTails(df / 2, x / 2).lower;
}

/** P(T > t) for Student's t with `df` > 0 degrees of freedom. */
export function studentSf(t: number, df: number): number {
  if (df === Infinity) return normalSf(t);
  const square = t * t;
  const outside = square === Infinity ? 0 : betaTails(df / 2, 0.5, df / (df + square), square / (df + square)).lower;
  return t >= 0 ? outside / 2 : 1 - outside / 2;
}

/** P(T ≤ t) for Student's t. */
export function studentCdf(t: number, df: number): number {
  return studentSf(-t, df);
}

/** The t with P(T ≤ t) = p. */
export function studentQuantile(p: number, df: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  if (tail === 0) return p === 0 ? -Infinity : Infinity;
  const t = Math.exp(fallingRoot((log) => studentSf(Math.exp(log), df), tail, -750, 709));
  return p < 0.5 ? -t : t;
}

/** P(F > f) for the F distribution with `df1`, `df2` > 0 degrees of freedom. */
export function fSf(f: number, df1: number, df2: number): number {
  if (f <= 0) return 1;
  if (f === Infinity) return 0;
  const whole = df2 + df1 * f;
  return betaTails(df2 / 2, df1 / 2, df2 / whole, (df1 * f) / whole).lower;
}

/** P(F ≤ f) for the F distribution. */
export function fCdf(f: number, df1: number, df2: number): number {
  if (f <= 0) return 0;
  if (f === Infinity) return 1;
  const whole = df2 + df1 * f;
  return betaTails(df2 / 2, df1 / 2, df2 / whole, (df1 * f) / whole).upper;
}

/** P(X ≤ k) for the number of successes in n trials of chance p. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : betaTails(n - Math.floor(k), Math.floor(k) + 1, 1 - p, p).lower;
}

/** The x in [0, 1] with I_x(a, b) = p. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0 || p === 1) return p;
  return fallingRoot((x) => betaTails(a, b, x).upper, 1 - p, 0, 1);
}

/** The x where a falling function passes `target`, between `low` and `high`, by bisection to the last bit. */
function fallingRoot(f: (x: number) => number, target: number, low: number, high: number): number {
  for (let i = 0; i < 1100; i++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (f(middle) > target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

interface Rational {
  readonly numerator: readonly number[];
  readonly denominator: readonly number[];
}

function rational({ numerator, denominator }: Rational, x: number): number {
  const horner = (coefficients: readonly number[]): number =>
    coefficients.reduceRight((value, coefficient) => value * x + coefficient, 0);
  return horner(numerator) / horner(denominator);
}

const CENTRE: Rational = {
  numerator: [
    3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
    67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
  ],
  denominator: [
    1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
    28729.085735721942674, 5226.495278852854561,
  ],
};

const MIDDLE: Rational = {
  numerator: [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
  ],
  denominator: [
    1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
    0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
  ],
};

const FAR: Rational = {
  numerator: [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123,
    0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ],
  denominator: [
    1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4,
    1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
  ],
};
