import { type Database, identifier } from '../table';
import { type Column } from './columns';
import { type ColumnProfile } from './profile';
import { type Warn } from './readable';
import { type Target } from './target';

/** Most categories of a column that is looked at value by value. */
const MOST = 50;
/** Share of the rows that would be guessed wrong otherwise, which are wrong still where a column tells the target. */
const TOLD = 0.02;
/** Rows of a tenth of the data from which on it is looked at first. */
const PART_ROWS = 100_000;
/** Most columns that are asked about in one query. */
const TOGETHER = 100;

interface Training {
  /** Columns under their names. */
  readonly relation: string;
  /** A relation with the first rows alone. */
  readonly first: (rows: number) => string;
  readonly rows: number;
}

/**
 * Warns of features that give the target away: a category, or that a value is missing, which tells the class in all rows but a few; a number that
 * goes along with the target exactly. Such a column is mostly filled in after the fact, and not known when the model is asked.
 *
 * @param training the training split
 */
export async function warnOfLeaks(
  database: Database,
  { relation, first, rows }: Training,
  target: Target,
  candidates: readonly Column[],
  profiles: ReadonlyMap<string, ColumnProfile>,
  warn: Warn,
): Promise<void> {
  if (rows < 50) return;
  const label = identifier(target.column.name);
  const found: string[] = [];
  if (target.classes) {
    const { chance } = await database.one<{ chance: number }>(
      `SELECT count(*) - (SELECT max(n) FROM (SELECT count(*) AS n FROM ${relation} GROUP BY ${label})) AS chance FROM ${relation}`,
    );
    if (chance < 10) return;
    const most = chance * TOLD;
    const wrongs = async (key: string, of: string): Promise<number> => {
      const { wrong } = await database.one<{ wrong: number }>(
        `SELECT sum(n) - sum(most) AS wrong FROM (SELECT sum(n) AS n, max(n) AS most FROM (SELECT ${key} AS k, ${label} AS y, count(*) AS n FROM ${of} GROUP BY ALL) GROUP BY k)`,
      );
      return wrong;
    };
    for (const { name } of candidates.slice(0, 4 * TOGETHER)) {
      const info = profiles.get(name)?.info;
      const column = identifier(name);
      const few = (info?.distinct ?? Infinity) <= MOST;
      const missing = info?.missing ?? 0;
      // So few rows that lack a value, or have one, can't be all that would be guessed wrong without it.
      if (!few && chance - Math.min(missing, rows - missing) > most) continue;
      const key = few ? column : `(${column} IS NULL)`;
      // What is guessed wrong in some of the rows is wrong in all of them: a part settles it for most columns.
      if (rows >= 10 * PART_ROWS && (await wrongs(key, first(Math.floor(rows / 10)))) > most) continue;
      if ((await wrongs(key, relation)) <= most) found.push(name);
    }
  } else {
    const numbers = candidates.filter(({ type }) => type === 'number').slice(0, TOGETHER);
    if (numbers.length === 0) return;
    const list = numbers.map(({ name }, i) => `corr(${identifier(name)}, ${label}) AS r${i}`);
    const row = await database.one<Record<string, number | null>>(`SELECT ${list.join(', ')} FROM ${relation}`);
    numbers.forEach(({ name }, i) => {
      if (Math.abs(row[`r${i}`] ?? 0) > 0.9999) found.push(name);
    });
  }
  for (const name of found.slice(0, 5))
    warn(
      `'${name}' ${target.classes ? `tells '${target.column.name}' by itself in (nearly) every row` : `goes along with '${target.column.name}' exactly`}: what the model reaches with it says little.`,
      {
        code: 'data-leak',
        hint: `Is it known when the model is asked? If not: 'columns: {exclude: [${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}]}'.`,
        path: ['features'],
      },
    );
}
