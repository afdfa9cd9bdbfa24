import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

/** Bytes of memory that this process may use: the machine's, or what its container is given when that is less. */
export function memoryLimit(): number {
  const limit = process.constrainedMemory();
  // Without a limit some kernels tell none (0), others a number beyond any machine.
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** Cores that this process may keep busy: those it may run on, or the share of them that its container is given (`docker run --cpus=2`). At least 1. */
export function coreLimit(): number {
  const quota = process.platform === 'linux' ? coreQuota() : undefined;
  return Math.min(availableParallelism(), Math.max(1, Math.ceil(quota ?? Infinity)));
}

/**
 * Cores that the control groups of this process grant it (quota over period, the least on the way up); undefined without a limit.
 * Both generations: https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files, https://docs.kernel.org/scheduler/sched-bwc.html.
 * @param cgroups where the groups are mounted
 * @param own the process's groups, as /proc/self/cgroup names them
 */
export function coreQuota(cgroups = '/sys/fs/cgroup', own = read('/proc/self/cgroup')): number | undefined {
  let least = Infinity;
  for (const line of own?.split('\n') ?? []) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const unified = controllers === '';
    if (!unified && !controllers.split(',').includes('cpu')) continue;
    const mount = join(cgroups, unified ? '' : controllers);
    for (let group = join('/', path); ; group = dirname(group)) {
      const folder = join(mount, group);
      const [quota, period] = unified
        ? (read(join(folder, 'cpu.max'))?.trim().split(' ') ?? [])
        : [read(join(folder, 'cpu.cfs_quota_us')), read(join(folder, 'cpu.cfs_period_us'))];
      // "max" and -1: no limit.
      if (Number(quota) > 0 && Number(period) > 0) least = Math.min(least, Number(quota) / Number(period));
      if (group === '/') break;
    }
  }
  return least === Infinity ? undefined : least;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
