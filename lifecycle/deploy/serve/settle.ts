import { join } from 'node:path';
import type { RolloutState } from '../../../schemas/generated/types';
import { readJson, writeAtomic } from '../../process/files';
import { waitForLock } from '../../process/lock';
import { appendEntry, readLedger } from '../../store/ledger';
import { noteTurn, writeRollout } from '../rollout/record';
import { SERVER_FILES, type ServeConfig } from './config';

/** The configuration that a roll-out leaves behind when it ends. */
export function configAfter(config: ServeConfig, status: RolloutState['status']): ServeConfig {
  const { rollout, ...rest } = config;
  return rollout !== undefined && status === 'promoted' ? { ...rest, model: rollout.candidate } : rest;
}

/**
 * Writes down that a roll-out ended: state, then configuration, then ledger, so that a server that is started again after a crash between
 * two of them goes on where this one stopped. Does nothing to the configuration when a deployment has replaced it meanwhile.
 *
 * @returns the configuration that counts now, or undefined when another deployment came in between
 */
export async function settle(
  home: string,
  config: ServeConfig,
  state: RolloutState,
  url: string,
): Promise<ServeConfig | undefined> {
  const { rollout } = config;
  if (rollout === undefined) return config;
  await writeRollout(home, state);
  const lock = await waitForLock(join(home, '.lock'), `deployment to ${config.target}`, { interval: 20 });
  try {
    const path = join(home, SERVER_FILES.config);
    const written = await readJson<ServeConfig>(path);
    const ours = written?.rollout?.id === rollout.id;
    // A configuration without a roll-out may be what a server wrote that was killed before it reached the ledger.
    const next = configAfter(config, state.status);
    if (!ours && written?.model.digest !== next.model.digest) return undefined;
    if (ours) await writeAtomic(path, JSON.stringify(next, null, 2) + '\n');
    const { entries, problem } = await readLedger(config.store);
    if (problem !== undefined) throw problem;
    const known = entries.some((entry) => entry.rollout === rollout.id && entry.action !== 'rollout');
    if (!known) {
      const { pipeline, stage, run, candidate } = rollout;
      await appendEntry(config.store, {
        action: state.status === 'promoted' ? 'promote' : 'rollback',
        target: config.target,
        kind: 'local',
        model: next.model.name,
        version: next.model.version,
        digest: next.model.digest,
        candidate: { version: candidate.version, digest: candidate.digest },
        strategy: state.strategy,
        rollout: rollout.id,
        url,
        ...(state.reason !== undefined && { reason: state.reason }),
        ...(pipeline !== undefined && { pipeline }),
        ...(stage !== undefined && { stage }),
        ...(run !== undefined && { run }),
      });
    }
    return next;
  } finally {
    await lock.release();
  }
}

/** Writes down a turn that ends nothing. */
export async function turned(home: string, state: RolloutState): Promise<void> {
  await writeRollout(home, state);
  noteTurn(home, state);
}
