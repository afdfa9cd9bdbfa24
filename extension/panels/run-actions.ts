import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Label, LabelChange } from '../../lifecycle/store/labels';
import type { RunsAction } from '../../webviews/protocol';
import { messageOf, type Engine } from '../engine';
import type { Runs, WorkspaceRun } from '../runs';
import { ago } from '../../lifecycle/report/words';
import { applyParameters } from './apply';

type Scalar = string | number | boolean;

/** What can be done with runs from their table. */
export class RunActions implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when labels or the list itself were changed. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly engine: Engine,
    private readonly runs: Runs,
    private readonly compare: (ids: readonly string[]) => void,
  ) {}

  async act(action: RunsAction, ids: readonly string[], labels: ReadonlyMap<string, Label>): Promise<void> {
    const found = (await Promise.all(ids.map((id) => this.runs.find(id)))).filter((run) => run !== undefined);
    const [first] = found;
    if (!first) {
      void vscode.window.showInformationMessage('This run is no longer in the store.');
      return;
    }
    const say = (change: LabelChange): Promise<void> => this.label(found, change);
    switch (action) {
      case 'open':
        await vscode.commands.executeCommand('lifecycle.openMetrics', first.id);
        return;
      case 'log':
        await vscode.commands.executeCommand('lifecycle.showRun', first.id);
        return;
      case 'cancel':
        for (const run of found)
          if (run.status === 'running') await vscode.commands.executeCommand('lifecycle.cancelRun', run.id);
        return;
      case 'compare':
        return this.compare(found.map(({ id }) => id));
      case 'rerun':
        return rerun(first, parametersOf(first));
      case 'run-with':
        return this.runWith(first);
      case 'apply':
        return applyParameters(fileOf(first), parametersOf(first));
      case 'compare-file':
        await vscode.commands.executeCommand('lifecycle.compareWithRun', first.id);
        return;
      case 'restore':
        await vscode.commands.executeCommand('lifecycle.restorePipeline', first.id);
        return;
      case 'deploy':
        return this.deploy(first);
      case 'star':
      case 'unstar':
        return say({ star: action === 'star' });
      case 'hide':
      case 'unhide':
        return say({ hidden: action === 'hide' });
      case 'rename': {
        const name = await vscode.window.showInputBox({
          title: `Rename Run ${first.id}`,
          prompt: 'A name for people. Empty takes it away.',
          value: labels.get(first.id)?.name ?? '',
        });
        return name === undefined ? undefined : say({ name });
      }
      case 'note': {
        const note = await vscode.window.showInputBox({
          title: `Note on Run ${first.id}`,
          value: labels.get(first.id)?.note ?? '',
        });
        return note === undefined ? undefined : say({ note });
      }
      case 'tag': {
        const text = await vscode.window.showInputBox({
          title: found.length === 1 ? `Tags of Run ${first.id}` : `Tags of ${found.length} Runs`,
          prompt: 'Separated by commas.',
          value: [...new Set(found.flatMap(({ id }) => labels.get(id)?.tags ?? []))].join(', '),
        });
        if (text === undefined) return;
        return say({ tags: [...new Set(text.split(',').map((tag) => tag.trim()))].filter(Boolean) });
      }
      case 'delete':
        return this.remove(found);
    }
  }

  private async label(runs: readonly WorkspaceRun[], change: LabelChange): Promise<void> {
    const { labelRuns } = await import('../lazy');
    try {
      for (const store of new Set(runs.map((run) => run.store)))
        await labelRuns(
          store,
          runs.filter((run) => run.store === store).map(({ id }) => id),
          change,
        );
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
    this.changed.fire();
  }

  /** Asks for other values of the parameters, then runs the pipeline with them. */
  private async runWith(run: WorkspaceRun): Promise<void> {
    const values: Record<string, Scalar> = parametersOf(run);
    const changed = new Set<string>();
    for (;;) {
      const names = Object.keys(values);
      if (names.length === 0) {
        void vscode.window.showInformationMessage(
          `${run.info.pipeline} has no parameters. Add a parameters: block to its header, and use them as \${name}.`,
        );
        return;
      }
      const start = '$(play) Run';
      const picked = await vscode.window.showQuickPick(
        [
          {
            label: start,
            description: changed.size === 0 ? 'with the same values' : `with ${[...changed].join(', ')} changed`,
          },
          ...names.map((name) => ({
            label: name,
            description: `${String(values[name])}${changed.has(name) ? ' (changed)' : ''}`,
          })),
        ],
        { title: `Run ${run.info.pipeline} with…`, placeHolder: 'Choose a parameter to change it, or Run' },
      );
      if (!picked) return;
      if (picked.label === start) return rerun(run, values);
      const before = values[picked.label];
      const text = await vscode.window.showInputBox({
        title: picked.label,
        value: String(before ?? ''),
        validateInput: (input) =>
          typeof before === 'number' && (input.trim() === '' || Number.isNaN(Number(input)))
            ? `${picked.label} is a number.`
            : undefined,
      });
      if (text === undefined) continue;
      const after: Scalar =
        typeof before === 'number' ? Number(text) : typeof before === 'boolean' ? text === 'true' : text;
      values[picked.label] = after;
      if (after === run.info.parameters?.[picked.label]) changed.delete(picked.label);
      else changed.add(picked.label);
    }
  }

  private async deploy(run: WorkspaceRun): Promise<void> {
    const { listModels } = await import('../lazy');
    const models = await listModels(run.store);
    const versions = models.flatMap((model) => model.versions).filter((version) => version.run === run.id);
    if (versions.length === 0) {
      void vscode.window.showInformationMessage(
        `Run ${run.id} registered no model: its package stage was reused, failed, or is not in the pipeline.`,
      );
      return;
    }
    const version =
      versions.length === 1
        ? versions[0]
        : (
            await vscode.window.showQuickPick(
              versions.map((each) => ({ label: each.name, description: `version ${each.version}`, each })),
              { placeHolder: 'Deploy which model?' },
            )
          )?.each;
    if (version)
      await vscode.commands.executeCommand('lifecycle.deploy', {
        type: 'version',
        place: { store: run.store, root: run.root },
        version,
        live: [],
      });
  }

  /** Shows what would go, and deletes it when the user agrees. */
  private async remove(runs: readonly WorkspaceRun[]): Promise<void> {
    for (const root of new Set(runs.map((run) => run.root))) {
      const ids = runs.filter((run) => run.root === root).map(({ id }) => id);
      const preview = await this.engine.ask(['delete', ...ids], { cwd: root });
      if (preview.code !== 0) {
        void vscode.window.showErrorMessage(messageOf(preview));
        return;
      }
      const plan = preview.lines.at(-1) as { bytes?: number; items?: { kind: string; label: string }[] } | undefined;
      const items = plan?.items ?? [];
      const lines = items.slice(0, 12).map(({ kind, label }) => `${kind}: ${label}`);
      const more = items.length > 12 ? [`… and ${items.length - 12} more`] : [];
      const answer = await vscode.window.showWarningMessage(
        `Delete ${ids.length === 1 ? `the run of ${ago(runs[0]?.info.created ?? '')}` : `${ids.length} runs`} (${((plan?.bytes ?? 0) / 1e6).toFixed(1)} MB)?`,
        {
          modal: true,
          detail: [...lines, ...more, '', 'What is registered or deployed stays. This can not be undone.'].join('\n'),
        },
        'Delete',
      );
      if (answer !== 'Delete') return;
      const done = await this.engine.ask(['delete', ...ids, '--yes'], { cwd: root });
      if (done.code !== 0) void vscode.window.showErrorMessage(messageOf(done));
    }
    this.runs.refresh();
    this.changed.fire();
  }

  dispose(): void {
    this.changed.dispose();
  }
}

/** Parameters that have a value. */
const parametersOf = (run: WorkspaceRun): Record<string, Scalar> =>
  Object.fromEntries(
    Object.entries(run.info.parameters ?? {}).filter((entry): entry is [string, Scalar] => entry[1] !== null),
  );

const fileOf = (run: WorkspaceRun): vscode.Uri => vscode.Uri.file(path.join(run.root, run.info.file));

async function rerun(run: WorkspaceRun, set: Readonly<Record<string, Scalar>>): Promise<void> {
  await vscode.commands.executeCommand('lifecycle.run', fileOf(run), {
    set,
    ...(run.info.environment === undefined ? {} : { environment: run.info.environment }),
  });
}
