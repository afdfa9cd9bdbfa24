import { readJson } from '../../process/files';
import { UserError } from '../../problem';
import type { ProcessIdentity } from '../../process/identity';
import type { LogMode } from './log';

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
  readonly model: {
    readonly name: string;
    readonly version: number;
    readonly digest: string;
    /** Absolute folder of the bundle. */
    readonly folder: string;
  };
}

/** `server.json`: what runs now. Not a secret; written by the server. */
export interface ServerState {
  readonly format: 1;
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
  state: 'server.json',
  control: 'control.json',
  /** The problem that kept the last start from succeeding. */
  failed: 'failed.json',
  /** The port it had last. */
  port: 'port.json',
  output: 'server.log',
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
