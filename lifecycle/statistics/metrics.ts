/**
 * The one table of metrics: the evaluate room computes by it, the language server completes and explains by it, the
 * reference pages are written from it.
 */
import * as c from './classification';
import { examine, type Exam, type Predictions, type Prepared, type Task } from './predictions';
import * as r from './regression';

export { prepare, type Predictions, type Prepared, type Task } from './predictions';
export type { BinaryPredictions, MulticlassPredictions, RegressionPredictions } from './predictions';

/** What a metric is computed from. */
export type Needs = 'labels' | 'probabilities' | 'values';

export interface Metric {
  /** As written in pipeline files. */
  readonly name: MetricName;
  readonly task: readonly Task[];
  readonly better: 'higher' | 'lower';
  /** Least and greatest possible value. */
  readonly range: readonly [number, number];
  readonly title: string;
  /** One sentence for the user: what it tells. */
  readonly description: string;
  readonly formula: string;
  readonly source: string;
  readonly needs: Needs;
}

type Row = Omit<Metric, 'name'> & { readonly compute: (exam: Exam) => number };

const BOTH: readonly Task[] = ['binary', 'multiclass'];
const REGRESSION: readonly Task[] = ['regression'];
const UNIT: readonly [number, number] = [0, 1];
const POSITIVE: readonly [number, number] = [0, Infinity];

const POWERS = 'Powers, Evaluation: from precision, recall and F-measure to ROC, 2011';
const SCIKIT = 'scikit-learn, sklearn.metrics';

function averages(
  name: 'precision' | 'recall' | 'f1',
  title: string,
  description: string,
  formula: string,
  score: (matrix: c.ConfusionMatrix, average: c.Average) => number,
) {
  const row = { better: 'higher', range: UNIT, source: POWERS, needs: 'labels' } as const;
  const spelt = (average: 'macro' | 'micro' | 'weighted', how: string, means: string): Row => ({
    ...row,
    task: BOTH,
    title: `${title}, ${average}`,
    description: `${description} ${means}`,
    formula: how,
    compute: (exam) => score(exam.matrix(), average),
  });
  return {
    main: {
      ...row,
      task: BOTH,
      title,
      description: `${description} With two classes of the positive class; with more the macro average.`,
      formula,
      compute: (exam: Exam) => score(exam.matrix(), exam.binary === undefined ? 'macro' : { positive: 1 }),
    } satisfies Row,
    macro: spelt('macro', `(1/k) Σₖ ${name}ₖ`, 'Plain mean over classes, so that rare ones count as much.'),
    micro: spelt('micro', `${name} of Σₖ TPₖ, Σₖ FPₖ, Σₖ FNₖ`, 'From counts pooled over classes; equals accuracy.'),
    weighted: spelt('weighted', `Σₖ nₖ ${name}ₖ / n`, 'Mean over classes, by how often each occurs.'),
  };
}

const precision = averages(
  'precision',
  'Precision',
  'Of the rows predicted to be in a class, the share that is.',
  'TP / (TP + FP)',
  c.precision,
);
const recall = averages(
  'recall',
  'Recall',
  'Of the rows in a class, the share that was found (true positive rate, sensitivity).',
  'TP / (TP + FN)',
  c.recall,
);
const f1 = averages(
  'f1',
  'F1',
  'Harmonic mean of precision and recall.',
  '2 P R / (P + R) = 2 TP / (2 TP + FP + FN)',
  c.fScore,
);

const TABLE = {
  accuracy: {
    task: BOTH,
    better: 'higher',
    range: UNIT,
    title: 'Accuracy',
    description: 'Share of predictions that are right. Misleading when one class is rare.',
    formula: '(TP + TN) / n',
    source: SCIKIT,
    needs: 'labels',
    compute: (exam) => c.accuracy(exam.matrix()),
  },
  'balanced-accuracy': {
    task: BOTH,
    better: 'higher',
    range: UNIT,
    title: 'Balanced accuracy',
    description: 'Mean of the recalls of all classes: accuracy as if all classes were equally frequent.',
    formula: '(1/k) Σₖ TPₖ / (TPₖ + FNₖ)',
    source: 'Brodersen et al., The balanced accuracy and its posterior distribution, ICPR 2010',
    needs: 'labels',
    compute: (exam) => c.balancedAccuracy(exam.matrix()),
  },
  precision: precision.main,
  'precision-macro': precision.macro,
  'precision-micro': precision.micro,
  'precision-weighted': precision.weighted,
  recall: recall.main,
  'recall-macro': recall.macro,
  'recall-micro': recall.micro,
  'recall-weighted': recall.weighted,
  f1: f1.main,
  'f1-macro': f1.macro,
  'f1-micro': f1.micro,
  'f1-weighted': f1.weighted,
  auc: {
    task: BOTH,
    better: 'higher',
    range: UNIT,
    title: 'ROC AUC',
    description:
      'Chance that a random positive scores above a random negative; 0.5 is guessing. With more than two classes the macro average of one-vs-rest.',
    formula: 'P(s⁺ > s⁻) + ½ P(s⁺ = s⁻)',
    source: 'Hanley & McNeil, Radiology 143, 1982',
    needs: 'probabilities',
    compute: (exam) => exam.ranked(c.rocAuc),
  },
  'pr-auc': {
    task: BOTH,
    better: 'higher',
    range: UNIT,
    title: 'PR AUC (average precision)',
    description:
      'Area under the precision–recall curve; the share of positives is guessing. Tells more than ROC AUC when positives are rare. With more than two classes the macro average of one-vs-rest.',
    formula: 'Σᵢ (Rᵢ − Rᵢ₋₁) Pᵢ',
    source: 'Davis & Goadrich, The relationship between precision–recall and ROC curves, ICML 2006',
    needs: 'probabilities',
    compute: (exam) => exam.ranked(c.averagePrecision),
  },
  'log-loss': {
    task: BOTH,
    better: 'lower',
    range: POSITIVE,
    title: 'Log loss',
    description: 'Cross-entropy in nats: mean surprise at the actual class. Punishes confident mistakes.',
    formula: '−(1/n) Σᵢ ln p(yᵢ)',
    source: 'Good, Rational decisions, JRSS B 14, 1952',
    needs: 'probabilities',
    compute: (exam) =>
      exam.multiclass === undefined
        ? c.logLoss(exam.actual, exam.probabilities(), exam.weighting)
        : c.logLossMulticlass(exam.actual, exam.probabilities(), exam.multiclass.classes, exam.weighting),
  },
  brier: {
    task: BOTH,
    better: 'lower',
    range: [0, 2],
    title: 'Brier score',
    description:
      'Mean squared error of the probabilities: 0 to 1 with two classes, 0 to 2 (summed over classes) with more.',
    formula: '(1/n) Σᵢ (pᵢ − yᵢ)²; with k classes (1/n) Σᵢ Σₖ (pᵢₖ − yᵢₖ)²',
    source: 'Brier, Monthly Weather Review 78, 1950',
    needs: 'probabilities',
    compute: (exam) =>
      exam.multiclass === undefined
        ? c.brier(exam.actual, exam.probabilities(), exam.weighting)
        : c.brierMulticlass(exam.actual, exam.probabilities(), exam.multiclass.classes, exam.weighting),
  },
  mcc: {
    task: BOTH,
    better: 'higher',
    range: [-1, 1],
    title: 'Matthews correlation coefficient',
    description:
      'Correlation of actual and predicted class; 0 is guessing. Uses all four cells, so fair to rare classes.',
    formula: '(TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN))',
    source: 'Matthews, BBA 405, 1975; for k classes Gorodkin, Comput. Biol. Chem. 28, 2004',
    needs: 'labels',
    compute: (exam) => c.matthews(exam.matrix()),
  },
  kappa: {
    task: BOTH,
    better: 'higher',
    range: [-1, 1],
    title: "Cohen's kappa",
    description: 'Agreement of actual and predicted beyond what chance would give; 0 is chance, 1 is perfect.',
    formula: '(pₒ − pₑ) / (1 − pₑ)',
    source: 'Cohen, Educational and Psychological Measurement 20, 1960',
    needs: 'labels',
    compute: (exam) => c.kappa(exam.matrix()),
  },
  ece: {
    task: BOTH,
    better: 'lower',
    range: UNIT,
    title: 'Expected calibration error',
    description:
      'How far probabilities are from observed frequencies, over 10 bins of equal width. With more than two classes, of the most probable class.',
    formula: 'Σ_b (n_b / n) |observed_b − predicted_b|',
    source: 'Naeini et al., AAAI 2015; for k classes Guo et al., ICML 2017',
    needs: 'probabilities',
    compute: (exam) =>
      c.expectedCalibrationError(
        exam.multiclass === undefined
          ? c.calibrationBins(exam.actual, exam.probabilities(), exam.weighting)
          : c.confidenceCalibration(exam.actual, exam.probabilities(), exam.multiclass.classes, exam.weighting),
      ),
  },
  mae: {
    task: REGRESSION,
    better: 'lower',
    range: POSITIVE,
    title: 'Mean absolute error',
    description: "Average size of the error, in the target's unit.",
    formula: '(1/n) Σᵢ |yᵢ − ŷᵢ|',
    source: SCIKIT,
    needs: 'values',
    compute: (exam) => r.meanAbsoluteError(exam.actual, exam.predicted(), exam.weighting),
  },
  mse: {
    task: REGRESSION,
    better: 'lower',
    range: POSITIVE,
    title: 'Mean squared error',
    description: "Average squared error, in the square of the target's unit; large errors dominate.",
    formula: '(1/n) Σᵢ (yᵢ − ŷᵢ)²',
    source: SCIKIT,
    needs: 'values',
    compute: (exam) => r.meanSquaredError(exam.actual, exam.predicted(), exam.weighting),
  },
  rmse: {
    task: REGRESSION,
    better: 'lower',
    range: POSITIVE,
    title: 'Root mean squared error',
    description: "Typical size of the error in the target's unit, large errors weighing more.",
    formula: '√((1/n) Σᵢ (yᵢ − ŷᵢ)²)',
    source: SCIKIT,
    needs: 'values',
    compute: (exam) => r.rootMeanSquaredError(exam.actual, exam.predicted(), exam.weighting),
  },
  r2: {
    task: REGRESSION,
    better: 'higher',
    range: [-Infinity, 1],
    title: 'R² (coefficient of determination)',
    description: 'Share of the variance explained; 0 is as good as always predicting the mean, negative is worse.',
    formula: '1 − Σᵢ (yᵢ − ŷᵢ)² / Σᵢ (yᵢ − ȳ)²',
    source: SCIKIT,
    needs: 'values',
    compute: (exam) => r.rSquared(exam.actual, exam.predicted(), exam.weighting),
  },
  'explained-variance': {
    task: REGRESSION,
    better: 'higher',
    range: [-Infinity, 1],
    title: 'Explained variance',
    description: 'As R², but a constant offset of the predictions costs nothing.',
    formula: '1 − Var(y − ŷ) / Var(y)',
    source: SCIKIT,
    needs: 'values',
    compute: (exam) => r.explainedVariance(exam.actual, exam.predicted(), exam.weighting),
  },
  'median-absolute-error': {
    task: REGRESSION,
    better: 'lower',
    range: POSITIVE,
    title: 'Median absolute error',
    description: "Half of the errors are smaller, in the target's unit; untouched by outliers.",
    formula: 'median |yᵢ − ŷᵢ|',
    source: SCIKIT,
    needs: 'values',
    compute: (exam) => r.medianAbsoluteError(exam.actual, exam.predicted(), exam.weighting),
  },
  mape: {
    task: REGRESSION,
    better: 'lower',
    range: POSITIVE,
    title: 'Mean absolute percentage error',
    description: 'Average error as a share of the actual value (0.1 is 10 %); useless when actual values are near 0.',
    formula: '(1/n) Σᵢ |yᵢ − ŷᵢ| / |yᵢ|',
    source: SCIKIT,
    needs: 'values',
    compute: (exam) => r.meanAbsolutePercentageError(exam.actual, exam.predicted(), exam.weighting),
  },
  'max-error': {
    task: REGRESSION,
    better: 'lower',
    range: POSITIVE,
    title: 'Maximum error',
    description: "The worst single error, in the target's unit.",
    formula: 'max |yᵢ − ŷᵢ|',
    source: SCIKIT,
    needs: 'values',
    compute: (exam) => r.maxError(exam.actual, exam.predicted()),
  },
} satisfies Record<string, Row>;

export type MetricName = keyof typeof TABLE;

/** All metrics, in the order in which they are shown. */
export const METRICS: readonly Metric[] = (Object.entries(TABLE) as [MetricName, Row][]).map(
  ([name, { compute: _, ...row }]) => ({ name, ...row }),
);

/** The metric of that name; undefined when there is none. */
export function findMetric(name: string): Metric | undefined {
  return byName.get(name);
}

const byName: ReadonlyMap<string, Metric> = new Map(METRICS.map((metric) => [metric.name, metric]));

/** The metrics that make sense for a task. */
export function metricsFor(task: Task): readonly Metric[] {
  return METRICS.filter((metric) => metric.task.includes(task));
}

/** What an evaluation reports when the pipeline names no metrics. */
export function defaultMetrics(task: Task): readonly MetricName[] {
  switch (task) {
    case 'binary':
      return ['accuracy', 'precision', 'recall', 'f1', 'auc', 'pr-auc', 'log-loss'];
    case 'multiclass':
      return ['accuracy', 'balanced-accuracy', 'f1', 'auc', 'log-loss'];
    case 'regression':
      return ['mae', 'rmse', 'r2'];
  }
}

/** Why a metric can't be computed from these predictions, as a sentence for the user; undefined when it can. */
export function metricProblem(name: string, predictions: Predictions): string | undefined {
  const metric = findMetric(name);
  if (metric === undefined) return `There is no metric "${name}".`;
  if (!metric.task.includes(predictions.task)) {
    return `The metric "${name}" is for ${metric.task.join(' or ')} tasks; this one is ${predictions.task}.`;
  }
  const scored =
    predictions.task === 'binary' ? predictions.scores : predictions.task === 'multiclass' && predictions.probabilities;
  if (metric.needs === 'probabilities' && !scored) {
    return `The metric "${name}" needs probabilities; these predictions have labels only.`;
  }
  return undefined;
}

/** True when `a` is a better value of the metric than `b`. NaN is worse than any number. */
export function isBetter(metric: Metric, a: number, b: number): boolean {
  if (Number.isNaN(a)) return false;
  if (Number.isNaN(b)) return true;
  return metric.better === 'higher' ? a > b : a < b;
}

/**
 * Computes metrics by name. A value is NaN where the metric is undefined (AUC when one class only occurs).
 * Throws a RangeError for what `metricProblem` reports, for arrays of different length and for no rows.
 */
export function computeMetrics<Name extends string>(
  names: readonly Name[],
  predictions: Predictions,
  /** Work shared by repeated calls on the same predictions with other weights. */
  prepared?: Prepared,
): Record<Name, number> {
  const exam = examine(predictions, prepared);
  const values = {} as Record<Name, number>;
  for (const name of names) {
    const problem = metricProblem(name, predictions);
    if (problem !== undefined) throw new RangeError(problem);
    values[name] = TABLE[name as MetricName].compute(exam);
  }
  return values;
}
