import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Shown } from '../../lifecycle/report/latest';
import { readRun, requestCancel } from '../../lifecycle/store/runs';
import type { RunSummary } from '../../lifecycle/store/summary';
import type { Engine } from '../engine';
import { messageOf } from '../engine';
import type { Projects } from '../projects';
import type { Runs, WorkspaceRun } from '../runs';
import { runEnvironment, runSettings } from '../run-settings';
import type { Secrets } from '../secrets';

export const notebookType = 'lifecycle-document';

interface CellRun {
  readonly execution: vscode.NotebookCellExecution;
  readonly stages: readonly string[];
  /** One output a stage, kept while it goes on so that the cell does not jump. */
  readonly outputs: Map<
    string,
    { readonly output: vscode.NotebookCellOutput; readonly shown: string; readonly ended: boolean }
  >;
}

/** What is read here of an extension's package.json. */
interface Manifest {
  readonly contributes?: { readonly notebooks?: readonly { readonly type?: string }[] };
}

/** Cells that wait for a run. */
interface Waiting {
  readonly notebook: vscode.NotebookDocument;
  cells: CellRun[];
  /** What is to be shown next. */
  latest?: { readonly store: string; readonly summary: RunSummary };
  /** Whether somebody is showing it. */
  busy: boolean;
}

/** Fewest milliseconds between two updates of a cell. */
const pace = 250;

/** Runs cells as stages of the pipeline, and shows what the store knows of each stage's last run. */
export class DocumentController implements vscode.Disposable {
  private readonly controller = vscode.notebooks.createNotebookController('lifecycle', notebookType, 'ML Lifecycle');
  /** Cells that wait for a run, by the run's id. */
  private readonly waiting = new Map<string, Waiting>();
  /** Stages whose cells show a run by themselves, by the run's id: those that were run from here. */
  private readonly begun = new Map<string, ReadonlySet<string>>();
  private readonly subscriptions: vscode.Disposable[];
  /** Documents that have this controller. */
  private readonly chosen = new WeakSet<vscode.NotebookDocument>();
  private order = 0;

  constructor(
    private readonly engine: Engine,
    private readonly projects: Projects,
    private readonly runs: Runs,
    private readonly secrets: Secrets,
  ) {
    this.controller.supportedLanguages = ['lifecycle-pipeline'];
    this.controller.supportsExecutionOrder = true;
    this.controller.description = 'Runs stages with the ML Lifecycle engine';
    this.controller.executeHandler = (cells, notebook) => this.execute(cells, notebook);
    this.controller.interruptHandler = (notebook) => this.interrupt(notebook);
    this.subscriptions = [
      this.controller,
      runs.onDidProgress(({ run, summary }) => {
        void this.progressed(run.store, summary);
        if (summary.status !== 'running') void this.ended(run, summary).catch(() => undefined);
      }),
      // Results can be shown only in a notebook that has this controller; VS Code gives it one by itself only after a first run.
      this.controller.onDidChangeSelectedNotebooks(({ notebook, selected }) => {
        if (selected) this.begin(notebook);
        else this.chosen.delete(notebook);
      }),
      vscode.window.onDidChangeActiveNotebookEditor((editor) => void this.choose(editor?.notebook)),
    ];
    void this.choose(vscode.window.activeNotebookEditor?.notebook);
  }

  /** Makes this the controller of a document that is opened. */
  private async choose(notebook: vscode.NotebookDocument | undefined): Promise<void> {
    if (notebook?.notebookType !== notebookType || this.chosen.has(notebook)) return;
    const extension = vscode.extensions.all.find(({ packageJSON }) =>
      (packageJSON as Manifest).contributes?.notebooks?.some(({ type }) => type === notebookType),
    )?.id;
    if (extension === undefined) return;
    try {
      await vscode.commands.executeCommand('notebook.selectKernel', { id: this.controller.id, extension });
    } catch {
      // Without it the first run chooses, and the results are shown from then on.
    }
  }

  /** Shows what is known of a document, once while it is open. */
  private begin(notebook: vscode.NotebookDocument): void {
    if (this.chosen.has(notebook)) return;
    this.chosen.add(notebook);
    void this.restore(notebook).catch(() => undefined);
  }

  private async execute(cells: readonly vscode.NotebookCell[], notebook: vscode.NotebookDocument): Promise<void> {
    const stagesOf = await this.stagesByCell(notebook);
    const chosen = cells
      .map((cell) => ({ cell, stages: stagesOf.get(cell.index) ?? [] }))
      .filter(({ stages }) => stages.length > 0);
    if (chosen.length === 0) return;
    // Deploying and monitoring act on the world: they run when their cell is run by itself, never along with others.
    const alone = chosen.length === 1;
    const running = chosen
      .map(({ cell, stages }) => ({ cell, stages: alone ? stages : stages.filter(({ effect }) => !effect) }))
      .filter(({ stages }) => stages.length > 0);
    for (const { cell } of chosen.filter(({ cell }) => !running.some((other) => other.cell === cell))) {
      const execution = this.controller.createNotebookCellExecution(cell);
      execution.start();
      await execution.replaceOutput(
        plain('Not run with the others, because it acts on the world. Run this cell by itself.'),
      );
      execution.end(undefined);
    }
    if (running.length === 0) return;
    const runs: CellRun[] = running.map(({ cell, stages: parts }) => {
      const stages = parts.map(({ name }) => name);
      const execution = this.controller.createNotebookCellExecution(cell);
      execution.executionOrder = ++this.order;
      execution.start(Date.now());
      return { execution, stages, outputs: new Map() };
    });
    const fail = async (message: string): Promise<void> => {
      for (const { execution } of runs) {
        await execution.replaceOutput(plain(`Not run. ${message}`));
        execution.end(false, Date.now());
      }
    };
    if (!vscode.workspace.isTrusted) return fail('This workspace is not trusted. Trust it to run pipelines.');
    if (notebook.isUntitled) return fail('Save the document first: a run reads the file.');
    if (notebook.isDirty && !(await notebook.save())) return fail('The document could not be saved.');
    const { root } = await this.projects.of(notebook.uri);
    const only = runs.flatMap(({ stages }) => stages.flatMap((stage) => ['--to', stage]));
    const { cores, environment } = runSettings(notebook.uri);
    const settings = [...(environment ? ['--env', environment] : []), ...(cores ? ['--cores', String(cores)] : [])];
    const answer = await this.engine.ask(['run', notebook.uri.fsPath, ...only, ...settings, '--detach'], {
      cwd: root,
      env: await runEnvironment(notebook.uri, this.secrets),
    });
    const id = answer.lines
      .map((line) => line['run'] ?? line['id'])
      .find((value): value is string => typeof value === 'string');
    if (answer.code !== 0 || id === undefined) return fail(messageOf(answer));
    this.waiting.set(id, { notebook, cells: runs, busy: false });
    this.begun.set(id, new Set(runs.flatMap(({ stages }) => stages)));
    this.runs.refresh();
    const known = await this.runs.find(id);
    if (known && known.status !== 'running') await this.progressed(known.store, await readRun(known.store, id));
  }

  private async interrupt(notebook: vscode.NotebookDocument): Promise<void> {
    for (const [id, { notebook: other }] of this.waiting) {
      if (other !== notebook) continue;
      const run = await this.runs.find(id);
      if (run) await requestCancel(run.store, id).catch(() => undefined);
    }
  }

  /** Shows a run in its cells, not more often than they can take it, and the last state of each once. */
  private async progressed(store: string, summary: RunSummary): Promise<void> {
    const entry = this.waiting.get(summary.id);
    if (!entry) return;
    entry.latest = { store, summary };
    if (entry.busy) return;
    entry.busy = true;
    try {
      while (entry.latest && entry.cells.length > 0) {
        const { latest } = entry;
        delete entry.latest;
        const open: CellRun[] = [];
        for (const cell of entry.cells) if (!(await this.update(cell, latest.store, latest.summary))) open.push(cell);
        entry.cells = open;
        if (open.length > 0) await new Promise((resolve) => setTimeout(resolve, pace));
      }
    } catch {
      // The notebook was closed: the run goes on, and its results are shown when the document is opened again.
      entry.cells = [];
    } finally {
      entry.busy = false;
      if (entry.cells.length === 0 && this.waiting.get(summary.id) === entry) this.waiting.delete(summary.id);
    }
  }

  /** @returns whether nothing more will come for this cell */
  private async update(cell: CellRun, store: string, summary: RunSummary): Promise<boolean> {
    const stages = summary.stages.filter(({ name }) => cell.stages.includes(name));
    const ended =
      summary.status !== 'running' ||
      (stages.length > 0 && stages.every(({ state }) => state !== 'waiting' && state !== 'running'));
    await show(
      cell,
      stages.map((stage) => ({ store, run: summary, stage })),
      ended,
    );
    if (ended)
      cell.execution.end(
        stages.every(({ state }) => state === 'succeeded' || state === 'reused'),
        Date.now(),
      );
    return ended;
  }

  /** Shows in an open document what a run made beside the cells that were run: one of a terminal, of *Run Pipeline*, or what a cell depends on. */
  private async ended({ id, root, info }: WorkspaceRun, { stages }: RunSummary): Promise<void> {
    const own = this.begun.get(id);
    this.begun.delete(id);
    const fresh = new Set(
      stages
        .filter(({ name, state }) => (state === 'succeeded' || state === 'failed') && !own?.has(name))
        .map(({ name }) => name),
    );
    const file = path.join(root, info.file);
    for (const notebook of vscode.workspace.notebookDocuments)
      if (this.chosen.has(notebook) && notebook.uri.fsPath === file) await this.restore(notebook, fresh);
  }

  /**
   * Puts the result of each stage's last run under its cell; goes on with a run that is still going.
   * @param fresh stages whose result is newer than what their cells show
   */
  private async restore(notebook: vscode.NotebookDocument, fresh: ReadonlySet<string> = new Set()): Promise<void> {
    if (notebook.notebookType !== notebookType || notebook.isUntitled) return;
    const { root, store } = await this.projects.of(notebook.uri);
    const file = path.relative(root, notebook.uri.fsPath).split(path.sep).join('/');
    const { latestResults } = await import('../lazy');
    const { shown: newest, running } = await latestResults(store, file);
    const followed: CellRun[] = [];
    for (const [index, parts] of await this.stagesByCell(notebook)) {
      const stages = parts.map(({ name }) => name);
      const cell = notebook.cellAt(index);
      const found = stages.flatMap((name) => newest.get(name) ?? []);
      if (found.length === 0 || this.isRunning(cell)) continue;
      if (cell.outputs.length > 0 && !stages.some((name) => fresh.has(name))) continue;
      const execution = this.controller.createNotebookCellExecution(cell);
      execution.start();
      const shown: CellRun = { execution, stages, outputs: new Map() };
      if (running && found.some(({ stage, run }) => run.id === running.id && stage.state === 'running')) {
        followed.push(shown);
        continue;
      }
      await show(shown, found, true);
      execution.end(undefined);
    }
    if (running && followed.length > 0) this.waiting.set(running.id, { notebook, cells: followed, busy: false });
  }

  private isRunning(cell: vscode.NotebookCell): boolean {
    return [...this.waiting.values()].some(({ cells }) => cells.some(({ execution }) => execution.cell === cell));
  }

  /** The stages in each cell, by the cell's index. */
  private async stagesByCell(
    notebook: vscode.NotebookDocument,
  ): Promise<Map<number, { name: string; effect: boolean }[]>> {
    const { analyze } = await import('../lazy');
    const result = new Map<number, { name: string; effect: boolean }[]>();
    for (const cell of notebook.getCells()) {
      if (cell.kind !== vscode.NotebookCellKind.Code) continue;
      // A cell is read as a document of its own: its stages' names do not depend on the others.
      const text = `\`\`\`\`\`\`\`\`yaml stage\n${cell.document.getText()}\n\`\`\`\`\`\`\`\`\n`;
      const names = analyze('cell.lifecycle.md', text).stages.map(({ name, kind }) => ({
        name,
        effect: kind === 'deploy' || kind === 'monitor',
      }));
      const source = cell.metadata['source'] as { type?: string } | undefined;
      if (source?.type !== 'front' && names.length > 0) result.set(cell.index, names);
    }
    return result;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

/** Puts one output a stage under a cell; an output that is there already is only given new content. */
async function show({ execution, outputs }: CellRun, parts: readonly Shown[], final: boolean): Promise<void> {
  const { stageItems } = await import('../lazy');
  let grown = outputs.size === 0;
  for (const { store, run, stage } of parts) {
    const known = outputs.get(stage.name);
    const ended = final || (stage.state !== 'waiting' && stage.state !== 'running');
    if (known?.ended) continue;
    const items = await stageItems(store, run, stage, ended);
    const shown = Buffer.concat(items.map(({ data }) => data)).toString('latin1');
    if (known?.shown === shown) continue;
    const output = known?.output ?? new vscode.NotebookCellOutput(items);
    output.items = items;
    outputs.set(stage.name, { output, shown, ended });
    if (known) await execution.replaceOutputItems(items, output);
    else grown = true;
  }
  if (grown) await execution.replaceOutput([...outputs.values()].map(({ output }) => output));
}

/** A sentence as output. */
function plain(text: string): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.text(text, 'text/plain')]);
}
