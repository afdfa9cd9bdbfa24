import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { MonitorStage, Task, Written } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { type Actual, isActual, type KnownFeedback, type KnownRequest, readFeedback } from '../store/feedback';
import { eachRequest } from '../store/requests';
import type { StageContext } from '../store/room';
import { columnsOf, columnType, type Database, describe, formatOf } from '../table';
import { openTable, type OpenTable } from './files';
import type { LabelledRow, PerformanceOptions } from './performance';
import { predictedClass } from './performance';
import { jsonReader } from './sources/json';

/** Rows that a request may have: what is told of a row further on is a slip. */
export const MOST_ROWS = 1_000_000;

/**
 * A table of labels as lines of feedback; rows of one request come together.
 *
 * @param data how the CSV files of the training data were written, and whether its target is a number: a label is written alike then
 */
export async function readLabelFile(
  database: Database,
  path: string,
  data: { readonly written?: Written | undefined; readonly task?: Task | undefined; readonly scratch?: string } = {},
): Promise<{
  readonly lines: { readonly id: string; readonly actual: (Actual | null)[] }[];
  readonly skipped: number;
}> {
  const number = { type: 'number' } as const;
  const table =
    formatOf(path) === 'jsonl' && ((await stat(path).catch(() => undefined))?.size ?? 0) > 0
      ? await openLines(database, path)
      : await openTable(database, path, {
          written: data.written,
          wanted: ['id', 'label', 'actual', 'row'],
          ...(data.task === 'regression' && { readings: { label: number, actual: number } }),
          ...(data.scratch !== undefined && { scratch: data.scratch }),
        });
  const names = table.columns.map(({ name }) => name);
  const label = ['label', 'actual'].find((name) => names.includes(name));
  if (!names.includes('id') || label === undefined)
    throw new UserError({
      code: 'labels-columns',
      message: `${path} has no column ${names.includes('id') ? '`label`' : '`id`'}.`,
      hint: `Labels need \`id\` (the x-request-id of the answer) and \`label\`, and optionally \`row\`. It has ${names.slice(0, 20).join(', ')}.`,
      file: path,
    });
  const row = names.includes('row') ? ['row'] : [];
  // Ids of nineteen digits are more than a number holds.
  const whole = /^(U?(BIG|HUGE)?INT(EGER)?|DECIMAL\(.*\)|UUID)$/.test(
    table.columns.find(({ name }) => name === 'id')!.sql,
  );
  const relation = whole ? `(SELECT * REPLACE (CAST(id AS VARCHAR) AS id) FROM ${table.relation})` : table.relation;
  const { columns, rows } = await columnsOf(database, relation, ['id', label, ...row]);
  const [ids, labels] = [columns['id']!.values, columns[label]!.values];
  const places = row.length > 0 ? columns['row']!.values : undefined;
  const boolean = columns[label]!.type === 'boolean';
  const lines = new Map<string, (Actual | null)[]>();
  let skipped = 0;
  for (let i = 0; i < rows; i++) {
    const id = ids[i];
    const raw = labels[i];
    const actual = boolean && typeof raw === 'number' ? (Number.isNaN(raw) ? undefined : raw === 1) : raw;
    const at = places === undefined ? 0 : Number(places[i]);
    if (
      id === null ||
      id === undefined ||
      String(id) === '' ||
      !isActual(actual) ||
      !(Number.isInteger(at) && at >= 0 && at < MOST_ROWS)
    ) {
      skipped++;
      continue;
    }
    let line = lines.get(String(id));
    if (line === undefined) lines.set(String(id), (line = []));
    while (line.length < at) line.push(null);
    line[at] = actual;
  }
  return { lines: [...lines].map(([id, actual]) => ({ id, actual })), skipped };
}

/** JSON lines, torn ones passed over; ids as they are written. */
async function openLines(database: Database, path: string): Promise<Pick<OpenTable, 'relation' | 'columns'>> {
  const relation = `(SELECT * FROM ${await jsonReader(database, path, new Set(['id', 'label', 'actual']))})`;
  const columns = await describe(database, relation);
  return { relation, columns: columns.map(({ name, sql }) => ({ name, sql, type: columnType(sql) })) };
}

/** What is wrong with a file that is not there yet, or is being written: no reason to look at nothing at all. */
const PASSING = new Set([
  'file-missing',
  'data-file-missing',
  'file-unusable',
  'file-empty',
  'data-bad-parquet',
  'data-bad-json',
  'data-bad-csv',
  'data-ragged-row',
  'data-open-quote',
]);

/** Everything that is known to have come true for a target: its feedback and the file that the stage names. */
export async function readLabels(
  context: StageContext<MonitorStage>,
  database: Database,
  target: string,
  data: { readonly written?: Written | undefined; readonly task?: Task | undefined },
): Promise<KnownFeedback> {
  const feedback = await readFeedback(context.store, target);
  const source = context.stage.labels?.source;
  if (source === undefined) return feedback;
  const path = isAbsolute(source) ? source : join(context.folder, source);
  const { lines, skipped } = await readLabelFile(database, path, { ...data, scratch: context.scratch }).catch(
    (error: unknown) => {
      if (!(error instanceof UserError) || !PASSING.has(error.problem.code)) throw error;
      context.log('warning', `No outcome can be read from ${source}: ${error.problem.message}`, {
        code: 'labels-missing',
        hint: 'What came true by other ways counts meanwhile; the file is looked for again with the next report.',
        path: ['labels', 'source'],
      });
      return { lines: [], skipped: 0 };
    },
  );
  const requests = new Map<string, KnownRequest>(feedback.requests);
  let [count, changed] = [feedback.count, feedback.changed];
  for (const { id, actual } of lines) {
    const known: KnownRequest = { ...requests.get(id), actual: [...(requests.get(id)?.actual ?? [])] };
    requests.set(id, known);
    for (const [row, value] of actual.entries()) {
      if (value === null || value === undefined) continue;
      const before = known.actual[row];
      if (before === undefined) count++;
      else if (String(before) !== String(value)) changed++;
      known.actual[row] = value;
    }
  }
  return { requests, count, changed, skipped: feedback.skipped + skipped };
}

/** Of ids that were not met in the window those that the log does not hold at all. */
export async function unknownIds(store: string, target: string, unmatched: readonly string[]): Promise<string[]> {
  if (unmatched.length === 0) return [];
  const left = new Set(unmatched);
  await eachRequest(store, target, {}, ({ id }) => void left.delete(id));
  return [...left];
}

/** Rows from which on agreement with the predictions is worth a word. */
const SUSPICIOUS_ROWS = 100;

/**
 * Whether labels look like the model's own predictions written back: all (or nearly all) agree although the model was never so good. Training on
 * them would teach the model what it believes already.
 *
 * @param accuracy on the test split, where it is known
 */
export function looksLikeOwnOutput(
  rows: readonly LabelledRow[],
  info: PerformanceOptions['info'],
  accuracy: number | undefined,
): boolean {
  if (rows.length < SUSPICIOUS_ROWS) return false;
  const agree = rows.filter((row) =>
    info.task === 'regression'
      ? Math.fround(row.actual) === Math.fround(row.answer[0] ?? NaN)
      : predictedClass(row, info) === row.actual,
  ).length;
  return agree / rows.length >= 0.995 && (info.task === 'regression' || (accuracy ?? 0.9) < 0.985);
}
