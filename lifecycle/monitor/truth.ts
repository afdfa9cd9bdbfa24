import { children, evaluate, type Evaluated, type Expression, isLogical, type Resolve } from '../expression';

/** Whether a condition holds; `undefined` when that hangs on a figure that is not known. */
export type Truth = { readonly ok: true; readonly value: boolean | undefined } | Extract<Evaluated, { ok: false }>;

/**
 * A condition in three values (Kleene, 1938). As a filter of rows an expression takes what is missing for false, so that `not (auc >= 0.8)` and
 * `auc != 0.8` hold where there is no `auc`; of an alert that would be an alarm about nothing. Here a comparison with what is not known is not known
 * either, and so is what depends on it: `a and b` is false when one of them is, `a or b` true when one of them is.
 */
export function truthOf(tree: Expression, resolve: Resolve): Truth {
  if (tree.kind === 'unary' && tree.operator === 'not') {
    const { operand } = tree;
    const inner = truthOf(operand, resolve);
    return inner.ok ? { ok: true, value: inner.value === undefined ? undefined : !inner.value } : inner;
  }
  if (tree.kind === 'binary' && isLogical(tree.operator)) {
    const [left, right] = [truthOf(tree.left, resolve), truthOf(tree.right, resolve)];
    if (!left.ok) return left;
    if (!right.ok) return right;
    const decisive = tree.operator === 'or';
    if (left.value === decisive || right.value === decisive) return { ok: true, value: decisive };
    return { ok: true, value: left.value === undefined || right.value === undefined ? undefined : !decisive };
  }
  if (tree.kind === 'binary' || tree.kind === 'between' || tree.kind === 'in')
    for (const part of children(tree)) {
      const value = evaluate(part, resolve);
      if (!value.ok) return value;
      if (value.value === undefined) return { ok: true, value: undefined };
    }
  // `is null`, `if` and `coalesce` say themselves what they take for missing.
  const whole = evaluate(tree, resolve);
  if (!whole.ok) return whole;
  return { ok: true, value: typeof whole.value === 'boolean' ? whole.value : undefined };
}
