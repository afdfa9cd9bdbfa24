import type { ModelInfo } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { short32 } from '../statistics/short';
import { OnnxError } from './error';
import type { Session } from './run';
import type { TensorData } from './tensor';

/** One input of a served model. */
export type ModelInput = ModelInfo['inputs'][number];
/** A raw column as the graph takes it: numbers and booleans (0, 1) with NaN for missing, or text with '' for missing. */
export type RawColumn = Float32Array | readonly string[];
export type RawColumns = Readonly<Record<string, RawColumn>>;

/** What a model says of N rows: `probabilities` [N, C] row-major for classification, `prediction` [N] for regression. */
export interface Predictions {
  readonly probabilities?: Float32Array;
  readonly prediction?: Float32Array;
}

export interface RowOptions {
  /** Refuse a missing value in a column that training never saw missing (`required`); otherwise it is passed on. */
  readonly strict?: boolean;
  /** Columns the model does not take: refused unless `ignore`. */
  readonly unknown?: 'refuse' | 'ignore';
  /** Makes the text of pixels of a picture as clients send it (`pictureText` of deployments), or throws an error that says why not; without it texts are taken as they are. */
  readonly picture?: (value: string, shape: NonNullable<ModelInput['image']>) => string;
  /** Finds the candidate that a misspelt name probably means, for hints (`nearest` of the expression language). */
  readonly nearest?: (word: string, candidates: Iterable<string>) => string | undefined;
}

/** A value or column that the model can't take. */
export class ValueError extends UserError {
  constructor(
    readonly code: 'column-missing' | 'column-unknown' | 'value-type' | 'value-missing' | 'value-range' | 'rows-shape',
    message: string,
    readonly place: { readonly column?: string; readonly row?: number; readonly expected?: string } = {},
    hint?: string,
  ) {
    super({
      code,
      message,
      ...(hint !== undefined && { hint }),
      ...(place.column !== undefined && { path: [place.column, ...(place.row === undefined ? [] : [place.row])] }),
    });
  }
}

const LARGEST = 3.4028234663852886e38;

/** Converts one column of loose values (JSON, or whatever a reader gave). Row numbers in messages count from 0 plus `offset`. */
export function toColumn(
  input: ModelInput,
  values: ArrayLike<unknown>,
  options: RowOptions = {},
  offset = 0,
): RawColumn {
  const count = values.length;
  if (isText(input)) {
    const column = new Array<string>(count);
    for (let i = 0; i < count; i++) column[i] = textValue(input, values[i], i + offset, options);
    return column;
  }
  if (values instanceof Float32Array && options.strict !== true) return values;
  const column = new Float32Array(count);
  const read = input.type === 'boolean' ? booleanValue : numberValue;
  for (let i = 0; i < count; i++) column[i] = read(input, values[i], i + offset, options);
  return column;
}

/**
 * Converts columns by name.
 * @throws ValueError naming column, row and what was expected
 */
export function toColumns(
  info: ModelInfo,
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
  options: RowOptions = {},
): { readonly rows: number; readonly columns: RawColumns } {
  if (options.unknown !== 'ignore') refuseUnknown(info, Object.keys(columns), options);
  let rows: number | undefined;
  for (const [name, values] of Object.entries(columns)) {
    if (rows !== undefined && values.length !== rows && info.inputs.some((input) => input.name === name))
      throw new ValueError('rows-shape', `The column '${name}' has ${values.length} rows, others have ${rows}.`, {
        column: name,
      });
    if (info.inputs.some((input) => input.name === name)) rows ??= values.length;
  }
  const count = rows ?? 0;
  const result: Record<string, RawColumn> = {};
  for (const input of info.inputs) {
    const values = Object.hasOwn(columns, input.name) ? columns[input.name] : undefined;
    result[input.name] = values
      ? toColumn(input, values, options)
      : absent(info, input, count, options, Object.keys(columns));
  }
  return { rows: count, columns: result };
}

/**
 * Converts rows given as objects by column name. A column that a row leaves out is missing there.
 * @throws ValueError naming column, row and what was expected
 */
export function rowsToColumns(
  info: ModelInfo,
  rows: readonly unknown[],
  options: RowOptions = {},
): { readonly rows: number; readonly columns: RawColumns } {
  const { inputs } = info;
  const count = rows.length;
  for (let i = 0; i < count; i++) {
    const row = rows[i];
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw new ValueError('rows-shape', `Row ${i} is ${describe(row)}, not an object of values by column name.`, {
        row: i,
        expected: 'an object',
      });
  }
  const objects = rows as readonly Readonly<Record<string, unknown>>[];
  const result: Record<string, RawColumn> = {};
  let known = 0;
  for (const input of inputs) {
    const { name } = input;
    const text = isText(input);
    const strings = text ? new Array<string>(count) : undefined;
    const numbers = text ? undefined : new Float32Array(count);
    for (let i = 0; i < count; i++) {
      const row = objects[i] as Readonly<Record<string, unknown>>;
      let value = row[name];
      if (value === undefined || typeof value === 'function' || typeof value === 'object') {
        if (Object.hasOwn(row, name)) known++;
        else {
          value = undefined;
          if (options.strict === true && input.required === true)
            throw missingColumn(info, input, i, Object.keys(row), options);
        }
      } else known++;
      if (strings) strings[i] = textValue(input, value, i, options);
      else if (numbers)
        numbers[i] =
          input.type === 'boolean' ? booleanValue(input, value, i, options) : numberValue(input, value, i, options);
    }
    result[name] = strings ?? numbers ?? new Float32Array(0);
  }
  if (options.unknown !== 'ignore') {
    let given = 0;
    for (let i = 0; i < count; i++) for (const _key in objects[i]) given++;
    if (given !== known) for (let i = 0; i < count; i++) refuseUnknown(info, Object.keys(objects[i] ?? {}), options, i);
  }
  return { rows: count, columns: result };
}

/**
 * Runs the model on converted columns.
 * @param rows N; needed because a model may take no columns at all
 */
export async function runColumns(
  session: Session,
  info: ModelInfo,
  columns: RawColumns,
  rows: number,
): Promise<Predictions> {
  const feeds: Record<string, TensorData> = {};
  const dims = [rows, 1];
  for (const input of info.inputs) {
    const data = columns[input.name];
    if (data === undefined) throw new OnnxError(`The model's input '${input.name}' is not given.`);
    feeds[input.name] =
      data instanceof Float32Array ? { type: 'float', dims, data } : { type: 'string', dims, data: data };
  }
  const output = info.task === 'regression' ? 'prediction' : 'probabilities';
  const result = (await session.run(feeds, [output]))[output];
  if (!(result?.data instanceof Float32Array)) throw new OnnxError(`The model gives no float output '${output}'.`);
  const width = info.task === 'regression' ? 1 : (info.classes?.length ?? 2);
  if (result.data.length !== rows * width)
    throw new OnnxError(`The model gave ${result.data.length} values for ${rows} rows of ${width}.`);
  return output === 'prediction' ? { prediction: result.data } : { probabilities: result.data };
}

/** Predictions for columns of loose values: {@link toColumns}, then {@link runColumns}. */
export async function predictRows(
  session: Session,
  info: ModelInfo,
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
  options: RowOptions = { unknown: 'ignore' },
): Promise<Predictions> {
  const converted = toColumns(info, columns, options);
  return runColumns(session, info, converted.columns, converted.rows);
}

/**
 * Index of the predicted class of each row: for two classes the second from `threshold` on (0.5 without one), else the most probable
 * (the first of equals).
 */
export function labelsOf(info: ModelInfo, probabilities: Float32Array): Int32Array {
  const width = info.classes?.length ?? 2;
  const labels = new Int32Array(probabilities.length / width);
  const threshold = info.threshold ?? 0.5;
  for (let i = 0; i < labels.length; i++) {
    const from = i * width;
    if (width === 2) {
      labels[i] = (probabilities[from + 1] ?? NaN) >= threshold ? 1 : 0;
      continue;
    }
    let best = 0;
    for (let c = 1; c < width; c++) if ((probabilities[from + c] ?? 0) > (probabilities[from + best] ?? 0)) best = c;
    labels[i] = best;
  }
  return labels;
}

/** A row such as training saw: the examples of the signature, else the middle of what was seen. Asked before a model is trusted. */
export function typicalRow(info: ModelInfo): Record<string, number | boolean | string> {
  return Object.fromEntries(info.inputs.map((input) => [input.name, typicalValue(input)]));
}

/** The same with numbers of the digits that people write: 47.85 for 47.85000038146973, the middle of two floats. */
export function shownRow(info: ModelInfo): Record<string, number | boolean | string> {
  return Object.fromEntries(
    Object.entries(typicalRow(info)).map(([name, value]) => [name, typeof value === 'number' ? short32(value) : value]),
  );
}

function typicalValue(input: ModelInput): number | boolean | string {
  if (input.image) return '80'.repeat(input.image.height * input.image.width * input.image.channels);
  const seen = input.example ?? input.categories?.find((value) => value !== null);
  if (input.type === 'boolean') return seen === true || seen === 1 || seen === 'true';
  if (input.type === 'number') {
    if (typeof seen === 'number') return asWritten(seen);
    return input.min !== undefined && input.max !== undefined ? (input.min + input.max) / 2 : (input.min ?? 0);
  }
  if (input.type === 'time') return String(seen ?? input.min ?? '2024-12-31');
  return seen === undefined || seen === null || seen === '' ? 'a' : String(seen);
}

/** The shortest decimal that is the same float32: 12.37 rather than 12.369999885559082. */
function asWritten(value: number): number {
  if (Math.fround(value) !== value) return value;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function isText(input: ModelInput): boolean {
  return input.type === 'text' || input.type === 'time';
}

function numberValue(input: ModelInput, value: unknown, row: number, options: RowOptions): number {
  if (typeof value === 'number') {
    if (value <= LARGEST && value >= -LARGEST) return value;
    if (Number.isNaN(value)) return missing(input, row, options, NaN);
    throw new ValueError(
      'value-range',
      `Column '${input.name}', row ${row}: ${value} is too large for a 32-bit number.`,
      { column: input.name, row, expected: 'a number' },
    );
  }
  if (value === null || value === undefined) return missing(input, row, options, NaN);
  if (typeof value === 'bigint') return numberValue(input, Number(value), row, options);
  throw wrongType(input, value, row, 'a number');
}

function booleanValue(input: ModelInput, value: unknown, row: number, options: RowOptions): number {
  if (value === true || value === 1 || value === 1n) return 1;
  if (value === false || value === 0 || value === 0n) return 0;
  if (value === null || value === undefined || Number.isNaN(value)) return missing(input, row, options, NaN);
  throw wrongType(input, value, row, 'true or false');
}

/** A date or time as the graph reads it: ISO, also out of milliseconds since 1970. */
const ISO_TIME = /^\s*\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?\s*$/;

function timeValue(input: ModelInput, value: unknown, row: number, options: RowOptions): string {
  const milliseconds = value instanceof Date ? value.getTime() : typeof value === 'bigint' ? Number(value) : value;
  if (milliseconds === null || milliseconds === undefined || milliseconds === '' || Number.isNaN(milliseconds))
    return missing(input, row, options, '');
  if (typeof milliseconds === 'number' && Math.abs(milliseconds) <= 8.64e15)
    return new Date(milliseconds).toISOString();
  if (typeof milliseconds === 'string' && ISO_TIME.test(milliseconds)) return milliseconds.trim();
  throw wrongType(input, value, row, 'a date or time such as 2024-12-31 or 2024-12-31T10:00');
}

function textValue(input: ModelInput, value: unknown, row: number, options: RowOptions): string {
  if (input.type === 'time') return timeValue(input, value, row, options);
  if (typeof value === 'string') {
    if (value === '') return missing(input, row, options, '');
    return input.image && options.picture ? pictureValue(input, input.image, value, row, options.picture) : value;
  }
  if (value === null || value === undefined) return missing(input, row, options, '');
  throw wrongType(input, value, row, 'text');
}

function pictureValue(
  input: ModelInput,
  shape: NonNullable<ModelInput['image']>,
  value: string,
  row: number,
  picture: NonNullable<RowOptions['picture']>,
): string {
  try {
    return picture(value, shape);
  } catch (error) {
    throw new ValueError(
      'value-type',
      `Column '${input.name}', row ${row}: the picture can't be read: ${error instanceof Error ? error.message : String(error)}.`,
      { column: input.name, row, expected: expectedOf(input) },
    );
  }
}

function missing<T>(input: ModelInput, row: number, options: RowOptions, value: T): T {
  if (options.strict !== true || input.required !== true) return value;
  throw new ValueError(
    'value-missing',
    `Column '${input.name}', row ${row}: the value is missing; training never saw it missing.`,
    { column: input.name, row, expected: expectedOf(input) },
  );
}

function wrongType(input: ModelInput, value: unknown, row: number, expected: string): ValueError {
  return new ValueError(
    'value-type',
    `Column '${input.name}', row ${row}: expected ${expected}, got ${describe(value)}.`,
    {
      column: input.name,
      row,
      expected,
    },
  );
}

function absent(
  info: ModelInfo,
  input: ModelInput,
  rows: number,
  options: RowOptions,
  given: readonly string[],
): RawColumn {
  if (options.strict === true && input.required === true) throw missingColumn(info, input, undefined, given, options);
  return isText(input) ? new Array<string>(rows).fill('') : new Float32Array(rows).fill(NaN);
}

function missingColumn(
  info: ModelInfo,
  input: ModelInput,
  row: number | undefined,
  given: readonly string[],
  options: RowOptions,
): ValueError {
  const strays = given.filter((name) => !info.inputs.some((other) => other.name === name));
  const meant = options.nearest?.(input.name, strays);
  return new ValueError(
    'column-missing',
    `The column '${input.name}' is missing${row === undefined ? '' : ` in row ${row}`}; the model needs it (${expectedOf(input)}).`,
    { column: input.name, ...(row !== undefined && { row }), expected: expectedOf(input) },
    meant === undefined ? undefined : `'${meant}' was given: is '${input.name}' meant?`,
  );
}

function refuseUnknown(info: ModelInfo, names: readonly string[], options: RowOptions, row?: number): void {
  for (const name of names) {
    if (info.inputs.some((input) => input.name === name)) continue;
    const shown = name.slice(0, 100);
    const meant = options.nearest?.(
      shown,
      info.inputs.map((input) => input.name),
    );
    throw new ValueError(
      'column-unknown',
      `The model takes no column '${shown}'${row === undefined ? '' : ` (row ${row})`}${
        name === info.target ? '; it is what the model predicts' : ''
      }.`,
      { column: shown, ...(row !== undefined && { row }) },
      name === info.target
        ? 'Leave it out.'
        : meant !== undefined
          ? `Did you mean '${meant}'?`
          : `It takes ${info.inputs
              .slice(0, 30)
              .map((input) => input.name)
              .join(', ')}${info.inputs.length > 30 ? ', …' : ''}.`,
    );
  }
}

function expectedOf(input: ModelInput): string {
  if (input.image) return 'a PNG or JPEG file in base64';
  return input.type === 'boolean' ? 'true or false' : isText(input) ? 'text' : 'a number';
}

/** A value in words, short and safe to show. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string')
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `${typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : typeof value}`;
}
