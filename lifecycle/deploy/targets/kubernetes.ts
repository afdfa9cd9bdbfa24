import type { KubernetesTarget } from '../../../schemas/generated/types';
import type { Auth, OutwardRequest } from '../../net/outward';
import { UserError } from '../../problem';
import { buildImage, CONTAINER_PORT } from '../image/build';
import type { Action, Placement, TargetKind, Until } from '../plan';
import { covers } from '../covers';
import { READERS, refusal } from '../request';
import { pushOf } from './container';
import { type ClusterObject, MANAGER, nameOf, objectsOf } from './kubernetes-objects';

/** What a cluster calls the objects of each kind in addresses. */
const PLURALS: Readonly<Record<string, string>> = {
  Deployment: 'deployments',
  Service: 'services',
  HorizontalPodAutoscaler: 'horizontalpodautoscalers',
  PodDisruptionBudget: 'poddisruptionbudgets',
  NetworkPolicy: 'networkpolicies',
  InferenceService: 'inferenceservices',
  SeldonDeployment: 'seldondeployments',
};

/** What tells that an object is ready. */
const READY: Readonly<Record<string, Until['reads']>> = {
  Deployment: 'kubernetes-rollout',
  InferenceService: 'kserve-ready',
  SeldonDeployment: 'seldon-available',
};

/** Pods of the model server in a cluster, put there by server-side apply. */
export const kubernetes: TargetKind<KubernetesTarget> = {
  kind: 'kubernetes',
  asks: true,

  place: (settings, placement) => {
    const { flavour = 'deployment', namespace = 'default', context } = settings;
    return `the ${flavour} ${namespace}/${nameOf(settings, placement)}${context === undefined ? '' : ` in ${context}`}`;
  },

  async plan(settings, placement) {
    const image = await buildImage(placement, settings.image.base === undefined ? {} : { base: settings.image.base });
    const objects = objectsOf(settings, placement, `${settings.image.repository}@${image.digest}`);
    const actions: Action[] = [];
    for (const object of objects) {
      const before = await lookAt(object, settings, placement);
      if (before === undefined || !covers(plainQuantities(before), plainQuantities(object)))
        actions.push(applyAction(object, before, settings));
      // It is as it should be, but a deployment that was broken off, or somebody else, left it half-way.
      else if (!isReady(object, before)) actions.push(waitAction(object, settings));
    }
    const push = pushOf(settings.image, image, placement);
    return {
      target: placement.target,
      kind: 'kubernetes',
      actions: actions.some(({ undo }) => undo !== undefined) ? [push, ...actions] : actions,
      notes:
        actions.length === 0
          ? [`${placement.model.name} ${placement.model.version} is on ${placement.target} already.`]
          : [
              `Pods pull ${settings.image.repository}@${image.digest.slice(0, 19)}…; a former version answers until the new one is ready.`,
            ],
    };
  },

  async outcome(settings, placement) {
    const image = await buildImage(placement, settings.image.base === undefined ? {} : { base: settings.image.base });
    const name = nameOf(settings, placement);
    return {
      // Seldon's Service has the port of the container.
      url: `http://${name}.${settings.namespace ?? 'default'}.svc${settings.flavour === 'seldon' ? `:${CONTAINER_PORT}` : ''}`,
      image: `${settings.image.repository}@${image.digest}`,
    };
  },

  async remove(settings, placement) {
    const objects = objectsOf(settings, placement, 'gone');
    const actions: Action[] = [];
    for (const object of objects.toReversed()) {
      const before = await lookAt(object, settings, placement);
      if (before === undefined) continue;
      actions.push({
        do: 'call',
        operation: 'request',
        say: `remove ${object.kind} ${object.metadata.name}`,
        request: { method: 'DELETE', url: pathOf(object), auth: authOf(settings) },
        orAbsent: true,
        before: shownPart(before, object),
      });
    }
    return {
      target: placement.target,
      kind: 'kubernetes',
      actions,
      notes: actions.length === 0 ? ['Nothing of it is in the cluster.'] : [],
    };
  },
};

function authOf({ context }: KubernetesTarget): Auth {
  return { kind: 'kubernetes', ...(context !== undefined && { context }) };
}

function pathOf({ apiVersion, kind, metadata }: ClusterObject): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}/namespaces/${metadata.namespace}/${PLURALS[kind]}/${metadata.name}`;
}

function waitsFor(object: ClusterObject, settings: KubernetesTarget): Until | undefined {
  const reads = READY[object.kind];
  if (reads === undefined) return undefined;
  const request: OutwardRequest = { method: 'GET', url: pathOf(object), auth: authOf(settings) };
  return { reads, request, every: 2, patience: (settings.patience ?? 300) + 30 };
}

/** Whether an object that is to become ready has; of others there is nothing to wait for. */
function isReady({ kind }: ClusterObject, there: unknown): boolean {
  const reads = READY[kind];
  return reads === undefined || READERS[reads](there).state === 'done';
}

function waitAction(object: ClusterObject, settings: KubernetesTarget): Action {
  const until = waitsFor(object, settings);
  return {
    do: 'call',
    operation: 'request',
    say: `wait until ${object.kind} ${object.metadata.name} is ready`,
    request: { method: 'GET', url: pathOf(object), auth: authOf(settings) },
    ...(until && { until }),
  };
}

function applyAction(object: ClusterObject, before: unknown, settings: KubernetesTarget): Action {
  const { kind, metadata } = object;
  const auth = authOf(settings);
  const apply = (body: unknown): OutwardRequest => ({
    method: 'PATCH',
    url: `${pathOf(object)}?fieldManager=${MANAGER}&force=true`,
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body,
    auth,
  });
  const waits = waitsFor(object, settings);
  return {
    do: 'call',
    operation: 'request',
    say: `${before === undefined ? 'create' : 'change'} ${kind} ${metadata.name}${waits ? ' and wait until it is ready' : ''}`,
    request: apply(object),
    ...(before !== undefined && { before: shownPart(before, object) }),
    ...(waits && { until: waits }),
    undo:
      before === undefined
        ? {
            do: 'call',
            operation: 'request',
            say: `remove ${kind} ${metadata.name}`,
            request: { method: 'DELETE', url: pathOf(object), auth },
            orAbsent: true,
          }
        : {
            do: 'call',
            operation: 'request',
            say: `put ${kind} ${metadata.name} back`,
            request: apply(ownPart(before)),
          },
  };
}

async function lookAt(object: ClusterObject, settings: KubernetesTarget, { outward }: Placement): Promise<unknown> {
  if (outward === undefined) return undefined;
  const request: OutwardRequest = { method: 'GET', url: pathOf(object), auth: authOf(settings) };
  const answer = await outward.send(request);
  if (answer.status === 200) {
    refuseForeign(object, answer.value);
    return answer.value;
  }
  if (answer.status !== 404) throw refusal(request, answer);
  const words = (answer.value as { message?: string } | undefined)?.message ?? '';
  if (/could not find the requested resource/.test(words) || /namespaces? ".*" not found/.test(words))
    throw refusal(request, answer);
  return undefined;
}

/** What somebody else put there is not taken over in silence. */
function refuseForeign({ kind, metadata }: ClusterObject, there: unknown): void {
  const { labels } = (there as { metadata?: { labels?: Record<string, string> } }).metadata ?? {};
  if (labels?.['app.kubernetes.io/managed-by'] === MANAGER) return;
  throw new UserError({
    code: 'kubernetes-taken',
    message: `There is a ${kind} '${metadata.name}' in the namespace ${metadata.namespace} already, which is not ours.`,
    hint: 'Give the target another `name` or `namespace`.',
    path: ['name'],
  });
}

/** An object without what the cluster keeps of it, and without what is the autoscaler's: who applies a number of replicas once owns it. */
function ownPart(there: unknown): unknown {
  const { apiVersion, kind, metadata, spec } = there as ClusterObject;
  const { name, namespace, labels } = metadata;
  const { replicas: _, ...rest } = spec;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, labels },
    spec: kind === 'Deployment' ? rest : spec,
  };
}

/** What of an object a plan speaks of: a cluster's own defaults stay as they are, and are not shown as if they went. */
function shownPart(there: unknown, wanted: unknown): unknown {
  if (Array.isArray(there) && Array.isArray(wanted))
    return there.map((value, i) => (i < wanted.length ? shownPart(value, wanted[i]) : (value as unknown)));
  if (typeof there === 'string' && typeof wanted === 'string' && quantity(there) === quantity(wanted)) return wanted;
  if (!isObject(there) || !isObject(wanted)) return there;
  // In the order in which they are to be, so that only what differs shows.
  return Object.fromEntries(
    Object.keys(wanted).flatMap((key) => (key in there ? [[key, shownPart(there[key], wanted[key])]] : [])),
  );
}

/** The same object with amounts as numbers: a cluster writes `0.5` as `500m` and `1024Mi` as `1Gi`. */
function plainQuantities(value: unknown, amounts = false): unknown {
  if (Array.isArray(value)) return value.map((one) => plainQuantities(one));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [
        key,
        typeof one === 'string' && (amounts || key === 'sizeLimit')
          ? quantity(one)
          : plainQuantities(one, key === 'requests' || key === 'limits'),
      ]),
    );
  return value;
}

const UNITS: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** An amount as Kubernetes writes it, in processors or bytes; the text itself where it is none. */
function quantity(text: string): number | string {
  const [, number = '', unit = ''] = /^([\d.]+)([a-zA-Z]*)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  // Rounded, since 0.1 + 0.2 and the like are not what they seem.
  return number === '' || factor === undefined ? text : Number((Number(number) * factor).toPrecision(12));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
