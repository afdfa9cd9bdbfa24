import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { RolloutState } from '../../schemas/generated/types';
import { validateRollout } from '../../schemas/generated/validators';
import { readJson } from '../process/files';
import { isAlive, machineName, type ProcessIdentity } from '../process/identity';
import { type Elsewhere, elsewhereOf } from './elsewhere';
import { targetFolder } from './ledger';

/** Files of a local target's folder that its server keeps up to date for whoever looks. */
export const LIVE_FILES = { state: 'server.json', rollout: 'rollout.json', traffic: 'traffic.json' } as const;

/** What one version was asked in the last minute. */
export interface VersionTraffic {
  readonly model: string;
  readonly version: number;
  /** Share of the requests to the model, 0 to 1. */
  readonly share: number;
  readonly perSecond: number;
  readonly requests: number;
  readonly errors: number;
  /** Milliseconds. */
  readonly p50?: number;
  readonly p95?: number;
}

/** A row that both versions of a roll-out were asked and answered differently. */
export interface Difference {
  readonly id: string;
  readonly row: number;
  readonly live: string | number;
  readonly candidate: string | number;
}

/** `traffic.json`: what the versions were asked in the last minute, and how those of a roll-out differ. */
export interface TrafficFile {
  readonly format: 1;
  readonly time: string;
  readonly versions: readonly VersionTraffic[];
  readonly mirror?: {
    readonly requests: number;
    readonly rows: number;
    readonly differing: number;
    readonly meanDifference: number;
    readonly largestDifference: number;
    /** Requests that were not mirrored because too many waited. */
    readonly dropped: number;
    /** Requests that the live version answered for the new one. */
    readonly rescued: number;
  };
  readonly differences?: readonly Difference[];
}

/** How a local deployment does, told by the files that its server keeps: nobody is asked. */
export interface LiveFigures {
  /** Whether the server of this folder runs; undefined when it ran on another machine. */
  readonly alive: boolean | undefined;
  /** Whose server it is where this folder has only a copy of what it wrote of itself. */
  readonly elsewhere?: Elsewhere;
  readonly url?: string;
  readonly traffic?: TrafficFile;
  readonly rollout?: RolloutState;
}

/** Whether what a server wrote of itself into a folder tells of this folder, and not of the one that it is a copy of, or that was moved here. */
export async function isHome(folder: string, home: string | undefined): Promise<boolean> {
  if (home === undefined || home === folder) return true;
  const [one, other] = await Promise.all([folder, home].map((path) => realpath(path).catch(() => undefined)));
  return one !== undefined && one === other;
}

export async function liveFigures(store: string, target: string): Promise<LiveFigures> {
  const folder = targetFolder(store, target);
  const state = await readJson<{ process?: ProcessIdentity; machine?: string; url?: string; home?: string }>(
    join(folder, LIVE_FILES.state),
  );
  const here = state?.process !== undefined && state.machine === machineName();
  const home = await isHome(folder, state?.home);
  const runs = here && state.process ? isAlive(state.process) : undefined;
  const alive = state === undefined || !home ? false : runs;
  const elsewhere = state?.home !== undefined && !home ? await elsewhereOf(state.home, runs, state.machine) : undefined;
  const traffic = alive === false ? undefined : await readJson<TrafficFile>(join(folder, LIVE_FILES.traffic));
  const rollout = await readRollout(store, target);
  return {
    alive,
    ...(elsewhere && { elsewhere }),
    ...(state?.url !== undefined && alive !== false && { url: state.url }),
    ...(traffic?.format === 1 && { traffic }),
    ...(rollout && { rollout }),
  };
}

/** The roll-out that goes on at a target, or the last one there; undefined when there never was one. */
export async function readRollout(store: string, target: string): Promise<RolloutState | undefined> {
  const state = await readJson<RolloutState>(join(targetFolder(store, target), LIVE_FILES.rollout));
  return state !== undefined && validateRollout(state) ? state : undefined;
}
