/** Runs the graphs of the onnx trainer in TensorFlow.js: the same layers, gradients and optimisers on another runtime. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { addProvider, decodeModel, type Session, type TensorData } from '../../onnx';
import { UserError } from '../../problem';
import { Call, type Flow, isHost, OPERATORS } from './operators';
import { unknownOption } from './recurrent';
import { loadTensorflow, type Runtime } from './runtime';

/**
 * Makes TensorFlow.js answer for the provider `tensorflow`, on the given or the best runtime there is.
 * @returns the runtime's name
 * @throws UserError `tensorflow-missing`, `tensorflow-broken`
 */
export async function provideTensorflow(loaded?: Runtime): Promise<string> {
  const runtime = loaded ?? (await loadTensorflow());
  const { name, version } = runtime;
  addProvider('tensorflow', (model) => Promise.resolve(tensorflowSession(model, runtime)), `${name} ${version}`);
  return runtime.name;
}

/**
 * A session on a loaded runtime.
 * @throws UserError `operator-unsupported` naming what TensorFlow.js can't run here
 */
export function tensorflowSession(bytes: Uint8Array, { tf, name }: Runtime): Session {
  const { graph } = decodeModel(bytes);
  const unknown = graph.nodes.flatMap((node) => (node.opType in OPERATORS ? (unknownOption(node) ?? []) : node.opType));
  const missing = [...new Set(unknown)];
  if (missing.length > 0)
    throw new UserError({
      code: 'operator-unsupported',
      message: `A layer of this network needs ${missing.join(', ')}, which the TensorFlow trainer does not know.`,
      hint: 'Train it with ONNX Runtime: `device: auto`, `cuda` or `webgpu`.',
      path: ['resources', 'device'],
    });
  const constants = new Map<string, Flow>(
    graph.initializers.map(({ name: constant, tensor }) => [
      constant,
      isInts(tensor) ? hostOf(tensor) : tf.keep(tensorOf(tf, tensor)),
    ]),
  );
  const lastUse = new Map<string, number>();
  graph.nodes.forEach(({ inputs }, i) => {
    for (const input of inputs) lastUse.set(input, i);
  });
  const outputs = graph.outputs.map((output) => output.name);
  return {
    inputs: graph.inputs.map((input) => input.name),
    outputs,
    threads: 1,
    provider: name,
    async run(feeds, wanted = outputs) {
      const made = tf.tidy(() => {
        const values = new Map<string, Flow>(constants);
        for (const input of graph.inputs) values.set(input.name, feed(tf, feeds[input.name], input.name));
        for (const node of graph.nodes) {
          const operator = OPERATORS[node.opType]!;
          const inputs = node.inputs.map((input) => (input === '' ? undefined : values.get(input)));
          const result = operator(new Call(tf, node, inputs));
          const results: readonly (Flow | undefined)[] = Array.isArray(result) ? result : [result as Flow];
          node.outputs.forEach((output, i) => {
            const value = results[i];
            if (output !== '' && value !== undefined) values.set(output, value);
          });
        }
        return wanted.map((output) => {
          const value = values.get(output);
          if (value === undefined) throw new Error(`The graph gives no '${output}'.`);
          return isHost(value) ? tf.tensor([...value.host], [...value.dims], 'int32') : tf.keep(value.clone());
        });
      });
      const results = await Promise.all(made.map(async (tensor, i) => [wanted[i]!, await dataOf(tensor)] as const));
      tf.dispose(made);
      return Object.fromEntries(results);
    },
    close() {
      for (const value of constants.values()) if (!isHost(value)) value.dispose();
      return Promise.resolve();
    },
  };
}

async function dataOf(tensor: Tensor): Promise<TensorData> {
  const data = await tensor.data();
  return tensor.dtype === 'float32'
    ? { type: 'float', dims: tensor.shape, data: Float32Array.from(data) }
    : { type: 'int32', dims: tensor.shape, data: Int32Array.from(data) };
}

function feed(tf: Runtime['tf'], given: TensorData | undefined, name: string): Flow {
  if (given === undefined) throw new Error(`The input '${name}' is not given.`);
  return isInts(given) ? hostOf(given) : tensorOf(tf, given);
}

function isInts({ type }: TensorData): boolean {
  return type === 'int64' || type === 'int32';
}

function hostOf({ data, dims }: TensorData): Flow {
  return { host: Array.from(data as ArrayLike<number | bigint>, Number), dims };
}

function tensorOf(tf: Runtime['tf'], { type, data, dims }: TensorData): Tensor {
  if (type === 'bool') return tf.tensor(Uint8Array.from(data as Uint8Array), [...dims], 'bool');
  return tf.tensor(Float32Array.from(data as Float32Array), [...dims], 'float32');
}
