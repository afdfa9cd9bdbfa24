import { join } from 'node:path';
import type { Dataset, ModelInfo, MonitorStage } from '../../schemas/generated/types';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';
import { readJson } from '../process/files';
import type { Decision } from '../store/decisions';
import type { Input, StageContext } from '../store/room';
import { columnsOf, type Database, identifier, LABEL, literalPath } from '../table';
import { binnerOf } from './binner';
import type { Watched } from './deployment';
import { openParquet, type OpenTable, profileRelation, readingsOf } from './files';
import { KeptReference } from './kept-reference';
import { Measures, sizeProfiles, type Unlike, unlikeColumns } from './measures';
import type { ColumnProfile, ColumnReading, TableProfile } from './profile';
import { list } from './report';
import { profileRequests, type RequestPass, type RequestProfile } from './requests';
import { readLog } from './sources/log';

export type ReferenceTable = OpenTable & { readonly dataset: Dataset; readonly folder: string };

/** What the window is compared with. */
export interface Reference {
  readonly profile: TableProfile;
  readonly prediction: ColumnProfile | undefined;
  /** Some of its rows, as raw values in the order of the watched columns, then what is measured of free texts and images. */
  readonly sample: readonly (readonly unknown[])[];
  /** How it is called in the report. */
  readonly name: string;
  /** Counts what is measured of free texts and images as it was measured here. */
  readonly measures: () => Measures;
}

/**
 * Reads the reference: the split that the stage names, or the requests of a time that a person accepted as the normal state.
 *
 * @param season keeps only rows of the weekdays and hours that the window has
 */
export async function readReference(
  context: StageContext<MonitorStage>,
  database: Database,
  table: ReferenceTable,
  readings: Readonly<Record<string, ColumnReading>>,
  { entry, model, info }: Watched,
  accepted: Decision | undefined,
  unlike: readonly Unlike[] = [],
): Promise<Reference> {
  const names = Object.keys(readings);
  const { artifact } = context.input(context.stage.reference).manifest;
  const kept = new KeptReference(context.store, artifact, table.folder, database, table);
  try {
    const { n } = await database.one<{ n: number }>(`SELECT count(*) AS n FROM ${table.relation}`);
    const learnt = await kept.measures(unlike, n);
    const measures = () => new Measures(unlike, learnt.vocabularies);
    const measured = measures().names.map((name) => ({ name }));
    if (accepted?.window !== undefined) {
      const { target, from, to } = accepted.window;
      const span = { since: new Date(from), until: new Date(to) };
      const { source } = context.stage;
      const found =
        source === undefined
          ? await profileRequests(context.store, target, { ...span, model: entry.model }, readings, model?.info, {
              names,
              binners: [],
              seed: context.seed,
              measures: measures(),
              measured,
            })
          : await readLogOf(
              context,
              database,
              source,
              span,
              readings,
              info,
              await profileRelation(database, table, readings),
              table.dataset.written,
              { measures: measures(), measured },
            );
      if (found.table.rows > 0)
        return {
          profile: found.table,
          prediction: found.prediction,
          sample: found.sample ?? [],
          name: `the requests of ${from.slice(0, 16)} … ${to.slice(0, 16)}, accepted as the reference`,
          measures,
        };
      context.log(
        'warning',
        `The requests of ${from.slice(0, 10)} … ${to.slice(0, 10)} that were accepted as the reference are no longer in the log; ${context.stage.reference} is compared with instead.`,
        {
          code: 'accepted-reference-gone',
          hint: 'Accept a newer time, or lift the decision.',
          path: ['reference'],
        },
      );
    }
    const profile = await kept.profile(readings);
    const takes = model?.info.inputs.every(({ name }) => table.columns.some((column) => column.name === name));
    return {
      profile: {
        ...profile,
        columns: { ...profile.columns, ...learnt.columns, ...sizeProfiles(unlike, table.dataset) },
      },
      measures,
      prediction:
        model !== undefined && takes === true
          ? await kept.prediction(profile.rows, model, entry.digest, context.signal)
          : undefined,
      sample: await kept.sample(names, profile.rows, unlike.length > 0 ? measures() : undefined),
      name: context.stage.reference,
    };
  } finally {
    await kept.close();
  }
}

/** What a log of elsewhere held in a time that is over. */
function readLogOf(
  context: StageContext<MonitorStage>,
  database: Database,
  source: NonNullable<MonitorStage['source']>,
  span: { readonly since: Date; readonly until: Date },
  readings: Readonly<Record<string, ColumnReading>>,
  info: Watched['info'],
  { columns }: TableProfile,
  written: Dataset['written'],
  measuring: Pick<RequestPass, 'measures' | 'measured'>,
): Promise<RequestProfile> {
  const names = Object.keys(readings).filter((name) => Object.hasOwn(columns, name));
  const binners = names.map((name) => binnerOf(columns[name]!, readings[name]!.float32));
  return readLog(context, database, {
    source,
    readings,
    names,
    binners,
    seed: context.seed,
    info,
    ...span,
    reference: columns,
    written,
    ...measuring,
  });
}

/**
 * Narrows the reference to rows whose time falls on weekdays or hours (UTC) that the window has too, so that a Monday is compared with Mondays.
 *
 * @throws UserError `reference-no-time`
 */
export function inSeason(
  context: StageContext<MonitorStage>,
  table: ReferenceTable,
  from: string | undefined,
  to: string | undefined,
): ReferenceTable {
  const season = context.stage.drift?.season ?? 'none';
  if (season === 'none' || from === undefined || to === undefined) return table;
  const time = table.dataset.columns.find(
    ({ roles, type }) => (roles as string[]).includes('time') || type === 'time',
  )?.name;
  if (time === undefined || !table.columns.some(({ name }) => name === time))
    throw new UserError({
      code: 'reference-no-time',
      message: `The reference ${context.stage.reference} has no column of time, so its rows have no ${season === 'hour' ? 'hour' : 'weekday'}.`,
      hint: 'Name one under `columns: {time: …}` of the data stage, or leave `season` out.',
      path: ['drift', 'season'],
    });
  const parts = season === 'hour' ? ['hour'] : season === 'weekday' ? ['weekday'] : ['weekday', 'hour'];
  const keys = seasonsOf(Date.parse(from), Date.parse(to), parts);
  if (keys === undefined) return table;
  const column = `TRY_CAST(${identifier(time)} AS TIMESTAMP)`;
  const key = parts.map((part) => (part === 'hour' ? `hour(${column})` : `dayofweek(${column})`)).join(` * 100 + `);
  return { ...table, relation: `(SELECT * FROM ${table.relation} WHERE ${key} IN (${[...keys].join(', ')}))` };
}

const HOUR = 3_600_000;

/** The weekdays (0 is Sunday) and hours between two moments, as one number each; undefined when they are all. */
function seasonsOf(from: number, to: number, parts: readonly string[]): Set<number> | undefined {
  if (to - from >= 7 * 24 * HOUR) return undefined;
  const keys = new Set<number>();
  for (let at = Math.floor(from / HOUR) * HOUR; at <= to; at += HOUR) {
    const date = new Date(at);
    const values = parts.map((part) => (part === 'hour' ? date.getUTCHours() : date.getUTCDay()));
    keys.add(values.length === 2 ? values[0]! * 100 + values[1]! : values[0]!);
  }
  return keys;
}

/**
 * P(positive) and outcomes of a split that the model did not learn from, to make its scores probabilities. Undefined for other tasks, and where
 * the dataset has no such split.
 */
export async function heldOut(
  database: Database,
  table: ReferenceTable,
  model: { readonly info: ModelInfo; readonly onnx: Uint8Array },
  signal: AbortSignal,
  kept: { readonly store: string; readonly content: string; readonly digest: string },
): Promise<{ readonly scores: Float64Array; readonly outcomes: Float64Array; readonly split: string } | undefined> {
  if (model.info.task !== 'binary') return undefined;
  const split = ['test', 'validation'].find((name) => table.dataset.splits[name] !== undefined);
  if (split === undefined) return undefined;
  const rows = await openParquet(database, join(table.folder, `${split}.parquet`));
  if (!model.info.inputs.every(({ name }) => rows.columns.some((column) => column.name === name))) return undefined;
  const keeping = new KeptReference(kept.store, kept.content, table.folder, database, rows);
  const scores = await keeping.scores(model, kept.digest, signal).finally(() => keeping.close());
  const file = `read_parquet(${literalPath(join(table.folder, `${split}.features.parquet`))})`;
  const { columns } = await columnsOf(database, file, [LABEL]);
  const outcomes = columns[LABEL]!.values;
  return outcomes instanceof Float64Array && outcomes.length === scores.length
    ? { scores, outcomes, split }
    : undefined;
}

/** The split of a data stage's result that a monitor stage compares with. @throws UserError `reference-missing` */
export async function openReference(database: Database, input: Input): Promise<ReferenceTable> {
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
  return { ...(await openParquet(database, join(input.path, `${split}.parquet`))), dataset, folder: input.path };
}

/** The columns to watch, with how they are read: those asked for, else the inputs of the model. */
export function watchedColumns(
  context: StageContext<MonitorStage>,
  reference: ReferenceTable,
  { model }: Watched,
): { readonly readings: Record<string, ColumnReading>; readonly unlike: readonly Unlike[] } {
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
  // Each free text and image is new: compared as categories they would always have drifted.
  const unlike = asked === undefined ? unlikeColumns(reference, { model }) : [];
  const free = new Set(unlike.map(({ name }) => name));
  const known = inputs.filter((name) => there.includes(name));
  // Time goes on: the dates of requests are later than those learnt from, and that is no drift.
  const times = new Set(reference.dataset.columns.flatMap(({ name, type }) => (type === 'time' ? [name] : [])));
  const names = asked ?? known.filter((name) => !free.has(name) && !times.has(name));
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
  if (names.length === 0 && known.length === 0)
    throw new UserError({
      code: 'reference-other-data',
      message: `The reference ${context.stage.reference} has none of the columns that the deployed model takes.`,
      hint: 'Compare with the data that the deployed model was trained on.',
      path: ['reference'],
    });
  const readings = readingsOf(reference, names);
  return { readings: Object.fromEntries(names.map((name) => [name, readings[name]!])), unlike };
}
