import * as vscode from 'vscode';
import { showPipeline } from '../pipeline-text';

/**
 * Writes a run's parameters into the header of its pipeline, value by value: comments, order and spelling of everything else stay. The file is
 * left unsaved and in view, so that the change can be looked at and undone.
 */
export async function applyParameters(
  file: vscode.Uri,
  parameters: Readonly<Record<string, string | number | boolean>>,
): Promise<void> {
  const there = await vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
  if (!there) {
    void vscode.window.showErrorMessage(`${vscode.workspace.asRelativePath(file)} is no longer there.`);
    return;
  }
  const { parameterEdits } = await import('../lazy');
  // A document is opened as the notebook that it is, and its header's cell changed.
  const pipeline = await showPipeline(file, () => undefined);
  const { edits, missing } = parameterEdits(pipeline.text, parameters);
  if (edits.length === 0) {
    void vscode.window.showInformationMessage(
      missing.length > 0
        ? `The pipeline has no parameter ${missing.join(', ')} any more.`
        : Object.keys(parameters).length === 0
          ? 'This run had no parameters.'
          : 'The file has these values already.',
    );
    return;
  }
  const change = new vscode.WorkspaceEdit();
  for (const { from, to, text } of edits) {
    const at = pipeline.at({ from, to });
    if (at) change.replace(at.document.uri, at.range, text);
  }
  await vscode.workspace.applyEdit(change);
  const [first] = edits;
  await showPipeline(file, () => first && { from: first.from, to: first.from });
  void vscode.window.showInformationMessage(
    `${edits.length} parameter${edits.length === 1 ? '' : 's'} set as in the run.${missing.length > 0 ? ` Not there any more: ${missing.join(', ')}.` : ''}`,
  );
}
