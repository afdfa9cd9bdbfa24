/** Installs TensorFlow.js with its native library on demand, and tells exactly what is missing. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capture, type Child, start } from '../../process/spawn';
import { findLibrary, libraryPaths, type Requirement } from '../devices/libraries';
import { listNvidia } from '../devices/nvidia';
import { type Backend, runtimeFolder } from './find';
import { type TensorflowProbe } from './runtime';

export const TENSORFLOW_VERSION = '4.22.0';
/** What tfjs-node-gpu 4.22 is linked against (libtensorflow 2.9.1). */
const LIBRARIES = [
  { name: 'CUDA runtime', file: 'libcudart.so.11', of: 'CUDA 11.2' },
  { name: 'cuBLAS', file: 'libcublas.so.11', of: 'CUDA 11.2' },
  { name: 'cuDNN', file: 'libcudnn.so.8', of: 'cuDNN 8.1' },
] as const;

export interface InstallOptions {
  readonly backend: Extract<Backend, '@tensorflow/tfjs-node-gpu' | '@tensorflow/tfjs-node'>;
  readonly folder?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Told each line that is worth showing. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** How an installation ended. */
export type Installed =
  | { readonly ok: true; readonly folder: string }
  | {
      readonly ok: false;
      readonly code: 'npm-missing' | 'download-refused' | 'build-failed' | 'install-failed';
      readonly message: string;
      readonly hint: string;
      readonly details: readonly string[];
    };

/**
 * Runs npm in the runtime's folder. Nothing half-installed is left behind: what was there before is put back when it fails.
 * @throws DOMException `AbortError` when the signal was given
 */
export async function installTensorflow(options: InstallOptions): Promise<Installed> {
  const env = options.env ?? process.env;
  const folder = options.folder ?? runtimeFolder(env);
  const before = `${folder}.before`;
  if (existsSync(folder)) {
    await rm(before, { recursive: true, force: true });
    await rename(folder, before);
  }
  const lines: string[] = [];
  let installed: Installed;
  try {
    installed = await runNpm(folder, env, lines, options);
    options.signal?.throwIfAborted();
  } catch (error) {
    await putBack(folder, before);
    throw error;
  }
  if (installed.ok) await rm(before, { recursive: true, force: true });
  else await putBack(folder, before);
  return installed;
}

async function putBack(folder: string, before: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  if (existsSync(before)) await rename(before, folder);
}

async function runNpm(
  folder: string,
  env: NodeJS.ProcessEnv,
  lines: string[],
  { backend, say, signal }: InstallOptions,
): Promise<Installed> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'gpu-runtime', version: '1.0.0', private: true }),
  );
  const args = ['install', '--no-audit', '--no-fund', '--foreground-scripts', '--save-exact'];
  signal?.throwIfAborted();
  let child: Child;
  try {
    child = await start(['npm', ...args, `${backend}@${TENSORFLOW_VERSION}`], {
      cwd: folder,
      env,
      onLine: (line) => {
        lines.push(line);
        if (line.trim() !== '' && !/^npm (warn|notice)/i.test(line)) say(line);
      },
    });
  } catch (error) {
    return {
      ok: false,
      code: 'npm-missing',
      message: 'npm was not found, and the runtime is installed with it.',
      hint: 'Install Node.js, which brings npm.',
      details: [error instanceof Error ? error.message : String(error)],
    };
  }
  let ended: Promise<void> | undefined;
  const end = () => {
    ended = child.end(2_000);
  };
  signal?.addEventListener('abort', end, { once: true });
  const { code } = await child.exit;
  signal?.removeEventListener('abort', end);
  // What npm started may still write into the folder.
  await ended;
  const there = existsSync(join(folder, 'node_modules', backend, 'package.json'));
  return code === 0 && there ? { ok: true, folder } : explainFailure(lines);
}

/** Puts npm's output into words: a download that was refused, a build that failed, or something else. */
export function explainFailure(lines: readonly string[]): Extract<Installed, { ok: false }> {
  const text = lines.join('\n');
  const details = lines.filter((line) => line.trim() !== '').slice(-12);
  const host = /hostname: '([\w.-]+)'|getaddrinfo \w+ ([\w.-]+)|https?:\/\/([\w.-]+)/
    .exec(text)
    ?.slice(1)
    .find((name) => name !== undefined);
  if (/E40[134]|\b403\b|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|socket hang up|getaddrinfo/.test(text))
    return {
      ok: false,
      code: 'download-refused',
      message: `A download was refused${host === undefined ? '' : ` by ${host}`}.`,
      hint: 'libtensorflow comes from storage.googleapis.com at install. Allow that host, set a proxy (`npm config set proxy …`), or install on a machine with a network and copy the folder. `device: webgpu` needs no download.',
      details,
    };
  if (/gyp ERR|node-gyp|node-pre-gyp ERR|make: \*\*\*/.test(text))
    return {
      ok: false,
      code: 'build-failed',
      message: 'The native part has no prebuilt file for this Node, and could not be built.',
      hint: 'Use Node 18 or 20 (`lifecycle.node.path`), or install a compiler and Python.',
      details,
    };
  return {
    ok: false,
    code: 'install-failed',
    message: 'npm ended with an error.',
    hint: 'Its last lines are below.',
    details,
  };
}

/** Everything that tfjs-node-gpu needs around it, found or not. The libraries are looked for on Linux only. */
export async function gpuRequirements(env: NodeJS.ProcessEnv = process.env): Promise<Requirement[]> {
  const gpus = await listNvidia(env);
  const requirements: Requirement[] = [
    {
      name: 'NVIDIA driver',
      found: gpus.length > 0,
      detail: gpus[0] ? `${gpus[0].driver} with ${gpus.map(({ name }) => name).join(', ')}` : 'nvidia-smi finds no GPU',
      remedy: 'Install the NVIDIA driver, 450.80 or newer.',
    },
  ];
  if (process.platform !== 'linux') return requirements;
  const known = await libraryPaths(env);
  for (const { name, file, of } of LIBRARIES) {
    const path = findLibrary(known, file);
    requirements.push({
      name,
      found: path !== undefined,
      detail: path ?? `${file} is not on the library path`,
      remedy: `TensorFlow 2.9 needs ${of}: install it, and put its lib folder on LD_LIBRARY_PATH.`,
    });
  }
  return requirements;
}

/** Loads the runtime in a process of its own. @param self how to start the engine */
export async function checkTensorflow(
  self: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<TensorflowProbe> {
  const { code, signal, stdout, stderr } = await capture([...self, '__probe', 'tensorflow'], { timeout: 120_000, env });
  for (const line of stdout.split('\n').reverse())
    if (line.startsWith('{"provider"')) return JSON.parse(line) as TensorflowProbe;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return {
    provider: 'tensorflow',
    works: false,
    failures: [
      {
        backend: '@tensorflow/tfjs-node-gpu',
        said: `loading it ended the process with ${signal ?? `code ${String(code)}`}${said === '' ? '' : `: ${said}`}`,
      },
    ],
  };
}

/** Takes the runtime away again. */
export async function removeTensorflow(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const folder = runtimeFolder(env);
  await rm(folder, { recursive: true, force: true });
  return folder;
}
