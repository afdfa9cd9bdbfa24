import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { ColumnType, MonitorStage, Task, Written } from '../../../schemas/generated/types';
import { nearest } from '../../expression/nearest';
import { UserError } from '../../problem';
import {
  asUtf8,
  columnType,
  type Database,
  describe,
  formatOf,
  head,
  identifier,
  literalPath,
  markedEncoding,
  parquetRelation,
  plainColumn,
  plainRelation,
  readableEndings,
  type HeaderSought,
  startAsWritten,
  text,
  texts,
} from '../../table';
import type { ColumnReading } from '../profile';
import { jsonReader } from './json';
import { parquetColumns, type ParquetLog } from './parquet-log';

export type LogSource = NonNullable<MonitorStage['source']>;

/** Names of what every log has, beside the watched columns. */
export const TIME = '__time';
export const ID = '__id';
export const ANSWER = '__prediction';
export const ACTUAL = '__label';

/** A log file that is open: its watched columns under the names of the reference, and what belongs to a prediction. */
export interface LogTable {
  /** For `FROM`. */
  readonly relation: string;
  /** Whether it was read into a table of this connection. */
  readonly temporary: boolean;
  /** Where it is in a file whose columns are known without the database. */
  readonly parquet: ParquetLog | undefined;
  /** Lines that could not be read, and are no rows. */
  readonly skipped: number;
  /** A query for its rows, those without a time, and the first and last time. */
  readonly span: string;
  /** Watched columns that are there. */
  readonly columns: readonly { readonly name: string; readonly sql: string }[];
  readonly answer: string | undefined;
  readonly foreign: readonly string[];
  close(): Promise<void>;
}

/**
 * The files that a source names, in the order of their paths.
 *
 * @throws UserError `log-files-missing`, `log-format`
 */
export async function logFiles(
  database: Database,
  files: string | readonly string[],
  folder: string,
): Promise<string[]> {
  const found = new Set<string>();
  const names = typeof files === 'string' ? [files] : files;
  for (const [i, name] of names.entries()) {
    const path = ['source', 'files', ...(typeof files === 'string' ? [] : [i])];
    const place = resolve(folder, name);
    const there = await stat(place).catch(() => undefined);
    const met = there?.isFile()
      ? [place]
      : there?.isDirectory()
        ? await filesUnder(place)
        : /[*?[]/.test(name)
          ? (await database.query<{ file: string }>(`SELECT file FROM glob(${text(place)})`)).map(({ file }) => file)
          : [];
    if (met.length === 0)
      throw new UserError({
        code: 'log-files-missing',
        message:
          there === undefined && !/[*?[]/.test(name)
            ? `There is no file or folder ${name} with predictions.`
            : `${name} holds no file of predictions yet.`,
        hint: `Name a file, a folder or a glob, relative to the pipeline file. Endings that are known: ${readableEndings.join(' ')}, also followed by .gz or .zst.`,
        path,
      });
    for (const file of met) {
      if (formatOf(file) === undefined)
        throw new UserError({
          code: 'log-format',
          message: `What kind of file ${basename(file)} is can't be told from its name.`,
          hint: `Endings that are known: ${readableEndings.join(' ')}.`,
          path,
        });
      found.add(file);
    }
  }
  return [...found].sort();
}

/** Files of a known kind below a folder; hidden ones and those still being written aside (`.tmp`) are not looked at. */
async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && formatOf(entry.name) !== undefined)
    .map((entry) => join(entry.parentPath, entry.name));
}

/** How the values of a log are written and read. */
export interface LogReading {
  /** What the model predicts, where it is known: labels of a regression are numbers. */
  readonly task?: Task | undefined;
  /** Columns that are written plainly, whatever `written` says. */
  readonly plain?: readonly string[] | undefined;
  readonly readings: Readonly<Record<string, ColumnReading>>;
  /** How the CSV files of the reference were. */
  readonly written?: Written | undefined;
  /** Folder for copies in another encoding. */
  readonly scratch: string;
}

function isTyped(column: { name: string; sql: string | undefined }): column is { name: string; sql: string } {
  return column.sql !== undefined;
}

let opened = 0;

/** As long as the lines of training data may be. */
const LINES = 'max_line_size = 16777216, buffer_size = 33554432';

/** A value holds a line break: DuckDB then reads a file with lines of different length in one thread only. */
const NOT_IN_PARALLEL = /parallel scanner does not support null_padding/;

/**
 * Opens a log file. CSV and JSON are read once, as text, so that a value of the wrong type is seen as what it is; lines that are torn are passed over.
 *
 * @param names watched columns
 * @throws UserError `log-column-missing` with the nearest name
 */
export async function openLog(
  database: Database,
  file: string,
  source: LogSource,
  names: readonly string[],
  reading: LogReading,
): Promise<LogTable> {
  const { written = {}, scratch } = reading;
  const format = formatOf(file);
  let raw: string;
  let temporary: string | undefined;
  let skipped = 0;
  if (format === 'parquet') raw = parquetRelation([file]);
  else {
    raw = temporary = `log_${++opened}`;
    if (format === 'jsonl') {
      const reader = await jsonReader(database, file, textsOf(source, names, reading));
      await database.run(`CREATE TEMP TABLE ${raw} AS SELECT * FROM ${reader}`);
    } else {
      const reader = await csvReader(file, format === 'tsv', written, join(scratch, raw), headerOf(source, names));
      skipped = await createOf(database, raw, reader);
      await writePlainly(database, raw, source, reading);
    }
  }
  const plain = format === 'parquet' ? await parquetColumns(file) : undefined;
  const there = plain?.every(isTyped) === true ? plain : await describe(database, raw);
  const types = new Map(there.map(({ name, sql }) => [name, sql]));
  const need = (name: string, path: (string | number)[]): string => {
    const sql = types.get(name);
    if (sql !== undefined) return sql;
    const meant = nearest(name, [...types.keys()]);
    throw new UserError({
      code: 'log-column-missing',
      message: `${basename(file)} has no column '${name}'.`,
      hint: meant === undefined ? `It has ${[...types.keys()].slice(0, 20).join(', ')}.` : `Did you mean '${meant}'?`,
      path,
    });
  };
  const { time, id, prediction, label, columns: renamed = {} } = source;
  const timeSql = timeOf(identifier(time), need(time, ['source', 'time']));
  if (id !== undefined) need(id, ['source', 'id']);
  const answer = prediction === undefined ? undefined : need(prediction, ['source', 'prediction']);
  if (label !== undefined) need(label, ['source', 'label']);
  for (const [name, own] of Object.entries(renamed)) need(own, ['source', 'columns', name]);
  const kept = names.flatMap((name) => {
    const own = Object.hasOwn(renamed, name) ? renamed[name]! : name;
    const sql = types.get(own);
    return sql === undefined ? [] : [{ name, own, sql }];
  });
  const used = new Set([time, id, prediction, label, ...kept.map(({ own }) => own)]);
  const list = [
    ...kept.map(({ name, own }) => `${identifier(own)} AS ${identifier(name)}`),
    `${timeSql} AS ${TIME}`,
    ...(id === undefined ? [] : [`CAST(${identifier(id)} AS VARCHAR) AS ${ID}`]),
    ...(prediction === undefined ? [] : [`${identifier(prediction)} AS ${ANSWER}`]),
    ...(label === undefined ? [] : [`nullif(CAST(${identifier(label)} AS VARCHAR), '') AS ${ACTUAL}`]),
  ];
  const own = new Map(kept.map((column) => [column.name, column.own]));
  if (prediction !== undefined) own.set(ANSWER, prediction);
  const relation = `(SELECT ${list.join(', ')} FROM ${raw})`;
  return {
    relation,
    temporary: temporary !== undefined,
    skipped,
    parquet: plain && { path: file, time, own },
    span: spanQuery(relation, raw, time, types.get(time)!),
    columns: kept.map(({ name, sql }) => ({ name, sql })),
    answer,
    foreign: there.map(({ name }) => name).filter((name) => !used.has(name)),
    close: async () => {
      if (temporary !== undefined) await database.run(`DROP TABLE IF EXISTS ${temporary}`);
    },
  };
}

/** The columns that the header of a log's file names, and the lines above it. */
function headerOf(source: LogSource, names: readonly string[]): HeaderSought {
  const { time, id, prediction, label, columns = {} } = source;
  const own = names.map((name) => (Object.hasOwn(columns, name) ? columns[name]! : name));
  return {
    skip: 'files' in source ? source['skip-lines'] : undefined,
    wanted: [time, id, prediction, label, ...own].filter((name) => name !== undefined),
  };
}

/** Columns that are texts whatever they look like. */
function textsOf(
  { id, label, columns = {} }: LogSource,
  names: readonly string[],
  { readings }: LogReading,
): Set<string> {
  const texts = names.filter((name) => Object.hasOwn(readings, name) && readings[name]!.type === 'text');
  const own = texts.map((name) => (Object.hasOwn(columns, name) ? columns[name]! : name));
  return new Set([id, label, ...own].filter((name) => name !== undefined));
}

/** Reads a CSV file into a table. @returns how many of its lines could not be read */
async function createOf(database: Database, table: string, reader: string): Promise<number> {
  const [rejects, scans] = [`${table}_rejects`, `${table}_scans`];
  const create = async (more = ''): Promise<void> => {
    const from = reader.replace(/\)$/, `, rejects_table = '${rejects}', rejects_scan = '${scans}'${more})`);
    await database.run(`CREATE TEMP TABLE ${table} AS SELECT * FROM ${from}`);
  };
  try {
    await create().catch(async (error: unknown) => {
      if (!(error instanceof UserError) || !NOT_IN_PARALLEL.test(error.message)) throw error;
      await database.run(`DROP TABLE IF EXISTS ${rejects}; DROP TABLE IF EXISTS ${scans}`);
      await create(', parallel = false');
    });
    const { n } = await database.one<{ n: number }>(`SELECT count(DISTINCT line) AS n FROM ${rejects}`);
    return n;
  } finally {
    await database.run(`DROP TABLE IF EXISTS ${rejects}; DROP TABLE IF EXISTS ${scans}`);
  }
}

/** SQL: the lines of a CSV file as texts; those that are torn are passed over. */
async function csvReader(
  file: string,
  tabs: boolean,
  written: Written,
  scratch: string,
  header: HeaderSought,
): Promise<string> {
  const start = await head(file, 1 << 18);
  const found = start && startAsWritten(start, tabs, written, header);
  const skip = found?.skip ?? header.skip ?? 0;
  const delimiter = tabs ? '\t' : found && found.names.length > 1 ? found.delimiter : undefined;
  const own = found?.isWindows1252 === true ? await asUtf8(file, scratch) : file;
  const { missing = [''] } = written;
  const encoding = (start && markedEncoding(start.bytes)) ?? written.encoding;
  const options = [
    ...(skip > 0 ? [`skip = ${skip}`] : []),
    ...(delimiter === undefined ? [] : [`delim = ${text(delimiter)}`]),
    ...(encoding !== undefined && encoding !== 'windows-1252' && encoding !== 'utf-8'
      ? [`encoding = ${text(encoding)}`]
      : []),
    ...(missing.some((word) => word !== '') ? [`nullstr = ${texts([...new Set(['', ...missing])])}`] : []),
  ];
  return `read_csv(${[literalPath(own), 'header = true, all_varchar = true, null_padding = true, ignore_errors = true', LINES, ...options].join(', ')})`;
}

/** Puts numbers and dates that are written as those of the reference were into plain text; also the time and the prediction. */
async function writePlainly(
  database: Database,
  table: string,
  { time, prediction, label, columns = {} }: LogSource,
  { readings, written = {}, task, plain: plainly = [] }: LogReading,
): Promise<void> {
  const there = (await describe(database, table)).map(({ name }) => name);
  const plain = new Map<string, string>();
  const put = (name: string, own: string, type: ColumnType): void => {
    const sql = there.includes(name) && !plainly.includes(name) ? plainColumn(name, own, type, written) : undefined;
    if (sql !== undefined) plain.set(name, sql);
  };
  for (const [own, { type }] of Object.entries(readings))
    put(Object.hasOwn(columns, own) ? columns[own]! : own, own, type);
  put(time, time, 'time');
  if (prediction !== undefined) put(prediction, prediction, 'number');
  if (label !== undefined && task === 'regression') put(label, label, 'number');
  if (plain.size === 0) return;
  const aside = `${table}_plain`;
  await database.run(
    `CREATE TEMP TABLE ${aside} AS SELECT * FROM ${plainRelation(table, plain)}; DROP TABLE ${table}; ALTER TABLE ${aside} RENAME TO ${table}`,
  );
}

/** Of true times the least and greatest are known before they are computed with, which takes a tenth of the time. */
function spanQuery(relation: string, raw: string, time: string, sql: string): string {
  const column = identifier(time);
  if (columnType(sql) === 'time')
    return `SELECT count(*) AS rows, count(*) - count(${column}) AS undated, ${timeOf(`min(${column})`, sql)} AS "from", ${timeOf(`max(${column})`, sql)} AS "to" FROM ${raw}`;
  return `SELECT count(*) AS rows, count(*) FILTER (WHERE ${TIME} IS NULL) AS undated, min(${TIME}) AS "from", max(${TIME}) AS "to" FROM ${relation}`;
}

/** Seconds since 1970 (the year 1980): a text that spells a smaller number is no time, but what stands of one where a line is torn, or a year. */
const EARLIEST = 315_532_800;

/** Milliseconds since 1970 of a column of times, of text, or of numbers: seconds, milliseconds, micro- or nanoseconds, told apart by their size. */
function timeOf(column: string, sql: string): string {
  const number = (value: string) =>
    `(CASE WHEN abs(${value}) < 1e11 THEN ${value} * 1e3 WHEN abs(${value}) < 1e14 THEN ${value} WHEN abs(${value}) < 1e17 THEN ${value} / 1e3 ELSE ${value} / 1e6 END)`;
  switch (columnType(sql)) {
    case 'number':
      return number(`CAST(${column} AS DOUBLE)`);
    case 'time':
      return sql.endsWith('WITH TIME ZONE')
        ? `epoch_us(${column}) / 1e3`
        : `epoch_us(CAST(${column} AS TIMESTAMP)) / 1e3`;
    default: {
      const words = `trim(CAST(${column} AS VARCHAR))`;
      const spelled = `TRY_CAST(${words} AS DOUBLE)`;
      return `coalesce(epoch_us(TRY_CAST(${words} AS TIMESTAMPTZ)) / 1e3, CASE WHEN ${spelled} >= ${EARLIEST} THEN ${number(spelled)} END)`;
    }
  }
}
