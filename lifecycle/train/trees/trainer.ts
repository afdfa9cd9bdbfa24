import { type BoostedTreesModel } from '../../../schemas/generated/types';
import { type Ensemble, ensembleFragment } from '../../model/ensemble';
import { headFragment } from '../../model/head';
import { UserError } from '../../problem';
import { breather, type Learned, type Lesson } from '../trainer';
import { monitorMetrics } from '../monitor';
import { boost, type BoosterSettings } from './booster';
import { KernelMemoryError } from './kernel';

/** Rounds without a better validation loss after which growing ends unless the pipeline says otherwise. */
const PATIENCE = 20;
/** Rounds between two points of the metrics that need sorting. */
const MONITOR_EVERY = 5;

/** Gradient-boosted trees; the round with the least validation loss is kept. */
export async function trainTrees(lesson: Lesson, model: BoostedTreesModel): Promise<Learned> {
  const { task, classes, train, validation, report, seed } = lesson;
  const settings = settingsOf(model, seed);
  const breathe = breather(report);
  const { ensemble, rounds, bestRound, importance } = await boost(
    train,
    validation,
    task,
    classes.length,
    settings,
    async ({ round, loss, validationLoss, validationScores }) => {
      report.metric('loss', loss, round);
      if (validationLoss !== undefined) report.metric('validation/loss', validationLoss, round);
      if (validation && (round % MONITOR_EVERY === 0 || round === 1)) {
        const more = monitorMetrics(task, classes.length, validation.labels, validationScores()!);
        for (const [name, value] of Object.entries(more)) report.metric(`validation/${name}`, value, round);
      }
      report.progress(round / settings.trees, `round ${round}`);
      await breathe();
    },
  ).catch((error: unknown) => {
    throw error instanceof KernelMemoryError ? tooLarge(lesson) : error;
  });
  return {
    fragment: (graph, features) => headFragment(graph, ensembleFragment(graph, features, ensemble), task),
    parameters: countParameters(ensemble),
    importance,
    training: {
      rows: train.rows,
      rounds,
      bestRound,
      trees: ensemble.trees.length,
      settings: {
        trees: settings.trees,
        leaves: settings.leaves,
        ...(model.depth !== undefined && { depth: model.depth }),
        'learning-rate': settings.learningRate,
        'samples-per-leaf': settings.samplesPerLeaf,
        l2: settings.l2,
        bins: settings.bins,
        'row-sample': settings.rowSample,
        'column-sample': settings.columnSample,
      },
      seed,
    },
  };
}

function settingsOf(model: BoostedTreesModel, seed: number): BoosterSettings {
  return {
    trees: model.trees ?? 300,
    leaves: model.leaves ?? 31,
    depth: model.depth ?? Infinity,
    learningRate: model['learning-rate'] ?? 0.1,
    samplesPerLeaf: model['samples-per-leaf'] ?? 20,
    l2: model.l2 ?? 0,
    bins: model.bins ?? 255,
    rowSample: model['row-sample'] ?? 1,
    columnSample: model['column-sample'] ?? 1,
    earlyStopping: {
      patience: model['early-stopping'] ? (model['early-stopping'].patience ?? 5) : PATIENCE,
      minDelta: model['early-stopping']?.['min-delta'] ?? 0,
    },
    seed,
  };
}

/** Thresholds and leaf values. */
function countParameters(ensemble: Ensemble): number {
  return ensemble.trees.reduce((sum, { tree }) => sum + tree.feature.length, 0);
}

function tooLarge({ train }: Lesson): UserError {
  return new UserError({
    code: 'data-too-large',
    message: `The training split (${train.rows.toLocaleString('en')} rows × ${train.columns.length} features) does not fit into the 4 GB that boosted trees can use.`,
    hint: 'Take fewer rows (`sample` in the data stage) or fewer features.',
    path: ['data'],
  });
}
