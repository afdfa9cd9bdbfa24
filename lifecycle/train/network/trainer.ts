import { dirname, join } from 'node:path';
import { type NetworkModel, type Training } from '../../../schemas/generated/types';
import { headFragment, scoreCount } from '../../model/head';
import { describeLayout, everyPlaced, layOut, type Layout, sizeOf } from '../../model/layers';
import { networkFragment, type NetworkPlan, planNetwork } from '../../model/network';
import { askedTransform } from '../../model/target-transform';
import { errorCode } from '../../process/files';
import { UserError } from '../../problem';
import { Random } from '../../statistics/random';
import { nameSome } from '../linear/trainer';
import { graphicsDrivers } from '../devices/graphics';
import { fittingBatch, isOutOfMemory, outOfMemory } from '../devices/memory';
import { troubleOf } from '../devices/trouble';
import { measure } from '../scaling';
import { breather, type Learned, type Lesson, pace, type Report } from '../trainer';
import { augmentation } from './augment';
import {
  type Best,
  type Checkpoint,
  type Point,
  readCheckpoint,
  removeCheckpoint,
  sweepCheckpoints,
  writeCheckpoint,
} from './checkpoint';
import {
  culprit,
  DivergedError,
  fit,
  type FitSettings,
  type FitState,
  startState,
  startWeights,
  unpackWeights,
  type Weights,
} from './fit';
import { Health, withEntries } from './health';
import { takeOver } from './initial';
import { openJudge } from './judge';
import { plainLoss, scaledLoss } from './loss';
import { checkMemory } from './memory';
import { learningRateOf, plainOptimizer } from './optimizer';
import { goingOn, inputsOf, missingMeans, targetOf, trainingRows } from './prepare';
import { plainSchedule } from './schedule';
import { type RowSource } from './rows';
import { taughtLoss } from './taught';
import { testGradients } from './self-test';
import { type Pupil, thetaSize } from './step';

/** Multiplications in a step from which several threads pay. */
const WORTH_THREADS = 2e7;
const CHECKPOINT_MINUTES = 5;

/** A network trained in onnxruntime. */
export async function trainNetwork(lesson: Lesson, model: NetworkModel): Promise<Learned> {
  const { task, train, validation, report, stage } = lesson;
  const training = stage.training ?? {};
  const layout = layoutOf(lesson, model);
  const plan = planNetwork(layout);
  const loss = plainLoss(training.loss, task);
  const settings = settingsOf(lesson, training, plan);
  // A batch is never larger than the rows there are.
  checkMemory(plan, { ...settings, batchSize: Math.min(settings.batchSize, train.rows) });
  const taught = lesson.teacher && taughtLoss(lesson.teacher, task);
  const tested = lesson.checkpoint && join(dirname(lesson.checkpoint), '..', 'self-test.json');
  await testGradients(settings.provider ?? 'cpu', {
    file: tested,
    use: { layers: everyPlaced(layout.placed).map(({ layer }) => layer), task, loss: taught ?? loss },
    adapter: async () => `${report.device?.name ?? ''} (${await graphicsDrivers()})`,
  });
  const random = new Random(lesson.seed).fork('network');
  const own = targetOf(task, train.labels);
  const regression = task === 'regression' ? { target: own, transform: askedTransform(stage) } : undefined;
  const start = takeOver(plan, startWeights(plan, random.fork('start')), lesson.initial, report, regression);
  const target = start.target ?? own;
  const scaled = scaledLoss(loss, target.deviation);
  const pupil: Pupil = { plan, task, loss: taught ?? scaled.loss, frozen: start.frozen };
  const measured = measure(train);
  if (measured.filled.length > 0) {
    report.log(
      'info',
      `Missing values in ${nameSome(measured.filled)} are taken as ${missingMeans(model, plan)}, in training and when served.`,
    );
  }
  const inputs = goingOn(inputsOf(model, plan, measured), start.inputs);
  const source = await trainingRows(lesson, plan, inputs, target);
  const augment = augmentation(training.augment, plan, blankOf(inputs));
  const judge = validation && (await openJudge(lesson, { ...pupil, loss }, validation, inputs, target));
  const health = new Health(plan, report, {
    clipped: training['gradient-clip'] !== undefined,
    earlyStopping: training['early-stopping'] !== undefined,
    epochs: settings.epochs,
    lowered: settings.schedule.kind !== 'constant',
  });
  const keeper = await Keeper.open(lesson, training, startState(pupil, settings.optimizer, start.weights));
  const patience = training['early-stopping'] && (training['early-stopping'].patience ?? 5);
  const minDelta = training['early-stopping']?.['min-delta'] ?? 0;
  const breathe = breather(report);
  const tellPace = pace(report);
  let epochs = keeper.state.epoch - 1;
  let share = (keeper.state.epoch - 1) / settings.epochs;
  let at = { step: keeper.state.step, rate: keeper.state.rate };
  let steps = keeper.state.step;
  let final: Weights;
  try {
    final = await fit(pupil, source, keeper.state, { ...settings, ...(augment && { augment }) }, random, {
      async onStep({ done, epoch, norm }) {
        steps++;
        health.step(norm);
        tellPace((done - share) * settings.epochs * source.rows);
        share = done;
        await breathe();
        report.progress(done, `epoch ${epoch}`);
        report.signal.throwIfAborted();
      },
      async onEpoch({ epoch, step, loss: mean, rate, norm, weights, look }) {
        epochs = epoch;
        at = { step, rate };
        const measured = await judge?.measure(weights);
        if (judge && !measured) throw new DivergedError(step, epoch, rate, NaN, strangeWeights(pupil, weights));
        const point: Record<string, number> = {
          loss: mean * scaled.unit,
          ...measured,
          'gradient-norm': norm,
          'learning-rate': rate,
        };
        for (const [name, value] of Object.entries(point)) keeper.metric(name, value, epoch, epoch);
        const ended = report.control?.finishing === true && epoch < settings.epochs;
        if (ended) report.control?.stopped(`after epoch ${epoch} of ${settings.epochs}`);
        const judged = point['validation/loss'];
        health.epoch(epoch, mean * scaled.unit, judged);
        // Without validation rows nobody else sees what the last weights answer.
        const last = ended || epoch === settings.epochs;
        if (health.wantsLook(epoch) || (last && !judge)) {
          const seen = await look();
          const where = culprit(plan, seen);
          if (where && where.what !== 'gradient') throw new DivergedError(step, epoch, rate, NaN, where);
          if (health.wantsLook(epoch)) health.look(epoch, seen);
        }
        if (judged === undefined) return { stop: ended };
        if (patience === undefined) return { judged, stop: ended };
        if (keeper.best === undefined || judged < keeper.best.loss - minDelta)
          keeper.best = { epoch, loss: judged, weights };
        return { judged, stop: ended || epoch - keeper.best.epoch >= patience };
      },
      keep: (state, why) => keeper.keep(state, why),
    });
  } catch (error) {
    if (isOutOfMemory(error))
      throw await tooLargeBatch(
        pupil,
        source,
        startState(pupil, settings.optimizer, start.weights),
        settings,
        report,
        error,
      );
    if (error instanceof DivergedError) throw diverged(error, layout);
    const at = { step: steps, moved: steps > keeper.state.step, kept: keeper.kept };
    const { provider = 'cpu' } = settings;
    throw troubleOf(error, { provider, device: report.device?.name, what: 'this network', ...at }) ?? error;
  } finally {
    await judge?.close();
    await source.close();
  }
  await keeper.done();
  const { best } = keeper;
  const learnt = best?.weights ?? final;
  const strange = strangeWeights(pupil, learnt);
  if (strange) throw diverged(new DivergedError(at.step, epochs, at.rate, NaN, strange), layout);
  const network = { plan, inputs, values: unpackWeights(pupil, learnt) };
  return {
    fragment: (graph, features) =>
      headFragment(graph, networkFragment(graph, features, network), task, task === 'regression' ? target : undefined),
    parameters: plan.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    training: {
      rows: train.rows,
      epochs,
      bestEpoch: best?.epoch ?? epochs,
      optimizer: { ...settings.optimizer, 'learning-rate': learningRateOf(settings.optimizer) },
      'batch-size': settings.batchSize,
      threads: settings.threads,
      ...(settings.provider !== undefined && { device: `${settings.provider}: ${report.device?.name ?? ''}` }),
      seed: lesson.seed,
      loss: loss.kind,
      layers: describeLayout(layout).map(({ name, shape, parameters }) => ({ name, shape, parameters })),
      ...(plan.parameters.some(({ frozen }) => frozen) && { trained: thetaSize(plan) }),
    },
  };

  function blankOf({ standardization, limits }: typeof inputs): Float32Array {
    return Float32Array.from(standardization.mean, (mean, j) => {
      const deviation = standardization.deviation[j]!;
      const value = deviation > 0 ? -mean / deviation : 0;
      return Math.max(-limits[j]!, Math.min(limits[j]!, value));
    });
  }
}

/** The first layer with a weight that is no number. */
function strangeWeights(pupil: Pupil, weights: Weights): DivergedError['where'] {
  for (const [name, values] of unpackWeights(pupil, weights))
    if (!values.every(Number.isFinite)) return { what: 'weights', layer: name.slice(0, name.lastIndexOf('/')) };
  return undefined;
}

/** @throws UserError saying which layer does not fit */
function layoutOf({ task, classes, train, tokens = [], image, stage }: Lesson, model: NetworkModel): Layout {
  const steps = tokens.reduce((sum, each) => sum + each.steps, 0);
  const inputs = { features: train.names.length - steps, tokens, ...(image && { image }) };
  const freeze = stage.training?.freeze;
  const result = layOut(model, inputs, scoreCount(task, classes.length), freeze ? { freeze } : {});
  if ('layout' in result) return result.layout;
  const { path, message, hint } = result.misfit;
  const index = path.find((part) => typeof part === 'number');
  throw new UserError({
    code: 'layers-misfit',
    message: index !== undefined ? `Layer ${index + 1}: ${message}` : message,
    ...(hint !== undefined && { hint }),
    path: path[0] === 'training' ? [...path] : ['model', ...path],
  });
}

function settingsOf({ threads, train, report }: Lesson, training: Training, plan: NetworkPlan): FitSettings {
  const batchSize = training['batch-size'] ?? 256;
  if (training['batch-size'] !== undefined && batchSize > train.rows)
    report.log(
      'info',
      `The batch size ${batchSize} is larger than the training split; its ${train.rows} rows are one batch.`,
      {
        code: 'batch-larger-than-data',
        path: ['training', 'batch-size'],
      },
    );
  const work = describeLayout(plan.layout).reduce((sum, { multiplications }) => sum + multiplications, 0);
  return {
    optimizer: plainOptimizer(training.optimizer),
    epochs: training.epochs ?? 30,
    batchSize,
    schedule: plainSchedule(training.schedule),
    ...(training.accumulate !== undefined && { accumulate: training.accumulate }),
    ...(training['gradient-clip'] !== undefined && { gradientClip: training['gradient-clip'] }),
    ...providerOf(report),
    threads: work * Math.min(batchSize, train.rows) >= WORTH_THREADS ? threads : 1,
  };
}

/** The execution provider that the stage's device means; nothing for the CPU. */
function providerOf({ device }: Report): { provider?: string } {
  switch (device?.kind) {
    case 'cuda':
    case 'webgpu':
      return { provider: device.kind };
    case 'tensorflow-gpu':
      return { provider: 'tensorflow' };
    default:
      return {};
  }
}

/** One step at smaller and smaller batches, until one fits. */
async function tooLargeBatch(
  pupil: Pupil,
  source: RowSource,
  start: FitState,
  settings: FitSettings,
  { device }: Report,
  error: Error,
): Promise<UserError> {
  const batch = Math.min(settings.batchSize, source.rows);
  const enough = new Error('one step is enough');
  const fits = await fittingBatch(batch, async (size) => {
    const once = { ...settings, batchSize: size, accumulate: 1, epochs: 1 };
    const hooks = { onStep: () => Promise.reject(enough), onEpoch: () => Promise.resolve({ stop: true }) };
    await fit(pupil, source, start, once, new Random(1), hooks).catch((thrown: unknown) => {
      if (thrown !== enough) throw thrown;
    });
  });
  return outOfMemory({ device: device?.name ?? 'this machine', batch, fits, said: error.message });
}

/** Keeps the training on disk every few minutes, and finds it again. */
class Keeper {
  best: Best | undefined;
  private readonly points: Point[];
  private since = performance.now();
  private steps: number;
  private failed = false;
  /** The step whose state lies on disk. */
  kept: number | undefined;

  private constructor(
    private readonly path: string | undefined,
    private readonly report: Report,
    private readonly every: NonNullable<Training['checkpoint']>,
    readonly state: FitState,
    found: Checkpoint | undefined,
  ) {
    this.best = found?.best;
    this.points = [...(found?.points ?? [])];
    this.steps = state.step;
    this.kept = found?.state.step;
  }

  static async open({ checkpoint: path, report }: Lesson, { checkpoint }: Training, start: FitState): Promise<Keeper> {
    const found = path === undefined ? undefined : await readCheckpoint(path);
    const fits = found?.state.theta.length === start.theta.length;
    const kept = fits ? found : undefined;
    if (path !== undefined) await sweepCheckpoints(path);
    if (kept) {
      const { step, epoch } = kept.state;
      report.log('info', `Goes on from its checkpoint: step ${step} (epoch ${epoch}).`, { code: 'training-resumed' });
      for (const point of kept.points) report.metric(...point);
    }
    return new Keeper(path, report, checkpoint ?? {}, kept?.state ?? start, kept);
  }

  metric(...point: Point): void {
    this.points.push(point);
    this.report.metric(...point);
  }

  async keep(state: FitState, why: 'step' | 'end'): Promise<void> {
    if (this.path === undefined || state.step === 0) return;
    const { steps, minutes = steps === undefined ? CHECKPOINT_MINUTES : undefined } = this.every;
    const due =
      why === 'end' ||
      (steps !== undefined && state.step - this.steps >= steps) ||
      (minutes !== undefined && performance.now() - this.since >= 60_000 * minutes);
    if (!due) return;
    this.steps = state.step;
    try {
      await writeCheckpoint(this.path, { state, ...(this.best && { best: this.best }), points: this.points });
      this.failed = false;
      this.kept = state.step;
      this.report.checkpoint?.(state.step, state.epoch);
    } catch (error) {
      if (!this.failed)
        this.report.log(
          'warning',
          `The training can't be kept on disk (${errorCode(error) === 'ENOSPC' ? 'the disk is full' : String(error)}); it goes on, but would begin anew after a crash.`,
          { code: 'checkpoint-failed', hint: 'Free some space in the folder of the store.' },
        );
      this.failed = true;
    }
    this.since = performance.now();
  }

  async done(): Promise<void> {
    if (this.path !== undefined) await removeCheckpoint(this.path);
  }
}

function diverged({ step, epoch, rate, loss, where }: DivergedError, { placed }: Layout): UserError {
  const entry = withEntries(placed).find((each) => each.placed.name === where?.layer)?.entry;
  const what = { output: 'what it makes', gradient: 'its gradient', weights: 'its weights' };
  const place =
    where === undefined ? '' : ` It shows first at layer '${where.layer}': ${what[where.what]} is not a number.`;
  const became = Number.isFinite(loss)
    ? 'The gradient became infinite'
    : `The loss became ${Number.isNaN(loss) ? 'NaN' : 'infinite'}`;
  return new UserError({
    code: 'loss-not-finite',
    message: `${became} at step ${step} (epoch ${epoch}) with learning rate ${Number(rate.toPrecision(4))}.${place}`,
    hint: 'Lower the learning rate, set `gradient-clip: 1`, or standardise or clip the features that have extreme values.',
    path:
      entry === undefined || where?.what === 'weights'
        ? ['training', 'optimizer', 'learning-rate']
        : ['model', 'layers', entry],
  });
}
