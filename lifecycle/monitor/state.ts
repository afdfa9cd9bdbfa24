import { join } from 'node:path';
import { readJson, writeAtomic } from '../process/files';
import type { KeptAlert } from './alerts';
import type { Message } from './deliver';
import type { ServiceSnapshot } from './service';

/** What a monitor stage remembers from one report to the next: `.lifecycle/monitor/PIPELINE/STAGE.json`. */
export interface MonitorState {
  readonly format: 1;
  readonly alerts: Readonly<Record<string, KeptAlert>>;
  /** Looks at the server, oldest first: what happened since is told. */
  readonly looks?: readonly ServiceSnapshot[];
  /** Messages that were not taken yet. */
  readonly outbox: readonly Message[];
}

export function statePath(store: string, pipeline: string, stage: string): string {
  return join(store, 'monitor', pipeline, `${stage}.json`);
}

/** The state; a fresh one when there is none, or it can't be read: alerts then begin anew, nothing else is lost. */
export async function readState(path: string): Promise<MonitorState> {
  const state = await readJson<MonitorState>(path);
  const sound = state?.format === 1 && typeof state.alerts === 'object' && Array.isArray(state.outbox);
  return sound ? state : { format: 1, alerts: {}, outbox: [] };
}

export function writeState(path: string, state: MonitorState): Promise<void> {
  return writeAtomic(path, `${JSON.stringify(state, null, 1)}\n`);
}
