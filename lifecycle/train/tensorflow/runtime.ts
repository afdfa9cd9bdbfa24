/** Loads a TensorFlow.js runtime, with what it needs around it. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import type * as Tf from '@tensorflow/tfjs-core';
import { UserError } from '../../problem';
import { type Backend, tensorflowPlaces, type TensorflowPlace } from './find';

export type Tensorflow = typeof Tf;

/** A loaded runtime. */
export interface Runtime {
  readonly tf: Tensorflow;
  /** For people and for the record: `@tensorflow/tfjs-node-gpu`. */
  readonly name: string;
  /** Of all that computes in it: `4.22.0 with TensorFlow 2.9.1`. */
  readonly version: string;
}

/** What came of trying to load a runtime. */
export interface TensorflowProbe {
  readonly provider: 'tensorflow';
  readonly works: boolean;
  readonly backend?: Backend;
  readonly folder?: string;
  readonly version?: string;
  /** Whether it found a GPU. */
  readonly gpu?: boolean;
  /** Of each runtime that was tried in vain, what it said. */
  readonly failures: readonly { readonly backend: Backend; readonly said: string }[];
}

/**
 * Loads the best runtime there is.
 * @throws UserError `tensorflow-missing`, `tensorflow-broken`
 */
export async function loadTensorflow(env: NodeJS.ProcessEnv = process.env): Promise<Runtime> {
  const places = tensorflowPlaces(env);
  if (places.length === 0)
    throw new UserError({
      code: 'tensorflow-missing',
      message: '`device: tensorflow-gpu` needs TensorFlow.js, and none is installed.',
      hint: 'Run “ML Lifecycle: Install GPU Runtime” (`lifecycle gpu-runtime install`), or use `device: auto`.',
      path: ['resources', 'device'],
    });
  const failures: string[] = [];
  for (const place of places) {
    try {
      const tf = await load(place);
      return { tf, name: place.backend, version: versionOf(place, tf) };
    } catch (error) {
      failures.push(`${place.backend}: ${sayOf(error)}`);
    }
  }
  throw new UserError({
    code: 'tensorflow-broken',
    message: 'TensorFlow.js is installed, but can not be used.',
    hint: '`lifecycle gpu-runtime check` says what is missing.',
    path: ['resources', 'device'],
    details: failures,
  });
}

/** Tries every runtime there is and has one compute; runs in a process of its own, because a native library may bring it down. */
export async function probeTensorflow(
  env: NodeJS.ProcessEnv = process.env,
  places: readonly TensorflowPlace[] = tensorflowPlaces(env),
): Promise<TensorflowProbe> {
  const failures: { backend: Backend; said: string }[] = [];
  for (const place of places) {
    try {
      const tf = await load(place);
      const product = tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]]));
      const [value] = await product.data();
      if (value !== 11) throw new Error(`it computes wrongly: 1·3 + 2·4 = ${String(value)}`);
      const isGpu = (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice;
      return {
        provider: 'tensorflow',
        works: true,
        ...place,
        version: tf.version_core,
        gpu: isGpu ?? place.backend === '@tensorflow/tfjs-backend-webgpu',
        failures,
      };
    } catch (error) {
      failures.push({ backend: place.backend, said: sayOf(error) });
    }
  }
  return { provider: 'tensorflow', works: false, failures };
}

async function load({ backend, folder }: TensorflowPlace): Promise<Tensorflow> {
  const require = createRequire(join(folder, 'index.js'));
  if (backend !== '@tensorflow/tfjs-backend-webgpu') {
    mendUtil();
    const tf = require(backend) as Tensorflow;
    await tf.ready();
    return tf;
  }
  const { create, globals } = require('webgpu') as {
    create: (flags: readonly string[]) => unknown;
    globals: Record<string, unknown>;
  };
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.defineProperty(globalThis, 'navigator', {
    value: { ...(globalThis as { navigator?: object }).navigator, gpu, userAgent: 'node' },
    configurable: true,
    writable: true,
  });
  const tf = require('@tensorflow/tfjs-core') as Tensorflow;
  require(backend);
  if (!(await tf.setBackend('webgpu'))) throw new Error('WebGPU finds no adapter: a Vulkan driver is missing');
  await tf.ready();
  return tf;
}

/** The version of a backend, and of what it computes with: libtensorflow, or Dawn in the package `webgpu`. */
function versionOf({ backend, folder }: TensorflowPlace, tf: Tensorflow): string {
  const require = createRequire(join(folder, 'index.js'));
  const of = (name: string): string => {
    try {
      return (require(`${name}/package.json`) as { version: string }).version;
    } catch {
      return tf.version_core;
    }
  };
  if (backend === '@tensorflow/tfjs-backend-webgpu')
    return `${of(backend)} with tfjs-core ${tf.version_core} and webgpu ${of('webgpu')}`;
  const { binding } = tf.backend() as { binding?: { TF_Version?: string } };
  return `${of(backend)}${binding?.TF_Version === undefined ? '' : ` with TensorFlow ${binding.TF_Version}`}`;
}

/** tfjs-node 4.22 uses functions that Node 23 took out of `util`; they are put back before it is loaded. */
export function mendUtil(): void {
  const gone: Record<string, (value: unknown) => boolean> = {
    isArray: Array.isArray,
    isBoolean: (value) => typeof value === 'boolean',
    isFunction: (value) => typeof value === 'function',
    isNull: (value) => value === null,
    isNullOrUndefined: (value) => value === null || value === undefined,
    isNumber: (value) => typeof value === 'number',
    isObject: (value) => typeof value === 'object' && value !== null,
    isString: (value) => typeof value === 'string',
    isUndefined: (value) => value === undefined,
  };
  for (const [name, test] of Object.entries(gone)) if (!(name in util)) Object.assign(util, { [name]: test });
}

export function sayOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 2).join(' ').slice(0, 400);
}
