import { type BoostedTreesModel } from '../../../schemas/generated/types';
import { type Ensemble, ensembleFragment } from '../../model/ensemble';
import { headFragment } from '../../model/head';
import { nearest } from '../../expression/nearest';
import { UserError } from '../../problem';
import { breather, type Learned, type Lesson } from '../trainer';
import { monitorMetrics } from '../monitor';
import { boost, type BoosterSettings, type Round } from './booster';
import { nameSome } from '../linear/trainer';
import { KernelMemoryError } from './kernel';
import { type RegressionLoss } from './loss';
import { boostTaughtClasses, taughtLesson } from './taught';

/** Rounds without a better validation loss after which growing ends unless the pipeline says otherwise. */
const PATIENCE = 20;
/** Rounds between two points of the metrics that need sorting. */
const MONITOR_EVERY = 5;

/** Gradient-boosted trees; the round with the least validation loss is kept. */
export async function trainTrees(given: Lesson, model: BoostedTreesModel): Promise<Learned> {
  const lesson = given.teacher ? taughtLesson(given, given.teacher) : given;
  const { task, classes, train, validation, report, seed } = lesson;
  const settings = settingsOf(model, lesson);
  const breathe = breather(report);
  const told = async ({ round, loss, validationLoss, validationScores }: Round): Promise<void> => {
    report.metric('loss', loss, round);
    if (validationLoss !== undefined) report.metric('validation/loss', validationLoss, round);
    if (given.validation && (round % MONITOR_EVERY === 0 || round === 1)) {
      const raw = validationScores()!;
      const scores = settings.loss?.kind === 'poisson' ? raw.map(Math.exp) : raw;
      const more = monitorMetrics(lesson, given.validation.labels, scores);
      for (const [name, value] of Object.entries(more)) report.metric(`validation/${name}`, value, round);
    }
    report.progress(round / settings.trees, `round ${round}`);
    await breathe();
  };
  const growing =
    lesson.teacher && task === 'multiclass'
      ? boostTaughtClasses(lesson, lesson.teacher, settings, (done) => (report.progress(done), breathe()))
      : boost(train, validation, task, classes.length, settings, told);
  const { ensemble, rounds, bestRound, leafScale, importance } = await growing.catch((error: unknown) => {
    throw error instanceof KernelMemoryError ? tooLarge(lesson) : error;
  });
  return {
    fragment: (graph, features) => {
      const scores = ensembleFragment(graph, features, ensemble);
      return settings.loss?.kind === 'poisson'
        ? graph.op('Exp', [scores], {}, { hint: 'mean' })
        : headFragment(graph, scores, task);
    },
    parameters: countParameters(ensemble),
    importance,
    training: {
      rows: train.rows,
      rounds,
      bestRound,
      ...(leafScale < 1 && { leafScale }),
      trees: ensemble.trees.length,
      settings: {
        trees: settings.trees,
        leaves: settings.leaves,
        ...(model.depth !== undefined && { depth: model.depth }),
        'learning-rate': settings.learningRate,
        'samples-per-leaf': settings.samplesPerLeaf,
        l2: settings.l2,
        ...(settings.l1 && { l1: settings.l1 }),
        ...(settings.leastGain && { 'minimum-gain': settings.leastGain }),
        ...(settings.loss && { loss: settings.loss }),
        ...(model.monotone && { monotone: model.monotone }),
        ...(model.categorical && { categorical: model.categorical }),
        bins: settings.bins,
        'row-sample': settings.rowSample,
        'column-sample': settings.columnSample,
      },
      seed,
    },
  };
}

function settingsOf(model: BoostedTreesModel, lesson: Lesson): BoosterSettings {
  const kinds = kindsOf(model, lesson);
  const loss = lossOf(model, lesson);
  return {
    trees: model.trees ?? 300,
    leaves: model.leaves ?? 31,
    depth: model.depth ?? Infinity,
    learningRate: model['learning-rate'] ?? 0.1,
    samplesPerLeaf: model['samples-per-leaf'] ?? 20,
    l1: model.l1 ?? 0,
    l2: model.l2 ?? 0,
    leastGain: model['minimum-gain'] ?? 0,
    ...(kinds && { kinds }),
    ...(loss && { loss }),
    bins: model.bins ?? 255,
    rowSample: model['row-sample'] ?? 1,
    columnSample: model['column-sample'] ?? 1,
    earlyStopping: {
      patience: model['early-stopping'] ? (model['early-stopping'].patience ?? 5) : PATIENCE,
      minDelta: model['early-stopping']?.['min-delta'] ?? 0,
    },
    seed: lesson.seed,
  };
}

/** @throws UserError when the loss is not for this task or target */
function lossOf(model: BoostedTreesModel, { task, train, validation }: Lesson): RegressionLoss | undefined {
  const { loss = 'squared' } = model;
  if (loss === 'squared') return undefined;
  const refused = (message: string, hint: string) =>
    new UserError({ code: 'loss-not-for-target', message, hint, path: ['model', 'loss'] });
  if (task !== 'regression')
    throw refused(`The loss \`${loss}\` is for numbers; the target has classes.`, 'Leave `loss` out.');
  if (loss === 'poisson') {
    const least = [train, ...(validation ? [validation] : [])].flatMap(({ labels }) => [
      labels.reduce((a, b) => Math.min(a, b), Infinity),
    ]);
    if (Math.min(...least) < 0 || train.labels.every((label) => label === 0))
      throw refused(
        `The loss \`poisson\` needs a target that is never negative and not always 0; the least is ${Math.min(...least)}.`,
        'Use `squared`, or filter the rows in the data stage.',
      );
    return { kind: 'poisson' };
  }
  if (model.monotone) {
    throw new UserError({
      code: 'setting-conflict',
      message: `\`monotone\` can't be kept with the loss \`${loss}\`, whose leaf values are quantiles of their rows.`,
      hint: 'Use the loss `squared` or `poisson`, or leave `monotone` out.',
      path: ['model', 'monotone'],
    });
  }
  return { kind: 'quantile', quantile: loss === 'absolute' ? 0.5 : (model.quantile ?? 0.5) };
}

/** What each feature is held to: 1 increasing, 2 decreasing, 3 categorical. */
function kindsOf(model: BoostedTreesModel, { train, task }: Lesson): Uint32Array | undefined {
  const { monotone = {}, categorical = [] } = model;
  if (Object.keys(monotone).length === 0 && categorical.length === 0) return undefined;
  const kinds = new Uint32Array(train.columns.length);
  const place = (name: string, path: (string | number)[]): number => {
    const index = train.names.indexOf(name);
    if (index >= 0) return index;
    const near = nearest(name, train.names);
    throw new UserError({
      code: 'feature-unknown',
      message: `There is no feature '${name}'.`,
      hint: near === undefined ? `There are ${nameSome(train.names)}.` : `Did you mean '${near}'?`,
      path,
    });
  };
  if (task === 'multiclass' && Object.keys(monotone).length > 0)
    throw new UserError({
      code: 'setting-conflict',
      message: '`monotone` is for two classes or a number: with more classes there is no one score to rise.',
      path: ['model', 'monotone'],
    });
  for (const [name, direction] of Object.entries(monotone))
    kinds[place(name, ['model', 'monotone', name])] = direction === 'increasing' ? 1 : 2;
  categorical.forEach((name, i) => {
    const path = ['model', 'categorical', i];
    const at = place(name, path);
    if (kinds[at] !== 0)
      throw new UserError({
        code: 'setting-conflict',
        message: `The categories of '${name}' have no order that could be monotone.`,
        path,
      });
    const strange = train.columns
      .at(at)!
      .find((value) => value === value && !(Number.isInteger(value) && value >= 0 && value < 255));
    if (strange !== undefined)
      throw new UserError({
        code: 'category-not-a-code',
        message: `The feature '${name}' is ${strange} in some row; categories are whole numbers from 0 to 254.`,
        hint: 'Encode it in the data stage (`ordinal: {columns: …}`), without scaling, and gather rare values first.',
        path,
      });
    kinds[at] = 3;
  });
  return kinds;
}

/** Thresholds and leaf values. */
function countParameters(ensemble: Ensemble): number {
  return ensemble.trees.reduce((sum, { tree }) => sum + tree.feature.length, 0);
}

export function tooLarge({ train }: Lesson): UserError {
  return new UserError({
    code: 'data-too-large',
    message: `The training split (${train.rows.toLocaleString('en')} rows × ${train.columns.length} features) does not fit into the 4 GB that boosted trees can use.`,
    hint: 'Take fewer rows (`sample` in the data stage) or fewer features.',
    path: ['data'],
  });
}
