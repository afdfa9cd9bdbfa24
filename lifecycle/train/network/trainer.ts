import { type NetworkModel, type Task, type Training } from '../../../schemas/generated/types';
import { headFragment, scoreCount } from '../../model/head';
import { sizeOf } from '../../model/layers';
import { INPUT_LIMIT, networkFragment, type NetworkPlan, planNetwork } from '../../model/network';
import { inverseDeviations, type Standardization } from '../../model/standardize';
import { UserError } from '../../problem';
import { Random } from '../../statistics/random';
import { nameSome } from '../linear/trainer';
import { logisticLoss, softmaxLoss } from '../linear/losses';
import { monitorMetrics } from '../monitor';
import { fillWith, type Matrix, scale } from '../scaling';
import { breather, type Learned, type Lesson, pace } from '../trainer';
import { DivergedError, fit, type FitSettings, type Rows, Scorer, startWeights, type Weights } from './fit';
import { fittingBatch, isOutOfMemory, outOfMemory } from '../devices/memory';
import { learningRateOf, plainOptimizer } from './optimizer';

/** Multiplications in a step from which several threads pay. */
const WORTH_THREADS = 2e7;

/** Spread and middle of a regression's target; 0 and 1 for classes. */
interface Target {
  readonly mean: number;
  readonly deviation: number;
}

/** A network trained in onnxruntime. */
export async function trainNetwork(lesson: Lesson, model: NetworkModel): Promise<Learned> {
  const { task, classes, train, validation, report, stage } = lesson;
  const training = stage.training ?? {};
  const scaled = scale(train);
  if (scaled.filled.length > 0) {
    report.log(
      'info',
      `Missing values in ${nameSome(scaled.filled)} are taken as the mean of the training split, in training and when served.`,
    );
  }
  const plan = planNetwork(model.layers, train.columns.length, scoreCount(task, classes.length));
  const settings = settingsOf(training, plan, lesson.threads, providerOf(lesson));
  const target = targetOf(task, train.labels);
  const random = new Random(lesson.seed).fork('network');
  const rows = rowsOf(lesson, plan, scaled.columns, scaled.standardization, target, training);
  const judge = validation && (await openJudge(lesson, plan, validation, scaled.standardization, target));
  const patience = training['early-stopping'] && (training['early-stopping'].patience ?? 5);
  const minDelta = training['early-stopping']?.['min-delta'] ?? 0;
  const breathe = breather(report);
  let best: { epoch: number; loss: number; weights: Weights } | undefined;
  let epochs = 0;
  const tellPace = pace(report);
  let ended = false;
  let seen = 0;
  let final: Weights;
  try {
    final = await fit(
      plan,
      task,
      rows,
      startWeights(plan, random.fork('start')),
      settings,
      random,
      async (done) => {
        const now = done * settings.epochs * rows.rows;
        tellPace(now - seen);
        seen = now;
        await breathe();
        report.progress(done, `epoch ${Math.min(settings.epochs, Math.floor(done * settings.epochs) + 1)}`);
      },
      async ({ epoch, loss, weights }) => {
        epochs = epoch;
        const unit = task === 'regression' ? target.deviation ** 2 : 1;
        const point: Record<string, number> = { loss: loss * unit, ...(judge && (await judge.measure(weights))) };
        for (const [name, value] of Object.entries(point)) report.metric(name, value, epoch, epoch);
        if (report.control?.finishing === true && epoch < settings.epochs) {
          report.control.stopped(`after epoch ${epoch} of ${settings.epochs}`);
          ended = true;
        }
        const judged = point['validation/loss'];
        if (judged === undefined || patience === undefined) return ended ? 'stop' : undefined;
        if (best === undefined || judged < best.loss - minDelta) best = { epoch, loss: judged, weights };
        return ended || epoch - best.epoch >= patience ? 'stop' : undefined;
      },
    );
  } catch (error) {
    if (isOutOfMemory(error)) throw await tooLargeBatch(lesson, plan, rows, settings, error);
    throw error instanceof DivergedError ? diverged(error) : error;
  } finally {
    await judge?.close();
  }
  const kept = best?.weights ?? final;
  const network = { plan, standardization: scaled.standardization, values: unpackWeights(plan, kept) };
  return {
    fragment: (graph, features) =>
      headFragment(graph, networkFragment(graph, features, network), task, task === 'regression' ? target : undefined),
    parameters: kept.theta.length,
    training: {
      rows: train.rows,
      epochs,
      bestEpoch: best?.epoch ?? epochs,
      optimizer: { ...settings.optimizer, 'learning-rate': learningRateOf(settings.optimizer) },
      'batch-size': settings.batchSize,
      threads: settings.threads,
      ...(settings.provider !== undefined &&
        settings.provider !== 'cpu' && { device: `${settings.provider}: ${report.device?.name ?? ''}` }),
      seed: lesson.seed,
    },
  };
}

/** The execution provider that the stage's device means. */
function providerOf({ report }: Lesson): string {
  const kind = report.device?.kind;
  if (kind === 'tensorflow-gpu') return 'tensorflow';
  return kind === 'cuda' || kind === 'webgpu' ? kind : 'cpu';
}

function settingsOf(training: Training, plan: NetworkPlan, threads: number, provider: string): FitSettings {
  const batchSize = training['batch-size'] ?? 256;
  const products = plan.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0) * batchSize;
  return {
    optimizer: plainOptimizer(training.optimizer),
    epochs: training.epochs ?? 30,
    batchSize,
    schedule: training.schedule ?? 'constant',
    ...(training['gradient-clip'] !== undefined && { gradientClip: training['gradient-clip'] }),
    threads: products >= WORTH_THREADS ? threads : 1,
    provider,
  };
}

function targetOf(task: Task, labels: Float64Array): Target {
  if (task !== 'regression') return { mean: 0, deviation: 1 };
  const mean = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const variance = labels.reduce((sum, label) => sum + (label - mean) ** 2, 0) / labels.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

function rowsOf(
  { task, classes, train }: Lesson,
  plan: NetworkPlan,
  columns: readonly Float32Array[],
  standardization: Standardization,
  target: Target,
  training: Training,
): Rows {
  const { rows, labels } = train;
  const targets = new Float32Array(rows * plan.outputs);
  const smoothing = training['label-smoothing'] ?? 0;
  for (let i = 0; i < rows; i++) {
    const label = labels[i]!;
    if (task === 'regression') targets[i] = (label - target.mean) / target.deviation;
    else if (task === 'binary') targets[i] = label * (1 - smoothing) + smoothing / 2;
    else {
      for (let k = 0; k < plan.outputs; k++)
        targets[i * plan.outputs + k] = (k === label ? 1 - smoothing : 0) + smoothing / plan.outputs;
    }
  }
  const weights = new Float32Array(rows).fill(1);
  if (training['class-weights'] === 'balanced' && task !== 'regression') {
    const counts = new Float64Array(classes.length);
    for (const label of labels) counts[label]!++;
    for (let i = 0; i < rows; i++) weights[i] = rows / (classes.length * counts[labels[i]!]!);
  }
  return { rows, inputs: standardizedRows(columns, rows, standardization), targets, weights };
}

/** [rows, F] row-major, as the served graph standardises: in float32. */
function standardizedRows(
  columns: readonly Float32Array[],
  rows: number,
  standardization: Standardization,
): Float32Array {
  const width = columns.length;
  const inverse = Float32Array.from(inverseDeviations(standardization));
  const mean = Float32Array.from(standardization.mean);
  const inputs = new Float32Array(rows * width);
  columns.forEach((column, j) => {
    const middle = mean[j]!;
    const factor = inverse[j]!;
    for (let i = 0; i < rows; i++)
      inputs[i * width + j] = Math.max(-INPUT_LIMIT, Math.min(INPUT_LIMIT, Math.fround(column[i]! - middle) * factor));
  });
  return inputs;
}

interface Judge {
  measure(weights: Weights): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** Loss and cheap metrics on the validation split, in the target's own unit. */
async function openJudge(
  { task, classes }: Lesson,
  plan: NetworkPlan,
  { columns, labels, rows }: Matrix,
  standardization: Standardization,
  target: Target,
): Promise<Judge> {
  const inputs = standardizedRows(fillWith(columns, standardization), rows, standardization);
  const scorer = await Scorer.open(plan, 1);
  const rowLoss =
    task === 'binary' ? logisticLoss(labels) : task === 'multiclass' ? softmaxLoss(labels, classes.length) : undefined;
  return {
    async measure(weights) {
      let scores = await scorer.scores(inputs, rows, weights);
      if (task === 'regression') scores = scores.map((score) => score * target.deviation + target.mean);
      const more = monitorMetrics(task, classes.length, labels, scores);
      const loss = rowLoss ? rowLoss.value(scores) / rows : more['rmse']! ** 2;
      const prefixed = Object.entries(more).map(([name, value]): [string, number] => [`validation/${name}`, value]);
      return { 'validation/loss': loss, ...Object.fromEntries(prefixed) };
    },
    close: () => scorer.close(),
  };
}

function unpackWeights(plan: NetworkPlan, { theta, statistics }: Weights): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  let at = 0;
  for (const { name, shape } of plan.parameters) values.set(name, theta.slice(at, (at += sizeOf(shape))));
  at = 0;
  for (const { name, width } of plan.statistics) values.set(name, statistics.slice(at, (at += width)));
  return values;
}

/** One step at smaller and smaller batches, until one fits. */
async function tooLargeBatch(
  { task, report }: Lesson,
  plan: NetworkPlan,
  rows: Rows,
  settings: FitSettings,
  error: unknown,
): Promise<UserError> {
  const batch = Math.min(settings.batchSize, rows.rows);
  const fits = await fittingBatch(batch, async (size) => {
    const some = { ...rows, rows: size };
    const once = { ...settings, batchSize: size, epochs: 1 };
    const random = new Random(1);
    await fit(
      plan,
      task,
      some,
      startWeights(plan, random),
      once,
      random,
      () => undefined,
      () => Promise.resolve('stop'),
    );
  });
  const device = report.device?.name ?? 'this machine';
  return outOfMemory({ device, batch, fits, said: (error as Error).message });
}

function diverged({ step, epoch, rate, loss }: DivergedError): UserError {
  return new UserError({
    code: 'loss-not-finite',
    message: `The loss became ${Number.isNaN(loss) ? 'NaN' : 'infinite'} at step ${step} (epoch ${epoch}) with learning rate ${Number(rate.toPrecision(4))}.`,
    hint: 'Lower the learning rate, set `gradient-clip: 1`, or standardise or clip the features that have extreme values.',
    path: ['training', 'optimizer', 'learning-rate'],
  });
}
