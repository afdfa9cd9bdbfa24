import { type OnnxModel, type OnnxNode } from '../onnx';
import { intAttribute, type NamedTensor, type TensorData } from '../onnx';
import { freshNames } from './weights';

/** A model with its matrices as 8-bit integers. */
export interface Quantized {
  readonly model: OnnxModel;
  /** Matrices that were quantised. */
  readonly matrices: number;
  /** Numbers in them. */
  readonly weights: number;
}

/** Smaller matrices cost more in scales and nodes than they save. */
const LEAST_WEIGHTS = 256;

/**
 * Keeps the constant matrices of MatMul and Gemm as int8 with one float scale for each output column, symmetric around zero, and a
 * DequantizeLinear before their use (https://github.com/onnx/onnx/blob/main/docs/Operators.md#DequantizeLinear). Activations stay
 * float32: so one row's answer does not depend on the rows beside it, and no calibration data is needed.
 */
export function quantizeWeights(model: OnnxModel): Quantized {
  const { graph } = model;
  const constants = new Map(graph.initializers.map((initializer) => [initializer.name, initializer.tensor]));
  const made = new Map<string, { nodes: OnnxNode[]; initializers: NamedTensor[]; output: string }>();
  const fresh = freshNames(model);
  let weights = 0;
  const nodes = graph.nodes.map((node) => {
    const name = node.inputs[1];
    const tensor = name === undefined ? undefined : constants.get(name);
    const axis = outputAxis(node);
    if (name === undefined || tensor === undefined || axis === undefined || !worthwhile(tensor)) return node;
    const key = `${name} ${axis}`;
    let entry = made.get(key);
    if (entry === undefined) {
      const { values, scales } = quantize(tensor, axis);
      const [q, s, output] = [fresh(`${name}_int8`), fresh(`${name}_scale`), fresh(`${name}_dequantized`)];
      entry = {
        initializers: [
          { name: q, tensor: values },
          { name: s, tensor: scales },
        ],
        nodes: [
          {
            name: `DequantizeLinear.${made.size}`,
            opType: 'DequantizeLinear',
            domain: '',
            inputs: [q, s],
            outputs: [output],
            attributes: { axis: { int: axis } },
          },
        ],
        output,
      };
      made.set(key, entry);
      weights += tensor.data.length;
    }
    return { ...node, inputs: node.inputs.map((input, i) => (i === 1 ? entry.output : input)) };
  });
  const added = [...made.values()];
  const used = new Set(nodes.flatMap((node) => node.inputs));
  return {
    model: {
      ...model,
      graph: {
        ...graph,
        nodes: [...added.flatMap((entry) => entry.nodes), ...nodes],
        initializers: [
          ...graph.initializers.filter(({ name }) => used.has(name) || !replaced(name, made)),
          ...added.flatMap((entry) => entry.initializers),
        ],
      },
    },
    matrices: made.size,
    weights,
  };
}

function replaced(name: string, made: ReadonlyMap<string, unknown>): boolean {
  return made.has(`${name} 0`) || made.has(`${name} 1`);
}

/** The axis of a node's second matrix along which its outputs lie; undefined for other nodes. */
function outputAxis(node: OnnxNode): 0 | 1 | undefined {
  if (node.domain !== '') return undefined;
  if (node.opType === 'MatMul') return 1;
  if (node.opType === 'Gemm') return intAttribute(node.attributes, 'transB') === 1 ? 0 : 1;
  return undefined;
}

function worthwhile({ type, dims, data }: TensorData): boolean {
  return type === 'float' && dims.length === 2 && data.length >= LEAST_WEIGHTS;
}

/** scale = max |w| / 127 of each column, so that the largest weight is exact to half a step. */
function quantize({ dims, data }: TensorData, axis: 0 | 1): { values: TensorData; scales: TensorData } {
  const [rows, columns] = dims as [number, number];
  const weights = data as Float32Array;
  const count = dims[axis]!;
  const outputOf = axis === 1 ? (i: number) => i % columns : (i: number) => Math.floor(i / columns);
  const scales = new Float32Array(count);
  for (let i = 0; i < rows * columns; i++) {
    const size = Math.abs(weights[i]!);
    if (size > scales[outputOf(i)]!) scales[outputOf(i)] = size;
  }
  for (let k = 0; k < count; k++) scales[k] = scales[k]! > 0 ? scales[k]! / 127 : 1;
  const values = new Int8Array(rows * columns);
  for (let i = 0; i < values.length; i++)
    values[i] = Math.max(-127, Math.min(127, Math.round(weights[i]! / scales[outputOf(i)]!)));
  return {
    values: { type: 'int8', dims: [rows, columns], data: values },
    scales: { type: 'float', dims: [count], data: scales },
  };
}
