import { chmod, lstat, mkdir, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StageManifest } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { errorCode, isMissing, removeTree, renameOver, temporaryName } from '../process/files';
import { hashFile, sha256 } from '../process/hash';
import { storePaths } from './layout';

export type ArtifactFile = StageManifest['files'][number];

/** Paths of all files under a folder, relative, with forward slashes, sorted by code unit. */
export async function filesUnder(folder: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (relative: string) => {
    for (const entry of await readdir(join(folder, relative), { withFileTypes: true })) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) found.push(path);
      else {
        throw new UserError({
          code: 'artifact-not-plain',
          message: `The stage's result holds ${path}, which is ${entry.isSymbolicLink() ? 'a link' : 'not a plain file'}.`,
          hint: 'Results are kept by content: write plain files and folders only.',
        });
      }
    }
  };
  await walk('');
  return found.sort();
}

/** Path, hash and size of every file under a folder. The files are forced to the disk on the way. */
export async function describeFiles(folder: string): Promise<ArtifactFile[]> {
  const files: ArtifactFile[] = [];
  for (const path of await filesUnder(folder))
    files.push({ path, ...(await hashFile(join(folder, path), { sync: true })) });
  return files;
}

/** Hash of a set of files: SHA-256 over the lines `path NUL sha256 NUL bytes` in the order of the paths. */
export function hashOfFiles(files: readonly ArtifactFile[]): string {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return sha256(sorted.map((file) => `${file.path}\0${file.sha256}\0${file.bytes}\n`).join(''));
}

/**
 * Hash of each named output. An output that is one folder is hashed by the paths inside it, so that the same folder content has the same
 * hash under any name.
 * @throws Error when a room names files that it did not write: a bug of the room
 */
export function hashOutputs(
  files: readonly ArtifactFile[],
  outputs: Readonly<Record<string, readonly string[]>>,
): Record<string, string> {
  const hashes: Record<string, string> = {};
  for (const [name, paths] of Object.entries(outputs)) {
    const chosen = paths.flatMap((path) => {
      const exact = files.filter((file) => file.path === path);
      const inside = files
        .filter((file) => file.path.startsWith(`${path}/`))
        .map((file) => (paths.length === 1 ? { ...file, path: file.path.slice(path.length + 1) } : file));
      if (exact.length + inside.length === 0)
        throw new Error(`Output '${name}' names ${path}, which the stage did not write.`);
      if (inside.length > 0 && paths.length === 1 && path !== name)
        throw new Error(`Output '${name}' is the folder ${path}; it must be called ${name}.`);
      return [...exact, ...inside];
    });
    hashes[name] = hashOfFiles(chosen);
  }
  return hashes;
}

/** Absolute folder that a reference to a stage's result means: the artifact, or the folder in it when the named output is one. */
export function outputFolder(store: string, manifest: StageManifest, output?: string): string {
  const folder = storePaths.artifact(store, manifest.artifact);
  return output !== undefined && manifest.files.some((file) => file.path.startsWith(`${output}/`))
    ? join(folder, output)
    : folder;
}

/**
 * Moves a finished folder into the store under the hash of its content, read-only. It is there wholly or not at all; the same content is
 * kept once. An artifact of that hash that was damaged since is replaced.
 * @param files what {@link describeFiles} said of the folder
 * @returns the artifact's hash
 */
export async function adoptArtifact(store: string, folder: string, files: readonly ArtifactFile[]): Promise<string> {
  const hash = hashOfFiles(files);
  const target = storePaths.artifact(store, hash);
  for (const file of files) await chmod(join(folder, file.path), 0o444);
  await mkdir(dirname(target), { recursive: true });
  for (let attempt = 0; ; attempt++) {
    try {
      await renameOver(folder, target);
      return hash;
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw error;
      // Every byte is compared: whoever makes a result anew because its content was changed must not be left with the changed one.
      if ((await damage(target, files, true)) === undefined) {
        await removeTree(folder);
        return hash;
      }
      if (attempt >= 3) throw error;
      await discard(store, target);
    }
  }
}

/** Takes a folder out of the store at once, then removes it: a crash between leaves only something in `tmp`. */
export async function discard(store: string, folder: string): Promise<void> {
  const aside = temporaryName(join(storePaths.temporary(store), 'discarded'));
  await mkdir(dirname(aside), { recursive: true });
  try {
    await rename(folder, aside);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  await removeTree(aside);
}

/**
 * What is wrong with a kept result, or undefined when it may be used.
 * @param full reads and hashes every file; without it only existence and size are looked at
 */
export async function checkArtifact(store: string, manifest: StageManifest, full = false): Promise<string | undefined> {
  return damage(storePaths.artifact(store, manifest.artifact), manifest.files, full);
}

async function damage(folder: string, files: readonly ArtifactFile[], full: boolean): Promise<string | undefined> {
  const problems = await Promise.all(
    files.map(async (file) => {
      try {
        const path = join(folder, file.path);
        const found = await lstat(path);
        if (!found.isFile() || found.size !== file.bytes) return `${file.path} was changed`;
        if (full && (await hashFile(path)).sha256 !== file.sha256) return `${file.path} was changed`;
        return undefined;
      } catch (error) {
        if (isMissing(error)) return `${file.path} is missing`;
        throw error;
      }
    }),
  );
  if (files.length > 0) return problems.find((problem) => problem !== undefined);
  return lstat(folder).then(
    () => undefined,
    () => 'the folder is missing',
  );
}
