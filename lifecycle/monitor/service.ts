import { join } from 'node:path';
import type { DriftReport } from '../../schemas/generated/types';
import { fetchText } from '../net/http';
import { readJson } from '../process/files';
import { targetFolder } from '../store/ledger';

export type ServiceFigures = NonNullable<DriftReport['service']>;

/** The counters of a server at a moment, to tell what happened since. */
export interface ServiceSnapshot {
  readonly time: string;
  /** Start of the server's process, seconds since 1970: counters begin anew with it. */
  readonly start: number;
  readonly requests: number;
  readonly errors: number;
  readonly cpu: number;
  /** Cumulative counts by upper bound. */
  readonly buckets: readonly (readonly [bound: number, count: number])[];
}

/** A line of the text format of Prometheus. */
export interface Measured {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the text format of Prometheus (0.0.4); lines that it does not understand are passed over. */
export function parseFigures(text: string): Measured[] {
  return text.split('\n').flatMap((line) => {
    const found = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line);
    if (!found || line.startsWith('#')) return [];
    const labels: Record<string, string> = {};
    for (const [, name, value] of (found[2] ?? '').matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g))
      labels[name!] = value!.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
    const value = found[3] === '+Inf' ? Infinity : found[3] === '-Inf' ? -Infinity : Number(found[3]);
    return [{ name: found[1]!, labels, value }];
  });
}

/**
 * What the server of a target says of itself since the last look. Undefined when nobody serves there, or it does not answer: the log alone
 * tells the volume then.
 *
 * @param since the snapshot of the last look; of another process it is passed over
 */
export async function readService(
  store: string,
  target: string,
  since: ServiceSnapshot | undefined,
  signal?: AbortSignal,
): Promise<{ readonly figures: ServiceFigures; readonly snapshot: ServiceSnapshot } | undefined> {
  const state = await readJson<{ url?: string }>(join(targetFolder(store, target), 'server.json'));
  if (typeof state?.url !== 'string') return undefined;
  let text: string;
  try {
    const answer = await fetchText(`${state.url}/metrics`, { timeout: 5_000, ...(signal && { signal }) });
    if (answer.status !== 200) return undefined;
    ({ text } = answer);
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
  const measured = parseFigures(text);
  const sum = (name: string, keep: (labels: Measured['labels']) => boolean = () => true) =>
    measured.filter((one) => one.name === name && keep(one.labels)).reduce((total, { value }) => total + value, 0);
  // Only predictions count: health checks and this very look would drown them.
  const predicts = ({ endpoint }: Measured['labels']) => endpoint === 'predict' || endpoint === 'models';
  const bounds = new Map<number, number>();
  for (const { name, labels, value } of measured)
    if (name === 'lifecycle_request_seconds_bucket' && predicts(labels)) {
      const bound = labels.le === '+Inf' ? Infinity : Number(labels.le);
      bounds.set(bound, (bounds.get(bound) ?? 0) + value);
    }
  const snapshot: ServiceSnapshot = {
    time: new Date().toISOString(),
    start: sum('process_start_time_seconds'),
    requests: sum('lifecycle_requests_total', predicts),
    errors: sum('lifecycle_requests_total', (labels) => predicts(labels) && (labels.code ?? '').startsWith('5')),
    cpu: sum('process_cpu_seconds_total'),
    buckets: [...bounds].sort((a, b) => a[0] - b[0]),
  };
  const before = since?.start === snapshot.start ? since : undefined;
  const figures = figuresBetween(before, snapshot);
  return {
    snapshot,
    figures: {
      ...figures,
      memory: sum('process_resident_memory_bytes'),
      queue: sum('lifecycle_rows_waiting'),
    },
  };
}

/** What happened between two looks; without the first one since the server began. */
export function figuresBetween(before: ServiceSnapshot | undefined, now: ServiceSnapshot): ServiceFigures {
  const begin = before === undefined ? now.start : Date.parse(before.time) / 1000;
  const seconds = Math.max(1e-3, Date.parse(now.time) / 1000 - begin);
  const requests = now.requests - (before?.requests ?? 0);
  const errors = now.errors - (before?.errors ?? 0);
  const earlier = new Map(before?.buckets ?? []);
  const cumulative = now.buckets.map(([bound, count]) => [bound, count - (earlier.get(bound) ?? 0)] as const);
  return {
    requests,
    'per-minute': (requests * 60) / seconds,
    errors,
    'error-rate': requests > 0 ? errors / requests : null,
    p50: quantileOfBuckets(cumulative, 0.5),
    p95: quantileOfBuckets(cumulative, 0.95),
    p99: quantileOfBuckets(cumulative, 0.99),
    latency: cumulative.map(([bound, count], i) => ({
      to: Number.isFinite(bound) ? bound : null,
      count: count - (cumulative[i - 1]?.[1] ?? 0),
    })),
    cpu: (now.cpu - (before?.cpu ?? 0)) / seconds,
  };
}

/** As `histogram_quantile` of Prometheus: linear inside a bucket; of the last one its lower bound. Null when nothing was counted. */
export function quantileOfBuckets(buckets: readonly (readonly [number, number])[], quantile: number): number | null {
  const total = buckets.at(-1)?.[1] ?? 0;
  if (!(total > 0)) return null;
  const rank = quantile * total;
  const at = buckets.findIndex(([, count]) => count >= rank);
  const [bound, count] = buckets[at]!;
  const [from, reached] = buckets[at - 1] ?? [0, 0];
  if (!Number.isFinite(bound)) return from;
  return count > reached ? from + ((bound - from) * (rank - reached)) / (count - reached) : bound;
}
