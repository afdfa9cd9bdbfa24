import type { ColumnType } from '../../schemas/generated/types';
import { check, type Checked, type Expression, parse, type Type } from '../expression';
import { UserError } from '../problem';

/**
 * Reads an expression of a stage and checks it against columns.
 *
 * @throws UserError with the place in the stage and, in the details, the place in the expression
 */
export function readExpression(
  source: string,
  columns: ReadonlyMap<string, ColumnType>,
  path: (string | number)[],
  expect?: Type,
): { tree: Expression; checked: Checked } {
  const parsed = parse(source);
  const [wrong] = parsed.problems;
  if (wrong || !parsed.tree) throw problem(source, wrong?.message ?? 'This is not an expression.', path, wrong);
  const checked = check(parsed.tree, columns, expect ? { expect } : {});
  const [broken] = checked.problems;
  if (broken) throw problem(source, broken.message, path, broken);
  return { tree: parsed.tree, checked };
}

function problem(
  source: string,
  message: string,
  path: (string | number)[],
  place?: { from: number; to: number; suggestion?: string },
): UserError {
  return new UserError({
    code: 'data-bad-expression',
    message: `'${source.length > 80 ? `${source.slice(0, 80)}…` : source}': ${message}`,
    ...(place?.suggestion !== undefined && { hint: `Write '${place.suggestion}'.` }),
    path,
    ...(place && !source.includes('\n') && source.length <= 120
      ? { details: [source, `${' '.repeat(place.from)}${'^'.repeat(Math.max(1, place.to - place.from))}`] }
      : {}),
  });
}
