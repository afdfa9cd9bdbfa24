import type { ProjectSettings } from '../../schemas/generated/types';
import { findRoot, storeOf, type Root } from '../store/project';
import type { Files } from './files';
import { analyzeProject } from './targets';

/** The project that a file belongs to. */
export interface ProjectPlace extends Root {
  readonly settings: Partial<ProjectSettings>;
  /** Absolute folder of the run store; it need not exist. */
  readonly store: string;
}

/** The surroundings of a file. Settings that break their schema are left out (opening lifecycle.yaml shows why). Never fails. */
export function findProjectPlace(folder: string, files: Files): ProjectPlace {
  const found = findRoot(folder, (path) => files.exists(path) === true);
  const { settingsFile } = found;
  const text = settingsFile === undefined ? undefined : files.read(settingsFile);
  const value = settingsFile === undefined || text === undefined ? undefined : analyzeProject(settingsFile, text).value;
  const settings = (value ?? {}) as Partial<ProjectSettings>;
  return { ...found, settings, store: storeOf(found.root, settings) };
}
