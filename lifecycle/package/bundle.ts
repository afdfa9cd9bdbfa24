import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle, ModelInfo } from '../../schemas/generated/types';
import { validateModel } from '../../schemas/generated/validators';
import { decodeModel } from '../onnx/decode';
import { rowsToColumns, runColumns, typicalRow } from '../onnx/rows';
import { openSession } from '../onnx/run';
import { UserError } from '../problem';
import { isMissing, readJson } from '../process/files';
import { sha256 } from '../process/hash';
import { bundleDigest, verifyBundle, type VerifiedBundle, type ExampleRequest } from '../store/bundle';
import { ENGINE_FILES } from '../store/engine-files';
import { SIGNATURE_FILE, signDigest } from '../store/signature';
import { ENGINE_VERSION } from '../store/version';
import { modelCard } from './card';
import type { TrainingData } from './card-data';
import type { BundleMetrics, Lineage } from './contents';
import { sbom } from './sbom';

export interface BundleSource {
  /** Name in the registry. */
  readonly name: string;
  /** Folder with model.onnx and model.json. */
  readonly model: string;
  readonly metrics: BundleMetrics;
  readonly lineage: Lineage;
  readonly description?: string;
  /** What the model was trained on, for its card. */
  readonly data?: readonly TrainingData[];
  /** Private Ed25519 key (PEM) to sign it with. */
  readonly signingKey?: string;
}

/**
 * Writes a bundle into an empty folder and verifies it. Everything but lineage.json depends on the model and its metrics alone, so the
 * same model gives the same digest whenever and wherever it is packaged.
 *
 * @throws UserError `model-not-servable`, `model-missing`, `model-gives-nonsense` (its answer to the example is not finite)
 */
export async function writeBundle(folder: string, source: BundleSource): Promise<VerifiedBundle> {
  const info = await readModelInfo(source.model);
  const onnx = await readFile(join(source.model, 'model.onnx'));
  const example = exampleRequest(info);
  await tryExample(onnx, info);
  const { opsets } = decodeModel(onnx);
  const engine = await engineOf(source.model);
  const files: Record<string, Buffer> = {
    ...engine,
    'model.onnx': onnx,
    'model.json': json(timeless(info)),
    'metrics.json': json(source.metrics),
    'lineage.json': json(source.lineage),
    'example.json': json(example),
    'MODEL_CARD.md': Buffer.from(modelCard(source, info, example, { engine: ENGINE_FILES.engine in engine })),
  };
  const runtime = {
    onnxruntime: '>=1.16',
    ...Object.fromEntries(opsets.map(({ domain, version }) => [`opset ${domain || 'ai.onnx'}`, String(version)])),
  };
  const { 'lineage.json': _origin, ...own } = files;
  files['sbom.spdx.json'] = json(sbom({ name: source.name, files: own, runtime }));
  const open: Omit<Bundle, 'digest'> = {
    format: 1,
    name: source.name,
    task: info.task,
    engine: ENGINE_VERSION,
    runtime,
    files: Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, content]) => ({ path, sha256: sha256(content), bytes: content.length })),
  };
  for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content);
  const digest = bundleDigest(open);
  await writeFile(join(folder, 'bundle.json'), json({ ...open, digest }));
  if (source.signingKey !== undefined)
    await writeFile(join(folder, SIGNATURE_FILE), json(signDigest(digest, source.signingKey)));
  return verifyBundle(folder);
}

/** The files of a TensorRT engine that lies beside the model. */
async function engineOf(folder: string): Promise<Record<string, Buffer>> {
  const found: Record<string, Buffer> = {};
  for (const name of Object.values(ENGINE_FILES)) {
    const content = await readFile(join(folder, name)).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
    if (content !== undefined) found[name] = content;
  }
  return found;
}

/** model.json of a model folder, when it can be served. */
async function readModelInfo(folder: string): Promise<ModelInfo> {
  const info = await readJson<ModelInfo>(join(folder, 'model.json'));
  if (info === undefined || !validateModel(info)) {
    throw new UserError({
      code: 'model-missing',
      message: `There is no model in ${folder}: model.json is missing or does not follow its schema.`,
      hint: 'Refer to a `train` or `optimize` stage, or to the output `best` of an `evaluate` stage.',
      path: ['model'],
    });
  }
  if (!info.servable) {
    throw new UserError({
      code: 'model-not-servable',
      message: `This ${info.kind} model has no model.onnx, so it can't be packaged.`,
      hint: 'Let the command write model.onnx into its output folder (torch.onnx.export, skl2onnx, …).',
      path: ['model'],
    });
  }
  return info;
}

export function exampleRequest(info: ModelInfo): ExampleRequest {
  const typical = typicalRow(info);
  return {
    inputs: info.inputs.map((input) => ({
      name: input.name,
      datatype: input.type === 'number' ? 'FP32' : input.type === 'boolean' ? 'BOOL' : 'BYTES',
      shape: [1, 1],
      data: [typical[input.name] ?? null],
    })),
  };
}

/** A model whose answer to a typical row is not a number is broken, however well it loads. */
async function tryExample(onnx: Uint8Array, info: ModelInfo): Promise<void> {
  const session = await openSession(onnx);
  try {
    const converted = rowsToColumns(info, [typicalRow(info)]);
    const { probabilities, prediction } = await runColumns(session, info, converted.columns, converted.rows);
    const answer = probabilities ?? prediction ?? new Float32Array(0);
    if (answer.length > 0 && answer.every(Number.isFinite)) return;
    throw new UserError({
      code: 'model-gives-nonsense',
      message: `Asked about a typical row the model answers ${[...answer].join(', ') || 'nothing'}.`,
      hint: 'Look at its training (a loss that became NaN) and at missing values that no `fill` step replaces.',
      path: ['model'],
    });
  } finally {
    await session.close();
  }
}

/** Without what a clock measured: it differs each time the same model is made. */
function timeless(info: ModelInfo): ModelInfo {
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => !/(^|[-_.])(seconds|milliseconds|ms|latency|throughput|started|finished|time)$/i.test(key))
        .map(([key, inner]) => [key, clean(inner)]),
    );
  };
  return {
    ...info,
    ...(info.training && { training: clean(info.training) as NonNullable<ModelInfo['training']> }),
    ...(info.optimized && { optimized: clean(info.optimized) as NonNullable<ModelInfo['optimized']> }),
  };
}

function json(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
