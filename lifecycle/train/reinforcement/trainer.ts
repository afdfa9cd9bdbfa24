/** Learns a policy by acting, and exports it as a model from observation to action. */
import { join } from 'node:path';
import { type ModelInfo, type Reinforcement, type TrainStage } from '../../../schemas/generated/types';
import { encodeModel, float, GraphBuilder, openSession } from '../../onnx';
import { Random } from '../../statistics/random';
import { type StageContext } from '../../store/room';
import { graphicsDrivers } from '../devices/graphics';
import { troubleOf } from '../devices/trouble';
import { testGradients } from '../network/self-test';
import { breather, pace, type TrainedModel } from '../trainer';
import { type AlgorithmOptions } from './algorithm';
import { CartPole } from './cart-pole';
import { argMax, dqn } from './dqn';
import { type Environment } from './environment';
import { policyFamily } from './families';
import { constants, forward, hiddenLayers, type Perceptron, scoringGraph, sizeOf } from './perceptron';
import { ppo } from './ppo';
import { startProgram } from './program';
import { rowsOf } from './learner';

/** Times that a policy is judged on the way. */
const JUDGED = 25;

/** Trains by PPO or DQN; the policy with the best mean reward when judged is kept. */
export async function trainPolicy(context: StageContext<TrainStage>, settings: Reinforcement): Promise<TrainedModel> {
  const { stage, control, signal } = context;
  const algorithm = settings.algorithm ?? 'ppo';
  const steps = settings.steps ?? 100_000;
  const hidden = hiddenLayers(stage);
  const provider = providerOf(context);
  await testGradients(provider, {
    file: join(context.store, 'self-test.json'),
    use: {
      layers: hidden.map(({ units, activation }) => ({ kind: 'dense', units, bias: true, activation, l2: 0 })),
      task: 'multiclass',
      loss: { kind: 'cross-entropy' },
    },
    more: [policyFamily(algorithm)],
    adapter: async () => `${context.device?.name ?? ''} (${await graphicsDrivers()})`,
  });
  const environments: Environment[] = [];
  let taken = 0;
  const open = () => openEnvironment(context, settings).then((each) => (environments.push(each), each));
  try {
    const first = await open();
    const count = algorithm === 'ppo' ? (settings.environments ?? 8) : 1;
    await Promise.all(Array.from({ length: count - 1 }, open));
    const { shape } = first;
    const actor: Perceptron = { inputs: shape.observations.length, hidden, outputs: shape.actions.length };
    const random = new Random(context.seed).fork('policy');
    const examiners = await Promise.all(Array.from({ length: Math.min(settings.episodes ?? 20, count) }, open));
    const options: AlgorithmOptions = {
      environments: environments.slice(0, count),
      actor,
      steps,
      discount: settings.discount ?? (algorithm === 'ppo' ? 0.98 : 0.99),
      rate: settings['learning-rate'],
      random,
      provider,
      breathe: breather(context),
    };
    const learning = await (algorithm === 'ppo' ? ppo(options) : dqn(options));
    const judge = await Judge.open(actor, examiners, settings.episodes ?? 20, random.fork('exam'), options.provider);
    const tell = pace(context);
    let best = { reward: -Infinity, step: 0, theta: learning.parameters() };
    let judgedAt = 0;
    try {
      while (taken < steps) {
        const turn = await learning.advance();
        taken += turn.steps;
        tell(turn.steps);
        context.metric('loss', turn.loss, taken);
        if (turn.episodes.length > 0) context.metric('reward', mean(turn.episodes), taken);
        context.progress(Math.min(1, taken / steps), `${taken.toLocaleString('en')} steps`);
        const finishing = control?.finishing === true && taken < steps;
        if (taken - judgedAt < steps / JUDGED && taken < steps && !finishing) continue;
        judgedAt = taken;
        const reward = await judge.measure(learning.parameters());
        context.metric('evaluation/reward', reward, taken);
        if (reward > best.reward) best = { reward, step: taken, theta: learning.parameters() };
        signal.throwIfAborted();
        if (settings.goal !== undefined && reward >= settings.goal) break;
        if (!finishing) continue;
        control.stopped(`after ${taken} of ${steps} steps`);
        break;
      }
    } finally {
      await learning.close();
      await judge.close();
    }
    const bytes = policyModel(actor, shape.observations, best.theta, algorithm === 'dqn');
    return {
      bytes,
      info: infoOf(shape, actor, bytes.length, {
        algorithm,
        environment: typeof settings.environment === 'string' ? settings.environment : settings.environment.command,
        steps: taken,
        bestStep: best.step,
        episodes: settings.episodes ?? 20,
        seed: context.seed,
      }),
      metrics: { 'evaluation/reward': best.reward },
    };
  } catch (error) {
    const at = { step: taken, moved: taken > 0, kept: undefined };
    throw troubleOf(error, { provider, device: context.device?.name, what: 'this policy', ...at }) ?? error;
  } finally {
    await Promise.all(environments.map((each) => each.close()));
  }
}

function openEnvironment(context: StageContext<TrainStage>, { environment }: Reinforcement): Promise<Environment> {
  if (environment === 'cart-pole') return Promise.resolve(new CartPole());
  const { command } = environment;
  return startProgram({
    command,
    cwd: context.folder,
    env: { ...process.env, PYTHONUNBUFFERED: '1', OMP_NUM_THREADS: '1', LIFECYCLE_SEED: String(context.seed) },
    output: (line) => context.log('output', line),
    signal: context.signal,
    ...(context.stage.timeout !== undefined && { patience: context.stage.timeout * 1000 }),
  });
}

function providerOf({ device }: StageContext<TrainStage>): string {
  return device?.kind === 'cuda' || device?.kind === 'webgpu' ? device.kind : 'cpu';
}

/** Plays whole episodes by the best-scored action. */
class Judge {
  private constructor(
    private readonly actor: Perceptron,
    private readonly environments: readonly Environment[],
    private readonly episodes: number,
    private readonly seeds: readonly number[],
    private readonly session: Awaited<ReturnType<typeof openSession>>,
  ) {}

  static async open(
    actor: Perceptron,
    environments: readonly Environment[],
    episodes: number,
    random: Random,
    provider: string,
  ): Promise<Judge> {
    const seeds = Array.from({ length: episodes }, () => random.next());
    const session = await openSession(scoringGraph({ scores: actor }, provider), { provider });
    return new Judge(actor, environments, episodes, seeds, session);
  }

  /** Mean reward of an episode. */
  async measure(theta: Float32Array): Promise<number> {
    const { inputs, outputs } = this.actor;
    const rewards = new Float64Array(this.episodes);
    let next = 0;
    const active: { environment: Environment; episode: number; observation: Float32Array }[] = [];
    const begin = async (environment: Environment) => {
      if (next >= this.episodes) return;
      const episode = next++;
      active.push({ environment, episode, observation: await environment.reset(this.seeds[episode]!) });
    };
    for (const environment of this.environments) await begin(environment);
    while (active.length > 0) {
      const x = new Float32Array(active.length * inputs);
      active.forEach(({ observation }, i) => x.set(observation, i * inputs));
      const scores = (await this.session.run({ x: rowsOf(x, inputs), theta: float(theta) }))['scores']!
        .data as Float32Array;
      const transitions = await Promise.all(
        active.map(({ environment }, i) => environment.step(argMax(scores.subarray(i * outputs, (i + 1) * outputs)))),
      );
      for (let i = active.length - 1; i >= 0; i--) {
        const each = active[i]!;
        const { observation, reward, done, truncated } = transitions[i]!;
        rewards[each.episode]! += reward;
        each.observation = observation;
        if (!done && !truncated) continue;
        active.splice(i, 1);
        await begin(each.environment);
      }
    }
    return mean(rewards);
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

/** One input [N, 1] an observed number; probabilities of the actions, or for Q-values 1 for the best. */
function policyModel(
  actor: Perceptron,
  observations: readonly string[],
  theta: Float32Array,
  greedy: boolean,
): Uint8Array {
  const graph = new GraphBuilder('policy');
  const inputs = observations.map((name) => graph.input(name, 'float', ['N', 1]));
  const x = inputs.length === 1 ? inputs[0]! : graph.op('Concat', inputs, { axis: { int: 1 } });
  const scores = forward(graph, x, actor, constants(graph, actor, theta));
  if (greedy) {
    const best = graph.op('ArgMax', [scores], { axis: { int: 1 }, keepdims: { int: 0 } });
    const depth = graph.constant({ type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(actor.outputs)) });
    graph.output(graph.op('OneHot', [best, depth, graph.constant(float([0, 1]))]), 'probabilities', [
      'N',
      actor.outputs,
    ]);
  } else graph.output(graph.op('Softmax', [scores], { axis: { int: 1 } }), 'probabilities', ['N', actor.outputs]);
  return encodeModel(graph.build());
}

function infoOf(
  { observations, actions }: Environment['shape'],
  actor: Perceptron,
  bytes: number,
  training: Readonly<Record<string, unknown>>,
): ModelInfo {
  return {
    format: 1,
    kind: 'policy',
    task: actions.length === 2 ? 'binary' : 'multiclass',
    target: 'action',
    classes: [...actions],
    ...(actions.length === 2 && { threshold: 0.5 }),
    inputs: observations.map((name) => ({ name, type: 'number', required: true })),
    outputs: [{ name: 'probabilities', type: 'float32', shape: ['N', actions.length] }],
    features: [...observations],
    servable: true,
    parameters: sizeOf(actor),
    bytes,
    training,
  };
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
}
