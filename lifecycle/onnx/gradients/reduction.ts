/**
 * Gradients of sums and means over axes, and of softmax.
 */
import { type BuiltNode, type GraphBuilder, type Value } from '../builder';
import { type Vjp } from '../differentiate';
import { OnnxError } from '../error';
import { intAttribute, intsAttribute } from '../model';
import { axisOf } from '../shapes/support';
import { numbers } from '../tensor';
import { Emit, type Family, must, rankOf, shapeOf } from './support';

/** The axes a node reduces over; undefined is all. */
function axesOf(builder: GraphBuilder, node: BuiltNode): number[] | undefined {
  const given = node.inputs[1];
  if (given === undefined) return intsAttribute(node.attributes, 'axes');
  const constant = builder.constantOf(given);
  if (constant === undefined) throw new OnnxError(`The axes of ${node.opType} must be constant to differentiate it.`);
  return constant.data.length === 0 ? undefined : numbers(constant);
}

/** Puts reduced axes back, as axes of 1, so that the value broadcasts against what was reduced. */
export function expandReduced(
  emit: Emit,
  value: Value,
  x: Value,
  axes: readonly number[] | undefined,
  kept: boolean,
): Value {
  if (kept) return value;
  const rank = rankOf(x);
  const over = axes?.map((axis) => axisOf('Reduce', axis, rank)) ?? Array.from({ length: rank }, (_, i) => i);
  return over.length === 0 ? value : emit.op('Unsqueeze', [value, emit.ints(over)]);
}

function reduce(rule: (emit: Emit, g: Value, x: Value, y: Value, axes: readonly number[] | undefined) => Value): Vjp {
  return ({ builder, node, gradients }) => {
    const emit = new Emit(builder);
    const [x, y, g] = [must(node.inputs[0]), must(node.outputs[0]), must(gradients[0])];
    const axes = axesOf(builder, node);
    if (axes === undefined && intAttribute(node.attributes, 'noop_with_empty_axes') === 1) return [g];
    const kept = intAttribute(node.attributes, 'keepdims') !== 0;
    return [rule(emit, expandReduced(emit, g, x, axes, kept), x, expandReduced(emit, y, x, axes, kept), axes)];
  };
}

/** Stretches a value over the shape of another. */
function stretch(emit: Emit, value: Value, over: Value): Value {
  const shape = shapeOf(over);
  if (shape.every((dim) => typeof dim === 'number')) {
    return shape.length === 0 ? value : emit.op('Expand', [value, emit.ints(shape)]);
  }
  return emit.builder.op('Expand', [value, emit.op('Shape', [over])], {}, { shape });
}

/** How many elements went into each result: a number where the shape is fixed, else worked out at run time. */
function count(emit: Emit, x: Value, axes: readonly number[] | undefined): number | Value {
  const shape = shapeOf(x);
  const over = axes?.map((axis) => axisOf('ReduceMean', axis, shape.length)) ?? [...shape.keys()];
  let fixed = 1;
  const open: number[] = [];
  for (const axis of over) {
    const dim = shape[axis];
    if (typeof dim === 'number') fixed *= dim;
    else open.push(axis);
  }
  if (open.length === 0) return fixed;
  const size = emit.op('Gather', [emit.op('Shape', [x]), emit.ints(open)]);
  const product = emit.op('ReduceProd', [size], { keepdims: { int: 0 } });
  return emit.scale(emit.op('Cast', [product], { to: { int: x.type === 'double' ? 11 : 1 } }), fixed);
}

const mean: Vjp = reduce((emit, g, x, _y, axes) => {
  const size = count(emit, x, axes);
  const share = typeof size === 'number' ? emit.scale(g, 1 / size) : emit.div(g, size);
  return stretch(emit, share, x);
});

const softmax: Vjp = ({ builder, node, gradients }) => {
  const emit = new Emit(builder);
  const [y, g] = [must(node.outputs[0]), must(gradients[0])];
  const axis = emit.ints([intAttribute(node.attributes, 'axis') ?? -1]);
  if (node.opType === 'LogSoftmax') {
    return [emit.sub(g, emit.mul(emit.op('Exp', [y]), emit.op('ReduceSum', [g, axis])))];
  }
  const weighted = emit.mul(g, y);
  return [emit.sub(weighted, emit.mul(y, emit.op('ReduceSum', [weighted, axis])))];
};

const cumSum: Vjp = ({ builder, node, gradients }) => {
  const flip = intAttribute(node.attributes, 'reverse') === 1 ? 0 : 1;
  const exclusive = intAttribute(node.attributes, 'exclusive') ?? 0;
  const inputs = [must(gradients[0]), must(node.inputs[1])];
  return [builder.op('CumSum', inputs, { reverse: { int: flip }, exclusive: { int: exclusive } })];
};

export const reduction: Family = {
  ReduceSum: reduce((emit, g, x) => stretch(emit, g, x)),
  ReduceMean: mean,
  ReduceSumSquare: reduce((emit, g, x) => emit.mul(g, emit.scale(x, 2))),
  ReduceL1: reduce((emit, g, x) => emit.mul(g, emit.op('Sign', [x]))),
  ReduceL2: reduce((emit, g, x, y) => emit.mul(emit.div(g, y), x)),
  ReduceLogSumExp: reduce((emit, g, x, y) => emit.mul(g, emit.op('Exp', [emit.sub(x, y)]))),
  Softmax: softmax,
  LogSoftmax: softmax,
  CumSum: cumSum,
};
