import type { ClientConfig } from 'pg';
import { UserError } from '../problem';

export interface PostgresQuery {
  /** A query; it may end with a semicolon. */
  readonly sql: string;
  /** Column of time in its result. */
  readonly time: string;
  readonly since: Date;
  readonly until: Date;
  /** Most rows; of more the latest. */
  readonly most: number;
  /** Seconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

export interface PostgresResult {
  readonly columns: readonly string[];
  readonly rows: number;
  /** More rows lie in the window than were wanted. */
  readonly cut: boolean;
}

type Kind = 'time' | 'number' | 'other';

const BATCH = 5_000;
const CURSOR = 'lifecycle_log';
/** Types of PostgreSQL (pg_type.oid): date, timestamp, timestamptz; integers, floats and numeric. */
const TIMES = new Set([1082, 1114, 1184]);
const NUMBERS = new Set([20, 21, 23, 700, 701, 1700]);

/**
 * Fetches the rows of a query whose time lies in a window, latest first, in batches, so that a large result is never held whole. The session
 * can only read, and every statement ends at the timeout. Values come as PostgreSQL writes them; times in UTC.
 *
 * @param url `postgres://user:password@host:port/database`; it never stands in a message
 * @throws UserError `sql-address`, `sql-unreachable`, `sql-refused`, `sql-failed`, `sql-timeout`
 */
export async function queryPostgres(
  url: string,
  query: PostgresQuery,
  take: (row: Record<string, string | null>) => void | Promise<void>,
): Promise<PostgresResult> {
  const { Client } = await import('pg');
  const signal = query.signal;
  signal?.throwIfAborted();
  const milliseconds = query.timeout * 1000;
  const text = { getTypeParser: () => (value: unknown) => value } as unknown as NonNullable<ClientConfig['types']>;
  let client: InstanceType<typeof Client>;
  try {
    if (!/^postgres(ql)?:\/\//.test(url)) throw new Error('no address');
    new URL(url);
    client = new Client({
      connectionString: url,
      connectionTimeoutMillis: Math.min(milliseconds, 15_000),
      application_name: 'ml-lifecycle',
      // Numbers keep every digit, and times are not read in this machine's zone.
      types: text,
    });
  } catch {
    throw new UserError({
      code: 'sql-address',
      message: 'The secret does not hold the address of a PostgreSQL database.',
      hint: 'Write it as postgres://user:password@host:5432/database.',
    });
  }
  // Whatever breaks later is told by the query that waits.
  client.on('error', () => undefined);
  const stop = (): void => void client.end().catch(() => undefined);
  signal?.addEventListener('abort', stop);
  try {
    await client.connect();
    await client.query("SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; SET default_transaction_read_only = on");
    await client.query(`SET statement_timeout = ${milliseconds}`);
    await client.query('BEGIN TRANSACTION READ ONLY');
    const inner = query.sql.trim().replace(/;\s*$/, '');
    // Only asked of what the columns are called, and of what type.
    const shape = await client.query({ text: `SELECT * FROM (${inner}\n) AS log LIMIT 0`, rowMode: 'array' });
    const columns = shape.fields.map(({ name }) => name);
    const kinds = shape.fields.map(({ dataTypeID }): Kind =>
      TIMES.has(dataTypeID) ? 'time' : NUMBERS.has(dataTypeID) ? 'number' : 'other',
    );
    const at = columns.indexOf(query.time);
    if (at < 0) return { columns, rows: 0, cut: false };
    const where = windowOf(`log."${query.time.replaceAll('"', '""')}"`, kinds[at]!);
    await client.query({
      text: `DECLARE ${CURSOR} NO SCROLL CURSOR FOR SELECT * FROM (${inner}\n) AS log WHERE ${where} LIMIT ${query.most + 1}`,
      values: [],
    });
    let rows = 0;
    for (;;) {
      const batch = await client.query<(string | null)[]>({
        text: `FETCH ${BATCH} FROM ${CURSOR}`,
        rowMode: 'array',
      });
      for (const values of batch.rows) {
        if (++rows > query.most) return { columns, rows: query.most, cut: true };
        await take(Object.fromEntries(columns.map((name, i) => [name, spelled(values[i], kinds[i]!)])));
      }
      if (batch.rows.length < BATCH) return { columns, rows, cut: false };
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof UserError) throw error;
    throw explained(error, query);
  } finally {
    signal?.removeEventListener('abort', stop);
    await client.end().catch(() => undefined);
  }

  function windowOf(column: string, kind: Kind): string {
    const [from, to] = [query.since, query.until];
    if (kind === 'number') {
      // Seconds, milliseconds or microseconds since 1970, told apart by their size.
      const size = `(CASE WHEN abs(${column}) < 1e11 THEN 1000.0 WHEN abs(${column}) < 1e14 THEN 1.0 ELSE 0.001 END)`;
      const value = `${column} * ${size}`;
      return `${value} >= ${from.getTime()} AND ${value} < ${to.getTime()} ORDER BY ${column} DESC`;
    }
    const time = kind === 'time' ? column : `CAST(${column} AS timestamptz)`;
    return `${time} >= '${from.toISOString()}' AND ${time} < '${to.toISOString()}' ORDER BY ${column} DESC`;
  }
}

function spelled(value: string | null | undefined, kind: Kind): string | null {
  if (value === null || value === undefined) return null;
  // `timestamptz` comes with its offset, `timestamp` without: both are UTC in this session.
  return kind === 'time' && !/[+-]\d\d(:?\d\d)?$/.test(value.slice(10)) ? `${value}+00` : value;
}

/** What PostgreSQL or the network said, as a person can act on it. The message never holds the address. */
function explained(error: unknown, { timeout }: PostgresQuery): UserError {
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  if (code === '57014')
    return new UserError({
      code: 'sql-timeout',
      message: `The query did not end within ${timeout} s.`,
      hint: 'Put an index on the column of time, take less of the table, or set `timeout`.',
    });
  if (code.startsWith('28') || code === '3D000')
    return new UserError({
      code: 'sql-refused',
      message: `The database refused the connection: ${message}.`,
      hint: 'Is what the secret holds right: user, password and the name of the database?',
    });
  if (code === '25006')
    return new UserError({
      code: 'sql-failed',
      message: `The query wants to write: ${message}.`,
      hint: 'The session can only read. Write a SELECT.',
    });
  if (/^[0-9A-Z]{5}$/.test(code))
    return new UserError({ code: 'sql-failed', message: `The database could not run the query: ${message}.` });
  return new UserError({
    code: 'sql-unreachable',
    message: `The database does not answer: ${message}.`,
    hint: 'Is it running, and may this machine reach it? The address is in the secret.',
  });
}
