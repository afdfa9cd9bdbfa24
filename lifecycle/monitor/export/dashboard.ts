/** A panel as text: title, unit of Grafana, and PromQL with the legend of its series. */
interface PanelPlan {
  readonly title: string;
  readonly unit: string;
  readonly queries: readonly (readonly [expression: string, legend: string])[];
  readonly kind?: 'timeseries' | 'stat' | 'table';
}

const OWN = '{pipeline=~"$pipeline",stage=~"$stage"}';

/** What is drawn: the figures of monitor stages, then those of the model servers. */
export const PANELS: readonly PanelPlan[] = [
  {
    title: 'Share of drifted columns',
    unit: 'percentunit',
    queries: [[`lifecycle_monitor_drift_share${OWN}`, '{{stage}}']],
  },
  {
    title: 'Drift by column',
    unit: 'short',
    queries: [[`topk(10, lifecycle_monitor_drift_column${OWN})`, '{{column}}']],
  },
  {
    title: 'Drift of the predictions',
    unit: 'short',
    queries: [[`lifecycle_monitor_drift_prediction${OWN}`, '{{stage}}']],
  },
  {
    title: 'AUC of the domain classifier',
    unit: 'short',
    queries: [[`lifecycle_monitor_drift_domain${OWN}`, '{{stage}}']],
  },
  {
    title: 'Performance on known outcomes',
    unit: 'short',
    queries: [[`lifecycle_monitor_performance${OWN}`, '{{metric}}']],
  },
  { title: 'Performance, estimated', unit: 'short', queries: [[`lifecycle_monitor_estimated${OWN}`, '{{metric}}']] },
  {
    title: 'Firing alerts',
    unit: 'short',
    kind: 'table',
    queries: [[`lifecycle_monitor_alert${OWN} == 1`, '{{rule}}']],
  },
  { title: 'Rows looked at', unit: 'short', queries: [[`lifecycle_monitor_rows${OWN}`, '{{stage}}']] },
  {
    title: 'Age of the last report',
    unit: 's',
    kind: 'stat',
    queries: [[`time() - lifecycle_monitor_report_time_seconds${OWN}`, '{{stage}}']],
  },
  {
    title: 'Requests a second',
    unit: 'reqps',
    queries: [['sum by (code) (rate(lifecycle_requests_total{endpoint=~"predict|models"}[5m]))', '{{code}}']],
  },
  {
    title: 'Share of server errors',
    unit: 'percentunit',
    queries: [
      [
        '(sum(rate(lifecycle_requests_total{endpoint=~"predict|models",code=~"5.."}[5m])) or vector(0)) / sum(rate(lifecycle_requests_total{endpoint=~"predict|models"}[5m]))',
        'errors',
      ],
    ],
  },
  {
    title: 'Latency',
    unit: 's',
    queries: [0.5, 0.95, 0.99].map((q) => [
      `histogram_quantile(${q}, sum by (le) (rate(lifecycle_request_seconds_bucket{endpoint=~"predict|models"}[5m])))`,
      `p${q * 100}`,
    ]),
  },
  { title: 'Rows waiting', unit: 'short', queries: [['lifecycle_rows_waiting', '{{instance}}']] },
  {
    title: 'Processor',
    unit: 'short',
    queries: [['rate(process_cpu_seconds_total{job="lifecycle-servers"}[5m])', '{{instance}}']],
  },
  {
    title: 'Memory',
    unit: 'bytes',
    queries: [['process_resident_memory_bytes{job="lifecycle-servers"}', '{{instance}}']],
  },
];

/** A Grafana dashboard (schema 38: Grafana 9 and later) of monitor stages and model servers; import it and choose the Prometheus. */
export function dashboard(title = 'ML Lifecycle'): object {
  const variable = (name: string) => ({
    name,
    type: 'query',
    label: name,
    datasource: { type: 'prometheus', uid: '${datasource}' },
    query: { query: `label_values(lifecycle_monitor_rows, ${name})`, refId: name },
    includeAll: true,
    multi: true,
    current: { text: 'All', value: '$__all' },
    refresh: 2,
  });
  return {
    title,
    uid: 'ml-lifecycle',
    schemaVersion: 38,
    version: 1,
    editable: true,
    tags: ['ml-lifecycle'],
    time: { from: 'now-7d', to: 'now' },
    refresh: '1m',
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', label: 'Prometheus', query: 'prometheus' },
        variable('pipeline'),
        variable('stage'),
      ],
    },
    panels: PANELS.map(({ title: name, unit, kind = 'timeseries', queries }, i) => ({
      id: i + 1,
      title: name,
      type: kind,
      datasource: { type: 'prometheus', uid: '${datasource}' },
      gridPos: { x: (i % 3) * 8, y: Math.floor(i / 3) * 8, w: 8, h: 8 },
      fieldConfig: { defaults: { unit, min: unit === 'percentunit' ? 0 : null }, overrides: [] },
      options: {},
      targets: queries.map(([expr, legendFormat], k) => ({
        refId: String.fromCharCode(65 + k),
        datasource: { type: 'prometheus', uid: '${datasource}' },
        expr,
        legendFormat,
        ...(kind === 'table' && { instant: true, format: 'table' }),
      })),
    })),
  };
}
