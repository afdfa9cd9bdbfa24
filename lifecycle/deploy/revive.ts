import { join } from 'node:path';
import type { DeploymentEntry } from '../../schemas/generated/types';
import { readJson } from '../process/files';
import { machineName } from '../process/identity';
import { liveHistory, readLedger, targetFolder } from '../store/ledger';
import { isHome } from '../store/live';
import { apply, type ApplyOptions } from './apply';
import { locked } from './deploy';
import { type ServeConfig, SERVER_FILES, type ServerState } from './serve/config';
import { livingServer } from './server';
import { secretsOf } from './targets/local';

/** A server of this machine whose process is gone though nobody stopped it: killed, or the machine went down. */
export interface DeadServer {
  /** What the ledger says is live there. */
  readonly entry: DeploymentEntry;
  /** Whether it ran on this machine and in this folder: of a store that several machines share, or a copy, the server of another is nothing of ours. */
  readonly here: boolean;
  /**
   * Whether it can be started as it was. Not where it ran on another machine or in another folder, and not where a deployment was
   * interrupted, so that its configuration is not what the ledger says is live: then a deployment has to be made.
   */
  readonly asItWas: boolean;
}

/** The dead server of a target; undefined when it lives, was stopped, or the target is no server of this machine. */
export async function deadServer(store: string, target: string): Promise<DeadServer | undefined> {
  const { entries } = await readLedger(store);
  const entry = liveHistory(entries, target).at(-1);
  if (entry?.kind !== 'local' || entries.findLast((one) => one.target === target)?.action === 'stop') return undefined;
  if (await livingServer(store, target)) return undefined;
  const folder = targetFolder(store, target);
  const state = await readJson<ServerState>(join(folder, SERVER_FILES.state));
  const config = await readJson<ServeConfig>(join(folder, SERVER_FILES.config));
  const here = state?.format === 1 && state.machine === machineName() && (await isHome(folder, state.home));
  return { entry, here, asItWas: here && config?.model.digest === entry.digest };
}

/**
 * Starts the server of a target again, as it was: same version, port, keys and roll-out. Nothing new is deployed, so nothing is added to the ledger.
 *
 * @returns its address; undefined when there was nothing to start
 * @throws UserError why it does not start (`port-in-use`, `secret-missing`, …)
 */
export async function reviveServer(target: string, options: ApplyOptions): Promise<string | undefined> {
  const { store } = options;
  return locked(store, target, async () => {
    const dead = await deadServer(store, target);
    if (dead?.asItWas !== true) return undefined;
    const path = join(targetFolder(store, target), SERVER_FILES.config);
    const secrets = secretsOf((await readJson<ServeConfig>(path))!);
    const say = `start the server of ${dead.entry.model} ${dead.entry.version} again`;
    await apply(
      {
        target,
        kind: 'local',
        actions: [{ do: 'run', program: 'server', say, config: path, ...secrets }],
        notes: [],
      },
      options,
    );
    return (await livingServer(store, target))?.url;
  });
}
