import type { Task, Written } from '../../../schemas/generated/types';
import type { Database } from '../../table';
import type { ColumnReading } from '../profile';
import { drawFrom, type Drawn, keepRows } from './draw';
import { countFile, type Counting, type FileCounts, type Span } from './file';
import type { Kept } from './keep';
import { type LogSource, type LogTable, openLog } from './table';
import { Vocabulary } from './vocabulary';

/** How the files of a log are opened; plain data. */
export interface Opening {
  readonly source: LogSource;
  readonly names: readonly string[];
  readonly readings: Readonly<Record<string, ColumnReading>>;
  readonly written: Written | undefined;
  readonly scratch: string;
  readonly task?: Task | undefined;
  readonly plain?: readonly string[] | undefined;
}

/** A file that is to be counted; plain data. */
export interface CountJob {
  readonly path: string;
  readonly window: Span;
  /** Files whose rows don't count again. */
  readonly before: readonly string[];
  /** By what rows are drawn where the file is read into memory anyway. */
  readonly content: readonly unknown[];
  readonly salt: string;
  /** At which rows are drawn while they are counted: of all files together enough. */
  readonly level: number;
}

/** Kinds of rows that are drawn of a log. */
function drawnOf({ label }: LogSource): Drawn[] {
  return label === undefined ? ['rows'] : ['rows', 'labelled'];
}

/** Opens and counts the files of a log on one connection. */
export class LogCounter {
  readonly #opened = new Map<string, Promise<LogTable>>();
  readonly #vocabulary: Vocabulary;
  readonly #keeping = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly kept: Kept,
    private readonly counting: Counting,
    private readonly opening: Opening,
    private readonly signal: AbortSignal,
  ) {
    this.#vocabulary = new Vocabulary(database, counting.labels);
  }

  table(path: string): Promise<LogTable> {
    let found = this.#opened.get(path);
    if (found === undefined) {
      const { source, names, ...reading } = this.opening;
      this.#opened.set(path, (found = openLog(this.database, path, source, names, reading)));
    }
    return found;
  }

  async count({ path, window, before, content, salt, level }: CountJob): Promise<FileCounts> {
    const { database, kept } = this;
    const { source } = this.opening;
    const log = await this.table(path);
    const earlier = await Promise.all(before.map((one) => this.table(one)));
    const more = { ids: source.id !== undefined, labels: source.label !== undefined };
    return countFile(
      database,
      log,
      this.counting,
      window,
      earlier,
      more,
      this.#vocabulary,
      (relation, sizes) => drawFrom(database, kept, drawnOf(source), relation, log, { content, salt, sizes }),
      this.signal,
      { salt, level, keep: (rows) => this.#keep(keepRows(kept, level, content, rows)) },
    );
  }

  /** Rows are drawn again where they could not be kept; nothing waits for the disk meanwhile. */
  #keep(kept: Promise<void>): void {
    const one = kept.catch(() => undefined).finally(() => this.#keeping.delete(one));
    this.#keeping.add(one);
  }

  /** Done when all drawn rows are on the disk. */
  async settled(): Promise<void> {
    await Promise.all(this.#keeping);
  }

  /** Lets go of a file that was read into memory. */
  async release(path: string): Promise<void> {
    const log = await this.#opened.get(path);
    if (log?.temporary !== true) return;
    this.#opened.delete(path);
    await log.close();
  }

  async close(): Promise<void> {
    await this.settled();
    for (const one of this.#opened.values()) await one.then((log) => log.close()).catch(() => undefined);
  }
}
