import path from 'node:path';
import { UserError } from '../problem';

/**
 * Files that are read as one table must have the same columns in the same order.
 *
 * @param first the file whose header counts, and its columns
 * @throws UserError `data-headers-differ` with the column that only one of them has
 */
export function sameHeader(
  first: { readonly file: string; readonly names: readonly string[] },
  other: { readonly file: string; readonly names: readonly string[] },
): void {
  const [before, now] = [first.names, other.names];
  if (now.length === before.length && now.every((name, i) => name === before[i])) return;
  const odd = now.find((name) => !before.includes(name)) ?? before.find((name) => !now.includes(name));
  throw new UserError({
    code: 'data-headers-differ',
    message: `${path.basename(other.file)} has other columns than ${path.basename(first.file)}${odd === undefined ? ', or in another order' : `: '${odd}' is in one of them only`}.`,
    hint: `Files that are read together must have the same header. A query takes columns by their names: source: {sql: "select * from read_csv('FOLDER/*${path.extname(other.file)}', union_by_name = true)"}.`,
    file: other.file,
    line: 1,
  });
}
