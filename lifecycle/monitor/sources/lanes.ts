import { JobThread, workerFile } from '../../process/worker';
import type { BinnerParts } from '../binner';
import type { CountJob, Opening } from './counter';
import type { Counting, FileCounts, FileSpan } from './file';

/** What a counting thread starts with; plain data. */
export interface LaneStart {
  readonly store: string;
  readonly opening: Opening;
  readonly counting: Omit<Counting, 'binners'> & { readonly binners: readonly BinnerParts[] };
  readonly memory: number;
}

/** What a thread finds out of a file before its values are looked at; the span is undefined where it could not. */
export interface FileLook {
  readonly sha256: string;
  readonly span: FileSpan | undefined;
}

export type LaneJob = { readonly look: string } | { readonly count: CountJob };

/** A thread that looks at files and counts them. */
export class Lane {
  readonly #thread: JobThread<LaneJob, FileLook | FileCounts>;

  constructor(file: string, start: LaneStart, signal: AbortSignal) {
    this.#thread = new JobThread(file, start, signal, { young: YOUNG });
  }

  look(path: string): Promise<FileLook> {
    return this.#thread.run({ look: path }) as Promise<FileLook>;
  }

  count(job: CountJob): Promise<FileCounts> {
    return this.#thread.run({ count: job }) as Promise<FileCounts>;
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}

/** Bytes that the database of a thread may take before it spills. */
const MEMORY = 120e6;
/** Megabytes for young objects: where chunks are copied, counted and let go of, they are collected soon and cheaply in little room. */
const YOUNG = 3;
/** Each thread takes memory, and the disk is one. */
const MOST_LANES = 4;
/** Rows for which threads are worth starting: a second's work or so. */
export const WORTH = 500_000;

/** Threads to count so many files in; none when it is not worth it. Close each. */
export function openLanes(
  files: number,
  { threads, signal }: { readonly threads: number; readonly signal: AbortSignal },
  { store, opening, counting }: Omit<LaneStart, 'memory' | 'counting'> & { readonly counting: Counting },
): Lane[] {
  const file = workerFile(__dirname, 'count');
  const count = Math.min(threads, MOST_LANES, files);
  if (file === undefined || count < 2) return [];
  const start: LaneStart = {
    store,
    opening,
    counting: { ...counting, binners: counting.binners.map(({ parts }) => parts) },
    memory: MEMORY,
  };
  return Array.from({ length: count }, () => new Lane(file, start, signal));
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
