import type { FeatureDrift } from '../../schemas/generated/types';
import { measurePicture } from '../image/measures';
import { columnType, type Database, identifier, strings } from '../table';
import type { Watched } from './deployment';
import type { OpenTable } from './files';
import { percent } from './notes';
import { type ColumnCounter, type ColumnProfile, counterOf } from './profile';
import type { ReferenceTable } from './reference';

/** A column whose values are all different, so that it is compared by what can be measured of them. */
export interface Unlike {
  readonly name: string;
  readonly kind: 'text' | 'image';
}

/** What the reference says of such columns. */
export interface Learnt {
  /** By the name of the measure: `note.length`. */
  readonly columns: Readonly<Record<string, ColumnProfile>>;
  /** By the name of the column: its most frequent words. */
  readonly vocabularies: Readonly<Record<string, readonly string[]>>;
}

/** Words of a vocabulary, and different words that are counted to find them. */
const VOCABULARY = 20_000;
const MOST_WORDS = 400_000;
/** Rows of the reference that are measured: of more every k-th. Pixels are many. */
const ROWS = { text: 50_000, image: 5_000 } as const;
const NEW_WORDS_NAMED = 5;

/** Free texts and images among the inputs. */
export function unlikeColumns(
  { dataset, columns }: Pick<ReferenceTable, 'dataset' | 'columns'>,
  { model }: Pick<Watched, 'model'>,
): Unlike[] {
  const images = new Set((model?.info.inputs ?? []).flatMap(({ name, image }) => (image ? [name] : [])));
  const inputs = model?.info.inputs.map(({ name }) => name) ?? dataset.inputs ?? [];
  return inputs.flatMap((name): Unlike[] => {
    if (!columns.some((column) => column.name === name)) return [];
    if (images.has(name)) return [{ name, kind: 'image' }];
    const words = dataset.columns.find((column) => column.name === name)?.words;
    return words ? [{ name, kind: 'text' }] : [];
  });
}

/** Lower-case words and numbers of a text, in their order. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

/** The names of what is measured of a column. */
export function measureNames({ name, kind }: Unlike): [string, string] {
  return kind === 'text' ? [`${name}.length`, `${name}.unknown-words`] : [`${name}.brightness`, `${name}.contrast`];
}

/**
 * Measures values of such columns as they come: of a text its characters, and the share of its words that the reference does not have; of an
 * image its brightness and contrast.
 */
export class Measures {
  readonly #by: ReadonlyMap<string, { readonly kind: Unlike['kind']; readonly known: ReadonlySet<string> }>;
  readonly #counters = new Map<string, ColumnCounter>();
  readonly #fresh = new Map<string, Map<string, number>>();
  readonly #texts = new Map<string, number>();

  constructor(
    readonly columns: readonly Unlike[],
    vocabularies: Learnt['vocabularies'],
  ) {
    this.#by = new Map(
      columns.map(({ name, kind }) => [name, { kind, known: new Set(vocabularies[name] ?? []) }] as const),
    );
  }

  /** Whether a column of a log is measured, or is a measure that was logged in its place. */
  isMine(name: string): boolean {
    return this.columns.some((column) => column.name === name || measureNames(column).includes(name));
  }

  /** The column that a measure is of. */
  columnOf(measure: string): string | undefined {
    return this.columns.find((column) => measureNames(column).includes(measure))?.name;
  }

  /** Takes a value of a column, or of a measure that a model server logged. */
  add(name: string, value: unknown): void {
    const column = this.#by.get(name);
    if (column === undefined) return this.#count(name, value);
    const [first, second] = measureNames({ name, kind: column.kind });
    if (typeof value !== 'string' || value === '') {
      this.#count(first, null);
      this.#count(second, null);
    } else if (column.kind === 'image') {
      const found = measurePicture(value);
      this.#count(first, found?.brightness);
      this.#count(second, found?.contrast);
    } else {
      this.#count(first, lengthOf(value));
      this.#count(second, this.#unknownShare(name, value, column.known));
    }
  }

  profiles(): Record<string, ColumnProfile> {
    return Object.fromEntries([...this.#counters].map(([name, counter]) => [name, counter.profile()]));
  }

  /** A sentence on the new words of a text column, for the feature that counts them. */
  noteOf({ column, drifted }: FeatureDrift): string | undefined {
    const text = this.columns.find((one) => one.kind === 'text' && measureNames(one)[1] === column)?.name;
    const fresh = text === undefined ? undefined : this.#fresh.get(text);
    if (!drifted || text === undefined || fresh === undefined || fresh.size === 0) return undefined;
    const rows = this.#texts.get(text) ?? 1;
    const named = [...fresh]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, NEW_WORDS_NAMED)
      .map(([word, count]) => `"${word}" (${percent(count / rows)} of the texts)`);
    return `Most frequent words that the reference does not have: ${named.join(', ')}.`;
  }

  #count(name: string, value: unknown): void {
    let counter = this.#counters.get(name);
    if (counter === undefined) this.#counters.set(name, (counter = counterOf({ type: 'number' })));
    counter.add(value);
  }

  /** Null of a text without a word. */
  #unknownShare(name: string, text: string, known: ReadonlySet<string>): number | null {
    const words = wordsOf(text);
    this.#texts.set(name, (this.#texts.get(name) ?? 0) + 1);
    if (words.length === 0) return null;
    const strange = words.filter((word) => !known.has(word));
    let fresh = this.#fresh.get(name);
    if (fresh === undefined) this.#fresh.set(name, (fresh = new Map<string, number>()));
    for (const word of new Set(strange))
      if (fresh.has(word) || fresh.size < MOST_WORDS) fresh.set(word, (fresh.get(word) ?? 0) + 1);
    return strange.length / words.length;
  }
}

/** Characters, as people count them, not units of an encoding. */
function lengthOf(text: string): number {
  let length = 0;
  for (const character of text) if (character !== '') length++;
  return length;
}

/**
 * Learns from the reference. Its words are those of every other row, and the others are measured by them: so the reference has as many new words
 * as any rows of its kind have, and chance stays chance.
 */
export async function learnMeasures(
  database: Database,
  { relation }: Pick<OpenTable, 'relation'>,
  columns: readonly Unlike[],
  rows: number,
): Promise<Learnt> {
  const vocabularies: Record<string, readonly string[]> = {};
  const profiles: Record<string, ColumnProfile> = {};
  for (const column of columns) {
    const every = Math.max(1, Math.ceil(rows / ROWS[column.kind]));
    const part = every === 1 ? relation : everyRow(relation, column.name, every);
    if (column.kind === 'text') {
      const counts = new Map<string, number>();
      await eachText(database, part, column.name, (text, row) => {
        if (row % 2 === 1 || text === null) return;
        for (const word of wordsOf(text))
          if (counts.has(word) || counts.size < MOST_WORDS) counts.set(word, (counts.get(word) ?? 0) + 1);
      });
      vocabularies[column.name] = [...counts]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, VOCABULARY)
        .map(([word]) => word);
    }
    const measures = new Measures([column], vocabularies);
    await eachText(database, part, column.name, (text, row) => {
      if (column.kind === 'image' || row % 2 === 1) measures.add(column.name, text);
    });
    Object.assign(profiles, measures.profiles());
  }
  return { columns: profiles, vocabularies };
}

function everyRow(relation: string, name: string, every: number): string {
  const column = identifier(name);
  return `(SELECT ${column} FROM (SELECT ${column}, row_number() OVER () AS "__lifecycle_row" FROM ${relation}) WHERE "__lifecycle_row" % ${every} = 0)`;
}

/** Measures the columns that a relation has. */
export async function measureRelation(
  database: Database,
  relation: string,
  there: readonly { readonly name: string; readonly sql: string }[],
  measures: Measures,
): Promise<void> {
  for (const { name, sql } of there)
    if (measures.columns.some((column) => column.name === name) && columnType(sql) === 'text')
      await eachText(database, relation, name, (text) => measures.add(name, text));
}

async function eachText(
  database: Database,
  relation: string,
  name: string,
  take: (text: string | null, row: number) => void,
): Promise<void> {
  let row = 0;
  await database.stream(`SELECT CAST(${identifier(name)} AS VARCHAR) FROM ${relation}`, (chunk, size) => {
    const texts = strings(chunk, 0);
    for (let i = 0; i < size; i++) take(texts[i] ?? null, row++);
  });
}
