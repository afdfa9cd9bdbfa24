import { toSql } from '../expression';
import { parse } from '../expression/parse';
import { float, text } from '../table';
import {
  advance,
  type Category,
  type DatePart,
  type FeatureColumn,
  type FittedStep,
  kinds,
  type OpenKind,
} from './feature-columns';

/** Categories of a text column from which on its texts are looked up once instead of compared with each. */
const WORTH_A_CODE = 3;

/**
 * Fitted steps lowered to SQL, in float32 (0/1 features as BOOLEAN, which Parquet keeps in a bit), missing as NULL. The other lowering is `to-onnx.ts`; tests hold the two equal.
 *
 * Expressions are kept over one relation as long as each refers to its column once; a step that refers to it more often first puts
 * what is there into a subquery, so that the text grows with the steps and not with their product.
 */
export class FeatureSql {
  private columnsNow: readonly FeatureColumn[];
  private kinds: ReadonlyMap<string, OpenKind>;
  private readonly expressions = new Map<string, string>();
  /** The subquery that expressions stand over, once there is one. */
  private settled: string | undefined;
  /** Columns that are put beside those of the relation, by id: codes of texts. */
  private readonly codes = new Map<string, string>();
  private next = 0;

  /**
   * @param source gives the relation with these raw columns by their id (`c0`, `c1`, …) and what else always belongs to it
   * @param raw raw columns with their ids
   */
  constructor(
    private readonly source: (ids: readonly string[]) => string,
    private readonly raw: readonly { readonly column: FeatureColumn; readonly id: string }[],
  ) {
    this.columnsNow = raw.map(({ column }) => column);
    this.kinds = kinds(this.columnsNow);
    for (const { column, id } of raw) this.expressions.set(column.name, entering(column, id));
  }

  get columns(): readonly FeatureColumn[] {
    return this.columnsNow;
  }

  apply(step: FittedStep): void {
    this.lower(step);
    this.columnsNow = advance(this.columnsNow, step);
    this.kinds = kinds(this.columnsNow);
  }

  /** The SQL of columns and the relation that it stands over: `SELECT ${sql.join()} FROM ${relation}`. */
  select(names: readonly string[]): { readonly sql: string[]; readonly relation: string } {
    const sql = names.map((name) => this.of(name));
    return { sql, relation: this.relation(() => this.mentioned([...sql, ...this.codes.values()])) };
  }

  private relation(ids: () => readonly string[]): string {
    const under = this.settled ?? this.source(ids());
    if (this.codes.size === 0) return under;
    return `(SELECT *, ${[...this.codes].map(([id, sql]) => `${sql} AS ${id}`).join(', ')} FROM ${under})`;
  }

  /** The raw columns that expressions may refer to: DuckDB binds every column of a relation, which costs where there are thousands. */
  private mentioned(sql: readonly string[]): string[] {
    const words = new Set(sql.flatMap((one) => one.match(/\bc\d+\b/g) ?? []));
    return this.raw.flatMap(({ id }) => (words.has(id) ? [id] : []));
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
    if (names.every((name) => /^\w+$/.test(this.of(name)))) return;
    const list: string[] = [];
    for (const [name, sql] of this.expressions) {
      const id = `x${this.next++}`;
      list.push(`${sql} AS ${id}`);
      this.expressions.set(name, id);
    }
    const under = this.relation(() => this.raw.map(({ id }) => id));
    this.codes.clear();
    this.settled = `(SELECT *, ${list.join(', ')} FROM ${under})`;
  }

  /**
   * A column with the place, from 1, of each text among the categories, and 0 for every other: many comparisons of whole numbers then stand for as
   * many of texts, and of texts that lie in a dictionary each is looked up once.
   */
  private coded(name: string, categories: readonly string[]): string {
    const id = `x${this.next++}`;
    this.codes.set(id, `coalesce(list_position([${categories.join(', ')}], ${this.of(name)}), 0)`);
    return id;
  }

  private kind(name: string): OpenKind {
    const kind = this.kinds.get(name);
    if (kind === undefined) throw new Error(`there is no feature column '${name}'`);
    return kind;
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
        const literals = step.categories.map((category) => this.literal(step.column, category));
        if (this.kind(step.column) === 'text' && literals.length >= WORTH_A_CODE) {
          const code = this.coded(step.column, literals);
          this.expressions.delete(step.column);
          step.features.forEach((name, i) => this.set(name, `(${code} = ${i + 1})`));
          return;
        }
        const x = this.of(step.column);
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
      case 'bag-of-words':
      case 'pixels':
      case 'tokenize':
        // Made by the served graph itself (`words-table.ts`).
        return;
      case 'date-parts': {
        this.settle([step.column]);
        const x = this.of(step.column);
        step.parts.forEach((part, i) => this.set(step.features[i] ?? '', `CAST(${datePart(part, x)} AS FLOAT)`));
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
    const sql = toSql(tree, this.kinds, { float32: true, column: (name) => this.of(name) });
    this.set(step.column, `(${sql})`);
  }
}

/** A part of a date; weekdays count from Monday, 1. */
function datePart(part: DatePart, x: string): string {
  switch (part) {
    case 'weekday':
      return `isodow(${x})`;
    case 'day-of-year':
      return `dayofyear(${x})`;
    case 'days':
      return `datediff('day', DATE '1970-01-01', CAST(${x} AS DATE))`;
    default:
      return `date_part('${part}', ${x})`;
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
