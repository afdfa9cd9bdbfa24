import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { UserError } from '../problem';
import { freeBytes } from '../process/files';
import { sha256 } from '../process/hash';
import { tryLock, waitForLock, type Lock } from '../process/lock';
import { GC_LOCK } from '../store/gc';
import { storePaths } from '../store/layout';
import type { RunOptions } from './options';

const LEAST_FREE_BYTES = 32 << 20;

/**
 * What stands between a wish and a run: the lock of the pipeline, garbage collection, room on the disk.
 * @returns the pipeline's lock, to be released when the run has ended
 * @throws {UserError} `pipeline-busy`, `disk-low`
 */
export async function admit(options: RunOptions, id: string): Promise<Lock> {
  const lock = await takeLock(options, id);
  try {
    await waitForCollection(options, id);
    await checkSpace(options.store);
    return lock;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function takeLock(options: RunOptions, id: string): Promise<Lock> {
  const folder = storePaths.lock(
    options.store,
    `run-${options.plan.pipeline.pipeline}-${sha256(options.file).slice(0, 8)}`,
  );
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  if (options.wait === true)
    return waitForLock(folder, `run ${id}`, {
      ...signal,
      ...(options.onWait === undefined ? {} : { waiting: options.onWait }),
    });
  const taken = await tryLock(folder, `run ${id}`);
  if ('lock' in taken) return taken.lock;
  const { purpose, pid, host } = taken.owner;
  throw new UserError({
    code: 'pipeline-busy',
    message: `${basename(options.file)} is being run already: ${purpose} (process ${pid} on ${host}).`,
    hint: `Watch it with \`lifecycle show ${purpose.replace(/^run /, '')} --follow\`, end it with \`lifecycle cancel\`, or add --wait to run after it.`,
  });
}

/** Garbage collection looks for running runs after it took its lock; this run looks for it after taking its own: one of them sees the other. */
async function waitForCollection(options: RunOptions, id: string): Promise<void> {
  const folder = storePaths.lock(options.store, GC_LOCK);
  if (!existsSync(folder)) return;
  const lock = await waitForLock(folder, `run ${id}`, {
    interval: 50,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  await lock.release();
}

async function checkSpace(store: string): Promise<void> {
  const free = await freeBytes(store);
  if (free !== undefined && free < LEAST_FREE_BYTES) {
    throw new UserError({
      code: 'disk-low',
      message: `Only ${Math.floor(free / 1e6)} MB are free on the disk of ${store}.`,
      hint: '`lifecycle gc` shows what could go.',
    });
  }
}
