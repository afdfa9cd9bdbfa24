/** What a threshold gives. */
export interface Outcome {
  /** A prediction from here on is positive. */
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

/** The outcomes at the points of a ROC curve, in order of falling thresholds. A missing threshold is the one above all scores. */
export function rocOutcomes(
  roc: {
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly thresholds: readonly (number | null)[];
  },
  positives: number,
  negatives: number,
): Outcome[] {
  return roc.x
    .map((rate, index): Outcome => {
      const truePositives = (roc.y[index] ?? 0) * positives;
      return {
        threshold: roc.thresholds[index] ?? Infinity,
        truePositives,
        falsePositives: rate * negatives,
        falseNegatives: positives - truePositives,
      };
    })
    .sort((a, b) => b.threshold - a.threshold);
}

/** What holds at a threshold: the point of the smallest threshold that is not below it. */
export function outcomesAt(outcomes: readonly Outcome[], threshold: number): Outcome | undefined {
  return outcomes.findLast((outcome) => outcome.threshold >= threshold) ?? outcomes[0];
}
