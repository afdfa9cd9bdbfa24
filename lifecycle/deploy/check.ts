import type { DeploymentEntry } from '../../schemas/generated/types';
import { problemOf, type UserError } from '../problem';
import { liveHistory, readLedger } from '../store/ledger';
import { holdsImage } from './image/registry';
import { type Asking, keptTarget, placementOf, planTarget, versionOnRecord } from './placement';
import type { Action, Placement } from './plan';

/** What a target says of itself beside what the ledger says of it. */
export interface Checked {
  readonly target: string;
  readonly kind: string;
  readonly model: string;
  readonly version: number;
  /** `as-recorded`; `differs`: somebody changed it by hand, or it is not there; `unknown`: it could not be asked. */
  readonly state: 'as-recorded' | 'differs' | 'unknown';
  /** What a deployment would do to bring it back to what the ledger says, or why it could not be asked. */
  readonly says: readonly string[];
}

/**
 * Asks each target beyond this machine whether what the ledger says is live there is what is there: a deployment of that version with the settings
 * of the last one, and with the image that it made, would have nothing to do. Changes nothing.
 */
export async function checkDeployments(options: Asking): Promise<{ checked: Checked[]; problem?: UserError }> {
  const { entries, problem } = await readLedger(options.store);
  const targets = [...new Set(entries.map(({ target }) => target))].filter((target) => {
    const last = entries.findLast((entry) => entry.target === target);
    // Those are asked by `lifecycle deployments` anyway, and files speak for themselves.
    return last?.action !== 'stop' && last?.kind !== 'local' && last?.kind !== 'batch' && last?.kind !== 'edge';
  });
  const checked: Checked[] = [];
  for (const name of targets) {
    const live = liveHistory(entries, name).at(-1);
    if (live === undefined) continue;
    const { kind, model, version } = live;
    const found = (state: Checked['state'], says: readonly string[]) =>
      checked.push({ target: name, kind, model, version, state, says });
    try {
      const target = await keptTarget(options.store, name);
      // Another version of the engine, or another machine, would make another image of the same model.
      const image = imageOf(live);
      const how = { back: true, ...(image !== undefined && { image }) };
      const placement = await placementOf(await versionOnRecord(live, options.store), target, options, how);
      const { actions } = await planTarget(target, placement);
      const open = await stillOpen(actions, live, placement);
      const says = open.filter(({ undo }) => undo !== undefined).map(({ say }) => say);
      if (open.length === 0) found('as-recorded', []);
      else found('differs', says.length > 0 ? says : open.map(({ say }) => say));
    } catch (error) {
      const { message, hint } = problemOf(error);
      found('unknown', [hint === undefined ? message : `${message} ${hint}`]);
    }
  }
  return { checked, ...(problem && { problem }) };
}

/** Digest of the image that a deployment made; undefined where there is none. */
function imageOf({ image }: DeploymentEntry): string | undefined {
  return /sha256:[0-9a-f]{64}$/.exec(image ?? '')?.[0];
}

/** A container is all that its target has, and is pushed each time: whether it is there is asked here. */
async function stillOpen(
  actions: readonly Action[],
  { kind }: DeploymentEntry,
  { outward }: Placement,
): Promise<readonly Action[]> {
  if (kind !== 'container' || outward === undefined) return actions;
  const open: Action[] = [];
  for (const action of actions) {
    const pushes = action.do === 'run' && action.program === 'push';
    if (!pushes || !(await holdsImage(action, { secret: outward.secret }))) open.push(action);
  }
  return open;
}
