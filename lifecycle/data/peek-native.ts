import {
  type ColumnData,
  columnsOf,
  columnType,
  type Database,
  describe,
  literalPath,
  parquetRelation,
  withDatabase,
} from '../table';
import { UserError } from '../problem';
import type { Peek, PeekedColumn, PeekOptions } from './peek';
import { profileValues } from './peek-profile';
import type { TableSource } from './source';

const SAMPLE = 2000;
const MILLISECONDS = 2000;

/** Parquet, zstd and queries, by DuckDB with little memory and a time limit. */
export async function lookNatively(
  source: TableSource,
  folder: string,
  options: PeekOptions,
): Promise<Omit<Peek, 'files' | 'format'>> {
  const limit = AbortSignal.timeout(options.milliseconds ?? MILLISECONDS);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  try {
    return await withDatabase({ memory: 256e6, signal, folder }, (database) => sample(database, source));
  } catch (error) {
    if (!limit.aborted) throw error;
    throw new UserError({ code: 'data-slow', message: 'Looking at this source takes too long.' });
  }
}

async function sample(database: Database, source: TableSource): Promise<Omit<Peek, 'files' | 'format'>> {
  if (source.kind === 'sql') {
    const kinds = await database.statements(source.sql);
    if (kinds.length !== 1 || kinds[0] !== 'select')
      throw new UserError({ code: 'data-sql-not-select', message: 'The query must be one SELECT.' });
    // Types alone: running the query may take any time.
    const found = await describe(database, `(${source.sql.trim().replace(/;\s*$/, '')}\n)`);
    return {
      columns: found.map(({ name, sql }): PeekedColumn => ({
        name,
        type: columnType(sql),
        missing: 0,
        distinct: 0,
        values: [],
      })),
      sampled: 0,
    };
  }
  const parquet = source.format === 'parquet';
  const relation = parquet
    ? parquetRelation(source.files)
    : `${source.format === 'jsonl' ? 'read_json' : 'read_csv'}(${literalPath(source.files[0] ?? '')})`;
  const { rows, columns } = await columnsOf(database, `(SELECT * FROM ${relation} LIMIT ${SAMPLE})`);
  const total = parquet
    ? (await database.one<{ n: number }>(`SELECT count(*) AS n FROM ${relation}`)).n
    : rows < SAMPLE
      ? rows
      : undefined;
  return {
    columns: Object.entries(columns).map(([name, column]) => ({
      ...profileValues(name, loose(column)),
      type: column.type,
    })),
    sampled: rows,
    ...(total !== undefined && { rows: total }),
  };
}

function loose(column: ColumnData): unknown[] {
  if (column.type === 'text') return column.values;
  const { type } = column;
  return Array.from(column.values, (value) => {
    if (Number.isNaN(value)) return null;
    if (type === 'boolean') return value === 1;
    return type === 'time' ? new Date(value).toISOString() : value;
  });
}
