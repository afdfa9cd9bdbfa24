import { type Numbers } from './arrays';
import { cumulate, type RankingOptions } from './ranking';

/** What a decision threshold on P(positive) gives: positive is predicted when score ≥ threshold. Counts are sums of weights. */
export interface ThresholdPoint {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Share predicted positive. */
  readonly selectionRate: number;
}

/** Evaluates each threshold of `thresholds` (default 0, 0.01 … 1) in O(n log n + thresholds). Undefined rates are 0. */
export function thresholdSweep(
  actual: Numbers,
  scores: Numbers,
  thresholds: Numbers = Float64Array.from({ length: 101 }, (_, i) => i / 100),
  options: RankingOptions = {},
): ThresholdPoint[] {
  const { thresholds: at, truePositives, falsePositives } = cumulate(actual, scores, options);
  const last = at.length - 1;
  const positives = truePositives[last] ?? 0;
  const negatives = falsePositives[last] ?? 0;
  return Array.from(thresholds, (threshold) => {
    let low = 0;
    let high = at.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at[middle]! >= threshold) low = middle + 1;
      else high = middle;
    }
    const tp = low === 0 ? 0 : truePositives[low - 1]!;
    const fp = low === 0 ? 0 : falsePositives[low - 1]!;
    return {
      threshold,
      truePositives: tp,
      falsePositives: fp,
      trueNegatives: negatives - fp,
      falseNegatives: positives - tp,
      accuracy: (tp + negatives - fp) / (positives + negatives),
      precision: tp + fp === 0 ? 0 : tp / (tp + fp),
      recall: positives === 0 ? 0 : tp / positives,
      f1: positives + tp + fp === 0 ? 0 : (2 * tp) / (positives + tp + fp),
      selectionRate: (tp + fp) / (positives + negatives),
    };
  });
}

/** The point with the greatest `value`; the first of equals. Default is F1. */
export function bestThreshold(
  points: readonly ThresholdPoint[],
  value: (point: ThresholdPoint) => number = (point) => point.f1,
): ThresholdPoint | undefined {
  let best: ThresholdPoint | undefined;
  for (const point of points) if (best === undefined || value(point) > value(best)) best = point;
  return best;
}
