import { mkdtempSync, mkdirSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DataStage, Dataset, Problem } from '../../../schemas/generated/types';
import { validateData, validateDataset } from '../../../schemas/generated/validators';
import { room } from '../../../lifecycle/data/room';
import { UserError } from '../../../lifecycle/problem';
import type { StageContext, StageResult } from '../../../lifecycle/store/room';

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
    log: (level, message, more) =>
      void logs.push({ level, message, ...(more?.code !== undefined && { code: more.code }) }),
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
