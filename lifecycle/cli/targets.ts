import { dirname } from 'node:path';
import type { SelectedStage } from '../pipeline/plan';
import { confirm } from './ask';
import type { Given } from './arguments';
import type { Context } from './context';
import type { Loaded } from './pipeline';

/** Asks before anything is put on a target that is not on this machine. @returns whether to go on */
export async function confirmTargets(
  loaded: Loaded,
  stages: readonly SelectedStage[],
  given: Given,
  context: Context,
): Promise<boolean> {
  const deploys = stages.flatMap(({ stage, wanted }) => (wanted && stage.kind === 'deploy' ? [stage.target] : []));
  if (deploys.length === 0 || given.flag('yes')) return true;
  const { findTarget } = await import('../deploy/targets-file');
  const { needsConfirmation } = await import('../deploy/targets');
  const remote: string[] = [];
  for (const name of new Set(deploys)) {
    const { settings } = await findTarget(name, { folder: dirname(loaded.file), root: loaded.project.root });
    if (needsConfirmation(settings)) remote.push(`${name} (${settings.kind})`);
  }
  return remote.length === 0 || confirm(`Deploy to ${remote.join(', ')}?`, context);
}
