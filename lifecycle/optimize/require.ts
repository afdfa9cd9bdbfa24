import { type OptimizeStage, type Task } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { findMetric, type Metric, type MetricName, metricsFor } from '../statistics/metrics';

type Requirements = NonNullable<OptimizeStage['require']>;
type Measured = Readonly<Record<string, number>>;

/** The metrics that requirements speak of. @throws UserError for a metric that does not exist or does not fit the task */
export function requiredMetrics(require: Requirements, task: Task): Metric[] {
  return Object.keys(require).map((name) => {
    const metric = findMetric(name);
    if (metric?.task.includes(task)) return metric;
    throw new UserError({
      code: metric ? 'metric-not-for-task' : 'metric-unknown',
      message: metric ? `The metric '${name}' is not for a ${task} task.` : `There is no metric called '${name}'.`,
      hint: `For a ${task} task there are ${metricsFor(task)
        .map((known) => known.name)
        .join(', ')}.`,
      path: ['require', name],
    });
  });
}

/** By how much a metric got worse; negative when it got better. */
export function drop(metric: Metric, before: number, after: number): number {
  return metric.better === 'higher' ? before - after : after - before;
}

/** @throws UserError `requirement-not-met` for the first requirement that the figures break */
export function checkRequirements(
  require: Requirements,
  metrics: readonly Metric[],
  before: Measured,
  after: Measured,
  doing: string,
): void {
  for (const metric of metrics) {
    const bounds = require[metric.name]!;
    const was = before[metric.name];
    const is = after[metric.name];
    if (was === undefined || is === undefined) {
      throw failed(metric.name, undefined, `The metric '${metric.name}' is not defined on the validation split.`);
    }
    const fell = drop(metric, was, is);
    const most = bounds['drop-at-most'];
    // What rounding did is not the model's fault.
    if (most !== undefined && !(fell <= most + 1e-12))
      throw failed(
        metric.name,
        'drop-at-most',
        `${doing}, ${metric.name} went from ${show(was)} to ${show(is)}; it may get worse by at most ${most}.`,
      );
    if (bounds.min !== undefined && !(is >= bounds.min))
      throw failed(metric.name, 'min', `${doing}, ${metric.name} is ${show(is)}; it must be at least ${bounds.min}.`);
    if (bounds.max !== undefined && !(is <= bounds.max))
      throw failed(metric.name, 'max', `${doing}, ${metric.name} is ${show(is)}; it must be at most ${bounds.max}.`);
  }
}

function failed(metric: MetricName, bound: string | undefined, message: string): UserError {
  return new UserError({
    code: 'requirement-not-met',
    message,
    hint: 'Relax the requirement, or serve the model as it was by packaging the stage before this one.',
    path: ['require', metric, ...(bound === undefined ? [] : [bound])],
  });
}

function show(value: number): string {
  return String(Number(value.toPrecision(6)));
}
