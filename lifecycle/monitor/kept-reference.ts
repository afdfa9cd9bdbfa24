import { columnsOf, copyToParquet, type Database, identifier, parquetRelation } from '../table';
import type { Watched } from './deployment';
import { type OpenTable, profileRelation } from './files';
import { everyMeasured, type Learnt, learnMeasures, measureRows, type Measures, type Unlike } from './measures';
import { predictColumn, profilePredictions } from './prediction';
import { type ColumnProfile, type ColumnReading, presentOf, type TableProfile } from './profile';
import { SAMPLED_ROWS } from './requests';
import { Kept } from './sources/keep';

type Model = Pick<NonNullable<Watched['model']>, 'info' | 'onnx'>;

/** Distinct values of all columns that are kept at most: 16 bytes each, and as much again while they are written. */
const MOST_VALUES = 2_000_000;

/**
 * What is counted of a reference, and what the deployed model says of it: kept in the store by content, so that a look need not read it
 * again. Of another content, other columns, another season or another model it is counted anew.
 */
export class KeptReference {
  readonly #kept: Kept;
  readonly #content: readonly unknown[];

  /**
   * @param content hash of the artifact
   * @param folder of the artifact: the same content elsewhere is the same
   */
  constructor(
    store: string,
    content: string,
    folder: string,
    private readonly database: Database,
    private readonly table: OpenTable,
  ) {
    this.#kept = new Kept(store);
    this.#content = [content, table.relation.replaceAll(folder, '')];
  }

  profile(readings: Readonly<Record<string, ColumnReading>>): Promise<TableProfile> {
    return this.#kept.of(
      this.#kept.key('reference', this.#content, readings),
      () => profileRelation(this.database, this.table, readings),
      [],
      ({ columns }) => Object.values(columns).reduce((sum, column) => sum + distinct(column), 0) <= MOST_VALUES,
    );
  }

  /** What is measured of columns whose values are all different. */
  measures(columns: readonly Unlike[], rows: number): Promise<Learnt> {
    if (columns.length === 0) return Promise.resolve({ columns: {}, vocabularies: {} });
    return this.#kept.of(this.#kept.key('reference-measures', this.#content, columns), () =>
      learnMeasures(this.database, this.table, columns, rows),
    );
  }

  /** @param digest of the bundle of the model */
  prediction(rows: number, model: Model, digest: string, signal: AbortSignal): Promise<ColumnProfile> {
    return this.#kept.of(
      this.#kept.key('reference-prediction', this.#content, digest),
      () => profilePredictions(this.database, this.table.relation, rows, model, signal),
      [],
      (profile) => presentOf(profile) > 0,
    );
  }

  /** P(positive) of every row, by a model of two classes. */
  scores(model: Model, digest: string, signal: AbortSignal): Promise<Float64Array> {
    return this.#kept.of(
      this.#kept.key('reference-scores', this.#content, digest),
      () => predictColumn(this.database, this.table.relation, model, signal),
      [],
      ({ length }) => length <= MOST_VALUES,
    );
  }

  /** Every k-th row as raw values in the order of `names`, then what is measured of it; at most {@link SAMPLED_ROWS}. */
  async sample(names: readonly string[], rows: number, measures?: Measures): Promise<unknown[][]> {
    if (rows === 0) return [];
    const every = measures && everyMeasured(measures.columns, rows, SAMPLED_ROWS);
    const known = names.length === 0 ? undefined : await this.#raw(names, rows, every);
    if (measures === undefined || every === undefined) return known ?? [];
    const key = this.#kept.key('reference-sample-measures', this.#content, measures.columns, every);
    const measured = await this.#kept.of(key, () => measureRows(this.database, this.table, measures, every));
    return (known ?? measured).map((_, i) => [...(known?.[i] ?? []), ...(measured[i] ?? [])]);
  }

  async #raw(names: readonly string[], rows: number, every: number | undefined): Promise<unknown[][]> {
    const key = this.#kept.key('reference-sample', this.#content, names, ...(every === undefined ? [] : [every]));
    await this.#kept.of(
      key,
      async (side) => {
        await this.database.run(copyToParquet(sampled(this.table, names, rows, every), side('rows')));
        return { rows };
      },
      ['rows'],
    );
    return rowsOf(this.database, parquetRelation([this.#kept.side(key, 'rows')]), names);
  }

  close(): Promise<void> {
    return this.#kept.close();
  }
}

function distinct(profile: ColumnProfile): number {
  return profile.kind === 'number' ? profile.sample.values.length : profile.counts.size;
}

/** So that at most {@link SAMPLED_ROWS} are taken. */
function everyOf(rows: number): number {
  return Math.max(1, Math.ceil(rows / SAMPLED_ROWS));
}

/** SQL: every k-th row. */
function sampled({ relation }: OpenTable, names: readonly string[], rows: number, every = everyOf(rows)): string {
  const list = names.map(identifier).join(', ');
  return `SELECT ${list} FROM (SELECT ${list}, row_number() OVER () AS "__lifecycle_row" FROM ${relation}) WHERE "__lifecycle_row" % ${every} = 0`;
}

async function rowsOf(database: Database, relation: string, names: readonly string[]): Promise<unknown[][]> {
  const { columns, rows } = await columnsOf(database, relation, names);
  const data = names.map((name) => columns[name]!.values);
  return Array.from({ length: rows }, (_, row) => data.map((values) => values[row]));
}

/** Every k-th row of a table that is not kept, at most {@link SAMPLED_ROWS}; undefined of columns that it has not. */
export async function sampleRows(
  database: Database,
  table: OpenTable,
  names: readonly string[],
  rows: number,
  measures?: Measures,
): Promise<unknown[][]> {
  const there = names.filter((name) => table.columns.some((column) => column.name === name));
  if (rows === 0 || (there.length === 0 && measures === undefined)) return [];
  const known = there.length === 0 ? undefined : await rowsOf(database, `(${sampled(table, there, rows)})`, there);
  const places = names.map((name) => there.indexOf(name));
  const measured = measures && (await measureRows(database, table, measures, everyOf(rows)));
  return (known ?? measured ?? []).map((_, i) => [
    ...places.map((place) => (place < 0 ? undefined : known?.[i]?.[place])),
    ...(measured?.[i] ?? []),
  ]);
}
