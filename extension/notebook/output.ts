import * as vscode from 'vscode';
import { sendable } from '../../lifecycle/report/detail';
import { markdownOf } from '../../lifecycle/report/markdown';
import { stageOutput, waitedFor } from '../../lifecycle/report/output';
import type { RunSummary, StageSummary } from '../../lifecycle/store/summary';
import { stageMime } from '../../schemas/shown';

/**
 * What a cell shows of a stage: the data for our renderer, and the same in short as Markdown for viewers without it.
 * @param final whether the artifact is to be read; while a stage runs it is not
 */
export async function stageItems(
  store: string,
  run: RunSummary,
  stage: StageSummary,
  final: boolean,
): Promise<vscode.NotebookCellOutputItem[]> {
  return [
    new vscode.NotebookCellOutputItem(Buffer.from(sendable(await stageOutput(store, run, stage, final))), stageMime),
    vscode.NotebookCellOutputItem.text(markdownOf(stage, waitedFor(run)), 'text/markdown'),
  ];
}
