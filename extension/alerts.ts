import * as path from 'node:path';
import * as vscode from 'vscode';
import type { DriftReport, FeatureDrift } from '../schemas/generated/types';
import { allRetrainings, type Retraining } from '../lifecycle/store/retraining';
import { driftReportOf } from './drift-report';
import { isWaiting, keyOf, type MonitorCommands, type Place } from './commands/monitor';
import { pipelineText } from './pipeline-text';
import { pipelinePattern, type Projects } from './projects';
import type { Runs } from './runs';

type Alert = NonNullable<DriftReport['alerts']>[number];

const TOLD = 'lifecycle.alerts.told';
const MUTED = 'lifecycle.alerts.muted';
const SOURCE = 'ML Lifecycle monitor';
/** Milliseconds between two looks while a retraining goes on. */
const AGAIN = 3_000;
/** One that wrote nothing for so long was left by a watch that ended. */
const LEFT = 3_600_000;
/** Columns that get a line of their own on a stage's name. */
const MOST_ON_A_STAGE = 5;
/** Columns that are named in the line about the rest. */
const MOST_NAMED = 20;
/** Edits of the pipeline that are offered on an alert, which is about no single column. */
const MOST_EDITS = 3;

/** A Problem with what it is about. */
interface Said {
  readonly place: Place;
  /** The text that it is shown in: the file, or a cell of its notebook. */
  readonly uri: vscode.Uri;
  readonly diagnostic: vscode.Diagnostic;
  readonly kind: 'alert' | 'drift' | 'drifted';
  /** Of the rule or the column. */
  readonly name: string;
  /** Drifted columns that can be answered by an edit of the pipeline. */
  readonly features: readonly FeatureDrift[];
}

/**
 * Brings what monitor stages found to where people look: a Problem on the line of the rule or stage, a notification once for each alert, and
 * one click for a retraining that waits. It only reads what runs wrote, so alerts of a daemon, a terminal or CI show up alike.
 */
export class Alerts implements vscode.Disposable, vscode.CodeActionProvider {
  private readonly problems = vscode.languages.createDiagnosticCollection('lifecycle-monitor');
  private readonly subscriptions: vscode.Disposable[];
  private said: readonly Said[] = [];
  private looking: Promise<void> | undefined;
  private again = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly memory: vscode.Memento,
    private readonly commands: MonitorCommands,
    private readonly projects: Projects,
    private readonly runs: Runs,
  ) {
    const look = () => this.schedule();
    this.subscriptions = [
      this.problems,
      runs.onDidChange(look),
      runs.onDidProgress(({ summary }) => summary.status !== 'running' && this.schedule()),
      // A document's problems stand in the cells of its notebook, where it is open.
      vscode.workspace.onDidOpenNotebookDocument(look),
      vscode.workspace.onDidCloseNotebookDocument(look),
      vscode.languages.registerCodeActionsProvider([{ pattern: pipelinePattern }], this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    ];
    look();
  }

  private schedule(): void {
    if (this.looking !== undefined) {
      this.again = true;
      return;
    }
    this.looking = this.look()
      .catch(() => undefined)
      .finally(() => {
        this.looking = undefined;
        if (!this.again) return;
        this.again = false;
        this.schedule();
      });
  }

  /** The last steps before a person is asked are no run, so no change of the runs tells of them. */
  private lookAgain(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.schedule(), AGAIN);
  }

  private async look(): Promise<void> {
    const seen = new Set<string>();
    const said: Said[] = [];
    for (const run of await this.runs.all()) {
      for (const [stage, record] of Object.entries(run.record?.stages ?? {})) {
        const key = keyOf(run.root, run.info.pipeline, stage);
        if (record.kind !== 'monitor' || seen.has(key)) continue;
        // Only the newest report counts.
        seen.add(key);
        const report = await driftReportOf(run, stage, record.artifact);
        if (report === undefined) continue;
        const place = { root: run.root, file: vscode.Uri.file(path.join(run.root, run.info.file)), stage };
        this.commands.places.set(key, place);
        said.push(...(await this.diagnose(place, report).catch(() => [])));
        for (const alert of report.alerts ?? []) if (alert.state === 'firing') void this.tell(key, place, alert);
      }
    }
    this.said = said;
    this.problems.clear();
    const texts = new Map(said.map(({ uri }) => [uri.toString(), uri]));
    for (const [at, text] of texts)
      this.problems.set(
        text,
        said.filter(({ uri }) => uri.toString() === at).map(({ diagnostic }) => diagnostic),
      );
    for (const { store, root } of await this.projects.stores())
      for (const retraining of await allRetrainings(store))
        if (isUnderWay(retraining)) this.lookAgain();
        else if (isWaiting(retraining) && (await this.remember(`retraining ${retraining.id}`)))
          void this.commands.askApproval(root, retraining);
  }

  private async diagnose(place: Place, report: DriftReport): Promise<Said[]> {
    const pipeline = await pipelineText(place.file);
    const stages = await this.projects.stagesIn(place.file, pipeline.text);
    const stage = stages.find(({ name }) => name === place.stage);
    const at = stage && pipeline.at(stage);
    if (at === undefined) return [];
    const { document, range: name } = at;
    const list: Said[] = [];
    const add = (
      range: vscode.Range,
      message: string,
      severity: vscode.DiagnosticSeverity,
      about: Pick<Said, 'kind' | 'name' | 'features'>,
    ) => {
      const diagnostic = new vscode.Diagnostic(range, message, severity);
      diagnostic.source = SOURCE;
      diagnostic.code = {
        value: about.name === '' ? about.kind : `${about.kind}:${about.name}`,
        target: vscode.Uri.parse(
          `command:lifecycle.showWhatChanged?${encodeURIComponent(JSON.stringify([{ ...place, file: place.file.fsPath }]))}`,
        ),
      };
      list.push({ place, uri: document.uri, diagnostic, ...about });
    };
    const drifted = report.features.filter((feature) => feature.drifted);
    for (const alert of report.alerts ?? []) {
      if (alert.state !== 'firing') continue;
      const severe =
        alert.severity === 'critical'
          ? vscode.DiagnosticSeverity.Error
          : alert.severity === 'warning'
            ? vscode.DiagnosticSeverity.Warning
            : vscode.DiagnosticSeverity.Information;
      const key = alert.path?.at(1);
      add(lineOf(document, name, typeof key === 'string' ? key : undefined), alert.message, severe, {
        kind: 'alert',
        name: alert.rule,
        features: drifted,
      });
    }
    const placed = drifted.map((feature) => ({ feature, line: lineOf(document, name, feature.column) }));
    // What the file names is said there; of the rest the first few are, on the stage.
    const rest = placed.filter(({ line }) => line === name).slice(MOST_ON_A_STAGE);
    const left = new Set(rest);
    for (const each of placed) {
      if (left.has(each)) continue;
      const { column, method, statistic, note } = each.feature;
      add(
        each.line,
        `${column} drifted (${method} ${statistic?.toPrecision(3) ?? 'without bound'}).${note === undefined ? '' : ` ${note}`}`,
        vscode.DiagnosticSeverity.Information,
        { kind: 'drift', name: column, features: [each.feature] },
      );
    }
    if (rest.length > 0)
      add(
        name,
        `${rest.length} more columns drifted: ${rest
          .slice(0, MOST_NAMED)
          .map(({ feature }) => feature.column)
          .join(', ')}${rest.length > MOST_NAMED ? ', …' : '.'} The Drift panel shows each.`,
        vscode.DiagnosticSeverity.Information,
        { kind: 'drifted', name: '', features: rest.map(({ feature }) => feature) },
      );
    return list;
  }

  /** What can be done about an alert or a drifted column: edits of the pipeline first, then decisions, each of which asks for its reason, and what concerns all columns. */
  async provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const actions: vscode.CodeAction[] = [];
    const met = new Map<Place, vscode.Diagnostic[]>();
    for (const diagnostic of diagnostics) {
      const found = this.saidBy(document, diagnostic);
      if (found === undefined) continue;
      const { place, kind, name } = found;
      met.set(place, [...(met.get(place) ?? []), diagnostic]);
      for (const edit of await this.edits(found, diagnostic)) {
        // The alert and the columns that it is about may stand on one line: each edit is offered once.
        const same = actions.find(({ title }) => title === edit.title);
        if (same) same.diagnostics?.push(diagnostic);
        else actions.push(edit);
      }
      if (kind === 'drift')
        actions.push(
          decision(`Acknowledge the drift of ${name}…`, place, ['--acknowledge', name], [diagnostic]),
          decision(`Do not watch the drift of ${name}…`, place, ['--suppress', name], [diagnostic]),
        );
      else if (kind === 'alert') actions.push(decision(`Silence ${name}…`, place, ['--silence', name], [diagnostic]));
    }
    for (const [place, about] of met)
      actions.push(
        decision('Accept these requests as the new reference…', place, ['--accept-reference'], about),
        commandFix('Retrain (shows the plan first)…', about, { command: 'lifecycle.retrain', arguments: [place] }),
        commandFix('Report what changed…', about, { command: 'lifecycle.reportWhatChanged', arguments: [place] }),
      );
    return actions;
  }

  private saidBy(document: vscode.TextDocument, { source, message, range }: vscode.Diagnostic): Said | undefined {
    if (source !== SOURCE) return undefined;
    return this.said.find(
      ({ uri, diagnostic: own }) =>
        uri.toString() === document.uri.toString() && own.message === message && own.range.isEqual(range),
    );
  }

  /** Edits of the pipeline; once made, they are in view and unsaved. */
  private async edits({ place, features }: Said, diagnostic: vscode.Diagnostic): Promise<vscode.CodeAction[]> {
    const { driftEdits } = await import('./lazy');
    const pipeline = await pipelineText(place.file);
    const actions: vscode.CodeAction[] = [];
    for (const feature of features) {
      for (const { title, stage, edits } of driftEdits(place.file.fsPath, pipeline.text, place.stage, feature)) {
        if (features.length > 1 && actions.length >= MOST_EDITS) return actions;
        const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
        action.diagnostics = [diagnostic];
        action.edit = new vscode.WorkspaceEdit();
        const places = edits.flatMap(({ range, text }) => {
          const at = pipeline.at(range);
          return at ? [{ ...at, text }] : [];
        });
        const [first] = places;
        if (!first || places.length < edits.length) continue;
        for (const { document, range, text } of places)
          action.edit.replace(document.uri, range, text, {
            needsConfirmation: false,
            label: title,
            description: `stage ${stage}`,
          });
        const line = first.range.start.line + (/^\r?\n/.test(first.text) ? 1 : 0);
        action.command = { title, command: 'lifecycle.revealEdit', arguments: [first.document.uri, line] };
        actions.push(action);
      }
    }
    return actions;
  }

  private async tell(key: string, place: Place, alert: Alert): Promise<void> {
    const id = `${key}\n${alert.rule}\n${alert.since}`;
    const muted = this.memory.get<string[]>(MUTED, []);
    if (muted.includes(`${key}\n${alert.rule}`) || !(await this.remember(id))) return;
    const show = alert.severity === 'critical' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
    const answer = await show(`${place.stage}: ${alert.message}`, 'Open Drift', 'Go to Stage', 'Do Not Show Again');
    if (answer === 'Open Drift') await vscode.commands.executeCommand('lifecycle.openDrift');
    if (answer === 'Go to Stage')
      await vscode.commands.executeCommand('lifecycle.openStage', { uri: place.file, stage: place.stage });
    if (answer === 'Do Not Show Again') await this.memory.update(MUTED, [...muted, `${key}\n${alert.rule}`]);
  }

  /** @returns false when it was told before */
  private async remember(id: string): Promise<boolean> {
    const told = this.memory.get<string[]>(TOLD, []);
    if (told.includes(id)) return false;
    await this.memory.update(TOLD, [...told.slice(-499), id]);
    return true;
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

function decision(title: string, place: Place, args: readonly string[], about: vscode.Diagnostic[]): vscode.CodeAction {
  return commandFix(title, about, { command: 'lifecycle.decideMonitor', arguments: [place, args, title] });
}

function commandFix(
  title: string,
  about: vscode.Diagnostic[],
  { command, arguments: given }: { readonly command: string; readonly arguments: unknown[] },
): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = about;
  action.command = { title, command, arguments: given };
  return action;
}

/** Between its begin and the question to a person. */
function isUnderWay({ events }: Retraining): boolean {
  const last = events.at(-1)!;
  return ['due', 'data', 'trained', 'compared'].includes(last.step) && Date.now() - Date.parse(last.time) < LEFT;
}

/** Line below a stage's name that holds a word, up to the next stage; the name itself when there is none. */
function lineOf(document: vscode.TextDocument, name: vscode.Range, word: string | undefined): vscode.Range {
  if (word === undefined) return name;
  const indent = name.start.character;
  const pattern = new RegExp(`(^|[^\\w-])${word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}($|[^\\w-])`);
  for (let line = name.end.line + 1; line < document.lineCount; line++) {
    const { text, firstNonWhitespaceCharacterIndex, isEmptyOrWhitespace } = document.lineAt(line);
    if (!isEmptyOrWhitespace && firstNonWhitespaceCharacterIndex <= indent) break;
    if (pattern.test(text)) return new vscode.Range(line, firstNonWhitespaceCharacterIndex, line, text.length);
  }
  return name;
}
