import { userInfo, tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockOwner, tryLock, type Lock, type LockOwner } from '../../process/lock';
import { pause } from '../../process/pause';

/** A device that one training at a time may use. */
export interface Slot {
  /** Names the device on this machine: a GPU's UUID. */
  readonly id: string;
}

/** Folder of the leases: one for all projects of a user on this machine. `LIFECYCLE_LEASES` names another, for users who share GPUs. */
export function leaseFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['LIFECYCLE_LEASES'] ?? join(tmpdir(), `ml-lifecycle-${ownName()}`, 'devices');
}

/**
 * Takes the first device that is free, or waits for one: the queue of GPU trainings across runs and projects. A lease of a dead process
 * is taken over.
 *
 * @param options.waiting told once for each holder that is waited for
 * @returns the device and its lease, to be released afterwards
 */
export async function leaseOne<S extends Slot>(
  slots: readonly S[],
  purpose: string,
  options: {
    folder?: string;
    signal?: AbortSignal;
    interval?: number;
    waiting?: (slot: S, owner: LockOwner) => void;
  } = {},
): Promise<{ slot: S; lease: Lock }> {
  const folder = options.folder ?? leaseFolder();
  let told = '';
  for (;;) {
    let first: { slot: S; owner: LockOwner } | undefined;
    for (const slot of slots) {
      options.signal?.throwIfAborted();
      const taken = await tryLock(join(folder, safeName(slot.id)), purpose);
      if ('lock' in taken) return { slot, lease: taken.lock };
      first ??= { slot, owner: taken.owner };
    }
    if (first === undefined) throw new Error('No device to wait for.');
    const key = `${first.owner.pid}/${first.owner.since}`;
    if (key !== told) options.waiting?.(first.slot, first.owner);
    told = key;
    await pause(options.interval ?? 300, options.signal);
  }
}

/** Who holds a slot now; undefined when it is free. */
export function holderOf(id: string, folder = leaseFolder()): Promise<LockOwner | undefined> {
  return lockOwner(join(folder, safeName(id)));
}

function safeName(id: string): string {
  return id.replace(/[^A-Za-z0-9._-]/g, '_');
}

function ownName(): string {
  try {
    const { uid, username } = userInfo();
    return uid >= 0 ? String(uid) : safeName(username);
  } catch {
    return 'user';
  }
}
