/** Which layers bear it: each is tried by itself on the validation split, then all that are left together. */
import { type ModelInfo } from '../../schemas/generated/types';
import { judge, predictSample, type Sample } from '../model/score';
import { encodeModel, type OnnxModel, openSession } from '../onnx';
import { type Layer } from './weights';

/** A layer as tried. */
export interface Tried {
  readonly layer: string;
  readonly operator: Layer['opType'];
  readonly weights: number;
  /** Growth of the loss when this layer alone is quantised, as a share of the loss before. */
  readonly harm: number;
  readonly quantized: boolean;
}

export interface Verdict {
  readonly layers: Layer[];
  readonly tried: Tried[];
  /** Growth of the loss with all of `layers` quantised. */
  readonly harm: number;
  /** Name of the metric that stands for the loss. */
  readonly metric: 'log-loss' | 'rmse';
}

const NEXT_TO_NOTHING = 1e-12;

/**
 * Leaves out every layer that by itself makes the loss grow by more than `tolerance` of what it was, then the costliest of the rest until all
 * together keep within it.
 */
export async function chooseLayers(
  model: OnnxModel,
  layers: readonly Layer[],
  quantize: (layers: readonly Layer[]) => OnnxModel,
  tolerance: number,
  info: ModelInfo,
  sample: Sample,
  onStep: (done: number) => void,
): Promise<Verdict> {
  const metric = info.task === 'regression' ? 'rmse' : 'log-loss';
  const lossOf = async (some: OnnxModel): Promise<number> => {
    const session = await openSession(encodeModel(some));
    try {
      return judge(info, await predictSample(session, info, sample), sample.labels, [metric])[metric] ?? Infinity;
    } finally {
      await session.close();
    }
  };
  const before = await lossOf(model);
  const harmOf = async (some: readonly Layer[]): Promise<number> =>
    some.length === 0 ? 0 : ((await lossOf(quantize(some))) - before) / Math.max(before, NEXT_TO_NOTHING);
  const harms: number[] = [];
  for (const [i, layer] of layers.entries()) {
    harms.push(await harmOf([layer]));
    onStep((i + 1) / (layers.length + 1));
  }
  const costliest = layers.map((_, i) => i).sort((a, b) => harms[b]! - harms[a]! || a - b);
  let chosen = costliest.filter((i) => harms[i]! <= tolerance);
  const some = (): Layer[] => layers.filter((_, i) => chosen.includes(i));
  let harm = await harmOf(some());
  while (harm > tolerance && chosen.length > 0) {
    chosen = chosen.slice(1);
    harm = await harmOf(some());
  }
  return {
    layers: some(),
    tried: layers.map(({ weights, opType, tensor }, i) => ({
      layer: weights,
      operator: opType,
      weights: tensor.data.length,
      harm: Number(harms[i]!.toPrecision(6)),
      quantized: chosen.includes(i),
    })),
    harm: Number(harm.toPrecision(6)),
    metric,
  };
}
