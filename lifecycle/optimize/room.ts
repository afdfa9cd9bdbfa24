import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ModelInfo, type OptimizeStage } from '../../schemas/generated/types';
import { judge, predictSample, readSample, type Sample } from '../model/score';
import { decodeModel, encodeModel, openSession } from '../onnx';
import { UserError } from '../problem';
import { readJson } from '../process/files';
import { defaultMetrics, type MetricName } from '../statistics/metrics';
import { type Room, type StageContext, type StageResult } from '../store/room';
import { engineFingerprint } from './engine';
import { measureLatency } from './latency';
import { change, type Changed, type Elsewhere } from './methods';
import { checkRequirements, requiredMetrics } from './require';
import { choose, openSplits } from './split';

/** Series of a run, not of a result: milliseconds of an answer to one row, before (0) and after (1). */
export const LATENCY_SERIES = 'device/milliseconds a row';

async function run(context: StageContext<OptimizeStage>): Promise<StageResult> {
  const { stage, output, signal } = context;
  const source = context.input(stage.model);
  const { info, bytes } = await openModel(source.path, source.stage);
  const required = requiredMetrics(stage.require ?? {}, info.task);
  const names = [...new Set<MetricName>([...defaultMetrics(info.task), ...required.map(({ name }) => name)])];
  const splits = await openSplits(context, info);
  const { scratch, threads } = context;
  const validation = splits.validation && (await readSample(info, splits.validation, { scratch, signal, threads }));
  if (validation === undefined)
    context.log(
      'warning',
      splits.data
        ? 'The dataset has no validation split, so what the optimisation costs is not measured.'
        : "The model's data is no longer in the store, so what the optimisation costs is not measured.",
      { code: 'not-measured' },
    );
  if (required.length > 0 && validation === undefined) throw noValidation(['require']);
  const model = decodeModel(bytes);
  const changed = await change(context, { model, bytes, info, splits, validation });
  const after = changed.bytes ?? (changed.model ? encodeModel(changed.model) : bytes);
  const afterInfo = changed.info ?? info;
  signal.throwIfAborted();
  context.progress(0.85, 'measuring');
  const { elsewhere } = changed;
  const judged =
    elsewhere && validation && validation.rows > elsewhere.rows
      ? choose(
          validation,
          Uint32Array.from({ length: elsewhere.rows }, (_, i) => i),
        )
      : validation;
  const scores = judged && {
    before: await scored(bytes, info, judged, names),
    after: elsewhere
      ? judge(info, await elsewhere.predict(info, judged), judged.labels, names)
      : await scored(after, afterInfo, judged, names),
  };
  signal.throwIfAborted();
  if (changed.why !== undefined) context.log('info', changed.why);
  if (scores) checkRequirements(stage.require ?? {}, required, scores.before, scores.after, changed.doing);
  if (validation && changed.why === undefined)
    await tellLatency(context, { before: bytes, after }, info, validation, elsewhere);
  const size = elsewhere?.bytes ?? after.length;
  const optimized = {
    ...changed.record,
    changed: changed.why === undefined,
    bytes: { before: bytes.length, after: size },
    ...(changed.packs && { packed: { before: packed(bytes), after: packed(after) } }),
    ...(scores && { validation: scores }),
  };
  const prefixed = Object.fromEntries(
    Object.entries(scores?.after ?? {}).map(([name, value]) => [`validation/${name}`, value]),
  );
  // The model itself stays as it was.
  const metrics = elsewhere ? { ...info.metrics } : { ...(changed.another ? {} : info.metrics), ...prefixed };
  const result: ModelInfo = {
    ...afterInfo,
    bytes: after.length,
    metrics,
    optimized: [...(info.optimized ?? []), optimized],
  };
  await writeFile(join(output, 'model.onnx'), after);
  await writeFile(join(output, 'model.json'), `${JSON.stringify(result, null, 2)}\n`);
  for (const [name, content] of Object.entries(elsewhere?.files ?? {})) await writeFile(join(output, name), content);
  if (!changed.another)
    await copyFile(join(source.path, 'history.json'), join(output, 'history.json')).catch(() => undefined);
  return { metrics: { ...metrics, bytes: after.length }, summary: summarise(bytes.length, size, changed) };
}

async function scored(
  bytes: Uint8Array,
  info: ModelInfo,
  sample: Sample,
  names: readonly MetricName[],
): Promise<Record<string, number>> {
  const session = await openSession(bytes);
  try {
    return judge(info, await predictSample(session, info, sample), sample.labels, names);
  } finally {
    await session.close();
  }
}

/** Says how long an answer took here; nothing of it goes into the artifact. */
async function tellLatency(
  context: StageContext<OptimizeStage>,
  models: { readonly before: Uint8Array; readonly after: Uint8Array },
  info: ModelInfo,
  sample: Sample,
  elsewhere: Elsewhere | undefined,
): Promise<void> {
  const here = await measureLatency(models, info, sample);
  if (here === undefined) return;
  const took = elsewhere ? { ...here, after: await elsewhere.milliseconds(info, sample) } : here;
  const show = (value: number): string => value.toPrecision(3);
  context.metric(LATENCY_SERIES, took.before, 0);
  context.metric(LATENCY_SERIES, took.after, 1);
  context.log(
    'info',
    elsewhere
      ? `One row took ${show(took.before)} ms in ONNX Runtime on one thread here, and takes ${show(took.after)} ms ${elsewhere.where}.`
      : `One row took ${show(took.before)} ms before and ${show(took.after)} ms after, on one thread here.`,
  );
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

/** @param path of what asks for validation rows */
export function noValidation(path: string[]): UserError {
  return new UserError({
    code: 'validation-missing',
    message: 'The requirements can’t be checked without validation rows.',
    hint: 'Give the data stage a validation split: `split: {train: 0.7, validation: 0.15, test: 0.15}`.',
    path,
  });
}

/** Bytes in an archive. */
function packed(bytes: Uint8Array): number {
  return gzipSync(bytes, { level: 9 }).length;
}

function summarise(before: number, after: number, { why, note }: Changed): string {
  if (why !== undefined) return 'unchanged';
  const size = `${kilobytes(before)} → ${kilobytes(after)} (${Math.round((after / before - 1) * 100)} %)`;
  return note === undefined ? size : `${size}, ${note}`;
}

function kilobytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The optimize stage. */
export const room: Room<OptimizeStage> = {
  kind: 'optimize',
  version: 3,
  // Networks and boosted trees changed, those that learn from a model as well, and once more the networks that start from one.
  versionOf: ({ distil }) => {
    if (distil?.into.kind === 'boosted-trees') return 4;
    return distil?.into.kind !== 'network' ? 3 : distil.training?.['start-from'] === undefined ? 4 : 5;
  },
  inputs: async ({ tensorrt }, where) =>
    tensorrt === undefined ? {} : engineFingerprint((path) => where.hashFile(path)),
  run,
};
