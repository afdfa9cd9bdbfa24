/**
 * Takes a model that the user's own program wrote, from any framework, and makes the served model of it: raw columns in, and out
 * `probabilities` [N, C] or `prediction` [N, 1].
 */
import { type Dataset } from '../../schemas/generated/types';
import {
  type Attributes,
  decodeModel,
  encodeModel,
  GraphBuilder,
  int64,
  OnnxError,
  type OnnxModel,
  openSession,
  type Session,
  type TensorData,
  type Value,
} from '../onnx';
import { UserError } from '../problem';
import { headFragment, outputName } from './head';
import { outputWidth } from './served';

export interface AdoptOptions {
  readonly dataset: Dataset;
  readonly target: NonNullable<Dataset['target']>;
  readonly preprocess: OnnxModel;
  /** A few raw rows, to try the model on: one entry a raw column, each [rows, 1]. */
  readonly probe: Readonly<Record<string, TensorData>>;
}

export interface Adopted {
  readonly bytes: Uint8Array;
  /** Raw columns that the model takes, in the dataset's order. */
  readonly inputs: readonly string[];
  /** It took the prepared features, and the preprocessing was put before it. */
  readonly composed: boolean;
}

/** Which of the program's values is the answer, and what must be done to it. */
interface Answer {
  readonly value: string;
  readonly logits: boolean;
  /** Position of each of the dataset's classes in it. */
  readonly order?: readonly number[];
}

/** @throws UserError `model-unusable` saying what is wrong with it and how to export it */
export async function adoptModel(bytes: Uint8Array, options: AdoptOptions): Promise<Adopted> {
  try {
    const model = decodeModel(bytes, { dropSequences: true });
    const answer = findAnswer(model, options);
    const pruned = keepOnly(model, answer.value);
    const composed = !takesRawColumns(pruned, options);
    const dims = await shapeOfAnswer(pruned, answer, composed, options);
    const graph = new GraphBuilder('model');
    const { value, inputs } = joined(graph, pruned, answer, composed, options);
    const result = finish(graph, value, dims, answer, options);
    graph.output(result, outputName(options.target.task), ['N', outputWidth(options.target)]);
    const served = encodeModel(graph.build());
    await tryOut(served, inputs, options);
    return { bytes: served, inputs, composed };
  } catch (error) {
    if (error instanceof OnnxError) throw unusable(error.message, error.hint);
    throw error;
  }
}

function takesRawColumns({ graph }: OnnxModel, { dataset }: AdoptOptions): boolean {
  const raw = new Set(dataset.inputs);
  const strangers = graph.inputs.filter(({ name }) => !raw.has(name)).map(({ name }) => name);
  if (strangers.length === 0) return true;
  if (graph.inputs.length === 1) return false;
  throw unusable(
    `It takes ${strangers.slice(0, 5).join(', ')}${strangers.length > 5 ? ', …' : ''}, which are not raw columns of the dataset.`,
    'Export it with one input [N, features] for the prepared features, or with one input [N, 1] a raw column, named like the column.',
  );
}

const probabilityNames = ['probabilities', 'output_probability', 'probability', 'proba', 'probs'];
const logitNames = ['logits', 'logit'];
const predictionNames = ['prediction', 'predictions', 'variable', 'output', 'y'];

function findAnswer(model: OnnxModel, { target }: AdoptOptions): Answer {
  const { graph } = model;
  const floats = graph.outputs.filter(({ type }) => ['float', 'double', 'float16'].includes(type));
  const named = (names: readonly string[]) =>
    names.map((name) => floats.find((output) => output.name.toLowerCase() === name)).find((found) => found);
  if (target.task === 'regression') {
    const found = named(predictionNames) ?? (floats.length === 1 ? floats[0] : undefined);
    if (found) return { value: found.name, logits: false };
    throw noAnswer('prediction', 'prediction` [N, 1]');
  }
  const zipMap = graph.nodes.find(({ opType }) => opType === 'ZipMap');
  if (zipMap) {
    const order = classOrder(zipMap.attributes, target.classes ?? []);
    return { value: zipMap.inputs[0] ?? '', logits: false, ...(order && { order }) };
  }
  const probabilities = named(probabilityNames);
  if (probabilities) return { value: probabilities.name, logits: false };
  const logits = named(logitNames);
  if (logits) return { value: logits.name, logits: true };
  if (floats.length === 1) return { value: floats[0]!.name, logits: false };
  throw noAnswer('class probabilities', 'probabilities` [N, classes] (or `logits`)');
}

function noAnswer(what: string, how: string): UserError {
  return unusable(`No output of it can be told to be the ${what}.`, `Name the output \`${how}.`);
}

/** scikit-learn's order of the classes, against the dataset's. */
function classOrder(attributes: Attributes, classes: readonly unknown[]): number[] | undefined {
  const texts = attributes['classlabels_strings'];
  const ints = attributes['classlabels_int64s'];
  const theirs =
    texts && 'strings' in texts
      ? [...texts.strings]
      : ints && 'ints' in ints
        ? Array.from(ints.ints, String)
        : undefined;
  if (theirs === undefined) return undefined;
  const order = classes.map((own) => theirs.indexOf(String(own)));
  if (order.every((at) => at >= 0)) return order;
  return undefined;
}

/** The model with one output and only what leads to it. */
function keepOnly(model: OnnxModel, value: string): OnnxModel {
  const { graph } = model;
  const needed = new Set([value]);
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => name !== '' && needed.has(name))) return false;
    for (const name of namesIn(node)) needed.add(name);
    return true;
  });
  const info = [...graph.outputs, ...graph.valueInfo].find(({ name }) => name === value);
  return {
    ...model,
    opsets: model.opsets,
    graph: {
      ...graph,
      name: 'program',
      nodes: nodes.reverse(),
      initializers: graph.initializers.filter(({ name }) => needed.has(name)),
      inputs: graph.inputs.filter(({ name }) => needed.has(name)),
      outputs: [info ?? { name: value, type: 'float' }],
      valueInfo: graph.valueInfo,
    },
  };
}

function namesIn(node: OnnxModel['graph']['nodes'][number]): string[] {
  const inner = Object.values(node.attributes).flatMap((attribute) =>
    'graph' in attribute ? attribute.graph.nodes.flatMap(namesIn) : [],
  );
  return [...node.inputs.filter((name) => name !== ''), ...inner];
}

/** The program's graph inside one that takes raw columns. */
function joined(
  graph: GraphBuilder,
  model: OnnxModel,
  answer: Answer,
  composed: boolean,
  { preprocess, dataset }: AdoptOptions,
): { value: Value; inputs: string[] } {
  const theirs = model.graph.inputs;
  const ours = composed ? preprocess.graph.inputs : theirs;
  const order = new Map((dataset.inputs ?? []).map((name, i) => [name, i]));
  const inputs = ours.map(({ name }) => name).sort((a, b) => (order.get(a) ?? Infinity) - (order.get(b) ?? Infinity));
  const types = new Map(preprocess.graph.inputs.map((input) => [input.name, input.type]));
  const raw = Object.fromEntries(inputs.map((name) => [name, graph.input(name, types.get(name) ?? 'float', ['N', 1])]));
  const bindings: Record<string, Value> = {};
  if (composed) {
    const { features } = graph.include(preprocess, raw);
    const [input] = theirs;
    if (features && input) bindings[input.name] = converted(graph, features, input.type);
  } else {
    for (const input of theirs) bindings[input.name] = converted(graph, raw[input.name]!, input.type);
  }
  const value = graph.include(model, bindings)[answer.value];
  if (value === undefined) throw new OnnxError(`Nothing makes '${answer.value}'.`);
  return { value, inputs };
}

const castCodes = { float: 1, int32: 6, int64: 7, bool: 9, float16: 10, double: 11 } as const;

function converted(graph: GraphBuilder, value: Value, type: Value['type']): Value {
  if (value.type === type) return value;
  if (value.type === 'string' || !(type in castCodes))
    throw new OnnxError(
      `It takes '${value.name}' as ${type}, but the column is ${value.type === 'string' ? 'text' : 'a number'}.`,
    );
  return graph.op('Cast', [value], { to: { int: castCodes[type as keyof typeof castCodes] } });
}

/** Runs the unfinished model on the probe to see what shape the answer really has. */
async function shapeOfAnswer(
  model: OnnxModel,
  answer: Answer,
  composed: boolean,
  options: AdoptOptions,
): Promise<readonly number[]> {
  const graph = new GraphBuilder('probe');
  const { value, inputs } = joined(graph, model, answer, composed, options);
  const floating = value.type === 'float' ? value : graph.op('Cast', [value], { to: { int: castCodes.float } });
  const flexible: Value = { ...floating };
  graph.output(
    flexible,
    'answer',
    value.shape?.map(() => '?'),
  );
  const session = await openSession(encodeModel(graph.build()));
  try {
    return (await runProbe(session, inputs, options))['answer']!.dims;
  } finally {
    await session.close();
  }
}

async function runProbe(
  session: Session,
  inputs: readonly string[],
  { probe }: AdoptOptions,
  rows?: number,
): Promise<Record<string, TensorData>> {
  const feeds = Object.fromEntries(
    inputs.map((name) => {
      const { type, data } = probe[name]!;
      const part = rows === undefined ? data : data.slice(0, rows);
      return [name, { type, dims: [part.length, 1], data: part }];
    }),
  );
  return session.run(feeds);
}

function finish(
  graph: GraphBuilder,
  value: Value,
  dims: readonly number[],
  answer: Answer,
  { target, probe }: AdoptOptions,
): Value {
  const rows = Object.values(probe)[0]?.dims[0] ?? 0;
  const width = dims.length === 1 ? 1 : (dims[1] ?? 0);
  const shown = `[${dims.join(', ')}]`;
  if (dims.length > 2 || dims[0] !== rows)
    throw unusable(
      `For ${rows} rows it answers with the shape ${shown}.`,
      'The first dimension must be the rows; from PyTorch export with dynamic_axes={"features": {0: "N"}}.',
    );
  let result = value.type === 'float' ? value : graph.op('Cast', [value], { to: { int: castCodes.float } });
  result = graph.op('Reshape', [result, graph.constant(int64([-1, width]))]);
  const classes = target.classes?.length ?? 2;
  if (target.task === 'regression') {
    if (width !== 1) throw unusable(`It gives ${width} numbers a row where one is predicted.`);
    return result;
  }
  if (width === 1 && classes === 2) {
    const one = answer.logits ? headFragment(graph, result, 'binary') : undefined;
    if (one) return one;
    const negative = graph.op('Sub', [
      graph.op('ConstantOfShape', [graph.op('Shape', [result])], {
        value: { tensor: { type: 'float', dims: [1], data: Float32Array.of(1) } },
      }),
      result,
    ]);
    return graph.op('Concat', [negative, result], { axis: { int: 1 } });
  }
  if (width !== classes)
    throw unusable(`It gives ${width} numbers a row, but the target '${target.column}' has ${classes} classes.`);
  if (answer.logits) result = headFragment(graph, result, 'multiclass');
  const { order } = answer;
  if (order?.some((at, i) => at !== i))
    result = graph.op('Gather', [result, graph.constant(int64(order))], { axis: { int: 1 } });
  return result;
}

/** The served model must answer one row like three, with probabilities that are such. */
async function tryOut(bytes: Uint8Array, inputs: readonly string[], options: AdoptOptions): Promise<void> {
  const name = outputName(options.target.task);
  const session = await openSession(bytes);
  try {
    const all = (await runProbe(session, inputs, options))[name]!;
    const one = (await runProbe(session, inputs, options, 1))[name]!;
    if (one.dims[0] !== 1) throw unusable(`For one row it answers with the shape [${one.dims.join(', ')}].`);
    const width = all.dims[1] ?? 1;
    const values = all.data as Float32Array;
    const strange = values.find((value) => !Number.isFinite(value));
    if (strange !== undefined)
      throw unusable(`It answers ${strange} on training rows.`, 'Check how it treats missing values.');
    if (options.target.task === 'regression') return;
    for (let row = 0; row < (all.dims[0] ?? 0); row++) {
      const shares = values.subarray(row * width, (row + 1) * width);
      const total = shares.reduce((sum, share) => sum + share, 0);
      if (Math.abs(total - 1) < 1e-3 && shares.every((share) => share > -1e-4)) continue;
      throw unusable(
        `Its answer for a training row, [${Array.from(shares.subarray(0, 5), (share) => share.toPrecision(4)).join(', ')}], is not a list of probabilities.`,
        'Export probabilities (softmax, sigmoid), or name the output `logits`.',
      );
    }
  } finally {
    await session.close();
  }
}

function unusable(what: string, hint?: string): UserError {
  return new UserError({
    code: 'model-unusable',
    message: `The program's model.onnx can't be served: ${what}`,
    hint:
      hint ??
      'Inputs: the prepared features [N, F] or the raw columns; outputs: `probabilities` [N, C] or `prediction` [N, 1].',
    path: ['command'],
  });
}
