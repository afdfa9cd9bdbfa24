import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset, DriftReport, MonitorStage } from '../../schemas/generated/types';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';
import { readJson } from '../process/files';
import type { RequestWindow } from '../store/requests';
import type { Input, Room, StageContext, StageResult } from '../store/room';
import { type Database, withDatabase } from '../table';
import { findWatched, type Watched } from './deployment';
import { compareProfiles } from './drift';
import { openParquet, openTable, type OpenTable, profileRelation, readingsOf } from './files';
import { profilePredictions } from './prediction';
import type { ColumnReading } from './profile';
import { conclude, list } from './report';
import { profileRequests, type RequestProfile } from './requests';
import { isDue } from './retrain';

/** Compares what a deployed model is asked with what it was trained on. */
export const room: Room<MonitorStage> = {
  kind: 'monitor',
  version: 1,
  effect: true,
  run: (context) =>
    withDatabase({ scratch: context.scratch, threads: context.threads, signal: context.signal }, (database) =>
      watch(context, database),
    ),
};

async function watch(context: StageContext<MonitorStage>, database: Database): Promise<StageResult> {
  const { stage } = context;
  const watched = await findWatched(context);
  context.progress(0, 'reading the reference');
  const reference = await openReference(database, context.input(stage.reference));
  const readings = watchedColumns(context, reference, watched);
  const before = await profileRelation(database, reference, readings);
  context.progress(0.4, 'reading the requests');
  const requests = await readCurrent(context, database, watched, readings);
  sayWhatIsOdd(context, requests, readings, watched);
  context.progress(0.7, 'comparing');
  const { model } = watched;
  const takes = model?.info.inputs.every(({ name }) => reference.columns.some((column) => column.name === name));
  const prediction =
    model !== undefined && takes === true && requests.prediction !== undefined
      ? {
          reference: await profilePredictions(database, reference.relation, before.rows, model, context.signal),
          current: requests.prediction,
        }
      : undefined;
  const drift = compareProfiles(
    before,
    requests.table,
    {
      method: stage.drift?.method,
      threshold: stage.drift?.threshold,
      falseDiscoveryRate: stage.drift?.['false-discovery-rate'],
      minimumRows: stage.drift?.['minimum-rows'],
    },
    prediction,
  );
  const { entry } = watched;
  const when = stage.retrain?.when;
  const report: DriftReport = {
    format: 1,
    created: new Date().toISOString(),
    deployment: { target: entry.target, model: entry.model, version: entry.version },
    reference: stage.reference,
    ...drift,
    rows: { ...drift.rows, skipped: requests.skipped },
    window: {
      ...(requests.from !== undefined && { from: requests.from }),
      ...(requests.to !== undefined && { to: requests.to }),
    },
    ...(when !== undefined && { retrain: { when, due: isDue(when, drift) } }),
  };
  return conclude(context, report);
}

async function openReference(database: Database, input: Input): Promise<OpenTable & { readonly dataset: Dataset }> {
  const dataset = await readJson<Dataset>(join(input.path, 'dataset.json'));
  const split = input.output ?? 'train';
  if (dataset === undefined || dataset.splits[split] === undefined) {
    throw new UserError({
      code: 'reference-missing',
      message: `The result of '${input.stage}' has no split '${split}' to compare with.`,
      hint: dataset === undefined ? 'Run that stage again.' : `It has ${Object.keys(dataset.splits).join(', ')}.`,
      path: ['reference'],
    });
  }
  return { ...(await openParquet(database, join(input.path, `${split}.parquet`))), dataset };
}

/** The columns to watch, with how they are read: those asked for, else the inputs of the model. */
function watchedColumns(
  context: StageContext<MonitorStage>,
  reference: OpenTable & { readonly dataset: Dataset },
  { model }: Watched,
): Record<string, ColumnReading> {
  const there = reference.columns.map(({ name }) => name);
  const asked = context.stage.drift?.columns;
  asked?.forEach((name, i) => {
    if (there.includes(name)) return;
    const meant = nearest(name, there);
    throw new UserError({
      code: 'monitor-column-missing',
      message: `The reference ${context.stage.reference} has no column '${name}' to watch.`,
      hint: meant === undefined ? `It has ${there.slice(0, 20).join(', ')}.` : `Did you mean '${meant}'?`,
      path: ['drift', 'columns', i],
    });
  });
  const inputs = model?.info.inputs.map(({ name }) => name) ?? reference.dataset.inputs ?? [];
  const names = asked ?? inputs.filter((name) => there.includes(name));
  const lost = asked === undefined ? inputs.filter((name) => !there.includes(name)) : [];
  if (lost.length > 0)
    context.log(
      'warning',
      `The reference ${context.stage.reference} lacks ${list(lost)}, which the deployed model takes; nothing can be said of ${lost.length === 1 ? 'it' : 'them'}.`,
      {
        code: 'reference-other-columns',
        hint: 'Compare with the data that the deployed model was trained on.',
        path: ['reference'],
      },
    );
  if (names.length === 0)
    throw new UserError({
      code: 'reference-other-data',
      message: `The reference ${context.stage.reference} has none of the columns that the deployed model takes.`,
      hint: 'Compare with the data that the deployed model was trained on.',
      path: ['reference'],
    });
  const readings = readingsOf(reference, names);
  return Object.fromEntries(names.map((name) => [name, readings[name]!]));
}

/** What the deployment saw: its request log, or the file that a batch wrote. */
async function readCurrent(
  context: StageContext<MonitorStage>,
  database: Database,
  { entry, model }: Watched,
  readings: Readonly<Record<string, ColumnReading>>,
): Promise<RequestProfile> {
  const { stage, store } = context;
  if (entry.output !== undefined) {
    if (stage.window !== undefined)
      context.log(
        'info',
        `'${entry.target}' scores a file, which is looked at as a whole; \`window\` is for servers.`,
        { path: ['window'] },
      );
    return readBatch(database, entry.output, model, readings);
  }
  const { last, hours } = stage.window ?? {};
  const deployed = new Date(entry.time);
  const from = hours === undefined ? deployed : new Date(Math.max(deployed.getTime(), Date.now() - hours * 3_600_000));
  const window: RequestWindow = {
    since: from,
    model: entry.model,
    version: entry.version,
    ...(last !== undefined && { last }),
  };
  return profileRequests(store, entry.target, window, readings, model?.info);
}

async function readBatch(
  database: Database,
  path: string,
  model: Watched['model'],
  readings: Readonly<Record<string, ColumnReading>>,
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
  const table = await openTable(database, path);
  // As lifecycle/deploy/score.ts names them.
  const answer = model?.info.task === 'binary' ? `probability_${String(model.info.classes?.[1])}` : 'prediction';
  const reading: ColumnReading | undefined = model && {
    type: model.info.task === 'multiclass' ? 'text' : 'number',
    ...(model.info.task !== 'multiclass' && { float32: true }),
  };
  const { rows, columns } = await profileRelation(database, table, {
    ...readings,
    ...(reading && { [answer]: reading }),
  });
  const { [answer]: predicted, ...rest } = columns;
  const time = found.mtime.toISOString();
  return {
    table: { rows, columns: answer in readings ? columns : rest },
    prediction: predicted,
    foreign: [],
    skipped: 0,
    from: time,
    to: time,
  };
}

function sayWhatIsOdd(
  context: StageContext<MonitorStage>,
  { table, foreign, skipped }: RequestProfile,
  readings: Readonly<Record<string, ColumnReading>>,
  { entry }: Watched,
): void {
  if (skipped > 0)
    context.log(
      'warning',
      `${skipped.toLocaleString('en')} ${skipped === 1 ? 'line' : 'lines'} of the request log could not be read and ${skipped === 1 ? 'was' : 'were'} passed over.`,
      { code: 'log-lines-skipped' },
    );
  if (table.rows === 0)
    return context.log(
      'info',
      `Nothing was asked of ${entry.model} ${entry.version} on '${entry.target}' in the window.`,
      {
        code: 'log-empty',
        hint: 'Was it deployed a moment ago, or is `log: off` set for the target?',
      },
    );
  const lost = Object.keys(readings).filter((name) => !Object.hasOwn(table.columns, name));
  if (lost.length > 0)
    context.log(
      'warning',
      `${entry.output === undefined ? 'The log' : 'The output'} of '${entry.target}' does not hold ${list(lost)}; nothing can be said of ${lost.length === 1 ? 'it' : 'them'}.`,
      {
        code: 'log-columns-missing',
        hint:
          entry.output === undefined
            ? 'Redacted columns are not logged.'
            : 'List them under `keep` of the target, or leave `keep` out.',
      },
    );
  if (foreign.length > 0)
    context.log(
      'info',
      `The log also holds ${list(foreign)}, which ${foreign.length === 1 ? 'is' : 'are'} not watched.`,
    );
}
