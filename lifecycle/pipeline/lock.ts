import { basename, dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';

/** What is remembered of a stage beside its pipeline. */
export interface LockedStage {
  readonly fingerprint: string;
  /** Headline metrics. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/**
 * The small file beside a pipeline that may be committed: which result each stage had, with its headline metrics. "Since the last commit" reads
 * the committed one.
 */
export interface Lock {
  readonly lifecycle: 1;
  readonly stages: Readonly<Record<string, LockedStage>>;
}

/** `churn.pipeline.yaml` → `churn.lock.yaml` beside it. */
export function lockPath(pipeline: string): string {
  return join(
    dirname(pipeline),
    `${basename(pipeline).replace(/\.(?:pipeline\.ya?ml|lifecycle\.md|ya?ml|md)$/i, '')}.lock.yaml`,
  );
}

/** Reads a lock; undefined when it is none of ours, or from a newer version. Never fails: a lock only informs. */
export function readLock(text: string): Lock | undefined {
  try {
    const value: unknown = parse(text, { maxAliasCount: 0, logLevel: 'silent', version: '1.2' });
    if (!isMap(value) || value['lifecycle'] !== 1 || !isMap(value['stages'])) return undefined;
    const stages: Record<string, LockedStage> = {};
    for (const [name, entry] of Object.entries(value['stages'])) {
      if (!isMap(entry) || typeof entry['fingerprint'] !== 'string' || name === '__proto__') continue;
      const metrics = isMap(entry['metrics'])
        ? Object.fromEntries(
            Object.entries(entry['metrics']).filter((pair): pair is [string, number] => typeof pair[1] === 'number'),
          )
        : undefined;
      stages[name] = { fingerprint: entry['fingerprint'], ...(metrics && { metrics }) };
    }
    return { lifecycle: 1, stages };
  } catch {
    return undefined;
  }
}

/** Why a file may not be written over by a lock: it is of a newer version, or none of ours. What is ours may be damaged, as a merge leaves it. */
export function whyKeep(text: string): string | undefined {
  const format = Number(/^lifecycle: (\d+)/m.exec(text)?.[1] ?? Number.NaN);
  if (format > 1) return `it is of format ${format}, and this version of ML Lifecycle writes format 1`;
  return text.trim() === '' || text.startsWith(HEAD) || format === 1 ? undefined : 'it is no lock file of ML Lifecycle';
}

const HEAD = '# Results of the last run. Written by ML Lifecycle';

/** The text of a lock: stages in the order given, metrics by name, so that equal content gives equal bytes. */
export function writeLock(lock: Lock): string {
  const stages = Object.fromEntries(
    Object.entries(lock.stages).map(([name, { fingerprint, metrics }]) => [
      name,
      {
        fingerprint,
        ...(metrics &&
          Object.keys(metrics).length > 0 && {
            metrics: Object.fromEntries(Object.entries(metrics).sort(([a], [b]) => (a < b ? -1 : 1))),
          }),
      },
    ]),
  );
  return `${HEAD}; commit it to see later what changed.\n${stringify({ lifecycle: lock.lifecycle, stages }, { lineWidth: 0, version: '1.2' })}`;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
