import { join } from 'node:path';
import type { ControlChanged } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { readJson, writeAtomic } from '../process/files';
import { storePaths } from './layout';
import { listRuns, RUN_FILES } from './runs';

/** What a user may ask of a run that is going: to rest, to go on, or to end each training after its epoch and keep what it learnt. */
export type ControlAction = 'pause' | 'resume' | 'finish';

/** States that a run or a stage tells of itself. */
export type ControlState = ControlChanged['state'];

/** `control.json` of a run's folder: the last wish. */
export interface ControlWish {
  readonly action: ControlAction;
  /** ISO 8601 time; two wishes of the same kind differ by it. */
  readonly time: string;
  /** Only this stage; without it all. */
  readonly stage?: string;
}

/**
 * Writes down a wish for a run, which its supervisor watches for. Works from anywhere that sees the store.
 * @throws {UserError} `run-unknown`, or `run-ended` when nothing is left to steer
 */
export async function requestControl(store: string, id: string, action: ControlAction, stage?: string): Promise<void> {
  const entry = (await listRuns(store)).find((run) => run.id === id);
  if (entry === undefined)
    throw new UserError({
      code: 'run-unknown',
      message: `There is no run '${id}'.`,
      hint: '`lifecycle runs` lists the runs.',
    });
  if (entry.status !== 'running')
    throw new UserError({
      code: 'run-ended',
      message: `Run ${id} is not running: it ${entry.status === 'lost' ? 'was lost' : entry.status}.`,
    });
  const wish: ControlWish = { action, time: new Date().toISOString(), ...(stage === undefined ? {} : { stage }) };
  await writeAtomic(join(storePaths.run(store, id), RUN_FILES.control), JSON.stringify(wish) + '\n');
}

/** The last wish; undefined when there is none, or the file can't be understood. */
export async function readWish(folder: string): Promise<ControlWish | undefined> {
  const wish = await readJson<Partial<ControlWish>>(join(folder, RUN_FILES.control)).catch(() => undefined);
  const { action, time, stage } = wish ?? {};
  if (action !== 'pause' && action !== 'resume' && action !== 'finish') return undefined;
  return {
    action,
    time: typeof time === 'string' ? time : '',
    ...(typeof stage === 'string' ? { stage } : {}),
  };
}
