/** What PPO and DQN have in common: a learning step as an ONNX graph with Adam in it, on one flat vector of parameters. */
import { type Optimizer } from '../../../schemas/generated/types';
import { encodeFor, float, GraphBuilder, openSession, type Session, type TensorData, type Value } from '../../onnx';
import { gradient } from '../../onnx/differentiate';
import { UserError } from '../../problem';
import { optimizerUpdate, stateNames, stepScalars } from '../network/optimizer';
import { names } from '../network/step';
import { type Perceptron, sizeOf, unpack } from './perceptron';

export interface StepOptions {
  /** Networks whose parameters follow each other in the vector. */
  readonly networks: readonly Perceptron[];
  readonly optimizer: Optimizer;
  /** Largest norm of the gradient. */
  readonly clip: number;
  /** Adds the loss; `arrays` are the parameters of each network. */
  readonly loss: (graph: GraphBuilder, arrays: readonly (readonly Value[])[]) => Value;
}

/** Learns step by step. */
export class Learner {
  theta: Float32Array;
  private states: Map<string, Float32Array>;
  private step = 0;

  private constructor(
    private readonly session: Session,
    private readonly optimizer: Optimizer,
    start: Float32Array,
  ) {
    this.theta = start;
    this.states = new Map(stateNames(optimizer).map((name) => [name, new Float32Array(start.length)]));
  }

  static async open(options: StepOptions, start: Float32Array, provider: string): Promise<Learner> {
    return new Learner(await openSession(stepGraph(options, provider), { provider }), options.optimizer, start);
  }

  /** One step at a learning rate. @returns the loss before it */
  async learn(feeds: Readonly<Record<string, TensorData>>, rate: number): Promise<number> {
    this.step++;
    const results = await this.session.run({
      ...feeds,
      ...stepScalars(this.optimizer, this.step, rate),
      theta: float(this.theta),
      ...Object.fromEntries([...this.states].map(([name, state]) => [name, float(state)])),
    });
    const loss = (results[names.loss]!.data as Float32Array)[0]!;
    if (!Number.isFinite(loss))
      throw new UserError({
        code: 'loss-not-finite',
        message: `The loss became ${Number.isNaN(loss) ? 'NaN' : 'infinite'} at learning step ${this.step}.`,
        hint: 'Lower the `learning-rate`, and let the environment give observations and rewards of about ±1.',
        path: ['reinforcement'],
      });
    this.theta = results['theta_next']!.data as Float32Array;
    this.states = new Map([...this.states.keys()].map((name) => [name, results[`${name}_next`]!.data as Float32Array]));
    return loss;
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

/** What is learnt: parameters, and the loss of a batch under them. */
export type Aim = Pick<StepOptions, 'networks' | 'loss'>;

function slope(graph: GraphBuilder, { networks, loss }: Aim, provider: string) {
  const size = networks.reduce((sum, network) => sum + sizeOf(network), 0);
  const theta = graph.input(names.theta, 'float', [size]);
  const total = loss(graph, unpack(graph, theta, networks));
  const [whole] = gradient(graph, total, [theta], { portable: provider !== 'cpu' });
  return { theta, total, whole: whole! };
}

/** Loss and gradient of a batch, without a step. */
export function slopeGraph(aim: Aim, provider: string): Uint8Array {
  const graph = new GraphBuilder('slope');
  const { total, whole } = slope(graph, aim, provider);
  graph.output(whole, names.next(names.gradient));
  graph.output(total, names.loss);
  return encodeFor(graph.build(), provider);
}

function stepGraph({ optimizer, clip, ...aim }: StepOptions, provider: string): Uint8Array {
  const graph = new GraphBuilder('learning');
  const { theta, total, whole } = slope(graph, aim, provider);
  const square = graph.op('ReduceSum', [graph.op('Mul', [whole, whole])], { keepdims: { int: 1 } });
  const norm = graph.op('Add', [graph.op('Sqrt', [square]), graph.constant(float([1e-6]))]);
  const scale = graph.op('Min', [graph.op('Div', [graph.constant(float([clip])), norm]), graph.constant(float([1]))]);
  const results = optimizerUpdate(graph, optimizer, theta, graph.op('Mul', [whole, scale]));
  graph.output(results.theta, 'theta_next');
  for (const name of stateNames(optimizer)) graph.output(results.states[name]!, `${name}_next`);
  graph.output(total, names.loss);
  return encodeFor(graph.build(), provider);
}

/** Rows of numbers as a tensor [rows, width]. */
export function rowsOf(values: Float32Array, width: number): TensorData {
  return float(values, [values.length / width, width]);
}
