import { type Dim, intAttribute, intsAttribute } from '../model';
import { type Question, type ShapeRule } from '../shapes';
import { axisOf, broadcast, constantInts, type Family, misfit, need, product, result, show, unify } from './support';

const concat: ShapeRule = (question) => {
  const first = need(question, 0);
  const shapes = question.inputs.map((input) => input?.shape);
  for (const input of question.inputs) {
    if (input && input.type !== first.type) throw misfit('Concat', `the inputs are ${first.type} and ${input.type}`);
  }
  const rank = shapes[0]?.length;
  if (rank === undefined) return result(first.type, undefined);
  const axis = axisOf('Concat', intAttribute(question.attributes, 'axis') ?? 0, rank);
  let joined: Dim[] | undefined;
  for (const shape of shapes) {
    if (shape === undefined) return result(first.type, undefined);
    if (shape.length !== rank) throw misfit('Concat', `${show(shapes[0])} and ${show(shape)} differ in rank`);
    const before: Dim[] | undefined = joined;
    joined = shape.map((dim, i) => {
      const other = before?.[i];
      if (other === undefined) return dim;
      if (i === axis) return typeof other === 'number' && typeof dim === 'number' ? other + dim : '?';
      const same = unify(other, dim);
      if (same === undefined)
        throw misfit('Concat', `${show(shapes[0])} and ${show(shape)} differ beside axis ${axis}`);
      return same;
    });
  }
  return result(first.type, joined);
};

/** A -1 in a target shape is worked out from what is known; symbols that stand on both sides cancel. */
const reshape: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const target = constantInts(question.inputs[1]);
  if (target === undefined) {
    const rank = question.inputs[1]?.shape?.[0];
    return result(type, typeof rank === 'number' ? new Array<Dim>(rank).fill('?') : undefined);
  }
  if (target.filter((size) => size === -1).length > 1)
    throw misfit('Reshape', `more than one -1 in [${target.join(', ')}]`);
  const keepZero = intAttribute(question.attributes, 'allowzero') === 1;
  const out = target.map((size, i): Dim => (size === 0 && !keepZero ? (shape?.[i] ?? '?') : size));
  if (shape === undefined)
    return result(
      type,
      out.map((dim) => (dim === -1 ? '?' : dim)),
    );

  const left: Dim[] = [...shape];
  const right: Dim[] = [];
  for (const dim of out) {
    const twin = typeof dim === 'string' && dim !== '?' ? left.indexOf(dim) : -1;
    if (twin >= 0) left.splice(twin, 1);
    else if (dim !== -1) right.push(dim);
  }
  const hole = out.indexOf(-1);
  const rightSize = product(right);
  const leftSize = product(left);
  if (hole < 0) {
    if (leftSize !== undefined && rightSize !== undefined && leftSize !== rightSize) {
      throw misfit('Reshape', `${show(shape)} does not fill ${show(out)}`);
    }
    return result(type, out);
  }
  out[hole] = '?';
  if (rightSize === undefined) return result(type, out);
  if (leftSize !== undefined) {
    const size = rightSize === 0 ? 0 : leftSize / rightSize;
    if (!Number.isInteger(size)) throw misfit('Reshape', `${show(shape)} does not divide into [${target.join(', ')}]`);
    out[hole] = size;
    return result(type, out);
  }
  const symbols = left.filter((dim) => typeof dim === 'string');
  if (symbols.length === 1 && product(left.filter((dim) => typeof dim === 'number')) === rightSize)
    out[hole] = symbols[0] ?? '?';
  return result(type, out);
};

const transpose: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const order = intsAttribute(question.attributes, 'perm');
  if (shape === undefined) return result(type, undefined);
  if (order === undefined) return result(type, shape.toReversed());
  if (order.length !== shape.length || new Set(order).size !== order.length) {
    throw misfit('Transpose', `the order [${order.join(', ')}] does not fit ${show(shape)}`);
  }
  return result(
    type,
    order.map((axis) => shape[axisOf('Transpose', axis, shape.length)] ?? '?'),
  );
};

const flatten: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  if (shape === undefined) return result(type, ['?', '?']);
  const axis = intAttribute(question.attributes, 'axis') ?? 1;
  const from = axis < 0 ? axis + shape.length : axis;
  const fold = (dims: readonly Dim[]): Dim => product(dims) ?? (dims.length === 1 ? (dims[0] ?? '?') : '?');
  return result(type, [fold(shape.slice(0, from)), fold(shape.slice(from))]);
};

const squeeze: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const given = question.inputs[1];
  const axes = constantInts(given);
  if (shape === undefined || (given !== undefined && axes === undefined)) return result(type, undefined);
  const gone = new Set(
    axes?.map((axis) => axisOf('Squeeze', axis, shape.length)) ?? [...shape.keys()].filter((i) => shape[i] === 1),
  );
  for (const axis of gone) {
    const dim = shape[axis];
    if (typeof dim === 'number' && dim !== 1) throw misfit('Squeeze', `axis ${axis} of ${show(shape)} is not 1`);
  }
  return result(
    type,
    shape.filter((_dim, i) => !gone.has(i)),
  );
};

const unsqueeze: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const axes = constantInts(question.inputs[1]);
  if (shape === undefined || axes === undefined) return result(type, undefined);
  const rank = shape.length + axes.length;
  const added = new Set(axes.map((axis) => axisOf('Unsqueeze', axis, rank)));
  let from = 0;
  return result(
    type,
    Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : (shape[from++] ?? '?'))),
  );
};

const gather: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const indices = need(question, 1);
  if (indices.type !== 'int64' && indices.type !== 'int32')
    throw misfit('Gather', `the indices are ${indices.type}, not int64 or int32`);
  if (shape === undefined || indices.shape === undefined) return result(type, undefined);
  const axis = axisOf('Gather', intAttribute(question.attributes, 'axis') ?? 0, shape.length);
  return result(type, [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)]);
};

const gatherElements: ShapeRule = (question) => result(need(question, 0).type, need(question, 1).shape);

const gatherND: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const indices = need(question, 1).shape;
  const depth = indices?.at(-1);
  const batch = intAttribute(question.attributes, 'batch_dims') ?? 0;
  if (shape === undefined || indices === undefined || typeof depth !== 'number') return result(type, undefined);
  return result(type, [...indices.slice(0, -1), ...shape.slice(batch + depth)]);
};

const slice: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const [starts, ends, axesGiven, stepsGiven] = [1, 2, 3, 4].map((i) => constantInts(question.inputs[i]));
  if (shape === undefined || starts === undefined || ends === undefined)
    return result(
      type,
      shape?.map(() => '?'),
    );
  const axes = axesGiven ?? starts.map((_, i) => i);
  const out = [...shape];
  axes.forEach((given, i) => {
    const axis = axisOf('Slice', given, shape.length);
    const size = shape[axis];
    const [start, end, step] = [starts[i] ?? 0, ends[i] ?? 0, stepsGiven?.[i] ?? 1];
    if (step === 0) throw misfit('Slice', 'a step of 0');
    if (typeof size !== 'number') {
      out[axis] = start === 0 && step === 1 && end >= 2 ** 31 - 1 ? (size ?? '?') : '?';
      return;
    }
    const clamp = (at: number, low: number, high: number): number =>
      Math.min(Math.max(at < 0 ? at + size : at, low), high);
    const from = step > 0 ? clamp(start, 0, size) : clamp(start, 0, size - 1);
    const to = step > 0 ? clamp(end, 0, size) : clamp(end, -1, size - 1);
    out[axis] = Math.max(0, Math.ceil((to - from) / step));
  });
  return result(type, out);
};

const split: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const { outputCount } = question;
  const sizes = constantInts(question.inputs[1]);
  if (shape === undefined) return Array.from({ length: outputCount }, () => ({ type }));
  const axis = axisOf('Split', intAttribute(question.attributes, 'axis') ?? 0, shape.length);
  const size = shape[axis];
  if (sizes && typeof size === 'number' && sizes.reduce((sum, part) => sum + part, 0) !== size) {
    throw misfit('Split', `parts of ${sizes.join(' + ')} do not make ${size}`);
  }
  if (!sizes && typeof size === 'number' && size % outputCount !== 0) {
    throw misfit('Split', `${size} does not split into ${outputCount} equal parts`);
  }
  return Array.from({ length: outputCount }, (_, part) => ({
    type,
    shape: shape.map((dim, i) =>
      i !== axis ? dim : (sizes?.[part] ?? (typeof size === 'number' ? size / outputCount : '?')),
    ),
  }));
};

const expand: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const target = constantInts(question.inputs[1]);
  return result(type, target === undefined ? undefined : broadcast('Expand', shape, target));
};

const tile: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const repeats = constantInts(question.inputs[1]);
  if (repeats && shape && repeats.length !== shape.length)
    throw misfit('Tile', `${repeats.length} repeats for ${show(shape)}`);
  return result(
    type,
    shape?.map((dim, i) =>
      repeats?.[i] === 1 ? dim : typeof dim === 'number' && repeats ? dim * (repeats[i] ?? 1) : '?',
    ),
  );
};

const pad: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const pads = constantInts(question.inputs[1]);
  return result(
    type,
    shape?.map((dim, i) => {
      const added = pads === undefined ? undefined : (pads[i] ?? 0) + (pads[i + shape.length] ?? 0);
      if (added === 0) return dim;
      return typeof dim === 'number' && added !== undefined ? dim + added : '?';
    }),
  );
};

const oneHot: ShapeRule = (question) => {
  const { shape } = need(question, 0);
  const depth = constantInts(question.inputs[1])?.[0] ?? '?';
  const { type } = need(question, 2);
  if (shape === undefined) return result(type, undefined);
  const axis = axisOf('OneHot', intAttribute(question.attributes, 'axis') ?? -1, shape.length + 1);
  return result(type, [...shape.slice(0, axis), depth, ...shape.slice(axis)]);
};

const constantOfShape: ShapeRule = (question) => {
  const value = question.attributes['value'];
  const sizes = constantInts(question.inputs[0]);
  return result(value && 'tensor' in value ? value.tensor.type : 'float', sizes);
};

const constant: ShapeRule = ({ attributes }) => {
  const value = attributes['value'];
  if (value && 'tensor' in value) return result(value.tensor.type, value.tensor.dims);
  if (attributes['value_float']) return result('float', []);
  if (attributes['value_int']) return result('int64', []);
  if (attributes['value_string']) return result('string', []);
  const list = attributes['value_floats'] ?? attributes['value_ints'] ?? attributes['value_strings'];
  if (list && 'floats' in list) return result('float', [list.floats.length]);
  if (list && 'ints' in list) return result('int64', [list.ints.length]);
  if (list && 'strings' in list) return result('string', [list.strings.length]);
  throw misfit('Constant', 'no value');
};

const keep: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  return result(type, shape);
};

const nonZero: ShapeRule = (question) => result('int64', [need(question, 0).shape?.length ?? '?', '?']);

const range: ShapeRule = (question: Question) => {
  const [start, limit, step] = [0, 1, 2].map((i) => constantInts(question.inputs[i])?.[0]);
  const count =
    start !== undefined && limit !== undefined && step ? Math.max(0, Math.ceil((limit - start) / step)) : '?';
  return result(need(question, 0).type, [count]);
};

/** Operators of other exporters whose result's shape is left to run time. */
const typeOnly: ShapeRule = (question) => result(need(question, 0).type, undefined);

export const movement: Family = {
  Einsum: typeOnly,
  Resize: typeOnly,
  DepthToSpace: typeOnly,
  SpaceToDepth: typeOnly,
  Compress: typeOnly,
  ReverseSequence: keep,
  Concat: concat,
  Reshape: reshape,
  Transpose: transpose,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Slice: slice,
  Split: split,
  Expand: expand,
  Tile: tile,
  Pad: pad,
  OneHot: oneHot,
  ConstantOfShape: constantOfShape,
  Constant: constant,
  ScatterElements: keep,
  ScatterND: keep,
  Trilu: keep,
  NonZero: nonZero,
  Range: range,
  Shape: (question) => result('int64', [need(question, 0).shape?.length ?? '?']),
  Size: () => result('int64', []),
  EyeLike: keep,
};
