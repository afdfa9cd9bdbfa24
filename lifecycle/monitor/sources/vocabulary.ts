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

  /** Reads texts by their hashes. @param value SQL of the text */
  async read(relation: string, name: string, value: string, hashes: readonly bigint[]): Promise<Spelt> {
    const wanted =
      hashes.length <= 1_000 ? ` WHERE hash(v) IN (${hashes.map((hash) => `${hash}::UBIGINT`).join(', ')})` : '';
    const found = await spelt(
      this.database,
      `SELECT hash(v), any_value(v) FROM (SELECT ${value} AS v FROM ${relation})${wanted} GROUP BY hash(v)`,
    );
    const column = this.#columns.get(name);
    if (column !== undefined && column.labels.length + found.labels.length <= MOST_KNOWN) {
      for (const word of found.hashes) column.hashes.push(word);
      column.labels.push(...found.labels);
    }
    return found;
  }
}

async function spelt(database: Database, sql: string): Promise<Spelt> {
  const hashes: number[] = [];
  const labels: (string | null)[] = [];
  await database.stream(sql, (chunk, rows) => {
    for (const word of words(chunk, 0).subarray(0, 2 * rows)) hashes.push(word);
    for (const label of strings(chunk, 1).slice(0, rows)) labels.push(label);
  });
  return { hashes: Int32Array.from(hashes), labels };
}
