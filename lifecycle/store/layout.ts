import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../problem';
import { errorCode, readText, writeAtomic } from '../process/files';
import { ENGINE_VERSION } from './version';

/** Format of the store that this engine writes. Raised when an older engine would misread what a newer one wrote. */
export const STORE_FORMAT = 1;

/**
 * Where things are in a store. Every function of this folder takes the store as the absolute path of its folder (`.lifecycle`).
 * ```
 * format.json  .gitignore
 * runs/ID/{run.json, events.jsonl, record.json, log.txt, lease, cancel, control.json}    ID is PARENT.STAGE-N for a trial of a search
 * cache/AA/FINGERPRINT.json     a stage's kept result (StageManifest)
 * latest/PIPELINE/STAGE.json    which fingerprint a stage had last, to tell why it re-runs
 * artifacts/AA/HASH/…           results by content, read-only
 * trials/AA/KEY.json            what a trial of a search told, so that a search goes on where it was killed
 * locks/NAME/…  tmp/OWNER/…  hashes.json
 * ```
 */
export const storePaths = {
  format: (store: string) => join(store, 'format.json'),
  runs: (store: string) => join(store, 'runs'),
  run: (store: string, id: string) => join(store, 'runs', id),
  manifest: (store: string, fingerprint: string) =>
    join(store, 'cache', fingerprint.slice(0, 2), `${fingerprint}.json`),
  latest: (store: string, pipeline: string, stage: string) => join(store, 'latest', pipeline, `${stage}.json`),
  artifact: (store: string, hash: string) => join(store, 'artifacts', hash.slice(0, 2), hash),
  trial: (store: string, key: string) => join(store, 'trials', key.slice(0, 2), `${key}.json`),
  lock: (store: string, name: string) => join(store, 'locks', name),
  temporary: (store: string) => join(store, 'tmp'),
  hashes: (store: string) => join(store, 'hashes.json'),
} as const;

/** What was found of a store. */
export interface StoreState {
  readonly store: string;
  /** Format on disk; undefined when there is no store yet. */
  readonly format: number | undefined;
  /** True when a newer engine made it: it may be looked at, but nothing is written. */
  readonly newer: boolean;
}

/** Looks at a store without changing anything. */
export async function inspectStore(store: string): Promise<StoreState> {
  const text = await readText(storePaths.format(store));
  if (text === undefined) return { store, format: undefined, newer: false };
  const format = formatOf(text);
  if (format === undefined) {
    throw new UserError({
      code: 'store-damaged',
      message: `${storePaths.format(store)} can't be read, so it is unknown which version of ML Lifecycle wrote this store.`,
      hint: `Put {"format": ${STORE_FORMAT}} into it if this version did, or move the folder away to begin a new store.`,
      file: storePaths.format(store),
    });
  }
  return { store, format, newer: format > STORE_FORMAT };
}

function formatOf(text: string): number | undefined {
  try {
    const { format } = JSON.parse(text) as { format?: unknown };
    return typeof format === 'number' && Number.isInteger(format) && format > 0 ? format : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes a store ready for writing.
 * @throws {UserError} `store-newer`, `store-damaged`, `store-not-a-folder`
 */
export async function openStore(store: string): Promise<void> {
  const state = await inspectStore(store);
  if (state.newer) {
    throw new UserError({
      code: 'store-newer',
      message: `The store ${store} has format ${state.format}; this version of ML Lifecycle (${ENGINE_VERSION}) writes format ${STORE_FORMAT}.`,
      hint: 'Update ML Lifecycle, or set another `store:` in lifecycle.yaml. Runs of this store can still be looked at.',
      file: storePaths.format(store),
    });
  }
  if (state.format !== undefined) return;
  await makeFolder(store);
  await writeAtomic(join(store, '.gitignore'), '# Runs and results of ML Lifecycle; kept out of version control.\n*\n');
  await writeAtomic(storePaths.format(store), JSON.stringify({ format: STORE_FORMAT, engine: ENGINE_VERSION }) + '\n');
}

async function makeFolder(store: string): Promise<void> {
  try {
    await mkdir(store, { recursive: true });
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    throw new UserError({
      code: 'store-not-a-folder',
      message: `The store ${store} can't be made: there is a file in its place.`,
      hint: 'Move the file away, or set another `store:` in lifecycle.yaml.',
      file: store,
    });
  }
}
