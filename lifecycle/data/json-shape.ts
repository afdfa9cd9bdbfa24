import path from 'node:path';
import { UserError } from '../problem';
import { identifier, text } from '../table/quote';

/** Share of the records that an average field of an object is in, below which the reader takes the object for a map, and its column for a text. */
const REGULAR = 0.1;
/** Fields beyond which objects that differ are a map to the reader. */
const MOST_FIELDS = 200;
const DEEPEST = 8;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Records with the fields of their nested objects as columns, `address.city`, as the reader unfolds them. */
export function unfoldRecords(records: readonly Record<string, unknown>[]): [string, unknown][][] {
  let rows = records.map((record) => Object.entries(record));
  for (let depth = 0; depth < DEEPEST; depth++) {
    const objects = nestedIn(rows);
    if (objects.size === 0) break;
    rows = rows.map((row) =>
      row.flatMap(([name, value]): [string, unknown][] =>
        !objects.has(name)
          ? [[name, value]]
          : isObject(value)
            ? Object.entries(value).map(([field, inner]) => [`${name}.${field}`, inner])
            : [],
      ),
    );
  }
  return rows;
}

/** Columns of which every value that is there is an object, and the objects are alike. */
function nestedIn(rows: readonly (readonly [string, unknown])[][]): ReadonlySet<string> {
  const fields = new Map<string, { objects: number; seen: Map<string, number> } | undefined>();
  for (const row of rows)
    for (const [name, value] of row) {
      if (value === null) continue;
      if (!isObject(value)) {
        fields.set(name, undefined);
        continue;
      }
      if (fields.has(name) && fields.get(name) === undefined) continue;
      const of = fields.get(name) ?? { objects: 0, seen: new Map<string, number>() };
      of.objects++;
      for (const field of Object.keys(value)) of.seen.set(field, (of.seen.get(field) ?? 0) + 1);
      fields.set(name, of);
    }
  const found = new Set<string>();
  for (const [name, of] of fields) {
    if (of === undefined || of.seen.size === 0) continue;
    const average = [...of.seen.values()].reduce((sum, n) => sum + n, 0) / of.seen.size / of.objects;
    if (average >= REGULAR && !(of.seen.size > MOST_FIELDS && average < 1)) found.add(name);
  }
  return found;
}

/** There is one object around the rows: which array is meant, its user has to say. */
export function wrappedRows(file: string, column: string): UserError {
  const name = path.basename(file);
  const array = /^[a-z_]\w*$/i.test(column) ? column : identifier(column).replaceAll('"', '\\"');
  return new UserError({
    code: 'data-json-wrapped',
    message: `${name} is one object; its rows are in the array '${column}'.`,
    hint: `Read the array with a query: 'source: {sql: "SELECT unnest(${array}, recursive := true) FROM ${text(name)}"}', with the file's path from the pipeline's folder.`,
    file,
  });
}
