import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';
import { type Database, identifier, jsonRelation, texts, withDatabase } from '../table';
import { missingColumn } from './columns';
import { IMAGE_COLUMN, imageColumns, type ImageTable } from './image-files';
import { type ImageOptions, type PictureTable, writePictures } from './image-reader';
import { type Found, type Readable, type Warn } from './readable';
import { openSource } from './reader';

const AT_COLUMN = ['source', 'column'];
/** Names for what the query needs beside the table's columns. */
const ROW = '__row of the table';

/** The paths that a table names, each once, sorted. */
async function pathsOf(database: Database, readable: Readable, { column }: ImageTable): Promise<string[]> {
  const names = readable.columns.map(({ name }) => name);
  if (!names.includes(column)) throw missingColumn(column, names, AT_COLUMN);
  const value = `CAST(${identifier(column)} AS VARCHAR)`;
  const rows = await database.query<{ p: string }>(
    `SELECT DISTINCT ${value} AS p FROM ${readable.relation(readable.columns)} WHERE ${named(value, readable.missing)} ORDER BY p`,
  );
  return rows.map(({ p }) => p);
}

function named(value: string, missing: readonly string[]): string {
  return `${value} IS NOT NULL AND ${value} NOT IN (${texts([...missing, '']).slice(1, -1)})`;
}

/** The images that a table names, for the fingerprint: path → absolute file. */
export async function listedImages(source: ImageTable): Promise<ReadonlyMap<string, string>> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'lifecycle-images-'));
  try {
    const options = { scratch, folder: source.folder };
    const paths = await withDatabase(options, async (database) =>
      pathsOf(database, await openSource(database, source.table, () => undefined, scratch), source),
    );
    return new Map(paths.map((one) => [one, path.resolve(source.folder, one)]));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * A table whose rows each name an image, with the images' pixels beside its columns.
 *
 * @throws UserError naming the images that are not there, can't be decoded, or differ in size where no size is stated
 */
export async function openImageTable(
  database: Database,
  source: ImageTable,
  options: ImageOptions,
): Promise<PictureTable> {
  const readable = await openSource(database, source.table, options.warn, options.scratch);
  const { column, folder } = source;
  const called = imageColumns(
    readable.columns.map(({ name }) => name),
    column,
  );
  const paths = await pathsOf(database, readable, source);
  if (paths.length === 0) {
    throw new UserError({
      code: 'data-no-images',
      message: `The column '${column}' names no image.`,
      hint: 'Each of its values is the path of a PNG or JPEG file, from the folder `images` on.',
      path: AT_COLUMN,
    });
  }
  const files = paths.map((one) => path.resolve(folder, one));
  await refuseMissing(source, paths, files);
  await tellNameless(database, readable, source, options.warn);
  const { at, image, sizes } = await writePictures(source, files, options, (i) => ({ path: paths[i] ?? '' }));
  const pixels = jsonRelation(
    [at],
    [
      { name: 'image', sql: 'VARCHAR' },
      { name: 'path', sql: 'VARCHAR' },
    ],
  );
  const original = new Map([...called].map(([name, shown]) => [shown, name]));
  return {
    ...readable,
    columns: [
      { name: IMAGE_COLUMN, sql: 'VARCHAR' },
      ...readable.columns.map(({ name, sql }) => ({ name: called.get(name) ?? name, sql })),
    ],
    relation(columns: readonly Found[]) {
      const own = columns
        .filter(({ name }) => name !== IMAGE_COLUMN)
        .map(({ name, sql }) => ({ name: original.get(name) ?? name, sql }));
      const list = own.map(({ name }) => `t.${identifier(name)} AS ${identifier(called.get(name) ?? name)}`);
      const rows = `(SELECT *, row_number() OVER () AS ${identifier(ROW)} FROM ${readable.relation(own)})`;
      const same = `CAST(t.${identifier(column)} AS VARCHAR) = p.path`;
      return `(SELECT p.image AS ${identifier(IMAGE_COLUMN)}, ${list.join(', ')} FROM ${rows} t JOIN ${pixels} p ON ${same} ORDER BY t.${identifier(ROW)})`;
    },
    image,
    sizes,
    file: called.get(column) ?? column,
  };
}

async function refuseMissing(source: ImageTable, paths: readonly string[], files: readonly string[]): Promise<void> {
  const there = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  const missing = paths.filter((_, i) => there[i] !== true);
  const [first] = missing;
  if (first === undefined) return;
  const at = path.resolve(source.folder, first);
  const beside = await readdir(path.dirname(at)).catch(() => []);
  const near = nearest(path.basename(at), beside);
  const elsewhere = await access(path.resolve(source.base, first)).then(
    () => true,
    () => false,
  );
  throw new UserError({
    code: 'data-image-missing',
    message: `${path.basename(source.table.files[0] ?? '')} names ${missing.length === 1 ? 'an image that is' : `${missing.length.toLocaleString('en')} images that are`} not there: ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', …' : ''}.`,
    hint: /^[a-z]+:\/\//i.test(first)
      ? 'Addresses are not read: download the images into a folder first.'
      : elsewhere
        ? "Its paths start at the pipeline's folder: say `images: .`."
        : near !== undefined
          ? `Did you mean ${near}? Paths start at the folder \`images\`.`
          : 'Paths start at the folder `images`; take rows out whose image is lost.',
    path: AT_COLUMN,
    details: missing.slice(0, 12),
  });
}

async function tellNameless(database: Database, readable: Readable, { column }: ImageTable, warn: Warn): Promise<void> {
  const value = `CAST(${identifier(column)} AS VARCHAR)`;
  const { n } = await database.one<{ n: number }>(
    `SELECT count(*) AS n FROM ${readable.relation(readable.columns)} WHERE NOT (${named(value, readable.missing)})`,
  );
  if (n === 0) return;
  warn(
    `${n.toLocaleString('en')} ${n === 1 ? 'row names' : 'rows name'} no image and ${n === 1 ? 'is' : 'are'} left out.`,
    {
      code: 'data-image-left-out',
      path: AT_COLUMN,
    },
  );
}
