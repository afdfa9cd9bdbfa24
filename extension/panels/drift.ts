import * as path from 'node:path';
import * as vscode from 'vscode';
import type { DriftReport } from '../../schemas/generated/types';
import { readJson } from '../../lifecycle/process/files';
import { storePaths } from '../../lifecycle/store/layout';
import type { FromDrift, ToDrift } from '../../webviews/protocol';
import type { Runs, WorkspaceRun } from '../runs';
import { ago } from '../../lifecycle/report/words';
import { Pages } from './pages';

interface Found {
  readonly run: WorkspaceRun;
  readonly stage: string;
  readonly artifact: string;
}

/** What a monitor stage found: of the newest run with one, until another is chosen. */
export class DriftPanel implements vscode.Disposable {
  readonly pages: Pages<FromDrift, ToDrift>;
  private chosen: string | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    extensionUri: vscode.Uri,
    private readonly runs: Runs,
  ) {
    this.pages = new Pages(
      extensionUri,
      'drift',
      'Drift',
      () => this.state(),
      (message) => void this.receive(message),
    );
    this.subscriptions = [this.pages, runs.onDidChange(() => this.pages.schedule())];
  }

  private async receive(message: FromDrift): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.pages.send();
      case 'choose':
        this.chosen = message.report;
        return this.pages.send();
      case 'command':
        await vscode.commands.executeCommand('lifecycle.monitor');
    }
  }

  private async state(): Promise<ToDrift> {
    const found = (await this.runs.all()).flatMap((run): Found[] =>
      Object.entries(run.record?.stages ?? {}).flatMap(([stage, { kind, artifact }]) =>
        kind === 'monitor' && artifact ? [{ run, stage, artifact }] : [],
      ),
    );
    const wanted = found.find((one) => keyOf(one) === this.chosen) ?? found[0];
    const reports = found.map((one) => ({
      id: keyOf(one),
      label: `${one.run.info.pipeline} ${one.stage} · ${ago(one.run.info.created)}`,
    }));
    if (!wanted) return { type: 'state', state: { reports } };
    const file = path.join(storePaths.artifact(wanted.run.store, wanted.artifact), 'drift.json');
    const report = await readJson<DriftReport>(file).catch(() => undefined);
    return {
      type: 'state',
      state: report
        ? { reports, chosen: keyOf(wanted), report, when: ago(report.created) }
        : { reports, chosen: keyOf(wanted), note: 'This report is no longer in the store. Check for drift again.' },
    };
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

const keyOf = ({ run, stage }: Found): string => `${run.id} ${stage}`;
