import type { AzureTarget } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import { sha256 } from '../../process/hash';
import { buildImage } from '../image/build';
import { covers } from '../covers';
import type { Action, Placement, TargetKind } from '../plan';
import {
  type Deployment,
  type Endpoint,
  look,
  putOf,
  removal,
  type Request,
  requestOf,
  type Resource,
  waitFor,
} from './azure-requests';
import { pushOf } from './container';

/** An online endpoint of Azure Machine Learning: an environment (the image), a deployment for each version, and traffic between them. */
export const azure: TargetKind<AzureTarget> = {
  kind: 'azure-ml',
  asks: true,
  blame: [
    [/quota|instance ?type|vm ?size|\bsku\b|OutOfCapacity|not available in/i, ['instance']],
    [/image|registry|pull|container/i, ['image', 'repository']],
    [/subscription/i, ['subscription']],
    [/resource group/i, ['resource-group']],
    [/workspace/i, ['workspace']],
    [/location|region/i, ['location']],
    [/endpoint name/i, ['endpoint-name']],
  ],

  place: (settings, placement) => {
    const { endpointName } = placesOf(settings, placement);
    return `the endpoint ${endpointName} of the workspace ${settings.workspace} (${settings['resource-group']}, ${settings.subscription})`;
  },

  async plan(settings, placement) {
    const { target, model } = placement;
    const image = await buildImage(placement, settings.image.base === undefined ? {} : { base: settings.image.base });
    const { workspace, endpointName, endpoint } = placesOf(settings, placement);
    await checkWorkspace(settings, placement, workspace);
    const hash = image.digest.slice(7, 15);
    const environment = `${workspace}/environments/lifecycle-${endpointName.toLowerCase()}`.slice(0, 480);
    const instance = settings.instance ?? 'Standard_DS3_v2';
    const capacity = settings.instances ?? 1;
    // Machines of another kind are another deployment.
    const names = ['', `-${sha256(instance).slice(0, 4)}`].map((more) => `v${model.version}-${hash}${more}`);
    const [endpointThere, environmentThere, ...deploymentsThere] = await Promise.all([
      look(settings, placement, endpoint),
      look(settings, placement, `${environment}/versions/${hash}`),
      ...names.map((name) => look(settings, placement, `${endpoint}/deployments/${name}`)),
    ]);
    const found = deploymentsThere as (Deployment | undefined)[];
    const fitting = found.findIndex((one) => one?.properties?.instanceType?.toLowerCase() === instance.toLowerCase());
    const index = fitting >= 0 ? fitting : found[0] === undefined ? 0 : 1;
    const deploymentName = names[index] ?? '';
    const deployment = `${endpoint}/deployments/${deploymentName}`;
    const there = found[index];
    const live = endpointThere as Endpoint | undefined;
    const actions: Action[] = [];
    const busy: [string, string | undefined][] = [
      [endpoint, live?.properties?.provisioningState],
      [deployment, there?.properties?.provisioningState],
    ];
    for (const [path, state] of busy)
      if (state !== undefined && !SETTLED.has(state)) actions.push(waitFor(settings, path, state));
    if (actions.length > 0)
      return {
        target,
        kind: 'azure-ml',
        again: true,
        actions,
        notes: [`${endpointName} is being changed; what is left to do shows when that has ended.`],
      };

    const before = live?.properties?.traffic ?? {};
    const traffic = settings.traffic ?? 100;
    const state = there?.properties?.provisioningState;
    const failed = there !== undefined && state !== undefined && state !== 'Succeeded';
    // What is to be deleted must not have traffic.
    const former = failed && (before[deploymentName] ?? 0) > 0 ? without(before, deploymentName) : before;
    const shares = sharesOf(former, deploymentName, traffic);
    const standing = there !== undefined && !failed;
    const scales = standing && there.sku?.capacity !== undefined && there.sku.capacity !== capacity;
    const shifts =
      !covers(former, shares) ||
      Object.entries(former).some(([name, share]) => share > 0 && shares[name] === undefined);
    if (standing && !scales && !shifts)
      return {
        target,
        kind: 'azure-ml',
        actions: [],
        notes: [`${model.name} ${model.version} is on the endpoint ${endpointName} already.`],
      };
    if (!standing) actions.push(pushOf(settings.image, image, placement));
    const put = (say: string, path: string, body: unknown, more: Partial<Request> = {}): void =>
      void actions.push(putOf(settings, say, path, body, more));
    const tags = {
      'ml-lifecycle-model': model.name,
      'ml-lifecycle-version': String(model.version),
      'ml-lifecycle-bundle': model.digest,
    };
    const endpointBody = (own: Readonly<Record<string, number>>) => endpointBodyOf(settings, live, model.name, own);
    if (!standing && environmentThere === undefined)
      put(`register the image as ${hash}`, `${environment}/versions/${hash}`, {
        properties: {
          image: `${settings.image.repository}@${image.digest}`,
          osType: 'Linux',
          inferenceConfig: {
            livenessRoute: { path: '/v2/health/live', port: 8080 },
            readinessRoute: { path: '/v2/health/ready', port: 8080 },
            scoringRoute: { path: '/predict', port: 8080 },
          },
          tags,
        },
      });
    if (live === undefined || live.properties?.provisioningState === 'Failed')
      put(`create the endpoint ${endpointName}`, endpoint, endpointBody({}), {
        ...(live === undefined && { undo: removal(settings, `delete the endpoint ${endpointName}`, endpoint) }),
      });
    if (former !== before)
      put(`take the traffic from ${deploymentName}`, endpoint, endpointBody(former), {
        before: { properties: { traffic: before } },
      });
    if (failed)
      actions.push(
        removal(
          settings,
          `delete the deployment ${deploymentName}, which is ${there.properties?.provisioningState}`,
          deployment,
        ),
      );
    const deploymentBody = (machines: number) => ({
      location: settings.location,
      sku: { name: 'Default', capacity: machines },
      tags,
      properties: {
        endpointComputeType: 'Managed',
        environmentId: `${environment}/versions/${hash}`,
        instanceType: instance,
        appInsightsEnabled: false,
        requestSettings: { maxConcurrentRequestsPerInstance: 32, requestTimeout: 'PT30S' },
        livenessProbe: {
          initialDelay: 'PT10S',
          period: 'PT10S',
          timeout: 'PT2S',
          failureThreshold: 30,
          successThreshold: 1,
        },
        readinessProbe: {
          initialDelay: 'PT5S',
          period: 'PT5S',
          timeout: 'PT2S',
          failureThreshold: 30,
          successThreshold: 1,
        },
      },
    });
    if (!standing)
      put(`create the deployment ${deploymentName}`, deployment, deploymentBody(capacity), {
        undo: removal(settings, `delete the deployment ${deploymentName}`, deployment),
      });
    else if (scales)
      put(`scale ${deploymentName} to ${capacity} machines`, deployment, deploymentBody(capacity), {
        before: { sku: { capacity: there.sku?.capacity } },
        undo: putOf(settings, `scale ${deploymentName} back`, deployment, deploymentBody(there.sku?.capacity ?? 1)),
      });
    if (shifts)
      put(`give it ${shares[deploymentName]} % of the traffic`, endpoint, endpointBody(shares), {
        before: { properties: { traffic: former } },
        undo: putOf(settings, 'give the traffic back', endpoint, endpointBody(former)),
      });
    if (shares[deploymentName] === 100)
      for (const name of Object.keys(former))
        if (name !== deploymentName)
          actions.push({
            ...removal(settings, `delete the former deployment ${name}`, `${endpoint}/deployments/${name}`),
            optional: true,
          });
    return { target, kind: 'azure-ml', actions, notes: notesOf(settings, endpointName, live) };
  },

  async outcome(settings, placement) {
    const image = await buildImage(placement, settings.image.base === undefined ? {} : { base: settings.image.base });
    const { endpointName } = placesOf(settings, placement);
    return {
      url: `https://${endpointName}.${settings.location}.inference.ml.azure.com/predict`,
      image: `${settings.image.repository}@${image.digest}`,
    };
  },

  async remove(settings, placement) {
    const { endpoint, endpointName } = placesOf(settings, placement);
    const live = await look(settings, placement, endpoint);
    return {
      target: placement.target,
      kind: 'azure-ml',
      actions:
        live === undefined
          ? []
          : [removal(settings, `delete the endpoint ${endpointName} with its deployments`, endpoint)],
      notes: live === undefined ? [`There is no endpoint ${endpointName}.`] : [],
    };
  },

  async leftovers(settings, placement, keep) {
    const { endpoint } = placesOf(settings, placement);
    const live = (await look(settings, placement, endpoint)) as Endpoint | undefined;
    const page = (await look(settings, placement, `${endpoint}/deployments`)) as
      { value?: readonly { name?: string }[] } | undefined;
    const { traffic = {}, mirrorTraffic = {} } = live?.properties ?? {};
    const old = (page?.value ?? []).flatMap(({ name = '' }) => {
      const version = /^v(\d+)-[0-9a-f]{8}(-[0-9a-f]{4})?$/.exec(name)?.[1];
      const used = (traffic[name] ?? 0) > 0 || (mirrorTraffic[name] ?? 0) > 0;
      return version === undefined || used || keep.has(Number(version)) ? [] : [name];
    });
    return {
      target: placement.target,
      kind: 'azure-ml',
      actions: old.map((name) => ({
        ...removal(settings, `delete the deployment ${name}, which has no traffic`, `${endpoint}/deployments/${name}`),
        optional: true as const,
      })),
      notes: ['Environments and images stay: they cost next to nothing.'],
    };
  },
};

/** States in which a resource can be changed. */
const SETTLED: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Canceled']);

function placesOf(settings: AzureTarget, { target }: Placement) {
  const workspace = `/subscriptions/${settings.subscription}/resourceGroups/${settings['resource-group']}/providers/Microsoft.MachineLearningServices/workspaces/${settings.workspace}`;
  const endpointName = settings['endpoint-name'] ?? target.replaceAll('_', '-').slice(0, 32);
  if (!/^[a-zA-Z][a-zA-Z0-9-]{1,30}[a-zA-Z0-9]$/.test(endpointName))
    throw new UserError({
      code: 'endpoint-name',
      message: `'${endpointName}' can't be the name of an online endpoint of Azure.`,
      hint: 'Give the target an `endpoint-name` of 3 to 32 letters, digits and dashes.',
      path: ['endpoint-name'],
    });
  return { workspace, endpointName, endpoint: `${workspace}/onlineEndpoints/${endpointName}` };
}

/** An endpoint lives where its workspace does. Who may not look at the workspace is told by Azure itself. @throws UserError `azure-workspace` */
async function checkWorkspace(settings: AzureTarget, placement: Placement, workspace: string): Promise<void> {
  const answer = await placement.outward?.send(requestOf(settings, 'GET', workspace));
  if (answer === undefined) return;
  if (answer.status === 404)
    throw new UserError({
      code: 'azure-workspace',
      message: `There is no workspace '${settings.workspace}' in the resource group '${settings['resource-group']}'.`,
      hint: '`az ml workspace list` shows those of your subscription.',
      path: ['workspace'],
    });
  const { location } = (answer.value ?? {}) as Resource;
  const plain = (text: string) => text.toLowerCase().replaceAll(' ', '');
  if (answer.status !== 200 || location === undefined || plain(location) === plain(settings.location)) return;
  throw new UserError({
    code: 'azure-workspace',
    message: `The workspace '${settings.workspace}' is in ${location}, the target in ${settings.location}.`,
    hint: `Write \`location: ${plain(location)}\`, or name another workspace.`,
    path: ['location'],
  });
}

/** An endpoint as it is to be; what somebody set by hand stays as it is, for a PUT replaces the whole. */
function endpointBodyOf(
  settings: AzureTarget,
  live: Endpoint | undefined,
  model: string,
  traffic: Readonly<Record<string, number>>,
) {
  const { authMode, publicNetworkAccess, description, compute, mirrorTraffic, properties } = live?.properties ?? {};
  const { type = 'SystemAssigned', userAssignedIdentities } = live?.identity ?? {};
  const users = Object.keys(userAssignedIdentities ?? {});
  const mirrored = Object.entries(mirrorTraffic ?? {}).filter(([name]) => traffic[name] !== undefined);
  return {
    location: live?.location ?? settings.location,
    identity: {
      type,
      ...(users.length > 0 && { userAssignedIdentities: Object.fromEntries(users.map((id) => [id, {}])) }),
    },
    tags: { ...live?.tags, 'ml-lifecycle-model': model },
    properties: {
      authMode: authMode ?? settings.auth ?? 'Key',
      publicNetworkAccess: publicNetworkAccess ?? 'Enabled',
      ...(description && { description }),
      ...(compute && { compute }),
      ...(properties && Object.keys(properties).length > 0 && { properties }),
      ...(mirrored.length > 0 && { mirrorTraffic: Object.fromEntries(mirrored) }),
      traffic,
    },
  };
}

function notesOf(settings: AzureTarget, endpointName: string, live: Endpoint | undefined): string[] {
  const { authMode } = live?.properties ?? {};
  return [
    'Machines cost money from the moment the deployment is created.',
    ...(live !== undefined && live.tags?.['ml-lifecycle-model'] === undefined
      ? [`The endpoint ${endpointName} was made by somebody else; its traffic is changed.`]
      : []),
    ...(authMode !== undefined && settings.auth !== undefined && authMode !== settings.auth
      ? [
          `The endpoint ${endpointName} keeps its \`auth: ${authMode}\`: Azure can't change it. Another \`endpoint-name\` has another.`,
        ]
      : []),
  ];
}

/** The traffic without one deployment: the others share it as before, or nobody has any. */
function without(former: Readonly<Record<string, number>>, name: string): Record<string, number> {
  const others = Object.entries(former).filter(([other, share]) => other !== name && share > 0);
  const [first] = others.at(-1) ?? [];
  if (first === undefined) return {};
  const total = others.reduce((sum, [, share]) => sum + share, 0);
  return sharesOf(Object.fromEntries(others), first, Math.round((100 * (former[first] ?? 0)) / total));
}

/** Percentages of deployments that add up to 100. */
export function sharesOf(
  former: Readonly<Record<string, number>>,
  name: string,
  traffic: number,
): Record<string, number> {
  const others = Object.entries(former).filter(([other, share]) => other !== name && share > 0);
  if (others.length === 0 || traffic === 100) return { [name]: 100 };
  const total = others.reduce((sum, [, share]) => sum + share, 0);
  const shares: Record<string, number> = {};
  let given = 0;
  for (const [i, [other, share]] of others.entries()) {
    shares[other] = i === others.length - 1 ? 100 - traffic - given : Math.floor((share * (100 - traffic)) / total);
    given += shares[other] ?? 0;
  }
  return { ...shares, [name]: traffic };
}
