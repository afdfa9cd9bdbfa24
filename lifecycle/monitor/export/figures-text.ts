import type { DriftReport } from '../../../schemas/generated/types';
import { figureOf } from '../../expression/monitor';

/** A report with where it comes from. */
export interface Reported {
  readonly pipeline: string;
  readonly stage: string;
  readonly report: DriftReport;
}

const HELP: Readonly<Record<string, string>> = {
  lifecycle_monitor_drift_column: 'Statistic that decides about the drift of a column.',
  lifecycle_monitor_performance: 'Metric on the rows whose outcome is known.',
  lifecycle_monitor_estimated: 'Metric estimated without outcomes.',
  lifecycle_monitor_alert: 'Alerts of the monitor stage: 1 while firing.',
  lifecycle_monitor_report_time_seconds: 'When the report was made.',
};

/** The figures of the newest reports in the text format of Prometheus. */
export function figuresText(reports: readonly Reported[]): string {
  const families = new Map<string, string[]>();
  const add = (metric: string, labels: Readonly<Record<string, string>>, value: number) => {
    const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escaped(text)}"`);
    const lines = families.get(metric) ?? [];
    if (lines.length === 0) families.set(metric, lines);
    lines.push(`${metric}{${pairs.join(',')}} ${value}`);
  };
  for (const { pipeline, stage, report } of reports) {
    const own = { pipeline, stage, target: report.deployment.target, model: report.deployment.model };
    add('lifecycle_monitor_report_time_seconds', own, Date.parse(report.created) / 1000);
    for (const [name, value] of Object.entries(report.values ?? {})) {
      if (value === null) continue;
      const { metric, labels } = figureOf(name);
      add(metric, { ...own, ...labels }, value);
    }
    for (const { rule, severity, state } of report.alerts ?? [])
      add('lifecycle_monitor_alert', { ...own, rule, severity }, Number(state === 'firing'));
  }
  return [...families]
    .map(
      ([metric, lines]) =>
        `# HELP ${metric} ${HELP[metric] ?? 'A figure of a monitor stage.'}\n# TYPE ${metric} gauge\n${lines.join('\n')}\n`,
    )
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
