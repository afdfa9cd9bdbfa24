import path from 'node:path';
import type { ColumnType, DataStage, FileSource } from '../../schemas/generated/types';
import { UserError } from '../problem';
import {
  columnType,
  ConversionError,
  copyToParquet,
  csvRelation,
  type CsvReading,
  type Database,
  decode,
  describe,
  head,
  identifier,
  jsonRelation,
  literalPath,
  parquetRelation,
  readDelimited,
  SAMPLE_ROWS,
  text,
  texts,
  uniqueNames,
} from '../table';
import { type Column, readRoles, type Roles } from './columns';
import { randomKey } from './cut';
import { type Source } from './source';
import { layoutFor } from './write';

/** Rows as read, with everything later steps need of them. */
export interface Work {
  readonly columns: readonly Column[];
  /** Relation with the columns' ids, `h` (hash of the row's content), `k` (random key of the row, from content or id and the seed) and `r` (row number from 0). */
  readonly relation: string;
  readonly rows: number;
}

export interface IngestOptions {
  readonly seed: number;
  /** Folder for the working file. */
  readonly scratch: string;
  readonly warn: (message: string, more?: { code?: string; hint?: string; path?: (string | number)[] }) => void;
  readonly onProgress?: (fraction: number) => void;
  readonly signal: AbortSignal;
}

const MEMORY_PER_COLUMN = 400e3;

interface Found {
  readonly name: string;
  readonly sql: string;
}

interface Readable {
  readonly columns: readonly Found[];
  /** The relation, when its columns are read as these types. */
  relation(columns: readonly Found[]): string;
  /** Texts that mean missing and that the reader does not know of. */
  readonly missing: readonly string[];
  /** Strict readers can be asked again with a wider type. */
  readonly typed: boolean;
}

/**
 * Reads a source once into a working Parquet file: columns typed and cleaned (missing is NULL: also NaN, infinities and empty texts), each row
 * with its content hash and its random key.
 */
export async function ingest(
  database: Database,
  stage: DataStage,
  source: Source,
  options: IngestOptions,
): Promise<Work> {
  const readable = await open(database, source, options);
  if (readable.columns.length === 0) throw empty(source);
  // Reading and writing keep buffers for every column at once.
  await database.allow(readable.columns.length * MEMORY_PER_COLUMN);
  const roles = readRoles(
    stage,
    readable.columns.map(({ name }) => name),
  );
  const file = path.join(options.scratch, 'work.parquet');
  let types = readable.typed ? readable.columns.map((column) => wished(column, roles)) : readable.columns;
  for (;;) {
    const columns = kept(types, roles);
    const query = workQuery(readable.relation(types), types, columns, readable.missing, options.seed);
    try {
      await database.run(
        copyToParquet(query, file, { compression: 'uncompressed', ...layoutFor(columns.length) }),
        options.onProgress ? { onProgress: options.onProgress } : {},
      );
    } catch (error) {
      const wider = error instanceof ConversionError ? widen(types, error, roles) : undefined;
      if (wider) {
        types = wider;
        continue;
      }
      options.signal.throwIfAborted();
      throw (source.kind === 'sql' ? sqlError(error, false) : castError(error, columns)) ?? error;
    }
    const relation = `(SELECT * EXCLUDE (file_row_number), file_row_number AS r FROM read_parquet(${literalPath(file)}, file_row_number = true))`;
    const { n } = await database.one<{ n: number }>(`SELECT count(*) AS n FROM ${relation}`);
    if (n === 0) throw empty(source);
    return { columns, relation, rows: n };
  }
}

function empty(source: Source): UserError {
  const name =
    source.kind === 'sql'
      ? 'The query'
      : source.files.length === 1
        ? path.basename(source.files[0] ?? '')
        : `Each of the ${source.files.length} files`;
  return new UserError({
    code: 'data-empty',
    message: source.kind === 'sql' ? 'The query gives no rows.' : `${name} has no rows.`,
    ...(source.kind === 'files' && { hint: 'A header alone is not enough: there must be at least one row under it.' }),
    path: ['source'],
  });
}

async function open(database: Database, source: Source, options: IngestOptions): Promise<Readable> {
  if (source.kind === 'sql') return openSql(database, source.sql);
  const { files, format } = source;
  const missing = source.options.missing ?? [''];
  if (format === 'parquet') {
    const relation = parquetRelation(files);
    return { columns: await describe(database, relation), relation: () => relation, missing, typed: false };
  }
  if (format === 'jsonl') {
    if (await allBlank(files)) throw empty(source);
    const found = await describe(database, jsonRelation(files));
    // As in CSV: a decimal that turns up late must not be rounded.
    const columns = found.map(({ name, sql }) => ({ name, sql: sql === 'BIGINT' ? 'DOUBLE' : sql }));
    return { columns, relation: () => jsonRelation(files, columns), missing, typed: false };
  }
  return openCsv(database, files, format === 'tsv', source.options, missing, source, options);
}

async function openSql(database: Database, sql: string): Promise<Readable> {
  const start = sql.replace(/^(?:\s|\(|--[^\n]*\n|\/\*[\s\S]*?\*\/)*/, '');
  if (!/^(?:select|with|from|values|pivot|unpivot)\b/i.test(start)) {
    throw new UserError({
      code: 'data-sql-not-select',
      message: 'The query must be a SELECT.',
      path: ['source', 'sql'],
    });
  }
  const kinds = await database.statements(sql).catch((error: unknown) => {
    throw sqlError(error);
  });
  if (kinds.length !== 1 || kinds[0] !== 'select') {
    throw new UserError({
      code: 'data-sql-not-select',
      message:
        kinds.length > 1
          ? `The query has ${kinds.length} statements; it must be one SELECT.`
          : 'The query must be a SELECT.',
      path: ['source', 'sql'],
    });
  }
  const relation = `(${sql.trim().replace(/;\s*$/, '')}\n)`;
  const columns = await describe(database, relation).catch((error: unknown) => {
    throw sqlError(error);
  });
  return { columns, relation: () => relation, missing: [], typed: false };
}

/** @param own whether the lines after the first are about the query as the user wrote it */
function sqlError(error: unknown, own = true): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  const [first = '', ...rest] = error.message
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('  in: '));
  return new UserError({
    code: 'data-bad-sql',
    message: `The query can't be run: ${first}`,
    hint: "It is one SELECT in DuckDB's SQL; files are named in single quotes: select * from 'data/a.csv'.",
    path: ['source', 'sql'],
    ...(own && { details: rest.slice(0, 6) }),
  });
}

async function allBlank(files: readonly string[]): Promise<boolean> {
  for (const file of files) {
    const start = await head(file, 65_536);
    if (!start || decode(start.bytes).trim() !== '') return false;
  }
  return true;
}

async function openCsv(
  database: Database,
  files: readonly string[],
  tabs: boolean,
  given: Omit<FileSource, 'file' | 'format'>,
  missing: readonly string[],
  source: Source,
  { warn }: IngestOptions,
): Promise<Readable> {
  const delimiter = given.delimiter ?? (tabs ? '\t' : undefined);
  let reading: CsvReading | undefined;
  let names: readonly string[] | undefined;
  const full: string[] = [];
  for (const file of files) {
    const start = await csvStart(database, file, { ...given, ...(delimiter !== undefined && { delimiter }) });
    if (start === undefined) continue;
    full.push(file);
    reading ??= {
      delimiter: start.delimiter,
      header: start.header,
      ...(given.encoding && { encoding: given.encoding }),
      missing,
    };
    if (names === undefined) {
      names = start.names;
      if (start.renamed.length > 0) {
        const list = start.renamed.slice(0, 5).map(({ from, to }) => `'${from}' → '${to}'`);
        warn(
          `Columns of ${path.basename(file)} were renamed, because names must be unique and not empty: ${list.join(', ')}${start.renamed.length > 5 ? ', …' : ''}.`,
          { code: 'data-columns-renamed' },
        );
      }
    } else if (start.names.length !== names.length || start.names.some((name, i) => name !== names?.[i])) {
      const odd =
        start.names.find((name) => !names?.includes(name)) ?? names.find((name) => !start.names.includes(name));
      throw new UserError({
        code: 'data-headers-differ',
        message: `${path.basename(file)} has other columns than ${path.basename(full[0] ?? '')}${odd === undefined ? ', or in another order' : `: '${odd}' is in one of them only`}.`,
        hint: 'Files that are read together must have the same header.',
        file,
        line: 1,
      });
    }
  }
  if (reading === undefined || names === undefined) throw empty(source);
  const settled = reading;
  const types = await csvTypes(database, full[0] ?? '', settled, names);
  return {
    columns: names.map((name, i) => ({ name, sql: types[i] ?? 'VARCHAR' })),
    relation: (columns) => csvRelation(full, settled, columns),
    missing: [],
    typed: true,
  };
}

interface CsvStart {
  readonly delimiter: string;
  readonly header: boolean;
  readonly names: readonly string[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
}

/** Separator and header of one CSV file; undefined when it is empty. */
async function csvStart(
  database: Database,
  file: string,
  given: Omit<FileSource, 'file' | 'format'>,
): Promise<CsvStart | undefined> {
  for (const limit of [1 << 20, 1 << 24]) {
    const start = await head(file, limit);
    if (start === undefined) return zstdStart(database, file, given);
    const { bytes, complete } = start;
    if (bytes.length === 0) return undefined;
    checkEncoding(file, bytes, given.encoding);
    const found = readDelimited(decode(bytes, given.encoding), complete, given);
    if (found.names.length > 0) return found;
    if (complete) break;
  }
  const start = await head(file, 1 << 20);
  if (start && decode(start.bytes, given.encoding).trim() === '') return undefined;
  throw new UserError({
    code: 'data-open-quote',
    message: `${path.basename(file)}: no complete row was found; is a double quote opened and never closed?`,
    file,
    line: 1,
  });
}

async function zstdStart(
  database: Database,
  file: string,
  given: Omit<FileSource, 'file' | 'format'>,
): Promise<CsvStart> {
  const delimiter =
    given.delimiter ??
    (await database.one<{ Delimiter: string }>(`SELECT "Delimiter" FROM sniff_csv(${literalPath(file)})`)).Delimiter;
  const header = given.header ?? true;
  const relation = `read_csv(${literalPath(file)}, delim = ${text(delimiter)}, quote = '"', escape = '"', header = ${header}, ignore_errors = true, all_varchar = true${given.encoding && given.encoding !== 'utf-8' ? `, encoding = ${text(given.encoding)}` : ''})`;
  const found = await describe(database, relation);
  return { delimiter, header, ...uniqueNames(header ? found.map(({ name }) => name) : found.map(() => '')) };
}

/** Says early what DuckDB would say late or, of a header, not at all. */
function checkEncoding(file: string, bytes: Uint8Array, encoding: FileSource['encoding']): void {
  if (encoding !== undefined && encoding !== 'utf-8') return;
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (!wide && bytes.includes(0)) {
    throw new UserError({
      code: 'data-not-text',
      message: `${path.basename(file)} is not a text file.`,
      hint: "If it is not a CSV file, state its format with 'source: {file: …, format: …}'.",
      file,
    });
  }
  const end = bytes.lastIndexOf(10) + 1 || bytes.length;
  let line: number | undefined;
  if (wide) line = 1;
  else {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end));
    } catch {
      line = 1;
      const decoder = new TextDecoder('utf-8', { fatal: true });
      for (let at = 0; at < end; line++) {
        const next = bytes.indexOf(10, at) + 1 || end;
        try {
          decoder.decode(bytes.subarray(at, next));
        } catch {
          break;
        }
        at = next;
      }
    }
  }
  if (line === undefined) return;
  throw new UserError({
    code: 'data-wrong-encoding',
    message: `${path.basename(file)} line ${line} is not UTF-8.`,
    hint: `State the file's encoding: 'source: {file: …, encoding: ${wide ? 'utf-16' : 'latin-1'}}'.`,
    file,
    line,
  });
}

async function csvTypes(
  database: Database,
  file: string,
  reading: CsvReading,
  names: readonly string[],
): Promise<string[]> {
  const found = await describe(database, csvRelation([file], reading)).catch((error: unknown) => {
    // A file that can't be sampled is read as text: the strict reader then says exactly what is wrong with which line.
    if (error instanceof UserError || /sniff/i.test(String(error))) return [];
    throw error;
  });
  if (found.length !== names.length) return names.map(() => 'VARCHAR');
  const types = found.map(({ sql }) => sql);
  // DuckDB rounds a decimal that turns up later in a column of whole numbers, without a word. A double holds both, unless it is too long.
  const whole = types.flatMap((sql, i) => (sql === 'BIGINT' ? [i] : []));
  if (whole.length > 0) {
    const list = whole.map((i) => `max(abs(CAST(${identifier(found[i]?.name ?? '')} AS DOUBLE))) AS m${i}`);
    const row = await database.one<Record<string, number | null>>(
      `SELECT ${list.join(', ')} FROM (SELECT * FROM ${csvRelation([file], reading)} LIMIT ${SAMPLE_ROWS})`,
    );
    for (const i of whole) if ((row[`m${i}`] ?? 0) <= Number.MAX_SAFE_INTEGER) types[i] = 'DOUBLE';
  }
  // DuckDB also takes Yes and No for booleans. Here those are texts, as they are to whoever writes them.
  const booleans = types.flatMap((sql, i) => (sql === 'BOOLEAN' ? [i] : []));
  if (booleans.length === 0) return types;
  const texts = csvRelation(
    [file],
    reading,
    names.map((name) => ({ name, sql: 'VARCHAR' })),
  );
  const checks = booleans.map(
    (i) => `coalesce(bool_and(lower(${identifier(names[i] ?? '')}) IN ('true', 'false')), true) AS b${i}`,
  );
  let row: Record<string, boolean> = {};
  try {
    row = await database.one<Record<string, boolean>>(
      `SELECT ${checks.join(', ')} FROM (SELECT * FROM ${texts} LIMIT ${SAMPLE_ROWS})`,
    );
  } catch (error) {
    // What is wrong with these rows comes out when they are read in earnest.
    if (!(error instanceof UserError)) throw error;
  }
  return types.map((sql, i) => (sql === 'BOOLEAN' && row[`b${i}`] === false ? 'VARCHAR' : sql));
}

/** The type a CSV column is read as, when the stage states one. */
function wished({ name, sql }: Found, roles: Roles): Found {
  const type = roles.type(name);
  if (type === undefined || roles.dropped(name)) return { name, sql: roles.dropped(name) ? 'VARCHAR' : sql };
  if (type === 'text') return { name, sql: 'VARCHAR' };
  if (type === 'number') return { name, sql: columnType(sql) === 'number' ? sql : 'DOUBLE' };
  if (type === 'time') return { name, sql: columnType(sql) === 'time' ? sql : 'TIMESTAMP' };
  return { name, sql: sql === 'BIGINT' ? sql : 'BOOLEAN' };
}

/** A later row of a CSV column did not fit the type found in the first rows; whole numbers may turn out to be decimals, dates to be times. */
function widen(columns: readonly Found[], { conversion }: ConversionError, roles: Roles): Found[] | undefined {
  const at = columns.findIndex(({ name }) => name === conversion.column);
  const column = columns[at];
  if (column === undefined || roles.type(column.name) === 'text') return undefined;
  const value = conversion.value.trim();
  const number = value !== '' && Number.isFinite(Number(value));
  const sql =
    column.sql === 'BIGINT' && number
      ? 'DOUBLE'
      : column.sql === 'DATE' && /^\d{4}-\d\d-\d\d[ T]\d/.test(value)
        ? 'TIMESTAMP'
        : undefined;
  return sql === undefined ? undefined : columns.with(at, { name: column.name, sql });
}

function kept(found: readonly Found[], roles: Roles): Column[] {
  const columns: Column[] = [];
  found.forEach(({ name, sql }, i) => {
    if (roles.dropped(name)) return;
    const type: ColumnType = roles.type(name) ?? columnType(sql);
    columns.push({ name, id: `c${i}`, type, sql: storedType(type, sql), roles: roles.of(name) });
  });
  return columns;
}

/** Whole numbers stay whole; every other number is a DOUBLE, every instant a TIMESTAMP in UTC. */
function storedType(type: ColumnType, sql: string): string {
  if (type === 'text') return 'VARCHAR';
  if (type === 'boolean') return 'BOOLEAN';
  if (type === 'time') return sql === 'DATE' ? 'DATE' : 'TIMESTAMP';
  return /^U?(TINYINT|SMALLINT|INTEGER)$|^BIGINT$/.test(sql) ? sql : 'DOUBLE';
}

/** The SQL that cleans one column: whatever was missing in its own way becomes NULL. */
function cleaned(column: Column, found: Found, missing: readonly string[]): string {
  const name = identifier(found.name);
  const given =
    found.sql === 'VARCHAR' && missing.some((value) => value !== '')
      ? `CASE WHEN ${name} IN (${texts(missing).slice(1, -1)}) THEN NULL ELSE ${name} END`
      : name;
  switch (column.type) {
    case 'text':
      return `nullif(${found.sql === 'VARCHAR' ? given : `CAST(${name} AS VARCHAR)`}, '')`;
    case 'boolean':
      return found.sql === 'BOOLEAN' ? name : `CAST(${nonEmpty(given, found)} AS BOOLEAN)`;
    case 'time':
      if (found.sql === column.sql) return name;
      return /TIME ZONE/.test(found.sql)
        ? `(${name} AT TIME ZONE 'UTC')`
        : `CAST(${nonEmpty(given, found)} AS ${column.sql})`;
    case 'number': {
      if (column.sql !== 'DOUBLE') return name;
      const value = found.sql === 'DOUBLE' ? name : `CAST(${nonEmpty(given, found)} AS DOUBLE)`;
      return `CASE WHEN isfinite(${value}) THEN ${value} END`;
    }
  }
}

function nonEmpty(sql: string, found: Found): string {
  return found.sql === 'VARCHAR' ? `nullif(${sql}, '')` : sql;
}

function workQuery(
  relation: string,
  found: readonly Found[],
  columns: readonly Column[],
  missing: readonly string[],
  seed: number,
): string {
  const byName = new Map(found.map((column) => [column.name, column]));
  const list = columns.map((column) => {
    const of = byName.get(column.name);
    if (of === undefined) throw new Error(`the column '${column.name}' got lost`);
    return `${cleaned(column, of, missing)} AS ${column.id}`;
  });
  const ids = columns.filter(({ roles }) => roles.includes('id'));
  const key =
    ids.length > 0
      ? `md5_number_lower(concat_ws('|', ${ids.map(({ id }) => `coalesce(CAST(${id} AS VARCHAR), '')`).join(', ')}) || ':${seed}')`
      : randomKey('h', `split:${seed}`);
  const all = columns.map(({ id }) => id).join(', ');
  return `SELECT *, ${key} AS k FROM (SELECT ${all}, hash(${all}) AS h FROM (SELECT ${list.join(', ')} FROM ${relation}))`;
}

/** A cast of ours that failed: the stage states a type that the column does not have. */
function castError(error: unknown, columns: readonly Column[]): UserError | undefined {
  const message = error instanceof Error ? error.message : '';
  const match =
    /Could not convert string '(.*?)' to (\w+)|invalid (?:timestamp|date) field format: "(.*?)"|Unimplemented type for cast \((.*?)\)/s.exec(
      message,
    );
  if (!match || error instanceof UserError) return undefined;
  const stated = columns.map(({ name, type }) => `${name}: ${type}`);
  const value = match[1] ?? match[3];
  return new UserError({
    code: 'data-wrong-type',
    message:
      value === undefined
        ? `A column does not have the type that is stated: ${match[4] ?? ''}.`
        : `"${value.slice(0, 60)}" does not fit the type stated for its column.`,
    hint: 'Correct columns.types, or list texts that mean missing under source.missing.',
    path: ['columns', 'types'],
    details: stated.slice(0, 12),
  });
}
