import assert from 'node:assert/strict';
import { execFileSync, type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { dashboard, PANELS } from '../../../lifecycle/monitor/export/dashboard';
import { figuresText } from '../../../lifecycle/monitor/export/figures-text';
import { exportPrometheus } from '../../../lifecycle/monitor/export/prometheus';
import { freePort } from '../../../lifecycle/net/http';
import type { DriftReport } from '../../../schemas/generated/types';
import { freshFolder } from '../../rigs/folder';
import { skip } from '../../rigs/skip';

const tools = ['prometheus', 'promtool', 'prometheus-alertmanager', 'amtool'].map((name) => `/usr/bin/${name}`);

const report = (share: number): DriftReport => ({
  format: 1,
  created: new Date().toISOString(),
  deployment: { target: 'local', model: 'churn', version: 1 },
  reference: 'customers.train',
  rows: { reference: 1_000, current: 500 },
  verdict: share > 0 ? 'drift' : 'stable',
  drift: { count: share > 0 ? 1 : 0, share },
  features: [],
  values: {
    'drift.share': share,
    'drift.count': share > 0 ? 1 : 0,
    'drift.prediction': 0.02,
    'drift.domain': 0.51,
    'drift.the "odd" column': 0.4,
    'performance.auc': 0.83,
    'estimated.auc': 0.82,
    'latency.p99': 0.05,
    rows: 500,
  },
});

const SERVER = `lifecycle_requests_total{endpoint="predict",code="200"} 100
lifecycle_requests_total{endpoint="predict",code="500"} 1
lifecycle_request_seconds_bucket{endpoint="predict",le="0.01"} 90
lifecycle_request_seconds_bucket{endpoint="predict",le="+Inf"} 101
lifecycle_rows_waiting 0
process_cpu_seconds_total 3
process_resident_memory_bytes 100000000
`;

describe('configuration for Prometheus, Alertmanager and Grafana', function () {
  this.timeout(90_000);
  const folder = freshFolder();
  const started: ChildProcess[] = [];
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    for (const close of closing.splice(0)) close();
  });

  const settings = (webhook: string) => ({
    alerts: {
      shift: { when: 'drift.share >= 0.3 and rows > 100', severity: 'critical' as const },
      slow: { when: 'latency.p99 > 0.2', clear: 'latency.p99 < 0.1', for: 3 },
      odd: 'abs(latency.p99 - 0.05) < 0.001 and (drift.count > 0 or rows < 10)',
      ours: 'is_missing(performance.auc)',
    },
    notify: [{ webhook }, { webhook: { secret: 'URL' } }, { command: ['mail'] }],
  });

  it('is what promtool and amtool accept; what can not be carried over is said', function () {
    if (tools.some((tool) => !existsSync(tool))) skip(this, 'prometheus or prometheus-alertmanager is not installed');
    const { files, notes } = exportPrometheus(
      [{ pipeline: 'churn', stage: 'watch', settings: settings('http://127.0.0.1:9/hook') }],
      { every: 60, monitor: '127.0.0.1:9464', servers: ['127.0.0.1:8080'], alertmanager: '127.0.0.1:9093' },
    );
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder(), name), content);
    const check = (tool: string, ...args: string[]) => execFileSync(tool, args, { cwd: folder(), encoding: 'utf8' });
    check('promtool', 'check', 'config', 'prometheus.yml');
    assert.match(check('promtool', 'check', 'rules', 'lifecycle-rules.yml'), /4 rules found/);
    check('amtool', 'check-config', 'alertmanager.yml');
    assert.equal(notes.length, 3);
    assert.match(notes[0]!, /^ours: /);
    // Hysteresis: fires after three reports, and stays between the two bounds.
    writeFileSync(
      path.join(folder(), 'test.yml'),
      JSON.stringify({
        rule_files: ['lifecycle-rules.yml'],
        evaluation_interval: '1m',
        tests: [
          {
            interval: '1m',
            input_series: [
              {
                series: 'lifecycle_monitor_latency_p99{pipeline="churn",stage="watch"}',
                values: '0.3x5 0.15x5 0.05x5',
              },
            ],
            alert_rule_test: [
              ['1m', false],
              ['4m', true],
              ['9m', true],
              ['14m', false],
            ].map(([eval_time, fires]) => ({
              eval_time,
              alertname: 'slow',
              exp_alerts:
                fires === true
                  ? [{ exp_labels: { pipeline: 'churn', stage: 'watch', severity: 'warning', group: 'slow' } }]
                  : [],
            })),
          },
        ],
      }),
    );
    // Annotations hold the value, which the test need not repeat.
    const rules = readFileSync(path.join(folder(), 'lifecycle-rules.yml'), 'utf8').replace(
      /"annotations": \{[^}]*\{\{[^}]*\}\}[^\n]*\n\s*\}/g,
      '"annotations": {}',
    );
    writeFileSync(path.join(folder(), 'lifecycle-rules.yml'), rules);
    check('promtool', 'test', 'rules', 'test.yml');
  });

  it('runs: every panel has an answer, and an alert reaches its receiver', async function () {
    if (tools.some((tool) => !existsSync(tool))) skip(this, 'prometheus or prometheus-alertmanager is not installed');
    let share = 0;
    const figures = createServer((request, response) =>
      response.end(
        request.url === '/metrics' ? figuresText([{ pipeline: 'churn', stage: 'watch', report: report(share) }]) : '',
      ),
    );
    const server = createServer((_, response) => response.end(SERVER));
    const got: { alerts: { labels: Record<string, string>; status: string }[] }[] = [];
    const hook = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        got.push(JSON.parse(text) as (typeof got)[number]);
        response.end();
      });
    });
    const ports: number[] = [];
    for (const one of [figures, server, hook]) {
      await new Promise<void>((done) => one.listen(0, '127.0.0.1', done));
      ports.push((one.address() as AddressInfo).port);
      closing.push(() => one.close());
    }
    const [prometheus, alertmanager] = [await freePort(), await freePort()];
    const { files } = exportPrometheus(
      [
        {
          pipeline: 'churn',
          stage: 'watch',
          settings: { alerts: settings('').alerts, notify: [{ webhook: `http://127.0.0.1:${ports[2]}/` }] },
        },
      ],
      {
        every: 1,
        monitor: `127.0.0.1:${ports[0]}`,
        servers: [`127.0.0.1:${ports[1]}`],
        alertmanager: `127.0.0.1:${alertmanager}`,
      },
    );
    mkdirSync(path.join(folder(), 'data'));
    for (const [name, content] of Object.entries(files))
      writeFileSync(path.join(folder(), name), content.replaceAll('"15s"', '"1s"').replace('"10s"', '"0s"'));
    const begin = (program: string, ...args: string[]) =>
      started.push(spawn(program, args, { cwd: folder(), stdio: 'ignore' }));
    begin(
      'prometheus-alertmanager',
      '--config.file=alertmanager.yml',
      '--storage.path=data/am',
      `--web.listen-address=127.0.0.1:${alertmanager}`,
      '--cluster.listen-address=',
    );
    begin(
      'prometheus',
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data/tsdb',
      `--web.listen-address=127.0.0.1:${prometheus}`,
    );
    const query = async (expression: string) => {
      const answer = await fetch(`http://127.0.0.1:${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`);
      return (await answer.json()) as { status: string; error?: string; data?: { result: unknown[] } };
    };
    const until = async (what: string, holds: () => Promise<boolean> | boolean, patience = 60_000) => {
      for (const end = Date.now() + patience; Date.now() < end; await new Promise((done) => setTimeout(done, 200)))
        if (await Promise.resolve(holds()).catch(() => false)) return;
      assert.fail(`${what} did not come`);
    };
    await until('figures', async () => ((await query('lifecycle_monitor_rows')).data?.result.length ?? 0) > 0);
    await until(
      'server',
      async () => ((await query('rate(lifecycle_requests_total[5m])')).data?.result.length ?? 0) > 0,
    );
    const variables = (text: string) => text.replaceAll('$pipeline', '.*').replaceAll('$stage', '.*');
    for (const { title, queries } of PANELS)
      for (const [expression] of queries) {
        const answer = await query(variables(expression));
        assert.equal(answer.status, 'success', `${title}: ${answer.error}`);
        if (title !== 'Firing alerts') assert.ok(answer.data!.result.length > 0, `${title} is empty: ${expression}`);
      }
    assert.deepEqual(JSON.parse(JSON.stringify(dashboard())).panels.length, PANELS.length);
    assert.equal(got.length, 0);
    share = 0.5;
    // Within ten seconds of the look that found it; one or two are usual.
    const arrived = () => got.some(({ alerts }) => alerts.some(({ labels }) => labels['alertname'] === 'shift'));
    await until('the alert', arrived, 10_000);
    const alert = got.flatMap(({ alerts }) => alerts).find(({ labels }) => labels['alertname'] === 'shift')!;
    assert.deepEqual(
      [alert.status, alert.labels['severity'], alert.labels['pipeline'], alert.labels['stage']],
      ['firing', 'critical', 'churn', 'watch'],
    );
  });
});
