import { UserError } from '../problem';
import { type Database, decode, describe, head, notedWriting, parquetRelation } from '../table';
import { openCsv } from './csv';
import { readJson } from './json';
import { empty, type Readable, type Warn } from './readable';
import { type TableSource } from './source';

/**
 * Finds the columns of a source and how to read them.
 *
 * @param scratch folder for working files
 * @throws UserError when there is nothing in it, or it is not what its format says
 */
export async function openSource(
  database: Database,
  source: TableSource,
  warn: Warn,
  scratch: string,
): Promise<Readable> {
  if (source.kind === 'sql') return openSql(database, source.sql);
  const { files, format } = source;
  const missing = source.options.missing ?? [''];
  if (format === 'parquet') {
    const relation = parquetRelation(files);
    const columns = await describe(database, relation);
    const written = await notedWriting(database, files[0] ?? '');
    return { columns, relation: () => relation, missing, typed: false, ...(written && { written }) };
  }
  if (format === 'jsonl') {
    if (await allBlank(files)) throw empty(source);
    return readJson(database, files, source.options);
  }
  return openCsv(database, files, format === 'tsv', source.options, missing, source, warn, scratch);
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
export function sqlError(error: unknown, own = true): unknown {
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
