import { problemOf, type UserError } from '../problem';
import { liveHistory, readLedger } from '../store/ledger';
import { type Asking, keptTarget, placementOf, planTarget, versionOnRecord } from './placement';

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
 * of the last one would have nothing to do. Changes nothing.
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
      const placement = await placementOf(await versionOnRecord(live, options.store), target, options, { back: true });
      const { actions } = await planTarget(target, placement);
      const says = actions.filter(({ undo }) => undo !== undefined).map(({ say }) => say);
      if (actions.length === 0) found('as-recorded', []);
      else found('differs', says.length > 0 ? says : actions.map(({ say }) => say));
    } catch (error) {
      const { message, hint } = problemOf(error);
      found('unknown', [hint === undefined ? message : `${message} ${hint}`]);
    }
  }
  return { checked, ...(problem && { problem }) };
}
