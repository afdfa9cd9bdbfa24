/** The graphics drivers of this machine, as far as they can be told without asking a GPU. */
import { readdir, stat } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { listNvidia } from './nvidia';

/** Where Vulkan drivers announce themselves on Linux. */
const MANIFESTS = ['/etc/vulkan/icd.d', '/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];

/** Changes whenever a driver is exchanged: the system's release, NVIDIA's driver, and each Vulkan driver's manifest with its time. */
export async function graphicsDrivers(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const [gpus, manifests] = await Promise.all([listNvidia(env), manifestsOf(env)]);
  return [release(), ...gpus.map(({ name, driver }) => `${name} ${driver}`), ...manifests].join(', ');
}

async function manifestsOf(env: NodeJS.ProcessEnv): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const given = env['VK_DRIVER_FILES'] ?? env['VK_ICD_FILENAMES'];
  const files = given !== undefined ? given.split(':') : (await Promise.all(MANIFESTS.map(filesIn))).flat();
  return Promise.all(
    files.map(async (file) => `${file} ${(await stat(file).catch(() => undefined))?.mtimeMs.toFixed(0) ?? 'missing'}`),
  );
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));
}
