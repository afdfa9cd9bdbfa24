import { basename } from 'node:path';
import type { MonitorStage, Written } from '../../../schemas/generated/types';
import type { Actual } from '../../store/feedback';
import type { StageContext } from '../../store/room';
import { hashFile } from '../../process/hash';
import { type Database, formatOf } from '../../table';
import { type Measured, type Measures, measureRelation } from '../measures';
import type { ColumnProfile, ColumnReading } from '../profile';
import { binsOf, isProbability, type MeasuredBins, type RequestProfile } from '../requests';
import type { WindowCounter } from '../windows';
import { type CountJob, LogCounter, type Opening } from './counter';
import { drawAll, drawAllLabelled, type Drawable, levelOf } from './draw';
import { fetchLog, type Fetched, writtenThere } from './fetch';
import { countingOf } from './counting';
import { type Counting, type FileCounts, type FileSpan, rowsWithin, spanOf } from './file';
import { columnsWithFew, countExactly } from './exact';
import { besideOf, countedBeside, LogFold } from './fold';
import { Kept } from './keep';
import { type FileLook, inLanes, type Lane, openLanes, WORTH } from './lanes';
import { mergeCounts } from './merge';
import { filesOf } from './readable';
import { outcomesOf } from './outcomes';
import { drawnRows } from './rows';
import { type LogSource, type LogTable, logFiles, openLog, TIME } from './table';

/** Of a Parquet file, about. */
const BYTES_OF_A_ROW = 64;

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
  /** Columns that are not watched, but that slices or the figure of the labelled rows need; null where their type is not known. */
  readonly extras?: Readonly<Record<string, ColumnReading | null>> | undefined;
  /** Outcomes that are told apart from the log, by id. */
  readonly outcomes?: ReadonlyMap<string, readonly (Actual | null | undefined)[]> | undefined;
}

export interface LogFile {
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
  const { source, names, readings, seed } = pass;
  const until = (pass.until ?? new Date(Date.now() + SKEW)).getTime();
  const fetched =
    'files' in source ? undefined : await fetchLog(context, source, pass.since, new Date(until), pass.last);
  const kept = new Kept(context.store);
  const counting = countingOf(pass);
  // Rows are drawn with their texts, so that slices are measured; images are too large for that.
  const texts = (pass.measures?.columns ?? []).flatMap(({ name, kind }) => (kind === 'text' ? [name] : []));
  const extras = Object.keys(pass.extras ?? {}).filter((name) => !names.includes(name) && !texts.includes(name));
  const opened = [...names, ...texts, ...extras];
  const written = 'sql' in source ? writtenThere(pass.written) : pass.written;
  const typed = Object.entries(pass.extras ?? {}).flatMap(([name, reading]) =>
    reading ? [[name, reading] as const] : [],
  );
  const opening: Opening = {
    source,
    names: opened,
    readings: { ...Object.fromEntries(typed), ...readings },
    written,
    scratch: context.scratch,
    task: pass.info?.task,
    plain: fetched?.plain,
  };
  const counter = new LogCounter(database, kept, counting, opening, context.signal);
  const table = (path: string): Promise<LogTable> => counter.table(path);
  let lanes: Lane[] = [];
  try {
    const paths = 'files' in source ? await logFiles(database, source.files, context.folder) : [fetched!.path];
    const skip = 'files' in source ? source['skip-lines'] : undefined;
    const mapping = [
      ...[source.time, source.id, source.prediction, source.label, source.columns, opened, written],
      ...(skip === undefined ? [] : [skip]),
      ...(fetched === undefined ? [] : [fetched.plain]),
      ...(opening.task === 'regression' && written?.decimal !== undefined && source.label !== undefined
        ? ['label']
        : []),
    ];
    const quiet = pass.until !== undefined;
    // Each thread would read what is no Parquet file, and earlier ones with the same ids, into its own memory.
    const parquet = paths.every((path) => formatOf(path) === 'parquet');
    const { apart = WORTH } = pass;
    if (parquet && (await kept.unread(paths)) >= apart * BYTES_OF_A_ROW)
      lanes = openLanes(paths.length, context, { store: context.store, opening, counting });
    const looks = new Map<string, FileLook>();
    let turn = 0;
    const hashed = async (path: string): Promise<string> => {
      const lane = lanes[turn++ % lanes.length];
      const look = await lane?.look(path).catch(() => undefined);
      context.signal.throwIfAborted();
      if (look === undefined) return (await hashFile(path)).sha256;
      looks.set(look.sha256, look);
      return look.sha256;
    };
    const files = await filesOf(
      { ...context, quiet },
      kept,
      paths,
      (path, hash) =>
        kept.of(
          kept.key('span', hash, endingOf(path), mapping),
          async () => looks.get(hash)?.span ?? spanOf(database, await table(path), context.signal),
        ),
      (path) => kept.hash(path, hashed),
      Math.max(2, 2 * lanes.length),
    );
    const since = await lastRows(database, files, pass, until, table);
    const inside = files.filter(({ span }) => span.from !== null && span.to! >= since && span.from < until);
    const bins = counting.binners.map(({ kind, edges, labels, float32 }) => [
      kind,
      edges && [...edges],
      labels,
      float32,
    ]);
    const shape = [mapping, readings, counting.grids, bins, counting.info, counting.each, seed];
    if (pass.exact !== undefined) shape.push(pass.exact);
    const ids = source.id !== undefined;
    const level = levelOf(
      inside.reduce((sum, { span }) => sum + span.rows, 0),
      'rows',
    );
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
        level,
      };
    });
    let [fresh, rows] = [0, 0];
    for (const { key, span } of jobs) {
      if (await kept.has(key, [])) continue;
      fresh++;
      rows += span.rows;
    }
    if (parquet && lanes.length === 0 && rows >= apart)
      lanes = openLanes(fresh, context, { store: context.store, opening, counting });
    const count = async (job: CountJob): Promise<FileCounts> => {
      const made = await counter.count(job);
      // Of what was read into memory only what later files may need again stays.
      if (!ids && pass.outcomes === undefined) await counter.release(job.path);
      return made;
    };
    let done = 0;
    const fold = new LogFold(pass.reference, pass.prediction, pass.exact);
    const beside = besideOf(kept, counting);
    // Two jobs a thread: one is counted while what came of the other is written down.
    const counts = await inLanes<(typeof jobs)[number], Lane | undefined, FileCounts>(
      jobs,
      lanes.length > 0 ? [...lanes, ...lanes] : [undefined],
      async ({ key, span: _span, ...job }, at, lane) => {
        context.signal.throwIfAborted();
        context.progress(0.3 + (0.25 * done) / jobs.length, `reading ${basename(job.path)}`);
        const one = await countedBeside(kept, key, beside, () => (lane === undefined ? count(job) : lane.count(job)));
        done++;
        return fold.take(at, one);
      },
    );
    await Promise.all([...lanes.splice(0).map((lane) => lane.close()), counter.settled()]);
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
    const drawn = await drawAll(database, kept, drawable, context.signal);
    const { labelled, strange, unmatched } = await outcomesOf(
      database,
      files.map((file) => ({ rows: file.span.rows, inside: inside.includes(file), table: () => table(file.path) })),
      source.label === undefined ? [] : await drawAllLabelled(database, kept, drawable),
      { from: since, to: until },
      pass,
      context.scratch,
    );
    const future = await futureRows(database, files, pass.until === undefined ? until : Infinity, table);
    const undated = files.reduce((sum, { span }) => sum + span.undated, 0);
    const all = { ...counting, binners: [...counting.binners, ...binsOf(pass.measured)] };
    const merged = fold.into(mergeCounts(counts, all));
    if (pass.measures)
      await measureFiles(database, inside, { since, until }, pass, pass.measures, merged.windows, context.scratch);
    const measured = pass.measures?.profiles();
    if (pass.until === undefined) sayPredictions(context, merged.prediction, pass);
    return {
      ...merged,
      ...(merged.table.rows === 0 && latestOf(files, until, fetched)),
      ...(measured && {
        table: { ...merged.table, columns: { ...merged.table.columns, ...measured } },
        foreign: merged.foreign.filter((name) => pass.measures?.isMine(name) !== true),
      }),
      sample: withMeasures(drawnRows(drawn, [...names, ...texts]), names.length, texts, pass),
      labelled,
      strange,
      unmatched,
      skipped: files.reduce((sum, { span }) => sum + (span.skipped ?? 0), 0),
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

/** When the last row before an empty window came. */
function latestOf(
  files: readonly LogFile[],
  until: number,
  fetched: Fetched | undefined,
): Pick<RequestProfile, 'latest'> {
  const times = files.flatMap(({ span: { to } }) => (to !== null && to < until ? [to] : []));
  const latest = Math.max(...times, fetched?.latest ?? -Infinity);
  return Number.isFinite(latest) ? { latest: new Date(latest).toISOString() } : {};
}

/** Says that predictions are not what `prediction` is to name: neither performance nor drift of the answers can be right then. */
function sayPredictions(
  { log }: Pick<StageContext<MonitorStage>, 'log'>,
  profile: ColumnProfile | undefined,
  { info }: Pick<LogPass, 'info'>,
): void {
  if (info === undefined || info.task === 'multiclass' || profile?.kind !== 'number') return;
  const { values, counts, total } = profile.sample;
  let strange = profile.misfits;
  if (info.task === 'binary') values.forEach((p, i) => (strange += isProbability(p) ? 0 : counts[i]!));
  if (strange === 0) return;
  const all = total + profile.misfits;
  log(
    'warning',
    `${strange.toLocaleString('en')} of ${all.toLocaleString('en')} predictions in the log are ${info.task === 'binary' ? 'no probability between 0 and 1' : 'no number'}; performance is measured without them.`,
    {
      code: 'log-predictions-strange',
      hint:
        info.task === 'binary'
          ? `\`prediction\` names the column of the probability of ${JSON.stringify(String(info.classes?.[1] ?? 'the positive class'))}, not of the class.`
          : '`prediction` names the column of the predicted value.',
      path: ['source', 'prediction'],
    },
  );
}
