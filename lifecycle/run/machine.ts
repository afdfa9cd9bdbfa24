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

/** Commit of the project and whether tracked files differ from it; undefined without git or a repository. */
export async function describeCommit(root: string): Promise<RunInfo['git'] | undefined> {
  const { code, stdout } = await capture(
    ['git', '--no-optional-locks', 'status', '--porcelain=v2', '--branch', '--untracked-files=no'],
    { cwd: root, timeout: 1_500 },
  );
  if (code !== 0) return undefined;
  const lines = stdout.split('\n');
  const commit = /^# branch\.oid ([0-9a-f]+)$/.exec(lines.find((line) => line.startsWith('# branch.oid')) ?? '')?.[1];
  return {
    ...(commit === undefined ? {} : { commit }),
    dirty: lines.some((line) => line !== '' && !line.startsWith('#')),
  };
}
