import { meanOf, quantileOfSorted, requireLengths, sorted, type Numbers, type Weighting } from './arrays';

const EPSILON = Number.EPSILON;

/** −mean of ln p(actual class), probabilities clipped to [2.2e-16, 1 − 2.2e-16]. `scores` are P(positive), `actual` 0 or 1. */
export function logLoss(actual: Numbers, scores: Numbers, { weights }: Weighting = {}): number {
  const n = requireLengths({ actual, scores, weights });
  return meanOf(
    n,
    (i) => {
      const p = clip(scores[i]!);
      return -Math.log(actual[i] === 1 ? p : 1 - p);
    },
    weights,
  );
}

/** As `logLoss` for k classes; each row of `probabilities` (row-major, n × classes) is clipped, then made to sum to 1. */
export function logLossMulticlass(
  actual: Numbers,
  probabilities: Numbers,
  classes: number,
  { weights }: Weighting = {},
): number {
  const n = requireLengths({ actual, weights });
  requireLengths({ probabilities, 'actual × classes': { length: n * classes } });
  return meanOf(
    n,
    (i) => {
      let total = 0;
      for (let k = 0; k < classes; k++) total += clip(probabilities[i * classes + k]!);
      return -Math.log(clip(probabilities[i * classes + actual[i]!]!) / total);
    },
    weights,
  );
}

function clip(probability: number): number {
  return Math.min(Math.max(probability, EPSILON), 1 - EPSILON);
}

/** Mean of (P(positive) − outcome)² (Brier, Monthly Weather Review 78, 1950, halved as is usual for two classes): in [0, 1]. */
export function brier(actual: Numbers, scores: Numbers, { weights }: Weighting = {}): number {
  const n = requireLengths({ actual, scores, weights });
  return meanOf(n, (i) => (scores[i]! - Number(actual[i] === 1)) ** 2, weights);
}

/** Brier's original score for k classes: mean of Σₖ (pₖ − outcomeₖ)², in [0, 2]. */
export function brierMulticlass(
  actual: Numbers,
  probabilities: Numbers,
  classes: number,
  { weights }: Weighting = {},
): number {
  const n = requireLengths({ actual, weights });
  requireLengths({ probabilities, 'actual × classes': { length: n * classes } });
  return meanOf(
    n,
    (i) => {
      let squares = 0;
      for (let k = 0; k < classes; k++) squares += (probabilities[i * classes + k]! - Number(actual[i] === k)) ** 2;
      return squares;
    },
    weights,
  );
}

/** One bin of a reliability diagram. */
export interface CalibrationBin {
  readonly low: number;
  readonly high: number;
  /** Sum of weights (rows, when unweighted); rates are NaN where it is 0. */
  readonly weight: number;
  /** Mean predicted probability. */
  readonly predicted: number;
  /** Share that came true. */
  readonly observed: number;
}

export interface CalibrationOptions extends Weighting {
  /** Default 10. */
  readonly bins?: number;
  /** Equal width (default), or equal numbers of rows. A probability on an edge belongs to the bin below. */
  readonly strategy?: 'uniform' | 'quantile';
}

/** Reliability diagram of P(positive) against outcomes, as scikit-learn's `calibration_curve` bins it, empty bins included. */
export function calibrationBins(
  actual: Numbers,
  scores: Numbers,
  { weights, bins = 10, strategy = 'uniform' }: CalibrationOptions = {},
): CalibrationBin[] {
  const n = requireLengths({ actual, scores, weights });
  const edges = new Float64Array(bins + 1);
  const ascending = strategy === 'quantile' ? sorted(scores) : undefined;
  for (let i = 0; i <= bins; i++) {
    const share = i === bins ? 1 : i * (1 / bins);
    edges[i] = ascending === undefined ? share : quantileOfSorted(ascending, share);
  }
  const weight = new Float64Array(bins);
  const predicted = new Float64Array(bins);
  const observed = new Float64Array(bins);
  for (let i = 0; i < n; i++) {
    const score = scores[i]!;
    let low = 0;
    let high = bins - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (score > edges[middle + 1]!) low = middle + 1;
      else high = middle;
    }
    const w = weights === undefined ? 1 : weights[i]!;
    weight[low]! += w;
    predicted[low]! += w * score;
    if (actual[i] === 1) observed[low]! += w;
  }
  return Array.from({ length: bins }, (_, i) => ({
    low: edges[i]!,
    high: edges[i + 1]!,
    weight: weight[i]!,
    predicted: predicted[i]! / weight[i]!,
    observed: observed[i]! / weight[i]!,
  }));
}

/**
 * Expected calibration error: mean over bins, by weight, of |observed − predicted| (Naeini et al., AAAI 2015).
 * For two classes of P(positive); for more see `confidenceCalibration`.
 */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number {
  let error = 0;
  let total = 0;
  for (const bin of bins) {
    total += bin.weight;
    if (bin.weight > 0) error += bin.weight * Math.abs(bin.observed - bin.predicted);
  }
  return error / total;
}

/** Top-label calibration for k classes (Guo et al., ICML 2017): confidence of the most probable class against being right. */
export function confidenceCalibration(
  actual: Numbers,
  probabilities: Numbers,
  classes: number,
  options: CalibrationOptions = {},
): CalibrationBin[] {
  const n = actual.length;
  requireLengths({ probabilities, 'actual × classes': { length: n * classes } });
  const right = new Uint8Array(n);
  const confidence = new Float64Array(n);
  const top = mostProbable(probabilities, classes);
  for (let i = 0; i < n; i++) {
    right[i] = Number(top[i] === actual[i]);
    confidence[i] = probabilities[i * classes + top[i]!]!;
  }
  return calibrationBins(right, confidence, options);
}

/** The most probable class of each row (row-major, n × classes); the first of equals, as numpy's argmax. */
export function mostProbable(probabilities: Numbers, classes: number): Int32Array {
  const n = Math.floor(probabilities.length / classes);
  const top = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[i * classes + k]! > probabilities[i * classes + best]!) best = k;
    }
    top[i] = best;
  }
  return top;
}
