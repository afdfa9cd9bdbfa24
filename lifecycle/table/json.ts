/** JSON as a table: the fields of nested objects become columns of their own, named as pandas' `json_normalize` names them: `address.city`. */
import type { Database } from './database';
import { jsonRelation } from './files';
import { identifier, text } from './quote';
import { describe } from './read';

export interface Unfolded {
  readonly name: string;
  readonly sql: string;
  /** SQL of its values, in the relation whose columns were unfolded. */
  readonly value: string;
}

/** Levels of objects within objects that are unfolded; what lies deeper stays a text of JSON. */
const DEEPEST = 8;
/** Columns beyond which nothing more is unfolded. */
const MOST = 10_000;

/** Columns with those that are objects (STRUCT) in their fields, in their place; arrays and dictionaries as texts of JSON. */
export async function unfold(
  database: Database,
  columns: readonly { readonly name: string; readonly sql: string }[],
): Promise<Unfolded[]> {
  let found = columns.map(({ name, sql }): Unfolded => ({ name, sql, value: identifier(name) }));
  for (let depth = 0; depth < DEEPEST && found.length < MOST && found.some(isObject); depth++) {
    const next: Unfolded[] = [];
    for (const column of found) {
      if (!isObject(column)) {
        next.push(column);
        continue;
      }
      const fields = await describe(database, `(SELECT unnest(CAST(NULL AS ${column.sql})))`);
      for (const { name, sql } of fields)
        next.push({ name: `${column.name}.${name}`, sql, value: `struct_extract(${column.value}, ${text(name)})` });
    }
    found = next;
  }
  return withOwnNames(found).map(asJson);
}

/** `{a: {b: 1}, "a.b": 2}` has two columns of one name: the later one gets a number. SQL sees no case. */
function withOwnNames(columns: readonly Unfolded[]): Unfolded[] {
  const plain = new Set(
    columns.filter(({ value }) => !value.startsWith('struct_')).map(({ name }) => name.toLowerCase()),
  );
  const taken = new Set<string>();
  return columns.map((column) => {
    const nested = column.value.startsWith('struct_');
    let { name } = column;
    for (let n = 2; taken.has(name.toLowerCase()) || (nested && plain.has(name.toLowerCase())); n++)
      name = `${column.name}_${n}`;
    taken.add(name.toLowerCase());
    return { ...column, name };
  });
}

/** Arrays and dictionaries are texts of JSON. */
function asJson(column: Unfolded): Unfolded {
  return /\]$|^MAP\(/.test(column.sql)
    ? { ...column, sql: 'VARCHAR', value: `CAST(to_json(${column.value}) AS VARCHAR)` }
    : column;
}

function isObject({ sql }: { readonly sql: string }): boolean {
  return /^STRUCT\(.*\)$/s.test(sql);
}

/** A relation with its columns unfolded. */
export function unfoldedRelation(relation: string, columns: readonly Unfolded[]): string {
  if (columns.every(({ name, value }) => value === identifier(name))) return relation;
  return `(SELECT ${columns.map(({ name, value }) => `${value} AS ${identifier(name)}`).join(', ')} FROM ${relation})`;
}

export interface JsonTable {
  readonly columns: readonly Unfolded[];
  readonly relation: string;
  /** Objects in arrays are unfolded nowhere: here is the one array of a file that is a single object around it. */
  readonly wrapped?: { readonly column: string };
}

/** JSON files as a table. Whole numbers are read as decimals, which they may turn out to be further down. */
export async function openJson(database: Database, files: readonly string[]): Promise<JsonTable> {
  const found = (await describe(database, jsonRelation(files))).map(({ name, sql }) => ({
    name,
    sql: sql.replace(/(^| )U?(?:BIG|HUGE)INT(?=$|[,)[])/g, '$1DOUBLE'),
  }));
  const columns = await unfold(database, found);
  const raw = jsonRelation(files, found);
  const arrays = found.filter(({ sql }) => /^STRUCT\(.*\)\[\]$/s.test(sql));
  const [only] = arrays;
  const wrapped =
    only && files.length === 1 && arrays.length === 1 && (await isSingle(database, raw))
      ? { column: only.name }
      : undefined;
  return { columns, relation: unfoldedRelation(raw, columns), ...(wrapped && { wrapped }) };
}

async function isSingle(database: Database, relation: string): Promise<boolean> {
  return (await database.query(`SELECT 1 FROM ${relation} LIMIT 2`)).length === 1;
}
