import * as vscode from 'vscode';
import { type Engine, type EngineAnswer, messageOf } from '../engine';
import type { Secrets } from '../secrets';
import { type Check, checksIn, distanceOf, summaryOf } from '../views/checks';
import type { ModelNode, ModelsView } from '../views/models';
import { showProblem } from './plan';

type Deployment = Extract<ModelNode, { readonly type: 'deployment' }>;

/** How many versions stay unless somebody says otherwise; the engine's own. */
const KEPT = 3;

/** Looks at what is on the targets beyond this machine, and deletes what former versions left there. */
export class TargetCommands {
  constructor(
    private readonly engine: Engine,
    private readonly secrets: Secrets,
    private readonly view: ModelsView,
  ) {}

  /** Asks every target beyond this machine whether what is there is what the ledger says. What it says stands at the items. */
  async check(given: unknown): Promise<void> {
    const node = given as ModelNode | undefined;
    const all = await this.deployments();
    const meant = all.filter(
      ({ stopped, entry, place }) =>
        !stopped && distanceOf(entry.kind) !== '' && (node?.type !== 'deployment' || place.root === node.place.root),
    );
    if (meant.length === 0) {
      void vscode.window.showInformationMessage(summaryOf([]).text);
      return;
    }
    const env = await this.secrets.environment();
    const checks: Check[] = [];
    const troubles: EngineAnswer[] = [];
    const asked = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: `Asking ${meant.map(({ target }) => target).join(', ')} what is there…`,
        cancellable: true,
      },
      async (_, token) => {
        const stopping = new AbortController();
        token.onCancellationRequested(() => stopping.abort());
        const roots = new Map(meant.map(({ place }) => [place.root, place.store]));
        for (const [cwd, store] of roots) {
          const answer = await this.engine.ask(['deployments', '--check'], { cwd, env, signal: stopping.signal });
          if (stopping.signal.aborted) return false;
          const found = checksIn(answer.lines);
          for (const check of found) {
            const of = meant.find(({ target, place }) => target === check.target && place.store === store);
            if (of) this.view.checks.keep(store, check, of.entry.sequence);
          }
          checks.push(...found);
          if (answer.lines.some((line) => line['error'] !== undefined) || (answer.code !== 0 && found.length === 0))
            troubles.push(answer);
        }
        return true;
      },
    );
    this.view.refresh();
    if (!asked) return;
    for (const trouble of troubles) await showProblem(trouble);
    if (checks.length === 0) return;
    const { text, well } = summaryOf(checks);
    if (well) void vscode.window.showInformationMessage(text);
    else if ((await vscode.window.showWarningMessage(text, 'Show')) === 'Show')
      await vscode.commands.executeCommand('lifecycle.models.focus');
  }

  /** Deletes what former versions left on a target, after showing it. */
  async tidy(given: unknown): Promise<void> {
    const deployment = await this.choose(given);
    if (!deployment) return;
    const {
      target,
      entry: { kind },
      place: { root: cwd },
    } = deployment;
    const keep = await vscode.window.showInputBox({
      title: `Tidy Up ${target}`,
      prompt:
        'How many versions stay, the live one counted? A rollback to a version that went makes anew what it needs.',
      value: String(KEPT),
      validateInput: (text) => (/^[1-9]\d{0,3}$/.test(text.trim()) ? undefined : 'A whole number, at least 1.'),
    });
    if (keep === undefined) return;
    const what = ['tidy', target, '--keep', keep.trim()];
    const env = await this.secrets.environment();
    const ask = (more: string, title: string) =>
      vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
        this.engine.ask([...what, more], { cwd, env }),
      );
    const plan = await ask('--dry-run', `Looking at what former versions left on ${target}…`);
    if (plan.code !== 0) return showProblem(plan);
    const actions = textsIn(plan, 'actions');
    if (actions.length === 0) {
      void vscode.window.showInformationMessage(`Former versions left nothing on ${target} that is not needed.`);
      return;
    }
    const answer = await vscode.window.showWarningMessage(
      `Delete what former versions left on ${target} (${kind})?`,
      { modal: true, detail: actions.map((action) => `• ${action}`).join('\n') },
      'Delete',
    );
    if (answer !== 'Delete') return;
    const done = await ask('--yes', `Tidying ${target} up…`);
    const left = textsIn(done, 'left');
    const deleted = done.lines.find((line) => typeof line['deleted'] === 'number')?.['deleted'];
    if (left.length > 0)
      void vscode.window.showErrorMessage(
        `${left.length} of ${left.length + Number(deleted ?? 0)} could not be deleted from ${target}: ${left.join(' ')}`,
      );
    else if (done.code !== 0) void vscode.window.showErrorMessage(messageOf(done));
    else void vscode.window.showInformationMessage(`${Number(deleted ?? actions.length)} deleted from ${target}.`);
  }

  private async deployments(): Promise<Deployment[]> {
    return (await this.view.getChildren()).filter((node): node is Deployment => node.type === 'deployment');
  }

  /** A deployment on a target where former versions leave something: the one that was clicked, the only one, or which is chosen. */
  private async choose(given: unknown): Promise<Deployment | undefined> {
    const node = given as ModelNode | undefined;
    if (node?.type === 'deployment') return node;
    const there = (await this.deployments()).filter(({ entry }) => distanceOf(entry.kind) === '-cloud');
    if (there.length === 0) {
      void vscode.window.showInformationMessage(
        'Nothing is deployed where former versions leave something: that is SageMaker, Vertex AI and Azure Machine Learning.',
      );
      return undefined;
    }
    if (there.length === 1) return there[0];
    const picked = await vscode.window.showQuickPick(
      there.map((deployment) => ({
        label: deployment.target,
        description: `${deployment.entry.kind} · ${deployment.entry.model} ${deployment.entry.version}`,
        deployment,
      })),
      { placeHolder: 'Tidy up which target?' },
    );
    return picked?.deployment;
  }
}

/** The texts that the engine printed under a name, of the last line that has it. */
function textsIn(answer: EngineAnswer, name: string): string[] {
  const found = answer.lines.findLast((line) => Array.isArray(line[name]))?.[name];
  return Array.isArray(found) ? found.map(String) : [];
}
