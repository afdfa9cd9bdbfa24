import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import * as zlib from 'node:zlib';

/** Tells damage; a digest would take Node three times as long to load. Node before 20.15 has none. */
const crc32: ((data: string | Uint8Array) => number) | undefined = zlib.crc32;
const SUM_BYTES = 4;
/** Files of up to 2 MB. */
const MOST_KEPT = 24;

/** The user's folder for what can be made again. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === 'win32') return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'ml-lifecycle');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'ml-lifecycle');
  return join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ml-lifecycle');
}

/** Kept code, or undefined when there is none or it was damaged. */
function readCode(file: string): Buffer | undefined {
  try {
    const bytes = readFileSync(file);
    const code = bytes.subarray(SUM_BYTES);
    return bytes.readUInt32BE() === crc32?.(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Puts it in place whole, and takes away the oldest: other versions and other Nodes leave theirs. */
function keepCode(file: string, code: Buffer): void {
  try {
    const folder = dirname(file);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const half = `${file}.${process.pid}`;
    const sum = Buffer.alloc(SUM_BYTES);
    sum.writeUInt32BE(crc32?.(code) ?? 0);
    writeFileSync(half, Buffer.concat([sum, code]), { mode: 0o600 });
    renameSync(half, file);
    const kept = readdirSync(folder)
      .map((name) => join(folder, name))
      .map((path) => ({ path, time: statSync(path).mtimeMs }))
      .sort((a, b) => b.time - a.time);
    for (const { path } of kept.slice(MOST_KEPT)) rmSync(path, { force: true });
  } catch {
    // A home that cannot be written: the next start is as slow as this one.
  }
}

/**
 * Runs a bundle as Node would, with what V8 made of its text at an earlier start: reading megabytes of JavaScript anew is otherwise the longest part
 * of a short life. Whatever goes wrong with the kept code, the bundle is read as usual.
 * @param use what this start is for; each use has its own code, compiled as far as it needs it
 * @param quiet milliseconds after which the code is kept though the program goes on, for one that is mostly killed in the end
 */
export function runKept(bundle: string, use: string, quiet?: number): void {
  if (!crc32) {
    Module.createRequire(bundle)(bundle);
    return;
  }
  const { size, mtimeMs } = statSync(bundle);
  const made = [bundle, size, process.arch, process.versions.v8, process.version, ...process.execArgv];
  const hex = (value: number, digits: number): string => Math.round(value).toString(16).padStart(digits, '0');
  const file = join(cacheFolder(), 'code', `${hex(crc32(made.join('\n')), 8)}${hex(mtimeMs, 12)}-${use}.bin`);
  const code = readCode(file);
  const script = new Script(Module.wrap(readFileSync(bundle, 'utf8')), {
    filename: bundle,
    ...(code !== undefined && { cachedData: code }),
  });
  if (code === undefined || script.cachedDataRejected === true) {
    const keep = (): void => {
      keepCode(file, script.createCachedData());
    };
    const timer = quiet === undefined ? undefined : setTimeout(keep, quiet).unref();
    process.on('exit', (exitCode) => {
      clearTimeout(timer);
      if (exitCode === 0) keep();
    });
  }
  const own = new Module(bundle);
  own.filename = bundle;
  own.paths = (Module as unknown as { _nodeModulePaths(from: string): string[] })._nodeModulePaths(dirname(bundle));
  const run = script.runInThisContext() as (...args: unknown[]) => void;
  run.call(own.exports, own.exports, Module.createRequire(bundle), own, bundle, dirname(bundle));
}
