import * as vscode from 'vscode';
import type { RunSummary } from '../../lifecycle/store/summary';
import { isLook } from '../../lifecycle/store/newest';
import { readPyramid } from '../../lifecycle/store/pyramid';
import { readRun } from '../../lifecycle/store/runs';
import type { FromMetrics, MetricsState, Series, ToMetrics } from '../../webviews/protocol';
import type { Engine } from '../engine';
import { askExamples } from '../examples';
import type { Runs, WorkspaceRun } from '../runs';
import { ago } from '../../lifecycle/report/words';
import { evaluationsOf, searchesOf, tableFor } from './evaluations';
import { Pages } from './pages';
import { isLong, runState, seriesOf } from './curves';

/** Runs that are shown together at most: more curves can't be told apart. */
const mostRuns = 30;

interface Followed {
  readonly run: WorkspaceRun;
  readonly summary: RunSummary;
}

/** The metrics of runs: of the newest, until others are chosen. */
export class MetricsPanel implements vscode.Disposable {
  readonly pages: Pages<FromMetrics, ToMetrics>;
  private chosen: readonly string[] | undefined;
  private readonly followed = new Map<string, Followed>();
  private newest = '';
  private range: readonly [number, number] | undefined;
  private table: MetricsState['table'];
  private tableOf = '';
  /** Runs whose long series are being read, or were, whatever came of it. */
  private readonly prepared = new Map<string, 'going' | 'done'>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    extensionUri: vscode.Uri,
    private readonly runs: Runs,
    private readonly engine: Engine,
  ) {
    this.pages = new Pages(
      extensionUri,
      'metrics',
      'Metrics',
      () => this.state(),
      (message) => void this.receive(message),
    );
    this.subscriptions = [
      this.pages,
      runs.onDidProgress(({ run, summary }) => {
        if (!this.pages.shown) return;
        if (this.chosen === undefined && run.info.created > this.newest && !isLook(run)) this.pages.schedule();
        if (!this.followed.has(run.id)) return;
        this.followed.set(run.id, { run, summary });
        this.pages.schedule();
      }),
      runs.onDidChange(() => {
        this.tableOf = '';
        this.pages.schedule();
      }),
    ];
  }

  /** Opens the editor panel on a run, or on the newest. */
  open(run?: string): void {
    if (run !== undefined) this.choose([run]);
    this.pages.open();
  }

  /** Opens the editor panel on several runs together. */
  compare(runs: readonly string[]): void {
    this.choose(runs);
    this.pages.open();
  }

  private choose(runs: readonly string[]): void {
    this.chosen = runs.slice(0, mostRuns);
    this.range = undefined;
  }

  private async receive(message: FromMetrics): Promise<void> {
    switch (message.type) {
      case 'ready':
        // A page that was there before a reload goes on with what it showed, if that is still worth following.
        if (this.chosen === undefined && message.runs) {
          const found = await Promise.all(message.runs.map((id) => this.runs.find(id)));
          if (found.some((run) => run?.status === 'running') || message.runs.length > 1)
            this.choose(found.flatMap((run) => (run ? [run.id] : [])));
        }
        return this.pages.send();
      case 'choose':
        this.choose(message.runs);
        return this.pages.send();
      case 'zoom':
        this.range = message.range;
        return this.refine();
      case 'save':
        return save(message);
      case 'examples': {
        const answer = await askExamples(this.engine, this.runs, message.question);
        return this.pages.post({ type: 'examples', id: message.id, answer });
      }
      case 'open-stage': {
        const run = this.followed.get(message.run)?.run;
        if (run)
          await vscode.commands.executeCommand('lifecycle.openStage', {
            root: run.root,
            file: run.info.file,
            stage: message.stage,
          });
        return;
      }
      case 'steer':
        await vscode.commands.executeCommand(`lifecycle.${message.action}Run`, message.run);
        return;
      case 'command':
        await vscode.commands.executeCommand('lifecycle.run');
    }
  }

  /** A run that has just been started is followed even when another was chosen before. */
  followNewest(): void {
    this.chosen = undefined;
    this.range = undefined;
  }

  private async state(): Promise<ToMetrics> {
    const all = await this.runs.all();
    const missing = await this.runs.missing();
    const newer = await this.runs.newer();
    const notes: string[] = [missing, newer].filter((note) => note !== undefined);
    // A watch looks every few minutes: its looks have no curves, and take nobody away from those of a training.
    const newest = all.find((run) => !isLook(run)) ?? all[0];
    const ids = this.chosen ?? (newest ? [newest.id] : []);
    this.newest = newest?.info.created ?? '';
    const wanted: WorkspaceRun[] = [];
    for (const id of ids) {
      const run = all.find((each) => each.id === id) ?? (await this.runs.find(id));
      if (run) wanted.push(run);
      else if (missing === undefined) notes.push(`The run ${id} is no longer in the store.`);
    }
    if (wanted.length === 0 && newest) wanted.push(newest);
    const keep = new Set(wanted.map(({ id }) => id));
    for (const id of this.followed.keys()) if (!keep.has(id)) this.followed.delete(id);
    for (const run of wanted) {
      const known = this.followed.get(run.id);
      if (known && (run.status === 'running' || known.summary.status !== 'running')) continue;
      try {
        this.followed.set(run.id, { run, summary: await readRun(run.store, run.id) });
      } catch (error) {
        notes.push(`The run ${run.id} can't be read: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const shown = wanted.flatMap(({ id }) => this.followed.get(id) ?? []);
    for (const { summary } of shown)
      if (summary.garbage > 0)
        notes.push(
          `${summary.garbage} line${summary.garbage === 1 ? '' : 's'} of the event log of ${summary.id} could not be understood and were passed over.`,
        );
    for (const { run, summary } of shown) void this.prepare(run, summary);
    for (const [id, how] of this.prepared)
      if (how === 'going' && keep.has(id))
        notes.push('Long curves are being prepared; until then they are shown coarsely.');
    const state: MetricsState = {
      choices: [...all, ...wanted.filter(({ id }) => !all.some((run) => run.id === id))].map(
        ({ id, info, status }) => ({
          id,
          name: `${info.pipeline} ${shortId(id)}`,
          // What is followed is known sooner than the list.
          label: `${info.pipeline} · ${(this.followed.get(id)?.summary.status ?? status) === 'running' ? 'running' : ago(info.created)} · ${shortId(id)}`,
        }),
      ),
      runs: shown.map(({ summary }) => runState(summary)),
      series: await this.series(shown),
      evaluations: (await Promise.all(shown.map(({ run, summary }) => evaluationsOf(run, summary)))).flat(),
      searches: (await Promise.all(shown.map(({ run, summary }) => searchesOf(run, summary)))).flat(),
      ...(await this.parameters(wanted)),
      ...(notes.length > 0 ? { note: notes.join(' ') } : {}),
    };
    return { type: 'state', state };
  }

  private async series(shown: readonly Followed[]): Promise<Series[]> {
    return (await Promise.all(shown.map(({ run, summary }) => seriesOf(run, summary)))).flat();
  }

  /** Lets the engine read series that are too long for the summary, once a run. */
  private async prepare(run: WorkspaceRun, summary: RunSummary): Promise<void> {
    if (summary.status === 'running' || this.prepared.has(run.id) || !isLong(summary)) return;
    this.prepared.set(run.id, 'going');
    if (!(await readPyramid(run.store, run.id).catch(() => undefined))) {
      await this.engine.ask(['series', run.id], { cwd: run.root });
      this.prepared.set(run.id, 'done');
      this.pages.schedule();
    } else this.prepared.set(run.id, 'done');
  }

  /** Series whose points do not all fit on the screen, at a finer grain where somebody looks. */
  private async refine(): Promise<void> {
    const { range } = this;
    const found = await Promise.all(
      [...this.followed.values()].map(({ run, summary }) => seriesOf(run, summary, range)),
    );
    await this.pages.post({ type: 'refined', series: found.flat().filter(({ low }) => low !== undefined || range) });
  }

  /** Parameters and metrics of the runs, or where there is one run of all runs of its pipeline. */
  private async parameters(wanted: readonly WorkspaceRun[]): Promise<Pick<MetricsState, 'table'>> {
    const key = wanted.map(({ id, status }) => `${id} ${status}`).join();
    if (key !== this.tableOf) {
      this.table = await tableFor(wanted);
      this.tableOf = key;
    }
    return this.table ? { table: this.table } : {};
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

/** The end of a run's id; of a trial that of its run, and the trial: `482k3f trees-7`. */
function shortId(id: string): string {
  const dot = id.indexOf('.');
  return dot < 0 ? id.slice(-6) : `${id.slice(0, dot).slice(-6)} ${id.slice(dot + 1)}`;
}

async function save({ name, format, content }: Extract<FromMetrics, { type: 'save' }>): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    filters: { [format.toUpperCase()]: [format] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `${name}.${format}`) } : {}),
  });
  if (!target) return;
  const bytes = format === 'png' ? Buffer.from(content, 'base64') : new TextEncoder().encode(content);
  await vscode.workspace.fs.writeFile(target, bytes);
}
