import * as vscode from 'vscode';
import type { RegisteredVersion } from '../../lifecycle/store/registry';
import { messageOf, type Engine, type EngineAnswer } from '../engine';
import type { ModelNode, ModelsView } from '../views/models';
import { shownText } from './plan';
import { type Compared, versionsCompared } from './versions-compared';

/** A version, and the project that it is registered in. */
export interface PlacedVersion {
  readonly root: string;
  readonly store: string;
  readonly version: RegisteredVersion;
}

/** What `lifecycle models delete` says before it deletes. */
interface Removal {
  readonly bytes: number;
  readonly aliases: readonly string[];
  readonly live: readonly string[];
  readonly former: readonly string[];
}

const NEW = '$(add) Another alias…';

/** Looks after registered versions: aliases, notes, comparison, files to hand on, deletion. Every action is the engine's. */
export class VersionCommands {
  /** @param choose asks which version is meant */
  constructor(
    private readonly engine: Engine,
    private readonly view: ModelsView,
    private readonly choose: (title: string) => Promise<PlacedVersion | undefined>,
  ) {}

  /** Points an alias at a version, or takes it away when it points there already. */
  async alias(given: unknown): Promise<void> {
    const placed = await this.meant(given, 'Give Alias');
    if (!placed) return;
    const { version, store } = placed;
    const { listModels } = await import('../lazy');
    const aliases = (await listModels(store)).find(({ name }) => name === version.name)?.aliases ?? {};
    const names = [...new Set(['champion', 'candidate', ...Object.keys(aliases)])];
    const picked = await vscode.window.showQuickPick(
      [
        ...names.map((name) => ({
          label: name,
          description:
            aliases[name] === version.version
              ? 'points here: take it away'
              : aliases[name] === undefined
                ? ''
                : `now version ${aliases[name]}`,
        })),
        { label: NEW, description: '' },
      ],
      {
        title: `Alias of ${version.name} version ${version.version}`,
        placeHolder: `Requests to ${version.name}@ALIAS, batches and retraining mean the version that it points at`,
      },
    );
    if (!picked) return;
    const alias =
      picked.label === NEW
        ? await vscode.window.showInputBox({
            title: `Alias of ${version.name} version ${version.version}`,
            placeHolder: 'for example: staging',
            validateInput: (text) =>
              /^[A-Za-z][\w.-]*$/.test(text.trim())
                ? undefined
                : 'Letters, digits, dots, dashes; it begins with a letter.',
          })
        : picked.label;
    if (alias === undefined) return;
    const away = aliases[alias.trim()] === version.version;
    await this.ask(
      placed,
      away
        ? ['models', 'demote', version.name, alias.trim()]
        : ['models', 'promote', `${version.name}@${version.version}`, alias.trim()],
    );
  }

  async note(given: unknown): Promise<void> {
    const placed = await this.meant(given, 'Write Note');
    if (!placed) return;
    const { version } = placed;
    const text = await vscode.window.showInputBox({
      title: `Note on ${version.name} version ${version.version}`,
      value: version.notes ?? '',
      prompt: 'Kept in the registry; the notes before stay in its log.',
      validateInput: (value) => (value.trim() === '' ? 'The note is empty.' : undefined),
    });
    if (text !== undefined)
      await this.ask(placed, ['models', 'note', `${version.name}@${version.version}`, text.trim()]);
  }

  /** Shows two versions of a model side by side: what callers notice, metrics, size, latency. */
  async compare(given: unknown): Promise<void> {
    const placed = await this.meant(given, 'Compare Versions');
    if (!placed) return;
    const { version, store } = placed;
    const { listModels } = await import('../lazy');
    const others = (await listModels(store))
      .filter(({ name }) => name === version.name)
      .flatMap(({ versions }) => versions.filter((one) => one.version !== version.version))
      .toReversed();
    if (others.length === 0) {
      void vscode.window.showInformationMessage(`${version.name} has one version only.`);
      return;
    }
    const picked = await vscode.window.showQuickPick(
      others.map((one) => ({ label: `Version ${one.version}`, description: one.aliases.join(', '), one })),
      { title: `Compare ${version.name} version ${version.version}`, placeHolder: 'With which version?' },
    );
    if (!picked) return;
    const [before, after] = [picked.one, version].sort((a, b) => a.version - b.version) as [
      RegisteredVersion,
      RegisteredVersion,
    ];
    const answer = await this.ask(
      placed,
      ['models', 'compare', `${before.name}@${before.version}`, `${after.name}@${after.version}`],
      `Comparing versions ${before.version} and ${after.version}…`,
    );
    const found = answer?.lines.find((line) => Array.isArray(line['metrics']));
    if (!found) return;
    const title = `${version.name} ${before.version} and ${after.version}.md`;
    const text = versionsCompared(version.name, before.version, after.version, found as unknown as Compared);
    await vscode.commands.executeCommand('markdown.showPreview', shownText(title, text));
  }

  /** Puts a version into a file, to be registered in another project. */
  async export(given: unknown): Promise<void> {
    const placed = await this.meant(given, 'Export Model');
    if (!placed) return;
    const { version, root } = placed;
    const target = await vscode.window.showSaveDialog({
      title: `Export ${version.name} version ${version.version}`,
      defaultUri: vscode.Uri.joinPath(vscode.Uri.file(root), `${version.name}-${version.version}.bundle`),
      filters: { Bundle: ['bundle'] },
    });
    if (!target) return;
    const done = await this.ask(placed, ['models', 'export', `${version.name}@${version.version}`, target.fsPath]);
    if (done)
      void vscode.window.showInformationMessage(
        `${version.name} version ${version.version} is in ${target.fsPath}. \`lifecycle models import\` registers it in another project.`,
      );
  }

  /** Deletes a version after showing what that means. */
  async delete(given: unknown): Promise<void> {
    const placed = await this.meant(given, 'Delete Version');
    if (!placed) return;
    const { version, root } = placed;
    const which = `${version.name} version ${version.version}`;
    const args = ['models', 'delete', `${version.name}@${version.version}`];
    const asked = await this.engine.ask(args, { cwd: root });
    const plan = asked.lines.find(({ type }) => type === 'plan') as (Removal & { type: 'plan' }) | undefined;
    if (!plan || plan.live.length > 0) {
      void vscode.window.showErrorMessage(messageOf(asked));
      return;
    }
    const detail = [
      `${(plan.bytes / 1e6).toFixed(1)} MB go for good. Its number is not given again.`,
      ...(plan.aliases.length > 0 ? [`Its aliases go too: ${plan.aliases.join(', ')}.`] : []),
      ...(plan.former.length > 0 ? [`There is no rollback to it any more on ${plan.former.join(', ')}.`] : []),
    ].join('\n');
    const answer = await vscode.window.showWarningMessage(`Delete ${which}?`, { modal: true, detail }, 'Delete');
    if (answer === 'Delete') await this.ask(placed, [...args, '--yes']);
  }

  private async meant(given: unknown, title: string): Promise<PlacedVersion | undefined> {
    const node = given as ModelNode | undefined;
    return node?.type === 'version' ? { ...node.place, version: node.version } : this.choose(title);
  }

  /** @returns undefined when it failed, and that was shown */
  private async ask({ root }: PlacedVersion, args: string[], title?: string): Promise<EngineAnswer | undefined> {
    const answer = title
      ? await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
          this.engine.ask(args, { cwd: root }),
        )
      : await this.engine.ask(args, { cwd: root });
    this.view.refresh();
    if (answer.code === 0) return answer;
    void vscode.window.showErrorMessage(messageOf(answer));
    return undefined;
  }
}
