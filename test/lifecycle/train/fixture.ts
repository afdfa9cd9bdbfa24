/** A data stage's artifact made by hand, and a context to run a room on it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset, Scalar, Stage, StageManifest } from '../../../schemas/generated/types';
import { encodeModel, GraphBuilder, int64, type Value } from '../../../lifecycle/onnx';
import type { Room, StageContext, StageControl, StageResult } from '../../../lifecycle/store/room';
import { identifier, text, withDatabase } from '../../../lifecycle/table';

export interface Example {
  /** Numeric raw columns, NaN for missing. */
  readonly numbers: Readonly<Record<string, readonly number[]>>;
  /** Text raw columns, one-hot encoded. */
  readonly texts?: Readonly<Record<string, readonly string[]>>;
  /** Class index or value. */
  readonly labels: readonly number[];
  readonly task: 'binary' | 'multiclass' | 'regression';
  readonly classes?: readonly Scalar[];
  /** Rows of the training split; the rest is validation. */
  readonly trainRows: number;
}

export async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'lifecycle-train-'));
}

/** Writes the artifact into `folder`. */
export async function writeDataset(folder: string, example: Example): Promise<Dataset> {
  const { numbers, texts = {}, labels, task, classes, trainRows } = example;
  await mkdir(folder, { recursive: true });
  const categories = Object.fromEntries(
    Object.entries(texts).map(([name, values]) => [name, [...new Set(values)].sort()]),
  );
  const features = [
    ...Object.keys(numbers),
    ...Object.entries(categories).flatMap(([name, values]) => values.map((value) => `${name}=${value}`)),
  ];
  await withDatabase({}, async (database) => {
    const literal = (value: number) => (Number.isNaN(value) ? 'NULL' : `${value}::DOUBLE`);
    const raw = [...Object.keys(numbers), ...Object.keys(texts), 'target'].map(identifier);
    const names = [...features, '__label'].map(identifier);
    for (const [split, from, to] of [
      ['train', 0, trainRows],
      ['validation', trainRows, labels.length],
    ] as const) {
      if (to <= from) continue;
      const rawRows: string[] = [];
      const featureRows: string[] = [];
      for (let i = from; i < to; i++) {
        const own = Object.values(numbers).map((values) => literal(values[i]!));
        const words = Object.values(texts).map((values) => text(values[i]!));
        const target = classes ? text(String(classes[labels[i]!])) : literal(labels[i]!);
        rawRows.push(`(${[...own, ...words, target].join(', ')})`);
        const hot = Object.entries(categories).flatMap(([name, values]) =>
          values.map((value) => (texts[name]![i] === value ? '1' : '0')),
        );
        featureRows.push(`(${[...own, ...hot, literal(labels[i]!)].join(', ')})`);
      }
      const write = async (file: string, columns: string[], rows: string[], cast: string) =>
        database.run(
          `COPY (SELECT ${cast} FROM (VALUES ${rows.join(', ')}) AS t(${columns.join(', ')})) TO ${text(join(folder, file))} (FORMAT parquet)`,
        );
      await write(`${split}.parquet`, raw, rawRows, '*');
      await write(
        `${split}.features.parquet`,
        names,
        featureRows,
        names.map((name) => `${name}::FLOAT AS ${name}`).join(', '),
      );
    }
  });
  await writeFile(join(folder, 'preprocess.onnx'), preprocess(Object.keys(numbers), categories));
  const dataset: Dataset = {
    format: 1,
    columns: [
      ...Object.entries(numbers).map(([name, values]) => ({
        name,
        type: 'number' as const,
        roles: ['feature' as const],
        missing: values.filter(Number.isNaN).length,
        min: Math.min(...values.filter((value) => !Number.isNaN(value))),
        max: Math.max(...values.filter((value) => !Number.isNaN(value))),
      })),
      ...Object.entries(categories).map(([name, values]) => ({
        name,
        type: 'text' as const,
        roles: ['feature' as const],
        missing: 0,
        distinct: values.length,
        categories: values.map((value) => ({ value, count: 1 })),
      })),
      { name: 'target', type: classes ? ('text' as const) : ('number' as const), roles: ['target' as const] },
    ],
    inputs: [...Object.keys(numbers), ...Object.keys(texts)],
    target: { column: 'target', task, ...(classes && { classes: [...classes] }) },
    splits: { train: { rows: trainRows }, validation: { rows: labels.length - trainRows } },
    features,
  };
  await writeFile(join(folder, 'dataset.json'), JSON.stringify(dataset));
  return dataset;
}

function preprocess(numbers: readonly string[], categories: Readonly<Record<string, readonly string[]>>): Uint8Array {
  const graph = new GraphBuilder('preprocess');
  const parts: Value[] = numbers.map((name) => graph.input(name, 'float', ['N', 1]));
  for (const [name, values] of Object.entries(categories)) {
    const input = graph.input(name, 'string', ['N', 1]);
    const hot = graph.op('OneHotEncoder', [input], { cats_strings: { strings: values }, zeros: { int: 1 } });
    parts.push(graph.op('Reshape', [hot, graph.constant(int64([-1, values.length]))]));
  }
  graph.output(graph.op('Concat', parts, { axis: { int: 1 } }), 'features', ['N', '?']);
  return encodeModel(graph.build());
}

/** What a room told while it ran. */
export interface Told {
  readonly metrics: { name: string; value: number; step: number }[];
  readonly logs: { level: string; message: string; code?: string | undefined }[];
  readonly progress: number[];
  readonly checkpoints: { step: number; epoch?: number | undefined }[];
}

export interface Ran extends Told {
  readonly result: StageResult;
  readonly output: string;
}

/** Runs a stage with the given inputs (reference → folder). */
export async function runRoom<S extends Stage>(
  room: Room<S>,
  stage: S,
  inputs: Readonly<Record<string, string>>,
  options: {
    seed?: number;
    signal?: AbortSignal;
    folder?: string;
    told?: Told;
    store?: string;
    control?: StageControl;
    device?: StageContext['device'];
  } = {},
): Promise<Ran> {
  const home = await temporaryFolder();
  const [output, scratch] = [join(home, 'output'), join(home, 'scratch')];
  await mkdir(output);
  await mkdir(scratch);
  const told: Told = options.told ?? { metrics: [], logs: [], progress: [], checkpoints: [] };
  const context: StageContext<S> = {
    name: 'stage',
    stage,
    pipeline: { name: 'test', file: 'test.pipeline.yaml' },
    root: home,
    folder: options.folder ?? home,
    store: options.store ?? join(home, '.lifecycle'),
    run: 'test',
    seed: options.seed ?? 7,
    threads: 1,
    output,
    scratch,
    signal: options.signal ?? new AbortController().signal,
    ...(options.control && { control: options.control }),
    ...(options.device && { device: options.device }),
    checkpoint: (step, epoch) => told.checkpoints.push({ step, epoch }),
    input: (reference) => ({
      reference,
      stage: reference,
      kind: 'data',
      path: inputs[reference]!,
      hash: '0'.repeat(64),
      manifest: {} as StageManifest,
    }),
    progress: (fraction) => void told.progress.push(fraction),
    metric: (name, value, step) => void told.metrics.push({ name, value, step }),
    log: (level, message, more) => void told.logs.push({ level, message, code: more?.code }),
    trial: () => undefined,
    child: () => Promise.reject(new Error('no children here')),
    secret: () => Promise.resolve(undefined),
  };
  const result = await room.run(context);
  await rm(scratch, { recursive: true, force: true });
  return { ...told, result, output };
}
