import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataStage, Dataset, MonitorStage } from '../../../schemas/generated/types';
import { resolveSource } from '../../data/source';
import { actualOf, type LabelledRow } from '../../monitor/performance';
import { UserError } from '../../problem';
import { renameOver, removeTree, temporaryName } from '../../process/files';
import { readFeedback } from '../../store/feedback';
import { eachRequest } from '../../store/requests';
import {
  csvRelation,
  type CsvReading,
  type Database,
  decode,
  describe,
  head,
  identifier,
  openJson,
  literalPath,
  markedEncoding,
  noteWriting,
  parquetRelation,
  readDelimited,
  text,
} from '../../table';
import type { ModelInfo } from '../../../schemas/generated/types';

/** A labelled row with the id that decides which side it is on. */
export interface FreshRow extends LabelledRow {
  readonly key: string;
  /** As the training data spells it. */
  readonly label: string | number | boolean;
}

export interface Fresh {
  readonly train: readonly FreshRow[];
  readonly test: readonly FreshRow[];
  /** Inputs of the model that the log leaves out. */
  readonly redacted: readonly string[];
  /** Outcomes that are no class of the model. */
  readonly strange: number;
}

/**
 * The requests whose outcome is known, oldest first, parted by a hash of their id: a row stays on its side however often it is looked at, so
 * no challenger ever learns from a row that it, or a later one, is judged by.
 *
 * @param test share of the rows to judge by
 * @param last only so many of the latest: who trains on a window is judged by it
 */
export async function freshRows(
  store: string,
  target: string,
  info: Pick<ModelInfo, 'task' | 'classes' | 'inputs'>,
  model: string,
  test: number,
  last = Infinity,
): Promise<Fresh> {
  const { requests: known } = await readFeedback(store, target);
  const found: FreshRow[] = [];
  const redacted = new Set<string>();
  const met = new Set<string>();
  let strange = 0;
  await eachRequest(store, target, { model }, (request) => {
    const outcomes = known.get(request.id)?.actual;
    if (outcomes === undefined) return;
    for (const { name } of info.inputs) if (!Object.hasOwn(request.inputs, name)) redacted.add(name);
    for (const [row, told] of outcomes.entries()) {
      if (told === undefined || row >= request.rows) continue;
      const key = `${request.id}/${row}`;
      const actual = actualOf(told, info);
      if (actual === undefined) strange++;
      else if (!met.has(key)) {
        met.add(key);
        const probabilities = request.outputs.probabilities?.[row];
        found.push({
          key,
          time: Date.parse(request.time),
          actual,
          label: info.task === 'regression' ? actual : (info.classes?.[actual] ?? actual),
          answer: probabilities ?? [request.outputs.prediction?.[row] ?? NaN],
          inputs: Object.fromEntries(Object.entries(request.inputs).map(([name, values]) => [name, values[row]])),
        });
      }
    }
  });
  found.sort((a, b) => a.time - b.time || (a.key < b.key ? -1 : 1));
  const judged = (row: FreshRow) => createHash('sha256').update(row.key).digest().readUInt32BE(0) / 2 ** 32 < test;
  const recent = found.slice(Math.max(0, found.length - last));
  return {
    train: recent.filter((row) => !judged(row)),
    test: recent.filter(judged),
    redacted: [...redacted],
    strange,
  };
}

/** Writes labelled rows as Parquet: the inputs of the model and the target under its own name. */
export async function writeFresh(
  database: Database,
  file: string,
  rows: readonly FreshRow[],
  info: Pick<ModelInfo, 'inputs'>,
  target: string,
): Promise<void> {
  const numeric = rows.every(({ label }) => typeof label === 'number');
  const kind = (type: string) => ({ number: 'DOUBLE', boolean: 'BOOLEAN', time: 'TIMESTAMP' })[type] ?? 'VARCHAR';
  const columns = [
    ...info.inputs.map(({ name, type }) => ({ name, type: kind(type) })),
    { name: target, type: numeric ? 'DOUBLE' : 'VARCHAR' },
  ];
  const table = `fresh_${++tables}`;
  await database.run(
    `CREATE TEMP TABLE ${table} (${columns.map(({ name, type }) => `${identifier(name)} ${type}`).join(', ')})`,
  );
  const cell = (value: unknown, type: string): string => {
    if (value === null || value === undefined || value === '' || (typeof value === 'number' && !Number.isFinite(value)))
      return 'NULL';
    if (type === 'BOOLEAN') return value === true || value === 1 || value === 'true' ? 'true' : 'false';
    if (type === 'TIMESTAMP')
      return `TRY_CAST(${text(typeof value === 'string' ? value : JSON.stringify(value))} AS TIMESTAMP)`;
    return type === 'DOUBLE'
      ? `${Number(value)}::DOUBLE`
      : text(typeof value === 'string' ? value : JSON.stringify(value));
  };
  for (let from = 0; from < rows.length; from += 500) {
    const part = rows
      .slice(from, from + 500)
      .map(
        (row) =>
          `(${columns
            .map(({ name, type }, i) => cell(i === columns.length - 1 ? row.label : row.inputs[name], type))
            .join(', ')})`,
      );
    await database.run(`INSERT INTO ${table} VALUES ${part.join(', ')}`);
  }
  await copyAside(database, `SELECT * FROM ${table}`, file, 'FORMAT parquet');
}

let tables = 0;

/**
 * Writes the data version to train on: the rows of the pipeline's source, the labelled requests after them, or only the last of both. CSV stays
 * CSV, so that the data stage reads the very same columns and types; everything else becomes Parquet.
 *
 * @param base name without ending
 * @returns the file
 */
export async function writeVersion(
  database: Database,
  source: DataStage['source'],
  where: { readonly folder: string; readonly base: string; readonly artifact: string; readonly dataset: Dataset },
  fresh: string,
  settings: NonNullable<NonNullable<MonitorStage['retrain']>['data']>,
): Promise<string> {
  await mkdir(join(where.base, '..'), { recursive: true });
  const only = settings.feedback === 'only';
  const origin = only ? undefined : await originOf(database, source, where);
  const csv = origin?.csv === true;
  const labelled = csv
    ? `SELECT ${(await describe(database, parquetRelation([fresh]))).map(({ name, sql }) => `${written(name, sql)} AS ${identifier(name)}`).join(', ')} FROM ${parquetRelation([fresh])}`
    : `SELECT * FROM ${parquetRelation([fresh])}`;
  // Each part is numbered by itself: over a union DuckDB numbers rows as they happen to come.
  const parts = [...(origin === undefined ? [] : [origin.relation]), `(${labelled})`].map(
    (relation, part) =>
      `SELECT *, ${part} AS "__lifecycle_part", row_number() OVER () AS "__lifecycle_row" FROM ${relation}`,
  );
  const order = '"__lifecycle_part", "__lifecycle_row"';
  const most = settings.last === undefined ? '' : ` LIMIT ${settings.last}`;
  const latest = `SELECT * FROM (${parts.join(' UNION ALL BY NAME ')}) ORDER BY "__lifecycle_part" DESC, "__lifecycle_row" DESC${most}`;
  const wanted = `SELECT * EXCLUDE ("__lifecycle_part", "__lifecycle_row") FROM (${latest}) ORDER BY ${order}`;
  const file = `${where.base}.${csv ? 'csv' : 'parquet'}`;
  if (!existsSync(file))
    await copyAside(
      database,
      wanted,
      file,
      csv ? 'FORMAT csv, HEADER' : `FORMAT parquet${noteWriting(where.dataset.written)}`,
    );
  return file;
}

/** Numbers are written as people write them: 12, not 12.0, so that a column of whole numbers stays one. */
function written(name: string, sql: string): string {
  const column = identifier(name);
  // A day without a clock stays one.
  if (sql === 'TIMESTAMP')
    return `CASE WHEN ${column} = date_trunc('day', ${column}) THEN CAST(CAST(${column} AS DATE) AS VARCHAR) ELSE CAST(${column} AS VARCHAR) END`;
  if (sql !== 'DOUBLE') return `CAST(${column} AS VARCHAR)`;
  return `CASE WHEN ${column} = floor(${column}) AND abs(${column}) < 1e15 THEN CAST(CAST(${column} AS BIGINT) AS VARCHAR) ELSE CAST(${column} AS VARCHAR) END`;
}

async function originOf(
  database: Database,
  source: DataStage['source'],
  where: { readonly folder: string; readonly artifact: string; readonly dataset: Dataset },
): Promise<{ readonly relation: string; readonly csv: boolean }> {
  const plain = typeof source === 'string' ? await resolveSource(source, where.folder) : undefined;
  if (plain?.kind === 'files') {
    const files = [...plain.files];
    if (plain.format === 'parquet') return { relation: parquetRelation(files), csv: false };
    if (plain.format === 'jsonl' && where.dataset.written === undefined)
      return { relation: (await openJson(database, files)).relation, csv: false };
    if (plain.format === 'jsonl') return keptRows(where);
    const reading = await readingOf(files[0] ?? '', plain.format === 'tsv');
    const names = await describe(database, csvRelation(files, reading));
    const columns = names.map(({ name }) => ({ name, sql: 'VARCHAR' }));
    return { relation: csvRelation(files, reading, columns), csv: true };
  }
  return keptRows(where);
}

/** Of a query, or a file with settings of its own or dates in words: its rows as the last run kept them. */
function keptRows(where: { readonly artifact: string; readonly dataset: Dataset }): {
  readonly relation: string;
  readonly csv: boolean;
} {
  const splits = Object.keys(where.dataset.splits).map((split) => join(where.artifact, `${split}.parquet`));
  return { relation: parquetRelation(splits), csv: false };
}

/** Separator and encoding as the data stage finds them. */
async function readingOf(file: string, tabs: boolean): Promise<CsvReading> {
  const start = await head(file, 1 << 20);
  const encoding = start && markedEncoding(start.bytes);
  const found = start && readDelimited(decode(start.bytes), start.complete, tabs ? { delimiter: '\t' } : {});
  const lineEnd = found?.lineEnd;
  return {
    delimiter: tabs ? '\t' : (found?.delimiter ?? ','),
    header: true,
    ...(encoding && { encoding }),
    ...(lineEnd && { lineEnd }),
  };
}

async function copyAside(database: Database, select: string, file: string, how: string): Promise<void> {
  const aside = temporaryName(file);
  try {
    await database.run(`COPY (${select}) TO ${literalPath(aside)} (${how})`);
    await renameOver(aside, file);
  } finally {
    await removeTree(aside);
  }
}

/** @throws UserError `retrain-redacted`, `retrain-few-labels` */
export function checkFresh(fresh: Fresh, minimum: number): void {
  if (fresh.redacted.length > 0)
    throw new UserError({
      code: 'retrain-redacted',
      message: `The request log leaves out ${fresh.redacted.slice(0, 8).join(', ')}, so requests can't be trained on.`,
      hint: 'Log these columns (`redact` and `log-sensitive` of the target), or set `retrain: {data: {feedback: none}}` to train on the source alone.',
      path: ['retrain', 'data'],
    });
  const rows = fresh.train.length + fresh.test.length;
  if (rows < minimum)
    throw new UserError({
      code: 'retrain-few-labels',
      message: `The outcome of ${rows.toLocaleString('en')} requests is known; at least ${minimum.toLocaleString('en')} are asked for.`,
      hint: 'Bring labels with `lifecycle feedback`, or lower `minimum-rows`.',
      path: ['retrain', 'data', 'minimum-rows'],
    });
}
