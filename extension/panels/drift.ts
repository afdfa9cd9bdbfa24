import * as path from 'node:path';
import * as vscode from 'vscode';
import type { DriftReport } from '../../schemas/generated/types';
import type { FromDrift, ToDrift } from '../../webviews/protocol';
import type { MonitorCommands } from '../commands/monitor';
import { reportWhatChanged } from '../commands/what-changed';
import { driftReportOf, hasDriftReport } from '../drift-report';
import type { Engine } from '../engine';
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
    private readonly commands: MonitorCommands,
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
    const place = { root: run.root, file: vscode.Uri.file(path.join(run.root, run.info.file)), stage };
    const { column = '', rule = '' } = message;
    switch (message.action) {
      case 'retrain':
        return this.commands.retrain(place);
      case 'accept-reference':
        return void this.commands.decide(
          place,
          ['--accept-reference'],
          'Accept as New Reference',
          'The requests of this report are normal from now on: later ones are compared with them. ',
        );
      case 'acknowledge':
        return void this.commands.decide(
          place,
          ['--acknowledge', column],
          `Acknowledge the Drift of ${column}`,
          'It is known. It counts again when it grows by half. ',
        );
      case 'suppress':
        return void this.commands.decide(
          place,
          ['--suppress', column],
          `The Drift of ${column} Does Not Count`,
          'Until the decision is lifted. ',
        );
      case 'silence':
        return void this.commands.decide(
          place,
          ['--silence', rule],
          `Silence ${rule}`,
          'Its alerts are not sent until the decision is lifted. ',
        );
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

const keyOf = ({ run, stage }: Found): string => `${run.id} ${stage}`;
