import type { Database, Cell } from '../table';
import { type Selection } from './moments';

export interface Values {
  /** Most frequent first; equal counts in the order of the values. */
  readonly top: readonly { readonly value: Cell; readonly count: number }[];
  /** Distinct values that are there, exactly. */
  readonly distinct: number;
}

const TOGETHER = 50;

/** The most frequent values of columns, exactly. */
export async function readValues(database: Database, { relation, sql }: Selection, most: number): Promise<Values[]> {
  const found: Values[] = sql.map(() => ({ top: [], distinct: 0 }));
  for (let from = 0; from < sql.length; from += TOGETHER) {
    const parts = sql
      .slice(from, from + TOGETHER)
      .map(
        (column, i) =>
          `(SELECT ${from + i} AS c, v, n, count(*) OVER () AS d FROM (SELECT ${column} AS v, count(*) AS n FROM ${relation} GROUP BY 1) WHERE v IS NOT NULL ORDER BY n DESC, v LIMIT ${most})`,
      );
    // Columns of several types don't go into one UNION without losing theirs, so callers ask for one type at a time.
    const rows = await database.query<{ c: number; v: Cell; n: number; d: number }>(parts.join(' UNION ALL '));
    const lists = new Map<number, { value: Cell; count: number }[]>();
    for (const { c, v, n, d } of rows) {
      const list = lists.get(c) ?? [];
      if (list.length === 0) {
        lists.set(c, list);
        found[c] = { top: list, distinct: d };
      }
      list.push({ value: v, count: n });
    }
  }
  return found;
}
