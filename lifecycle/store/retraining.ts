import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listFolder } from '../process/files';
import { LineReader, LineWriter, parseObject } from '../process/jsonl';

/**
 * What a retraining went through, in this order. A loop that was killed goes on after the last step that is written here.
 * - `due`: the condition held; a retraining begins.
 * - `data`: the new data version is written.
 * - `trained`: the pipeline ran on it and its gates hold.
 * - `compared`: champion and challenger were judged on the same fresh rows.
 * - `waiting`: a person is asked.
 * - `approved`: a person, or `approve: auto`, let it go live.
 * - `deployed`: it is live, or gets part of the traffic.
 * Ends: `promoted` (it is the champion now), `kept-out` (it lost, or a gate failed, or a person said no), `rolled-back`, `failed` (try again later).
 */
export type RetrainStep =
  | 'due'
  | 'data'
  | 'trained'
  | 'compared'
  | 'waiting'
  | 'approved'
  | 'deployed'
  | 'promoted'
  | 'kept-out'
  | 'rolled-back'
  | 'failed';

export const RETRAIN_ENDS: ReadonlySet<RetrainStep> = new Set(['promoted', 'kept-out', 'rolled-back', 'failed']);

/** One line of `.lifecycle/monitor/PIPELINE/STAGE.retrain.jsonl`. */
export interface RetrainEvent {
  readonly format: 1;
  readonly time: string;
  /** Id of the retraining. */
  readonly id: string;
  readonly step: RetrainStep;
  /** Why, in words and figures. */
  readonly reason: string;
  /** Of `due`: the environment of the pipeline that all of it happens in; null without one. Undefined when an earlier version began it. */
  readonly environment?: string | null;
  /** Run of the pipeline that this step made. */
  readonly run?: string;
  /** Of `data`: the files, absolute. */
  readonly data?: {
    readonly train?: string;
    readonly fresh: string;
    readonly rows: number;
    readonly labelled: number;
    readonly test: number;
  };
  readonly champion?: { readonly model: string; readonly version: number; readonly digest: string };
  readonly challenger?: { readonly model: string; readonly version: number; readonly digest: string };
  /** Of `compared`. */
  readonly comparison?: {
    readonly metric: string;
    readonly rows: number;
    readonly champion: number;
    readonly challenger: number;
    readonly difference: number;
    readonly low: number;
    readonly high: number;
    readonly p: number;
    readonly wins: boolean;
  };
}

export interface Retraining {
  readonly id: string;
  readonly pipeline: string;
  readonly stage: string;
  /** Oldest first. */
  readonly events: readonly RetrainEvent[];
}

export function retrainPath(store: string, pipeline: string, stage: string): string {
  return join(store, 'monitor', pipeline, `${stage}.retrain.jsonl`);
}

/** The retrainings of a monitor stage, oldest first. */
export async function readRetrainings(store: string, pipeline: string, stage: string): Promise<Retraining[]> {
  const found = new Map<string, RetrainEvent[]>();
  await new LineReader(retrainPath(store, pipeline, stage)).read((line) => {
    const event = parseObject<RetrainEvent>(line);
    if (event?.format !== 1 || typeof event.id !== 'string') return;
    const events = found.get(event.id);
    if (events) events.push(event);
    else found.set(event.id, [event]);
  });
  return [...found].map(([id, events]) => ({ id, pipeline, stage, events }));
}

/** Every retraining of a store. */
export async function allRetrainings(store: string): Promise<Retraining[]> {
  const all: Retraining[] = [];
  for (const pipeline of await listFolder(join(store, 'monitor')))
    for (const name of await listFolder(join(store, 'monitor', pipeline))) {
      const stage = /^(.*)\.retrain\.jsonl$/.exec(name)?.[1];
      if (stage !== undefined) all.push(...(await readRetrainings(store, pipeline, stage)));
    }
  return all;
}

/** Writes a step down; when this returns it is on disk. */
export function noteRetraining(
  store: string,
  pipeline: string,
  stage: string,
  event: Omit<RetrainEvent, 'format' | 'time'>,
): RetrainEvent {
  const path = retrainPath(store, pipeline, stage);
  mkdirSync(dirname(path), { recursive: true });
  const whole: RetrainEvent = { format: 1, time: new Date().toISOString(), ...event };
  const writer = new LineWriter(path);
  writer.append(JSON.stringify(whole));
  writer.close();
  if (writer.failed !== undefined) throw writer.failed;
  return whole;
}
