import { randomBytes } from 'node:crypto';
import { statSync, watch, type FSWatcher } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent, RunInfo, RunRecord } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { isMissing, listFolder, readJson, readText, renameOver, writeAtomic } from '../process/files';
import { isAlive, machineName } from '../process/identity';
import { LineReader, parseObject } from '../process/jsonl';
import { storePaths } from './layout';
import { applyEvent, conclude, newSummary, type RunStatus, type RunSummary } from './summary';

/** Names of the files of a run's folder. */
export const RUN_FILES = {
  info: 'run.json',
  pipeline: 'pipeline.txt',
  events: 'events.jsonl',
  record: 'record.json',
  log: 'log.txt',
  lease: 'lease',
  cancel: 'cancel',
  control: 'control.json',
} as const;

/** A supervisor on another machine counts as dead when it has not touched its lease for so long. */
const REMOTE_PATIENCE = 90_000;

/** An id that sorts by time: `20261103-101530-482k3f` (UTC). */
export function newRunId(now = new Date()): string {
  const digits = now.toISOString().replace(/[-:]/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(9, 15)}-${digits.slice(16, 19)}${parseInt(randomBytes(3).toString('hex'), 16).toString(36).padStart(5, '0').slice(-3)}`;
}

/**
 * Makes the folder of a run: it appears at once, with its `run.json` in it.
 * @param pipeline text of the pipeline's file, kept as it is
 */
export async function createRun(store: string, info: RunInfo, pipeline?: string): Promise<string> {
  const folder = storePaths.run(store, info.id);
  const fresh = join(storePaths.temporary(store), `run-${info.id}`);
  await mkdir(fresh, { recursive: true });
  await mkdir(storePaths.runs(store), { recursive: true });
  await writeAtomic(join(fresh, RUN_FILES.info), JSON.stringify(info, undefined, 1) + '\n');
  if (pipeline !== undefined) await writeAtomic(join(fresh, RUN_FILES.pipeline), pipeline);
  await writeAtomic(join(fresh, RUN_FILES.lease), '');
  await renameOver(fresh, folder);
  return folder;
}

/**
 * Text of the pipeline's file as a run read it; of a trial, as the run read it that the trial belongs to.
 * @throws {UserError} `pipeline-not-kept` where the run's folder has none
 */
export async function readPipelineText(store: string, id: string): Promise<string> {
  const run = id.includes('.') ? parentRunId(id) : id;
  const text = await readText(join(storePaths.run(store, run), RUN_FILES.pipeline));
  if (text !== undefined) return text;
  throw new UserError({
    code: 'pipeline-not-kept',
    message: `Run ${run} kept no copy of its pipeline: an older version of the engine made it.`,
    hint: '`lifecycle show` names the commit that it ran at, where there was one. Runs from now on keep a copy.',
  });
}

/** One line of the list of runs. */
export interface RunEntry {
  readonly id: string;
  readonly status: RunStatus;
  readonly info: RunInfo;
  /** How it ended; not there while it runs, or when it was lost. */
  readonly record?: RunRecord;
}

/** Ids of all runs that were started by somebody, newest first. */
export async function listRunIds(store: string): Promise<string[]> {
  return (await listIds(store)).runs;
}

/** The same, and the ids of the runs that belong to trials, in no order: what one look at the folder tells. */
export async function listIds(store: string): Promise<{ runs: string[]; children: string[] }> {
  const names = await listFolder(storePaths.runs(store));
  return {
    runs: names.filter((name) => !name.includes('.')).reverse(),
    children: names.filter((name) => /^[^.]+\./.test(name)),
  };
}

/** Puts runs of trials in order of their parent and number, in place. */
export const inTrialOrder = (ids: string[]): string[] =>
  ids.length < 2 ? ids : ids.sort(new Intl.Collator('en', { numeric: true }).compare);

/** The id of a trial's run: `PARENT.STAGE-7`; of a part of a trial `PARENT.STAGE-7-2`. */
export function childRunId(parent: string, stage: string, trial: number, part?: string): string {
  return `${parent}.${stage}-${trial}${part === undefined ? '' : `-${part}`}`;
}

/** Ids of the runs that belong to trials: of one run, or of all; in order of parent and number. */
export async function listChildIds(store: string, parent?: string): Promise<string[]> {
  const { children } = await listIds(store);
  return inTrialOrder(parent === undefined ? children : children.filter((name) => name.startsWith(`${parent}.`)));
}

/** The run that a trial's run belongs to. */
export const parentRunId = (child: string): string => child.slice(0, child.indexOf('.'));

/**
 * Runs, newest first; with `trialsOf` the trials of that run in their order. Folders that hold no readable `run.json` are passed over.
 * Costs two small files a run, never its events.
 */
export async function listRuns(
  store: string,
  options: { limit?: number; pipeline?: string; trialsOf?: string } = {},
): Promise<RunEntry[]> {
  const entries: RunEntry[] = [];
  const limit = options.limit ?? Infinity;
  const ids = options.trialsOf === undefined ? await listRunIds(store) : await listChildIds(store, options.trialsOf);
  const batch = 32;
  for (let from = 0; from < ids.length && entries.length < limit; from += batch) {
    const some = await Promise.all(ids.slice(from, from + batch).map((id) => readEntry(store, id)));
    for (const entry of some) {
      if (entry === undefined || (options.pipeline !== undefined && entry.info.pipeline !== options.pipeline)) continue;
      if (entries.length < limit) entries.push(entry);
    }
  }
  return entries;
}

/** One run of the list; undefined when its folder holds no readable `run.json`. */
export async function readEntry(store: string, id: string): Promise<RunEntry | undefined> {
  const folder = storePaths.run(store, id);
  const [info, record] = await Promise.all([
    readJson<RunInfo>(join(folder, RUN_FILES.info)),
    readJson<RunRecord>(join(folder, RUN_FILES.record)),
  ]);
  if (info === undefined || typeof info.pipeline !== 'string') return undefined;
  if (record !== undefined) return { id, info, record, status: record.status };
  if (await runLives(folder, info)) return { id, info, status: 'running' };
  const late = await readJson<RunRecord>(join(folder, RUN_FILES.record));
  if (late !== undefined) return { id, info, record: late, status: late.status };
  return { id, info, status: (await statusAtEnd(join(folder, RUN_FILES.events))) ?? 'lost' };
}

/** The format of `run.json` and `record.json` that this version writes. */
const RUN_FORMAT = 1;

/** What is to be said of a run that a newer version of ours made: it is shown as far as this one understands it. Undefined for all others. */
export function saidOfNewer({ info, record }: Partial<Pick<RunEntry, 'info' | 'record'>>): string | undefined {
  const formats: unknown[] = [info?.format, record?.format];
  if (!formats.some((format) => typeof format === 'number' && format > RUN_FORMAT)) return undefined;
  const version = typeof info?.engine === 'string' ? ` (${info.engine})` : '';
  return `Made by a newer version of ML Lifecycle${version}: what this one does not understand is missing here. Update to see all of it.`;
}

/** Status of the last event, for a run that ended between its last event and its record. */
async function statusAtEnd(path: string): Promise<RunStatus | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const tail = Buffer.alloc(Math.min(size, 4096));
      await file.read(tail, 0, tail.length, size - tail.length);
      const lines = tail.toString('utf8').split('\n').filter(Boolean);
      const last = parseObject<RunEvent>(lines.at(-1) ?? '');
      return last?.type === 'run-finished' ? last.status : undefined;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether the supervisor of a run is alive: by its process on this machine, by its lease elsewhere. */
export async function runLives(folder: string, info: RunInfo): Promise<boolean> {
  if (info.host === machineName()) return isAlive(info.process);
  try {
    return Date.now() - (await stat(join(folder, RUN_FILES.lease))).mtimeMs < REMOTE_PATIENCE;
  } catch {
    return false;
  }
}

/**
 * The id that a user means: a whole id, `latest`, or any beginning or end that fits one run only.
 * @throws {UserError} `run-unknown`, `run-ambiguous`
 */
export async function resolveRunId(store: string, text: string): Promise<string> {
  const ids = await listRunIds(store);
  if (text === 'latest' && ids[0] !== undefined) return ids[0];
  const exact = ids.find((id) => id === text);
  if (exact !== undefined) return exact;
  if (text.includes('.') && (await listChildIds(store, parentRunId(text))).includes(text)) return text;
  const fitting = text === '' || text === 'latest' ? [] : ids.filter((id) => id.startsWith(text) || id.endsWith(text));
  if (fitting.length === 1 && fitting[0] !== undefined) return fitting[0];
  if (fitting.length > 1) {
    throw new UserError({
      code: 'run-ambiguous',
      message: `'${text}' fits ${fitting.length} runs: ${fitting.slice(0, 3).join(', ')}${fitting.length > 3 ? ', …' : ''}.`,
      hint: 'Give more of the id.',
    });
  }
  throw new UserError({
    code: 'run-unknown',
    message: ids.length === 0 ? 'There is no run yet.' : `There is no run '${text}'.`,
    hint: ids.length === 0 ? 'Start one with `lifecycle run`.' : '`lifecycle runs` lists them; `latest` is the newest.',
  });
}

/**
 * Everything that a run's folder tells, however it was left: torn and garbage lines are counted and passed over.
 * @throws {UserError} `run-unknown` when there is no such run
 */
export async function readRun(store: string, id: string): Promise<RunSummary> {
  const follower = new RunFollower(store, id);
  await follower.update();
  return follower.summary;
}

/** Reads a run again and again, each time only what is new. */
class RunFollower {
  summary: RunSummary;
  readonly #folder: string;
  readonly #id: string;
  readonly #lines: LineReader;
  #info: RunInfo | undefined;
  #fresh: RunEvent[] = [];

  constructor(store: string, id: string) {
    this.#folder = storePaths.run(store, id);
    this.#id = id;
    this.summary = newSummary(id);
    this.#lines = new LineReader(join(this.#folder, RUN_FILES.events), () => this.#restart());
  }

  #restart(): void {
    this.#fresh = [];
    this.summary = newSummary(this.#id, this.#info);
  }

  /** New events, and whether no more can come. */
  async update(): Promise<{ events: RunEvent[]; ended: boolean }> {
    if (this.#info === undefined) {
      this.#info = await readJson<RunInfo>(join(this.#folder, RUN_FILES.info));
      if (this.#info === undefined) {
        throw new UserError({
          code: 'run-unknown',
          message: `There is no run '${this.#id}', or its run.json can't be read.`,
          hint: '`lifecycle runs` lists the runs.',
        });
      }
      this.summary = newSummary(this.#id, this.#info);
    }
    // Alive is asked before the events are read: whoever was dead by then writes no more.
    const alive = await runLives(this.#folder, this.#info);
    const record = await readJson<RunRecord>(join(this.#folder, RUN_FILES.record));
    this.#fresh = [];
    await this.#lines.read((line) => this.#take(line));
    conclude(this.summary, { record, alive });
    return { events: this.#fresh, ended: record !== undefined || !alive };
  }

  #take(line: string): void {
    const event = parseObject<RunEvent>(line);
    if (event === undefined || typeof event.type !== 'string') {
      this.summary.garbage++;
      return;
    }
    try {
      applyEvent(this.summary, event);
      this.#fresh.push(event);
    } catch {
      this.summary.garbage++;
    }
  }
}

/** What {@link followRun} gives each time something changed. */
export interface RunUpdate {
  /** The whole summary; the same object each time, brought up to date. */
  readonly summary: RunSummary;
  /** Events since the last update. */
  readonly events: readonly RunEvent[];
  /** True once, in the last update. */
  readonly ended: boolean;
}

/**
 * Follows a run until it ends (or is lost), wherever it was started: the first update holds everything so far.
 * Changes are seen by watching the folder and, where that does not work, by looking every half second.
 *
 * @param options.interval fewest milliseconds between two updates
 */
export async function* followRun(
  store: string,
  id: string,
  options: { signal?: AbortSignal; interval?: number } = {},
): AsyncGenerator<RunUpdate, void> {
  const follower = new RunFollower(store, id);
  const bell = new FolderBell(storePaths.run(store, id));
  const { signal } = options;
  try {
    let first = true;
    let status: RunStatus = 'running';
    while (signal?.aborted !== true) {
      const { events, ended } = await follower.update();
      const { summary } = follower;
      if (first || events.length > 0 || ended || summary.status !== status) yield { summary, events, ended };
      if (ended) return;
      first = false;
      status = summary.status;
      await new Promise((resolve) => setTimeout(resolve, options.interval ?? 60));
      await bell.ring(500, signal);
    }
  } finally {
    bell.close();
  }
}

/**
 * Tells when something in a folder changes: by the system's notifications where they work, and after the given time anyway. A folder that is
 * not there yet, or was deleted and made again, is watched from the first wait on that finds it.
 */
export class FolderBell {
  #watcher: FSWatcher | undefined;
  /** Of the folder that is watched. */
  #inode: number | undefined;
  #looked = false;
  #rang = false;
  #wake: (() => void) | undefined;
  #closed = false;

  /** @param options.idle waiting for it keeps no process alive */
  constructor(
    private readonly folder: string,
    private readonly options: { readonly recursive?: boolean; readonly idle?: boolean } = {},
  ) {
    this.#listen();
    this.#looked = true;
  }

  /** Whether the folder was not there when last looked for. */
  get absent(): boolean {
    return this.#inode === undefined;
  }

  #listen(): void {
    let inode: number | undefined;
    try {
      inode = statSync(this.folder, { throwIfNoEntry: false })?.ino;
    } catch {
      // Not to be looked into.
    }
    if (this.#closed || (inode === this.#inode && (inode === undefined || this.#watcher !== undefined))) return;
    // What came while nobody listened counts as a change.
    if (this.#looked && inode !== undefined && inode !== this.#inode) this.#rang = true;
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#inode = inode;
    if (inode === undefined) return;
    try {
      const { recursive = false } = this.options;
      const watcher = watch(this.folder, { persistent: false, recursive }, () => {
        this.#rang = true;
        this.#wake?.();
      });
      watcher.on('error', () => {
        watcher.close();
        if (this.#watcher === watcher) this.#watcher = undefined;
      });
      this.#watcher = watcher;
    } catch {
      // No more watches to be had.
    }
  }

  /** Resolves at the next change, or at once when there was one since the last call. */
  async ring(atLatest: number, signal?: AbortSignal): Promise<void> {
    this.#listen();
    if (!this.#rang && signal?.aborted !== true) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          this.#wake = undefined;
          resolve();
        };
        const timer = setTimeout(done, atLatest);
        if (this.options.idle === true) timer.unref();
        this.#wake = done;
        signal?.addEventListener('abort', done, { once: true });
      });
    }
    this.#rang = false;
  }

  close(): void {
    this.#closed = true;
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#wake?.();
  }
}

/**
 * Asks a run to stop: a file in its folder, which its supervisor watches. Works from anywhere that sees the store.
 * @throws {UserError} `run-ended` when there is nothing to stop
 */
export async function requestCancel(store: string, id: string): Promise<void> {
  const entry = await readEntry(store, id);
  if (entry === undefined)
    throw new UserError({
      code: 'run-unknown',
      message: `There is no run '${id}'.`,
      hint: '`lifecycle runs` lists the runs.',
    });
  if (entry.status !== 'running')
    throw new UserError({
      code: 'run-ended',
      message: `Run ${id} is not running: it ${entry.status === 'lost' ? 'was lost' : entry.status}.`,
    });
  await writeAtomic(join(storePaths.run(store, id), RUN_FILES.cancel), new Date().toISOString());
}
