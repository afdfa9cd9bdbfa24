import type { SageMakerTarget } from '../../../schemas/generated/types';
import type { OutwardRequest } from '../../net/outward';
import { UserError } from '../../problem';
import { buildImage } from '../image/build';
import { parseRepository } from '../image/registry';
import type { Action, Placement, TargetKind } from '../plan';
import { refusal } from '../request';
import { pushOf } from './container';

const VARIANT = 'live';

/** An endpoint of Amazon SageMaker: a model and an endpoint configuration for each version, and an endpoint that moves from one to the next. */
export const sagemaker: TargetKind<SageMakerTarget> = {
  kind: 'sagemaker',
  asks: true,

  async plan(settings, placement) {
    const { target, model } = placement;
    refuseRepository(settings, target);
    const image = await buildImage(placement, settings.image.base === undefined ? {} : { base: settings.image.base });
    const endpoint = endpointOf(settings, placement);
    // One name for one content: what is there under it is what is wanted.
    const name = `${endpoint.slice(0, 40)}-${model.version}-${image.digest.slice(7, 15)}`;
    const reference = `${settings.image.repository}@${image.digest}`;
    const [modelThere, configThere, endpointThere] = await Promise.all([
      describe(settings, placement, 'DescribeModel', { ModelName: name }),
      describe(settings, placement, 'DescribeEndpointConfig', { EndpointConfigName: name }),
      describe(settings, placement, 'DescribeEndpoint', { EndpointName: endpoint }),
    ]);
    const live = endpointThere as { EndpointConfigName?: string; EndpointStatus?: string } | undefined;
    const scaling = settings.instances?.max !== undefined;
    if (live?.EndpointConfigName === name && live.EndpointStatus === 'InService')
      return {
        target,
        kind: 'sagemaker',
        actions: [],
        notes: [`${model.name} ${model.version} is on the endpoint ${endpoint} already.`],
      };
    if (live !== undefined && live.EndpointStatus !== 'InService') {
      throw new UserError({
        code: 'sagemaker-busy',
        message: `The endpoint ${endpoint} is ${live.EndpointStatus}; it can't be changed now.`,
        hint: 'Wait until it is InService, or delete it.',
      });
    }
    const actions: Action[] = [pushOf(settings.image, image, placement)];
    const tags = [
      { Key: 'ml-lifecycle:model', Value: model.name },
      { Key: 'ml-lifecycle:version', Value: String(model.version) },
      { Key: 'ml-lifecycle:bundle', Value: model.digest },
    ];
    if (modelThere === undefined)
      actions.push(
        call(
          settings,
          `create the model ${name}`,
          'CreateModel',
          {
            ModelName: name,
            PrimaryContainer: { Image: reference, Mode: 'SingleModel', Environment: { LIFECYCLE_PORT: '8080' } },
            ExecutionRoleArn: settings.role,
            EnableNetworkIsolation: true,
            Tags: tags,
          },
          call(settings, `delete the model ${name}`, 'DeleteModel', { ModelName: name }),
        ),
      );
    if (configThere === undefined)
      actions.push(
        call(
          settings,
          `create the endpoint configuration ${name}`,
          'CreateEndpointConfig',
          {
            EndpointConfigName: name,
            ProductionVariants: [
              {
                VariantName: VARIANT,
                ModelName: name,
                InitialInstanceCount: settings.instances?.min ?? 1,
                InstanceType: settings.instance ?? 'ml.m5.large',
                InitialVariantWeight: 1,
              },
            ],
            Tags: tags,
          },
          call(settings, `delete the endpoint configuration ${name}`, 'DeleteEndpointConfig', {
            EndpointConfigName: name,
          }),
        ),
      );
    const waits = {
      reads: 'sagemaker-endpoint' as const,
      request: requestOf(settings, 'DescribeEndpoint', { EndpointName: endpoint }),
      every: settings.endpoint === undefined ? 15 : 0.05,
      patience: settings.patience ?? 1800,
    };
    if (live === undefined)
      actions.push({
        ...call(
          settings,
          `create the endpoint ${endpoint} and wait until it is in service`,
          'CreateEndpoint',
          {
            EndpointName: endpoint,
            EndpointConfigName: name,
            Tags: tags,
          },
          call(settings, `delete the endpoint ${endpoint}`, 'DeleteEndpoint', { EndpointName: endpoint }),
        ),
        until: waits,
      });
    else {
      // A scaled variant can't be updated.
      if (scaling) actions.push(deregister(settings, endpoint));
      actions.push({
        ...call(
          settings,
          `move the endpoint ${endpoint} to ${name}${settings.canary === undefined ? '' : `, first with ${settings.canary} % of the traffic`}`,
          'UpdateEndpoint',
          {
            EndpointName: endpoint,
            EndpointConfigName: name,
            RetainAllVariantProperties: false,
            DeploymentConfig: deploymentConfig(settings),
          },
          call(settings, `move the endpoint ${endpoint} back`, 'UpdateEndpoint', {
            EndpointName: endpoint,
            EndpointConfigName: live.EndpointConfigName ?? '',
          }),
        ),
        before: { EndpointName: endpoint, EndpointConfigName: live.EndpointConfigName },
        until: waits,
      });
    }
    if (scaling) actions.push(...scalingActions(settings, endpoint));
    return {
      target,
      kind: 'sagemaker',
      actions,
      notes: [`Instances cost money from the moment the endpoint is created.`],
    };
  },

  async outcome(settings, placement) {
    const image = await buildImage(placement, settings.image.base === undefined ? {} : { base: settings.image.base });
    return {
      url: `https://runtime.sagemaker.${settings.region}.amazonaws.com/endpoints/${endpointOf(settings, placement)}/invocations`,
      image: `${settings.image.repository}@${image.digest}`,
    };
  },

  async remove(settings, placement) {
    const endpoint = endpointOf(settings, placement);
    const there = await describe(settings, placement, 'DescribeEndpoint', { EndpointName: endpoint });
    const actions: Action[] = [];
    if (there !== undefined) {
      if (settings.instances?.max !== undefined) actions.push(deregister(settings, endpoint));
      actions.push(call(settings, `delete the endpoint ${endpoint}`, 'DeleteEndpoint', { EndpointName: endpoint }));
    }
    return {
      target: placement.target,
      kind: 'sagemaker',
      actions,
      notes: [
        there === undefined
          ? `There is no endpoint ${endpoint}.`
          : 'Models and endpoint configurations stay: they cost nothing, and a rollback needs them.',
      ],
    };
  },
};

function endpointOf(settings: SageMakerTarget, { target }: Placement): string {
  return settings['endpoint-name'] ?? target.replaceAll('_', '-');
}

/** SageMaker pulls from ECR alone. */
function refuseRepository(settings: SageMakerTarget, target: string): void {
  const { host } = parseRepository(settings.image.repository);
  if (/^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com$/.test(host) || settings.endpoint !== undefined) return;
  throw new UserError({
    code: 'sagemaker-repository',
    message: `SageMaker pulls images from Amazon ECR alone; the target '${target}' names ${host}.`,
    hint: `For example 123456789012.dkr.ecr.${settings.region}.amazonaws.com/churn.`,
    path: ['image', 'repository'],
  });
}

/** A request as the JSON protocol of AWS has it. */
function requestOf(settings: SageMakerTarget, operation: string, body: unknown, service = 'sagemaker'): OutwardRequest {
  const { region } = settings;
  const [host, target, signed] =
    service === 'sagemaker'
      ? [`api.sagemaker.${region}.amazonaws.com`, `SageMaker.${operation}`, 'sagemaker']
      : [
          `application-autoscaling.${region}.amazonaws.com`,
          `AnyScaleFrontendService.${operation}`,
          'application-autoscaling',
        ];
  return {
    method: 'POST',
    url: `${settings.endpoint?.replace(/\/+$/, '') ?? `https://${host}`}/`,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body,
    auth: { kind: 'aws', service: signed, region },
  };
}

function call(
  settings: SageMakerTarget,
  say: string,
  operation: string,
  body: unknown,
  undo?: Action,
  service?: string,
): Extract<Action, { operation: 'request' }> {
  return {
    do: 'call',
    operation: 'request',
    say,
    request: requestOf(settings, operation, body, service),
    ...(undo && { undo }),
  };
}

async function describe(
  settings: SageMakerTarget,
  { outward }: Placement,
  operation: string,
  body: unknown,
): Promise<unknown> {
  if (outward === undefined) return undefined;
  const request = requestOf(settings, operation, body);
  const answer = await outward.send(request);
  if (answer.status === 200) return answer.value;
  const { message = '' } = (answer.value ?? {}) as { message?: string };
  if (answer.status === 400 && /could not find/i.test(message)) return undefined;
  throw refusal(request, answer);
}

function deploymentConfig(settings: SageMakerTarget) {
  const bake = settings.bake ?? 300;
  const routing =
    settings.canary === undefined
      ? { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: bake }
      : {
          Type: 'CANARY',
          CanarySize: { Type: 'CAPACITY_PERCENT', Value: settings.canary },
          WaitIntervalInSeconds: bake,
        };
  return {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: routing,
      TerminationWaitInSeconds: bake,
      MaximumExecutionTimeoutInSeconds: Math.max(600, settings.patience ?? 1800),
    },
    ...(settings.alarms && {
      AutoRollbackConfiguration: { Alarms: settings.alarms.map((alarm) => ({ AlarmName: alarm })) },
    }),
  };
}

function scalable(endpoint: string) {
  return {
    ServiceNamespace: 'sagemaker',
    ResourceId: `endpoint/${endpoint}/variant/${VARIANT}`,
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  };
}

function deregister(settings: SageMakerTarget, endpoint: string): Action {
  return {
    ...call(
      settings,
      'stop its autoscaling while it moves',
      'DeregisterScalableTarget',
      scalable(endpoint),
      undefined,
      'autoscaling',
    ),
    // It may never have been scaled.
    also: [400],
  };
}

function scalingActions(settings: SageMakerTarget, endpoint: string): Action[] {
  const { min = 1, max = 1, requests = 1000 } = settings.instances ?? {};
  return [
    call(
      settings,
      `let it scale from ${min} to ${max} instances`,
      'RegisterScalableTarget',
      {
        ...scalable(endpoint),
        MinCapacity: min,
        MaxCapacity: Math.max(min, max),
      },
      undefined,
      'autoscaling',
    ),
    call(
      settings,
      `scale it at ${requests} requests a minute and instance`,
      'PutScalingPolicy',
      {
        ...scalable(endpoint),
        PolicyName: `${endpoint}-requests`,
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
    ),
  ];
}
