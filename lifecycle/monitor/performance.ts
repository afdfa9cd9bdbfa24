import type { ColumnType, DriftReport, ModelInfo } from '../../schemas/generated/types';
import { writeName } from '../expression';
import { UserError } from '../problem';
import { Adwin, type ChangeDetector, changePoints, Ddm, PageHinkley } from '../statistics/change';
import { errorChart } from '../statistics/control-chart';
import { metricIntervals } from '../statistics/comparison';
import { ESTIMATED, estimatePerformance } from '../statistics/estimated';
import {
  computeMetrics,
  defaultMetrics,
  findMetric,
  type MetricName,
  metricProblem,
  type Predictions,
} from '../statistics/metrics';
import { type Sample, sampleOf } from '../statistics/sample';
import { businessOf } from './business';
import { orNull } from './column';

export type LivePerformance = NonNullable<DriftReport['performance']>;
type Estimates = Record<string, { value: number | null; low?: number | null; high?: number | null }>;

/** A predicted row whose outcome is known. */
export interface LabelledRow {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Class index, or the value of a regression. */
  readonly actual: number;
  /** P of each class; one value for a regression. */
  readonly answer: readonly number[];
  /** What the answer was worth, where the feedback says so. */
  readonly value?: number;
  /** Raw inputs that slices, business figures and retraining need. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What is known of the answers of a part of the window. */
export interface Answers {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Two classes: P(positive). */
  readonly scores?: Sample;
  /** More classes: mean of the largest P. */
  readonly confidence?: number;
}

export interface PerformanceOptions {
  readonly info: Pick<ModelInfo, 'task' | 'classes' | 'threshold'>;
  readonly metrics?: readonly string[] | undefined;
  readonly slices?: readonly string[] | undefined;
  readonly business?: string | undefined;
  /** Types of columns, where known. */
  readonly types?: Readonly<Record<string, ColumnType>> | undefined;
  /** Told what is odd about `business`. */
  readonly say?: (message: string) => void;
  /** Makes P(positive) calibrated: learnt on a held-out split. */
  readonly calibrated?: (score: number) => number;
  readonly seed: number;
}

/** Rows that a bootstrap resamples at most; more give an interval that is narrower than anyone cares. */
const BOOTSTRAP_ROWS = 5_000;
const REPLICATES = 200;
const LEAST_LABELLED = 10;

/** Index of the class that a label means, or its number; undefined when the model knows no such class. */
export function actualOf(label: unknown, { task, classes }: Pick<ModelInfo, 'task' | 'classes'>): number | undefined {
  if (task === 'regression') {
    const value = typeof label === 'string' && label.trim() === '' ? NaN : Number(label);
    return typeof label === 'boolean' || !Number.isFinite(value) ? undefined : value;
  }
  const names = (classes ?? []).map(String);
  const at = names.indexOf(String(label));
  if (at >= 0) return at;
  // A table whose labels are not all known yet has decimals in place of whole numbers: 1.0.
  const number = typeof label === 'boolean' ? undefined : plainNumber(label);
  const same = number === undefined ? -1 : names.findIndex((name) => plainNumber(name) === number);
  if (same >= 0) return same;
  // Two classes may be told as yes and no whatever they are called.
  if (task !== 'binary') return undefined;
  if (label === true || label === 'true' || number === 1) return 1;
  return label === false || label === 'false' || number === 0 ? 0 : undefined;
}

/** The number that a label or the name of a class is, or spells. */
function plainNumber(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return /^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** How good the model is, where labels arrived, and how good it should be where they did not. */
export function measurePerformance(
  rows: readonly LabelledRow[],
  answers: Answers,
  parts: readonly Answers[],
  options: PerformanceOptions,
): Omit<LivePerformance, 'reference'> {
  // A log need not hold what was predicted: then outcomes are known, but not whether they were met.
  const sorted = rows.filter(({ answer }) => answer.every(Number.isFinite)).sort((a, b) => a.time - b.time);
  const names = metricsFor(options);
  const metrics = sorted.length >= LEAST_LABELLED ? estimates(sorted, names, options) : undefined;
  const business = options.business === undefined ? undefined : figureOf(sorted, options.business, options);
  const estimated = estimatedOf(answers, options);
  const windows = parts.map((part) => {
    const inside = sorted.filter(({ time }) => time >= part.from && time < part.to);
    const measured = inside.length >= LEAST_LABELLED ? estimates(inside, names.slice(0, 3), options) : undefined;
    const expected = estimatedOf(part, options);
    return {
      from: new Date(part.from).toISOString(),
      to: new Date(part.to).toISOString(),
      rows: part.rows,
      labelled: inside.length,
      ...(measured && { metrics: measured }),
      ...(expected && { estimated: expected }),
    };
  });
  const slices = slicesOf(sorted, names, options);
  const changes = [...changesOf(sorted, options.info), ...chartOf(sorted, parts, options.info)];
  return {
    rows: answers.rows,
    labelled: sorted.length,
    ...(metrics && { metrics: business === undefined ? metrics : { ...metrics, business } }),
    ...(estimated && { estimated }),
    ...(windows.length > 1 && { windows }),
    ...(slices.length > 0 && { slices }),
    ...(changes.length > 0 && { changes }),
  };
}

/** The user's own figure; what is odd about it is said. @throws UserError `monitor-business` */
function figureOf(
  rows: readonly LabelledRow[],
  text: string,
  { info, types = {}, say }: PerformanceOptions,
): Estimates[string] {
  const nameOf = (value: number) => (info.task === 'regression' ? value : (info.classes?.[value] ?? value));
  const { without, absent, ...figure } = businessOf(
    rows.map((row) => ({
      inputs: row.inputs,
      label: nameOf(row.actual),
      value: row.value,
      prediction: info.task === 'regression' ? (row.answer[0] ?? NaN) : nameOf(predictedClass(row, info)),
    })),
    text,
    types,
  );
  if (absent.length > 0)
    say?.(`The log has no value of ${absent.join(', ')}, of which \`business\` is to be computed.`);
  else if (without > 0)
    say?.(
      `${without.toLocaleString('en')} of ${rows.length.toLocaleString('en')} labelled rows have no figure of \`business\`: a value is missing or not of its type, or something is divided by zero. The mean is that of the others.`,
    );
  return figure;
}

/** @throws UserError `monitor-metric` */
function metricsFor({ info, metrics }: PerformanceOptions): MetricName[] {
  for (const [i, name] of (metrics ?? []).entries())
    if (findMetric(name) === undefined)
      throw new UserError({
        code: 'monitor-metric',
        message: `There is no metric '${name}'.`,
        hint: `For a ${info.task} model: ${defaultMetrics(info.task).join(', ')}.`,
        path: ['labels', 'metrics', i],
      });
  return [...((metrics as MetricName[] | undefined) ?? defaultMetrics(info.task))];
}

/** Rows as the metrics take them. */
export function predictionsOf(rows: readonly LabelledRow[], info: PerformanceOptions['info']): Predictions {
  const actual = Float64Array.from(rows, (row) => row.actual);
  if (info.task === 'regression')
    return { task: 'regression', actual, predicted: Float64Array.from(rows, (row) => row.answer[0] ?? NaN) };
  if (info.task === 'binary')
    return {
      task: 'binary',
      actual,
      scores: Float64Array.from(rows, (row) => row.answer[1] ?? NaN),
      ...(info.threshold !== undefined && { threshold: info.threshold }),
    };
  const classes = info.classes?.length ?? 0;
  const probabilities = new Float64Array(rows.length * classes);
  rows.forEach((row, i) => row.answer.forEach((p, k) => (probabilities[i * classes + k] = p)));
  return { task: 'multiclass', actual, probabilities, classes };
}

function estimates(rows: readonly LabelledRow[], names: readonly MetricName[], options: PerformanceOptions): Estimates {
  const predictions = predictionsOf(rows, options.info);
  const possible = names.filter((name) => metricProblem(name, predictions) === undefined);
  const values = computeMetrics(possible, predictions);
  const every = Math.ceil(rows.length / BOOTSTRAP_ROWS);
  const part =
    every > 1
      ? predictionsOf(
          rows.filter((_, i) => i % every === 0),
          options.info,
        )
      : predictions;
  const intervals = metricIntervals(possible, part, { seed: options.seed, replicates: REPLICATES });
  // The interval of a part is wider by √every, around another value.
  const scale = 1 / Math.sqrt(every);
  return Object.fromEntries(
    possible.map((name) => {
      const estimate = values[name];
      const { low, high } = intervals[name];
      const middle = computeMetrics([name], part)[name];
      return [
        name,
        {
          value: orNull(estimate),
          low: orNull(estimate + (low - middle) * scale),
          high: orNull(estimate + (high - middle) * scale),
        },
      ];
    }),
  );
}

function estimatedOf(answers: Answers, options: PerformanceOptions): Estimates | undefined {
  const { info, calibrated } = options;
  if (info.task === 'binary' && answers.scores !== undefined && answers.scores.total > 0) {
    const found = estimatePerformance(answers.scores, info.threshold ?? 0.5, calibrated);
    return Object.fromEntries(
      ESTIMATED.filter((name) => Number.isFinite(found[name].value)).map((name) => {
        const { value, low, high } = found[name];
        const bounded = Number.isFinite(low) && Number.isFinite(high);
        return [name, { value, ...(bounded && { low, high }) }];
      }),
    );
  }
  if (info.task !== 'multiclass' || answers.confidence === undefined || !(answers.rows > 0)) return undefined;
  const half = 1.96 * Math.sqrt((answers.confidence * (1 - answers.confidence)) / answers.rows);
  const value = answers.confidence;
  return { accuracy: { value, low: Math.max(0, value - half), high: Math.min(1, value + half) } };
}

const MOST_VALUES = 50;
const LEAST_SLICE = 20;

function slicesOf(rows: readonly LabelledRow[], names: readonly MetricName[], options: PerformanceOptions) {
  const [first] = names;
  if (first === undefined) return [];
  const metric = findMetric(first)!;
  return (options.slices ?? [])
    .flatMap((column) => {
      const groups = new Map<string, LabelledRow[]>();
      for (const row of rows) {
        const value = Object.hasOwn(row.inputs, column) ? row.inputs[column] : undefined;
        if (value === null || value === undefined || value === '') continue;
        const key =
          typeof value === 'number'
            ? String(Number(value.toPrecision(6)))
            : typeof value === 'string'
              ? value
              : JSON.stringify(value);
        const group = groups.get(key);
        if (group) group.push(row);
        else if (groups.size < MOST_VALUES) groups.set(key, [row]);
      }
      return [...groups]
        .filter(([, group]) => group.length >= LEAST_SLICE)
        .map(([value, group]) => ({
          slice: conditionOf(column, value, options.types),
          rows: group.length,
          metrics: estimates(group, names.slice(0, 3), options),
        }));
    })
    .sort((a, b) => {
      const [x, y] = [a.metrics[first]?.value ?? NaN, b.metrics[first]?.value ?? NaN];
      return (metric.better === 'higher' ? x - y : y - x) || b.rows - a.rows;
    });
}

/** A slice as a row filter. Texts are quoted, also those that spell a number. */
function conditionOf(column: string, value: string, types: PerformanceOptions['types']): string {
  const type = types !== undefined && Object.hasOwn(types, column) ? types[column] : undefined;
  const quoted = type === 'text' || type === 'time' || value.trim() === '' || Number.isNaN(Number(value));
  const name = writeName(column);
  if (type === 'boolean') return value === '1' || value === 'true' ? name : `not ${name}`;
  return `${name} = ${quoted ? `'${value.replaceAll("'", "''")}'` : value}`;
}

/** Index of the predicted class. */
export function predictedClass(row: Pick<LabelledRow, 'answer'>, info: PerformanceOptions['info']): number {
  if (info.task === 'binary') return Number((row.answer[1] ?? 0) >= (info.threshold ?? 0.5));
  let best = 0;
  row.answer.forEach((p, k) => {
    if (p > (row.answer[best] ?? -Infinity)) best = k;
  });
  return best;
}

/** Change points of the error in the order of time: of wrong answers, or of the absolute error in its own standard deviations. */
function changesOf(
  rows: readonly LabelledRow[],
  info: PerformanceOptions['info'],
): NonNullable<LivePerformance['changes']> {
  const classes = info.task !== 'regression';
  const raw = rows.map((row) =>
    classes ? Number(predictedClass(row, info) !== row.actual) : Math.abs((row.answer[0] ?? NaN) - row.actual),
  );
  const errors = classes ? raw : scaled(raw);
  const detectors: [string, ChangeDetector][] = [
    ...(classes ? [['ddm', new Ddm()] as [string, ChangeDetector]] : []),
    ['adwin', new Adwin()],
    ['page-hinkley', new PageHinkley({ mode: 'up' })],
  ];
  return detectors.flatMap(([name, detector]) => {
    let from = 0;
    return changePoints(detector, errors)
      .filter(({ signal }) => signal === 'drift')
      .map(({ at }, i, all) => {
        const until = all[i + 1]?.at ?? raw.length;
        const [before, after] = [meanOf(raw, from, at), meanOf(raw, at, until)];
        from = at;
        return {
          detector: name as 'ddm',
          row: at + 1,
          time: new Date(rows[at]!.time).toISOString(),
          level: 'drift' as const,
          ...(Number.isFinite(before) && { before }),
          ...(Number.isFinite(after) && { after }),
        };
      });
  });
}

/** Where the error rate of a part goes out of control, by a chart over the parts; of neighbours the first one. */
function chartOf(
  rows: readonly LabelledRow[],
  parts: readonly Answers[],
  info: PerformanceOptions['info'],
): NonNullable<LivePerformance['changes']> {
  if (info.task === 'regression') return [];
  const counted = parts.flatMap(({ from, to }) => {
    const first = rows.findIndex(({ time }) => time >= from && time < to);
    const inside = rows.filter(({ time }) => time >= from && time < to);
    if (inside.length < LEAST_LABELLED) return [];
    const wrong = inside.filter((row) => predictedClass(row, info) !== row.actual).length;
    return [{ first, wrong, rows: inside.length }];
  });
  const out = errorChart(counted);
  const all = counted.reduce((sum, part) => sum + part.rows, 0);
  const wrong = counted.reduce((sum, part) => sum + part.wrong, 0);
  return counted.flatMap((part, i) =>
    out[i] !== true || out[i - 1] === true
      ? []
      : [
          {
            detector: 'control-chart' as const,
            row: part.first + 1,
            time: new Date(rows[part.first]!.time).toISOString(),
            level: 'drift' as const,
            before: (wrong - part.wrong) / (all - part.rows),
            after: part.wrong / part.rows,
          },
        ],
  );
}

function scaled(values: readonly number[]): number[] {
  const finite = values.map((value) => (Number.isFinite(value) ? value : 0));
  const mean = meanOf(finite, 0, finite.length);
  const deviation =
    Math.sqrt(
      meanOf(
        finite.map((value) => (value - mean) ** 2),
        0,
        finite.length,
      ),
    ) || 1;
  return finite.map((value) => value / deviation);
}

function meanOf(values: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return to > from ? sum / (to - from) : NaN;
}

/** The sample of a list of scores. */
export const scoresOf = (values: readonly number[]): Sample => sampleOf(values);
