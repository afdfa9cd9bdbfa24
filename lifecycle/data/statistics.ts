import type { Database } from '../table';
import { cellText } from '../table';
import { type Category, type FeatureColumn } from './feature-columns';
import { type Moments, readHeld, readMoments } from './moments';
import { type ColumnProfile } from './profile';
import { Ranks } from './ranks';
import { type FeatureSql } from './to-sql';
import { readValues } from './values';

const FLOAT_MAX = 3.4028234663852886e38;

/** The most frequent values of a column, and how many there are. */
export interface TopValues {
  readonly top: readonly { readonly value: Category }[];
  readonly distinct: number;
}

/**
 * What is known of the training columns as they are now. Reads only what the profile, or an earlier step, has not told.
 */
export class Statistics {
  private readonly known = new Map<string, Moments>();
  /** Raw columns that no step has touched yet. */
  private readonly untouched: Set<string>;

  constructor(
    private readonly database: Database,
    private readonly sql: FeatureSql,
    private readonly rows: number,
    private readonly profiles: ReadonlyMap<string, ColumnProfile>,
  ) {
    this.untouched = new Set(sql.columns.map(({ name }) => name));
    for (const [name, { moments }] of profiles) {
      // Beyond float32 a value is missing to features, though not to the profile.
      const fits = moments && Math.max(Math.abs(moments.max), Math.abs(moments.min)) <= FLOAT_MAX;
      if (fits && this.untouched.has(name)) this.known.set(name, moments);
    }
  }

  /** Columns are about to change; nothing is known of them any more. */
  forget(names: readonly string[]): void {
    for (const name of names) {
      this.untouched.delete(name);
      this.known.delete(name);
    }
  }

  /** The moments of a column, when they are known without reading. */
  remembered(name: string): Moments | undefined {
    return this.known.get(name);
  }

  remember(name: string, moments: Moments): void {
    this.known.set(name, moments);
  }

  async moments(names: readonly string[]): Promise<Moments[]> {
    const unknown = names.filter((name) => !this.known.has(name));
    if (unknown.length > 0) {
      const found = await readMoments(this.database, this.sql.select(unknown));
      unknown.forEach((name, i) => this.known.set(name, found[i] as Moments));
    }
    return names.map((name) => this.known.get(name) as Moments);
  }

  /** Quantiles by column, in the order of the probabilities. */
  async quantiles(names: readonly string[], probabilities: readonly number[]): Promise<number[][]> {
    const found = new Map<string, number[]>();
    const unknown: string[] = [];
    for (const name of names) {
      const raw = this.untouched.has(name) && this.known.has(name) ? this.profiles.get(name)?.quantiles : undefined;
      if (raw && probabilities.every((p) => raw.has(p)))
        found.set(
          name,
          probabilities.map((p) => raw.get(p) as number),
        );
      else unknown.push(name);
    }
    await readHeld(this.database, this.sql.select(unknown), this.rows, (i, { values }) => {
      found.set(unknown[i] as string, new Ranks(values).quantiles(probabilities));
    });
    return names.map((name) => found.get(name) as number[]);
  }

  async topValues(columns: readonly FeatureColumn[], most: number): Promise<TopValues[]> {
    const found = new Map<string, TopValues>();
    for (const { name, kind } of columns) {
      const { categories, distinct } = this.profiles.get(name)?.info ?? {};
      if (kind !== 'text' || !this.untouched.has(name) || !categories || distinct === undefined) continue;
      if (categories.length < Math.min(most, distinct)) continue;
      found.set(name, { top: categories.slice(0, most).map(({ value }) => ({ value: String(value) })), distinct });
    }
    for (const text of [true, false]) {
      const part = columns.filter(({ name, kind }) => (kind === 'text') === text && !found.has(name));
      if (part.length === 0) continue;
      const values = await readValues(this.database, this.sql.select(part.map(({ name }) => name)), most);
      part.forEach(({ name }, i) => {
        const { top = [], distinct = 0 } = values[i] ?? {};
        found.set(name, { top: top.map(({ value }) => ({ value: text ? cellText(value) : Number(value) })), distinct });
      });
    }
    return columns.map(({ name }) => found.get(name) ?? { top: [], distinct: 0 });
  }
}
