import type { SageMakerTarget } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import { sha256 } from '../../process/hash';
import { canonicalJson } from '../../store/canonical';
import { covers } from '../covers';
import { buildImage, type BuiltImage } from '../image/build';
import { parseRepository } from '../image/registry';
import type { Action, Placement, TargetKind, Until } from '../plan';
import { pushOf } from './container';
import { call, describe, domainOf, removal, type Request, requestOf } from './sagemaker-requests';
import { scalingActions, scalingOf, stopScaling, VARIANT, wantedScaling } from './sagemaker-scaling';

interface Endpoint {
  readonly EndpointConfigName?: string;
  readonly EndpointStatus?: string;
  readonly FailureReason?: string;
}

/** An endpoint of Amazon SageMaker: a model and an endpoint configuration for each version, and an endpoint that moves from one to the next. */
export const sagemaker: TargetKind<SageMakerTarget> = {
  kind: 'sagemaker',
  asks: true,
  blame: [
    [/role|AssumeRole|PassRole/i, ['role']],
    [/instance.?type|\bml\.[a-z0-9]+\.|for endpoint usage/i, ['instance']],
    [/\bECR\b|image|manifest|repository/i, ['image', 'repository']],
    [/alarm/i, ['alarms']],
    [/capacity|scal/i, ['instances']],
    [/endpoint ?name/i, ['endpoint-name']],
  ],

  place: (settings, placement) => `the endpoint ${endpointOf(settings, placement)} of SageMaker in ${settings.region}`,

  async plan(settings, placement) {
    const { target, model } = placement;
    refuseRepository(settings, target);
    const image = await imageOf(settings, placement);
    const endpoint = endpointOf(settings, placement);
    const live = (await describe(settings, placement, 'DescribeEndpoint', { EndpointName: endpoint })) as
      Endpoint | undefined;
    const waits: Until = {
      reads: 'sagemaker-endpoint',
      request: requestOf(settings, 'DescribeEndpoint', { EndpointName: endpoint }),
      every: settings.endpoint === undefined ? 15 : 0.05,
      patience: settings.patience ?? 1800,
    };
    const busy = live === undefined ? undefined : waitFor(settings, endpoint, live, waits);
    if (busy !== undefined)
      return {
        target,
        kind: 'sagemaker',
        again: true,
        actions: [busy],
        notes: [`The endpoint ${endpoint} is ${live?.EndpointStatus}; what is left to do shows when that has ended.`],
      };

    // One name for one content: what is there under it is what is wanted. Settings that changed since make another name.
    const base = `${endpoint.slice(0, 40)}-${model.version}-${image.digest.slice(7, 15)}`;
    const container = { Image: `${settings.image.repository}@${image.digest}`, Mode: 'SingleModel' };
    const modelCore = { PrimaryContainer: container, ExecutionRoleArn: settings.role };
    const models = await named(settings, placement, 'DescribeModel', 'ModelName', base, modelCore);
    const variant = {
      VariantName: VARIANT,
      ModelName: models.name,
      InitialInstanceCount: settings.instances?.min ?? 1,
      InstanceType: settings.instance ?? 'ml.m5.large',
    };
    const configCore = { ProductionVariants: [variant] };
    const configs = await named(settings, placement, 'DescribeEndpointConfig', 'EndpointConfigName', base, configCore);
    const failed = live?.EndpointStatus === 'Failed';
    const scaled = live === undefined || failed ? undefined : await scalingOf(settings, placement, endpoint);
    const wanted = wantedScaling(settings);
    const moves = live === undefined || failed || live.EndpointConfigName !== configs.name;
    if (!moves && covers(scaled ?? {}, wanted ?? {}) && (wanted !== undefined || scaled === undefined))
      return {
        target,
        kind: 'sagemaker',
        actions: [],
        notes: [`${model.name} ${model.version} is on the endpoint ${endpoint} already.`],
      };

    const actions: Action[] = [];
    const tags = [
      { Key: 'ml-lifecycle:model', Value: model.name },
      { Key: 'ml-lifecycle:version', Value: String(model.version) },
      { Key: 'ml-lifecycle:bundle', Value: model.digest },
    ];
    if (moves) actions.push(pushOf(settings.image, image, placement));
    if (moves && !models.there)
      actions.push(
        call(
          settings,
          `create the model ${models.name}`,
          'CreateModel',
          {
            ModelName: models.name,
            PrimaryContainer: { ...container, Environment: { LIFECYCLE_PORT: '8080' } },
            ExecutionRoleArn: settings.role,
            EnableNetworkIsolation: true,
            Tags: tags,
          },
          removal(settings, `delete the model ${models.name}`, 'DeleteModel', { ModelName: models.name }),
        ),
      );
    if (moves && !configs.there)
      actions.push(
        call(
          settings,
          `create the endpoint configuration ${configs.name}`,
          'CreateEndpointConfig',
          {
            EndpointConfigName: configs.name,
            ProductionVariants: [{ ...variant, InitialVariantWeight: 1 }],
            Tags: tags,
          },
          removal(settings, `delete the endpoint configuration ${configs.name}`, 'DeleteEndpointConfig', {
            EndpointConfigName: configs.name,
          }),
        ),
      );
    if (failed)
      actions.push(
        deletion(
          settings,
          `delete the endpoint ${endpoint}, which failed: ${live.FailureReason ?? 'it does not say why'}`,
          endpoint,
          waits,
        ),
      );
    if (live === undefined || failed)
      actions.push({
        ...call(
          settings,
          `create the endpoint ${endpoint} and wait until it is in service`,
          'CreateEndpoint',
          { EndpointName: endpoint, EndpointConfigName: configs.name, Tags: tags },
          deletion(settings, `delete the endpoint ${endpoint}`, endpoint, waits),
        ),
        until: { ...waits, holds: { EndpointConfigName: configs.name } },
      });
    else if (moves) {
      // A scaled variant can't be updated.
      if (scaled !== undefined) actions.push(...stopScaling(settings, endpoint, scaled));
      actions.push({
        ...call(
          settings,
          `move the endpoint ${endpoint} to ${configs.name}${settings.canary === undefined ? '' : `, first with ${settings.canary} % of the traffic`}`,
          'UpdateEndpoint',
          {
            EndpointName: endpoint,
            EndpointConfigName: configs.name,
            RetainAllVariantProperties: false,
            DeploymentConfig: deploymentConfig(settings),
          },
          moveBack(settings, endpoint, live.EndpointConfigName ?? '', waits),
        ),
        before: { EndpointName: endpoint, EndpointConfigName: live.EndpointConfigName },
        until: { ...waits, holds: { EndpointConfigName: configs.name } },
      });
    }
    if (wanted !== undefined) actions.push(...scalingActions(settings, endpoint, wanted, moves ? undefined : scaled));
    else if (scaled !== undefined && !moves) actions.push(...stopScaling(settings, endpoint, scaled));
    return { target, kind: 'sagemaker', actions, notes: notesOf(endpoint, live) };
  },

  async outcome(settings, placement) {
    const image = await imageOf(settings, placement);
    return {
      url: `https://runtime.sagemaker.${settings.region}.${domainOf(settings.region)}/endpoints/${endpointOf(settings, placement)}/invocations`,
      image: `${settings.image.repository}@${image.digest}`,
    };
  },

  async remove(settings, placement) {
    const endpoint = endpointOf(settings, placement);
    const there = await describe(settings, placement, 'DescribeEndpoint', { EndpointName: endpoint });
    const actions: Action[] = [];
    if (there !== undefined) {
      const scaled = await scalingOf(settings, placement, endpoint);
      if (scaled !== undefined) actions.push(...stopScaling(settings, endpoint, scaled));
      actions.push(
        deletion(settings, `delete the endpoint ${endpoint}`, endpoint, {
          reads: 'gone',
          every: settings.endpoint === undefined ? 15 : 0.05,
          patience: settings.patience ?? 1800,
        }),
      );
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

  async leftovers(settings, placement, keep) {
    const endpoint = endpointOf(settings, placement);
    const live = (await describe(settings, placement, 'DescribeEndpoint', { EndpointName: endpoint })) as
      Endpoint | undefined;
    const config = (await describe(settings, placement, 'DescribeEndpointConfig', {
      EndpointConfigName: live?.EndpointConfigName ?? '-',
    })) as { ProductionVariants?: readonly { ModelName?: string }[] } | undefined;
    const used = new Set([live?.EndpointConfigName, ...(config?.ProductionVariants ?? []).map((one) => one.ModelName)]);
    const old = (name: string) => {
      const version = versionIn(name, endpoint);
      return version !== undefined && !keep.has(version) && !used.has(name);
    };
    const configs = await list(settings, placement, endpoint, 'ListEndpointConfigs', 'EndpointConfig');
    const models = await list(settings, placement, endpoint, 'ListModels', 'Model');
    const gone = (what: string, operation: string, key: string, name: string): Request => ({
      ...removal(settings, `delete the ${what} ${name}`, operation, { [key]: name }),
      optional: true,
    });
    return {
      target: placement.target,
      kind: 'sagemaker',
      // A model is in use as long as a configuration names it.
      actions: [
        ...configs
          .filter(old)
          .map((name) => gone('endpoint configuration', 'DeleteEndpointConfig', 'EndpointConfigName', name)),
        ...models.filter(old).map((name) => gone('model', 'DeleteModel', 'ModelName', name)),
      ],
      notes: ['Images stay in the repository: a lifecycle policy of ECR deletes old ones.'],
    };
  },
};

/** SageMaker refuses manifests of the OCI kind. Source: github.com/aws/amazon-sagemaker-feedback/issues/180 */
function imageOf(settings: SageMakerTarget, placement: Placement): Promise<BuiltImage> {
  const { base } = settings.image;
  return buildImage(placement, { format: 'docker', ...(base !== undefined && { base }) });
}

function endpointOf(settings: SageMakerTarget, { target }: Placement): string {
  const name = settings['endpoint-name'] ?? target.replaceAll('_', '-');
  if (/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(name)) return name;
  throw new UserError({
    code: 'endpoint-name',
    message: `'${name.slice(0, 80)}' can't be the name of an endpoint of SageMaker.`,
    hint: 'Give the target an `endpoint-name` of at most 63 letters, digits and dashes.',
    path: ['endpoint-name'],
  });
}

/** SageMaker pulls from ECR alone, and from the region of the endpoint. */
function refuseRepository(settings: SageMakerTarget, target: string): void {
  if (settings.endpoint !== undefined) return;
  const { host } = parseRepository(settings.image.repository);
  const region = /^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/.exec(host)?.[1];
  if (region === settings.region) return;
  throw new UserError({
    code: 'sagemaker-repository',
    message:
      region === undefined
        ? `SageMaker pulls images from Amazon ECR alone; the target '${target}' names ${host}.`
        : `SageMaker pulls images from its own region alone; the target '${target}' is in ${settings.region}, its repository in ${region}.`,
    hint: `For example 123456789012.dkr.ecr.${settings.region}.${domainOf(settings.region)}/churn.`,
    path: ['image', 'repository'],
  });
}

/** Deletes an endpoint and waits until it is gone: until then its name is taken. */
function deletion(settings: SageMakerTarget, say: string, endpoint: string, { every, patience }: Until): Request {
  const request = requestOf(settings, 'DescribeEndpoint', { EndpointName: endpoint });
  return {
    ...removal(settings, say, 'DeleteEndpoint', { EndpointName: endpoint }),
    until: { reads: 'gone', request, every, patience },
  };
}

/** Back to the former configuration, where the service has not gone back by itself. */
function moveBack(settings: SageMakerTarget, endpoint: string, config: string, waits: Until): Request {
  const request = requestOf(settings, 'DescribeEndpoint', { EndpointName: endpoint });
  return {
    ...call(settings, `move the endpoint ${endpoint} back to ${config}`, 'UpdateEndpoint', {
      EndpointName: endpoint,
      EndpointConfigName: config,
    }),
    unless: { request, holds: { EndpointConfigName: config, EndpointStatus: 'InService' } },
    until: waits,
  };
}

/** What keeps the endpoint from being changed now, as something to wait for. @throws UserError `sagemaker-busy`: nobody can wait for that */
function waitFor(settings: SageMakerTarget, endpoint: string, live: Endpoint, waits: Until): Action | undefined {
  const status = live.EndpointStatus ?? '';
  if (status === 'InService' || status === 'Failed') return undefined;
  if (['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'].includes(status))
    return {
      ...call(settings, `wait for the endpoint ${endpoint}, which is ${status}`, 'DescribeEndpoint', {
        EndpointName: endpoint,
      }),
      orAbsent: true,
      until: status === 'Deleting' ? { ...waits, reads: 'gone' } : { ...waits, reads: 'sagemaker-settled' },
    };
  throw new UserError({
    code: 'sagemaker-busy',
    message: `The endpoint ${endpoint} is ${status}; it can't be changed now${live.FailureReason === undefined ? '' : `: ${live.FailureReason}`}.`,
    hint: 'Look at its logs in CloudWatch, delete it in the console, and deploy again.',
  });
}

function notesOf(endpoint: string, live: Endpoint | undefined): string[] {
  const { EndpointConfigName: config } = live ?? {};
  return [
    'Instances cost money from the moment the endpoint is created.',
    ...(config !== undefined && !config.startsWith(`${endpoint.slice(0, 40)}-`)
      ? [`The endpoint ${endpoint} was configured by somebody else (${config}): it moves away from that.`]
      : []),
  ];
}

/** The version that a model or configuration of ours is of; undefined for what is not ours. */
function versionIn(name: string, endpoint: string): number | undefined {
  const prefix = `${endpoint.slice(0, 40)}-`;
  const rest = name.startsWith(prefix) ? /^(\d+)-[0-9a-f]{8}(-[0-9a-f]{6})?$/.exec(name.slice(prefix.length)) : null;
  return rest === null ? undefined : Number(rest[1]);
}

/** Names of all models or configurations that may be an endpoint's. */
async function list(
  settings: SageMakerTarget,
  placement: Placement,
  endpoint: string,
  operation: string,
  what: string,
): Promise<string[]> {
  const names: string[] = [];
  let next: string | undefined;
  do {
    const body = { NameContains: `${endpoint.slice(0, 40)}-`, MaxResults: 100, ...(next && { NextToken: next }) };
    const page = ((await describe(settings, placement, operation, body)) ?? {}) as Record<string, unknown>;
    const found = (page[`${what}s`] ?? []) as readonly Record<string, unknown>[];
    names.push(...found.map((one) => String(one[`${what}Name`])));
    next = page['NextToken'] as string | undefined;
  } while (next);
  return names;
}

/** The name for something with this content: the plain one, unless that is taken by another content. */
async function named(
  settings: SageMakerTarget,
  placement: Placement,
  operation: string,
  key: string,
  base: string,
  content: unknown,
): Promise<{ readonly name: string; readonly there: boolean }> {
  const look = (name: string) => describe(settings, placement, operation, { [key]: name });
  const there = await look(base);
  if (there === undefined || covers(there, content)) return { name: base, there: there !== undefined };
  const other = `${base}-${sha256(canonicalJson(content)).slice(0, 6)}`;
  return { name: other, there: (await look(other)) !== undefined };
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
