import { fromFloat16, LARGEST_FLOAT16, type NamedTensor, type OnnxModel, type OnnxNode, toFloat16 } from '../onnx';
import { UserError } from '../problem';
import { freshNames, withoutUnused } from './weights';

/** A model with its large arrays as 16-bit numbers. */
export interface Halved {
  readonly model: OnnxModel;
  readonly matrices: number;
  /** Numbers in them. */
  readonly weights: number;
  /** Arrays that stayed as they were, because a number in them is beyond ±65504. */
  readonly left: readonly string[];
}

/** A smaller array gains less than the node before its use costs. */
const LEAST_WEIGHTS = 128;
const FLOAT = 1;

/** Operators and the inputs of theirs that hold what was learnt, rather than what scales raw columns. */
const LEARNT: Readonly<Record<string, readonly number[]>> = {
  MatMul: [0, 1],
  Gemm: [1, 2],
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  LSTM: [1, 2, 3],
  GRU: [1, 2, 3],
  RNN: [1, 2, 3],
  Gather: [0],
};

/**
 * Keeps learnt arrays as 16-bit numbers and turns them into float32 before their use: inputs, outputs and all that is computed stay float32, so
 * that raw columns of any size go in, and every runtime, also one without arithmetic of 16 bits, gives the same answers.
 *
 * @throws UserError when a weight is not a number
 */
export function halveWeights(model: OnnxModel): Halved {
  const { graph } = model;
  const constants = new Map(graph.initializers.map(({ name, tensor }) => [name, tensor]));
  const fresh = freshNames(model);
  const made = new Map<string, { constant: NamedTensor; node: OnnxNode; output: string }>();
  const left = new Set<string>();
  let weights = 0;
  const halved = (name: string): string => {
    const known = made.get(name);
    if (known) return known.output;
    const tensor = constants.get(name);
    if (tensor?.type !== 'float' || tensor.data.length < LEAST_WEIGHTS || left.has(name)) return name;
    const data = tensor.data as Float32Array;
    const strange = data.findIndex((value) => !Number.isFinite(value));
    if (strange >= 0) throw notANumber(name, data[strange]!);
    const bits = toFloat16(data);
    if (data.some((value) => Math.abs(value) > LARGEST_FLOAT16) && fromFloat16(bits).some((v) => !Number.isFinite(v))) {
      left.add(name);
      return name;
    }
    const [half, output] = [fresh(`${name}_float16`), fresh(`${name}_float32`)];
    made.set(name, {
      constant: { name: half, tensor: { type: 'float16', dims: tensor.dims, data: bits } },
      node: {
        name: `Cast.float16.${made.size}`,
        opType: 'Cast',
        domain: '',
        inputs: [half],
        outputs: [output],
        attributes: { to: { int: FLOAT } },
      },
      output,
    });
    weights += data.length;
    return output;
  };
  const nodes = graph.nodes.map((node): OnnxNode => {
    const places = node.domain === '' ? LEARNT[node.opType] : undefined;
    if (places === undefined) return node;
    return { ...node, inputs: node.inputs.map((name, i) => (places.includes(i) ? halved(name) : name)) };
  });
  const added = [...made.values()];
  return {
    model: withoutUnused({
      ...model,
      graph: {
        ...graph,
        nodes: [...added.map(({ node }) => node), ...nodes],
        initializers: [...graph.initializers, ...added.map(({ constant }) => constant)],
      },
    }),
    matrices: made.size,
    weights,
    left: [...left],
  };
}

/** @throws UserError: such a model answers nonsense, and rounding would hide it */
export function notANumber(name: string, value: number): UserError {
  return new UserError({
    code: 'weights-not-finite',
    message: `The weights '${name}' hold ${value}, so the model can’t be optimised.`,
    hint: 'Its training has diverged: train it again with a smaller learning rate.',
    path: ['model'],
  });
}
