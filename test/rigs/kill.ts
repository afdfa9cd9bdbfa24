import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../../schemas/generated/types';
import { checkArtifact } from '../../lifecycle/store/artifacts';
import { findManifest } from '../../lifecycle/store/cache';
import { listRuns, readRun } from '../../lifecycle/store/runs';
import { random, type Random } from './random';

/** How to run the pipeline that is killed. */
export interface KillTarget {
  /** Program and arguments of one run, started in its own process group. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly store: string;
}

export interface KillReport {
  readonly kills: number;
  /** Kills that met a living process. */
  readonly hits: number;
  /** Stages that a kill had left finished and the next run reused. */
  readonly kept: number;
  readonly seconds: number;
}

/**
 * Kills (SIGKILL) the process group of a run at random moments and holds after each kill that the store can be read, that the run is seen
 * as lost, that nothing is half there; and, once the next run came through, that no stage that was finished was done again.
 * @param reset makes the pipeline new again (other inputs), so that there is work to kill
 */
export async function killAtRandom(
  target: KillTarget,
  options: { times: number; seed: number; reset: (round: number) => void; log?: (line: string) => void },
): Promise<KillReport> {
  const draw = random(options.seed);
  const began = Date.now();
  options.reset(0);
  const whole = await timed(() => complete(target));
  let hits = 0;
  let kept = 0;
  for (let round = 1; round <= options.times; round++) {
    options.reset(round);
    const before = new Set(existsSync(join(target.store, 'runs')) ? readdirSync(join(target.store, 'runs')) : []);
    // The second kill of some rounds meets a run that is cleaning up after the first.
    const finished = new Map<string, string>();
    for (let kill = 0; kill < (round % 3 === 0 ? 2 : 1); kill++) {
      if (await startAndKill(target, draw, whole)) hits++;
      for (const [fingerprint, stage] of await finishedSince(target.store, before)) finished.set(fingerprint, stage);
    }
    const record = await complete(target);
    for (const [fingerprint, stage] of finished) {
      const now = record.stages[stage];
      if (now?.fingerprint !== fingerprint) continue;
      assert.equal(
        now.status,
        'reused',
        `round ${round}: ${stage} was finished and has been done again (${now.reason})`,
      );
      kept++;
    }
    await holdTogether(target.store, record);
    options.log?.(`round ${round}: ${finished.size} stages were finished when it was killed`);
  }
  return { kills: options.times, hits, kept, seconds: (Date.now() - began) / 1000 };
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

function begin(target: KillTarget): ChildProcess {
  const [program = '', ...args] = target.command;
  return spawn(program, args, { cwd: target.cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function startAndKill(target: KillTarget, draw: Random, whole: number): Promise<boolean> {
  const child = begin(target);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, draw() * whole * 0.9));
  const alive = child.exitCode === null;
  try {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
  } catch {
    // It had ended.
  }
  await ended;
  return alive;
}

/** Runs to the end; anything but success is a failure of the test. */
async function complete(target: KillTarget): Promise<RunRecord> {
  const child = begin(target);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  assert.equal(code, 0, output);
  const [newest] = await listRuns(target.store, { limit: 1 });
  assert.equal(newest?.record?.status, 'succeeded', output);
  return newest.record;
}

/** Fingerprint → stage of everything that the runs since `before` had finished by their own account. */
async function finishedSince(store: string, before: ReadonlySet<string>): Promise<Map<string, string>> {
  const finished = new Map<string, string>();
  for (const entry of await listRuns(store)) {
    if (before.has(entry.id)) continue;
    assert.notEqual(entry.status, 'running', `${entry.id} was killed but is shown as running`);
    const summary = await readRun(store, entry.id);
    assert.equal(summary.garbage, 0);
    for (const stage of summary.stages) {
      if ((stage.state === 'succeeded' || stage.state === 'reused') && stage.fingerprint !== undefined)
        finished.set(stage.fingerprint, stage.name);
      assert.notEqual(stage.state, 'running');
    }
  }
  return finished;
}

/** Every result that is kept is whole, and nothing temporary is left. */
async function holdTogether(store: string, record: RunRecord): Promise<void> {
  for (const prefix of readdirSync(join(store, 'cache'))) {
    for (const name of readdirSync(join(store, 'cache', prefix))) {
      const manifest = await findManifest(store, name.replace(/\.json$/, ''));
      if (name.endsWith('.tmp')) continue;
      assert.ok(manifest !== undefined, `${name} can't be read`);
      assert.equal(await checkArtifact(store, manifest, true), undefined, name);
    }
  }
  assert.deepEqual(
    readdirSync(join(store, 'tmp')).filter((name) => !name.startsWith('run-') && !name.startsWith('discarded')),
    [],
  );
  assert.ok(Object.values(record.stages).every((stage) => stage.status === 'succeeded' || stage.status === 'reused'));
}

/** Removes a folder and makes it anew. */
export function renew(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

/** Writes a file of the pipeline anew. */
export function rewrite(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(existsSync(path) ? readFileSync(path, 'utf8') : ''));
}
