import type { DatasetColumn } from '../../schemas/generated/types';
import { cellText, type Database, type DatabaseOptions, identifier } from '../table';
import { JobThread, workerFile } from '../process/worker';
import { type Column } from './columns';
import { HELD_BYTES, type Moments } from './moments';
import { type Distinct, MOST_CATEGORIES, type NumberFound, type NumbersJob, profileNumbers } from './numbers';
import { readValues } from './values';

/** What the training split shows of a column, and what fitting takes from it. */
export interface ColumnProfile {
  readonly info: Pick<
    DatasetColumn,
    | 'count'
    | 'missing'
    | 'distinct'
    | 'min'
    | 'max'
    | 'mean'
    | 'std'
    | 'quantiles'
    | 'histogram'
    | 'categories'
    | 'length'
  >;
  readonly moments?: Moments;
  /** Quantiles that were asked for, by probability. */
  readonly quantiles?: ReadonlyMap<number, number>;
}

export const PROFILE_QUANTILES: readonly number[] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
/** Values of number columns from which on a second thread is worth starting. */
const WORTH = 10_000_000;
const EXACT_DISTINCT = 100_000;
/** Characters of the longest text that is kept as a category. */
const LONGEST_CATEGORY = 1000;

/** What a second thread may use. */
export interface Beside {
  readonly threads: number;
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** Values of number columns from which on it is started; ten million unless given. */
  readonly apart?: number;
}

/**
 * Profiles the columns of a split's Parquet relation.
 *
 * @param extra further quantiles that fitting will ask for
 * @param beside what a second thread may use; the result is the same without it
 */
export async function profile(
  database: Database,
  columns: readonly Column[],
  relation: string,
  rows: number,
  extra: readonly number[],
  beside?: Beside,
): Promise<Map<string, ColumnProfile>> {
  const of = (type: Column['type']): Column[] => columns.filter((column) => column.type === type);
  const profiles = new Map<string, ColumnProfile>();
  // While numbers go through JavaScript, DuckDB counts the rest.
  const distincts = await database.beside(async (side) => {
    const counted = (async () => {
      await profileTexts(side, of('text'), relation, rows, profiles);
      await profileBooleans(side, of('boolean'), relation, rows, profiles);
      await profileTimes(side, of('time'), relation, rows, profiles);
    })();
    const [numbers, others] = await Promise.allSettled([
      profileNumbersBeside(database, of('number'), relation, rows, extra, profiles, beside),
      counted,
    ]);
    if (numbers.status === 'rejected') throw numbers.reason;
    if (others.status === 'rejected') throw others.reason;
    return numbers.value;
  });
  await countDistinct(database, of('number'), relation, distincts, profiles);
  return profiles;
}

/**
 * Half of the columns in this thread and half in another, where there are many values.
 *
 * @returns how many values are distinct, by column
 */
async function profileNumbersBeside(
  database: Database,
  columns: readonly Column[],
  relation: string,
  rows: number,
  extra: readonly number[],
  profiles: Map<string, ColumnProfile>,
  beside: Beside | undefined,
): Promise<Distinct[]> {
  const probabilities = [...new Set([...PROFILE_QUANTILES, ...extra])];
  const { threads = 1, scratch, signal, apart = WORTH } = beside ?? {};
  const file =
    threads > 1 && columns.length > 1 && rows * columns.length >= apart ? workerFile(__dirname, 'numbers') : undefined;
  const lanes = file !== undefined && signal !== undefined ? 2 : 1;
  const job = (lane: number): NumbersJob => ({
    names: columns.filter((_, i) => i % lanes === lane).map(({ name }) => name),
    relation,
    rows,
    probabilities,
    listed: PROFILE_QUANTILES,
    held: HELD_BYTES / lanes,
  });
  const found: NumberFound[][] = [];
  if (file === undefined || signal === undefined) found.push(await profileNumbers(database, job(0)));
  else {
    const options: DatabaseOptions = { ...(scratch !== undefined && { scratch }), memory: 256e6 };
    const thread = new JobThread<NumbersJob, NumberFound[]>(file, options, signal);
    try {
      const [here, there] = await Promise.allSettled([profileNumbers(database, job(0)), thread.run(job(1))]);
      if (here.status === 'rejected') throw here.reason;
      if (there.status === 'rejected') throw there.reason;
      found.push(here.value, there.value);
    } finally {
      await thread.close();
    }
  }
  return columns.map(({ name }, i) => {
    const { profile: made, distinct } = found[i % lanes]![Math.floor(i / lanes)]!;
    profiles.set(name, made);
    return distinct;
  });
}

const TOGETHER = 200;

/** Distinct values of number columns that have many: exact up to a hundred thousand or so, as estimated above. */
async function countDistinct(
  database: Database,
  columns: readonly Column[],
  relation: string,
  distincts: readonly Distinct[],
  profiles: Map<string, ColumnProfile>,
): Promise<void> {
  const set = ({ name }: Column, distinct: number): void => {
    const known = profiles.get(name);
    if (known) profiles.set(name, { ...known, info: { ...known.info, distinct } });
  };
  const small: Column[] = [];
  columns.forEach((column, i) => {
    if (profiles.get(column.name)?.info.distinct !== undefined) return;
    const { estimate, exact } = distincts[i]!;
    if (estimate > EXACT_DISTINCT) set(column, estimate);
    else if (exact !== undefined && isHeldByDouble(column, profiles)) set(column, exact);
    else small.push(column);
  });
  for (let from = 0; from < small.length; from += TOGETHER) {
    const part = small.slice(from, from + TOGETHER);
    const exact = await aggregate(
      database,
      relation,
      part.map(({ name }) => `count(DISTINCT ${identifier(name)})`),
    );
    part.forEach((column, i) => set(column, exact[i] ?? 0));
  }
}

/** Whether each value of the column is a number of its own as a double, as which they were counted. */
function isHeldByDouble({ name, sql }: Column, profiles: ReadonlyMap<string, ColumnProfile>): boolean {
  const { min, max } = profiles.get(name)?.moments ?? {};
  return sql === 'DOUBLE' || Math.max(Math.abs(min ?? Infinity), Math.abs(max ?? Infinity)) < Number.MAX_SAFE_INTEGER;
}

async function aggregate(database: Database, relation: string, list: readonly string[]): Promise<number[]> {
  if (list.length === 0) return [];
  const row = await database.one<Record<string, number>>(
    `SELECT ${list.map((sql, i) => `${sql} AS a${i}`).join(', ')} FROM ${relation}`,
  );
  return list.map((_, i) => row[`a${i}`] ?? 0);
}

async function profileTexts(
  database: Database,
  columns: readonly Column[],
  relation: string,
  rows: number,
  profiles: Map<string, ColumnProfile>,
): Promise<void> {
  const sql = columns.map(({ name }) => identifier(name));
  const values = await readValues(database, { relation, sql }, MOST_CATEGORIES);
  const free = columns.flatMap((_, i) => ((values[i]?.distinct ?? 0) > MOST_CATEGORIES ? [i] : []));
  const lengths = await aggregate(
    database,
    relation,
    free.flatMap((i) => [`count(${sql[i]})`, `avg(length(${sql[i]}))`, `max(length(${sql[i]}))`]),
  );
  columns.forEach(({ name }, i) => {
    const { top = [], distinct = 0 } = values[i] ?? {};
    const at = free.indexOf(i);
    const count = at >= 0 ? (lengths[3 * at] ?? 0) : top.reduce((sum, { count: n }) => sum + n, 0);
    const texts = top.map((one) => ({ value: cellText(one.value), count: one.count }));
    profiles.set(name, {
      info: {
        count,
        missing: rows - count,
        distinct,
        ...(texts.every(({ value }) => value.length <= LONGEST_CATEGORY) && { categories: texts }),
        ...(at >= 0 && { length: { mean: lengths[3 * at + 1] ?? 0, max: lengths[3 * at + 2] ?? 0 } }),
      },
    });
  });
}

async function profileBooleans(
  database: Database,
  columns: readonly Column[],
  relation: string,
  rows: number,
  profiles: Map<string, ColumnProfile>,
): Promise<void> {
  const sql = columns.flatMap(({ name }) => [
    `count(${identifier(name)})`,
    `count(*) FILTER (WHERE ${identifier(name)})`,
  ]);
  const found = await aggregate(database, relation, sql);
  columns.forEach(({ name }, i) => {
    const [count = 0, yes = 0] = [found[2 * i], found[2 * i + 1]];
    const categories = [
      { value: false, count: count - yes },
      { value: true, count: yes },
    ].filter((one) => one.count > 0);
    profiles.set(name, {
      info: {
        count,
        missing: rows - count,
        distinct: categories.length,
        mean: count === 0 ? null : yes / count,
        categories: categories.toSorted((a, b) => b.count - a.count),
      },
      moments: {
        count,
        missing: rows - count,
        mean: yes / count,
        m2: (yes * (count - yes)) / count,
        min: yes === count ? 1 : 0,
        max: yes > 0 ? 1 : 0,
      },
    });
  });
}

async function profileTimes(
  database: Database,
  columns: readonly Column[],
  relation: string,
  rows: number,
  profiles: Map<string, ColumnProfile>,
): Promise<void> {
  for (const { name } of columns) {
    const column = identifier(name);
    const { n, d, low, high } = await database.one<{ n: number; d: number; low: string | null; high: string | null }>(
      `SELECT count(${column}) AS n, approx_count_distinct(${column}) AS d, CAST(min(${column}) AS VARCHAR) AS low, CAST(max(${column}) AS VARCHAR) AS high FROM ${relation}`,
    );
    profiles.set(name, { info: { count: n, missing: rows - n, distinct: d, min: low, max: high } });
  }
}
