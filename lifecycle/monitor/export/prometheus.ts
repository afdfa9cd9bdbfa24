import type { MonitorStage } from '../../../schemas/generated/types';
import { parse } from '../../expression';
import { NotPromql, toPromql } from '../../expression/monitor';
import { type Rule, rulesOf } from '../alerts';

/** A monitor stage to write configuration for. */
export interface Watched {
  readonly pipeline: string;
  readonly stage: string;
  readonly settings: Pick<MonitorStage, 'alerts' | 'notify'>;
}

export interface ExportOptions {
  /** Seconds between two reports. */
  readonly every: number;
  /** host:port of the watch daemon. */
  readonly monitor: string;
  /** host:port of model servers. */
  readonly servers: readonly string[];
  readonly alertmanager: string;
}

/** Configuration files by name, and what could not be carried over. */
export interface Exported {
  readonly files: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** Prometheus and Alertmanager configuration for monitor stages: what to scrape, the alert rules, who is told. */
export function exportPrometheus(stages: readonly Watched[], options: ExportOptions): Exported {
  const notes: string[] = [];
  const groups = stages.map((watched) => ({
    name: `${watched.pipeline}.${watched.stage}`,
    rules: rulesOf(watched.settings.alerts).map((rule) => alertRule(watched, rule, options.every, notes)),
  }));
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return {
    // YAML takes JSON as it is, and nothing needs quoting twice.
    files: {
      'prometheus.yml': json({
        global: { scrape_interval: '15s', evaluation_interval: '15s' },
        rule_files: ['lifecycle-rules.yml'],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [options.alertmanager] }] }] },
        scrape_configs: [
          { job_name: 'lifecycle-monitor', static_configs: [{ targets: [options.monitor] }] },
          ...(options.servers.length > 0
            ? [{ job_name: 'lifecycle-servers', static_configs: [{ targets: options.servers }] }]
            : []),
        ],
      }),
      'lifecycle-rules.yml': json({ groups }),
      'alertmanager.yml': json(alertmanager(stages, notes)),
    },
    notes,
  };
}

function alertRule({ pipeline, stage }: Watched, rule: Rule, every: number, notes: string[]) {
  const labels = { pipeline, stage };
  const by = 'max by (pipeline, stage)';
  let expression: string;
  try {
    const when = promql(rule.when, labels);
    expression =
      rule.clear === undefined
        ? `${by} (${when})`
        : // Hysteresis: what fires goes on firing until `clear` holds.
          `${by} (${when}) or ${by} (ALERTS{alertname=${JSON.stringify(rule.name)},alertstate="firing",pipeline=${JSON.stringify(pipeline)},stage=${JSON.stringify(stage)}} unless on(pipeline, stage) (${promql(rule.clear, labels)}))`;
  } catch (error) {
    if (!(error instanceof NotPromql)) throw error;
    notes.push(`${rule.name}: ${error.message} Its alert follows what the monitor stage says.`);
    expression = `${by} (lifecycle_monitor_alert{pipeline=${JSON.stringify(pipeline)},stage=${JSON.stringify(stage)},rule=${JSON.stringify(rule.name)}}) == 1`;
  }
  return {
    alert: rule.name,
    expr: expression,
    for: `${Math.round((rule.for - 1) * every)}s`,
    labels: { severity: rule.severity, group: rule.group },
    annotations: { summary: `${rule.when} ({{ $labels.pipeline }} · {{ $labels.stage }}, value {{ $value }})` },
  };
}

/** @throws NotPromql */
function promql(condition: string, labels: Readonly<Record<string, string>>): string {
  const { tree } = parse(condition);
  if (tree === undefined) throw new NotPromql('It is not an expression.');
  return toPromql(tree, labels);
}

const SEVERITIES = { info: '.*', warning: 'warning|critical', critical: 'critical' } as const;

function alertmanager(stages: readonly Watched[], notes: string[]) {
  const receivers: { name: string; webhook_configs?: object[] }[] = [{ name: 'nobody' }];
  const routes: object[] = [];
  for (const { pipeline, stage, settings } of stages)
    for (const [i, receiver] of (settings.notify ?? []).entries()) {
      if (typeof receiver.webhook !== 'string') {
        notes.push(
          receiver.webhook === undefined
            ? `${stage}: \`command\` is no receiver of Alertmanager; the monitor stage runs it.`
            : `${stage}: the address of a webhook is a secret, which no file may hold; add it to alertmanager.yml on the machine that runs it.`,
        );
        continue;
      }
      const name = `${pipeline}.${stage}.${i}`;
      receivers.push({ name, webhook_configs: [{ url: receiver.webhook, send_resolved: true }] });
      routes.push({
        receiver: name,
        continue: true,
        matchers: [
          `pipeline=${JSON.stringify(pipeline)}`,
          `stage=${JSON.stringify(stage)}`,
          `severity=~${JSON.stringify(SEVERITIES[receiver.severity ?? 'info'])}`,
        ],
      });
    }
  return {
    route: {
      receiver: 'nobody',
      group_by: ['pipeline', 'stage', 'group'],
      group_wait: '10s',
      group_interval: '1m',
      repeat_interval: '12h',
      ...(routes.length > 0 && { routes }),
    },
    receivers,
  };
}
