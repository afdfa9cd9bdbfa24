import { join } from 'node:path';
import type { RolloutState } from '../../../schemas/generated/types';
import { validateRollout } from '../../../schemas/generated/validators';
import { writeAtomic } from '../../process/files';
import { LineReader, LineWriter, parseObject } from '../../process/jsonl';
import { targetFolder } from '../../store/ledger';
import { readRollout } from '../../store/live';
import { SERVER_FILES } from '../serve/config';

/** The roll-out that goes on at a target, be it that it waits for somebody to decide. */
export async function openRollout(store: string, target: string): Promise<RolloutState | undefined> {
  const state = await readRollout(store, target);
  return state?.status === 'running' || state?.status === 'passed' ? state : undefined;
}

/** Every turn of the roll-outs of a target, oldest first. */
export async function rolloutHistory(store: string, target: string): Promise<RolloutState[]> {
  const states: RolloutState[] = [];
  await new LineReader(join(targetFolder(store, target), SERVER_FILES.rollouts)).read((line) => {
    const state = parseObject<RolloutState>(line);
    if (state !== undefined && validateRollout(state)) states.push(state);
  });
  return states;
}

export async function writeRollout(folder: string, state: RolloutState): Promise<void> {
  await writeAtomic(join(folder, SERVER_FILES.rollout), JSON.stringify(state, null, 2) + '\n');
}

/** Adds a turn to the history. */
export function noteTurn(folder: string, state: RolloutState): void {
  const writer = new LineWriter(join(folder, SERVER_FILES.rollouts));
  writer.append(JSON.stringify(state));
  writer.close();
}
