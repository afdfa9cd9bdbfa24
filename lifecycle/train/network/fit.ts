import { type Optimizer, type Task } from '../../../schemas/generated/types';
import { type NetworkPlan } from '../../model/network';
import { float, openSession, type Session, type TensorData } from '../../onnx';
import { type Random } from '../../statistics/random';
import { learningRateOf, stateNames, stepScalars } from './optimizer';
import { names, scoringStep, statisticsSize, thetaSize, trainingStep } from './step';

/** Rows for training or judging: standardised inputs, targets and row weights, all row-major. */
export interface Rows {
  readonly rows: number;
  /** [rows, F] */
  readonly inputs: Float32Array;
  /** [rows, outputs]: smoothed classes, or standardised values. */
  readonly targets: Float32Array;
  /** [rows] */
  readonly weights: Float32Array;
}

/** Everything learnt so far. */
export interface Weights {
  readonly theta: Float32Array;
  readonly statistics: Float32Array;
}

export interface FitSettings {
  readonly optimizer: Optimizer;
  readonly epochs: number;
  readonly batchSize: number;
  readonly schedule: 'constant' | 'cosine';
  readonly gradientClip?: number;
  readonly threads: number;
  /** Execution provider; `cpu` unless given. */
  readonly provider?: string;
}

/** A finished epoch, counted from 1. Say `stop` to end. */
export interface Epoch {
  readonly epoch: number;
  /** Steps done so far. */
  readonly step: number;
  /** Mean loss over the epoch's batches, each by the weights of that moment. */
  readonly loss: number;
  readonly weights: Weights;
}

/** The loss stopped being a number. */
export class DivergedError extends Error {
  constructor(
    readonly step: number,
    readonly epoch: number,
    readonly rate: number,
    readonly loss: number,
  ) {
    super(`the loss became ${loss} at step ${step}`);
    this.name = 'DivergedError';
  }
}

const SCORING_BATCH = 4096;

/**
 * Trains a network in onnxruntime. Batches are drawn without replacement in a new order each epoch; the last one may be smaller.
 * The same rows, start and random stream give the same weights.
 *
 * @throws DivergedError when the loss is not finite
 */
export async function fit(
  plan: NetworkPlan,
  task: Task,
  rows: Rows,
  start: Weights,
  settings: FitSettings,
  random: Random,
  onStep: (done: number) => Promise<void> | void,
  onEpoch: (epoch: Epoch) => Promise<'stop' | undefined>,
): Promise<Weights> {
  const { optimizer, epochs } = settings;
  const batchSize = Math.min(settings.batchSize, rows.rows);
  const perEpoch = Math.ceil(rows.rows / batchSize);
  const clip = settings.gradientClip;
  const graph = trainingStep(plan, task, optimizer, clip === undefined ? {} : { 'gradient-clip': clip });
  const session = await openSession(graph, { threads: settings.threads, provider: settings.provider ?? 'cpu' });
  const order = random.fork('order');
  const drops = random.fork('dropout');
  let { theta, statistics } = start;
  let states = new Map<string, Float32Array>(
    stateNames(optimizer).map((name) => [name, new Float32Array(theta.length)]),
  );
  const batch = new Batch(plan, rows, batchSize);
  let step = 0;
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const permutation = order.permutation(rows.rows);
      let total = 0;
      for (let from = 0; from < rows.rows; from += batchSize) {
        const size = Math.min(batchSize, rows.rows - from);
        const rate = scheduledRate(settings, step, perEpoch * epochs);
        step++;
        const feeds: Record<string, TensorData> = {
          ...batch.gather(permutation, from, size),
          ...batch.masks(size, drops),
          ...stepScalars(optimizer, step, rate),
          [names.theta]: float(theta),
        };
        if (statistics.length > 0) feeds[names.statistics] = float(statistics);
        for (const [name, state] of states) feeds[name] = float(state);
        const results = await session.run(feeds);
        const loss = (results[names.loss]!.data as Float32Array)[0]!;
        if (!Number.isFinite(loss)) throw new DivergedError(step, epoch, rate, loss);
        total += loss * size;
        theta = results[names.next(names.theta)]!.data as Float32Array;
        if (statistics.length > 0) statistics = results[names.next(names.statistics)]!.data as Float32Array;
        states = new Map([...states.keys()].map((name) => [name, results[names.next(name)]!.data as Float32Array]));
        await onStep(step / (perEpoch * epochs));
      }
      const verdict = await onEpoch({ epoch, step, loss: total / rows.rows, weights: { theta, statistics } });
      if (verdict === 'stop') break;
    }
  } finally {
    await session.close();
  }
  return { theta, statistics };
}

/** Cosine annealing to 0 without restarts (Loshchilov & Hutter, SGDR, 2017), a step at a time. */
function scheduledRate({ optimizer, schedule }: FitSettings, step: number, steps: number): number {
  const rate = learningRateOf(optimizer);
  return schedule === 'cosine' ? (rate / 2) * (1 + Math.cos((Math.PI * step) / steps)) : rate;
}

/** Reused arrays for one batch. */
class Batch {
  private readonly inputs: Float32Array;
  private readonly targets: Float32Array;
  private readonly weights: Float32Array;
  private readonly kept: readonly Float32Array[];

  constructor(
    private readonly plan: NetworkPlan,
    private readonly rows: Rows,
    size: number,
  ) {
    this.inputs = new Float32Array(size * plan.inputs);
    this.targets = new Float32Array(size * plan.outputs);
    this.weights = new Float32Array(size);
    this.kept = plan.masks.map(({ width }) => new Float32Array(size * width));
  }

  gather(permutation: Uint32Array, from: number, size: number): Record<string, TensorData> {
    const { inputs: width, outputs } = this.plan;
    const { inputs, targets, weights } = this.rows;
    for (let i = 0; i < size; i++) {
      const row = permutation[from + i]!;
      this.inputs.set(inputs.subarray(row * width, (row + 1) * width), i * width);
      for (let k = 0; k < outputs; k++) this.targets[i * outputs + k] = targets[row * outputs + k]!;
      this.weights[i] = weights[row]!;
    }
    return {
      [names.inputs]: float(this.inputs.subarray(0, size * width), [size, width]),
      [names.targets]: float(this.targets.subarray(0, size * outputs), [size, outputs]),
      [names.rowWeights]: float(this.weights.subarray(0, size), [size, 1]),
    };
  }

  masks(size: number, random: Random): Record<string, TensorData> {
    const feeds: Record<string, TensorData> = {};
    this.plan.masks.forEach(({ width, rate }, index) => {
      const mask = this.kept[index]!.subarray(0, size * width);
      const scale = 1 / (1 - rate);
      const limit = rate * 0x100000000;
      for (let i = 0; i < mask.length; i++) mask[i] = random.next() < limit ? 0 : scale;
      feeds[names.mask(index)] = float(mask, [size, width]);
    });
    return feeds;
  }
}

/** Scores rows under given weights, as when serving: [outputs][rows]. */
export class Scorer {
  private constructor(
    private readonly session: Session,
    private readonly plan: NetworkPlan,
  ) {}

  static async open(plan: NetworkPlan, threads: number): Promise<Scorer> {
    return new Scorer(await openSession(scoringStep(plan), { threads }), plan);
  }

  async scores(inputs: Float32Array, rows: number, { theta, statistics }: Weights): Promise<Float64Array> {
    const { inputs: width, outputs } = this.plan;
    const all = new Float64Array(rows * outputs);
    for (let from = 0; from < rows; from += SCORING_BATCH) {
      const size = Math.min(SCORING_BATCH, rows - from);
      const feeds: Record<string, TensorData> = {
        [names.inputs]: float(inputs.subarray(from * width, (from + size) * width), [size, width]),
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
  for (const { name, shape, start } of plan.parameters) {
    const size = shape.reduce((product, n) => product * n, 1);
    const part = theta.subarray(at, at + size);
    const stream = random.fork(name);
    if (start.kind === 'ones') part.fill(1);
    else if (start.kind === 'glorot') {
      const limit = Math.sqrt(6 / (start.fanIn + start.fanOut));
      for (let i = 0; i < size; i++) part[i] = stream.uniform(-limit, limit);
    }
    at += size;
  }
  const statistics = new Float32Array(statisticsSize(plan));
  at = 0;
  for (const { width, start } of plan.statistics) {
    statistics.fill(start, at, at + width);
    at += width;
  }
  return { theta, statistics };
}
