/**
 * Proximal policy optimisation with clipping (Schulman et al., 2017) and generalised advantages (Schulman et al., 2016). The settings are
 * those that Stable-Baselines3's zoo tuned for small control tasks; the learning rate and the clipping fall to 0 over the steps.
 */
import { float, openSession, type Session, type Value } from '../../onnx';
import { type Random } from '../../statistics/random';
import { type Environment } from './environment';
import { type Aim, Learner, rowsOf } from './learner';
import { forward, type Perceptron, scoringGraph, startParameters } from './perceptron';
import { type Algorithm, type AlgorithmOptions } from './algorithm';

const ROLLOUT = 32;
const PASSES = 20;
const BATCH = 256;
const LAMBDA = 0.8;
const CLIP = 0.2;
const VALUE_WEIGHT = 0.5;
const NORM = 0.5;
const RATE = 0.0025;

export async function ppo(options: AlgorithmOptions): Promise<Algorithm> {
  const { actor, environments, random } = options;
  const critic: Perceptron = { ...actor, outputs: 1 };
  const [first, second] = [
    startParameters(actor, random.fork('actor'), 0.01),
    startParameters(critic, random.fork('critic'), 1),
  ];
  const theta = new Float32Array(first.length + second.length);
  theta.set(first);
  theta.set(second, first.length);
  const learner = await Learner.open(
    {
      networks: [actor, critic],
      optimizer: { kind: 'adam', epsilon: 1e-5 },
      clip: NORM,
      loss: ppoLoss(actor, critic),
    },
    theta,
    options.provider,
  );
  const scorer = await openSession(scoringGraph({ logits: actor, value: critic }, options.provider), {
    provider: options.provider,
  });
  const collector = new Collector(environments, scorer, actor, random);
  await collector.begin();
  let taken = 0;
  const shuffle = random.fork('order');
  return {
    parameters: () => learner.theta.slice(0, first.length),
    async advance() {
      const left = Math.max(0, 1 - taken / options.steps);
      const batch = await collector.collect(learner.theta, options.discount);
      taken += batch.rows;
      const rate = (options.rate ?? RATE) * left;
      const clip = CLIP * left;
      let loss = 0;
      for (let pass = 0; pass < PASSES; pass++) {
        await options.breathe();
        const order = shuffle.permutation(batch.rows);
        for (let from = 0; from < batch.rows; from += BATCH) {
          const rows = order.subarray(from, Math.min(from + BATCH, batch.rows));
          const gain = normalised(pick(batch.gain, 1, rows));
          loss = await learner.learn(
            {
              x: rowsOf(pick(batch.x, actor.inputs, rows), actor.inputs),
              chosen: rowsOf(pick(batch.chosen, actor.outputs, rows), actor.outputs),
              before: rowsOf(pick(batch.before, 1, rows), 1),
              gain: rowsOf(gain, 1),
              wanted: rowsOf(pick(batch.wanted, 1, rows), 1),
              low: float([1 - clip], [1, 1]),
              high: float([1 + clip], [1, 1]),
            },
            rate,
          );
        }
      }
      return { steps: batch.rows, loss, episodes: collector.finished() };
    },
    async close() {
      await learner.close();
      await scorer.close();
    },
  };
}

/** The clipped surrogate and the squared error of the values, over `x`, `chosen`, `before`, `gain`, `wanted` and the bounds `low` and `high` of the ratio. */
export function ppoLoss(actor: Perceptron, critic: Perceptron): Aim['loss'] {
  return (graph, [policy, value]) => {
    const input = (name: string, width: number): Value => graph.input(name, 'float', ['B', width]);
    const x = input('x', actor.inputs);
    const [chosen, before, gain, wanted] = [
      input('chosen', actor.outputs),
      input('before', 1),
      input('gain', 1),
      input('wanted', 1),
    ];
    const [low, high] = [graph.input('low', 'float', [1, 1]), graph.input('high', 'float', [1, 1])];
    const along = graph.constant({ type: 'int64', dims: [1], data: BigInt64Array.of(1n) });
    const logs = graph.op('LogSoftmax', [forward(graph, x, actor, policy!)], { axis: { int: 1 } });
    const now = graph.op('ReduceSum', [graph.op('Mul', [logs, chosen]), along], { keepdims: { int: 1 } });
    const ratio = graph.op('Exp', [graph.op('Sub', [now, before])]);
    const held = graph.op('Min', [graph.op('Max', [ratio, low]), high]);
    const surrogate = graph.op('Min', [graph.op('Mul', [ratio, gain]), graph.op('Mul', [held, gain])]);
    const error = graph.op('Sub', [forward(graph, x, critic, value!), wanted]);
    const squares = graph.op('Mul', [error, error]);
    const mean = (of: Value) => graph.op('ReduceMean', [of], { keepdims: { int: 0 } });
    const weighted = graph.op('Mul', [mean(squares), graph.constant(float([VALUE_WEIGHT], []))]);
    return graph.op('Sub', [weighted, mean(surrogate)]);
  };
}

interface Rollout {
  readonly rows: number;
  readonly x: Float32Array;
  readonly chosen: Float32Array;
  /** Log probabilities of the actions when they were taken. */
  readonly before: Float32Array;
  readonly gain: Float32Array;
  readonly wanted: Float32Array;
}

/** Acts in several environments at a time. */
class Collector {
  private observations: Float32Array[] = [];
  private readonly sums: Float64Array;
  private readonly seeds: Random;
  private readonly draws: Random;
  private ended: number[] = [];

  constructor(
    private readonly environments: readonly Environment[],
    private readonly scorer: Session,
    private readonly actor: Perceptron,
    random: Random,
  ) {
    this.sums = new Float64Array(environments.length);
    this.seeds = random.fork('episodes');
    this.draws = random.fork('actions');
  }

  async begin(): Promise<void> {
    this.observations = await Promise.all(this.environments.map((each) => each.reset(this.seeds.next())));
  }

  /** Rewards of the episodes that ended since it was last asked. */
  finished(): number[] {
    const { ended } = this;
    this.ended = [];
    return ended;
  }

  async collect(theta: Float32Array, discount: number): Promise<Rollout> {
    const count = this.environments.length;
    const { inputs, outputs } = this.actor;
    const rows = ROLLOUT * count;
    const x = new Float32Array(rows * inputs);
    const chosen = new Float32Array(rows * outputs);
    const before = new Float32Array(rows);
    const values = new Float32Array(rows);
    const rewards = new Float32Array(rows);
    const over = new Uint8Array(rows);
    for (let t = 0; t < ROLLOUT; t++) {
      const at = t * count;
      const scores = await this.score(theta, this.observations);
      const actions: number[] = [];
      for (let e = 0; e < count; e++) {
        x.set(this.observations[e]!, (at + e) * inputs);
        const logs = logSoftmax(scores.logits.subarray(e * outputs, (e + 1) * outputs));
        const action = draw(logs, this.draws);
        actions.push(action);
        chosen[(at + e) * outputs + action] = 1;
        before[at + e] = logs[action]!;
        values[at + e] = scores.values[e]!;
      }
      const transitions = await Promise.all(this.environments.map((each, e) => each.step(actions[e]!)));
      const cut = transitions.flatMap(({ truncated, done, observation }, e) =>
        truncated && !done ? [{ e, observation }] : [],
      );
      const beyond =
        cut.length > 0
          ? await this.score(
              theta,
              cut.map(({ observation }) => observation),
            )
          : undefined;
      for (let e = 0; e < count; e++) {
        const { observation, reward, done, truncated } = transitions[e]!;
        this.sums[e]! += reward;
        rewards[at + e] = reward;
        this.observations[e] = observation;
        if (!done && !truncated) continue;
        over[at + e] = 1;
        // An episode that was only cut off would have gone on: what was still to come counts.
        const place = cut.findIndex((each) => each.e === e);
        if (place >= 0 && beyond) rewards[at + e]! += discount * beyond.values[place]!;
        this.ended.push(this.sums[e]!);
        this.sums[e] = 0;
        this.observations[e] = await this.environments[e]!.reset(this.seeds.next());
      }
    }
    const next = (await this.score(theta, this.observations)).values;
    const gain = new Float32Array(rows);
    const wanted = new Float32Array(rows);
    for (let e = 0; e < count; e++) {
      let sum = 0;
      for (let t = ROLLOUT - 1; t >= 0; t--) {
        const i = t * count + e;
        const goesOn = over[i] === 1 ? 0 : 1;
        const later = t === ROLLOUT - 1 ? next[e]! : values[i + count]!;
        const delta = rewards[i]! + discount * later * goesOn - values[i]!;
        sum = delta + discount * LAMBDA * goesOn * sum;
        gain[i] = sum;
        wanted[i] = sum + values[i]!;
      }
    }
    return { rows, x, chosen, before, gain, wanted };
  }

  private async score(
    theta: Float32Array,
    observations: readonly Float32Array[],
  ): Promise<{ logits: Float32Array; values: Float32Array }> {
    const { inputs } = this.actor;
    const x = new Float32Array(observations.length * inputs);
    observations.forEach((observation, i) => x.set(observation, i * inputs));
    const { logits, value } = await this.scorer.run({ x: rowsOf(x, inputs), theta: float(theta) });
    return { logits: logits!.data as Float32Array, values: value!.data as Float32Array };
  }
}

function pick(values: Float32Array, width: number, rows: Uint32Array): Float32Array {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => picked.set(values.subarray(row * width, (row + 1) * width), i * width));
  return picked;
}

/** To mean 0 and deviation 1. */
function normalised(values: Float32Array): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const scale = 1 / (Math.sqrt(variance) + 1e-8);
  return values.map((value) => (value - mean) * scale);
}

function logSoftmax(logits: Float32Array): Float64Array {
  const most = Math.max(...logits);
  const logs = Float64Array.from(logits, (value) => value - most);
  const total = Math.log(logs.reduce((sum, value) => sum + Math.exp(value), 0));
  return logs.map((value) => value - total);
}

function draw(logs: Float64Array, random: Random): number {
  let left = random.uniform(0, 1);
  for (let k = 0; k < logs.length - 1; k++) {
    left -= Math.exp(logs[k]!);
    if (left < 0) return k;
  }
  return logs.length - 1;
}
