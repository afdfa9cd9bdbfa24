import { type Vjp } from '../differentiate';
import { floatAttribute, intAttribute } from '../model';
import { axisOf } from '../shapes/support';
import { Emit, type Family, must, rankOf, reduceTo } from './support';

/**
 * Layer normalisation. With x̂ = (x − mean) / σ and h = g · scale:
 * dx = (h − mean(h) − x̂ · mean(h · x̂)) / σ, dscale = Σ g · x̂, dbias = Σ g.
 * Source: Ba, Kiros & Hinton, Layer Normalization (2016), differentiated.
 */
const layerNormalization: Vjp = ({ builder, node, gradients, wanted }) => {
  const emit = new Emit(builder);
  const [x, scale, bias] = node.inputs;
  const input = must(x);
  const g = must(gradients[0]);
  const rank = rankOf(input);
  const first = axisOf('LayerNormalization', intAttribute(node.attributes, 'axis') ?? -1, rank);
  const axes = { axes: { ints: Array.from({ length: rank - first }, (_, i) => first + i) } };
  const centred = emit.sub(input, emit.op('ReduceMean', [input], axes));
  const variance = emit.op('ReduceMean', [emit.mul(centred, centred)], axes);
  const epsilon = emit.number(floatAttribute(node.attributes, 'epsilon') ?? 1e-5, input);
  const inverse = emit.op('Reciprocal', [emit.op('Sqrt', [emit.add(variance, epsilon)])]);
  const normal = emit.mul(centred, inverse);
  const dx = (): ReturnType<Emit['mul']> => {
    const h = emit.mul(g, must(scale));
    const along = emit.mul(normal, emit.op('ReduceMean', [emit.mul(h, normal)], axes));
    return emit.mul(inverse, emit.sub(emit.sub(h, emit.op('ReduceMean', [h], axes)), along));
  };
  return [
    wanted[0] ? dx() : undefined,
    wanted[1] ? reduceTo(emit, emit.mul(g, normal), must(scale)) : undefined,
    wanted[2] ? reduceTo(emit, g, must(bias)) : undefined,
  ];
};

export const normalization: Family = { LayerNormalization: layerNormalization };
