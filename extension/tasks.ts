import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Engine } from './engine';
import { type Projects, savePipeline } from './projects';
import { runEnvironment, type RunSettings, runSettings } from './run-settings';
import type { Secrets } from './secrets';

/** A task of type `lifecycle`, as in tasks.json. */
export interface LifecycleTask extends vscode.TaskDefinition {
  readonly type: 'lifecycle';
  /** Pipeline file, relative to the workspace folder. */
  readonly pipeline: string;
  readonly command?: 'run' | 'plan' | 'check' | 'deploy' | 'monitor';
  readonly stages?: readonly string[];
  readonly from?: string;
  readonly deploy?: boolean;
  readonly force?: boolean;
  /** Trains networks on this device instead of what they ask for. */
  readonly device?: string;
  /** Number of the GPU that trainings which need one are held to. */
  readonly gpu?: number;
  readonly environment?: string;
  readonly set?: Readonly<Record<string, string | number | boolean>>;
}

/** Arguments of the engine for a task. A run is detached, and the task's terminal follows it: it goes on when the window closes. */
export function argumentsOf(task: LifecycleTask, settings: RunSettings): string[] {
  const command = task.command ?? 'run';
  const args: string[] = [command, task.pipeline];
  const environment = task.environment ?? settings.environment;
  if (environment) args.push('--env', environment);
  for (const [name, value] of Object.entries(task.set ?? {})) args.push('--set', `${name}=${String(value)}`);
  if (command === 'check') return args;
  if (command !== 'run' && command !== 'plan') {
    for (const stage of task.stages ?? []) args.push('--stage', stage);
    return args;
  }
  for (const stage of task.stages ?? []) args.push('--to', stage);
  if (task.from) args.push('--from', task.from);
  if (task.deploy) args.push('--deploy');
  if (task.force) args.push('--force');
  if (task.device) args.push('--device', task.device);
  if (task.gpu !== undefined) args.push('--gpu', String(task.gpu));
  if (command === 'run') {
    if (settings.cores) args.push('--cores', String(settings.cores));
    args.push('--detach', '--follow');
  }
  return args;
}

/** Offers every pipeline of the workspace as tasks, and completes those of tasks.json. */
export class Tasks implements vscode.TaskProvider {
  constructor(
    private readonly engine: Engine,
    private readonly projects: Projects,
    private readonly secrets: Secrets,
  ) {}

  async provideTasks(): Promise<vscode.Task[]> {
    const uris = await this.projects.pipelines();
    const tasks = uris.flatMap((uri) => {
      const pipeline = vscode.workspace.asRelativePath(uri, false);
      return [
        this.task({ type: 'lifecycle', pipeline }, uri),
        this.task({ type: 'lifecycle', pipeline, deploy: true }, uri),
      ];
    });
    return Promise.all(tasks);
  }

  async resolveTask(task: vscode.Task): Promise<vscode.Task | undefined> {
    const definition = task.definition as LifecycleTask;
    const folder = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
    if (!folder || typeof definition.pipeline !== 'string') return undefined;
    return this.task(definition, vscode.Uri.joinPath(folder.uri, definition.pipeline), folder);
  }

  /** Runs a command whose output is to be read, in a terminal that comes to the front. */
  async show(command: 'plan' | 'monitor', pipeline: vscode.Uri): Promise<void> {
    await savePipeline(pipeline);
    const definition = {
      type: 'lifecycle',
      command,
      pipeline: vscode.workspace.asRelativePath(pipeline, false),
    } as const;
    const task = await this.task(definition, pipeline);
    task.presentationOptions = { ...task.presentationOptions, reveal: vscode.TaskRevealKind.Always };
    await vscode.tasks.executeTask(task);
  }

  /** A task that runs the engine in a terminal. */
  async task(
    definition: LifecycleTask,
    pipeline: vscode.Uri,
    folder = vscode.workspace.getWorkspaceFolder(pipeline),
  ): Promise<vscode.Task> {
    const { program, args, env } = await this.engine.command();
    const cwd = folder?.uri.fsPath ?? path.dirname(pipeline.fsPath);
    const own = argumentsOf({ ...definition, pipeline: path.relative(cwd, pipeline.fsPath) }, runSettings(pipeline));
    const task = new vscode.Task(
      definition,
      folder ?? vscode.TaskScope.Workspace,
      titleOf(definition),
      'lifecycle',
      new vscode.ProcessExecution(program, [...args, ...own], {
        cwd,
        env: { ...env, ...(await runEnvironment(pipeline, this.secrets)), FORCE_COLOR: '1' },
      }),
      // The language server shows a run's problems at their exact place; tasks.json may add `$lifecycle` for other tools.
      [],
    );
    // A setting of the window, not of the file.
    const reveal = vscode.workspace.getConfiguration('lifecycle').get<string>('run.revealTerminal');
    task.presentationOptions = {
      reveal:
        reveal === 'always'
          ? vscode.TaskRevealKind.Always
          : reveal === 'never'
            ? vscode.TaskRevealKind.Never
            : vscode.TaskRevealKind.Silent,
      panel: vscode.TaskPanelKind.Dedicated,
      clear: true,
      showReuseMessage: false,
    };
    task.group = vscode.TaskGroup.Build;
    task.detail = `lifecycle ${own.filter((arg) => arg !== '--detach' && arg !== '--follow').join(' ')}`;
    return task;
  }
}

function titleOf({ command = 'run', pipeline, stages, from, deploy, device, gpu }: LifecycleTask): string {
  const what = stages?.length ? ` ${stages.join(', ')}` : from ? ` from ${from}` : '';
  const place = [device && device !== 'auto' ? device : '', gpu === undefined ? '' : `GPU ${gpu}`].filter(Boolean);
  const where = place.length > 0 ? ` on ${place.join(', ')}` : '';
  return `${command}${deploy ? ' and deploy' : ''}${what}${where} (${path.posix.basename(pipeline.replaceAll('\\', '/'))})`;
}
