import * as path from 'node:path';
import * as vscode from 'vscode';
import type { DeploymentEntry } from '../../schemas/generated/types';
import type { RegisteredVersion } from '../../lifecycle/store/registry';
import { readText } from '../../lifecycle/process/files';
import type { ExampleRequest } from '../../lifecycle/store/bundle';
import { messageOf, type Engine, type EngineAnswer } from '../engine';
import { changesIn, confirmPlan, type ShownPlan, shownText, showProblem } from './plan';
import type { Projects } from '../projects';
import type { Secrets } from '../secrets';
import { ago } from '../../lifecycle/report/words';
import { comparison, type Replay } from './comparison';
import { curl } from '../../webviews/requests';
import { chooseRequest } from './requests';
import { isOpen, type ModelNode, type ModelsView } from '../views/models';
import type { PlacedVersion } from './versions';

interface Target {
  readonly name: string;
  readonly kind: string;
}

/** Puts models on targets and takes them back. Every action is the engine's; the editor shows the plan and asks. */
export class DeployCommands {
  constructor(
    private readonly engine: Engine,
    private readonly projects: Projects,
    private readonly secrets: Secrets,
    private readonly view: ModelsView,
  ) {}

  async deploy(given: unknown): Promise<void> {
    const node = given as ModelNode | undefined;
    const chosen =
      node?.type === 'version'
        ? { root: node.place.root, version: node.version }
        : await this.chooseVersion('Deploy Model (1/2)');
    if (!chosen) return;
    const { root, version } = chosen;
    const target = await this.chooseTarget(root);
    if (!target) return;
    const how = await this.chooseStrategy(root, version, target);
    if (how === undefined) return;
    const what = ['--model', `${version.name}@${version.version}`, '--target', target.name, ...how];
    const plan = await this.plan(['deploy', ...what, '--dry-run'], root);
    if (!plan) return;
    if (plan.actions.length === 0) {
      void vscode.window.showInformationMessage(plan.notes[0] ?? 'Nothing would change.');
      return;
    }
    const confirm = vscode.workspace.getConfiguration('lifecycle').get<string>('deploy.confirm');
    if (confirm === 'always' || target.kind !== 'local') {
      const question = `Deploy ${version.name} version ${version.version} to ${target.name}?`;
      if (!(await confirmPlan(question, `${version.name} ${version.version} → ${target.name}`, plan))) return;
    }
    const done = await this.ask(
      ['deploy', ...what, '--yes'],
      root,
      `Deploying ${version.name} ${version.version} to ${target.name}…`,
    );
    this.view.refresh();
    if (done === undefined) return;
    const now = (await this.view.getChildren()).find(
      (child) => child.type === 'deployment' && child.place.root === root && child.target === target.name,
    );
    const rollout = now?.type === 'deployment' ? now.live?.rollout : undefined;
    if (how.length > 0 && rollout !== undefined && isOpen(rollout)) {
      void vscode.window.showInformationMessage(
        `${sayStrategy(rollout.strategy)} of ${version.name} version ${version.version} has begun on ${target.name}. Promote and Roll Back stand beside it in Models & Deployments.`,
      );
      return;
    }
    await this.announce(now, `${version.name} version ${version.version} is live on ${target.name}.`);
  }

  async rollBack(given: unknown): Promise<void> {
    const place = await this.chooseDeployment(given, 'Roll back which target?');
    if (!place) return;
    const reason = await vscode.window.showInputBox({
      title: `Roll Back ${place.target}`,
      prompt: 'Why? Kept in the ledger.',
      placeHolder: 'for example: wrong predictions for new customers',
    });
    if (reason === undefined) return;
    const done = await this.ask(
      ['rollback', place.target, ...(reason ? ['--reason', reason] : [])],
      place.root,
      `Rolling ${place.target} back…`,
    );
    this.view.refresh();
    if (done === undefined) return;
    const entry = done.lines.map((line) => line['entry']).find((each) => each !== undefined) as
      Pick<DeploymentEntry, 'model' | 'version'> | undefined;
    void vscode.window.showInformationMessage(
      entry
        ? `${entry.model} version ${entry.version} is live on ${place.target} again.`
        : `${place.target} was rolled back.`,
    );
  }

  async stop(given: unknown): Promise<void> {
    const place = await this.chooseDeployment(given, 'Stop which deployment?');
    if (!place) return;
    const kind = (await this.deploymentOf(place))?.entry.kind;
    if (kind !== 'local') {
      const answer = await vscode.window.showWarningMessage(
        `Take ${place.target}${kind === undefined ? '' : ` (${kind})`} away? What is served there ends.`,
        { modal: true },
        'Take Away',
      );
      if (answer === undefined) return;
    }
    await this.ask(['stop', place.target, '--yes'], place.root, `Stopping ${place.target}…`);
    this.view.refresh();
  }

  async open(given: unknown): Promise<void> {
    const node = given as ModelNode | undefined;
    if (node?.type === 'deployment' && node.entry.url) await vscode.env.openExternal(vscode.Uri.parse(node.entry.url));
  }

  /** Opens the form that the server makes of the model's columns, beside the pipeline. */
  async tryIt(given: unknown): Promise<void> {
    const place = await this.chooseDeployment(given, 'Try which deployment?');
    const node = place && (await this.deploymentOf(place));
    if (!node?.entry.url) return;
    const url = `${(node.live?.url ?? node.entry.url).replace(/\/$/, '')}/try`;
    // Its command is known only once it has been used.
    if (vscode.extensions.getExtension('vscode.simple-browser') !== undefined)
      await vscode.commands.executeCommand('simpleBrowser.api.open', vscode.Uri.parse(url), {
        viewColumn: vscode.ViewColumn.Beside,
      });
    else await vscode.env.openExternal(vscode.Uri.parse(url));
  }

  /** The version of a roll-out goes live now. */
  async promote(given: unknown): Promise<void> {
    const place = await this.chooseDeployment(given, 'Promote on which target?');
    if (!place) return;
    const done = await this.ask(['rollout', place.target, '--promote'], place.root, `Promoting on ${place.target}…`);
    this.view.refresh();
    if (done !== undefined) void vscode.window.showInformationMessage(`The new version is live on ${place.target}.`);
  }

  /** Shows what a version would have said of what the live one was asked. */
  async compareWithLive(given: unknown): Promise<void> {
    const node = given as ModelNode | undefined;
    const chosen =
      node?.type === 'version'
        ? { root: node.place.root, version: node.version }
        : await this.chooseVersion('Compare with Live');
    if (!chosen) return;
    const { root, version } = chosen;
    const deployed = (await this.view.getChildren()).flatMap((child) =>
      child.type === 'deployment' && !child.stopped && child.entry.model === version.name && child.place.root === root
        ? [child]
        : [],
    );
    const targets = deployed.filter(({ entry }) => entry.digest !== version.digest);
    if (targets.length === 0) {
      void vscode.window.showInformationMessage(
        deployed.length === 0
          ? `No version of ${version.name} is deployed.`
          : `Version ${version.version} of ${version.name} is itself what is live. Choose another version to compare with it.`,
      );
      return;
    }
    const target =
      targets.length === 1
        ? targets[0]?.target
        : await vscode.window.showQuickPick(
            targets.map((one) => one.target),
            { placeHolder: 'Compare with what is live on which target?' },
          );
    if (target === undefined) return;
    const answer = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: `Asking version ${version.version} what ${target} was asked…`,
      },
      () => this.engine.ask(['replay', String(version.version), '--target', target], { cwd: root }),
    );
    const found = answer.lines.find((line) => typeof line['differing'] === 'number');
    if (answer.code !== 0 || found === undefined) {
      void vscode.window.showErrorMessage(messageOf(answer));
      return;
    }
    const title = `${version.name} ${version.version} against ${target}.md`;
    await vscode.commands.executeCommand(
      'markdown.showPreview',
      shownText(title, comparison(found as unknown as Replay)),
    );
  }

  /** Puts a program on the clipboard that asks a served model for a typical row. */
  async copyRequestAs(given: unknown): Promise<void> {
    const form = await chooseRequest();
    if (form) await this.copyRequest(given, form.of);
  }

  private async deploymentOf(place: { readonly root: string; readonly target: string }) {
    const found = (await this.view.getChildren()).find(
      (child) => child.type === 'deployment' && child.place.root === place.root && child.target === place.target,
    );
    return found?.type === 'deployment' ? found : undefined;
  }

  /** Puts a command on the clipboard that asks a served model for a typical row. */
  async copyRequest(given: unknown, form: (url: string, body: unknown) => string = curl): Promise<void> {
    const node = given as ModelNode | undefined;
    if (node?.type !== 'deployment') return;
    const {
      entry: { model, version, url },
      place,
    } = node;
    if (!url) return;
    const { exampleRow, findVersion } = await import('../lazy');
    const { folder } = await findVersion(place.store, model, version);
    const example = JSON.parse(
      (await readText(path.join(folder, 'example.json'))) ?? '{"inputs":[]}',
    ) as ExampleRequest;
    await vscode.env.clipboard.writeText(form(url, { rows: [exampleRow(example)] }));
    void vscode.window.showInformationMessage(
      `A request to ${model} is on the clipboard. Paste it into a terminal; Check for Drift counts it.`,
    );
  }

  /** Says after *Run and Deploy* what is served now, and where: it happened in a terminal that nobody has to watch. */
  async announceRun(pipeline: vscode.Uri): Promise<void> {
    const { root } = await this.projects.of(pipeline);
    const [newest] = (await this.view.getChildren())
      .filter((node) => node.type === 'deployment' && node.place.root === root && !node.stopped)
      .sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
    if (newest?.type !== 'deployment') return;
    const { entry, target } = newest;
    await this.announce(newest, `${entry.model} version ${entry.version} is live on ${target}.`);
  }

  async openModelCard(given: unknown): Promise<void> {
    const node = given as ModelNode | undefined;
    const version = node?.type === 'version' ? node.version : (await this.chooseVersion('Open Model Card'))?.version;
    if (version)
      await vscode.commands.executeCommand(
        'markdown.showPreview',
        vscode.Uri.file(path.join(version.folder, 'MODEL_CARD.md')),
      );
  }

  private async announce(node: ModelNode | undefined, text: string): Promise<void> {
    const url = node?.type === 'deployment' ? node.entry.url : undefined;
    const answer = await vscode.window.showInformationMessage(
      url ? `${text} ${url}` : text,
      ...(url ? ['Open', 'Copy Example Request'] : []),
    );
    if (answer === 'Open' && url) await vscode.env.openExternal(vscode.Uri.parse(url));
    if (answer === 'Copy Example Request') await this.copyRequest(node);
  }

  /** Runs an engine command under a progress notification. @returns undefined when it failed and that was shown */
  private async ask(args: string[], cwd: string, title: string): Promise<EngineAnswer | undefined> {
    const environment = await this.secrets.environment();
    const answer = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
      this.engine.ask(args, { cwd, env: environment }),
    );
    if (answer.code === 0) return answer;
    await showProblem(answer);
    return undefined;
  }

  /** What a deployment would do; undefined when it can't be planned, and that was shown. */
  private async plan(args: string[], cwd: string): Promise<ShownPlan | undefined> {
    const environment = await this.secrets.environment();
    const answer = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: 'Planning the deployment…' },
      () => this.engine.ask(args, { cwd, env: environment }),
    );
    const plan = answer.lines.find((line) => Array.isArray(line['actions']));
    if (answer.code === 0 && plan !== undefined)
      return { actions: list(plan['actions']), notes: list(plan['notes']), changes: changesIn(plan['changes']) };
    await showProblem(answer);
    return undefined;
  }

  async chooseVersion(title: string): Promise<PlacedVersion | undefined> {
    const { findVersion, listModels } = await import('../lazy');
    const items: (vscode.QuickPickItem & PlacedVersion)[] = [];
    for (const { store, root } of await this.projects.stores())
      for (const model of await listModels(store))
        for (const version of model.versions.toReversed())
          items.push({
            label: `${version.name} version ${version.version}`,
            description: [...version.aliases, version.created ? ago(version.created) : ''].filter(Boolean).join(' · '),
            detail: version.notes ?? '',
            root,
            store,
            version: await findVersion(store, version.name, version.version),
          });
    if (items.length === 0) {
      const answer = await vscode.window.showInformationMessage(
        'No model is packaged yet. Run a pipeline with a package stage first.',
        'Run Pipeline',
      );
      if (answer) await vscode.commands.executeCommand('lifecycle.run');
      return undefined;
    }
    return vscode.window.showQuickPick(items, { title, placeHolder: 'Which version?' });
  }

  /** How the version takes over, when another one of its model is live there. @returns options of `deploy`; undefined when dismissed */
  private async chooseStrategy(
    root: string,
    version: RegisteredVersion,
    target: Target,
  ): Promise<readonly string[] | undefined> {
    const live = await this.deploymentOf({ root, target: target.name });
    const other = live?.entry.model === version.name && live.entry.digest !== version.digest && !live.stopped;
    if (target.kind !== 'local' || !other) return [];
    const picked = await vscode.window.showQuickPick(
      [
        { label: 'All at once', detail: 'The new version answers every request from now on.', options: [] },
        {
          label: 'Canary',
          detail: '10 %, then 50 % of the requests; taken back by itself when it does worse.',
          options: ['--strategy', 'canary'],
        },
        {
          label: 'Blue-green',
          detail: 'All requests at once, with the former version ready to take over again.',
          options: ['--strategy', 'blue-green'],
        },
        {
          label: 'Shadow',
          detail: 'Asked beside the live version; nobody sees its answers.',
          options: ['--strategy', 'shadow'],
        },
        {
          label: 'A/B',
          detail: 'Half of the requests each, until you decide.',
          options: ['--strategy', 'ab'],
        },
      ],
      { title: `Deploy Model: version ${version.version} in place of ${live.entry.version}`, placeHolder: 'How?' },
    );
    return picked?.options;
  }

  private async chooseTarget(root: string): Promise<Target | undefined> {
    const targets = await this.targets(root);
    const items = targets.map((target) => ({
      label: target.name,
      description: target.kind,
      detail: target.name === 'local' ? 'Built in: a model server on this machine.' : undefined,
      target,
    }));
    const picked = await vscode.window.showQuickPick(
      items.map(({ detail, ...item }) => ({ ...item, ...(detail ? { detail } : {}) })),
      { title: 'Deploy Model (2/2)', placeHolder: 'To which target? More are configured in targets.yaml.' },
    );
    return picked?.target;
  }

  /** `local` and the targets of every targets.yaml beside a pipeline of the project. */
  private async targets(root: string): Promise<Target[]> {
    const targets = new Map<string, Target>([['local', { name: 'local', kind: 'local' }]]);
    const { parseYaml } = await import('../lazy');
    for (const uri of await vscode.workspace.findFiles('**/targets.yaml', '**/{node_modules,.lifecycle}/**', 50)) {
      if (path.relative(root, uri.fsPath).startsWith('..')) continue;
      try {
        const file = parseYaml((await readText(uri.fsPath)) ?? '') as {
          targets?: Record<string, { kind?: string }>;
        } | null;
        for (const [name, target] of Object.entries(file?.targets ?? {}))
          targets.set(name, { name, kind: target.kind ?? '' });
      } catch {
        // The language server says what is wrong with it, at its place.
      }
    }
    return [...targets.values()];
  }

  private async chooseDeployment(
    given: unknown,
    placeHolder: string,
  ): Promise<{ root: string; target: string } | undefined> {
    const node = given as ModelNode | undefined;
    if (node?.type === 'deployment' || node?.type === 'rollout') return { root: node.place.root, target: node.target };
    const deployments = (await this.view.getChildren()).filter((child) => child.type === 'deployment');
    const [first] = deployments;
    if (first === undefined) {
      void vscode.window.showInformationMessage('Nothing is deployed.');
      return undefined;
    }
    if (deployments.length === 1) return { root: first.place.root, target: first.target };
    const picked = await vscode.window.showQuickPick(
      deployments.map(({ target, entry, place }) => ({
        label: target,
        description: `${entry.model} ${entry.version}`,
        root: place.root,
        target,
      })),
      { placeHolder },
    );
    return picked;
  }
}

const sayStrategy = (strategy: string): string => (strategy === 'ab' ? 'An A/B test' : `A ${strategy} roll-out`);

const timeOf = (node: ModelNode): string => (node.type === 'deployment' ? node.entry.time : '');

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
