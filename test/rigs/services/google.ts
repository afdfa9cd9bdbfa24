import { type Reply, serveProtocol } from './server';

interface Endpoint {
  name: string;
  displayName: string;
  labels?: Record<string, string>;
  deployedModels: { id: string; model: string; displayName: string; dedicatedResources?: object }[];
  trafficSplit: Record<string, number>;
}

/** The part of Vertex AI that a deployment needs, with its long-running operations and its refusals. */
export async function vertexServer(parent: string, token: string) {
  const models = new Map<string, unknown>();
  const endpoints = new Map<string, Endpoint>();
  const operations = new Map<
    string,
    { asked: number; finish?: () => void; error?: { code: number; message: string } }
  >();
  /** `slow`: how often an operation is asked for before it is done; `refuse`: a verb that is not taken. */
  const state = { failing: false, slow: 1, refuse: '' };
  const refuse = (code: number, status: string, message: string): Reply => ({
    status: code,
    body: { error: { code, status, message } },
  });
  const operation = (fails = false, done?: () => void): Reply => {
    const name = `${parent}/operations/${operations.size + 1}`;
    operations.set(name, {
      asked: 0,
      ...(done && { finish: done }),
      ...(fails && { error: { code: 9, message: 'Model server exited unexpectedly.' } }),
    });
    return { status: 200, body: { name, done: false } };
  };
  const addsUp = (split: Record<string, number>) => Object.values(split).reduce((sum, share) => sum + share, 0) === 100;
  const server = await serveProtocol((seen) => {
    if (seen.headers.authorization !== `Bearer ${token}`)
      return refuse(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
    const url = new URL(seen.path, 'http://x');
    const path = url.pathname.replace(/^\/v1\//, '');
    if (!path.startsWith(`${parent}/`)) return refuse(403, 'PERMISSION_DENIED', 'Permission denied.');
    const rest = path.slice(parent.length + 1);
    const body = (seen.body ?? {}) as Record<string, unknown>;
    const found = operations.get(path);
    if (found) {
      const done = ++found.asked > state.slow;
      if (done) found.finish?.();
      if (done) delete found.finish;
      return {
        status: 200,
        body: { name: path, done, ...(done && (found.error ? { error: found.error } : { response: {} })) },
      };
    }
    if (rest === 'models:upload') {
      const { modelId, model } = body as {
        modelId: string;
        model: { displayName?: string; containerSpec?: { imageUri?: string }; labels?: Record<string, string> };
      };
      if (!/^[a-z0-9][a-z0-9_-]{0,62}$/.test(modelId)) return refuse(400, 'INVALID_ARGUMENT', 'Invalid model id.');
      if (!model.displayName || !model.containerSpec?.imageUri)
        return refuse(400, 'INVALID_ARGUMENT', 'displayName and containerSpec.imageUri are required.');
      if (
        Object.entries(model.labels ?? {}).some(
          ([key, value]) => !/^[a-z][a-z0-9_-]{0,62}$/.test(key) || !/^[a-z0-9_-]{0,63}$/.test(value),
        )
      )
        return refuse(400, 'INVALID_ARGUMENT', 'Invalid labels.');
      if (models.has(modelId)) return refuse(409, 'ALREADY_EXISTS', 'Model exists.');
      models.set(modelId, model);
      return operation();
    }
    if (rest === 'endpoints' && seen.method === 'POST') {
      const id = url.searchParams.get('endpointId') ?? '';
      if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(id)) return refuse(400, 'INVALID_ARGUMENT', 'Invalid endpoint id.');
      if (endpoints.has(id)) return refuse(409, 'ALREADY_EXISTS', 'Endpoint exists.');
      endpoints.set(id, {
        name: `${parent}/endpoints/${id}`,
        displayName: String(body['displayName']),
        labels: body['labels'] as Record<string, string>,
        deployedModels: [],
        trafficSplit: {},
      });
      return operation();
    }
    if (rest === 'models' && seen.method === 'GET')
      return { status: 200, body: { models: [...models.keys()].map((id) => ({ name: `${parent}/models/${id}` })) } };
    const [, kind, id = '', verb] = /^(models|endpoints)\/([^:/]+)(?::(\w+)|\/operations)?$/.exec(rest) ?? [];
    if (kind === 'models') {
      if (!models.has(id)) return refuse(404, 'NOT_FOUND', 'Model not found.');
      if (seen.method === 'GET') return { status: 200, body: models.get(id) };
      models.delete(id);
      return operation();
    }
    if (kind === 'endpoints' && rest.endsWith('/operations'))
      return {
        status: 200,
        body: {
          operations: [...operations].flatMap(([name, one]) => (one.finish ? [{ name, done: false }] : [])),
        },
      };
    const endpoint = endpoints.get(id);
    if (kind !== 'endpoints' || !endpoint) return refuse(404, 'NOT_FOUND', 'Endpoint not found.');
    if (verb !== undefined && verb === state.refuse) return refuse(403, 'PERMISSION_DENIED', 'Permission denied.');
    if (verb === 'deployModel') {
      const { deployedModel, trafficSplit } = body as {
        deployedModel: {
          id: string;
          model: string;
          displayName: string;
          dedicatedResources?: { machineSpec?: { machineType?: string }; minReplicaCount?: number };
        };
        trafficSplit: Record<string, number>;
      };
      if (!/^\d{1,10}$/.test(deployedModel.id))
        return refuse(400, 'INVALID_ARGUMENT', 'deployedModel.id must be 1 to 10 digits.');
      if (!models.has(deployedModel.model.split('/').at(-1) ?? '')) return refuse(404, 'NOT_FOUND', 'Model not found.');
      if (!deployedModel.dedicatedResources?.machineSpec?.machineType)
        return refuse(400, 'INVALID_ARGUMENT', 'machineType is required.');
      if (!addsUp(trafficSplit) || !('0' in trafficSplit))
        return refuse(400, 'INVALID_ARGUMENT', 'trafficSplit must add up to 100.');
      const unknown = Object.keys(trafficSplit).find(
        (key) => key !== '0' && !endpoint.deployedModels.some((one) => one.id === key),
      );
      if (unknown) return refuse(400, 'INVALID_ARGUMENT', `Unknown deployed model ${unknown}.`);
      if (endpoint.deployedModels.some((one) => one.id === deployedModel.id))
        return refuse(400, 'FAILED_PRECONDITION', 'There is a deployed model with this id.');
      if ([...operations.values()].some((one) => one.finish))
        return refuse(400, 'FAILED_PRECONDITION', 'There are other operations running on the Endpoint.');
      // It is there when the operation is done.
      return operation(state.failing, () => {
        if (state.failing) return;
        endpoint.deployedModels.push(deployedModel);
        endpoint.trafficSplit = Object.fromEntries(
          Object.entries(trafficSplit).map(([key, share]) => [key === '0' ? deployedModel.id : key, share]),
        );
      });
    }
    if (verb === 'mutateDeployedModel') {
      const { deployedModel, updateMask } = body as {
        deployedModel: { id: string; dedicatedResources?: object };
        updateMask?: string;
      };
      const there = endpoint.deployedModels.find((one) => one.id === deployedModel.id);
      if (!there) return refuse(404, 'NOT_FOUND', 'Deployed model not found.');
      if (
        !updateMask ||
        updateMask.split(',').some((path) => !/^dedicatedResources\.(min|max)ReplicaCount$/.test(path))
      )
        return refuse(400, 'INVALID_ARGUMENT', 'updateMask names what can not be changed.');
      there.dedicatedResources = { ...there.dedicatedResources, ...deployedModel.dedicatedResources };
      return operation();
    }
    if (verb === 'undeployModel') {
      const { deployedModelId, trafficSplit } = body as {
        deployedModelId: string;
        trafficSplit?: Record<string, number>;
      };
      if (!endpoint.deployedModels.some((one) => one.id === deployedModelId))
        return refuse(404, 'NOT_FOUND', 'Deployed model not found.');
      if (trafficSplit !== undefined && !addsUp(trafficSplit))
        return refuse(400, 'INVALID_ARGUMENT', 'trafficSplit must add up to 100.');
      const left = endpoint.deployedModels.filter((one) => one.id !== deployedModelId);
      const split = trafficSplit ?? endpoint.trafficSplit;
      if (left.length > 0 && (split[deployedModelId] ?? 0) > 0)
        return refuse(400, 'FAILED_PRECONDITION', 'The deployed model still has traffic.');
      if (Object.keys(split).some((key) => key !== deployedModelId && !left.some((one) => one.id === key)))
        return refuse(400, 'INVALID_ARGUMENT', 'trafficSplit names an unknown deployed model.');
      endpoint.deployedModels = left;
      endpoint.trafficSplit = left.length === 0 ? {} : split;
      return operation();
    }
    if (seen.method === 'PATCH') {
      const { trafficSplit } = body as { trafficSplit: Record<string, number> };
      if (!addsUp(trafficSplit)) return refuse(400, 'INVALID_ARGUMENT', 'trafficSplit must add up to 100.');
      endpoint.trafficSplit = trafficSplit;
      return { status: 200, body: endpoint };
    }
    if (seen.method === 'DELETE') {
      if (endpoint.deployedModels.length > 0)
        return refuse(400, 'FAILED_PRECONDITION', 'Endpoint has deployed models.');
      endpoints.delete(id);
      return operation();
    }
    return { status: 200, body: endpoint };
  });
  return { ...server, models, endpoints, operations, state };
}
