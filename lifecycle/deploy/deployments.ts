import { join } from 'node:path';
import type { DeploymentEntry, RolloutState } from '../../schemas/generated/types';
import type { UserError } from '../problem';
import { listFolder, readJson } from '../process/files';
import type { Elsewhere } from '../store/elsewhere';
import { deploymentsFolder, liveHistory, readLedger, targetFolder } from '../store/ledger';
import { liveFigures, type TrafficFile } from '../store/live';
import { KEPT_FILE, type KeptTarget } from './placement';
import { isReady, livingServer } from './server';

export type Health =
  /** Answers and is ready. */
  | 'serving'
  /** Its process lives but does not answer. */
  | 'unhealthy'
  /** Was stopped on purpose. */
  | 'stopped'
  /** Its process is gone though nobody stopped it. */
  | 'dead'
  /** Its server was started for another folder, of which this is a copy, or from where it was moved. */
  | 'elsewhere'
  /** A batch whose output is there. */
  | 'done'
  /** A batch whose output is gone. */
  | 'missing'
  /** Was put on a target beyond this machine, which was not asked. */
  | 'deployed';

export interface Deployment {
  readonly target: string;
  readonly kind: string;
  readonly model: string;
  readonly version: number;
  readonly digest: string;
  readonly health: Health;
  /** When this version went live. */
  readonly since: string;
  readonly url?: string;
  /** Whose server it is, where that is another folder's. */
  readonly elsewhere?: Elsewhere;
  readonly output?: string;
  readonly pipeline?: string;
  readonly stage?: string;
  readonly run?: string;
  readonly by: string;
  /** The version that a rollback would put back. */
  readonly before?: number;
  /** The model of that version, where it is another one. */
  readonly beforeModel?: string;
  /** Process of the server. */
  readonly pid?: number;
  /** The roll-out that goes on there, or the last one. */
  readonly rollout?: RolloutState;
  /** What its versions were asked in the last minute. */
  readonly traffic?: TrafficFile;
}

/**
 * What is live on each target, with its health; newest first. `problem` says that the ledger is broken: then the list ends where it broke.
 * @param options.at what was live at that moment; without health
 */
export async function listDeployments(
  store: string,
  options: { readonly at?: Date } = {},
): Promise<{ deployments: Deployment[]; problem?: UserError }> {
  const { entries, problem } = await readLedger(store);
  const until = options.at?.toISOString();
  const seen = until === undefined ? entries : entries.filter(({ time }) => time <= until);
  const targets = [...new Set(seen.map(({ target }) => target))];
  const deployments = await Promise.all(targets.map((target) => describe(store, target, seen, until === undefined)));
  deployments.sort((a, b) => (a.since < b.since ? 1 : -1));
  return { deployments, ...(problem && { problem }) };
}

async function describe(
  store: string,
  target: string,
  entries: readonly DeploymentEntry[],
  now: boolean,
): Promise<Deployment> {
  const history = liveHistory(entries, target);
  const entry = history.at(-1) as DeploymentEntry;
  const stopped = entries.findLast((one) => one.target === target)?.action === 'stop';
  const server = now && entry.kind === 'local' ? await livingServer(store, target) : undefined;
  const before = history.at(-2);
  const figures = now && entry.kind === 'local' ? await figuresOf(store, target) : {};
  const elsewhere = stopped ? undefined : figures.elsewhere;
  return {
    target,
    kind: entry.kind,
    model: entry.model,
    version: entry.version,
    digest: entry.digest,
    health: elsewhere ? 'elsewhere' : await healthOf(store, entry, stopped, server?.url),
    since: entry.time,
    ...((server?.url ?? entry.url) !== undefined && !elsewhere && { url: server?.url ?? entry.url ?? '' }),
    ...(elsewhere && { elsewhere }),
    ...(entry.output !== undefined && { output: entry.output }),
    ...(entry.pipeline !== undefined && { pipeline: entry.pipeline }),
    ...(entry.stage !== undefined && { stage: entry.stage }),
    ...(entry.run !== undefined && { run: entry.run }),
    by: entry.by,
    ...(before && { before: before.version, ...(before.model !== entry.model && { beforeModel: before.model }) }),
    ...(server && { pid: server.process.pid }),
    ...(figures.rollout && { rollout: figures.rollout }),
    ...(figures.traffic && { traffic: figures.traffic }),
  };
}

async function figuresOf(
  store: string,
  target: string,
): Promise<Pick<Deployment, 'rollout' | 'traffic' | 'elsewhere'>> {
  const { rollout, traffic, elsewhere } = await liveFigures(store, target);
  return { ...(rollout && { rollout }), ...(traffic && { traffic }), ...(elsewhere && { elsewhere }) };
}

async function healthOf(
  store: string,
  entry: DeploymentEntry,
  stopped: boolean,
  url: string | undefined,
): Promise<Health> {
  if (stopped && entry.kind !== 'local') return 'stopped';
  if (entry.output !== undefined) {
    const { stat } = await import('node:fs/promises');
    return stat(entry.output).then(
      () => 'done',
      () => 'missing',
    );
  }
  if (entry.kind !== 'local') return 'deployed';
  if (url !== undefined) return (await isReady(store, entry.target)) ? 'serving' : 'unhealthy';
  return stopped ? 'stopped' : 'dead';
}

/** Names of the targets that something was deployed to. */
export async function targetNames(store: string): Promise<string[]> {
  const names = (await listFolder(deploymentsFolder(store))).filter((name) => /^[A-Za-z][\w-]*$/.test(name));
  const kept = await Promise.all(names.map((name) => readJson<KeptTarget>(join(targetFolder(store, name), KEPT_FILE))));
  return names.filter((_, i) => kept[i]?.format === 1);
}
