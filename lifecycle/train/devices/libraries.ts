/** Shared libraries that runtimes load by name: where they are, without loading any. Linux only. */
import { readdirSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { capture } from '../../process/spawn';

/** One thing that a runtime needs around it. */
export interface Requirement {
  readonly name: string;
  readonly found: boolean;
  /** Version or place; or what is missing. */
  readonly detail: string;
  /** How to get it. */
  readonly remedy?: string;
}

/** Paths of all libraries that the loader finds: those of `LD_LIBRARY_PATH` first, then those of its cache. */
export async function libraryPaths(env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const own = (env['LD_LIBRARY_PATH'] ?? '').split(delimiter).flatMap((folder) => {
    try {
      return folder === '' ? [] : readdirSync(folder).map((name) => join(folder, name));
    } catch {
      return [];
    }
  });
  // Debian keeps it off the PATH of ordinary users.
  for (const program of ['ldconfig', '/sbin/ldconfig']) {
    const { code, stdout } = await capture([program, '-p'], { timeout: 5_000, env });
    if (code === 0) return [...own, ...[...stdout.matchAll(/=> (\S+)/g)].map(([, path]) => path!)];
  }
  return own;
}

/** The library that a name like `libcudart.so.12` is answered with; a longer version fits, `libcudart.so.120` does not. */
export function findLibrary(paths: readonly string[], file: string): string | undefined {
  return paths.find((path) => {
    const name = basename(path);
    return name === file || name.startsWith(`${file}.`);
  });
}
