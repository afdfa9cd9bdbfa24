/** How much memory the training of a network takes, told from its layers alone: for editors, which build no graph. */
import { type Activation, type Optimizer } from '../../schemas/generated/types';
import { poolsAtOnce } from './forward/pooled';
import { type Layout, parametersOf, type Placed, sizeOf } from './layers';

/** Bytes that a training takes. */
export interface TrainingMemory {
  /** Weights, gradient and the optimiser's vectors, as they are while a step runs. */
  readonly weights: number;
  /** What the layers make of one row, and of its gradients. */
  readonly row: number;
}

/** Vectors as long as the weights that an optimiser keeps. */
const VECTORS: Readonly<Record<Optimizer['kind'], number>> = { sgd: 0, rmsprop: 1, adagrad: 1, adam: 2, adamw: 2 };

/** Values that an activation makes of one, where it is no operator of its own. */
const MADE: Partial<Record<Activation, number>> = { none: 0, silu: 2, mish: 3, gelu: 5, 'gelu-tanh': 9 };

/**
 * About what a step on the CPU needs: weights as the check before a training counts them, rows within a fifth of it. In a step there are the weights in and
 * out, the arrays cut out of them, their gradients and what the update makes, and each of the optimiser's vectors twice; of each row all that the layers
 * make, and half as much of gradients.
 */
export function trainingMemory(layout: Layout, optimizer: Optimizer = { kind: 'adam' }): TrainingMemory {
  const learnt = parametersOf(layout.placed).filter(({ frozen }) => frozen !== true);
  const parameters = learnt.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const vectors = VECTORS[optimizer.kind] + (optimizer.kind === 'sgd' && (optimizer.momentum ?? 0) > 0 ? 1 : 0);
  const { inputs, start, channelsLast } = layout;
  const taken = inputs.tokens.reduce((sum, { steps }) => sum + steps, inputs.features);
  const shaped = start.shape.length > 1 && start.input === 'features' ? (channelsLast ? 2 : 1) : 0;
  const made = taken + shaped * sizeOf(start.shape) + valuesOfAll(layout.placed);
  return { weights: 4 * (8 + 2 * vectors) * parameters, row: Math.ceil(4 * 1.5 * made) };
}

/** Numbers that layers make of one row while training, about. */
function valuesOfAll(placed: readonly Placed[]): number {
  return placed.reduce((sum, each, i) => sum + valuesOf(each, placed[i - 1], placed[i + 1], placed[i + 2]), 0);
}

function valuesOf(
  each: Placed,
  before: Placed | undefined,
  next: Placed | undefined,
  after: Placed | undefined,
): number {
  const { layer, input, output, mask, inner } = each;
  const [taken, given] = [sizeOf(input), sizeOf(output)];
  const inside = inner.reduce((sum, path) => sum + valuesOfAll(path), 0);
  const activated = (activation: Activation): number => given * (MADE[activation] ?? 1);
  switch (layer.kind) {
    case 'dense':
      return given * (input.length > 1 && layer.bias ? 2 : 1) + activated(layer.activation);
    case 'convolution':
    case 'transposed-convolution': {
      if (next && poolsAtOnce(each, next)) return atOnce(each, next, before, after);
      const turned = input.length === 2 ? taken + given : 0;
      return turned + given + activated(layer.activation);
    }
    case 'pool':
      return before && poolsAtOnce(before, each) ? 0 : given;
    case 'global-pool':
      return (input.length === 2 ? taken : 0) + given;
    case 'activation':
      return activated(layer.activation);
    case 'batch-normalization':
      return 4 * given;
    case 'layer-normalization':
      return given;
    case 'dropout':
      return mask ? given : 0;
    case 'recurrent':
      return (layer.bidirectional ? 2 : 1) * input[0]! * layer.units * 2 + taken + given;
    case 'attention':
      return 12 * given + 4 * layer.heads * input[0]! ** 2;
    case 'residual':
      return inside + given * (each.projected ? 2 : 1);
    case 'branch':
      return inside + given;
    case 'flatten':
    case 'reshape':
    case 'embedding':
    case 'positions':
    case 'merge':
      return given;
    case 'transformer':
      return inside;
    case 'take':
      return 0;
  }
}

/** A convolution and its pool as one: what windows meet laid out, four times as many filters, the largest of them; and turning the batch last and back. */
function atOnce({ layer, input }: Placed, pool: Placed, before: Placed | undefined, after: Placed | undefined): number {
  const places = sizeOf(pool.output.slice(1));
  const taps = layer.kind === 'convolution' ? sizeOf(layer.size.map((extent) => extent + 1)) : 0;
  const turned = before?.layer.kind === 'pool' ? 2 : 5;
  const back = after?.layer.kind === 'convolution' ? 0 : 3;
  return turned * sizeOf(input) + input[0]! * taps * places + (12 + back) * sizeOf(pool.output);
}
