import * as vscode from 'vscode';

/** The part of the Python extension's API that is used. */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(
      environment: unknown,
    ): Promise<{ readonly executable?: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

/**
 * The interpreter that `python` in a command shall mean: the setting, else what was chosen in the Python extension. Nothing where neither
 * says; the engine then looks for a `.venv`, an active environment, and PATH.
 */
export async function pythonEnvironment(resource: vscode.Uri): Promise<{ LIFECYCLE_PYTHON?: string }> {
  const set = vscode.workspace.getConfiguration('lifecycle', resource).get<string | null>('python.path');
  if (set) return { LIFECYCLE_PYTHON: set };
  try {
    const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
    if (!extension) return {};
    const { environments } = extension.isActive ? extension.exports : await extension.activate();
    if (!environments) return {};
    const found = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(resource));
    const path = found?.executable?.uri?.fsPath;
    return path ? { LIFECYCLE_PYTHON: path } : {};
  } catch {
    return {};
  }
}
