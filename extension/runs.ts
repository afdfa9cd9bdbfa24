import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { isLook, newestRuns } from '../lifecycle/store/newest';
import { followRun, FolderBell, listRunIds, listRuns, readEntry, type RunEntry } from '../lifecycle/store/runs';
import { inspectStore, storePaths } from '../lifecycle/store/layout';
import type { RunSummary } from '../lifecycle/store/summary';
import type { Projects } from './projects';

/** A run of one of the workspace's stores. */
export interface WorkspaceRun extends RunEntry {
  readonly store: string;
  readonly root: string;
}

/** Runs that are listed, and looks of a watch beside them. */
const shown = { others: 50, looks: 20 };

/**
 * The runs of the workspace, followed through their folders: those started here, in a terminal, in CI or before a reload alike.
 * Nothing is watched until somebody listens.
 */
export class Runs implements vscode.Disposable {
  private readonly listChanged = new vscode.EventEmitter<void>();
  private readonly progressed = new vscode.EventEmitter<{ run: WorkspaceRun; summary: RunSummary }>();
  /** Fires when runs appear, end or disappear. */
  readonly onDidChange = this.listChanged.event;
  /** Fires, at most some times a second, while a run goes on, and once when it ends. */
  readonly onDidProgress = this.progressed.event;

  private readonly stopping = new AbortController();
  private readonly following = new Set<string>();
  private readonly summaries = new Map<string, RunSummary>();
  private readonly watched = new Set<string>();
  /** Stores in which there have been runs. */
  private readonly filled = new Set<string>();
  /** Looks that are over, by store: there may be thousands. */
  private readonly looks = new Map<string, Set<string>>();
  private list: Promise<WorkspaceRun[]> | undefined;

  constructor(
    private readonly projects: Projects,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Begins to watch the stores; again whenever the projects change. */
  start(): vscode.Disposable {
    const look = () => void this.watchStores().catch((error: unknown) => this.log.error(String(error)));
    look();
    return this.projects.onDidChange(look);
  }

  private async watchStores(): Promise<void> {
    for (const { store, root } of await this.projects.stores()) {
      if (this.watched.has(store)) continue;
      this.watched.add(store);
      void this.watch(store, root);
    }
  }

  private async watch(store: string, root: string): Promise<void> {
    const { signal } = this.stopping;
    let before = '';
    while (!signal.aborted) {
      const bell = new FolderBell(storePaths.runs(store));
      try {
        const ids = await listRunIds(store);
        const now = ids.join();
        if (ids.length > 0) this.filled.add(store);
        if (now !== before) {
          before = now;
          this.list = undefined;
          this.listChanged.fire();
          for (const run of await listRuns(store, { limit: 10 }))
            if (run.status === 'running') void this.follow({ ...run, store, root });
        }
        await bell.ring(2_000, signal);
      } catch (error) {
        this.log.warn(`The store ${store} can't be read: ${String(error)}`);
        await new Promise((resolve) => setTimeout(resolve, 5_000));
      } finally {
        bell.close();
      }
    }
  }

  private async follow(run: WorkspaceRun): Promise<void> {
    const key = `${run.store}\n${run.id}`;
    if (this.following.has(key)) return;
    this.following.add(key);
    try {
      for await (const { summary } of followRun(run.store, run.id, { signal: this.stopping.signal, interval: 120 })) {
        this.summaries.set(key, summary);
        this.progressed.fire({ run: { ...run, status: summary.status }, summary });
      }
    } catch (error) {
      this.log.warn(`The run ${run.id} can't be followed: ${String(error)}`);
    } finally {
      this.following.delete(key);
      this.summaries.delete(key);
      this.list = undefined;
      this.listChanged.fire();
    }
  }

  /** The newest runs of all stores, newest first. */
  all(): Promise<WorkspaceRun[]> {
    this.list ??= this.read();
    return this.list;
  }

  private async read(): Promise<WorkspaceRun[]> {
    const lists = await Promise.all(
      (await this.projects.stores()).map(async ({ store, root }) =>
        (await newestRuns(store, { ...shown, over: this.looksOf(store) })).map((run) => ({ ...run, store, root })),
      ),
    );
    for (const { store } of lists.flat()) this.filled.add(store);
    const runs = lists.flat().sort((a, b) => (a.info.created < b.info.created ? 1 : -1));
    // The list is kept until something happens: what it has as running must be heard of again, be it over before the watch looks.
    for (const run of runs) if (run.status === 'running' && this.watched.has(run.store)) void this.follow(run);
    return runs;
  }

  private looksOf(store: string): Set<string> {
    const known = this.looks.get(store) ?? new Set<string>();
    this.looks.set(store, known);
    return known;
  }

  /** The newest runs of a pipeline file, with the last looks at its model: together they tell how each of its stages went last. */
  async of(file: vscode.Uri): Promise<WorkspaceRun[]> {
    const mine = (await this.all()).filter(({ root, info }) => path.join(root, info.file) === file.fsPath);
    const left = { looks: 3, others: 10 };
    return mine.filter((run) => left[isLook(run) ? 'looks' : 'others']-- > 0);
  }

  async active(): Promise<WorkspaceRun[]> {
    return (await this.all()).filter(({ status }) => status === 'running');
  }

  /** A run by its id, however old. */
  async find(id: string): Promise<WorkspaceRun | undefined> {
    const listed = (await this.all()).find((run) => run.id === id);
    if (listed) return listed;
    for (const { store, root } of await this.projects.stores()) {
      const entry = /^[\w.-]+$/.test(id) ? await readEntry(store, id) : undefined;
      if (entry) return { ...entry, store, root };
    }
    return undefined;
  }

  /** What to say of stores that had runs and are not there any more; undefined where all are. */
  async missing(): Promise<string | undefined> {
    const gone: string[] = [];
    for (const store of this.filled) if (!(await stat(store).catch(() => undefined))) gone.push(store);
    return gone.length === 0
      ? undefined
      : gone
          .map(
            (store) =>
              `The folder ${store} with the runs is gone: it was deleted, moved or renamed. They are shown again when it is back.`,
          )
          .join(' ');
  }

  /** What to say of stores that a newer version wrote; undefined where there is none. */
  async newer(): Promise<string | undefined> {
    const stores = (await this.projects.stores()).map(({ store }) => store);
    const states = await Promise.all(stores.map((store) => inspectStore(store).catch(() => undefined)));
    const found = states.flatMap((state) => (state?.newer ? [state.store] : []));
    return found.length === 0
      ? undefined
      : `A newer version of ML Lifecycle wrote ${found.join(', ')}: its runs are shown as far as this version understands them, and nothing is written there. Update ML Lifecycle to go on.`;
  }

  refresh(): void {
    this.list = undefined;
    this.listChanged.fire();
  }

  dispose(): void {
    this.stopping.abort();
    this.listChanged.dispose();
    this.progressed.dispose();
  }
}
