import type { DriftReport, MonitorStage } from '../../schemas/generated/types';
import { isotonic } from '../statistics/estimated';
import { type Sample, sampleFromCounts } from '../statistics/sample';
import { type Decision, holding, readDecisions } from '../store/decisions';
import type { Room, StageContext, StageResult } from '../store/room';
import { type Database, withDatabase } from '../table';
import { judgeAlerts, rulesOf } from './alerts';
import { binnerOf } from './binner';
import { businessColumns } from './business';
import { pick, readCurrent, sayWhatIsOdd, windowStart } from './current';
import { deliver, messagesFor } from './deliver';
import { findWatched, type Watched } from './deployment';
import { compareProfiles, type Drift } from './drift';
import { explainRows } from './explain';
import { readingsOf } from './files';
import { figuresOf, holds, sayValues } from './figures';
import { looksLikeOwnOutput, readLabels, unknownIds } from './labels';
import { type Measures, sizeNames, whereLogged } from './measures';
import { type Answers, type LivePerformance, measurePerformance } from './performance';
import { heldOut, inSeason, openReference, readReference, type ReferenceTable, watchedColumns } from './reference';
import { conclude } from './report';
import { binsOf, isProbability, type RequestPass, type RequestProfile } from './requests';
import { readService } from './service';
import { readState, statePath, writeState } from './state';
import { askPrometheus, countedSince, volumeOf } from './traffic';
import { compareWindows, scoreSample } from './windows';

/** Compares what a deployed model is asked with what it was trained on. */
export const room: Room<MonitorStage> = {
  kind: 'monitor',
  version: 2,
  effect: true,
  run: (context) =>
    withDatabase({ scratch: context.scratch, threads: context.threads, signal: context.signal }, (database) =>
      watch(context, database),
    ),
};

const DEFAULT_RATE = 0.05;
const DEFAULT_MINIMUM = 50;

async function watch(context: StageContext<MonitorStage>, database: Database): Promise<StageResult> {
  const { stage, store } = context;
  const now = new Date();
  const watched = await findWatched(context);
  const { entry } = watched;
  const decisions = await decisionsOf(context);
  context.progress(0, 'reading the reference');
  const whole = await openReference(database, context.input(stage.reference));
  const { readings, unlike } = watchedColumns(context, whole, watched);
  const live = entry.output === undefined || stage.source !== undefined;
  const server = live && entry.kind !== 'elsewhere';
  const table = live ? inSeason(context, whole, windowStart(context, watched).toISOString(), now.toISOString()) : whole;
  const accepted = decisions.findLast(({ action }) => action === 'accept-reference');
  const reference = await readReference(context, database, table, readings, watched, accepted, unlike);

  context.progress(0.3, 'reading the requests');
  const watchedNames = Object.keys(readings);
  const names = watchedNames.filter((name) => Object.hasOwn(reference.profile.columns, name));
  const binners = names.map((name) => binnerOf(reference.profile.columns[name]!, readings[name]!.float32));
  const predicts = reference.prediction !== undefined && live;
  if (predicts) binners.push(binnerOf(reference.prediction, true));
  const feedback = live
    ? await readLabels(context, database, entry.target, {
        written: whole.dataset.written,
        task: watched.info?.task,
      })
    : undefined;
  const measures = unlike.length > 0 ? reference.measures() : undefined;
  const binned = (all: readonly string[]) =>
    all
      .filter((name) => Object.hasOwn(reference.profile.columns, name))
      .map((name) => ({ name, binner: binnerOf(reference.profile.columns[name]!) }));
  const [measured, sizes] = [binned(measures?.names ?? []), binned(unlike.flatMap(sizeNames))];
  const pass = {
    names,
    binners,
    each: stage.window?.each,
    feedback,
    seed: context.seed,
    measures,
    measured,
    sizes,
    extras: extrasOf(stage, whole, names),
  };
  const requests = await readCurrent(context, database, watched, readings, pass, reference, whole.dataset.written);
  sayWhatIsOdd(context, requests, readings, watched);
  const changed = feedback?.changed ?? 0;
  if (changed > 0)
    context.log(
      'info',
      `${changed.toLocaleString('en')} ${changed === 1 ? 'outcome was' : 'outcomes were'} told again and differently; the last one counts.`,
      { code: 'labels-changed', path: ['labels'] },
    );
  const unread = feedback?.skipped ?? 0;
  if (unread > 0)
    context.log(
      'warning',
      `${unread.toLocaleString('en')} ${unread === 1 ? 'outcome has' : 'outcomes have'} no id, no label or no proper row, and ${unread === 1 ? 'was' : 'were'} passed over.`,
      { code: 'labels-skipped', path: ['labels'] },
    );

  context.progress(0.6, 'comparing');
  const options = {
    method: stage.drift?.method,
    threshold: stage.drift?.threshold,
    falseDiscoveryRate: stage.drift?.['false-discovery-rate'],
    minimumRows: stage.drift?.['minimum-rows'],
    suppressed: suppressedBy(decisions),
  };
  const prediction =
    reference.prediction !== undefined && requests.prediction !== undefined
      ? { reference: reference.prediction, current: requests.prediction }
      : undefined;
  const comparable = whereLogged(reference.profile, requests.table, unlike);
  const drift = withNotes(compareProfiles(comparable, requests.table, options, prediction), measures);
  const rate = options.falseDiscoveryRate ?? DEFAULT_RATE;
  const minimumRows = options.minimumRows ?? DEFAULT_MINIMUM;
  const enough = drift.verdict !== 'too-few-rows';
  const windows =
    requests.windows === undefined
      ? []
      : compareWindows(requests.windows, [...binners, ...binsOf(measured), ...binsOf(sizes)], {
          ...{ rate, threshold: options.threshold, minimumRows, names, predicts },
          measured: [...measured, ...sizes].map(({ name }) => name),
        });
  const rows = enough
    ? await explainRows(context, {
        names: [...names, ...measured.map(({ name }) => name)],
        binners: [...binners.slice(0, names.length), ...binsOf(measured)],
        cutting: names.length,
        readings,
        reference: pick(reference.sample, [
          ...names.map((name) => watchedNames.indexOf(name)),
          ...measured.map(({ name }) => watchedNames.length + (measures?.names.indexOf(name) ?? -1)),
        ]),
        current: requests.sample ?? [],
        rate,
      })
    : {};
  context.progress(0.8, 'measuring performance');
  const categories = names.filter((_, i) => binners[i]!.kind === 'category' && binners[i]!.bins <= 20);
  const slices = stage.labels?.slices ?? categories.slice(0, 8);
  const performance = await performanceOf(context, database, whole, watched, requests, {
    changed: feedback?.changed ?? 0,
    slices,
  });
  const path = statePath(store, context.pipeline.name, context.name);
  const before = await readState(path);
  const from = windowStart(context, watched);
  const asked = stage.service && (await askPrometheus(context, from, now));
  const service =
    server && asked === undefined
      ? await readService(store, entry.target, before.looks ?? [], context.signal)
      : undefined;

  const judged: Drift = {
    ...drift,
    verdict:
      drift.verdict === 'stable' && (rows.domain?.drifted === true || rows.mmd?.drifted === true)
        ? 'drift'
        : drift.verdict,
  };
  const report: DriftReport = {
    format: 1,
    created: now.toISOString(),
    deployment: { target: entry.target, model: entry.model, version: entry.version },
    reference: reference.name,
    ...judged,
    rows: {
      ...judged.rows,
      skipped: requests.skipped,
      ...((requests.undated ?? 0) > 0 && { undated: requests.undated! }),
      ...((requests.future ?? 0) > 0 && { future: requests.future! }),
      ...((requests.duplicates ?? 0) > 0 && { duplicates: requests.duplicates! }),
    },
    window: {
      ...(requests.from !== undefined && { from: requests.from }),
      ...(requests.to !== undefined && { to: requests.to }),
    },
    ...(windows.length > 1 && { windows }),
    ...rows,
    ...(performance && { performance }),
    ...(live && {
      service: {
        ...(service?.figures ?? volumeOf(requests, countedSince(stage, from, requests), now)),
        ...(requests.to !== undefined && { last: requests.to }),
        ...asked,
      },
    }),
    ...(decisions.length > 0 && { decisions: decisions.map(appliedOf) }),
    ...notesOf(judged, minimumRows, stage),
  };
  const last = requests.to ?? requests.latest;
  const figures = figuresOf(report, {
    // Of what is served elsewhere nobody knows since when.
    ...(entry.kind !== 'elsewhere' && { since: entry.time }),
    now,
    ...(last !== undefined && { last }),
  });
  // What is watched, but not in this report (the size of images that no request brought), is not known rather than misspelt.
  for (const name of Object.keys(reference.profile.columns))
    if (!figures.has(`drift.${name}`)) figures.set(`drift.${name}`, null);
  report.values = Object.fromEntries(figures);
  const when = stage.retrain?.when;
  if (when !== undefined) {
    const { holds: due, values } = holds(when, figures, { code: 'retrain-condition', path: ['retrain', 'when'] });
    report.retrain = { when, due, reason: sayValues(values) };
  }
  const drifted = report.features.filter((feature) => feature.drifted).map(({ column }) => column);
  const alerts = judgeAlerts(rulesOf(stage.alerts), figures, before.alerts, decisions, drifted, now);
  if (alerts.states.length > 0) report.alerts = alerts.states;
  const labels = {
    pipeline: context.pipeline.name,
    stage: context.name,
    model: entry.model,
    version: String(entry.version),
    target: entry.target,
  };
  const receivers = stage.notify ?? [];
  const fresh = messagesFor(
    alerts.states.filter(({ told }) => told),
    receivers,
    labels,
    now,
  );
  const state = {
    format: 1 as const,
    alerts: alerts.kept,
    ...(service ? { looks: service.kept } : before.looks && { looks: before.looks }),
    outbox: [...before.outbox, ...fresh],
  };
  // Written before anything is sent: a crash in between sends a message twice (with the same id) rather than never.
  await writeState(path, state);
  if (state.outbox.length > 0) {
    const outbox = await deliver(state.outbox, {
      receivers,
      secret: (name) => context.secret(name),
      folder: context.folder,
      signal: context.signal,
      failed: (text, place) => context.log('warning', text, { code: 'alert-not-sent', path: [...place] }),
    });
    await writeState(path, { ...state, outbox });
  }
  return conclude(context, report);
}

/** Names the new words of a text beside their share. */
function withNotes(drift: Drift, measures: Measures | undefined): Drift {
  if (measures === undefined) return drift;
  const features = drift.features.map((feature) => {
    const note = [feature.note, measures.noteOf(feature)].filter((one) => one !== undefined).join(' ');
    const of = measures.columnOf(feature.column);
    return { ...feature, ...(of !== undefined && { of }), ...(note !== '' && { note }) };
  });
  return { ...drift, features };
}

async function decisionsOf(context: StageContext<MonitorStage>): Promise<Decision[]> {
  const { entries, problem } = await readDecisions(context.store);
  if (problem !== undefined)
    context.log('warning', `${problem.message} What was decided after is not followed.`, {
      code: problem.problem.code,
      ...(problem.problem.hint !== undefined && { hint: problem.problem.hint }),
    });
  return holding(entries, { pipeline: context.pipeline.name, stage: context.name }).filter(
    ({ action }) => action !== 'approve' && action !== 'reject',
  );
}

function appliedOf({ action, time, by, reason, columns, rule, until }: Decision) {
  return {
    action: action as 'suppress',
    time,
    by,
    reason,
    ...(columns && { columns: [...columns] }),
    ...(rule !== undefined && { rule }),
    ...(until !== undefined && { until }),
  };
}

/** An acknowledged change may grow by half before it counts again. */
const TOLERATED_GROWTH = 1.5;

function suppressedBy(decisions: readonly Decision[]): (column: string, statistic: number) => string | undefined {
  return (column, statistic) => {
    const found = decisions.findLast(
      (one) =>
        (one.action === 'suppress' && one.columns?.includes(column)) ||
        (one.action === 'acknowledge' &&
          one.columns?.includes(column) &&
          statistic <= TOLERATED_GROWTH * (one.statistics?.[column] ?? Infinity)),
    );
    return found && `${found.action === 'suppress' ? 'suppressed' : 'acknowledged'} by ${found.by}: ${found.reason}`;
  };
}

function notesOf(drift: Drift, minimum: number, stage: MonitorStage): Pick<DriftReport, 'notes' | 'method'> {
  const fewest = Math.min(drift.rows.reference, drift.rows.current);
  const season = stage.drift?.season ?? 'none';
  const notes = [
    ...(fewest < minimum
      ? [`The smaller side has ${fewest} rows; fewer than ${minimum} give no verdict.`]
      : fewest < 300
        ? [
            `With ${fewest} rows on the smaller side only large changes are seen: shifts of a mean from about ${(2.8 * Math.sqrt(1 / fewest + 1 / Math.max(drift.rows.reference, drift.rows.current))).toFixed(2)} standard deviations on.`,
          ]
        : []),
    ...(season === 'none' ? [] : [`Only rows of the reference of the same ${season} were compared (UTC).`]),
  ];
  const method = drift.features.find(({ because }) => because?.startsWith('auto'))?.because;
  return { ...(notes.length > 0 && { notes }), ...(method !== undefined && { method }) };
}

/** Columns that labelled rows are asked of, beside those that are watched. */
function extrasOf(
  { labels, source }: MonitorStage,
  table: ReferenceTable,
  watched: readonly string[],
): RequestPass['extras'] {
  if (source === undefined || labels === undefined) return undefined;
  const wanted = [...(labels.slices ?? []), ...businessColumns(labels.business)].filter(
    (name) => !watched.includes(name),
  );
  const known = readingsOf(table, wanted);
  return Object.fromEntries(wanted.map((name) => [name, Object.hasOwn(known, name) ? known[name]! : null]));
}

/** The answers of two classes that are probabilities: a log of elsewhere may hold others, which is said. */
function probabilities(sample: Sample, { task }: NonNullable<Watched['info']>): Sample {
  if (task !== 'binary' || sample.values.every(isProbability)) return sample;
  const kept = [...sample.values.keys()].filter((i) => isProbability(sample.values[i]!));
  return sampleFromCounts(
    kept.map((i) => sample.values[i]!),
    kept.map((i) => sample.counts[i]!),
  );
}

async function performanceOf(
  context: StageContext<MonitorStage>,
  database: Database,
  table: ReferenceTable,
  { entry, model, info }: Watched,
  requests: RequestProfile,
  { changed, slices }: { readonly changed: number; readonly slices: readonly string[] },
): Promise<LivePerformance | undefined> {
  if (info === undefined || requests.windows === undefined || requests.table.rows === 0) return undefined;
  const { labelled = [], unmatched = [] } = requests;
  const scores = requests.prediction?.kind === 'number' ? probabilities(requests.prediction.sample, info) : undefined;
  const parts = requests.windows.sorted();
  const confidence = parts.reduce((sum, { part }) => sum + (part.confidence ?? 0), 0) / requests.table.rows;
  const answersOf = (from: number, to: number, rows: number, more: Partial<Answers>): Answers => ({
    from,
    to,
    rows,
    ...more,
  });
  const held =
    scores === undefined || model === undefined
      ? undefined
      : await heldOut(database, table, model, context.signal, {
          store: context.store,
          content: context.input(context.stage.reference).manifest.artifact,
          digest: entry.digest,
        });
  const all = answersOf(0, Infinity, requests.table.rows, {
    ...(scores && info.task === 'binary' && { scores }),
    ...(info.task === 'multiclass' && context.stage.source === undefined && { confidence }),
  });
  const over = parts.map(({ from, part }) => {
    const sample = scoreSample(part);
    return answersOf(from, from + requests.windows!.width, part.rows, {
      ...(sample && { scores: sample }),
      ...(part.confidence !== undefined && { confidence: part.confidence / part.rows }),
    });
  });
  const measured = measurePerformance(labelled, all, over, {
    info,
    metrics:
      context.stage.labels?.metrics ??
      // A log of classes knows no probabilities.
      (context.stage.source !== undefined && info.task === 'multiclass'
        ? ['accuracy', 'balanced-accuracy', 'f1']
        : undefined),
    slices,
    business: context.stage.labels?.business,
    types: Object.fromEntries([...(model?.info.inputs ?? []), ...table.columns].map(({ name, type }) => [name, type])),
    say: (message) => context.log('warning', message, { code: 'business-incomplete', path: ['labels', 'business'] }),
    ...(held && { calibrated: isotonic(held.scores, held.outcomes) }),
    seed: context.seed,
  });
  const reference = model?.metrics ?? {};
  if (context.stage.source?.prediction === undefined && context.stage.source !== undefined) return undefined;
  if (looksLikeOwnOutput(labelled, info, reference['accuracy']))
    context.log(
      'warning',
      `The ${labelled.length.toLocaleString('en')} labels of '${entry.target}' agree with the predictions nearly always, though the model was never that good: they look like its own outputs written back.`,
      {
        code: 'labels-own-output',
        hint: 'Label what really happened. Training on its own outputs only makes the model surer of its mistakes.',
        path: ['labels'],
      },
    );
  const unknown = unmatched.length > 0 ? await unknownIds(context.store, entry.target, unmatched) : [];
  if (unknown.length > 0)
    context.log(
      'warning',
      `${unknown.length.toLocaleString('en')} ${unknown.length === 1 ? 'outcome is' : 'outcomes are'} for requests that the log does not hold (${unknown.slice(0, 3).join(', ')}${unknown.length > 3 ? ', …' : ''}).`,
      { code: 'labels-unknown', hint: 'The id is the header x-request-id of the answer.', path: ['labels'] },
    );
  return {
    ...measured,
    ...(unknown.length > 0 && { unknown: unknown.length }),
    ...(changed > 0 && { changed }),
    ...(Object.keys(reference).length > 0 && { reference }),
  };
}
