import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../schemas/generated/types';
import { readCheckpoint } from '../../lifecycle/train/network/checkpoint';
import { findManifest } from '../../lifecycle/store/cache';
import { storePaths } from '../../lifecycle/store/layout';
import { listRuns, RUN_FILES } from '../../lifecycle/store/runs';
import { random } from './random';

/** A training that is killed: networks of several kinds, each with what makes resuming hard. */
const VARIANTS = {
  /** Dropout, running statistics, a schedule and a patience that hang on past epochs. */
  rows: `    model: { kind: network, layers: [{ dense: { units: 96, activation: relu } }, batch-normalization, { dropout: 0.3 }, { dense: { units: 48, activation: relu } }] }
    training: { epochs: 40, batch-size: 32, schedule: plateau, early-stopping: { patience: 40 }, checkpoint: { steps: 7 } }
`,
  /** Rows from a file, in its near-random order. */
  streamed: `    model: { kind: network, layers: [{ dense: { units: 96, activation: gelu } }, { dropout: 0.2 }] }
    training: { epochs: 40, batch-size: 32, memory: 1.0e-9, optimizer: { kind: sgd, momentum: 0.9 }, schedule: cosine, checkpoint: { steps: 5 } }
`,
  /** Images that change a little each time, and gradients of several batches. */
  images: `    model: { kind: network, image: { height: 8, width: 8 }, layers: [{ conv2d: { filters: 8, activation: relu } }, max-pool, flatten] }
    training: { epochs: 24, batch-size: 16, accumulate: 2, augment: { shift: 1, noise: 0.1 }, sampling: oversample, checkpoint: { steps: 6 } }
`,
} as const;
type Variant = keyof typeof VARIANTS;

const PIPELINE = (variant: Variant): string => `lifecycle: 1
pipeline: killed
seed: 11
stages:
  digits:
    kind: data
    source: digits.csv
    target: { column: digit, task: multiclass }
    split: { train: 0.7, validation: 0.15, test: 0.15, stratify: digit }
  ${variant}:
    kind: train
    data: digits
${VARIANTS[variant]}`;

export interface TrainingKills {
  /** Kills that met the training at work. */
  readonly kills: number;
  /** Those that left a checkpoint, from which the next training went on. */
  readonly resumed: number;
  /** Kills of the training's own process; the others were of the whole run. */
  readonly ofWorker: number;
  /** Steps that the trainings went on from. */
  readonly steps: number[];
}

/**
 * Kills (SIGKILL) trainings at random moments, starts them again, and holds that what comes out in the end is, byte for byte, what comes out without
 * a kill: weights, model and history. Works in an empty folder.
 */
export async function killTraining(
  folder: string,
  program: string,
  options: { kills: number; seed: number; variants?: readonly Variant[]; log?: (line: string) => void },
): Promise<TrainingKills> {
  const draw = random(options.seed);
  const report = { kills: 0, resumed: 0, ofWorker: 0, steps: [] as number[] };
  const whole = new Map<Variant, { readonly artifact: string; readonly millis: number }>();
  const variants = options.variants ?? (Object.keys(VARIANTS) as Variant[]);
  for (const variant of variants) {
    const project = new Project(join(folder, variant), variant, program);
    mkdirSync(project.folder);
    cpSync('examples/digits/data/digits.csv', join(project.folder, 'digits.csv'));
    writeFileSync(join(project.folder, 'killed.pipeline.yaml'), PIPELINE(variant));
    await project.complete('--only', 'digits');
    cpSync(project.folder, `${project.folder}-new`, { recursive: true });
    const artifact = await project.complete();
    whole.set(variant, { artifact, millis: project.trainingMillis() });
  }
  for (let round = 0; report.kills < options.kills; round++) {
    assert.ok(round < 3 * options.kills + 5, `too few kills met the training: ${JSON.stringify(report)}`);
    const variant = variants[round % variants.length]!;
    const { artifact, millis } = whole.get(variant)!;
    const killed = new Project(join(folder, 'killed'), variant, program);
    rmSync(killed.folder, { recursive: true, force: true });
    cpSync(join(folder, `${variant}-new`), killed.folder, { recursive: true });
    const times = Math.min(1 + Math.floor(draw() * 3), options.kills - report.kills);
    for (let kill = 0; kill < times; kill++) {
      const worker = draw() < 0.5;
      const kept = await killed.checkpoint();
      if (!(await killed.beginAndKill(draw() * millis * 0.9, worker))) continue;
      report.kills++;
      if (worker) report.ofWorker++;
      const from = killed.resumedFrom();
      assert.ok(from === undefined || from === kept, `round ${round}: it goes on from ${from}, not ${kept}`);
    }
    const kept = await killed.checkpoint();
    const found = await killed.complete();
    if (kept !== undefined) {
      assert.equal(killed.resumedFrom(), kept, `round ${round}: it does not go on from its checkpoint`);
      report.resumed++;
      report.steps.push(kept);
    }
    assert.equal(found, artifact, `round ${round} (${variant}): other bytes after a kill`);
    assert.deepEqual(
      readdirSync(join(killed.store, 'checkpoints')).filter((name) => !name.startsWith('self-test')),
      [],
    );
    options.log?.(
      `round ${round}, ${variant}: ${kept === undefined ? 'began anew' : `went on from step ${kept}`}, same bytes`,
    );
  }
  return report;
}

/** A folder with a pipeline of one training in it. */
class Project {
  constructor(
    readonly folder: string,
    private readonly stage: string,
    private readonly program: string,
  ) {}

  get store(): string {
    return join(this.folder, '.lifecycle');
  }

  private begin(args: readonly string[]) {
    return spawn(process.execPath, [this.program, 'run', '--json', '--cores', '2', ...args], {
      cwd: this.folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Runs to the end; gives the content hash of what the training made, if it was asked for. */
  async complete(...args: string[]): Promise<string> {
    const child = this.begin(args);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    assert.equal(code, 0, output);
    const [newest] = await listRuns(this.store, { limit: 1 });
    const fingerprint = newest?.record?.stages[this.stage]?.fingerprint;
    if (fingerprint === undefined) return '';
    const manifest = await findManifest(this.store, fingerprint);
    assert.ok(manifest, output);
    return manifest.artifact;
  }

  /**
   * Begins a run and kills it so many milliseconds after its training began: the worker alone, or the run with the worker.
   *
   * @returns whether the training was at work
   */
  async beginAndKill(after: number, worker: boolean): Promise<boolean> {
    const child = this.begin([]);
    // Whoever is not listened to waits with its last words, and so with its end.
    for (const stream of [child.stdout, child.stderr]) stream.resume();
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const over = () => child.exitCode !== null || child.signalCode !== null;
    while (!over() && !this.events().some((event) => this.isOf(event, 'stage-started'))) await pause(5);
    await Promise.race([pause(after), ended]);
    const atWork = !over() && !this.events().some((event) => this.isOf(event, 'stage-finished'));
    const workers = childrenOf(child.pid!);
    for (const pid of worker ? workers : [child.pid!, ...workers]) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It had ended.
      }
    }
    await ended;
    return atWork && !this.events().some((event) => this.isOf(event, 'stage-finished'));
  }

  /** Milliseconds that the newest run's training took. */
  trainingMillis(): number {
    const [from, to] = (['stage-started', 'stage-finished'] as const).map(
      (type) => this.events().find((event) => this.isOf(event, type))?.time,
    );
    assert.ok(from !== undefined && to !== undefined);
    return Date.parse(to) - Date.parse(from);
  }

  /** The step of the checkpoint that is there. */
  async checkpoint(): Promise<number | undefined> {
    const folder = join(this.store, 'checkpoints');
    const files = existsSync(folder) ? readdirSync(folder) : [];
    const name = files.find((one) => one.endsWith('.bin'));
    if (name === undefined) return undefined;
    const found = await readCheckpoint(join(folder, name));
    assert.ok(found, 'a checkpoint is half there');
    return found.state.step;
  }

  /** The step from which the newest run's training said to go on. */
  resumedFrom(): number | undefined {
    for (const event of this.events())
      if (event.type === 'log' && event.code === 'training-resumed')
        return Number(/step (\d+)/.exec(event.message)?.[1]);
    return undefined;
  }

  private isOf(event: RunEvent, type: 'stage-started' | 'stage-finished'): boolean {
    return event.type === type && event.stage === this.stage;
  }

  /** Events of the newest run; what is torn is left out. */
  private events(): RunEvent[] {
    const runs = existsSync(storePaths.runs(this.store)) ? readdirSync(storePaths.runs(this.store)).sort() : [];
    const file = join(storePaths.run(this.store, runs.at(-1) ?? ''), RUN_FILES.events);
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    return lines.slice(0, -1).map((line) => JSON.parse(line) as RunEvent);
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
