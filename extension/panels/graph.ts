import * as path from 'node:path';
import * as vscode from 'vscode';
import { readRun } from '../../lifecycle/store/runs';
import type { RunSummary } from '../../lifecycle/store/summary';
import type { FromGraph, GraphStage, ToGraph } from '../../webviews/protocol';
import { fileOf, pipelineText } from '../pipeline-text';
import { isPipeline, type Projects } from '../projects';
import type { Runs } from '../runs';
import { stageState } from './curves';
import { Pages } from './pages';

/** The stages of the pipeline that is edited as a graph, with how the last run of each went. It follows the cursor, and the cursor follows it. */
export class GraphPanel implements vscode.Disposable {
  readonly pages: Pages<FromGraph, ToGraph>;
  private pipeline: vscode.Uri | undefined;
  private readonly live = new Map<string, RunSummary>();
  private readonly subscriptions: vscode.Disposable[];
  private moving: NodeJS.Timeout | undefined;

  constructor(
    extensionUri: vscode.Uri,
    private readonly projects: Projects,
    private readonly runs: Runs,
  ) {
    this.pages = new Pages(
      extensionUri,
      'graph',
      'Pipeline Graph',
      () => this.state(),
      (message) => void this.receive(message),
    );
    this.subscriptions = [
      this.pages,
      projects.onDidChange(() => this.pages.schedule()),
      runs.onDidChange(() => {
        this.live.clear();
        this.pages.schedule();
      }),
      runs.onDidProgress(({ run, summary }) => {
        if (!this.pages.shown) return;
        this.live.set(path.join(run.root, run.info.file), summary);
        this.pages.schedule();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (this.pages.shown && this.isShown(document.uri)) this.pages.schedule();
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.turnTo(editor?.document.uri)),
      vscode.window.onDidChangeActiveNotebookEditor((editor) => this.turnTo(editor?.notebook.uri)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor: { document, selection } }) =>
        this.followSoon(document, selection.active),
      ),
      // A cell that is chosen without the cursor in it.
      vscode.window.onDidChangeNotebookEditorSelection(({ notebookEditor: { notebook }, selections: [first] }) => {
        const cell = first && first.start < notebook.cellCount ? notebook.cellAt(first.start) : undefined;
        if (cell) this.followSoon(cell.document, new vscode.Position(0, 0));
      }),
    ];
  }

  /** Whether a text is the pipeline that is shown, or a cell of it. */
  private isShown(uri: vscode.Uri): boolean {
    return isPipeline(uri) && fileOf(uri).toString() === this.pipeline?.toString();
  }

  private turnTo(uri: vscode.Uri | undefined): void {
    if (!uri || !isPipeline(uri) || this.isShown(uri)) return;
    this.pipeline = fileOf(uri);
    this.pages.schedule();
  }

  private followSoon(document: vscode.TextDocument, position: vscode.Position): void {
    if (!this.pages.shown || !this.isShown(document.uri)) return;
    clearTimeout(this.moving);
    this.moving = setTimeout(() => void this.follow(document, position), 100);
  }

  async open(given: unknown): Promise<void> {
    const node = given as { uri?: unknown } | undefined;
    const uri = await this.projects.choose(node?.uri ?? given, 'Open Pipeline Graph');
    if (!uri) return;
    this.pipeline = uri;
    this.pages.open(vscode.ViewColumn.Beside);
  }

  private async receive(message: FromGraph): Promise<void> {
    switch (message.type) {
      case 'ready':
        if (!this.pipeline && message.pipeline) this.pipeline = vscode.Uri.parse(message.pipeline);
        return this.pages.send();
      case 'go-to':
        if (this.pipeline)
          await vscode.commands.executeCommand('lifecycle.openStage', { uri: this.pipeline, stage: message.stage });
        return;
      case 'run':
        if (this.pipeline)
          await vscode.commands.executeCommand(message.from ? 'lifecycle.runFrom' : 'lifecycle.runStage', {
            uri: this.pipeline,
            stage: message.stage,
          });
        return;
      case 'open-run':
        await vscode.commands.executeCommand('lifecycle.openMetrics', message.run);
    }
  }

  /** Tells the page which stage the cursor is in. */
  private async follow(document: vscode.TextDocument, position: vscode.Position): Promise<void> {
    const file = fileOf(document.uri);
    const pipeline = await pipelineText(file);
    // Of a notebook only what is in the same cell counts; the line of the name is the stage's, too.
    const starts = (await this.projects.stagesIn(file, pipeline.text)).flatMap(({ name, from, to }) => {
      const at = pipeline.at({ from, to });
      return at?.document === document ? [{ name, line: at.range.start.line }] : [];
    });
    const inside = starts
      .filter(({ line }) => line <= position.line)
      .sort((a, b) => a.line - b.line)
      .at(-1);
    await this.pages.post({ type: 'cursor', ...(inside ? { stage: inside.name } : {}) });
  }

  private async state(): Promise<ToGraph> {
    this.pipeline ??= (await this.projects.pipelines())[0];
    const { pipeline } = this;
    const trusted = vscode.workspace.isTrusted;
    if (!pipeline)
      return { type: 'graph', title: '', stages: [], trusted, note: 'There is no pipeline in this workspace.' };
    const planned = await this.projects.stages(pipeline);
    const summaries = await this.summaries(pipeline);
    const stages = planned.map(({ name, kind, after }): GraphStage => {
      const last = summaries.find(({ stages: all }) =>
        all.some((stage) => stage.name === name && stage.state !== 'skipped'),
      );
      const stage = last?.stages.find((each) => each.name === name);
      return {
        name,
        kind,
        after: after.filter((each) => planned.some((other) => other.name === each)),
        ...(stage && last ? { state: stageState(stage), run: last.id, when: last.created } : {}),
      };
    });
    return {
      type: 'graph',
      title: path.basename(pipeline.path),
      pipeline: pipeline.toString(),
      stages,
      trusted,
      ...(stages.length === 0 ? { note: 'This pipeline has no stage that can be read yet.' } : {}),
    };
  }

  /** What is known of the newest runs of a pipeline, the newest first: a run need not have every stage. */
  private async summaries(pipeline: vscode.Uri): Promise<RunSummary[]> {
    const live = this.live.get(pipeline.fsPath);
    const read = await Promise.all(
      (await this.runs.of(pipeline)).map(async (run) =>
        run.id === live?.id ? live : await readRun(run.store, run.id).catch(() => undefined),
      ),
    );
    const found = read.filter((summary) => summary !== undefined);
    return live && !found.some(({ id }) => id === live.id) ? [live, ...found] : found;
  }

  dispose(): void {
    clearTimeout(this.moving);
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
