import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImageSource } from '../../schemas/generated/types';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';

/** A folder of images whose files were found. */
export interface ImageFiles {
  readonly kind: 'images';
  /** Absolute. */
  readonly folder: string;
  /** Absolute, sorted by code point. */
  readonly files: readonly string[];
  /** Names of the classes, sorted; none when the images lie in the folder itself. */
  readonly classes: readonly string[];
  /** Files that are no PNG or JPEG by their names, for a notice. */
  readonly others: readonly string[];
  readonly options: Omit<ImageSource, 'images'>;
}

/** Name of the class of a file: the folder right under the source's. */
export function classOf({ folder }: ImageFiles, file: string): string {
  return path.relative(folder, file).split(path.sep)[0] ?? '';
}

const IMAGE = /\.(png|jpe?g)$/i;
const BELOW = 16;

/**
 * Finds the images of a folder: one folder a class, images at any depth in it. Hidden files are left out, and so is what is no image by its name.
 *
 * @throws UserError when there is no such folder or no image in it, or some images have a class and others none
 */
export async function resolveImages({ images, ...options }: ImageSource, base: string): Promise<ImageFiles> {
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
  const source: ImageFiles = { kind: 'images', folder, files, classes: [], others, options };
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
