import { type Binary, type Expression, isArithmetic } from './syntax';
import { writeName } from './tokens';

/** Tighter binds higher; see parse.ts. */
function level(node: Expression): number {
  switch (node.kind) {
    case 'binary':
      return binaryLevel(node.operator);
    case 'in':
    case 'between':
    case 'is-null':
      return 4;
    case 'unary':
      return node.operator === 'not' ? 3 : 7;
    case 'number':
    case 'text':
    case 'boolean':
    case 'null':
    case 'name':
    case 'call':
      return 9;
  }
}

function binaryLevel(operator: Binary['operator']): number {
  if (operator === 'or') return 1;
  if (operator === 'and') return 2;
  if (!isArithmetic(operator)) return 4;
  if (operator === '+' || operator === '-') return 5;
  return operator === '^' ? 8 : 6;
}

/** Writes a tree back, with one space between parts and no needless parentheses; reading it again gives the same tree. */
export function format(tree: Expression): string {
  return write(tree, 0);
}

/** The text of a node where at least `least` is asked for; parenthesised when it binds looser. */
function write(node: Expression, least: number): string {
  const text = writeBare(node);
  return level(node) < least ? `(${text})` : text;
}

function writeBare(node: Expression): string {
  switch (node.kind) {
    case 'number':
      return String(node.value);
    case 'text':
      return `'${node.value.replaceAll("'", "''")}'`;
    case 'boolean':
      return String(node.value);
    case 'null':
      return 'null';
    case 'name':
      return writeName(node.name);
    case 'unary':
      return node.operator === 'not' ? `not ${write(node.operand, 3)}` : `-${write(node.operand, 7)}`;
    case 'binary': {
      const own = binaryLevel(node.operator);
      // Comparisons don't chain; a power groups to the right and takes a sign there; the others group to the left.
      const left = own === 4 || own === 8 ? own + 1 : own;
      const right = own === 8 ? 7 : own + 1;
      return `${write(node.left, left)} ${node.operator} ${write(node.right, right)}`;
    }
    case 'in':
      return `${write(node.value, 5)} ${node.negated ? 'not in' : 'in'} (${node.options.map((option) => write(option, 0)).join(', ')})`;
    case 'between':
      return `${write(node.value, 5)} ${node.negated ? 'not between' : 'between'} ${write(node.low, 5)} and ${write(node.high, 5)}`;
    case 'is-null':
      return `${write(node.value, 5)} is ${node.negated ? 'not null' : 'null'}`;
    case 'call':
      return `${node.name}(${node.arguments.map((argument) => write(argument, 0)).join(', ')})`;
  }
}
