import * as path from 'node:path';
import * as vscode from 'vscode';
import { Alerts } from './alerts';
import { DeployCommands } from './commands/deploy';
import { DocumentCommands } from './commands/document';
import { GpuCommands } from './commands/gpu';
import { MonitorCommands, type Place } from './commands/monitor';
import { registerPlans } from './commands/plan';
import { compareWithRun, KeptPipelines, pipelineScheme, restorePipeline } from './commands/restore';
import { type Look, reportWhatChanged, showWhatChanged } from './commands/what-changed';
import { newProgram } from './commands/program';
import { newFromData } from './commands/draft';
import { collectGarbage, inTerminal, newProject } from './commands/project';
import { RunCommands } from './commands/run';
import { TargetCommands } from './commands/targets';
import { VersionCommands } from './commands/versions';
import { Engine } from './engine';
import { DocumentController, notebookType } from './notebook/controller';
import { serializer } from './notebook/serializer';
import { CellStatus } from './notebook/status';
import { registerAnswers } from './notebook/answers';
import { DriftPanel } from './panels/drift';
import { GraphPanel } from './panels/graph';
import { MetricsPanel } from './panels/metrics';
import { RunActions } from './panels/run-actions';
import { RunsPanel } from './panels/runs';
import { showLine, showPipeline } from './pipeline-text';
import { Projects } from './projects';
import { Runs } from './runs';
import { runLog } from './runlog';
import { Secrets } from './secrets';
import { registerStatusBar } from './statusbar';
import { Tasks, type LifecycleTask } from './tasks';
import { putOnPath } from './terminal-path';
import { ModelsView } from './views/models';
import { PipelinesView } from './views/pipelines';
import { RunsView } from './views/runs';

/** What tests may look into. */
export interface Api {
  readonly projects: Projects;
  readonly runs: Runs;
  readonly engine: Engine;
  /** Settles when the language server answers. */
  readonly languageServer: Promise<unknown>;
}

export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel('ML Lifecycle', { log: true });
  const projects = new Projects();
  const engine = new Engine(context, log);
  const secrets = new Secrets(context);
  const runs = new Runs(projects, log);
  const tasks = new Tasks(engine, projects, secrets);
  const metrics = new MetricsPanel(context.extensionUri, runs, engine);
  const monitoring = new MonitorCommands(engine, projects, secrets);
  const drift = new DriftPanel(context.extensionUri, runs, engine, monitoring);
  const graph = new GraphPanel(context.extensionUri, projects, runs);
  const runActions = new RunActions(engine, runs, (ids) => metrics.compare(ids));
  const runsPanel = new RunsPanel(context, projects, runs, runActions);
  const pipelinesView = new PipelinesView(projects, runs);
  const runsView = new RunsView(runs);
  const modelsView = new ModelsView(projects);
  const run = new RunCommands(projects, runs, tasks, metrics);
  const gpu = new GpuCommands(engine, projects, runs, run, log);
  const deploy = new DeployCommands(engine, projects, secrets, modelsView);
  const targets = new TargetCommands(engine, secrets, modelsView);
  const versions = new VersionCommands(engine, modelsView, (title) => deploy.chooseVersion(title));
  const alerts = new Alerts(context.workspaceState, monitoring, projects, runs);

  // In the next turn: reading its bundle is no part of activation.
  const languageServer = new Promise<void>((resolve) => setImmediate(resolve))
    .then(() => import('./lazy'))
    .then(({ startClient }) => startClient(context, log));
  const status = new CellStatus(languageServer);
  const documents = new DocumentCommands(engine, projects, languageServer, status);

  const command = (name: string, handler: (...args: unknown[]) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`lifecycle.${name}`, async (...args: unknown[]) => {
      try {
        return await handler(...args);
      } catch (error) {
        log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
        void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
        return undefined;
      }
    });

  context.subscriptions.push(
    registerPlans(),
    log,
    projects,
    runs,
    metrics,
    drift,
    graph,
    alerts,
    runActions,
    runsPanel,
    modelsView,
    runs.start(),
    registerStatusBar(runs),
    status,
    new DocumentController(engine, projects, runs, secrets),
    registerAnswers(modelsView, engine, runs),
    vscode.workspace.registerNotebookSerializer(notebookType, serializer, { transientOutputs: true }),
    vscode.tasks.registerTaskProvider('lifecycle', tasks),
    vscode.workspace.registerTextDocumentContentProvider('lifecycle-run', runLog),
    vscode.workspace.registerFileSystemProvider(pipelineScheme, new KeptPipelines(), { isReadonly: true }),
    vscode.window.registerTreeDataProvider('lifecycle.pipelines', pipelinesView),
    vscode.window.registerTreeDataProvider('lifecycle.runs', runsView),
    vscode.window.registerTreeDataProvider('lifecycle.models', modelsView),
    vscode.window.registerWebviewViewProvider('lifecycle.metrics', metrics.pages),
    vscode.window.registerWebviewViewProvider('lifecycle.drift', drift.pages),
    vscode.window.registerWebviewPanelSerializer('lifecycle.metrics', metrics.pages),
    vscode.window.registerWebviewPanelSerializer('lifecycle.drift', drift.pages),
    vscode.window.registerWebviewPanelSerializer('lifecycle.runs', runsPanel.pages),
    vscode.window.registerWebviewPanelSerializer('lifecycle.graph', graph.pages),
    command('run', (uri, extra) => run.run(uri, extraOf(extra))),
    command('runAndDeploy', async (given) => {
      const started = await run.run(given, { deploy: true });
      if (started) void ended(started.execution).then(async (code) => code === 0 && deploy.announceRun(started.uri));
    }),
    command('runStage', (first, second) => run.runStage(first, second, false)),
    command('runFrom', (first, second) => run.runStage(first, second, true)),
    command('cancelRun', (given) => run.cancel(given)),
    command('pauseRun', (given) => gpu.steer('pause', given)),
    command('resumeRun', (given) => gpu.steer('resume', given)),
    command('finishRun', (given) => gpu.steer('finish', given)),
    command('runOnDevice', (given) => gpu.runOnDevice(given)),
    command('installGpuRuntime', () => gpu.installRuntime()),
    command('newProgram', (given) => newProgram(context.extensionUri, projects, given)),
    command('showRun', (given) => run.show(given)),
    command('compareWithRun', async (given) => {
      const chosen = await run.choose(given);
      if (chosen) await compareWithRun(chosen);
    }),
    command('restorePipeline', async (given) => {
      const chosen = await run.choose(given);
      if (chosen) await restorePipeline(chosen);
    }),
    command('openMetrics', (given) => run.openMetrics(given)),
    command('deploy', (given) => deploy.deploy(given)),
    command('rollBack', (given) => deploy.rollBack(given)),
    command('stopDeployment', (given) => deploy.stop(given)),
    command('checkDeployments', (given) => targets.check(given)),
    command('tidy', (given) => targets.tidy(given)),
    command('openDeployment', (given) => deploy.open(given)),
    command('copyRequest', (given) => deploy.copyRequest(given)),
    command('copyRequestAs', (given) => deploy.copyRequestAs(given)),
    command('tryIt', (given) => deploy.tryIt(given)),
    command('promote', (given) => deploy.promote(given)),
    command('compareWithLive', (given) => deploy.compareWithLive(given)),
    command('openModelCard', (given) => deploy.openModelCard(given)),
    command('aliasVersion', (given) => versions.alias(given)),
    command('noteVersion', (given) => versions.note(given)),
    command('compareVersions', (given) => versions.compare(given)),
    command('exportVersion', (given) => versions.export(given)),
    command('deleteVersion', (given) => versions.delete(given)),
    command('decideMonitor', (place, args, title) =>
      monitoring.decide(place as Place, args as readonly string[], String(title)),
    ),
    command('retrain', (given) => {
      const place = given as Place | undefined;
      if (place?.stage !== undefined) return monitoring.retrain(place);
      return withPipeline(
        projects,
        'Retrain',
        async (uri, root) => {
          const stage = await projects.chooseStage(uri, 'monitor', 'Retrain');
          if (stage !== undefined) await monitoring.retrain({ root, file: uri, stage });
        },
        given,
      );
    }),
    command('reportWhatChanged', (given) => {
      const look = given as Look | undefined;
      if (look?.stage !== undefined) return reportWhatChanged(engine, look);
      return withPipeline(
        projects,
        'Report What Changed',
        async (uri, root) => {
          const stage = await projects.chooseStage(uri, 'monitor', 'Report What Changed');
          if (stage !== undefined) await reportWhatChanged(engine, { root, file: uri, stage });
        },
        given,
      );
    }),
    command('revealEdit', (uri, line) => showLine(uri as vscode.Uri, Number(line))),
    // What the code of a Problem links to; its arguments came through an address.
    command('showWhatChanged', (given) => {
      const { root, stage, file } = given as { root: string; stage: string; file: string };
      return showWhatChanged(engine, { root, stage, file: vscode.Uri.file(file) });
    }),
    command('watch', () =>
      withPipeline(projects, 'Watch in the Background', (uri, root) => monitoring.watch(uri, root, false)),
    ),
    command('stopWatching', () =>
      withPipeline(projects, 'Stop Watching', (uri, root) => monitoring.watch(uri, root, true)),
    ),
    command('monitor', (given) =>
      withPipeline(projects, 'Check for Drift', (uri) => tasks.show('monitor', uri), given),
    ),
    command('explainPlan', (given) => withPipeline(projects, 'Show Plan', (uri) => tasks.show('plan', uri), given)),
    command('openDrift', () => drift.pages.open()),
    command('addStage', () => documents.addStage()),
    command('runStale', () => documents.runStale()),
    command('convert', (given) => documents.convert(given)),
    command('exportReport', (given) => documents.exportReport(given)),
    command('openRuns', () => runsPanel.pages.open()),
    command('openGraph', (given) => graph.open(given)),
    command('newProject', () => newProject(context.extensionUri)),
    command('newFromData', (given) => newFromData(engine, given)),
    command('doctor', () =>
      inTerminal(engine, 'doctor', ['doctor'], vscode.workspace.workspaceFolders?.[0]?.uri.fsPath),
    ),
    command('collectGarbage', () => collectGarbage(engine, projects)),
    command('setSecret', () => secrets.ask()),
    command('showLog', () => log.show()),
    command('openStage', (place) => openStage(projects, place)),
    command('refresh', () => {
      projects.refresh();
      runs.refresh();
      modelsView.refresh();
    }),
  );

  // "5 min ago" must not stay while time goes on.
  const minute = setInterval(() => {
    if (!vscode.window.state.focused) return;
    runsView.refresh();
    modelsView.refresh();
    metrics.pages.schedule();
    drift.pages.schedule();
  }, 60_000);
  context.subscriptions.push({ dispose: () => clearInterval(minute) });

  const onPath = (): void => {
    putOnPath(context, engine).catch((error: unknown) =>
      log.warn(`The command lifecycle could not be put on the PATH of terminals: ${String(error)}`),
    );
  };
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('lifecycle.node.path')) onPath();
    }),
  );
  void languageServer.then(onPath, onPath);

  languageServer.catch((error: unknown) => log.error(`The language server did not start: ${String(error)}`));
  return { projects, runs, engine, languageServer };
}

/** Parameters and environment of a run that is repeated; menus pass other things in their second argument. */
function extraOf(given: unknown): Partial<LifecycleTask> {
  const { set, environment } = (given ?? {}) as Partial<LifecycleTask>;
  return {
    ...(typeof set === 'object' ? { set } : {}),
    ...(typeof environment === 'string' ? { environment } : {}),
  };
}

/** Exit code of a task that was started, once it ends; undefined when it was taken away. */
function ended(execution: vscode.TaskExecution): Promise<number | undefined> {
  return new Promise((resolve) => {
    const listening = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution !== execution) return;
      listening.dispose();
      resolve(event.exitCode);
    });
  });
}

async function withPipeline(
  projects: Projects,
  title: string,
  act: (uri: vscode.Uri, root: string) => Promise<void>,
  given?: unknown,
): Promise<void> {
  const node = given as { uri?: unknown } | undefined;
  const uri = await projects.choose(node?.uri ?? given, title);
  if (uri) await act(uri, (await projects.of(uri)).root);
}

/** Goes to a stage's name, given a tree node or what a run's record says of its pipeline's place. */
async function openStage(projects: Projects, given: unknown): Promise<void> {
  const place = given as { uri?: vscode.Uri; root?: string; file?: string; stage: string };
  const uri = place.uri ?? vscode.Uri.file(path.join(place.root ?? '', place.file ?? ''));
  await showPipeline(uri, async ({ text }) =>
    (await projects.stagesIn(uri, text)).find(({ name }) => name === place.stage),
  );
}
