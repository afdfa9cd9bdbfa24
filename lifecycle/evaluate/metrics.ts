import type { EvaluateStage, Task } from '../../schemas/generated/types';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';
import { defaultMetrics, findMetric, type Metric, METRICS, metricsFor } from '../statistics/metrics';

/** The metrics of an evaluation. */
export interface WantedMetrics {
  /** All that are computed: those asked for, the one to choose by, those of the gate. In the order of the pipeline file. */
  readonly names: readonly string[];
  readonly choice: Metric;
  /** By whose loss columns are important. */
  readonly explained: Metric;
}

const CHOICE: Readonly<Record<Task, string>> = { binary: 'auc', multiclass: 'accuracy', regression: 'rmse' };

/** @throws UserError `metric-unknown`, `metric-not-for-task`, with the place */
export function wantedMetrics(stage: EvaluateStage, task: Task): WantedMetrics {
  const asked = stage.metrics ?? defaultMetrics(task);
  asked.forEach((name, i) => known(name, task, ['metrics', i]));
  const choice = known(stage.choose?.metric ?? CHOICE[task], task, ['choose', 'metric']);
  const { explain } = stage;
  const told = typeof explain === 'object' ? explain.metric : undefined;
  const explained = told === undefined ? choice : known(told, task, ['explain', 'metric']);
  const gates = Object.keys(stage.require ?? {});
  for (const name of gates) known(name, task, ['require', name]);
  return { names: [...new Set([...asked, choice.name, ...gates])], choice, explained };
}

function known(name: string, task: Task, path: (string | number)[]): Metric {
  const metric = findMetric(name);
  if (metric?.task.includes(task)) return metric;
  const fitting = metricsFor(task).map((other) => other.name);
  if (metric !== undefined) {
    throw new UserError({
      code: 'metric-not-for-task',
      message: `The metric '${name}' is for ${metric.task.join(' or ')} tasks; this one is ${task}.`,
      hint: `There are ${fitting.join(', ')}.`,
      path,
    });
  }
  const meant = nearest(
    name,
    METRICS.map((other) => other.name),
  );
  throw new UserError({
    code: 'metric-unknown',
    message: `There is no metric '${name}'.`,
    hint: meant === undefined ? `There are ${fitting.join(', ')}.` : `Did you mean '${meant}'?`,
    path,
  });
}

/** A value as people read it: three digits after the point below 1, four significant ones above. */
export function shown(value: number): string {
  if (Number.isNaN(value)) return 'undefined';
  if (Math.abs(value) < 1) return value !== 0 && Math.abs(value) < 0.001 ? value.toPrecision(2) : value.toFixed(3);
  return Math.abs(value) < 1_000 ? String(Number(value.toPrecision(4))) : Math.round(value).toLocaleString('en');
}
