import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentEntry, DeploymentTarget, DeployStage, RolloutState } from '../../schemas/generated/types';
import { outward } from '../net/outward';
import { UserError } from '../problem';
import { listFolder, readJson, writeAtomic } from '../process/files';
import { waitForLock } from '../process/lock';
import { readBundle, verifyBundle } from '../store/bundle';
import { appendEntry, deploymentsFolder, liveHistory, readLedger, targetFolder, type NewEntry } from '../store/ledger';
import { liveFigures, type TrafficFile } from '../store/live';
import { findByDigest, findVersion, registerBundle, type RegisteredVersion } from '../store/registry';
import { apply, type ApplyOptions } from './apply';
import type { DeploymentPlan, Outcome, Placement } from './plan';
import { openRollout } from './rollout/record';
import { callDecide, isReady, livingServer } from './server';
import { targetKind } from './targets';
import { atTarget, type ResolvedTarget } from './targets-file';

/** What to deploy: a bundle folder, or a version in the registry (number, alias, `latest`). */
export type Deployable = { readonly bundle: string } | { readonly model: string; readonly version?: number | string };

export interface DeployOptions extends ApplyOptions {
  readonly target: ResolvedTarget;
  /** How it takes over from what is live; at once unless given. */
  readonly strategy?: DeployStage['strategy'];
  /** For the ledger. */
  readonly run?: string;
  readonly pipeline?: string;
  readonly stage?: string;
}

export interface Deployed {
  readonly entry: DeploymentEntry;
  readonly plan: DeploymentPlan;
  readonly url?: string;
  readonly output?: string;
  /** Rows scored. */
  readonly rows?: number;
}

const KEPT_FILE = 'target.json';

/** `target.json`: the settings a target had last, so that it can be rolled back without targets.yaml. */
interface KeptTarget {
  readonly format: 1;
  readonly settings: DeploymentTarget;
  readonly folder: string;
}

/** What a deployment would do. Changes nothing but the registry, into which a bundle folder goes first. */
export async function planDeployment(
  what: Deployable,
  options: Pick<DeployOptions, 'store' | 'target' | 'secret' | 'engine' | 'strategy'>,
): Promise<DeploymentPlan> {
  const version = await versionOf(what, options.store);
  const { target, strategy } = options;
  const how = strategy === undefined ? {} : { strategy };
  return planTarget(target, await placementOf(version, target, options, how));
}

/** Problems of a plan are those of the target: they say where it stands in targets.yaml. */
async function planTarget(target: ResolvedTarget, placement: Placement): Promise<DeploymentPlan> {
  try {
    return await targetKind(target.settings.kind).plan(target.settings, placement);
  } catch (error) {
    throw await atTarget(error, target);
  }
}

/**
 * Puts a bundle on a target: plans, applies, writes the ledger. When the same version with the same settings is live there already
 * nothing is done, and the entry is the one that put it there.
 *
 * @throws UserError what is wrong with the bundle, the target or the ledger; whatever was done before is undone
 */
export async function deployBundle(what: Deployable, options: DeployOptions): Promise<Deployed> {
  const version = await versionOf(what, options.store);
  const { strategy } = options;
  return place(
    version,
    options.target,
    options,
    { ...(strategy !== undefined && { strategy }) },
    {
      action: 'deploy',
      ...(options.run !== undefined && { run: options.run }),
      ...(options.pipeline !== undefined && { pipeline: options.pipeline }),
      ...(options.stage !== undefined && { stage: options.stage }),
    },
  );
}

/**
 * Puts the version back that was live on a target before, or a named one. While a roll-out goes on, that is what is taken back, and the
 * version that was live has all of the requests again.
 *
 * @throws UserError `nothing-before`, `deployment-unknown`, `version-unknown`
 */
export async function rollback(
  target: string,
  options: ApplyOptions & { readonly reason?: string; readonly to?: number | string },
): Promise<Deployed> {
  const { entries, problem } = await readLedger(options.store);
  if (problem) throw problem;
  const history = liveHistory(entries, target);
  const current = history.at(-1);
  if (current === undefined) throw await unknownDeployment(options.store, target);
  const tried = options.to === undefined ? await openRollout(options.store, target) : undefined;
  if (tried !== undefined && (await livingServer(options.store, target)) !== undefined)
    return endRollout(target, 'rolled-back', options);
  const before =
    options.to === undefined ? history.at(-2) : await findVersion(options.store, current.model, options.to);
  if (before === undefined) {
    throw new UserError({
      code: 'nothing-before',
      message: `There is nothing to roll back to: ${current.model} ${current.version} is the first on '${target}'.`,
      hint: 'Name a version with --to, or stop the deployment.',
    });
  }
  const name = 'name' in before ? before.name : before.model;
  const version =
    (await findByDigest(options.store, name, before.digest)) ??
    (await findVersion(options.store, name, before.version));
  if (version.digest !== before.digest) {
    throw new UserError({
      code: 'version-changed',
      message: `${name} ${before.version} in the registry is not what the ledger says was live.`,
      hint: 'Someone replaced it. Deploy a version that can be trusted.',
    });
  }
  const kept = await keptTarget(options.store, target);
  return place(
    version,
    kept,
    options,
    { back: true },
    {
      action: 'rollback',
      ...(options.reason !== undefined && { reason: options.reason }),
      ...(current.pipeline !== undefined && { pipeline: current.pipeline }),
      ...(current.stage !== undefined && { stage: current.stage }),
    },
  );
}

/**
 * Ends the roll-out that goes on at a target: the new version goes live, or is taken back.
 * @throws UserError `no-rollout`, `deployment-unknown`
 */
export async function endRollout(
  target: string,
  status: 'promoted' | 'rolled-back',
  options: { readonly store: string; readonly reason?: string },
): Promise<Deployed> {
  const { store } = options;
  const { entries } = await readLedger(store);
  if (liveHistory(entries, target).length === 0) throw await unknownDeployment(store, target);
  const reason = options.reason ?? (status === 'promoted' ? 'Promoted by hand.' : 'Taken back by hand.');
  await callDecide(targetFolder(store, target), status, reason);
  const entry = liveHistory((await readLedger(store)).entries, target).at(-1) as DeploymentEntry;
  const plan: DeploymentPlan = { target, kind: entry.kind as DeploymentTarget['kind'], actions: [], notes: [] };
  return { entry, plan, ...(entry.url !== undefined && { url: entry.url }) };
}

/** What {@link stopDeployment} would do; undefined when this kind of target has nothing to take away. Changes nothing. */
export async function planStop(
  target: string,
  options: Pick<ApplyOptions, 'store' | 'secret' | 'engine'>,
): Promise<DeploymentPlan | undefined> {
  const { entries, problem } = await readLedger(options.store);
  if (problem) throw problem;
  const current = liveHistory(entries, target).at(-1);
  if (current === undefined) throw await unknownDeployment(options.store, target);
  const kept = await keptTarget(options.store, target);
  const kind = targetKind(kept.settings.kind);
  if (kind.remove === undefined) return kind.stop?.(options.store, target);
  return kind.remove(kept.settings, await placementOf(await versionOnRecord(current, options.store), kept, options));
}

/** Stops what runs on a target. @returns the ledger's entry, or undefined when nothing ran */
export async function stopDeployment(target: string, options: ApplyOptions): Promise<DeploymentEntry | undefined> {
  const { entries, problem } = await readLedger(options.store);
  if (problem) throw problem;
  const current = liveHistory(entries, target).at(-1);
  if (current === undefined) throw await unknownDeployment(options.store, target);
  return locked(options.store, target, async () => {
    const plan = await planStop(target, options);
    if (plan === undefined || plan.actions.length === 0) return undefined;
    await apply(plan, options);
    const { model, version, digest, kind, pipeline, stage } = current;
    return appendEntry(options.store, {
      action: 'stop',
      target,
      kind,
      model,
      version,
      digest,
      ...(pipeline !== undefined && { pipeline }),
      ...(stage !== undefined && { stage }),
    });
  });
}

export type Health =
  /** Answers and is ready. */
  | 'serving'
  /** Its process lives but does not answer. */
  | 'unhealthy'
  /** Was stopped on purpose. */
  | 'stopped'
  /** Its process is gone though nobody stopped it. */
  | 'dead'
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
  return {
    target,
    kind: entry.kind,
    model: entry.model,
    version: entry.version,
    digest: entry.digest,
    health: await healthOf(store, entry, stopped, server?.url),
    since: entry.time,
    ...((server?.url ?? entry.url) !== undefined && { url: server?.url ?? entry.url ?? '' }),
    ...(entry.output !== undefined && { output: entry.output }),
    ...(entry.pipeline !== undefined && { pipeline: entry.pipeline }),
    ...(entry.stage !== undefined && { stage: entry.stage }),
    ...(entry.run !== undefined && { run: entry.run }),
    by: entry.by,
    ...(before && { before: before.version, ...(before.model !== entry.model && { beforeModel: before.model }) }),
    ...(server && { pid: server.process.pid }),
    ...(now && entry.kind === 'local' && (await figuresOf(store, target))),
  };
}

async function figuresOf(store: string, target: string): Promise<Pick<Deployment, 'rollout' | 'traffic'>> {
  const { rollout, traffic } = await liveFigures(store, target);
  return { ...(rollout && { rollout }), ...(traffic && { traffic }) };
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

/** The version in the registry, which a bundle folder that is not there yet is put into. */
async function versionOf(what: Deployable, store: string): Promise<RegisteredVersion> {
  if ('model' in what) return findVersion(store, what.model, what.version ?? 'latest');
  const { name, digest } = await readBundle(what.bundle);
  return (await findByDigest(store, name, digest)) ?? registerBundle(store, what.bundle);
}

async function placementOf(
  version: RegisteredVersion,
  target: ResolvedTarget,
  options: Pick<ApplyOptions, 'store' | 'secret' | 'engine'>,
  how: Pick<Placement, 'strategy' | 'back' | 'origin'> = {},
): Promise<Placement> {
  const { kind } = target.settings;
  const strategy = typeof how.strategy === 'string' ? how.strategy : how.strategy?.kind;
  if (strategy !== undefined && strategy !== 'all-at-once' && targetKind(kind).rollouts !== true) {
    throw new UserError({
      code: 'strategy-unsupported',
      message: `The target '${target.name}' (${kind}) can't do '${strategy}': there a version takes over all at once.`,
      hint: 'Leave `strategy` out, or deploy to a target of kind local.',
      path: ['strategy'],
    });
  }
  const { model } = await verifyBundle(version.folder, { digest: version.digest });
  const { secret } = options;
  return {
    store: options.store,
    outward: outward(async (name) => (await secret?.(name)) ?? process.env[name]),
    ...(options.engine !== undefined && { engine: options.engine }),
    target: target.name,
    folder: target.folder,
    model: {
      name: version.name,
      version: version.version,
      digest: version.digest,
      folder: version.folder,
      inputs: model.inputs.map(({ name }) => name),
    },
    ...how,
  };
}

async function place(
  version: RegisteredVersion,
  target: ResolvedTarget,
  options: ApplyOptions,
  how: Pick<Placement, 'strategy' | 'back'>,
  more: Pick<NewEntry, 'action'> & Partial<NewEntry>,
): Promise<Deployed> {
  const { store } = options;
  return locked(store, target.name, async () => {
    const { entries, problem } = await readLedger(store);
    if (problem) throw problem;
    const kind = targetKind(target.settings.kind);
    const { run, pipeline, stage } = more;
    const placement = await placementOf(version, target, options, {
      ...how,
      origin: {
        ...(run !== undefined && { run }),
        ...(pipeline !== undefined && { pipeline }),
        ...(stage !== undefined && { stage }),
      },
    });
    const plan = await planTarget(target, placement);
    const applied = await apply(plan, options);
    const outcome: Outcome = await kind.outcome(target.settings, placement);
    const kept: KeptTarget = { format: 1, settings: target.settings, folder: target.folder };
    await writeAtomic(join(targetFolder(store, target.name), KEPT_FILE), JSON.stringify(kept, null, 2) + '\n');
    const live = liveHistory(entries, target.name).at(-1);
    const tried = plan.rollout;
    const now = tried?.live ?? version;
    const unchanged = plan.actions.length === 0 && live?.digest === now.digest && live.model === now.name;
    const entry = unchanged
      ? live
      : await appendEntry(store, {
          ...more,
          ...(tried && {
            action: 'rollout',
            candidate: { version: version.version, digest: version.digest },
            strategy: tried.strategy,
            rollout: tried.id,
          }),
          target: target.name,
          kind: target.settings.kind,
          model: now.name,
          version: now.version,
          digest: now.digest,
          ...(outcome.url !== undefined && { url: outcome.url }),
          ...(outcome.output !== undefined && { output: outcome.output }),
          ...(outcome.image !== undefined && { image: outcome.image }),
        });
    return { entry, plan, ...outcome, ...applied };
  });
}

/** The version that an entry of the ledger speaks of. */
async function versionOnRecord(entry: DeploymentEntry, store: string): Promise<RegisteredVersion> {
  return (await findByDigest(store, entry.model, entry.digest)) ?? findVersion(store, entry.model, entry.version);
}

async function keptTarget(store: string, target: string): Promise<ResolvedTarget> {
  const kept = await readJson<KeptTarget>(join(targetFolder(store, target), KEPT_FILE));
  if (kept?.format === 1) return { name: target, settings: kept.settings, folder: kept.folder };
  throw await unknownDeployment(store, target);
}

async function unknownDeployment(store: string, target: string): Promise<UserError> {
  const { entries } = await readLedger(store);
  const targets = [...new Set(entries.map((entry) => entry.target))];
  return new UserError({
    code: 'deployment-unknown',
    message: `Nothing was deployed to '${target}'.`,
    hint:
      targets.length > 0
        ? `There are deployments on ${targets.join(', ')}.`
        : '`lifecycle deploy` puts a bundle on a target.',
  });
}

/** One deployment to a target at a time. */
/** Does something to a target that nobody else may be at. */
export async function locked<T>(store: string, target: string, work: () => Promise<T>): Promise<T> {
  const folder = targetFolder(store, target);
  await mkdir(folder, { recursive: true });
  const lock = await waitForLock(join(folder, '.lock'), `deployment to ${target}`, { interval: 50 });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** Names of the targets that something was deployed to. */
export async function targetNames(store: string): Promise<string[]> {
  const names = (await listFolder(deploymentsFolder(store))).filter((name) => /^[A-Za-z][\w-]*$/.test(name));
  const kept = await Promise.all(names.map((name) => readJson<KeptTarget>(join(targetFolder(store, name), KEPT_FILE))));
  return names.filter((_, i) => kept[i]?.format === 1);
}
