import type { Evaluation, SplitEvaluation } from '../../schemas/generated/types';
import { calibrationBins, confidenceCalibration, confusionMatrix, mostProbable } from '../statistics/classification';
import { histogram } from '../statistics/describe';
import { aucInterval, type Interval, metricIntervals } from '../statistics/intervals';
import { computeMetrics, findMetric, type Predictions } from '../statistics/metrics';
import { meansByPrediction } from '../statistics/regression';
import { precisionRecallCurve, rocCurve, thinned } from '../statistics/ranking';
import { Random } from '../statistics/random';

type Curve = NonNullable<SplitEvaluation['roc']>;
type Regression = Extract<Predictions, { task: 'regression' }>;
export type Measured = Evaluation['candidates'][number]['splits'][string];

/** Points of a curve; enough for a drawing. */
const CURVE_POINTS = 200;
/** Classes up to which there is a confusion matrix. */
const CONFUSION_CLASSES = 100;
const RESIDUAL_BINS = 30;
/** Rows of a regression that are drawn as points. */
const SCATTER_POINTS = 500;
const TENTHS = 10;

/** Everything an evaluation says of one model on one split. Metrics that are undefined there (AUC of one class) are left out. */
export function measure(names: readonly string[], predictions: Predictions, seed: string): Measured {
  const rows = predictions.actual.length;
  const values = computeMetrics(names, predictions);
  const defined = names.filter((name) => Number.isFinite(values[name]));
  const metrics = Object.fromEntries(defined.map((name) => [name, values[name]!]));
  return {
    rows,
    metrics,
    intervals: intervalsOf(metrics, predictions, seed),
    ...(predictions.task === 'regression' ? errorsOf(predictions, seed) : shapeOf(predictions)),
  };
}

/** Rows times classes up to which a bootstrap draws from all rows. */
const BOOTSTRAP_CELLS = 100_000;
const REPLICATES = 1_000;
const FEWEST_REPLICATES = 200;
/** Cells that all replicates together may visit, once they are more than the fewest. */
const BOOTSTRAP_WORK = 10_000_000;

/**
 * 95 % intervals of metrics: DeLong's for the AUC of two classes, else percentiles of a seeded bootstrap of up to 1,000 replicates.
 * From more rows than 100,000 (divided by the classes) a random part of m is drawn, and the interval narrowed by √(m / n).
 */
export function intervalsOf(
  metrics: Readonly<Record<string, number>>,
  predictions: Predictions,
  seed: string,
): Record<string, [number, number]> {
  const all = predictions.actual.length;
  const cells = predictions.task === 'multiclass' ? predictions.classes : 1;
  const found: Record<string, Interval> = {};
  const binary = predictions.task === 'binary' && predictions.scores !== undefined ? predictions.scores : undefined;
  const names = Object.keys(metrics).filter((name) => name !== 'auc' || binary === undefined);
  if (binary !== undefined && metrics['auc'] !== undefined) found['auc'] = aucInterval(predictions.actual, binary);
  const sample = part(predictions, Math.max(1_000, Math.floor(BOOTSTRAP_CELLS / cells)), seed);
  const n = sample.actual.length;
  const replicates = Math.min(REPLICATES, Math.max(FEWEST_REPLICATES, Math.floor(BOOTSTRAP_WORK / (n * cells))));
  const drawn = names.length > 0 ? metricIntervals(names, sample, { seed, replicates }) : {};
  const narrowed = Math.sqrt(n / all);
  for (const [name, { low, high, estimate }] of Object.entries(drawn)) {
    const value = metrics[name]!;
    found[name] =
      n === all
        ? { low, high }
        : { low: value + (low - estimate) * narrowed, high: value + (high - estimate) * narrowed };
  }
  return Object.fromEntries(
    Object.keys(metrics)
      .filter((name) => Number.isFinite(found[name]?.low) && Number.isFinite(found[name]?.high))
      .map((name) => [name, within(found[name]!, findMetric(name)?.range)]),
  );
}

function within(
  { low, high }: Interval,
  [least, greatest]: readonly [number, number] = [-Infinity, Infinity],
): [number, number] {
  return [Math.max(least, low), Math.min(greatest, high)];
}

/** At most `most` rows, drawn without repetition. */
export function part(predictions: Predictions, most: number, seed: string): Predictions {
  const all = predictions.actual.length;
  if (all <= most) return predictions;
  const random = new Random(seed).fork('part');
  const rows = Uint32Array.from({ length: all }, (_, i) => i);
  for (let i = 0; i < most; i++) {
    const j = i + random.integer(all - i);
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
  }
  const kept = rows.slice(0, most).sort();
  const pick = (values: ArrayLike<number>, width = 1): Float64Array => {
    const out = new Float64Array(most * width);
    for (let i = 0; i < most; i++) for (let c = 0; c < width; c++) out[i * width + c] = values[kept[i]! * width + c]!;
    return out;
  };
  const actual = pick(predictions.actual);
  if (predictions.task === 'regression') return { ...predictions, actual, predicted: pick(predictions.predicted) };
  if (predictions.task === 'binary') return { ...predictions, actual, scores: pick(predictions.scores!) };
  return { ...predictions, actual, probabilities: pick(predictions.probabilities!, predictions.classes) };
}

/** Indices of the predicted classes. */
export function labelsOf(predictions: Exclude<Predictions, { task: 'regression' }>): ArrayLike<number> {
  if (predictions.task === 'multiclass') return mostProbable(predictions.probabilities!, predictions.classes);
  const { scores = [], threshold = 0.5 } = predictions;
  return Uint8Array.from(scores, (score) => Number(score >= threshold));
}

function shapeOf(predictions: Exclude<Predictions, { task: 'regression' }>): Partial<Measured> {
  const { actual } = predictions;
  const classes = predictions.task === 'multiclass' ? predictions.classes : 2;
  const { counts } = confusionMatrix(actual, labelsOf(predictions), classes);
  const confusion = Array.from({ length: classes }, (_, k) => [...counts.subarray(k * classes, (k + 1) * classes)]);
  const bins =
    predictions.task === 'binary'
      ? calibrationBins(actual, predictions.scores!)
      : confidenceCalibration(actual, predictions.probabilities!, classes);
  return {
    ...(classes <= CONFUSION_CLASSES && { confusion }),
    ...(predictions.task === 'binary' && curvesOf(actual, predictions.scores!)),
    calibration: bins
      .filter(({ weight }) => weight > 0)
      .map(({ predicted, observed, weight }) => ({ predicted, observed, count: weight })),
  };
}

/** Curves need rows of both classes. */
function curvesOf(actual: ArrayLike<number>, scores: ArrayLike<number>): { roc?: Curve; pr?: Curve } {
  const roc = rocCurve(actual, scores);
  if (Number.isNaN(roc.falsePositiveRate[0]!) || Number.isNaN(roc.truePositiveRate[0]!)) return {};
  const pr = precisionRecallCurve(actual, scores);
  return {
    roc: curve(roc.falsePositiveRate, roc.truePositiveRate, roc.thresholds),
    pr: curve(pr.recall, pr.precision, pr.thresholds),
  };
}

function curve(x: Float64Array, y: Float64Array, thresholds: Float64Array): Curve {
  const kept = thinned(x.length, CURVE_POINTS);
  return {
    x: Array.from(kept, (i) => x[i]!),
    y: Array.from(kept, (i) => y[i]!),
    thresholds: Array.from(kept, (i) => (Number.isFinite(thresholds[i]) ? thresholds[i]! : null)),
  };
}

function errorsOf(predictions: Regression, seed: string): Partial<Measured> {
  const { actual, predicted } = predictions;
  const errors = Float64Array.from(actual, (value, i) => predicted[i]! - value);
  const { edges, counts } = histogram(errors, RESIDUAL_BINS);
  if (counts.length === 0) return {};
  const drawn = part(predictions, SCATTER_POINTS, `${seed}/scatter`) as Regression;
  return {
    residuals: { edges: [...edges], counts: [...counts] },
    scatter: { predicted: sixDigits(drawn.predicted), actual: sixDigits(drawn.actual) },
    tenths: meansByPrediction(actual, predicted, TENTHS),
  };
}

const sixDigits = (values: ArrayLike<number>): number[] => Array.from(values, (value) => Number(value.toPrecision(6)));
