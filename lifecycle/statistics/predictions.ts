import { ascendingOrder, requireLengths, type Numbers } from './arrays';
import * as c from './classification';

export type Task = 'binary' | 'multiclass' | 'regression';

/** Predictions for two classes. `actual` is 1 for positive and 0 for negative. */
export interface BinaryPredictions {
  readonly task: 'binary';
  readonly actual: Numbers;
  /** P(positive); may be absent when a program reports labels only. */
  readonly scores?: Numbers | undefined;
  /** 1 or 0; by default score ≥ `threshold`. */
  readonly predicted?: Numbers | undefined;
  /** Default 0.5. */
  readonly threshold?: number | undefined;
  readonly weights?: Numbers | undefined;
}

/** Predictions for k classes, numbered 0 … k−1. */
export interface MulticlassPredictions {
  readonly task: 'multiclass';
  readonly actual: Numbers;
  readonly classes: number;
  /** Row-major, n × classes. */
  readonly probabilities?: Numbers | undefined;
  /** By default the most probable class. */
  readonly predicted?: Numbers | undefined;
  readonly weights?: Numbers | undefined;
}

export interface RegressionPredictions {
  readonly task: 'regression';
  readonly actual: Numbers;
  readonly predicted: Numbers;
  readonly weights?: Numbers | undefined;
}

export type Predictions = BinaryPredictions | MulticlassPredictions | RegressionPredictions;

/** What does not depend on weights, worked out when first asked for: a bootstrap decides and sorts once for all replicates. */
export interface Prepared {
  /** Values of a regression, labels of a classification. */
  readonly predicted: () => Numbers;
  /** P(positive), or the n × classes matrix. */
  readonly probabilities: () => Numbers;
  /** The one ranking problem of two classes, or one-vs-rest for each of k. */
  readonly rankings: () => readonly Ranking[];
}

interface Ranking {
  readonly actual: Numbers;
  readonly scores: Numbers;
  readonly order: Uint32Array;
}

/** The predictions with what several metrics share. */
export interface Exam extends Pick<Prepared, 'predicted' | 'probabilities'> {
  readonly binary: BinaryPredictions | undefined;
  readonly multiclass: MulticlassPredictions | undefined;
  readonly actual: Numbers;
  readonly matrix: () => c.ConfusionMatrix;
  /** A score of a ranking; with k classes the plain mean over one-vs-rest, NaN when a class has no rows, or all. */
  readonly ranked: (score: (actual: Numbers, scores: Numbers, options: c.RankingOptions) => number) => number;
  readonly weighting: { readonly weights: Numbers | undefined };
}

/** Throws a RangeError when arrays don't match in length, or there are no rows. */
export function prepare(predictions: Predictions): Prepared {
  const { actual, weights } = predictions;
  const n = requireLengths({ actual, weights });
  const classes = predictions.task === 'multiclass' ? predictions.classes : 1;
  const given =
    predictions.task === 'binary'
      ? predictions.scores
      : predictions.task === 'multiclass'
        ? predictions.probabilities
        : undefined;
  if (given !== undefined) {
    requireLengths({ 'scores or probabilities': given, expected: { length: n * classes } });
  }
  const probabilities = (): Numbers => {
    if (given === undefined) throw new RangeError('These predictions have neither labels nor probabilities.');
    return given;
  };
  return {
    probabilities,
    predicted: once(() => predictions.predicted ?? decide(probabilities(), predictions)),
    rankings: once(() =>
      predictions.task === 'multiclass'
        ? Array.from({ length: classes }, (_, k) => oneAgainstRest(actual, probabilities(), classes, k))
        : [{ actual, scores: probabilities(), order: ascendingOrder(probabilities()) }],
    ),
  };
}

function oneAgainstRest(actual: Numbers, probabilities: Numbers, classes: number, k: number): Ranking {
  const positive = new Uint8Array(actual.length);
  const scores = new Float64Array(actual.length);
  for (let i = 0; i < actual.length; i++) {
    positive[i] = Number(actual[i] === k);
    scores[i] = probabilities[i * classes + k]!;
  }
  return { actual: positive, scores, order: ascendingOrder(scores) };
}

export function examine(predictions: Predictions, prepared = prepare(predictions)): Exam {
  const { actual, weights } = predictions;
  const { predicted, probabilities, rankings } = prepared;
  return {
    binary: predictions.task === 'binary' ? predictions : undefined,
    multiclass: predictions.task === 'multiclass' ? predictions : undefined,
    actual,
    predicted,
    probabilities,
    matrix: once(() =>
      c.confusionMatrix(actual, predicted(), predictions.task === 'multiclass' ? predictions.classes : 2, { weights }),
    ),
    ranked: (score) => {
      let total = 0;
      for (const { actual: positive, scores, order } of rankings())
        total += score(positive, scores, { weights, order });
      return total / rankings().length;
    },
    weighting: { weights },
  };
}

/** Labels from probabilities: by threshold for two classes, the most probable one for more. */
function decide(probabilities: Numbers, predictions: Predictions): Numbers {
  if (predictions.task === 'multiclass') return c.mostProbable(probabilities, predictions.classes);
  const threshold = (predictions.task === 'binary' ? predictions.threshold : undefined) ?? 0.5;
  const labels = new Uint8Array(probabilities.length);
  for (let i = 0; i < labels.length; i++) labels[i] = Number(probabilities[i]! >= threshold);
  return labels;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
