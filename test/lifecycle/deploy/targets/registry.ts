import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../../../../lifecycle/net/http';

export const DOCKER_REGISTRY = '/usr/bin/docker-registry';

/** Debian's docker-registry on loopback. @returns `127.0.0.1:PORT`, and how to end it */
export async function startRegistry(folder: string): Promise<{ host: string; stop: () => void } | undefined> {
  if (!existsSync(DOCKER_REGISTRY)) return undefined;
  const port = await freePort();
  const data = path.join(folder, 'registry');
  await mkdir(data, { recursive: true });
  const config = path.join(folder, 'registry.yml');
  await writeFile(
    config,
    `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: ${data}}}\nhttp: {addr: '127.0.0.1:${port}'}\n`,
  );
  const child = spawn(DOCKER_REGISTRY, ['serve', config], { stdio: 'ignore' });
  const host = `127.0.0.1:${port}`;
  for (let i = 0; i < 600; i++) {
    const up = await fetch(`http://${host}/v2/`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (up) return { host, stop: () => void child.kill() };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill();
  throw new Error('docker-registry did not start.');
}
