import { type Dim, floatAttribute, intAttribute, intsAttribute, stringAttribute } from '../model';
import { type Inferred, type Question, type ShapeRule } from '../shapes';
import { broadcast, type Family, misfit, need, result, show, unify } from './support';

/** Matrix product with numpy's rules: the last two axes multiply, the ones before broadcast, a vector is a matrix of one row or column. */
export function matMulShape(
  opType: string,
  a: readonly Dim[] | undefined,
  b: readonly Dim[] | undefined,
): Dim[] | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a.length === 0 || b.length === 0) throw misfit(opType, 'a scalar has no matrix product');
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  const inner = unify(left.at(-1) ?? '?', right.at(-2) ?? '?');
  if (inner === undefined) {
    throw misfit(opType, `${show(a)} times ${show(b)}: ${left.at(-1)} columns meet ${right.at(-2)} rows`);
  }
  const batch = broadcast(opType, left.slice(0, -2), right.slice(0, -2)) ?? [];
  return [...batch, ...(a.length === 1 ? [] : [left.at(-2) ?? '?']), ...(b.length === 1 ? [] : [right.at(-1) ?? '?'])];
}

const matMul: ShapeRule = (question) => {
  const [a, b] = [need(question, 0), need(question, 1)];
  if (a.type !== b.type) throw misfit(question.opType, `the inputs are ${a.type} and ${b.type}`);
  return result(a.type, matMulShape(question.opType, a.shape, b.shape));
};

const matMulInteger: ShapeRule = (question) =>
  result('int32', matMulShape(question.opType, need(question, 0).shape, need(question, 1).shape));

const gemm: ShapeRule = (question) => {
  const [a, b] = [need(question, 0), need(question, 1)];
  const c = question.inputs[2];
  const swap = (shape: readonly Dim[] | undefined, attribute: string): readonly Dim[] | undefined => {
    if (shape !== undefined && shape.length !== 2) throw misfit('Gemm', `the input ${show(shape)} is not a matrix`);
    return shape !== undefined && intAttribute(question.attributes, attribute) === 1 ? shape.toReversed() : shape;
  };
  const shape = matMulShape('Gemm', swap(a.shape, 'transA'), swap(b.shape, 'transB'));
  if (c !== undefined) broadcast('Gemm', shape, c.shape);
  return result(a.type, shape);
};

/**
 * Window arithmetic of convolution and pooling. Source: the ONNX operator specification of Conv and MaxPool.
 * Gives the output size of each spatial axis.
 */
export function windowed(
  question: Question,
  spatial: readonly Dim[],
  kernel: readonly number[],
  ceilMode: boolean,
): Dim[] {
  const { attributes, opType } = question;
  const rank = spatial.length;
  if (kernel.length !== rank) throw misfit(opType, `a window of ${kernel.length} axes over ${rank} spatial axes`);
  const strides = intsAttribute(attributes, 'strides') ?? new Array<number>(rank).fill(1);
  const dilations = intsAttribute(attributes, 'dilations') ?? new Array<number>(rank).fill(1);
  const pads = intsAttribute(attributes, 'pads') ?? new Array<number>(2 * rank).fill(0);
  const auto = stringAttribute(attributes, 'auto_pad') ?? 'NOTSET';
  return spatial.map((size, i) => {
    if (typeof size !== 'number') return '?';
    const stride = strides[i] ?? 1;
    const extent = ((kernel[i] ?? 1) - 1) * (dilations[i] ?? 1) + 1;
    if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') return Math.ceil(size / stride);
    const padding = auto === 'VALID' ? 0 : (pads[i] ?? 0) + (pads[i + rank] ?? 0);
    const steps = (size + padding - extent) / stride;
    let out = (ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // A last window that would start in the padding behind the input is left out (as in PyTorch and onnxruntime).
    if (ceilMode && auto !== 'VALID' && (out - 1) * stride >= size + (pads[i] ?? 0)) out -= 1;
    if (out < 1) {
      throw misfit(
        opType,
        `a window of ${extent} does not fit into an axis of ${size}${padding ? ` with ${padding} of padding` : ''}`,
      );
    }
    return out;
  });
}

const conv: ShapeRule = (question) => {
  const x = need(question, 0).shape;
  const { type } = need(question, 0);
  const w = need(question, 1).shape;
  const outType = question.opType === 'ConvInteger' ? 'int32' : question.opType === 'QLinearConv' ? type : type;
  const weight = question.opType === 'QLinearConv' ? need(question, 3).shape : w;
  if (x === undefined || weight === undefined) return result(outType, undefined);
  if (x.length < 3) throw misfit(question.opType, `the input ${show(x)} has no spatial axis (batch, channels, …)`);
  if (weight.length !== x.length)
    throw misfit(question.opType, `weights ${show(weight)} do not fit the input ${show(x)}`);
  const group = intAttribute(question.attributes, 'group') ?? 1;
  const [channels, perGroup] = [x[1], weight[1]];
  if (typeof channels === 'number' && typeof perGroup === 'number' && channels !== perGroup * group) {
    throw misfit(
      question.opType,
      `${channels} channels in, but the weights ${show(weight)} expect ${perGroup * group}`,
    );
  }
  const kernel = intsAttribute(question.attributes, 'kernel_shape') ?? weight.slice(2);
  if (!kernel.every((size) => typeof size === 'number')) return result(outType, undefined);
  return result(outType, [x[0] ?? '?', weight[0] ?? '?', ...windowed(question, x.slice(2), kernel, false)]);
};

const convTranspose: ShapeRule = (question) => {
  const { type, shape: x } = need(question, 0);
  const w = need(question, 1).shape;
  if (x === undefined || w === undefined) return result(type, undefined);
  const rank = x.length - 2;
  const { attributes } = question;
  const ones = new Array<number>(rank).fill(1);
  const strides = intsAttribute(attributes, 'strides') ?? ones;
  const dilations = intsAttribute(attributes, 'dilations') ?? ones;
  const pads = intsAttribute(attributes, 'pads') ?? new Array<number>(2 * rank).fill(0);
  const extra = intsAttribute(attributes, 'output_padding') ?? new Array<number>(rank).fill(0);
  const fixed = intsAttribute(attributes, 'output_shape');
  const group = intAttribute(attributes, 'group') ?? 1;
  const spatial = x.slice(2).map((size, i): Dim => {
    const kernel = w[i + 2];
    if (fixed !== undefined) return fixed[i] ?? '?';
    if (typeof size !== 'number' || typeof kernel !== 'number') return '?';
    const extent = (kernel - 1) * (dilations[i] ?? 1) + 1;
    return (strides[i] ?? 1) * (size - 1) + (extra[i] ?? 0) + extent - (pads[i] ?? 0) - (pads[i + rank] ?? 0);
  });
  const perGroup = w[1] ?? '?';
  return result(type, [x[0] ?? '?', typeof perGroup === 'number' ? perGroup * group : '?', ...spatial]);
};

const pool: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const kernel = intsAttribute(question.attributes, 'kernel_shape') ?? [];
  const ceilMode = intAttribute(question.attributes, 'ceil_mode') === 1;
  let out: Dim[] | undefined;
  if (shape !== undefined) {
    if (shape.length < 3)
      throw misfit(question.opType, `the input ${show(shape)} has no spatial axis (batch, channels, …)`);
    out = [...shape.slice(0, 2), ...windowed(question, shape.slice(2), kernel, ceilMode)];
  }
  const pooled = result(type, out);
  return question.outputCount > 1 ? [...pooled, ...result('int64', out)] : pooled;
};

const globalPool: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  return result(
    type,
    shape?.map((dim, i) => (i < 2 ? dim : 1)),
  );
};

const batchNormalization: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const outputs: Inferred[] = result(type, shape);
  for (let i = 1; i < question.outputCount; i++) outputs.push(...result(type, need(question, i + 2).shape));
  const channels = shape?.[1];
  const scale = need(question, 1).shape?.[0];
  if (typeof channels === 'number' && typeof scale === 'number' && channels !== scale) {
    throw misfit(question.opType, `${channels} channels, but ${scale} scales`);
  }
  return outputs;
};

const layerNormalization: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const axis = intAttribute(question.attributes, 'axis') ?? -1;
  const start = shape === undefined ? 0 : axis < 0 ? axis + shape.length : axis;
  const statistics = shape?.map((dim, i) => (i < start ? dim : 1));
  if (floatAttribute(question.attributes, 'epsilon') === 0) throw misfit(question.opType, 'epsilon must be above 0');
  return [...result(type, shape), ...result('float', statistics), ...result('float', statistics)].slice(
    0,
    question.outputCount,
  );
};

const keep: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  return result(type, shape);
};

export const linear: Family = {
  MatMul: matMul,
  FusedMatMul: matMul,
  MatMulInteger: matMulInteger,
  Gemm: gemm,
  Conv: conv,
  ConvInteger: conv,
  QLinearConv: conv,
  ConvTranspose: convTranspose,
  MaxPool: pool,
  AveragePool: pool,
  LpPool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: keep,
  LRN: keep,
  MeanVarianceNormalization: keep,
};
