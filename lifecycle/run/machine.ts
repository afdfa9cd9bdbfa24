import { availableParallelism, cpus, platform, release, totalmem, arch } from 'node:os';
import type { RunInfo } from '../../schemas/generated/types';
import { capture } from '../process/spawn';

/** What a run runs on, for its record. */
export function describePlatform(threads: number): NonNullable<RunInfo['platform']> {
  return {
    node: process.version,
    os: `${platform()} ${release()} ${arch()}`,
    cpus: cpus().length,
    memory: totalmem(),
    threads,
  };
}

/** Cores that a run may use when nothing limits it. */
export function availableCores(): number {
  return availableParallelism();
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
