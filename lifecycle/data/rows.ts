import type { ColumnList, DataStage, RowStep } from '../../schemas/generated/types';
import { toSql } from '../expression';
import { UserError } from '../problem';
import { type Database, text } from '../table';
import { type Column, missingColumn } from './columns';
import { before, findCuts, randomKey } from './cut';
import { readExpression } from './expressions';
import { type Work } from './ingest';

export interface StepReport {
  readonly step: string;
  readonly removed: number;
}

/** Rows that are left, and what became of the others. */
export interface Rows {
  readonly relation: string;
  readonly count: number;
  readonly steps: readonly StepReport[];
  /** Statements that set the variables of the relation, on any connection. */
  readonly setup: readonly string[];
}

interface RowContext {
  readonly database: Database;
  readonly columns: readonly Column[];
  readonly seed: number;
}

/** Carries out the row steps, in order. */
export async function applyRows(context: RowContext, work: Work, steps: DataStage['rows'] = []): Promise<Rows> {
  let relation = work.relation;
  let count = work.rows;
  const reports: StepReport[] = [];
  const setup: string[] = [];
  for (const [i, step] of steps.entries()) {
    const path = ['rows', i];
    const next = await applyStep({ ...context, sourceRows: work.rows }, relation, count, step, path, i);
    const left =
      next.removed !== undefined
        ? count - next.removed
        : (await context.database.one<{ n: number }>(`SELECT count(*) AS n FROM ${next.relation}`)).n;
    if (next.setup !== undefined) setup.push(next.setup);
    reports.push({ step: next.name, removed: count - left });
    if (left === 0) {
      throw new UserError({
        code: 'data-no-rows-left',
        message: `The row step '${next.name}' leaves none of the ${count.toLocaleString('en')} rows.`,
        hint: next.hint ?? 'Loosen it, or look at what the columns hold.',
        path,
      });
    }
    relation = next.relation;
    count = left;
  }
  return { relation, count, steps: reports, setup };
}

interface Applied {
  readonly relation: string;
  readonly name: string;
  readonly hint?: string;
  /** How many rows it removes, where that is known already. */
  readonly removed?: number;
  /** Sets the variable of its relation. */
  readonly setup?: string;
}

async function applyStep(
  context: RowContext & { readonly sourceRows: number },
  relation: string,
  count: number,
  step: RowStep,
  path: (string | number)[],
  index: number,
): Promise<Applied> {
  const { columns } = context;
  if (step === 'drop-duplicates') return dropDuplicates(context, relation, columns, 'drop-duplicates', true, index);
  if (step === 'drop-missing') return dropMissing(relation, columns, 'drop-missing');
  if (step['drop-duplicates']) {
    const list = step['drop-duplicates'].columns;
    const chosen = chooseColumns(list, columns, [...path, 'drop-duplicates', 'columns']);
    return dropDuplicates(context, relation, chosen, `drop-duplicates ${listName(list)}`, false, index);
  }
  if (step['drop-missing']) {
    const list = step['drop-missing'].columns;
    const chosen = chooseColumns(list, columns, [...path, 'drop-missing', 'columns']);
    return dropMissing(relation, chosen, `drop-missing ${listName(list)}`);
  }
  if (step.filter !== undefined) {
    const types = new Map(columns.map(({ name, type }) => [name, type]));
    const { tree } = readExpression(step.filter, types, [...path, 'filter'], 'boolean');
    const ids = new Map(columns.map(({ name, id }) => [name, id]));
    const condition = toSql(tree, types, { column: (name) => ids.get(name) ?? name });
    return { relation: where(relation, condition), name: `filter ${step.filter}` };
  }
  if (step.sample) return sample(context, relation, count, step.sample);
  throw new Error('a row step of no known kind');
}

function where(relation: string, condition: string): string {
  return `(SELECT * FROM ${relation} WHERE ${condition})`;
}

function listName(list: ColumnList): string {
  return typeof list === 'string' ? list : list.join(', ');
}

function dropMissing(relation: string, columns: readonly Column[], name: string): Applied {
  const worst = columns.map(({ id }) => `${id} IS NOT NULL`).join(' AND ');
  return {
    relation: where(relation, worst || 'true'),
    name,
    hint: 'Some column is missing in every row: drop it, or name the columns that must be there.',
  };
}

/** Rows that equal an earlier row. Candidates are found by their hash, and compared by their values, so the result is exact. */
async function dropDuplicates(
  { database, sourceRows }: RowContext & { readonly sourceRows: number },
  relation: string,
  columns: readonly Column[],
  name: string,
  whole: boolean,
  index: number,
): Promise<Applied> {
  const ids = columns.map(({ id }) => id).join(', ');
  const hash = whole ? 'h' : `hash(${ids})`;
  // Not the column itself: the join would hand its bounds to the scan, which then picks values one by one, though nearly all of them are within.
  const probe = whole ? 'xor(h, 0::UBIGINT)' : hash;
  const [candidates, removed] = [`duplicate_hash_${index}`, `duplicate_row_${index}`];
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${candidates} AS SELECT ${hash} AS x FROM ${relation} GROUP BY 1 HAVING count(*) > 1`,
  );
  await database.run(`
    CREATE OR REPLACE TEMP TABLE ${removed} AS
    SELECT unnest(list_sort(list(r))[2:]) AS r FROM ${relation} WHERE ${probe} IN (SELECT x FROM ${candidates}) GROUP BY ${ids} HAVING count(*) > 1`);
  await database.run(`DROP TABLE ${candidates}`);
  const { n } = await database.one<{ n: number }>(`SELECT count(*) AS n FROM ${removed}`);
  if (n === 0) return { relation, name, removed: 0 };
  // A bit for each row of the source, as the splits have it: every later scan asks for it, which is cheaper than a join in each.
  const bits = `duplicate_bits_${index}`;
  await database.run(
    `CREATE OR REPLACE TABLE ${bits} AS SELECT bitstring_agg(r, 0::BIGINT, ${sourceRows - 1}::BIGINT) AS b FROM ${removed}`,
  );
  const setup = `SET VARIABLE duplicate_${index} = (SELECT b FROM ${bits})`;
  await database.run(setup);
  const isNone = `get_bit(getvariable(${text(`duplicate_${index}`)}), CAST(r AS INTEGER)) = 0`;
  return { relation: where(relation, isNone), name, removed: n, setup };
}

async function sample(
  { database, seed }: RowContext,
  relation: string,
  count: number,
  { fraction, rows }: { fraction?: number; rows?: number },
): Promise<Applied> {
  const wanted = Math.min(count, rows ?? Math.max(1, Math.round(count * (fraction ?? 1))));
  const name = rows === undefined ? `sample ${fraction ?? 1}` : `sample ${rows} rows`;
  if (wanted === count) return { relation, name };
  // Keys of its own: the sample must not be those rows that the split would train on.
  const keyed = `(SELECT * EXCLUDE (k), ${randomKey('k', `sample:${seed}`)} AS k, k AS k0 FROM ${relation})`;
  const cuts = await findCuts(
    database,
    { relation: keyed, rows: count, counts: new Map([['', count]]) },
    new Map([['', [wanted]]]),
  );
  const kept = where(keyed, before(cuts.get('')?.[0], undefined));
  return { relation: `(SELECT * EXCLUDE (k, k0), k0 AS k FROM ${kept})`, name };
}

/** Columns that a row step names, or a group of them by type. */
function chooseColumns(list: ColumnList, columns: readonly Column[], path: (string | number)[]): Column[] {
  const names = columns.map(({ name }) => name);
  if (typeof list === 'string' && !names.includes(list)) {
    if (list === 'all') return [...columns];
    const type = list === 'numeric' ? 'number' : list;
    if (type === 'number' || type === 'text' || type === 'boolean') {
      const found = columns.filter((column) => column.type === type);
      if (found.length > 0) return found;
      throw new UserError({ code: 'data-no-such-columns', message: `There is no ${list} column.`, path });
    }
  }
  return (typeof list === 'string' ? [list] : list).map((name, i) => {
    const found = columns.find((column) => column.name === name);
    if (!found) throw missingColumn(name, names, typeof list === 'string' ? path : [...path, i]);
    return found;
  });
}
