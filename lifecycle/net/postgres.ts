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
  /** Columns whose values are no texts: they come as ISO and plain numbers have them, whatever texts look like. */
  readonly plain: readonly string[];
  readonly rows: number;
  /** More rows lie in the window than were wanted. */
  readonly cut: boolean;
  /** Of a window without rows: the time of the last one before it, milliseconds since 1970, where the database tells it. */
  readonly latest?: number;
}

type Kind = 'time' | 'day' | 'number' | 'boolean' | 'padded' | 'other';

const BATCH = 5_000;
const CURSOR = 'lifecycle_log';
/** Types of PostgreSQL (pg_type.oid): boolean; integers, floats and numeric; char(n), which is padded with blanks; date; timestamp, timestamptz. */
const KINDS: ReadonlyMap<number, Kind> = new Map([
  [16, 'boolean'],
  ...[20, 21, 23, 700, 701, 1700].map((oid) => [oid, 'number'] as const),
  [1042, 'padded'],
  [1082, 'day'],
  [1114, 'time'],
  [1184, 'time'],
]);

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
    const kinds = shape.fields.map(({ dataTypeID }): Kind => KINDS.get(dataTypeID) ?? 'other');
    const shown = { columns, plain: columns.filter((_, i) => kinds[i] !== 'other' && kinds[i] !== 'padded') };
    const at = columns.indexOf(query.time);
    if (at < 0) return { ...shown, rows: 0, cut: false };
    const time = timeOf(`log."${query.time.replaceAll('"', '""')}"`, kinds[at]!);
    const where = `${time.value} >= ${time.of(query.since)} AND ${time.value} < ${time.of(query.until)} ORDER BY ${time.column} DESC`;
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
        if (++rows > query.most) return { ...shown, rows: query.most, cut: true };
        await take(Object.fromEntries(columns.map((name, i) => [name, spelled(values[i], kinds[i]!)])));
      }
      if (batch.rows.length === BATCH) continue;
      const latest = rows === 0 ? await latestBefore(time, inner) : undefined;
      return { ...shown, rows, cut: false, ...(latest !== undefined && { latest }) };
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof UserError) throw error;
    throw explained(error, query);
  } finally {
    signal?.removeEventListener('abort', stop);
    await client.end().catch(() => undefined);
  }

  /** A table that is not indexed by time may take longer than the query may: then nobody knows. */
  async function latestBefore({ value, moment, of }: Timed, inner: string): Promise<number | undefined> {
    const asked = `SELECT ${moment(`max(${value})`)} AS latest FROM (${inner}\n) AS log WHERE ${value} < ${of(query.since)}`;
    const found = await client.query<{ latest: string | null }>(asked).catch(() => undefined);
    const latest = Number(found?.rows[0]?.latest ?? NaN);
    return Number.isFinite(latest) ? latest : undefined;
  }
}

/** A column of time in SQL. */
interface Timed {
  readonly column: string;
  /** What is compared. */
  readonly value: string;
  /** A moment as something to compare with. */
  readonly of: (time: Date) => string;
  /** What is compared as milliseconds since 1970. */
  readonly moment: (value: string) => string;
}

function timeOf(column: string, kind: Kind): Timed {
  if (kind === 'number') {
    // Seconds, milliseconds, micro- or nanoseconds since 1970, told apart by their size.
    const size = `(CASE WHEN abs(${column}) < 1e11 THEN 1000.0 WHEN abs(${column}) < 1e14 THEN 1.0 WHEN abs(${column}) < 1e17 THEN 0.001 ELSE 0.000001 END)`;
    return { column, value: `${column} * ${size}`, of: (time) => String(time.getTime()), moment: (value) => value };
  }
  return {
    column,
    // A day is compared as its midnight, not the moment as its day: the rows of today are no rows of the future.
    value: kind === 'time' ? column : `CAST(${column} AS timestamptz)`,
    of: (time) => `'${time.toISOString()}'`,
    moment: (value) => `extract(epoch FROM ${value}) * 1000`,
  };
}

function spelled(value: string | null | undefined, kind: Kind): string | null {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case 'boolean':
      return value === 't' ? 'true' : 'false';
    case 'padded':
      // The blanks mean nothing to PostgreSQL either.
      return value.trimEnd();
    case 'time':
      // `timestamptz` comes with its offset, `timestamp` without: both are UTC in this session.
      return /[+-]\d\d(:?\d\d)?$/.test(value.slice(10)) ? value : `${value}+00`;
    default:
      return value;
  }
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
