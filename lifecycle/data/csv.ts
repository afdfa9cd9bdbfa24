import path from 'node:path';
import type { FileSource, Written } from '../../schemas/generated/types';
import { UserError } from '../problem';
import {
  asUtf8,
  csvRelation,
  type CsvReading,
  type Database,
  decode,
  describe,
  head,
  identifier,
  literalPath,
  markedEncoding,
  readDelimited,
  SAMPLE_ROWS,
  text,
  uniqueNames,
} from '../table';
import { checkEncoding } from './encoding';
import { sameHeader } from './headers';
import { allowColumns, empty, type Readable, type Warn } from './readable';
import { speltRelation, spelling } from './csv-spelling';
import { type Source } from './source';
import { titleDoubt } from './title';

type Given = Omit<FileSource, 'file' | 'format'>;

/**
 * CSV and TSV files with one header: separator and header from their first bytes, types from DuckDB; numbers and dates that it does not know, by
 * how they are spelt.
 *
 * @param scratch folder for files that have to be put into another encoding
 */
export async function openCsv(
  database: Database,
  files: readonly string[],
  tabs: boolean,
  given: Given,
  missing: readonly string[],
  source: Source,
  warn: Warn,
  scratch: string,
): Promise<Readable> {
  const delimiter = given.delimiter ?? (tabs ? '\t' : undefined);
  let reading: CsvReading | undefined;
  let names: readonly string[] | undefined;
  let records: readonly (readonly string[])[] = [];
  let encodingMet: FileSource['encoding'];
  const full: string[] = [];
  const originals = new Map<string, string>();
  for (const file of files) {
    const start = await csvStart(database, file, { ...given, ...(delimiter !== undefined && { delimiter }) }, warn);
    if (start === undefined) continue;
    const encoding = given.encoding ?? start.encoding;
    encodingMet ??= encoding;
    if (encoding === 'windows-1252') {
      const copy = await asUtf8(file, path.join(scratch, `utf-8-${full.length}`));
      originals.set(copy, file);
      full.push(copy);
    } else full.push(file);
    reading ??= {
      delimiter: start.delimiter,
      header: start.header,
      ...(start.lineEnd && { lineEnd: start.lineEnd }),
      ...(given['skip-lines'] !== undefined && { skip: given['skip-lines'] }),
      ...(encoding && encoding !== 'windows-1252' && { encoding }),
      missing,
    };
    if (names === undefined) {
      ({ names, records } = start);
      if (start.renamed.length > 0) {
        const list = start.renamed.slice(0, 5).map(({ from, to }) => `'${from}' → '${to}'`);
        warn(
          `Columns of ${path.basename(file)} were renamed, because names must be unique and not empty: ${list.join(', ')}${start.renamed.length > 5 ? ', …' : ''}.`,
          { code: 'data-columns-renamed', path: ['source'] },
        );
      }
    } else sameHeader({ file: originals.get(full[0] ?? '') ?? full[0] ?? '', names }, { file, names: start.names });
  }
  if (reading === undefined || names === undefined) throw empty(source);
  const settled = reading;
  const types = await csvTypes(database, full[0] ?? '', settled, names);
  const spelt = spelling(names, types, records, { ...given, missing, infinities: true }, settled.delimiter);
  return {
    columns: spelt.columns,
    relation: (columns) => speltRelation(full, settled, columns, given.decimal, spelt.dates),
    missing: [],
    emptyIsMissing: missing.includes(''),
    typed: true,
    advice: spelt.advice,
    ...writtenOf(given, encodingMet, missing, spelt.dates),
    originals,
  };
}

/** What has to be known to read other files as these. */
function writtenOf(
  { delimiter, decimal, 'skip-lines': skip = 0 }: Given,
  encoding: FileSource['encoding'],
  missing: readonly string[],
  dates: ReadonlyMap<string, readonly string[]>,
): Pick<Readable, 'written'> {
  const written: Written = {
    ...(delimiter !== undefined && { delimiter }),
    ...(skip > 0 && { 'skip-lines': skip }),
    ...(encoding !== undefined && encoding !== 'utf-8' && { encoding }),
    ...(decimal !== undefined && { decimal }),
    ...(missing.some((word) => word !== '') && { missing: [...missing] }),
    ...(dates.size > 0 && {
      dates: Object.fromEntries([...dates].map(([name, formats]) => [name, [...formats]])),
    }),
  };
  return Object.keys(written).length > 0 ? { written } : {};
}

interface CsvStart {
  readonly lineEnd?: CsvReading['lineEnd'];
  readonly delimiter: string;
  readonly header: boolean;
  readonly names: readonly string[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  /** The first records, as texts. */
  readonly records: readonly (readonly string[])[];
  /** The encoding that the file itself tells. */
  readonly encoding?: FileSource['encoding'];
}

/** Bytes that are looked at first. */
const FIRST = 1 << 20;

/** Separator and header of one CSV file; undefined when it is empty. */
async function csvStart(database: Database, file: string, given: Given, warn: Warn): Promise<CsvStart | undefined> {
  for (const limit of [FIRST, 1 << 24]) {
    const start = await head(file, limit);
    if (start === undefined) return zstdStart(database, file, given);
    const { bytes, complete } = start;
    if (bytes.length === 0) return undefined;
    const doubt = checkEncoding(file, bytes, given.encoding);
    if (doubt && limit === FIRST)
      warn(doubt.message, { code: 'data-wrong-encoding', hint: doubt.hint, path: ['source', 'encoding'] });
    const opened = decode(bytes, given.encoding);
    checkTitle(file, opened, given, warn);
    const found = readDelimited(opened, complete, given);
    const encoding = given.encoding ?? markedEncoding(bytes);
    if (found.names.length > 0) return { ...found, ...(encoding && { encoding }) };
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

/** @throws UserError when a title stands above the header, and the header can't be read for it */
function checkTitle(file: string, opened: string, given: Given, warn: Warn): void {
  const doubt = given['skip-lines'] === undefined && given.header !== false ? titleDoubt(file, opened) : undefined;
  if (doubt?.runs) warn(doubt.message, { code: 'data-title-line', hint: doubt.hint, path: ['source'] });
  else if (doubt)
    throw new UserError({
      code: 'data-title-line',
      message: doubt.message,
      hint: doubt.hint,
      path: ['source'],
      file,
      line: 1,
    });
}

async function zstdStart(database: Database, file: string, given: Given): Promise<CsvStart> {
  const delimiter =
    given.delimiter ??
    (await database.one<{ Delimiter: string }>(`SELECT "Delimiter" FROM sniff_csv(${literalPath(file)})`)).Delimiter;
  const header = given.header ?? true;
  const relation = `read_csv(${literalPath(file)}, delim = ${text(delimiter)}, quote = '"', escape = '"', header = ${header}, skip = ${given['skip-lines'] ?? 0}, ignore_errors = true, all_varchar = true${given.encoding && given.encoding !== 'utf-8' ? `, encoding = ${text(given.encoding)}` : ''})`;
  const found = await describe(database, relation);
  const names = uniqueNames(header ? found.map(({ name }) => name) : found.map(() => ''));
  return { delimiter, header, ...names, records: [] };
}

async function csvTypes(
  database: Database,
  file: string,
  reading: CsvReading,
  names: readonly string[],
): Promise<string[]> {
  await allowColumns(database, names.length);
  const found = await describe(database, csvRelation([file], reading)).catch((error: unknown) => {
    // A file that can't be sampled is read as text: the strict reader then says exactly what is wrong with which line.
    if (error instanceof UserError || /sniff/i.test(String(error))) return [];
    throw error;
  });
  if (found.length !== names.length) return names.map(() => 'VARCHAR');
  const types = found.map(({ sql }) => sql);
  // DuckDB rounds a decimal that turns up later in a column of whole numbers, without a word. A double holds both, unless it is too long.
  const whole = types.flatMap((sql, i) => (sql === 'BIGINT' ? [i] : []));
  // DuckDB also takes Yes and No for booleans. Here those are texts, as they are to whoever writes them.
  const booleans = types.flatMap((sql, i) => (sql === 'BOOLEAN' ? [i] : []));
  if (whole.length + booleans.length === 0) return types;
  const texts = csvRelation(
    [file],
    reading,
    names.map((name) => ({ name, sql: 'VARCHAR' })),
  );
  const name = (i: number): string => identifier(names[i] ?? '');
  const checks = [
    ...whole.map((i) => `max(abs(CAST(TRY_CAST(${name(i)} AS BIGINT) AS DOUBLE))) AS m${i}`),
    ...booleans.map((i) => `coalesce(bool_and(lower(${name(i)}) IN ('true', 'false')), true) AS b${i}`),
  ];
  let row: Record<string, boolean | number | null> = {};
  try {
    row = await database.one<Record<string, boolean | number | null>>(
      `SELECT ${checks.join(', ')} FROM (SELECT * FROM ${texts} LIMIT ${SAMPLE_ROWS})`,
    );
  } catch (error) {
    // What is wrong with these rows comes out when they are read in earnest.
    if (!(error instanceof UserError)) throw error;
  }
  return types.map((sql, i) => {
    if (sql === 'BIGINT') return Number(row[`m${i}`] ?? 0) <= Number.MAX_SAFE_INTEGER ? 'DOUBLE' : sql;
    return sql === 'BOOLEAN' && row[`b${i}`] === false ? 'VARCHAR' : sql;
  });
}
