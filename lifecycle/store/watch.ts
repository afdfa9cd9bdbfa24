import { join } from 'node:path';
import { readJson, writeAtomic } from '../process/files';
import { type LockOwner, lockOwner } from '../process/lock';
import { storePaths } from './layout';

/** `.lifecycle/monitor/watch.json`: what the watch daemon of a project does, or did last. */
export interface WatchState {
  readonly format: 1;
  /** Whether it should be running: a daemon that was killed is to be started again, one that was stopped is not. */
  readonly wanted: boolean;
  /** Absolute paths of the pipelines. */
  readonly files: readonly string[];
  /** Seconds between two looks. */
  readonly every: number;
  readonly started: string;
  readonly pid: number;
  /** Where its figures are for Prometheus. */
  readonly url?: string;
  /** The last look, and what came of it by pipeline. */
  readonly last?: string;
  readonly next?: string;
  readonly looks: number;
  /** When old looks were thinned out last. */
  readonly thinned?: string;
  readonly results: Readonly<Record<string, { readonly run?: string; readonly summary: string; readonly ok: boolean }>>;
}

export const watchPath = (store: string): string => join(store, 'monitor', 'watch.json');
/** A file that asks the daemon to stop. */
export const watchStopPath = (store: string): string => join(store, 'monitor', 'watch.stop');
export const watchLogPath = (store: string): string => join(store, 'monitor', 'watch.log');
/** Held by the daemon for as long as it lives. */
export const WATCH_LOCK = 'watch';
export const watchLock = (store: string): string => storePaths.lock(store, WATCH_LOCK);

/** State of the daemon, and the living process that holds its lock, if there is one. */
export async function readWatch(
  store: string,
): Promise<{ readonly state: WatchState | undefined; readonly owner: LockOwner | undefined }> {
  const state = await readJson<WatchState>(watchPath(store));
  return { state: state?.format === 1 ? state : undefined, owner: await lockOwner(watchLock(store)) };
}

export function writeWatch(store: string, state: WatchState): Promise<void> {
  return writeAtomic(watchPath(store), `${JSON.stringify(state, null, 1)}\n`);
}
