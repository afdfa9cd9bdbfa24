import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import {
  coloured,
  decodePicture,
  type Picture,
  PictureError,
  pixelText,
  type PictureShape,
  type PictureSizes,
  resize,
  SizeCount,
} from '../image';
import { UserError } from '../problem';
import { jsonRelation } from '../table';
import { classOf, type ImageFiles, type ImageFolder } from './image-files';
import { type Readable, type Warn } from './readable';

export interface ImageOptions {
  /** Folder for the working file. */
  readonly scratch: string;
  readonly warn: Warn;
  readonly onProgress?: (fraction: number) => void;
  readonly signal: AbortSignal;
}

/** Values of an image, its pixels times its channels, up to which the features are columns. */
const MOST_VALUES = 20_000;
const COLUMNS = ['image', 'class', 'file'] as const;

/** A table with a column of pixels, and the name of the column that says which file is which. */
export interface PictureTable extends Readable {
  readonly image: PictureShape;
  /** Of the files, before they were resized. */
  readonly sizes: PictureSizes;
  readonly file: string;
}

/**
 * Decodes the images of a folder into a table: `image` (pixels as {@link pixelText} writes them), `class` where there are classes, and `file`.
 *
 * @throws UserError naming the file that can't be decoded, or differs in size where no size is stated
 */
export async function openImages(source: ImageFolder, options: ImageOptions): Promise<PictureTable> {
  const { files, classes, others } = source;
  if (others.length > 0) {
    const named = others.slice(0, 3).map((file) => path.relative(source.folder, file).replaceAll('\\', '/'));
    options.warn(
      `${others.length.toLocaleString('en')} ${others.length === 1 ? 'file is' : 'files are'} no PNG or JPEG image and left out: ${named.join(', ')}${others.length > 3 ? ', …' : ''}.`,
      { code: 'data-image-left-out', path: ['source', 'images'] },
    );
  }
  const { at, image, sizes } = await writePictures(source, files, options, (_, file) => ({
    ...(classes.length > 0 && { class: classOf(source, file) }),
    file: path.relative(source.folder, file).replaceAll('\\', '/'),
  }));
  const columns = COLUMNS.filter((name) => name !== 'class' || classes.length > 0).map((name) => ({
    name,
    sql: 'VARCHAR',
  }));
  return {
    columns,
    relation: () => jsonRelation([at], columns),
    missing: [],
    typed: false,
    image,
    sizes,
    file: 'file',
  };
}

/**
 * Decodes images into a file of JSON lines: `image`, and what else is said of each.
 *
 * @throws UserError naming the file that can't be decoded, or differs in size where no size is stated
 */
export async function writePictures(
  source: ImageFiles,
  files: readonly string[],
  { scratch, onProgress, signal }: ImageOptions,
  more: (index: number, file: string) => Readonly<Record<string, string>>,
): Promise<{ readonly at: string; readonly image: PictureShape; readonly sizes: PictureSizes }> {
  const channels = source.options.color === 'grey' ? 1 : 3;
  const { height, width } = source.options;
  let shape: PictureShape | undefined;
  if (height !== undefined && width !== undefined) shape = checked({ height, width, channels });
  const at = path.join(scratch, 'images.jsonl');
  const sizes = new SizeCount();
  const out = createWriteStream(at);
  const written = finished(out);
  written.catch(() => undefined);
  for (const [i, file] of files.entries()) {
    signal.throwIfAborted();
    const picture = await decode(source, file);
    sizes.add(picture);
    shape ??= checked({ height: picture.height, width: picture.width, channels });
    if (height === undefined && (picture.height !== shape.height || picture.width !== shape.width))
      throw mixedSizes(source, files[0] ?? '', file, picture, shape);
    const made = resize(coloured(picture, channels), shape.height, shape.width);
    const row = { image: pixelText(made), ...more(i, file) };
    if (!out.write(`${JSON.stringify(row)}\n`)) {
      const drained = new Promise<void>((resolve) => out.once('drain', resolve));
      await Promise.race([drained, written]);
    }
    if (i % 100 === 0) onProgress?.(i / files.length);
  }
  out.end();
  await written;
  return { at, image: shape ?? { height: 1, width: 1, channels }, sizes: sizes.sizes };
}

async function decode(source: ImageFiles, file: string): Promise<Picture> {
  try {
    return decodePicture(await readFile(file));
  } catch (error) {
    if (!(error instanceof PictureError)) throw error;
    throw new UserError({
      code: 'data-image-broken',
      message: `The image ${path.relative(source.folder, file).replaceAll('\\', '/')} can't be read: ${error.message}.`,
      hint: 'Open it in an image viewer; save it again as PNG or JPEG, or take it out of the folder.',
      file,
      path: ['source', 'images'],
    });
  }
}

function mixedSizes(
  source: ImageFiles,
  before: string,
  file: string,
  picture: Picture,
  first: PictureShape,
): UserError {
  const name = (of: string): string => path.relative(source.folder, of).replaceAll('\\', '/');
  return new UserError({
    code: 'data-image-sizes',
    message: `The images differ in size: ${name(before)} has ${first.height} × ${first.width} pixels, ${name(file)} has ${picture.height} × ${picture.width}.`,
    hint: `Say which size they are to be resized to: 'source: {images: …, height: ${first.height}, width: ${first.width}}'.`,
    path: ['source'],
  });
}

function checked(shape: PictureShape): PictureShape {
  const { height, width, channels } = shape;
  const values = height * width * channels;
  if (values <= MOST_VALUES) return shape;
  const side = Math.floor(Math.sqrt(MOST_VALUES / channels));
  throw new UserError({
    code: 'data-image-large',
    message: `An image of ${height} × ${width} pixels has ${values.toLocaleString('en')} values; at most ${MOST_VALUES.toLocaleString('en')} become features.`,
    hint: `Resize them: 'source: {images: …, height: ${side}, width: ${side}}' is as large as they can be${channels === 3 ? '; with color: grey a pixel is one value' : ''}.`,
    path: ['source'],
  });
}
