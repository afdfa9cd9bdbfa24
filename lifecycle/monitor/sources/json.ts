import { decode, type Database, describe, head, literalPath, text, unfold, unfoldedRelation } from '../../table';

/** Rows that types are found from. */
const SAMPLE = 100_000;
/** Types that DuckDB finds in texts: reading them as such would write them otherwise than they stand there. */
const FOUND_IN_TEXTS = /^(UUID|DATE|TIME|TIMESTAMP.*)$/;

/** Whether a JSON file is one array of objects; else it has an object a line, of which some may be torn. */
async function isArray(file: string): Promise<boolean> {
  const start = await head(file, 4096);
  return start !== undefined && decode(start.bytes).trimStart().startsWith('[');
}

/**
 * SQL: the objects of a JSON log as rows; torn lines are rows without any value. A column whose values are of several types is read as texts, each as it is
 * written, so that a number among texts makes no others of them.
 *
 * @param asTexts columns that are texts, whatever they look like: ids, and categories
 */
export async function jsonReader(database: Database, file: string, asTexts: ReadonlySet<string>): Promise<string> {
  const form = (await isArray(file)) ? `format = 'array'` : `format = 'newline_delimited', ignore_errors = true`;
  const reader = (more = '') => `read_json(${literalPath(file)}, ${form}, sample_size = ${SAMPLE}${more})`;
  const found = await describe(database, reader());
  const columns = found.map(({ name, sql }) => ({
    name,
    sql: asTexts.has(name) && FOUND_IN_TEXTS.test(sql) ? 'VARCHAR' : sql,
  }));
  const changed = columns.some(({ sql }, i) => sql !== found[i]!.sql);
  const given = columns.map(({ name, sql }) => `${text(name)}: ${text(sql)}`).join(', ');
  const unfolded = await unfold(database, columns);
  return unfoldedRelation(
    changed ? reader(`, columns = {${given}}`) : reader(),
    unfolded.map((column) =>
      column.sql === 'JSON'
        ? { ...column, sql: 'VARCHAR', value: `json_extract_string(${column.value}, '$')` }
        : column,
    ),
  );
}
