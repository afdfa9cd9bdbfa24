import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ModelInfo, PackageStage, Stage } from '../../../schemas/generated/types';
import { encodeModel, float, GraphBuilder, int64 } from '../../../lifecycle/onnx';
import { writeBundle } from '../../../lifecycle/package/bundle';
import type { StageContext } from '../../../lifecycle/store/room';

/** Folders that go when the tests of a file are done. */
const folders: string[] = [];

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lifecycle-deploy-'));
  folders.push(folder);
  return folder;
}

export async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

export interface ToyOptions {
  /** Added to the score: makes models of the same shape that answer differently. */
  readonly bias?: number;
  readonly task?: 'binary' | 'regression';
  /** Breaks the model: its answers are NaN. */
  readonly nonsense?: boolean;
  /** Rows with a size between the two are answered with NaN, or with the other class. */
  readonly flaw?: { readonly kind: 'nan' | 'flip'; readonly from: number; readonly to: number };
  /** Multiplications of 64 × 64 matrices that change nothing but take time. */
  readonly work?: number;
  /** Changes the signature. */
  readonly info?: Partial<ModelInfo>;
  /** Columns the graph takes; the garden may be left out. */
  readonly columns?: readonly string[];
  /** Takes the size as text. */
  readonly textSize?: boolean;
  /** Another graph altogether; `info` says what it takes and gives. */
  readonly graph?: Uint8Array;
}

/**
 * A model one can calculate in the head. Score = 0.5 size + 2 (city is Ulm) − 1 garden + bias, missing numbers count as 0;
 * regression gives the score, binary its sigmoid.
 */
export function toyInfo(options: ToyOptions = {}): ModelInfo {
  const task = options.task ?? 'binary';
  return {
    format: 1,
    kind: 'linear',
    task,
    target: 'sold',
    ...(task === 'binary' && { classes: ['No', 'Yes'], threshold: 0.5 }),
    inputs: [
      { name: 'size', type: 'number', required: true, min: 0, max: 10, example: 3 },
      { name: 'city', type: 'text', required: true, categories: ['Bonn', 'Ulm'], example: 'Ulm' },
      { name: 'garden', type: 'boolean', example: true },
    ],
    outputs: [
      task === 'binary'
        ? { name: 'probabilities', type: 'float32', shape: ['N', 2] }
        : { name: 'prediction', type: 'float32', shape: ['N', 1] },
    ],
    servable: true,
    ...options.info,
  };
}

export function toyScore(row: { size: number; city: string; garden?: boolean | null }, bias = 0): number {
  return 0.5 * row.size + (row.city === 'Ulm' ? 2 : 0) - (row.garden === true ? 1 : 0) + bias;
}

export function toyModel(options: ToyOptions = {}): Uint8Array {
  const graph = new GraphBuilder('toy');
  const size = options.textSize
    ? graph.op(
        'Cast',
        [graph.input('size', 'string', ['N', 1])],
        { to: { int: 1 } },
        { type: 'float', shape: ['N', 1] },
      )
    : graph.input('size', 'float', ['N', 1]);
  const city = graph.input('city', 'string', ['N', 1]);
  const withGarden = options.columns?.includes('garden') ?? true;
  const garden = withGarden
    ? graph.input('garden', 'float', ['N', 1])
    : graph.op('Mul', [size, graph.constant(float([0], []))]);
  const scalar = (value: number) => graph.constant(float([value], []));
  const isUlm = graph.op(
    'LabelEncoder',
    [city],
    { keys_strings: { strings: ['Ulm'] }, values_floats: { floats: [1] }, default_float: { float: 0 } },
    { type: 'float', shape: ['N', 1] },
  );
  const known = graph.op('Where', [graph.op('IsNaN', [garden]), scalar(0), garden]);
  const sum = (a: typeof size, b: typeof size) => graph.op('Add', [a, b]);
  let score = sum(graph.op('Mul', [size, scalar(0.5)]), graph.op('Mul', [isUlm, scalar(2)]));
  score = sum(sum(score, graph.op('Mul', [known, scalar(-1)])), scalar(options.nonsense ? NaN : (options.bias ?? 0)));
  const { flaw, work = 0 } = options;
  if (work > 0) {
    const matrix = graph.constant(
      float(
        Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 65 === 0 ? 1 : 0)),
        [64, 64],
      ),
    );
    let x = graph.op('ReduceMean', [size], { keepdims: { int: 1 } }, { type: 'float', shape: [1, 1] });
    x = graph.op('Expand', [x, graph.constant(int64([64, 64]))], {}, { type: 'float', shape: [64, 64] });
    for (let i = 0; i < work; i++) x = graph.op('MatMul', [x, matrix], {}, { type: 'float', shape: [64, 64] });
    const rest = graph.op('ReduceMean', [x], { keepdims: { int: 1 } }, { type: 'float', shape: [1, 1] });
    score = sum(score, graph.op('Mul', [rest, scalar(0)]));
  }
  if (flaw !== undefined) {
    const above = graph.op('Greater', [size, scalar(flaw.from)], {}, { type: 'bool', shape: ['N', 1] });
    const below = graph.op('Less', [size, scalar(flaw.to)], {}, { type: 'bool', shape: ['N', 1] });
    const inside = graph.op('And', [above, below], {}, { type: 'bool', shape: ['N', 1] });
    const other = flaw.kind === 'nan' ? scalar(NaN) : graph.op('Mul', [score, scalar(-1)]);
    score = graph.op('Where', [inside, other, score], {}, { type: 'float', shape: ['N', 1] });
  }
  if ((options.task ?? 'binary') === 'regression') graph.output(score, 'prediction', ['N', 1]);
  else {
    const positive = graph.op('Sigmoid', [score]);
    const both = graph.op('Concat', [graph.op('Sub', [scalar(1), positive]), positive], { axis: { int: 1 } });
    graph.output(both, 'probabilities', ['N', 2]);
  }
  return encodeModel(graph.build());
}

/** A model folder as a train stage makes it. */
export async function toyModelFolder(options: ToyOptions = {}): Promise<string> {
  const folder = path.join(await temporaryFolder(), 'model');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'model.onnx'), options.graph ?? toyModel(options));
  await writeFile(path.join(folder, 'model.json'), JSON.stringify(toyInfo(options)));
  return folder;
}

/** A bundle folder. */
export async function toyBundle(
  options: ToyOptions & { readonly name?: string; readonly run?: string } = {},
): Promise<string> {
  const folder = path.join(await temporaryFolder(), 'bundle');
  await mkdir(folder);
  await writeBundle(folder, {
    name: options.name ?? 'toy',
    model: await toyModelFolder(options),
    metrics: { format: 1, metrics: { auc: 0.9 } },
    lineage: {
      format: 1,
      run: options.run ?? 'run-1',
      pipeline: 'toys',
      file: 'toys.pipeline.yaml',
      stage: 'bundle',
      stages: [],
      data: {},
    },
  });
  return folder;
}

/** What the runner would give a room. */
export function stageContext<S extends Stage = PackageStage>(
  stage: S,
  folders: { root: string; store: string; output: string },
  input: ReturnType<StageContext['input']>,
  logged: string[] = [],
): StageContext<S> {
  return {
    name: stage.kind,
    stage,
    pipeline: { name: 'toys', file: path.join(folders.root, 'toys.pipeline.yaml') },
    root: folders.root,
    folder: folders.root,
    store: folders.store,
    run: 'run-7',
    seed: 1,
    threads: 1,
    output: folders.output,
    scratch: folders.output,
    signal: new AbortController().signal,
    input: () => input,
    progress: () => undefined,
    metric: () => undefined,
    log: (level, message) => void logged.push(`${level}: ${message}`),
    trial: () => undefined,
    child: () => Promise.reject(new Error('no children here')),
    secret: () => Promise.resolve(undefined),
  };
}
