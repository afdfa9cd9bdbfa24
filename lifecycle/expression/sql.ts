/**
 * Lowers a checked expression to DuckDB SQL, with the meaning that types.ts defines. Missing is NULL inside the SQL: columns are cleaned where
 * they enter, and every step that can leave the finite numbers is cleaned right after. Each operand is written once, so that the SQL grows
 * no faster than the expression.
 */
import { type Binary, type Call, type Expression, isArithmetic, isLogical } from './syntax';
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
  return new SqlWriter(checked.types, options).write(tree);
}

class SqlWriter {
  private readonly number: 'FLOAT' | 'DOUBLE';
  private readonly column: (name: string) => string;

  constructor(
    private readonly types: ReadonlyMap<Expression, Type>,
    options: SqlOptions,
  ) {
    this.number = options.float32 === true ? 'FLOAT' : 'DOUBLE';
    this.column = options.column ?? quoteIdentifier;
  }

  write(node: Expression): string {
    switch (node.kind) {
      case 'number':
        return this.numberLiteral(node.value);
      case 'text':
        return this.types.get(node) === 'time' ? timeLiteral(node.value) : `nullif(${quoteText(node.value)}, '')`;
      case 'boolean':
        return node.value ? 'true' : 'false';
      case 'null':
        return `CAST(NULL AS ${this.sqlType(this.types.get(node) ?? 'number')})`;
      case 'name':
        return this.leaf(node);
      case 'unary':
        return node.operator === 'not' ? `(NOT ${this.write(node.operand)})` : `(- ${this.write(node.operand)})`;
      case 'binary':
        return this.binary(node);
      case 'in': {
        const found = `coalesce(${this.write(node.value)} IN (${node.options.map((option) => this.write(option)).join(', ')}), false)`;
        return node.negated ? `(NOT ${found})` : found;
      }
      case 'between': {
        const inside = `coalesce(${this.write(node.value)} BETWEEN ${this.write(node.low)} AND ${this.write(node.high)}, false)`;
        return node.negated ? `(NOT ${inside})` : inside;
      }
      case 'is-null':
        return this.missing(node.value, node.negated);
      case 'call':
        return this.call(node);
    }
  }

  /** A boolean column is missing as data says, before a missing one is read as false. */
  private missing(node: Expression, negated = false): string {
    const value =
      node.kind === 'name' && this.types.get(node) === 'boolean'
        ? `TRY_CAST(${this.column(node.name)} AS BOOLEAN)`
        : this.write(node);
    return `(${value} IS ${negated ? 'NOT ' : ''}NULL)`;
  }

  private sqlType(type: Type): string {
    if (type === 'number') return this.number;
    return type === 'text' ? 'VARCHAR' : type === 'time' ? 'TIMESTAMP' : 'BOOLEAN';
  }

  private numberLiteral(value: number): string {
    const text = String(value);
    return this.finite(`TRY_CAST(${/e/.test(text) ? text : `${text}e0`} AS ${this.number})`, this.overflows(value));
  }

  private overflows(value: number): boolean {
    return !Number.isFinite(this.number === 'FLOAT' ? Math.fround(value) : value);
  }

  private leaf(node: Expression & { kind: 'name' }): string {
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
        return this.finite(`TRY_CAST(${column} AS ${this.number})`);
    }
  }

  /** Turns NaN and both infinities of a number of the working type into NULL. DuckDB's NaN equals itself, so nullif works. */
  private finite(sql: string, needed = true): string {
    return needed
      ? `nullif(nullif(nullif(${sql}, 'nan'::${this.number}), 'inf'::${this.number}), '-inf'::${this.number})`
      : sql;
  }

  /** Rounds what was computed in double to the working type; beyond its range is NULL. */
  private rounded(sql: string): string {
    return this.finite(this.number === 'FLOAT' ? `TRY_CAST(${sql} AS FLOAT)` : sql);
  }

  private double(node: Expression): string {
    return `CAST(${this.write(node)} AS DOUBLE)`;
  }

  private binary(node: Binary): string {
    const { operator } = node;
    const [left, right] = [this.write(node.left), this.write(node.right)];
    if (isLogical(operator)) return `(${left} ${operator.toUpperCase()} ${right})`;
    if (isArithmetic(operator)) {
      if (operator === '^') return this.power(node.left, node.right);
      if (operator === '/' || operator === '%') return this.finite(`(${left} ${operator} nullif(${right}, 0))`);
      return this.finite(`(${left} ${operator} ${right})`);
    }
    if (operator === '!=') return `(NOT coalesce(${left} = ${right}, false))`;
    return `coalesce(${left} ${operator} ${right}, false)`;
  }

  private power(base: Expression, exponent: Expression): string {
    return this.rounded(`pow(${this.double(base)}, ${this.double(exponent)})`);
  }

  /** NULL marked as NaN, which DuckDB's greatest and least would otherwise pass over; NaN is the greatest of all. */
  private largest(arguments_: readonly string[]): string {
    return `nullif(greatest(${arguments_.map((sql) => `coalesce(${sql}, 'nan'::${this.number})`).join(', ')}), 'nan'::${this.number})`;
  }

  private smallest(arguments_: readonly string[]): string {
    return `(- ${this.largest(arguments_.map((sql) => `(- ${sql})`))})`;
  }

  private call(node: Call): string {
    const [first, second, third] = node.arguments;
    if (first === undefined) throw new Error(`'${node.name}' has no arguments`);
    const args = (): string[] => node.arguments.map((argument) => this.write(argument));
    /** The logarithm's argument, NULL unless above zero. */
    const positive = (sql: string): string => `nullif(greatest(${sql}, 0::DOUBLE), 0)`;
    switch (node.name) {
      case 'abs':
      case 'floor':
      case 'ceil':
        return `${node.name}(${this.write(first)})`;
      case 'min':
        return this.smallest(args());
      case 'max':
        return this.largest(args());
      case 'clip':
        return this.largest([
          this.smallest([this.write(first), third ? this.write(third) : 'NULL']),
          second ? this.write(second) : 'NULL',
        ]);
      case 'round':
        return this.rounded(`round(${this.double(first)})`);
      case 'sign':
        return `CAST(sign(${this.write(first)}) AS ${this.number})`;
      case 'sqrt':
        return this.rounded(`pow(${this.double(first)}, 0.5e0)`);
      case 'exp':
        return this.rounded(`exp(${this.double(first)})`);
      case 'log':
        return this.rounded(`ln(${positive(this.double(first))})`);
      case 'log1p':
        return this.rounded(`ln(${positive(`(1e0 + ${this.double(first)})`)})`);
      case 'log10':
        return this.rounded(`log10(${positive(this.double(first))})`);
      case 'pow':
        return this.power(first, second ?? first);
      case 'if': {
        const [condition, then, otherwise] = args();
        return `CASE WHEN ${condition} THEN ${then} ELSE ${otherwise} END`;
      }
      case 'coalesce':
        return `coalesce(${args().join(', ')})`;
      case 'is_missing':
        return this.missing(first);
      case 'length':
        return `CAST(length(${this.write(first)}) AS ${this.number})`;
      case 'lower':
      case 'upper':
        return `${node.name}(${this.write(first)})`;
      case 'contains':
      case 'starts_with':
        return `coalesce(${node.name}(${args().join(', ')}), false)`;
      default:
        throw new Error(`no SQL for the function '${node.name}'`);
    }
  }
}

function timeLiteral(text: string): string {
  const time = readTime(text);
  if (time === undefined) throw new Error(`'${text}' is not a time`);
  return `TIMESTAMP '${new Date(time).toISOString().replace('T', ' ').replace('Z', '')}'`;
}
