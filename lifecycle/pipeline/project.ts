import { dirname, join, resolve } from 'node:path';
import type { ProjectSettings } from '../../schemas/generated/types';
import type { Files } from './files';
import { analyzeProject } from './targets';

/** The project that a file belongs to. */
export interface ProjectPlace {
  /** Absolute folder. */
  readonly root: string;
  /** Absolute path of lifecycle.yaml, when there is one. */
  readonly settingsFile?: string;
  readonly settings: Partial<ProjectSettings>;
  /** Absolute folder of the run store; it need not exist. */
  readonly store: string;
}

/**
 * The root is the nearest ancestor with `lifecycle.yaml`, else the nearest with `.git`, else the folder itself; the same in terminal and editor.
 * Settings that break their schema are left out (opening lifecycle.yaml shows why). Never fails.
 */
export function findProjectPlace(folder: string, files: Files): ProjectPlace {
  const start = resolve(folder);
  const settingsRoot = ancestor(start, 'lifecycle.yaml', files);
  const root = settingsRoot ?? ancestor(start, '.git', files) ?? start;
  const settingsFile = settingsRoot === undefined ? undefined : join(settingsRoot, 'lifecycle.yaml');
  const text = settingsFile === undefined ? undefined : files.read(settingsFile);
  const value = settingsFile === undefined || text === undefined ? undefined : analyzeProject(settingsFile, text).value;
  const settings = (value ?? {}) as Partial<ProjectSettings>;
  return {
    root,
    ...(settingsFile !== undefined && { settingsFile }),
    settings,
    store: resolve(root, settings.store ?? '.lifecycle'),
  };
}

function ancestor(start: string, name: string, files: Files): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (files.exists(join(folder, name)) === true) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
