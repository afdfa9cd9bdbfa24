import { type DecisionTreeModel, type RandomForestModel } from '../../../schemas/generated/types';
import { ensembleFragment, type Tree } from '../../model/ensemble';
import { probabilityFragment } from '../../model/head';
import { breather, type Learned, type Lesson } from '../trainer';
import { monitorMetrics } from '../monitor';
import { type Matrix } from '../scaling';
import { growForest, type ForestSettings } from './forest';
import { checkRows, checkTrees } from './forest-size';
import { KernelMemoryError } from './kernel';
import { tooLarge } from './trainer';

/** Trees between two points of the metrics. */
const MONITOR_EVERY = 10;

/** One decision tree, or a forest of them. `loss` is that of the rows that a tree did not see (out of the bag); of a single tree that of its own. */
export async function trainForest(lesson: Lesson, model: DecisionTreeModel | RandomForestModel): Promise<Learned> {
  const { task, classes, train, validation, report, seed } = lesson;
  const settings = settingsOf(model, lesson);
  const outputs = task === 'regression' ? 1 : classes.length;
  checkRows(lesson, outputs);
  const breathe = breather(report);
  const own = new Answers(train, outputs);
  const judged = validation && new Answers(validation, outputs);
  let metrics: Record<string, number> = {};
  const data = {
    columns: train.columns,
    labels: train.labels,
    weights: weightsOf(lesson, model),
    ...(validation && { validation }),
  };
  const { ensemble, importance } = await growForest(
    data,
    task === 'regression' ? 0 : outputs,
    settings,
    async ({ round, tree, used, leaves }) => {
      if (round === 1) checkTrees(tree.feature.length, settings, { rows: train.rows, outputs });
      leaves('train', own.adder(tree), settings.rowSample === undefined ? undefined : used);
      if (judged) leaves('validation', judged.adder(tree));
      if (round % MONITOR_EVERY === 0 || round === settings.trees) {
        report.metric('loss', own.loss(), round);
        if (judged) {
          metrics = judged.metrics(lesson);
          for (const [name, value] of Object.entries(metrics)) report.metric(`validation/${name}`, value, round);
        }
      }
      report.progress(round / settings.trees, settings.trees > 1 ? `tree ${round}` : undefined);
      await breathe();
    },
  ).catch((error: unknown) => {
    throw error instanceof KernelMemoryError ? tooLarge(lesson) : error;
  });
  return {
    fragment: (graph, features) => {
      const scores = ensembleFragment(graph, features, ensemble);
      return task === 'regression' ? scores : probabilityFragment(graph, scores);
    },
    parameters: ensemble.trees.reduce((sum, { tree }) => sum + tree.feature.length, 0),
    importance,
    training: {
      rows: train.rows,
      trees: settings.trees,
      leaves: ensemble.trees.reduce((sum, { tree }) => sum + tree.feature.filter((feature) => feature < 0).length, 0),
      ...(settings.rowSample !== undefined && { outOfBagLoss: own.loss() }),
      settings: {
        'samples-per-leaf': settings.samplesPerLeaf,
        columns: settings.columns,
        bins: settings.bins,
        ...(settings.leaves < Infinity && { leaves: settings.leaves }),
        ...(settings.depth < Infinity && { depth: settings.depth }),
        ...(settings.rowSample !== undefined && { 'row-sample': settings.rowSample }),
      },
      seed,
    },
  };
}

function settingsOf(model: DecisionTreeModel | RandomForestModel, { task, train, seed }: Lesson): ForestSettings {
  const width = train.columns.length;
  const common = {
    leaves: model.leaves ?? Infinity,
    depth: model.depth ?? Infinity,
    bins: model.bins ?? 255,
    seed,
  };
  if (model.kind === 'decision-tree')
    return {
      ...common,
      trees: 1,
      samplesPerLeaf: model['samples-per-leaf'] ?? 20,
      columns: width,
      rowSample: undefined,
    };
  const share = model['column-sample'] ?? (task === 'regression' ? 1 / 3 : 'sqrt');
  const columns = share === 'all' ? width : share === 'sqrt' ? Math.sqrt(width) : share * width;
  return {
    ...common,
    trees: model.trees ?? 200,
    samplesPerLeaf: model['samples-per-leaf'] ?? 1,
    columns: Math.min(width, Math.max(1, Math.floor(columns))),
    rowSample: model['row-sample'] ?? 1,
  };
}

function weightsOf({ task, classes, train }: Lesson, model: DecisionTreeModel | RandomForestModel): Float64Array {
  const weights = new Float64Array(train.rows).fill(1);
  if (model['class-weights'] !== 'balanced' || task === 'regression') return weights;
  const counts = new Float64Array(classes.length);
  for (const label of train.labels) counts[label]!++;
  return weights.map((_, i) => train.rows / (classes.length * counts[train.labels[i]!]!));
}

/** The mean answer of the trees so far to each row that they have been asked about. */
class Answers {
  private readonly sums: Float64Array;
  private readonly asked: Uint32Array;

  constructor(
    private readonly matrix: Matrix,
    private readonly outputs: number,
  ) {
    this.sums = new Float64Array(matrix.rows * outputs);
    this.asked = new Uint32Array(matrix.rows);
  }

  /** Adds a tree's answer to a row, given the leaf that it falls into. */
  adder({ values = new Float64Array() }: Tree): (row: number, leaf: number) => void {
    const { outputs, sums, asked } = this;
    return (row, leaf) => {
      asked[row]!++;
      for (let k = 0; k < outputs; k++) sums[row * outputs + k]! += values[leaf * outputs + k]!;
    };
  }

  /** Mean cross-entropy (probabilities no nearer to 0 than 1e-15), or mean squared error, over the rows that were asked about. */
  loss(): number {
    const { outputs, sums, asked, matrix } = this;
    let total = 0;
    let count = 0;
    for (let row = 0; row < matrix.rows; row++) {
      if (asked[row] === 0) continue;
      count++;
      const label = matrix.labels[row]!;
      if (outputs === 1) total += (sums[row]! / asked[row]! - label) ** 2;
      else total -= Math.log(Math.max(1e-15, sums[row * outputs + label]! / asked[row]!));
    }
    return count > 0 ? total / count : 0;
  }

  metrics(lesson: Lesson): Record<string, number> {
    const { outputs, sums, asked, matrix } = this;
    const { task } = lesson;
    const { rows, labels } = matrix;
    const scores = new Float64Array(task === 'binary' ? rows : rows * outputs);
    for (let row = 0; row < rows; row++) {
      if (task === 'binary') scores[row] = sums[2 * row + 1]! / asked[row]! - 0.5;
      else for (let k = 0; k < outputs; k++) scores[k * rows + row] = sums[row * outputs + k]! / asked[row]!;
    }
    return { loss: this.loss(), ...monitorMetrics(lesson, labels, scores) };
  }
}
