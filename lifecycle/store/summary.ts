import type {
  CheckpointKept,
  HeadlineMetrics,
  Log,
  Problem,
  RunEvent,
  RunInfo,
  RunRecord,
  StageStarted,
  TrialTold,
} from '../../schemas/generated/types';
import { decodeNumber } from './events';
import { addPoint, type Series } from './series';

/** `lost`: the process ended without a record, for example by `kill -9` or a power cut. */
export type RunStatus = 'running' | 'succeeded' | 'failed' | 'cancelled' | 'lost';

export type StageState = 'waiting' | 'running' | 'succeeded' | 'reused' | 'failed' | 'skipped' | 'cancelled' | 'lost';

/** What is known of one stage of a run. */
export interface StageSummary {
  name: string;
  kind: string;
  after: readonly string[];
  state: StageState;
  /** Why it ran, was reused or was skipped. */
  reason?: string;
  /** 0…1 */
  fraction?: number;
  /** What it is doing. */
  doing?: string;
  fingerprint?: string;
  artifact?: string;
  /** Run that made a reused result. */
  from?: string;
  /** ISO 8601 time. */
  started?: string;
  seconds?: number;
  metrics: HeadlineMetrics;
  /** One line about the result. */
  summary?: string;
  error?: Problem;
  /** The device that it was given; without it the CPU. */
  device?: NonNullable<StageStarted['device']>;
  /** Rests, or will end early, because the user asked for it. */
  control?: 'paused' | 'finishing';
  /** Series by name. */
  series: Record<string, Series>;
  /** Where the training was kept on disk. */
  checkpoints?: Checkpoints;
  /** Trials of a search in order of their number, with holes where nothing was told. */
  trials?: (TrialSummary | undefined)[];
}

/** What is known of the checkpoints of one stage. */
export interface Checkpoints {
  /** Checkpoints told; more than are kept once there were too many. */
  count: number;
  /** In the order they were told. The newest is always there. */
  marks: Checkpoint[];
}

export type Checkpoint = Omit<CheckpointKept, 'type' | 'stage'>;

/** Checkpoints of a stage that a summary keeps. */
export const CHECKPOINT_LIMIT = 400;

/** What is known of one trial of a search. */
export type TrialSummary = Omit<TrialTold, 'time' | 'type' | 'stage'>;

/** Trials of a stage that a summary keeps. */
export const TRIAL_LIMIT = 10_000;

/** What is known of one run. Plain data, no cycles: it can be sent anywhere. */
export interface RunSummary {
  id: string;
  pipeline: string;
  status: RunStatus;
  /** ISO 8601 time. */
  created: string;
  finished?: string;
  seconds?: number;
  stages: StageSummary[];
  /** Rests because the user asked for it: nothing new begins. */
  paused?: true;
  /** Newest log entries, oldest first. */
  logs: Log[];
  /** Log entries that no longer fit into `logs`. */
  logsDropped: number;
  info?: RunInfo;
  /** Lines of the event log that could not be understood. */
  garbage: number;
  /** Events folded in. */
  events: number;
}

/** Log entries that a summary keeps. */
export const LOG_LIMIT = 2_000;

/** The summary of a run of which no event was read. */
export function newSummary(id: string, info?: RunInfo): RunSummary {
  return {
    id,
    pipeline: info?.pipeline ?? '',
    status: 'running',
    created: info?.created ?? '',
    stages: (info?.stages ?? []).map((name) => newStage(name, '', [])),
    logs: [],
    logsDropped: 0,
    ...(info === undefined ? {} : { info }),
    garbage: 0,
    events: 0,
  };
}

function newStage(name: string, kind: string, after: readonly string[]): StageSummary {
  return { name, kind, after, state: 'waiting', metrics: {}, series: {} };
}

/**
 * Folds one event into a summary (in place). The result depends on the events alone: neither the clock nor the disk is asked, and events
 * whose times go backwards are as good as any. Events of unknown type, of a newer engine, are passed over.
 */
export function applyEvent(summary: RunSummary, event: RunEvent): void {
  summary.events++;
  switch (event.type) {
    case 'run-started':
      summary.pipeline = event.pipeline;
      if (summary.created === '') summary.created = event.time;
      summary.stages = event.stages.map((stage) => newStage(stage.name, stage.kind, stage.after));
      return;
    case 'run-finished':
      summary.status = event.status;
      delete summary.paused;
      summary.finished = event.time;
      summary.seconds = event.seconds;
      return;
    case 'log':
      summary.logs.push(event);
      if (summary.logs.length >= 2 * LOG_LIMIT)
        summary.logsDropped += summary.logs.splice(0, summary.logs.length - LOG_LIMIT).length;
      return;
    case 'control': {
      const place = event.stage === undefined ? undefined : stageOf(summary, event.stage);
      if (place === undefined) {
        if (event.state === 'paused') summary.paused = true;
        else delete summary.paused;
      } else if (event.state === 'running') delete place.control;
      else place.control = event.state;
      return;
    }
    case 'stage-started':
    case 'stage-progress':
    case 'metric':
    case 'checkpoint':
    case 'trial':
    case 'stage-reused':
    case 'stage-finished':
    case 'stage-failed':
    case 'stage-skipped':
      applyStageEvent(stageOf(summary, event.stage), event);
      return;
    default:
      return;
  }
}

function stageOf(summary: RunSummary, name: string): StageSummary {
  let stage = summary.stages.find((candidate) => candidate.name === name);
  if (stage === undefined) summary.stages.push((stage = newStage(name, '', [])));
  return stage;
}

type StageEvent = Extract<
  RunEvent,
  {
    type:
      | 'stage-started'
      | 'stage-progress'
      | 'metric'
      | 'checkpoint'
      | 'trial'
      | 'stage-reused'
      | 'stage-finished'
      | 'stage-failed'
      | 'stage-skipped';
  }
>;

function applyStageEvent(stage: StageSummary, event: StageEvent): void {
  switch (event.type) {
    case 'stage-started':
      stage.state = 'running';
      stage.started = event.time;
      stage.fingerprint = event.fingerprint;
      stage.reason = event.reason;
      // What it waited for is over.
      delete stage.doing;
      if (event.device !== undefined) stage.device = event.device;
      return;
    case 'stage-progress':
      if (event.fraction !== undefined) stage.fraction = event.fraction;
      if (event.message !== undefined) stage.doing = event.message;
      return;
    case 'metric':
      if (event.name === '__proto__') return;
      stage.series[event.name] = addPoint(
        Object.hasOwn(stage.series, event.name) ? stage.series[event.name] : undefined,
        event.step,
        decodeNumber(event.value),
        event.epoch,
        Date.parse(event.time),
      );
      return;
    case 'checkpoint': {
      const { time, step, epoch } = event;
      if (!Number.isFinite(step)) return;
      const { count, marks } = (stage.checkpoints ??= { count: 0, marks: [] });
      stage.checkpoints.count = count + 1;
      marks.push({ time, step, ...(epoch === undefined ? {} : { epoch }) });
      if (marks.length > CHECKPOINT_LIMIT)
        stage.checkpoints.marks = marks.filter((_, index) => (marks.length - 1 - index) % 2 === 0);
      return;
    }
    case 'trial': {
      const { time: _time, type: _type, stage: _stage, ...news } = event;
      if (!(Number.isInteger(news.trial) && news.trial >= 1 && news.trial <= TRIAL_LIMIT)) return;
      (stage.trials ??= [])[news.trial - 1] = news;
      return;
    }
    case 'stage-reused':
      stage.state = 'reused';
      stage.fingerprint = event.fingerprint;
      stage.from = event.from;
      stage.metrics = event.metrics ?? {};
      if (event.summary !== undefined) stage.summary = event.summary;
      return;
    case 'stage-finished':
      stage.state = 'succeeded';
      delete stage.control;
      stage.fraction = 1;
      stage.seconds = event.seconds;
      stage.metrics = event.metrics ?? {};
      if (event.summary !== undefined) stage.summary = event.summary;
      return;
    case 'stage-failed':
      stage.state = event.error.code === CANCELLED ? 'cancelled' : 'failed';
      delete stage.control;
      stage.error = event.error;
      if (event.seconds !== undefined) stage.seconds = event.seconds;
      return;
    case 'stage-skipped':
      stage.state = 'skipped';
      stage.reason = event.reason;
      return;
  }
}

/** Code of the problem with which a cancelled stage ends. */
export const CANCELLED = 'cancelled';

/** Adds what the record knows beyond the events, and what a lost run left open. */
export function conclude(summary: RunSummary, end: { record?: RunRecord | undefined; alive: boolean }): void {
  const { record } = end;
  if (record !== undefined) {
    summary.status = record.status;
    summary.finished = record.finished;
    summary.seconds = record.seconds;
    for (const [name, result] of Object.entries(record.stages)) {
      const stage = stageOf(summary, name);
      stage.kind = result.kind;
      stage.state = result.status;
      stage.metrics = result.metrics ?? stage.metrics;
      for (const key of ['fingerprint', 'artifact', 'from', 'seconds', 'summary', 'reason', 'error'] as const) {
        if (result[key] !== undefined) Object.assign(stage, { [key]: result[key] });
      }
    }
    return;
  }
  if (summary.status !== 'running' || end.alive) return;
  summary.status = 'lost';
  delete summary.paused;
  for (const stage of summary.stages) if (stage.state === 'running') stage.state = 'lost';
}
