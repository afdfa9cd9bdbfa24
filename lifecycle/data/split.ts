import type { DataStage, Split } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { type Database, text } from '../table';
import { type Column } from './columns';
import { before, beforeKeys, type Cut, findCuts, type Order, strata } from './cut';
import { type Work } from './ingest';
import { type Warn } from './readable';
import { type Rows } from './rows';

export const SPLITS = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLITS)[number];

/** Shares of the splits, in order, summing to 1. */
export type Shares = readonly [number, number, number];

/** Where the rows of each split are. */
export interface Divided {
  readonly relation: string;
  /** Statements that set the variables of the relation and of the conditions, on any connection. */
  readonly setup: readonly string[];
  /** Of train, validation and test the condition on the rows of the relation, and how many fulfil it. */
  readonly splits: readonly { readonly where: string; readonly rows: number }[];
}

/** The rows that are divided, and the source that they are of. */
export interface RowsToDivide extends Pick<Rows, 'relation' | 'count' | 'setup'> {
  readonly source: Pick<Work, 'relation' | 'rows'>;
}

const defaults: Shares = [0.7, 0.15, 0.15];
const MAX_STRATA = 10_000;
/** Strata whose cuts stand in the query; those of more are joined. */
const FEW_STRATA = 20;

/**
 * The shares that a stage asks for. Shares that are not stated divide what the stated ones leave over in proportion to the defaults.
 *
 * @throws UserError when they can't sum to 1
 */
export function readShares(split: Split = {}): Shares {
  const stated = [split.train, split.validation, split.test];
  const sum = stated.reduce<number>((total, share) => total + (share ?? 0), 0);
  const open = defaults.filter((_, i) => stated[i] === undefined).reduce((total, share) => total + share, 0);
  if (sum > 1 + 1e-9 || (open === 0 && sum < 1 - 1e-9)) {
    throw new UserError({
      code: 'data-split-shares',
      message: `The shares of train, validation and test sum to ${Number(sum.toFixed(6))}, not 1.`,
      hint: 'Correct one of them, or leave one out: it then takes the rest.',
      path: ['split'],
    });
  }
  const rest = Math.max(0, 1 - sum);
  const [train = 0, validation = 0, test = 0] = defaults.map((share, i) => stated[i] ?? (rest * share) / open);
  return [train, validation, test];
}

/** Rows for each split: whole numbers nearest to the shares that sum to `rows` (largest remainders; ties go to train first). */
export function apportion(rows: number, shares: Shares): [number, number, number] {
  const quotas = shares.map((share) => {
    const quota = rows * share;
    const near = Math.round(quota);
    return Math.abs(quota - near) < 1e-6 ? near : quota;
  });
  const counts = quotas.map(Math.floor);
  const order = [0, 1, 2].sort((a, b) => remainder(quotas, b) - remainder(quotas, a) || a - b);
  for (let left = rows - counts.reduce((a, b) => a + b, 0), i = 0; left > 0; left--, i++) {
    const at = order[i % 3] ?? 0;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const [train = 0, validation = 0, test = 0] = counts;
  return [train, validation, test];
}

/** Rows that may go to another split than their share says so that no class is missing there: a share of all, and a few in any case. */
const MOVED_SHARE = 0.02;
const MOVED_FEW = 3;

/**
 * Rows of each stratum for each split. A stratum too small for its share to reach a whole row in every split gives each split one all the same, where
 * it has enough rows: a class that is missing in validation or test can't be judged. Where that would move many rows (many tiny strata), the shares hold.
 */
export function divideStrata(
  strata: ReadonlyMap<string, number>,
  shares: Shares,
): Map<string, [number, number, number]> {
  const plain = new Map([...strata].map(([stratum, n]) => [stratum, apportion(n, shares)]));
  if (strata.size < 2) return plain;
  const asked = shares.filter((share) => share > 0).length;
  let moved = 0;
  const divided = new Map(
    [...plain].map(([stratum, counts]): [string, [number, number, number]] => {
      if (counts.reduce((a, b) => a + b, 0) < asked) return [stratum, counts];
      const [...each] = counts;
      shares.forEach((share, i) => {
        if (share === 0 || each[i] !== 0) return;
        each[each.indexOf(Math.max(...each))]! -= 1;
        each[i] = 1;
        moved++;
      });
      return [stratum, each];
    }),
  );
  const rows = [...strata.values()].reduce((a, b) => a + b, 0);
  return moved <= Math.max(MOVED_FEW, rows * MOVED_SHARE) ? divided : plain;
}

function remainder(quotas: readonly number[], i: number): number {
  const quota = quotas[i] ?? 0;
  return Number((quota - Math.floor(quota)).toFixed(9));
}

/**
 * Divides the rows. Which split a row falls into depends on its content (or its id) and the seed, not on its place in the file; rows that are
 * equal in everything are interchangeable. With `stratify` each class is divided exactly, to the row (see {@link divideStrata} for tiny ones); with `group` equal values stay together,
 * so shares are met as closely as whole groups allow; with `time` the oldest rows train and the newest test.
 *
 * @param known rows of each value of a column of texts that are all there, so that they are not counted again
 */
export async function splitRows(
  database: Database,
  stage: Pick<DataStage, 'split' | 'columns'>,
  columns: readonly Column[],
  { source, relation, count: rows, setup }: RowsToDivide,
  seed: number,
  warn: Warn,
  known?: { readonly column: Column; readonly counts: ReadonlyMap<string, number> },
): Promise<Divided> {
  const split = stage.split ?? {};
  const shares = readShares(split);
  const group = split.group ?? stage.columns?.group;
  if (split.time !== undefined && (split.stratify !== undefined || group !== undefined)) {
    throw new UserError({
      code: 'data-split-mixed',
      message: `A split by time can't be ${split.stratify !== undefined ? 'stratified' : 'grouped'} as well.`,
      hint: `Leave out split.${split.stratify !== undefined ? 'stratify' : 'group'}, or split.time.`,
      path: ['split', 'time'],
    });
  }
  const stratify = column(columns, split.stratify);
  const grouping = column(columns, group);
  if (grouping) {
    if (stratify) await checkStrata(database, relation, stratify);
    return withBits(database, source, await groupSplit(database, relation, grouping, stratify, shares, seed, warn));
  }
  const time = column(columns, split.time);
  if (time) {
    const { n } = await database.one<{ n: number }>(`SELECT count(*) AS n FROM ${relation} WHERE ${time.id} IS NULL`);
    if (n > 0)
      warn(
        `${n} ${n === 1 ? 'row has' : 'rows have'} no '${time.name}'; they count as the oldest and are trained on.`,
        { code: 'data-time-missing', path: ['split', 'time'] },
      );
  }
  const order: Order = {
    relation,
    rows,
    ...(time && { leading: leadingKey(time) }),
    ...(stratify && { stratum: stratumKey(stratify) }),
  };
  const counts =
    stratify !== undefined && known?.column === stratify ? known.counts : await strata(database, order, MAX_STRATA + 2);
  if (stratify && counts.size > MAX_STRATA) await checkStrata(database, relation, stratify);
  const { relation: divided, splits } = await rankSplit(database, order, shares, counts);
  return splits ? { relation, setup, splits } : withBits(database, source, divided);
}

function column(columns: readonly Column[], name: string | undefined): Column | undefined {
  return name === undefined ? undefined : columns.find((candidate) => candidate.name === name);
}

function stratumKey({ id }: Column): string {
  return `coalesce(CAST(${id} AS VARCHAR), '')`;
}

function leadingKey({ id, type, name }: Column): string {
  if (type === 'number') return `coalesce(CAST(${id} AS DOUBLE), '-inf'::DOUBLE)`;
  if (type === 'time') return `coalesce(epoch_us(CAST(${id} AS TIMESTAMP)), -9223372036854775807)`;
  throw new UserError({
    code: 'data-split-time-type',
    message: `The column '${name}' is ${type}, so it can't order the rows in time.`,
    hint: `If it holds dates, set 'columns.types: {${name}: time}'.`,
    path: ['split', 'time'],
  });
}

async function checkStrata(database: Database, relation: string, stratify: Column): Promise<void> {
  const { n } = await database.one<{ n: number }>(`SELECT count(DISTINCT ${stratify.id}) AS n FROM ${relation}`);
  if (n <= MAX_STRATA) return;
  throw new UserError({
    code: 'data-stratify-distinct',
    message: `The column '${stratify.name}' has ${n.toLocaleString('en')} different values; their shares can't be kept equal.`,
    hint: 'Stratify by a column with few values, usually the target of a classification.',
    path: ['split', 'stratify'],
  });
}

async function rankSplit(
  database: Database,
  order: Order,
  shares: Shares,
  counts: ReadonlyMap<string, number>,
): Promise<{ readonly relation: string; readonly splits?: Divided['splits'] }> {
  const divided = divideStrata(counts, shares);
  const wanted = new Map([...divided].map(([stratum, [train, validation]]) => [stratum, [train, train + validation]]));
  const cuts = await findCuts(database, counts.size <= FEW_STRATA ? { ...order, counts } : order, wanted);
  const { relation, leading } = order;
  const rows = [0, 1, 2].map((i) => [...divided.values()].reduce((sum, of) => sum + (of[i] ?? 0), 0));
  const told = (split: string): Awaited<ReturnType<typeof rankSplit>> => ({
    relation: `(SELECT *, ${split} AS split FROM ${relation})`,
    ...(leading === undefined && {
      splits: splitConditions(cuts, split).map((where, i) => ({ where, rows: rows[i] ?? 0 })),
    }),
  });
  if (order.stratum === undefined) {
    const [train, validation] = cuts.get('') ?? [];
    return told(splitCase(before(train, leading), before(validation, leading)));
  }
  if (cuts.size <= FEW_STRATA) {
    const cases = [...cuts].map(
      ([s, [train, validation]]) =>
        `WHEN ${text(s)} THEN ${splitCase(before(train, leading), before(validation, leading))}`,
    );
    return told(`CASE ${order.stratum} ${cases.join(' ')} END`);
  }
  const table = 'split_cuts';
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${table} (s VARCHAR, k1 UBIGINT, h1 UBIGINT, r1 BIGINT, k2 UBIGINT, h2 UBIGINT, r2 BIGINT)`,
  );
  const values = [...cuts].map(([s, [train, validation]]) => `(${text(s)}, ${keys(train)}, ${keys(validation)})`);
  for (let at = 0; at < values.length; at += 1000) {
    await database.run(`INSERT INTO ${table} VALUES ${values.slice(at, at + 1000).join(', ')}`);
  }
  const inTrain = `coalesce(${beforeKeys(undefined, { t: '0', k: 'k1', h: 'h1', r: 'r1' })}, false)`;
  const inValidation = `coalesce(${beforeKeys(undefined, { t: '0', k: 'k2', h: 'h2', r: 'r2' })}, false)`;
  return {
    relation: `(SELECT x.*, ${splitCase(inTrain, inValidation)} AS split FROM ${relation} x JOIN ${table} ON s = ${order.stratum})`,
  };
}

/** A bit for each row of the source and split: reading with them needs no join, whatever the rows went through. */
async function withBits(database: Database, source: RowsToDivide['source'], relation: string): Promise<Divided> {
  const bits = SPLITS.map(
    (_, i) => `bitstring_agg(r, 0::BIGINT, ${source.rows - 1}::BIGINT) FILTER (WHERE split = ${i}) AS b${i}`,
  );
  await database.run(`CREATE OR REPLACE TABLE split_bits AS SELECT ${bits.join(', ')} FROM ${relation}`);
  const counts = await database.one<Record<string, number | null>>(
    `SELECT ${SPLITS.map((_, i) => `bit_count(b${i}) AS n${i}`).join(', ')} FROM split_bits`,
  );
  return {
    relation: source.relation,
    setup: SPLITS.map((_, i) => `SET VARIABLE split${i} = (SELECT b${i} FROM split_bits)`),
    splits: SPLITS.map((_, i) => ({
      where: `get_bit(getvariable('split${i}'), CAST(r AS INTEGER)) = 1`,
      rows: counts[`n${i}`] ?? 0,
    })),
  };
}

/**
 * Conditions for the rows of each split. Nearly every row is told by its key alone, which a reader of Parquet can look at before it reads anything else
 * of the row; only between the cuts of the first and the last stratum is the stratum asked for.
 */
function splitConditions(cuts: ReadonlyMap<string, readonly (Cut | undefined)[]>, split: string): string[] {
  const edges = [0, 1].map((i) => {
    const keys = [...cuts.values()].map((of) => BigInt(of[i]?.k ?? 0)).toSorted((a, b) => (a < b ? -1 : 1));
    return { low: `${keys[0] ?? 0n}::UBIGINT`, high: `${keys.at(-1) ?? 0n}::UBIGINT` };
  });
  const [first, second] = edges as [(typeof edges)[0], (typeof edges)[0]];
  return [
    `k <= ${first.high} AND (k < ${first.low} OR ${split} = 0)`,
    `k >= ${first.low} AND k <= ${second.high} AND ((k > ${first.high} AND k < ${second.low}) OR ${split} = 1)`,
    `k >= ${second.low} AND (k > ${second.high} OR ${split} = 2)`,
  ];
}

function keys(cut: Cut | undefined): string {
  return cut ? `${cut.k}, ${cut.h}, ${cut.r}` : 'NULL, NULL, NULL';
}

function splitCase(train: string, validation: string): string {
  return `CASE WHEN ${train} THEN 0 WHEN ${validation} THEN 1 ELSE 2 END`;
}

/** Whole groups in random order, each into the split in which its middle row falls; by the most frequent stratum of the group when stratified. */
async function groupSplit(
  database: Database,
  relation: string,
  group: Column,
  stratify: Column | undefined,
  [train, validation]: Shares,
  seed: number,
  warn: Warn,
): Promise<string> {
  const key = `coalesce(CAST(${group.id} AS VARCHAR), '')`;
  const { n, groups } = await database.one<{ n: number; groups: number }>(
    `SELECT count(*) FILTER (WHERE ${group.id} IS NULL) AS n, count(DISTINCT ${key}) AS groups FROM ${relation}`,
  );
  if (n > 0)
    warn(`${n} ${n === 1 ? 'row has' : 'rows have'} no '${group.name}'; they are kept together as one group.`, {
      code: 'data-group-missing',
      path: ['split', 'group'],
    });
  if (groups < 3)
    warn(
      `The column '${group.name}' has only ${groups} ${groups === 1 ? 'group' : 'groups'}; some splits stay empty.`,
      { code: 'data-few-groups', path: ['split', 'group'] },
    );
  const stratum = stratify ? stratumKey(stratify) : "''";
  await database.run(`
    CREATE OR REPLACE TEMP TABLE group_split AS
    SELECT g, CASE WHEN middle <= total * ${train} THEN 0 WHEN middle <= total * ${train + validation} THEN 1 ELSE 2 END AS split
    FROM (
      SELECT g, sum(n) OVER (PARTITION BY s ORDER BY k, g) - n / 2 AS middle, sum(n) OVER (PARTITION BY s) AS total
      FROM (
        SELECT g, arg_max(s, (n, s)) AS s, CAST(sum(n) AS DOUBLE) AS n, md5_number_lower(g || ':group:${seed}') AS k
        FROM (SELECT ${key} AS g, ${stratum} AS s, count(*) AS n FROM ${relation} GROUP BY 1, 2)
        GROUP BY g
      )
    )`);
  return `(SELECT x.*, group_split.split FROM ${relation} x JOIN group_split ON g = ${key})`;
}
