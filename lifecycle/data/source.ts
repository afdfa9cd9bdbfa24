import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DataStage, FileSource } from '../../schemas/generated/types';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';
import { sha256 } from '../process/hash';
import { type FileFormat, formatOf, readableEndings } from '../table/files';
import { glob, isGlob } from './glob';
import { type ImageFiles, resolveImages } from './image-files';

/** A source whose files were found. */
export type Source = TableSource | ImageFiles;

export type TableSource =
  | {
      readonly kind: 'files';
      /** Absolute, in the order they are read. */
      readonly files: readonly string[];
      readonly format: FileFormat;
      readonly options: Omit<FileSource, 'file' | 'format'>;
    }
  | {
      readonly kind: 'sql';
      readonly sql: string;
      /** Files whose content the result depends on. */
      readonly files: readonly string[];
    };

/**
 * Finds the files of a stage's source.
 *
 * @param folder absolute folder of the pipeline file, where relative paths start
 * @throws UserError when a file is missing (with the nearest name), is a folder, or has a format that is not known
 */
export async function resolveSource(source: DataStage['source'], folder: string): Promise<Source> {
  if (typeof source === 'string') return resolveFiles({ file: source }, folder, ['source']);
  if ('sql' in source) {
    const declared = source.files ?? quotedFiles(source.sql);
    const paths = await Promise.all(
      declared.map((name, i) => resolvePath(name, folder, source.files ? ['source', 'files', i] : ['source', 'sql'])),
    );
    return { kind: 'sql', sql: source.sql, files: [...new Set(paths.flat())] };
  }
  if ('images' in source) {
    const table =
      source.table === undefined ? undefined : await resolveFiles({ file: source.table }, folder, ['source', 'table']);
    return resolveImages(source, folder, table);
  }
  return resolveFiles(source, folder, ['source', 'file']);
}

async function resolveFiles(
  source: FileSource,
  folder: string,
  at: (string | number)[],
): Promise<TableSource & { readonly kind: 'files' }> {
  const { file, format: stated, ...options } = source;
  const names = Array.isArray(file) ? file : [file];
  const found: string[] = [];
  for (const [i, name] of names.entries()) {
    found.push(...(await resolvePath(name, folder, Array.isArray(file) ? [...at, i] : at)));
  }
  const files = [...new Set(found)];
  const formats = new Set(files.map((name) => stated ?? formatOf(name)));
  const [format] = formats;
  if (format === undefined || formats.has(undefined)) {
    const odd = files.find((name) => formatOf(name) === undefined) ?? '';
    throw new UserError({
      code: 'data-format-unknown',
      message: `What kind of file ${path.basename(odd)} is can't be told from its name.`,
      hint: `Say so with 'source: {file: …, format: csv}' (or tsv, jsonl, parquet). Endings that are known: ${readableEndings.join(' ')}, also followed by .gz or .zst.`,
      path: at,
    });
  }
  if (formats.size > 1) {
    throw new UserError({
      code: 'data-formats-mixed',
      message: `The files are of several formats: ${[...formats].join(', ')}.`,
      hint: 'Read each format in a stage of its own, or join them with a query: source: {sql: …}.',
      path: at,
    });
  }
  return { kind: 'files', files, format, options };
}

async function resolvePath(name: string, folder: string, at: (string | number)[]): Promise<string[]> {
  const absolute = path.resolve(folder, name);
  const found = await stat(absolute).catch(() => undefined);
  if (found?.isFile()) return [absolute];
  if (found?.isDirectory()) {
    throw new UserError({
      code: 'data-is-folder',
      message: `${name} is a folder.`,
      hint: `Name the files in it, for example '${name.replace(/[\\/]$/, '')}/*.csv'.`,
      path: at,
    });
  }
  if (isGlob(name)) {
    const files = await glob(name, folder);
    if (files.length > 0) return files;
    throw new UserError({
      code: 'data-file-missing',
      message: `No file matches '${name}' in ${path.basename(folder)}/.`,
      hint: "Paths start at the pipeline's folder.",
      path: at,
    });
  }
  throw new UserError({
    code: 'data-file-missing',
    message: `There is no file ${name}.`,
    hint: await suggestion(name, absolute, folder),
    path: at,
  });
}

/** The way out when a file is not there: the nearest name beside it, or the nearest folder on the way. */
async function suggestion(name: string, absolute: string, folder: string): Promise<string> {
  let at = absolute;
  for (;;) {
    const parent = path.dirname(at);
    const entries = await readdir(parent).catch(() => undefined);
    if (entries) {
      const near = nearest(path.basename(at), entries);
      if (near !== undefined) {
        const meant = path.join(parent, near, path.relative(at, absolute));
        return `Did you mean ${path.relative(folder, meant).replaceAll('\\', '/')}?`;
      }
      const data = entries.filter((entry) => formatOf(entry) !== undefined).slice(0, 5);
      const here = path.relative(folder, parent).replaceAll('\\', '/') || "the pipeline's folder";
      return data.length > 0
        ? `In ${here} there are: ${data.join(', ')}.`
        : `Paths start at the pipeline's folder; there is no data file in ${here}.`;
    }
    if (parent === at)
      return `Paths start at the pipeline's folder, ${path.basename(folder)}/; '${name}' is not there.`;
    at = parent;
  }
}

/** Texts in a query that name data files: what the query depends on unless `files` says otherwise. */
export function quotedFiles(sql: string): string[] {
  const found: string[] = [];
  const token = /--[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"]|"")*"|'((?:[^']|'')*)'/g;
  for (const match of sql.matchAll(token)) {
    const name = match[1]?.replaceAll("''", "'");
    if (name !== undefined && formatOf(name) !== undefined && !/^\w+:\/\//.test(name)) found.push(name);
  }
  return [...new Set(found)];
}

/** The content of a source for the fingerprint: `file data/a.csv` → hash. */
export async function sourceInputs(
  source: DataStage['source'],
  where: { readonly folder: string; hashFile(path: string): Promise<string> },
): Promise<Record<string, string>> {
  const found = await resolveSource(source, where.folder);
  const { files } = found;
  const inputs: Record<string, string> = {};
  if (found.kind === 'images') {
    // One input for all of them: a folder may hold a hundred thousand.
    const lines: string[] = [];
    const images = `images ${path.relative(where.folder, found.folder).replaceAll('\\', '/')}`;
    if (found.table === undefined) {
      for (const file of files)
        lines.push(`${path.relative(found.folder, file).replaceAll('\\', '/')} ${await where.hashFile(file)}`);
      return { [images]: sha256(lines.join('\n')) };
    }
    const { listedImages } = await import('./image-table');
    for (const [name, file] of await listedImages(found))
      lines.push(`${name} ${await where.hashFile(file).catch(() => 'missing')}`);
    inputs[images] = sha256(lines.join('\n'));
  }
  for (const file of files) {
    inputs[`file ${path.relative(where.folder, file).replaceAll('\\', '/')}`] = await where.hashFile(file);
  }
  return inputs;
}
