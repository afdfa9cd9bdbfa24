import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { chmod, mkdir, open, readFile, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Errors with which Windows refuses a rename or removal while a virus scanner or an indexer looks at the file. */
const BUSY = new Set(['EPERM', 'EBUSY', 'EACCES']);
const RETRIES = 10;

/** The `code` of a system error (`ENOENT`), or undefined for anything else that was thrown. */
export function errorCode(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** True when a file or folder on the way is not there. */
export function isMissing(thrown: unknown): boolean {
  const code = errorCode(thrown);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** A name beside `path` that nobody else uses. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid.toString(36)}${randomBytes(5).toString('hex')}.tmp`;
}

/**
 * Writes a whole file so that a reader, or a `kill -9`, sees either the old content or the new, never a part:
 * temporary file beside it, fsync, rename. Missing folders are made. Nothing is left behind when it fails (`ENOSPC`).
 */
export async function writeAtomic(
  path: string,
  content: string | Uint8Array,
  options: { mode?: number } = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, 'wx', options.mode ?? 0o666);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameOver(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** {@link writeAtomic} for the few moments that must not wait, such as the end of a process. */
export function writeAtomicSync(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    const file = openSync(temporary, 'wx');
    try {
      writeSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** `rename` that waits (up to about 3 s) while Windows holds one of the two names busy. */
export async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const code = errorCode(error);
      if (process.platform !== 'win32' || code === undefined || !BUSY.has(code) || attempt >= RETRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** Math.min(attempt, 5)));
    }
  }
}

/** Removes a file or a folder with all that is in it, read-only files too; fine when it is not there. */
export async function removeTree(path: string): Promise<void> {
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: RETRIES, retryDelay: 50 });
  try {
    await remove();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined || !(BUSY.has(code) || code === 'ENOTEMPTY')) throw error;
    await makeWritable(path);
    await remove();
  }
}

async function makeWritable(path: string): Promise<void> {
  await chmod(path, 0o700).catch(() => undefined);
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) await makeWritable(inner);
    else if (!entry.isSymbolicLink()) await chmod(inner, 0o600).catch(() => undefined);
  }
}

/** Content of a text file, or undefined when it is not there. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Parsed content of a JSON file, or undefined when it is not there or does not parse: the caller treats both alike. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

/** Names in a folder, sorted; none when it is not there. */
export async function listFolder(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Bytes free for this user on the disk that holds `path` (an existing file or folder); undefined where the system does not tell. */
export async function freeBytes(path: string): Promise<number | undefined> {
  try {
    const disk = await statfs(path);
    return disk.bavail * disk.bsize;
  } catch {
    return undefined;
  }
}
