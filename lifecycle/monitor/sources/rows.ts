import { writeFile } from 'node:fs/promises';
import { type Database, columnsOf, describe, identifier, literalPath, parquetRelation } from '../../table';
import { actualOf, type LabelledRow } from '../performance';
import { SAMPLED_ROWS } from '../requests';
import { DRAW, LABELLED_ROWS } from './draw';
import type { LogPass } from './log';
import { ACTUAL, ANSWER, ID, type LogTable, TIME } from './table';

/** A row whose outcome is told; `row` is undefined when it is no class of the model. */
interface Told {
  readonly row: LabelledRow | undefined;
}

/** A uniform sample of the rows of all files, as raw values in the order of the watched columns; undefined where no file has the column. */
export async function drawnRows(
  database: Database,
  files: readonly string[],
  names: readonly string[],
): Promise<unknown[][]> {
  if (files.length === 0 || names.length === 0) return [];
  const relation = parquetRelation(files);
  const there = (await describe(database, relation)).map(({ name }) => name);
  const known = names.filter((name) => there.includes(name));
  if (known.length === 0) return [];
  const list = known.map(identifier).join(', ');
  const { columns, rows } = await columnsOf(
    database,
    `(SELECT ${list} FROM ${relation} ORDER BY ${DRAW} LIMIT ${SAMPLED_ROWS})`,
    known,
  );
  const data = names.map((name) => columns[name]?.values);
  return Array.from({ length: rows }, (_, row) => data.map((values) => values?.[row]));
}

/** The rows that carry their outcome themselves. */
export async function drawnLabels(database: Database, files: readonly string[], pass: LogPass): Promise<Told[]> {
  if (files.length === 0) return [];
  const relation = parquetRelation(files);
  const list = (await describe(database, relation))
    .map(({ name }) => name)
    .filter((name) => pass.names.includes(name) || [TIME, ANSWER, ACTUAL].includes(name));
  return toldRows(
    database,
    `(SELECT ${list.map(identifier).join(', ')} FROM ${relation} ORDER BY ${DRAW} LIMIT ${LABELLED_ROWS})`,
    pass,
  );
}

/** The rows whose outcome was told by the id of the request; the first row of a request is the one meant. */
export async function labelsById(
  database: Database,
  logs: readonly LogTable[],
  window: { readonly from: number; readonly to: number },
  pass: LogPass,
  scratch: string,
): Promise<Told[]> {
  const known = [...(pass.outcomes ?? [])].flatMap(([id, [actual]]) =>
    actual === null || actual === undefined ? [] : [JSON.stringify({ id, actual: String(actual) })],
  );
  if (known.length === 0) return [];
  await writeFile(scratch, `${known.join('\n')}\n`);
  const told = `read_json(${literalPath(scratch)}, format = 'newline_delimited', columns = {id: 'VARCHAR', actual: 'VARCHAR'})`;
  const all: Told[] = [];
  for (const { relation, columns } of logs) {
    const own = columns.filter(({ name }) => pass.names.includes(name));
    const lists = [...own.map(({ name }) => identifier(name)), TIME, ...(pass.source.prediction ? [ANSWER] : [])];
    all.push(
      ...(await toldRows(
        database,
        `(SELECT ${lists.join(', ')}, told.actual AS ${ACTUAL} FROM ${relation} AS log JOIN ${told} AS told ON log.${ID} = told.id WHERE ${TIME} >= ${window.from} AND ${TIME} < ${window.to} QUALIFY row_number() OVER (PARTITION BY told.id ORDER BY ${TIME}) = 1 LIMIT ${LABELLED_ROWS})`,
        pass,
      )),
    );
  }
  return all;
}

async function toldRows(database: Database, relation: string, { info }: LogPass): Promise<Told[]> {
  if (info === undefined) return [];
  const { columns, rows } = await columnsOf(database, relation);
  const [times, actuals] = [columns[TIME]!.values, columns[ACTUAL]!.values];
  const answers = columns[ANSWER]?.values;
  const inputs = Object.entries(columns).filter(([name]) => !name.startsWith('__'));
  return Array.from({ length: rows }, (_, row) => {
    const actual = actualOf(actuals[row], info);
    const answer = answers?.[row];
    if (actual === undefined) return { row: undefined };
    return {
      row: {
        time: Number(times[row]),
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
    return [1 - p, p];
  }
  return classes.map((name) => Number(String(name) === String(answer)));
}
