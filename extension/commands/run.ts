import * as vscode from 'vscode';
import { requestCancel } from '../../lifecycle/store/runs';
import type { MetricsPanel } from '../panels/metrics';
import { type Projects, savePipeline } from '../projects';
import type { Runs, WorkspaceRun } from '../runs';
import type { LifecycleTask, Tasks } from '../tasks';

/** A stage as trees, lenses and panels name it. */
export interface StagePlace {
  readonly uri: vscode.Uri;
  readonly stage: string;
}

/** A run in a terminal of its own. */
export interface Started {
  readonly uri: vscode.Uri;
  readonly execution: vscode.TaskExecution;
}

/** Stage of an argument, which comes from a tree node (with `uri` and `stage`), or from a code lens (file's URI as text, then the name). */
function stageOf(first: unknown, second: unknown): StagePlace | undefined {
  if (typeof first === 'string' && typeof second === 'string') return { uri: vscode.Uri.parse(first), stage: second };
  const node = first as Partial<StagePlace> | undefined;
  return node?.uri instanceof vscode.Uri && typeof node.stage === 'string' ? (node as StagePlace) : undefined;
}

/** Starts, cancels and shows runs. */
export class RunCommands {
  constructor(
    private readonly projects: Projects,
    private readonly runs: Runs,
    private readonly tasks: Tasks,
    private readonly metrics: MetricsPanel,
  ) {}

  /** @returns what was started, unless that was cancelled or refused */
  async run(given: unknown, extra: Partial<LifecycleTask> = {}): Promise<Started | undefined> {
    const uri = await this.projects.choose(uriOf(given), extra.deploy ? 'Run and Deploy' : 'Run Pipeline');
    const execution = uri && (await this.start(uri, extra));
    return execution && { uri, execution };
  }

  async runStage(first: unknown, second: unknown, from: boolean): Promise<void> {
    const place = stageOf(first, second);
    if (place) {
      await this.start(place.uri, from ? { from: place.stage } : { stages: [place.stage] });
      return;
    }
    const uri = await this.projects.choose(undefined, from ? 'Run from Here' : 'Run Stage');
    if (!uri) return;
    const stage = await vscode.window.showQuickPick(await this.projects.stageNames(uri), {
      placeHolder: 'Which stage?',
    });
    if (stage) await this.start(uri, from ? { from: stage } : { stages: [stage] });
  }

  private async start(uri: vscode.Uri, extra: Partial<LifecycleTask>): Promise<vscode.TaskExecution | undefined> {
    if (!vscode.workspace.isTrusted) {
      void vscode.window
        .showWarningMessage('Pipelines run only in a trusted workspace. Trust this folder first.', 'Manage Trust')
        .then((answer) => {
          if (answer) void vscode.commands.executeCommand('workbench.trust.manage');
        });
      return undefined;
    }
    if (!(await savePipeline(uri))) {
      void vscode.window.showErrorMessage('The pipeline was not run, because its file could not be saved.');
      return undefined;
    }
    this.metrics.followNewest();
    const pipeline = vscode.workspace.asRelativePath(uri, false);
    return vscode.tasks.executeTask(await this.tasks.task({ type: 'lifecycle', pipeline, ...extra }, uri));
  }

  async cancel(given: unknown): Promise<void> {
    const run = (await this.runOf(given)) ?? (await this.chooseActive());
    if (!run) return;
    try {
      await requestCancel(run.store, run.id);
    } catch (error) {
      void vscode.window.showInformationMessage(error instanceof Error ? error.message : String(error));
    }
  }

  private async chooseActive(): Promise<WorkspaceRun | undefined> {
    const active = await this.runs.active();
    if (active.length === 0) void vscode.window.showInformationMessage('Nothing is running.');
    if (active.length < 2) return active[0];
    const picked = await vscode.window.showQuickPick(
      active.map((run) => ({ label: run.info.pipeline, description: run.id, run })),
      { placeHolder: 'Which run?' },
    );
    return picked?.run;
  }

  /** Shows everything that was logged of a run, in an editor of its own. */
  async show(given: unknown): Promise<void> {
    const run = await this.choose(given);
    if (!run) return;
    const uri = vscode.Uri.from({
      scheme: 'lifecycle-run',
      path: `/${run.info.pipeline} ${run.id}.log`,
      query: JSON.stringify({ store: run.store, id: run.id }),
    });
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  /** The run that a command is given, or that the user chooses. */
  async choose(given: unknown): Promise<WorkspaceRun | undefined> {
    return (await this.runOf(given)) ?? (await this.chooseAny());
  }

  private async chooseAny(): Promise<WorkspaceRun | undefined> {
    const all = await this.runs.all();
    if (all.length === 0) void vscode.window.showInformationMessage('Nothing has been run yet.');
    const picked = await vscode.window.showQuickPick(
      all.map((run) => ({
        label: run.info.pipeline,
        description: `${run.status} · ${new Date(run.info.created).toLocaleString()}`,
        detail: run.id,
        run,
      })),
      { placeHolder: 'Which run?' },
    );
    return picked?.run;
  }

  async openMetrics(given: unknown): Promise<void> {
    this.metrics.open((await this.runOf(given))?.id);
  }

  private async runOf(given: unknown): Promise<WorkspaceRun | undefined> {
    if (typeof given === 'string') return this.runs.find(given);
    const node = given as { run?: WorkspaceRun } | undefined;
    return node?.run?.store ? node.run : undefined;
  }
}

function uriOf(given: unknown): vscode.Uri | undefined {
  if (given instanceof vscode.Uri) return given;
  const node = given as { uri?: unknown } | undefined;
  return node?.uri instanceof vscode.Uri ? node.uri : undefined;
}
