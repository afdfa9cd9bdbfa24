import type { FeatureDrift } from '../../schemas/generated/types';
import { measurePicture } from '../image/measures';
import { columnType, type Database, doubles, identifier, strings } from '../table';
import type { Watched } from './deployment';
import type { OpenTable } from './files';
import { percent } from './notes';
import { type ColumnCounter, type ColumnProfile, counterOf, type TableProfile } from './profile';
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

/** The names under which a model server logs how large the file of an image is, before it is resized. The reference has them of its files. */
export function sizeNames({ name, kind }: Unlike): readonly string[] {
  return kind === 'image' ? [`${name}.width`, `${name}.height`] : [];
}

/** How large the images of the source are, by the names of {@link sizeNames}; nothing of datasets that earlier versions made. */
export function sizeProfiles(columns: readonly Unlike[], dataset: ReferenceTable['dataset']): Learnt['columns'] {
  return Object.fromEntries(
    columns.flatMap((column) => {
      const sizes = dataset.columns.find(({ name }) => name === column.name)?.sizes;
      if (sizes === undefined) return [];
      return sizeNames(column).map((name, i) => {
        const counter = counterOf({ type: 'number' });
        for (const { pixels, count } of i === 0 ? sizes.width : sizes.height)
          for (let k = 0; k < count; k++) counter.add(pixels);
        return [name, counter.profile()] as const;
      });
    }),
  );
}

/** Without the sizes of images where no request brought a file: what can't be known is not missing. */
export function whereLogged(reference: TableProfile, current: TableProfile, unlike: readonly Unlike[]): TableProfile {
  const unknown = unlike.flatMap(sizeNames).filter((name) => !Object.hasOwn(current.columns, name));
  if (unknown.length === 0) return reference;
  const columns = Object.entries(reference.columns).filter(([name]) => !unknown.includes(name));
  return { ...reference, columns: Object.fromEntries(columns) };
}

const namesOf = (column: Unlike): readonly string[] => [...measureNames(column), ...sizeNames(column)];

/** What is measured of one value, in the order of {@link measureNames}; null or undefined where there is nothing to measure. */
export type Measured = readonly [number | null | undefined, number | null | undefined];

const NOTHING: Measured = [null, null];

/** @param known words of the reference */
export function measureValue(kind: Unlike['kind'], value: unknown, known: ReadonlySet<string>): Measured {
  if (typeof value !== 'string' || value === '') return NOTHING;
  if (kind === 'image') {
    const found = measurePicture(value);
    return [found?.brightness, found?.contrast];
  }
  const words = wordsOf(value);
  const strange = words.reduce((count, word) => count + (known.has(word) ? 0 : 1), 0);
  return [lengthOf(value), words.length === 0 ? null : strange / words.length];
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
    return this.columns.some((column) => column.name === name || namesOf(column).includes(name));
  }

  /** The column that a measure is of. */
  columnOf(measure: string): string | undefined {
    return this.columns.find((column) => namesOf(column).includes(measure))?.name;
  }

  /** All measures, two for each column. */
  get names(): string[] {
    return this.columns.flatMap(measureNames);
  }

  /** Takes a value of a column. @returns what is measured of it */
  add(name: string, value: unknown): Measured {
    const column = this.#by.get(name);
    if (column === undefined) return NOTHING;
    const measured = measureValue(column.kind, value, column.known);
    if (column.kind === 'text' && typeof value === 'string' && value !== '')
      this.#countFresh(name, value, column.known);
    measureNames({ name, kind: column.kind }).forEach((measure, i) => this.#count(measure, measured[i]));
    return measured;
  }

  /** What is measured of a value that does not count. */
  of(name: string, value: unknown): Measured {
    const column = this.#by.get(name);
    return column === undefined ? NOTHING : measureValue(column.kind, value, column.known);
  }

  /**
   * Takes the values of a request, of columns and of measures that a server logged in place of a column.
   * @returns the measures of its rows by name; none of columns that were not logged
   */
  take(inputs: Readonly<Record<string, readonly unknown[]>>, start: number): Record<string, readonly unknown[]> {
    const found: Record<string, readonly unknown[]> = {};
    for (const column of this.columns) {
      // A client that sends pixels has no file: there is no size then, and none is missing.
      for (const name of sizeNames(column))
        for (const size of (inputs[name] ?? []).slice(start)) if (size !== null) this.#count(name, size);
      const names = measureNames(column);
      const values = inputs[column.name];
      if (values !== undefined) {
        const measured = values.map((value, i) => (i < start ? NOTHING : this.add(column.name, value)));
        names.forEach((name, k) => (found[name] = measured.map((one) => one[k])));
        continue;
      }
      for (const name of names) {
        const logged = inputs[name];
        if (logged === undefined) continue;
        for (let i = start; i < logged.length; i++) this.#count(name, logged[i]);
        found[name] = logged;
      }
    }
    return found;
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

  #countFresh(name: string, text: string, known: ReadonlySet<string>): void {
    this.#texts.set(name, (this.#texts.get(name) ?? 0) + 1);
    let fresh = this.#fresh.get(name);
    if (fresh === undefined) this.#fresh.set(name, (fresh = new Map<string, number>()));
    for (const word of new Set(wordsOf(text)))
      if (!known.has(word) && (fresh.has(word) || fresh.size < MOST_WORDS)) fresh.set(word, (fresh.get(word) ?? 0) + 1);
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

/**
 * Every how manieth row of a reference is looked at as a whole, where a sample of so many is wanted: of free texts only rows whose words did not teach the
 * vocabulary, of images no more than are measured.
 */
export function everyMeasured(columns: readonly Unlike[], rows: number, wanted: number): number {
  const kinds = new Set(columns.map(({ kind }) => kind));
  const least = Math.max(1, Math.ceil(rows / (kinds.has('image') ? Math.min(wanted, ROWS.image) : wanted)));
  const step = kinds.has('text') ? 2 * Math.max(1, Math.ceil(rows / ROWS.text)) : 1;
  return step * Math.ceil(least / step);
}

/** Measures every k-th row of a table, as rows of measures in the order of {@link Measures.names}; undefined of columns that it has not. */
export async function measureRows(
  database: Database,
  { relation, columns }: Pick<OpenTable, 'relation' | 'columns'>,
  measures: Measures,
  every: number,
): Promise<(number | null | undefined)[][]> {
  const rows: (number | null | undefined)[][] = [];
  for (const [at, { name }] of measures.columns.entries()) {
    if (!columns.some((column) => column.name === name && columnType(column.sql) === 'text')) continue;
    await eachText(database, everyRow(relation, name, every), name, (text, row) => {
      const own = (rows[row] ??= new Array<undefined>(2 * measures.columns.length).fill(undefined));
      [own[2 * at], own[2 * at + 1]] = measures.of(name, text);
    });
  }
  return rows;
}

/** Measures the columns that a relation has. @param time SQL of the milliseconds of a row, where these are wanted */
export async function measureRelation(
  database: Database,
  relation: string,
  there: readonly { readonly name: string; readonly sql: string }[],
  measures: Measures,
  {
    time,
    take,
  }: { readonly time?: string; readonly take?: (at: number, measured: Measured, time: number) => void } = {},
): Promise<void> {
  for (const { name, sql } of there) {
    const at = measures.columns.findIndex((column) => column.name === name);
    if (at < 0 || columnType(sql) !== 'text') continue;
    const list = [`CAST(${identifier(name)} AS VARCHAR)`, ...(time === undefined ? [] : [`CAST(${time} AS DOUBLE)`])];
    await database.stream(`SELECT ${list.join(', ')} FROM ${relation}`, (chunk, size) => {
      const texts = strings(chunk, 0);
      const times = time === undefined ? undefined : doubles(chunk, 1);
      for (let i = 0; i < size; i++) {
        const measured = measures.add(name, texts[i] ?? null);
        if (times !== undefined) take?.(at, measured, times[i]!);
      }
    });
  }
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
