/**
 * Types of expressions, and what they mean.
 *
 * THE MEANING, ONCE. SQL (`sql.ts`), ONNX (`onnx.ts`) and JavaScript (`evaluate.ts`) all compute this, and tests hold them equal:
 *
 * - A number is a finite number (float32 in features and in a served model, double in filters and gates) or it is missing. NULL and NaN are
 *   two spellings of missing; so is any result that is not finite or not real: a division or remainder by zero, an overflow, the root of a
 *   negative number, the logarithm of zero or below.
 * - A text is a non-empty text or it is missing. NULL and '' are two spellings of missing.
 * - A time is an instant in UTC or missing. A boolean is true or false; a missing boolean in the data counts as false.
 * - Arithmetic and functions with a missing argument give missing, except `coalesce`, `if` (its condition is never missing) and `is_missing`.
 * - A comparison (=, <, <=, >, >=, in, between, contains, starts_with) with a missing operand is false. `!=`, `not in` and `not between` are
 *   exactly `not` of their positive, so they are true then. Two missing values are not equal: ask with `is null`.
 * - Arithmetic (+ - * / %) rounds after every step to the number type; roots, powers, exponentials and logarithms are computed in double and
 *   rounded once. `%` has the sign of its left side. `round` takes halves away from zero.
 * - Texts compare by code points, case matters. A time compares with a time or with a text that is an ISO date.
 */
import { elsewhere } from './elsewhere';
import { findFunction, type FunctionEntry, functions, type Type } from './functions';
import {
  type Binary,
  type Call,
  type Expression,
  isArithmetic,
  isLogical,
  type Name,
  namesIn,
  type Place,
  type Problem,
} from './syntax';
import { nearest } from './nearest';
import { writeName } from './tokens';
import { readTime } from './time';

export type { Type } from './functions';

export type Columns = Readonly<Record<string, Type>> | ReadonlyMap<string, Type>;

export interface Checked {
  /** Absent when a problem, or a name of unknown type, stands in the way. */
  readonly type?: Type;
  /** Every use of a name, in text order. */
  readonly names: readonly Name[];
  readonly problems: readonly Problem[];
  /** The type of every node that has one; a `null` has the type its place asks for. */
  readonly types: ReadonlyMap<Expression, Type>;
}

export interface CheckOptions {
  /** The type the place asks for. */
  readonly expect?: Type;
  /** What a name is called in messages; 'column' unless given. */
  readonly nameKind?: string;
}

/**
 * Checks an expression against the columns it may use. Without columns (the data is not at hand) names pass unchecked, and only what is wrong
 * for every type is reported.
 */
export function check(tree: Expression, columns: Columns | undefined, options: CheckOptions = {}): Checked {
  const checker = new Checker(columns, options.nameKind ?? 'column');
  const type = checker.visit(tree, options.expect);
  if (options.expect !== undefined && type !== undefined && type !== options.expect) {
    checker.report(tree, `Expected a ${options.expect}, but this is a ${type}.`);
  }
  const { names, problems, types } = checker;
  return { ...(type && problems.length === 0 && { type }), names, problems, types };
}

export function columnType(columns: Columns, name: string): Type | undefined {
  if (columns instanceof Map) return (columns as ReadonlyMap<string, Type>).get(name);
  return Object.hasOwn(columns, name) ? (columns as Readonly<Record<string, Type>>)[name] : undefined;
}

function columnNames(columns: Columns): string[] {
  return columns instanceof Map ? [...(columns as ReadonlyMap<string, Type>).keys()] : Object.keys(columns);
}

class Checker {
  readonly names: Name[] = [];
  readonly problems: Problem[] = [];
  readonly types = new Map<Expression, Type>();
  /** Names whose problem has been told with a larger place. */
  private readonly explained = new Set<Name>();

  constructor(
    private readonly columns: Columns | undefined,
    private readonly nameKind: string,
  ) {}

  report(place: Place, message: string, suggestion?: string): void {
    const { from, to } = place;
    this.problems.push({ from, to, message, ...(suggestion !== undefined && { suggestion }) });
  }

  /** Gives the type of a node, undefined when it can't be known; `expected` types a bare `null`. */
  visit(node: Expression, expected?: Type): Type | undefined {
    const type = this.typeOf(node, expected);
    if (type !== undefined) this.types.set(node, type);
    return type;
  }

  private typeOf(node: Expression, expected: Type | undefined): Type | undefined {
    switch (node.kind) {
      case 'number':
      case 'text':
      case 'boolean':
        return node.kind;
      case 'null':
        return expected === 'boolean' ? undefined : expected;
      case 'name':
        return this.nameType(node);
      case 'unary':
        return this.need(node.operand, node.operator === '-' ? 'number' : 'boolean');
      case 'binary':
        return this.binaryType(node);
      case 'in':
        this.comparable([node.value, ...node.options]);
        return 'boolean';
      case 'between':
        this.comparable([node.value, node.low, node.high], true);
        return 'boolean';
      case 'is-null':
        if (node.value.kind === 'null') this.report(node.value, "'null is null' is always true.");
        else this.visit(node.value);
        return 'boolean';
      case 'call':
        return this.callType(node);
    }
  }

  private nameType(node: Name): Type | undefined {
    this.names.push(node);
    if (this.columns === undefined || this.explained.has(node)) return undefined;
    const type = columnType(this.columns, node.name);
    if (type !== undefined) return type;
    const near = nearest(node.name, columnNames(this.columns));
    this.report(
      node,
      `There is no ${this.nameKind} '${node.name}'${near === undefined ? '' : `; did you mean '${near}'?`}`,
      near === undefined ? undefined : writeName(near),
    );
    return undefined;
  }

  private need(node: Expression, wanted: Type): Type {
    const type = this.visit(node, wanted);
    if (node.kind === 'null' && wanted === 'boolean') this.report(node, "A condition can't be null.");
    if (type !== undefined && type !== wanted)
      this.report(node, `Expected a ${wanted}, but this is a ${type}.${advice(type, wanted)}`);
    return wanted;
  }

  private binaryType(node: Binary): Type {
    if (isLogical(node.operator)) {
      this.need(node.left, 'boolean');
      this.need(node.right, 'boolean');
      return 'boolean';
    }
    if (isArithmetic(node.operator)) {
      if (node.operator === '-') this.hyphenated(node);
      this.need(node.left, 'number');
      this.need(node.right, 'number');
      return 'number';
    }
    if (node.left.kind === 'null' || node.right.kind === 'null') {
      const negated = node.operator === '!=';
      if (negated || node.operator === '=') {
        this.report(node, `Nothing equals null: ask with 'is ${negated ? 'not ' : ''}null'.`);
      } else this.report(node, 'A comparison with null is always false.');
      return 'boolean';
    }
    this.comparable([node.left, node.right], node.operator !== '=' && node.operator !== '!=');
    return 'boolean';
  }

  /** `total-charges` reads as a difference: when such a column exists and the parts do not, backticks were forgotten. */
  private hyphenated(node: Binary): void {
    if (this.columns === undefined) return;
    const [left, right] = [edge(node.left, 'right'), edge(node.right, 'left')];
    const joined = joinedName(left, right);
    if (joined === undefined || columnType(this.columns, joined) === undefined) return;
    const parts = [...namesIn(left), ...namesIn(right)];
    if (parts.some((part) => this.columns !== undefined && columnType(this.columns, part.name) !== undefined)) return;
    this.report(
      { from: left.from, to: right.to },
      `The ${this.nameKind} '${joined}' needs backticks here, or it reads as a difference.`,
      writeName(joined),
    );
    for (const part of parts) this.explained.add(part);
  }

  /** Operands of one comparison: one type, where a text that is an ISO date may stand for a time. */
  private comparable(nodes: readonly Expression[], ordered = false): void {
    const found = nodes.map((node) => this.visit(node));
    const times = found.includes('time');
    let first: Type | undefined;
    nodes.forEach((node, i) => {
      let type = found[i];
      if (node.kind === 'null') this.report(node, 'A comparison with null is always false.');
      if (node.kind === 'text' && node.value === '')
        this.report(node, "An empty text is a missing one: ask with 'is null'.");
      if (times && type === 'text' && node.kind === 'text') {
        if (readTime(node.value) === undefined)
          this.report(node, `'${node.value}' is not an ISO date, such as '2024-12-31' or '2024-12-31 18:30'.`);
        else this.types.set(node, (type = 'time'));
      }
      if (type === undefined) return;
      if (ordered && type === 'boolean') this.report(node, 'True and false have no order.');
      first ??= type;
      if (type !== first)
        this.report(node, `A ${first} can't be compared with a ${type}.${comparisonAdvice(first, type)}`);
    });
  }

  private reportUnknown({ name, at }: Call): void {
    const names = functions.map((entry) => entry.name);
    const known = elsewhere(name);
    const near = known ? known.is : nearest(name, names);
    const more = known
      ? known.is === undefined
        ? `. ${known.advice}`
        : `; here it is ${known.advice}.`
      : near === undefined
        ? `; there are ${names.join(', ')}.`
        : `; did you mean '${near}'?`;
    this.report(at, `There is no function '${name}'${more}`, near);
  }

  private callType(node: Call): Type | undefined {
    const entry = findFunction(node.name);
    if (entry === undefined) {
      this.reportUnknown(node);
      for (const argument of node.arguments) this.visit(argument);
      return undefined;
    }
    if (!this.countFits(entry, node)) {
      for (const argument of node.arguments) this.visit(argument);
      return entry.result === 'same' ? undefined : entry.result;
    }
    const same: Expression[] = [];
    node.arguments.forEach((argument, i) => {
      const parameter = entry.parameters[Math.min(i, entry.parameters.length - 1)];
      if (parameter?.type === 'same') same.push(argument);
      else if (parameter?.type === 'any') this.visit(argument);
      else if (parameter) this.need(argument, parameter.type);
    });
    const shared = this.shared(same);
    return entry.result === 'same' ? shared : entry.result;
  }

  /** The one type of several alternatives; a `null` among them takes it on. */
  private shared(nodes: readonly Expression[]): Type | undefined {
    if (nodes.length === 0) return undefined;
    if (nodes.every(({ kind }) => kind === 'null') && nodes[0]) this.report(nodes[0], 'This is always missing.');
    let type: Type | undefined;
    for (const node of nodes) {
      if (node.kind === 'null') continue;
      const found = this.visit(node);
      type ??= found;
      if (found !== undefined && type !== undefined && found !== type) {
        this.report(node, `The alternatives must be of one type: the first is a ${type}, this is a ${found}.`);
      }
    }
    for (const node of nodes) {
      if (node.kind !== 'null') continue;
      if (type === 'boolean') this.report(node, "A boolean can't be null.");
      else this.visit(node, type);
    }
    return type;
  }

  private countFits(entry: FunctionEntry, node: Call): boolean {
    const least = entry.parameters.filter(({ optional }) => optional !== true).length;
    const most = entry.repeats === true ? Infinity : entry.parameters.length;
    const count = node.arguments.length;
    if (count >= least && count <= most) return true;
    const wanted = entry.repeats === true ? `at least ${least}` : least === most ? `${least}` : `${least} to ${most}`;
    this.report(
      node,
      `'${entry.name}' takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${count}: ${entry.example}.`,
    );
    return false;
  }
}

/** The operand that touches an operator: `a * b` touches what follows it with `b`. */
function edge(node: Expression, side: 'left' | 'right'): Expression {
  return node.kind === 'binary' && node.operator !== '-' ? edge(node[side], side) : node;
}

/** The name that two operands of a minus were meant to be. */
function joinedName(left: Expression, right: Expression): string | undefined {
  const first = hyphenName(left);
  const second = hyphenName(right);
  return first === undefined || second === undefined ? undefined : `${first}-${second}`;
}

function hyphenName(node: Expression): string | undefined {
  if (node.kind === 'name') return node.name;
  return node.kind === 'binary' && node.operator === '-' ? joinedName(node.left, node.right) : undefined;
}

function advice(type: Type, wanted: Type): string {
  if (type === 'number' && wanted === 'boolean') return ' Compare it, as in x > 0.';
  if (type === 'boolean' && wanted === 'number') return ' Turn it into one with if(…, 1, 0).';
  return '';
}

function comparisonAdvice(first: Type, type: Type): string {
  if ([first, type].includes('number') && [first, type].includes('text')) return ' Leave the quotes of a number away.';
  return '';
}
