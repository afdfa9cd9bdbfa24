import { stat } from 'node:fs/promises';
import type { MonitorStage, Written } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { lastRequest, type RequestWindow } from '../store/requests';
import type { StageContext } from '../store/room';
import type { Database } from '../table';
import type { Watched } from './deployment';
import { openTable, profileRelation } from './files';
import { measureRelation } from './measures';
import type { ColumnReading } from './profile';
import { sampleRows } from './kept-reference';
import type { Reference } from './reference';
import { list } from './report';
import { type LogPass, readLog } from './sources/log';
import { profileRequests, type RequestPass, type RequestProfile } from './requests';

/** From when on requests are looked at. */
export function windowStart({ stage }: StageContext<MonitorStage>, { entry }: Watched): Date {
  const deployed = Date.parse(entry.time);
  const hours = stage.window?.hours;
  return new Date(hours === undefined ? deployed : Math.max(deployed, Date.now() - hours * 3_600_000));
}

/** What the deployment saw: its request log, or the file that a batch wrote. */
export async function readCurrent(
  context: StageContext<MonitorStage>,
  database: Database,
  watched: Watched,
  readings: Readonly<Record<string, ColumnReading>>,
  pass: RequestPass,
  reference: Pick<Reference, 'profile' | 'prediction'>,
  written: Written | undefined,
): Promise<RequestProfile> {
  const { stage, store } = context;
  const { entry, model, info } = watched;
  if (stage.source !== undefined)
    return readLog(context, database, {
      source: stage.source,
      readings,
      names: pass.names,
      binners: pass.binners,
      each: pass.each,
      seed: pass.seed,
      info,
      since: windowStart(context, watched),
      last: stage.window?.last,
      reference: reference.profile.columns,
      written,
      prediction: reference.prediction,
      measures: pass.measures,
      measured: pass.measured,
      outcomes: outcomesOf(pass.feedback),
      extras: pass.extras,
    });
  const among = { ...pass, reference: reference.profile.columns, prediction: reference.prediction };
  if (entry.output !== undefined) {
    if (stage.window !== undefined)
      context.log(
        'info',
        `'${entry.target}' scores a file, which is looked at as a whole; \`window\` is for servers.`,
        { path: ['window'] },
      );
    return readBatch(database, entry.output, model, readings, written, among);
  }
  const { last } = stage.window ?? {};
  const window: RequestWindow = {
    since: windowStart(context, watched),
    model: entry.model,
    version: entry.version,
    ...(last !== undefined && { last }),
  };
  const found = await profileRequests(store, entry.target, window, readings, model?.info, among);
  if (found.table.rows > 0 || stage.window?.hours === undefined) return found;
  const { since: _since, last: _last, ...version } = window;
  const latest = await lastRequest(store, entry.target, { ...version, since: new Date(entry.time) });
  return { ...found, ...(latest !== undefined && { latest }) };
}

function outcomesOf(feedback: RequestPass['feedback']): LogPass['outcomes'] {
  return feedback && new Map([...feedback.requests].map(([id, { actual }]) => [id, actual]));
}

async function readBatch(
  database: Database,
  path: string,
  model: Watched['model'],
  readings: Readonly<Record<string, ColumnReading>>,
  written: Written | undefined,
  { names, measures, measured = [], reference, prediction }: RequestPass,
): Promise<RequestProfile> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new UserError({
      code: 'batch-output-missing',
      message: `The file that the batch wrote, ${path}, is gone.`,
      hint: 'Deploy again to write it anew.',
      path: ['deployment'],
    });
  }
  const table = await openTable(database, path, { readings, written });
  // As lifecycle/deploy/score.ts names them.
  const answer = model?.info.task === 'binary' ? `probability_${String(model.info.classes?.[1])}` : 'prediction';
  const reading: ColumnReading | undefined = model && {
    type: model.info.task === 'multiclass' ? 'text' : 'number',
    ...(model.info.task !== 'multiclass' && { float32: true }),
  };
  const { rows, columns } = await profileRelation(
    database,
    table,
    { ...readings, ...(reading && { [answer]: reading }) },
    { ...(prediction && { [answer]: prediction }), ...reference },
  );
  const { [answer]: predicted, ...rest } = columns;
  if (measures) await measureRelation(database, table.relation, table.columns, measures);
  const time = found.mtime.toISOString();
  return {
    table: { rows, columns: { ...(answer in readings ? columns : rest), ...measures?.profiles() } },
    prediction: predicted,
    foreign: [],
    skipped: 0,
    sample: pick(await sampleRows(database, table, names, rows, measures), [
      ...names.keys(),
      ...measured.map(({ name }) => names.length + (measures?.names.indexOf(name) ?? -1)),
    ]),
    from: time,
    to: time,
  };
}

/** Some columns of rows. */
export function pick(rows: readonly (readonly unknown[])[], columns: readonly number[]): unknown[][] {
  return rows.map((row) => columns.map((column) => row[column]));
}

/** Tells what is odd about the requests: torn lines, columns that are not there, outcomes that fit nothing. */
export function sayWhatIsOdd(
  context: StageContext<MonitorStage>,
  { table, foreign, skipped, duplicates = 0, strange = 0, reused = 0, future = 0, undated = 0 }: RequestProfile,
  readings: Readonly<Record<string, ColumnReading>>,
  { entry, model }: Watched,
): void {
  if (skipped > 0)
    context.log(
      'warning',
      `${skipped.toLocaleString('en')} ${skipped === 1 ? 'line' : 'lines'} of the ${context.stage.source === undefined ? 'request log' : 'log'} could not be read and ${skipped === 1 ? 'was' : 'were'} passed over.`,
      { code: 'log-lines-skipped' },
    );
  if (undated > 0)
    context.log(
      'warning',
      `${undated.toLocaleString('en')} ${undated === 1 ? 'row of the log has' : 'rows of the log have'} no time that can be read, and ${undated === 1 ? 'was' : 'were'} passed over.`,
      {
        code: 'log-rows-undated',
        hint: 'Times are ISO 8601, or seconds, milliseconds or microseconds since 1970. Is a line torn?',
        path: ['source', 'time'],
      },
    );
  if (future > 0)
    context.log(
      'warning',
      `${future.toLocaleString('en')} ${future === 1 ? 'row of the log is' : 'rows of the log are'} more than five minutes in the future, and ${future === 1 ? 'was' : 'were'} left out.`,
      {
        code: 'log-rows-future',
        hint: 'Is a clock wrong, or is the time without its zone? A time without a zone is taken as UTC.',
        path: ['source', 'time'],
      },
    );
  if (duplicates > 0)
    context.log(
      'info',
      `${duplicates.toLocaleString('en')} ${duplicates === 1 ? 'request was' : 'requests were'} logged more than once; each counts once.`,
      { code: 'requests-repeated' },
    );
  if (strange > 0)
    context.log(
      'warning',
      `${strange.toLocaleString('en')} ${strange === 1 ? 'outcome is' : 'outcomes are'} no class of the model and ${strange === 1 ? 'was' : 'were'} passed over.`,
      { code: 'labels-strange', hint: 'Tell outcomes by the names of the classes in model.json.', path: ['labels'] },
    );
  if (reused > 0)
    context.log(
      'warning',
      `${reused.toLocaleString('en')} ${reused === 1 ? 'request has' : 'requests have'} the id of an earlier one whose outcome is known; an outcome counts for the first.`,
      {
        code: 'request-ids-reused',
        hint: 'Let clients send an x-request-id of its own with each request, or none: the server makes one then.',
        path: ['labels'],
      },
    );
  if (table.rows === 0)
    return context.log(
      'info',
      context.stage.source === undefined
        ? `Nothing was asked of ${entry.model} ${entry.version} on '${entry.target}' in the window.`
        : `The log holds no prediction in the window.`,
      {
        code: 'log-empty',
        hint:
          context.stage.source === undefined
            ? 'Was it deployed a moment ago, or is `log: off` set for the target?'
            : 'Is `window` long enough, and `time` the column of the predictions? A time without a zone is taken as UTC.',
      },
    );
  const lost = Object.keys(readings).filter((name) => !Object.hasOwn(table.columns, name));
  if (lost.length > 0)
    context.log(
      'warning',
      `${context.stage.source !== undefined ? 'The log' : entry.output === undefined ? `The log of '${entry.target}'` : `The output of '${entry.target}'`} does not hold ${list(lost)}; nothing can be said of ${lost.length === 1 ? 'it' : 'them'}.`,
      {
        code: 'log-columns-missing',
        hint:
          context.stage.source !== undefined
            ? 'Say what they are called there: `source: {columns: {NAME: …}}`.'
            : entry.output === undefined
              ? 'Redacted columns and images are not logged.'
              : 'List them under `keep` of the target, or leave `keep` out.',
      },
    );
  const inputs = new Set(model?.info.inputs.map(({ name }) => name));
  const own = foreign.filter((name) => inputs.has(name));
  const others = foreign.filter((name) => !inputs.has(name));
  // What else the stage leaves out, it does by naming its columns.
  if (own.length > 0 && context.stage.drift?.columns === undefined)
    context.log(
      'info',
      `${list(own)} ${own.length === 1 ? 'is a date' : 'are dates'} that the model takes. Time goes on, so ${own.length === 1 ? 'its' : 'their'} drift is not judged.`,
    );
  if (others.length > 0)
    context.log(
      'info',
      `The log also holds ${list(others)}, which ${others.length === 1 ? 'is no input' : 'are no inputs'} of the model and not watched.`,
    );
}
