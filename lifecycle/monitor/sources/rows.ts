import { writeFile } from 'node:fs/promises';
import { type Database, columnsOf, describe, identifier, literalPath, parquetRelation } from '../../table';
import { valueOf } from '../files';
import { actualOf, type LabelledRow } from '../performance';
import { SAMPLED_ROWS } from '../requests';
import { DRAW, LABELLED_ROWS } from './draw';
import type { LogPass } from './log';
import type { DrawnRows } from './picks';
import { ACTUAL, ANSWER, ID, type LogTable, TIME } from './table';

/** A row whose outcome is told; `row` is undefined when it is no class of the model. */
export interface Told {
  readonly row: LabelledRow | undefined;
  readonly id: string | undefined;
  readonly time: number;
}

/** A uniform sample of the rows of all files, as raw values in the order of the watched columns; undefined where no file has the column. */
export function drawnRows(files: readonly DrawnRows[], names: readonly string[]): unknown[][] {
  const drawn = files.flatMap(({ draws }, file) => Array.from(draws, (draw, row) => ({ draw, file, row })));
  drawn.sort((a, b) => a.draw - b.draw);
  const chosen = drawn.slice(0, SAMPLED_ROWS);
  const columns = names.map((name) => {
    const own = files.map(({ columns: all }) => (Object.hasOwn(all, name) ? all[name] : undefined));
    const types = new Set(own.flatMap((column) => column?.type ?? []));
    return { own, missing: types.size === 0 ? undefined : types.has('text') || types.size > 1 ? null : NaN, types };
  });
  if (columns.every(({ types }) => types.size === 0)) return [];
  return chosen.map(({ file, row }) =>
    columns.map(({ own, missing, types }) => {
      const value = own[file]?.values[row];
      if (value === undefined || value === null || value !== value) return missing;
      // A column that is of another type in another file is text in all.
      return types.size > 1 ? String(value) : value;
    }),
  );
}

/** The rows that carry their outcome themselves. */
export async function drawnLabels(database: Database, files: readonly string[], pass: LogPass): Promise<Told[]> {
  if (files.length === 0) return [];
  const relation = parquetRelation(files);
  const list = (await describe(database, relation)).flatMap((column) =>
    [TIME, ID, ANSWER, ACTUAL].includes(column.name) ? [identifier(column.name)] : inputOf(column, pass),
  );
  return toldRows(
    database,
    `(SELECT ${list.join(', ')} FROM ${relation} ORDER BY ${DRAW} LIMIT ${LABELLED_ROWS})`,
    pass,
  );
}

/** SQL of an input that slices or figures may need, as what it is to the model: a CSV file has only texts. Nothing of other columns. */
function inputOf(
  column: { readonly name: string; readonly sql: string },
  { names, readings, extras = {} }: LogPass,
): string[] {
  const { name } = column;
  const reading = Object.hasOwn(extras, name) ? extras[name] : names.includes(name) ? readings[name] : undefined;
  if (reading === undefined) return [];
  const sql =
    reading === null || reading.type === 'text' || reading.type === 'time'
      ? identifier(name)
      : reading.type === 'number'
        ? `CAST(${valueOf(column, reading)} AS DOUBLE)`
        : `(${valueOf(column, reading)}) = 'true'`;
  return [`${sql} AS ${identifier(name)}`];
}

/** The rows whose outcome was told by the id of the request; the first row of a request is the one meant, in whichever file it stands. */
export async function labelsById(
  database: Database,
  logs: readonly LogTable[],
  window: { readonly from: number; readonly to: number },
  pass: LogPass,
  scratch: string,
): Promise<Told[]> {
  const told = await toldTable(pass, scratch);
  if (told === undefined) return [];
  const first = new Map<string, Told>();
  for (const { relation, columns } of logs) {
    const own = columns.flatMap((column) => inputOf(column, pass));
    const lists = [...own, TIME, ID, ...(pass.source.prediction ? [ANSWER] : [])];
    const found = await toldRows(
      database,
      `(SELECT ${lists.join(', ')}, told.actual AS ${ACTUAL} FROM ${relation} AS log JOIN ${told} AS told ON log.${ID} = told.id WHERE ${TIME} >= ${window.from} AND ${TIME} < ${window.to} QUALIFY row_number() OVER (PARTITION BY told.id ORDER BY ${TIME}) = 1 LIMIT ${LABELLED_ROWS})`,
      pass,
    );
    for (const one of found) {
      const known = first.get(one.id!);
      if (known === undefined || one.time < known.time) first.set(one.id!, one);
    }
  }
  return [...first.values()];
}

/** Ids of outcomes that no log holds, at whatever time. */
export async function unknownToLogs(
  database: Database,
  logs: readonly LogTable[],
  pass: LogPass,
  scratch: string,
): Promise<string[]> {
  const told = await toldTable(pass, scratch);
  if (told === undefined) return [];
  const there = logs.map(({ relation }) => `SELECT ${ID} FROM ${relation} WHERE ${ID} IS NOT NULL`).join(' UNION ALL ');
  const found = await database.query<{ id: string }>(
    `SELECT id FROM ${told}${there === '' ? '' : ` WHERE id NOT IN (${there})`} ORDER BY id`,
  );
  return found.map(({ id }) => id);
}

/** SQL: outcomes by id; undefined when there is none. */
async function toldTable({ outcomes = new Map() }: LogPass, scratch: string): Promise<string | undefined> {
  const known = [...outcomes].flatMap(([id, [actual]]) =>
    actual === null || actual === undefined ? [] : [JSON.stringify({ id, actual: String(actual) })],
  );
  if (known.length === 0) return undefined;
  await writeFile(scratch, `${known.join('\n')}\n`);
  return `read_json(${literalPath(scratch)}, format = 'newline_delimited', columns = {id: 'VARCHAR', actual: 'VARCHAR'})`;
}

async function toldRows(database: Database, relation: string, { info }: LogPass): Promise<Told[]> {
  if (info === undefined) return [];
  const { columns, rows } = await columnsOf(database, relation);
  const [times, actuals] = [columns[TIME]!.values, columns[ACTUAL]!.values];
  const answers = columns[ANSWER]?.values;
  const ids = columns[ID]?.values;
  const own = new Set([TIME, ID, ANSWER, ACTUAL]);
  const inputs = Object.entries(columns).filter(([name]) => !own.has(name));
  return Array.from({ length: rows }, (_, row) => {
    const actual = actualOf(actuals[row], info);
    const answer = answers?.[row];
    const id = ids?.[row];
    const about = { id: id === null || id === undefined ? undefined : String(id), time: Number(times[row]) };
    if (actual === undefined) return { ...about, row: undefined };
    return {
      ...about,
      row: {
        time: about.time,
        actual,
        answer: answerOf(answer, info),
        inputs: Object.fromEntries(inputs.map(([name, { values }]) => [name, values[row]])),
      },
    };
  });
}

/** P of each class as the log tells it: of more than two classes only which one it was. */
function answerOf(answer: unknown, { task, classes = [] }: NonNullable<LogPass['info']>): number[] {
  if (task === 'regression') return [Number(answer ?? NaN)];
  if (task === 'binary') {
    const p = answer === null || answer === undefined ? NaN : Number(answer);
    // What is no probability says nothing of the class.
    return p >= 0 && p <= 1 ? [1 - p, p] : [NaN, NaN];
  }
  const at = answer === null || answer === undefined ? undefined : actualOf(answer, { task, classes });
  return classes.map((_, k) => (at === undefined ? NaN : Number(k === at)));
}
