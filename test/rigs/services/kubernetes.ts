import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Service } from 'kubernetes-models/v1/Service';
import { type Reply, type Seen, serveProtocol } from './server';

/** Types of Kubernetes' own OpenAPI description. */
const MODELS: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  deployments: Deployment,
  services: Service,
  horizontalpodautoscalers: HorizontalPodAutoscaler,
  poddisruptionbudgets: PodDisruptionBudget,
  networkpolicies: NetworkPolicy,
};
const ROOTS: Readonly<Record<string, string>> = {
  deployments: '/apis/apps/v1',
  services: '/api/v1',
  horizontalpodautoscalers: '/apis/autoscaling/v2',
  poddisruptionbudgets: '/apis/policy/v1',
  networkpolicies: '/apis/networking.k8s.io/v1',
  inferenceservices: '/apis/serving.kserve.io/v1beta1',
  seldondeployments: '/apis/machinelearning.seldon.io/v1',
};

interface Stored {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; labels?: Record<string, string>; generation: number };
  spec: Record<string, unknown>;
  status?: Record<string, unknown>;
}

/** Something like an API server: server-side apply with the checks that the real one makes, and Deployments that roll out after some questions. */
export async function kubernetesServer(options: { readonly token: string; readonly namespace: string }) {
  const objects = new Map<string, Stored>();
  /** What was applied last, by address. */
  const applied = new Map<string, Record<string, unknown>>();
  const state = { failing: false, asked: 0 };
  const status = (code: number, reason: string, message: string): Reply => ({
    status: code,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message },
  });
  const server = await serveProtocol((seen) => {
    if (seen.headers.authorization !== `Bearer ${options.token}`) return status(401, 'Unauthorized', 'Unauthorized');
    const url = new URL(seen.path, 'http://x');
    const [, root = '', namespace = '', plural = '', name = ''] =
      /^(.*)\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(url.pathname) ?? [];
    if (ROOTS[plural] !== root) return status(404, 'NotFound', 'the server could not find the requested resource');
    if (namespace !== options.namespace) return status(404, 'NotFound', `namespaces "${namespace}" not found`);
    const there = objects.get(url.pathname);
    if (seen.method === 'PATCH') return patch(seen, url, plural, name, there);
    if (there === undefined) return status(404, 'NotFound', `${plural} "${name}" not found`);
    if (seen.method === 'DELETE') {
      objects.delete(url.pathname);
      return { status: 200, body: { kind: 'Status', status: 'Success' } };
    }
    if (['deployments', 'inferenceservices', 'seldondeployments'].includes(plural)) roll(there, plural);
    return { status: 200, body: there };
  });

  function patch(seen: Seen, url: URL, plural: string, name: string, there: Stored | undefined): Reply {
    if (seen.headers['content-type'] !== 'application/apply-patch+yaml')
      return status(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format');
    if (!url.searchParams.get('fieldManager'))
      return status(400, 'BadRequest', 'fieldManager is required for apply patch');
    const body = seen.body as Stored;
    if (body?.metadata?.name !== name || body.metadata.namespace !== options.namespace)
      return status(400, 'BadRequest', 'the name of the object does not match the name on the URL');
    const Model = MODELS[plural];
    if (Model) {
      try {
        new Model(body as never).validate();
      } catch (error) {
        return status(422, 'Invalid', String(error));
      }
    }
    const refused = plural === 'seldondeployments' ? seldonRefusal(body.spec) : undefined;
    if (refused !== undefined) return status(422, 'Invalid', refused);
    const selector = (of: Stored | undefined) => JSON.stringify((of?.spec['selector'] as object | undefined) ?? null);
    if (there !== undefined && plural === 'deployments' && selector(there) !== selector(body))
      return status(422, 'Invalid', 'spec.selector: Invalid value: field is immutable');
    // A field that was applied before and is left out now goes; the autoscaler's number stays while nobody applied one.
    const kept = there?.spec['replicas'];
    const owned = applied.has(url.pathname) && 'replicas' in (applied.get(url.pathname) ?? {});
    applied.set(url.pathname, body.spec);
    const spec = withDefaults(plural, structuredClone(body.spec));
    if (plural === 'deployments') spec['replicas'] = body.spec['replicas'] ?? (owned ? 1 : (kept ?? 1));
    const generation =
      (there?.metadata.generation ?? 0) + (JSON.stringify(there?.spec) === JSON.stringify(spec) ? 0 : 1);
    objects.set(url.pathname, {
      ...body,
      spec,
      metadata: { ...body.metadata, generation },
      ...(there?.status && { status: there.status }),
    });
    state.asked = 0;
    return { status: there === undefined ? 201 : 200, body: objects.get(url.pathname) };
  }

  /** The third time it is asked it is done, or has failed. */
  function roll(object: Stored, plural: string): void {
    if (++state.asked < 3) return;
    const { generation } = object.metadata;
    if (plural === 'inferenceservices') {
      object.status = { observedGeneration: generation, conditions: [{ type: 'Ready', status: 'True' }] };
      return;
    }
    if (plural === 'seldondeployments') {
      object.status = state.failing
        ? { state: 'Failed', description: 'Deployment shop-default-0-model exceeded its progress deadline' }
        : { state: state.asked < 4 ? 'Creating' : 'Available' };
      return;
    }
    const wanted = Number(object.spec['replicas'] ?? 1);
    object.status = state.failing
      ? {
          observedGeneration: generation,
          replicas: 2,
          updatedReplicas: 1,
          availableReplicas: 1,
          conditions: [
            {
              type: 'Progressing',
              status: 'False',
              reason: 'ProgressDeadlineExceeded',
              message: 'ReplicaSet "x" has timed out progressing.',
            },
          ],
        }
      : { observedGeneration: generation, replicas: wanted, updatedReplicas: wanted, availableReplicas: wanted };
  }
  return { ...server, objects, state };
}

/** The fields that an API server fills in, and the way in which it writes amounts. */
function withDefaults(plural: string, spec: Record<string, unknown>): Record<string, unknown> {
  if (plural === 'services') return { ...spec, clusterIP: '10.0.0.7', sessionAffinity: 'None' };
  if (plural === 'networkpolicies' && Array.isArray(spec['egress']) && spec['egress'].length === 0)
    delete spec['egress'];
  if (plural !== 'deployments') return spec;
  const template = spec['template'] as { spec: Record<string, unknown> & { containers: Record<string, unknown>[] } };
  Object.assign(template.spec, {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
  });
  for (const container of template.spec.containers) {
    container['terminationMessagePath'] = '/dev/termination-log';
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
      container[probe] = { successThreshold: 1, timeoutSeconds: 1, ...(container[probe] as object) };
    const text = JSON.stringify(container['resources']).replaceAll('"0.5"', '"500m"').replaceAll('"1024Mi"', '"1Gi"');
    container['resources'] = JSON.parse(text) as unknown;
  }
  return spec;
}

interface SeldonSpec {
  readonly protocol?: string;
  readonly predictors?: readonly {
    readonly name?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly graph?: { readonly name?: string; readonly type?: string; readonly children?: readonly unknown[] };
    readonly componentSpecs?: readonly {
      readonly spec?: { readonly containers?: readonly { readonly name: string }[] };
    }[];
  }[];
}

/** What the webhook of Seldon Core 1 refuses; the pods inside are checked as those of a Deployment. */
function seldonRefusal(spec: SeldonSpec): string | undefined {
  const { protocol = '', predictors = [] } = spec;
  if (!['', 'seldon', 'tensorflow', 'kfserving', 'v2'].includes(protocol))
    return 'spec: Invalid value: Invalid protocol';
  if (predictors.length === 0) return 'spec: Invalid value: Graph contains no predictors';
  for (const { name, annotations = {}, graph = {}, componentSpecs = [] } of predictors) {
    if (!name) return 'spec.predictors: Required value: name';
    const containers = componentSpecs.flatMap((one) => one.spec?.containers ?? []);
    if (!containers.some((container) => container.name === graph.name))
      return `spec.predictors[0].graph: Invalid value: "${graph.name}": Can't find container for Predictive Unit`;
    if ('seldon.io/no-engine' in annotations && (graph.children ?? []).length > 0)
      return 'spec.predictors[0]: Invalid value: Running without engine only valid for single element graphs';
    for (const { spec: pod } of componentSpecs) {
      const labels = { app: 'x' };
      const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' } };
      const filled = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } };
      try {
        new Deployment({ ...deployment, spec: filled } as never).validate();
      } catch (error) {
        return String(error);
      }
    }
  }
  return undefined;
}
