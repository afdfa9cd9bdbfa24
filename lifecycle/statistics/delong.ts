import { ascendingOrder, requireLengths, type Numbers } from './arrays';
import { normalQuantile, normalSf } from './distributions';
import { type Interval } from './proportion';

/** AUCs of models on the same rows, and their covariance. */
export interface DeLong {
  readonly auc: Float64Array;
  /** Row-major, models × models. */
  readonly covariance: Float64Array;
}

/**
 * DeLong's covariance of AUCs (DeLong, DeLong & Clarke-Pearson, Biometrics 44, 1988), by mid-ranks in O(n log n)
 * (Sun & Xu, IEEE Signal Processing Letters 21, 2014). NaN with fewer than two positives or two negatives.
 */
export function delong(actual: Numbers, models: readonly Numbers[]): DeLong {
  const n = requireLengths({ actual, ...Object.fromEntries(models.map((scores, k) => [`scores ${k}`, scores])) });
  const positives: number[] = [];
  const negatives: number[] = [];
  for (let i = 0; i < n; i++) (actual[i] === 1 ? positives : negatives).push(i);
  const [p, q] = [positives.length, negatives.length];
  const auc = new Float64Array(models.length);
  const overPositives: Float64Array[] = [];
  const overNegatives: Float64Array[] = [];
  models.forEach((scores, k) => {
    const all = midRanks(Float64Array.from(scores));
    const own = midRanks(Float64Array.from(positives, (i) => scores[i]!));
    const other = midRanks(Float64Array.from(negatives, (i) => scores[i]!));
    overPositives.push(Float64Array.from(positives, (i, at) => (all[i]! - own[at]!) / q));
    overNegatives.push(Float64Array.from(negatives, (i, at) => 1 - (all[i]! - other[at]!) / p));
    let total = 0;
    for (const share of overPositives[k]!) total += share;
    auc[k] = total / p;
  });
  const covariance = new Float64Array(models.length ** 2);
  for (let a = 0; a < models.length; a++) {
    for (let b = 0; b < models.length; b++) {
      covariance[a * models.length + b] =
        covarianceOf(overPositives[a]!, overPositives[b]!) / p + covarianceOf(overNegatives[a]!, overNegatives[b]!) / q;
    }
  }
  return { auc, covariance };
}

/** 1-based ranks; equal values share their mean rank. */
function midRanks(values: Float64Array): Float64Array {
  const order = ascendingOrder(values);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    if (to === from) return ranks.fill(NaN);
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

function covarianceOf(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  let meanA = 0;
  let meanB = 0;
  for (let i = 0; i < n; i++) {
    meanA += a[i]! / n;
    meanB += b[i]! / n;
  }
  let total = 0;
  for (let i = 0; i < n; i++) total += (a[i]! - meanA) * (b[i]! - meanB);
  return n > 1 ? total / (n - 1) : NaN;
}

/** AUC with DeLong's interval, cut to [0, 1]. */
export function aucInterval(actual: Numbers, scores: Numbers, level = 0.95): Interval & { readonly estimate: number } {
  const { auc, covariance } = delong(actual, [scores]);
  const half = normalQuantile((1 + level) / 2) * Math.sqrt(covariance[0]!);
  return { estimate: auc[0]!, low: Math.max(0, auc[0]! - half), high: Math.min(1, auc[0]! + half) };
}

export interface Difference extends Interval {
  /** Second minus first. */
  readonly difference: number;
  /** Two-sided, of the hypothesis that there is none. */
  readonly p: number;
}

/** DeLong's test of two models on the same rows. p is 1 when both rank alike. */
export function delongTest(actual: Numbers, first: Numbers, second: Numbers, level = 0.95): Difference {
  const { auc, covariance: c } = delong(actual, [first, second]);
  const difference = auc[1]! - auc[0]!;
  const error = Math.sqrt(Math.max(c[0]! + c[3]! - c[1]! - c[2]!, 0));
  const half = normalQuantile((1 + level) / 2) * error;
  const p = error === 0 && difference === 0 ? 1 : Math.min(1, 2 * normalSf(Math.abs(difference) / error));
  return { difference, p, low: difference - half, high: difference + half };
}
