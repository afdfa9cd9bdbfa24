import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelInfo, type OptimizeStage } from '../../schemas/generated/types';
import { scoreModel } from '../model/score';
import { decodeModel, encodeModel } from '../onnx';
import { UserError } from '../problem';
import { readJson } from '../process/files';
import { defaultMetrics, type MetricName } from '../statistics/metrics';
import { findDataset } from '../store/datasets';
import { type Room, type StageContext, type StageResult } from '../store/room';
import { quantizeWeights } from './quantize';
import { checkRequirements, requiredMetrics } from './require';

async function run(context: StageContext<OptimizeStage>): Promise<StageResult> {
  const { stage, output, signal } = context;
  const source = context.input(stage.model);
  const { info, bytes } = await openModel(source.path, source.stage);
  const required = requiredMetrics(stage.require ?? {}, info.task);
  const names = [...new Set<MetricName>([...defaultMetrics(info.task), ...required.map(({ name }) => name)])];
  const quantized = quantizeWeights(decodeModel(bytes));
  const changed = quantized.matrices > 0;
  const smaller = changed ? encodeModel(quantized.model) : bytes;
  context.progress(0.2, 'measuring before');
  const split = await validationSplit(context, info);
  const options = { scratch: context.scratch, signal, names };
  const before = split && (await scoreModel(bytes, info, split, options));
  signal.throwIfAborted();
  context.progress(0.6, 'measuring after');
  const after = split && changed ? await scoreModel(smaller, info, split, options) : before;
  if (!changed)
    context.log('info', 'The model has no matrices worth quantising (trees have none), so it is passed on unchanged.');
  if (required.length > 0) {
    if (!before || !after) throw noValidation();
    checkRequirements(stage.require ?? {}, required, before, after);
  }
  const optimized = {
    method: 'int8',
    changed,
    matrices: quantized.matrices,
    weights: quantized.weights,
    bytes: { before: bytes.length, after: smaller.length },
    ...(before && after && { validation: { before, after } }),
  };
  const prefixed = Object.fromEntries(
    Object.entries(after ?? {}).map(([name, value]) => [`validation/${name}`, value]),
  );
  const metrics = { ...info.metrics, ...prefixed };
  const result: ModelInfo = {
    ...info,
    bytes: smaller.length,
    metrics,
    optimized: [...(info.optimized ?? []), optimized],
  };
  await writeFile(join(output, 'model.onnx'), smaller);
  await writeFile(join(output, 'model.json'), `${JSON.stringify(result, null, 2)}\n`);
  await copyFile(join(source.path, 'history.json'), join(output, 'history.json')).catch(() => undefined);
  return { metrics: { ...metrics, bytes: smaller.length }, summary: summarise(bytes.length, smaller.length) };
}

async function openModel(folder: string, stage: string): Promise<{ info: ModelInfo; bytes: Uint8Array }> {
  const info = await readJson<ModelInfo>(join(folder, 'model.json'));
  if (info?.format !== 1)
    throw new UserError({
      code: 'model-damaged',
      message: `The result of '${stage}' has no readable model.json.`,
      hint: `Run it again: \`lifecycle run --only ${stage} --force\`.`,
      path: ['model'],
    });
  if (!info.servable)
    throw new UserError({
      code: 'model-not-servable',
      message: `'${stage}' gave metrics but no model.onnx, so there is nothing to optimise.`,
      hint: 'Let its program write model.onnx into the folder named by LIFECYCLE_OUTPUT.',
      path: ['model'],
    });
  return { info, bytes: await readFile(join(folder, 'model.onnx')) };
}

/** Files of the validation split that the model was trained beside; undefined, with a warning, when there are none. */
async function validationSplit(
  context: StageContext<OptimizeStage>,
  info: ModelInfo,
): Promise<{ raw: string; features: string } | undefined> {
  const data = info.data === undefined ? undefined : await findDataset(context.store, info.data);
  if (data && (data.dataset.splits['validation']?.rows ?? 0) > 0)
    return { raw: join(data.folder, 'validation.parquet'), features: join(data.folder, 'validation.features.parquet') };
  context.log(
    'warning',
    data
      ? 'The dataset has no validation split, so what the optimisation costs is not measured.'
      : "The model's data is no longer in the store, so what the optimisation costs is not measured.",
    { code: 'not-measured' },
  );
  return undefined;
}

function noValidation(): UserError {
  return new UserError({
    code: 'validation-missing',
    message: 'The requirements can’t be checked without validation rows.',
    hint: 'Give the data stage a validation split: `split: {train: 0.7, validation: 0.15, test: 0.15}`.',
    path: ['require'],
  });
}

function summarise(before: number, after: number): string {
  if (before === after) return 'unchanged';
  return `${kilobytes(before)} → ${kilobytes(after)} (${Math.round((after / before - 1) * 100)} %)`;
}

function kilobytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The optimize stage. */
export const room: Room<OptimizeStage> = { kind: 'optimize', version: 2, run };
