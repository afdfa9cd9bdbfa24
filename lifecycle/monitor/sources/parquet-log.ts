/** A log in a Parquet file that is read here, without the database. */
import { setImmediate } from 'node:timers/promises';
import { type ColumnRows, isUnread, lookUp, type ParquetColumn, ParquetReader, Unread } from '../../table';
import type { FileSpan } from './file';

/** Where a log is in its Parquet file. */
export interface ParquetLog {
  readonly path: string;
  /** Column of the time. */
  readonly time: string;
  /** Columns of the file by the names they have in the log. */
  readonly own: ReadonlyMap<string, string>;
}

/**
 * Names and SQL types of a Parquet file's columns, as the database has them. A type is undefined where the database is to say it; all are where it is
 * to read the file.
 */
export async function parquetColumns(path: string): Promise<{ name: string; sql: string | undefined }[] | undefined> {
  // Of such a folder the database makes a column.
  if (path.includes('=')) return undefined;
  return withParquet(path, (reader) =>
    Promise.resolve([...reader.footer.columns].map(([name, column]) => ({ name, sql: column?.sql }))),
  );
}

/** Rows of a file, those without a time, and the first and last time; undefined when the database is to find them. */
export async function parquetSpan({ path, time }: ParquetLog, signal: AbortSignal): Promise<FileSpan | undefined> {
  return withParquet(path, async (reader) => {
    const clock = clockOf(reader, time);
    let [undated, from, to] = [0, Infinity, -Infinity];
    for (const group of reader.footer.groups) {
      await setImmediate();
      signal.throwIfAborted();
      const moments = momentsOf(reader.read(group, clock), clock);
      for (let i = 0; i < moments.length; i++) {
        const moment = moments[i]!;
        if (moment < from) from = moment;
        if (moment > to) to = moment;
        if (moment !== moment) undated++;
      }
    }
    return { rows: reader.footer.rows, undated, ...(from <= to ? { from, to } : { from: null, to: null }) };
  });
}

/** Does something with an open file; gives undefined when it, or a column that can't be done without, is left to the database. */
export async function withParquet<T>(
  path: string,
  task: (reader: ParquetReader) => Promise<T>,
): Promise<T | undefined> {
  let reader: ParquetReader | undefined;
  try {
    reader = await ParquetReader.open(path);
    return await task(reader);
  } catch (error) {
    if (isUnread(error)) return undefined;
    throw error;
  } finally {
    await reader?.close();
  }
}

/** @throws Unread when the time is of a kind that is left to the database */
export function clockOf({ footer }: ParquetReader, name: string): ParquetColumn {
  const column = footer.columns.get(name);
  // Of numbers with a point what is missing can't be told from what is not finite.
  if (column?.physical !== 'int32' && column?.physical !== 'int64') throw new Unread('a time that is no whole number');
  return column;
}

/** Milliseconds since 1970; NaN where there is none. Plain numbers are told apart by their size, as the database does. */
export function momentsOf(rows: ColumnRows, { unit }: ParquetColumn): Float64Array {
  const moments = numbersOf(rows);
  if (unit !== undefined) return moments;
  return moments.map((value) => {
    const size = Math.abs(value);
    return size < 1e11 ? value * 1e3 : size < 1e14 ? value : size < 1e17 ? value / 1e3 : value / 1e6;
  });
}

/** A column as numbers, one a row; NaN where one is missing. */
export function numbersOf(rows: ColumnRows): Float64Array {
  if (rows.kind === 'numbers') return rows.numbers;
  const { codes, dictionary } = rows;
  if (dictionary.kind !== 'numbers') throw new Unread('texts in place of numbers');
  const all = new Float64Array(codes.length);
  lookUp(dictionary.numbers, codes, all, 0, all.length);
  return all;
}
