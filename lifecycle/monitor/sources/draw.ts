import { copyToParquet, type Database, identifier } from '../../table';
import { SAMPLED_ROWS } from '../requests';
import type { Span } from './file';
import { rowsWithin } from './file';
import type { Kept } from './keep';
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

/**
 * How often the rows may be halved and still hold as many as are wanted, with a tenth to spare: draws are uniform, so that of n rows about
 * n / 2^level have one below 2^−level, and 20,000 are missed among 22,000 expected ones by 14 standard deviations.
 */
function levelOf(sizes: Sizes, kind: Drawn): number {
  return Math.max(0, Math.floor(Math.log2(sizes[kind] / (1.1 * WANTED[kind]))));
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
    const level = levelOf(sizes, kind);
    await draw(database, kept, kind, level, relation, log, { content, salt });
  }
}

/**
 * Draws from files what is not drawn of them yet, two at a time, each so many that together they suffice.
 *
 * @returns by kind the files with the drawn rows, in order
 */
export async function drawAll(
  database: Database,
  kept: Kept,
  kinds: readonly Drawn[],
  files: readonly Drawable[],
): Promise<Partial<Record<Drawn, string[]>>> {
  const found: Partial<Record<Drawn, string[]>> = {};
  for (const kind of kinds) {
    const all = files.reduce((sum, { sizes }) => sum + sizes[kind], 0);
    const wanted = levelOf({ rows: all, labelled: all }, kind);
    const names = (found[kind] = new Array<string>(files.length));
    const queue = [...files.entries()];
    const lane = async (one: Database): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [i, file] = next;
        names[i] = await drawn(one, kept, kind, wanted, file);
      }
    };
    // What is no file of its own is a table of this connection.
    if (files.some(({ again }) => again !== undefined)) await lane(database);
    else await database.beside((other) => Promise.all([lane(database), lane(other)]));
  }
  return found;
}

/** The path of the rows that are drawn of a file, at the level that is wanted or a finer one. */
async function drawn(database: Database, kept: Kept, kind: Drawn, wanted: number, file: Drawable): Promise<string> {
  const known = await knownOf(kept, kind, wanted, file);
  if (known !== undefined) return known;
  if (file.again === undefined) {
    const log = await file.table();
    return draw(database, kept, kind, wanted, rowsWithin(log, file.window), log, file);
  }
  await file.again();
  const made = await knownOf(kept, kind, wanted, file);
  if (made === undefined) throw new Error(`nothing was drawn of ${JSON.stringify(file.content)}`);
  return made;
}

async function knownOf(kept: Kept, kind: Drawn, wanted: number, { content }: Drawable): Promise<string | undefined> {
  for (let level = wanted; level >= 0; level--) {
    const key = keyOf(kept, kind, level, content);
    if (await kept.has(key, ['rows'])) return kept.side(key, 'rows');
  }
  return undefined;
}

async function draw(
  database: Database,
  kept: Kept,
  kind: Drawn,
  level: number,
  relation: string,
  { columns }: LogTable,
  { content, salt }: Pick<Drawable, 'content' | 'salt'>,
): Promise<string> {
  const key = keyOf(kept, kind, level, content);
  const told = kind === 'labelled' ? ` AND ${ACTUAL} IS NOT NULL` : '';
  const hash = `hash(${[TIME, ...columns.map(({ name }) => identifier(name))].join(', ')}, '${salt}')`;
  const below = level === 0 ? 'true' : `${DRAW} < ${2n ** BigInt(64 - level)}::UBIGINT`;
  const query = `SELECT * FROM (SELECT *, ${hash} AS ${DRAW} FROM ${relation}) WHERE ${below}${told}`;
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

function keyOf(kept: Kept, kind: Drawn, level: number, content: readonly unknown[]): string {
  return kept.key('drawn', kind, level, content);
}
