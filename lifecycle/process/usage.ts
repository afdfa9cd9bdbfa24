import { readFileSync } from 'node:fs';
import { capture } from './spawn';
import { PLAIN, statFields } from './identity';

/** What a process and everything it started use. */
export interface TreeUsage {
  /** Processor seconds so far, user and system; those of ended children count where the system tells them. */
  readonly cpuSeconds: number;
  /** Resident memory in bytes; what processes share counts for each. */
  readonly bytes: number;
}

/** Clock ticks a second in /proc; 100 on every Linux that Node runs on. */
const TICKS = 100;
const PAGE = 4096;

/**
 * Usage of a process tree right now. On Linux a few small reads in /proc a process; on macOS one `ps`. Undefined when the process is
 * gone, and on Windows, where nothing this cheap tells it.
 */
export async function treeUsage(pid: number): Promise<TreeUsage | undefined> {
  if (process.platform === 'linux') return linuxUsage(pid);
  if (process.platform === 'win32') return undefined;
  return psUsage(pid);
}

function linuxUsage(root: number): TreeUsage | undefined {
  let ticks = 0;
  let pages = 0;
  let found = false;
  const queue = [root];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    try {
      const fields = statFields(pid);
      // utime, stime, and those of waited-for children (proc(5), fields 14–17); resident pages (field 24).
      for (const at of [11, 12, 13, 14]) ticks += Number(fields[at]);
      pages += Number(fields[21]);
      found = true;
      for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' '))
        if (child !== '') queue.push(Number(child));
    } catch {
      continue;
    }
  }
  return found ? { cpuSeconds: ticks / TICKS, bytes: pages * PAGE } : undefined;
}

async function psUsage(root: number): Promise<TreeUsage | undefined> {
  const { code, stdout } = await capture(['ps', '-A', '-o', 'pid=,ppid=,rss=,time='], { timeout: 5_000, env: PLAIN });
  if (code !== 0) return undefined;
  return usageInTable(root, stdout);
}

/** Sums the tree of `root` in what `ps -o pid=,ppid=,rss=,time=` prints. */
export function usageInTable(root: number, text: string): TreeUsage | undefined {
  const rows = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells.length >= 4)
    .map(([pid, parent, kilobytes, time]) => ({
      pid: Number(pid),
      parent: Number(parent),
      bytes: Number(kilobytes) * 1024,
      seconds: secondsOf(time ?? ''),
    }));
  const tree = new Set([root]);
  for (let size = 0; size !== tree.size;) {
    size = tree.size;
    for (const { pid, parent } of rows) if (tree.has(parent)) tree.add(pid);
  }
  const own = rows.filter(({ pid }) => tree.has(pid));
  if (own.length === 0) return undefined;
  return {
    cpuSeconds: own.reduce((sum, { seconds }) => sum + seconds, 0),
    bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** `1-02:03:04`, `02:03:04` or `3:04.50` in seconds. */
function secondsOf(text: string): number {
  const [days, clock] = text.includes('-') ? text.split('-') : ['0', text];
  return (
    Number(days) * 86_400 +
    (clock ?? '')
      .split(':')
      .map(Number)
      .reduce((sum, part) => sum * 60 + part, 0)
  );
}
