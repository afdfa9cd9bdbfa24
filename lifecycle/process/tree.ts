import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { statFields } from './identity';

/** Longest that a killed tree is waited for before giving up on it. */
const LAST_WAIT = 5_000;

/**
 * Ends a process and everything it started: asks first (SIGTERM), and after the grace kills (SIGKILL) what is left.
 * On POSIX the process group of `pid` (when it leads one) and all its descendants are meant, those that left the group too; on Windows
 * `taskkill /T`, which has no polite form, so there the grace is only waited for.
 *
 * @param grace milliseconds between asking and killing
 * @returns when nothing of the tree is left
 */
export async function endTree(pid: number, grace: number): Promise<void> {
  if (process.platform === 'win32') {
    await until(() => !exists(pid), grace);
    if (exists(pid))
      await new Promise<void>((resolve) => execFile('taskkill', ['/pid', String(pid), '/T', '/F'], () => resolve()));
    return;
  }
  const tree = new Set([pid, ...(await descendants(pid))]);
  signalAll(pid, tree, 'SIGTERM');
  if (await until(() => gone(pid, tree), grace)) return;
  for (const late of await descendants(pid)) tree.add(late);
  signalAll(pid, tree, 'SIGKILL');
  await until(() => gone(pid, tree), LAST_WAIT);
}

/** Kills a tree at once. */
export async function killTree(pid: number): Promise<void> {
  await endTree(pid, 0);
}

/**
 * Lets a process and everything it started rest, or go on (SIGSTOP, SIGCONT). Memory and open files stay as they are.
 * @returns false on Windows, which has no such signals
 */
export async function restTree(pid: number, rest: boolean): Promise<boolean> {
  if (process.platform === 'win32') return false;
  signalAll(pid, new Set([pid, ...(await descendants(pid))]), rest ? 'SIGSTOP' : 'SIGCONT');
  return true;
}

function signalAll(leader: number, tree: Iterable<number>, signal: NodeJS.Signals): void {
  send(-leader, signal);
  for (const pid of tree) send(pid, signal);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already, or never a group leader.
  }
}

function gone(leader: number, tree: Iterable<number>): boolean {
  if (exists(-leader)) return false;
  for (const pid of tree) if (exists(pid)) return false;
  return true;
}

/** Zombies count as gone: their parent has yet to fetch their exit code. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  try {
    return pid < 0 ? groupLives(-pid) : statFields(pid)[0] !== 'Z';
  } catch {
    return false;
  }
}

function groupLives(group: number): boolean {
  for (const { pgid, state } of processTable()) if (pgid === group && state !== 'Z') return true;
  return false;
}

function* processTable(): Generator<{ pid: number; parent: number; pgid: number; state: string }> {
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      const [state = '', parent, pgid] = statFields(pid);
      yield { pid, parent: Number(parent), pgid: Number(pgid), state };
    } catch {
      continue;
    }
  }
}

/** Process ids of everything that `pid` started, directly or not. */
async function descendants(pid: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  const add = (child: number, parent: number) => {
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [child]);
    else known.push(child);
  };
  if (process.platform === 'linux') for (const entry of processTable()) add(entry.pid, entry.parent);
  else for (const [child, parent] of await psTable()) add(child, parent);
  const found: number[] = [];
  const queue = [pid];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const child of children.get(next) ?? []) {
      found.push(child);
      queue.push(child);
    }
  }
  return found;
}

function psTable(): Promise<[number, number][]> {
  return new Promise((resolve) => {
    execFile('ps', ['-A', '-o', 'pid=,ppid='], (error, output) => {
      if (error !== null) return resolve([]);
      resolve(output.split('\n').map((line) => line.trim().split(/\s+/).map(Number) as [number, number]));
    });
  });
}

async function until(condition: () => boolean, milliseconds: number): Promise<boolean> {
  const end = Date.now() + milliseconds;
  for (let pause = 5; ; pause = Math.min(pause * 1.5, 100)) {
    if (condition()) return true;
    if (Date.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, Math.max(1, end - Date.now()))));
  }
}
