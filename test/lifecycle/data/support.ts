import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DataStage, Dataset, Problem } from '../../../schemas/generated/types';
import { validateData, validateDataset } from '../../../schemas/generated/validators';
import { room } from '../../../lifecycle/data/room';
import { float, openSession, strings, type TensorData } from '../../../lifecycle/onnx';
import { UserError } from '../../../lifecycle/problem';
import type { StageContext, StageResult } from '../../../lifecycle/store/room';
import { readColumns, readMatrix } from '../../../lifecycle/table';

const folders: string[] = [];

/** A folder that goes when the test process does. */
export function temporary(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lifecycle-data-'));
  if (folders.length === 0)
    process.once('exit', () => folders.forEach((one) => rmSync(one, { recursive: true, force: true })));
  folders.push(folder);
  return folder;
}

export interface Logged {
  readonly level: string;
  readonly message: string;
  readonly code?: string;
  readonly hint?: string;
}

export interface Done {
  readonly output: string;
  readonly dataset: Dataset;
  readonly result: StageResult;
  readonly logs: readonly Logged[];
}

export interface RunOptions {
  readonly folder: string;
  readonly seed?: number;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly output?: string;
  /** Is given the warnings, also of a stage that fails. */
  readonly warned?: string[];
}

/** Runs a data stage as the runner does: the stage is checked against its schema, and so is what comes out. */
export async function runStage(stage: Omit<DataStage, 'kind'>, options: RunOptions): Promise<Done> {
  const full: DataStage = { kind: 'data', ...stage };
  if (!validateData(full)) throw new Error(`the test's stage is wrong: ${JSON.stringify(validateData.errors)}`);
  const base = temporary();
  const output = options.output ?? path.join(base, 'output');
  const scratch = path.join(base, 'scratch');
  mkdirSync(output, { recursive: true });
  mkdirSync(scratch);
  const logs: Logged[] = [];
  const context: StageContext<DataStage> = {
    name: 'data',
    stage: full,
    pipeline: { name: 'test', file: path.join(options.folder, 'test.pipeline.yaml') },
    root: options.folder,
    folder: options.folder,
    store: path.join(base, 'store'),
    run: 'test',
    seed: options.seed ?? 7,
    threads: options.threads ?? 2,
    output,
    scratch,
    signal: options.signal ?? new AbortController().signal,
    input: () => {
      throw new Error('a data stage has no inputs');
    },
    progress: () => undefined,
    metric: () => undefined,
    log: (level, message, more) => {
      if (level === 'warning') options.warned?.push(message);
      logs.push({
        level,
        message,
        ...(more?.code !== undefined && { code: more.code }),
        ...(more?.hint !== undefined && { hint: more.hint }),
      });
    },
    trial: () => undefined,
    child: () => Promise.reject(new Error('no children here')),
    secret: () => Promise.resolve(undefined),
  };
  const result = await room.run(context);
  const dataset = JSON.parse(readFileSync(path.join(output, 'dataset.json'), 'utf8')) as Dataset;
  if (!validateDataset(dataset))
    throw new Error(`dataset.json breaks its schema: ${JSON.stringify(validateDataset.errors)}`);
  return { output, dataset, result, logs };
}

/** Runs a stage that must fail by the user's fault, and gives the problem. */
export async function problemOfStage(stage: Omit<DataStage, 'kind'>, options: RunOptions): Promise<Problem> {
  try {
    await runStage(stage, options);
  } catch (error) {
    if (error instanceof UserError) return error.problem;
    throw error;
  }
  throw new Error('the stage succeeded');
}

/** A folder with these files. */
export function withFiles(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporary();
  for (const [name, content] of Object.entries(files)) {
    const at = path.join(folder, name);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, content);
  }
  return folder;
}

/** The features of a split as `preprocess.onnx` gives them for its raw rows, row-major [rows, features]. */
export async function servedFeatures(done: Done, split: string): Promise<{ rows: number; values: Float32Array }> {
  const { output, dataset } = done;
  const { rows, columns } = await readColumns(path.join(output, `${split}.parquet`), dataset.inputs ?? []);
  const session = await openSession(path.join(output, 'preprocess.onnx'));
  try {
    const feeds = Object.fromEntries(
      Object.entries(columns).map(([name, column]): [string, TensorData] => [
        name,
        column.type === 'text'
          ? strings(
              column.values.map((value) => value ?? ''),
              [rows, 1],
            )
          : column.type === 'time'
            ? strings(
                Array.from(column.values, (value) => (Number.isNaN(value) ? '' : new Date(value).toISOString())),
                [rows, 1],
              )
            : float(column.values, [rows, 1]),
      ]),
    );
    const { features } = await session.run(feeds);
    if (!features) throw new Error('there is no output features');
    return { rows, values: features.data as Float32Array };
  } finally {
    await session.close();
  }
}

/** Holds what SQL wrote against what ONNX computes: the same float32 but for the last bits of functions, the same missing values. */
export async function assertLoweringsEqual(done: Done, splits = ['train', 'validation', 'test']): Promise<void> {
  for (const split of splits) {
    const { features } = done.dataset;
    const matrix = await readMatrix(path.join(done.output, `${split}.features.parquet`), features);
    const served = await servedFeatures(done, split);
    assert.equal(served.rows, matrix.rows);
    for (let f = 0; f < features.length; f++) {
      for (let r = 0; r < matrix.rows; r++) {
        const sql = matrix.columns[f * matrix.rows + r] ?? NaN;
        const onnx = served.values[r * features.length + f] ?? NaN;
        const close = Number.isNaN(sql)
          ? Number.isNaN(onnx)
          : Math.abs(sql - onnx) <= 1e-6 * Math.max(1, Math.abs(sql));
        assert.ok(close, `${split} row ${r} '${features[f]}': SQL ${sql}, ONNX ${onnx}`);
      }
    }
  }
}
