import * as vscode from 'vscode';

/**
 * Writes a run's parameters into the header of its pipeline, value by value: comments, order and spelling of everything else stay. The file is
 * left unsaved and in view, so that the change can be looked at and undone.
 */
export async function applyParameters(
  file: vscode.Uri,
  parameters: Readonly<Record<string, string | number | boolean>>,
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(file).then(
    (found) => found,
    () => undefined,
  );
  if (!document) {
    void vscode.window.showErrorMessage(`${vscode.workspace.asRelativePath(file)} is no longer there.`);
    return;
  }
  const { parameterEdits } = await import('../lazy');
  const { edits, missing } = parameterEdits(document.getText(), parameters);
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
  for (const { from, to, text } of edits)
    change.replace(file, new vscode.Range(document.positionAt(from), document.positionAt(to)), text);
  await vscode.workspace.applyEdit(change);
  const [first] = edits;
  await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(document.positionAt(first?.from ?? 0), document.positionAt(first?.from ?? 0)),
  });
  void vscode.window.showInformationMessage(
    `${edits.length} parameter${edits.length === 1 ? '' : 's'} set as in the run.${missing.length > 0 ? ` Not there any more: ${missing.join(', ')}.` : ''}`,
  );
}
