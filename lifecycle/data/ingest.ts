import path from 'node:path';
import type { ColumnType, DataStage, Written } from '../../schemas/generated/types';
import { UserError } from '../problem';
import {
  columnType,
  ConversionError,
  copyToParquet,
  type Database,
  identifier,
  literalPath,
  otherLineEnd,
  sayOtherEnd,
  texts,
} from '../table';
import { type Column, readRoles, type Roles } from './columns';
import { randomKey } from './cut';
import { IMAGE_COLUMN } from './image-files';
import { openImages } from './image-reader';
import { openImageTable } from './image-table';
import { type PixelColumn } from './fit';
import { adviceWarnings } from './csv-spelling';
import { allowColumns, empty, type Found, type Readable, type Warn } from './readable';
import { openSource, sqlError } from './reader';
import { type Source } from './source';
import { misspelt } from '../table/spelling';
import { layoutFor } from './write';

/** Rows as read, with everything later steps need of them. */
export interface Work {
  readonly columns: readonly Column[];
  /** Relation with the columns' ids, `h` (hash of the row's content), `k` (random key of the row, from content or id and the seed) and `r` (row number from 0). */
  readonly relation: string;
  readonly rows: number;
  /** The file behind the relation. */
  readonly file: string;
  /** How the source is written, where it is not plain. */
  readonly written?: Written;
  /** The column that holds the pixels of images. */
  readonly image?: PixelColumn;
}

export interface IngestOptions {
  readonly seed: number;
  /** Folder for the working file. */
  readonly scratch: string;
  readonly warn: Warn;
  readonly onProgress?: (fraction: number) => void;
  readonly signal: AbortSignal;
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
  const pictures =
    source.kind !== 'images'
      ? undefined
      : source.table === undefined
        ? await openImages(source, options)
        : await openImageTable(database, source, options);
  const readable =
    source.kind === 'images' ? pictures! : await openSource(database, source, options.warn, options.scratch);
  if (readable.columns.length === 0) throw empty(source);
  await allowColumns(database, readable.columns.length);
  const roles = readRoles(
    pictures ? withFileAsId(stage, pictures.file) : stage,
    readable.columns.map(({ name }) => name),
  );
  const file = path.join(options.scratch, 'work.parquet');
  let types = readable.typed ? readable.columns.map((column) => wished(column, roles)) : readable.columns;
  for (;;) {
    const columns = kept(types, roles);
    const query = workQuery(readable, types, columns, options.seed);
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
      if (source.kind === 'sql') throw sqlError(error, false) ?? error;
      const told = misspeltError(error) ?? castError(error, columns) ?? withOriginal(error, readable.originals);
      throw await withLine(told);
    }
    // Without ids the key is one-to-one with the hash of the row, and stands for it.
    const hash = columns.some(({ roles }) => roles.includes('id')) ? '' : 'k AS h, ';
    const relation = `(SELECT * EXCLUDE (file_row_number), ${hash}file_row_number AS r FROM read_parquet(${literalPath(file)}, file_row_number = true))`;
    const { n } = await database.one<{ n: number }>(`SELECT count(*) AS n FROM ${relation}`);
    if (n === 0) throw empty(source);
    // Said only of what could be read: what keeps a file from being read is the cause of much that looks odd in it.
    if (source.kind === 'files') advise(stage, readable, source.options.missing, roles, options.warn);
    return {
      columns,
      relation,
      rows: n,
      file,
      ...(readable.written && { written: readable.written }),
      ...(pictures && { image: { column: IMAGE_COLUMN, ...pictures.image, sizes: pictures.sizes } }),
    };
  }
}

/** Says how columns of texts would read better, unless the stage knows what it does with them. */
function advise(
  stage: DataStage,
  readable: Readable,
  missing: readonly string[] | undefined,
  roles: Roles,
  warn: Warn,
): void {
  const open = (readable.advice ?? []).filter(
    ({ column }) => !roles.dropped(column) && roles.type(column) === undefined && !roles.of(column).includes('id'),
  );
  for (const { message, code, hint } of adviceWarnings(open, missing))
    warn(message, { code, hint, path: [...(typeof stage.source === 'string' ? ['source'] : ['source', 'file'])] });
}

/** A value that is not written as the column is. */
function misspeltError(error: unknown): UserError | undefined {
  const found = misspelt(error);
  if (found === undefined) return undefined;
  const { column, type, value } = found;
  const date = /DATE|TIME/.test(type);
  return new UserError({
    code: 'data-wrong-type',
    message: `Column '${column}' holds "${value.slice(0, 60)}", which is not ${date ? 'a date as the others are' : 'a number as source.decimal says'}.`,
    hint: `If that text means a missing value, list it under 'source.missing'; ${date ? "if it is a date, add its format to 'source.date-format'; " : ''}if the column is text, set 'columns.types: {${column}: text}'.`,
    path: ['source'],
  });
}

/** The error, about the file that the user knows. */
function withOriginal(error: unknown, originals: Readable['originals']): unknown {
  if (!(error instanceof UserError) || error.problem.file === undefined) return error;
  const file = originals?.get(error.problem.file);
  return file === undefined ? error : new UserError({ ...error.problem, file });
}

/** Of lines with several ends, which is the first that differs. */
async function withLine(error: unknown): Promise<unknown> {
  const problem = error instanceof UserError && error.problem.code === 'data-line-ends' ? error.problem : undefined;
  const found = problem?.file === undefined ? undefined : await otherLineEnd(problem.file);
  if (problem === undefined || found === undefined) return error;
  const message = sayOtherEnd(path.basename(problem.file ?? ''), found);
  return new UserError({ ...problem, message, line: found.line });
}

/** The names of images say which is which, unless the stage says otherwise. */
function withFileAsId(stage: DataStage, file: string): DataStage {
  const { columns = {} } = stage;
  const named = Object.values(columns).some((names) => (Array.isArray(names) ? names.includes(file) : names === file));
  return named ? stage : { ...stage, columns: { ...columns, id: [columns.id ?? [], file].flat() } };
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
function cleaned(column: Column, found: Found, { missing, emptyIsMissing = false }: Readable): string {
  const name = identifier(found.name);
  const given =
    found.sql === 'VARCHAR' && missing.some((value) => value !== '')
      ? `CASE WHEN ${name} IN (${texts(missing).slice(1, -1)}) THEN NULL ELSE ${name} END`
      : name;
  switch (column.type) {
    case 'text':
      if (found.sql === 'VARCHAR' && emptyIsMissing) return given;
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
      // This way round, a chunk of finite numbers is passed on as it is.
      return `CASE WHEN NOT isfinite(${value}) THEN NULL ELSE ${value} END`;
    }
  }
}

function nonEmpty(sql: string, found: Found): string {
  return found.sql === 'VARCHAR' ? `nullif(${sql}, '')` : sql;
}

function workQuery(readable: Readable, found: readonly Found[], columns: readonly Column[], seed: number): string {
  const byName = new Map(found.map((column) => [column.name, column]));
  const list = columns.map((column) => {
    const of = byName.get(column.name);
    if (of === undefined) throw new Error(`the column '${column.name}' got lost`);
    return `${cleaned(column, of, readable)} AS ${column.id}`;
  });
  const ids = columns.filter(({ roles }) => roles.includes('id'));
  const all = columns.map(({ id }) => id).join(', ');
  const cleanRows = `(SELECT ${list.join(', ')} FROM ${readable.relation(found)})`;
  if (ids.length === 0) return `SELECT ${all}, ${randomKey(`hash(${all})`, `split:${seed}`)} AS k FROM ${cleanRows}`;
  const key = `md5_number_lower(concat_ws('|', ${ids.map(({ id }) => `coalesce(CAST(${id} AS VARCHAR), '')`).join(', ')}) || ':${seed}')`;
  return `SELECT ${all}, hash(${all}) AS h, ${key} AS k FROM ${cleanRows}`;
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
