import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { nearest } from '../expression/nearest';
import type { ModelInput } from '../onnx/rows';
import { UserError } from '../problem';
import type { VerifiedBundle } from '../store/bundle';
import {
  asUtf8,
  columnType,
  csvRelation,
  type CsvReading,
  type Database,
  decode,
  describe,
  type FileFormat,
  formatOf,
  head,
  openJson,
  literalPath,
  parquetRelation,
  plainColumn,
  plainRelation,
  readingAs,
  strictNumber,
  readableEndings,
  startAsWritten,
  text,
  titleAbove,
} from '../table';

const HEAD = 256 * 1024;

/** A file to score, looked at. */
export interface InputFile {
  readonly path: string;
  readonly format: FileFormat;
  /** Columns in the file's order with the SQL types they have, or are read as. */
  readonly columns: readonly { readonly name: string; readonly sql: string }[];
  readonly reading?: CsvReading;
  /** Where it lies in UTF-8, when it is in another encoding. */
  readonly copy?: string;
  /** SQL of the columns that are put into plain text before they are read. */
  readonly plain?: ReadonlyMap<string, string>;
  /** The rows of a JSON file, with its nested objects unfolded. */
  readonly relation?: string;
}

/**
 * Finds the files that a path or pattern names, and checks that the model's columns are in each.
 *
 * @param scratch folder for copies in another encoding
 * @param skip lines above the header of a CSV file, where they are stated
 */
export async function findFiles(
  database: Database,
  input: string,
  verified: VerifiedBundle,
  scratch: string,
  skip?: number,
): Promise<InputFile[]> {
  const exact = await stat(input).catch(() => undefined);
  const paths = exact?.isFile()
    ? [input]
    : (await database.query<{ file: string }>(`SELECT file FROM glob(${text(input)}) ORDER BY file`)).map(
        ({ file }) => file,
      );
  if (paths.length === 0) {
    throw new UserError({
      code: 'batch-input-missing',
      message: exact?.isDirectory() ? `${input} is a folder.` : `There is nothing to score: no file ${input}.`,
      hint: exact?.isDirectory()
        ? `Name the files in it: ${join(input, '*.csv')}.`
        : 'Paths start at the folder of targets.yaml.',
    });
  }
  const files: InputFile[] = [];
  for (const [i, path] of paths.entries())
    files.push(await openInput(database, path, verified, join(scratch, `utf-8-${i}`), skip));
  return files;
}

async function openInput(
  database: Database,
  path: string,
  { model: { inputs, written = {} } }: VerifiedBundle,
  scratch: string,
  skip: number | undefined,
): Promise<InputFile> {
  const format = formatOf(path);
  if (format === undefined) {
    throw new UserError({
      code: 'batch-input-format',
      message: `What kind of file ${basename(path)} is can't be told from its name.`,
      hint: `Endings that are known: ${readableEndings.join(' ')}.`,
    });
  }
  const wanted = new Map(inputs.map((input) => [input.name, input]));
  let file: InputFile;
  let title: string | undefined;
  if (format === 'csv' || format === 'tsv') {
    const start = await head(path, HEAD);
    const found = start
      ? startAsWritten(start, format === 'tsv', written, { skip, wanted: wanted.keys() })
      : {
          delimiter: format === 'tsv' ? '\t' : ',',
          names: [] as string[],
          skip: skip ?? 0,
          isWindows1252: false,
          lineEnd: undefined,
        };
    title = start && !inputs.some(({ name }) => found.names.includes(name)) ? titleOf(start.bytes, found) : undefined;
    const names = start
      ? found.names
      : (await describe(database, `read_csv(${literalPath(path)}, skip = ${found.skip})`)).map(({ name }) => name);
    if (names.length === 0)
      throw new UserError({
        code: 'batch-input-empty',
        message: `${path} is empty.`,
        hint: 'Its first line must name the columns.',
      });
    const columns = names.map((name) => ({ name, sql: sqlOf(wanted.get(name)) }));
    const plain = new Map<string, string>();
    for (const name of names) {
      const type = wanted.get(name)?.type;
      const sql =
        type === 'number' && written.decimal !== undefined
          ? strictNumber(name, written.decimal)
          : type && plainColumn(name, name, type, written);
      if (sql !== undefined) plain.set(name, sql);
    }
    file = {
      path,
      format,
      columns,
      reading: readingAs(
        { delimiter: found.delimiter, header: true, skip: found.skip, lineEnd: found.lineEnd },
        written,
      ),
      ...(found.isWindows1252 && { copy: await asUtf8(path, scratch) }),
      ...(plain.size > 0 && { plain }),
    };
  } else if (format === 'jsonl') {
    const { columns, relation } = await openJson(database, [path]);
    const plain = new Map<string, string>();
    for (const { name, sql } of columns) {
      const type = sql === 'VARCHAR' ? wanted.get(name)?.type : undefined;
      const value =
        type === 'number' && written.decimal !== undefined
          ? strictNumber(name, written.decimal)
          : type && plainColumn(name, name, type, written);
      if (value !== undefined) plain.set(name, value);
    }
    const found = columns.map(({ name, sql }) => ({
      name,
      sql: plain.has(name) && wanted.get(name)?.type === 'number' ? 'DOUBLE' : sql,
    }));
    file = { path, format, columns: found, relation: plainRelation(relation, plain) };
  } else file = { path, format, columns: await describe(database, parquetRelation([path])) };
  for (const input of inputs) {
    const found = file.columns.find(({ name }) => name === input.name);
    if (found === undefined) {
      if (input.required !== true) continue;
      const names = file.columns.map(({ name }) => name);
      const meant = nearest(input.name, names);
      throw new UserError({
        code: 'column-missing',
        message: `${basename(path)} has no column '${input.name}', which the model needs (${input.type}).`,
        hint:
          title ??
          (meant === undefined ? `It has ${names.slice(0, 20).join(', ')}.` : `It has '${meant}': is that the one?`),
        file: path,
      });
    }
    const type = columnType(found.sql);
    const fits =
      input.type === 'text' ||
      input.type === 'time' ||
      type === input.type ||
      (input.type === 'boolean' && type === 'number');
    if (!fits && found.sql !== 'JSON' && found.sql !== '"NULL"') {
      throw new UserError({
        code: 'column-type',
        message: `Column '${input.name}' of ${basename(path)} is ${found.sql}; the model takes ${input.type === 'number' ? 'numbers' : 'true and false'}.`,
        hint: 'Convert the column before scoring.',
        file: path,
      });
    }
  }
  return file;
}

/** What to do about lines above the header, when the file seems to have some. */
function titleOf(start: Uint8Array, { isWindows1252 }: { readonly isWindows1252: boolean }): string | undefined {
  const above = titleAbove(decode(start, isWindows1252 ? 'windows-1252' : undefined));
  return (
    above &&
    `Its header seems to be line ${above.lines + 1}, under ${JSON.stringify(above.text.slice(0, 60))}: say so, \`skip-lines: ${above.lines}\`.`
  );
}

function sqlOf(input: ModelInput | undefined): string {
  return input?.type === 'number' ? 'DOUBLE' : input?.type === 'boolean' ? 'BOOLEAN' : 'VARCHAR';
}

/** The rows of a file; with `asText` those of a CSV file as they are written. */
export function relationOf(file: InputFile, asText = false): string {
  if (file.reading) {
    const own = [file.copy ?? file.path];
    const texts = file.columns.map(({ name }) => ({ name, sql: 'VARCHAR' }));
    if (asText) return csvRelation(own, { ...file.reading, missing: [''] }, texts);
    const { plain } = file;
    if (plain === undefined) return csvRelation(own, file.reading, file.columns);
    const columns = file.columns.map((column) =>
      plain.has(column.name) ? { name: column.name, sql: 'VARCHAR' } : column,
    );
    return plainRelation(csvRelation(own, file.reading, columns), plain);
  }
  return file.relation ?? parquetRelation([file.path]);
}
