import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  Bundle,
  Dataset,
  DeploymentEntry,
  DriftReport,
  Evaluation,
  ModelInfo,
  TuneRecord,
} from '../../schemas/generated/types';
import {
  validateBundle,
  validateDataset,
  validateDeployment,
  validateDrift,
  validateEvaluation,
  validateModel,
  validateTune,
  type Validator,
} from '../../schemas/generated/validators';
import { short32 } from '../statistics/short';
import { readJson } from '../process/files';
import { artifactOf } from '../store/cache';
import { storePaths } from '../store/layout';
import { findByDigest, findVersion } from '../store/registry';
import type { StageSummary } from '../store/summary';
import type { SentNumber, SentSeries, StageDetail, StageOutput } from '../../schemas/shown';

/** What a stage's output shows beyond the run's events. */
export interface Findings {
  readonly detail?: StageDetail;
  readonly series?: readonly SentSeries[];
  readonly note?: string;
}

/** Most of each thing that is sent. A cell shows a part of it at first and the rest on demand. */
const most = {
  columns: 1_000,
  categories: 6,
  points: 300,
  classes: 60,
  features: 300,
  bins: 60,
  importance: 200,
  trials: 1_000,
};
const mostBytes = 64e6;

/**
 * Reads what a finished stage left in the store. Never fails: what is gone, damaged or of a newer version is said in `note`.
 * @param run id of the run; a failed evaluation leaves its report in the run's folder
 */
export async function findingsOf(store: string, run: string, stage: StageSummary): Promise<Findings> {
  try {
    const failed = stage.state === 'failed';
    if (!failed && stage.state !== 'succeeded' && stage.state !== 'reused') return {};
    const hash = failed ? undefined : await artifactOf(store, stage);
    if (failed && stage.kind !== 'evaluate' && stage.kind !== 'monitor') return {};
    if (!failed && hash === undefined) return { note: 'The result of this stage is no longer in the store.' };
    const place = (name: string): string =>
      hash === undefined
        ? join(storePaths.run(store, run), 'reports', `${stage.name}.${name}`)
        : join(storePaths.artifact(store, hash), name);
    return await read(store, stage, place, failed);
  } catch (error) {
    return { note: `The result can't be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function read(
  store: string,
  stage: StageSummary,
  place: (name: string) => string,
  failed: boolean,
): Promise<Findings> {
  const get = async <T>(name: string, valid: Validator): Promise<T | undefined> => {
    const size = await stat(place(name)).then(
      ({ size }) => size,
      () => 0,
    );
    if (size === 0 || size > mostBytes) return undefined;
    const value = await readJson<T>(place(name));
    return value !== undefined && valid(value) ? value : undefined;
  };
  const missing = (name: string): Findings =>
    failed ? {} : { note: `${name} of this result is gone, damaged or of another version.` };
  switch (stage.kind) {
    case 'data': {
      const dataset = await get<Dataset>('dataset.json', validateDataset);
      return dataset ? { detail: dataDetail(dataset) } : missing('dataset.json');
    }
    case 'train':
    case 'optimize': {
      const model = await get<ModelInfo>('model.json', validateModel);
      if (!model) return missing('model.json');
      const tune = stage.kind === 'train' ? await get<TuneRecord>('tune.json', validateTune) : undefined;
      const detail: StageDetail = {
        kind: stage.kind,
        model: slimModel(model),
        ...(tune ? { tune: slimTune(tune) } : {}),
      };
      const history = stage.kind === 'train' ? await get<History>('history.json', isHistory) : undefined;
      return { detail, ...(history ? { series: historyOf(history) } : {}) };
    }
    case 'evaluate': {
      const evaluation = await get<Evaluation>('evaluation.json', validateEvaluation);
      return evaluation
        ? { detail: { kind: 'evaluate', evaluation: slimEvaluation(evaluation) } }
        : missing('evaluation.json');
    }
    case 'package': {
      const bundle = await get<Bundle>('bundle.json', validateBundle);
      if (!bundle) return missing('bundle.json');
      const version = (await findByDigest(store, bundle.name, bundle.digest).catch(() => undefined))?.version;
      const model = await get<ModelInfo>('model.json', validateModel);
      return {
        detail: {
          kind: 'package',
          bundle,
          ...(version === undefined ? {} : { version }),
          ...(model ? { model: slimModel(model) } : {}),
        },
      };
    }
    case 'deploy': {
      const entry = await get<DeploymentEntry>('deployment.json', validateDeployment);
      if (!entry) return missing('deployment.json');
      return { detail: { kind: 'deploy', entry, ...(await signatureOf(store, entry)) } };
    }
    case 'monitor': {
      const report = await get<DriftReport>('drift.json', validateDrift);
      if (!report) return missing('drift.json');
      const { features } = report;
      const sent = features.slice(0, most.features).map((feature, index) => {
        const { bins, ...rest } = feature;
        return bins && index < most.bins ? feature : rest;
      });
      return { detail: { kind: 'monitor', report: { ...report, features: sent }, columns: features.length } };
    }
    default:
      return {};
  }
}

function dataDetail(dataset: Dataset): StageDetail {
  const { columns, features, steps: _, inputs: __, ...rest } = dataset;
  return {
    kind: 'data',
    columns: columns.length,
    dataset: {
      ...rest,
      features: features.slice(0, most.features),
      columns: columns.slice(0, most.columns).map((column) => ({
        ...column,
        ...(column.categories ? { categories: column.categories.slice(0, most.categories) } : {}),
      })),
    },
  };
}

function slimModel({ features: _, ...model }: ModelInfo): ModelInfo {
  return {
    ...model,
    inputs: model.inputs.slice(0, most.columns).map(({ categories, ...input }) => ({
      ...input,
      ...(categories ? { categories: categories.slice(0, most.categories) } : {}),
    })),
    ...(model.importance
      ? {
          importance: [...model.importance].sort((a, b) => b.importance - a.importance).slice(0, most.importance),
        }
      : {}),
  };
}

/** The best trial is among those that are sent, however many there are. */
export function slimTune(record: TuneRecord, count = most.trials): TuneRecord {
  const kept = record.trials.filter(({ trial }, index) => index < count || trial === record.best);
  return { ...record, trials: kept.map(({ readings: _, ...trial }) => trial) };
}

/** Curves and matrices are drawn of the chosen candidate only. */
function slimEvaluation(evaluation: Evaluation): Evaluation {
  return {
    ...evaluation,
    candidates: evaluation.candidates.slice(0, most.columns).map(({ explanation, ...candidate }) => ({
      ...candidate,
      ...(explanation && candidate.name === evaluation.best
        ? { explanation: { ...explanation, permutation: explanation.permutation.slice(0, most.importance) } }
        : {}),
      splits: Object.fromEntries(
        Object.entries(candidate.splits).map(
          ([split, { roc, pr, confusion, calibration, residuals, scatter, tenths, ...rest }]) => [
            split,
            candidate.name !== evaluation.best
              ? rest
              : {
                  ...rest,
                  ...(roc ? { roc: thinCurve(roc) } : {}),
                  ...(pr ? { pr: thinCurve(pr) } : {}),
                  ...(confusion && confusion.length <= most.classes ? { confusion } : {}),
                  ...(calibration ? { calibration } : {}),
                  ...(residuals ? { residuals } : {}),
                  ...(scatter ? { scatter } : {}),
                  ...(tenths ? { tenths } : {}),
                },
          ],
        ),
      ),
    })),
    ...(evaluation.fairness
      ? { fairness: evaluation.fairness.slice(0, 20).map((each) => ({ ...each, groups: each.groups.slice(0, 200) })) }
      : {}),
  };
}

function thinCurve<C extends { x: number[]; y: number[]; thresholds: (number | null)[] }>({ x, y }: C): C {
  const every = Math.max(1, Math.ceil(x.length / most.points));
  const keep = (_: unknown, index: number): boolean => index % every === 0 || index === x.length - 1;
  return { x: x.filter(keep), y: y.filter(keep), thresholds: [] } as unknown as C;
}

interface History {
  readonly series: Readonly<
    Record<string, { readonly steps: readonly SentNumber[]; readonly values: readonly SentNumber[] }>
  >;
}

const isHistory: Validator = (value: unknown): boolean =>
  Object.values((value as Partial<History> | null)?.series ?? {}).every(
    (each: Partial<History['series'][string]> | null) => Array.isArray(each?.steps) && Array.isArray(each.values),
  );

const historyOf = ({ series }: History): SentSeries[] =>
  Object.entries(series ?? {}).map(([name, { steps, values }]) => thinSeries(name, steps, values));

/** The curves of a stage, thinned to what a small chart can show. */
export function seriesOf({ series }: StageSummary): SentSeries[] {
  return Object.entries(series).map(([name, { steps, values }]) => thinSeries(name, steps, values));
}

function thinSeries(name: string, steps: readonly SentNumber[], values: readonly SentNumber[]): SentSeries {
  const every = Math.max(1, Math.ceil(values.length / most.points));
  const keep = (_: unknown, index: number): boolean => index % every === 0 || index === values.length - 1;
  return { name, steps: steps.filter(keep), values: values.filter(keep) };
}

/** The columns that the served model takes, and a row of what its signature gives as examples. Nothing of what has too many to be asked by hand. */
async function signatureOf(
  store: string,
  entry: DeploymentEntry,
): Promise<{ readonly example?: Record<string, unknown>; readonly inputs?: ModelInfo['inputs'] }> {
  try {
    const { folder } = await findVersion(store, entry.model, entry.version);
    const model = await readJson<ModelInfo>(join(folder, 'model.json'));
    if (!model || !validateModel(model) || model.inputs.length > 200) return {};
    return {
      example: Object.fromEntries(
        model.inputs.map(({ name, example = null }) => [
          name,
          typeof example === 'number' ? short32(example) : example,
        ]),
      ),
      inputs: model.inputs,
    };
  } catch {
    return {};
  }
}

const mostSent = 1_000_000;

/** Plain JSON of an output: numbers that are not finite as words, texts cut, never above a megabyte. */
export function sendable(output: StageOutput): string {
  const write = (value: StageOutput): string =>
    JSON.stringify(value, (_, each: unknown) =>
      typeof each === 'number' && !Number.isFinite(each)
        ? String(each)
        : typeof each === 'string' && each.length > 4_000
          ? `${each.slice(0, 4_000)}…`
          : each,
    );
  const whole = write(output);
  if (Buffer.byteLength(whole) <= mostSent) return whole;
  const { detail, ...rest } = output;
  const note = 'The result is too large for a cell; only a part of it is shown.';
  for (const count of [200, 20]) {
    const less = write({ ...rest, ...(detail ? { detail: shorter(detail, count) } : {}), note });
    if (Buffer.byteLength(less) <= mostSent) return less;
  }
  const { search: _, ...without } = rest;
  return write({
    ...without,
    metrics: Object.fromEntries(Object.entries(rest.metrics).slice(0, 200)),
    series: rest.series.slice(0, 20),
    ...(rest.error ? { error: { ...rest.error, details: rest.error.details?.slice(0, 50) ?? [] } } : {}),
    note,
  });
}

function shorter(detail: StageDetail, count: number): StageDetail {
  switch (detail.kind) {
    case 'data':
      return { ...detail, dataset: { ...detail.dataset, columns: detail.dataset.columns.slice(0, count) } };
    case 'train':
      return {
        ...detail,
        model: { ...detail.model, inputs: detail.model.inputs.slice(0, count) },
        ...(detail.tune ? { tune: slimTune(detail.tune, count) } : {}),
      };
    case 'optimize':
      return { ...detail, model: { ...detail.model, inputs: detail.model.inputs.slice(0, count) } };
    case 'package':
      return {
        ...detail,
        ...(detail.model ? { model: { ...detail.model, inputs: detail.model.inputs.slice(0, count) } } : {}),
      };
    case 'evaluate':
      return {
        ...detail,
        evaluation: { ...detail.evaluation, candidates: detail.evaluation.candidates.slice(0, count) },
      };
    case 'monitor':
      return { ...detail, report: { ...detail.report, features: detail.report.features.slice(0, count) } };
    case 'deploy':
      return detail;
  }
}
