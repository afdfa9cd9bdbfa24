import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, readJson, writeAtomic } from './files';
import { isAlive, machineName, ownIdentity, type ProcessIdentity } from './identity';

/** Who holds a lock, and what for. */
export interface LockOwner extends ProcessIdentity {
  readonly host: string;
  /** ISO 8601 time since when. */
  readonly since: string;
  /** What it is held for, for messages: a run's id. */
  readonly purpose: string;
  /** Inode of the lock's folder: a copy of the folder is not held by whoever holds the original. */
  readonly inode?: number;
}

/** A lock that is held by this process. */
export interface Lock {
  readonly owner: LockOwner;
  release(): Promise<void>;
}

/** A holder on another machine counts as dead when it has given no sign for so long. */
const REMOTE_PATIENCE = 90_000;
const HEARTBEAT = 15_000;
const HELD = '.held';
const CLAIM = '.json';

/**
 * Takes an exclusive lock, or gives back its present owner. A lock of a dead process is taken over.
 *
 * A lock is a folder. Each contender writes a claim under a name of its own, then looks for others: a claim is complete before its
 * owner looks, so of two contenders at least one sees the other and steps back. Nobody ever removes a name that another process
 * could be writing, which is what makes taking over safe: the claim of a dead process stays dead.
 *
 * @param folder the lock; made when it is not there
 * @param purpose shown to whoever is refused
 */
export async function tryLock(folder: string, purpose: string): Promise<{ lock: Lock } | { owner: LockOwner }> {
  await mkdir(folder, { recursive: true });
  const { ino: inode } = await stat(folder);
  const owner: LockOwner = { ...ownIdentity(), host: machineName(), since: new Date().toISOString(), purpose, inode };
  for (let attempt = 0; ; attempt++) {
    const id = `${process.pid}-${randomBytes(6).toString('hex')}`;
    const claim = join(folder, id + CLAIM);
    await writeAtomic(claim, JSON.stringify(owner));
    const others = (await claims(folder)).filter((other) => other.id !== id);
    const holder = others.find((other) => other.held) ?? (attempt >= 20 ? others[0] : undefined);
    if (others.length === 0) {
      await writeFile(join(folder, id + HELD), '');
      return { lock: hold(folder, id, owner) };
    }
    await rm(claim, { force: true });
    if (holder !== undefined) return { owner: holder.owner };
    await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 8 * (attempt + 1)));
  }
}

/**
 * {@link tryLock} that waits for its turn.
 * @param waiting told once for each owner that is waited for
 */
export async function waitForLock(
  folder: string,
  purpose: string,
  options: { signal?: AbortSignal; interval?: number; waiting?: (owner: LockOwner) => void } = {},
): Promise<Lock> {
  let told = '';
  for (;;) {
    options.signal?.throwIfAborted();
    const result = await tryLock(folder, purpose);
    if ('lock' in result) return result.lock;
    const key = `${result.owner.host}/${result.owner.pid}/${result.owner.since}`;
    if (key !== told) options.waiting?.(result.owner);
    told = key;
    await new Promise((resolve) => setTimeout(resolve, options.interval ?? 200));
  }
}

/** Living owner of a lock, without taking it. */
export async function lockOwner(folder: string): Promise<LockOwner | undefined> {
  return (await claims(folder)).find((claim) => claim.held)?.owner;
}

/** Living claims; those of dead processes are swept away. */
async function claims(folder: string): Promise<{ id: string; owner: LockOwner; held: boolean }[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const living: { id: string; owner: LockOwner; held: boolean }[] = [];
  const inode = (await stat(folder).catch(() => undefined))?.ino;
  for (const name of names) {
    if (!name.endsWith(CLAIM)) continue;
    const id = name.slice(0, -CLAIM.length);
    const owner = await readJson<LockOwner>(join(folder, name));
    if (owner === undefined) continue;
    if (await ownerLives(owner, join(folder, name), inode)) {
      living.push({ id, owner, held: names.includes(id + HELD) || (await exists(join(folder, id + HELD))) });
    } else {
      await rm(join(folder, name), { force: true });
      await rm(join(folder, id + HELD), { force: true });
    }
  }
  return living;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function ownerLives(owner: LockOwner, path: string, inode: number | undefined): Promise<boolean> {
  if (owner.host === machineName()) return (owner.inode === undefined || owner.inode === inode) && isAlive(owner);
  try {
    return Date.now() - (await stat(path)).mtimeMs < REMOTE_PATIENCE;
  } catch {
    return false;
  }
}

function hold(folder: string, id: string, owner: LockOwner): Lock {
  const claim = join(folder, id + CLAIM);
  const beat = setInterval(() => {
    const now = new Date();
    utimes(claim, now, now).catch(() => undefined);
  }, HEARTBEAT);
  beat.unref();
  return {
    owner,
    release: async () => {
      clearInterval(beat);
      await rm(join(folder, id + HELD), { force: true });
      await rm(claim, { force: true });
    },
  };
}
