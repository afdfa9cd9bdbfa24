import type { ModelInfo } from '../../../schemas/generated/types';
import type { Grid } from '../../statistics/grid';
import { copyToParquet, type Database, double, doubles, identifier, strings } from '../../table';
import type { Binner } from '../binner';
import { profileColumn, valueOf } from '../files';
import type { ColumnProfile, ColumnReading } from '../profile';
import { predictionReading, SAMPLED_ROWS } from '../requests';
import { chooseLength, type Part, SCORE_BINS } from '../windows';
import { ACTUAL, ANSWER, ID, type LogTable, TIME } from './table';

/** How log files are counted; part of the key under which the counts are kept. */
export interface Counting {
  readonly readings: Readonly<Record<string, ColumnReading>>;
  /** Watched columns, in the order of `binners`; that of the predictions comes last, where it is compared. */
  readonly names: readonly string[];
  readonly binners: readonly Binner[];
  readonly grids: Readonly<Record<string, Grid>>;
  readonly info: Pick<ModelInfo, 'task' | 'classes' | 'threshold'> | undefined;
  /** Milliseconds of a part; without it chosen for each file. */
  readonly each: number | undefined;
  readonly seed: number;
}

/** What is known of a file before its values are looked at. */
export interface FileSpan {
  readonly rows: number;
  /** Without a time. */
  readonly undated: number;
  /** Milliseconds since 1970 of the first and last row; null when there is none. */
  readonly from: number | null;
  readonly to: number | null;
}

/** What is counted of one file, or of the part of it that lies in a window. */
export interface FileCounts {
  readonly rows: number;
  /** Rows that stand in it, or in an earlier file, already. */
  readonly duplicates: number;
  readonly columns: Readonly<Record<string, ColumnProfile>>;
  readonly prediction: ColumnProfile | null;
  readonly foreign: readonly string[];
  readonly length: number;
  readonly parts: readonly { readonly from: number; readonly part: Part }[];
  readonly labelled: number;
  readonly from: number | null;
  readonly to: number | null;
}

export async function spanOf(database: Database, { relation }: LogTable): Promise<FileSpan> {
  return database.one<{ rows: number; undated: number; from: number | null; to: number | null }>(
    `SELECT count(*) AS rows, count(*) FILTER (WHERE ${TIME} IS NULL) AS undated, min(${TIME}) AS "from", max(${TIME}) AS "to" FROM ${relation}`,
  );
}

let copies = 0;

/** Labelled rows that are kept of a file. */
export const LABELLED_ROWS = 50_000;
/** What a row is drawn by: the smallest are the sample of a file, and the smallest of several files are that of all together. */
export const DRAW = '__draw';

/**
 * Counts a log: each column by value (above a limit on a grid), its parts over time on the bins of the reference, and draws rows.
 *
 * @param window milliseconds since 1970, `to` not included
 * @param earlier logs whose rows don't count again
 * @param write paths for the drawn rows and for the labelled ones
 */
export async function countFile(
  database: Database,
  table: LogTable,
  counting: Counting,
  window: { readonly from: number; readonly to: number },
  earlier: readonly LogTable[],
  write: (name: 'rows' | 'labelled') => string,
  more: { readonly ids: boolean; readonly labels: boolean; readonly salt: string },
): Promise<FileCounts> {
  const inside = `(SELECT * FROM ${table.relation} WHERE ${TIME} >= ${window.from} AND ${TIME} < ${window.to})`;
  const distinct = more.ids ? await withoutDuplicates(database, inside, earlier) : undefined;
  // Some sixty questions follow: asked of a table each takes a fifth of what it takes of a file.
  const relation = distinct?.table ?? `log_part_${++copies}`;
  try {
    if (distinct?.table === undefined) await database.run(`CREATE TEMP TABLE ${relation} AS SELECT * FROM ${inside}`);
    const { rows, from, to } = await database.one<{ rows: number; from: number | null; to: number | null }>(
      `SELECT count(*) AS rows, min(${TIME}) AS "from", max(${TIME}) AS "to" FROM ${relation}`,
    );
    const length = counting.each ?? chooseLength((to ?? 0) - (from ?? 0));
    const parts = new Map<number, Part>();
    await countParts(database, relation, length, parts);
    const columns: Record<string, ColumnProfile> = {};
    for (const { name, sql } of table.columns) {
      const reading = counting.readings[name]!;
      columns[name] = await profileColumn(database, relation, { name, sql }, reading, rows, counting.grids[name]);
      const at = counting.names.indexOf(name);
      const binner = counting.binners[at];
      if (binner !== undefined) await binColumn(database, relation, { name, sql }, reading, at, binner, length, parts);
    }
    let prediction: ColumnProfile | null = null;
    if (table.answer !== undefined && counting.info !== undefined) {
      const column = { name: ANSWER, sql: table.answer };
      const reading = predictionReading(counting.info);
      prediction = await profileColumn(database, relation, column, reading, rows, counting.grids[ANSWER]);
      const at = counting.names.length;
      const binner = counting.binners[at];
      if (binner !== undefined) await binColumn(database, relation, column, reading, at, binner, length, parts);
      if (counting.info.task === 'binary') await binScores(database, relation, counting.info, length, parts);
    }
    const draw = `hash(${TIME}, ${table.columns.map(({ name }) => identifier(name)).join(', ') || '0'}, '${more.salt}:${counting.seed}')`;
    const chosen = `SELECT *, ${draw} AS ${DRAW} FROM ${relation}`;
    await database.run(copyToParquet(`${chosen} ORDER BY ${DRAW} LIMIT ${SAMPLED_ROWS}`, write('rows')));
    let labelled = 0;
    if (more.labels) {
      const known = `${chosen} WHERE ${ACTUAL} IS NOT NULL`;
      await database.run(copyToParquet(`${known} ORDER BY ${DRAW} LIMIT ${LABELLED_ROWS}`, write('labelled')));
      const { n } = await database.one<{ n: number }>(`SELECT count(${ACTUAL}) AS n FROM ${relation}`);
      labelled = n;
    }
    return {
      rows,
      duplicates: distinct?.duplicates ?? 0,
      columns,
      prediction,
      foreign: table.foreign,
      length,
      parts: [...parts].map(([start, part]) => ({ from: start, part })).sort((a, b) => a.from - b.from),
      labelled,
      from,
      to,
    };
  } finally {
    await database.run(`DROP TABLE IF EXISTS ${relation}`);
  }
}

/** A client may use an id again; a row with the same id and time is the same prediction. */
async function withoutDuplicates(
  database: Database,
  relation: string,
  earlier: readonly LogTable[],
): Promise<{ readonly relation: string; readonly duplicates: number; readonly table?: string }> {
  const key = `hash(${ID}, ${TIME})`;
  const before = earlier
    .map((log) => `SELECT ${key} AS k FROM ${log.relation} WHERE ${ID} IS NOT NULL`)
    .join(' UNION ALL ');
  const { n } = await database.one<{ n: number }>(
    `SELECT count(${ID}) - count(DISTINCT CASE WHEN ${ID} IS NOT NULL THEN ${key} END) AS n FROM ${relation}`,
  );
  const met =
    before === ''
      ? 0
      : (
          await database.one<{ n: number }>(
            `SELECT count(*) AS n FROM ${relation} WHERE ${ID} IS NOT NULL AND ${key} IN (${before})`,
          )
        ).n;
  if (n + met === 0) return { relation, duplicates: 0 };
  const table = `log_once_${++copies}`;
  const fresh = before === '' ? '' : ` WHERE ${ID} IS NULL OR ${key} NOT IN (${before})`;
  await database.run(
    `CREATE TEMP TABLE ${table} AS SELECT * FROM ${relation}${fresh} QUALIFY ${ID} IS NULL OR row_number() OVER (PARTITION BY ${ID}, ${TIME}) = 1`,
  );
  const counts = await database.one<{ all: number; kept: number }>(
    `SELECT (SELECT count(*) FROM ${relation}) AS "all", (SELECT count(*) FROM ${table}) AS kept`,
  );
  return { relation: table, table, duplicates: counts.all - counts.kept };
}

async function countParts(
  database: Database,
  relation: string,
  length: number,
  parts: Map<number, Part>,
): Promise<void> {
  const rows = await database.query<{ p: number; n: number }>(
    `SELECT floor(${TIME} / ${length}) AS p, count(*) AS n FROM ${relation} GROUP BY p`,
  );
  for (const { p, n } of rows) parts.set(p * length, { rows: n, cells: [] });
}

/** SQL: how many of the ascending edges lie below `v`, by halving. */
function binSql(edges: readonly number[], from = 0, to = edges.length): string {
  if (from === to) return String(from);
  const middle = (from + to) >> 1;
  return `CASE WHEN v > ${double(edges[middle]!)} THEN ${binSql(edges, middle + 1, to)} ELSE ${binSql(edges, from, middle)} END`;
}

async function binColumn(
  database: Database,
  relation: string,
  column: { readonly name: string; readonly sql: string },
  reading: ColumnReading,
  at: number,
  binner: Binner,
  length: number,
  parts: ReadonlyMap<number, Part>,
): Promise<void> {
  const value = valueOf(column, reading);
  const part = `floor(${TIME} / ${length})`;
  const cellOf = (p: number) => {
    const { cells } = parts.get(p * length)!;
    return (cells[at] ??= { counts: new Float64Array(binner.bins), missing: 0, sum: 0 });
  };
  if (binner.kind === 'number') {
    const bin = binSql([...(binner.edges ?? [])]);
    await database.stream(
      `SELECT p, CAST(CASE WHEN isfinite(v) THEN ${bin} ELSE -1 END AS DOUBLE) AS b, CAST(count(*) AS DOUBLE), CAST(sum(CASE WHEN isfinite(v) THEN v END) AS DOUBLE)
       FROM (SELECT ${part} AS p, CAST(${value} AS DOUBLE) AS v FROM ${relation}) GROUP BY p, b`,
      (chunk, size) => {
        const [p, b, n, sum] = [0, 1, 2, 3].map((i) => doubles(chunk, i)) as [
          Float64Array,
          Float64Array,
          Float64Array,
          Float64Array,
        ];
        for (let i = 0; i < size; i++) {
          const cell = cellOf(p[i]!);
          if (!(b[i]! >= 0)) cell.missing += n[i]!;
          else {
            cell.counts[b[i]!]! += n[i]!;
            cell.sum += sum[i]!;
          }
        }
      },
    );
    return;
  }
  await database.stream(
    `SELECT p, CAST(count(*) AS DOUBLE), v FROM (SELECT ${part} AS p, ${value} AS v FROM ${relation}) GROUP BY p, v`,
    (chunk, size) => {
      const [p, n, labels] = [doubles(chunk, 0), doubles(chunk, 1), strings(chunk, 2)];
      for (let i = 0; i < size; i++) {
        const label = labels[i];
        const bin =
          label === null || label === undefined
            ? -1
            : binner.index(reading.type === 'boolean' ? label === 'true' : label);
        const cell = cellOf(p[i]!);
        if (bin < 0) cell.missing += n[i]!;
        else cell.counts[bin]! += n[i]!;
      }
    },
  );
}

/** As `addScore` counts them one by one. */
async function binScores(
  database: Database,
  relation: string,
  { threshold = 0.5 }: Pick<ModelInfo, 'threshold'>,
  length: number,
  parts: ReadonlyMap<number, Part>,
): Promise<void> {
  const rows = await database.query<{ p: number; b: number; n: number; s: number }>(
    `SELECT floor(${TIME} / ${length}) AS p, CAST(least(${SCORE_BINS - 1}, floor(v * ${SCORE_BINS})) + CASE WHEN v >= ${threshold} THEN ${SCORE_BINS} ELSE 0 END AS INTEGER) AS b, count(*) AS n, sum(v) AS s
     FROM (SELECT ${TIME}, TRY_CAST(${ANSWER} AS DOUBLE) AS v FROM ${relation}) WHERE v >= 0 AND v <= 1 GROUP BY p, b`,
  );
  for (const { p, b, n, s } of rows) {
    const part = parts.get(p * length)!;
    part.scores ??= new Float64Array(4 * SCORE_BINS);
    part.scores[b]! += n;
    part.scores[2 * SCORE_BINS + b]! += s;
  }
}
