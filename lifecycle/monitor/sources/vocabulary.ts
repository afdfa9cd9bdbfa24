import { type Database, strings, texts, words } from '../../table';
import type { Binner } from '../binner';
import type { Spelt } from './texts';

/** Texts of a column above which they are not remembered: then each is read along with its hash. */
export const MOST_KNOWN = 20_000;

/** The texts of columns that are known with their hashes before a file is read, so that only hashes need to come over: those of the reference, and those met in earlier files. */
export class Vocabulary {
  readonly #columns = new Map<string, { readonly hashes: number[]; readonly labels: (string | null)[] }>();

  /** @param reference texts of the reference by column, at most {@link MOST_KNOWN} each */
  constructor(
    private readonly database: Database,
    private readonly reference: Readonly<Record<string, readonly string[]>>,
  ) {}

  /** The known texts of a column, among them all that have a bin of their own; undefined when they are too many. */
  async of(name: string, type: 'text' | 'boolean', binner: Binner | undefined): Promise<Spelt | undefined> {
    let column = this.#columns.get(name);
    if (column === undefined) {
      const reference = Object.hasOwn(this.reference, name) ? this.reference[name] : undefined;
      if (binner !== undefined && reference === undefined && type === 'text') return undefined;
      const labels =
        type === 'boolean' ? ['true', 'false'] : [...new Set([...(binner?.labels ?? []), ...(reference ?? [])])];
      // No literal of SQL holds it.
      if (labels.some((label) => label.includes('\0'))) return undefined;
      column = { hashes: [], labels: [] };
      this.#columns.set(name, column);
      const found = await spelt(
        this.database,
        `SELECT hash(v), v FROM (SELECT unnest(${texts(['', ...labels])}) AS v UNION ALL SELECT NULL::VARCHAR)`,
      );
      column.hashes.push(...found.hashes);
      column.labels.push(...found.labels.map((label) => (label === '' ? null : label)));
    }
    return { hashes: Int32Array.from(column.hashes), labels: column.labels };
  }

  /**
   * Reads texts by their hashes; where these are many, or not all known, all texts of the column.
   *
   * @param value SQL of the text
   * @param hashes undefined for all
   * @param take called with some at a time, each once
   */
  async read(
    relation: string,
    name: string,
    value: string,
    hashes: readonly bigint[] | undefined,
    take: (some: Spelt) => void,
  ): Promise<void> {
    const wanted =
      hashes !== undefined && hashes.length <= 1_000
        ? ` WHERE hash(v) IN (${hashes.map((hash) => `${hash}::UBIGINT`).join(', ')})`
        : '';
    const column = this.#columns.get(name);
    let met: Spelt[] | undefined = [];
    let size = column?.labels.length ?? MOST_KNOWN;
    await eachSpelt(
      this.database,
      `SELECT hash(v), any_value(v) FROM (SELECT ${value} AS v FROM ${relation})${wanted} GROUP BY hash(v)`,
      (some) => {
        take(some);
        size += some.labels.length;
        if (size > MOST_KNOWN) met = undefined;
        met?.push(some);
      },
    );
    for (const some of met ?? []) {
      for (const word of some.hashes) column?.hashes.push(word);
      column?.labels.push(...some.labels);
    }
  }
}

async function spelt(database: Database, sql: string): Promise<Spelt> {
  const hashes: number[] = [];
  const labels: (string | null)[] = [];
  await eachSpelt(database, sql, (some) => {
    for (const word of some.hashes) hashes.push(word);
    labels.push(...some.labels);
  });
  return { hashes: Int32Array.from(hashes), labels };
}

function eachSpelt(database: Database, sql: string, take: (some: Spelt) => void): Promise<unknown> {
  return database.stream(sql, (chunk, rows) =>
    take({ hashes: words(chunk, 0).slice(0, 2 * rows), labels: strings(chunk, 1).slice(0, rows) }),
  );
}
