import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ProjectSettings } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { readText } from '../process/files';

/** The surroundings of a pipeline. */
export interface Project {
  /** Absolute folder. */
  readonly root: string;
  /** Absolute folder of the store; it need not exist. */
  readonly store: string;
  readonly settings: Partial<ProjectSettings>;
}

const SETTINGS_FILE = 'lifecycle.yaml';
const STORE = '.lifecycle';

/** Where the project of a folder is. */
export interface Root {
  /** Absolute folder. */
  readonly root: string;
  /** Absolute path of lifecycle.yaml, when there is one. */
  readonly settingsFile?: string;
}

/**
 * The root of a folder's project: the nearest ancestor that holds `lifecycle.yaml`, else the nearest that holds `.git`, else the folder itself; the
 * same in terminal and editor.
 */
export function findRoot(folder: string, exists: (path: string) => boolean = existsSync): Root {
  const start = resolve(folder);
  const settingsRoot = ancestor(start, SETTINGS_FILE, exists);
  if (settingsRoot !== undefined) return { root: settingsRoot, settingsFile: join(settingsRoot, SETTINGS_FILE) };
  return { root: ancestor(start, '.git', exists) ?? start };
}

/** Absolute folder of a project's store. */
export function storeOf(root: string, settings: { readonly store?: unknown }): string {
  return resolve(root, typeof settings.store === 'string' ? settings.store : STORE);
}

/**
 * The project that a folder belongs to.
 * @throws {UserError} `project-invalid` when lifecycle.yaml breaks its schema
 */
export async function findProject(folder: string): Promise<Project> {
  const { root, settingsFile } = findRoot(folder);
  const settings = settingsFile === undefined ? {} : await readSettings(settingsFile);
  return { root, store: storeOf(root, settings), settings };
}

/** Where the project of a folder is and where its store is, without a look at the other settings. Never fails: what is broken counts as not set. */
export async function locateProject(folder: string): Promise<Pick<Project, 'root' | 'store'>> {
  const { root, settingsFile } = findRoot(folder);
  if (settingsFile === undefined) return { root, store: storeOf(root, {}) };
  try {
    const { parse } = await import('yaml');
    const settings: unknown = parse((await readText(settingsFile)) ?? '');
    return { root, store: storeOf(root, settings ?? {}) };
  } catch {
    return { root, store: storeOf(root, {}) };
  }
}

function ancestor(start: string, name: string, exists: (path: string) => boolean): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (exists(join(folder, name))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

async function readSettings(path: string): Promise<Partial<ProjectSettings>> {
  const { parse } = await import('yaml');
  const { validateProject } = await import('../../schemas/generated/validators');
  const bad = (message: string) =>
    new UserError({
      code: 'project-invalid',
      message: `${path}: ${message}`,
      file: path,
      hint: 'Allowed: lifecycle: 1, store, cores, keep-runs.',
    });
  let value: unknown;
  try {
    value = parse((await readText(path)) ?? '');
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
  if (value === null) return {};
  if (!validateProject(value)) {
    const first = validateProject.errors?.[0];
    const detail = first?.keyword === 'additionalProperties' ? ` '${String(first.params['additionalProperty'])}'` : '';
    throw bad(
      `${first?.instancePath === '' ? 'the file' : (first?.instancePath.slice(1) ?? '')} ${first?.message ?? 'is not valid'}${detail}`,
    );
  }
  return value as ProjectSettings;
}
