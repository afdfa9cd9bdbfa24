import type { Database } from '../../table';
import { profileColumn } from '../files';
import type { ColumnProfile, ColumnReading } from '../profile';
import type { Drawable } from './draw';
import { type FileCounts, rowsWithin } from './file';
import type { Kept } from './keep';
import { SEEN_OF } from './grid-tally';

/** Distinct values up to which a column is counted exactly: in all files together, and of all columns together what memory bears. */
const MOST_EXACT = 1_000_000;
const MOST_TOGETHER = 8_000_000;

/**
 * Columns that lie on a grid in some file, but have few distinct values in all files together, so that each can be counted. Their number follows
 * from every 256th one, which was kept: of a million it is off by less than 5 %.
 */
export function columnsWithFew(counts: readonly FileCounts[], most = MOST_EXACT): ReadonlySet<string> {
  const seen = new Map<string, Float64Array[]>();
  for (const one of counts)
    for (const [name, values] of Object.entries(one.seen)) {
      const known = seen.get(name);
      if (known === undefined) seen.set(name, [values]);
      else known.push(values);
    }
  const sizes = [...seen].map(([name, parts]) => ({ name, distinct: distinctOf(parts) * SEEN_OF }));
  const few = new Set<string>();
  let together = 0;
  for (const { name, distinct } of sizes.sort((a, b) => a.distinct - b.distinct)) {
    together += distinct;
    if (distinct <= most && together <= MOST_TOGETHER) few.add(name);
  }
  return few;
}

function distinctOf(parts: readonly Float64Array[]): number {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  all.sort();
  let distinct = 0;
  for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[i - 1]) distinct++;
  return distinct;
}

/** Counts columns of a file by value that were counted on a grid. */
export async function countExactly(
  database: Database,
  kept: Kept,
  file: Drawable,
  counts: FileCounts,
  names: ReadonlySet<string>,
  readings: Readonly<Record<string, ColumnReading>>,
): Promise<FileCounts> {
  const columns: Record<string, ColumnProfile> = { ...counts.columns };
  for (const [name, profile] of Object.entries(counts.columns)) {
    if (!names.has(name) || profile.kind !== 'number' || profile.grid === undefined) continue;
    columns[name] = await kept.of(kept.key('exact', file.content, name, readings[name]), async () => {
      const log = await file.table();
      const column = log.columns.find((one) => one.name === name)!;
      return profileColumn(database, rowsWithin(log, file.window), column, readings[name]!, counts.rows);
    });
  }
  return { ...counts, columns };
}
