import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentEntry, DeploymentTarget, DeployStage } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { waitForLock } from '../process/lock';
import { appendEntry, liveHistory, readLedger, targetFolder, type NewEntry } from '../store/ledger';
import { findByDigest, findVersion, type RegisteredVersion } from '../store/registry';
import { apply, type ApplyOptions } from './apply';
import {
  applyTo,
  type Asking,
  type Deployable,
  keepTarget,
  keptTarget,
  placementOf,
  planTarget,
  unknownDeployment,
  versionOf,
  versionOnRecord,
} from './placement';
import type { DeploymentPlan, Outcome, Placement } from './plan';
import { openRollout } from './rollout/record';
import { callDecide, livingServer } from './server';
import { targetKind } from './targets';
import type { ResolvedTarget } from './targets-file';

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

/** What a deployment would do. Changes nothing but the registry, into which a bundle folder goes first. */
export async function planDeployment(
  what: Deployable,
  options: Asking & Pick<DeployOptions, 'target' | 'strategy'>,
): Promise<DeploymentPlan> {
  const version = await versionOf(what, options.store);
  const { target, strategy } = options;
  const how = strategy === undefined ? {} : { strategy };
  return planTarget(target, await placementOf(version, target, options, how));
}

/** {@link planDeployment} once a service that is busy has ended what it does: the whole of what is left to do. */
export async function settledPlan(what: Deployable, options: DeployOptions): Promise<DeploymentPlan> {
  let plan = await planDeployment(what, options);
  for (let i = 0; plan.again === true && i < MOST_WAITS; i++) {
    await applyTo(options.target, plan, options);
    plan = await planDeployment(what, options);
  }
  return plan;
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
export async function planStop(target: string, options: Asking): Promise<DeploymentPlan | undefined> {
  const { entries, problem } = await readLedger(options.store);
  if (problem) throw problem;
  const current = liveHistory(entries, target).at(-1);
  if (current === undefined) throw await unknownDeployment(options.store, target);
  const kept = await keptTarget(options.store, target);
  const kind = targetKind(kept.settings.kind);
  if (kind.remove === undefined) return kind.stop?.(options.store, target);
  return kind.remove(kept.settings, await placementOf(await versionOnRecord(current, options.store), kept, options));
}

/**
 * What former versions left on a target, as a plan that deletes it; undefined where this kind of target leaves nothing behind. What is live, and the
 * versions that a rollback goes back to, stay. Changes nothing.
 *
 * @param keep how many versions stay, the live one counted
 */
export async function planTidying(target: string, keep: number, options: Asking): Promise<DeploymentPlan | undefined> {
  const { entries, problem } = await readLedger(options.store);
  if (problem) throw problem;
  const history = liveHistory(entries, target);
  const current = history.at(-1);
  if (current === undefined) throw await unknownDeployment(options.store, target);
  const kept = await keptTarget(options.store, target);
  const kind = targetKind(kept.settings.kind);
  if (kind.leftovers === undefined) return undefined;
  const versions = new Set(history.slice(-Math.max(1, keep)).map(({ version }) => version));
  const placement = await placementOf(await versionOnRecord(current, options.store), kept, options);
  return kind.leftovers(kept.settings, placement, versions);
}

/** Deletes what {@link planTidying} names. What can't be deleted is left, and said. */
export async function tidy(target: string, keep: number, options: ApplyOptions): Promise<readonly string[]> {
  return locked(options.store, target, async () => {
    const plan = await planTidying(target, keep, options);
    return plan === undefined ? [] : ((await apply(plan, options)).left ?? []);
  });
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

/** How often a service may become busy again before it is given up. */
const MOST_WAITS = 5;

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
    let plan = await planTarget(target, placement);
    for (let i = 0; plan.again === true && i < MOST_WAITS; i++) {
      await applyTo(target, plan, options);
      plan = await planTarget(target, placement);
    }
    const { left = [], ...applied } = await applyTo(target, plan, options);
    const outcome: Outcome = await kind.outcome(target.settings, placement);
    await keepTarget(store, target);
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
    return { entry, plan: { ...plan, notes: [...plan.notes, ...left] }, ...outcome, ...applied };
  });
}

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
