import { toSql } from '../expression';
import { parse } from '../expression/parse';
import { float, text } from '../table';
import { advance, type Category, type FeatureColumn, find, type FittedStep } from './feature-columns';

/**
 * Fitted steps lowered to SQL, in float32 (0/1 features as BOOLEAN, which Parquet keeps in a bit), missing as NULL. The other lowering is `to-onnx.ts`; tests hold the two equal.
 *
 * Expressions are kept over one relation as long as each refers to its column once; a step that refers to it more often first puts
 * what is there into a subquery, so that the text grows with the steps and not with their product.
 */
export class FeatureSql {
  private columnsNow: readonly FeatureColumn[];
  private readonly expressions = new Map<string, string>();
  private relation: string;
  private next = 0;

  /**
   * @param relation holds the raw columns
   * @param raw raw columns with their SQL there
   */
  constructor(relation: string, raw: readonly { readonly column: FeatureColumn; readonly sql: string }[]) {
    this.relation = relation;
    this.columnsNow = raw.map(({ column }) => column);
    for (const { column, sql } of raw) this.expressions.set(column.name, entering(column, sql));
  }

  get columns(): readonly FeatureColumn[] {
    return this.columnsNow;
  }

  apply(step: FittedStep): void {
    this.lower(step);
    this.columnsNow = advance(this.columnsNow, step);
  }

  /** The SQL of columns and the relation that it stands over: `SELECT ${sql.join()} FROM ${relation}`. `keep` are columns of the first relation needed as well. */
  select(names: readonly string[]): { readonly sql: string[]; readonly relation: string } {
    return { sql: names.map((name) => this.of(name)), relation: this.relation };
  }

  private of(name: string): string {
    const sql = this.expressions.get(name);
    if (sql === undefined) throw new Error(`there is no feature column '${name}'`);
    return sql;
  }

  private set(name: string, sql: string): void {
    this.expressions.set(name, sql);
  }

  /** Makes every expression a plain column, when one of these is not. */
  private settle(names: readonly string[]): void {
    if (names.every((name) => /^"?\w+"?$/.test(this.of(name)))) return;
    const list: string[] = [];
    for (const [name, sql] of this.expressions) {
      const id = `x${this.next++}`;
      list.push(`${sql} AS ${id}`);
      this.expressions.set(name, id);
    }
    this.relation = `(SELECT *, ${list.join(', ')} FROM ${this.relation})`;
  }

  private kind(name: string): FeatureColumn['kind'] {
    return find(this.columnsNow, name).kind;
  }

  /** The column as FLOAT. */
  private number(name: string): string {
    return this.kind(name) === 'boolean' ? `CAST(${this.of(name)} AS FLOAT)` : this.of(name);
  }

  private lower(step: FittedStep): void {
    switch (step.step) {
      case 'fill':
        step.columns.forEach((name, i) => {
          const value = step.values[i];
          const whole = this.kind(name) !== 'boolean' || value === 0 || value === 1;
          const [x, put] = whole ? [this.of(name), this.literal(name, value)] : [this.number(name), literal(value)];
          this.set(name, `coalesce(${x}, ${put})`);
        });
        return;
      case 'clip':
        this.settle(step.columns);
        step.columns.forEach((name, i) => {
          const [x, low, high] = [this.number(name), float(step.low[i] ?? 0), float(step.high[i] ?? 0)];
          this.set(name, `CASE WHEN ${x} < ${low} THEN ${low} WHEN ${x} > ${high} THEN ${high} ELSE ${x} END`);
        });
        return;
      case 'standardize':
        this.scale(step.columns, step.mean, step.std);
        return;
      case 'min-max':
        this.scale(step.columns, step.min, step.range);
        return;
      case 'derive':
        this.derive(step);
        return;
      case 'one-hot': {
        this.settle([step.column]);
        const x = this.of(step.column);
        const literals = step.categories.map((category) => this.literal(step.column, category));
        this.expressions.delete(step.column);
        step.features.forEach((name, i) => this.set(name, `(${x} IS NOT DISTINCT FROM ${literals[i]})`));
        return;
      }
      case 'ordinal': {
        this.settle([step.column]);
        const x = this.of(step.column);
        const cases = step.categories.map(
          (value, i) => `WHEN ${x} = ${this.literal(step.column, value)} THEN ${float(i)}`,
        );
        this.set(step.column, `CASE WHEN ${x} IS NULL THEN NULL ${cases.join(' ')} ELSE ${float(-1)} END`);
        return;
      }
      case 'missing-indicator':
        step.columns.forEach((name, i) => this.set(step.features[i] ?? '', `(${this.of(name)} IS NULL)`));
        return;
      case 'drop':
        for (const name of step.columns) this.expressions.delete(name);
        return;
    }
  }

  private scale(names: readonly string[], subtract: readonly number[], divide: readonly number[]): void {
    names.forEach((name, i) =>
      this.set(name, `((${this.number(name)} - ${float(subtract[i] ?? 0)}) / ${float(divide[i] ?? 1)})`),
    );
  }

  /** A value of this column. */
  private literal(name: string, value: Category | undefined): string {
    return this.kind(name) === 'boolean' && typeof value === 'number' ? String(value === 1) : literal(value);
  }

  private derive(step: FittedStep & { step: 'derive' }): void {
    const { tree } = parse(step.expression);
    if (!tree) throw new Error(`'${step.expression}' is not an expression`);
    this.settle(step.uses);
    const types = new Map(this.columnsNow.map(({ name, kind }) => [name, kind]));
    const sql = toSql(tree, types, { float32: true, column: (name) => this.of(name) });
    this.set(step.column, `(${sql})`);
  }
}

/** A raw column as a feature begins. A number beyond float32 is missing. */
function entering({ kind }: FeatureColumn, sql: string): string {
  return kind === 'number' ? `TRY_CAST(${sql} AS FLOAT)` : sql;
}

function literal(value: Category | undefined): string {
  if (value === undefined) throw new Error('a fitted step lacks a value');
  return typeof value === 'number' ? float(value) : text(value);
}
