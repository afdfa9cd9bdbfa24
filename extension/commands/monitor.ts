import * as vscode from 'vscode';
import { allRetrainings, type Retraining } from '../../lifecycle/store/retraining';
import { type Engine, messageOf } from '../engine';
import type { Projects } from '../projects';
import { runEnvironment } from '../run-settings';
import type { Secrets } from '../secrets';
import { inTerminal } from './project';

/** A monitor stage of a pipeline. */
export interface Place {
  readonly root: string;
  readonly file: vscode.Uri;
  readonly stage: string;
}

/** What is done about a model that is watched: decisions with their reason, retraining with its plan, approval, the watch itself. */
export class MonitorCommands {
  /** Monitor stages that runs were seen of, by {@link keyOf}. */
  readonly places = new Map<string, Place>();

  constructor(
    private readonly engine: Engine,
    private readonly projects: Projects,
    private readonly secrets: Secrets,
  ) {}

  /**
   * Keeps a decision about drift, after asking for its reason.
   * @param args of `lifecycle monitor`
   * @returns whether it was kept
   */
  async decide({ file, stage, root }: Place, args: readonly string[], title: string, about = ''): Promise<boolean> {
    const why = await vscode.window.showInputBox({
      title,
      prompt: `${about}Why? It is kept with the decision and your name.`.trim(),
      placeHolder: 'for example: new tariff since May',
      validateInput: (text) => (text.trim() === '' ? 'A reason is needed.' : undefined),
    });
    if (why === undefined) return false;
    const answer = await this.engine.ask(['monitor', file.fsPath, '--stage', stage, ...args, '--reason', why], {
      cwd: root,
    });
    if (answer.code !== 0) {
      void vscode.window.showErrorMessage(messageOf(answer));
      return false;
    }
    const again = 'Check Again';
    void vscode.window
      .showInformationMessage(`${title.replace(/\u2026$/, '')}: kept. It holds from the next look on.`, again)
      .then((next) => next === again && vscode.commands.executeCommand('lifecycle.monitor', file));
    return true;
  }

  /** Shows the plan first. Where a retrained model waits for approval already, that is asked: whoever closed the notification finds it here. */
  async retrain(place: Place): Promise<void> {
    const stores = (await this.projects.stores()).filter(({ root }) => root === place.root);
    for (const { store } of stores)
      for (const retraining of await allRetrainings(store)) {
        const at = this.places.get(keyOf(place.root, retraining.pipeline, retraining.stage));
        if (!isWaiting(retraining) || at?.stage !== place.stage || at.file.fsPath !== place.file.fsPath) continue;
        return this.askApproval(place.root, retraining);
      }
    const env = await runEnvironment(place.file, this.secrets);
    const args = ['retrain', place.file.fsPath, '--stage', place.stage];
    const plan = await this.engine.ask([...args, '--dry-run'], { cwd: place.root, env });
    if (plan.code !== 0) {
      void vscode.window.showErrorMessage(messageOf(plan));
      return;
    }
    const lines = plan.lines.flatMap((line) => (Array.isArray(line['lines']) ? (line['lines'] as string[]) : []));
    const detail = lines.map((line) => `• ${line.replaceAll('`', '')}`).join('\n');
    const hindrance = plan.lines.map((line) => line['impossible']).find((why) => typeof why === 'string');
    if (hindrance !== undefined) {
      await vscode.window.showWarningMessage(`Retraining is not possible now: ${hindrance}.`, { modal: true, detail });
      return;
    }
    const answer = await vscode.window.showInformationMessage(
      `Retrain for ${place.stage}?`,
      { modal: true, detail },
      'Retrain',
    );
    if (answer === 'Retrain') await inTerminal(this.engine, 'retrain', args, place.root, env);
  }

  /** Asks whether a retrained model that waits may go live. */
  async askApproval(root: string, { id, pipeline, stage, events }: Retraining): Promise<void> {
    const file = this.places.get(keyOf(root, pipeline, stage))?.file;
    const why = events.find(({ step }) => step === 'compared')?.reason ?? '';
    const answer = await vscode.window.showInformationMessage(
      `${pipeline}: a retrained model waits for approval. ${sentence(why)}`,
      'Approve and Deploy',
      'Keep It Out…',
    );
    if (answer === undefined) return;
    if (file === undefined) {
      void vscode.window.showErrorMessage(
        `The file of ${pipeline} is not known here: no run of '${stage}' is left. Decide in a terminal: lifecycle retrain FILE --stage ${stage} --approve ${id}`,
      );
      return;
    }
    const reason =
      answer === 'Keep It Out…'
        ? await vscode.window.showInputBox({ title: 'Why is it kept out?', prompt: 'Kept with the decision.' })
        : 'approved in VS Code';
    if (reason === undefined || reason.trim() === '') return;
    const decision = answer === 'Keep It Out…' ? '--reject' : '--approve';
    const done = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: decision === '--approve' ? 'Deploying the challenger…' : 'Keeping it out…',
      },
      async () =>
        this.engine.ask(['retrain', file.fsPath, '--stage', stage, decision, id, '--reason', reason], {
          cwd: root,
          env: await runEnvironment(file, this.secrets),
        }),
    );
    const end = done.lines.find((line) => typeof line['state'] === 'string');
    if (done.code === 0 && end?.['state'] === 'waiting')
      // A canary takes its time; the next look of `lifecycle watch` settles it.
      void vscode.window.showInformationMessage(`${pipeline}: the challenger is deployed. ${sentence(end['reason'])}`);
    else if (done.code === 0) void vscode.window.showInformationMessage(`${pipeline}: the challenger is live.`);
    else if (decision === '--reject')
      void vscode.window.showInformationMessage(`${pipeline}: the challenger was kept out.`);
    else void vscode.window.showErrorMessage(messageOf(done));
  }

  /** Starts or stops the daemon of the project of a pipeline. */
  async watch(file: vscode.Uri, root: string, stop: boolean): Promise<void> {
    const args = stop ? ['watch', '--stop'] : ['watch', file.fsPath, '--detach'];
    const env = await runEnvironment(file, this.secrets);
    const answer = await this.engine.ask(args, { cwd: root, env, timeout: 90_000 });
    if (answer.code !== 0) void vscode.window.showErrorMessage(messageOf(answer));
    else
      void vscode.window.showInformationMessage(
        stop ? 'The project is no longer watched.' : 'The project is watched in the background, every 15 minutes.',
      );
  }
}

export function keyOf(root: string, pipeline: string, stage: string): string {
  return `${root}\n${pipeline}\n${stage}`;
}

/** Whether it waits for a person. */
export function isWaiting({ events }: Retraining): boolean {
  return events.at(-1)?.step === 'waiting';
}

function sentence(reason: unknown): string {
  const text = typeof reason === 'string' ? reason : '';
  return text === '' ? '' : `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}
