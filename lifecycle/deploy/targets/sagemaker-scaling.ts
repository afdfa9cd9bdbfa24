import type { SageMakerTarget } from '../../../schemas/generated/types';
import { troubleOf } from '../../net/trouble';
import type { Action, Placement } from '../plan';
import { isAbsent, refusal } from '../request';
import { ask, call, removal, type Request, requestOf } from './sagemaker-requests';

/** The one variant of our endpoints, which takes all of the traffic. */
export const VARIANT = 'live';

/** How an endpoint grows and shrinks. */
export interface Scaling {
  readonly min: number;
  readonly max: number;
  /** Requests a minute and instance; undefined where another policy does it. */
  readonly requests?: number;
}

export function wantedScaling({ instances }: SageMakerTarget): Scaling | undefined {
  if (instances?.max === undefined) return undefined;
  const min = instances.min ?? 1;
  return { min, max: Math.max(min, instances.max), requests: instances.requests ?? 1000 };
}

export async function scalingOf(
  settings: SageMakerTarget,
  placement: Placement,
  endpoint: string,
): Promise<Scaling | undefined> {
  const { ServiceNamespace, ResourceId, ScalableDimension } = scalable(endpoint);
  const request = requestOf(
    settings,
    'DescribeScalableTargets',
    { ServiceNamespace, ResourceIds: [ResourceId], ScalableDimension },
    'autoscaling',
  );
  const answer = await placement.outward?.send(request);
  if (answer === undefined || isAbsent(answer)) return undefined;
  // Who wants no scaling need not be allowed to ask for it.
  if (troubleOf(answer) === 'denied' && wantedScaling(settings) === undefined) return undefined;
  if (answer.status !== 200) throw refusal(request, answer);
  const found = (answer.value as { ScalableTargets?: readonly { MinCapacity: number; MaxCapacity: number }[] })
    .ScalableTargets?.[0];
  if (found === undefined) return undefined;
  const policies = await ask(
    placement,
    requestOf(
      settings,
      'DescribeScalingPolicies',
      { ServiceNamespace, ResourceId, ScalableDimension, PolicyNames: [policyName(endpoint)] },
      'autoscaling',
    ),
  );
  const [policy] =
    (
      policies?.value as {
        ScalingPolicies?: readonly { TargetTrackingScalingPolicyConfiguration?: { TargetValue?: number } }[];
      }
    ).ScalingPolicies ?? [];
  const requests = policy?.TargetTrackingScalingPolicyConfiguration?.TargetValue;
  return { min: found.MinCapacity, max: found.MaxCapacity, ...(requests !== undefined && { requests }) };
}

function scalable(endpoint: string) {
  return {
    ServiceNamespace: 'sagemaker',
    ResourceId: `endpoint/${endpoint}/variant/${VARIANT}`,
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  };
}

function policyName(endpoint: string): string {
  return `${endpoint}-requests`;
}

function register(settings: SageMakerTarget, endpoint: string, { min, max }: Scaling, undo?: Action): Request {
  const body = { ...scalable(endpoint), MinCapacity: min, MaxCapacity: max };
  return call(
    settings,
    `let it scale from ${min} to ${max} instances`,
    'RegisterScalableTarget',
    body,
    undo,
    'autoscaling',
  );
}

function putPolicy(settings: SageMakerTarget, endpoint: string, requests: number): Request {
  return call(
    settings,
    `scale it at ${requests} requests a minute and instance`,
    'PutScalingPolicy',
    {
      ...scalable(endpoint),
      PolicyName: policyName(endpoint),
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: requests,
        PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
        ScaleInCooldown: 300,
        ScaleOutCooldown: 60,
      },
    },
    undefined,
    'autoscaling',
  );
}

/** Undone in the opposite order: the target comes back before its policy. */
export function stopScaling(settings: SageMakerTarget, endpoint: string, now: Scaling): Request[] {
  const target = scalable(endpoint);
  const policy =
    now.requests === undefined
      ? []
      : [
          removal(
            settings,
            'delete its scaling policy',
            'DeleteScalingPolicy',
            { ...target, PolicyName: policyName(endpoint) },
            putPolicy(settings, endpoint, now.requests),
            'autoscaling',
          ),
        ];
  return [
    ...policy,
    removal(
      settings,
      'stop its autoscaling',
      'DeregisterScalableTarget',
      target,
      register(settings, endpoint, now),
      'autoscaling',
    ),
  ];
}

export function scalingActions(
  settings: SageMakerTarget,
  endpoint: string,
  wanted: Scaling,
  now: Scaling | undefined,
): Action[] {
  const deregister = removal(
    settings,
    'stop its autoscaling',
    'DeregisterScalableTarget',
    scalable(endpoint),
    undefined,
    'autoscaling',
  );
  const targets = register(
    settings,
    endpoint,
    wanted,
    now === undefined ? deregister : register(settings, endpoint, now),
  );
  const policy = putPolicy(settings, endpoint, wanted.requests ?? 1000);
  if (now === undefined) return [targets, policy];
  return [
    ...(now.min === wanted.min && now.max === wanted.max
      ? []
      : [{ ...targets, before: { ...scalable(endpoint), MinCapacity: now.min, MaxCapacity: now.max } }]),
    ...(now.requests === wanted.requests ? [] : [policy]),
  ];
}
