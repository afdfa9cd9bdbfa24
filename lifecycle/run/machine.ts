import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, platform, release, totalmem, arch } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunInfo } from '../../schemas/generated/types';
import { coreLimit } from '../process/limits';
import { capture } from '../process/spawn';

/** What a run runs on, for its record. */
export function describePlatform(threads: number): NonNullable<RunInfo['platform']> {
  return {
    node: process.version,
    os: `${platform()} ${release()} ${arch()}`,
    cpus: cpus().length,
    memory: totalmem(),
    threads,
    packages: runtimeVersions(),
  };
}

const RUNTIMES = ['onnxruntime-node', '@duckdb/node-bindings'];

/** Versions of the native runtimes, without loading them; what can't be found out is left out. */
function runtimeVersions(): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const name of RUNTIMES) {
    try {
      for (
        let folder = dirname(createRequire(__filename).resolve(name));
        dirname(folder) !== folder;
        folder = dirname(folder)
      ) {
        const path = join(folder, 'package.json');
        if (!existsSync(path)) continue;
        const manifest = JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string };
        if (manifest.name !== name) continue;
        if (manifest.version !== undefined) versions[name] = manifest.version;
        break;
      }
    } catch {
      continue;
    }
  }
  return versions;
}

/** Cores that a run may use when nothing limits it. */
export function availableCores(): number {
  return coreLimit();
}

/** Longest (milliseconds) that a run waits to learn its commit, and whether files differ from it: a large repository must not hold it up. */
const COMMIT_PATIENCE = 500;
const DIFFERENCE_PATIENCE = 300;

/** Commit of the project and whether tracked files differ from it, as far as git tells in time; undefined without git or a repository. */
export async function describeCommit(root: string): Promise<RunInfo['git'] | undefined> {
  const git = (timeout: number, ...args: string[]) =>
    capture(['git', '--no-optional-locks', ...args], { cwd: root, timeout });
  const [head, status] = await Promise.all([
    git(COMMIT_PATIENCE, 'rev-parse', '--verify', 'HEAD'),
    git(DIFFERENCE_PATIENCE, 'status', '--porcelain', '--untracked-files=no'),
  ]);
  if (head.code !== 0) return undefined;
  return { commit: head.stdout.trim(), ...(status.code === 0 ? { dirty: status.stdout !== '' } : {}) };
}
