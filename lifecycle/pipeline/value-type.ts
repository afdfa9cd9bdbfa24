import type { SchemaNode, ValueType } from './schema';
import type { Node } from './tree';

/** Is the value of this type, as JSON Schema says? Numbers are finite. */
export function isOf(node: Node, type: ValueType): boolean {
  if (node.type === 'map') return type === 'object';
  if (node.type === 'list') return type === 'array';
  if (node.type === 'broken') return true;
  const { value } = node;
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'null':
      return value === null;
    case 'object':
    case 'array':
      return false;
  }
}

/** Is the value of one of the types that a branch takes? */
export function fitsType(node: Node, branch: SchemaNode): boolean {
  const { types } = branch;
  if (types.length === 0) return true;
  for (const type of types) if (isOf(node, type)) return true;
  return false;
}

/** Of branches of one type, does this one take the value? */
export function allows(node: Node, branch: SchemaNode): boolean {
  return node.type !== 'scalar' || !branch.values || branch.values.includes(node.value);
}
