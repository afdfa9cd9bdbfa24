import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunEvent, RunRecord, StageManifest } from '../../schemas/generated/types';
import { findManifest } from '../../lifecycle/store/cache';
import { storePaths } from '../../lifecycle/store/layout';
import { listRuns, RUN_FILES } from '../../lifecycle/store/runs';

export const repository = path.resolve(__dirname, '../..');
const built = path.join(repository, '.cache', 'end-to-end');
let program = process.env['TEST_PROGRAM'];

/** The command line as it is shipped: what `npm test` has built, or built here by esbuild.mjs, in a folder that nobody else builds into. */
export function theProgram(): string {
  if (program === undefined) {
    execFileSync(process.execPath, [path.join(repository, 'esbuild.mjs'), `--outdir=${built}`], { stdio: 'pipe' });
    program = path.join(built, 'cli.js');
  }
  return program;
}

/** What a command said and how it ended. */
export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  /** Both streams, what was printed first, first stdout. */
  readonly text: string;
  readonly seconds: number;
}

export const examples = {
  churn: { file: 'churn.pipeline.yaml', data: 'customers', package: 'bundle', deploy: 'live' },
  diamonds: { file: 'diamonds.lifecycle.md', data: 'stones', package: 'bundle', deploy: 'shop' },
  digits: { file: 'digits.pipeline.yaml', data: 'images', package: 'bundle', deploy: 'live' },
} as const;
export type Example = keyof typeof examples;

/** A folder with a pipeline in it, worked on through the command line. */
export class Project {
  constructor(
    readonly folder: string,
    /** File name of the pipeline. */
    readonly name: string,
  ) {}

  get store(): string {
    return path.join(this.folder, '.lifecycle');
  }

  get file(): string {
    return path.join(this.folder, this.name);
  }

  get text(): string {
    return readFileSync(this.file, 'utf8');
  }

  /** Writes the pipeline's file anew. The change must be one. */
  edit(change: (text: string) => string): void {
    const before = this.text;
    const after = change(before);
    assert.notEqual(after, before, 'the edit changes nothing');
    writeFileSync(this.file, after);
  }

  /** Runs a command to its end. */
  go(args: readonly string[], more: { env?: NodeJS.ProcessEnv; input?: string } = {}): Said {
    const began = performance.now();
    const { status, stdout, stderr } = spawnSync(process.execPath, [theProgram(), ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, ...more.env },
      ...(more.input !== undefined && { input: more.input }),
    });
    return { code: status, stdout, text: stdout + stderr, seconds: (performance.now() - began) / 1000 };
  }

  /** Begins a command in a process group of its own. */
  begin(args: readonly string[]) {
    return spawn(process.execPath, [theProgram(), ...args], {
      cwd: this.folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** `go`, and it must end well. */
  well(...args: string[]): Said {
    const said = this.go(args);
    assert.equal(said.code, 0, `lifecycle ${args.join(' ')}:\n${said.text}`);
    return said;
  }

  /** Runs the pipeline, which must end well. Gives the record of the run. */
  async run(...args: string[]): Promise<RunRecord> {
    this.well('run', ...args);
    return this.newest();
  }

  /** Record of the newest run. */
  async newest(): Promise<RunRecord> {
    const [entry] = await listRuns(this.store, { limit: 1 });
    assert.ok(entry?.record, 'there is no finished run');
    return entry.record;
  }

  events(run: string): RunEvent[] {
    const text = readFileSync(path.join(storePaths.run(this.store, run), RUN_FILES.events), 'utf8');
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as RunEvent);
  }

  /** The kept result of a stage in the newest run. */
  async result(stage: string): Promise<StageManifest & { readonly path: string }> {
    const fingerprint = (await this.newest()).stages[stage]?.fingerprint;
    const manifest = await findManifest(this.store, fingerprint ?? '');
    assert.ok(manifest, `${stage} has no result`);
    return { ...manifest, path: storePaths.artifact(this.store, manifest.artifact) };
  }

  /** A file of a stage's result, read as JSON. */
  async read<T>(stage: string, file: string): Promise<T> {
    return JSON.parse(readFileSync(path.join((await this.result(stage)).path, file), 'utf8')) as T;
  }
}

/** Names of stages that did their work, in the record's order. */
export function executed(record: RunRecord): string[] {
  return Object.entries(record.stages)
    .filter(([, { status }]) => status !== 'reused')
    .map(([name]) => name);
}

const scratch: string[] = [];
process.on('exit', () => {
  for (const folder of scratch) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** An empty folder that is removed when the tests end. */
export function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'e2e-'));
  scratch.push(folder);
  return folder;
}

/** A fresh copy of an example, without anything that a run left in it. */
export function fresh(example: Example, inside = newFolder()): Project {
  const folder = path.join(inside, example);
  cpSync(path.join(repository, 'examples', example), folder, {
    recursive: true,
    filter: (from) => path.basename(from) !== '.lifecycle' && !from.endsWith('.lock.yaml'),
  });
  return new Project(folder, examples[example].file);
}

/** The churn example with its first 1,500 customers and easy gates: for what breaks and goes on, where the figures don't matter. */
export function brief(inside = newFolder()): Project {
  const project = fresh('churn', inside);
  const table = path.join(project.folder, 'data/telco-churn.csv');
  writeFileSync(table, `${readFileSync(table, 'utf8').split('\n').slice(0, 1501).join('\n')}\n`);
  project.edit((text) =>
    text.replace('auc: { min: 0.80 }', 'auc: { min: 0.5 }').replace('drop-at-most: 0.01', 'drop-at-most: 0.5'),
  );
  return project;
}

const done = new Map<Example, Project>();

/** An example that has been run from its raw file to its bundle, on two cores. Shared by the tests: take a {@link copyOf} it to change something. */
export async function finished(example: Example): Promise<Project> {
  let project = done.get(example);
  if (project === undefined) {
    project = fresh(example);
    const record = await project.run('--cores', '2');
    assert.equal(record.status, 'succeeded');
    done.set(example, project);
  }
  return project;
}

/** A finished example with its store, in a folder of its own. */
export async function copyOf(example: Example): Promise<Project> {
  const from = await finished(example);
  const folder = path.join(newFolder(), example);
  cpSync(from.folder, folder, { recursive: true, preserveTimestamps: true });
  return new Project(folder, from.name);
}

/** Whether a Python of this machine has all of these modules; says which one is missing otherwise. */
export function pythonLacks(...modules: string[]): string | undefined {
  if (!existsSync(python)) return `${python} is not there`;
  for (const module of modules)
    if (spawnSync(python, ['-c', `import ${module}`]).status !== 0) return `${python} has no ${module}`;
  return undefined;
}

export const python = '/usr/bin/python3';

/** Runs a Python script of test/golden/end-to-end that reads JSON and answers in JSON. */
export function askPython<T>(script: string, input: unknown): T {
  const { status, stdout, stderr } = spawnSync(python, [path.join(repository, 'test/golden/end-to-end', script), '-'], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as T;
}
