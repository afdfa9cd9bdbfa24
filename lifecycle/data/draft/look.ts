import path from 'node:path';
import type { ColumnType, FileSource } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import {
  columnsOf,
  decode,
  formatOf,
  fromWindows1252,
  head,
  literalPath,
  markedEncoding,
  parquetRelation,
  readableEndings,
  readDelimited,
  withDatabase,
} from '../../table';
import { sameHeader } from '../headers';
import { readJson } from '../json';
import { textType } from '../peek-profile';
import { titleAbove } from '../../table/title';
import { type Advice, advise, type Decimal } from '../../table/spelling';

/** Bytes of a text file, and rows of another, that are looked at. */
const BYTES = 4 * 1024 * 1024;
const ROWS = 20_000;

export interface SampledColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** As they are written; missing ones are null. */
  readonly values: readonly (string | null)[];
}

/** The first rows of a data file, read as well as they can be. */
export interface Sample {
  /** The file; of several the first. */
  readonly file: string;
  /** How many files the table is in; 1 unless given. */
  readonly files?: number;
  /** What has to be said to read it so. */
  readonly options: Omit<FileSource, 'file'>;
  readonly columns: readonly SampledColumn[];
  readonly rows: number;
  /** All of the file was looked at. */
  readonly whole: boolean;
  /** What stands above the header. */
  readonly title?: string;
}

/**
 * Looks at the beginning of a data file, and finds out how it wants to be read: encoding, decimal sign, words that mean a missing value, dates.
 *
 * @param file absolute
 * @throws UserError when it can't be read as a table
 */
export async function lookAtFile(file: string): Promise<Sample> {
  const format = formatOf(file);
  if (format === undefined && /\.(?:xls[xmb]?|ods|numbers)$/i.test(file))
    throw new UserError({
      code: 'data-format-unknown',
      message: `${path.basename(file)} is a workbook of a spreadsheet program, which is not read.`,
      hint: 'Save the sheet as CSV there (UTF-8 where there is a choice); decimal commas, dates and a title above the header may stay as they are.',
    });
  if (format === undefined)
    throw new UserError({
      code: 'data-format-unknown',
      message: `What kind of file ${path.basename(file)} is can't be told from its name.`,
      hint: `Endings that are known: ${readableEndings.join(' ')}, also followed by .gz or .zst.`,
    });
  const start = format === 'csv' || format === 'tsv' ? await head(file, BYTES) : undefined;
  return start ? delimited(file, start.bytes, start.complete, format === 'tsv') : table(file, format);
}

/** Files of one table that are looked at, spread over all of them. */
const FILES = 8;

/**
 * Looks at files that are one table together, such as one for each month: at no more than eight of them, the first and the last included.
 *
 * @param files absolute, in the order they are read
 * @throws UserError when one can't be read as a table, or has other columns than the first
 */
export async function lookAtFiles(files: readonly string[]): Promise<Sample> {
  const few = Math.min(files.length, FILES);
  const chosen = Array.from(
    { length: few },
    (_, i) => files[Math.round((i * (files.length - 1)) / Math.max(few - 1, 1))]!,
  );
  const samples: Sample[] = [];
  for (const file of chosen) samples.push(await lookAtFile(file));
  const [first, ...others] = samples;
  if (first === undefined) throw new Error('no files to look at');
  if (others.length === 0) return first;
  const loose = formatOf(first.file) === 'jsonl';
  if (!loose) for (const other of others) sameHeader(headerOf(first), headerOf(other));
  const names = [...new Set(samples.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  const missing = [...new Set(samples.flatMap(({ options }) => options.missing ?? []))];
  let options: Sample['options'] = {};
  for (const sample of samples) options = { ...options, ...sample.options };
  return {
    ...first,
    files: files.length,
    options: { ...options, ...(missing.length > 0 && { missing }) },
    columns: names.map((name) => merged(name, samples)),
    rows: samples.reduce((sum, { rows }) => sum + rows, 0),
    whole: chosen.length === files.length && samples.every(({ whole }) => whole),
  };
}

function headerOf({ file, columns }: Sample): { file: string; names: string[] } {
  return { file, names: columns.map(({ name }) => name) };
}

/** One column of several files; where one lacks it the values are missing, where types differ it is text, as when they are read. */
function merged(name: string, samples: readonly Sample[]): SampledColumn {
  const parts = samples.map(({ columns, rows }) => {
    const column = columns.find((each) => each.name === name);
    return { type: column?.type, values: column?.values ?? Array.from({ length: rows }, () => null) };
  });
  const types = new Set(
    parts.flatMap(({ type, values }) => (type && values.some((value) => value !== null) ? [type] : [])),
  );
  const [only = 'text'] = types;
  return { name, type: types.size > 1 ? 'text' : only, values: parts.flatMap(({ values }) => values) };
}

function delimited(file: string, bytes: Uint8Array, complete: boolean, tabs: boolean): Sample {
  const encoding = markedEncoding(bytes) === undefined && !isUtf8(bytes, complete) ? 'windows-1252' : undefined;
  if (markedEncoding(bytes) === undefined && bytes.includes(0))
    throw new UserError({
      code: 'data-not-text',
      message: `${path.basename(file)} is not a text file.`,
      hint: 'A spreadsheet (.xlsx) has to be saved as CSV first.',
      file,
    });
  const text = encoding ? fromWindows1252(bytes) : decode(bytes);
  const title = titleAbove(text);
  const skip = title && { 'skip-lines': title.lines };
  const { names, records, delimiter } = readDelimited(text, complete, { ...(tabs && { delimiter: '\t' }), ...skip });
  const even = records.filter((record) => record.length === names.length);
  const odd = records.findIndex((record) => record.length !== names.length);
  if (even.length < records.length / 2)
    throw new UserError({
      code: 'data-ragged-row',
      message: `Row ${odd + 1} of ${path.basename(file)} has ${records[odd]?.length ?? 0} values; the header has ${names.length} columns.`,
      hint: 'A value that holds the separator or a line break must stand in double quotes.',
      file,
    });
  if (names.length === 0 || even.length === 0)
    throw new UserError({
      code: 'data-empty',
      message: `${path.basename(file)} has no rows.`,
      hint: 'The first line names the columns; at least one row must stand under it.',
      file,
    });
  const texts = names.map((_, i) => even.map((record) => record[i] ?? ''));
  const advice = texts.map((values) =>
    advise(
      values.filter((value) => value !== ''),
      delimiter === ';' ? ',' : '.',
    ),
  );
  const written = writingOf(advice.filter((each) => each !== undefined));
  const { decimal, missing = [], 'date-format': format } = written;
  const absent = new Set(['', ...missing]);
  const columns = names.map((name, i): SampledColumn => {
    const values = (texts[i] ?? []).map((value) => (absent.has(value) ? null : value));
    const there = values.filter((value) => value !== null);
    const type = textType(there, { decimal, ...(typeof format === 'string' && { formats: [format] }) });
    return { name, type, values };
  });
  return {
    file,
    options: { ...skip, ...(encoding && { encoding }), ...written },
    ...(title && { title: title.text }),
    columns,
    rows: even.length,
    whole: complete,
  };
}

/** What to say of how columns are written. */
function writingOf(advice: readonly Advice[]): Pick<FileSource, 'decimal' | 'missing' | 'date-format'> {
  const missing = [...new Set(advice.flatMap((each) => each.missing))];
  const decimals = advice.flatMap((each) => each.decimal ?? []);
  const decimal: Decimal | undefined = decimals.includes(',') ? ',' : decimals[0];
  const doubtful = advice.find((each) => each.dates && each.dates.rivals.length > 0)?.dates;
  return {
    ...(decimal && { decimal }),
    ...(missing.length > 0 && { missing: ['', ...missing] }),
    ...(doubtful && { 'date-format': doubtful.formats[0] ?? '' }),
  };
}

function isUtf8(bytes: Uint8Array, complete: boolean): boolean {
  // The last line may be cut within a character.
  const end = complete ? bytes.length : bytes.lastIndexOf(10) + 1 || bytes.length;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end));
    return true;
  } catch {
    return false;
  }
}

async function table(file: string, format: 'csv' | 'tsv' | 'jsonl' | 'parquet'): Promise<Sample> {
  return withDatabase({}, async (database) => {
    const plain = format === 'jsonl' ? await readJson(database, [file], {}) : undefined;
    const options = writingOf(plain?.advice ?? []);
    const json = plain && Object.keys(options).length > 0 ? await readJson(database, [file], options) : plain;
    const relation =
      json?.relation(json.columns) ??
      (format === 'parquet' ? parquetRelation([file]) : `read_csv(${literalPath(file)})`);
    const { rows, columns } = await columnsOf(database, `(SELECT * FROM ${relation} LIMIT ${ROWS})`);
    if (rows === 0) throw new UserError({ code: 'data-empty', message: `${path.basename(file)} has no rows.`, file });
    return {
      file,
      options,
      columns: Object.entries(columns).map(([name, column]): SampledColumn => {
        const { type } = column;
        if (type === 'text') return { name, type, values: column.values.map((value) => (value === '' ? null : value)) };
        const written = (value: number): string | null =>
          Number.isNaN(value)
            ? null
            : type === 'boolean'
              ? String(value === 1)
              : type === 'time'
                ? new Date(value).toISOString()
                : String(value);
        return { name, type, values: Array.from(column.values, written) };
      }),
      rows,
      whole: rows < ROWS,
    };
  });
}
