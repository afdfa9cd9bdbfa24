/** What networks are made of, by families that a provider gets right or wrong as a whole: the small networks of the self-test of gradients. */
import { type Activation, type NetworkModel, type Task } from '../../../schemas/generated/types';
import { everyPlaced, layOut, type PlainLayer, sizeOf, type TokenInput } from '../../model/layers';
import { planNetwork } from '../../model/network';
import { float, type TensorData } from '../../onnx';
import { Random } from '../../statistics/random';
import { startWeights } from './fit';
import { type PlainLoss } from './loss';
import { accumulatingStep, names, type Pupil, trained } from './step';

/** What a training makes use of. */
export interface Use {
  readonly layers: readonly PlainLayer[];
  readonly task: Task;
  readonly loss: PlainLoss;
}

/** A graph with data and weights, at which a provider can be asked for the loss and its gradient. */
export interface Trial {
  /** From {@link names.theta} and the feeds to {@link names.loss} and `next(`{@link names.gradient}`)`. */
  readonly graph: (provider: string) => Uint8Array;
  readonly feeds: Readonly<Record<string, TensorData>>;
  readonly theta: Float32Array;
  /** Lengths of the learnt arrays, in the order of `theta`. */
  readonly sizes: readonly number[];
}

/** What is computed rightly or wrongly as a whole. */
export interface Subject {
  /** For people: a provider “computes wrong gradients for NAME”. */
  readonly name: string;
  readonly trial: () => Trial;
}

/** A family of layers, an activation or a loss, on a small network. */
export interface Family extends Subject {
  /** Is a training of this use held to the family? */
  readonly covers: (use: Use) => boolean;
  /** What its own network makes use of. */
  readonly holds: () => Use;
}

interface Small {
  readonly name: string;
  readonly covers: (use: Use) => boolean;
  readonly model: Omit<NetworkModel, 'kind'>;
  /** Numbers of a row; 5 unless given. */
  readonly features?: number;
  readonly tokens?: TokenInput;
  /** Deviation of the inputs; 1 unless given. */
  readonly spread?: number;
  /** Classes by cross-entropy unless given. */
  readonly task?: Task;
  readonly loss?: PlainLoss;
}

const ROWS = 5;
const CLASSES = 3;
const image = { height: 6, width: 5, channels: 2 };
const pixels = image.height * image.width * image.channels;

const withLayer =
  (is: (layer: PlainLayer) => boolean) =>
  ({ layers }: Use): boolean =>
    layers.some(is);
const kinds = (...wanted: PlainLayer['kind'][]) => withLayer(({ kind }) => wanted.includes(kind));

/** The activation of a layer. */
export function activationOf(layer: PlainLayer): Activation {
  return 'activation' in layer ? layer.activation : 'none';
}

/** Those that the first family has not; each has bends or bounds that inputs of this spread get to. */
const ACTIVATIONS: Readonly<Record<Exclude<Activation, 'none' | 'relu' | 'tanh' | 'gelu' | 'softmax'>, number>> = {
  relu6: 5,
  'leaky-relu': 1,
  elu: 1,
  selu: 1,
  celu: 1,
  'gelu-tanh': 1,
  silu: 1,
  mish: 1,
  sigmoid: 1,
  'hard-sigmoid': 3,
  'hard-swish': 3,
  softplus: 1,
  softsign: 1,
  exponential: 1,
};

/** Those that the first family has not, with settings at which each of their branches is taken. */
const LOSSES: Readonly<{ [K in Exclude<PlainLoss['kind'], 'cross-entropy'>]: PlainLoss & { readonly kind: K } }> = {
  focal: { kind: 'focal', gamma: 2 },
  softened: { kind: 'softened', temperature: 2 },
  mse: { kind: 'mse' },
  mae: { kind: 'mae' },
  huber: { kind: 'huber', delta: 1 },
  quantile: { kind: 'quantile', quantile: 0.8 },
};

const numeric = (kind: PlainLoss['kind']): boolean => !['cross-entropy', 'focal', 'softened'].includes(kind);

const small: readonly Small[] = [
  {
    name: 'dense layers',
    covers: () => true,
    model: {
      layers: [
        { dense: { units: 6, activation: 'gelu' } },
        { residual: { layers: [{ dense: { units: 6, activation: 'tanh' } }] } },
        { dense: { units: 4, activation: 'relu' } },
      ],
    },
  },
  {
    name: 'normalisations',
    covers: kinds('batch-normalization', 'layer-normalization'),
    model: {
      layers: [{ dense: { units: 6 } }, 'batch-normalization', { dense: { units: 6 } }, 'layer-normalization'],
    },
  },
  {
    name: 'convolutions',
    covers: withLayer((layer) => layer.kind === 'convolution' && layer.axes === 2 && layer.groups === 1),
    features: pixels,
    model: {
      image,
      layers: [{ conv2d: { filters: 3, activation: 'silu' } }, { conv2d: { filters: 4, stride: 2 } }, 'flatten'],
    },
  },
  {
    name: 'convolutions of sequences',
    covers: withLayer((layer) => 'axes' in layer && layer.axes === 1),
    features: 12,
    model: {
      sequence: { steps: 6 },
      layers: [
        { conv1d: { filters: 4, activation: 'tanh' } },
        { 'transposed-conv1d': { filters: 3, stride: 2 } },
        { conv1d: { filters: 4, groups: 1, stride: 2 } },
        'flatten',
      ],
    },
  },
  {
    name: 'grouped and depthwise convolutions',
    covers: withLayer((layer) => layer.kind === 'convolution' && layer.groups !== 1),
    features: pixels,
    model: {
      image,
      layers: [
        { conv2d: { filters: 4, groups: 2 } },
        { 'depthwise-conv2d': { multiplier: 2 } },
        { conv2d: { filters: 6, groups: 2, stride: 2 } },
        { 'depthwise-conv2d': {} },
        'flatten',
      ],
    },
  },
  {
    name: 'transposed convolutions',
    covers: withLayer((layer) => layer.kind === 'transposed-convolution' && layer.axes === 2),
    features: pixels,
    model: {
      image,
      layers: [{ 'transposed-conv2d': { filters: 3, stride: 2 } }, { 'transposed-conv2d': { filters: 2 } }, 'flatten'],
    },
  },
  {
    name: 'max pools',
    covers: withLayer((layer) => layer.kind === 'pool' && layer.of === 'max'),
    features: 144,
    model: {
      image: { height: 12, width: 12 },
      layers: [
        { conv2d: { filters: 3, activation: 'relu' } },
        'max-pool',
        { conv2d: { filters: 4 } },
        { 'max-pool': { size: 3, stride: 2, padding: 'same' } },
        { 'max-pool': { size: 2, stride: 1 } },
        'flatten',
      ],
    },
  },
  {
    name: 'average pools',
    covers: withLayer((layer) => layer.kind === 'pool' && layer.of === 'average'),
    features: pixels,
    model: {
      image,
      layers: [
        { conv2d: { filters: 3 } },
        { 'average-pool': { size: 3, stride: 2, padding: 'same' } },
        { 'average-pool': { size: 2, stride: 1 } },
        'flatten',
      ],
    },
  },
  {
    name: 'global pools',
    covers: kinds('global-pool'),
    features: pixels,
    model: {
      image,
      layers: [
        { conv2d: { filters: 3 } },
        {
          branch: {
            paths: [['global-max-pool'], ['global-average-pool']],
            join: 'concat',
          },
        },
      ],
    },
  },
  {
    name: 'LSTM and GRU',
    covers: kinds('recurrent'),
    features: 12,
    model: {
      sequence: { steps: 4 },
      layers: [{ lstm: { units: 4, sequences: true } }, { gru: { units: 4, bidirectional: true } }],
    },
  },
  {
    name: 'embeddings',
    covers: kinds('embedding', 'positions'),
    features: 0,
    tokens: { name: 'text', steps: 5, tokens: 9 },
    model: { layers: [{ embedding: { size: 6 } }, { positions: 'learned' }, 'global-average-pool'] },
  },
  {
    name: 'attention',
    covers: kinds('attention', 'transformer'),
    features: 0,
    tokens: { name: 'text', steps: 5, tokens: 9 },
    model: {
      layers: [{ embedding: { size: 8 } }, { transformer: { heads: 2, units: 8 } }, 'global-average-pool'],
    },
  },
  {
    name: "the activation 'softmax'",
    covers: withLayer((layer) => activationOf(layer) === 'softmax'),
    features: pixels,
    // Over the channels of an image, and over features.
    model: {
      image,
      layers: [
        { conv2d: { filters: 4, stride: 2, activation: 'softmax' } },
        'flatten',
        { dense: { units: 6, activation: 'softmax' } },
      ],
    },
  },
  ...(Object.keys(ACTIVATIONS) as (keyof typeof ACTIVATIONS)[]).map((activation) => activated(activation)),
  lossy('binary cross-entropy', ({ task, loss }) => task === 'binary' && !numeric(loss.kind), 'binary', {
    kind: 'cross-entropy',
  }),
  ...Object.values(LOSSES).map((loss) =>
    lossy(
      `the loss '${loss.kind}'`,
      (use) => use.loss.kind === loss.kind,
      numeric(loss.kind) ? 'regression' : 'multiclass',
      loss,
    ),
  ),
];

/** Every family; the first one is in every network. */
export const subjects: readonly Family[] = small.map(familyOf);

function activated(activation: keyof typeof ACTIVATIONS): Small {
  return {
    name: `the activation '${activation}'`,
    covers: withLayer((layer) => activationOf(layer) === activation),
    spread: ACTIVATIONS[activation],
    model: { layers: [{ dense: { units: 6, activation } }] },
  };
}

function lossy(name: string, covers: Small['covers'], task: Task, loss: PlainLoss): Small {
  return { name, covers, task, loss, model: { layers: [{ dense: { units: 4, activation: 'tanh' } }] } };
}

function familyOf(one: Small): Family {
  const { name, covers } = one;
  return {
    name,
    covers,
    holds: () => {
      const { plan, task, loss } = pupilOf(one);
      return { layers: everyPlaced(plan.layout.placed).map(({ layer }) => layer), task, loss };
    },
    trial: () => trialOf(one),
  };
}

function pupilOf({ model, features = 5, tokens, task = 'multiclass', loss = { kind: 'cross-entropy' } }: Small): Pupil {
  const result = layOut(model, { features, tokens: tokens ? [tokens] : [] }, task === 'multiclass' ? CLASSES : 1);
  if ('misfit' in result) throw new Error(result.misfit.message);
  return { plan: planNetwork(result.layout), task, loss, frozen: new Map() };
}

function trialOf(one: Small): Trial {
  const { name, tokens, spread = 1 } = one;
  const pupil = pupilOf(one);
  const { plan } = pupil;
  const random = new Random(`self-test ${name}`);
  const { theta, statistics } = startWeights(plan, random);
  const moved = theta.map((value) => value + random.normal(0, 0.2));
  const inputs = Float32Array.from({ length: ROWS * plan.inputs }, () =>
    tokens ? 2 + random.integer(tokens.tokens - 2) : random.normal(0, spread),
  );
  return {
    graph: (provider) => accumulatingStep(pupil, provider),
    theta: moved,
    sizes: trained(plan).map(({ shape }) => sizeOf(shape)),
    feeds: {
      [names.inputs]: float(inputs, [ROWS, plan.inputs]),
      [names.targets]: float(targetsOf(pupil, random), [ROWS, plan.outputs]),
      [names.rowWeights]: float(new Float32Array(ROWS).fill(1 / ROWS), [ROWS, 1]),
      [names.gradient]: float(new Float32Array(theta.length)),
      [names.weight]: float([0], []),
      [names.statistics]: float(statistics),
    },
  };
}

function targetsOf({ task }: Pupil, random: Random): Float32Array {
  switch (task) {
    case 'binary':
      return Float32Array.from({ length: ROWS }, (_, i) => i % 2);
    case 'regression':
      return Float32Array.from({ length: ROWS }, () => random.normal(0, 2));
    case 'multiclass':
      return Float32Array.from({ length: ROWS * CLASSES }, (_, i) =>
        i % CLASSES === Math.floor(i / CLASSES) % CLASSES ? 1 : 0,
      );
  }
}
