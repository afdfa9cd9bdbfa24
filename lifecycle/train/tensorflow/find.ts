/** Where a TensorFlow.js runtime is on this machine. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The ways to run TensorFlow.js natively, best first. Its `wasm` backend has wrong gradients and is never taken. */
export const BACKENDS = [
  '@tensorflow/tfjs-node-gpu',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-backend-webgpu',
] as const;

export type Backend = (typeof BACKENDS)[number];

/** A runtime on disk; whether it computes is another question. */
export interface TensorflowPlace {
  readonly backend: Backend;
  /** Folder whose node_modules hold it. */
  readonly folder: string;
}

export interface TensorflowFound {
  /** What there is, best first. */
  readonly backend?: Backend;
  readonly folder?: string;
  readonly why?: string;
}

/** Folder into which the runtime is installed on demand. The extension gives its own storage. */
export function runtimeFolder(env: NodeJS.ProcessEnv = process.env): string {
  const given = env['LIFECYCLE_GPU_RUNTIME'];
  if (given !== undefined && given !== '') return given;
  const home =
    process.platform === 'win32'
      ? (env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'))
      : (env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'));
  return join(home, 'ml-lifecycle', 'gpu-runtime');
}

/** Runtimes on disk, best first: those installed on demand, those of the project, those beside the engine. */
export function tensorflowPlaces(env: NodeJS.ProcessEnv = process.env, cwd = process.cwd()): TensorflowPlace[] {
  const folders = [runtimeFolder(env), cwd, __dirname];
  return BACKENDS.flatMap((backend) =>
    folders.flatMap((folder) => {
      const needs =
        backend === '@tensorflow/tfjs-backend-webgpu' ? [backend, '@tensorflow/tfjs-core', 'webgpu'] : [backend];
      return needs.every((name) => isThere(name, folder)) ? [{ backend, folder }] : [];
    }),
  ).filter((place, i, all) => all.findIndex(({ backend }) => backend === place.backend) === i);
}

export function findTensorflow(env: NodeJS.ProcessEnv = process.env, cwd = process.cwd()): Promise<TensorflowFound> {
  const [first] = tensorflowPlaces(env, cwd);
  return Promise.resolve(
    first ?? {
      why: 'neither @tensorflow/tfjs-node-gpu, nor tfjs-node, nor tfjs-backend-webgpu with webgpu is installed',
    },
  );
}

function isThere(name: string, folder: string): boolean {
  try {
    createRequire(join(folder, 'index.js')).resolve(`${name}/package.json`);
    return true;
  } catch {
    return existsSync(join(folder, 'node_modules', name, 'package.json'));
  }
}
