/**
 * Performance without labels: confidence-based performance estimation (CBPE; NannyML, 2022). A calibrated P(positive) says by itself how
 * often each prediction is right, so the expected confusion matrix follows from the predictions alone.
 */
import { normalQuantile } from './distributions';
import { type Sample } from './sample';

/** Metrics that can be estimated for two classes. */
export const ESTIMATED = ['accuracy', 'precision', 'recall', 'f1', 'auc', 'brier'] as const;
export type EstimatedMetric = (typeof ESTIMATED)[number];

export interface Estimate {
  readonly value: number;
  /** 95 % interval of what a sample of so many rows would show; NaN where there is no closed form. */
  readonly low: number;
  readonly high: number;
}

/**
 * Estimates the metrics of a binary classifier from its calibrated P(positive).
 *
 * @param scores distinct values of P(positive), ascending, with how often each came
 * @param threshold positive is predicted from here on
 * @param calibrated turns a score into a probability; scores are taken as they are unless given
 */
export function estimatePerformance(
  scores: Sample,
  threshold: number,
  calibrated: (score: number) => number = (score) => score,
): Record<EstimatedMetric, Estimate> {
  let [tp, fp, fn] = [0, 0, 0];
  let right = 0;
  let spread = 0;
  let brier = 0;
  let ranked = 0;
  let positives = 0;
  let negatives = 0;
  scores.values.forEach((score, i) => {
    const count = scores.counts[i]!;
    const p = Math.min(Math.max(calibrated(score), 0), 1);
    const yes = score >= threshold;
    if (yes) {
      tp += count * p;
      fp += count * (1 - p);
    } else fn += count * p;
    const hit = yes ? p : 1 - p;
    right += count * hit;
    spread += count * hit * (1 - hit);
    brier += count * p * (1 - p);
    // P(a positive row scores above a negative one), ties counting half: expected pairs, the rows taken as independent.
    const [here, none] = [count * p, count * (1 - p)];
    ranked += here * (negatives + none / 2);
    positives += here;
    negatives += none;
  });
  const n = scores.total;
  const z = normalQuantile(0.975);
  const around = (value: number, variance: number): Estimate => {
    const half = z * Math.sqrt(variance);
    return { value, low: Math.max(0, value - half), high: Math.min(1, value + half) };
  };
  const bare = (value: number): Estimate => ({ value, low: NaN, high: NaN });
  const precision = tp / (tp + fp);
  const recall = tp / (tp + fn);
  const pairs = positives * negatives;
  const auc = ranked / pairs;
  return {
    accuracy: around(right / n, spread / (n * n)),
    precision: around(precision, (precision * (1 - precision)) / (tp + fp)),
    recall: around(recall, (recall * (1 - recall)) / (tp + fn)),
    f1: bare((2 * tp) / (2 * tp + fp + fn)),
    auc: around(auc, hanleyMcNeil(auc, positives, negatives)),
    brier: bare(brier / n),
  };
}

/** Variance of an AUC (Hanley & McNeil, Radiology 143, 1982). */
export function hanleyMcNeil(auc: number, positives: number, negatives: number): number {
  const q1 = auc / (2 - auc);
  const q2 = (2 * auc * auc) / (1 + auc);
  return (
    (auc * (1 - auc) + (positives - 1) * (q1 - auc * auc) + (negatives - 1) * (q2 - auc * auc)) /
    (positives * negatives)
  );
}

/**
 * Isotonic regression of outcomes on scores by pooling adjacent violators (Ayer et al., 1955), as a step function that is interpolated
 * between the means of its blocks: makes scores of a held-out set into probabilities.
 */
export function isotonic(scores: ArrayLike<number>, outcomes: ArrayLike<number>): (score: number) => number {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  interface Block {
    from: number;
    to: number;
    sum: number;
    weight: number;
  }
  const blocks: Block[] = [];
  for (const i of order) {
    const score = scores[i]!;
    const last = blocks.at(-1);
    if (last?.to === score && last.from === score) {
      last.sum += outcomes[i]!;
      last.weight++;
    } else blocks.push({ from: score, to: score, sum: outcomes[i]!, weight: 1 });
  }
  const pooled: Block[] = [];
  for (const block of blocks) {
    let now = { ...block };
    for (let last = pooled.at(-1); last && last.sum / last.weight >= now.sum / now.weight; last = pooled.at(-1)) {
      pooled.pop();
      now = { from: last.from, to: now.to, sum: last.sum + now.sum, weight: last.weight + now.weight };
    }
    pooled.push(now);
  }
  const xs = pooled.flatMap(({ from, to }) => (from === to ? [from] : [from, to]));
  const ys = pooled.flatMap(({ from, to, sum, weight }) => Array<number>(from === to ? 1 : 2).fill(sum / weight));
  return (score) => {
    if (xs.length === 0) return score;
    if (score <= xs[0]!) return ys[0]!;
    if (score >= xs.at(-1)!) return ys.at(-1)!;
    let [low, high] = [0, xs.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (xs[middle]! <= score) low = middle;
      else high = middle;
    }
    const share = (score - xs[low]!) / (xs[high]! - xs[low]!);
    return ys[low]! + share * (ys[high]! - ys[low]!);
  };
}
