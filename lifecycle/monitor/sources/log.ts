import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { MonitorStage } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import { queryPostgres } from '../../net/postgres';
import { gridOf, type Grid } from '../../statistics/grid';
import type { Actual } from '../../store/feedback';
import type { StageContext } from '../../store/room';
import type { Database } from '../../table';
import type { ColumnProfile } from '../profile';
import { mergeColumns } from '../profile';
import type { RequestProfile } from '../requests';
import { chooseLength, WindowCounter } from '../windows';
import { countFile, type Counting, type FileCounts, type FileSpan, spanOf } from './file';
import { Kept } from './keep';
import { drawnLabels, drawnRows, labelsById } from './rows';
import { ANSWER, type LogSource, type LogTable, logFiles, openLog } from './table';

/** So much may a clock be ahead of ours. */
const SKEW = 300_000;

export interface LogPass extends Pick<Counting, 'names' | 'binners' | 'readings' | 'info' | 'seed'> {
  readonly source: LogSource;
  /** Hours of a part. */
  readonly each?: number | undefined;
  readonly since: Date;
  readonly until?: Date | undefined;
  /** The last so many rows. */
  readonly last?: number | undefined;
  /** What the columns of the reference look like; gives the grids. */
  readonly reference: Readonly<Record<string, ColumnProfile>>;
  readonly prediction?: ColumnProfile | undefined;
  /** Outcomes that are told apart from the log, by id. */
  readonly outcomes?: ReadonlyMap<string, readonly (Actual | null | undefined)[]> | undefined;
}

interface LogFile {
  readonly path: string;
  readonly hash: string;
  readonly span: FileSpan;
}

/** What was predicted elsewhere, as files or a database have it: each file is read once, then what was counted of it is merged. */
export async function readLog(
  context: StageContext<MonitorStage>,
  database: Database,
  pass: LogPass,
): Promise<RequestProfile & { readonly future: number; readonly undated: number; readonly counted: number }> {
  const kept = new Kept(context.store);
  const opened = new Map<string, Promise<LogTable>>();
  const { source, names } = pass;
  const table = (path: string): Promise<LogTable> => {
    let found = opened.get(path);
    if (found === undefined) opened.set(path, (found = openLog(database, path, source, names)));
    return found;
  };
  const until = (pass.until ?? new Date(Date.now() + SKEW)).getTime();
  try {
    const paths =
      'files' in source
        ? await logFiles(database, source.files, context.folder)
        : [await fetchLog(context, source, pass.since, new Date(until), pass.last)];
    const mapping = [source.time, source.id, source.prediction, source.label, source.columns, names];
    const files: LogFile[] = [];
    for (const path of paths) {
      context.signal.throwIfAborted();
      const hash = await kept.hash(path);
      const span = await kept.of(kept.key('span', hash, endingOf(path), mapping), async () =>
        spanOf(database, await table(path)),
      );
      files.push({ path, hash, span });
    }
    const since = await lastRows(database, files, pass, until, table);
    const inside = files.filter(({ span }) => span.from !== null && span.to! >= since && span.from < until);
    const counting = countingOf(pass);
    const bins = counting.binners.map(({ kind, edges, labels, float32 }) => [
      kind,
      edges && [...edges],
      labels,
      float32,
    ]);
    const shape = [mapping, counting.readings, counting.grids, bins, counting.info, counting.each, pass.seed];
    const ids = source.id !== undefined;
    const labels = source.label !== undefined;
    const parts: { readonly key: string; readonly counts: FileCounts }[] = [];
    for (const [i, file] of inside.entries()) {
      context.signal.throwIfAborted();
      context.progress(0.3 + (0.3 * i) / inside.length, `reading ${basename(file.path)}`);
      const { from, to } = file.span as { from: number; to: number };
      const before = ids ? inside.slice(0, i).filter(({ span }) => span.from! <= to && span.to! >= from) : [];
      const window = { from: Math.max(since, from), to: Math.min(until, to + 1) };
      const key = kept.key(
        'counts',
        file.hash,
        endingOf(file.path),
        window,
        before.map(({ hash }) => hash),
        shape,
      );
      const counts = await kept.of(
        key,
        async (write) => {
          const made = await countFile(
            database,
            await table(file.path),
            counting,
            window,
            await Promise.all(before.map(({ path }) => table(path))),
            write,
            { ids, labels, salt: file.hash.slice(0, 16) },
          );
          const one = opened.get(file.path);
          // Of what was read into memory only what later files may need again stays.
          if (!ids && pass.outcomes === undefined && one !== undefined) {
            opened.delete(file.path);
            await (await one).close();
          }
          return made;
        },
        labels ? ['rows', 'labelled'] : ['rows'],
      );
      parts.push({ key, counts });
    }
    const merged = mergeCounts(
      parts.map(({ counts }) => counts),
      counting,
    );
    const sides = (name: string) => parts.map(({ key }) => kept.side(key, name));
    const labelled = [
      ...(labels ? await drawnLabels(database, sides('labelled'), pass) : []),
      ...(ids && (pass.outcomes?.size ?? 0) > 0
        ? await labelsById(
            database,
            await Promise.all(inside.map(({ path }) => table(path))),
            { from: since, to: until },
            pass,
            join(context.scratch, 'outcomes.jsonl'),
          )
        : []),
    ];
    const future = await futureRows(database, files, pass.until === undefined ? until : Infinity, table);
    const undated = files.reduce((sum, { span }) => sum + span.undated, 0);
    return {
      ...merged,
      sample: await drawnRows(database, sides('rows'), names),
      labelled: labelled.map(({ row }) => row).filter((row) => row !== undefined),
      strange: labelled.filter(({ row }) => row === undefined).length,
      skipped: 0,
      future,
      undated,
      counted: kept.made,
    };
  } finally {
    await kept.close();
    for (const one of opened.values()) await one.then((log) => log.close()).catch(() => undefined);
  }
}

function endingOf(path: string): string {
  return basename(path).split('.').slice(1).join('.').toLowerCase();
}

function countingOf(pass: LogPass): Counting {
  const { readings, names, binners, info, seed, reference, prediction } = pass;
  const grids: Record<string, Grid> = {};
  for (const [name, profile] of Object.entries({ ...reference, ...(prediction && { [ANSWER]: prediction }) }))
    if (profile.kind === 'number') grids[name] = profile.grid ?? gridOf(profile.sample);
  if (prediction === undefined && info !== undefined && info.task !== 'multiclass')
    grids[ANSWER] = info.task === 'binary' ? { center: 0.5, scale: 0.25 } : { center: 0, scale: 1 };
  const each = pass.each === undefined ? undefined : pass.each * 3_600_000;
  return { readings, names, binners, grids, info, each, seed };
}

function mergeCounts(counts: readonly FileCounts[], { binners, each }: Counting): Omit<RequestProfile, 'skipped'> {
  const columns: Record<string, ColumnProfile> = {};
  let prediction: ColumnProfile | undefined;
  const times = counts.flatMap(({ from, to }) => (from === null || to === null ? [] : [from, to]));
  const span = times.length > 0 ? Math.max(...times) - Math.min(...times) : 0;
  // Each length is a multiple of the shorter ones, so a part of a file lies within one of the whole.
  const length = each ?? Math.max(chooseLength(span), ...counts.map((one) => one.length));
  const windows = new WindowCounter(binners, length / 3_600_000);
  let [rows, duplicates] = [0, 0];
  const foreign = new Set<string>();
  for (const one of counts) {
    rows += one.rows;
    duplicates += one.duplicates;
    for (const name of one.foreign) foreign.add(name);
    for (const [name, column] of Object.entries(one.columns)) {
      const known = columns[name];
      columns[name] = known === undefined ? column : mergeColumns(known, column);
    }
    if (one.prediction)
      prediction = prediction === undefined ? one.prediction : mergeColumns(prediction, one.prediction);
    for (const { from, part } of one.parts) windows.take(from, part);
  }
  return {
    table: { rows, columns },
    prediction: rows > 0 ? prediction : undefined,
    foreign: [...foreign].sort(),
    duplicates,
    requests: rows,
    windows,
    ...(times.length > 0 && {
      from: new Date(Math.min(...times)).toISOString(),
      to: new Date(Math.max(...times)).toISOString(),
    }),
  };
}

/** The time from which on the last so many rows lie. */
async function lastRows(
  database: Database,
  files: readonly LogFile[],
  { last, since }: LogPass,
  until: number,
  table: (path: string) => Promise<LogTable>,
): Promise<number> {
  const start = since.getTime();
  if (last === undefined) return start;
  const inside = files.filter(({ span }) => span.from !== null && span.to! >= start && span.from < until);
  if (inside.length === 0) return start;
  const all = (await Promise.all(inside.map(({ path }) => table(path))))
    .map(({ relation }) => `SELECT __time FROM ${relation} WHERE __time >= ${start} AND __time < ${until}`)
    .join(' UNION ALL ');
  const { t } = await database.one<{ t: number | null }>(
    `SELECT min(__time) AS t FROM (SELECT __time FROM (${all}) ORDER BY __time DESC LIMIT ${last})`,
  );
  return Math.max(start, t ?? start);
}

async function futureRows(
  database: Database,
  files: readonly LogFile[],
  until: number,
  table: (path: string) => Promise<LogTable>,
): Promise<number> {
  let rows = 0;
  for (const { path, span } of files) {
    if (span.to === null || span.to < until) continue;
    const { n } = await database.one<{ n: number }>(
      `SELECT count(*) AS n FROM ${(await table(path)).relation} WHERE __time >= ${until}`,
    );
    rows += n;
  }
  return rows;
}

/** Fetches the window of a query into a file of the scratch folder. */
async function fetchLog(
  context: StageContext<MonitorStage>,
  source: Extract<LogSource, { sql: string }>,
  since: Date,
  until: Date,
  last: number | undefined,
): Promise<string> {
  const name = source.connection.secret;
  const url = await context.secret(name);
  if (url === undefined || url === '')
    throw new UserError({
      code: 'secret-missing',
      message: `The secret ${name}, which holds the address of the database, is not there.`,
      hint: `Set the environment variable ${name} to postgres://user:password@host:5432/database, or store it in VS Code with "ML Lifecycle: Set a Secret".`,
      path: ['source', 'connection', 'secret'],
    });
  context.progress(0.3, 'asking the database');
  const path = join(context.scratch, 'log.csv');
  const file = await open(path, 'w');
  try {
    let lines: string[] = [];
    let header: string[] | undefined;
    const flush = async () => {
      await file.write(lines.join(''));
      lines = [];
    };
    const most = Math.min(source['most-rows'] ?? 1_000_000, last ?? Infinity);
    const result = await queryPostgres(
      url,
      { sql: source.sql, time: source.time, since, until, most, timeout: source.timeout ?? 60, signal: context.signal },
      async (row) => {
        if (header === undefined) lines.push(csvLine((header = Object.keys(row))));
        lines.push(csvLine(header.map((column) => row[column] ?? null)));
        if (lines.length >= 5_000) await flush();
      },
    ).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      const inQuery = ['sql-failed', 'sql-timeout'].includes(error.problem.code);
      throw new UserError({ ...error.problem, path: ['source', ...(inQuery ? ['sql'] : ['connection', 'secret'])] });
    });
    if (header === undefined) lines.push(csvLine(result.columns));
    await flush();
    if (result.cut && last === undefined)
      context.log(
        'warning',
        `The window has more than ${most.toLocaleString('en')} rows; the latest ${most.toLocaleString('en')} are looked at.`,
        {
          code: 'log-cut',
          hint: 'Take a shorter `window`, or raise `most-rows`.',
          path: ['source'],
        },
      );
  } finally {
    await file.close();
  }
  return path;
}

function csvLine(values: readonly (string | null)[]): string {
  return `${values.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`;
}
