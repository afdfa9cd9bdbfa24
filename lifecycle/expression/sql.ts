/**
 * Lowers a checked expression to DuckDB SQL, with the meaning that types.ts defines.
 *
 * Inside the SQL a missing number is NaN, which arithmetic carries along by itself, and a missing text is NULL; at the end both are NULL.
 * `x % infinity` turns an infinity into NaN and leaves everything else alone. Operands are written once, because DuckDB's `nullif` and CASE
 * would double the SQL at every level; where a value is truly needed twice, a one-element list and a lambda bind it.
 */
import {
  type Arithmetic,
  type Binary,
  type Call,
  type Comparison,
  type Expression,
  isArithmetic,
  isLogical,
  type Name,
} from './syntax';
import { readTime } from './time';
import { check, type Columns, type Type } from './types';

export interface SqlOptions {
  /** Compute in float32, as a served model does; double unless set. */
  readonly float32?: boolean;
  /** The SQL of a column; its quoted name unless given. */
  readonly column?: (name: string) => string;
}

/** Quotes an identifier for SQL. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text for SQL. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * The SQL of an expression. A number comes out as FLOAT (or DOUBLE), finite or NULL; a text as VARCHAR, non-empty or NULL; a boolean never NULL.
 *
 * @throws Error when the expression has problems: check it first.
 */
export function toSql(tree: Expression, columns: Columns, options: SqlOptions = {}): string {
  const checked = check(tree, columns);
  const [problem] = checked.problems;
  if (problem) throw new Error(`The expression is not ready for SQL: ${problem.message}`);
  return new SqlWriter(checked.types, options).result(tree);
}

class SqlWriter {
  private readonly number: 'FLOAT' | 'DOUBLE';
  private readonly nan: string;
  private readonly infinity: string;
  private readonly column: (name: string) => string;
  private bound = 0;

  constructor(
    private readonly types: ReadonlyMap<Expression, Type>,
    options: SqlOptions,
  ) {
    this.number = options.float32 === true ? 'FLOAT' : 'DOUBLE';
    this.nan = `'nan'::${this.number}`;
    this.infinity = `'inf'::${this.number}`;
    this.column = options.column ?? quoteIdentifier;
  }

  result(tree: Expression): string {
    const sql = this.write(tree);
    return this.types.get(tree) === 'number' ? `nullif(${sql}, ${this.nan})` : sql;
  }

  private write(node: Expression): string {
    switch (node.kind) {
      case 'number':
        return this.numberLiteral(node.value);
      case 'text':
        return this.types.get(node) === 'time'
          ? timeLiteral(node.value)
          : node.value === ''
            ? 'NULL::VARCHAR'
            : quoteText(node.value);
      case 'boolean':
        return node.value ? 'true' : 'false';
      case 'null':
        return this.nothing(this.types.get(node));
      case 'name':
        return this.leaf(node);
      case 'unary':
        return `(${node.operator === 'not' ? 'NOT' : '-'} ${this.write(node.operand)})`;
      case 'binary':
        return this.binary(node);
      case 'in':
        return negate(node.negated, this.in(node.value, node.options));
      case 'between':
        return negate(
          node.negated,
          this.bind(node.value, (value) => {
            const type = this.types.get(node.value);
            return `(${this.compare('<=', type, this.write(node.low), value)} AND ${this.compare('<=', type, value, this.write(node.high))})`;
          }),
        );
      case 'is-null':
        return negate(node.negated, this.missing(node.value));
      case 'call':
        return this.call(node);
    }
  }

  private nothing(type: Type | undefined): string {
    if (type === 'text') return 'NULL::VARCHAR';
    return type === 'time' ? 'NULL::TIMESTAMP' : this.nan;
  }

  private missing(node: Expression): string {
    const type = this.types.get(node);
    if (type === 'number') return `isnan(${this.write(node)})`;
    // A boolean column is missing as data says, before a missing one is read as false.
    const value =
      node.kind === 'name' && type === 'boolean' ? `TRY_CAST(${this.column(node.name)} AS BOOLEAN)` : this.write(node);
    return `(${value} IS NULL)`;
  }

  private numberLiteral(value: number): string {
    const held = this.number === 'FLOAT' ? Math.fround(value) : value;
    if (!Number.isFinite(held)) return this.nan;
    const text = String(value);
    return `${text.includes('e') ? text : `${text}e0`}::${this.number}`;
  }

  private leaf(node: Name): string {
    const column = this.column(node.name);
    switch (this.types.get(node)) {
      case 'text':
        return `nullif(CAST(${column} AS VARCHAR), '')`;
      case 'boolean':
        return `coalesce(TRY_CAST(${column} AS BOOLEAN), false)`;
      case 'time':
        return `TRY_CAST(${column} AS TIMESTAMP)`;
      case 'number':
      case undefined:
        return this.finite(`coalesce(TRY_CAST(${column} AS ${this.number}), ${this.nan})`);
    }
  }

  /** An infinity becomes NaN: the remainder of division by infinity is the number itself, of an infinity it is NaN. */
  private finite(sql: string): string {
    return `(${sql} % ${this.infinity})`;
  }

  /** Rounds what was computed in double to the working type; beyond its range is missing. */
  private rounded(sql: string): string {
    return this.finite(this.number === 'FLOAT' ? `coalesce(TRY_CAST(${sql} AS FLOAT), ${this.nan})` : sql);
  }

  private double(sql: string): string {
    return `CAST(${sql} AS DOUBLE)`;
  }

  /** Gives a value that is used more than once a name, unless it is cheap to repeat. */
  private bind(node: Expression, use: (value: string) => string): string {
    if (node.kind === 'name' || node.kind === 'number' || node.kind === 'text') return use(this.write(node));
    const name = `v${this.bound++}`;
    return `list_transform([${this.write(node)}], lambda ${name}: ${use(name)})[1]`;
  }

  private binary(node: Binary): string {
    const { operator, left, right } = node;
    if (isLogical(operator)) return `(${this.write(left)} ${operator.toUpperCase()} ${this.write(right)})`;
    if (isArithmetic(operator)) return this.arithmetic(operator, left, right);
    return this.compare(operator, this.types.get(left), this.write(left), this.write(right));
  }

  private arithmetic(operator: Arithmetic, left: Expression, right: Expression): string {
    if (operator === '^') return this.power(left, right);
    return this.finite(`(${this.write(left)} ${operator} ${this.write(right)})`);
  }

  /**
   * Numbers are compared by their difference: unlike DuckDB's order, in which NaN equals itself and is the greatest, it is NaN when one of them is.
   * It is exact in sign, since the smallest differences are denormal numbers, not zero.
   */
  private compare(operator: Comparison, type: Type | undefined, left: string, right: string): string {
    if (operator === '!=') return negate(true, this.compare('=', type, left, right));
    if (type !== 'number') return `coalesce(${left} ${operator} ${right}, false)`;
    if (operator === '=') return `((${left} - ${right}) = 0)`;
    const [small, large] = operator === '<' || operator === '<=' ? [left, right] : [right, left];
    const least =
      operator === '<=' || operator === '>=' ? '0' : this.number === 'FLOAT' ? '1e-45::FLOAT' : '5e-324::DOUBLE';
    return `((${large} - ${small}) BETWEEN ${least} AND ${this.infinity})`;
  }

  private in(value: Expression, options: readonly Expression[]): string {
    if (this.types.get(value) !== 'number' || options.every(({ kind }) => kind === 'number')) {
      return `coalesce(${this.write(value)} IN (${options.map((option) => this.write(option)).join(', ')}), false)`;
    }
    return this.bind(
      value,
      (bound) => `(${options.map((option) => this.compare('=', 'number', bound, this.write(option))).join(' OR ')})`,
    );
  }

  /** C's pow gives 1 for NaN ^ 0 and for 1 ^ NaN: a fixed exponent but 0, or a fixed base but 1, is safe from both. */
  private power(base: Expression, exponent: Expression): string {
    const pow = (a: string, b: string): string => this.rounded(`pow(${this.double(a)}, ${this.double(b)})`);
    const safe = (exponent.kind === 'number' && exponent.value !== 0) || (base.kind === 'number' && base.value !== 1);
    if (safe) return pow(this.write(base), this.write(exponent));
    return this.bind(base, (a) =>
      this.bind(exponent, (b) => `CASE WHEN isnan(${a}) OR isnan(${b}) THEN ${this.nan} ELSE ${pow(a, b)} END`),
    );
  }

  /** NaN is the greatest of all numbers, so that this carries a missing one along. */
  private largest(arguments_: readonly string[]): string {
    return `greatest(${arguments_.join(', ')})`;
  }

  private smallest(arguments_: readonly string[]): string {
    return `(- ${this.largest(arguments_.map((sql) => `(- ${sql})`))})`;
  }

  /** DuckDB refuses logarithms of zero and below, and those are missing here. */
  private logarithm(name: 'ln' | 'log10', argument: Expression, plus = ''): string {
    return this.bind(argument, (value) => {
      const x = `(${plus}${this.double(value)})`;
      return `CASE WHEN ${x} > 0 THEN ${this.rounded(`${name}(${x})`)} ELSE ${this.nan} END`;
    });
  }

  private coalesce(type: Type | undefined, arguments_: readonly Expression[]): string {
    const [first, ...rest] = arguments_;
    if (first === undefined) return this.nothing(type);
    if (type !== 'number') return `coalesce(${arguments_.map((argument) => this.write(argument)).join(', ')})`;
    if (rest.length === 0) return this.write(first);
    return this.bind(first, (value) => `CASE WHEN isnan(${value}) THEN ${this.coalesce(type, rest)} ELSE ${value} END`);
  }

  private call(node: Call): string {
    const [first, second, third] = node.arguments;
    if (first === undefined) throw new Error(`'${node.name}' has no arguments`);
    const args = (): string[] => node.arguments.map((argument) => this.write(argument));
    switch (node.name) {
      case 'abs':
      case 'floor':
      case 'ceil':
      case 'lower':
      case 'upper':
        return `${node.name}(${this.write(first)})`;
      case 'min':
        return this.smallest(args());
      case 'max':
        return this.largest(args());
      case 'clip':
        return this.largest([
          this.smallest([this.write(first), this.write(third ?? first)]),
          this.write(second ?? first),
        ]);
      case 'round':
        return this.rounded(`round(${this.double(this.write(first))})`);
      case 'sign': {
        // DuckDB's sign of NaN is 0; a huge multiple held between -1 and 1 keeps it NaN.
        const huge = `(${this.double(this.write(first))} * 1e308 * 1e308)`;
        return this.rounded(`(- greatest(-1e0, (- greatest(-1e0, ${huge}))))`);
      }
      case 'sqrt':
        return this.rounded(`pow(${this.double(this.write(first))}, 0.5e0)`);
      case 'exp':
        return this.rounded(`exp(${this.double(this.write(first))})`);
      case 'log':
        return this.logarithm('ln', first);
      case 'log1p':
        return this.logarithm('ln', first, '1e0 + ');
      case 'log10':
        return this.logarithm('log10', first);
      case 'pow':
        return this.power(first, second ?? first);
      case 'if': {
        const [condition, then, otherwise] = args();
        return `CASE WHEN ${condition} THEN ${then} ELSE ${otherwise} END`;
      }
      case 'coalesce':
        return this.coalesce(this.types.get(node), node.arguments);
      case 'is_missing':
        return this.missing(first);
      case 'length':
        return `coalesce(CAST(length(${this.write(first)}) AS ${this.number}), ${this.nan})`;
      case 'contains':
      case 'starts_with':
        return `coalesce(${node.name}(${args().join(', ')}), false)`;
      default:
        throw new Error(`no SQL for the function '${node.name}'`);
    }
  }
}

function negate(negated: boolean, sql: string): string {
  return negated ? `(NOT ${sql})` : sql;
}

function timeLiteral(text: string): string {
  const time = readTime(text);
  if (time === undefined) throw new Error(`'${text}' is not a time`);
  return `TIMESTAMP '${new Date(time).toISOString().replace('T', ' ').replace('Z', '')}'`;
}
