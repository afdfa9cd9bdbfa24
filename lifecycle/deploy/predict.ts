import { nearest } from '../expression/nearest';
import { fetchJson } from '../net/http';
import { labelsOf, rowsToColumns, runColumns } from '../onnx/rows';
import { openSession } from '../onnx/run';
import { UserError } from '../problem';
import { verifyBundle } from '../store/bundle';
import { pictureText } from './pictures';
import type { ColumnType, Scalar } from '../../schemas/generated/types';

/** What a model says of one row. */
export type Prediction =
  | { readonly label: Scalar; readonly probabilities: Readonly<Record<string, number>> }
  | { readonly prediction: number };

export interface PredictOptions {
  /** Columns the model does not take: refused unless `ignore`. */
  readonly unknown?: 'refuse' | 'ignore';
  /** Key of a server that asks for one. */
  readonly apiKey?: string;
  readonly threads?: number;
}

/** What the model's columns hold, where it tells: rows of a table are read by it. */
export type ColumnTypes = ReadonlyMap<string, ColumnType>;

export type Rows = readonly Readonly<Record<string, unknown>>[];

/**
 * Predictions for rows, by a bundle folder in this process, or by a model server (`http://…`).
 *
 * @throws UserError naming column, row and what was expected; `unreachable`, or what the server refused
 */
export async function predict(
  where: string,
  rows: Rows | ((types: ColumnTypes) => Rows),
  options: PredictOptions = {},
): Promise<Prediction[]> {
  return /^https?:\/\//.test(where) ? askServer(where, rows, options) : askBundle(where, rows, options);
}

async function askBundle(
  folder: string,
  given: Rows | ((types: ColumnTypes) => Rows),
  options: PredictOptions,
): Promise<Prediction[]> {
  const { model: info, onnx } = await verifyBundle(folder);
  const rows = typeof given === 'function' ? given(new Map(info.inputs.map(({ name, type }) => [name, type]))) : given;
  const { columns } = rowsToColumns(info, rows, {
    strict: true,
    nearest,
    picture: pictureText,
    ...(options.unknown && { unknown: options.unknown }),
  });
  const session = await openSession(onnx, { ...(options.threads !== undefined && { threads: options.threads }) });
  try {
    const { probabilities, prediction } = await runColumns(session, info, columns, rows.length);
    if (prediction) return Array.from(prediction, (value) => ({ prediction: value }));
    if (!probabilities) return [];
    const classes = info.classes ?? [];
    return Array.from(labelsOf(info, probabilities), (label, row) => ({
      label: classes[label] ?? null,
      probabilities: Object.fromEntries(
        classes.map((value, c) => [String(value), probabilities[row * classes.length + c] ?? NaN]),
      ),
    }));
  } finally {
    await session.close();
  }
}

async function askServer(
  given: string,
  table: Rows | ((types: ColumnTypes) => Rows),
  options: PredictOptions,
): Promise<Prediction[]> {
  const url = given.replace(/\/+$/, '');
  const access = options.apiKey === undefined ? {} : { headers: { authorization: `Bearer ${options.apiKey}` } };
  const taken = options.unknown === 'ignore' || typeof table === 'function' ? await columnsOf(url, access) : undefined;
  const rows = typeof table === 'function' ? table(taken ?? new Map<string, ColumnType>()) : table;
  const asked =
    taken && options.unknown === 'ignore'
      ? rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => taken.has(name))))
      : rows;
  const { status, value } = await fetchJson<{
    predictions?: Prediction[];
    error?: string;
    code?: string;
    hint?: string;
  }>(`${url}/predict`, { body: { rows: asked }, ...access });
  if (status === 200 && Array.isArray(value.predictions)) return value.predictions;
  throw new UserError({
    code: typeof value?.code === 'string' ? value.code : 'server-refused',
    message: typeof value?.error === 'string' ? value.error : `${url} answered with status ${status}.`,
    ...(typeof value?.hint === 'string' && { hint: value.hint }),
  });
}

/** The columns that a server's model takes, when it tells; dates are texts to it. */
async function columnsOf(url: string, access: { headers?: Record<string, string> }): Promise<ColumnTypes | undefined> {
  const { value: server } = await fetchJson<{ model?: string }>(`${url}/`, access);
  if (typeof server?.model !== 'string') return undefined;
  const { value } = await fetchJson<{ inputs?: readonly { name: string; datatype?: string }[] }>(
    `${url}/v2/models/${encodeURIComponent(server.model)}`,
    access,
  );
  return (
    value?.inputs &&
    new Map(
      value.inputs.map(({ name, datatype }): [string, ColumnType] => [
        name,
        datatype === 'BYTES' ? 'text' : datatype === 'BOOL' ? 'boolean' : 'number',
      ]),
    )
  );
}
