// Child processes for the scripts: run one to its end, or start a group that is ended as a whole.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The environment for an npm started from inside an npm script: without the outer run's own variables. */
export function cleanNpmEnv(env = process.env) {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([key]) => !/^npm_(config_local_prefix|package_|lifecycle_|command$|execpath$)/.test(key),
    ),
  );
}

/**
 * Runs a command to its end. Resolves with `{code, output}`; never rejects: a command that can't be started has code 127.
 * `quiet` collects the output instead of passing it through. `limit` (seconds) kills its whole process group.
 */
export function run(command, args, { cwd = root, env = process.env, quiet = false, limit } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      detached: limit !== undefined && process.platform !== 'win32',
      shell: process.platform === 'win32',
    });
    let output = '';
    let late = false;
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));
    const timer =
      limit &&
      setTimeout(() => {
        late = true;
        output += `\n${command} did not end within ${limit} s and was stopped.`;
        if (!quiet) console.error(`${command} did not end within ${limit} s and was stopped.`);
        endGroup(child.pid);
      }, limit * 1000);
    const forget = limit && passOnSignals(child);
    child.on('error', (error) => finish(127, error.message));
    child.on('close', (code, signal) => finish(late ? 124 : (code ?? (signal ? 1 : 0))));
    function finish(code, note = '') {
      clearTimeout(timer);
      forget?.();
      resolve({ code, output: output + note });
    }
  });
}

/** A child in its own process group no longer hears the terminal's Ctrl+C: pass it on, then end as usual. */
function passOnSignals(child) {
  const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const handler = () => {
      endGroup(child.pid, signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
      setTimeout(() => process.exit(130), 5000).unref();
      child.once('close', () => process.exit(130));
    };
    process.once(signal, handler);
    return [signal, handler];
  });
  return () => handlers.forEach(([signal, handler]) => process.removeListener(signal, handler));
}

/** Ends a process started with `detached: true` together with all it started; silent when it is gone already. */
export function endGroup(pid, signal = 'SIGTERM') {
  if (!pid) return;
  try {
    if (process.platform === 'win32') spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
    else process.kill(-pid, signal);
  } catch {
    // It has already ended.
  }
}

/** True while a process group has a member. */
export function groupLives(pid) {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Ends every process that works in, or was started with a path in, a temporary folder of ours: runs and model servers are
 * detached by design and outlive the VS Code that started them. Linux only; elsewhere it does nothing.
 */
export function endProcessesIn(folder) {
  const read = (body) => {
    try {
      return body();
    } catch {
      return ''; // ended meanwhile, or not ours
    }
  };
  if (process.platform !== 'linux' || path.resolve(folder) === '/') return;
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    const cwd = read(() => fs.readlinkSync(`/proc/${pid}/cwd`));
    const command = read(() => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    if (!`${cwd}/`.startsWith(`${folder}/`) && !command.includes(`${folder}/`)) continue;
    read(() => process.kill(Number(pid), 'SIGKILL'));
  }
}

/** A message to the user, then exit code 1: for what is no bug but must end the script. */
export class Stop extends Error {}

/** Runs a script's main function; a `Stop` is shown as its message alone. */
export function main(body) {
  body().then(
    (code) => {
      process.exitCode = code ?? process.exitCode ?? 0;
    },
    (error) => {
      const plain = error instanceof Stop || String(error?.code).startsWith('ERR_PARSE_ARGS');
      console.error(plain ? error.message : error);
      process.exit(1);
    },
  );
}

/** True when the module with this `import.meta.url` is the script that node was started with. */
export function isMain(url) {
  return process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(url);
}
