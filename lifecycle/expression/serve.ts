import { findFunction } from './functions';
import { children, type Expression, type Place } from './syntax';
import { type Checked, type Type } from './types';

export interface NotServed extends Place {
  readonly reason: string;
}

/**
 * What keeps a checked expression out of a served model: the places and why. Empty when it can be lowered to ONNX. Such an expression can
 * still filter rows.
 */
export function whyNotServed(tree: Expression, checked: Checked): NotServed[] {
  const found: NotServed[] = [];
  const blame = ({ from, to }: Place, reason: string): void => void found.push({ from, to, reason });
  const type = (node: Expression): Type | undefined => checked.types.get(node);
  const visit = (node: Expression): void => {
    if (type(node) === 'time' && node.kind === 'name') blame(node, 'times are not inputs of a served model');
    if (node.kind === 'call') {
      const reason = findFunction(node.name)?.notServed;
      if (reason !== undefined) blame(node.at, reason);
    }
    if (node.kind === 'binary' && type(node.left) === 'text') {
      if (node.operator === '=' || node.operator === '!=') {
        if (node.left.kind !== 'text' && node.right.kind !== 'text')
          blame(node, 'ONNX compares a text with a fixed one only');
      } else blame(node, 'ONNX does not order texts');
    }
    if (node.kind === 'between' && type(node.value) === 'text') blame(node, 'ONNX does not order texts');
    if (node.kind === 'in' && type(node.value) === 'text' && !node.options.every(({ kind }) => kind === 'text')) {
      blame(node, 'ONNX compares a text with fixed ones only');
    }
    children(node).forEach(visit);
  };
  visit(tree);
  if (checked.names.length === 0) blame(tree, 'it uses no column');
  return found;
}

/** Can a served model compute this? When not, the first reason. */
export function canServe(
  tree: Expression,
  checked: Checked,
): { readonly ok: true } | { readonly ok: false; readonly reason: string } {
  const [first] = whyNotServed(tree, checked);
  return first === undefined ? { ok: true } : { ok: false, reason: first.reason };
}
