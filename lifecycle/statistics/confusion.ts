import { requireLengths, type Numbers, type Weighting } from './arrays';

/** Counts (or sums of weights) of actual class by predicted class. */
export interface ConfusionMatrix {
  readonly classes: number;
  /** Row-major, classes × classes: `counts[actual * classes + predicted]`. */
  readonly counts: Float64Array;
  /** 1 for every class that occurs, as actual or as predicted; macro averages run over these, as scikit-learn's do. */
  readonly seen: Uint8Array;
}

/** How per-class scores become one: of one class, their plain mean, from pooled counts, or their mean by actual frequency. */
export type Average = { readonly positive: number } | 'macro' | 'micro' | 'weighted';

/** Tabulates class indices 0 … classes−1. Throws a RangeError for an index outside. */
export function confusionMatrix(
  actual: Numbers,
  predicted: Numbers,
  classes: number,
  { weights }: Weighting = {},
): ConfusionMatrix {
  const n = requireLengths({ actual, predicted, weights });
  const counts = new Float64Array(classes * classes);
  const seen = new Uint8Array(classes);
  for (let i = 0; i < n; i++) {
    const row = actual[i]!;
    const column = predicted[i]!;
    if (!(row >= 0 && row < classes && column >= 0 && column < classes)) {
      throw new RangeError(`Row ${i}: class ${row >= 0 && row < classes ? column : row} is not in 0…${classes - 1}.`);
    }
    counts[row * classes + column]! += weights === undefined ? 1 : weights[i]!;
    seen[row] = 1;
    seen[column] = 1;
  }
  return { classes, counts, seen };
}

interface Margins {
  readonly total: number;
  readonly correct: number;
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
}

function margins({ classes, counts }: ConfusionMatrix): Margins {
  const actual = new Float64Array(classes);
  const predicted = new Float64Array(classes);
  let correct = 0;
  let total = 0;
  for (let row = 0; row < classes; row++) {
    for (let column = 0; column < classes; column++) {
      const count = counts[row * classes + column]!;
      actual[row]! += count;
      predicted[column]! += count;
      total += count;
      if (row === column) correct += count;
    }
  }
  return { total, correct, actual, predicted };
}

/** Share of predictions that are right. */
export function accuracy(matrix: ConfusionMatrix): number {
  const { correct, total } = margins(matrix);
  return correct / total;
}

/** Mean recall over the classes that occur as actual. */
export function balancedAccuracy(matrix: ConfusionMatrix): number {
  const { actual } = margins(matrix);
  let recalls = 0;
  let occurring = 0;
  for (let k = 0; k < matrix.classes; k++) {
    if (actual[k]! === 0) continue;
    recalls += matrix.counts[k * matrix.classes + k]! / actual[k]!;
    occurring++;
  }
  return recalls / occurring;
}

/** Of those predicted to be in a class, the share that is: TP / (TP + FP); 0 when nothing is predicted to be in it. */
export function precision(matrix: ConfusionMatrix, average: Average): number {
  return averaged(matrix, average, (tp, _actual, predicted) => ratio(tp, predicted));
}

/** Of those in a class, the share that was found: TP / (TP + FN); 0 when the class does not occur. */
export function recall(matrix: ConfusionMatrix, average: Average): number {
  return averaged(matrix, average, (tp, actual) => ratio(tp, actual));
}

/** (1 + β²) P R / (β² P + R): the harmonic mean of precision and recall, recall weighing β times as much. 0 when both are. */
export function fScore(matrix: ConfusionMatrix, average: Average, beta = 1): number {
  const square = beta * beta;
  return averaged(matrix, average, (tp, actual, predicted) => ratio((1 + square) * tp, square * actual + predicted));
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function averaged(
  matrix: ConfusionMatrix,
  average: Average,
  score: (truePositives: number, actual: number, predicted: number) => number,
): number {
  const { classes, counts, seen } = matrix;
  const { actual, predicted, correct, total } = margins(matrix);
  const of = (k: number): number => score(counts[k * classes + k]!, actual[k]!, predicted[k]!);
  if (typeof average === 'object') {
    if (!(average.positive >= 0 && average.positive < classes)) {
      throw new RangeError(`The positive class ${average.positive} is not in 0…${classes - 1}.`);
    }
    return of(average.positive);
  }
  if (average === 'micro') return score(correct, total, total);
  let scores = 0;
  let weight = 0;
  for (let k = 0; k < classes; k++) {
    const w = average === 'weighted' ? actual[k]! : seen[k]!;
    if (w === 0) continue;
    scores += w * of(k);
    weight += w;
  }
  return ratio(scores, weight);
}

/**
 * Matthews' correlation coefficient, in [−1, 1]; 0 when one class only is actual or predicted.
 * Gorodkin's form for k classes (Computational Biology and Chemistry 28, 2004).
 */
export function matthews(matrix: ConfusionMatrix): number {
  const { actual, predicted, correct, total } = margins(matrix);
  let both = 0;
  let actualSquares = 0;
  let predictedSquares = 0;
  for (let k = 0; k < matrix.classes; k++) {
    both += actual[k]! * predicted[k]!;
    actualSquares += actual[k]! ** 2;
    predictedSquares += predicted[k]! ** 2;
  }
  const spread = (total ** 2 - actualSquares) * (total ** 2 - predictedSquares);
  return spread === 0 ? 0 : (correct * total - both) / Math.sqrt(spread);
}

/**
 * Cohen's kappa: agreement beyond chance. NaN when actual and predicted are one and the same single class.
 * `weighting` takes distant classes as worse, by |i − j| or its square, for ordered classes.
 */
export function kappa(matrix: ConfusionMatrix, weighting: 'none' | 'linear' | 'quadratic' = 'none'): number {
  const { classes, counts } = matrix;
  const { actual, predicted, total } = margins(matrix);
  let observed = 0;
  let expected = 0;
  for (let row = 0; row < classes; row++) {
    for (let column = 0; column < classes; column++) {
      const distance = Math.abs(row - column);
      const w = weighting === 'none' ? Number(distance > 0) : weighting === 'linear' ? distance : distance ** 2;
      observed += w * counts[row * classes + column]!;
      expected += (w * actual[row]! * predicted[column]!) / total;
    }
  }
  return 1 - observed / expected;
}
