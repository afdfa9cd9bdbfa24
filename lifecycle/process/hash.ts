import { createHash, webcrypto } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readJson, writeAtomic } from './files';

/** SHA-256 of a text (UTF-8) or bytes, as 64 hexadecimal digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Files of such sizes are hashed by a thread of the pool, beside whatever this one does. */
const BESIDE = { from: 1 << 18, to: 1 << 25 };

/**
 * SHA-256 of a file, streamed.
 * @param options.sync also forces the file to the disk, while it is open anyway
 * @param options.here in this thread, where it has nothing else to do
 */
export async function hashFile(
  path: string,
  options: { sync?: boolean; here?: boolean } = {},
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  const file = await open(path, options.sync === true && process.platform === 'win32' ? 'r+' : 'r');
  try {
    const { size } = await file.stat();
    if (size >= BESIDE.from && size <= BESIDE.to && options.here !== true) {
      const content = await file.readFile();
      const digest = await webcrypto.subtle.digest('SHA-256', content);
      if (options.sync === true) await file.sync().catch(() => undefined);
      return { sha256: Buffer.from(digest).toString('hex'), bytes: content.length };
    }
    const chunk = Buffer.allocUnsafe(1 << 20);
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, bytes);
      if (bytesRead === 0) break;
      hash.update(chunk.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    if (options.sync === true) await file.sync().catch(() => undefined);
    return { sha256: hash.digest('hex'), bytes };
  } finally {
    await file.close();
  }
}

/** Size, modification time in nanoseconds, inode and hash. */
type Remembered = [bytes: string, modified: string, inode: string, sha256: string];

/** The hash of a file that is as it was. */
function remembered(entry: Remembered | undefined, { size, mtimeNs, ino }: BigIntStats): string | undefined {
  const same = entry?.[0] === String(size) && entry[1] === String(mtimeNs) && entry[2] === String(ino);
  return same ? entry[3] : undefined;
}

/** Youngest age (nanoseconds) at which a hash is remembered: a file changed twice within the clock's tick would look unchanged. */
const SETTLED = 2_000_000_000n;
const MOST_ENTRIES = 20_000;

/**
 * Hashes of files, remembered in a small file by path, size, modification time (ns) and inode, so that a run with nothing changed reads no data.
 * The memory is only a short cut: a missing, damaged or foreign file is the same as an empty one.
 */
export class HashMemory {
  readonly #path: string | undefined;
  #known: Map<string, Remembered> | undefined;
  #changed = false;

  /** @param path file to remember in; without it only in memory */
  constructor(path?: string) {
    this.#path = path;
  }

  /** Bytes of a file that would have to be read to hash it: none when its hash is remembered. Errors of the file system (`ENOENT`) come through. */
  async unread(path: string): Promise<number> {
    const key = resolve(path);
    const now = await stat(key, { bigint: true });
    return remembered((await this.#load()).get(key), now) === undefined ? Number(now.size) : 0;
  }

  /**
   * SHA-256 of a file. Errors of the file system (`ENOENT`) come through.
   *
   * @param by hashes a file that is not remembered
   */
  async hash(path: string, by = async (file: string) => (await hashFile(file)).sha256): Promise<string> {
    const key = resolve(path);
    const known = await this.#load();
    const before = await stat(key, { bigint: true });
    const found = remembered(known.get(key), before);
    if (found !== undefined) return found;
    const hashed = await by(key);
    const now = BigInt(Date.now()) * 1_000_000n;
    const after = await stat(key, { bigint: true });
    if (after.mtimeNs === before.mtimeNs && after.size === before.size && now - after.mtimeNs > SETTLED) {
      known.delete(key);
      known.set(key, [String(after.size), String(after.mtimeNs), String(after.ino), hashed]);
      this.#changed = true;
    }
    return hashed;
  }

  /** Writes the memory when it changed. A failure is of no consequence. */
  async save(): Promise<void> {
    if (this.#path === undefined || !this.#changed || this.#known === undefined) return;
    this.#changed = false;
    const entries = [...this.#known].slice(-MOST_ENTRIES);
    await writeAtomic(this.#path, JSON.stringify({ format: 1, files: Object.fromEntries(entries) })).catch(
      () => undefined,
    );
  }

  async #load(): Promise<Map<string, Remembered>> {
    if (this.#known !== undefined) return this.#known;
    const stored =
      this.#path === undefined
        ? undefined
        : await readJson<{ format: number; files: Record<string, Remembered> }>(this.#path);
    this.#known ??= new Map(
      stored?.format === 1 && typeof stored.files === 'object'
        ? Object.entries(stored.files).filter(([, entry]) => Array.isArray(entry) && entry.length === 4)
        : [],
    );
    return this.#known;
  }
}
