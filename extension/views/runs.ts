import * as vscode from 'vscode';
import { readRun, saidOfNewer } from '../../lifecycle/store/runs';
import type { RunSummary, StageSummary } from '../../lifecycle/store/summary';
import type { Runs, WorkspaceRun } from '../runs';
import { ago, deviceName, duration } from '../../lifecycle/report/words';
import { Refresh } from './refresh';
import { stateIcon } from './show';
import { headline, nowOf } from './words';

type Node =
  | { readonly type: 'run'; readonly run: WorkspaceRun }
  | { readonly type: 'stage'; readonly run: WorkspaceRun; readonly stage: StageSummary };

/** The runs of the workspace, the newest first, and their stages. */
export class RunsView implements vscode.TreeDataProvider<Node> {
  private readonly changed = new vscode.EventEmitter<Node | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly refreshing = new Refresh(() => this.changed.fire(undefined));
  private readonly live = new Map<string, RunSummary>();

  constructor(private readonly runs: Runs) {
    runs.onDidChange(() => this.changed.fire(undefined));
    runs.onDidProgress(({ run, summary }) => {
      if (summary.status === 'running') this.live.set(run.id, summary);
      else this.live.delete(run.id);
      this.refreshing.request();
    });
  }

  /** Shows the same anew, for the ages in it. */
  refresh(): void {
    this.changed.fire(undefined);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    return this.refreshing.timed(this.childrenOf(node));
  }

  private async childrenOf(node?: Node): Promise<Node[]> {
    if (!node) return (await this.runs.all()).map((run) => ({ type: 'run', run }));
    if (node.type === 'stage') return [];
    const { run } = node;
    const summary = this.live.get(run.id) ?? (await readRun(run.store, run.id).catch(() => undefined));
    return (summary?.stages ?? []).map((stage) => ({ type: 'stage', run, stage }));
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node.type === 'run' ? this.runItem(node.run) : stageItem(node.run, node.stage);
  }

  private runItem(run: WorkspaceRun): vscode.TreeItem {
    const { id, info, record, status } = run;
    const item = new vscode.TreeItem(info.pipeline, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = `${run.store}:${id}:${status}`;
    const live = this.live.get(id);
    const done = live?.stages.filter(({ state }) => state !== 'waiting' && state !== 'running').length;
    item.description =
      status === 'running'
        ? live
          ? `${done ?? 0} of ${live.stages.length} stages${live.paused ? ' · paused' : ''}`
          : 'running'
        : `${ago(info.created)}${record ? ` · ${duration(record.seconds)}` : ''}${status === 'lost' ? ' · ended unexpectedly' : ''}${saidOfNewer(run) === undefined ? '' : ' · of a newer version'}`;
    item.iconPath = stateIcon(status);
    item.contextValue = status === 'running' ? (live?.paused ? 'run-paused' : 'run-running') : 'run';
    const newer = saidOfNewer(run);
    item.tooltip = `${info.pipeline} · ${id}\n${info.file}\n${status} · ${new Date(info.created).toLocaleString()}\non ${info.host}${newer === undefined ? '' : `\n\n${newer}`}`;
    item.command = { command: 'lifecycle.openMetrics', title: 'Open Metrics', arguments: [node(run)] };
    item.accessibilityInformation = { label: `Run of ${info.pipeline}, ${status}, ${item.description}` };
    return item;
  }
}

/** What commands get from this tree. */
export const node = (run: WorkspaceRun): Node => ({ type: 'run', run });

function stageItem(run: WorkspaceRun, stage: StageSummary): vscode.TreeItem {
  const item = new vscode.TreeItem(stage.name);
  item.id = `${run.store}:${run.id}:${stage.name}`;
  const metrics = headline(stage.metrics, 2);
  const percent =
    stage.state === 'running' && stage.fraction !== undefined ? `${Math.round(stage.fraction * 100)} %` : '';
  const state = stage.state === 'waiting' || stage.state === 'running' ? nowOf(stage) : '';
  item.description = [percent, state || (stage.error?.message ?? (metrics || stage.summary || stage.reason || ''))]
    .filter(Boolean)
    .join(' ');
  item.iconPath = stateIcon(stage.state);
  const text = new vscode.MarkdownString();
  text.appendMarkdown(`**${stage.name}** · ${stage.kind} · ${stage.state}\n\n`);
  if (stage.device) text.appendText(`on ${deviceName(stage.device)}\n\n`);
  for (const line of [nowOf(stage), stage.summary, stage.reason, stage.error?.message, stage.error?.hint])
    if (line) text.appendText(`${line}\n\n`);
  const all = Object.entries(stage.metrics);
  if (all.length > 0)
    text.appendMarkdown(
      `| metric | value |\n| --- | ---: |\n${all.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}\n`,
    );
  item.tooltip = text;
  item.contextValue = 'run-stage';
  item.command = {
    command: 'lifecycle.openStage',
    title: 'Go to Stage',
    arguments: [{ root: run.root, file: run.info.file, stage: stage.name }],
  };
  return item;
}
