/** Layers of random sizes and settings, with the shape of what they are given. */
import fc, { type GeneratorValue } from 'fast-check';
import type { Activation, Layer, NetworkModel } from '../../schemas/generated/types';
import { type TokenInput } from '../../lifecycle/model/layers';

export interface RandomNetwork {
  readonly model: Omit<NetworkModel, 'kind'>;
  readonly features: number;
  readonly tokens: readonly TokenInput[];
  readonly rows: number;
  readonly outputs: number;
}

type Draw = GeneratorValue;
const integer = (draw: Draw, min: number, max: number): number => draw(fc.integer, { min, max });
const one = <T>(draw: Draw, values: readonly T[]): T => values[integer(draw, 0, values.length - 1)]!;
const yes = (draw: Draw): boolean => draw(fc.boolean);

const ACTIVATIONS: readonly Activation[] = [
  'relu',
  'relu6',
  'leaky-relu',
  'elu',
  'selu',
  'celu',
  'gelu',
  'gelu-tanh',
  'silu',
  'mish',
  'sigmoid',
  'hard-sigmoid',
  'hard-swish',
  'tanh',
  'softplus',
  'softsign',
  'softmax',
  'exponential',
  'none',
];

function ofRows(draw: Draw): Layer {
  return one<() => Layer>(draw, [
    () => ({
      dense: {
        units: integer(draw, 3, 6),
        activation: one(draw, ACTIVATIONS),
        bias: yes(draw),
        l2: one(draw, [0, 0.1]),
      },
    }),
    () => 'batch-normalization',
    () => 'layer-normalization',
    () => ({ residual: { layers: [{ dense: { units: integer(draw, 3, 5), activation: 'tanh' } }] } }),
    () => ({
      branch: {
        paths: [[{ dense: { units: 4 } }], [{ dense: { units: 4, activation: 'tanh' } }]],
        join: one(draw, ['concat', 'add', 'multiply']),
      },
    }),
  ])();
}

function window(draw: Draw, axes: 1 | 2) {
  const both = (min: number, max: number): number | [number, number] =>
    axes === 2 && yes(draw) ? [integer(draw, min, max), integer(draw, min, max)] : integer(draw, min, max);
  return { size: both(1, 3), stride: both(1, 3), padding: one(draw, ['same', 'valid'] as const) };
}

function windowed(draw: Draw, axes: 1 | 2): Layer {
  const activation = one(draw, ['none', 'tanh', 'gelu'] as const);
  const common = { ...window(draw, axes), bias: yes(draw), activation };
  const dilation = integer(draw, 1, 2);
  const filters = integer(draw, 1, 3);
  const kind = integer(draw, 0, axes === 2 ? 4 : 3);
  const of = one(draw, ['max', 'average'] as const);
  if (kind === 0) return { [`conv${axes}d`]: { filters, ...common, dilation } };
  if (kind === 1) return { [`transposed-conv${axes}d`]: { filters, ...common, dilation } };
  if (kind === 2) return { [`${of}-pool`]: window(draw, axes) };
  if (kind === 3) return `global-${of}-pool`;
  return { 'depthwise-conv2d': { multiplier: integer(draw, 1, 2), ...common } };
}

function ofSequences(draw: Draw): Layer {
  const units = integer(draw, 1, 4);
  const heads = one(draw, [1, 2]);
  const recurrent = { units, sequences: yes(draw), bidirectional: yes(draw) };
  return one<() => Layer>(draw, [
    () => ({ lstm: recurrent }),
    () => ({ gru: recurrent }),
    () => ({ attention: { heads, causal: yes(draw) } }),
    () => ({
      transformer: {
        heads,
        units: integer(draw, 2, 6),
        normalize: one(draw, ['before', 'after'] as const),
        causal: yes(draw),
        activation: one(draw, ['gelu', 'tanh'] as const),
      },
    }),
    () => ({ positions: one(draw, ['sinusoidal', 'learned'] as const) }),
    () => windowed(draw, 1),
    () => 'layer-normalization',
  ])();
}

/** A network of one or two layers of a kind, whatever it takes to make a row of them. */
export function randomNetwork(draw: Draw): RandomNetwork {
  // Not two rows and no two values in a row: normalised, they are but their signs, and differences of signs tell nothing.
  const common = { rows: integer(draw, 3, 6), outputs: one(draw, [1, 3]) };
  const steps = integer(draw, 2, 5);
  switch (integer(draw, 0, 3)) {
    case 0: {
      const layers = [ofRows(draw), ofRows(draw)];
      return { ...common, model: { layers }, features: integer(draw, 3, 6), tokens: [] };
    }
    case 1: {
      const image = { height: integer(draw, 3, 6), width: integer(draw, 3, 6), channels: one(draw, [1, 3] as const) };
      const first: Layer = { conv2d: { filters: 2, size: 1, activation: 'tanh' } };
      const second = one<() => Layer>(draw, [
        () => windowed(draw, 2),
        () => windowed(draw, 2),
        () => 'batch-normalization',
        () => ({ residual: { layers: [{ conv2d: { filters: integer(draw, 1, 3), stride: integer(draw, 1, 2) } }] } }),
      ])();
      const features = image.height * image.width * image.channels;
      return { ...common, model: { image, layers: [first, second, 'flatten'] }, features, tokens: [] };
    }
    case 2: {
      const width = 2 * integer(draw, 2, 3);
      const model = { sequence: { steps }, layers: [ofSequences(draw), 'flatten' as const] };
      return { ...common, model, features: steps * width, tokens: [] };
    }
    default: {
      const tokens = integer(draw, 4, 9);
      const layers: Layer[] = [{ embedding: { size: 2 * integer(draw, 2, 3) } }, ofSequences(draw), 'flatten'];
      return { ...common, model: { layers }, features: 0, tokens: [{ name: 'text', steps, tokens }] };
    }
  }
}
