import type { StageManifest } from '../../schemas/generated/types';
import { readJson, writeAtomic } from '../process/files';
import { storePaths } from './layout';
import type { StageSummary } from './summary';

/** The kept result of a fingerprint, if there is one. It says nothing of whether the artifact is still whole. */
export async function findManifest(store: string, fingerprint: string): Promise<StageManifest | undefined> {
  const manifest = await readJson<StageManifest>(storePaths.manifest(store, fingerprint));
  return manifest?.format === 1 && manifest.fingerprint === fingerprint ? manifest : undefined;
}

/** Keeps a result. From here on the stage is finished, whatever happens to the run. */
export async function keepManifest(store: string, pipeline: string, manifest: StageManifest): Promise<void> {
  await writeAtomic(storePaths.manifest(store, manifest.fingerprint), JSON.stringify(manifest) + '\n');
  await pointLatest(store, pipeline, manifest.stage, manifest.fingerprint);
}

/** Remembers which result a stage had last, made or reused. */
export async function pointLatest(store: string, pipeline: string, stage: string, fingerprint: string): Promise<void> {
  const path = storePaths.latest(store, pipeline, stage);
  if ((await readJson<{ fingerprint: string }>(path))?.fingerprint === fingerprint) return;
  await writeAtomic(path, JSON.stringify({ fingerprint }) + '\n');
}

/** The result that a stage of that name had last: to tell what changed, and for views. */
export async function latestManifest(
  store: string,
  pipeline: string,
  stage: string,
): Promise<StageManifest | undefined> {
  const pointer = await readJson<{ fingerprint?: unknown }>(storePaths.latest(store, pipeline, stage));
  return typeof pointer?.fingerprint === 'string' ? findManifest(store, pointer.fingerprint) : undefined;
}

/** The artifact of a stage of a run, also of one that says only by which fingerprint it is kept. */
export async function artifactOf(store: string, { artifact, fingerprint }: StageSummary): Promise<string | undefined> {
  if (artifact !== undefined) return artifact;
  return fingerprint === undefined ? undefined : (await findManifest(store, fingerprint))?.artifact;
}
