import { columnsOf, copyToParquet, type Database, identifier } from '../../table';
import { SAMPLED_ROWS } from '../requests';
import { TextRoom } from '../rest';
import { countCodes } from './codes';
import type { Span } from './file';
import { rowsWithin } from './file';
import type { Kept } from './keep';
import { Parts } from './parts';
import { type DrawnRows, RowPicks } from './picks';
import { ACTUAL, type LogTable, TIME } from './table';

/** What a row is drawn by, a number of 64 bits: the smallest of several files are a sample of all together. */
export const DRAW = '__draw';

/** Labelled rows that are looked at. */
export const LABELLED_ROWS = 50_000;

/** Kinds of drawn rows, with how many are wanted. */
const WANTED = { rows: SAMPLED_ROWS, labelled: LABELLED_ROWS } as const;
export type Drawn = keyof typeof WANTED;

/** How many rows of each kind there are. */
export type Sizes = Readonly<Record<Drawn, number>>;

/** A file whose rows are counted. */
export interface Drawable {
  /** Names what is drawn, together with the kind and the level. */
  readonly content: readonly unknown[];
  readonly salt: string;
  readonly window: Span;
  readonly sizes: Sizes;
  table(): Promise<LogTable>;
  /** Counts again, and draws on the way, what is no file that can be read beside: undefined when it is one. */
  readonly again: (() => Promise<void>) | undefined;
}

/** What names the drawn rows of a file, and what they are drawn by. */
type Source = Pick<Drawable, 'content' | 'salt'>;

/**
 * How often the rows may be halved and still hold as many as are wanted, with a tenth to spare: draws are uniform, so that of n rows about
 * n / 2^level have one below 2^−level, and 20,000 are missed among 22,000 expected ones by 14 standard deviations.
 */
export function levelOf(rows: number, kind: Drawn): number {
  return Math.max(0, Math.floor(Math.log2(rows / (1.1 * WANTED[kind]))));
}

/** Draws from the rows of a file at hand: as many as it would take were there no other file. */
export async function drawFrom(
  database: Database,
  kept: Kept,
  kinds: readonly Drawn[],
  relation: string,
  log: LogTable,
  { content, salt, sizes }: Pick<Drawable, 'content' | 'salt' | 'sizes'>,
): Promise<void> {
  for (const kind of kinds) {
    const level = levelOf(sizes[kind], kind);
    if (kind === 'rows') await drawRows(database, kept, level, relation, log, { content, salt });
    else await drawLabelled(database, kept, level, relation, log, { content, salt });
  }
}

/** Keeps rows that were drawn of a file while they were counted. */
export async function keepRows(kept: Kept, level: number, content: readonly unknown[], rows: DrawnRows): Promise<void> {
  await kept.keep(keyOf(kept, 'rows', level, content), rows);
}

/** The rows that are drawn of files, of each file so many that together they suffice; what is not drawn yet is drawn, two files at a time. */
export async function drawAll(
  database: Database,
  kept: Kept,
  files: readonly Drawable[],
  signal: AbortSignal,
): Promise<DrawnRows[]> {
  const level = levelTogether(files, 'rows');
  const below = 2 ** -level;
  return eachFile(database, files, async (one, file) => {
    const drawn = await found(
      file,
      () => knownRows(kept, level, file.content),
      async () => {
        const log = await file.table();
        return (
          (await pickRows(kept, level, log, file, signal)) ??
          (await drawRows(one, kept, level, rowsWithin(log, file.window), log, file))
        );
      },
    );
    return belowOnly(drawn, below);
  });
}

/** The Parquet files with the labelled rows that are drawn of files, as {@link drawAll}. */
export async function drawAllLabelled(database: Database, kept: Kept, files: readonly Drawable[]): Promise<string[]> {
  const level = levelTogether(files, 'labelled');
  return eachFile(database, files, (one, file) =>
    found(
      file,
      () => knownLabelled(kept, level, file.content),
      async () => {
        const log = await file.table();
        return drawLabelled(one, kept, level, rowsWithin(log, file.window), log, file);
      },
    ),
  );
}

function levelTogether(files: readonly Drawable[], kind: Drawn): number {
  return levelOf(
    files.reduce((sum, { sizes }) => sum + sizes[kind], 0),
    kind,
  );
}

/** Does something with each file, and gives the results in order. */
async function eachFile<T>(
  database: Database,
  files: readonly Drawable[],
  task: (database: Database, file: Drawable) => Promise<T>,
): Promise<T[]> {
  const results = new Array<T>(files.length);
  const queue = [...files.entries()];
  const lane = async (one: Database): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [i, file] = next;
      results[i] = await task(one, file);
    }
  };
  // What is no file of its own is a table of this connection.
  if (files.some(({ again }) => again !== undefined)) await lane(database);
  else await database.beside((other) => Promise.all([lane(database), lane(other)]));
  return results;
}

/** What is drawn of a file, at the level that is wanted or a finer one. */
async function found<T>(file: Drawable, known: () => Promise<T | undefined>, make: () => Promise<T>): Promise<T> {
  const before = await known();
  if (before !== undefined) return before;
  if (file.again === undefined) return make();
  await file.again();
  const made = await known();
  if (made === undefined) throw new Error(`nothing was drawn of ${JSON.stringify(file.content)}`);
  return made;
}

async function knownRows(kept: Kept, wanted: number, content: readonly unknown[]): Promise<DrawnRows | undefined> {
  for (let level = wanted; level >= 0; level--) {
    const rows = await kept.known<DrawnRows>(keyOf(kept, 'rows', level, content));
    if (rows !== undefined) return rows;
  }
  return undefined;
}

async function knownLabelled(kept: Kept, wanted: number, content: readonly unknown[]): Promise<string | undefined> {
  for (let level = wanted; level >= 0; level--) {
    const key = keyOf(kept, 'labelled', level, content);
    if (await kept.has(key, ['rows'])) return kept.side(key, 'rows');
  }
  return undefined;
}

/** Draws from a Parquet file without the database; undefined when a column is left to it. */
async function pickRows(
  kept: Kept,
  level: number,
  { parquet, columns }: LogTable,
  { content, salt, window }: Source & { readonly window: Span },
  signal: AbortSignal,
): Promise<DrawnRows | undefined> {
  if (parquet === undefined) return undefined;
  const picks = new RowPicks(salt, level);
  const picked = columns.map(({ name }) => name);
  const pass = { exact: 0, first: true, threshold: undefined, room: new TextRoom(), picks, picked, signal };
  const parts = new Parts(window.to - window.from);
  if ((await countCodes(parquet, window, [], parts, pass)) === undefined) return undefined;
  const { drawn } = picks;
  if (drawn !== undefined) await keepRows(kept, level, content, drawn);
  return drawn;
}

let tables = 0;

async function drawRows(
  database: Database,
  kept: Kept,
  level: number,
  relation: string,
  { columns }: LogTable,
  { content, salt }: Source,
): Promise<DrawnRows> {
  return kept.of(keyOf(kept, 'rows', level, content), async () => {
    const names = columns.map(({ name }) => name);
    const list = [...names.map(identifier), `CAST(${DRAW} AS DOUBLE) / ${2 ** 64}::DOUBLE AS ${DRAW}`];
    const table = `drawn_${++tables}`;
    // Read once: what comes out is described and counted first.
    await database.run(
      `CREATE TEMP TABLE ${table} AS SELECT ${list.join(', ')} FROM ${drawnQuery(relation, columns, salt, level)}`,
    );
    try {
      const { columns: all } = await columnsOf(database, table);
      const { [DRAW]: draws, ...own } = all;
      return { draws: draws!.values as Float64Array, columns: own };
    } finally {
      await database.run(`DROP TABLE IF EXISTS ${table}`);
    }
  });
}

async function drawLabelled(
  database: Database,
  kept: Kept,
  level: number,
  relation: string,
  { columns }: LogTable,
  { content, salt }: Source,
): Promise<string> {
  const key = keyOf(kept, 'labelled', level, content);
  const query = `SELECT * FROM ${drawnQuery(relation, columns, salt, level)} WHERE ${ACTUAL} IS NOT NULL`;
  await kept.of(
    key,
    async (side) => {
      await database.run(copyToParquet(query, side('rows')));
      return { level };
    },
    ['rows'],
  );
  return kept.side(key, 'rows');
}

/** SQL: the rows of a relation that are drawn, with what they are drawn by. */
function drawnQuery(relation: string, columns: LogTable['columns'], salt: string, level: number): string {
  const hash = `hash(${[TIME, ...columns.map(({ name }) => identifier(name))].join(', ')}, '${salt}')`;
  const below = level === 0 ? 'true' : `${DRAW} < ${2n ** BigInt(64 - level)}::UBIGINT`;
  return `(SELECT * FROM (SELECT *, ${hash} AS ${DRAW} FROM ${relation}) WHERE ${below})`;
}

/** Of rows that were drawn at a finer level those of a coarser one. */
function belowOnly({ draws, columns }: DrawnRows, below: number): DrawnRows {
  const kept = Uint32Array.from(draws.keys()).filter((row) => draws[row]! < below);
  if (kept.length === draws.length) return { draws, columns };
  const taken = Object.entries(columns).map(([name, column]): [string, DrawnRows['columns'][string]] => [
    name,
    column.type === 'text'
      ? { type: column.type, values: Array.from(kept, (row) => column.values[row]!) }
      : { type: column.type, values: Float64Array.from(kept, (row) => column.values[row]!) },
  ]);
  return { draws: Float64Array.from(kept, (row) => draws[row]!), columns: Object.fromEntries(taken) };
}

function keyOf(kept: Kept, kind: Drawn, level: number, content: readonly unknown[]): string {
  // The rows of Parquet files were drawn by their values once, and kept in another form.
  return kept.key(kind === 'rows' ? 'picked' : 'drawn', kind, level, content);
}
