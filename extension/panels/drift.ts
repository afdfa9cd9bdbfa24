import * as path from 'node:path';
import * as vscode from 'vscode';
import type { DriftReport } from '../../schemas/generated/types';
import type { FromDrift, ToDrift } from '../../webviews/protocol';
import { inTerminal } from '../commands/project';
import { reportWhatChanged } from '../commands/what-changed';
import { driftReportOf, hasDriftReport } from '../drift-report';
import { messageOf, type Engine } from '../engine';
import type { Runs, WorkspaceRun } from '../runs';
import { ago } from '../../lifecycle/report/words';
import { Pages } from './pages';

interface Found {
  readonly run: WorkspaceRun;
  readonly stage: string;
  /** Absent when the stage failed a requirement. */
  readonly artifact?: string;
}

/** What a monitor stage found: of the newest run with one, until another is chosen. */
export class DriftPanel implements vscode.Disposable {
  readonly pages: Pages<FromDrift, ToDrift>;
  private chosen: string | undefined;
  private shown: (Found & { readonly report: DriftReport | undefined }) | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    extensionUri: vscode.Uri,
    private readonly runs: Runs,
    private readonly engine: Engine,
  ) {
    this.pages = new Pages(
      extensionUri,
      'drift',
      'Drift',
      () => this.state(),
      (message) => void this.receive(message),
    );
    this.subscriptions = [
      this.pages,
      runs.onDidChange(() => this.pages.schedule()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.pages.schedule()),
    ];
  }

  private async receive(message: FromDrift): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.pages.send();
      case 'choose':
        this.chosen = message.report;
        return this.pages.send();
      case 'go-to':
        return this.openStage();
      case 'act':
        return this.act(message);
      case 'report':
        return this.report();
      case 'command':
        await vscode.commands.executeCommand('lifecycle.monitor');
    }
  }

  private async state(): Promise<ToDrift> {
    const found: Found[] = [];
    for (const run of await this.runs.all())
      for (const [stage, { kind, artifact }] of Object.entries(run.record?.stages ?? {})) {
        if (kind !== 'monitor') continue;
        if (artifact) found.push({ run, stage, artifact });
        else if (await hasDriftReport(run, stage)) found.push({ run, stage });
      }
    const wanted = found.find((one) => keyOf(one) === this.chosen) ?? found[0];
    const reports = found.map((one) => ({
      id: keyOf(one),
      label: `${one.run.info.pipeline} ${one.stage} · ${ago(one.run.info.created)}`,
    }));
    const trusted = vscode.workspace.isTrusted;
    if (!wanted) {
      const note = await this.runs.missing();
      return { type: 'state', state: { reports, trusted, ...(note === undefined ? {} : { note }) } };
    }
    const report = await driftReportOf(wanted.run, wanted.stage, wanted.artifact);
    this.shown = { ...wanted, report };
    const chosen = keyOf(wanted);
    if (!report)
      return {
        type: 'state',
        state: {
          reports,
          chosen,
          trusted,
          note: 'This report is no longer in the store, or it is damaged. Check for drift again.',
        },
      };
    if (report.format !== 1)
      return {
        type: 'state',
        state: {
          reports,
          chosen,
          trusted,
          note: 'This report was made by a newer version of ML Lifecycle. Update to see it.',
        },
      };
    return { type: 'state', state: { reports, chosen, trusted, report, when: ago(report.created) } };
  }

  private async openStage(): Promise<void> {
    if (!this.shown) return;
    const { run, stage } = this.shown;
    await vscode.commands.executeCommand('lifecycle.openStage', { root: run.root, file: run.info.file, stage });
  }

  private async report(): Promise<void> {
    if (!this.shown) return;
    const { run, stage } = this.shown;
    const file = vscode.Uri.file(path.join(run.root, run.info.file));
    await reportWhatChanged(this.engine, { root: run.root, file, stage, run: run.id });
  }

  /** Decisions need a reason, which is kept; retraining shows first what it would do. */
  private async act(message: Extract<FromDrift, { type: 'act' }>): Promise<void> {
    if (!this.shown) return;
    const { run, stage } = this.shown;
    const file = path.join(run.root, run.info.file);
    const monitor = ['monitor', file, '--stage', stage];
    switch (message.action) {
      case 'retrain':
        return this.retrain(file, stage, run.root);
      case 'accept-reference':
        return this.decide(
          'Accept as New Reference',
          'The requests of this report are normal from now on: later ones are compared with them.',
          [...monitor, '--accept-reference'],
          run.root,
        );
      case 'acknowledge':
        return this.decide(
          `Acknowledge the Drift of ${message.column ?? ''}`,
          'It is known. It counts again when it grows by half.',
          [...monitor, '--acknowledge', message.column ?? ''],
          run.root,
        );
      case 'suppress':
        return this.decide(
          `The Drift of ${message.column ?? ''} Does Not Count`,
          'Until the decision is lifted.',
          [...monitor, '--suppress', message.column ?? ''],
          run.root,
        );
      case 'silence':
        return this.decide(
          `Silence ${message.rule ?? ''}`,
          'Its alerts are not sent until the decision is lifted.',
          [...monitor, '--silence', message.rule ?? ''],
          run.root,
        );
    }
  }

  private async decide(title: string, prompt: string, args: readonly string[], cwd: string): Promise<void> {
    const reason = await vscode.window.showInputBox({
      title,
      prompt: `${prompt} Why? Kept with your name.`,
      placeHolder: 'for example: new tariff since May',
      validateInput: (text) => (text.trim() === '' ? 'A reason is needed.' : undefined),
    });
    if (!reason) return;
    const answer = await vscode.window.withProgress({ location: { viewId: 'lifecycle.drift' }, title }, () =>
      this.engine.ask([...args, '--reason', reason], { cwd }),
    );
    if (answer.code !== 0 && answer.code !== 3) {
      void vscode.window.showErrorMessage(messageOf(answer));
      return;
    }
    const again = 'Check Again';
    const next = await vscode.window.showInformationMessage(`${title}: kept.`, again);
    if (next === again) await vscode.commands.executeCommand('lifecycle.monitor');
  }

  private async retrain(file: string, stage: string, root: string): Promise<void> {
    const args = ['retrain', file, '--stage', stage];
    const plan = await vscode.window.withProgress(
      { location: { viewId: 'lifecycle.drift' }, title: 'Planning the retraining…' },
      () => this.engine.ask([...args, '--dry-run'], { cwd: root, plain: true }),
    );
    if (plan.code !== 0) {
      void vscode.window.showErrorMessage(messageOf(plan));
      return;
    }
    const answer = await vscode.window.showInformationMessage(
      'Retrain on fresh data?',
      { modal: true, detail: plan.text.slice(0, 2_000) },
      'Retrain',
    );
    if (answer === 'Retrain') await inTerminal(this.engine, 'retrain', args, root);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

const keyOf = ({ run, stage }: Found): string => `${run.id} ${stage}`;
