import * as path from 'node:path';
import * as vscode from 'vscode';
import type { DeploymentEntry, RolloutState } from '../../schemas/generated/types';
import type { LiveFigures, VersionTraffic } from '../../lifecycle/store/live';
import type { RegisteredModel, RegisteredVersion } from '../../lifecycle/store/registry';
import { sayElsewhere } from '../../lifecycle/store/elsewhere';
import { FolderBell } from '../../lifecycle/store/runs';
import type { Projects } from '../projects';
import { ago } from '../../lifecycle/report/words';
import { type Check, Checks, distanceOf } from './checks';

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
      readonly live: LiveFigures | undefined;
    }
  | { readonly type: 'finding'; readonly state: Check['state']; readonly text: string }
  | { readonly type: 'traffic'; readonly figures: VersionTraffic }
  | { readonly type: 'rollout'; readonly place: Place; readonly target: string; readonly state: RolloutState };

/** Registered models with their versions, and what is deployed where. */
export class ModelsView implements vscode.TreeDataProvider<ModelNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<ModelNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly stopping = new AbortController();
  private readonly watched = new Set<string>();
  /** Id and status of the last roll-out seen, by store and target. */
  private readonly turns = new Map<string, string>();
  /** What targets beyond this machine said when they were asked. */
  readonly checks = new Checks();

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
    if (node?.type === 'deployment') {
      const { live, place, target } = node;
      const state = live?.rollout;
      const check = this.checkOf(node)?.check;
      return [
        ...(check?.says ?? []).map((text) => ({ type: 'finding' as const, state: check?.state ?? 'unknown', text })),
        ...(live?.traffic?.versions ?? []).map((figures) => ({ type: 'traffic' as const, figures })),
        ...(state ? [{ type: 'rollout' as const, place, target, state }] : []),
      ];
    }
    if (node) return [];
    const { listModels } = await import('../lazy');
    const nodes: ModelNode[] = [];
    for (const place of await this.projects.stores()) {
      this.watch(place.store);
      for (const { target, entry, stopped } of await deployments(place))
        nodes.push({
          type: 'deployment',
          place,
          target,
          entry,
          stopped,
          live: await figuresOf(place, target, entry, stopped),
        });
      for (const model of await listModels(place.store).catch(() => [])) nodes.push({ type: 'model', place, model });
    }
    return nodes;
  }

  getTreeItem(node: ModelNode): vscode.TreeItem {
    switch (node.type) {
      case 'deployment': {
        const { entry, stopped, target, live } = node;
        const checked = this.checkOf(node);
        const says = (checked?.check.says.length ?? 0) > 0;
        const children = says || (live?.traffic?.versions.length ?? 0) > 0 || live?.rollout !== undefined;
        const open = live?.rollout !== undefined && isOpen(live.rollout);
        const item = new vscode.TreeItem(
          target,
          children
            ? open || says
              ? vscode.TreeItemCollapsibleState.Expanded
              : vscode.TreeItemCollapsibleState.Collapsed
            : vscode.TreeItemCollapsibleState.None,
        );
        // Another item once a roll-out is under way, or something was found, so that the tree opens it: it keeps what it had closed.
        item.id = `${node.place.store}\n${target}\n${open}${says ? `\n${checked?.time ?? ''}` : ''}`;
        const dead = live?.alive === false && !stopped;
        item.iconPath = new vscode.ThemeIcon(
          stopped ? 'circle-slash' : dead ? 'error' : entry.url ? 'globe' : 'file',
          stopped ? undefined : new vscode.ThemeColor(dead ? 'testing.iconFailed' : 'testing.iconPassed'),
        );
        item.description = `${entry.model} ${entry.version}${stopped ? ' · stopped' : ` · ${ago(entry.time)}`}${entry.url && !stopped ? ` · ${entry.url}` : ''}`;
        item.tooltip = `${entry.model} version ${entry.version} on ${target} (${entry.kind})\n${entry.action} ${new Date(entry.time).toLocaleString()} by ${entry.by}${entry.reason ? `\n${entry.reason}` : ''}\n${entry.url ?? entry.output ?? ''}`;
        if (dead)
          item.description = `${entry.model} ${entry.version} · ${live.elsewhere ? sayElsewhere(live.elsewhere) : 'its server is gone'}`;
        if (checked) showCheck(item, checked, entry);
        const distance = stopped ? '' : distanceOf(entry.kind);
        item.contextValue = `${stopped || !entry.url || live?.elsewhere ? 'deployment' : open ? 'deployment-live-rollout' : 'deployment-live'}${distance}`;
        return item;
      }
      case 'finding': {
        const item = new vscode.TreeItem(node.text);
        item.tooltip = node.state === 'differs' ? `A deployment would ${node.text}` : node.text;
        item.iconPath = new vscode.ThemeIcon(node.state === 'differs' ? 'wrench' : 'info');
        item.contextValue = 'finding';
        return item;
      }
      case 'traffic': {
        const { model, version, share, perSecond, errors, requests, p50, p95 } = node.figures;
        const item = new vscode.TreeItem(`${model} ${version}`);
        const percent = Math.round(share * 1000) / 10;
        item.iconPath = new vscode.ThemeIcon(
          errors > 0 ? 'warning' : 'pulse',
          errors > 0 ? new vscode.ThemeColor('list.warningForeground') : undefined,
        );
        item.description = [
          `${percent} %`,
          requests === 0 ? 'no request in the last minute' : `${perSecond} requests/s`,
          ...(p50 === undefined ? [] : [`${p50} ms`]),
          ...(errors > 0 ? [`${errors} failed`] : []),
        ].join(' · ');
        item.tooltip = `${model} version ${version}: ${percent} % of the requests\nLast minute: ${requests} requests, ${errors} failed${p50 === undefined ? '' : `\nMedian ${p50} ms, 95 % within ${p95} ms`}`;
        item.contextValue = 'traffic';
        return item;
      }
      case 'rollout': {
        const { state } = node;
        const [icon, color] = rolloutIcons[state.status];
        const item = new vscode.TreeItem(`${state.strategy} of ${state.candidate}`);
        item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
        item.description =
          state.status === 'running'
            ? `step ${state.step + 1} of ${state.steps.length} · ${state.requests} of ${state.needed} requests`
            : state.status === 'passed'
              ? 'waits for Promote or Roll Back'
              : `${state.status === 'promoted' ? 'promoted' : 'rolled back'} · ${ago(state.time)}`;
        item.tooltip = [
          state.reason ?? '',
          ...state.findings.map(
            ({ gate, verdict, say }) => `${verdict === 'fail' ? '✗' : verdict === 'pass' ? '✓' : '…'} ${gate}: ${say}`,
          ),
        ]
          .filter(Boolean)
          .join('\n');
        item.contextValue = isOpen(state) ? 'rollout-open' : 'rollout';
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

  private checkOf({ place, target, entry, stopped }: Extract<ModelNode, { readonly type: 'deployment' }>) {
    return stopped ? undefined : this.checks.of(place.store, target, entry.sequence);
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
        if (!signal.aborted) await this.tellTurns(store);
      }
    })();
  }

  /** Says once that a roll-out ended: it happened while nobody looked. */
  private async tellTurns(store: string): Promise<void> {
    const { liveFigures } = await import('../lazy');
    for (const { target, entry } of await deployments({ store, root: '' })) {
      if (entry.kind !== 'local') continue;
      const { rollout } = await liveFigures(store, target);
      const key = `${store}\n${target}`;
      const before = this.turns.get(key);
      if (rollout) this.turns.set(key, `${rollout.id} ${rollout.status}`);
      if (before === undefined || rollout === undefined || before !== `${rollout.id} running`) continue;
      const text = `${rollout.model} version ${rollout.candidate} on ${target}`;
      if (rollout.status === 'rolled-back')
        void vscode.window.showWarningMessage(`${text} was taken back. ${rollout.reason ?? ''}`);
      else if (rollout.status === 'promoted')
        void vscode.window.showInformationMessage(`${text} has passed its gates and is live.`);
      else if (rollout.status === 'passed')
        void vscode.window.showInformationMessage(`${text} can be judged: promote it or roll it back.`);
    }
  }

  dispose(): void {
    this.stopping.abort();
    this.changed.dispose();
  }
}

async function fingerprint(store: string): Promise<string> {
  const { listModels, liveFigures, readLedger } = await import('../lazy');
  const [{ entries }, models] = await Promise.all([
    readLedger(store).catch(() => ({ entries: [] as DeploymentEntry[] })),
    listModels(store).catch(() => [] as RegisteredModel[]),
  ]);
  const local = new Set(entries.filter(({ kind }) => kind === 'local').map(({ target }) => target));
  const live = await Promise.all([...local].map((target) => liveFigures(store, target).catch(() => undefined)));
  return JSON.stringify([
    entries.length,
    live.map((one) => [one?.alive, one?.traffic?.versions, one?.rollout?.time]),
    models.map(({ name, versions, aliases }) => [name, versions.length, aliases]),
  ]);
}

/** Puts what a target said of itself on its item. */
function showCheck(
  item: vscode.TreeItem,
  { check, time }: { readonly check: Check; readonly time: string },
  { model, version }: DeploymentEntry,
): void {
  const [words, icon, colour] = checkWords[check.state];
  item.description = `${model} ${version} · ${words} ${ago(time)}`;
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
  item.tooltip = [
    `${typeof item.tooltip === 'string' ? item.tooltip : ''}\nAsked ${new Date(time).toLocaleString()}: ${words}`,
    ...check.says.map((say) => (check.state === 'differs' ? `A deployment would ${say}` : say)),
  ].join('\n');
}

const checkWords: Record<Check['state'], readonly [string, string, string]> = {
  'as-recorded': ['as recorded,', 'globe', 'testing.iconPassed'],
  differs: ['not as recorded,', 'warning', 'list.warningForeground'],
  unknown: ['could not be asked,', 'question', 'list.warningForeground'],
};

const rolloutIcons: Record<RolloutState['status'], readonly [string, string]> = {
  running: ['sync~spin', 'charts.blue'],
  passed: ['question', 'charts.yellow'],
  promoted: ['pass', 'testing.iconPassed'],
  'rolled-back': ['discard', 'testing.iconFailed'],
};

export const isOpen = ({ status }: RolloutState): boolean => status === 'running' || status === 'passed';

async function figuresOf(
  { store }: Place,
  target: string,
  { kind }: DeploymentEntry,
  stopped: boolean,
): Promise<LiveFigures | undefined> {
  if (kind !== 'local' || stopped) return undefined;
  const { liveFigures } = await import('../lazy');
  return liveFigures(store, target).catch(() => undefined);
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
