import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

const DIGEST_BYTES = 20;
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
    const code = bytes.subarray(DIGEST_BYTES);
    return digest(code).equals(bytes.subarray(0, DIGEST_BYTES)) ? code : undefined;
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
    writeFileSync(half, Buffer.concat([digest(code), code]), { mode: 0o600 });
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

const digest = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest();

/**
 * Runs a bundle as Node would, with what V8 made of its text at an earlier start: reading megabytes of JavaScript anew is otherwise the longest part
 * of a short life. Whatever goes wrong with the kept code, the bundle is read as usual.
 * @param use what this start is for; each use has its own code, compiled as far as it needs it
 * @param quiet milliseconds after which the code is kept though the program goes on, for one that is mostly killed in the end
 */
export function runKept(bundle: string, use: string, quiet?: number): void {
  const { size, mtimeMs } = statSync(bundle);
  const made = [bundle, size, mtimeMs, process.arch, process.versions.v8, process.version, ...process.execArgv];
  const key = createHash('sha1').update(made.join('\n')).digest('hex').slice(0, 20);
  const file = join(cacheFolder(), 'code', `${key}-${use}.bin`);
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
