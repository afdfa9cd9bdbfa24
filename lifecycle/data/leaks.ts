import { type Database, identifier } from '../table';
import { type Column } from './columns';
import { type ColumnProfile } from './profile';
import { type Warn } from './readable';
import { type Target } from './target';

/** Most categories of a column that is looked at value by value. */
const MOST = 50;
/** Most columns that are asked about in one query. */
const TOGETHER = 100;

/**
 * Warns of features that give the target away: a category, or that a value is missing, which tells the class in all rows but a few; a number that
 * goes along with the target exactly. Such a column is mostly filled in after the fact, and not known when the model is asked.
 *
 * @param relation the training split, columns under their names
 */
export async function warnOfLeaks(
  database: Database,
  relation: string,
  target: Target,
  candidates: readonly Column[],
  profiles: ReadonlyMap<string, ColumnProfile>,
  rows: number,
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
    for (const { name } of candidates.slice(0, 4 * TOGETHER)) {
      const info = profiles.get(name)?.info;
      const column = identifier(name);
      const few = (info?.distinct ?? Infinity) <= MOST;
      if (!few && (info?.missing ?? 0) === 0) continue;
      const key = few ? column : `(${column} IS NULL)`;
      const { wrong } = await database.one<{ wrong: number }>(
        `SELECT sum(n) - sum(most) AS wrong FROM (SELECT sum(n) AS n, max(n) AS most FROM (SELECT ${key} AS k, ${label} AS y, count(*) AS n FROM ${relation} GROUP BY ALL) GROUP BY k)`,
      );
      if (wrong <= chance * 0.02) found.push(name);
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
