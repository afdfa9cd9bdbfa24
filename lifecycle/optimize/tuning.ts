/** Further training of some constants of a finished graph: whatever model it was, as long as its operators have gradients. */
import { type ModelInfo } from '../../schemas/generated/types';
import { outputName } from '../model/head';
import { judge, type Sample } from '../model/score';
import { learntValue, transformValue } from '../model/target-transform';
import {
  encodeModel,
  float,
  gradient,
  GraphBuilder,
  int64,
  type OnnxModel,
  type OnnxNode,
  openSession,
  type Session,
  type TensorData,
  type Value,
} from '../onnx';
import { UserError } from '../problem';
import { type Random } from '../statistics/random';
import { exposing, innerValues, notKnown } from './inner';

const BATCH = 4_096;

/** What the part that is trained takes from the part before it, over all rows: row-major, `width` numbers a row. */
interface Given {
  readonly value: Value;
  readonly width: number;
  readonly data: Float32Array;
}

export interface TuneSettings {
  readonly learningRate: number;
  readonly batchSize: number;
}

/**
 * A graph cut in two: what depends on the constants to train, and what comes before it, which is worked out once. The graph is used as it is served:
 * no dropout, and running statistics as they are.
 */
export class Tuning {
  private constructor(
    private readonly info: ModelInfo,
    private readonly names: readonly string[],
    private readonly inputs: readonly Value[],
    private readonly step: Session,
    private readonly answer: Session,
    private readonly labels: Float64Array,
    private readonly splits: { readonly train: Rows; readonly validation: Rows | undefined },
  ) {}

  /** @throws UserError when the graph can't be trained */
  static async open(
    model: OnnxModel,
    names: readonly string[],
    info: ModelInfo,
    samples: { readonly train: Sample; readonly validation: Sample | undefined },
  ): Promise<Tuning> {
    const { nodes, before } = cut(model, names);
    const exposed = exposing(model, before);
    const session = await openSession(exposed.bytes);
    const take = async (sample: Sample): Promise<Rows> => ({
      sample,
      given: await gather(session, exposed.values, before, info, sample),
    });
    try {
      const train = await take(samples.train);
      const validation = samples.validation && (await take(samples.validation));
      const labels = learntLabels(info, samples.train.labels);
      const scale = info.task === 'regression' ? spreadOf(labels) : 1;
      const part = { ...model, graph: { ...model.graph, nodes, valueInfo: [] } };
      const shapes = train.given.map(({ value }, i): Value => ({ ...value, name: before[i]! }));
      const step = await openSession(learning(part, names, shapes, info, scale));
      return new Tuning(info, names, shapes, step, await openSession(answering(part, names, shapes, info)), labels, {
        train,
        validation,
      });
    } finally {
      await session.close();
    }
  }

  /** One pass over the training rows in a new order; gives the mean loss. `after` is told of each step. */
  async epoch(
    state: TuneState,
    { learningRate, batchSize }: TuneSettings,
    random: Random,
    after: (weights: Map<string, Float32Array>) => Promise<void> | void,
  ): Promise<number> {
    const { sample } = this.splits.train;
    const order = random.permutation(sample.rows);
    let total = 0;
    for (let from = 0; from < sample.rows; from += batchSize) {
      const rows = order.subarray(from, from + batchSize);
      const results = await this.step.run({
        ...this.feeds(this.splits.train, rows),
        ...this.weights(state.weights),
        [TARGETS]: this.targets(this.labels, rows),
      });
      const loss = Number(results[LOSS]!.data[0]);
      if (!Number.isFinite(loss)) throw diverged(loss);
      total += loss * rows.length;
      state.step++;
      for (const [i, name] of this.names.entries())
        adam(state, name, results[gradientName(i)]!.data as Float32Array, learningRate);
      await after(state.weights);
    }
    return total / sample.rows;
  }

  /** Log loss, or RMSE, on the validation split; undefined without one. */
  async judge(weights: ReadonlyMap<string, Float32Array>): Promise<number | undefined> {
    const { validation } = this.splits;
    if (validation === undefined) return undefined;
    const { rows, labels } = validation.sample;
    const width = this.info.task === 'regression' ? 1 : (this.info.classes?.length ?? 2);
    const all = new Float32Array(rows * width);
    for (let from = 0; from < rows; from += BATCH) {
      const chosen = Uint32Array.from({ length: Math.min(BATCH, rows - from) }, (_, i) => from + i);
      const results = await this.answer.run({ ...this.feeds(validation, chosen), ...this.weights(weights) });
      all.set(results[ANSWER]!.data as Float32Array, from * width);
    }
    const metric = this.info.task === 'regression' ? 'rmse' : 'log-loss';
    const answers = this.info.task === 'regression' ? { prediction: all } : { probabilities: all };
    return judge(this.info, answers, labels, [metric])[metric];
  }

  async close(): Promise<void> {
    await this.step.close();
    await this.answer.close();
  }

  private weights(weights: ReadonlyMap<string, Float32Array>): Record<string, TensorData> {
    return Object.fromEntries(this.names.map((name, i) => [weightName(i), float(weights.get(name)!)]));
  }

  private feeds({ given }: Rows, rows: Uint32Array): Record<string, TensorData> {
    const feeds: Record<string, TensorData> = {};
    for (const [i, { value, width, data }] of given.entries()) {
      const batch = new Float32Array(rows.length * width);
      rows.forEach((row, at) => batch.set(data.subarray(row * width, (row + 1) * width), at * width));
      feeds[inputName(i)] = float(batch, [
        rows.length,
        ...(this.inputs[i]!.shape ?? value.shape!).slice(1).map(Number),
      ]);
    }
    return feeds;
  }

  private targets(labels: Float64Array, rows: Uint32Array): TensorData {
    if (this.info.task === 'regression')
      return float(
        Float32Array.from(rows, (row) => labels[row]!),
        [rows.length, 1],
      );
    const width = this.info.classes?.length ?? 2;
    const targets = new Float32Array(rows.length * width);
    rows.forEach((row, i) => (targets[i * width + labels[row]!] = 1));
    return float(targets, [rows.length, width]);
  }
}

interface Rows {
  readonly sample: Sample;
  readonly given: readonly Given[];
}

const TARGETS = 'targets';
const LOSS = 'loss';
const ANSWER = 'answer';
const inputName = (index: number): string => `given_${index}`;
const weightName = (index: number): string => `weights_${index}`;
const gradientName = (index: number): string => `gradient_${index}`;

/** The labels as the model learnt them: transformed where its target was. */
function learntLabels({ targetTransform: transform }: ModelInfo, labels: Float64Array): Float64Array {
  return transform ? labels.map((label) => transformValue(transform, label)) : labels;
}

/** The nodes that depend on the constants, and what they take from before. */
function cut(model: OnnxModel, names: readonly string[]): { nodes: OnnxNode[]; before: string[] } {
  const active = new Set(names);
  const constants = new Set(model.graph.initializers.map(({ name }) => name));
  const nodes = model.graph.nodes.filter(({ inputs, outputs }) => {
    if (!inputs.some((name) => active.has(name))) return false;
    for (const name of outputs) active.add(name);
    return true;
  });
  const wanted = nodes.flatMap(({ inputs }) => inputs);
  const before = [...new Set(wanted)].filter((name) => name !== '' && !active.has(name) && !constants.has(name));
  return { nodes, before };
}

async function gather(
  session: Session,
  values: readonly Value[],
  names: readonly string[],
  info: ModelInfo,
  sample: Sample,
): Promise<Given[]> {
  const parts: { width: number; dims: readonly number[]; data: Float32Array }[] = [];
  for await (const { from, rows, values: batch } of innerValues(session, values.length, info, sample)) {
    batch.forEach(({ type, dims, data }, i) => {
      if (type !== 'float' || dims[0] !== rows) throw notTrainable(`'${names[i]!}' is not one number or list a row`);
      const width = data.length / rows;
      parts[i] ??= { width, dims, data: new Float32Array(sample.rows * width) };
      parts[i].data.set(data as Float32Array, from * width);
    });
  }
  return values.map((value, i) => {
    const { width, dims, data } = parts[i]!;
    return { value: { ...value, type: 'float', shape: ['N', ...dims.slice(1)] }, width, data };
  });
}

/** The part that is trained, in a builder: its constants as inputs of one dimension each. */
function partOf(
  part: OnnxModel,
  names: readonly string[],
  given: readonly Value[],
  info: ModelInfo,
  learnt?: string,
): { graph: GraphBuilder; weights: Value[]; answer: Value } {
  const graph = new GraphBuilder('tuning');
  const tensors = new Map(part.graph.initializers.map(({ name, tensor }) => [name, tensor]));
  const bindings: Record<string, Value> = {};
  given.forEach(({ name, shape }, i) => (bindings[name] = graph.input(inputName(i), 'float', shape!)));
  const weights = names.map((name, i) => graph.input(weightName(i), 'float', [tensors.get(name)!.data.length]));
  names.forEach((name, i) => {
    const { dims } = tensors.get(name)!;
    bindings[name] =
      dims.length === 1 ? weights[i]! : graph.op('Reshape', [weights[i]!, graph.constant(int64([...dims]))]);
  });
  const inputs = [
    ...given.map(({ name, shape }) => ({ name, type: 'float' as const, shape: shape! })),
    ...names.map((name) => ({ name, type: 'float' as const, shape: tensors.get(name)!.dims })),
  ];
  const initializers = part.graph.initializers.filter(({ name }) => !names.includes(name));
  try {
    const outputs = learnt === undefined ? part.graph.outputs : [{ name: learnt, type: 'float' as const }];
    const made = graph.include({ ...part, graph: { ...part.graph, inputs, outputs, initializers } }, bindings);
    return { graph, weights, answer: made[learnt ?? outputName(info.task)]! };
  } catch (error) {
    throw notKnown(error);
  }
}

function answering(part: OnnxModel, names: readonly string[], given: readonly Value[], info: ModelInfo): Uint8Array {
  const { graph, answer } = partOf(part, names, given, info);
  graph.output(answer, ANSWER);
  return encodeModel(graph.build());
}

/** Cross-entropy of the probabilities, or the mean square of the error as a share of the target's spread; and its gradients. */
function learning(
  part: OnnxModel,
  names: readonly string[],
  given: readonly Value[],
  info: ModelInfo,
  scale: number,
): Uint8Array {
  // Not what is turned back: its slope vanishes where the answer is cut off, and its errors are those of the largest values alone.
  const { graph, weights, answer } = partOf(part, names, given, info, learntValue(part));
  const number = (value: number): Value => graph.constant(float([value], []), 'number');
  const all = { keepdims: { int: 0 } };
  let loss: Value;
  if (info.task === 'regression') {
    const targets = graph.input(TARGETS, 'float', ['N', 1]);
    const error = graph.op('Mul', [graph.op('Sub', [answer, targets]), number(1 / scale)]);
    loss = graph.op('ReduceMean', [graph.op('Mul', [error, error])], all);
  } else {
    const width = info.classes?.length ?? 2;
    const targets = graph.input(TARGETS, 'float', ['N', width]);
    const logs = graph.op('Log', [graph.op('Max', [answer, number(1e-7)])]);
    const mean = graph.op('ReduceMean', [graph.op('Mul', [targets, logs])], all);
    loss = graph.op('Mul', [mean, number(-width)]);
  }
  try {
    gradient(graph, loss, weights).forEach((value, i) => graph.output(value, gradientName(i)));
  } catch (error) {
    throw notTrainable(error instanceof Error ? error.message : String(error));
  }
  graph.output(loss, LOSS);
  return encodeModel(graph.build());
}

function notTrainable(why: string): UserError {
  return new UserError({
    code: 'model-not-trainable',
    message: `The model can’t be trained any further: ${why}`,
    hint: 'Prune without fine-tuning (`epochs: 0`), or quantise it.',
    path: ['prune'],
  });
}

function diverged(loss: number): UserError {
  return new UserError({
    code: 'loss-not-finite',
    message: `While fine-tuning the loss became ${loss}.`,
    hint: 'Lower `learning-rate`.',
    path: ['prune', 'learning-rate'],
  });
}

function spreadOf(labels: Float64Array): number {
  const mean = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  return Math.sqrt(labels.reduce((sum, label) => sum + (label - mean) ** 2, 0) / labels.length) || 1;
}

/** Weights with what Adam remembers of them. */
export interface TuneState {
  readonly weights: Map<string, Float32Array>;
  readonly moments: Map<string, { readonly first: Float32Array; readonly second: Float32Array }>;
  step: number;
}

export function startTuning(weights: ReadonlyMap<string, Float32Array>): TuneState {
  return {
    weights: new Map([...weights].map(([name, values]) => [name, values.slice()])),
    moments: new Map(
      [...weights].map(([name, { length }]) => [
        name,
        { first: new Float32Array(length), second: new Float32Array(length) },
      ]),
    ),
    step: 0,
  };
}

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

/** Kingma & Ba, Adam: A Method for Stochastic Optimization (2015), algorithm 1. */
function adam({ weights, moments, step }: TuneState, name: string, slope: Float32Array, rate: number): void {
  const values = weights.get(name)!;
  const { first, second } = moments.get(name)!;
  const [bias1, bias2] = [1 - BETA1 ** step, 1 - BETA2 ** step];
  for (let i = 0; i < values.length; i++) {
    const g = slope[i]!;
    first[i] = BETA1 * first[i]! + (1 - BETA1) * g;
    second[i] = BETA2 * second[i]! + (1 - BETA2) * g * g;
    values[i] = values[i]! - (rate * (first[i]! / bias1)) / (Math.sqrt(second[i]! / bias2) + EPSILON);
  }
}
