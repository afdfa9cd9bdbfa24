/**
 * Gradients of matrix products: for Y = A B, dA = dY Bᵀ and dB = Aᵀ dY.
 */
import { type Value } from '../builder';
import { type Vjp } from '../differentiate';
import { OnnxError } from '../error';
import { type Attributes, floatAttribute, intAttribute } from '../model';
import { Emit, type Family, must, rankOf, reduceTo, shapeOf } from './support';

function gemm(emit: Emit, a: Value, b: Value, transA: boolean, transB: boolean, alpha = 1): Value {
  const attributes: Attributes = {
    ...(alpha !== 1 && { alpha: { float: alpha } }),
    ...(transA && { transA: { int: 1 } }),
    ...(transB && { transB: { int: 1 } }),
  };
  return emit.op('Gemm', [a, b], attributes);
}

/** Swaps the last two axes. */
function transposed(emit: Emit, value: Value): Value {
  const rank = rankOf(value);
  const order = Array.from({ length: rank }, (_, i) => i);
  [order[rank - 2], order[rank - 1]] = [rank - 1, rank - 2];
  return emit.op('Transpose', [value], { perm: { ints: order } });
}

/** Folds all axes but the last into one. */
function rows(emit: Emit, value: Value): Value {
  const width = shapeOf(value).at(-1);
  if (typeof width !== 'number')
    throw new OnnxError(`The width of '${value.name}' must be known to differentiate a matrix product.`);
  return emit.op('Reshape', [value, emit.ints([-1, width])]);
}

const matMul: Vjp = ({ builder, node, gradients, wanted }) => {
  const emit = new Emit(builder);
  const [a, b, g] = [must(node.inputs[0]), must(node.inputs[1]), must(gradients[0])];
  const [rankA, rankB] = [rankOf(a), rankOf(b)];
  if (rankA < 2 || rankB < 2)
    throw new OnnxError('The gradient of MatMul needs matrices, not vectors.', 'Unsqueeze the vector first.');
  if (rankA === 2 && rankB === 2) {
    return [
      wanted[0] ? gemm(emit, g, b, false, true) : undefined,
      wanted[1] ? gemm(emit, a, g, true, false) : undefined,
    ];
  }
  const da = wanted[0] ? reduceTo(emit, emit.op('MatMul', [g, transposed(emit, b)]), a) : undefined;
  if (!wanted[1]) return [da];
  // One matrix for a whole batch: one product over all rows, rather than one for each and a sum.
  if (rankB === 2) return [da, gemm(emit, rows(emit, a), rows(emit, g), true, false)];
  return [da, reduceTo(emit, emit.op('MatMul', [transposed(emit, a), g]), b)];
};

const general: Vjp = ({ builder, node, gradients, wanted }) => {
  const emit = new Emit(builder);
  const [a, b, c] = node.inputs;
  const g = must(gradients[0]);
  const { attributes } = node;
  const alpha = floatAttribute(attributes, 'alpha') ?? 1;
  const beta = floatAttribute(attributes, 'beta') ?? 1;
  const transA = intAttribute(attributes, 'transA') === 1;
  const transB = intAttribute(attributes, 'transB') === 1;
  const da = (): Value =>
    transA ? gemm(emit, must(b), g, transB, true, alpha) : gemm(emit, g, must(b), false, !transB, alpha);
  const db = (): Value =>
    transB ? gemm(emit, g, must(a), true, transA, alpha) : gemm(emit, must(a), g, !transA, false, alpha);
  return [
    wanted[0] ? da() : undefined,
    wanted[1] ? db() : undefined,
    wanted[2] && c ? emit.scale(reduceTo(emit, g, c), beta) : undefined,
  ];
};

export const matrix: Family = { MatMul: matMul, Gemm: general };
