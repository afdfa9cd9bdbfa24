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
  readonly buckets: Buckets;
  /** The versions that were asked, each by itself; nothing of servers of an earlier version. */
  readonly versions?: readonly VersionSnapshot[];
}

type Buckets = readonly (readonly [bound: number, count: number])[];

/** What a version was asked: requests and errors, and seconds from being asked to its answer. */
export interface VersionSnapshot {
  readonly model: string;
  readonly version: string;
  readonly requests: number;
  readonly errors: number;
  readonly rows: number;
  readonly buckets: Buckets;
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

/** What happened is told over at least so many milliseconds, where looks follow faster: somebody looks by hand a moment after the watch did. */
const LEAST_SPAN = 300_000;
/** A look sooner after one that is kept is not kept itself. */
const LEAST_APART = 30_000;
/** Seconds of which a rate by the minute can be told. */
const MINUTE = 60;

/** The look from which on is told what happened: the latest that is long enough ago, else the first; undefined when the server began after all of them. */
export function baseOf(kept: readonly ServiceSnapshot[], now: ServiceSnapshot): ServiceSnapshot | undefined {
  // A clock that was set back makes looks of the future.
  const past = kept.filter(({ start, time }) => start === now.start && time < now.time);
  return past.findLast(({ time }) => Date.parse(now.time) - Date.parse(time) >= LEAST_SPAN) ?? past[0];
}

/** The looks that later ones may need, with this one. */
export function keepLook(kept: readonly ServiceSnapshot[], now: ServiceSnapshot): ServiceSnapshot[] {
  const base = baseOf(kept, now);
  const rest = base === undefined ? [] : kept.slice(kept.indexOf(base)).filter(({ start }) => start === now.start);
  const newest = rest.at(-1);
  const soon = newest !== undefined && Date.parse(now.time) - Date.parse(newest.time) < LEAST_APART;
  return soon ? rest : [...rest, now];
}

/**
 * What the server of a target says of itself since the last look. Undefined when nobody serves there, or it does not answer: the log alone
 * tells the volume then.
 *
 * @param kept snapshots of earlier looks, oldest first; those of another process are passed over
 */
export async function readService(
  store: string,
  target: string,
  kept: readonly ServiceSnapshot[],
  signal?: AbortSignal,
): Promise<{ readonly figures: ServiceFigures; readonly kept: readonly ServiceSnapshot[] } | undefined> {
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
  const snapshot = snapshotOf(measured, new Date().toISOString());
  return {
    kept: keepLook(kept, snapshot),
    figures: {
      ...figuresBetween(baseOf(kept, snapshot), snapshot),
      memory: sumOf(measured, 'process_resident_memory_bytes'),
      queue: sumOf(measured, 'lifecycle_rows_waiting'),
    },
  };
}

type Keep = (labels: Measured['labels']) => boolean;

function sumOf(measured: readonly Measured[], name: string, keep: Keep = () => true): number {
  return measured.filter((one) => one.name === name && keep(one.labels)).reduce((total, { value }) => total + value, 0);
}

/** The counters in what a server says at a moment (ISO 8601). */
export function snapshotOf(measured: readonly Measured[], time: string): ServiceSnapshot {
  // Only predictions count: health checks and this very look would drown them.
  const predicts: Keep = ({ endpoint }) => endpoint === 'predict' || endpoint === 'models';
  return {
    time,
    start: sumOf(measured, 'process_start_time_seconds'),
    requests: sumOf(measured, 'lifecycle_requests_total', predicts),
    errors: sumOf(measured, 'lifecycle_requests_total', (one) => predicts(one) && (one['code'] ?? '').startsWith('5')),
    cpu: sumOf(measured, 'process_cpu_seconds_total'),
    buckets: bucketsOf(measured, 'lifecycle_request_seconds', predicts),
    versions: versionsOf(measured),
  };
}

/** What happened between two looks; without the first one since the server began. */
export function figuresBetween(before: ServiceSnapshot | undefined, now: ServiceSnapshot): ServiceFigures {
  const begin = before === undefined ? now.start : Date.parse(before.time) / 1000;
  const seconds = Date.parse(now.time) / 1000 - begin;
  const requests = now.requests - (before?.requests ?? 0);
  const errors = now.errors - (before?.errors ?? 0);
  const cumulative = since(now.buckets, before?.buckets);
  const versions = (now.versions ?? []).flatMap((version) => {
    const earlier = before?.versions?.find((one) => one.model === version.model && one.version === version.version);
    const figures = versionFigures(earlier, version, seconds);
    return figures.requests > 0 ? [figures] : [];
  });
  return {
    requests,
    'per-minute': perMinute(requests, seconds),
    errors,
    'error-rate': requests > 0 ? errors / requests : null,
    ...latencyOf(cumulative),
    cpu: seconds > 0 ? (now.cpu - (before?.cpu ?? 0)) / seconds : null,
    ...(versions.length > 0 && { versions }),
  };
}

function versionFigures(
  before: VersionSnapshot | undefined,
  now: VersionSnapshot,
  seconds: number,
): NonNullable<ServiceFigures['versions']>[number] {
  const requests = now.requests - (before?.requests ?? 0);
  const errors = now.errors - (before?.errors ?? 0);
  return {
    model: now.model,
    version: now.version,
    requests,
    rows: now.rows - (before?.rows ?? 0),
    'per-minute': perMinute(requests, seconds),
    errors,
    'error-rate': requests > 0 ? errors / requests : null,
    ...latencyOf(since(now.buckets, before?.buckets)),
  };
}

/** Of a moment nobody can tell: a server that has just begun was not asked yet. */
export function perMinute(requests: number, seconds: number): number | null {
  return seconds >= MINUTE ? (requests * 60) / seconds : null;
}

/** Counts since an earlier look. */
function since(now: Buckets, before: Buckets | undefined): Buckets {
  // JSON, as the snapshot is kept between looks, has null in place of the last bound.
  const earlier = new Map((before ?? []).map(([bound, count]) => [(bound as number | null) ?? Infinity, count]));
  return now.map(([bound, count]) => [bound, count - (earlier.get(bound) ?? 0)] as const);
}

function latencyOf(cumulative: Buckets): Pick<ServiceFigures, 'p50' | 'p95' | 'p99' | 'latency'> {
  return {
    p50: quantileOfBuckets(cumulative, 0.5),
    p95: quantileOfBuckets(cumulative, 0.95),
    p99: quantileOfBuckets(cumulative, 0.99),
    latency: cumulative.map(([bound, count], i) => ({
      to: Number.isFinite(bound) ? bound : null,
      count: count - (cumulative[i - 1]?.[1] ?? 0),
    })),
  };
}

/** The cumulative counts of a histogram, its series that are kept summed up. */
function bucketsOf(
  measured: readonly Measured[],
  name: string,
  keep: (labels: Measured['labels']) => boolean,
): Buckets {
  const bounds = new Map<number, number>();
  for (const one of measured) {
    if (one.name !== `${name}_bucket` || !keep(one.labels)) continue;
    const bound = one.labels['le'] === '+Inf' ? Infinity : Number(one.labels['le']);
    bounds.set(bound, (bounds.get(bound) ?? 0) + one.value);
  }
  return [...bounds].sort((a, b) => a[0] - b[0]);
}

/** What each version that the server tells of was asked, as deploy/serve/version.ts counts it. */
function versionsOf(measured: readonly Measured[]): VersionSnapshot[] {
  const found = new Map<string, { readonly model: string; readonly version: string }>();
  for (const { name, labels } of measured)
    if (name === 'lifecycle_predictions_total' && labels['model'] !== undefined && labels['version'] !== undefined)
      found.set(`${labels['model']}@${labels['version']}`, { model: labels['model'], version: labels['version'] });
  return [...found.values()].map(({ model, version }) => {
    const mine: Keep = (labels) => labels['model'] === model && labels['version'] === version;
    return {
      model,
      version,
      requests: sumOf(measured, 'lifecycle_predictions_total', mine),
      errors: sumOf(
        measured,
        'lifecycle_predictions_total',
        (labels) => mine(labels) && labels['outcome'] === 'failed',
      ),
      rows: sumOf(measured, 'lifecycle_rows_total', mine),
      buckets: bucketsOf(measured, 'lifecycle_prediction_seconds', mine),
    };
  });
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
