import type { DeploymentTarget } from '../../../schemas/generated/types';
import type { TargetKind } from '../plan';
import { azure } from './azure';
import { batch } from './batch';
import { container } from './container';
import { edge } from './edge';
import { kubernetes } from './kubernetes';
import { local } from './local';
import { sagemaker } from './sagemaker';
import { vertex } from './vertex';

const kinds: { readonly [K in DeploymentTarget['kind']]: TargetKind<Extract<DeploymentTarget, { kind: K }>> } = {
  local,
  batch,
  edge,
  container,
  kubernetes,
  sagemaker,
  'vertex-ai': vertex,
  'azure-ml': azure,
};

/** What there is to know about a kind of target. */
export function targetKind(kind: DeploymentTarget['kind']): TargetKind {
  return kinds[kind];
}

/** Whether people are asked before something is deployed there: everywhere but on this machine. */
export function needsConfirmation(target: DeploymentTarget): boolean {
  return targetKind(target.kind).asks;
}
