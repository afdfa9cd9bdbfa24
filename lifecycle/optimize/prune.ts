/**
 * Pruning by magnitude with fine-tuning. Sources: Han et al., Learning both Weights and Connections for Efficient Neural Networks (2015); Zhu & Gupta,
 * To prune, or not to prune (2017), equation 1, for how the share grows.
 */
import { type ModelInfo, type OptimizeStage, type WeightPruning } from '../../schemas/generated/types';
import { type OnnxModel, type TensorData } from '../onnx';
import { UserError } from '../problem';
import { Random } from '../statistics/random';
import { type StageContext } from '../store/room';
import { type Sample } from '../model/score';
import { notANumber } from './half';
import { folded } from './inner';
import { startTuning, Tuning } from './tuning';
import { removeUnits } from './units';
import { type Layer, layersOf, withConstants } from './weights';

export interface Pruned {
  readonly model: OnnxModel;
  /** One a layer: numbers before and after, and those of them that are not 0. */
  readonly layers: readonly {
    readonly layer: string;
    readonly before: number;
    readonly after: number;
    readonly kept: number;
  }[];
  /** The best epoch, when some were trained. */
  readonly epoch?: number;
}

/** Share of the epochs in which what is removed grows. */
const GROWING = 2 / 3;

/** @throws UserError when there is nothing to prune, or it can't be trained further */
export async function prune(
  context: StageContext<OptimizeStage>,
  given: OnnxModel,
  info: ModelInfo,
  settings: WeightPruning,
  samples: { readonly train: Sample; readonly validation: Sample | undefined } | undefined,
): Promise<Pruned> {
  const layers = unique(layersOf(given));
  if (layers.length === 0) throw notPrunable(info);
  for (const { weights, tensor } of layers) {
    const strange = (tensor.data as Float32Array).find((value) => !Number.isFinite(value));
    if (strange !== undefined) throw notANumber(weights, strange);
  }
  const { sparsity, structure = 'weights', epochs = 20 } = settings;
  if (structure === 'weights') {
    if (epochs === 0 || samples === undefined) {
      const values = new Map(layers.map(({ weights, tensor }) => [weights, (tensor.data as Float32Array).slice()]));
      const masks = masksOf(layers, values, sparsity);
      applyMasks(values, masks);
      return { model: replaced(given, values), layers: counts(layers, values) };
    }
    const model = await folded(given);
    return tuned(context, model, unique(layersOf(model)), layers, info, settings, samples);
  }
  const model = await folded(given);
  const shrunk = removeUnits(model, sparsity);
  if (shrunk.removed === 0) throw nothingRemovable();
  const after = unique(layersOf(shrunk.model));
  if (epochs === 0 || samples === undefined)
    return { model: shrunk.model, layers: counts(layers, new Map(after.map(dataOf)), after) };
  return tuned(context, shrunk.model, after, layers, info, settings, samples);
}

const dataOf = ({ weights, tensor }: Layer): [string, Float32Array] => [weights, tensor.data as Float32Array];

/** Trains the layers further, removing more and more of them where single weights are removed. */
async function tuned(
  context: StageContext<OptimizeStage>,
  model: OnnxModel,
  layers: readonly Layer[],
  original: readonly Layer[],
  info: ModelInfo,
  settings: WeightPruning,
  samples: { readonly train: Sample; readonly validation: Sample | undefined },
): Promise<Pruned> {
  const { sparsity, structure = 'weights', epochs = 20 } = settings;
  const trained = new Map([...layers.map(dataOf), ...biasesOf(model, layers)]);
  const tuning = await Tuning.open(model, [...trained.keys()], info, samples);
  const state = startTuning(trained);
  const random = new Random(context.seed).fork('prune');
  const full = structure === 'units' ? 1 : Math.max(1, Math.ceil(epochs * GROWING));
  const steps = Math.ceil(samples.train.rows / (settings['batch-size'] ?? 256));
  let best: { epoch: number; loss: number; weights: Map<string, Float32Array> } | undefined;
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const share = sparsity * (1 - (1 - Math.min(1, epoch / full)) ** 3);
      const masks = structure === 'units' ? undefined : masksOf(layers, state.weights, share);
      if (masks) applyMasks(state.weights, masks);
      let step = 0;
      const how = { learningRate: settings['learning-rate'] ?? 0.001, batchSize: settings['batch-size'] ?? 256 };
      const loss = await tuning.epoch(state, how, random.fork(epoch), async (weights) => {
        if (masks) applyMasks(weights, masks);
        if (++step % 16 !== 0) return;
        await new Promise<void>((resolve) => setImmediate(resolve));
        context.signal.throwIfAborted();
        context.progress(0.1 + (0.7 * (epoch - 1 + step / steps)) / epochs, `fine-tuning, epoch ${epoch}`);
      });
      context.signal.throwIfAborted();
      context.metric('loss', loss, epoch, epoch);
      const judged = await tuning.judge(state.weights);
      if (judged !== undefined) context.metric('validation/loss', judged, epoch, epoch);
      if (epoch < full) continue;
      if (best === undefined || judged === undefined || judged < best.loss)
        best = {
          epoch,
          loss: judged ?? NaN,
          weights: new Map([...state.weights].map(([name, values]) => [name, values.slice()])),
        };
    }
  } finally {
    await tuning.close();
  }
  const { weights, epoch } = best!;
  return { model: replaced(model, weights), layers: counts(original, weights, layers), epoch };
}

/** What the layers add to their products: trained with them, never pruned. */
function biasesOf({ graph }: OnnxModel, layers: readonly Layer[]): [string, Float32Array][] {
  const constants = new Map(graph.initializers.map(({ name, tensor }) => [name, tensor]));
  return layers.flatMap(({ node }): [string, Float32Array][] => {
    const name = graph.nodes[node]!.inputs[2];
    const tensor = name === undefined ? undefined : constants.get(name);
    return name !== undefined && tensor?.type === 'float' ? [[name, tensor.data as Float32Array]] : [];
  });
}

/** Which weights stay: each layer loses the smallest `share` of its numbers, the first of equals. */
function masksOf(
  layers: readonly Layer[],
  values: ReadonlyMap<string, Float32Array>,
  share: number,
): Map<string, Uint8Array> {
  return new Map(
    layers.map(({ weights }) => {
      const data = values.get(weights)!;
      const order = Uint32Array.from(data, (_, i) => i).sort(
        (a, b) => Math.abs(data[a]!) - Math.abs(data[b]!) || a - b,
      );
      const mask = new Uint8Array(data.length).fill(1);
      for (const at of order.subarray(0, Math.floor(share * data.length))) mask[at] = 0;
      return [weights, mask];
    }),
  );
}

function applyMasks(values: ReadonlyMap<string, Float32Array>, masks: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, mask] of masks) {
    const data = values.get(name)!;
    for (let i = 0; i < mask.length; i++) if (mask[i] === 0) data[i] = 0;
  }
}

function replaced(model: OnnxModel, values: ReadonlyMap<string, Float32Array>): OnnxModel {
  const changed = model.graph.initializers.flatMap(({ name, tensor }): [string, TensorData][] => {
    const data = values.get(name);
    return data ? [[name, { ...tensor, data }]] : [];
  });
  return withConstants(model, new Map(changed));
}

function counts(
  before: readonly Layer[],
  values: ReadonlyMap<string, Float32Array>,
  after: readonly Layer[] = before,
): Pruned['layers'] {
  const there = new Map(before.map(({ weights, tensor }) => [weights, tensor.data.length]));
  return after.map(({ weights, tensor }) => ({
    layer: weights,
    before: there.get(weights) ?? tensor.data.length,
    after: tensor.data.length,
    kept: values.get(weights)!.reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0),
  }));
}

/** Each constant once, also where several nodes share it. */
function unique(layers: readonly Layer[]): Layer[] {
  return layers.filter(({ weights }, i) => layers.findIndex((other) => other.weights === weights) === i);
}

function notPrunable({ kind }: ModelInfo): UserError {
  return new UserError({
    code: 'model-not-prunable',
    message: `Pruning takes weights out of matrices, and this model (${kind}) has none of float32.`,
    hint: 'Prune a `network` before it is quantised. Trees become smaller with `distil: {into: {kind: boosted-trees, trees: 50}}`.',
    path: ['prune'],
  });
}

function nothingRemovable(): UserError {
  return new UserError({
    code: 'model-not-prunable',
    message:
      'No layer of this model has units that could be taken out: there must be a dense layer or convolution between the first and the last, and more than one unit in it.',
    hint: 'Use `structure: weights`, a larger `sparsity`, or `distil`.',
    path: ['prune'],
  });
}
