import * as path from 'node:path';
import * as vscode from 'vscode';
import type { DeploymentEntry } from '../../schemas/generated/types';
import type { RegisteredModel, RegisteredVersion } from '../../lifecycle/store/registry';
import { FolderBell } from '../../lifecycle/store/runs';
import type { Projects } from '../projects';
import { ago } from '../../lifecycle/report/words';

interface Place {
  readonly store: string;
  readonly root: string;
}

export type ModelNode =
  | { readonly type: 'model'; readonly place: Place; readonly model: RegisteredModel }
  | {
      readonly type: 'version';
      readonly place: Place;
      readonly version: RegisteredVersion;
      readonly live: readonly string[];
    }
  | {
      readonly type: 'deployment';
      readonly place: Place;
      readonly target: string;
      readonly entry: DeploymentEntry;
      readonly stopped: boolean;
    };

/** Registered models with their versions, and what is deployed where. */
export class ModelsView implements vscode.TreeDataProvider<ModelNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<ModelNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly stopping = new AbortController();
  private readonly watched = new Set<string>();

  constructor(private readonly projects: Projects) {}

  refresh(): void {
    this.changed.fire(undefined);
  }

  async getChildren(node?: ModelNode): Promise<ModelNode[]> {
    if (node?.type === 'model') {
      const deployed = await deployments(node.place);
      return node.model.versions.toReversed().map((version) => ({
        type: 'version' as const,
        place: node.place,
        version,
        live: deployed
          .filter(({ entry, stopped }) => !stopped && entry.digest === version.digest)
          .map(({ target }) => target),
      }));
    }
    if (node) return [];
    const { listModels } = await import('../lazy');
    const nodes: ModelNode[] = [];
    for (const place of await this.projects.stores()) {
      this.watch(place.store);
      for (const { target, entry, stopped } of await deployments(place))
        nodes.push({ type: 'deployment', place, target, entry, stopped });
      for (const model of await listModels(place.store).catch(() => [])) nodes.push({ type: 'model', place, model });
    }
    return nodes;
  }

  getTreeItem(node: ModelNode): vscode.TreeItem {
    switch (node.type) {
      case 'deployment': {
        const { entry, stopped, target } = node;
        const item = new vscode.TreeItem(target);
        item.iconPath = new vscode.ThemeIcon(
          stopped ? 'circle-slash' : entry.url ? 'globe' : 'file',
          stopped ? undefined : new vscode.ThemeColor('testing.iconPassed'),
        );
        item.description = `${entry.model} ${entry.version}${stopped ? ' · stopped' : ` · ${ago(entry.time)}`}${entry.url && !stopped ? ` · ${entry.url}` : ''}`;
        item.tooltip = `${entry.model} version ${entry.version} on ${target} (${entry.kind})\n${entry.action} ${new Date(entry.time).toLocaleString()} by ${entry.by}${entry.reason ? `\n${entry.reason}` : ''}\n${entry.url ?? entry.output ?? ''}`;
        item.contextValue = stopped || !entry.url ? 'deployment' : 'deployment-live';
        return item;
      }
      case 'model': {
        const item = new vscode.TreeItem(node.model.name, vscode.TreeItemCollapsibleState.Expanded);
        item.iconPath = new vscode.ThemeIcon('package');
        item.description = `${node.model.versions.length} version${node.model.versions.length === 1 ? '' : 's'}`;
        item.contextValue = 'model';
        return item;
      }
      case 'version': {
        const { version, live } = node;
        const item = new vscode.TreeItem(`Version ${version.version}`);
        item.iconPath = new vscode.ThemeIcon(live.length > 0 ? 'circle-filled' : 'circle-outline');
        item.description = [
          ...version.aliases,
          ...live.map((target) => `live on ${target}`),
          version.created ? ago(version.created) : '',
        ]
          .filter(Boolean)
          .join(' · ');
        item.tooltip = `${version.name} version ${version.version}\nSHA-256 ${version.digest}${version.run ? `\nrun ${version.run}` : ''}${version.notes ? `\n${version.notes}` : ''}`;
        item.contextValue = 'version';
        item.command = { command: 'lifecycle.openModelCard', title: 'Open Model Card', arguments: [node] };
        return item;
      }
    }
  }

  private watch(store: string): void {
    if (this.watched.has(store)) return;
    this.watched.add(store);
    const { signal } = this.stopping;
    void (async () => {
      while (!signal.aborted) {
        const bells = [
          new FolderBell(path.join(store, 'deployments')),
          new FolderBell(path.join(store, 'registry'), { recursive: process.platform !== 'linux' }),
        ];
        const before = await fingerprint(store);
        await Promise.race(bells.map((bell) => bell.ring(3_000, signal)));
        for (const bell of bells) bell.close();
        if (!signal.aborted && (await fingerprint(store)) !== before) this.changed.fire(undefined);
      }
    })();
  }

  dispose(): void {
    this.stopping.abort();
    this.changed.dispose();
  }
}

async function fingerprint(store: string): Promise<string> {
  const { listModels, readLedger } = await import('../lazy');
  const [{ entries }, models] = await Promise.all([
    readLedger(store).catch(() => ({ entries: [] as DeploymentEntry[] })),
    listModels(store).catch(() => [] as RegisteredModel[]),
  ]);
  return JSON.stringify([
    entries.length,
    models.map(({ name, versions, aliases }) => [name, versions.length, aliases]),
  ]);
}

/** What each target has now. */
async function deployments({ store }: Place): Promise<{ target: string; entry: DeploymentEntry; stopped: boolean }[]> {
  const { liveHistory, readLedger } = await import('../lazy');
  const { entries } = await readLedger(store).catch(() => ({ entries: [] as DeploymentEntry[] }));
  return [...new Set(entries.map(({ target }) => target))].flatMap((target) => {
    const live = liveHistory(entries, target).at(-1);
    const last = entries.findLast((entry) => entry.target === target);
    return live ? [{ target, entry: live, stopped: last?.action === 'stop' }] : [];
  });
}
