import * as path from 'node:path';
import * as vscode from 'vscode';
import { readRun } from '../../lifecycle/store/runs';
import type { RunSummary, StageSummary } from '../../lifecycle/store/summary';
import type { Engine } from '../engine';
import { messageOf } from '../engine';
import type { Projects } from '../projects';
import type { Runs } from '../runs';
import type { Secrets } from '../secrets';
import { requestCancel } from '../../lifecycle/store/runs';
import { ago, duration } from '../views/show';

export const notebookType = 'lifecycle-document';

interface CellRun {
  readonly execution: vscode.NotebookCellExecution;
  readonly stages: readonly string[];
}

/** Runs cells as stages of the pipeline, and shows what the store knows of each stage's last run. */
export class DocumentController implements vscode.Disposable {
  private readonly controller = vscode.notebooks.createNotebookController('lifecycle', notebookType, 'ML Lifecycle');
  /** Cells that wait for a run, by the run's id. */
  private readonly waiting = new Map<
    string,
    { readonly notebook: vscode.NotebookDocument; readonly cells: CellRun[] }
  >();
  private readonly subscriptions: vscode.Disposable[];
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
      runs.onDidProgress(({ run, summary }) => void this.progressed(run.id, summary)),
      vscode.workspace.onDidOpenNotebookDocument((notebook) => void this.restore(notebook)),
    ];
    for (const notebook of vscode.workspace.notebookDocuments) void this.restore(notebook);
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
        output('_Not run with the others, because it acts on the world. Run this cell by itself._'),
      );
      execution.end(undefined);
    }
    if (running.length === 0) return;
    const runs: CellRun[] = running.map(({ cell, stages: parts }) => {
      const stages = parts.map(({ name }) => name);
      const execution = this.controller.createNotebookCellExecution(cell);
      execution.executionOrder = ++this.order;
      execution.start(Date.now());
      return { execution, stages };
    });
    const fail = async (message: string): Promise<void> => {
      for (const { execution } of runs) {
        await execution.replaceOutput(output(`**Not run.** ${escape(message)}`));
        execution.end(false, Date.now());
      }
    };
    if (!vscode.workspace.isTrusted) return fail('This workspace is not trusted. Trust it to run pipelines.');
    if (notebook.isUntitled) return fail('Save the document first: a run reads the file.');
    if (notebook.isDirty && !(await notebook.save())) return fail('The document could not be saved.');
    const { root } = await this.projects.of(notebook.uri);
    const only = runs.flatMap(({ stages }) => stages.flatMap((stage) => ['--to', stage]));
    const answer = await this.engine.ask(['run', notebook.uri.fsPath, ...only, '--detach'], {
      cwd: root,
      env: await this.secrets.environment(),
    });
    const id = answer.lines
      .map((line) => line['run'] ?? line['id'])
      .find((value): value is string => typeof value === 'string');
    if (answer.code !== 0 || id === undefined) return fail(messageOf(answer));
    this.waiting.set(id, { notebook, cells: runs });
    this.runs.refresh();
    const known = await this.runs.find(id);
    if (known && known.status !== 'running') await this.progressed(id, await readRun(known.store, id));
  }

  private async interrupt(notebook: vscode.NotebookDocument): Promise<void> {
    for (const [id, { notebook: other }] of this.waiting) {
      if (other !== notebook) continue;
      const run = await this.runs.find(id);
      if (run) await requestCancel(run.store, id).catch(() => undefined);
    }
  }

  private async progressed(id: string, summary: RunSummary): Promise<void> {
    const entry = this.waiting.get(id);
    if (!entry) return;
    const open: CellRun[] = [];
    for (const cell of entry.cells) {
      const stages = summary.stages.filter(({ name }) => cell.stages.includes(name));
      const ended =
        summary.status !== 'running' ||
        (stages.length > 0 && stages.every(({ state }) => state !== 'waiting' && state !== 'running'));
      const waitsFor = summary.stages.filter(({ state }) => state === 'running').map(({ name }) => name);
      await cell.execution.replaceOutput(output(stages.map((stage) => describe(stage, waitsFor)).join('\n\n')));
      if (ended)
        cell.execution.end(
          stages.every(({ state }) => state === 'succeeded' || state === 'reused'),
          Date.now(),
        );
      else open.push(cell);
    }
    if (open.length === 0) this.waiting.delete(id);
    else this.waiting.set(id, { ...entry, cells: open });
  }

  /** Puts the result of each stage's last run under its cell; goes on with a run that is still going. */
  private async restore(notebook: vscode.NotebookDocument): Promise<void> {
    if (notebook.notebookType !== notebookType || notebook.isUntitled) return;
    const mine = (await this.runs.all())
      .filter(({ root, info }) => path.join(root, info.file) === notebook.uri.fsPath)
      .slice(0, 10);
    const newest = new Map<string, { stage: StageSummary; run: RunSummary }>();
    for (const run of mine) {
      const summary = await readRun(run.store, run.id).catch(() => undefined);
      for (const stage of summary?.stages ?? [])
        if (summary && !newest.has(stage.name) && stage.state !== 'waiting' && stage.state !== 'skipped')
          newest.set(stage.name, { stage, run: summary });
    }
    const running = mine.find(({ status }) => status === 'running');
    const followed: CellRun[] = [];
    for (const [index, parts] of await this.stagesByCell(notebook)) {
      const stages = parts.map(({ name }) => name);
      const cell = notebook.cellAt(index);
      const found = stages.flatMap((name) => newest.get(name) ?? []);
      if (found.length === 0) continue;
      const execution = this.controller.createNotebookCellExecution(cell);
      execution.start();
      if (running && found.some(({ stage, run }) => run.id === running.id && stage.state === 'running')) {
        followed.push({ execution, stages });
        continue;
      }
      const age = found[0] ? `\n\n_Run ${found[0].run.id}, ${ago(found[0].run.created)}._` : '';
      await execution.replaceOutput(output(found.map(({ stage }) => describe(stage, [])).join('\n\n') + age));
      execution.end(undefined);
    }
    if (running && followed.length > 0) this.waiting.set(running.id, { notebook, cells: followed });
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

function output(markdown: string): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.text(markdown, 'text/markdown')]);
}

/** Text of ours and of users as Markdown that shows it as it is. */
const escape = (text: string): string => text.replace(/[\\`*_{}[\]()#+!|<>]/g, '\\$&');

const marks: Record<StageSummary['state'], string> = {
  waiting: '○',
  running: '◐',
  succeeded: '✓',
  reused: '↺',
  failed: '✗',
  skipped: '–',
  cancelled: '■',
  lost: '⚠',
};

function describe(stage: StageSummary, waitsFor: readonly string[]): string {
  const head = [`${marks[stage.state]} **${escape(stage.name)}**`, stage.state];
  if (stage.state === 'waiting' && waitsFor.length > 0) head.push(`first ${escape(waitsFor.join(', '))}`);
  if (stage.state === 'running' && stage.fraction !== undefined) head.push(`${Math.round(stage.fraction * 100)} %`);
  if (stage.state === 'running' && stage.doing) head.push(escape(stage.doing));
  if (stage.seconds !== undefined) head.push(duration(stage.seconds));
  const lines = [head.join(' · ')];
  if (stage.summary) lines.push(escape(stage.summary));
  if (stage.error) {
    lines.push(`**${escape(stage.error.message)}**`);
    if (stage.error.hint) lines.push(escape(stage.error.hint));
    if (stage.error.details?.length)
      lines.push(['```text', ...stage.error.details.map((line) => line.replaceAll('```', "'''")), '```'].join('\n'));
  }
  const metrics = Object.entries(stage.metrics);
  if (metrics.length > 0)
    lines.push(
      [
        '| metric | value |',
        '| :-- | --: |',
        ...metrics.map(([name, value]) => `| ${escape(name)} | ${Number(value.toPrecision(6))} |`),
      ].join('\n'),
    );
  return lines.join('\n\n');
}
