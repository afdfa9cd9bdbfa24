/**
 * The tree of an expression. Every node knows its place in the text: `from` up to, not including, `to`, in UTF-16 units.
 */
export interface Place {
  readonly from: number;
  readonly to: number;
}

export type Expression =
  NumberLiteral | TextLiteral | BooleanLiteral | NullLiteral | Name | Unary | Binary | In | Between | IsNull | Call;

export interface NumberLiteral extends Place {
  readonly kind: 'number';
  readonly value: number;
}

export interface TextLiteral extends Place {
  readonly kind: 'text';
  readonly value: string;
}

export interface BooleanLiteral extends Place {
  readonly kind: 'boolean';
  readonly value: boolean;
}

export interface NullLiteral extends Place {
  readonly kind: 'null';
}

/** A column, or a dotted path such as `drift.share`; without the backticks when it was quoted. */
export interface Name extends Place {
  readonly kind: 'name';
  readonly name: string;
}

export interface Unary extends Place {
  readonly kind: 'unary';
  readonly operator: '-' | 'not';
  readonly operand: Expression;
}

export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '^';
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Logical = 'and' | 'or';

export interface Binary extends Place {
  readonly kind: 'binary';
  readonly operator: Arithmetic | Comparison | Logical;
  readonly left: Expression;
  readonly right: Expression;
  /** Where the operator itself stands. */
  readonly at: Place;
}

export interface In extends Place {
  readonly kind: 'in';
  readonly value: Expression;
  readonly options: readonly Expression[];
  readonly negated: boolean;
}

export interface Between extends Place {
  readonly kind: 'between';
  readonly value: Expression;
  readonly low: Expression;
  readonly high: Expression;
  readonly negated: boolean;
}

export interface IsNull extends Place {
  readonly kind: 'is-null';
  readonly value: Expression;
  readonly negated: boolean;
}

export interface Call extends Place {
  readonly kind: 'call';
  /** Lower case. */
  readonly name: string;
  readonly arguments: readonly Expression[];
  /** Where the function's name stands. */
  readonly at: Place;
}

/** Something wrong with an expression, at a place in its text. */
export interface Problem extends Place {
  readonly message: string;
  /** Text that would mend it in place of what stands there. */
  readonly suggestion?: string;
}

export function isArithmetic(operator: Binary['operator']): operator is Arithmetic {
  return '+-*/%^'.includes(operator);
}

export function isLogical(operator: Binary['operator']): operator is Logical {
  return operator === 'and' || operator === 'or';
}

/** The nodes right under a node, in text order. */
export function children(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'in':
      return [node.value, ...node.options];
    case 'between':
      return [node.value, node.low, node.high];
    case 'is-null':
      return [node.value];
    case 'call':
      return node.arguments;
    case 'number':
    case 'text':
    case 'boolean':
    case 'null':
    case 'name':
      return [];
  }
}

/** Every use of a name, in text order; the same name may come more than once. */
export function namesIn(tree: Expression): Name[] {
  return tree.kind === 'name' ? [tree] : children(tree).flatMap(namesIn);
}
