import { stat } from 'node:fs/promises';
import type { ColumnType } from '../../schemas/generated/types';
import { lookAtFile } from '../data/draft/look';
import { datesOf, isoOf, numberOf } from '../table/spelling';
import { UserError } from '../problem';

/** One row to predict for: column → value. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Rows as people have them: a JSON array of objects, one object, `{"rows": […]}`, an Open Inference Protocol request, or one object a line.
 * @param from where the text is from, for messages
 * @throws {UserError} `rows-invalid`
 */
export function parseRows(text: string, from: string): Row[] {
  const values = valuesIn(text, from);
  const wrong = values.findIndex((value) => !isRow(value));
  if (wrong < 0 && values.length > 0) return (values as Row[]).map(unfolded);
  throw refuse(
    values.length === 0 ? `There are no rows in ${from}.` : `Row ${wrong + 1} of ${from} is not a JSON object.`,
  );
}

/** Nested objects are named as the data stage names their columns: `address.city`; lists are texts of JSON, as they are there. */
function unfolded(row: Row): Row {
  if (!Object.values(row).some((value) => typeof value === 'object' && value !== null)) return row;
  const found: Record<string, unknown> = {};
  const put = (prefix: string, values: Row): void => {
    for (const [name, value] of Object.entries(values))
      if (isRow(value)) put(`${prefix}${name}.`, value);
      else found[`${prefix}${name}`] = Array.isArray(value) ? JSON.stringify(value) : value;
  };
  put('', row);
  return found;
}

function valuesIn(text: string, from: string): readonly unknown[] {
  const whole = parse(text);
  if (whole === undefined)
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(parse);
  if (Array.isArray(whole)) return whole;
  if (isRow(whole) && Array.isArray(whole['rows'])) return whole['rows'];
  if (isRow(whole) && Array.isArray(whole['inputs'])) return rowsOfRequest(whole['inputs'], from);
  return [whole];
}

/** Inputs of the Open Inference Protocol: one a column, `{"name": …, "data": [value of each row]}`. */
function rowsOfRequest(inputs: readonly unknown[], from: string): Row[] {
  const columns = inputs.map((input): [string, unknown[]] => {
    if (isRow(input) && typeof input['name'] === 'string' && Array.isArray(input['data']))
      return [input['name'], input['data'].flat(1)];
    throw refuse(`An input of the request in ${from} has no name or no data.`);
  });
  const length = columns[0]?.[1].length ?? 0;
  const odd = columns.find(([, data]) => data.length !== length);
  if (odd !== undefined)
    throw refuse(
      `The inputs in ${from} are not equally long: '${odd[0]}' has ${odd[1].length} values, '${columns[0]?.[0]}' ${length}.`,
    );
  return Array.from({ length }, (_, row) => Object.fromEntries(columns.map(([name, data]) => [name, data[row]])));
}

function refuse(message: string): UserError {
  return new UserError({
    code: 'rows-invalid',
    message,
    hint: 'Rows are JSON: [{"column": value, …}, …], or one object a line.',
  });
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Rows of a JSON file with their dates in ISO form, which a model that was trained on dates takes; as {@link tableRows} has them. */
export function withIsoDates(rows: readonly Row[]): Row[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const formats = new Map<string, readonly string[]>();
  for (const name of names) {
    const there = rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined && value !== '');
    if (!there.every((value) => typeof value === 'string')) continue;
    const found = datesOf(there);
    if (found?.rivals.length === 0) formats.set(name, found.formats);
  }
  if (formats.size === 0) return [...rows];
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        const dates = formats.get(name);
        return [name, dates && typeof value === 'string' ? (isoOf(value, dates) ?? value) : value];
      }),
    ),
  );
}

/**
 * Rows of a table, be it CSV or JSON lines, read as well as `lifecycle new` reads one. What a few rows look like is no proof of what they are, so the types are the model's
 * where they are given: a text that happens to be a number in every row stays a text.
 */
export async function tableRows(file: string): Promise<(types: ReadonlyMap<string, ColumnType>) => Row[]> {
  if (!(await stat(file).catch(() => undefined))?.isFile())
    throw new UserError({ code: 'file-missing', message: `The file ${file} can't be read.` });
  const { columns, rows, whole, options } = await lookAtFile(file);
  if (!whole)
    throw new UserError({
      code: 'rows-invalid',
      message: `${file} has more rows than are predicted at once (4 MB of text, 20,000 rows).`,
      hint: 'Score large files with a target of kind `batch`: docs/targets.md.',
    });
  // A model that was trained on dates takes them in ISO form.
  const formats = new Map(
    columns.flatMap(({ name, type, values }) => {
      const there = values.filter((value) => value !== null);
      const found = type === 'time' || type === 'text' ? datesOf(there) : undefined;
      // Where day and month can't be told apart nothing is guessed: the model then says what it wants.
      return found && found.rivals.length === 0 ? [[name, found.formats] as const] : [];
    }),
  );
  const read = (
    name: string,
    type: string,
    wanted: ColumnType | undefined,
    value: string | null | undefined,
  ): unknown => {
    if (value === null || value === undefined) return null;
    const dates = formats.get(name);
    if (dates) return isoOf(value, dates) ?? value;
    if (wanted === 'text' || wanted === 'time') return value;
    if (type === 'number') return options.decimal ? numberOf(value, options.decimal) : Number(value);
    return type === 'boolean' ? value.trim().toLowerCase() === 'true' : value;
  };
  return (types) =>
    Array.from({ length: rows }, (_, i) =>
      Object.fromEntries(columns.map(({ name, type, values }) => [name, read(name, type, types.get(name), values[i])])),
    );
}
