import * as vscode from 'vscode';
import { messageOf, type Engine } from '../engine';
import type { Projects } from '../projects';

const templates = [
  {
    name: 'churn',
    label: '$(organization) Customer churn',
    detail: 'Two classes: who will leave? Linear model, trees and a network, with a fairness check.',
  },
  {
    name: 'diamonds',
    label: '$(tag) Diamond prices',
    detail: 'Regression, as a lifecycle document: a notebook that is the pipeline.',
  },
  { name: 'digits', label: '$(symbol-numeric) Handwritten digits', detail: 'Ten classes from pixels in a table.' },
  {
    name: 'handwriting',
    label: '$(file-media) Image files',
    detail: 'Ten classes from PNG files and a table of labels, read by a convolutional network.',
  },
] as const;

/** Copies a template with its data into a folder of the user's choice, and opens its pipeline. Nothing that is there is overwritten. */
export async function newProject(extensionUri: vscode.Uri): Promise<void> {
  const own = {
    label: '$(table) Your own data',
    detail: 'A first pipeline for a CSV or Parquet file: how it is read, what to predict, which columns tell too much.',
  };
  const choices = vscode.workspace.isTrusted ? [own, ...templates] : templates;
  const template = await vscode.window.showQuickPick<vscode.QuickPickItem & { name?: string }>(choices, {
    title: 'New Project (1/2)',
    placeHolder: 'From your own data, or from a template?',
  });
  if (!template) return;
  if (template.name === undefined) {
    await vscode.commands.executeCommand('lifecycle.newFromData');
    return;
  }
  const open = vscode.workspace.workspaceFolders?.[0]?.uri;
  const here = 'In the open folder';
  const place = open
    ? await vscode.window.showQuickPick([here, 'In another folder…'], {
        title: 'New Project (2/2)',
        placeHolder: 'Where?',
      })
    : 'In another folder…';
  if (!place) return;
  const parent =
    place === here && open
      ? open
      : (
          await vscode.window.showOpenDialog({
            canSelectFolders: true,
            canSelectFiles: false,
            openLabel: 'Create Here',
          })
        )?.[0];
  if (!parent) return;
  const target = vscode.Uri.joinPath(parent, template.name);
  if (await exists(target)) {
    void vscode.window.showErrorMessage(
      `There is already a folder ${template.name} in ${parent.fsPath}. Rename it, or choose another place.`,
    );
    return;
  }
  await copyTemplate(vscode.Uri.joinPath(extensionUri, 'examples', template.name), target);
  if (place === here || (open && target.path.startsWith(`${open.path}/`))) {
    const [pipeline] = await vscode.workspace.findFiles(
      new vscode.RelativePattern(target, '*.{pipeline.yaml,lifecycle.md}'),
      null,
      1,
    );
    if (pipeline) await vscode.commands.executeCommand('vscode.open', pipeline);
  } else await vscode.commands.executeCommand('vscode.openFolder', target);
}

async function copyTemplate(from: vscode.Uri, to: vscode.Uri): Promise<void> {
  await vscode.workspace.fs.createDirectory(to);
  for (const [name, type] of await vscode.workspace.fs.readDirectory(from)) {
    if (name === '.lifecycle' || name.endsWith('.lock.yaml')) continue;
    if (type === vscode.FileType.Directory)
      await copyTemplate(vscode.Uri.joinPath(from, name), vscode.Uri.joinPath(to, name));
    else
      await vscode.workspace.fs.copy(vscode.Uri.joinPath(from, name), vscode.Uri.joinPath(to, name), {
        overwrite: false,
      });
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

/** Runs an engine command in a terminal of its own, for output that is read once. */
export async function inTerminal(
  engine: Engine,
  title: string,
  args: readonly string[],
  cwd: string | undefined,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { program, args: first, env } = await engine.command();
  const task = new vscode.Task(
    { type: 'process' },
    vscode.TaskScope.Workspace,
    title,
    'lifecycle',
    new vscode.ProcessExecution(program, [...first, ...args], {
      env: { ...env, ...environment, FORCE_COLOR: '1' },
      ...(cwd ? { cwd } : {}),
    }),
  );
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    clear: true,
    showReuseMessage: false,
  };
  await vscode.tasks.executeTask(task);
}

/** Shows what cleaning up would remove, and removes it when the user agrees. */
export async function collectGarbage(engine: Engine, projects: Projects): Promise<void> {
  const stores = await projects.stores();
  let clean = true;
  for (const { root } of stores) {
    const of = stores.length > 1 ? ` of ${vscode.workspace.asRelativePath(root)}` : '';
    const preview = await engine.ask(['gc'], { cwd: root });
    if (preview.code !== 0) {
      clean = false;
      void vscode.window.showErrorMessage(messageOf(preview));
      continue;
    }
    const plan = preview.lines.at(-1) as { bytes?: number; items?: { kind: string }[] } | undefined;
    const items = plan?.items ?? [];
    if (items.length === 0) continue;
    clean = false;
    const megabytes = `${((plan?.bytes ?? 0) / 1e6).toFixed(1)} MB`;
    const kinds = [...new Set(items.map(({ kind }) => kind))].map((kind) => {
      const count = items.filter((item) => item.kind === kind).length;
      return `${count.toLocaleString('en')} ${kind}${count === 1 ? '' : 's'}`;
    });
    const detail = `${kinds.join(', ')}. The newest runs, and whatever is registered or deployed, stay.`;
    const answer = await vscode.window.showWarningMessage(
      `Remove ${megabytes} from the store${of}?`,
      { modal: true, detail },
      'Remove',
    );
    if (answer !== 'Remove') continue;
    const done = await engine.ask(['gc', '--yes'], { cwd: root });
    if (done.code !== 0) void vscode.window.showErrorMessage(messageOf(done));
    else void vscode.window.showInformationMessage(`${megabytes} of the store${of} were removed.`);
  }
  if (clean) void vscode.window.showInformationMessage('There is nothing to clean up.');
}
