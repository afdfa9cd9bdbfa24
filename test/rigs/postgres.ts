import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../../lifecycle/net/http';

const HOME = '/usr/lib/postgresql';
const version = existsSync(HOME) ? readdirSync(HOME).sort().at(-1) : undefined;

/** Whether Debian's PostgreSQL is here, and can be started: as root it runs as its own user. */
export const hasPostgres = version !== undefined;

export interface Cluster {
  readonly url: (user?: string, password?: string, database?: string) => string;
  run(sql: string): void;
  stop(): void;
}

/** A cluster of its own on loopback, thrown away afterwards. Passwords count. */
export async function startPostgres(): Promise<Cluster> {
  const bin = path.join(HOME, version!, 'bin');
  const root = process.getuid?.() === 0;
  // Where another user can look too: the tests' own temporary folder is closed to them.
  const folder = mkdtempSync(path.join(root ? '/tmp' : os.tmpdir(), 'lifecycle-postgres-'));
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const who = root ? { uid: id('-u'), gid: id('-g') } : {};
  if (root) chownSync(folder, who.uid!, who.gid!);
  const data = path.join(folder, 'data');
  const at = { cwd: folder, ...who };
  execFileSync(
    path.join(bin, 'initdb'),
    ['-D', data, '-U', 'owner', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C.UTF-8'],
    { ...at, stdio: 'ignore' },
  );
  const port = await freePort();
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: folder, fsync: 'off' };
  const child = spawn(
    path.join(bin, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...at, stdio: 'ignore' },
  );
  const psql = (sql: string) =>
    execFileSync(
      'psql',
      ['-v', 'ON_ERROR_STOP=1', '-h', folder, '-p', String(port), '-U', 'owner', '-d', 'postgres', '-q'],
      {
        input: sql,
        stdio: ['pipe', 'ignore', 'pipe'],
      },
    );
  const stop = (): void => {
    child.kill('SIGINT');
    child.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  };
  for (let left = 100; ; left--) {
    try {
      psql('SELECT 1');
      break;
    } catch (error) {
      if (left === 0 || child.exitCode !== null) {
        stop();
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  execFileSync('sed', ['-i', 's/^\\(host.*\\)trust$/\\1scram-sha-256/', path.join(data, 'pg_hba.conf')], at);
  psql('SELECT pg_reload_conf()');
  return {
    url: (user = 'reader', password = 'secret', database = 'postgres') =>
      `postgres://${user}:${password}@127.0.0.1:${port}/${database}`,
    run: psql,
    stop,
  };
}
