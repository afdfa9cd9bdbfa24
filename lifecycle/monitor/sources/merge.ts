import type { ColumnProfile } from '../profile';
import { mergeProfiles } from '../profile';
import type { RequestProfile } from '../requests';
import { chooseLength, WindowCounter } from '../windows';
import type { Counting, FileCounts } from './file';

/** What was counted of several files, as of one. */
export function mergeCounts(
  counts: readonly FileCounts[],
  { binners, each }: Pick<Counting, 'binners' | 'each'>,
): Omit<RequestProfile, 'skipped'> {
  const times = counts.flatMap(({ from, to }) => (from === null || to === null ? [] : [from, to]));
  const span = times.length > 0 ? Math.max(...times) - Math.min(...times) : 0;
  // Each length is a multiple of the shorter ones, so a part of a file lies within one of the whole.
  const length = each ?? Math.max(chooseLength(span), ...counts.map((one) => one.length));
  const windows = new WindowCounter(binners, length / 3_600_000);
  const columns = new Map<string, ColumnProfile[]>();
  const predictions: ColumnProfile[] = [];
  const foreign = new Set<string>();
  let [rows, duplicates] = [0, 0];
  for (const one of counts) {
    rows += one.rows;
    duplicates += one.duplicates;
    for (const name of one.foreign) foreign.add(name);
    for (const [name, column] of Object.entries(one.columns)) {
      const known = columns.get(name);
      if (known === undefined) columns.set(name, [column]);
      else known.push(column);
    }
    if (one.prediction) predictions.push(one.prediction);
    for (const { from, part } of one.parts) windows.take(from, part);
  }
  return {
    table: {
      rows,
      columns: Object.fromEntries([...columns].map(([name, profiles]) => [name, mergeProfiles(profiles)!])),
    },
    prediction: rows > 0 ? mergeProfiles(predictions) : undefined,
    foreign: [...foreign].sort(),
    duplicates,
    requests: rows,
    windows,
    ...(times.length > 0 && {
      from: new Date(Math.min(...times)).toISOString(),
      to: new Date(Math.max(...times)).toISOString(),
    }),
  };
}
