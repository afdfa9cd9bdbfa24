/**
 * Static quantisation to 8 bits: what flows into a layer is rounded to a grid that was measured beforehand, its weights to one for each output,
 * written as QuantizeLinear and DequantizeLinear around the layer, so that every runtime may compute in whole numbers.
 *
 * Source: Jacob et al., Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference (2018), section 2;
 * https://github.com/onnx/onnx/blob/main/docs/Operators.md#QuantizeLinear
 */
import { type ModelInfo } from '../../schemas/generated/types';
import { type Sample } from '../model/score';
import {
  float,
  floatAttribute,
  intAttribute,
  type NamedTensor,
  type OnnxModel,
  type OnnxNode,
  openSession,
  type TensorData,
} from '../onnx';
import { UserError } from '../problem';
import { exposing, innerValues } from './inner';
import { along, freshNames, type Layer, withoutUnused } from './weights';

/** Least and largest number that was seen at a place; 0 lies within. */
export interface Span {
  readonly least: number;
  readonly most: number;
}

/** Measures what flows into each layer, by the name of the value. @throws UserError when a number there is not finite */
export async function calibrate(
  model: OnnxModel,
  layers: readonly Layer[],
  info: ModelInfo,
  sample: Sample,
): Promise<Map<string, Span>> {
  const names = [...new Set(layers.map(({ node }) => model.graph.nodes[node]!.inputs[0]!))];
  const spans = names.map(() => ({ least: 0, most: 0 }));
  const session = await openSession(exposing(model, names).bytes);
  try {
    for await (const { from, rows, values } of innerValues(session, names.length, info, sample)) {
      values.forEach(({ data }, i) => {
        const span = spans[i]!;
        const numbers = data as Float32Array;
        for (let at = 0; at < numbers.length; at++) {
          const value = numbers[at]!;
          if (!Number.isFinite(value))
            throw notFinite(names[i]!, value, from + Math.floor(at / (numbers.length / rows)));
          if (value < span.least) span.least = value;
          if (value > span.most) span.most = value;
        }
      });
    }
  } finally {
    await session.close();
  }
  return new Map(names.map((name, i) => [name, spans[i]!]));
}

function notFinite(name: string, value: number, row: number): UserError {
  return new UserError({
    code: 'calibration-not-finite',
    message: `On row ${row} of those drawn from the training split, the value '${name}' inside the model is ${value}, so its range can’t be measured.`,
    hint: 'Most often a value is missing there: fill it in the data stage (`fill: {columns: numeric, with: median}`).',
    path: ['quantize'],
  });
}

/** Steps of an 8-bit grid, and where 0 lies on the one for weights: whole numbers without sign are exact on every processor. */
const STEPS = 255;
const MIDDLE = 128;

/** The grid of a span: scale in float32 and the whole number that stands for 0. */
export function gridOf({ least, most }: Span): { readonly scale: number; readonly zero: number } {
  const scale = Math.fround((most - least) / STEPS) || 1;
  return { scale, zero: Math.max(0, Math.min(STEPS, Math.round(-least / scale))) };
}

/** The model with some of its layers in 8 bits. */
export function quantizeStatic(
  model: OnnxModel,
  layers: readonly Layer[],
  spans: ReadonlyMap<string, Span>,
): OnnxModel {
  const { graph } = model;
  const fresh = freshNames(model);
  const constants: NamedTensor[] = [];
  const constant = (stem: string, tensor: TensorData): string => {
    const name = fresh(stem);
    constants.push({ name, tensor });
    return name;
  };
  const node = (opType: string, inputs: string[], stem: string, axis?: number): { node: OnnxNode; output: string } => {
    const output = fresh(stem);
    const attributes = axis === undefined ? {} : { axis: { int: axis } };
    return { node: { name: `${opType}.${output}`, opType, domain: '', inputs, outputs: [output], attributes }, output };
  };
  const rounded = new Map<string, string>();
  const byNode = new Map(layers.map((layer) => [layer.node, layer]));
  const nodes = graph.nodes.flatMap((each, index): OnnxNode[] => {
    const layer = byNode.get(index);
    if (layer === undefined) return [each];
    const before: OnnxNode[] = [];
    const [x, , bias] = each.inputs as [string, string, string | undefined];
    let input = rounded.get(x);
    if (input === undefined) {
      const { scale, zero } = gridOf(spans.get(x)!);
      const grid = [
        constant(`${x}_scale`, float([scale], [])),
        constant(`${x}_zero`, { type: 'uint8', dims: [], data: Uint8Array.of(zero) }),
      ];
      const there = node('QuantizeLinear', [x, ...grid], `${x}_quantized`);
      const back = node('DequantizeLinear', [there.output, ...grid], `${x}_rounded`);
      before.push(there.node, back.node);
      input = back.output;
      rounded.set(x, input);
    }
    // A Gemm with a bias of float32 would be computed in float32: as a product and a sum it need not be.
    const split = layer.opType === 'Gemm' && plainGemm(each);
    const { values, scales, axis } = quantized(layer, split);
    const weights = node(
      'DequantizeLinear',
      [
        constant(`${layer.weights}_uint8`, values),
        constant(`${layer.weights}_scale`, scales),
        constant(`${layer.weights}_zero`, {
          type: 'uint8',
          dims: scales.dims,
          data: new Uint8Array(scales.data.length).fill(MIDDLE),
        }),
      ],
      `${layer.weights}_rounded`,
      axis,
    );
    before.push(weights.node);
    if (!split)
      return [...before, { ...each, inputs: each.inputs.map((name, i) => [input, weights.output][i] ?? name) }];
    const whole = bias === undefined || bias === '';
    const product = whole ? each.outputs[0]! : fresh(`${each.outputs[0]!}_product`);
    const multiply: OnnxNode = {
      name: `${each.name}.product`,
      opType: 'MatMul',
      domain: '',
      inputs: [input, weights.output],
      outputs: [product],
      attributes: {},
    };
    if (whole) return [...before, multiply];
    return [
      ...before,
      multiply,
      {
        name: `${each.name}.sum`,
        opType: 'Add',
        domain: '',
        inputs: [product, bias],
        outputs: each.outputs,
        attributes: {},
      },
    ];
  });
  return withoutUnused({
    ...model,
    graph: { ...graph, nodes, initializers: [...graph.initializers, ...constants] },
  });
}

function plainGemm({ attributes }: OnnxNode): boolean {
  const one = (name: string): boolean => (floatAttribute(attributes, name) ?? 1) === 1;
  return one('alpha') && one('beta') && (intAttribute(attributes, 'transA') ?? 0) === 0;
}

/** scale = max |w| / 127 of each output; as a matrix [inputs, outputs] when `turned` is asked for. */
function quantized(
  { tensor, outputs }: Layer,
  turned: boolean,
): { values: TensorData; scales: TensorData; axis: number } {
  const weights = tensor.data as Float32Array;
  const { before, size, after } = along(tensor.dims, outputs);
  const scales = new Float32Array(size);
  const each = (visit: (at: number, output: number) => void): void => {
    for (let b = 0; b < before; b++)
      for (let k = 0; k < size; k++) for (let a = 0; a < after; a++) visit((b * size + k) * after + a, k);
  };
  each((at, k) => (scales[k] = Math.max(scales[k]!, Math.abs(weights[at]!))));
  for (let k = 0; k < size; k++) scales[k] = scales[k]! > 0 ? scales[k]! / 127 : 1;
  const turn = turned && outputs === 0;
  const values = new Uint8Array(weights.length);
  each((at, k) => {
    const value = Math.max(-127, Math.min(127, Math.round(weights[at]! / scales[k]!)));
    values[turn ? (at % after) * size + k : at] = value + MIDDLE;
  });
  const dims = turn ? [after, size] : tensor.dims;
  return {
    values: { type: 'uint8', dims, data: values },
    scales: { type: 'float', dims: [size], data: scales },
    axis: turn ? 1 : outputs,
  };
}
