import { ascendingOrder, requireLengths, type Numbers, type Weighting } from './arrays';

export interface RankingOptions extends Weighting {
  /** `ascendingOrder(scores)`, when the caller has it already (a bootstrap sorts once for all its replicates). */
  readonly order?: Uint32Array | undefined;
}

/** Points of a curve over falling thresholds; a row counts as predicted positive when its score ≥ the threshold. */
export interface RocCurve {
  readonly falsePositiveRate: Float64Array;
  readonly truePositiveRate: Float64Array;
  /** The first is +Infinity: nothing predicted positive. */
  readonly thresholds: Float64Array;
}

export interface PrecisionRecallCurve {
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  /** The first is +Infinity, with precision 1 and recall 0 by convention. */
  readonly thresholds: Float64Array;
}

/** Cumulative weight of positives and negatives at or above each distinct score, in falling order of score. */
export interface Cumulative {
  readonly thresholds: Float64Array;
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
}

/** `actual` is 1 for positive, anything else for negative. Rows of weight 0 leave no trace. Throws a RangeError when a score is NaN. */
export function cumulate(actual: Numbers, scores: Numbers, { weights, order }: RankingOptions = {}): Cumulative {
  const n = requireLengths({ actual, scores, weights, order });
  const ascending = order ?? ascendingOrder(scores);
  if (Number.isNaN(scores[ascending[n - 1]!]!)) throw new RangeError('A score is NaN; scores must be numbers.');
  const thresholds = new Float64Array(n);
  const truePositives = new Float64Array(n);
  const falsePositives = new Float64Array(n);
  let groups = 0;
  let positive = 0;
  let negative = 0;
  let weighed = 0;
  for (let i = n - 1; i >= 0; i--) {
    const index = ascending[i]!;
    const weight = weights === undefined ? 1 : weights[index]!;
    if (actual[index] === 1) positive += weight;
    else negative += weight;
    weighed += weight;
    const score = scores[index]!;
    if (i > 0 && scores[ascending[i - 1]!] === score) continue;
    if (weighed === 0) continue;
    weighed = 0;
    thresholds[groups] = score;
    truePositives[groups] = positive;
    falsePositives[groups] = negative;
    groups++;
  }
  return {
    thresholds: thresholds.subarray(0, groups),
    truePositives: truePositives.subarray(0, groups),
    falsePositives: falsePositives.subarray(0, groups),
  };
}

/**
 * Area under the ROC curve: the chance that a positive scores higher than a negative, ties counting half
 * (Hanley & McNeil, Radiology 143, 1982). NaN when there are no positives or no negatives.
 */
export function rocAuc(actual: Numbers, scores: Numbers, options: RankingOptions = {}): number {
  const { truePositives, falsePositives } = cumulate(actual, scores, options);
  let area = 0;
  let tp = 0;
  let fp = 0;
  for (let i = 0; i < truePositives.length; i++) {
    area += ((falsePositives[i]! - fp) * (truePositives[i]! + tp)) / 2;
    tp = truePositives[i]!;
    fp = falsePositives[i]!;
  }
  return tp > 0 && fp > 0 ? area / (tp * fp) : NaN;
}

/**
 * Average precision, Σ (Rᵢ − Rᵢ₋₁) Pᵢ: the area under the precision–recall curve without interpolation.
 * 0 when there are no positives.
 */
export function averagePrecision(actual: Numbers, scores: Numbers, options: RankingOptions = {}): number {
  const { truePositives, falsePositives } = cumulate(actual, scores, options);
  let area = 0;
  let tp = 0;
  for (let i = 0; i < truePositives.length; i++) {
    const gained = truePositives[i]! - tp;
    tp = truePositives[i]!;
    if (gained > 0) area += (gained * tp) / (tp + falsePositives[i]!);
  }
  return tp > 0 ? area / tp : 0;
}

/**
 * ROC curve from (0, 0) to (1, 1). Points inside a straight stretch are dropped unless `keepAll`, which changes no area.
 * Rates are NaN where there are no positives or no negatives.
 */
export function rocCurve(
  actual: Numbers,
  scores: Numbers,
  { keepAll = false, ...options }: RankingOptions & { readonly keepAll?: boolean } = {},
): RocCurve {
  const { thresholds, truePositives: tp, falsePositives: fp } = cumulate(actual, scores, options);
  const groups = thresholds.length;
  const positives = tp[groups - 1] ?? 0;
  const negatives = fp[groups - 1] ?? 0;
  const x = [negatives > 0 ? 0 : NaN];
  const y = [positives > 0 ? 0 : NaN];
  const at = [Infinity];
  for (let i = 0; i < groups; i++) {
    const corner =
      keepAll ||
      i === 0 ||
      i === groups - 1 ||
      fp[i + 1]! - fp[i]! !== fp[i]! - fp[i - 1]! ||
      tp[i + 1]! - tp[i]! !== tp[i]! - tp[i - 1]!;
    if (!corner) continue;
    x.push(negatives > 0 ? fp[i]! / negatives : NaN);
    y.push(positives > 0 ? tp[i]! / positives : NaN);
    at.push(thresholds[i]!);
  }
  return {
    falsePositiveRate: Float64Array.from(x),
    truePositiveRate: Float64Array.from(y),
    thresholds: Float64Array.from(at),
  };
}

/** Precision and recall at each distinct score, falling; recall is 1 throughout when there are no positives. */
export function precisionRecallCurve(
  actual: Numbers,
  scores: Numbers,
  options: RankingOptions = {},
): PrecisionRecallCurve {
  const { thresholds, truePositives, falsePositives } = cumulate(actual, scores, options);
  const groups = thresholds.length;
  const positives = truePositives[groups - 1] ?? 0;
  const precision = new Float64Array(groups + 1);
  const recall = new Float64Array(groups + 1);
  const at = new Float64Array(groups + 1);
  precision[0] = 1;
  at[0] = Infinity;
  for (let i = 0; i < groups; i++) {
    const flagged = truePositives[i]! + falsePositives[i]!;
    precision[i + 1] = flagged > 0 ? truePositives[i]! / flagged : 0;
    recall[i + 1] = positives > 0 ? truePositives[i]! / positives : 1;
    at[i + 1] = thresholds[i]!;
  }
  return { precision, recall, thresholds: at };
}

/** Indices of at most `points` points of a curve of `length` points, both ends kept, evenly spread: enough for a drawing. */
export function thinned(length: number, points: number): Uint32Array {
  if (length <= points || points < 2) return Uint32Array.from({ length }, (_, i) => i);
  return Uint32Array.from({ length: points }, (_, i) => Math.round((i * (length - 1)) / (points - 1)));
}

/** Share of rows whose actual class is among the k most probable; of equal probabilities the later class comes first. */
export function topKAccuracy(
  actual: Numbers,
  probabilities: Numbers,
  classes: number,
  k: number,
  { weights }: Weighting = {},
): number {
  const n = requireLengths({ actual, weights });
  requireLengths({ probabilities, 'actual × classes': { length: n * classes } });
  let hits = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const weight = weights === undefined ? 1 : weights[i]!;
    const own = probabilities[i * classes + actual[i]!]!;
    let ahead = 0;
    for (let c = 0; c < classes; c++) {
      const other = probabilities[i * classes + c]!;
      if (other > own || (other === own && c > actual[i]!)) ahead++;
    }
    total += weight;
    if (ahead < k) hits += weight;
  }
  return hits / total;
}
