/**
 * Gradients of the operators that pick: several equal winners share the gradient evenly, as in PyTorch's maximum and amax, unless the first is to have it.
 */
import { type Vjp } from '../differentiate';
import { intAttribute, intsAttribute } from '../model';
import { expandReduced } from './reduction';
import { Emit, type Family, must, reduceTo } from './support';

const pick: Vjp = ({ builder, node, gradients, wanted }) => {
  const emit = new Emit(builder);
  const [y, g] = [must(node.outputs[0]), must(gradients[0])];
  if (node.ties === 'first') {
    // What the first does not take goes on to the next; the last takes what is left.
    let rest = g;
    return node.inputs.map((input, i) => {
      if (i === node.inputs.length - 1) return reduceTo(emit, rest, must(input));
      const taken = emit.mul(rest, emit.mask(emit.op('GreaterOrEqual', [must(input), y]), y));
      rest = emit.sub(rest, taken);
      return reduceTo(emit, taken, must(input));
    });
  }
  const masks = node.inputs.map((input) => emit.mask(emit.op('Equal', [must(input), y]), y));
  const share = emit.div(g, masks.length === 1 ? must(masks[0]) : emit.op('Sum', masks));
  return node.inputs.map((input, i) =>
    wanted[i] ? reduceTo(emit, emit.mul(share, must(masks[i])), must(input)) : undefined,
  );
};

const pickAlong: Vjp = ({ builder, node, gradients }) => {
  const emit = new Emit(builder);
  const [x, y, g] = [must(node.inputs[0]), must(node.outputs[0]), must(gradients[0])];
  const axes = intsAttribute(node.attributes, 'axes');
  const kept = intAttribute(node.attributes, 'keepdims') !== 0;
  const winner = emit.mask(emit.op('Equal', [x, expandReduced(emit, y, x, axes, kept)]), x);
  const over = axes ?? [...(x.shape?.keys() ?? [])];
  const winners = emit.op('ReduceSum', [winner, emit.ints(over)]);
  return [emit.mul(emit.div(expandReduced(emit, g, x, axes, kept), winners), winner)];
};

export const extremes: Family = { Max: pick, Min: pick, ReduceMax: pickAlong, ReduceMin: pickAlong };
