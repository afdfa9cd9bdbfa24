import type { VertexTarget } from '../../../schemas/generated/types';
import type { OutwardRequest } from '../../net/outward';
import { buildImage } from '../image/build';
import type { Action, Placement, TargetKind, Until } from '../plan';
import { refusal } from '../request';
import { pushOf } from './container';

interface Endpoint {
  readonly deployedModels?: readonly { readonly id: string; readonly model: string }[];
  readonly trafficSplit?: Readonly<Record<string, number>>;
}

/** An endpoint of Google Vertex AI: the model is uploaded with its image, deployed beside the former one, and gets its share of the traffic. */
export const vertex: TargetKind<VertexTarget> = {
  kind: 'vertex-ai',
  asks: true,

  async plan(settings, placement) {
    const { target, model } = placement;
    const image = await buildImage(placement, settings.image.base === undefined ? {} : { base: settings.image.base });
    const { parent, base, endpointId, endpoint } = placesOf(settings, placement);
    // Ids of ours are allowed, so every request can be written down before the first is sent.
    const modelId = `${endpointId.slice(0, 40)}-${model.version}-${image.digest.slice(7, 15)}`;
    const deployedId = deployedIdOf(model.version, image.digest);
    const [modelThere, endpointThere] = await Promise.all([
      look(settings, placement, `${parent}/models/${modelId}`),
      look(settings, placement, endpoint),
    ]);
    const live = endpointThere as Endpoint | undefined;
    const traffic = settings.traffic ?? 100;
    const split = splitOf(live, deployedId, traffic);
    if (
      live?.deployedModels?.some(({ id }) => id === deployedId) === true &&
      (live.trafficSplit?.[deployedId] ?? 0) === traffic
    )
      return {
        target,
        kind: 'vertex-ai',
        actions: [],
        notes: [`${model.name} ${model.version} is on the endpoint ${endpointId} already.`],
      };
    const send = (method: string, path: string, body?: unknown): OutwardRequest => ({
      method,
      url: `${base}/${path}`,
      ...(body !== undefined && { body }),
      auth: { kind: 'google' },
    });
    const waits: Until = {
      reads: 'google-operation',
      every: settings.endpoint === undefined ? 10 : 0.05,
      patience: settings.patience ?? 2700,
    };
    const actions: Action[] = [pushOf(settings.image, image, placement)];
    const step = (
      say: string,
      request: OutwardRequest,
      more: Partial<Extract<Action, { operation: 'request' }>> = {},
    ) => actions.push({ do: 'call', operation: 'request', say, request, until: waits, ...more });
    const share = (wanted: Record<string, number>, former: Endpoint['trafficSplit'] = {}): Action => {
      const patch = (trafficSplit: unknown) => send('PATCH', `${endpoint}?updateMask=trafficSplit`, { trafficSplit });
      return {
        do: 'call',
        operation: 'request',
        say: `give it ${traffic} % of the traffic`,
        request: patch(wanted),
        before: { trafficSplit: former },
        undo: { do: 'call', operation: 'request', say: 'give the traffic back', request: patch(former) },
      };
    };
    if (modelThere === undefined)
      step(
        `upload the model ${modelId}`,
        send('POST', `${parent}/models:upload`, {
          modelId,
          model: {
            displayName: `${model.name} ${model.version}`,
            versionAliases: ['default'],
            labels: { 'ml-lifecycle': label(model.name), version: String(model.version) },
            containerSpec: {
              imageUri: `${settings.image.repository}@${image.digest}`,
              predictRoute: '/predict',
              healthRoute: '/v2/health/ready',
              ports: [{ containerPort: 8080 }],
            },
          },
        }),
        { undo: removal(waits, `delete the model ${modelId}`, send('DELETE', `${parent}/models/${modelId}`)) },
      );
    if (live === undefined)
      step(
        `create the endpoint ${endpointId}`,
        send('POST', `${parent}/endpoints?endpointId=${endpointId}`, {
          displayName: endpointId,
          labels: { 'ml-lifecycle': label(model.name) },
        }),
        { undo: removal(waits, `delete the endpoint ${endpointId}`, send('DELETE', endpoint)) },
      );
    if (live?.deployedModels?.some(({ id }) => id === deployedId) !== true)
      step(
        `deploy it to ${endpointId} with ${traffic} % of the traffic`,
        send('POST', `${endpoint}:deployModel`, {
          deployedModel: {
            id: deployedId,
            model: `${parent}/models/${modelId}`,
            displayName: `${model.name} ${model.version}`,
            ...(settings['service-account'] !== undefined && { serviceAccount: settings['service-account'] }),
            dedicatedResources: {
              machineSpec: { machineType: settings.machine ?? 'n1-standard-2' },
              minReplicaCount: settings.replicas?.min ?? 1,
              maxReplicaCount: Math.max(settings.replicas?.min ?? 1, settings.replicas?.max ?? 3),
            },
          },
          // In this request 0 stands for the model that it deploys.
          trafficSplit: Object.fromEntries(
            Object.entries(split).map(([id, share]) => [id === deployedId ? '0' : id, share]),
          ),
        }),
        {
          ...(live?.trafficSplit && { before: { trafficSplit: live.trafficSplit } }),
          undo: removal(
            waits,
            `take it off ${endpointId}`,
            send('POST', `${endpoint}:undeployModel`, {
              deployedModelId: deployedId,
              ...(live?.trafficSplit && { trafficSplit: live.trafficSplit }),
            }),
          ),
        },
      );
    // Answered with the endpoint itself, not with an operation.
    else actions.push(share(split, live.trafficSplit));
    if (traffic === 100)
      for (const { id } of live?.deployedModels ?? [])
        if (id !== deployedId)
          step(
            `take the former model ${id} off ${endpointId}`,
            send('POST', `${endpoint}:undeployModel`, { deployedModelId: id, trafficSplit: { [deployedId]: 100 } }),
          );
    return {
      target,
      kind: 'vertex-ai',
      actions,
      notes: ['Machines cost money from the moment the model is deployed.'],
    };
  },

  async outcome(settings, placement) {
    const image = await buildImage(placement, settings.image.base === undefined ? {} : { base: settings.image.base });
    const { base, endpoint } = placesOf(settings, placement);
    return { url: `${base}/${endpoint}:predict`, image: `${settings.image.repository}@${image.digest}` };
  },

  async remove(settings, placement) {
    const { base, endpoint, endpointId } = placesOf(settings, placement);
    const live = (await look(settings, placement, endpoint)) as Endpoint | undefined;
    const until: Until = {
      reads: 'google-operation',
      every: settings.endpoint === undefined ? 10 : 0.05,
      patience: 1800,
    };
    const actions: Action[] = (live?.deployedModels ?? []).map(({ id }) => ({
      do: 'call',
      operation: 'request',
      say: `take the model ${id} off ${endpointId}`,
      request: {
        method: 'POST',
        url: `${base}/${endpoint}:undeployModel`,
        body: { deployedModelId: id },
        auth: { kind: 'google' },
      },
      until,
    }));
    if (live !== undefined)
      actions.push({
        do: 'call',
        operation: 'request',
        say: `delete the endpoint ${endpointId}`,
        request: { method: 'DELETE', url: `${base}/${endpoint}`, auth: { kind: 'google' } },
        until,
      });
    return {
      target: placement.target,
      kind: 'vertex-ai',
      actions,
      notes: [
        live === undefined ? `There is no endpoint ${endpointId}.` : 'Uploaded models stay: a rollback needs them.',
      ],
    };
  },
};

function placesOf(settings: VertexTarget, { target }: Placement) {
  const parent = `projects/${settings.project}/locations/${settings.location}`;
  const base = `${settings.endpoint?.replace(/\/+$/, '') ?? `https://${settings.location}-aiplatform.googleapis.com`}/v1`;
  const endpointId = settings['endpoint-id'] ?? target.toLowerCase().replaceAll('_', '-');
  return { parent, base, endpointId, endpoint: `${parent}/endpoints/${endpointId}` };
}

/** A number for a deployed model: its id must be at most ten digits. */
export function deployedIdOf(version: number, digest: string): string {
  return String(version * 100_000 + (parseInt(digest.slice(7, 15), 16) % 100_000)).slice(-10);
}

/** Percentages that add up to 100: the new model's share, the rest in the proportions it had. */
export function splitOf(live: Endpoint | undefined, id: string, traffic: number): Record<string, number> {
  const others = Object.entries(live?.trafficSplit ?? {}).filter(([other, share]) => other !== id && share > 0);
  if (others.length === 0) return { [id]: 100 };
  const total = others.reduce((sum, [, share]) => sum + share, 0);
  const rest = 100 - traffic;
  const shares: Record<string, number> = { [id]: traffic };
  let given = 0;
  for (const [i, [other, share]] of others.entries()) {
    shares[other] = i === others.length - 1 ? rest - given : Math.floor((share / total) * rest);
    given += shares[other] ?? 0;
  }
  return shares;
}

function removal(until: Until, say: string, request: OutwardRequest): Action {
  return { do: 'call', operation: 'request', say, request, also: [404], until };
}

/** Labels take small letters, digits, dashes and underscores. */
function label(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '-')
    .slice(0, 63);
}

async function look(settings: VertexTarget, placement: Placement, path: string): Promise<unknown> {
  if (placement.outward === undefined) return undefined;
  const { base } = placesOf(settings, placement);
  const request: OutwardRequest = { method: 'GET', url: `${base}/${path}`, auth: { kind: 'google' } };
  const answer = await placement.outward.send(request);
  if (answer.status === 200) return answer.value;
  if (answer.status === 404) return undefined;
  throw refusal(request, answer);
}
