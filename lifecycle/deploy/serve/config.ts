import { readJson } from '../../process/files';
import { UserError } from '../../problem';
import type { ProcessIdentity } from '../../process/identity';
import { LIVE_FILES } from '../../store/live';
import type { Admission } from '../rollout/contract';
import type { RolloutPlan } from '../rollout/strategy';
import type { JwtSettings } from './guard';
import type { RateLimit } from './limits';
import type { LogMode } from './log';

/** A version in the registry, by place. */
export interface PlacedModel {
  readonly name: string;
  readonly version: number;
  readonly digest: string;
  /** Absolute folder of the bundle. */
  readonly folder: string;
}

/** A version that is tried beside the live one. */
export interface RolloutConfig {
  readonly id: string;
  readonly plan: RolloutPlan;
  readonly candidate: PlacedModel;
  /** For the ledger, when it ends. */
  readonly pipeline?: string;
  readonly stage?: string;
  readonly run?: string;
}

/** `config.json` of a local target: all that its server needs to know, but no secret. */
export interface ServeConfig {
  readonly format: 1;
  readonly target: string;
  /** Absolute folder of the store. */
  readonly store: string;
  readonly host: string;
  /** Port to listen on; 0 takes the one it had last, or a free one. */
  readonly port: number;
  readonly log: LogMode;
  /** Columns that are left out of the request log. */
  readonly redact: readonly string[];
  /** Name of the secret that holds the API key; its value comes over stdin or the control port. */
  readonly apiKey?: string;
  readonly maxBody: number;
  readonly threads: number;
  /** The live version: what `/predict` answers with. */
  readonly model: PlacedModel;
  /** Further models that are served by name. */
  readonly also?: readonly PlacedModel[];
  readonly rollout?: RolloutConfig;
  readonly admission?: Admission;
  /** Share of the requests that `log: sample` keeps. */
  readonly sample?: number;
  /** Whether columns marked as sensitive are logged. */
  readonly logSensitive?: boolean;
  readonly keysRequired?: boolean;
  readonly jwt?: JwtSettings;
  /** Absolute paths of PEM files. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clientCa?: string };
  readonly rateLimit?: RateLimit;
  /** Longest wait for the model in milliseconds. */
  readonly deadline?: number;
  /** Rows that may wait. */
  readonly queue?: number;
  readonly connections?: number;
}

/** `server.json`: what runs now. Not a secret; written by the server. */
export interface ServerState {
  readonly format: 1;
  /** The target's folder: a copy of it elsewhere has no server. */
  readonly home?: string;
  readonly process: ProcessIdentity;
  readonly machine: string;
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly model: string;
  readonly version: number;
  readonly digest: string;
  /** When the server began, and when this version went live in it. */
  readonly started: string;
  readonly since: string;
}

/** `control.json` (mode 0600): how the owner of the server talks to it. */
export interface ControlState {
  readonly port: number;
  readonly token: string;
}

/** Names of the files of a local target's folder. */
export const SERVER_FILES = {
  config: 'config.json',
  state: LIVE_FILES.state,
  control: 'control.json',
  /** The problem that kept the last start from succeeding. */
  failed: 'failed.json',
  /** The port it had last. */
  port: 'port.json',
  output: 'server.log',
  /** The roll-out that goes on, or the last one; and one line for each turn of all of them. */
  rollout: LIVE_FILES.rollout,
  rollouts: 'rollouts.jsonl',
  /** What the versions are asked, written while something changes. */
  traffic: LIVE_FILES.traffic,
} as const;

/** @throws UserError `serve-config` */
export async function readConfig(path: string): Promise<ServeConfig> {
  const config = await readJson<ServeConfig>(path);
  const sound =
    config?.format === 1 &&
    typeof config.target === 'string' &&
    typeof config.store === 'string' &&
    typeof config.host === 'string' &&
    Number.isInteger(config.port) &&
    Array.isArray(config.redact) &&
    Number.isInteger(config.maxBody) &&
    Number.isInteger(config.threads) &&
    typeof config.model?.folder === 'string' &&
    typeof config.model.digest === 'string' &&
    Number.isInteger(config.model.version);
  if (sound) return config;
  throw new UserError({
    code: 'serve-config',
    message: `${path} is not the configuration of a model server.`,
    hint: 'It is written by `lifecycle deploy`; deploy again.',
    file: path,
  });
}
