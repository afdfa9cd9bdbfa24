import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ColumnType, Written } from '../../schemas/generated/types';
import type { Database } from './database';
import { decode, type Delimited, fromWindows1252, markedEncoding, readDelimited } from './delimited';
import type { CsvReading } from './files';
import { identifier, literalPath, text } from './quote';
import { dateText, numberText } from './spelling';

/** A copy in UTF-8 of a file in Windows-1252, unpacked; it has the file's name, which messages show. */
export async function asUtf8(file: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const packed = /\.gz$/i.test(file);
  const copy = path.join(folder, path.basename(file).replace(/\.gz$/i, ''));
  const source = createReadStream(file);
  await pipeline(
    packed ? source.pipe(createGunzip()) : source,
    async function* (parts: AsyncIterable<Buffer>) {
      for await (const part of parts) yield fromWindows1252(part);
    },
    createWriteStream(copy, 'utf8'),
  );
  return copy;
}

/**
 * Whether a file that may be in Windows-1252, as those of a source were, is: one that says otherwise, or that holds other letters than those of
 * English in UTF-8, is not.
 *
 * @param start its first bytes
 */
export function isWindows1252(start: Uint8Array, { encoding }: Written): boolean {
  if (encoding !== 'windows-1252' || markedEncoding(start) !== undefined) return false;
  const end = start.lastIndexOf(10) + 1 || start.length;
  const lines = start.subarray(0, end);
  if (!lines.some((byte) => byte >= 0x80)) return true;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(lines);
    return false;
  } catch {
    return true;
  }
}

/** Where the header of a CSV file is. */
export interface HeaderSought {
  /** Lines above it, where they are stated. */
  readonly skip?: number | undefined;
  /** Columns that it should name. */
  readonly wanted?: Iterable<string>;
}

/** The beginning of a CSV file. */
export interface CsvBeginning extends Delimited {
  readonly isWindows1252: boolean;
  /** Lines above the header. */
  readonly skip: number;
}

/**
 * The beginning of a CSV file that may be written as those of a source were. The separator that the source states counts where it cuts the first
 * line; a file that somebody wrote with another one is read by that. Unless they are stated, lines above the header are skipped as the source's were
 * where that brings more of the wanted columns: files with a title and files without one are read alike.
 *
 * @param start its first bytes
 */
export function startAsWritten(
  start: { readonly bytes: Uint8Array; readonly complete: boolean },
  tabs: boolean,
  written: Written,
  { skip, wanted = [] }: HeaderSought = {},
): CsvBeginning {
  const old = isWindows1252(start.bytes, written);
  const { encoding, delimiter } = written;
  const text = decode(
    start.bytes,
    old ? 'windows-1252' : encoding === 'windows-1252' || markedEncoding(start.bytes) ? undefined : encoding,
  );
  const given = tabs ? '\t' : delimiter;
  const below = (lines: number): Delimited => {
    const options = { 'skip-lines': lines };
    const stated =
      given === undefined ? undefined : readDelimited(text, start.complete, { ...options, delimiter: given });
    return stated !== undefined && (tabs || stated.names.length > 1)
      ? stated
      : readDelimited(text, start.complete, options);
  };
  const first = { ...below(skip ?? 0), isWindows1252: old, skip: skip ?? 0 };
  const usual = written['skip-lines'] ?? 0;
  if (skip !== undefined || usual === 0) return first;
  const other = { ...below(usual), isWindows1252: old, skip: usual };
  const names = new Set(wanted);
  const known = (one: Delimited): number => one.names.filter((name) => names.has(name)).length;
  return known(other) > known(first) ? other : first;
}

/** How a CSV file is read, by what its source was. */
export function readingAs(
  found: Pick<CsvReading, 'delimiter' | 'header' | 'lineEnd' | 'skip'>,
  { encoding, missing }: Written,
): CsvReading {
  return {
    delimiter: found.delimiter,
    header: found.header,
    ...(found.lineEnd && { lineEnd: found.lineEnd }),
    ...(found.skip !== undefined && found.skip > 0 && { skip: found.skip }),
    ...(encoding !== undefined && encoding !== 'windows-1252' && { encoding }),
    ...(missing && { missing }),
  };
}

/**
 * SQL of a column of texts as plain text: numbers as `1234.56` and dates as ISO has them, whatever else as it is; undefined where nothing is to be done.
 *
 * @param name of the column in the file
 * @param own what the source called it
 */
export function plainColumn(name: string, own: string, type: ColumnType, written: Written): string | undefined {
  if (type === 'number') return written.decimal === undefined ? undefined : numberText(name, written.decimal);
  const formats = written.dates && Object.hasOwn(written.dates, own) ? written.dates[own] : undefined;
  return formats === undefined || type === 'boolean' ? undefined : dateText(name, formats);
}

/** A relation of texts with some of its columns put into plain text. */
export function plainRelation(relation: string, columns: ReadonlyMap<string, string>): string {
  if (columns.size === 0) return relation;
  const list = [...columns].map(([name, sql]) => `${sql} AS ${identifier(name)}`);
  return `(SELECT * REPLACE (${list.join(', ')}) FROM ${relation})`;
}

/** Key of a Parquet file's metadata under which a data version keeps how the table was written that it stands for. */
const NOTE = 'lifecycle_written';

/** What `COPY … TO … (FORMAT parquet` goes on with, so that {@link notedWriting} finds it again. */
export function noteWriting(written: Written | undefined): string {
  return written === undefined ? '' : `, KV_METADATA {${NOTE}: ${text(JSON.stringify(written))}}`;
}

/** How the table was written that a Parquet file of {@link noteWriting} stands for; undefined for any other file. */
export async function notedWriting(database: Database, file: string): Promise<Written | undefined> {
  const [note] = await database.query<{ value: string }>(
    `SELECT decode(value) AS value FROM parquet_kv_metadata(${literalPath(file)}) WHERE decode(key) = ${text(NOTE)}`,
  );
  const written: unknown = note === undefined ? undefined : JSON.parse(note.value);
  return typeof written === 'object' && written !== null ? written : undefined;
}
