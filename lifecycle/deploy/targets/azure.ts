import type { AzureTarget } from '../../../schemas/generated/types';
import type { OutwardRequest } from '../../net/outward';
import { buildImage } from '../image/build';
import type { Action, Placement, TargetKind, Until } from '../plan';
import { refusal } from '../request';
import { pushOf } from './container';

const VERSION = '2024-04-01';
const SCOPE = 'https://management.azure.com/.default';

interface Endpoint {
  readonly location?: string;
  readonly identity?: unknown;
  readonly properties?: {
    readonly traffic?: Readonly<Record<string, number>>;
    readonly authMode?: string;
    readonly provisioningState?: string;
  };
}

/** An online endpoint of Azure Machine Learning: an environment (the image), a deployment for each version, and traffic between them. */
export const azure: TargetKind<AzureTarget> = {
  kind: 'azure-ml',
  asks: true,

  async plan(settings, placement) {
    const { target, model } = placement;
    const image = await buildImage(placement, settings.image.base === undefined ? {} : { base: settings.image.base });
    const { workspace, endpointName, endpoint } = placesOf(settings, placement);
    const hash = image.digest.slice(7, 15);
    const deploymentName = `v${model.version}-${hash}`;
    const environment = `${workspace}/environments/lifecycle-${endpointName.toLowerCase()}`.slice(0, 480);
    const deployment = `${endpoint}/deployments/${deploymentName}`;
    const [endpointThere, environmentThere, deploymentThere] = await Promise.all([
      look(settings, placement, endpoint),
      look(settings, placement, `${environment}/versions/${hash}`),
      look(settings, placement, deployment),
    ]);
    const live = endpointThere as Endpoint | undefined;
    const former = live?.properties?.traffic ?? {};
    const traffic = settings.traffic ?? 100;
    const shares = sharesOf(former, deploymentName, traffic);
    if (deploymentThere !== undefined && JSON.stringify(former) === JSON.stringify(shares))
      return {
        target,
        kind: 'azure-ml',
        actions: [],
        notes: [`${model.name} ${model.version} is on the endpoint ${endpointName} already.`],
      };
    const actions: Action[] = [pushOf(settings.image, image, placement)];
    const put = (
      say: string,
      path: string,
      body: unknown,
      more: Partial<Extract<Action, { operation: 'request' }>> = {},
    ) =>
      actions.push({
        do: 'call',
        operation: 'request',
        say,
        request: requestOf(settings, 'PUT', path, body),
        until: waiting(settings, path),
        ...more,
      });
    const tags = {
      'ml-lifecycle-model': model.name,
      'ml-lifecycle-version': String(model.version),
      'ml-lifecycle-bundle': model.digest,
    };
    const endpointBody = (own: Record<string, number>) => ({
      location: settings.location,
      identity: { type: 'SystemAssigned' },
      tags: { 'ml-lifecycle-model': model.name },
      properties: { authMode: settings.auth ?? 'Key', publicNetworkAccess: 'Enabled', traffic: own },
    });
    if (environmentThere === undefined)
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
    if (live === undefined)
      put(`create the endpoint ${endpointName}`, endpoint, endpointBody({}), {
        undo: removal(settings, `delete the endpoint ${endpointName}`, endpoint),
      });
    if (deploymentThere === undefined)
      put(
        `create the deployment ${deploymentName}`,
        deployment,
        {
          location: settings.location,
          sku: { name: 'Default', capacity: settings.instances ?? 1 },
          tags,
          properties: {
            endpointComputeType: 'Managed',
            environmentId: `${environment}/versions/${hash}`,
            instanceType: settings.instance ?? 'Standard_DS3_v2',
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
        },
        { undo: removal(settings, `delete the deployment ${deploymentName}`, deployment) },
      );
    put(`give it ${traffic} % of the traffic`, endpoint, endpointBody(shares), {
      before: { properties: { traffic: former } },
      undo: {
        do: 'call',
        operation: 'request',
        say: 'give the traffic back',
        request: requestOf(settings, 'PUT', endpoint, endpointBody({ ...former })),
      },
    });
    if (traffic === 100)
      for (const other of Object.keys(former))
        if (other !== deploymentName)
          actions.push({
            do: 'call',
            operation: 'request',
            say: `delete the former deployment ${other}`,
            request: requestOf(settings, 'DELETE', `${endpoint}/deployments/${other}`),
            also: [404],
          });
    return {
      target,
      kind: 'azure-ml',
      actions,
      notes: ['Machines cost money from the moment the deployment is created.'],
    };
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
};

function placesOf(settings: AzureTarget, { target }: Placement) {
  const workspace = `/subscriptions/${settings.subscription}/resourceGroups/${settings['resource-group']}/providers/Microsoft.MachineLearningServices/workspaces/${settings.workspace}`;
  const endpointName = settings['endpoint-name'] ?? target.replaceAll('_', '-').slice(0, 32);
  return { workspace, endpointName, endpoint: `${workspace}/onlineEndpoints/${endpointName}` };
}

function requestOf(settings: AzureTarget, method: string, path: string, body?: unknown): OutwardRequest {
  const base = settings.endpoint?.replace(/\/+$/, '') ?? 'https://management.azure.com';
  return {
    method,
    url: `${base}${path}?api-version=${VERSION}`,
    ...(body !== undefined && { body }),
    auth: { kind: 'azure', scope: SCOPE },
  };
}

function waiting(settings: AzureTarget, path: string): Until {
  return {
    reads: 'azure-resource',
    request: requestOf(settings, 'GET', path),
    every: settings.endpoint === undefined ? 10 : 0.05,
    patience: settings.patience ?? 2700,
  };
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
    shares[other] = i === others.length - 1 ? 100 - traffic - given : Math.floor((share / total) * (100 - traffic));
    given += shares[other] ?? 0;
  }
  return { ...shares, [name]: traffic };
}

function removal(settings: AzureTarget, say: string, path: string): Action {
  return { do: 'call', operation: 'request', say, request: requestOf(settings, 'DELETE', path), also: [404] };
}

async function look(settings: AzureTarget, placement: Placement, path: string): Promise<unknown> {
  if (placement.outward === undefined) return undefined;
  const request = requestOf(settings, 'GET', path);
  const answer = await placement.outward.send(request);
  if (answer.status === 200) return answer.value;
  if (answer.status === 404) return undefined;
  throw refusal(request, answer);
}
