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

/** Milliseconds that the Python extension has for its answer: a task that waited longer would look as if it did not start. */
const PATIENCE = 5_000;

/**
 * The interpreter that `python` in a command shall mean: the setting, else what was chosen in the Python extension. Nothing where neither
 * says; the engine then looks for a `.venv`, an active environment, and PATH.
 */
export async function pythonEnvironment(resource: vscode.Uri): Promise<{ LIFECYCLE_PYTHON?: string }> {
  const set = vscode.workspace.getConfiguration('lifecycle', resource).get<string | null>('python.path');
  if (set) return { LIFECYCLE_PYTHON: set };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Record<string, never>>((resolve) => (timer = setTimeout(() => resolve({}), PATIENCE)));
  return Promise.race([chosen(resource), late]).finally(() => clearTimeout(timer));
}

async function chosen(resource: vscode.Uri): Promise<{ LIFECYCLE_PYTHON?: string }> {
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
