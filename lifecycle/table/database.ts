import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import type * as Bindings from '@duckdb/node-bindings';
import { UserError } from '../problem';
import { memoryLimit } from '../process/limits';
import { fillArrays, passBy } from './chunk';
import { text } from './quote';
import { translate } from './translate';

export interface DatabaseOptions {
  /** Folder under which this instance gets a temporary folder of its own; the system's unless given. Two processes never share one: DuckDB then gives wrong answers. */
  readonly scratch?: string;
  /** Threads; 1 unless given. */
  readonly threads?: number;
  /** Most bytes held in memory before DuckDB spills to the temporary folder; 1 GB unless given. */
  readonly memory?: number;
  /** Interrupts what runs; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Folder that relative paths inside SQL start from. */
  readonly folder?: string;
}

/** A value of a query as plain JavaScript: whole numbers beyond 2^53 as text, times as Date. */
export type Cell = string | number | boolean | null | Date | Cell[] | { [key: string]: Cell };
export type Row = Record<string, Cell>;

export interface RunOptions {
  /** Called a few times a second with the done share of the statement, 0…1, where DuckDB knows it. */
  readonly onProgress?: (fraction: number) => void;
}

export interface StreamOptions {
  /** Whether the database makes the next chunk while this one is worked through. The call asks nothing of this connection then. */
  readonly ahead?: boolean;
}

export interface ParallelOptions {
  readonly setup?: string;
  /** Called when a statement is done, with how many are and which one it was. */
  readonly onDone?: (done: number, index: number) => void;
}

/** Adds rows to a table of arrays. */
export interface ArrayAppender {
  /** Rows one after the other: [rows, width]. */
  append(values: Float32Array): void;
  close(): void;
}

/** The type of a column of arrays of `width` float32. */
export function arraysType(width: number): string {
  return `FLOAT[${width}]`;
}

/** Statements that run at once take a thread of Node's pool each, which has four. */
const MAX_LANES = 4;

/**
 * An in-memory DuckDB instance with limits, one connection, and nothing that reaches the network. One statement runs at a time.
 * Every method rejects with a {@link UserError} for what the user or the machine did wrong, and with the signal's reason when cancelled.
 */
export interface Database {
  /** Runs a statement and gives its rows. For small results. */
  query<T extends object = Row>(sql: string, options?: RunOptions): Promise<T[]>;
  /** The only row of a query. */
  one<T extends object = Row>(sql: string, options?: RunOptions): Promise<T>;
  /** Runs a statement whose result is of no interest. */
  run(sql: string, options?: RunOptions): Promise<void>;
  /**
   * Streams the chunks of a result, in order, at most 2,048 rows each. A chunk is valid during the call only. The next one is fetched when
   * the call, or the promise it gives, is done: results larger than memory can be worked through.
   */
  stream(
    sql: string,
    onChunk: (chunk: DuckDBDataChunk, rows: number) => void | Promise<void>,
    options?: StreamOptions,
  ): Promise<void>;
  /**
   * Runs statements side by side, each on one thread of its own, so that what a statement writes does not depend on how threads take turns.
   *
   * @param setup runs first on the connection of each lane; temporary tables and variables are not shared between them
   */
  parallel(statements: readonly string[], options?: ParallelOptions): Promise<void>;
  /** Opens a table of one column of arrays ({@link arraysType}) to add rows to. One at a time, and beside whatever else this connection does. */
  arrays(table: string, width: number): Promise<ArrayAppender>;
  /** The kinds of the statements in a text, as DuckDB parses it: `['select']`. */
  statements(sql: string): Promise<('select' | 'other')[]>;
  /** Gives a task a second connection, so that it can run beside this one. */
  beside<T>(task: (database: Database) => Promise<T>): Promise<T>;
  /** Sees to it that at least this many bytes may be used, up to half of the machine's memory. */
  allow(memory: number): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_MEMORY = 1e9;
/** Of that much memory at most half is kept for blocks. */
const MOST_KEPT = 1e9;

/** Opens an instance. Always close it: its temporary folder goes then. */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
  options.signal?.throwIfAborted();
  const temporary = path.join(options.scratch ?? os.tmpdir(), `duckdb-${process.pid}-${randomUUID().slice(0, 8)}`);
  await mkdir(temporary, { recursive: true });
  const { DuckDBInstance } = await import('@duckdb/node-api');
  passBy(((await import('@duckdb/node-bindings')) as unknown as { readonly default: typeof Bindings }).default);
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.create(':memory:', {
      threads: String(Math.max(1, options.threads ?? 1)),
      memory_limit: `${Math.round((options.memory ?? DEFAULT_MEMORY) / 1e6)}MB`,
      temp_directory: temporary,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      preserve_insertion_order: 'true',
      // Blocks are used again instead of being given back to the system and taken anew: 4 % of the processor time of a data stage. Address space
      // that is filled as needed and goes with the instance; where it can't be had, DuckDB does without.
      block_allocator_memory: `${Math.round(Math.min(options.memory ?? DEFAULT_MEMORY, MOST_KEPT) / 2e6)}MB`,
    });
    const connection = await instance.connect();
    const database = new Connected(
      instance,
      connection,
      temporary,
      Math.max(1, options.threads ?? 1),
      options.memory ?? DEFAULT_MEMORY,
      options.signal,
    );
    await database.run(`SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET TimeZone = 'UTC'`);
    if (options.folder !== undefined) await database.run(`SET file_search_path = ${text(options.folder)}`);
    return database;
  } catch (error) {
    instance?.closeSync();
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** An instance that is opened when it is first asked something. Always close it. */
export function databaseWhenAsked(options: DatabaseOptions): Database {
  let opened: Promise<Database> | undefined;
  const database = (): Promise<Database> => (opened ??= openDatabase(options));
  return {
    query: async (...given) => (await database()).query(...given),
    one: async (...given) => (await database()).one(...given),
    run: async (...given) => (await database()).run(...given),
    stream: async (...given) => (await database()).stream(...given),
    parallel: async (...given) => (await database()).parallel(...given),
    arrays: async (...given) => (await database()).arrays(...given),
    statements: async (...given) => (await database()).statements(...given),
    beside: async (task) => (await database()).beside(task),
    allow: async (...given) => (await database()).allow(...given),
    close: async () => {
      // What could not be opened was said to who asked.
      await opened?.then((one) => one.close()).catch(() => undefined);
    },
  };
}

/** Opens an instance for the time of a task. */
export async function withDatabase<T>(options: DatabaseOptions, task: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(options);
  try {
    return await task(database);
  } finally {
    await database.close();
  }
}

class Connected implements Database {
  private open = true;
  private readonly lanes = new Set<DuckDBConnection>();
  private readonly interrupt = (): void => {
    for (const connection of [this.connection, ...this.lanes]) connection.interrupt();
  };

  constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly temporary: string,
    private readonly threads: number,
    private memory: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    signal?.addEventListener('abort', this.interrupt);
  }

  async query<T extends object = Row>(sql: string, options: RunOptions = {}): Promise<T[]> {
    const result = await this.guard(sql, options, async () => {
      const reader = await this.connection.runAndReadAll(sql);
      return { names: reader.deduplicatedColumnNames(), rows: reader.getRowsJS() };
    });
    // Not the reader's own objects: it assigns by name, which loses a column that is called __proto__.
    return result.rows.map((row) => Object.fromEntries(result.names.map((name, i) => [name, plain(row[i])])) as T);
  }

  async one<T extends object = Row>(sql: string, options: RunOptions = {}): Promise<T> {
    const [row] = await this.query<T>(sql, options);
    if (row === undefined) throw new Error(`no row came of: ${sql}`);
    return row;
  }

  async run(sql: string, options: RunOptions = {}): Promise<void> {
    await this.guard(sql, options, () => this.connection.run(sql));
  }

  async stream(
    sql: string,
    onChunk: (chunk: DuckDBDataChunk, rows: number) => void | Promise<void>,
    { ahead = false }: StreamOptions = {},
  ): Promise<void> {
    await this.guard(sql, {}, async () => {
      const result = await this.connection.stream(sql);
      let next: ReturnType<typeof result.fetchChunk> | undefined;
      try {
        for (;;) {
          const chunk = await (next ?? result.fetchChunk());
          next = undefined;
          if (chunk === null || chunk.rowCount === 0) return;
          this.signal?.throwIfAborted();
          if (ahead) next = result.fetchChunk();
          await onChunk(chunk, chunk.rowCount);
        }
      } finally {
        // Nothing is closed under a thread that still fetches.
        await next?.catch(() => undefined);
      }
    });
  }

  async parallel(statements: readonly string[], { setup, onDone }: ParallelOptions = {}): Promise<void> {
    const queue = [...statements.entries()];
    let done = 0;
    let failed = false;
    const lane = async (): Promise<void> => {
      const connection = await this.instance.connect();
      this.lanes.add(connection);
      try {
        if (setup !== undefined) await this.guard(setup, {}, () => connection.run(setup));
        for (let next = queue.shift(); next !== undefined && !failed; next = queue.shift()) {
          const [index, statement] = next;
          await this.guard(statement, {}, () => connection.run(statement));
          onDone?.(++done, index);
        }
      } catch (error) {
        if (!failed) for (const other of this.lanes) if (other !== connection) other.interrupt();
        failed = true;
        throw error;
      } finally {
        this.lanes.delete(connection);
        connection.closeSync();
      }
    };
    await this.run('SET threads = 1');
    try {
      const count = Math.min(this.threads, MAX_LANES, statements.length);
      const ended = await Promise.allSettled(Array.from({ length: count }, lane));
      // The first to fail is the cause; the others were interrupted because of it.
      const causes = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
      const cause =
        causes.find((error) => error instanceof UserError) ??
        causes.find((error) => !/INTERRUPT/i.test(String(error))) ??
        causes[0];
      if (cause !== undefined) throw cause;
    } finally {
      if (this.open && !this.signal?.aborted) await this.run(`SET threads = ${this.threads}`);
    }
  }

  async arrays(table: string, width: number): Promise<ArrayAppender> {
    const { ARRAY, DuckDBDataChunk, FLOAT } = await import('@duckdb/node-api');
    const appender = await this.connection.createAppender(table);
    return {
      append(values) {
        const chunk = DuckDBDataChunk.create([ARRAY(FLOAT, width)], values.length / width);
        fillArrays(chunk, 0, values);
        appender.appendDataChunk(chunk);
      },
      close: () => appender.closeSync(),
    };
  }

  async statements(sql: string): Promise<('select' | 'other')[]> {
    return this.guard(sql, {}, async () => {
      const { StatementType } = await import('@duckdb/node-api');
      const extracted = await this.connection.extractStatements(sql);
      const kinds: ('select' | 'other')[] = [];
      for (let i = 0; i < extracted.count; i++) {
        const prepared = await extracted.prepare(i);
        kinds.push(prepared.statementType === StatementType.SELECT ? 'select' : 'other');
        prepared.destroySync();
      }
      return kinds;
    });
  }

  async beside<T>(task: (database: Database) => Promise<T>): Promise<T> {
    const connection = await this.instance.connect();
    const side = new Connected(this.instance, connection, this.temporary, this.threads, this.memory, this.signal);
    try {
      return await task(side);
    } finally {
      side.disconnect();
    }
  }

  private disconnect(): void {
    this.open = false;
    this.signal?.removeEventListener('abort', this.interrupt);
    this.connection.closeSync();
  }

  async allow(memory: number): Promise<void> {
    const wanted = Math.min(memory, memoryLimit() / 2);
    if (wanted <= this.memory) return;
    this.memory = wanted;
    await this.run(`SET memory_limit = '${Math.round(wanted / 1e6)}MB'`);
  }

  async close(): Promise<void> {
    if (!this.open) return;
    this.disconnect();
    this.instance.closeSync();
    await rm(this.temporary, { recursive: true, force: true });
  }

  private async guard<T>(sql: string, { onProgress }: RunOptions, work: () => Promise<T>): Promise<T> {
    if (!this.open) throw new Error('the database is closed');
    this.signal?.throwIfAborted();
    const timer = onProgress && setInterval(() => onProgress(this.fraction()), 200);
    try {
      return await work();
    } catch (error) {
      if (this.signal?.aborted) throw this.signal.reason;
      throw translate(error, sql);
    } finally {
      clearInterval(timer);
    }
  }

  private fraction(): number {
    const { percentage } = this.connection.progress;
    return percentage > 0 ? Math.min(1, percentage / 100) : 0;
  }
}

function plain(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
    case 'object':
      if (value instanceof Date) return value;
      if (Array.isArray(value)) return value.map(plain);
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
    default:
      return null;
  }
}

/** A value as text, the way DuckDB's CAST to VARCHAR has it for plain values. */
export function cellText(value: Cell): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
