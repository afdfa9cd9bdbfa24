import * as vscode from 'vscode';
import { readRun } from '../../lifecycle/store/runs';
import type { RunSummary, StageSummary } from '../../lifecycle/store/summary';
import type { FromMetrics, MetricsState, RunState, Series, StageState, ToMetrics } from '../../webviews/protocol';
import type { Runs, WorkspaceRun } from '../runs';
import { ago } from '../../lifecycle/report/words';
import { headline } from '../views/show';
import { Pages } from './pages';

/** The metrics of a run: of the newest, until another is chosen. */
export class MetricsPanel implements vscode.Disposable {
  readonly pages: Pages<FromMetrics, ToMetrics>;
  private chosen: string | undefined;
  private summary: { readonly run: WorkspaceRun; readonly summary: RunSummary } | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    extensionUri: vscode.Uri,
    private readonly runs: Runs,
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
        if (this.chosen === undefined && run.info.created >= (this.summary?.run.info.created ?? ''))
          this.summary = { run, summary };
        if (this.summary?.run.id === run.id) this.pages.schedule();
      }),
      runs.onDidChange(() => this.pages.schedule()),
    ];
  }

  /** Opens the editor panel on a run, or on the newest. */
  open(run?: string): void {
    if (run !== undefined) {
      this.chosen = run;
      this.summary = undefined;
    }
    this.pages.open();
  }

  /** Opens the editor panel on several runs together. */
  compare(runs: readonly string[]): void {
    this.open(runs[0]);
  }

  private async receive(message: FromMetrics): Promise<void> {
    switch (message.type) {
      case 'ready':
        if (
          message.run !== undefined &&
          this.chosen === undefined &&
          (await this.runs.find(message.run))?.status === 'running'
        )
          this.chosen = message.run;
        return this.pages.send();
      case 'choose':
        this.chosen = message.run;
        this.summary = undefined;
        return this.pages.send();
      case 'open-stage': {
        const run = this.summary?.run;
        if (run)
          await vscode.commands.executeCommand('lifecycle.openStage', {
            root: run.root,
            file: run.info.file,
            stage: message.stage,
          });
        return;
      }
      case 'command':
        await vscode.commands.executeCommand(
          message.command === 'run' ? 'lifecycle.run' : 'lifecycle.showRun',
          this.summary?.run.id,
        );
    }
  }

  /** A run that has just been started is followed even when another was chosen before. */
  followNewest(): void {
    this.chosen = undefined;
    this.summary = undefined;
  }

  private async state(): Promise<ToMetrics> {
    const all = await this.runs.all();
    const wanted = this.chosen === undefined ? all[0] : (all.find(({ id }) => id === this.chosen) ?? all[0]);
    let note: string | undefined;
    if (
      wanted &&
      (this.summary?.run.id !== wanted.id || (wanted.status !== 'running' && this.summary.summary.status === 'running'))
    ) {
      try {
        this.summary = { run: wanted, summary: await readRun(wanted.store, wanted.id) };
      } catch (error) {
        this.summary = undefined;
        note = `The run ${wanted.id} can't be read: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
    if (!wanted) this.summary = undefined;
    const summary = this.summary?.summary;
    if (summary && summary.garbage > 0)
      note = `${summary.garbage} line${summary.garbage === 1 ? '' : 's'} of this run's event log could not be understood and were passed over.`;
    const state: MetricsState = {
      runs: all.map(({ id, info, status }) => ({
        id,
        label: `${info.pipeline} · ${status === 'running' ? 'running' : ago(info.created)} · ${id.slice(-6)}`,
      })),
      ...(summary ? { run: runState(summary) } : {}),
      series: summary ? summary.stages.flatMap(seriesOf) : [],
      ...(note ? { note } : {}),
    };
    return { type: 'state', state };
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

function runState(summary: RunSummary): RunState {
  const started = Date.parse(summary.created);
  return {
    id: summary.id,
    pipeline: summary.pipeline,
    status: summary.status,
    started,
    seconds: summary.seconds ?? Math.max(0, (Date.now() - started) / 1000),
    stages: summary.stages.map(stageState),
  };
}

function stageState(stage: StageSummary): StageState {
  const { name, kind, state, fraction, doing, seconds, summary, reason, error, metrics } = stage;
  return {
    name,
    kind,
    status: state === 'lost' ? 'failed' : state,
    ...(fraction === undefined ? {} : { fraction }),
    ...(doing === undefined ? {} : { message: doing }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(summary === undefined ? {} : { summary }),
    ...(reason === undefined ? {} : { reason }),
    ...(error ? { error: error.message } : state === 'lost' ? { error: 'The process ended unexpectedly.' } : {}),
    headline: headline(metrics, 3),
    metrics,
  };
}

const most = 2_000;

/** The series of a stage, thinned to what a chart can show; points that are not finite become gaps. */
function seriesOf(stage: StageSummary): Series[] {
  return Object.entries(stage.series).map(([name, { steps, values, epochs }]) => {
    const every = Math.max(1, Math.ceil(values.length / most));
    const keep = values.map((_, index) => index).filter((index) => index % every === 0 || index === values.length - 1);
    return {
      stage: stage.name,
      name,
      steps: keep.map((index) => steps[index] ?? 0),
      ...(epochs ? { epochs: keep.map((index) => finite(epochs[index])) } : {}),
      values: keep.map((index) => finite(values[index])),
      broken: values.filter((value) => !Number.isFinite(value)).length,
    };
  });
}

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;
