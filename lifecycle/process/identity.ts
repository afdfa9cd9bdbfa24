import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';

/** Names one process beyond the reuse of its number: what run records and locks hold to tell a living owner from a dead one. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time as the operating system gives it (clock ticks since boot on Linux, a date elsewhere); empty when unknown. */
  readonly started: string;
  /** Which boot of the machine: an id on Linux, its second since 1970 elsewhere; empty when unknown. */
  readonly boot: string;
}

/** Seconds by which a boot may seem to move because the clock was set. */
const CLOCK_SET = 600;

/** `ps` writes dates and numbers as the locale and the time zone of whoever asks have them; all must read the same. */
export const PLAIN: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };

let own: ProcessIdentity | undefined;
let boot: string | undefined;

/** Identity of this process. */
export function ownIdentity(): ProcessIdentity {
  own ??= identityOf(process.pid);
  return own;
}

/** Identity of a living process. */
export function identityOf(pid: number): ProcessIdentity {
  return { pid, started: startTime(pid) ?? '', boot: bootId() };
}

/** Name of this machine, as written into records. */
export function machineName(): string {
  return hostname();
}

/**
 * Whether exactly this process still runs here: same number, same start time, same boot of the machine.
 * What is unknown on one side is not compared, so on a system that tells no start time only the number counts.
 */
export function isAlive(identity: ProcessIdentity): boolean {
  if (!Number.isInteger(identity.pid) || identity.pid <= 0) return false;
  const here = bootId();
  if (identity.boot !== '' && here !== '' && !sameBoot(identity.boot, here)) return false;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const started = startTime(identity.pid);
  if (started === undefined) return process.platform !== 'linux';
  return identity.started === '' || started === '' || identity.started === started;
}

/**
 * Whether two boots are one. macOS moves the second of its boot when the clock is set. Windows tells no start time cheaply: there it is the boot alone
 * that shows a run to be dead whose number another process has been given after a power cut.
 */
export function sameBoot(one: string, other: string, platform: NodeJS.Platform = process.platform): boolean {
  return platform === 'linux' ? one === other : Math.abs(Number(one) - Number(other)) <= CLOCK_SET;
}

/** Start time of a process; undefined when it is gone (or a zombie, which is as good as gone), empty when the system does not tell. */
function startTime(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const fields = statFields(pid);
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : (fields[19] ?? '');
    } catch {
      return undefined;
    }
  }
  if (process.platform === 'darwin') {
    try {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        env: PLAIN,
      }).trim();
    } catch {
      return undefined;
    }
  }
  return '';
}

/** Fields of /proc/PID/stat from the state (field 3) on; the command before it may hold spaces and brackets. */
export function statFields(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text
    .slice(text.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
}

function bootId(): string {
  boot ??= readBootId();
  return boot;
}

function readBootId(): string {
  try {
    if (process.platform === 'win32') return String(Math.round(Date.now() / 1000 - uptime()));
    if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    if (process.platform === 'darwin') {
      const text = execFileSync('sysctl', ['-n', 'kern.boottime'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      return /sec = (\d+)/.exec(text)?.[1] ?? '';
    }
  } catch {
    // Unknown: then only number and start time are compared.
  }
  return '';
}
