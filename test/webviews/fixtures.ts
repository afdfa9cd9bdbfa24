import { pack } from '../../extension/panels/pack';
import { tableOf, type RunLine } from '../../lifecycle/store/run-table';
import type { Label } from '../../lifecycle/store/labels';
import type { DriftReport, Evaluation, Explanation } from '../../schemas/generated/types';
import type { MetricsState, PackedTable, RunState, Series } from '../../webviews/protocol';
import { random } from '../rigs/random';

/** Runs of a tuning as people have them, from a seed. @param settings number of further settings that differ from run to run */
export function runLines(count: number, settings = 6): RunLine[] {
  const next = random(7);
  const kinds = ['linear', 'boosted-trees', 'network'];
  const statuses = ['succeeded', 'succeeded', 'succeeded', 'succeeded', 'failed', 'cancelled', 'lost'];
  return Array.from({ length: count }, (_, index): RunLine => {
    const status = index === 0 ? 'running' : (statuses[Math.floor(next() * statuses.length)] ?? 'failed');
    const quality = 0.5 + 0.45 * next();
    const id = `20261103-${String(235959 - (index % 235959)).padStart(6, '0')}-${index.toString(36).padStart(6, '0')}`;
    return {
      id,
      facts: {
        run: id,
        pipeline: index % 5 === 0 ? 'diamonds' : 'churn',
        status,
        created: Date.UTC(2026, 10, 3) - index * 60_000,
        ...(status === 'running' || status === 'lost' ? {} : { seconds: 3 + 90 * next() }),
        stages: status === 'succeeded' ? '5 of 5' : '2 of 5',
        host: 'atlas',
        file: 'churn.pipeline.yaml',
      },
      parameters: { rate: Number((10 ** (-4 + 3 * next())).toPrecision(3)), seed: 7 },
      settings: {
        'trees.model.kind': kinds[Math.floor(next() * kinds.length)],
        'trees.model.trees': 50 * Math.ceil(next() * 10),
        'trees.model.leaves': 31,
        ...Object.fromEntries(
          Array.from({ length: settings }, (_each, at) => [
            `trees.model.option-${at}`,
            Math.round(next() * 1000) / 1000,
          ]),
        ),
      },
      metrics:
        status === 'succeeded'
          ? {
              'exam.auc': quality,
              'exam.f1': quality - 0.12 * next(),
              'exam.accuracy': quality - 0.05 * next(),
              'trees.validation/log-loss': 1.2 - quality,
              'customers.rows': 7043,
            }
          : {},
    };
  });
}

export function packedRuns(lines: readonly RunLine[], labels = new Map<string, Label>()): PackedTable {
  return pack(tableOf(lines, labels));
}

/** Two curves of a training, from a seed. */
export function series(run: string, stage: string, more: Partial<Series> = {}, points = 200): Series[] {
  const next = random(run.length + stage.length + (run.charCodeAt(run.length - 1) || 0));
  const speed = 20 + 40 * next();
  return ['loss', 'validation/loss', 'validation/auc', 'system/cpu'].map((name, place): Series => {
    const steps = Array.from({ length: points }, (_, index) => index * 10);
    const values = steps.map((_, index) => {
      const fall = Math.exp(-index / speed) + 0.05 * next();
      return name.endsWith('loss')
        ? 0.2 + fall + 0.1 * place
        : name === 'system/cpu'
          ? 0.5 + 0.4 * next()
          : 1 - 0.5 * fall;
    });
    return {
      run,
      stage,
      name,
      steps,
      values,
      epochs: steps.map((_, index) => Math.floor(index / 10)),
      times: steps.map((_, index) => Date.UTC(2026, 10, 3) + index * 500),
      broken: 0,
      brokenAt: [],
      points,
      ...more,
    };
  });
}

export function runState(id: string, status: RunState['status'] = 'succeeded'): RunState {
  const stage = (name: string, kind: string, more: Partial<RunState['stages'][number]> = {}) => ({
    name,
    kind,
    status: 'succeeded' as const,
    headline: 'auc 0.84',
    metrics: { auc: 0.84 },
    seconds: 2.5,
    ...more,
  });
  return {
    id,
    pipeline: 'churn',
    status,
    started: Date.UTC(2026, 10, 3),
    seconds: 12,
    stages: [
      stage('customers', 'data', { status: 'reused', summary: '7,043 rows, 30 features' }),
      stage('trees', 'train', status === 'running' ? { status: 'running', fraction: 0.4 } : {}),
      stage(
        'exam',
        'evaluate',
        status === 'failed' ? { status: 'failed', error: 'auc is 0.79; >= 0.82 is required.' } : {},
      ),
    ],
  };
}

/** An evaluation of two classes whose figures agree with each other. */
export function evaluation(): Evaluation {
  const rate = (x: number): number => Math.min(1, x ** 0.35);
  const x = Array.from({ length: 50 }, (_, index) => index / 49);
  const split = {
    rows: 1000,
    metrics: { auc: 0.84, f1: 0.61, accuracy: 0.8, 'pr-auc': 0.66 },
    intervals: { auc: [0.81, 0.87], f1: [0.56, 0.66] },
    confusion: [
      [650, 90],
      [110, 150],
    ],
    roc: { x, y: x.map(rate), thresholds: x.map((each, index) => (index === 0 ? null : 1 - each)) },
    pr: { x, y: x.map((each) => 1 - 0.7 * each), thresholds: x.map((each) => 1 - each) },
    calibration: [0.1, 0.3, 0.5, 0.7, 0.9].map((predicted) => ({ predicted, observed: predicted * 0.9, count: 200 })),
  };
  return {
    format: 1,
    task: 'binary',
    classes: ['No', 'Yes'],
    best: 'trees',
    threshold: 0.5,
    'chosen-by': { metric: 'auc', split: 'validation' },
    candidates: [
      { name: 'trees', kind: 'boosted-trees', splits: { validation: split, test: split }, explanation: explanation() },
      { name: 'linear', kind: 'linear', splits: { validation: split } },
    ],
    gates: [],
    fairness: [
      {
        attribute: 'female',
        groups: ['yes', 'no'].map((group) => ({
          group,
          rows: 500,
          metrics: { 'selection-rate': 0.24, accuracy: 0.8 },
          intervals: { accuracy: [0.77, 0.83] },
        })),
        gaps: { 'demographic-parity': 0.02 },
      },
    ],
  } as unknown as Evaluation;
}

/** What a tree model looks at: more columns than are shown at once, one of them with markup in its name, some below chance. */
export function explanation(): Explanation {
  const names = [
    'contract',
    'tenure',
    '<img src=x onerror=alert(1)>',
    ...Array.from({ length: 15 }, (_, i) => `column ${i}`),
  ];
  return {
    split: 'validation',
    rows: 1000,
    metric: 'auc',
    score: 0.8594,
    repeats: 5,
    permutation: names.map((column, i) => ({ column, importance: 0.16 / (i + 1) ** 1.5 - 0.004, deviation: 0.003 })),
    shap: {
      rows: 500,
      unit: 'log-odds',
      features: names.map((feature, i) => ({ feature, mean: 0.7 / (i + 1), direction: Math.cos(i) })),
    },
  };
}

export function metricsState(runs: readonly string[], more: Partial<MetricsState> = {}): MetricsState {
  const lines = runLines(40);
  return {
    choices: [...runs, 'older-1', 'older-2'].map((id) => ({
      id,
      name: `churn ${id.slice(-6)}`,
      label: `churn · 5 min ago · ${id.slice(-6)}`,
    })),
    runs: runs.map((id) => runState(id)),
    series: runs.flatMap((id) => series(id, 'trees')),
    evaluations: runs.map((run) => ({
      run,
      stage: 'exam',
      evaluation: evaluation(),
      importance: [
        {
          stage: 'trees',
          features: ['tenure', 'contract', 'monthly charges'].map((feature, index) => ({
            feature,
            importance: 0.6 / (index + 1),
          })),
        },
      ],
    })),
    table: tableOf(lines, new Map()),
    ...more,
  };
}

/** A report of a window in which the second half drifted. */
export function driftReport(columns = 12): DriftReport {
  const next = random(3);
  const hour = 3_600_000;
  const labels = ['a', 'b', 'c', 'd', 'e'];
  const shares = () => {
    const raw = labels.map(() => next());
    const sum = raw.reduce((a, b) => a + b, 0);
    return raw.map((value) => value / sum);
  };
  const feature = (index: number) => {
    const drifted = index < 3;
    return {
      column: `column ${index}`,
      type: 'number' as const,
      method: 'ks',
      statistic: drifted ? 0.3 : 0.02,
      threshold: 0.1,
      'p-value': drifted ? 1e-9 : 0.4,
      'adjusted-p-value': drifted ? 1e-8 : 0.6,
      drifted,
      effect: { name: 'jensen-shannon', value: drifted ? 0.21 : 0.01, level: drifted ? 'medium' : 'negligible' },
      statistics: { ks: 0.3, psi: 0.2, wasserstein: 1.2 },
      bins: { labels, reference: shares(), current: shares() },
      ...(drifted ? { note: '12 % of the values lie outside the range of training' } : {}),
    };
  };
  const features = Array.from({ length: columns }, (_, index) => feature(index));
  return {
    format: 1,
    created: '2026-11-03T12:00:00.000Z',
    deployment: { target: 'local', model: 'churn-classifier', version: 3 },
    reference: 'customers.train',
    rows: { reference: 4930, current: 2000, skipped: 1, duplicates: 2 },
    window: { from: '2026-11-02T12:00:00.000Z', to: '2026-11-03T12:00:00.000Z' },
    verdict: 'drift',
    drift: { count: 3, share: 3 / columns },
    retrain: { due: true, when: 'drift.share >= 0.2', reason: 'drift.share is 0.25, and 0.2 is the limit' },
    method: 'auto: 2,000 rows, so tests decide and effect sizes are told.',
    notes: ['The reference covers one season.'],
    features,
    prediction: { ...feature(1), column: 'churn' },
    windows: Array.from({ length: 8 }, (_, index) => ({
      from: new Date(Date.UTC(2026, 10, 2, 12) + index * 3 * hour).toISOString(),
      to: new Date(Date.UTC(2026, 10, 2, 15) + index * 3 * hour).toISOString(),
      rows: 250,
      verdict: index > 4 ? 'drift' : 'stable',
      count: index > 4 ? 3 : 0,
      share: index > 4 ? 0.25 : 0.02 * index,
      columns: Object.fromEntries(
        features.map(({ column }) => [
          column,
          { statistic: 0.01 + 0.04 * index, drifted: index > 4 && column < 'column 3' },
        ]),
      ),
      prediction: { statistic: 0.1, mean: 0.2 + 0.02 * index, drifted: index > 5 },
    })),
    slices: [
      {
        slice: 'contract = "monthly"',
        column: 'contract',
        rows: 900,
        share: 0.45,
        'reference-share': 0.2,
        explains: 0.7,
        'drift-inside': 0.3,
        'drift-outside': 0.02,
        columns: ['column 0'],
      },
    ],
    domain: {
      auc: 0.78,
      low: 0.75,
      high: 0.81,
      rows: 2000,
      drifted: true,
      threshold: 0.55,
      columns: [{ column: 'column 0', importance: 0.6 }],
    },
    performance: {
      rows: 2000,
      labelled: 400,
      metrics: { accuracy: { value: 0.74, low: 0.7, high: 0.78 } },
      reference: { accuracy: 0.8 },
      estimated: { accuracy: { value: 0.75, low: 0.72, high: 0.78 } },
      windows: Array.from({ length: 4 }, (_, index) => ({
        from: new Date(Date.UTC(2026, 10, 2, 12) + index * 6 * hour).toISOString(),
        to: new Date(Date.UTC(2026, 10, 2, 18) + index * 6 * hour).toISOString(),
        rows: 500,
        labelled: 100,
        metrics: { accuracy: { value: 0.8 - 0.02 * index } },
        estimated: { accuracy: { value: 0.79 - 0.02 * index, low: 0.75 - 0.02 * index, high: 0.83 - 0.02 * index } },
      })),
    },
    service: { requests: 2000, 'per-minute': 1.4, errors: 2, 'error-rate': 0.001, p50: 0.002, p95: 0.006, p99: 0.011 },
    alerts: [
      {
        rule: 'too-much-drift',
        state: 'firing',
        severity: 'critical',
        message: 'drift.share is 0.25',
        since: '2026-11-03T06:00:00.000Z',
        path: ['alerts', 0],
      },
    ],
  } as unknown as DriftReport;
}
