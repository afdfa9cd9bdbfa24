import * as vscode from 'vscode';
import type { Table } from '../../lifecycle/query';
import type { Label } from '../../lifecycle/store/labels';
import type { RunLine } from '../../lifecycle/store/run-table';
import type { RunSummary } from '../../lifecycle/store/summary';
import type { FromRuns, RunsLayout, ToRuns } from '../../webviews/protocol';
import type { Projects } from '../projects';
import type { Runs } from '../runs';
import { Pages } from './pages';
import { pack } from './pack';
import type { RunActions } from './run-actions';

interface Shown {
  readonly line: RunLine;
  readonly label: Label | undefined;
}

const layoutsKey = 'lifecycle.runs.layouts';

/** Every run of the workspace's stores as a table. */
export class RunsPanel implements vscode.Disposable {
  readonly pages: Pages<FromRuns, ToRuns>;
  /** Lines of ended runs by store: they never change. */
  private readonly known = new Map<string, Map<string, RunLine>>();
  private shown: ReadonlyMap<string, Shown> = new Map();
  private readonly subscriptions: vscode.Disposable[];
  private pending: NodeJS.Timeout | undefined;
  private readonly fresh = new Map<string, RunLine>();
  private looking: NodeJS.Timeout | undefined;
  /** States of the trials of each run, as they were told last. */
  private readonly trialsTold = new Map<string, string>();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly projects: Projects,
    private readonly runs: Runs,
    private readonly actions: RunActions,
  ) {
    this.pages = new Pages(
      context.extensionUri,
      'runs',
      'Runs',
      () => this.state(),
      (message) => void this.receive(message),
    );
    this.subscriptions = [
      this.pages,
      runs.onDidChange(() => void this.sendChanges()),
      actions.onDidChange(() => void this.sendChanges()),
      runs.onDidProgress(({ run, summary }) => {
        if (!this.pages.shown) return;
        this.lookForTrials(run.id, summary);
        void import('../lazy').then(({ lineOf }) => {
          this.fresh.set(run.id, lineOf(run, {}, summary));
          this.pending ??= setTimeout(() => void this.sendFresh(), 150);
        });
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.pages.schedule()),
    ];
  }

  private async receive(message: FromRuns): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.pages.send();
      case 'act':
        return this.actions.act(message.action, message.runs, this.labels());
      case 'export':
        return save(message.format, message.text);
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        vscode.window.setStatusBarMessage('Copied', 2_000);
        return;
      case 'save-layout': {
        const name = await vscode.window.showInputBox({
          title: 'Save Layout',
          prompt:
            'Columns, their order and widths, sorting, filter and groups are kept in this workspace under a name.',
          placeHolder: 'for example: tuning',
        });
        if (name) await this.keepLayouts({ ...this.layouts(), [name]: message.layout });
        return;
      }
      case 'delete-layout': {
        const { [message.name]: _gone, ...others } = this.layouts();
        return this.keepLayouts(others);
      }
      case 'command':
        await vscode.commands.executeCommand('lifecycle.run');
    }
  }

  private layouts(): Readonly<Record<string, RunsLayout>> {
    return this.context.workspaceState.get<Record<string, RunsLayout>>(layoutsKey) ?? {};
  }

  private async keepLayouts(layouts: Readonly<Record<string, RunsLayout>>): Promise<void> {
    await this.context.workspaceState.update(layoutsKey, layouts);
    await this.pages.post({ type: 'layouts', layouts });
  }

  private labels(): Map<string, Label> {
    return new Map([...this.shown].flatMap(([id, { label }]) => (label ? [[id, label] as const] : [])));
  }

  /** Reads what is not known yet of all stores. */
  private async read(): Promise<{ shown: Map<string, Shown>; note?: string }> {
    const { readRunLines, readLabels } = await import('../lazy');
    const shown = new Map<string, Shown>();
    const notes: string[] = [];
    for (const { store } of await this.projects.stores()) {
      try {
        const known = this.known.get(store) ?? new Map<string, RunLine>();
        let told = 0;
        const { lines } = await readRunLines(store, {
          known,
          trials: true,
          progress: (done, all) => {
            if (all < 500 || Date.now() - told < 200) return;
            told = Date.now();
            void this.pages.post({ type: 'loading', done, all });
          },
        });
        const labels = await readLabels(store);
        this.known.set(store, new Map(lines.filter(isOver).map((line) => [line.id, line])));
        for (const line of lines) shown.set(line.id, { line, label: labels.get(line.id) });
      } catch (error) {
        notes.push(`The runs in ${store} can't be read: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const missing = await this.runs.missing();
    if (missing !== undefined) notes.push(missing);
    const newer = await this.runs.newer();
    if (newer !== undefined) notes.push(newer);
    return { shown, ...(notes.length > 0 ? { note: notes.join(' ') } : {}) };
  }

  private async table(shown: ReadonlyMap<string, Shown>): Promise<Table> {
    const { tableOf } = await import('../lazy');
    const labels = new Map([...shown].flatMap(([id, { label }]) => (label ? [[id, label] as const] : [])));
    return tableOf(
      [...shown.values()].map(({ line }) => line),
      labels,
    );
  }

  private async state(): Promise<ToRuns> {
    const { shown, note } = await this.read();
    this.shown = shown;
    return {
      type: 'table',
      table: pack(await this.table(shown)),
      layouts: this.layouts(),
      trusted: vscode.workspace.isTrusted,
      ...(note ? { note } : {}),
    };
  }

  /** Sends only what is new, or everything when something went. */
  private async sendChanges(): Promise<void> {
    if (!this.pages.shown) return;
    const before = this.shown;
    const { shown, note } = await this.read();
    this.shown = shown;
    if (note || before.size === 0 || [...before.keys()].some((id) => !shown.has(id))) return this.pages.send();
    const changed = new Map(
      [...shown].filter(([id, { line, label }]) => {
        const old = before.get(id);
        return old === undefined || old.line !== line || JSON.stringify(old.label) !== JSON.stringify(label);
      }),
    );
    if (changed.size > 0) await this.pages.post({ type: 'rows', ...(await this.table(changed)) });
  }

  /** Trials of a search that is going are runs of their own: they are read when one began or ended, a second later together with others. */
  private lookForTrials(run: string, { stages }: RunSummary): void {
    const told = stages.map(({ trials = [] }) => trials.map((trial) => trial?.state ?? '').join()).join(';');
    if (/^;*$/.test(told) || this.trialsTold.get(run) === told) return;
    this.trialsTold.set(run, told);
    this.looking ??= setTimeout(() => {
      this.looking = undefined;
      void this.sendChanges();
    }, 1_000);
  }

  private async sendFresh(): Promise<void> {
    this.pending = undefined;
    const changed = new Map<string, Shown>();
    for (const [id, line] of this.fresh) changed.set(id, { line, label: this.shown.get(id)?.label });
    this.fresh.clear();
    this.shown = new Map([...this.shown, ...changed]);
    await this.pages.post({ type: 'rows', ...(await this.table(changed)) });
  }

  dispose(): void {
    clearTimeout(this.pending);
    clearTimeout(this.looking);
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

const isOver = ({ facts: { status } }: RunLine): boolean => status !== 'running' && status !== 'lost';

async function save(format: 'csv' | 'json', text: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    filters: format === 'csv' ? { CSV: ['csv'] } : { JSON: ['json'] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `runs.${format}`) } : {}),
  });
  if (target) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}
