/** WebGPU without a GPU: SwiftShader, the software Vulkan that comes with Debian's chromium. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

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

/** What WebGPU makes of a golden. */
export interface OnWebGpu {
  readonly name: string;
  /** Relative difference of the loss, and norm-relative of the gradient. */
  readonly loss?: number;
  readonly gradient?: number;
  /** Largest difference of a loss over the steps of the curve. */
  readonly curve?: number;
  readonly failed?: string;
}

/** Computes goldens in a process of their own: a driver may bring it down, and the loader is found when a process starts. */
export async function onSoftwareVulkan(env: NodeJS.ProcessEnv, goldens: readonly string[]): Promise<OnWebGpu[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--require', 'tsx', join(__dirname, 'webgpu-child.ts'), ...goldens],
    { env, maxBuffer: 1 << 24 },
  );
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as OnWebGpu);
}
