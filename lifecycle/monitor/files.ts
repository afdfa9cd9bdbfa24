import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ColumnType, Written } from '../../schemas/generated/types';
import { UserError } from '../problem';
import type { Sample } from '../statistics/sample';
import {
  asUtf8,
  columnType,
  csvRelation,
  type Database,
  type DatabaseOptions,
  describe,
  doubles,
  type FileFormat,
  formatOf,
  head,
  identifier,
  openJson,
  literalPath,
  markedEncoding,
  parquetRelation,
  plainColumn,
  plainRelation,
  readableEndings,
  readingAs,
  startAsWritten,
  strings,
  withDatabase,
} from '../table';
import { compareProfiles, type Drift, type DriftOptions } from './drift';
import { categoriesOf, type ColumnProfile, type ColumnReading, type TableProfile } from './profile';
import { CategoryFold, MOST_TEXTS } from './rest';

/** A file that can be profiled. */
export interface OpenTable {
  /** For `FROM`. */
  readonly relation: string;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType; readonly sql: string }[];
}

const HEAD = 1 << 20;

/**
 * Opens a Parquet, CSV, TSV or JSON lines file. CSV and JSON are read once, into memory or the scratch folder.
 *
 * @param options how a CSV file is written, which of its columns are what, those that its header should name, and a folder for copies in another encoding
 * @throws UserError when it is not there, can't be read, is empty, or of no known kind
 */
export async function openTable(
  database: Database,
  path: string,
  {
    readings = {},
    written = {},
    wanted = Object.keys(readings),
    scratch = tmpdir(),
  }: {
    readings?: Readonly<Record<string, ColumnReading>>;
    written?: Written | undefined;
    wanted?: readonly string[];
    scratch?: string;
  } = {},
): Promise<OpenTable> {
  const format = formatOf(path);
  if (format === undefined) {
    throw new UserError({
      code: 'file-format',
      message: `What kind of file ${basename(path)} is can't be told from its name.`,
      hint: `Endings that are known: ${readableEndings.join(' ')}.`,
    });
  }
  if ((await stat(path).catch(() => undefined))?.size === 0) throw emptyFile(path, format);
  if (format === 'parquet') return described(database, parquetRelation([path]));
  const table = `monitored_${++opened}`;
  if (format === 'jsonl') {
    await database.run(`CREATE TEMP TABLE ${table} AS SELECT * FROM ${(await openJson(database, [path])).relation}`);
    return described(database, table);
  }
  const start = await head(path, HEAD).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UserError({ code: 'file-missing', message: `There is no file ${path}.` });
  });
  const tabs = format === 'tsv';
  const found = start && startAsWritten(start, tabs, written, { wanted });
  if (found?.isWindows1252 !== true) return readCsv(database, table, path, found, start, { readings, written, tabs });
  await mkdir(scratch, { recursive: true });
  const copies = await mkdtemp(join(scratch, 'lifecycle-utf8-'));
  try {
    return await readCsv(database, table, await asUtf8(path, copies), found, start, { readings, written, tabs });
  } finally {
    await rm(copies, { recursive: true, force: true });
  }
}

function emptyFile(path: string, format: FileFormat): UserError {
  return new UserError({
    code: 'file-empty',
    message: `${basename(path)} is empty.`,
    ...((format === 'csv' || format === 'tsv') && { hint: 'Its first line must name the columns.' }),
  });
}

let opened = 0;

/** Reads a CSV file that DuckDB can decode into a table, as text, so that a value of the wrong type is seen as what it is and not refused. */
async function readCsv(
  database: Database,
  table: string,
  file: string,
  found: ReturnType<typeof startAsWritten> | undefined,
  start: Awaited<ReturnType<typeof head>>,
  {
    readings,
    written,
    tabs,
  }: {
    readonly readings: Readonly<Record<string, ColumnReading>>;
    readonly written: Written;
    readonly tabs: boolean;
  },
): Promise<OpenTable> {
  const reading = readingAs(
    {
      delimiter: found?.delimiter ?? (tabs ? '\t' : ','),
      header: true,
      lineEnd: found?.lineEnd,
      skip: found?.skip ?? 0,
    },
    start && markedEncoding(start.bytes) ? { ...written, encoding: markedEncoding(start.bytes)! } : written,
  );
  const guessed = await describe(database, csvRelation([file], reading));
  const names = found?.names ?? guessed.map(({ name }) => name);
  if (names.length === 0) throw emptyFile(file, 'csv');
  const columns = names.map((name) => ({ name, sql: 'VARCHAR' }));
  const plain = new Map<string, string>();
  for (const name of names) {
    const own = Object.hasOwn(readings, name) ? readings[name] : undefined;
    const sql = own && plainColumn(name, name, own.type, written);
    if (sql !== undefined) plain.set(name, sql);
  }
  const { missing } = written;
  const relation = csvRelation(
    [file],
    { ...reading, ...(missing && { missing: [...new Set(['', ...missing])] }) },
    columns,
  );
  await database.run(`CREATE TEMP TABLE ${table} AS SELECT * FROM ${plainRelation(relation, plain)}`);
  return {
    relation: table,
    columns: names.map((name, i) => ({ name, sql: 'VARCHAR', type: columnType(guessed[i]?.sql ?? 'VARCHAR') })),
  };
}

async function described(database: Database, relation: string): Promise<OpenTable> {
  const columns = await describe(database, relation);
  return { relation, columns: columns.map(({ name, sql }) => ({ name, sql, type: columnType(sql) })) };
}

/** Categories of all columns of a table that are counted each, and of a column at least. */
const MOST_TOGETHER = 4_000_000;
const LEAST_TEXTS = 10_000;

/**
 * Profiles columns of a relation: the database counts the values, so that only distinct ones come out.
 *
 * @param reference whose categories are counted each, however many there are
 */
export async function profileRelation(
  database: Database,
  { relation, columns: there }: OpenTable,
  readings: Readonly<Record<string, ColumnReading>>,
  reference: Readonly<Record<string, ColumnProfile>> = {},
): Promise<TableProfile> {
  const { n } = await database.one<{ n: number }>(`SELECT count(*) AS n FROM ${relation}`);
  // Own properties only, and no assignment by name: a column may be called `constructor` or `__proto__`.
  const columns: [string, ColumnProfile][] = [];
  let left = MOST_TOGETHER;
  for (const { name, sql } of there) {
    const reading = Object.hasOwn(readings, name) ? readings[name] : undefined;
    if (reading === undefined) continue;
    const kept = categoriesOf(Object.hasOwn(reference, name) ? reference[name] : undefined);
    const fold = new CategoryFold(kept, Math.min(MOST_TEXTS, Math.max(LEAST_TEXTS, left)));
    columns.push([name, await profileColumn(database, relation, { name, sql }, reading, n, fold)]);
    left -= fold.size;
  }
  return { rows: n, columns: Object.fromEntries(columns) };
}

const MISSING_TEXT = `('', 'nan', 'null', 'na', 'n/a', 'none')`;

/** The SQL of a column's value as its profile counts it; NULL (or not finite) where it is missing or of another type. */
export function valueOf(
  { name, sql }: { readonly name: string; readonly sql: string },
  { type, float32 }: ColumnReading,
): string {
  const column = identifier(name);
  const isText = columnType(sql) === 'text';
  const trimmed = `lower(trim(CAST(${column} AS VARCHAR)))`;
  return {
    number: `TRY_CAST(${isText ? `trim(CAST(${column} AS VARCHAR))` : column} AS ${float32 ? 'FLOAT' : 'DOUBLE'})`,
    time: `epoch_us(TRY_CAST(${column} AS TIMESTAMP)) / 1e3`,
    boolean: `CASE WHEN ${trimmed} IN ('true', '1', '1.0') THEN 'true' WHEN ${trimmed} IN ('false', '0', '0.0') THEN 'false' END`,
    text: `nullif(CAST(${column} AS VARCHAR), '')`,
  }[type];
}

/** Counts the values of a column, numbers each by itself. @param fold adds up categories */
export async function profileColumn(
  database: Database,
  relation: string,
  column: { readonly name: string; readonly sql: string },
  reading: ColumnReading,
  rows: number,
  fold = new CategoryFold(),
): Promise<ColumnProfile> {
  const { type } = reading;
  const value = valueOf(column, reading);
  const numeric = type === 'number' || type === 'time';
  const counted = numeric
    ? `SELECT CAST(v AS DOUBLE) + 0e0, CAST(count(*) AS DOUBLE) FROM (SELECT ${value} AS v FROM ${relation}) WHERE isfinite(v) GROUP BY v ORDER BY v`
    : `SELECT v, CAST(count(*) AS DOUBLE) FROM (SELECT ${value} AS v FROM ${relation}) WHERE v IS NOT NULL GROUP BY v ORDER BY v`;
  const values: Float64Array[] = [];
  const amounts: Float64Array[] = [];
  let present = 0;
  await database.stream(counted, (chunk, size) => {
    // What the database hands out lives as long as the chunk.
    const times = doubles(chunk, 1).slice(0, size);
    for (const count of times) present += count;
    if (numeric) {
      values.push(doubles(chunk, 0).slice(0, size));
      amounts.push(times);
    } else strings(chunk, 0).forEach((label, i) => fold.add(label!, times[i]!));
  });
  const missing = rows - present;
  const presence = { missing, misfits: await misfitsOf(database, relation, column, reading, missing) };
  if (!numeric) return { kind: 'category', type, ...fold.result(), ...presence };
  const sample: Sample = { values: joined(values), counts: joined(amounts), total: present };
  return { kind: 'number', type, sample, ...presence };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Values that are there but not of the type: asked only where some are missing and a value may be unreadable. */
export async function misfitsOf(
  database: Database,
  relation: string,
  column: { readonly name: string; readonly sql: string },
  reading: ColumnReading,
  missing: number,
): Promise<number> {
  const { type } = reading;
  const own = columnType(column.sql);
  // A number may be no boolean, and a time no number; all else that is not text can be read.
  if (
    missing === 0 ||
    type === 'text' ||
    (own !== 'text' && type !== 'boolean' && !(own === 'time' && type === 'number'))
  )
    return 0;
  const name = identifier(column.name);
  const { n } = await database.one<{ n: number }>(
    `SELECT count(*) AS n FROM ${relation} WHERE (${valueOf(column, reading)}) IS NULL AND ${name} IS NOT NULL AND lower(trim(CAST(${name} AS VARCHAR))) NOT IN ${MISSING_TEXT}`,
  );
  return n;
}

/** What {@link profileRelation} is to read of a table: every column by its own type, or the named ones. */
export function readingsOf({ columns }: OpenTable, names?: readonly string[]): Record<string, ColumnReading> {
  return Object.fromEntries(
    columns
      .filter(({ name }) => names === undefined || names.includes(name))
      .map(({ name, type, sql }) => [name, { type, ...(sql === 'FLOAT' && { float32: true }) }]),
  );
}

/**
 * Compares two files: `lifecycle monitor --reference a.parquet --current b.csv`. The types are those of the reference; columns that only
 * one of them has can't be compared and are listed.
 *
 * @throws UserError for files that can't be read, or that share no column
 */
export async function driftOfFiles(
  reference: string,
  current: string,
  options: DriftOptions & DatabaseOptions = {},
): Promise<Drift & { readonly onlyReference: readonly string[]; readonly onlyCurrent: readonly string[] }> {
  return withDatabase(options, async (database) => {
    const before = await openTable(database, reference);
    const after = await openTable(database, current);
    const readings = readingsOf(before, options.columns);
    const onlyReference = Object.keys(readings).filter((name) => !after.columns.some((column) => column.name === name));
    const onlyCurrent = after.columns
      .filter(({ name }) => !before.columns.some((column) => column.name === name))
      .map(({ name }) => name);
    if (onlyReference.length === Object.keys(readings).length) {
      throw new UserError({
        code: 'columns-differ',
        message: `${basename(current)} has none of the columns of ${basename(reference)} (${onlyReference.slice(0, 10).join(', ')}).`,
        hint: `It has ${onlyCurrent.slice(0, 10).join(', ')}.`,
      });
    }
    const profile = await profileRelation(database, before, readings);
    const drift = compareProfiles(profile, await profileRelation(database, after, readings, profile.columns), options);
    return { ...drift, onlyReference, onlyCurrent };
  });
}

/** The relation of a Parquet file that is known to be there. */
export async function openParquet(database: Database, path: string): Promise<OpenTable> {
  return described(database, `read_parquet(${literalPath(path)})`);
}
