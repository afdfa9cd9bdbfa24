import { join } from 'node:path';
import type { DeploymentEntry, DeploymentTarget } from '../../schemas/generated/types';
import { outward } from '../net/outward';
import { UserError } from '../problem';
import { readJson, writeAtomic } from '../process/files';
import { readBundle, verifyBundle } from '../store/bundle';
import { readLedger, targetFolder } from '../store/ledger';
import { findByDigest, findVersion, registerBundle, type RegisteredVersion } from '../store/registry';
import { type Applied, apply, type ApplyOptions } from './apply';
import type { DeploymentPlan, Placement } from './plan';
import { targetKind } from './targets';
import { atTarget, type ResolvedTarget } from './targets-file';

/** What to deploy: a bundle folder, or a version in the registry (number, alias, `latest`). */
export type Deployable = { readonly bundle: string } | { readonly model: string; readonly version?: number | string };

/** What looking at a target takes. */
export type Asking = Pick<ApplyOptions, 'store' | 'secret' | 'engine' | 'pauses'>;

/** The version in the registry, which a bundle folder that is not there yet is put into. */
export async function versionOf(what: Deployable, store: string): Promise<RegisteredVersion> {
  if ('model' in what) return findVersion(store, what.model, what.version ?? 'latest');
  const { name, digest } = await readBundle(what.bundle);
  return (await findByDigest(store, name, digest)) ?? registerBundle(store, what.bundle);
}

export async function placementOf(
  version: RegisteredVersion,
  target: ResolvedTarget,
  options: Asking,
  how: Pick<Placement, 'strategy' | 'back' | 'origin' | 'image'> = {},
): Promise<Placement> {
  const { kind } = target.settings;
  const strategy = typeof how.strategy === 'string' ? how.strategy : how.strategy?.kind;
  if (strategy !== undefined && strategy !== 'all-at-once' && targetKind(kind).rollouts !== true) {
    throw new UserError({
      code: 'strategy-unsupported',
      message: `The target '${target.name}' (${kind}) can't do '${strategy}': there a version takes over all at once.`,
      hint: OWN_WAYS[kind] ?? 'Leave `strategy` out, or deploy to a target of kind local.',
      path: ['strategy'],
    });
  }
  const { model } = await verifyBundle(version.folder, { digest: version.digest });
  const { secret } = options;
  return {
    store: options.store,
    outward: outward(async (name) => (await secret?.(name)) ?? process.env[name], options.pauses),
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

/** How a version takes over step by step where the service itself does that. */
const OWN_WAYS: Partial<Record<DeploymentTarget['kind'], string>> = {
  sagemaker: 'Leave `strategy` out: `canary` and `alarms` of the target in targets.yaml do it there.',
  'vertex-ai': 'Leave `strategy` out: `traffic` of the target in targets.yaml gives a new version its share.',
  'azure-ml': 'Leave `strategy` out: `traffic` of the target in targets.yaml gives a new version its share.',
  kubernetes: 'Leave `strategy` out: pods are replaced one by one, and put back when the new ones do not become ready.',
};

/** Problems of a plan are those of the target: they say where it stands in targets.yaml. */
export async function planTarget(target: ResolvedTarget, placement: Placement): Promise<DeploymentPlan> {
  try {
    const plan = await targetKind(target.settings.kind).plan(target.settings, placement);
    const left = plan.actions.length === 0 ? undefined : await formerPlace(target, placement);
    return left === undefined ? plan : { ...plan, notes: [...plan.notes, left] };
  } catch (error) {
    throw await blamed(error, target);
  }
}

/** Says when a target led elsewhere until now: what is there stays there. */
async function formerPlace({ name, settings }: ResolvedTarget, placement: Placement): Promise<string | undefined> {
  const kept = await readJson<KeptTarget>(join(targetFolder(placement.store, name), KEPT_FILE));
  if (kept?.format !== 1) return undefined;
  const { entries } = await readLedger(placement.store);
  if (entries.findLast(({ target }) => target === name)?.action === 'stop') return undefined;
  const former = targetKind(kept.settings.kind).place?.(kept.settings, placement);
  const now = targetKind(settings.kind).place?.(settings, placement);
  if (former === undefined || former === now) return undefined;
  return `'${name}' was ${former} until now. That stays there, and may cost money: \`lifecycle stop ${name}\` before this deployment takes it away.`;
}

/** Carries a plan out. A refusal by a service is shown at the setting that it is about. */
export async function applyTo(target: ResolvedTarget, plan: DeploymentPlan, options: ApplyOptions): Promise<Applied> {
  try {
    return await apply(plan, options);
  } catch (error) {
    throw error instanceof UserError && BLAMED.has(error.problem.code) ? await blamed(error, target) : error;
  }
}

async function blamed(error: unknown, target: ResolvedTarget): Promise<unknown> {
  if (!(error instanceof UserError)) return error;
  const { blame = [] } = targetKind(target.settings.kind);
  // What stands before is ours.
  const theirs = error.problem.message.replace(/^.*?: /, '');
  const path =
    error.problem.path ??
    (BLAMED.has(error.problem.code) ? blame.find(([words]) => words.test(theirs))?.[1] : undefined);
  return atTarget(new UserError({ ...error.problem, ...(path && { path: [...path] }) }), target);
}

/** Problems that a setting of the target may be to blame for. */
const BLAMED: ReadonlySet<string> = new Set([
  'request-refused',
  'credentials-refused',
  'credentials-expired',
  'credentials-missing',
  'quota-exceeded',
  'deployment-failed',
  'registry-refused',
]);

export const KEPT_FILE = 'target.json';

/** `target.json`: the settings a target had last, so that it can be rolled back without targets.yaml. */
export interface KeptTarget {
  readonly format: 1;
  readonly settings: DeploymentTarget;
  readonly folder: string;
}

/** The version that an entry of the ledger speaks of. */
export async function versionOnRecord(entry: DeploymentEntry, store: string): Promise<RegisteredVersion> {
  return (await findByDigest(store, entry.model, entry.digest)) ?? findVersion(store, entry.model, entry.version);
}

export async function keptTarget(store: string, target: string): Promise<ResolvedTarget> {
  const kept = await readJson<KeptTarget>(join(targetFolder(store, target), KEPT_FILE));
  if (kept?.format === 1) return { name: target, settings: kept.settings, folder: kept.folder };
  throw await unknownDeployment(store, target);
}

export async function unknownDeployment(store: string, target: string): Promise<UserError> {
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

/** Keeps the settings that a target had. */
export async function keepTarget(store: string, { name, settings, folder }: ResolvedTarget): Promise<void> {
  const kept: KeptTarget = { format: 1, settings, folder };
  await writeAtomic(join(targetFolder(store, name), KEPT_FILE), JSON.stringify(kept, null, 2) + '\n');
}
