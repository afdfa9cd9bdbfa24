import { type Optimizer, type LearningRateSchedule } from '../../../schemas/generated/types';
import { type NetworkPlan } from '../../model/network';
import { everyPlaced, sizeOf } from '../../model/layers';
import { float, openSession, type Session, type TensorData } from '../../onnx';
import { type Random } from '../../statistics/random';
import { type Augment } from './augment';
import { learningRateOf, stateNames, stepScalars } from './optimizer';
import { type BatchArrays, type RowSource } from './rows';
import { NO_PLATEAU, type Plateau, rateAt, watch } from './schedule';
import {
  accumulatingStep,
  applyingStep,
  names,
  probe,
  probingStep,
  type Pupil,
  scoringStep,
  statisticsSize,
  kept,
  thetaSize,
  trained,
  trainingStep,
} from './step';

/** Everything learnt so far. */
export interface Weights {
  readonly theta: Float32Array;
  readonly statistics: Float32Array;
}

export interface FitSettings {
  readonly optimizer: Optimizer;
  readonly epochs: number;
  readonly batchSize: number;
  readonly accumulate?: number;
  readonly schedule: LearningRateSchedule;
  readonly gradientClip?: number;
  readonly augment?: Augment;
  readonly threads: number;
  readonly provider?: string;
}

/** Where training stands between two steps: all that is needed to go on as if nothing had happened. */
export interface FitState extends Weights {
  readonly states: ReadonlyMap<string, Float32Array>;
  /** Steps done. */
  readonly step: number;
  /** The epoch it is in, counted from 1, and the rows of it that are done. */
  readonly epoch: number;
  readonly rows: number;
  /** Sum of the losses of those rows. */
  readonly total: number;
  readonly plateau: Plateau;
  /** Learning rate of the last step, and length of its gradient before it was clipped. */
  readonly rate: number;
  readonly norm: number;
}

/** A finished epoch, counted from 1. */
export interface Epoch {
  readonly epoch: number;
  /** Steps done so far. */
  readonly step: number;
  /** Mean loss over the epoch's batches, each by the weights of that moment. */
  readonly loss: number;
  readonly rate: number;
  /** Length of the last step's gradient, before it was clipped. */
  readonly norm: number;
  readonly weights: Weights;
  /** Looks into a step on the epoch's last batch: what each layer makes, what gradient reaches each array. */
  readonly look: () => Promise<Readonly<Record<string, number>>>;
}

export interface FitHooks {
  /** After a step; rejects to end. */
  readonly onStep?: (progress: {
    readonly done: number;
    readonly epoch: number;
    readonly norm: number;
  }) => Promise<void> | void;
  /** Says `stop` to end, and the loss that the epoch is judged by. */
  readonly onEpoch: (epoch: Epoch) => Promise<{ readonly stop?: boolean; readonly judged?: number }>;
  /** Asked after each step, and after what ends the training early; keeps the state when it wants to. */
  readonly keep?: (state: FitState, why: 'step' | 'end') => Promise<void> | void;
}

/** The loss stopped being a number. */
export class DivergedError extends Error {
  constructor(
    readonly step: number,
    readonly epoch: number,
    readonly rate: number,
    readonly loss: number,
    /** Where it shows first: a layer, or the gradient or weights of one. */
    readonly where: { readonly what: 'output' | 'gradient' | 'weights'; readonly layer: string } | undefined,
  ) {
    super(`the loss became ${loss} at step ${step}`);
    this.name = 'DivergedError';
  }
}

const SCORING_BATCH = 4096;
/** Numbers that scoring may hold at once, about. */
const SCORING_NUMBERS = 5e7;

/** Nothing learnt yet. */
export function startState({ plan }: Pupil, optimizer: Optimizer, weights: Weights): FitState {
  const size = thetaSize(plan);
  return {
    ...weights,
    states: new Map(stateNames(optimizer).map((name) => [name, new Float32Array(size)])),
    step: 0,
    epoch: 1,
    rows: 0,
    total: 0,
    plateau: NO_PLATEAU,
    rate: 0,
    norm: 0,
  };
}

/**
 * Trains a network in onnxruntime. Batches are drawn without replacement in a new order each epoch; the last one may be smaller.
 * The same rows, start and random stream give the same weights; and so does any state on the way.
 *
 * @throws DivergedError when the loss or the gradient is not finite
 */
export async function fit(
  pupil: Pupil,
  source: RowSource,
  start: FitState,
  settings: FitSettings,
  random: Random,
  hooks: FitHooks,
): Promise<Weights> {
  const { optimizer, epochs } = settings;
  const accumulate = settings.accumulate ?? 1;
  const batchSize = Math.min(settings.batchSize, source.rows);
  const perEpoch = Math.ceil(source.rows / (batchSize * accumulate));
  const stepper = await Stepper.open(pupil, settings);
  const batch = new Batch(pupil.plan, batchSize);
  let state = start;
  let looking: Session | undefined;
  const open = async (): Promise<Session> =>
    (looking ??= await openSession(probingStep(pupil, settings.provider), runtime(settings)));
  const probed = async (feeds: Record<string, TensorData>): Promise<Record<string, number>> => {
    const found = await (await open()).run(feeds);
    return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, Number(data[0])]));
  };
  try {
    for (let epoch = state.epoch; epoch <= epochs; epoch++) {
      const pass = source.pass(random.fork('order').fork(epoch));
      await pass.skip(state.rows);
      let last: Record<string, TensorData> = {};
      while (state.rows < source.rows) {
        const moment = { step: state.step, steps: perEpoch * epochs, perEpoch, plateau: state.plateau.factor };
        const rate = rateAt(settings.schedule, learningRateOf(optimizer), moment);
        const step = state.step + 1;
        const chances = random.fork('step').fork(step);
        const parts = Math.min(accumulate, Math.ceil((source.rows - state.rows) / batchSize));
        const outcome = await stepper.step(state, step, rate, parts, async (part, statistics) => {
          const size = Math.min(batchSize, source.rows - state.rows - part * batchSize);
          await pass.take(size, batch.arrays);
          const stream = chances.fork(part);
          settings.augment?.(batch.arrays.inputs, size, stream.fork('augment'));
          last = { ...batch.feeds(size), ...batch.masks(size, stream.fork('dropout')) };
          if (statistics.length > 0) last[names.statistics] = float(statistics);
          return { feeds: last, size };
        });
        if (!Number.isFinite(outcome.loss) || !Number.isFinite(outcome.norm)) {
          const seen = await probed({ ...last, [names.theta]: float(state.theta) });
          throw new DivergedError(step, epoch, rate, outcome.loss, culprit(pupil.plan, seen));
        }
        state = {
          ...outcome.next,
          step,
          epoch,
          rows: state.rows + outcome.rows,
          total: state.total + outcome.loss * outcome.rows,
          plateau: state.plateau,
          rate,
          norm: outcome.norm,
        };
        await hooks.onStep?.({ done: step / (perEpoch * epochs), epoch, norm: outcome.norm });
        await hooks.keep?.(state, 'step');
      }
      // Right after a resumption there may be no batch yet.
      const look = async (): Promise<Record<string, number>> =>
        names.inputs in last
          ? probed({
              ...last,
              [names.theta]: float(state.theta),
              ...(state.statistics.length > 0 && { [names.statistics]: float(state.statistics) }),
            })
          : {};
      const loss = state.total / source.rows;
      const verdict = await hooks.onEpoch({
        epoch,
        step: state.step,
        loss,
        rate: state.rate,
        norm: state.norm,
        weights: state,
        look,
      });
      stepper.spare();
      state = {
        ...state,
        epoch: epoch + 1,
        rows: 0,
        total: 0,
        plateau: watch(settings.schedule, state.plateau, verdict.judged ?? loss),
      };
      if (verdict.stop === true) break;
    }
  } catch (error) {
    if (!(error instanceof DivergedError)) await hooks.keep?.(state, 'end');
    throw error;
  } finally {
    await stepper.close();
    await looking?.close();
  }
  return state;
}

function runtime({ threads, provider }: FitSettings): { threads: number; provider?: string } {
  return { threads, ...(provider !== undefined && { provider }) };
}

/** The first place, from the input on, where something is not a number. */
export function culprit(
  { layout, parameters }: NetworkPlan,
  seen: Readonly<Record<string, number>>,
): DivergedError['where'] {
  const wild = (value: number | undefined): boolean => value !== undefined && !Number.isFinite(value);
  const layerOf = (parameter: string): string => parameter.slice(0, parameter.lastIndexOf('/'));
  const weights = parameters.find(({ name }) => wild(seen[probe.size(name)]));
  if (weights) return { what: 'weights', layer: layerOf(weights.name) };
  const layer = everyPlaced(layout.placed).find(({ name }) => wild(seen[probe.largest(name)]));
  if (layer) return { what: 'output', layer: layer.name };
  const slope = parameters.findLast(({ name }) => wild(seen[probe.slope(name)]));
  return slope && { what: 'gradient', layer: layerOf(slope.name) };
}

type Feed = (part: number, statistics: Float32Array) => Promise<{ feeds: Record<string, TensorData>; size: number }>;

interface Outcome {
  readonly next: Weights & Pick<FitState, 'states'>;
  /** Mean loss of the rows. */
  readonly loss: number;
  readonly rows: number;
  readonly norm: number;
}

/** One step, in one graph; or, accumulated, in a graph a batch and one at the end. */
class Stepper {
  /** Made by the last step, and by the one before: the next one is written over what nobody reads any more. */
  private last: Outcome['next'] | undefined;
  private free: Record<string, TensorData> = {};

  private constructor(
    private readonly settings: FitSettings,
    private readonly whole: Session | undefined,
    private readonly parts: { readonly gather: Session; readonly apply: Session } | undefined,
  ) {}

  static async open(pupil: Pupil, settings: FitSettings): Promise<Stepper> {
    const { optimizer, gradientClip: clip, accumulate = 1 } = settings;
    const how = runtime(settings);
    const options = { optimizer, ...how, ...(clip !== undefined && { clip }) };
    if (accumulate === 1) return new Stepper(settings, await openSession(trainingStep(pupil, options), how), undefined);
    const gather = await openSession(accumulatingStep(pupil, settings.provider), how);
    return new Stepper(settings, undefined, { gather, apply: await openSession(applyingStep(pupil, options), how) });
  }

  async step(state: FitState, step: number, rate: number, parts: number, feed: Feed): Promise<Outcome> {
    const { optimizer } = this.settings;
    const updating: Record<string, TensorData> = {
      ...stepScalars(optimizer, step, rate),
      [names.theta]: float(state.theta),
    };
    for (const [name, value] of state.states) updating[name] = float(value);
    const updated = (results: Record<string, TensorData>, statistics: Float32Array): Outcome['next'] => ({
      theta: results[names.next(names.theta)]!.data as Float32Array,
      statistics,
      states: new Map([...state.states.keys()].map((name) => [name, results[names.next(name)]!.data as Float32Array])),
    });
    const number = (value: TensorData | undefined): number => Number(value?.data[0]);
    const running = (results: Record<string, TensorData>, before: Float32Array): Float32Array =>
      before.length > 0 ? (results[names.next(names.statistics)]!.data as Float32Array) : before;
    if (this.whole) {
      const { feeds, size } = await feed(0, state.statistics);
      const results = await this.whole.run({ ...feeds, ...updating }, undefined, this.free);
      const next = updated(results, running(results, state.statistics));
      this.recycle(state, next);
      return {
        next,
        loss: number(results[names.loss]),
        rows: size,
        norm: number(results[names.norm]),
      };
    }
    const { gather, apply } = this.parts!;
    let [gradient, weight] = [float(new Float32Array(state.theta.length)), float([0], [])];
    let { statistics } = state;
    let [loss, rows] = [0, 0];
    for (let part = 0; part < parts; part++) {
      const { feeds, size } = await feed(part, statistics);
      const results = await gather.run({
        ...feeds,
        [names.theta]: float(state.theta),
        [names.gradient]: gradient,
        [names.weight]: weight,
      });
      gradient = results[names.next(names.gradient)]!;
      weight = results[names.next(names.weight)]!;
      statistics = running(results, statistics);
      loss += number(results[names.loss]);
      rows += size;
    }
    const results = await apply.run({ ...updating, [names.gradient]: gradient, [names.weight]: weight });
    return { next: updated(results, statistics), loss: loss / number(weight), rows, norm: number(results[names.norm]) };
  }

  /** Whoever was shown the last step's arrays may keep them. */
  spare(): void {
    this.last = undefined;
  }

  private recycle(before: FitState, next: Outcome['next']): void {
    this.free = {};
    if (this.settings.provider === undefined && before.theta === this.last?.theta) {
      this.free[names.next(names.theta)] = float(before.theta);
      for (const [name, value] of before.states) this.free[names.next(name)] = float(value);
    }
    this.last = next;
  }

  async close(): Promise<void> {
    await this.whole?.close();
    await this.parts?.gather.close();
    await this.parts?.apply.close();
  }
}

/** Reused arrays for one batch. */
class Batch {
  readonly arrays: BatchArrays;
  private readonly dropped: readonly Float32Array[];

  constructor(
    private readonly plan: NetworkPlan,
    size: number,
  ) {
    this.arrays = {
      inputs: new Float32Array(size * plan.inputs),
      targets: new Float32Array(size * plan.outputs),
      weights: new Float32Array(size),
    };
    this.dropped = plan.masks.map(({ shape }) => new Float32Array(size * sizeOf(shape)));
  }

  feeds(size: number): Record<string, TensorData> {
    const { inputs: width, outputs } = this.plan;
    const { inputs, targets, weights } = this.arrays;
    return {
      [names.inputs]: float(inputs.subarray(0, size * width), [size, width]),
      [names.targets]: float(targets.subarray(0, size * outputs), [size, outputs]),
      [names.rowWeights]: float(weights.subarray(0, size), [size, 1]),
    };
  }

  masks(size: number, random: Random): Record<string, TensorData> {
    const feeds: Record<string, TensorData> = {};
    this.plan.masks.forEach(({ shape, rate }, index) => {
      const mask = this.dropped[index]!.subarray(0, size * sizeOf(shape));
      drop(mask, rate, random);
      feeds[names.mask(index)] = float(mask, [size, ...shape]);
    });
    return feeds;
  }
}

/**
 * Fills what a dropout multiplies by: 0 for the share `rate`, else 1 / (1 − rate) (Srivastava et al., 2014, scaled in training). Two numbers a draw, 16 bits each: the share dropped is right to a
 * hundred-thousandth.
 */
export function drop(mask: Float32Array, rate: number, random: Random): void {
  const limit = Math.round(rate * 0x10000);
  const scale = 0x10000 / (0x10000 - limit);
  for (let i = 0; i < mask.length; i += 2) {
    const draw = random.next();
    mask[i] = draw >>> 16 < limit ? 0 : scale;
    if (i + 1 < mask.length) mask[i + 1] = (draw & 0xffff) < limit ? 0 : scale;
  }
}

/** Scores rows under given weights, as when serving: [outputs][rows]. */
export class Scorer {
  private constructor(
    private readonly session: Session,
    private readonly plan: NetworkPlan,
    private readonly batch: number,
  ) {}

  static async open(pupil: Pick<Pupil, 'plan' | 'frozen'>, threads: number, provider?: string): Promise<Scorer> {
    const session = await openSession(scoringStep(pupil, provider), {
      threads,
      ...(provider !== undefined && { provider }),
    });
    const widest = everyPlaced(pupil.plan.layout.placed).reduce((sum, { output }) => sum + sizeOf(output), 1);
    const batch = Math.max(1, Math.min(SCORING_BATCH, Math.floor(SCORING_NUMBERS / widest)));
    return new Scorer(session, pupil.plan, batch);
  }

  /** @param inputs gives standardised rows from one place to another, [rows, inputs] */
  async scores(
    inputs: (from: number, to: number) => Float32Array,
    rows: number,
    { theta, statistics }: Weights,
  ): Promise<Float64Array> {
    const { inputs: width, outputs } = this.plan;
    const all = new Float64Array(rows * outputs);
    for (let from = 0; from < rows; from += this.batch) {
      const size = Math.min(this.batch, rows - from);
      const feeds: Record<string, TensorData> = {
        [names.inputs]: float(inputs(from, from + size), [size, width]),
        [names.theta]: float(theta),
        ...(statistics.length > 0 && { [names.statistics]: float(statistics) }),
      };
      const scores = (await this.session.run(feeds))[names.scores]!.data as Float32Array;
      for (let i = 0; i < size; i++)
        for (let k = 0; k < outputs; k++) all[k * rows + from + i] = scores[i * outputs + k]!;
    }
    return all;
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

/** Random weights to start from, each array from a stream of its own. */
export function startWeights(plan: NetworkPlan, random: Random): Weights {
  const theta = new Float32Array(thetaSize(plan));
  let at = 0;
  for (const { name, shape, start } of trained(plan)) {
    const size = sizeOf(shape);
    fill(theta.subarray(at, at + size), start, random.fork(name));
    at += size;
  }
  const statistics = new Float32Array(statisticsSize(plan));
  at = 0;
  for (const { width, start } of kept(plan)) {
    statistics.fill(start, at, at + width);
    at += width;
  }
  return { theta, statistics };
}

function fill(part: Float32Array, start: NetworkPlan['parameters'][number]['start'], stream: Random): void {
  if (start.kind === 'ones') part.fill(1);
  else if (start.kind === 'ones-in') part.fill(1, start.from, start.to);
  else if (start.kind === 'glorot' || start.kind === 'uniform') {
    const limit = start.kind === 'glorot' ? Math.sqrt(6 / (start.fanIn + start.fanOut)) : start.limit;
    for (let i = 0; i < part.length; i++) part[i] = stream.uniform(-limit, limit);
  }
}

/** Weights by name, cut out of the vectors; what is frozen is added as it is. */
export function unpackWeights(
  { plan, frozen }: Pick<Pupil, 'plan' | 'frozen'>,
  { theta, statistics }: Weights,
): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>(frozen);
  let at = 0;
  for (const { name, shape } of trained(plan)) values.set(name, theta.slice(at, (at += sizeOf(shape))));
  at = 0;
  for (const { name, width } of kept(plan)) values.set(name, statistics.slice(at, (at += width)));
  return values;
}
