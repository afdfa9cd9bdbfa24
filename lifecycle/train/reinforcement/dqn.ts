/**
 * Deep Q-learning with replay and a target network (Mnih et al., 2015) and double estimation (van Hasselt et al., 2016). The settings are
 * those that Stable-Baselines3's zoo tuned for small control tasks.
 */
import { float, openSession, type TensorData } from '../../onnx';
import { type Algorithm, type AlgorithmOptions } from './algorithm';
import { type Aim, Learner, rowsOf } from './learner';
import { forward, type Perceptron, scoringGraph, startParameters } from './perceptron';

const MEMORY = 100_000;
const WARM_UP = 1_000;
/** Steps acted before, and learning steps done in, each turn. */
const ACT = 256;
const LEARN = 128;
const BATCH = 64;
const NORM = 10;
const RATE = 0.001;
/** Learning steps after which the target network is renewed. */
const RENEW = 64;
/** Share of the steps over which chance gives way to what was learnt, and the share of chance that stays. */
const EXPLORE = 0.16;
const CHANCE = 0.04;

export async function dqn(options: AlgorithmOptions): Promise<Algorithm> {
  const { actor, random, discount } = options;
  const environment = options.environments[0]!;
  const learner = await Learner.open(
    {
      networks: [actor],
      optimizer: { kind: 'adam' },
      clip: NORM,
      loss: dqnLoss(actor),
    },
    startParameters(actor, random.fork('actor'), 1),
    options.provider,
  );
  const scorer = await openSession(scoringGraph({ scores: actor }, options.provider), { provider: options.provider });
  const score = async (x: TensorData, theta: Float32Array) =>
    (await scorer.run({ x, theta: float(theta) }))['scores']!.data as Float32Array;
  const memory = new Memory(Math.min(MEMORY, options.steps), actor.inputs);
  const [seeds, chances, picks] = [random.fork('episodes'), random.fork('actions'), random.fork('replay')];
  let target = learner.theta;
  let observation = await environment.reset(seeds.next());
  let taken = 0;
  let learnt = 0;
  let sum = 0;
  let loss = 0;

  async function act(): Promise<number[]> {
    const ended: number[] = [];
    for (let i = 0; i < ACT; i++) {
      const chance = Math.max(CHANCE, 1 - ((1 - CHANCE) * taken) / Math.max(1, EXPLORE * options.steps));
      const blind = taken < WARM_UP || chances.uniform(0, 1) < chance;
      const action = blind
        ? chances.next() % actor.outputs
        : argMax(await score(rowsOf(observation, actor.inputs), learner.theta));
      const next = await environment.step(action);
      memory.add(observation, action, next.reward, next.observation, next.done);
      sum += next.reward;
      taken++;
      observation = next.observation;
      if (!next.done && !next.truncated) continue;
      ended.push(sum);
      sum = 0;
      observation = await environment.reset(seeds.next());
    }
    return ended;
  }

  async function learn(): Promise<void> {
    const batch = memory.pick(BATCH, () => picks.next());
    const { outputs } = actor;
    const after = rowsOf(batch.after, actor.inputs);
    const [own, other] = [await score(after, learner.theta), await score(after, target)];
    const wanted = new Float32Array(BATCH);
    for (let i = 0; i < BATCH; i++) {
      const best = argMax(own.subarray(i * outputs, (i + 1) * outputs));
      wanted[i] = batch.reward[i]! + (batch.done[i] === 1 ? 0 : discount * other[i * outputs + best]!);
    }
    const chosen = new Float32Array(BATCH * outputs);
    batch.action.forEach((action, i) => (chosen[i * outputs + action] = 1));
    loss = await learner.learn(
      { x: rowsOf(batch.before, actor.inputs), chosen: rowsOf(chosen, outputs), wanted: rowsOf(wanted, 1) },
      options.rate ?? RATE,
    );
    if (++learnt % RENEW === 0) target = learner.theta;
  }

  return {
    parameters: () => learner.theta.slice(),
    async advance() {
      const episodes = await act();
      await options.breathe();
      if (taken >= WARM_UP)
        for (let i = 0; i < LEARN; i++) {
          await learn();
          await options.breathe();
        }
      return { steps: ACT, loss, episodes };
    },
    async close() {
      await learner.close();
      await scorer.close();
    },
  };
}

/** Huber's loss of the chosen actions' values, over `x`, `chosen` and `wanted`. */
export function dqnLoss(actor: Perceptron): Aim['loss'] {
  return (graph, [arrays]) => {
    const scores = forward(graph, graph.input('x', 'float', ['B', actor.inputs]), actor, arrays!);
    const chosen = graph.input('chosen', 'float', ['B', actor.outputs]);
    const wanted = graph.input('wanted', 'float', ['B', 1]);
    const along = graph.constant({ type: 'int64', dims: [1], data: BigInt64Array.of(1n) });
    const value = graph.op('ReduceSum', [graph.op('Mul', [scores, chosen]), along], { keepdims: { int: 1 } });
    // Huber's loss: m (|d| − m / 2) with m = min(|d|, 1).
    const size = graph.op('Abs', [graph.op('Sub', [value, wanted])]);
    const small = graph.op('Min', [size, graph.constant(float([1], [1, 1]))]);
    const half = graph.op('Mul', [small, graph.constant(float([0.5], [1, 1]))]);
    const rows = graph.op('Mul', [small, graph.op('Sub', [size, half])]);
    return graph.op('ReduceMean', [rows], { keepdims: { int: 0 } });
  };
}

/** The newest transitions. */
class Memory {
  private readonly before: Float32Array;
  private readonly after: Float32Array;
  private readonly action: Int32Array;
  private readonly reward: Float32Array;
  private readonly done: Uint8Array;
  private count = 0;

  constructor(
    private readonly size: number,
    private readonly width: number,
  ) {
    this.before = new Float32Array(size * width);
    this.after = new Float32Array(size * width);
    this.action = new Int32Array(size);
    this.reward = new Float32Array(size);
    this.done = new Uint8Array(size);
  }

  add(before: Float32Array, action: number, reward: number, after: Float32Array, done: boolean): void {
    const at = this.count++ % this.size;
    this.before.set(before, at * this.width);
    this.after.set(after, at * this.width);
    this.action[at] = action;
    this.reward[at] = reward;
    this.done[at] = done ? 1 : 0;
  }

  pick(count: number, next: () => number) {
    const { width } = this;
    const [before, after] = [new Float32Array(count * width), new Float32Array(count * width)];
    const [action, reward, done] = [new Int32Array(count), new Float32Array(count), new Uint8Array(count)];
    const filled = Math.min(this.count, this.size);
    for (let i = 0; i < count; i++) {
      const at = next() % filled;
      before.set(this.before.subarray(at * width, (at + 1) * width), i * width);
      after.set(this.after.subarray(at * width, (at + 1) * width), i * width);
      action[i] = this.action[at]!;
      reward[i] = this.reward[at]!;
      done[i] = this.done[at]!;
    }
    return { before, after, action, reward, done };
  }
}

export function argMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k]! > values[best]!) best = k;
  return best;
}
