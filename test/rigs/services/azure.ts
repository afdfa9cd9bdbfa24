import { type Reply, serveProtocol } from './server';

interface Resource {
  location?: string;
  sku?: unknown;
  properties: Record<string, unknown> & { provisioningState?: string; traffic?: Record<string, number> };
}

/** The part of Azure Machine Learning's resource manager that a deployment needs, with its provisioning states and its refusals. */
export async function azureServer(workspace: string, token: string) {
  const resources = new Map<string, Resource & { asked: number }>();
  /** `slow`: how often it is asked before something is done; `lost`: logins are refused from then on. */
  const state = { failing: false, slow: 1, lost: false, location: 'West Europe' };
  const refuse = (status: number, code: string, message: string): Reply => ({
    status,
    body: { error: { code, message } },
  });
  const server = await serveProtocol((seen) => {
    if (state.lost || seen.headers.authorization !== `Bearer ${token}`)
      return refuse(401, 'AuthenticationFailed', 'Authentication failed.');
    const url = new URL(seen.path, 'http://x');
    if (!/^\d{4}-\d\d-\d\d(-preview)?$/.test(url.searchParams.get('api-version') ?? ''))
      return refuse(400, 'MissingApiVersionParameter', 'The api-version query parameter is required.');
    if (url.pathname === '/operations/failed')
      return {
        status: 200,
        body: { status: 'Failed', error: { code: 'OutOfQuota', message: 'Not enough quota for Standard_DS3_v2.' } },
      };
    if (url.pathname === workspace) return { status: 200, body: { location: state.location } };
    if (!url.pathname.startsWith(`${workspace}/`))
      return refuse(404, 'ResourceNotFound', 'The workspace was not found.');
    const path = url.pathname.slice(workspace.length);
    const there = resources.get(path);
    if (seen.method === 'GET' && path.endsWith('/deployments'))
      return {
        status: 200,
        body: {
          value: [...resources.keys()].flatMap((key) =>
            key.startsWith(`${path}/`) ? [{ name: key.slice(path.length + 1) }] : [],
          ),
        },
      };
    if (seen.method === 'GET') {
      if (!there) return refuse(404, 'ResourceNotFound', `${path} was not found.`);
      const { provisioningState: now } = there.properties;
      if ((now === 'Creating' || now === 'Deleting') && ++there.asked > state.slow) {
        if (now === 'Deleting') {
          resources.delete(path);
          return refuse(404, 'ResourceNotFound', `${path} was not found.`);
        }
        there.properties.provisioningState = state.failing && path.includes('/deployments/') ? 'Failed' : 'Succeeded';
      }
      return { status: 200, body: there };
    }
    if (seen.method === 'DELETE') {
      const live = resources.get(path.replace(/\/deployments\/.*/, ''))?.properties.traffic;
      if (path.includes('/deployments/') && (live?.[path.split('/').at(-1) ?? ''] ?? 0) > 0)
        return refuse(400, 'BadRequest', 'The deployment still gets traffic.');
      if (!there) return { status: 204 };
      if (there.properties.provisioningState === 'Creating')
        return refuse(409, 'Conflict', 'Another operation is in progress.');
      if ([...resources.keys()].some((key) => key.startsWith(`${path}/`)))
        for (const key of [...resources.keys()]) if (key.startsWith(`${path}/`)) resources.delete(key);
      there.properties.provisioningState = 'Deleting';
      there.asked = 0;
      return { status: 202 };
    }
    if (there && !['Succeeded', 'Failed'].includes(there.properties.provisioningState ?? ''))
      return refuse(409, 'Conflict', 'Another operation is in progress.');
    const body = seen.body as Resource;
    const endpoint = /^\/onlineEndpoints\/([^/]+)$/.exec(path)?.[1];
    const deployment = /^(\/onlineEndpoints\/[^/]+)\/deployments\/([^/]+)$/.exec(path);
    if (endpoint !== undefined) {
      if (!/^[a-zA-Z][a-zA-Z0-9-]{1,30}[a-zA-Z0-9]$/.test(endpoint))
        return refuse(400, 'BadRequest', 'Invalid endpoint name.');
      if (!body.location || !['Key', 'AADToken', 'AMLToken'].includes(String(body.properties['authMode'])))
        return refuse(400, 'BadRequest', 'location and authMode are required.');
      const authMode = there?.properties['authMode'] ?? body.properties['authMode'];
      if (authMode !== body.properties['authMode']) return refuse(400, 'BadRequest', 'authMode can not be changed.');
      const traffic = body.properties.traffic ?? {};
      const sum = Object.values(traffic).reduce((a, b) => a + b, 0);
      if (sum !== 0 && sum !== 100) return refuse(400, 'BadRequest', 'Traffic must add up to 0 or 100.');
      const unknown = Object.keys(traffic).find((name) => !resources.has(`${path}/deployments/${name}`));
      if (unknown) return refuse(400, 'BadRequest', `Deployment ${unknown} does not exist.`);
    } else if (deployment) {
      if (!/^[a-zA-Z][a-zA-Z0-9-]{1,30}[a-zA-Z0-9]$/.test(deployment[2] ?? ''))
        return refuse(400, 'BadRequest', 'Invalid deployment name.');
      if (!resources.has(deployment[1] ?? '')) return refuse(404, 'ResourceNotFound', 'The endpoint was not found.');
      const environment = String(body.properties['environmentId']).slice(workspace.length);
      if (!resources.has(environment)) return refuse(400, 'BadRequest', 'The environment was not found.');
      if (!body.sku || !body.properties['instanceType'])
        return refuse(400, 'BadRequest', 'sku and instanceType are required.');
    } else if (!/^\/environments\/[\w-]+\/versions\/[\w.-]+$/.test(path)) return refuse(404, 'ResourceNotFound', path);
    const kept: Resource & { asked: number } = {
      ...body,
      asked: 0,
      properties: { ...body.properties, provisioningState: 'Creating' },
    };
    resources.set(path, kept);
    // What a service adds of its own.
    if (endpoint !== undefined)
      kept.properties['scoringUri'] = `https://${endpoint}.westeurope.inference.ml.azure.com/predict`;
    return {
      status: there ? 200 : 201,
      body: kept,
      headers: { 'azure-asyncoperation': `http://${seen.headers.host}/operations/failed?api-version=2024-04-01` },
    };
  });
  return { ...server, resources, state };
}
