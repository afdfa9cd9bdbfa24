/**
 * Reverse-mode differentiation: walks the nodes of a graph backwards from a loss and adds the nodes that compute its gradient, so that
 * training is a graph that onnxruntime runs. The rules stand in `gradients/`, one file a family.
 *
 * Source of the method: Griewank & Walther, Evaluating Derivatives (2008), chapter 3.
 */
import { type BuiltNode, type GraphBuilder, type Value } from './builder';
import { OnnxError } from './error';
import { elementwise } from './gradients/elementwise';
import { extremes } from './gradients/extremes';
import { matrix } from './gradients/matrix';
import { movement } from './gradients/movement';
import { normalization } from './gradients/normalization';
import { reduction } from './gradients/reduction';
import { recurrent } from './gradients/recurrent';
import { ones, zerosLike } from './gradients/support';
import { windows } from './gradients/windows';

/** What a rule is asked: the node, the gradients of its outputs (undefined is zero), and which inputs' gradients are wanted. */
export interface Pullback {
  readonly builder: GraphBuilder;
  readonly node: BuiltNode;
  readonly gradients: readonly (Value | undefined)[];
  readonly wanted: readonly boolean[];
  /** Only operators, and of them only the outputs, that every provider has. */
  readonly portable: boolean;
}

/**
 * The vector-Jacobian product of an operator: the gradients of its inputs, in order and of their shapes; undefined where none is wanted or it
 * is zero everywhere.
 */
export type Vjp = (pullback: Pullback) => readonly (Value | undefined)[];

/** Constant almost everywhere: nothing flows back through them. */
const flat = new Set(
  (
    'Shape Size Sign Floor Ceil Round Equal Less LessOrEqual Greater GreaterOrEqual And Or Xor Not IsNaN IsInf ArgMax ArgMin ' +
    'NonZero ConstantOfShape Constant OneHot EyeLike Range RandomUniform RandomNormal RandomUniformLike RandomNormalLike Bernoulli'
  ).split(' '),
);

const rules: ReadonlyMap<string, Vjp> = new Map(
  [elementwise, extremes, matrix, reduction, movement, normalization, recurrent, windows].flatMap((family) =>
    Object.entries(family),
  ),
);

/** Operators with a rule. */
export const differentiable: readonly string[] = [...rules.keys()];

/** Can a gradient flow through this operator (or is it known that none does)? */
export function isDifferentiable(opType: string): boolean {
  return rules.has(opType) || flat.has(opType);
}

export interface GradientOptions {
  /** The gradient of the result itself, for a result that is not a single number. */
  readonly seed?: Value;
  /** Keeps to what every provider of onnxruntime has, rather than to what is fastest on a processor. */
  readonly portable?: boolean;
}

/**
 * Adds the gradient of `loss` (one element, unless a seed is given) to the graph: one value for each of `withRespectTo`, of its shape. A value
 * that the loss does not depend on gets zeros.
 *
 * @throws OnnxError when an operator on the way has no rule, or shapes are too little known to undo a broadcast.
 */
export function gradient(
  builder: GraphBuilder,
  loss: Value,
  withRespectTo: readonly Value[],
  options: GradientOptions = {},
): Value[] {
  const { portable = false } = options;
  const trace = [...builder.trace];
  const active = dependents(trace, withRespectTo);
  const found = new Map<string, Value[]>();
  found.set(loss.name, [options.seed ?? unit(builder, loss)]);

  /** Adds up what reached a value; afterwards it is one value. */
  const total = (value: Value): Value | undefined => {
    const parts = found.get(value.name);
    if (parts === undefined || parts.length <= 1) return parts?.[0];
    const pairwise = portable || parts.length === 2;
    const sum = pairwise ? parts.reduce((a, b) => builder.op('Add', [a, b])) : builder.op('Sum', parts);
    found.set(value.name, [sum]);
    return sum;
  };

  for (const node of trace.reverse()) {
    if (!node.outputs.some((output) => found.has(output.name))) continue;
    const wanted = node.inputs.map((input) => input !== undefined && active.has(input.name));
    if (!wanted.includes(true) || flat.has(node.opType)) continue;
    const rule = rules.get(node.opType);
    if (rule === undefined) {
      throw new OnnxError(`There is no gradient rule for ${node.opType}.`, 'Keep it out of what is trained.');
    }
    const results = rule({ builder, node, gradients: node.outputs.map(total), wanted, portable });
    node.inputs.forEach((input, i) => {
      const result = results[i];
      if (input === undefined || result === undefined || wanted[i] !== true) return;
      const parts = found.get(input.name);
      if (parts) parts.push(result);
      else found.set(input.name, [result]);
    });
  }
  return withRespectTo.map((value) => total(value) ?? zerosLike(builder, value));
}

/** Every value that is or depends on one of `roots`. */
function dependents(trace: readonly BuiltNode[], roots: readonly Value[]): Set<string> {
  const active = new Set(roots.map(({ name }) => name));
  for (const node of trace) {
    if (!node.inputs.some((input) => input !== undefined && active.has(input.name))) continue;
    for (const output of node.outputs) active.add(output.name);
  }
  return active;
}

function unit(builder: GraphBuilder, loss: Value): Value {
  if (loss.type !== 'float' && loss.type !== 'double')
    throw new OnnxError(`A loss is float or double, not ${loss.type}.`);
  if (loss.shape === undefined || loss.shape.some((dim) => dim !== 1)) {
    throw new OnnxError(
      `A loss is a single number, but '${loss.name}' is [${loss.shape?.join(', ') ?? '?'}].`,
      'Reduce it with ReduceMean or ReduceSum, or give a seed.',
    );
  }
  return ones(builder, loss.type, loss.shape.length);
}
