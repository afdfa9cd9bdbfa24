/**
 * Computes an expression in JavaScript, against plain values: for conditions such as `drift.share >= 0.3`. See types.ts for the meaning.
 */
import { type Binary, type Call, type Expression, isArithmetic, isLogical, type Name, type Problem } from './syntax';
import { readTime } from './time';
import { columnType, type Columns } from './types';

/** A computed value; undefined is missing. */
export type Scalar = number | string | boolean | undefined;

/** Gives the value of a name; null, undefined, NaN and '' are missing. A Date is a time. */
export type Resolve = (name: string) => unknown;

export interface EvaluateOptions {
  /** Round every step to float32, as features and served models do. */
  readonly float32?: boolean;
  /** The types of the names, where known: a missing boolean counts as false then, as in SQL and ONNX. */
  readonly columns?: Columns;
}

export type Evaluated =
  { readonly ok: true; readonly value: Scalar } | { readonly ok: false; readonly problem: Problem };

/**
 * Computes the value of a tree. A value of the wrong type at run time is a problem with its place, never a throw. A condition that
 * misses a value is false, as everywhere.
 */
export function evaluate(tree: Expression, resolve: Resolve, options: EvaluateOptions = {}): Evaluated {
  try {
    return { ok: true, value: new Evaluator(resolve, options).value(tree) };
  } catch (error) {
    if (error instanceof Misfit) return { ok: false, problem: error.problem };
    throw error;
  }
}

/**
 * Looks a dotted name up in nested objects: `drift.share` is object.drift.share. A key that holds the dots itself comes first.
 * Only an object's own keys are seen.
 */
export function resolvePath(object: unknown): Resolve {
  return (name) => {
    if (isRecord(object) && Object.hasOwn(object, name)) return object[name];
    let at: unknown = object;
    for (const part of name.split('.')) {
      if (!isRecord(at) || !Object.hasOwn(at, part)) return undefined;
      at = at[part];
    }
    return at;
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

class Misfit extends Error {
  readonly problem: Problem;
  constructor(node: Expression, message: string) {
    super(message);
    this.problem = { from: node.from, to: node.to, message };
  }
}

class Evaluator {
  constructor(
    private readonly resolve: Resolve,
    private readonly options: EvaluateOptions,
  ) {}

  value(node: Expression): Scalar {
    switch (node.kind) {
      case 'number':
        return this.finite(node.value);
      case 'text':
        return node.value === '' ? undefined : node.value;
      case 'boolean':
        return node.value;
      case 'null':
        return undefined;
      case 'name':
        return this.name(node);
      case 'unary': {
        if (node.operator === 'not') return !this.condition(node.operand);
        const operand = this.number(node.operand);
        return operand === undefined ? undefined : -operand;
      }
      case 'binary':
        return this.binary(node);
      case 'in': {
        const value = this.value(node.value);
        return node.options.some((option) => this.compare('=', node, value, this.value(option))) !== node.negated;
      }
      case 'between': {
        const value = this.value(node.value);
        const inside =
          this.compare('>=', node, value, this.value(node.low)) &&
          this.compare('<=', node, value, this.value(node.high));
        return inside !== node.negated;
      }
      case 'is-null':
        return this.missing(node.value) !== node.negated;
      case 'call':
        return this.call(node);
    }
  }

  private name(node: Name): Scalar {
    const value = this.leaf(node, this.resolve(node.name));
    const { columns } = this.options;
    return value === undefined && columns !== undefined && columnType(columns, node.name) === 'boolean' ? false : value;
  }

  /** A boolean column is missing as data says, before a missing one is read as false. */
  private missing(node: Expression): boolean {
    return (node.kind === 'name' ? this.leaf(node, this.resolve(node.name)) : this.value(node)) === undefined;
  }

  private leaf(node: Expression, value: unknown): Scalar {
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'number') return this.finite(value);
    if (typeof value === 'bigint') return this.finite(Number(value));
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
    throw new Misfit(
      node,
      `This is ${Array.isArray(value) ? 'a list' : `an ${typeof value}`}, not a number, text or boolean.`,
    );
  }

  /** Rounds to the number type; what is not finite is missing. */
  private finite(value: number): number | undefined {
    const rounded = this.options.float32 === true ? Math.fround(value) : value;
    return Number.isFinite(rounded) ? rounded : undefined;
  }

  private number(node: Expression): number | undefined {
    const value = this.value(node);
    if (value === undefined || typeof value === 'number') return value;
    throw new Misfit(node, `Expected a number, but this is ${describe(value)}.`);
  }

  private text(node: Expression): string | undefined {
    const value = this.value(node);
    if (value === undefined || typeof value === 'string') return value;
    throw new Misfit(node, `Expected a text, but this is ${describe(value)}.`);
  }

  private condition(node: Expression): boolean {
    const value = this.value(node);
    if (value === undefined) return false;
    if (typeof value === 'boolean') return value;
    throw new Misfit(node, `Expected true or false, but this is ${describe(value)}.`);
  }

  private binary(node: Binary): Scalar {
    const { operator } = node;
    if (isLogical(operator)) {
      return operator === 'and'
        ? this.condition(node.left) && this.condition(node.right)
        : this.condition(node.left) || this.condition(node.right);
    }
    if (isArithmetic(operator)) {
      const left = this.number(node.left);
      const right = this.number(node.right);
      return left === undefined || right === undefined ? undefined : this.finite(calculate(operator, left, right));
    }
    const [left, right] = [this.value(node.left), this.value(node.right)];
    return operator === '!=' ? !this.compare('=', node, left, right) : this.compare(operator, node, left, right);
  }

  private compare(operator: '=' | '<' | '<=' | '>' | '>=', node: Expression, left: Scalar, right: Scalar): boolean {
    if (left === undefined || right === undefined) return false;
    if (typeof left !== typeof right)
      throw new Misfit(node, `${describe(left)} can't be compared with ${describe(right)}.`);
    let [a, b]: [Scalar, Scalar] = [left, right];
    if (typeof a === 'string' && typeof b === 'string') {
      const [timeA, timeB] = [readTime(a), readTime(b)];
      if (timeA !== undefined && timeB !== undefined) [a, b] = [timeA, timeB];
      else [a, b] = [codePointOrder(a, b), 0];
    }
    if (operator === '=') return a === b;
    if (operator === '<') return a < b;
    if (operator === '<=') return a <= b;
    if (operator === '>') return a > b;
    return a >= b;
  }

  private call(node: Call): Scalar {
    const args = node.arguments;
    const [first, second, third] = args;
    if (first === undefined) throw new Misfit(node, `'${node.name}' has no arguments.`);
    switch (node.name) {
      case 'if':
        return this.condition(first) ? second && this.value(second) : third && this.value(third);
      case 'coalesce': {
        for (const argument of args) {
          const value = this.value(argument);
          if (value !== undefined) return value;
        }
        return undefined;
      }
      case 'is_missing':
        return this.missing(first);
      case 'length': {
        const text = this.text(first);
        return text === undefined ? undefined : [...text].length;
      }
      case 'lower':
        return this.text(first)?.toLowerCase();
      case 'upper':
        return this.text(first)?.toUpperCase();
      case 'contains':
      case 'starts_with': {
        const text = this.text(first);
        const part = second && this.text(second);
        if (text === undefined || part === undefined) return false;
        return node.name === 'contains' ? text.includes(part) : text.startsWith(part);
      }
      default: {
        const numbers = args.map((argument) => this.number(argument));
        if (!numbers.every((value) => value !== undefined)) return undefined;
        const result = numeric(node.name, numbers);
        if (result === undefined) throw new Misfit(node, `There is no function '${node.name}'.`);
        return this.finite(result);
      }
    }
  }
}

function calculate(operator: '+' | '-' | '*' | '/' | '%' | '^', a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? NaN : a / b;
    case '%':
      return a % b;
    case '^':
      return power(a, b);
  }
}

/** As C's pow: JavaScript differs for a base of 1 or -1 with an infinite exponent only, which can't come up. */
function power(a: number, b: number): number {
  return a ** b;
}

function numeric(name: string, args: readonly number[]): number | undefined {
  const [x = NaN, y = NaN, z = NaN] = args;
  switch (name) {
    case 'abs':
      return Math.abs(x);
    case 'min':
      return Math.min(...args);
    case 'max':
      return Math.max(...args);
    case 'clip':
      return Math.max(Math.min(x, z), y);
    case 'floor':
      return Math.floor(x);
    case 'ceil':
      return Math.ceil(x);
    case 'round':
      return Math.sign(x) * Math.floor(Math.abs(x) + (Math.abs(x) < 0.5 ? 0 : 0.5));
    case 'sign':
      return Math.sign(x);
    case 'sqrt':
      return Math.sqrt(x);
    case 'exp':
      return Math.exp(x);
    case 'log':
      return x > 0 ? Math.log(x) : NaN;
    case 'log1p':
      return x > -1 ? Math.log(1 + x) : NaN;
    case 'log10':
      return x > 0 ? Math.log10(x) : NaN;
    case 'pow':
      return power(x, y);
    default:
      return undefined;
  }
}

/** Negative, zero or positive, as two texts stand by code points (JavaScript's own order is by UTF-16 units). */
function codePointOrder(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function describe(value: number | string | boolean): string {
  if (typeof value === 'string') return `the text '${value}'`;
  return typeof value === 'number' ? `the number ${value}` : `${value}`;
}
