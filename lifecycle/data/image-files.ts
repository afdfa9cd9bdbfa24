import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImageSource } from '../../schemas/generated/types';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';
import { missingColumn } from './columns';
import { type TableSource } from './source';

/** Name of the column that holds the pixels. */
export const IMAGE_COLUMN = 'image';

/** Images whose files were found, or are named in a table. */
export type ImageFiles = ImageFolder | ImageTable;

/** A table with a column of images' paths. */
export interface ImageTable {
  readonly kind: 'images';
  /** Absolute; where the paths start. */
  readonly folder: string;
  /** Absolute folder of the pipeline. */
  readonly base: string;
  /** The table's own. */
  readonly files: readonly string[];
  readonly table: TableSource & { readonly kind: 'files' };
  readonly column: string;
  readonly options: ImageOptions;
}

/** How images are read. */
export type ImageOptions = Pick<ImageSource, 'height' | 'width' | 'color'>;

/** A folder of images whose files were found. */
export interface ImageFolder {
  readonly kind: 'images';
  /** Absolute. */
  readonly folder: string;
  /** Absolute, sorted by code point. */
  readonly files: readonly string[];
  /** Names of the classes, sorted; none when the images lie in the folder itself. */
  readonly classes: readonly string[];
  /** Files that are no PNG or JPEG by their names, for a notice. */
  readonly others: readonly string[];
  readonly options: ImageOptions;
  readonly table?: undefined;
}

/** Name of the class of a file: the folder right under the source's. */
export function classOf({ folder }: Pick<ImageFolder, 'folder'>, file: string): string {
  return path.relative(folder, file).split(path.sep)[0] ?? '';
}

const IMAGE = /\.(png|jpe?g)$/i;
const BELOW = 16;

/**
 * Finds the images of a folder, or takes the table that names them. Of a folder: one folder a class, images at any depth in it. Hidden files are left out, and so is what is no image by its name.
 *
 * @throws UserError when there is no such folder or no image in it, or some images have a class and others none
 */
export async function resolveImages(
  { images, table: _, column, ...options }: ImageSource,
  base: string,
  table?: ImageTable['table'],
): Promise<ImageFiles> {
  const folder = path.resolve(base, images);
  const at = ['source', 'images'];
  if ((options.height === undefined) !== (options.width === undefined)) {
    const [given, wanted] = options.height === undefined ? ['width', 'height'] : ['height', 'width'];
    throw new UserError({
      code: 'data-image-size',
      message: `A ${given} is given without a ${wanted}.`,
      hint: `Give both, or neither when all images have one size.`,
      path: ['source', given],
    });
  }
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) {
    const beside = await readdir(path.dirname(folder)).catch(() => []);
    const near = nearest(path.basename(folder), beside);
    throw new UserError({
      code: found ? 'data-not-folder' : 'data-file-missing',
      message: found ? `${images} is no folder.` : `There is no folder ${images}.`,
      hint: found
        ? 'Name the folder that holds one folder of PNG or JPEG files for each class.'
        : near !== undefined
          ? `Did you mean ${path.relative(base, path.join(path.dirname(folder), near)).replaceAll('\\', '/')}?`
          : "Paths start at the pipeline's folder.",
      path: at,
    });
  }
  if ((table === undefined) !== (column === undefined)) {
    throw new UserError({
      code: 'data-image-table',
      message: table
        ? 'The table of images is named without the column of their paths.'
        : `The column '${column}' is named without its table.`,
      hint: "Give both: 'source: {images: photos, table: labels.csv, column: path}'.",
      path: ['source', table ? 'table' : 'column'],
    });
  }
  if (table && column !== undefined)
    return { kind: 'images', folder, base, files: table.files, table, column, options };
  const files: string[] = [];
  const others: string[] = [];
  await collect(folder, BELOW, files, others);
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  files.sort(order);
  const loose = files.filter((file) => path.dirname(file) === folder);
  if (files.length === 0) {
    const named = others.slice(0, 3).map((file) => path.basename(file));
    throw new UserError({
      code: 'data-no-images',
      message: `There is no PNG or JPEG image in ${images}.`,
      hint:
        named.length > 0
          ? `It holds ${named.join(', ')}${others.length > 3 ? ', …' : ''}; other formats must be converted to PNG or JPEG first.`
          : 'Put one folder of images for each class into it.',
      path: at,
    });
  }
  if (loose.length > 0 && loose.length < files.length) {
    throw new UserError({
      code: 'data-image-classless',
      message: `${path.relative(base, loose[0] ?? '').replaceAll('\\', '/')} lies in no folder of a class, unlike ${(files.length - loose.length).toLocaleString('en')} other images.`,
      hint: 'Move it into the folder of its class, or out of the way.',
      path: at,
      details: loose.slice(0, 12).map((file) => path.basename(file)),
    });
  }
  const source: ImageFolder = { kind: 'images', folder, files, classes: [], others, options };
  if (loose.length > 0) return source;
  return { ...source, classes: [...new Set(files.map((file) => classOf(source, file)))].sort(order) };
}

async function collect(folder: string, depth: number, files: string[], others: string[]): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (depth > 0) await collect(at, depth - 1, files, others);
    } else (IMAGE.test(entry.name) ? files : others).push(at);
  }
}

/**
 * What the table's columns are called where its images are read: the column of paths makes room for that of the pixels.
 *
 * @throws UserError when there is no such column of paths, or another one is called like that of the pixels
 */
export function imageColumns(names: readonly string[], column: string): ReadonlyMap<string, string> {
  if (!names.includes(column)) throw missingColumn(column, names, ['source', 'column']);
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const other = names.find((name) => name !== column && name.toLowerCase() === IMAGE_COLUMN);
  if (other !== undefined) {
    throw new UserError({
      code: 'data-image-column',
      message: `The table has a column '${other}' of its own, which is the name of the column of pixels.`,
      hint: 'Rename it in the file.',
      path: ['source', 'table'],
    });
  }
  const free = ['file', 'image file', 'path of the image'].find((name) => !taken.has(name)) ?? `${column} (path)`;
  return new Map(names.map((name) => [name, name === column && name.toLowerCase() === IMAGE_COLUMN ? free : name]));
}
