/**
 * Structured pruning: takes whole units of dense layers and channels of convolutions out of a graph, with everything that is only theirs. A unit
 * counts as much as the product of the lengths of what goes in and what goes out, which no rescaling of a ReLU changes.
 * Source of the method: Li et al., Pruning Filters for Efficient ConvNets (2017).
 */
import { intAttribute, intsAttribute, type OnnxModel, type OnnxNode, type TensorData } from '../onnx';
import { along, type Layer, layersOf, withConstants } from './weights';

/** Operators that treat every number alike, so that a unit's values stay its own. */
const ALIKE = new Set(
  (
    'Relu LeakyRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Exp Erf Clip Identity Neg Abs Sqrt ' +
    'Add Sub Mul Div Max Min'
  ).split(' '),
);
/** Operators that treat every channel by itself. */
const BY_CHANNEL = new Set(['MaxPool', 'AveragePool', 'GlobalAveragePool', 'GlobalMaxPool']);

/** Where the outputs of a layer go. */
interface Reach {
  /** Constants that hold something for each unit, and the axis along which. */
  readonly constants: ReadonlyMap<string, number>;
  /** Layers that take the units, and how many of their inputs a unit is. */
  readonly takers: readonly { readonly layer: Layer; readonly each: number }[];
  /** Shapes to which the units are flattened: constants of Reshape. */
  readonly shapes: readonly string[];
}

/** Removes the share of each layer's units that matters least; at least one stays. The outputs of the model stay. */
export function removeUnits(given: OnnxModel, share: number): { readonly model: OnnxModel; readonly removed: number } {
  let model = given;
  let removed = 0;
  for (const { weights } of layersOf(given)) {
    const layer = layersOf(model).find((each) => each.weights === weights)!;
    const reach = reachOf(model, layer);
    const units = layer.tensor.dims[layer.outputs]!;
    const away = Math.min(units - 1, Math.floor(share * units));
    if (reach === undefined || away < 1) continue;
    const worth = worthOf(layer, reach);
    const order = Array.from(worth, (_, unit) => unit).sort((a, b) => worth[a]! - worth[b]! || a - b);
    const kept = order.slice(away).sort((a, b) => a - b);
    model = without(model, layer, reach, kept);
    removed += away;
  }
  return { model, removed };
}

/** How the units lie: along their axis, along the last one after the places of an image were pooled, or flattened with these places. */
type Form = 'units' | 'pooled' | 'flat';

/** Pools the places of an image and drops their axes. */
function overPlaces({ opType, attributes }: OnnxNode, behind: number): boolean {
  const axes = intsAttribute(attributes, 'axes');
  return (
    (opType === 'ReduceMean' || opType === 'ReduceMax') &&
    intAttribute(attributes, 'keepdims') === 0 &&
    axes?.length === behind &&
    axes.every((axis) => axis >= 2)
  );
}

/** Undefined when the units are not only the layer's own business. */
function reachOf(model: OnnxModel, layer: Layer): Reach | undefined {
  const { nodes, outputs } = model.graph;
  const initializers = new Map(model.graph.initializers.map(({ name, tensor }) => [name, tensor]));
  const layers = new Map(layersOf(model).map((each) => [each.node, each]));
  const users = (name: string): OnnxNode[] => nodes.filter(({ inputs }) => inputs.includes(name));
  const own = (name: string): boolean => users(name).length === 1;
  const units = layer.tensor.dims[layer.outputs]!;
  const convolution = layer.opType === 'Conv';
  /** Axes after the one of the units: 0 for dense layers. */
  const behind = convolution ? layer.tensor.dims.length - 2 : 0;
  const constants = new Map<string, number>([[layer.weights, layer.outputs]]);
  const takers: { layer: Layer; each: number }[] = [];
  const shapes: string[] = [];
  if (!own(layer.weights)) return undefined;
  /** A constant beside the units: one number for all, or one for each. False when it is neither. */
  const beside = (name: string, after: number): boolean => {
    const tensor = initializers.get(name);
    if (tensor?.type !== 'float') return false;
    const axis = tensor.dims.length - 1 - after;
    if (axis < 0 || tensor.dims[axis] === 1) return true;
    if (tensor.dims[axis] !== units || !own(name)) return false;
    constants.set(name, axis);
    return true;
  };
  const bias = nodes[layer.node]!.inputs[2];
  if (bias !== undefined && bias !== '') {
    const tensor = initializers.get(bias);
    if (tensor?.type !== 'float' || tensor.dims.at(-1) !== units || !own(bias)) return undefined;
    constants.set(bias, tensor.dims.length - 1);
  }
  const start = nodes[layer.node]!.outputs[0]!;
  const region = new Set([start]);
  const queue: { name: string; form: Form }[] = [{ name: start, form: 'units' }];
  const seen = new Set<OnnxNode>();
  while (queue.length > 0) {
    const { name, form } = queue.shift()!;
    if (outputs.some((output) => output.name === name)) return undefined;
    for (const node of users(name)) {
      const taker = layers.get(nodes.indexOf(node));
      if (taker && node.inputs[0] === name && node.inputs[1] !== name) {
        if (seen.has(node)) continue;
        const each = taker.tensor.dims[taker.inputs]! / units;
        const fits = (taker.opType === 'Conv') === (convolution && form === 'units');
        if (!fits || !Number.isInteger(each) || (form !== 'flat' && each !== 1) || !own(taker.weights))
          return undefined;
        seen.add(node);
        takers.push({ layer: taker, each });
        continue;
      }
      if (seen.has(node)) continue;
      const next = node.outputs[0]!;
      if (node.opType === 'Reshape' && convolution && node.inputs[0] === name && form === 'units') {
        const shape = initializers.get(node.inputs[1]!);
        if (shape?.dims[0] !== 2 || !own(node.inputs[1]!)) return undefined;
        shapes.push(node.inputs[1]!);
        seen.add(node);
        queue.push({ name: next, form: 'flat' });
      } else if (convolution && form === 'units' && overPlaces(node, behind)) {
        seen.add(node);
        queue.push({ name: next, form: 'pooled' });
      } else if (convolution && form === 'units' && BY_CHANNEL.has(node.opType)) {
        seen.add(node);
        queue.push({ name: next, form });
      } else if (ALIKE.has(node.opType) && node.domain === '') {
        const others = node.inputs.filter((input) => input !== '' && !region.has(input));
        const waiting = others.filter((input) => !initializers.has(input));
        // What comes from outside of the region, such as a residual's other branch, has units of its own; or it is yet to be reached.
        if (waiting.length > 0) {
          if (!waiting.every((input) => reachable(input, region, nodes))) return undefined;
          continue;
        }
        if (form === 'flat' && others.length > 0) return undefined;
        if (!others.every((input) => beside(input, form === 'pooled' ? 0 : behind))) return undefined;
        seen.add(node);
        region.add(next);
        queue.push({ name: next, form });
      } else return undefined;
    }
  }
  return takers.length > 0 ? { constants, takers, shapes } : undefined;
}

/** Does a value come from the region through operators that treat every number alike? Then it will be reached in its turn. */
function reachable(name: string, region: ReadonlySet<string>, nodes: readonly OnnxNode[]): boolean {
  if (region.has(name)) return true;
  const maker = nodes.find(({ outputs }) => outputs.includes(name));
  return (
    maker !== undefined && ALIKE.has(maker.opType) && maker.inputs.some((input) => reachable(input, region, nodes))
  );
}

function worthOf(layer: Layer, { takers }: Reach): Float64Array {
  const units = layer.tensor.dims[layer.outputs]!;
  const coming = lengths(layer.tensor, layer.outputs, units);
  const going = new Float64Array(units);
  for (const { layer: taker } of takers)
    lengths(taker.tensor, taker.inputs, units).forEach((length, unit) => (going[unit]! += length));
  return coming.map((length, unit) => Math.sqrt(length * going[unit]!));
}

/** Sums of squares along an axis, of as many groups of neighbours as there are units. */
function lengths({ dims, data }: TensorData, axis: number, units: number): Float64Array {
  const { before, size, after } = along(dims, axis);
  const sums = new Float64Array(units);
  const each = size / units;
  for (let b = 0; b < before; b++)
    for (let k = 0; k < size; k++)
      for (let a = 0; a < after; a++) sums[Math.floor(k / each)]! += Number(data[(b * size + k) * after + a]) ** 2;
  return sums;
}

function without(
  model: OnnxModel,
  layer: Layer,
  { constants, takers, shapes }: Reach,
  kept: readonly number[],
): OnnxModel {
  const tensors = new Map(model.graph.initializers.map(({ name, tensor }) => [name, tensor]));
  const units = layer.tensor.dims[layer.outputs]!;
  const values = new Map<string, TensorData>();
  const keep = (name: string, axis: number, each: number): void => {
    const places = kept.flatMap((unit) => Array.from({ length: each }, (_, i) => unit * each + i));
    values.set(name, slice(values.get(name) ?? tensors.get(name)!, axis, places));
  };
  for (const [name, axis] of constants) keep(name, axis, 1);
  for (const { layer: taker, each } of takers) keep(taker.weights, taker.inputs, each);
  for (const name of shapes) {
    const { dims, data } = tensors.get(name)!;
    const numbers = Array.from(data as BigInt64Array, Number);
    const last = numbers.at(-1)!;
    if (last > 0) numbers[numbers.length - 1] = (last / units) * kept.length;
    values.set(name, { type: 'int64', dims, data: BigInt64Array.from(numbers, BigInt) });
  }
  // Shapes that were noted for inner values no longer hold.
  return withConstants({ ...model, graph: { ...model.graph, valueInfo: [] } }, values);
}

function slice({ type, dims, data }: TensorData, axis: number, places: readonly number[]): TensorData {
  const { before, size, after } = along(dims, axis);
  const numbers = data as Float32Array;
  const result = new Float32Array(before * places.length * after);
  for (let b = 0; b < before; b++)
    places.forEach((place, k) => {
      const from = (b * size + place) * after;
      result.set(numbers.subarray(from, from + after), (b * places.length + k) * after);
    });
  return { type, dims: dims.map((dim, i) => (i === axis ? places.length : dim)), data: result };
}
