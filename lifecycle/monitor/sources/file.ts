import type { ModelInfo } from '../../../schemas/generated/types';
import type { Grid } from '../../statistics/grid';
import type { Database } from '../../table';
import type { Binner } from '../binner';
import type { ColumnProfile, ColumnReading } from '../profile';
import { predictionReading } from '../requests';
import { Categories, TextRoom } from '../rest';
import { chooseLength, type Part } from '../windows';
import { countCodes } from './codes';
import { parquetSpan } from './parquet-log';
import { Parts } from './parts';
import { type Asked, type Counted, countColumns } from './pass';
import { type DrawnRows, RowPicks } from './picks';
import { ACTUAL, ANSWER, ID, type LogTable, TIME } from './table';
import { MOST_KNOWN, type Vocabulary } from './vocabulary';

/** How log files are counted; part of the key under which the counts are kept. */
export interface Counting {
  readonly readings: Readonly<Record<string, ColumnReading>>;
  /** Watched columns, in the order of `binners`; that of the predictions comes last, where it is compared. */
  readonly names: readonly string[];
  readonly binners: readonly Binner[];
  readonly grids: Readonly<Record<string, Grid>>;
  /** Texts of the reference by column, where they are not too many; what is counted does not depend on them. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** Of every category column, the predictions too: hashes of the reference's categories, see {@link Categories}. */
  readonly kept: Readonly<Record<string, Float64Array>>;
  /** Texts of all columns that are counted each; a million unless given. */
  readonly texts?: number | undefined;
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
  /** Lines that could not be read, and are no rows; nothing where there is none. */
  readonly skipped?: number;
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
  /** By column that lies on a grid: one of so many of its distinct values. */
  readonly seen: Readonly<Record<string, Float64Array>>;
  readonly foreign: readonly string[];
  readonly length: number;
  readonly parts: readonly { readonly from: number; readonly part: Part }[];
  readonly labelled: number;
  readonly from: number | null;
  readonly to: number | null;
  /** Digest of the reference's categories, where texts were counted together that are none of them. */
  readonly beside?: string;
}

/** Milliseconds since 1970, `to` not included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export async function spanOf(
  database: Database,
  { span, parquet, skipped }: LogTable,
  signal: AbortSignal,
): Promise<FileSpan> {
  const read = parquet && (await parquetSpan(parquet, signal));
  const found =
    read ?? (await database.one<{ rows: number; undated: number; from: number | null; to: number | null }>(span));
  return skipped === 0 ? found : { ...found, skipped };
}

/** SQL: the rows of a log that lie in a window. */
export function rowsWithin({ relation }: LogTable, { from, to }: Span): string {
  return `(SELECT * FROM ${relation} WHERE ${TIME} >= ${from} AND ${TIME} < ${to})`;
}

let copies = 0;

/** Columns that are counted in one pass: its memory grows with them. */
const TOGETHER = 64;
/** Distinct numbers of a column that are counted one by one in a file, of all columns together, and of each at least. */
const EXACT_VALUES = 20_000;
const EXACT_TOGETHER = 2_000_000;
const EXACT_LEAST = 1_000;

/** Rows that are drawn while they are counted, and what is done with them. */
export interface Drawing {
  readonly salt: string;
  readonly level: number;
  keep(rows: DrawnRows): void;
}

/**
 * Counts a log: each column by value (above a limit on a grid), and its parts over time on the bins of the reference.
 *
 * @param earlier logs whose rows don't count again
 * @param drawn called with the rows that are counted, where they are a table that goes when this ends
 * @param drawing draws rows where the columns are read without the database
 */
export async function countFile(
  database: Database,
  table: LogTable,
  counting: Counting,
  window: Span,
  earlier: readonly LogTable[],
  more: { readonly ids: boolean; readonly labels: boolean },
  vocabulary: Vocabulary,
  drawn: (relation: string, sizes: { readonly rows: number; readonly labelled: number }) => Promise<void>,
  signal: AbortSignal,
  drawing?: Drawing,
): Promise<FileCounts> {
  const inside = rowsWithin(table, window);
  const distinct = more.ids ? await withoutDuplicates(database, inside, earlier) : undefined;
  const relation = distinct?.relation ?? inside;
  try {
    const asked = askedOf(table, counting);
    const whole = distinct?.table === undefined ? table : { ...table, parquet: undefined };
    const { parts, counted, picks } = await countParts(
      database,
      relation,
      whole,
      counting,
      window,
      asked,
      vocabulary,
      signal,
      drawing,
    );
    const columns = new Map<string, ColumnProfile>();
    const seen = new Map<string, Float64Array>();
    let prediction: ColumnProfile | null = null;
    for (const one of counted) {
      if (one.name === ANSWER) prediction = one.profile;
      else columns.set(one.name, one.profile);
      if (one.seen !== undefined) seen.set(one.name, one.seen);
      parts.all.forEach(({ part }, number) => (part.cells[one.at] = one.cells?.cell(number)));
    }
    const { rows, from, to } = parts;
    const { labelled } = more.labels
      ? await database.one<{ labelled: number }>(`SELECT count(${ACTUAL}) AS labelled FROM ${relation}`)
      : { labelled: 0 };
    if (table.temporary || distinct?.table !== undefined) await drawn(relation, { rows, labelled });
    const picked = picks?.drawn;
    if (picked !== undefined) drawing?.keep(picked);
    return {
      rows,
      duplicates: distinct?.duplicates ?? 0,
      columns: Object.fromEntries(columns),
      prediction,
      seen: Object.fromEntries(seen),
      foreign: table.foreign,
      length: parts.length,
      parts: parts.all.map(({ from: start, part }) => ({ from: start, part })).sort((a, b) => a.from - b.from),
      labelled,
      from,
      to,
    };
  } finally {
    if (distinct?.table !== undefined) await database.run(`DROP TABLE IF EXISTS ${distinct.table}`);
  }
}

/** Counts the columns of a log, some at a time: by the codes of their dictionaries where they have one, else the database hands their values over. */
async function countParts(
  database: Database,
  relation: string,
  table: LogTable,
  counting: Counting,
  window: Span,
  asked: readonly Asked[],
  vocabulary: Vocabulary,
  signal: AbortSignal,
  drawing: Drawing | undefined,
): Promise<{ readonly parts: Parts; readonly counted: readonly Counted[]; readonly picks: RowPicks | undefined }> {
  const exact = Math.max(EXACT_LEAST, Math.min(EXACT_VALUES, Math.floor(EXACT_TOGETHER / Math.max(1, asked.length))));
  const parts = new Parts(counting.each ?? chooseLength(window.to - 1 - window.from));
  const threshold =
    table.answer !== undefined && counting.info?.task === 'binary' ? (counting.info.threshold ?? 0.5) : undefined;
  const picks = table.parquet && drawing && new RowPicks(drawing.salt, drawing.level);
  const names = table.columns.map(({ name }) => name);
  const others = names.filter((name) => !asked.some((one) => one.name === name));
  const room = TextRoom.of(asked.length, counting.texts);
  const counted: Counted[] = [];
  for (let at = 0; at === 0 || at < asked.length; at += TOGETHER) {
    const some = asked.slice(at, at + TOGETHER);
    const pass = { exact, first: at === 0, threshold: at === 0 ? threshold : undefined, room };
    if (table.parquet === undefined) {
      counted.push(...(await countColumns(database, relation, some, parts, { ...pass, vocabulary })));
      continue;
    }
    const picked = [
      ...some.map(({ name }) => name).filter((name) => names.includes(name)),
      ...(at === 0 ? others : []),
    ];
    const found = await countCodes(table.parquet, window, some, parts, { ...pass, picks, picked, signal });
    if (found === undefined) {
      const whole = { ...table, parquet: undefined };
      return countParts(database, relation, whole, counting, window, asked, vocabulary, signal, undefined);
    }
    counted.push(...found.counted);
    if (found.left.length > 0)
      counted.push(
        ...(await countColumns(database, relation, found.left, parts, {
          exact,
          first: false,
          threshold: undefined,
          vocabulary,
          room,
        })),
      );
  }
  return { parts, counted: counted.sort((a, b) => a.at - b.at), picks };
}

/** What is asked of a log: its watched columns, and the predictions. */
function askedOf({ columns, answer }: LogTable, { names, binners, readings, grids, kept, info }: Counting): Asked[] {
  const known = (name: string): Pick<Asked, 'grid' | 'kept' | 'unremembered'> => {
    const hashes = own(kept, name);
    return {
      grid: own(grids, name),
      kept: hashes && new Categories(hashes),
      unremembered: hashes !== undefined && hashes.length > MOST_KNOWN,
    };
  };
  const asked = columns.flatMap(({ name, sql }): Asked[] => {
    const at = names.indexOf(name);
    return at < 0 ? [] : [{ name, sql, reading: readings[name]!, at, binner: binners[at], ...known(name) }];
  });
  if (answer !== undefined && info !== undefined) {
    const at = names.length;
    asked.push({
      name: ANSWER,
      sql: answer,
      reading: predictionReading(info),
      at,
      binner: binners[at],
      ...known(ANSWER),
    });
  }
  return asked;
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
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
