import type { VertexTarget } from '../../../schemas/generated/types';
import type { OutwardRequest } from '../../net/outward';
import { UserError } from '../../problem';
import { sha256 } from '../../process/hash';
import { covers } from '../covers';
import { buildImage } from '../image/build';
import type { Action, Placement, TargetKind, Until } from '../plan';
import { refusal } from '../request';
import { pushOf } from './container';

type Request = Extract<Action, { operation: 'request' }>;

interface Endpoint {
  readonly labels?: Readonly<Record<string, string>>;
  readonly deployedModels?: readonly DeployedModel[];
  readonly trafficSplit?: Readonly<Record<string, number>>;
}

interface DeployedModel {
  readonly id: string;
  readonly model: string;
  readonly serviceAccount?: string;
  readonly dedicatedResources?: {
    readonly machineSpec?: { readonly machineType?: string };
    readonly minReplicaCount?: number;
    readonly maxReplicaCount?: number;
  };
}

/** An endpoint of Google Vertex AI: the model is uploaded with its image, deployed beside the former one, and gets its share of the traffic. */
export const vertex: TargetKind<VertexTarget> = {
  kind: 'vertex-ai',
  asks: true,
  blame: [
    [/quota|machine ?type|accelerator/i, ['machine']],
    [/replica/i, ['replicas']],
    [/service account|actAs/i, ['service-account']],
    [/image|artifact registry|container/i, ['image', 'repository']],
    [/endpoint id/i, ['endpoint-id']],
    [/location|region/i, ['location']],
    [/permission|project/i, ['project']],
  ],

  place: (settings, placement) => {
    const { endpointId } = placesOf(settings, placement);
    return `the endpoint ${endpointId} of Vertex AI in ${settings.location} (${settings.project})`;
  },

  async plan(settings, placement) {
    const { target, model } = placement;
    const image = await buildImage(placement, settings.image.base === undefined ? {} : { base: settings.image.base });
    const { parent, base, endpointId, endpoint } = placesOf(settings, placement);
    // Ids of ours are allowed, so every request can be written down before the first is sent.
    const modelId = `${endpointId.slice(0, 40)}-${model.version}-${image.digest.slice(7, 15)}`;
    const [modelThere, endpointThere] = await Promise.all([
      look(settings, placement, `${parent}/models/${modelId}`),
      look(settings, placement, endpoint),
    ]);
    const live = endpointThere as Endpoint | undefined;
    const going = live === undefined ? [] : await operationsAt(settings, placement, endpoint);
    if (going.length > 0)
      return {
        target,
        kind: 'vertex-ai',
        again: true,
        actions: going,
        notes: [`${endpointId} is being changed; what is left to do shows when that has ended.`],
      };
    const machine = settings.machine ?? 'n1-standard-2';
    const account = settings['service-account'];
    const replicas = replicasOf(settings);
    // Other machines, or another account, are another deployed model.
    const fits = ({ dedicatedResources, serviceAccount }: DeployedModel) =>
      (dedicatedResources?.machineSpec?.machineType ?? machine) === machine &&
      (account === undefined || serviceAccount === account);
    const ids = ['', `${machine} ${account}`].map((more) => deployedIdOf(model.version, image.digest, more));
    const found = ids.map((id) => live?.deployedModels?.find((one) => one.id === id));
    const there = found.find((one) => one !== undefined && fits(one));
    const deployedId = there?.id ?? ids[found[0] === undefined ? 0 : 1] ?? '';
    const traffic = settings.traffic ?? 100;
    const split = splitOf(live, deployedId, traffic);
    const { minReplicaCount: min, maxReplicaCount: max } = there?.dedicatedResources ?? {};
    const scales =
      there !== undefined &&
      ((min !== undefined && min !== replicas.minReplicaCount) ||
        (max !== undefined && max !== replicas.maxReplicaCount));
    const before = live?.trafficSplit ?? {};
    const shifts =
      !covers(before, split) || Object.entries(before).some(([id, share]) => share > 0 && split[id] === undefined);
    if (there !== undefined && !scales && !shifts)
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
    const waits = waitsOf(settings);
    const actions: Action[] = there === undefined ? [pushOf(settings.image, image, placement)] : [];
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
        say: `give it ${split[deployedId]} % of the traffic`,
        request: patch(wanted),
        before: { trafficSplit: former },
        undo: { do: 'call', operation: 'request', say: 'give the traffic back', request: patch(former) },
      };
    };
    if (there === undefined && modelThere === undefined)
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
    if (there === undefined)
      step(
        `deploy it to ${endpointId} with ${split[deployedId]} % of the traffic`,
        send('POST', `${endpoint}:deployModel`, {
          deployedModel: {
            id: deployedId,
            model: `${parent}/models/${modelId}`,
            displayName: `${model.name} ${model.version}`,
            ...(account !== undefined && { serviceAccount: account }),
            dedicatedResources: { machineSpec: { machineType: machine }, ...replicas },
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
    else {
      if (scales) {
        const mutate = (counts: object) =>
          send('POST', `${endpoint}:mutateDeployedModel`, {
            deployedModel: { id: deployedId, dedicatedResources: counts },
            updateMask: 'dedicatedResources.minReplicaCount,dedicatedResources.maxReplicaCount',
          });
        const former = { minReplicaCount: min ?? 1, maxReplicaCount: max ?? min ?? 1 };
        step(
          `let it scale from ${replicas.minReplicaCount} to ${replicas.maxReplicaCount} machines`,
          mutate(replicas),
          {
            before: { deployedModel: { id: deployedId, dedicatedResources: former } },
            undo: {
              do: 'call',
              operation: 'request',
              say: 'scale it as before',
              request: mutate(former),
              until: waits,
            },
          },
        );
      }
      // Answered with the endpoint itself, not with an operation.
      if (shifts) actions.push(share(split, before));
    }
    if (split[deployedId] === 100)
      for (const { id } of live?.deployedModels ?? [])
        if (id !== deployedId)
          step(
            `take the former model ${id} off ${endpointId}`,
            send('POST', `${endpoint}:undeployModel`, { deployedModelId: id, trafficSplit: { [deployedId]: 100 } }),
            { optional: true },
          );
    return {
      target,
      kind: 'vertex-ai',
      actions,
      notes: [
        'Machines cost money from the moment the model is deployed.',
        ...(live !== undefined && live.labels?.['ml-lifecycle'] === undefined
          ? [`The endpoint ${endpointId} was made by somebody else; its traffic is changed.`]
          : []),
      ],
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
    const until = waitsOf(settings);
    const ids = (live?.deployedModels ?? []).map(({ id }) => id);
    const actions: Action[] = ids.map((id, i) => {
      // A model that still has traffic is not taken off, but for the last one.
      const next = ids[i + 1];
      const trafficSplit = next === undefined ? {} : { trafficSplit: { [next]: 100 } };
      return {
        do: 'call',
        operation: 'request',
        say: `take the model ${id} off ${endpointId}`,
        request: {
          method: 'POST',
          url: `${base}/${endpoint}:undeployModel`,
          body: { deployedModelId: id, ...trafficSplit },
          auth: { kind: 'google' },
        },
        until,
      };
    });
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

  async leftovers(settings, placement, keep) {
    const { base, parent, endpoint, endpointId } = placesOf(settings, placement);
    const live = (await look(settings, placement, endpoint)) as Endpoint | undefined;
    const used = new Set((live?.deployedModels ?? []).map(({ model }) => model.split('/').at(-1)));
    const prefix = `${endpointId.slice(0, 40)}-`;
    const ids: string[] = [];
    let next = '';
    do {
      const page = (await look(
        settings,
        placement,
        `${parent}/models?pageSize=100${next === '' ? '' : `&pageToken=${encodeURIComponent(next)}`}`,
      )) as { models?: readonly { name?: string }[]; nextPageToken?: string } | undefined;
      for (const { name = '' } of page?.models ?? []) {
        const id = name.split('/').at(-1) ?? '';
        const version = id.startsWith(prefix) ? /^(\d+)-[0-9a-f]{8}$/.exec(id.slice(prefix.length))?.[1] : undefined;
        if (version !== undefined && !keep.has(Number(version)) && !used.has(id)) ids.push(id);
      }
      next = page?.nextPageToken ?? '';
    } while (next !== '');
    return {
      target: placement.target,
      kind: 'vertex-ai',
      actions: ids.map((id) => ({
        ...removal(waitsOf(settings), `delete the model ${id}`, {
          method: 'DELETE',
          url: `${base}/${parent}/models/${id}`,
          auth: { kind: 'google' },
        }),
        optional: true as const,
      })),
      notes: ['Images stay in the repository: a cleanup policy of Artifact Registry deletes old ones.'],
    };
  },
};

function placesOf(settings: VertexTarget, { target }: Placement) {
  const parent = `projects/${settings.project}/locations/${settings.location}`;
  const base = `${settings.endpoint?.replace(/\/+$/, '') ?? `https://${settings.location}-aiplatform.googleapis.com`}/v1`;
  const endpointId = settings['endpoint-id'] ?? target.toLowerCase().replaceAll('_', '-');
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(endpointId))
    throw new UserError({
      code: 'endpoint-name',
      message: `'${endpointId.slice(0, 80)}' can't be the id of an endpoint of Vertex AI.`,
      hint: 'Give the target an `endpoint-id` of at most 63 small letters, digits and dashes.',
      path: ['endpoint-id'],
    });
  return { parent, base, endpointId, endpoint: `${parent}/endpoints/${endpointId}` };
}

function waitsOf(settings: VertexTarget): Until {
  return {
    reads: 'google-operation',
    every: settings.endpoint === undefined ? 10 : 0.05,
    patience: settings.patience ?? 2700,
  };
}

function replicasOf({ replicas }: VertexTarget) {
  const min = replicas?.min ?? 1;
  return { minReplicaCount: min, maxReplicaCount: Math.max(min, replicas?.max ?? 3) };
}

/** Waiting for what goes on at an endpoint: Vertex AI does one thing at a time there. Who may not list operations is told by Vertex AI itself. */
async function operationsAt(settings: VertexTarget, placement: Placement, endpoint: string): Promise<Request[]> {
  const { base } = placesOf(settings, placement);
  const ask = (path: string): OutwardRequest => ({ method: 'GET', url: `${base}/${path}`, auth: { kind: 'google' } });
  const answer = await placement.outward?.send(ask(`${endpoint}/operations`));
  if (answer?.status !== 200) return [];
  const { operations = [] } = (answer.value ?? {}) as { operations?: readonly { name?: string; done?: boolean }[] };
  return operations.flatMap(({ name, done }): Request[] =>
    done === true || name === undefined || !/^projects\/[\w/.-]+$/.test(name)
      ? []
      : [
          {
            do: 'call',
            operation: 'request',
            say: `wait for the operation ${name.split('/').at(-1)}`,
            request: ask(name),
            until: { ...waitsOf(settings), reads: 'google-settled', request: ask(name) },
          },
        ],
  );
}

/** A number for a deployed model: its id must be at most ten digits. @param more what else makes it another one */
export function deployedIdOf(version: number, digest: string, more = ''): string {
  const hash = more === '' ? digest.slice(7, 15) : sha256(`${digest} ${more}`).slice(0, 8);
  return String(version * 100_000 + (parseInt(hash, 16) % 100_000)).slice(-10);
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
    shares[other] = i === others.length - 1 ? rest - given : Math.floor((share * rest) / total);
    given += shares[other] ?? 0;
  }
  return shares;
}

function removal(until: Until, say: string, request: OutwardRequest): Request {
  return { do: 'call', operation: 'request', say, request, orAbsent: true, until };
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
