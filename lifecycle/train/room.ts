import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Model, type ModelInfo, type TrainStage, type TuneRecord } from '../../schemas/generated/types';
import { modelInfo, rankImportance } from '../model/info';
import { pixelInput, tokenInputs } from '../model/layers';
import { scoreModel } from '../model/score';
import { outputWidth, servedModel } from '../model/served';
import { restoreFragment } from '../model/target-transform';
import { type GraphBuilder, int64, type Value } from '../onnx';
import { UserError } from '../problem';
import { isMissing } from '../process/files';
import { hashFile, sha256 } from '../process/hash';
import { canonicalJson } from '../store/canonical';
import { type Room, type StageContext, type StageResult, type Teacher } from '../store/room';
import { commandInputs, trainCommand } from './command/trainer';
import {
  checkLearnable,
  dataOf,
  loadMatrix,
  loadRowWeights,
  openDataset,
  storeMatrix,
  type TrainingData,
  withoutTokens,
} from './dataset';
import { type Matrix } from './scaling';
import { transformTarget } from './target';
import { DEVICE_SERIES, type Learned, type Lesson, type TrainedModel } from './trainer';

/** Raised when results change for equal inputs; those of networks and of boosted trees by themselves, and those of searches that may come to either. */
const VERSION = 5;
const NETWORK_VERSION = 6;
/** Of networks that start from a model. */
const STARTED_VERSION = 7;
const BOOSTED_VERSION = 6;
const KINDS_VERSION = 8;
/** Most features that `model.json` lists by importance. */
const MOST_IMPORTANT = 200;

async function run(given: StageContext<TrainStage>): Promise<StageResult> {
  const { context, series } = recorded(given);
  if (context.stage.reinforcement !== undefined) {
    const { trainPolicy } = await import('./reinforcement/trainer');
    return save(context.output, await trainPolicy(context, context.stage.reinforcement), series);
  }
  const data = await openDataset(context.input(dataOf(context.stage)));
  const { tune } = context.stage;
  if (tune === undefined) return save(context.output, await train(context, data), series);
  const { search } = await import('./search/search');
  const files = await filesOf(context.stage, context.folder, async (path) => (await hashFile(path)).sha256);
  const from = context.stage.training?.['start-from'];
  const { stage, record } = await search(context, data, tune, {
    ...files,
    room: String(versionOf(context.stage)),
    ...(typeof from === 'string' && { from: context.input(from).hash }),
  });
  const trained = await train({ ...context, stage }, data);
  await writeFile(join(context.output, 'tune.json'), `${JSON.stringify(record, null, 1)}\n`);
  return save(context.output, tuned(trained, record), series);
}

function train(context: StageContext<TrainStage>, data: TrainingData): Promise<TrainedModel> {
  return context.stage.command === undefined ? trainOurs(context, data) : trainCommand(context, data);
}

/** Names the trial that the model was made from. */
function tuned(trained: TrainedModel, { trials, best, steps }: TuneRecord): TrainedModel {
  const values = trials.find(({ trial }) => trial === best)?.values ?? {};
  const tune = { trial: best, trials: trials.length, values, ...(steps !== undefined && { steps }) };
  return { ...trained, info: { ...trained.info, training: { ...trained.info.training, tune } } };
}

/** A model of ours that learns a teacher's answers to the rows of a dataset (a distillation). */
export async function trainTaught(
  context: StageContext<TrainStage>,
  teacher: Teacher,
): Promise<TrainedModel & { readonly bytes: Uint8Array }> {
  const data = await openDataset(context.input(dataOf(context.stage)));
  return trainOurs(context, data, teacher);
}

async function trainOurs(
  context: StageContext<TrainStage>,
  all: TrainingData,
  teacher?: Teacher,
): Promise<TrainedModel & { readonly bytes: Uint8Array }> {
  const { stage, signal, scratch, threads } = context;
  const model = modelOf(stage);
  const data = model.kind === 'network' ? all : withoutTokens(all);
  const options = { scratch, threads, signal };
  context.progress(0, 'reading');
  if (teacher !== undefined || !isLarge(stage, data, model)) {
    const train = await loadMatrix(data.splits.train!.features, data, options);
    const validation = data.splits.validation && (await loadMatrix(data.splits.validation.features, data, options));
    return learn(context, data, model, { train, ...(validation && { validation }) }, teacher);
  }
  const told = (done: number, rows: number) => context.progress(0, `reading ${Math.floor((100 * done) / rows)} %`);
  const train = await storeMatrix('train', data, join(scratch, 'train.columns'), options, told);
  try {
    const validation =
      data.splits.validation && (await storeMatrix('validation', data, join(scratch, 'validation.columns'), options));
    try {
      return await learn(context, data, model, { train, ...(validation && { validation }) });
    } finally {
      validation?.columns.close();
    }
  } finally {
    train.columns.close();
  }
}

/** Trains a model on rows that are at hand, and makes a model of it that takes raw rows. */
async function learn(
  context: StageContext<TrainStage>,
  data: TrainingData,
  model: Model,
  { train, validation }: { readonly train: Matrix; readonly validation?: Matrix },
  teacher?: Teacher,
): Promise<TrainedModel & { readonly bytes: Uint8Array }> {
  const { stage, signal, scratch, threads } = context;
  const options = { scratch, threads, signal };
  checkLearnable(train, data);
  warnOfIdleSettings(context, model, data);
  warnOfConstantFeatures(context, train);
  warnOfAbsentClasses(context, train, data);
  warnOfImbalance(context, model, train, data);
  const given = { train, ...(validation && { validation }), ...(teacher && { teacher }) };
  const { transform, ...taught } = transformTarget(stage, data, model, given);
  const lesson: Lesson = {
    task: data.target.task,
    classes: data.target.classes ?? [],
    ...taught,
    ...(model.kind === 'network' && (await networkExtras(context, data, train.rows, teacher))),
    scratch,
    stage,
    seed: context.seed,
    threads: Math.min(stage.resources?.threads ?? threads, threads),
    report: context,
  };
  const learned = await teach(lesson, model);
  signal.throwIfAborted();
  const bytes = servedModel(data.preprocess, data.target.task, outputWidth(data.target), (graph, features) => {
    const answer = learned.fragment(graph, firstOf(graph, features, train.names.length));
    return transform ? restoreFragment(graph, answer, transform) : answer;
  });
  const ranked =
    learned.importance && rankImportance(data.dataset.features, learned.importance).slice(0, MOST_IMPORTANT);
  const info = modelInfo(data.dataset, data.target, {
    kind: model.kind,
    servable: true,
    ...(transform && { targetTransform: transform }),
    parameters: learned.parameters,
    bytes: bytes.length,
    training: learned.training,
    data: context.input(dataOf(stage)).hash,
    ...(ranked && ranked.length > 0 && { importance: ranked }),
  });
  const metrics = data.splits.validation && (await scoreModel(bytes, info, data.splits.validation, options));
  const prefixed = Object.entries(metrics ?? {}).map(([name, value]): [string, number] => [
    `validation/${name}`,
    value,
  ]);
  return { bytes, info, metrics: Object.fromEntries(prefixed) };
}

/** The first columns of features [N, F]: what a model was trained on where the rest is not for it. */
function firstOf(graph: GraphBuilder, features: Value, width: number): Value {
  if (features.shape?.[1] === width) return features;
  const [from, to, axis] = [[0], [width], [1]].map((value) => graph.constant(int64(value), 'columns'));
  return graph.op('Slice', [features, from, to, axis], {}, { hint: 'features' });
}

/** Bytes of training rows from which on they stay on disk; the same on every machine, so that its memory does not decide about the result. */
const LARGE = 1e9;

/** Rows that would take more memory than they may, twice for networks (by column, and by row), stay on disk. */
function isLarge({ training }: TrainStage, { dataset }: TrainingData, { kind }: Model): boolean {
  const limit = training?.memory === undefined ? LARGE : training.memory * 1e9;
  const bytes = kind === 'network' ? 8 : 4;
  return (dataset.splits['train']?.rows ?? 0) * dataset.features.length * bytes > limit;
}

/** What networks are given beyond the rows. */
async function networkExtras(
  context: StageContext<TrainStage>,
  data: TrainingData,
  rows: number,
  teacher?: Teacher,
): Promise<Pick<Lesson, 'tokens' | 'image' | 'rowWeights' | 'initial' | 'checkpoint'>> {
  const { stage, store, seed, threads, folder } = context;
  const column = stage.training?.['sample-weights'];
  const image = pixelInput(data.dataset);
  const from = stage.training?.['start-from'];
  const initial = from === undefined ? undefined : await readInitial(from, folder, (name) => context.input(name).path);
  const key = canonicalJson({
    format: 2,
    version: from === undefined ? NETWORK_VERSION : STARTED_VERSION,
    stage: {
      ...stage,
      description: undefined,
      ...(stage.resources && { resources: { ...stage.resources, 'stall-timeout': undefined } }),
    },
    data: context.input(dataOf(stage)).hash,
    seed,
    threads,
    initial: initial && sha256(initial.bytes),
    ...(teacher && { teacher: [teacher.temperature, sha256(new Uint8Array(teacher.train.slice().buffer))] }),
  });
  return {
    tokens: tokenInputs(data.dataset),
    ...(image && { image }),
    ...(column !== undefined && { rowWeights: await loadRowWeights(column, rows, data, context) }),
    ...(initial && { initial }),
    checkpoint: join(store, 'checkpoints', `${sha256(key).slice(0, 32)}.bin`),
  };
}

async function readInitial(
  from: NonNullable<NonNullable<TrainStage['training']>['start-from']>,
  folder: string,
  pathOf: (stage: string) => string,
): Promise<NonNullable<Lesson['initial']>> {
  const stage = typeof from === 'string' ? from : undefined;
  const path = typeof from === 'string' ? join(pathOf(from), 'model.onnx') : resolve(folder, from.file);
  try {
    return { bytes: await readFile(path), from: stage === undefined ? path : `'${stage}'` };
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new UserError({
      code: 'file-missing',
      message: `The model to start from, ${path}, is not there.`,
      hint: `Paths start at the pipeline's folder.`,
      path: ['training', 'start-from'],
    });
  }
}

/** Points of each metric, as two lists. */
type Series = ReadonlyMap<string, { readonly steps: number[]; readonly values: number[] }>;

/** The context with its metrics written down on the way, for `history.json`. */
function recorded(context: StageContext<TrainStage>): { context: StageContext<TrainStage>; series: Series } {
  const series = new Map<string, { steps: number[]; values: number[] }>();
  const metric: StageContext['metric'] = (name, value, step, epoch) => {
    if (name.startsWith(DEVICE_SERIES)) return context.metric(name, value, step, epoch);
    const points = series.get(name) ?? { steps: [], values: [] };
    series.set(name, points);
    points.steps.push(step);
    points.values.push(value);
    context.metric(name, value, step, epoch);
  };
  return { context: { ...context, metric }, series };
}

/** Writes the model folder. Nothing in it depends on the clock. */
async function save(output: string, { bytes, info, metrics }: TrainedModel, series: Series): Promise<StageResult> {
  const finite = Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
  if (bytes) await writeFile(join(output, 'model.onnx'), bytes);
  await writeFile(join(output, 'model.json'), `${JSON.stringify({ ...info, metrics: finite }, null, 2)}\n`);
  await writeFile(
    join(output, 'history.json'),
    `${JSON.stringify({ format: 1, series: Object.fromEntries(series) })}\n`,
  );
  return { metrics: finite, summary: summarise(info) };
}

function summarise(info: ModelInfo): string {
  const parts = [info.kind];
  if (info.parameters !== undefined) parts.push(`${info.parameters.toLocaleString('en')} parameters`);
  const { bestRound, bestEpoch } = info.training ?? {};
  if (typeof bestRound === 'number') parts.push(`${bestRound} rounds`);
  if (typeof bestEpoch === 'number') parts.push(`${bestEpoch} epochs`);
  const { tune } = (info.training ?? {}) as { tune?: { trial: number; trials: number } };
  if (tune) parts.push(`trial ${tune.trial} of ${tune.trials}`);
  if (!info.servable) parts.push('metrics only');
  return parts.join(', ');
}

/** Settings that this model or dataset has no use for are not an error, but never pass in silence. */
function warnOfIdleSettings(context: StageContext<TrainStage>, model: Model, { target, splits }: TrainingData): void {
  const idle = (what: string, why: string, path: string[]) =>
    context.log('warning', `${what} has no effect: ${why}.`, { code: 'setting-without-effect', path });
  const { training } = context.stage;
  if (model.kind !== 'network') {
    if (training && Object.keys(training).some((name) => name !== 'memory'))
      idle('`training`', `it is for networks, and this model is ${model.kind}`, ['training']);
  } else if (target.task === 'regression') {
    if (training?.['class-weights'] !== undefined && training['class-weights'] !== 'none')
      idle('`class-weights`', 'the target has no classes', ['training', 'class-weights']);
    if (training?.['label-smoothing'])
      idle('`label-smoothing`', 'the target has no classes', ['training', 'label-smoothing']);
    if (training?.sampling !== undefined && training.sampling !== 'none')
      idle('`sampling`', 'the target has no classes', ['training', 'sampling']);
  }
  const device = context.stage.resources?.device ?? 'auto';
  if (model.kind !== 'network' && device !== 'auto' && device !== 'cpu')
    idle(`\`device: ${device}\``, `a ${model.kind} model is trained on the CPU`, ['resources', 'device']);
  const place = model.kind === 'network' ? ['training'] : ['model'];
  const stopping = model.kind === 'network' ? training?.['early-stopping'] : 'early-stopping' in model;
  if (stopping && !splits.validation)
    idle('`early-stopping`', 'the dataset has no validation rows', [...place, 'early-stopping']);
}

/** Without a feature that changes, every row gets the same answer. */
function warnOfConstantFeatures(context: StageContext<TrainStage>, { columns }: Matrix): void {
  for (let feature = 0; feature < columns.length; feature++) {
    const column = columns.at(feature)!;
    const first = column.find((value) => value === value);
    // Where something is missing may tell something.
    if (column.some((value) => value !== first) && first !== undefined) return;
  }
  context.log('warning', `No feature changes over the training split, so the model gives every row the same answer.`, {
    code: 'features-constant',
    hint: 'Look at the columns of the data stage: are they read as numbers, and does a filter leave one value only?',
    path: ['data'],
  });
}

function warnOfAbsentClasses(context: StageContext<TrainStage>, train: Matrix, { target }: TrainingData): void {
  const seen = new Set(train.labels);
  const absent = (target.classes ?? []).filter((_, index) => !seen.has(index));
  if (absent.length === 0) return;
  context.log(
    'warning',
    `No row of the training split is of the class ${absent.map((value) => JSON.stringify(value)).join(', ')}.`,
    {
      code: 'class-absent',
      hint: `\`split: {stratify: ${target.column}}\` in the data stage gives every split its share.`,
      path: ['data'],
    },
  );
}

/** What makes up for a rare class in a kind of model, or what to do where nothing does. */
const EVENED_BY: Readonly<Record<Model['kind'], string>> = {
  network: 'Set `class-weights: balanced` or `sampling: oversample`, and judge by auc or f1 rather than accuracy.',
  'decision-tree': 'Set `class-weights: balanced`, and judge by auc or f1 rather than accuracy.',
  'random-forest': 'Set `class-weights: balanced`, and judge by auc or f1 rather than accuracy.',
  'boosted-trees': 'Judge by auc or f1 rather than accuracy; a `random-forest` and a `network` take class weights.',
  linear: 'Judge by auc or f1 rather than accuracy; a `random-forest` and a `network` take class weights.',
};

/** Does something in the stage make rare classes count for more? */
function isEvened(model: Model, training: NonNullable<TrainStage['training']>): boolean {
  if (model.kind !== 'network') return 'class-weights' in model && model['class-weights'] === 'balanced';
  const focal = training.loss === 'focal' || (typeof training.loss === 'object' && training.loss.kind === 'focal');
  return (training['class-weights'] ?? 'none') !== 'none' || (training.sampling ?? 'none') !== 'none' || focal;
}

/** A class with less than a tenth of an even share is easily passed over. */
function warnOfImbalance(
  context: StageContext<TrainStage>,
  model: Model,
  { labels, rows }: Matrix,
  { target }: TrainingData,
): void {
  const { classes } = target;
  const evened = isEvened(model, context.stage.training ?? {});
  if (target.task === 'regression' || classes === undefined || evened) return;
  const counts = new Array<number>(classes.length).fill(0);
  for (const label of labels) counts[label]!++;
  const there = counts.flatMap((count, k) => (count > 0 ? [{ count, k }] : []));
  const rare = there.toSorted((a, b) => a.count - b.count)[0];
  if (rare === undefined || rare.count >= rows / (10 * classes.length)) return;
  context.log(
    'warning',
    `Only ${rare.count.toLocaleString('en')} of ${rows.toLocaleString('en')} training rows are of the class ${JSON.stringify(classes[rare.k])}.`,
    {
      code: 'classes-imbalanced',
      hint: EVENED_BY[model.kind],
      path: [model.kind === 'network' ? 'training' : 'model'],
    },
  );
}

/** Each trainer is loaded when it is asked for. */
async function teach(lesson: Lesson, model: Model): Promise<Learned> {
  switch (model.kind) {
    case 'linear':
      return (await import('./linear/trainer')).trainLinear(lesson, model);
    case 'decision-tree':
    case 'random-forest':
      return (await import('./trees/forest-trainer')).trainForest(lesson, model);
    case 'boosted-trees':
      return (await import('./trees/trainer')).trainTrees(lesson, model);
    case 'network':
      if (lesson.report.device?.kind === 'tensorflow-gpu')
        await (await import('./tensorflow/session')).provideTensorflow();
      return (await import('./network/trainer')).trainNetwork(lesson, model);
  }
}

/** A search may come to networks and boosted trees from another kind of model, too. */
function versionOf({ model, command, reinforcement, training, tune }: TrainStage): number {
  if (command !== undefined || reinforcement !== undefined) return VERSION;
  if (tune?.space['model.kind'] !== undefined) return KINDS_VERSION;
  const kind = typeof model === 'object' ? model.kind : model;
  if (kind === 'boosted-trees') return BOOSTED_VERSION;
  if (kind !== 'network') return VERSION;
  return training?.['start-from'] === undefined ? NETWORK_VERSION : STARTED_VERSION;
}

function modelOf({ model }: TrainStage): Model {
  if (model === undefined)
    throw new UserError({ code: 'model-missing', message: 'The stage has neither `model` nor `command`.' });
  if (model === 'network') return { kind: 'network', preset: 'mlp' };
  return typeof model === 'string' ? { kind: model } : model;
}

/** Content hashes of the files that a stage depends on. */
async function filesOf(
  stage: TrainStage,
  folder: string,
  hash: (path: string) => Promise<string>,
): Promise<Record<string, string>> {
  const environment = stage.reinforcement?.environment;
  const hashes = {
    ...(await commandInputs(stage, folder, hash)),
    ...(typeof environment === 'object' &&
      (await commandInputs(environment, folder, hash, ['reinforcement', 'environment']))),
  };
  const from = stage.training?.['start-from'];
  if (typeof from !== 'object') return hashes;
  return { ...hashes, [`file ${from.file}`]: await hash(resolve(folder, from.file)).catch(() => 'missing') };
}

/** The train stage: one of our models, or the user's own program. */
export const room: Room<TrainStage> = {
  kind: 'train',
  version: VERSION,
  versionOf,
  inputs: (stage, where) => filesOf(stage, where.folder, (path) => where.hashFile(path)),
  run,
};
