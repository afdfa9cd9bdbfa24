import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageManifest } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { isMissing, listFolder, readJson, readText, removeTree } from '../process/files';
import { isAlive, machineName, type ProcessIdentity } from '../process/identity';
import { lockOwner, tryLock } from '../process/lock';
import { discard } from './artifacts';
import { readLabels } from './labels';
import { storePaths } from './layout';
import { liveHistory, readLedger } from './ledger';
import { isLook } from './newest';
import { allRetrainings, RETRAIN_ENDS } from './retraining';
import { listChildIds, listRuns, parentRunId, readRun, type RunEntry } from './runs';
import { WATCH_LOCK } from './watch';

/** One thing that garbage collection would remove. */
export interface Garbage {
  readonly kind: 'run' | 'result' | 'artifact' | 'leftover';
  /** Run id, fingerprint, artifact hash or name of a leftover. */
  readonly id: string;
  /** For people: `churn, 3 Nov 2026` or `trees (train)`. */
  readonly label: string;
  readonly path: string;
  readonly bytes: number;
}

/** What garbage collection would do. */
export interface GarbagePlan {
  readonly items: readonly Garbage[];
  readonly bytes: number;
  readonly keptRuns: number;
  /** Runs that are going: nothing is removed while there is one. */
  readonly running: readonly string[];
}

/**
 * What could go: runs beyond the newest `keepRuns`, where looks of a watch are counted apart so that they push out nothing else, and runs that carry a label or
 * that a retraining still waits on always stay; results that neither a kept run, nor a stage's latest result, nor the registry or a
 * deployment needs; artifacts that no kept result names; leftovers of processes that are dead. Changes nothing.
 */
export async function planGarbage(
  store: string,
  options: { keepRuns: number; without?: readonly string[] },
): Promise<GarbagePlan> {
  const runs = await listRuns(store);
  const running = runs.filter((run) => run.status === 'running');
  const unwanted = new Set(options.without);
  const cherished = await runsOfOthers(store);
  const counted = { looks: 0, others: 0 };
  const kept = runs.filter((run) => {
    const among = isLook(run) ? 'looks' : 'others';
    const young = counted[among]++ < options.keepRuns;
    return run.status === 'running' || (!unwanted.has(run.id) && (young || cherished.has(run.id)));
  });
  const items: Garbage[] = [];
  for (const run of runs) {
    if (kept.includes(run)) continue;
    const path = storePaths.run(store, run.id);
    // Its trials go before it, so that none is left without the run that it belongs to.
    for (const id of await listChildIds(store, run.id)) items.push(await trialOf(store, id));
    items.push({
      kind: 'run',
      id: run.id,
      label: `${run.info.pipeline}, ${run.info.created.slice(0, 16).replace('T', ' ')}, ${run.status}`,
      path,
      bytes: await sizeOf(path),
    });
  }
  const known = new Set(runs.map(({ id }) => id));
  for (const id of await listChildIds(store)) if (!known.has(parentRunId(id))) items.push(await trialOf(store, id));
  items.push(...(await forgottenTrials(store, new Set(kept.map(({ id }) => id)))));
  const needed = await neededFingerprints(store, kept);
  const pinned = await hashesNamedIn(store, ['registry', 'deployments', 'models']);
  const artifacts = new Set<string>(pinned);
  for (const { path, manifest } of await allManifests(store)) {
    if (needed.has(manifest.fingerprint) || pinned.has(manifest.artifact)) artifacts.add(manifest.artifact);
    else
      items.push({
        kind: 'result',
        id: manifest.fingerprint,
        label: `${manifest.stage} (${manifest.kind})`,
        path,
        bytes: await sizeOf(path),
      });
  }
  for (const hash of await twoLevels(join(store, 'artifacts'))) {
    if (artifacts.has(hash)) continue;
    const path = storePaths.artifact(store, hash);
    items.push({ kind: 'artifact', id: hash, label: hash.slice(0, 12), path, bytes: await sizeOf(path) });
  }
  for (const name of await deadLeftovers(store)) {
    const path = join(storePaths.temporary(store), name);
    items.push({ kind: 'leftover', id: name, label: name, path, bytes: await sizeOf(path) });
  }
  return {
    items,
    bytes: items.reduce((sum, item) => sum + item.bytes, 0),
    keptRuns: kept.length,
    running: running.map((run) => run.id),
  };
}

/**
 * Runs that somebody labelled, those that put out what is live, and those of retrainings that did not end yet: one may wait for days for a person to approve.
 * By the run that deployed a model a watch knows under which environment and parameters it was made.
 */
async function runsOfOthers(store: string): Promise<ReadonlySet<string>> {
  const labelled = [...(await readLabels(store))].filter(
    ([, { name, star, note, tags = [] }]) => name || star || note || tags.length > 0,
  );
  const open = (await allRetrainings(store)).filter(({ events }) => !events.some(({ step }) => RETRAIN_ENDS.has(step)));
  const runs = open.flatMap(({ events }) => events.flatMap(({ run }) => (run === undefined ? [] : [run])));
  const { entries } = await readLedger(store);
  const live = [...new Set(entries.map(({ target }) => target))].flatMap(
    (target) => liveHistory(entries, target).at(-1)?.run ?? [],
  );
  const own = new Map(
    entries.flatMap(({ pipeline, stage, target, run }) =>
      stage === undefined || run === undefined ? [] : [[`${pipeline} ${stage} ${target}`, run] as const],
    ),
  );
  return new Set([...labelled.map(([id]) => id), ...runs, ...live, ...own.values()]);
}

/** What would go with these runs: their folders, and the results and artifacts that nothing else needs. Changes nothing. */
export async function planRemoval(store: string, ids: readonly string[]): Promise<GarbagePlan> {
  const keepRuns = Infinity;
  const before = new Set((await planGarbage(store, { keepRuns })).items.map(({ path }) => path));
  const plan = await planGarbage(store, { keepRuns, without: ids });
  const items = plan.items.filter(({ path }) => !before.has(path));
  return { ...plan, items, bytes: items.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/**
 * Removes what {@link planRemoval} finds.
 * @throws {UserError} `store-in-use` while a run is going
 */
export function removeRuns(store: string, ids: readonly string[]): Promise<GarbagePlan> {
  return remove(store, () => planRemoval(store, ids));
}

/**
 * Removes what {@link planGarbage} finds. Runs first, then results, then artifacts, each taken away whole: wherever it is interrupted,
 * no result is left that names a missing artifact for long, and a run that meets one makes it anew.
 * @throws {UserError} `store-in-use` while a run is going
 */
export function collectGarbage(store: string, options: { keepRuns: number }): Promise<GarbagePlan> {
  return remove(store, () => planGarbage(store, options));
}

async function remove(store: string, planned: () => Promise<GarbagePlan>): Promise<GarbagePlan> {
  const taken = await tryLock(storePaths.lock(store, GC_LOCK), 'gc');
  if ('owner' in taken)
    throw new UserError({
      code: 'store-in-use',
      message: `Another garbage collection is going (process ${taken.owner.pid}).`,
    });
  try {
    const plan = await planned();
    // The watch holds its lock for as long as it lives; what it does in the store are runs, which have locks of their own and wait for this one.
    const held = (await listFolder(join(store, 'locks'))).filter((name) => name !== GC_LOCK && name !== WATCH_LOCK);
    const owners = (await Promise.all(held.map((name) => lockOwner(storePaths.lock(store, name))))).filter(
      (owner) => owner !== undefined,
    );
    if (owners.length > 0 || plan.running.length > 0) {
      const who = owners[0]?.purpose ?? plan.running[0] ?? '';
      throw new UserError({
        code: 'store-in-use',
        message: `Nothing was removed: ${who} is going.`,
        hint: 'Try again when it has ended, or end it with `lifecycle cancel`.',
      });
    }
    for (const item of plan.items) {
      if (item.kind === 'leftover') await removeTree(item.path);
      else await discard(store, item.path);
    }
    return plan;
  } finally {
    await taken.lock.release();
  }
}

/** Lock that garbage collection holds; a run waits for it before it looks for results to reuse. */
export const GC_LOCK = 'gc';

/** Says in `tmp/NAME/owner.json` whose leftovers the folder would be. Touched now and then by an owner that lives long. */
export interface TemporaryOwner extends ProcessIdentity {
  readonly host: string;
}

const REMOTE_PATIENCE = 90_000;
const UNOWNED_PATIENCE = 3_600_000;

/** Names in `tmp` whose owner is dead. What has no owner counts as dead after an hour. */
export async function deadLeftovers(store: string): Promise<string[]> {
  const folder = storePaths.temporary(store);
  const dead: string[] = [];
  for (const name of await listFolder(folder)) {
    const ownerFile = join(folder, name, 'owner.json');
    const owner = await readJson<TemporaryOwner>(ownerFile);
    const here = owner?.host === machineName();
    if (owner !== undefined && here) {
      if (!isAlive(owner)) dead.push(name);
      continue;
    }
    const touched = await stat(owner === undefined ? join(folder, name) : ownerFile).catch(() => undefined);
    const patience = owner === undefined ? UNOWNED_PATIENCE : REMOTE_PATIENCE;
    if (touched !== undefined && Date.now() - touched.mtimeMs > patience) dead.push(name);
  }
  return dead;
}

async function trialOf(store: string, id: string): Promise<Garbage> {
  const path = storePaths.run(store, id);
  return { kind: 'run', id, label: 'trial of a search', path, bytes: await sizeOf(path) };
}

/** What trials of runs that go told, by which a search could have gone on. */
async function forgottenTrials(store: string, kept: ReadonlySet<string>): Promise<Garbage[]> {
  const found: Garbage[] = [];
  for (const name of await twoLevels(join(store, 'trials'))) {
    const key = name.replace(/\.json$/, '');
    const path = storePaths.trial(store, key);
    const trial = await readJson<{ run?: unknown }>(path);
    if (typeof trial?.run === 'string' && kept.has(parentRunId(trial.run))) continue;
    found.push({ kind: 'result', id: key, label: 'result of a trial', path, bytes: await sizeOf(path) });
  }
  return found;
}

async function neededFingerprints(store: string, runs: readonly RunEntry[]): Promise<Set<string>> {
  const needed = new Set<string>();
  for (const run of runs) {
    const stages = run.record === undefined ? (await readRun(store, run.id)).stages : Object.values(run.record.stages);
    for (const stage of stages) if (stage.fingerprint !== undefined) needed.add(stage.fingerprint);
  }
  const latest = join(store, 'latest');
  for (const pipeline of await listFolder(latest)) {
    for (const stage of await listFolder(join(latest, pipeline))) {
      const pointer = await readJson<{ fingerprint?: string }>(join(latest, pipeline, stage));
      if (pointer?.fingerprint !== undefined) needed.add(pointer.fingerprint);
    }
  }
  return needed;
}

async function allManifests(store: string): Promise<{ path: string; manifest: StageManifest }[]> {
  const found: { path: string; manifest: StageManifest }[] = [];
  for (const name of await twoLevels(join(store, 'cache'))) {
    if (!name.endsWith('.json')) continue;
    const path = storePaths.manifest(store, name.slice(0, -'.json'.length));
    const manifest = await readJson<StageManifest>(path);
    if (manifest !== undefined) found.push({ path, manifest });
  }
  return found;
}

/** Names in the folders `AA` of a folder. */
async function twoLevels(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const prefix of await listFolder(folder)) names.push(...(await listFolder(join(folder, prefix))));
  return names;
}

/** Every SHA-256 that a text file under these folders mentions: whatever they name is kept, without knowing their formats. */
async function hashesNamedIn(store: string, folders: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const name of folders) {
    for (const path of await filesBelow(join(store, name))) {
      if (!/\.(json|jsonl|yaml)$/.test(path)) continue;
      for (const hash of ((await readText(path)) ?? '').match(/\b[0-9a-f]{64}\b/g) ?? []) found.add(hash);
    }
  }
  return found;
}

async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.size;
  const sizes = await Promise.all(
    (await filesBelow(path)).map(async (file) => (await stat(file).catch(() => undefined))?.size ?? 0),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
