import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Dataset, EvaluateStage, ModelInfo, Problem, Stage, Task } from '../../schemas/generated/types';
import { encodeModel, GraphBuilder, type Value } from '../../lifecycle/onnx';
import { sha256 } from '../../lifecycle/process/hash';
import { storePaths } from '../../lifecycle/store/layout';
import { adoptArtifact, describeFiles, hashOutputs, outputFolder } from '../../lifecycle/store/artifacts';
import type { Input, Room, StageContext, StageResult } from '../../lifecycle/store/room';
import { copyToParquet, identifier, LABEL, text, withDatabase } from '../../lifecycle/table';

export type Cells = readonly (string | number | boolean | null)[];
export type Table = Readonly<Record<string, Cells>>;

export interface DatasetOptions {
  readonly task: Task;
  readonly target: string;
  readonly classes?: (string | number)[];
  /** Columns of each split; the target among them. */
  readonly splits: Readonly<Record<string, Table>>;
  /** Columns that the model takes; all but the target unless given. */
  readonly inputs?: readonly string[];
}

/** A Parquet file of plain values. */
export async function writeParquet(file: string, table: Table): Promise<void> {
  const names = Object.keys(table);
  const rows = table[names[0]!]!.length;
  const cell = (value: Cells[number]) =>
    value === null
      ? 'NULL'
      : typeof value === 'string'
        ? text(value)
        : typeof value === 'number'
          ? `${value}::DOUBLE`
          : String(value);
  const typeOf = (cells: Cells) => {
    const some = cells.find((value) => value !== null);
    return typeof some === 'string' ? 'VARCHAR' : typeof some === 'boolean' ? 'BOOLEAN' : 'DOUBLE';
  };
  await withDatabase({}, async (database) => {
    await database.run(
      `CREATE TABLE t (${names.map((name) => `${identifier(name)} ${typeOf(table[name]!)}`).join(', ')})`,
    );
    for (let from = 0; from < rows; from += 500) {
      const part = Array.from(
        { length: Math.min(500, rows - from) },
        (_, i) => `(${names.map((name) => cell(table[name]![from + i]!)).join(',')})`,
      );
      await database.run(`INSERT INTO t VALUES ${part.join(',')}`);
    }
    await database.run(copyToParquet('SELECT * FROM t', file));
  });
}

/** A data stage's artifact in a store. Gives its hash. */
export async function makeDataset(store: string, options: DatasetOptions): Promise<string> {
  const hash = sha256(JSON.stringify(options));
  const folder = storePaths.artifact(store, hash);
  await mkdir(folder, { recursive: true });
  const some = Object.values(options.splits)[0]!;
  const names = Object.keys(some);
  const dataset: Dataset = {
    format: 1,
    columns: names.map((name) => {
      const value = some[name]!.find((cell) => cell !== null);
      const type = typeof value === 'string' ? 'text' : typeof value === 'boolean' ? 'boolean' : 'number';
      return { name, type, roles: [name === options.target ? 'target' : 'feature'] };
    }),
    inputs: [...(options.inputs ?? names.filter((name) => name !== options.target))],
    target: { column: options.target, task: options.task, ...(options.classes && { classes: options.classes }) },
    splits: Object.fromEntries(
      Object.entries(options.splits).map(([split, table]) => [split, { rows: table[names[0]!]!.length }]),
    ),
    features: ['f'],
  };
  await writeFile(path.join(folder, 'dataset.json'), JSON.stringify(dataset));
  for (const [split, table] of Object.entries(options.splits)) {
    await writeParquet(path.join(folder, `${split}.parquet`), table);
    const target = table[options.target]!;
    const label = options.classes ? target.map((value) => options.classes!.indexOf(value as string)) : target;
    await writeParquet(path.join(folder, `${split}.features.parquet`), { f: target.map(() => 0), [LABEL]: label });
  }
  return hash;
}

export interface ModelOptions {
  readonly name: string;
  readonly data: string;
  readonly task: Task;
  readonly classes?: (string | number)[];
  /** Columns in which the model finds its answer. For two classes one: P(positive); for a regression one: the prediction. */
  readonly answer: readonly string[];
  /** Added to a regression's answer, or a power to which P(positive) is raised. */
  readonly twist?: number;
  readonly more?: Partial<ModelInfo>;
}

/** A model that reads its answer in raw columns, as an artifact; gives what a stage sees of it. */
export async function makeModel(store: string, options: ModelOptions): Promise<Input> {
  const graph = new GraphBuilder('golden');
  const inputs = options.answer.map((name) => graph.input(name, 'float', ['N', 1]));
  const scalar = (value: number): Value => graph.constant({ type: 'float', dims: [], data: Float32Array.of(value) });
  const twist = options.twist ?? (options.task === 'regression' ? 0 : 1);
  let output = inputs[0]!;
  if (options.task === 'regression') output = graph.op('Add', [output, scalar(twist)]);
  else if (options.task === 'binary') {
    const positive = twist === 1 ? graph.op('Identity', [output]) : graph.op('Pow', [output, scalar(twist)]);
    output = graph.op('Concat', [graph.op('Sub', [scalar(1), positive]), positive], { axis: { int: 1 } });
  } else output = graph.op('Concat', inputs, { axis: { int: 1 } });
  const [outputName, width] =
    options.task === 'regression'
      ? (['prediction', 1] as const)
      : (['probabilities', options.classes!.length] as const);
  graph.output(output, outputName, ['N', width]);
  const onnx = encodeModel(graph.build());
  const info: ModelInfo = {
    format: 1,
    kind: 'linear',
    task: options.task,
    ...(options.classes && { classes: options.classes }),
    inputs: options.answer.map((name) => ({ name, type: 'number' })),
    outputs: [{ name: outputName, type: 'float32', shape: ['N', width] }],
    bytes: onnx.length,
    data: options.data,
    servable: true,
    ...options.more,
  };
  const hash = sha256(JSON.stringify(info) + String(twist));
  const folder = storePaths.artifact(store, hash);
  await mkdir(folder, { recursive: true });
  if (info.servable) await writeFile(path.join(folder, 'model.onnx'), onnx, { mode: 0o444 });
  await writeFile(path.join(folder, 'model.json'), JSON.stringify(info), { mode: 0o444 });
  return {
    reference: options.name,
    stage: options.name,
    kind: 'train',
    path: folder,
    hash,
    manifest: manifestOf(options.name, 'train', hash),
  };
}

export function manifestOf(stage: string, kind: string, artifact: string): Input['manifest'] {
  return {
    format: 1,
    kind,
    fingerprint: artifact,
    inputs: {},
    artifact,
    files: [],
    outputs: {},
    metrics: {},
    run: 'run-1',
    stage,
    created: '2026-01-01T00:00:00.000Z',
    seconds: 1,
  };
}

export interface Logged extends Partial<Problem> {
  readonly level: string;
  readonly message: string;
}

/** What the runner would give a room; the logs are collected. */
export async function contextFor<S extends Stage = EvaluateStage>(
  root: string,
  stage: S,
  inputs: readonly Input[],
  more: Partial<StageContext<S>> = {},
): Promise<{ context: StageContext<S>; logs: Logged[] }> {
  const logs: Logged[] = [];
  const output = path.join(root, `out-${Math.random().toString(36).slice(2)}`);
  const scratch = path.join(root, 'scratch');
  await mkdir(output, { recursive: true });
  await mkdir(scratch, { recursive: true });
  const context: StageContext<S> = {
    name: 'exam',
    stage,
    pipeline: { name: 'toys', file: path.join(root, 'toys.pipeline.yaml') },
    root,
    folder: root,
    store: path.join(root, '.lifecycle'),
    run: 'run-7',
    seed: 7,
    threads: 1,
    output,
    scratch,
    signal: new AbortController().signal,
    input: (reference) => {
      const found = inputs.find((input) => input.reference === reference);
      if (found === undefined) throw new Error(`no reference '${reference}'`);
      return found;
    },
    progress: () => undefined,
    metric: () => undefined,
    log: (level, message, extra) => void logs.push({ level, message, ...extra }),
    trial: () => undefined,
    child: () => Promise.reject(new Error('no children here')),
    secret: () => Promise.resolve(undefined),
    ...more,
  };
  return { context, logs };
}

/** Executes a stage as the runner would and keeps its result in the store. Gives what later stages see of it, under every output's name too. */
export async function executeRoom<S extends Stage>(
  root: string,
  room: Room<S>,
  name: string,
  stage: S,
  inputs: readonly Input[],
): Promise<{ inputs: Input[]; result: StageResult; logs: Logged[] }> {
  const { context, logs } = await contextFor(root, stage, inputs, { name, folder: root });
  const result = await room.run(context);
  const files = await describeFiles(context.output);
  const artifact = await adoptArtifact(context.store, context.output, files);
  const outputs = hashOutputs(files, result.outputs ?? {});
  const manifest = {
    ...manifestOf(name, stage.kind, artifact),
    files: [...files],
    outputs,
    metrics: result.metrics ?? {},
  };
  const input = (output?: string): Input => ({
    reference: output === undefined ? name : `${name}.${output}`,
    stage: name,
    kind: stage.kind,
    ...(output !== undefined && { output }),
    path: outputFolder(context.store, manifest, output),
    hash: output === undefined ? artifact : outputs[output]!,
    manifest,
  });
  return { inputs: [input(), ...Object.keys(outputs).map(input)], result, logs };
}
