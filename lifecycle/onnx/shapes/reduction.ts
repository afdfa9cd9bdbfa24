import { type Dim, intAttribute, intsAttribute } from '../model';
import { type Question, type ShapeRule } from '../shapes';
import { axisOf, constantInts, type Family, misfit, need, result } from './support';

function reduced(
  question: Question,
  shape: readonly Dim[] | undefined,
  axes: readonly number[] | undefined,
): Dim[] | undefined {
  const keep = intAttribute(question.attributes, 'keepdims') !== 0;
  if (shape === undefined) return undefined;
  const over = new Set(
    axes === undefined ? shape.keys() : axes.map((axis) => axisOf(question.opType, axis, shape.length)),
  );
  return shape.flatMap((dim, i) => (over.has(i) ? (keep ? [1] : []) : [dim]));
}

/** Axes stand in an attribute, or (ReduceSum since opset 13) in a second input; none means all. */
const reduce: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const input = question.inputs[1];
  if (input !== undefined && input.constant === undefined) return result(type, undefined);
  let axes = constantInts(input) ?? intsAttribute(question.attributes, 'axes');
  if (axes?.length === 0) axes = undefined;
  if (axes === undefined && intAttribute(question.attributes, 'noop_with_empty_axes') === 1) return result(type, shape);
  return result(type, reduced(question, shape, axes));
};

const arg: ShapeRule = (question) => {
  const { shape } = need(question, 0);
  return result('int64', reduced(question, shape, [intAttribute(question.attributes, 'axis') ?? 0]));
};

const topK: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const k = constantInts(question.inputs[1])?.[0];
  const axis = shape && axisOf('TopK', intAttribute(question.attributes, 'axis') ?? -1, shape.length);
  const size = axis === undefined ? undefined : shape?.[axis];
  if (k !== undefined && typeof size === 'number' && k > size) throw misfit('TopK', `${k} of only ${size} elements`);
  const out = shape?.map((dim, i) => (i === axis ? (k ?? '?') : dim));
  return [...result(type, out), ...result('int64', out)];
};

const names = ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'];

export const reduction: Family = {
  ...Object.fromEntries(names.map((name) => [`Reduce${name}`, reduce])),
  ArgMax: arg,
  ArgMin: arg,
  TopK: topK,
};
