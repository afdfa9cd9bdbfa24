/** WebGPU without a GPU: SwiftShader, the software Vulkan that comes with Debian's chromium. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Reinforcement } from '../../schemas/generated/types';

const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const LOADER = 'libvulkan.so.1';

/** The environment in which a process computes on software Vulkan, or what is missing for it. */
export function softwareVulkan(): { readonly env: NodeJS.ProcessEnv } | { readonly missing: string } {
  if (process.platform !== 'linux') return { missing: 'software Vulkan is sought on Linux only' };
  if (!existsSync(DRIVER)) return { missing: 'SwiftShader is not here (Debian: chromium)' };
  const system = readdirSync('/usr/lib').filter((name) => existsSync(join('/usr/lib', name, LOADER)));
  if (system.length === 0) return { missing: 'the Vulkan loader is not here (Debian: libvulkan1, or chromium)' };
  const found = system.some((name) => name.endsWith('-linux-gnu')) ? {} : { LD_LIBRARY_PATH: dirname(DRIVER) };
  return { env: { ...process.env, ...found, VK_DRIVER_FILES: DRIVER, ORT_DISABLE_TELEMETRY: '1' } };
}

/** What WebGPU makes of a golden, or of a family of the self-test. */
export interface OnWebGpu {
  readonly name: string;
  /** Relative difference of the loss, and norm-relative of the gradient. */
  readonly loss?: number;
  readonly gradient?: number;
  /** Largest difference of a loss over the steps of the curve. */
  readonly curve?: number;
  readonly failed?: string;
}

/** What a policy learns on WebGPU, and on the processor from the same seed. */
export interface PolicyOnWebGpu {
  readonly there: { readonly losses: readonly number[]; readonly reward: number };
  readonly here: { readonly losses: readonly number[]; readonly reward: number };
}

/** Computes goldens and families of the self-test, by name, on software Vulkan. */
export function onSoftwareVulkan(env: NodeJS.ProcessEnv, goldens: readonly string[]): Promise<OnWebGpu[]> {
  return linesOf<OnWebGpu>('webgpu-child.ts', env, goldens);
}

/** Trains policies on software Vulkan, and on the processor. */
export function policiesOnSoftwareVulkan(
  env: NodeJS.ProcessEnv,
  settings: readonly Reinforcement[],
): Promise<PolicyOnWebGpu[]> {
  return linesOf<PolicyOnWebGpu>(
    'policy-child.ts',
    env,
    settings.map((each) => JSON.stringify(each)),
  );
}

/** What a script tells in a process of its own: a driver may bring it down, and the loader is found when a process starts. */
async function linesOf<T>(script: string, env: NodeJS.ProcessEnv, given: readonly string[]): Promise<T[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--require', 'tsx', join(__dirname, script), ...given],
    { env, maxBuffer: 1 << 24 },
  );
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as T);
}
