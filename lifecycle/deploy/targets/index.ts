import type { DeploymentTarget } from '../../../schemas/generated/types';
import type { TargetKind } from '../plan';
import { batch } from './batch';
import { local } from './local';

const kinds: { readonly [K in DeploymentTarget['kind']]: TargetKind<Extract<DeploymentTarget, { kind: K }>> } = {
  local,
  batch,
};

/** What there is to know about a kind of target. */
export function targetKind(kind: DeploymentTarget['kind']): TargetKind {
  return kinds[kind];
}

/** Whether people are asked before something is deployed there: everywhere but on this machine. */
export function needsConfirmation(target: DeploymentTarget): boolean {
  return targetKind(target.kind).asks;
}
