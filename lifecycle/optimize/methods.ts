/** The ways in which a model is optimised, each behind the same door. */
import { type ModelInfo, type OptimizeStage, type StaticQuantization } from '../../schemas/generated/types';
import { type Sample } from '../model/score';
import { type OnnxModel } from '../onnx';
import { type Predictions } from '../onnx/rows';
import { UserError } from '../problem';
import { type StageContext } from '../store/room';
import { distil } from './distil';
import { buildEngine } from './engine';
import { halveWeights, notANumber } from './half';
import { prune } from './prune';
import { quantizeWeights } from './quantize';
import { chooseLayers } from './sensitivity';
import { choose, type Splits, trainingSample } from './split';
import { calibrate, quantizeStatic } from './static';
import { layersOf } from './weights';

/** What an optimisation is given. */
export interface Given {
  readonly model: OnnxModel;
  readonly bytes: Uint8Array;
  readonly info: ModelInfo;
  readonly splits: Splits;
  readonly validation: Sample | undefined;
}

/** What came of it: a changed graph, or another model altogether. */
export interface Changed {
  readonly model?: OnnxModel;
  readonly bytes?: Uint8Array;
  /** Where it is not what it was. */
  readonly info?: ModelInfo;
  /** It is another model, with metrics and a history of its own. */
  readonly another?: boolean;
  /** What `model.json` says of it, beside sizes and metrics. */
  readonly record: { readonly method: string; readonly [key: string]: unknown };
  /** For messages: `Quantised`, `Pruned`, `Distilled`. */
  readonly doing: string;
  /** Why the model is passed on as it was. */
  readonly why?: string;
  /** For the summary. */
  readonly note?: string;
  /** Zeros take no room in an archive: then its size is told as well. */
  readonly packs?: boolean;
  /** The model stays, and what was made of it runs elsewhere than in onnxruntime. */
  readonly elsewhere?: Elsewhere;
}

/** What was made of a model for another runtime. */
export interface Elsewhere {
  /** Beside model.onnx, by name. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Size of what runs. */
  readonly bytes: number;
  /** Validation rows that it is judged on at most: the first ones. */
  readonly rows: number;
  /** For messages. */
  readonly where: string;
  predict(info: ModelInfo, sample: Sample): Promise<Predictions>;
  /** Median time of one row there. */
  milliseconds(info: ModelInfo, sample: Sample): Promise<number>;
}

/** Least rows of the validation split on which layers are tried. */
const TRIED_ON = 20_000;
/** Training rows that fine-tuning keeps in memory. */
const TUNED_ON = 200_000;

/** @throws UserError when the stage asks for what this model can't be given */
export async function change(context: StageContext<OptimizeStage>, given: Given): Promise<Changed> {
  const { quantize, prune: pruning, distil: distillation, tensorrt } = context.stage;
  if (tensorrt !== undefined) return buildEngine(context, given);
  if (pruning !== undefined) return pruned(context, given);
  if (distillation !== undefined) {
    const { bytes, info } = await distil(context, given, distillation, given.splits);
    const { into, temperature = 2 } = distillation;
    return {
      bytes,
      info,
      another: true,
      doing: 'Distilled',
      record: {
        method: 'distillation',
        teacher: given.info.kind,
        student: into.kind,
        ...(into.kind === 'network' && info.task !== 'regression' && { temperature }),
        ...(given.info.parameters !== undefined && {
          parameters: { before: given.info.parameters, after: info.parameters },
        }),
      },
      note: `${given.info.kind} → ${into.kind}`,
    };
  }
  if (quantize === 'float16') return halved(given);
  if (quantize === 'int8-static') return quantizedStatic(context, given, { kind: 'int8-static' });
  if (typeof quantize === 'object') return quantizedStatic(context, given, quantize);
  return quantizedWeights(given);
}

function quantizedWeights({ model, info }: Given): Changed {
  refuseStrange(model);
  const { model: smaller, matrices, weights } = quantizeWeights(model);
  return {
    ...(matrices > 0 ? { model: smaller } : { why: nothingToDo(info) }),
    doing: 'Quantised',
    record: { method: 'int8', matrices, weights },
  };
}

function halved({ model, info }: Given): Changed {
  const { model: smaller, matrices, weights, left } = halveWeights(model);
  return {
    ...(matrices > 0 ? { model: smaller } : { why: nothingToDo(info) }),
    doing: 'Quantised',
    record: { method: 'float16', matrices, weights, ...(left.length > 0 && { left }) },
    ...(left.length > 0 && { note: `${left.join(', ')} left as before: beyond ±65504` }),
  };
}

async function quantizedStatic(
  context: StageContext<OptimizeStage>,
  { model, info, splits, validation }: Given,
  { rows = 1000, tolerance = 0.01 }: StaticQuantization,
): Promise<Changed> {
  refuseStrange(model);
  const layers = layersOf(model);
  const doing = 'Quantised';
  const method = 'int8-static';
  if (layers.length === 0) return { doing, why: nothingToDo(info), record: { method, matrices: 0, weights: 0 } };
  if (validation === undefined)
    throw new UserError({
      code: 'validation-missing',
      message: 'Which layers bear 8 bits is measured on validation rows, and there are none.',
      hint: 'Give the data stage a validation split: `split: {train: 0.7, validation: 0.15, test: 0.15}`. `quantize: int8` needs none.',
      path: ['quantize'],
    });
  const sample = await trainingSample(context, info, splits, rows, 'Static quantisation');
  context.progress(0.1, 'measuring ranges');
  const spans = await calibrate(model, layers, info, sample);
  context.signal.throwIfAborted();
  const judged = validation.rows > TRIED_ON ? choose(validation, first(TRIED_ON)) : validation;
  const quantize = (some: typeof layers): OnnxModel => quantizeStatic(model, some, spans);
  const verdict = await chooseLayers(
    model,
    layers,
    (some) => quantize([...some]),
    tolerance,
    info,
    judged,
    (done) => {
      context.signal.throwIfAborted();
      context.progress(0.2 + 0.6 * done, 'trying layers');
    },
  );
  const left = verdict.tried.filter(({ quantized }) => !quantized);
  if (left.length > 0)
    context.log(
      'info',
      `Left as ${left.length === 1 ? 'it was' : 'they were'}, because ${verdict.metric} would grow by more than ${percent(tolerance)}: ${left
        .map(({ layer, harm }) => `'${layer}' (${percent(harm)} by itself)`)
        .join(', ')}.`,
    );
  return {
    ...(verdict.layers.length > 0
      ? { model: quantize(verdict.layers) }
      : { why: 'No layer bears 8 bits within the tolerance, so the model is passed on unchanged.' }),
    doing,
    record: {
      method,
      matrices: verdict.layers.length,
      weights: verdict.layers.reduce((sum, { tensor }) => sum + tensor.data.length, 0),
      calibration: { rows: sample.rows, seed: context.seed },
      tolerance,
      metric: verdict.metric,
      harm: verdict.harm,
      layers: verdict.tried,
    },
    ...(left.length > 0 && { note: `${left.length} of ${layers.length} layers left as before` }),
  };
}

async function pruned(context: StageContext<OptimizeStage>, given: Given): Promise<Changed> {
  const { model, info, splits, validation } = given;
  const settings = context.stage.prune!;
  const { epochs = 20, structure = 'weights', sparsity } = settings;
  const train =
    epochs > 0 && layersOf(model).length > 0
      ? await trainingSample(context, info, splits, TUNED_ON, 'Fine-tuning')
      : undefined;
  const result = await prune(context, model, info, settings, train && { train, validation });
  const sum = (of: 'before' | 'after' | 'kept'): number => result.layers.reduce((total, layer) => total + layer[of], 0);
  const gone = sum('before') - sum('after');
  return {
    model: result.model,
    ...(gone > 0 &&
      info.parameters !== undefined && { info: { ...info, parameters: Math.max(0, info.parameters - gone) } }),
    doing: 'Pruned',
    record: {
      method: structure === 'units' ? 'pruning of units' : 'pruning of weights',
      sparsity,
      weights: { before: sum('before'), after: sum('kept') },
      ...(result.epoch !== undefined && { epochs, 'best epoch': result.epoch, seed: context.seed }),
      layers: result.layers,
    },
    packs: structure === 'weights',
    note: `${percent(1 - sum('kept') / Math.max(1, sum('before')))} of the weights removed`,
  };
}

function nothingToDo({ kind }: ModelInfo): string {
  return `The model has no matrices worth quantising (${kind === 'network' ? 'its layers are small' : 'trees have none'}), so it is passed on unchanged.`;
}

function refuseStrange(model: OnnxModel): void {
  for (const { weights, tensor } of layersOf(model)) {
    const strange = (tensor.data as Float32Array).find((value) => !Number.isFinite(value));
    if (strange !== undefined) throw notANumber(weights, strange);
  }
}

function first(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
