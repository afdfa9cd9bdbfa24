import { JobThread, workerFile } from '../../process/worker';
import type { BinnerParts } from '../binner';
import type { CountJob, Opening } from './counter';
import type { Counting, FileCounts } from './file';

/** What a counting thread starts with; plain data. */
export interface LaneStart {
  readonly store: string;
  readonly opening: Opening;
  readonly counting: Omit<Counting, 'binners'> & { readonly binners: readonly BinnerParts[] };
  readonly memory: number;
}

export type Lane = JobThread<CountJob, FileCounts>;

/** Bytes that the database of a thread may take before it spills. */
const MEMORY = 120e6;
/** Megabytes for young objects: chunks are copied, counted and let go of, and are collected soon and cheaply in little room. */
const YOUNG = 3;
/** Each thread takes memory, and the disk is one. */
const MOST_LANES = 4;
/** Rows for which threads are worth starting: a second's work or so. */
const WORTH = 500_000;

/** Threads to count files of so many rows in; none when it is not worth it. Close each. */
export function openLanes(
  rows: readonly number[],
  {
    threads,
    signal,
    apart = WORTH,
  }: { readonly threads: number; readonly signal: AbortSignal; readonly apart?: number | undefined },
  { store, opening, counting }: Omit<LaneStart, 'memory' | 'counting'> & { readonly counting: Counting },
): Lane[] {
  const file = workerFile(__dirname, 'count');
  const count = Math.min(threads, MOST_LANES, rows.length);
  if (file === undefined || count < 2 || rows.reduce((sum, n) => sum + n, 0) < apart) return [];
  const start: LaneStart = {
    store,
    opening,
    counting: { ...counting, binners: counting.binners.map(({ parts }) => parts) },
    memory: MEMORY,
  };
  return Array.from(
    { length: count },
    () => new JobThread<CountJob, FileCounts>(file, start, signal, { young: YOUNG }),
  );
}

/**
 * Gives each item to one of the workers, in order, and the results in the order of the items. After a failure no further one is begun; that of
 * the earliest item is the one told.
 */
export async function inLanes<T, W, R>(
  items: readonly T[],
  workers: readonly W[],
  work: (item: T, index: number, worker: W) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const failures: { readonly at: number; readonly error: unknown }[] = [];
  const queue = [...items.entries()];
  await Promise.all(
    workers.map(async (worker) => {
      for (let next = queue.shift(); next !== undefined && failures.length === 0; next = queue.shift()) {
        const [at, item] = next;
        try {
          results[at] = await work(item, at, worker);
        } catch (error) {
          failures.push({ at, error });
        }
      }
    }),
  );
  const [first] = failures.sort((a, b) => a.at - b.at);
  if (first !== undefined) throw first.error;
  return results;
}
