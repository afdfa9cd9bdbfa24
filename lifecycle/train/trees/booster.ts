import { type Task } from '../../../schemas/generated/types';
import { type Ensemble, type Tree } from '../../model/ensemble';
import { Random } from '../../statistics/random';
import { type Columns } from '../columns';
import { type Binned, binColumns } from './binned';
import { type Grown } from './growing';
import { Grower } from './grow';
import { Kernel } from './kernel';
import { LeafScale, type Scaled, scaleScores } from './leaf-scale';
import { lossFor, type RegressionLoss, type Scores } from './loss';
import { thresholdsOf } from './quantiles';

export interface BoosterSettings {
  readonly trees: number;
  readonly leaves: number;
  /** Deepest level; Infinity for no limit. */
  readonly depth: number;
  readonly learningRate: number;
  readonly samplesPerLeaf: number;
  readonly l2: number;
  /** 0 unless given. */
  readonly l1?: number;
  /** Least gain of a split; 0 unless given. */
  readonly leastGain?: number;
  /** A kind a feature: 0 any, 1 increasing, 2 decreasing, 3 categorical. */
  readonly kinds?: Uint32Array;
  /** Squared error unless given. */
  readonly loss?: RegressionLoss;
  readonly bins: number;
  readonly rowSample: number;
  readonly columnSample: number;
  /** Ends after `patience` rounds without a validation loss lower by more than `minDelta`, and keeps the best round; of classes with its leaves scaled (`LeafScale`). */
  readonly earlyStopping?: { readonly patience: number; readonly minDelta: number };
  readonly seed: number;
  readonly histogramBytes?: number;
}

/** Column-major features (NaN is missing) with a class index or a value a row. */
export interface TreeData {
  readonly columns: Columns;
  readonly labels: ArrayLike<number>;
}

/** A finished round, counted from 1. */
export interface Round {
  readonly round: number;
  /** Mean loss on the training rows: log loss, cross-entropy, mean squared error, or what was asked for. */
  readonly loss: number;
  /** Were this round kept as the last. */
  readonly validationLoss?: number;
  /** Raw validation scores [outputs][rows] were this round kept as the last; a copy. */
  readonly validationScores: () => Float64Array | undefined;
}

export interface Boosted {
  readonly ensemble: Ensemble;
  /** Rounds grown, and the one kept as the last. */
  readonly rounds: number;
  readonly bestRound: number;
  /** What the leaves' values were multiplied by after the last round, at most 1. */
  readonly leafScale: number;
  /** Share of the gain that each feature brought; sums to 1 unless nothing was split. */
  readonly importance: Float64Array;
}

/** Cuts are looked for on at most this many rows. */
const QUANTILE_ROWS = 200_000;

/**
 * Gradient boosting on histograms (Friedman 2001; Ke et al., LightGBM, 2017). `onRound` is awaited after every round: throw
 * there to stop. The same data, settings and seed give the same bytes.
 *
 * @throws KernelMemoryError when the matrix does not fit into 4 GiB.
 */
export async function boost(
  train: TreeData,
  validation: TreeData | undefined,
  task: Task,
  classes: number,
  settings: BoosterSettings,
  onRound: (round: Round) => Promise<void> | void = () => undefined,
): Promise<Boosted> {
  const random = new Random(settings.seed).fork('boosted-trees');
  const kernel = new Kernel();
  const rows = train.labels.length;
  const most = Math.max(rows, validation?.labels.length ?? 0);
  const loss = lossFor(kernel, task, classes, settings.loss);
  const categorical = settings.kinds && Array.from(settings.kinds, (kind) => kind === 3);
  const scratch = { values: kernel.allocate(most * 4), thresholds: kernel.allocate(1024) };
  const thresholds = cutsOf(train.columns, rows, settings.bins, random.fork('quantiles'), categorical);
  const binned = binColumns(kernel, train.columns, rows, thresholds, scratch, categorical);
  const gradients = kernel.allocate(rows * 16);
  const { outputs } = loss;
  const base = loss.base(Float64Array.from(train.labels));
  const scores = startScores(kernel, train, rows, base);
  const grower = new Grower(kernel, binned, gradients, thresholds, {
    ...settings,
    l1: settings.l1 ?? 0,
    leastGain: settings.leastGain ?? 0,
  });
  const judged = validation && {
    binned: binColumns(kernel, validation.columns, validation.labels.length, thresholds, scratch, categorical),
    scores: startScores(kernel, validation, validation.labels.length, base),
  };

  const grown: { tree: Tree; output: number }[] = [];
  const sampleRows = random.fork('rows');
  const sampleColumns = random.fork('columns');
  const leafScale = judged && settings.earlyStopping && task !== 'regression' ? new LeafScale(base) : undefined;
  let best = { round: 0, loss: Infinity, scale: 1 };
  let round = 0;
  setScales(kernel, rows, 1, loss.mostHessian);
  let now = loss.measure(scores, gradients);
  while (round < settings.trees) {
    round++;
    setScales(kernel, rows, now.mostGradient, now.mostHessian ?? loss.mostHessian);
    const taken = Math.max(1, Math.round(rows * settings.rowSample));
    for (let output = 0; output < outputs; output++) {
      loss.gradients(scores, output, gradients);
      fillRows(kernel.u32(grower.rows, rows), taken, sampleRows);
      const tree = grower.grow(taken, chooseFeatures(train.columns.length, settings.columnSample, sampleColumns));
      grown.push({ tree: tree.tree, output });
      const raw = scores.raw + output * rows * 8;
      if (loss.refit) refit(kernel, grower, tree, scores, loss.refit);
      if (taken < rows) grower.addToAll(tree, binned, raw);
      else grower.addToRows(raw);
      if (judged) addValidation(grower, tree, judged, output);
    }
    now = loss.measure(scores, gradients);
    const seen = judged && judge(kernel, judged.scores, outputs, loss.measure(judged.scores).loss, leafScale);
    await onRound({
      round,
      loss: now.loss,
      ...(seen && { validationLoss: seen.loss }),
      validationScores: () => judged && scaleScores(rawOf(kernel, judged.scores, outputs).slice(), base, seen!.scale),
    });
    if (seen === undefined || !settings.earlyStopping) continue;
    const { patience, minDelta } = settings.earlyStopping;
    if (seen.loss < best.loss - minDelta) best = { round, ...seen };
    else if (round - best.round >= patience) break;
  }
  const bestRound = best.round > 0 ? best.round : round;
  const trees = grown.slice(0, bestRound * outputs);
  return {
    ensemble: {
      features: train.columns.length,
      outputs,
      base,
      trees: best.scale === 1 ? trees : trees.map(({ tree, output }) => ({ tree: scaled(tree, best.scale), output })),
    },
    rounds: round,
    bestRound,
    leafScale: best.scale,
    importance: importanceOf(trees, train.columns.length),
  };
}

function judge(kernel: Kernel, scores: Scores, outputs: number, loss: number, leafScale?: LeafScale): Scaled {
  if (leafScale === undefined) return { loss, scale: 1 };
  const { labels, rows, probabilities } = scores;
  const told = { raw: rawOf(kernel, scores, outputs), labels: kernel.f64(labels, rows) };
  if (outputs === 1) return leafScale.find(told, loss);
  return leafScale.find({ ...told, probabilities: kernel.f64(probabilities, rows * outputs) }, loss);
}

function rawOf(kernel: Kernel, { raw, rows }: Scores, outputs: number): Float64Array {
  return kernel.f64(raw, rows * outputs);
}

function scaled(tree: Tree, scale: number): Tree {
  return { ...tree, value: tree.value.map((value) => value * scale) };
}

/** Leaf values of losses for which the sums of gradients only say where to split. */
function refit(
  kernel: Kernel,
  grower: Grower,
  tree: Grown,
  scores: Scores,
  best: (distances: Float64Array) => number,
): void {
  const raw = kernel.f64(scores.raw, scores.rows);
  const labels = kernel.f64(scores.labels, scores.rows);
  grower.refit(tree, (rows) => best(Float64Array.from(rows, (row) => labels[row]! - raw[row]!)));
}

interface Judged {
  readonly binned: Binned;
  readonly scores: Scores;
}

/** Thresholds of each feature's bins, from at most so many rows; none of a categorical one. */
export function cutsOf(
  columns: Columns,
  rows: number,
  bins: number,
  random: Random,
  categorical?: readonly boolean[],
): Float32Array[] {
  const chosen = rows > QUANTILE_ROWS ? random.sample(rows, QUANTILE_ROWS) : undefined;
  const part = new Float32Array(chosen ? QUANTILE_ROWS : 0);
  return Array.from({ length: columns.length }, (_, feature) => {
    if (categorical?.[feature] === true) return new Float32Array(0);
    const column = columns.at(feature)!;
    if (chosen === undefined) return thresholdsOf(column, bins);
    for (let i = 0; i < QUANTILE_ROWS; i++) part[i] = column[chosen[i]!]!;
    return thresholdsOf(part, bins);
  });
}

function startScores(kernel: Kernel, data: TreeData, rows: number, base: readonly number[]): Scores {
  const outputs = base.length;
  const raw = kernel.allocate(rows * outputs * 8);
  const labels = kernel.allocate(rows * 8);
  const probabilities = outputs > 1 ? kernel.allocate(rows * outputs * 8) : 0;
  base.forEach((value, k) => kernel.f64(raw + k * rows * 8, rows).fill(value));
  kernel.f64(labels, rows).set(data.labels);
  return { raw, labels, rows, probabilities };
}

/**
 * Fixed point as fine as 64 bits allow: the count takes the upper bits of the second word, the Hessian the lower ones, and
 * no sum over all rows overflows.
 */
function setScales(kernel: Kernel, rows: number, mostGradient: number, mostHessian: number): void {
  const countBits = Math.ceil(Math.log2(rows + 1));
  const shift = 62 - countBits;
  const hessianBits = Math.min(30, shift - countBits - Math.ceil(Math.log2(Math.max(mostHessian, 1e-300))));
  const largest = Math.ceil(Math.log2(Math.max(mostGradient, 1e-300)));
  const gradientBits = Math.min(36, 61 - countBits) - largest;
  kernel.call.set_scales(2 ** gradientBits, 2 ** hessianBits, shift);
}

function fillRows(rows: Uint32Array, taken: number, random: Random): void {
  if (taken < rows.length) rows.set(random.sample(rows.length, taken));
  else for (let i = 0; i < rows.length; i++) rows[i] = i;
}

function chooseFeatures(count: number, share: number, random: Random): Uint32Array {
  return random.sample(count, Math.max(1, Math.round(count * share)));
}

function addValidation(grower: Grower, tree: Grown, { binned, scores }: Judged, output: number): void {
  grower.addToAll(tree, binned, scores.raw + output * scores.rows * 8);
}

function importanceOf(trees: readonly { tree: Tree }[], features: number): Float64Array {
  const gains = new Float64Array(features);
  let total = 0;
  for (const { tree } of trees) {
    tree.feature.forEach((feature, node) => {
      if (feature < 0) return;
      gains[feature]! += tree.gain[node]!;
      total += tree.gain[node]!;
    });
  }
  return total > 0 ? gains.map((gain) => gain / total) : gains;
}
