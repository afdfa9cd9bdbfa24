import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { MonitorStage, Written } from '../../../schemas/generated/types';
import { queryPostgres } from '../../net/postgres';
import { secretHint, UserError } from '../../problem';
import type { StageContext } from '../../store/room';
import type { LogSource } from './table';

/** The window of a query, as a CSV file of ours. */
export interface Fetched {
  readonly path: string;
  /** Columns whose values are written plainly, however texts are. */
  readonly plain: readonly string[];
  /** Of a window without rows: the time of the last row before it, milliseconds since 1970, where it is known. */
  readonly latest?: number;
}

/** How texts of a database may be written, when they are those of the files that the reference came from. The file that they come in is our own. */
export function writtenThere(written: Written | undefined): Written | undefined {
  if (written === undefined) return undefined;
  const { encoding: _encoding, delimiter: _delimiter, 'skip-lines': _lines, ...texts } = written;
  return texts;
}

/** Fetches the window of a query into a file of the scratch folder. */
export async function fetchLog(
  context: StageContext<MonitorStage>,
  source: Extract<LogSource, { sql: string }>,
  since: Date,
  until: Date,
  last: number | undefined,
): Promise<Fetched> {
  const name = source.connection.secret;
  const url = await context.secret(name);
  if (url === undefined || url === '')
    throw new UserError({
      code: 'secret-missing',
      message: `The secret ${name}, which holds the address of the database, is not there.`,
      hint: secretHint(name, 'postgres://user:password@host:5432/database'),
      path: ['source', 'connection', 'secret'],
    });
  context.progress(0.3, 'asking the database');
  const path = join(context.scratch, 'log.csv');
  const file = await open(path, 'w');
  try {
    let lines: string[] = [];
    let header: string[] | undefined;
    const flush = async () => {
      await file.write(lines.join(''));
      lines = [];
    };
    const most = Math.min(source['most-rows'] ?? 1_000_000, last ?? Infinity);
    const result = await queryPostgres(
      url,
      { sql: source.sql, time: source.time, since, until, most, timeout: source.timeout ?? 60, signal: context.signal },
      async (row) => {
        if (header === undefined) lines.push(csvLine((header = Object.keys(row))));
        lines.push(csvLine(header.map((column) => row[column] ?? null)));
        if (lines.length >= 5_000) await flush();
      },
    ).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      const inQuery = ['sql-failed', 'sql-timeout'].includes(error.problem.code);
      throw new UserError({ ...error.problem, path: ['source', ...(inQuery ? ['sql'] : ['connection', 'secret'])] });
    });
    if (header === undefined) lines.push(csvLine(result.columns));
    await flush();
    if (result.cut && last === undefined)
      context.log(
        'warning',
        `The window has more than ${most.toLocaleString('en')} rows; the latest ${most.toLocaleString('en')} are looked at.`,
        {
          code: 'log-cut',
          hint: 'Take a shorter `window`, or raise `most-rows`.',
          path: ['source'],
        },
      );
    return { path, plain: result.plain, ...(result.latest !== undefined && { latest: result.latest }) };
  } finally {
    await file.close();
  }
}

function csvLine(values: readonly (string | null)[]): string {
  return `${values.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`;
}
