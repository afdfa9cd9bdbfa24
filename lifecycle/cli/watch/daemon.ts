import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import { figuresText, type Reported } from '../../monitor/export/figures-text';
import { HttpError, startHttpServer } from '../../net/server';
import { problemOf, UserError } from '../../problem';
import { tryLock } from '../../process/lock';
import type { RetrainEvent } from '../../store/retraining';
import { openStore } from '../../store/layout';
import { thinLooks } from '../../store/looks';
import { FolderBell } from '../../store/runs';
import { readWatch, watchLock, watchStopPath, type WatchState, writeWatch } from '../../store/watch';
import type { Context } from '../context';
import type { Given } from '../arguments';
import { deployedAs } from '../deployed';
import { analyzeFile, overridesOf } from '../pipeline';
import { look } from './look';
import { WatchedServers } from './servers';

export interface DaemonOptions {
  /** Absolute paths of pipelines. */
  readonly files: readonly string[];
  /** Seconds between two looks. */
  readonly every: number;
  /** Port for Prometheus on this machine; 0 takes a free one, undefined none. */
  readonly port?: number | undefined;
  readonly once: boolean;
  /** Days for which every look is kept; of older ones the last of each day is. Infinity keeps all. */
  readonly keepDays: number;
  readonly secrets: Readonly<Record<string, string>>;
  /** The command line, whose `--env` and `--set` go before what the deployed model was made with. */
  readonly given: Given;
  readonly cores?: number | undefined;
  /** Told what happens, a line each. */
  readonly say: (line: string) => void;
  readonly onLook?: (results: WatchState['results']) => void;
}

/**
 * Looks at pipelines at regular times until it is stopped: runs their monitor stages, sends alerts, carries retraining on. One for each project;
 * all it knows is in the store, so after a `kill -9` the next one goes on where this one was.
 *
 * @returns whether every pipeline could be looked at in the last round
 * @throws UserError `watch-running`
 */
export async function watch(store: string, context: Context, options: DaemonOptions): Promise<boolean> {
  await openStore(store);
  await mkdir(dirname(watchStopPath(store)), { recursive: true });
  const held = await tryLock(watchLock(store), 'lifecycle watch');
  if (!('lock' in held)) {
    throw new UserError({
      code: 'watch-running',
      message: `This project is watched already, by process ${held.owner.pid} on ${held.owner.host} since ${held.owner.since}.`,
      hint: '`lifecycle watch --status` shows what it does, `lifecycle watch --stop` ends it.',
    });
  }
  await rm(watchStopPath(store), { force: true });
  const latest = new Map<string, readonly Reported[]>();
  const taken = new Map<string, string>();
  const server =
    options.port === undefined
      ? undefined
      : await startHttpServer(
          (request) => {
            if (request.path !== '/metrics') throw new HttpError(404, 'not-found', 'Figures are at /metrics.');
            return {
              status: 200,
              type: 'text/plain; version=0.0.4; charset=utf-8',
              body: figuresText([...latest.values()].flat()),
            };
          },
          { host: '127.0.0.1', port: options.port },
        );
  const before = (await readWatch(store)).state;
  let state: WatchState = {
    format: 1,
    wanted: !options.once,
    files: options.files,
    every: options.every,
    started: new Date().toISOString(),
    pid: process.pid,
    looks: before?.looks ?? 0,
    ...(before?.thinned !== undefined && { thinned: before.thinned }),
    results: {},
    ...(server && { url: `http://127.0.0.1:${server.port}` }),
  };
  await writeWatch(store, state);
  const there = (): boolean => existsSync(dirname(watchStopPath(store)));
  const stopped = (): boolean => context.signal.aborted || existsSync(watchStopPath(store));
  try {
    for (;;) {
      const begun = Date.now();
      const results = await round(context, options, latest, taken, stopped);
      if (!there() && !(await comesBack(there))) {
        options.say(
          `The watch ends: the project's folder was moved or removed. Start it again where the project is now.`,
        );
        return false;
      }
      const next = new Date(begun + options.every * 1_000);
      const thinned = await thin(store, state.thinned, options);
      state = {
        ...state,
        ...(thinned !== undefined && { thinned }),
        looks: state.looks + 1,
        results,
        last: new Date(begun).toISOString(),
        ...(!options.once && { next: next.toISOString() }),
      };
      await writeWatch(store, state);
      options.onLook?.(results);
      if (options.once) return Object.values(results).every(({ ok }) => ok);
      await pause(store, next.getTime(), () => stopped() || !there());
      if (stopped()) return true;
    }
  } finally {
    await server?.close();
    // Whoever stops it says so; a signal from a shutting-down machine does not mean that nobody wants it any more.
    const asked = existsSync(watchStopPath(store));
    // A project that was moved must not come back as an empty one.
    if (there()) await writeWatch(store, { ...state, wanted: !options.once && !asked });
    await rm(watchStopPath(store), { force: true });
    await held.lock.release();
  }
}

/** A network drive may be away for a moment. */
async function comesBack(there: () => boolean): Promise<boolean> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    if (there()) return true;
  }
  return false;
}

async function round(
  context: Context,
  options: DaemonOptions,
  latest: Map<string, readonly Reported[]>,
  taken: Map<string, string>,
  stopped: () => boolean,
): Promise<WatchState['results']> {
  const results: Record<string, WatchState['results'][string]> = {};
  for (const file of options.files) {
    if (stopped()) break;
    const name = relative(context.cwd, file) || basename(file);
    try {
      // Read anew each time: the file may have been edited.
      const written = await analyzeFile(file, overridesOf(options.given));
      const loaded = await deployedAs(written, options.given, (said) => {
        if (taken.get(file) !== said) options.say(`${name}: ${said}`);
        taken.set(file, said);
      });
      const servers = new WatchedServers(loaded);
      for (const said of await servers.revive(context, options)) options.say(`${name}: ${said}`);
      const { run, record, reports, loops } = await look(
        { context, loaded, secrets: options.secrets, cores: options.cores },
        { onRetrain: (stage, event) => options.say(`${name} ${stage}: ${sayEvent(event)}`) },
      );
      latest.set(file, reports);
      const said = Object.entries(record.stages).map(
        ([stage, { status, summary, error }]) =>
          `${stage}: ${error?.message ?? summary ?? (status === 'skipped' ? 'skipped' : 'done')}`,
      );
      const more = Object.entries(loops).flatMap(([stage, { state, reason }]) =>
        state === 'idle' ? [] : [`${stage} retraining ${state}: ${reason}`],
      );
      const bad = await servers.gone();
      results[file] = {
        run,
        ok: record.status === 'succeeded' && bad.length === 0,
        summary: [...bad, ...said, ...more].join('; '),
      };
    } catch (error) {
      const problem = problemOf(error);
      results[file] = { ok: false, summary: `error[${problem.code}]: ${problem.message}` };
    }
    options.say(`${name}: ${results[file].summary}`);
  }
  return results;
}

/** Thins out old looks once a day. @returns when that was, undefined when nothing was due */
async function thin(
  store: string,
  last: string | undefined,
  { keepDays, say }: DaemonOptions,
): Promise<string | undefined> {
  const now = Date.now();
  if (!Number.isFinite(keepDays) || (last !== undefined && now - Date.parse(last) < 86_400_000)) return undefined;
  try {
    const removed = await thinLooks(store, keepDays, now);
    if (removed > 0)
      say(`${removed.toLocaleString('en')} looks older than ${keepDays} days removed; the last of each day is kept`);
  } catch (error) {
    // Looking matters more than tidying.
    say(`old looks could not be removed: ${problemOf(error).message}`);
  }
  return new Date(now).toISOString();
}

/** Waits for the next look, or until somebody stops the daemon. */
async function pause(store: string, until: number, stopped: () => boolean): Promise<void> {
  const bell = new FolderBell(dirname(watchStopPath(store)));
  try {
    while (Date.now() < until && !stopped())
      await bell.ring(Math.min(1_000, Math.max(1, until - Date.now())), new AbortController().signal);
  } finally {
    bell.close();
  }
}

export function sayEvent({ step, reason }: RetrainEvent): string {
  return `${step}: ${reason}`;
}
