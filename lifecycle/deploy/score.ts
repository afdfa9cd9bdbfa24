import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { once } from 'node:events';
import { basename, dirname, extname, join } from 'node:path';
import { nearest } from '../expression/nearest';
import { type RawColumns, labelsOf, runColumns, toColumn, ValueError, type ModelInput } from '../onnx/rows';
import { openSession, type Session } from '../onnx/run';
import { UserError } from '../problem';
import { removeTree, renameOver, temporaryName } from '../process/files';
import { verifyBundle, type VerifiedBundle } from '../store/bundle';
import {
  copyToParquet,
  ConversionError,
  csvRelation,
  type CsvReading,
  type Database,
  doubles,
  identifier,
  misspelt,
  parquetRelation,
  strings,
  text,
  withDatabase,
} from '../table';
import { pictureText } from './pictures';
import { findFiles, type InputFile, relationOf } from './score-files';

export interface ScoreOptions {
  /** Folder of the bundle. */
  readonly bundle: string;
  readonly digest?: string;
  /** Absolute path or glob. */
  readonly input: string;
  /** Absolute; `.csv` or `.parquet`. */
  readonly output: string;
  /** Lines above the header of CSV files; found out unless given. */
  readonly skip?: number;
  /** Input columns to copy into the output; all unless given. */
  readonly keep?: readonly string[];
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number, message: string) => void;
}

/** Rows in one run of the model. */
const BATCH = 16_384;

/**
 * Scores files that may be larger than memory: reads them batch by batch, writes the predictions aside, joins them to the kept columns
 * and puts the whole output in place at once. The output has the rows in the order of the input, the kept columns, then for
 * classification `prediction` (the class) and `probability_CLASS`, for regression `prediction`.
 *
 * @throws UserError naming file, row (from 1) and column of what can't be scored; the former output then stands as it was
 */
export async function scoreFiles(options: ScoreOptions): Promise<{ rows: number }> {
  const verified = await verifyBundle(options.bundle, options.digest === undefined ? {} : { digest: options.digest });
  await mkdir(dirname(options.output), { recursive: true });
  const scratch = await mkdtemp(join(dirname(options.output), '.lifecycle-score-'));
  const session = await openSession(verified.onnx, { threads: options.threads ?? 1 });
  try {
    return await withDatabase(
      { scratch, threads: options.threads ?? 1, ...(options.signal && { signal: options.signal }) },
      async (database) => {
        const files = await findFiles(database, options.input, verified, scratch, options.skip);
        const predictions = join(scratch, 'predictions.csv');
        const columns = outputColumns(verified);
        refuseTaken(files, options.keep, columns);
        const rows = await predictAll(database, files, verified, session, predictions, options);
        await assemble(database, files, predictions, columns, rows, scratch, options);
        return { rows };
      },
    );
  } finally {
    await session.close();
    await removeTree(scratch);
  }
}

/** Streams every file through the model; one line of predictions a row. */
async function predictAll(
  database: Database,
  files: readonly InputFile[],
  { model: info }: VerifiedBundle,
  session: Session,
  target: string,
  options: ScoreOptions,
): Promise<number> {
  const out = createWriteStream(target);
  const failed = once(out, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  const labels = (info.classes ?? []).map((value) => csvCell(String(value)));
  let total = 0;
  for (const file of files) {
    const present = info.inputs.filter((input) => file.columns.some(({ name }) => name === input.name));
    let parts: { values: ArrayLike<unknown>[]; rows: number }[] = [];
    let waiting = 0;
    let done = 0;
    const flush = async () => {
      if (waiting === 0) return;
      const rows = waiting;
      const columns: Record<string, RawColumns[string]> = {};
      for (const input of info.inputs) {
        const at = present.indexOf(input);
        const values =
          at < 0
            ? new Array<null>(rows).fill(null)
            : concat(
                parts.map((part) => part.values[at] ?? []),
                rows,
              );
        columns[input.name] = converted(input, values, file, done);
      }
      parts = [];
      waiting = 0;
      const { probabilities, prediction } = await runColumns(session, info, columns, rows);
      const lines: string[] = [];
      const chosen = probabilities && labelsOf(info, probabilities);
      const width = labels.length;
      for (let i = 0; i < rows; i++) {
        if (prediction) {
          lines.push(String(finite(prediction[i], file, done + i)));
          continue;
        }
        let line = labels[chosen?.[i] ?? 0] ?? '';
        for (let c = 0; c < width; c++) line += `,${finite(probabilities?.[i * width + c], file, done + i)}`;
        lines.push(line);
      }
      done += rows;
      total += rows;
      if (!out.write(lines.join('\n') + '\n')) await Promise.race([once(out, 'drain'), failed]);
      options.onProgress?.(0.5, `${total.toLocaleString('en')} rows scored`);
    };
    const list = present.map((input) => {
      const name = identifier(input.name);
      if (input.type === 'number') return `CAST(${name} AS DOUBLE)`;
      return input.type === 'boolean' ? `CAST(CAST(${name} AS BOOLEAN) AS DOUBLE)` : `CAST(${name} AS VARCHAR)`;
    });
    const query = `SELECT ${list.length > 0 ? list.join(', ') : '0::DOUBLE'} FROM ${relationOf(file)}`;
    try {
      await database.stream(query, async (chunk, rows) => {
        parts.push({
          rows,
          values: present.map((input, c) =>
            input.type === 'number' || input.type === 'boolean' ? doubles(chunk, c).slice(0, rows) : strings(chunk, c),
          ),
        });
        waiting += rows;
        if (waiting >= BATCH) await flush();
      });
      await flush();
    } catch (error) {
      out.destroy();
      throw explain(error, file);
    }
  }
  out.end();
  await Promise.race([once(out, 'finish'), failed]);
  return total;
}

function concat(parts: readonly ArrayLike<unknown>[], rows: number): ArrayLike<unknown> {
  if (parts.length === 1) return parts[0] ?? [];
  if (parts[0] instanceof Float64Array) {
    const all = new Float64Array(rows);
    let at = 0;
    for (const part of parts) {
      all.set(part as Float64Array, at);
      at += part.length;
    }
    return all;
  }
  return (parts as unknown[][]).flat();
}

function converted(input: ModelInput, values: ArrayLike<unknown>, file: InputFile, offset: number): RawColumns[string] {
  try {
    return toColumn(input, values, { strict: true, picture: pictureText });
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const row = offset + (error.place.row ?? 0) + 1;
    throw new UserError({
      code: error.code,
      message: `${basename(file.path)}, row ${row}: ${error.message.replace(/, row \d+: /, ': ').replace(/^Column/, 'column')}`,
      hint: error.problem.hint ?? 'Correct the value, or leave the row out.',
      file: file.path,
      ...(file.reading && { line: row + 1 + (file.reading.skip ?? 0) }),
      path: [input.name, row],
    });
  }
}

function finite(value: number | undefined, file: InputFile, row: number): number {
  if (value !== undefined && Number.isFinite(value)) return value;
  throw new UserError({
    code: 'model-gives-nonsense',
    message: `The model gives ${value} for row ${row + 1} of ${basename(file.path)}.`,
    hint: 'Look at missing values that no `fill` step replaces.',
    file: file.path,
  });
}

/** A value that does not fit is said in the words of scoring, not of reading training data. */
function explain(error: unknown, file: InputFile): unknown {
  const odd = misspelt(error);
  if (odd !== undefined)
    return new UserError({
      code: 'value-type',
      message: `${basename(file.path)}: column '${odd.column}' holds "${odd.value.slice(0, 60)}", but the model takes numbers there.`,
      hint: 'Numbers are read as in the data that the model was trained on. Correct the value; an empty one counts as missing.',
      file: file.path,
    });
  if (!(error instanceof ConversionError)) return error;
  const { column, value, type, line } = error.conversion;
  return new UserError({
    code: 'value-type',
    message: `${basename(file.path)}${line === undefined ? '' : ` line ${line}`}: column '${column}' holds "${value.slice(0, 60)}", but the model takes ${type === 'BOOLEAN' ? 'true and false' : 'numbers'} there.`,
    hint: 'Correct the value; an empty one counts as missing.',
    file: file.path,
    ...(line !== undefined && { line }),
  });
}

interface OutputColumn {
  readonly name: string;
  readonly sql: string;
}

function outputColumns({ model: info }: VerifiedBundle): OutputColumn[] {
  if (info.task === 'regression') return [{ name: 'prediction', sql: 'DOUBLE' }];
  const classes = info.classes ?? [];
  const kind = classes.every((value) => typeof value === 'number')
    ? classes.every((value) => Number.isSafeInteger(value))
      ? 'BIGINT'
      : 'DOUBLE'
    : classes.every((value) => typeof value === 'boolean')
      ? 'BOOLEAN'
      : 'VARCHAR';
  return [
    { name: 'prediction', sql: kind },
    ...classes.map((value) => ({ name: `probability_${String(value)}`, sql: 'DOUBLE' })),
  ];
}

function refuseTaken(
  files: readonly InputFile[],
  keep: readonly string[] | undefined,
  added: readonly OutputColumn[],
): void {
  const names = new Set(files.flatMap(({ columns }) => columns.map(({ name }) => name)));
  for (const name of keep ?? []) {
    if (names.has(name)) continue;
    const meant = nearest(name, names);
    throw new UserError({
      code: 'column-unknown',
      message: `The input has no column '${name}' to keep.`,
      hint: meant === undefined ? `It has ${[...names].slice(0, 20).join(', ')}.` : `Did you mean '${meant}'?`,
    });
  }
  const kept = new Set([...(keep ?? names)].map((name) => name.toLowerCase()));
  const clash = added.find(({ name }) => kept.has(name.toLowerCase()));
  if (clash === undefined) return;
  throw new UserError({
    code: 'column-taken',
    message: `The input has a column '${clash.name}' already, where the prediction would go.`,
    hint: 'Rename it, or list the columns to copy under `keep`.',
  });
}

/** Puts the kept columns and the predictions beside each other, aside, and the whole in place. */
async function assemble(
  database: Database,
  files: readonly InputFile[],
  predictions: string,
  added: readonly OutputColumn[],
  rows: number,
  scratch: string,
  options: ScoreOptions,
): Promise<void> {
  const names = [...new Set(files.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  const kept = options.keep ?? names;
  const toCsv = extname(options.output).toLowerCase() === '.csv';
  const sources = files.map((file) => {
    // What goes from CSV or JSON to CSV stays as it was written: no 1 becomes 1.0.
    const own = kept.flatMap((name) => file.columns.find((column) => column.name === name) ?? []);
    const asWritten = ({ name, sql }: (typeof own)[number]): string =>
      toCsv && file.format === 'jsonl' && sql === 'DOUBLE'
        ? `${wholeAsWritten(identifier(name))} AS ${identifier(name)}`
        : identifier(name);
    const list = own.length > 0 ? own.map(asWritten).join(', ') : 'NULL AS "__nothing"';
    return `(SELECT ${list} FROM ${relationOf(file, toCsv)})`;
  });
  let input = sources[0] ?? '';
  if (sources.length > 1) {
    // DuckDB keeps the order of a union and that of a positional join, but not that of one inside the other.
    const whole = join(scratch, 'kept.parquet');
    await database.run(copyToParquet(sources.join(' UNION ALL BY NAME '), whole));
    input = parquetRelation([whole]);
  }
  const reading: CsvReading = { delimiter: ',', header: false };
  const scored = csvRelation(
    [predictions],
    reading,
    added.map(({ name, sql }) => ({ name, sql })),
  );
  const list = [
    ...kept.map((name) => `kept.${identifier(name)}`),
    ...added.map(({ name }) => `scored.${identifier(name)}`),
  ].join(', ');
  const query =
    rows === 0
      ? `SELECT ${[...kept.map(identifier), ...added.map(({ name, sql }) => `NULL::${sql} AS ${identifier(name)}`)].join(', ')} FROM ${input} LIMIT 0`
      : `SELECT ${list} FROM ${input} AS kept POSITIONAL JOIN ${scored} AS scored`;
  const aside = join(scratch, basename(temporaryName(options.output)));
  await database.run(
    toCsv ? `COPY (${query}) TO ${text(aside)} (FORMAT csv, HEADER true)` : copyToParquet(query, aside),
    options.onProgress ? { onProgress: (share) => options.onProgress?.(0.5 + share / 2, 'writing the output') } : {},
  );
  await renameOver(aside, options.output);
}

/** JSON knows one kind of numbers, read as doubles: its whole ones as people write them. */
function wholeAsWritten(column: string): string {
  return `CASE WHEN ${column} = floor(${column}) AND abs(${column}) <= ${Number.MAX_SAFE_INTEGER} THEN CAST(CAST(${column} AS BIGINT) AS VARCHAR) ELSE CAST(${column} AS VARCHAR) END`;
}

function csvCell(value: string): string {
  return /[",\n\r]/.test(value) || value === '' ? `"${value.replaceAll('"', '""')}"` : value;
}
