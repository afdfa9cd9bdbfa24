/**
 * Exact cuts through a random or timely order of the rows, without sorting them: count the rows before the neighbourhood in which a cut should lie, or by
 * buckets of the leading key, and order only the rows of that neighbourhood or bucket. Two scans of the keys, whatever the number of rows.
 */
import { createHash } from 'node:crypto';
import type { Database } from '../table';

/**
 * A random UBIGINT for each value of another: DuckDB's 64-bit mixer over the value xor a key that is drawn from the purpose by MD5. Keys of different
 * purposes (seeds) are independent, which `hash(value, seed)` would not give; a test holds that.
 */
export function randomKey(sql: string, purpose: string): string {
  const key = createHash('md5').update(purpose).digest().readBigUInt64LE();
  return `hash(xor(${sql}, ${key}::UBIGINT))`;
}

/** Where an order is cut: the last row before the cut, by its keys. Absent when no row is before it. */
export interface Cut {
  /** Leading key as text; 0 when the order is random. */
  readonly t: string;
  readonly k: string;
  readonly h: string;
  readonly r: string;
}

export interface Order {
  /** Relation with `k`, `h` and `r`. */
  readonly relation: string;
  /** SQL number that the order starts with (a time); the random key alone when absent. */
  readonly leading?: string;
  /** SQL text by which the rows are divided before they are ordered; one stratum when absent. */
  readonly stratum?: string;
  readonly rows: number;
  /** Rows of each stratum, where they are known and few: cuts of a random order are then looked for near where they should be. */
  readonly counts?: ReadonlyMap<string, number>;
}

/** Rows of each stratum, of the first `most` in their order. */
export async function strata(
  database: Database,
  { relation, stratum }: Order,
  most: number,
): Promise<Map<string, number>> {
  const rows = await database.query<{ s: string; n: number }>(
    `SELECT ${stratum ?? "''"} AS s, count(*) AS n FROM ${relation} GROUP BY 1 ORDER BY 1 LIMIT ${most}`,
  );
  return new Map(rows.map(({ s, n }) => [s, n]));
}

/**
 * The cuts after the given numbers of rows of each stratum (`wanted`: stratum → ranks from 0). Rows with equal keys are told apart by their
 * content, and equal rows by their place in the file, so a cut is always exact.
 */
export async function findCuts(
  database: Database,
  order: Order,
  wanted: ReadonlyMap<string, readonly number[]>,
): Promise<Map<string, (Cut | undefined)[]>> {
  const { relation, leading, stratum = "''", rows, counts } = order;
  const near = leading === undefined && counts ? await nearCuts(database, order, wanted) : undefined;
  if (near) return near;
  const result = new Map<string, (Cut | undefined)[]>([...wanted].map(([s, ranks]) => [s, ranks.map(() => undefined)]));
  // Buckets of about a thousand rows; at least one bit is shifted away so that the bucket fits a BIGINT.
  const bits = Math.min(20, Math.max(0, Math.ceil(Math.log2(Math.max(1, rows) / 1000))));
  const bucket = leading ?? (bits === 0 ? '0' : `(k >> ${64 - bits})`);
  const keys = `SELECT ${stratum} AS s, ${bucket} AS b, ${leading ?? '0'} AS t, k, h, r FROM ${relation}`;
  await database.run('CREATE OR REPLACE TEMP TABLE cut_wanted (s VARCHAR, i INTEGER, rank BIGINT)');
  const values = [...wanted].flatMap(([s, ranks]) =>
    ranks.flatMap((rank, i) => (rank > 0 ? [`(${quoted(s)}, ${i}, ${rank})`] : [])),
  );
  for (let at = 0; at < values.length; at += 1000) {
    await database.run(`INSERT INTO cut_wanted VALUES ${values.slice(at, at + 1000).join(', ')}`);
  }
  await database.run(`
    CREATE OR REPLACE TEMP TABLE cut_buckets AS
    SELECT w.s, w.i, b, w.rank - (upto - n) AS place
    FROM (SELECT s, b, n, sum(n) OVER (PARTITION BY s ORDER BY b) AS upto FROM (SELECT s, b, count(*) AS n FROM (${keys}) GROUP BY s, b)) c
    JOIN cut_wanted w ON w.s = c.s AND w.rank <= upto AND w.rank > upto - n`);
  const found = await database.query<{ s: string; i: number; t: string; k: string; h: string; r: string }>(`
    SELECT c.s AS s, c.i AS i, CAST(t AS VARCHAR) AS t, CAST(k AS VARCHAR) AS k, CAST(h AS VARCHAR) AS h, CAST(r AS VARCHAR) AS r
    FROM (
      SELECT *, row_number() OVER (PARTITION BY s, b ORDER BY t, k, h, r) AS place
      FROM (${keys}) WHERE (s, b) IN (SELECT (s, b) FROM cut_buckets)
    ) x JOIN cut_buckets c ON c.s = x.s AND c.b = x.b AND c.place = x.place`);
  for (const { s, i, t, k, h, r } of found) {
    const cuts = result.get(s);
    if (cuts) cuts[i] = { t, k, h, r };
  }
  return result;
}

/** Standard deviations from the place where random keys have a cut, within which it is looked for. */
const NEAR = 5;
/** Most of the rows that may lie there; where more would, all are counted by buckets. */
const NEAR_SHARE = 0.05;

/**
 * The cuts through random keys, each looked for where it should be: keys of n rows are spread evenly over 64 bits, so the one of rank q lies near q/n of
 * their range. The rows before that neighbourhood are counted, those in it put in order; exact for that reason. Undefined where the neighbourhoods are
 * wide, because strata are small, and where the keys are not spread like that (rows that are often the same), so that a cut lies elsewhere.
 */
async function nearCuts(
  database: Database,
  { relation, stratum = "''", counts = new Map() }: Order,
  wanted: ReadonlyMap<string, readonly number[]>,
): Promise<Map<string, (Cut | undefined)[]> | undefined> {
  const ranks = [...wanted].flatMap(([s, of]) => of.flatMap((rank, i) => (rank > 0 ? [{ s, i, rank }] : [])));
  const around = new Map<number, { from: number; to: number }>();
  for (const { s, i, rank } of ranks) {
    const n = counts.get(s) ?? 0;
    const place = rank / (n + 1);
    const far = NEAR * (Math.sqrt((place * Math.max(0, 1 - place)) / (n + 2)) + 1 / (n + 1));
    const { from, to } = around.get(i) ?? { from: 1, to: 0 };
    around.set(i, { from: Math.min(from, place - far), to: Math.max(to, place + far) });
  }
  const all = [...around].map(([i, { from, to }]) => ({ i, from: Math.max(0, from), to: Math.min(1, to) }));
  if (all.reduce((sum, { from, to }) => sum + to - from, 0) > NEAR_SHARE) return undefined;
  const result = new Map<string, (Cut | undefined)[]>([...wanted].map(([s, of]) => [s, of.map(() => undefined)]));
  if (all.length === 0) return result;
  const before = all.map(({ i, from }) => `count(*) FILTER (WHERE k < ${keyAt(from)}) AS n${i}`);
  const rows = await database.query<{ s: string } & Record<string, number>>(
    `SELECT ${stratum} AS s, ${before.join(', ')} FROM ${relation} GROUP BY 1`,
  );
  const counted = new Map(rows.map((row) => [row.s, row]));
  const places = ranks.map(({ s, i, rank }) => `(${quoted(s)}, ${i}, ${rank - (counted.get(s)?.[`n${i}`] ?? 0)})`);
  const near = all.map(
    ({ i, from, to }) =>
      `SELECT s, ${i} AS i, k, h, r, row_number() OVER (PARTITION BY s ORDER BY k, h, r) AS place FROM (SELECT ${stratum} AS s, k, h, r FROM ${relation} WHERE k >= ${keyAt(from)} AND k <= ${keyAt(to)})`,
  );
  const found = await database.query<{ s: string; i: number; k: string; h: string; r: string }>(
    `SELECT s, i, CAST(k AS VARCHAR) AS k, CAST(h AS VARCHAR) AS h, CAST(r AS VARCHAR) AS r FROM (${near.join(' UNION ALL ')}) WHERE (s, i, place) IN (${places.join(', ')})`,
  );
  if (found.length < ranks.length) return undefined;
  for (const { s, i, k, h, r } of found) result.get(s)![i] = { t: '0', k, h, r };
  return result;
}

/** The key at a share of their range. */
function keyAt(share: number): string {
  const key = share >= 1 ? 2n ** 64n - 1n : BigInt(Math.floor(share * 2 ** 53)) << 11n;
  return `${key}::UBIGINT`;
}

/** SQL: is the row before the cut? */
export function before(cut: Cut | undefined, leading: string | undefined): string {
  if (cut === undefined) return 'false';
  return beforeKeys(leading, { t: `'${cut.t}'`, k: `${cut.k}::UBIGINT`, h: `${cut.h}::UBIGINT`, r: cut.r });
}

/** SQL: is the row before the cut whose keys stand in these columns or literals? */
export function beforeKeys(leading: string | undefined, cut: { t: string; k: string; h: string; r: string }): string {
  const random = `(k < ${cut.k} OR (k = ${cut.k} AND (h < ${cut.h} OR (h = ${cut.h} AND r <= ${cut.r}))))`;
  return leading === undefined ? random : `(${leading} < ${cut.t} OR (${leading} = ${cut.t} AND ${random}))`;
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
