import * as path from 'node:path';
import * as vscode from 'vscode';
import { readText } from '../lifecycle/process/files';
import { locateProject, type Project } from '../lifecycle/store/project';
import { fileOf, openedText } from './pipeline-text';

/** Root and store of a project. */
type ProjectPlace = Pick<Project, 'root' | 'store'>;

export const pipelinePattern = '**/*.{pipeline.yaml,pipeline.yml,lifecycle.md}';

/** Whether a file is a pipeline by its name. */
export function isPipeline(uri: vscode.Uri): boolean {
  return /\.(pipeline\.ya?ml|lifecycle\.md)$/.test(uri.path);
}

/** Saves a pipeline that has unsaved changes: the engine reads the file, and what is seen must be the same. @returns false when that failed */
export async function savePipeline(uri: vscode.Uri): Promise<boolean> {
  const open = [...vscode.workspace.notebookDocuments, ...vscode.workspace.textDocuments];
  for (const document of open)
    if (document.isDirty && document.uri.toString() === uri.toString() && !(await document.save())) return false;
  return true;
}

/** A stage, and where its name stands in the text of the pipeline. */
export interface StageInText {
  readonly name: string;
  readonly kind: string;
  /** Stages that it refers to. */
  readonly after: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** The pipelines of the workspace and the projects they belong to. */
export class Projects implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly watcher = vscode.workspace.createFileSystemWatcher(pipelinePattern);
  private found: Promise<vscode.Uri[]> | undefined;
  private readonly known = new Map<string, Promise<ProjectPlace>>();
  /** Fires when pipelines come, go or change on disk, and when workspace folders do. */
  readonly onDidChange = this.changed.event;

  private readonly subscriptions = [
    this.watcher,
    this.changed,
    this.watcher.onDidCreate(() => this.refresh()),
    this.watcher.onDidDelete(() => this.refresh()),
    this.watcher.onDidChange(() => this.changed.fire()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh()),
  ];

  refresh(): void {
    this.found = undefined;
    this.known.clear();
    this.changed.fire();
  }

  /** Pipeline files of all workspace folders, by path. */
  pipelines(): Promise<vscode.Uri[]> {
    this.found ??= Promise.resolve(
      vscode.workspace.findFiles(pipelinePattern, '**/{node_modules,.lifecycle,.git}/**', 1_000),
    ).then(async (uris) => {
      const sorted = uris.sort((a, b) => (a.path < b.path ? -1 : 1));
      await vscode.commands.executeCommand('setContext', 'lifecycle.hasPipelines', sorted.length > 0);
      return sorted;
    });
    return this.found;
  }

  /** The project of a file. */
  async of(file: vscode.Uri): Promise<ProjectPlace> {
    const folder = path.dirname(file.fsPath);
    let project = this.known.get(folder);
    if (!project) {
      project = locateProject(folder);
      this.known.set(folder, project);
    }
    return project;
  }

  /** The stores of the workspace: those of its pipelines, and those of folders without one. */
  async stores(): Promise<{ store: string; root: string }[]> {
    const projects = new Map<string, { store: string; root: string }>();
    for (const uri of await this.pipelines()) {
      const { store, root } = await this.of(uri);
      projects.set(store, { store, root });
    }
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      const { store, root } = await this.of(vscode.Uri.joinPath(folder.uri, 'any'));
      projects.set(store, { store, root });
    }
    return [...projects.values()];
  }

  /**
   * The pipeline that a command is about: the one given, the one in the active editor, the only one there is, or the user's choice.
   * @returns undefined when there is none, or the user chose none
   */
  async choose(given: unknown, title: string): Promise<vscode.Uri | undefined> {
    if (given instanceof vscode.Uri && isPipeline(given)) return fileOf(given);
    // In a notebook the text that has the focus is that of a cell.
    for (const active of [
      vscode.window.activeTextEditor?.document.uri,
      vscode.window.activeNotebookEditor?.notebook.uri,
    ])
      if (active && isPipeline(active)) return fileOf(active);
    const all = await this.pipelines();
    if (all.length === 0) {
      const create = 'New Project…';
      const answer = await vscode.window.showInformationMessage('There is no pipeline in this workspace yet.', create);
      if (answer === create) await vscode.commands.executeCommand('lifecycle.newProject');
      return undefined;
    }
    if (all.length === 1) return all[0];
    const picked = await vscode.window.showQuickPick(
      all.map((uri) => ({
        label: path.basename(uri.path),
        description: path.dirname(vscode.workspace.asRelativePath(uri)),
        uri,
      })),
      { title, placeHolder: 'Which pipeline?' },
    );
    return picked?.uri;
  }

  /** The stages of a pipeline as far as they can be read, with unsaved changes; their places are those of {@link pipelineText}. */
  async stages(uri: vscode.Uri): Promise<StageInText[]> {
    return this.stagesIn(uri, openedText(uri)?.text ?? (await readText(uri.fsPath)) ?? '');
  }

  /** The stages in a text of a pipeline. */
  async stagesIn(uri: vscode.Uri, text: string): Promise<StageInText[]> {
    const { analyze } = await import('./lazy');
    return analyze(uri.fsPath, text).stages.map(({ name, kind, references, nameRange }) => ({
      name,
      kind: kind ?? '',
      after: [...new Set(references.map(({ stage }) => stage))],
      ...nameRange,
    }));
  }

  /** The stage of a kind: the only one there is, or the user's choice. @returns undefined when there is none, which is said, or none was chosen */
  async chooseStage(uri: vscode.Uri, kind: string, title: string): Promise<string | undefined> {
    const names = (await this.stages(uri)).filter((stage) => stage.kind === kind).map(({ name }) => name);
    if (names.length > 1) return vscode.window.showQuickPick(names, { title, placeHolder: `Which ${kind} stage?` });
    if (names.length === 0) void vscode.window.showInformationMessage(`This pipeline has no stage of kind ${kind}.`);
    return names[0];
  }

  async stageNames(uri: vscode.Uri): Promise<string[]> {
    return (await this.stages(uri)).map(({ name }) => name);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
