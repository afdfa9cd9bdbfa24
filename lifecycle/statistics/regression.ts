import {
  ascendingOrder,
  meanOf,
  quantileOfSorted,
  requireLengths,
  sorted,
  type Numbers,
  type Weighting,
} from './arrays';

/** Mean of |actual − predicted|. */
export function meanAbsoluteError(actual: Numbers, predicted: Numbers, { weights }: Weighting = {}): number {
  const n = requireLengths({ actual, predicted, weights });
  return meanOf(n, (i) => Math.abs(actual[i]! - predicted[i]!), weights);
}

/** Mean of (actual − predicted)². */
export function meanSquaredError(actual: Numbers, predicted: Numbers, { weights }: Weighting = {}): number {
  const n = requireLengths({ actual, predicted, weights });
  return meanOf(n, (i) => (actual[i]! - predicted[i]!) ** 2, weights);
}

/** √ of the mean squared error: in the target's own unit. */
export function rootMeanSquaredError(actual: Numbers, predicted: Numbers, options: Weighting = {}): number {
  return Math.sqrt(meanSquaredError(actual, predicted, options));
}

/**
 * R², 1 − residual / total sum of squares: the share of variance explained; negative when worse than the mean.
 * A constant target gives 1 when predicted exactly, else 0. NaN for fewer than two rows.
 */
export function rSquared(actual: Numbers, predicted: Numbers, { weights }: Weighting = {}): number {
  const n = requireLengths({ actual, predicted, weights });
  if (n < 2) return NaN;
  const mean = meanOf(n, (i) => actual[i]!, weights);
  return explained(
    meanOf(n, (i) => (actual[i]! - predicted[i]!) ** 2, weights),
    totalSpread(actual, mean, weights),
  );
}

/** 1 − variance of the errors / variance of the target: R² that forgives a constant offset. */
export function explainedVariance(actual: Numbers, predicted: Numbers, { weights }: Weighting = {}): number {
  const n = requireLengths({ actual, predicted, weights });
  const mean = meanOf(n, (i) => actual[i]!, weights);
  const bias = meanOf(n, (i) => actual[i]! - predicted[i]!, weights);
  return explained(
    meanOf(n, (i) => (actual[i]! - predicted[i]! - bias) ** 2, weights),
    totalSpread(actual, mean, weights),
  );
}

/** Mean squared distance from the mean: exactly 0 for a constant, whatever the mean was rounded to. */
function totalSpread(values: Numbers, mean: number, weights: Numbers | undefined): number {
  let constant = true;
  for (let i = 1; i < values.length && constant; i++) constant = values[i] === values[0];
  return constant ? 0 : meanOf(values.length, (i) => (values[i]! - mean) ** 2, weights);
}

function explained(unexplained: number, total: number): number {
  if (total !== 0) return 1 - unexplained / total;
  return unexplained === 0 ? 1 : unexplained > 0 ? 0 : NaN;
}

/** Median of |actual − predicted|; with weights the lower weighted median. */
export function medianAbsoluteError(actual: Numbers, predicted: Numbers, { weights }: Weighting = {}): number {
  const n = requireLengths({ actual, predicted, weights });
  const errors = new Float64Array(n);
  for (let i = 0; i < n; i++) errors[i] = Math.abs(actual[i]! - predicted[i]!);
  if (weights === undefined) return quantileOfSorted(sorted(errors), 0.5);
  const order = ascendingOrder(errors);
  let total = 0;
  for (let i = 0; i < n; i++) total += weights[i]!;
  let reached = 0;
  for (const index of order) {
    reached += weights[index]!;
    if (weights[index]! > 0 && reached >= total / 2) return errors[index]!;
  }
  return NaN;
}

/** Mean of |actual − predicted| / max(|actual|, 2.2e-16), as a share (0.1 is 10 %); huge when an actual value is 0. */
export function meanAbsolutePercentageError(actual: Numbers, predicted: Numbers, { weights }: Weighting = {}): number {
  const n = requireLengths({ actual, predicted, weights });
  return meanOf(
    n,
    (i) => Math.abs(actual[i]! - predicted[i]!) / Math.max(Math.abs(actual[i]!), Number.EPSILON),
    weights,
  );
}

/** The worst |actual − predicted|. */
export function maxError(actual: Numbers, predicted: Numbers): number {
  const n = requireLengths({ actual, predicted });
  let worst = 0;
  for (let i = 0; i < n; i++) {
    const error = Math.abs(actual[i]! - predicted[i]!);
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

/** Quantile (pinball) loss: mean of q·e for e = actual − predicted ≥ 0 and (q − 1)·e below; least at the q-quantile. */
export function pinballLoss(
  actual: Numbers,
  predicted: Numbers,
  quantile: number,
  { weights }: Weighting = {},
): number {
  const n = requireLengths({ actual, predicted, weights });
  return meanOf(
    n,
    (i) => {
      const error = actual[i]! - predicted[i]!;
      return error >= 0 ? quantile * error : (quantile - 1) * error;
    },
    weights,
  );
}

/** Rows that are predicted much alike. */
export interface PredictedPart {
  /** Mean prediction. */
  readonly predicted: number;
  /** Mean truth. */
  readonly observed: number;
  readonly count: number;
}

/**
 * Rows in up to `parts` parts of about as many, by rising prediction: whether small, middling and large predictions are right on average.
 * Equal predictions are in one part, so there may be fewer.
 */
export function meansByPrediction(actual: Numbers, predicted: Numbers, parts: number): PredictedPart[] {
  const n = requireLengths({ actual, predicted });
  const order = ascendingOrder(predicted);
  const found: PredictedPart[] = [];
  let from = 0;
  for (let part = 1; part <= parts; part++) {
    let to = Math.max(from, Math.round((part * n) / parts));
    while (to > from && to < n && predicted[order[to]!] === predicted[order[to - 1]!]) to++;
    if (to === from) continue;
    const rows = order.subarray(from, to);
    found.push({
      predicted: meanOf(rows.length, (i) => predicted[rows[i]!]!),
      observed: meanOf(rows.length, (i) => actual[rows[i]!]!),
      count: rows.length,
    });
    from = to;
  }
  return found;
}
