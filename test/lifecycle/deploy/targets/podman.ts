import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../../../../lifecycle/net/http';
import { bundled } from '../../../rigs/bundle';

/** The engine as it is installed, for images. @returns its start file */
export async function engineFolder(folder: string): Promise<string> {
  const dist = path.join(folder, 'engine', 'dist');
  await mkdir(dist, { recursive: true });
  for (const name of ['cli', 'engine'])
    await writeFile(path.join(dist, `${name}.js`), await readFile(await bundled(`lifecycle/${name}.ts`)));
  await symlink(path.resolve('node_modules'), path.join(folder, 'engine', 'node_modules'));
  return path.join(dist, 'cli.js');
}

/** Runs an image with the flags that work without systemd. Undefined where a sandbox forbids it. */
export async function runContainer(image: string, folder: string) {
  const port = await freePort();
  const name = `lifecycle-test-${port}`;
  // Podman takes 50 characters at most.
  const live = await mkdtemp(path.join(os.tmpdir(), 'pod-'));
  const storage = ['--root', path.join(folder, 'podman'), '--runroot', live, '--storage-driver', 'vfs'];
  const common = [...storage, '--runtime', 'runc', '--cgroup-manager=cgroupfs'];
  const child: ChildProcess = spawn(
    'podman',
    [
      ...common,
      'run',
      '--rm',
      '--name',
      name,
      '--tls-verify=false',
      '--network',
      'host',
      '--read-only',
      '--ulimit',
      'nofile=4096:4096',
      '--ulimit',
      'nproc=4096:4096',
      '--cap-drop',
      'all',
      '--env',
      `LIFECYCLE_PORT=${port}`,
      image,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<'ended'>((resolve) => child.once('close', () => resolve('ended')));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    spawnSync('podman', [...common, 'stop', '--time', '10', name], { stdio: 'ignore' });
    await ended;
    spawnSync('podman', [...common, 'rmi', '--all', '--force'], { stdio: 'ignore' });
    await rm(live, { recursive: true, force: true });
  };
  for (;;) {
    const up = await fetch(`${url}/v2/health/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (up) return { url, stop };
    const over = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 100))]);
    if (over !== 'ended') continue;
    await rm(live, { recursive: true, force: true });
    // Whatever a sandbox forbids; a broken image says something else.
    if (
      /operation not permitted|permission denied|cgroup|mount|namespace/i.test(output) &&
      !/Error:.*node/i.test(output)
    )
      return undefined;
    throw new Error(`The container ended: ${output.slice(-2000)}`);
  }
}
