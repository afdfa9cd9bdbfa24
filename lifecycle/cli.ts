#!/usr/bin/env node
/**
 * Starts the engine beside this file, with what V8 made of its text at an earlier start: reading 2.5 MB of JavaScript anew is otherwise the
 * longest part of a short command. Whatever goes wrong with the kept code, the engine is read as usual.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

const engine = join(__dirname, 'engine.js');
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

function start(): void {
  const { size, mtimeMs } = statSync(engine);
  const made = [engine, size, mtimeMs, process.arch, process.versions.v8, process.version, ...process.execArgv];
  // Each command has its own: it is compiled as far as that command needs it.
  const command = /^[a-z_][a-z_-]*$/.exec(process.argv[2] ?? '')?.[0] ?? 'other';
  const key = createHash('sha1').update(made.join('\n')).digest('hex').slice(0, 20);
  const file = join(cacheFolder(), 'code', `${key}-${command}.bin`);
  const code = readCode(file);
  const script = new Script(Module.wrap(readFileSync(engine, 'utf8')), {
    filename: engine,
    ...(code !== undefined && { cachedData: code }),
  });
  if (code === undefined || script.cachedDataRejected === true)
    process.on('exit', (exitCode) => {
      if (exitCode === 0) keepCode(file, script.createCachedData());
    });
  const own = new Module(engine);
  own.filename = engine;
  own.paths = (Module as unknown as { _nodeModulePaths(from: string): string[] })._nodeModulePaths(dirname(engine));
  const run = script.runInThisContext() as (...args: unknown[]) => void;
  run.call(own.exports, own.exports, Module.createRequire(engine), own, engine, dirname(engine));
}

start();
