/**
 * Runs ONNX models through onnxruntime. The native module is loaded on the first session, never on import.
 */
import { readFile } from 'node:fs/promises';
import type * as Ort from 'onnxruntime-node';
import { OnnxError } from './error';
import { refuseExternalData } from './scan';
import { allocate, type ElementType, holds, type NumericArray, type TensorData } from './tensor';

export interface SessionOptions {
  /**
   * Threads within an operator; 1 unless given, because results may differ in the last bit between thread counts:
   * whoever asks for more records the number.
   */
  readonly threads?: number;
  /** 'cpu' unless given. Others (cuda, webgpu, …) must be in the onnxruntime at hand. */
  readonly provider?: string;
  /** How far onnxruntime rewrites the graph; 'all' unless given. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
}

/** A loaded model. `run` may be called many times, also at the same time; after `close` it throws. */
export interface Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly threads: number;
  readonly provider: string;
  /**
   * Feeds the inputs by name and gives the asked outputs (all unless named). The fed arrays are read, never changed or kept;
   * what comes back is the caller's own. `into` lends arrays of the right shape that results may be written to, so that none are made;
   * none of them may be fed at the same time. What is returned is what counts.
   */
  run(
    feeds: Readonly<Record<string, TensorData>>,
    outputs?: readonly string[],
    into?: Readonly<Record<string, TensorData>>,
  ): Promise<Record<string, TensorData>>;
  close(): Promise<void>;
}

const toOrt: Readonly<Record<ElementType, string>> = {
  float: 'float32',
  double: 'float64',
  float16: 'float16',
  int32: 'int32',
  int64: 'int64',
  int8: 'int8',
  uint8: 'uint8',
  bool: 'bool',
  string: 'string',
};
const fromOrt = new Map(Object.entries(toOrt).map(([ours, theirs]) => [theirs, ours as ElementType]));

let loaded: Promise<typeof Ort> | undefined;

async function load(): Promise<typeof Ort> {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  loaded ??= import('onnxruntime-node').then((module) => ('default' in module ? module.default : module));
  return loaded;
}

/** Another runtime that answers for a provider's name. */
interface Other {
  readonly open: (model: Uint8Array) => Promise<Session>;
  readonly runtime: string | undefined;
}

const others = new Map<string, Other>();

/**
 * Lets another runtime answer for a provider's name.
 * @param runtime its name and version, where it is not onnxruntime
 * @returns takes it back
 */
export function addProvider(name: string, open: Other['open'], runtime?: string): () => void {
  const other = { open, runtime };
  others.set(name, other);
  return () => {
    if (others.get(name) === other) others.delete(name);
  };
}

/**
 * Opens a model from its bytes or from a file. A file is read at once, so it may be replaced while the session is open, and a model
 * that keeps its weights in other files does not load.
 *
 * @throws OnnxError when the file can't be read or onnxruntime refuses the model; the message says why.
 */
export async function openSession(model: Uint8Array | string, options: SessionOptions = {}): Promise<Session> {
  const bytes = typeof model === 'string' ? await readModel(model) : model;
  refuseExternalData(bytes);
  const other = others.get(options.provider ?? 'cpu');
  if (other) return other.open(bytes);
  const ort = await load();
  const threads = options.threads ?? 1;
  const provider = options.provider ?? 'cpu';
  let session: Ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(bytes, {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: options.optimization ?? 'all',
      logSeverityLevel: 3,
      // Matrices of 8 bits are multiplied in float32, as the graph says and as every other runtime does; without this the activations are
      // rounded to 8 bits as well, and answers move by up to a hundredth.
      extra: { session: { qdq_matmulnbits_accuracy_level: '1' } },
    });
  } catch (error) {
    throw new OnnxError(
      `onnxruntime can't load the model${typeof model === 'string' ? ` ${model}` : ''}: ${reason(error)}`,
    );
  }
  return wrap(ort, session, threads, provider);
}

async function readModel(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new OnnxError(`The model ${path} can't be read: ${reason(error)}`);
  }
}

function wrap(ort: typeof Ort, session: Ort.InferenceSession, threads: number, provider: string): Session {
  let open = true;
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    threads,
    provider,
    async run(feeds, outputs = session.outputNames, into = {}) {
      if (!open) throw new OnnxError('The session is closed.');
      const tensors: Record<string, Ort.Tensor> = {};
      for (const name of session.inputNames) {
        const tensor = feeds[name];
        if (tensor === undefined) {
          throw new OnnxError(`The model's input '${name}' is not given; it takes ${session.inputNames.join(', ')}.`);
        }
        tensors[name] = outgoing(ort, name, tensor);
      }
      const fetches = Object.fromEntries(
        outputs.map((name) => [name, into[name] === undefined ? null : outgoing(ort, name, into[name])]),
      );
      let results: Ort.InferenceSession.OnnxValueMapType;
      try {
        results = await session.run(tensors, fetches);
      } catch (error) {
        throw new OnnxError(`The model can't be run: ${reason(error)}`);
      }
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, incoming(name, value)]));
    },
    async close() {
      if (!open) return;
      open = false;
      await session.release();
    },
  };
}

function outgoing(ort: typeof Ort, name: string, tensor: TensorData): Ort.Tensor {
  if (!holds(tensor.type, tensor.data))
    throw new OnnxError(`The input '${name}' of type ${tensor.type} holds the wrong kind of array.`);
  try {
    return new ort.Tensor(toOrt[tensor.type] as 'float32', tensor.data as Float32Array, tensor.dims);
  } catch (error) {
    throw new OnnxError(
      `The input '${name}' is not a tensor of ${tensor.type} [${tensor.dims.join(', ')}]: ${reason(error)}`,
    );
  }
}

function incoming(name: string, tensor: Ort.Tensor): TensorData {
  const type = fromOrt.get(tensor.type);
  if (type === undefined)
    throw new OnnxError(`The output '${name}' is ${tensor.type}, which this engine does not read.`);
  return { type, dims: [...tensor.dims], data: tensor.data as NumericArray };
}

/** The runtime that answers for a provider, with its version: `onnxruntime 1.27.0`, `@tensorflow/tfjs-node 4.22.0`. */
export async function runtimeOf(provider: string): Promise<string> {
  return others.get(provider)?.runtime ?? `onnxruntime ${await runtimeVersion()}`;
}

async function runtimeVersion(): Promise<string> {
  const { env } = await load();
  return env.versions.node ?? env.versions.common;
}

/** An all-zero tensor of a type and shape. */
export function zeros(type: Exclude<ElementType, 'string'>, dims: readonly number[]): TensorData {
  return {
    type,
    dims,
    data: allocate(
      type,
      dims.reduce((product, dim) => product * dim, 1),
    ),
  };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
