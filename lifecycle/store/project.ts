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

/**
 * The project that a folder belongs to: the nearest ancestor that holds `lifecycle.yaml`, else the nearest that holds `.git`, else the folder itself.
 * @throws {UserError} `project-invalid` when lifecycle.yaml breaks its schema
 */
export async function findProject(folder: string): Promise<Project> {
  const start = resolve(folder);
  const withSettings = ancestor(start, SETTINGS_FILE);
  const root = withSettings ?? ancestor(start, '.git') ?? start;
  const settings = withSettings === undefined ? {} : await readSettings(join(withSettings, SETTINGS_FILE));
  return { root, store: resolve(root, settings.store ?? '.lifecycle'), settings };
}

function ancestor(start: string, name: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder;
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
