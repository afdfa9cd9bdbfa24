/**
 * A quick look at a source: header, types and a small profile from the first bytes. For editors: bounded in bytes and time, and it never throws.
 * CSV, TSV and JSON lines are read without any native part; Parquet, zstd and queries ask DuckDB, unless that is forbidden.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ColumnType, DataStage, FileSource } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { decode, head, readDelimited, uniqueNames } from '../table/delimited';
import { type FileFormat } from '../table/files';
import { LINE_ENDS, otherEndIn, sayOtherEnd } from '../table/line-ends';
import { checkEncoding, encodingMeant, type Meant } from './encoding';
import { classOf, IMAGE_COLUMN, imageColumns, type ImageFolder } from './image-files';
import { isObject, unfoldRecords, wrappedRows } from './json-shape';
import { profileTexts, profileValues } from './peek-profile';
import { resolveSource, type Source } from './source';
import { titleDoubt } from './title';
import { type Advice, statedFormats } from '../table/spelling';

export interface PeekedColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Of the rows looked at. */
  readonly missing: number;
  /** Distinct values among the rows looked at. */
  readonly distinct: number;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly mean?: number;
  /** Skewness of numbers, and that of their logarithms where they lean far to the right. */
  readonly skew?: number;
  readonly logSkew?: number;
  /** Most frequent values with counts, at most 20; all of them when `distinct` is no larger. */
  readonly values: readonly { readonly value: string | number | boolean; readonly count: number }[];
  /** Of texts that are numbers but for a few, or for how they are written: what to say beside the source. */
  readonly advice?: Pick<Advice, 'missing' | 'odd' | 'decimal'>;
}

export interface Peek {
  readonly columns: readonly PeekedColumn[];
  /** Rows looked at. */
  readonly sampled: number;
  /** Rows in all, when all were looked at or the file says so. */
  readonly rows?: number;
  /** Rows that equal an earlier one in every column, of the first so many; told where nothing but a copy explains them. */
  readonly copies?: Copies;
  /** Rows in all, estimated from the sizes of the files. */
  readonly estimated?: number;
  readonly files: readonly string[];
  readonly format?: FileFormat;
  /** The encoding that should be stated, where the file is in another one. */
  readonly encoding?: Meant['encoding'];
  /** What stands in the way; columns may be there nevertheless. */
  readonly problem?: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    /** A run would not stop for it. */
    readonly runs?: true;
  };
}

/** Copies among the first rows of a table. */
export interface Copies {
  readonly rows: number;
  /** Rows that were looked at. */
  readonly of: number;
}

export interface PeekOptions {
  /** Most bytes to read; 1 MB unless given. */
  readonly bytes?: number;
  /** Most milliseconds for what DuckDB is asked; 2,000 unless given. */
  readonly milliseconds?: number;
  /** Whether DuckDB may be loaded for what can't be read without; true unless given. */
  readonly native?: boolean;
  readonly signal?: AbortSignal;
}

const BYTES = 1024 * 1024;

/**
 * Looks at a stage's source.
 *
 * @param folder absolute folder of the pipeline file
 */
export async function peek(source: DataStage['source'], folder: string, options: PeekOptions = {}): Promise<Peek> {
  let found: Source;
  try {
    found = await resolveSource(source, folder);
  } catch (error) {
    return { columns: [], sampled: 0, files: [], problem: problemFrom(error) };
  }
  const { files } = found;
  const format = found.kind === 'files' ? { format: found.format } : {};
  try {
    return { ...(await look(found, folder, options)), files, ...format };
  } catch (error) {
    return { columns: [], sampled: 0, files, ...format, problem: problemFrom(error) };
  }
}

function problemFrom(error: unknown): NonNullable<Peek['problem']> {
  if (error instanceof UserError) {
    const { code, message, hint } = error.problem;
    return { code, message, ...(hint !== undefined && { hint }) };
  }
  return {
    code: 'data-unreadable',
    message: error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error),
  };
}

type Look = Omit<Peek, 'files' | 'format'>;

async function look(source: Source, folder: string, options: PeekOptions): Promise<Look> {
  if (source.kind === 'files') {
    const [first] = source.files;
    if (first === undefined) return { columns: [], sampled: 0 };
    const native = source.format === 'parquet' || /\.zst$/i.test(first);
    if (!native) return lookAtText(first, source, options);
  }
  if (source.kind === 'images') {
    if (source.table === undefined) return lookAtImages(source);
    const seen = await look(source.table, folder, options);
    if (seen.columns.length === 0) return seen;
    const called = imageColumns(
      seen.columns.map(({ name }) => name),
      source.column,
    );
    const pixels: PeekedColumn = { name: IMAGE_COLUMN, type: 'text', missing: 0, distinct: seen.sampled, values: [] };
    return {
      ...seen,
      columns: [pixels, ...seen.columns.map((one) => ({ ...one, name: called.get(one.name) ?? one.name }))],
    };
  }
  if (options.native === false) {
    return {
      columns: [],
      sampled: 0,
      problem: { code: 'data-needs-native', message: 'This source is not read without DuckDB.' },
    };
  }
  const { lookNatively } = await import('./peek-native');
  return lookNatively(source, folder, options);
}

/** The columns that images will have, by the names of the files alone. */
function lookAtImages(source: ImageFolder): Look {
  const { files, classes } = source;
  const none = new Set<string>();
  const column = (name: string, values: readonly string[]): PeekedColumn => profileTexts(name, values, none);
  return {
    columns: [
      { name: 'image', type: 'text', missing: 0, distinct: files.length, values: [] },
      ...(classes.length > 0
        ? [
            column(
              'class',
              files.map((file) => classOf(source, file)),
            ),
          ]
        : []),
      column(
        'file',
        files.map((file) => path.relative(source.folder, file).replaceAll('\\', '/')),
      ),
    ],
    sampled: files.length,
    rows: files.length,
  };
}

async function lookAtText(file: string, source: Source & { kind: 'files' }, options: PeekOptions): Promise<Look> {
  const limit = options.bytes ?? BYTES;
  const start = await head(file, limit);
  if (!start) throw new Error('zstd is not read here');
  const { encoding, problem } = source.format === 'jsonl' ? {} : misread(file, start.bytes, source.options.encoding);
  const text = decode(start.bytes, encoding ?? source.options.encoding);
  const look =
    source.format === 'jsonl'
      ? jsonTable(file, text, start.complete, source.options)
      : delimited(
          text,
          start.complete,
          source.format === 'tsv' ? { delimiter: '\t', ...source.options } : source.options,
        );
  const title = source.format === 'jsonl' ? undefined : titled(file, text, source.options);
  const ends = source.format === 'jsonl' ? undefined : mixedEnds(file, text, source.options);
  const wrong = problem ?? title ?? ends;
  const said = { ...look, ...(wrong && { problem: wrong }), ...(encoding && { encoding }) };
  const whole = start.complete && source.files.length === 1;
  if (whole) return { ...said, rows: look.sampled };
  const estimated = await estimate(source.files, look.sampled, start.bytes.length);
  return { ...said, ...(estimated !== undefined && { estimated }) };
}

/** What is said of a file in another encoding than the one stated, and the one that it is read in all the same. */
function misread(file: string, bytes: Uint8Array, stated: FileSource['encoding']): Pick<Peek, 'encoding' | 'problem'> {
  const meant = encodingMeant(bytes, stated);
  const encoding = typeof meant === 'object' ? { encoding: meant.encoding } : {};
  try {
    const doubt = checkEncoding(file, bytes, stated);
    return doubt ? { problem: { code: 'data-wrong-encoding', ...doubt, runs: true }, ...encoding } : {};
  } catch (error) {
    return { problem: problemFrom(error), ...encoding };
  }
}

/** What is said of lines that do not all end in the same way. */
function mixedEnds(file: string, text: string, stated: Omit<FileSource, 'file' | 'format'>): Peek['problem'] {
  // Lines above the header are not read.
  const found = stated['skip-lines'] === undefined ? otherEndIn(text) : undefined;
  return found && { code: 'data-line-ends', message: sayOtherEnd(path.basename(file), found), hint: LINE_ENDS };
}

/** What is said of a title above the header. */
function titled(file: string, text: string, stated: Omit<FileSource, 'file' | 'format'>): Peek['problem'] {
  if (stated['skip-lines'] !== undefined || stated.header === false) return undefined;
  const doubt = titleDoubt(file, text);
  if (!doubt) return undefined;
  const { message, hint, runs } = doubt;
  return { code: 'data-title-line', message, hint, ...(runs && { runs }) };
}

/** From the bytes that a row takes in the first file; nothing when that is packed. */
async function estimate(files: readonly string[], rows: number, bytes: number): Promise<number | undefined> {
  if (rows === 0 || files.some((file) => /\.(gz|zst)$/i.test(file))) return undefined;
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return Math.round((sizes.reduce((sum, size) => sum + size, 0) / bytes) * rows);
}

function delimited(text: string, complete: boolean, options: Omit<FileSource, 'file' | 'format'>): Look {
  const { names, records, delimiter } = readDelimited(text, complete, options);
  if (names.length === 0) {
    // A quote that stays open further than was looked: the reader says what is wrong.
    if (text.trim() !== '') return { columns: [], sampled: 0 };
    return { columns: [], sampled: 0, problem: { code: 'data-empty', message: 'The file is empty.' } };
  }
  const missing = new Set(options.missing ?? ['']);
  const even = records.filter((record) => record.length === names.length);
  const spelt = { decimal: options.decimal, formats: statedFormats(options) };
  const columns = names.map((name, i) =>
    profileTexts(
      name,
      even.map((record) => record[i] ?? ''),
      missing,
      { ...spelt, prefer: delimiter === ';' ? ',' : '.' },
    ),
  );
  const odd = records.findIndex((record) => record.length !== names.length);
  if (records.length === 0 && !complete) return { columns, sampled: 0 };
  if (records.length === 0)
    return { columns, sampled: 0, problem: { code: 'data-empty', message: 'The file has a header but no rows.' } };
  const copies = copiesIn(even, names.length);
  if (odd < 0) return { columns, sampled: records.length, ...(copies && { copies }) };
  return {
    columns,
    sampled: records.length,
    problem: {
      code: 'data-ragged-row',
      message: `Row ${odd + 1} has ${records[odd]?.length ?? 0} values; the header has ${names.length} columns.`,
    },
  };
}

/** Rows of a table that are compared with each other. */
const MOST_COMPARED = 5_000;

/** Copies have to be so many times as frequent as rows that are alike by chance. */
const TIMES_CHANCE = 5;

/**
 * Rows that equal an earlier one, where chance does not explain them: some column has different values in half of the rows, and pairs of different rows
 * agree in each column so seldom that far fewer would agree in all.
 */
function copiesIn(records: readonly (readonly string[])[], width: number): Copies | undefined {
  const some = records.slice(0, MOST_COMPARED);
  const different = new Map(some.map((record) => [record.join('\u001f'), record]));
  const kept = different.size;
  const rows = some.length - kept;
  if (rows === 0 || kept < 10) return undefined;
  let [chance, sure] = [1, false];
  for (let i = 0; i < width; i++) {
    const counts = new Map<string, number>();
    for (const record of different.values()) counts.set(record[i] ?? '', (counts.get(record[i] ?? '') ?? 0) + 1);
    let pairs = 0;
    for (const count of counts.values()) pairs += count * (count - 1);
    chance *= pairs / (kept * (kept - 1));
    sure ||= counts.size >= kept / 2;
  }
  const expected = (chance * some.length * (some.length - 1)) / 2;
  return sure && rows >= TIMES_CHANCE * expected ? { rows, of: some.length } : undefined;
}

/** Rows of JSON lines, or of an array of objects. */
function jsonTable(file: string, text: string, complete: boolean, options: Omit<FileSource, 'file' | 'format'>): Look {
  const array = text.trimStart().startsWith('[');
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  if (!array && !complete) lines.pop();
  // An object over several lines is no JSON lines; several such are not looked into.
  const spread = !array && lines.length > 1 && !lines.some((line) => line.startsWith('{') && objectIn(line));
  if (spread) return { columns: [], sampled: 0, ...(complete && aroundRows(file, objectIn(text))) };
  const parts = array ? objectsOf(text) : lines;
  const values = new Map<string, unknown[]>();
  const records: Record<string, unknown>[] = [];
  let problem: Peek['problem'];
  for (const [i, part] of parts.entries()) {
    if (part.trim() === '') continue;
    const record = objectIn(part);
    if (record) records.push(record);
    else
      problem ??= {
        code: 'data-bad-json',
        message: array ? `Value ${i + 1} of the array is not a JSON object.` : `Line ${i + 1} is not a JSON object.`,
      };
  }
  if (complete && records.length === 0) problem ??= { code: 'data-empty', message: 'The file is empty.' };
  const wrapped = complete && !array && records.length === 1 ? aroundRows(file, records[0]) : {};
  const rows = unfoldRecords(records);
  for (const [i, row] of rows.entries()) {
    for (const [name, value] of row) {
      let column = values.get(name);
      if (!column) values.set(name, (column = new Array<unknown>(i).fill(null)));
      column.push(value);
    }
    for (const column of values.values()) if (column.length <= i) column.push(null);
  }
  const { names } = uniqueNames([...values.keys()]);
  const spelt = { decimal: options.decimal, formats: statedFormats(options) };
  const missing = new Set(options.missing ?? ['']);
  const columns = [...values.values()].map((column, i) => profileValues(names[i] ?? '', column, missing, spelt));
  return { columns, sampled: rows.length, ...(problem && { problem }), ...wrapped };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What is said of one object around the rows, as the reader says it. */
function aroundRows(
  file: string,
  record: Record<string, unknown> | undefined,
): { problem?: NonNullable<Peek['problem']> } {
  const arrays = Object.entries(record ?? {}).filter(
    ([, value]) => Array.isArray(value) && value.length > 0 && value.every(isObject),
  );
  const [only] = arrays;
  return only && arrays.length === 1 ? { problem: problemFrom(wrappedRows(file, only[0])) } : {};
}

/** The values of an array that may be cut off, each as it is written; a last one that is cut off is left out. */
function objectsOf(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = text.indexOf('[') + 1;
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*(?:"|$)|[[\]{},]/gs)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    const ends = depth === 0 || (depth === 1 && token === ',');
    if (!ends) continue;
    const value = text.slice(from, index);
    if (token === ',' || value.trim() !== '') found.push(value);
    if (depth === 0) break;
    from = index + 1;
  }
  return found;
}

/** The columns as the checks of a pipeline take them, with the number of rows where all are known; undefined when there are none. */
export function checkable({
  columns,
  rows,
  copies,
}: Peek): (PeekedColumn & { readonly rows?: number; readonly copies?: Copies })[] | undefined {
  if (columns.length === 0) return undefined;
  const more = { ...(rows !== undefined && { rows }), ...(copies && { copies }) };
  return columns.map((column) => ({ ...column, ...more }));
}

/** A short line about a source for hovers: `7,043 rows × 20 columns`. */
export function peekSummary({ rows, estimated, columns, files }: Peek): string {
  const count =
    rows !== undefined
      ? rows.toLocaleString('en')
      : estimated !== undefined
        ? `about ${estimated.toLocaleString('en')}`
        : '?';
  const of =
    files.length > 1 ? ` in ${files.length} files` : files[0] === undefined ? '' : ` in ${path.basename(files[0])}`;
  return `${count} rows × ${columns.length.toLocaleString('en')} columns${of}`;
}
