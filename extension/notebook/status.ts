import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { notebookType } from './controller';

/** What the language server says of a stage in a cell (language-server/features/cells.ts). */
interface CellStage {
  readonly name: string;
  readonly kind: string;
  readonly state: 'cached' | 'stale' | 'new' | 'running' | 'failed' | 'acts' | 'unknown';
  readonly result?: string;
  readonly reasons: readonly string[];
}

/** Milliseconds after the last keystroke until other cells are asked again: an edit of one stage can make others stale. */
const pause = 400;
const longest = 70;

/** Says in the status bar of each cell whether its stages would run again and why, and what they gave last. */
export class CellStatus implements vscode.NotebookCellStatusBarItemProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCellStatusBarItems = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly client: Promise<LanguageClient>) {
    this.subscriptions = [
      this.changed,
      vscode.notebooks.registerNotebookCellStatusBarItemProvider(notebookType, this),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, cellChanges, contentChanges }) => {
        if (notebook.notebookType !== notebookType) return;
        if (contentChanges.length > 0 || cellChanges.some(({ document }) => document !== undefined)) this.later();
      }),
    ];
    client.then(
      (ready) => {
        this.subscriptions.push(ready.onNotification('lifecycle/changed', () => this.later()));
        this.changed.fire();
      },
      () => undefined,
    );
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.changed.fire(), pause);
  }

  /** The stages of a cell; none while the language server does not answer. */
  async stages(cell: vscode.NotebookCell, token?: vscode.CancellationToken): Promise<readonly CellStage[]> {
    if (cell.kind !== vscode.NotebookCellKind.Code) return [];
    try {
      const client = await this.client;
      const parameters = { textDocument: { uri: cell.document.uri.toString() } };
      // A token that is undefined would be sent as a second parameter.
      const asked = token
        ? client.sendRequest<CellStage[] | null>('lifecycle/cell', parameters, token)
        : client.sendRequest<CellStage[] | null>('lifecycle/cell', parameters);
      return (await asked) ?? [];
    } catch {
      return [];
    }
  }

  async provideCellStatusBarItems(
    cell: vscode.NotebookCell,
    token: vscode.CancellationToken,
  ): Promise<vscode.NotebookCellStatusBarItem[]> {
    const stages = await this.stages(cell, token);
    return stages.flatMap((stage) => itemsFor(stage, stages.length > 1));
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

function itemsFor({ name, state, result, reasons }: CellStage, several: boolean): vscode.NotebookCellStatusBarItem[] {
  const items: vscode.NotebookCellStatusBarItem[] = [];
  const put = (text: string, tooltip: string): void => {
    const item = new vscode.NotebookCellStatusBarItem(text, vscode.NotebookCellStatusBarAlignment.Left);
    item.tooltip = tooltip;
    items.push(item);
  };
  const of = several ? `${name}: ` : '';
  const [first = '', ...others] = reasons;
  const why = `${first.slice(0, longest)}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  if (state === 'cached') put(`$(history) ${of}cached`, `Nothing changed: the result of ${name} would be used again.`);
  if (state === 'stale')
    put(`$(sync) ${of}will re-run because ${why}`, `${name} would run again:\n${reasons.join('\n')}`);
  if (state === 'new') put(`$(circle-outline) ${of}not run yet`, `${name} has no result yet.`);
  if (state === 'acts')
    put(`$(zap) ${of}acts when run`, `${name} acts on the world: it is never reused, and runs only by itself.`);
  if (result !== undefined) put(several ? `${of}${result}` : result, `Last result of ${name}: ${result}`);
  return items;
}
