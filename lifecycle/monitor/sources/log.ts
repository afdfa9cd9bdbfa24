import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { MonitorStage, Written } from '../../../schemas/generated/types';
import { secretHint, UserError } from '../../problem';
import { queryPostgres } from '../../net/postgres';
import { gridOf, type Grid } from '../../statistics/grid';
import type { Actual } from '../../store/feedback';
import type { StageContext } from '../../store/room';
import { type Database, formatOf } from '../../table';
import { type Measured, type Measures, measureRelation } from '../measures';
import type { ColumnProfile } from '../profile';
import { binsOf, type MeasuredBins, type RequestProfile } from '../requests';
import type { WindowCounter } from '../windows';
import { type CountJob, drawnOf, LogCounter } from './counter';
import { drawAll, type Drawable } from './draw';
import { type Counting, type FileCounts, type FileSpan, rowsWithin, spanOf } from './file';
import { columnsWithFew, countExactly } from './exact';
import { Kept } from './keep';
import { inLanes, type Lane, openLanes } from './lanes';
import { mergeCounts } from './merge';
import { drawnLabels, drawnRows, labelsById } from './rows';
import { ANSWER, type LogSource, type LogTable, logFiles, openLog, TIME } from './table';
import { MOST_KNOWN } from './vocabulary';

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
  /** Distinct values up to which a column is counted exactly; a million unless given. */
  readonly exact?: number | undefined;
  /** Rows from which on several files are counted in threads; half a million unless given. */
  readonly apart?: number | undefined;
  /** How the CSV files of the reference were written; those of the log are read alike. */
  readonly written?: Written | undefined;
  /** Counts free texts. */
  readonly measures?: Measures | undefined;
  /** Bins of what is measured of them; they come after `binners`. */
  readonly measured?: readonly MeasuredBins[] | undefined;
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
  const { source, names, readings, seed } = pass;
  const counting = countingOf(pass);
  // Rows are drawn with their texts, so that slices are measured; images are too large for that.
  const texts = (pass.measures?.columns ?? []).flatMap(({ name, kind }) => (kind === 'text' ? [name] : []));
  const opened = [...names, ...texts];
  const opening = { source, names: opened, readings, written: pass.written, scratch: context.scratch };
  const counter = new LogCounter(database, kept, counting, opening);
  const table = (path: string): Promise<LogTable> => counter.table(path);
  let lanes: Lane[] = [];
  const until = (pass.until ?? new Date(Date.now() + SKEW)).getTime();
  try {
    const paths =
      'files' in source
        ? await logFiles(database, source.files, context.folder)
        : [await fetchLog(context, source, pass.since, new Date(until), pass.last)];
    const skip = 'files' in source ? source['skip-lines'] : undefined;
    const mapping = [
      ...[source.time, source.id, source.prediction, source.label, source.columns, opened, pass.written],
      ...(skip === undefined ? [] : [skip]),
    ];
    const files: LogFile[] = [];
    // Two files are hashed while the database looks at the two before.
    const hashing = (from: number): Promise<string[]> => {
      const hashes = Promise.all(paths.slice(from, from + 2).map((path) => kept.hash(path)));
      hashes.catch(() => undefined);
      return hashes;
    };
    for (let i = 0, next = hashing(0); i < paths.length; i += 2) {
      const hashes = await next;
      next = hashing(i + 2);
      for (const [j, hash] of hashes.entries()) {
        context.signal.throwIfAborted();
        const path = paths[i + j]!;
        const span = await kept.of(kept.key('span', hash, endingOf(path), mapping), async () =>
          spanOf(database, await table(path)),
        );
        files.push({ path, hash, span });
      }
    }
    const since = await lastRows(database, files, pass, until, table);
    const inside = files.filter(({ span }) => span.from !== null && span.to! >= since && span.from < until);
    const bins = counting.binners.map(({ kind, edges, labels, float32 }) => [
      kind,
      edges && [...edges],
      labels,
      float32,
    ]);
    const shape = [mapping, readings, counting.grids, bins, counting.info, counting.each, seed];
    const ids = source.id !== undefined;
    const labels = source.label !== undefined;
    const kinds = drawnOf(source);
    const jobs = inside.map((file, i): CountJob & { readonly key: string; readonly span: FileSpan } => {
      const { from, to } = file.span as { from: number; to: number };
      const before = ids ? inside.slice(0, i).filter(({ span }) => span.from! <= to && span.to! >= from) : [];
      const window = { from: Math.max(since, from), to: Math.min(until, to + 1) };
      const looked = [file.hash, endingOf(file.path), window, before.map(({ hash }) => hash)];
      return {
        key: kept.key('counts', looked, shape),
        span: file.span,
        path: file.path,
        window,
        before: before.map(({ path }) => path),
        content: [looked, mapping, seed],
        salt: `${file.hash.slice(0, 16)}:${seed}`,
      };
    });
    const fresh: CountJob[] = [];
    const rows: number[] = [];
    for (const { key, span, ...job } of jobs) {
      if (await kept.has(key, [])) continue;
      fresh.push(job);
      rows.push(span.rows);
    }
    // Each thread would read what is no Parquet file, and earlier ones with the same ids, into its own memory.
    const parquet = fresh.every(({ path, before }) => [path, ...before].every((one) => formatOf(one) === 'parquet'));
    if (parquet)
      lanes = openLanes(rows, { ...context, apart: pass.apart }, { store: context.store, opening, counting });
    const count = async (job: CountJob): Promise<FileCounts> => {
      const made = await counter.count(job);
      // Of what was read into memory only what later files may need again stays.
      if (!ids && pass.outcomes === undefined) await counter.release(job.path);
      return made;
    };
    let done = 0;
    const counts = await inLanes<(typeof jobs)[number], Lane | undefined, FileCounts>(
      jobs,
      lanes.length > 0 ? lanes : [undefined],
      async ({ key, span: _span, ...job }, _at, lane) => {
        context.signal.throwIfAborted();
        context.progress(0.3 + (0.25 * done) / jobs.length, `reading ${basename(job.path)}`);
        const one = await kept.of(key, () => (lane === undefined ? count(job) : lane.run(job)));
        done++;
        return one;
      },
    );
    await Promise.all(lanes.splice(0).map((lane) => lane.close()));
    const drawable = jobs.map(({ key: _key, span: _span, ...job }, i): Drawable => {
      const { labelled, duplicates, rows: all } = counts[i]!;
      return {
        ...job,
        sizes: { rows: all, labelled },
        table: () => table(job.path),
        again: formatOf(job.path) === 'parquet' && duplicates === 0 ? undefined : async () => void (await count(job)),
      };
    });
    const few = columnsWithFew(counts, pass.exact);
    for (const [i, file] of drawable.entries()) {
      if (few.size === 0 || file.again !== undefined) continue;
      counts[i] = await countExactly(database, kept, file, counts[i]!, few, readings);
    }
    context.progress(0.55, 'drawing rows');
    const drawn = await drawAll(database, kept, kinds, drawable);
    const labelled = [
      ...(labels ? await drawnLabels(database, drawn.labelled ?? [], pass) : []),
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
    const merged = mergeCounts(counts, { ...counting, binners: [...counting.binners, ...binsOf(pass.measured)] });
    if (pass.measures)
      await measureFiles(database, inside, { since, until }, pass, pass.measures, merged.windows, context.scratch);
    const measured = pass.measures?.profiles();
    return {
      ...merged,
      ...(measured && {
        table: { ...merged.table, columns: { ...merged.table.columns, ...measured } },
        foreign: merged.foreign.filter((name) => pass.measures?.isMine(name) !== true),
      }),
      sample: withMeasures(await drawnRows(database, drawn.rows ?? [], opened), names.length, texts, pass),
      labelled: labelled.map(({ row }) => row).filter((row) => row !== undefined),
      strange: labelled.filter(({ row }) => row === undefined).length,
      skipped: 0,
      future,
      undated,
      counted: kept.made,
    };
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
    await kept.close();
    await counter.close();
  }
}

/** Measures the free texts of the files, of which no counts are kept: a file is read for them at each look. */
async function measureFiles(
  database: Database,
  files: readonly LogFile[],
  { since, until }: { readonly since: number; readonly until: number },
  { source, written, binners, measured = [] }: LogPass,
  measures: Measures,
  windows: WindowCounter | undefined,
  scratch: string,
): Promise<void> {
  const names = measures.columns.map(({ name }) => name);
  const places = placesOf(measures, measured);
  const take = (at: number, values: Measured, time: number): void => {
    const part = windows?.part(time);
    if (part === undefined) return;
    for (const half of [0, 1] as const) {
      const place = places[2 * at + half];
      if (place !== undefined && measured[place]?.binner) windows?.add(part, binners.length + place, values[half]);
    }
  };
  for (const { path } of files) {
    const log = await openLog(database, path, source, names, { readings: {}, written, scratch });
    try {
      const relation = rowsWithin(log, { from: since, to: until });
      await measureRelation(database, relation, log.columns, measures, { time: TIME, take });
    } finally {
      await log.close();
    }
  }
}

/** Where each measure of the columns stands among those that have bins. */
function placesOf(measures: Measures, measured: readonly MeasuredBins[]): (number | undefined)[] {
  return measures.names.map((name) => {
    const place = measured.findIndex((one) => one.name === name);
    return place < 0 ? undefined : place;
  });
}

/** Rows with what is measured of their texts in place of these. @param count columns before the texts */
function withMeasures(
  rows: readonly (readonly unknown[])[],
  count: number,
  texts: readonly string[],
  { measures, measured = [] }: LogPass,
): readonly (readonly unknown[])[] {
  if (measures === undefined) return rows;
  const places = placesOf(measures, measured);
  const columns = measures.columns.map(({ name }) => texts.indexOf(name));
  return rows.map((row) => {
    const whole = [...row.slice(0, count), ...new Array<unknown>(measured.length).fill(undefined)];
    columns.forEach((text, at) => {
      const value = text < 0 ? undefined : row[count + text];
      if (value === undefined) return;
      const values = measures.of(texts[text]!, value);
      for (const half of [0, 1] as const) {
        const place = places[2 * at + half];
        if (place !== undefined) whole[count + place] = values[half];
      }
    });
    return whole;
  });
}

function endingOf(path: string): string {
  return basename(path).split('.').slice(1).join('.').toLowerCase();
}

function countingOf(pass: LogPass): Counting {
  const { readings, names, binners, info, seed, reference, prediction } = pass;
  const grids: Record<string, Grid> = {};
  const labels: Record<string, readonly string[]> = {};
  for (const [name, profile] of Object.entries({ ...reference, ...(prediction && { [ANSWER]: prediction }) }))
    if (profile.kind === 'number') grids[name] = profile.grid ?? gridOf(profile.sample);
    else if (profile.counts.size <= MOST_KNOWN) labels[name] = [...profile.counts.keys()];
  if (prediction === undefined && info !== undefined && info.task !== 'multiclass')
    grids[ANSWER] = info.task === 'binary' ? { center: 0.5, scale: 0.25 } : { center: 0, scale: 1 };
  const each = pass.each === undefined ? undefined : pass.each * 3_600_000;
  return { readings, names, binners, grids, labels, info, each, seed };
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
      hint: secretHint(name, 'postgres://user:password@host:5432/database'),
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
