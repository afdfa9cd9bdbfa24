import * as path from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary, StageSummary } from '../../lifecycle/store/summary';
import { readRun } from '../../lifecycle/store/runs';
import type { Projects } from '../projects';
import type { Runs } from '../runs';
import { Refresh } from './refresh';
import { stateIcon } from './show';
import { headline, nowOf } from './words';

export type PipelineNode =
  | { readonly type: 'pipeline'; readonly uri: vscode.Uri }
  | {
      readonly type: 'stage';
      readonly uri: vscode.Uri;
      readonly stage: string;
      readonly kind: string;
      readonly after: readonly string[];
    };

const kindIcons: Record<string, string> = {
  data: 'table',
  train: 'mortar-board',
  evaluate: 'beaker',
  optimize: 'rocket',
  package: 'package',
  deploy: 'cloud-upload',
  monitor: 'pulse',
};

/** Pipelines of the workspace with their stages, each with how its last run went. */
export class PipelinesView implements vscode.TreeDataProvider<PipelineNode> {
  private readonly changed = new vscode.EventEmitter<PipelineNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly refreshing = new Refresh(() => this.changed.fire(undefined));
  /** How each stage went last, by absolute path of the pipeline file and name. */
  private readonly newest = new Map<string, Map<string, StageSummary>>();

  constructor(
    private readonly projects: Projects,
    private readonly runs: Runs,
  ) {
    projects.onDidChange(() => this.changed.fire(undefined));
    runs.onDidChange(() => {
      this.newest.clear();
      this.changed.fire(undefined);
    });
    runs.onDidProgress(({ run, summary }) => {
      remember(this.of(path.join(run.root, run.info.file)), summary, true);
      this.refreshing.request();
    });
  }

  async getChildren(node?: PipelineNode): Promise<PipelineNode[]> {
    return this.refreshing.timed(this.childrenOf(node));
  }

  private async childrenOf(node?: PipelineNode): Promise<PipelineNode[]> {
    if (!node) return (await this.projects.pipelines()).map((uri) => ({ type: 'pipeline', uri }));
    if (node.type === 'stage') return [];
    await this.load(node.uri);
    return (await this.projects.stages(node.uri)).map(({ name, kind, after }) => ({
      type: 'stage',
      uri: node.uri,
      stage: name,
      kind,
      after,
    }));
  }

  getTreeItem(node: PipelineNode): vscode.TreeItem {
    if (node.type === 'pipeline') {
      const item = new vscode.TreeItem(node.uri, vscode.TreeItemCollapsibleState.Expanded);
      item.description = path.dirname(vscode.workspace.asRelativePath(node.uri, true)).replace(/^\.$/, '');
      item.iconPath = new vscode.ThemeIcon('type-hierarchy-sub');
      item.contextValue = 'pipeline';
      item.command = { command: 'vscode.open', title: 'Open', arguments: [node.uri] };
      return item;
    }
    const item = new vscode.TreeItem(node.stage);
    const last = this.newest.get(node.uri.fsPath)?.get(node.stage);
    item.iconPath = last ? stateIcon(last.state) : new vscode.ThemeIcon(kindIcons[node.kind] ?? 'circle-outline');
    item.description = [node.kind, last ? resultOf(last) : ''].filter(Boolean).join(' · ');
    item.tooltip = [
      `${node.stage} (${node.kind})`,
      node.after.length > 0 ? `after ${node.after.join(', ')}` : '',
      last?.error?.message ?? last?.summary ?? '',
    ]
      .filter(Boolean)
      .join('\n');
    item.contextValue = `stage-${node.kind}`;
    item.command = { command: 'lifecycle.openStage', title: 'Go to Stage', arguments: [node] };
    return item;
  }

  private of(file: string): Map<string, StageSummary> {
    const known = this.newest.get(file) ?? new Map<string, StageSummary>();
    this.newest.set(file, known);
    return known;
  }

  /** A run need not have every stage: those it left out show how they went before. */
  private async load(uri: vscode.Uri): Promise<void> {
    if (this.newest.has(uri.fsPath)) return;
    const known = this.of(uri.fsPath);
    for (const run of await this.runs.of(uri)) {
      const summary = await readRun(run.store, run.id).catch(() => undefined);
      if (summary) remember(known, summary, false);
    }
  }
}

/** @param over whether the run is newer than what is known */
function remember(known: Map<string, StageSummary>, { stages }: RunSummary, over: boolean): void {
  for (const stage of stages) {
    if (stage.state === 'skipped') continue;
    if (over || !known.has(stage.name)) known.set(stage.name, stage);
  }
}

function resultOf(stage: StageSummary): string {
  if (stage.error) return stage.error.message;
  if (stage.state === 'running') {
    const share = stage.fraction === undefined ? '' : `${Math.round(stage.fraction * 100)} %`;
    return [share, nowOf(stage)].filter(Boolean).join(' · ') || 'running';
  }
  return headline(stage.metrics, 2) || (stage.state === 'waiting' ? nowOf(stage) : stage.state);
}
