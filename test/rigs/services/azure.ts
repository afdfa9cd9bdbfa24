import { type Reply, serveProtocol } from './server';

interface Resource {
  location?: string;
  sku?: unknown;
  properties: Record<string, unknown> & { provisioningState?: string; traffic?: Record<string, number> };
}

/** The part of Azure Machine Learning's resource manager that a deployment needs, with its provisioning states and its refusals. */
export async function azureServer(workspace: string, token: string) {
  const resources = new Map<string, Resource & { asked: number }>();
  const state = { failing: false };
  const refuse = (status: number, code: string, message: string): Reply => ({
    status,
    body: { error: { code, message } },
  });
  const server = await serveProtocol((seen) => {
    if (seen.headers.authorization !== `Bearer ${token}`)
      return refuse(401, 'AuthenticationFailed', 'Authentication failed.');
    const url = new URL(seen.path, 'http://x');
    if (!/^\d{4}-\d\d-\d\d(-preview)?$/.test(url.searchParams.get('api-version') ?? ''))
      return refuse(400, 'MissingApiVersionParameter', 'The api-version query parameter is required.');
    if (!url.pathname.startsWith(`${workspace}/`))
      return refuse(404, 'ResourceNotFound', 'The workspace was not found.');
    const path = url.pathname.slice(workspace.length);
    const there = resources.get(path);
    if (seen.method === 'GET') {
      if (!there) return refuse(404, 'ResourceNotFound', `${path} was not found.`);
      if (there.properties.provisioningState === 'Creating' && ++there.asked > 1)
        there.properties.provisioningState = state.failing && path.includes('/deployments/') ? 'Failed' : 'Succeeded';
      return { status: 200, body: there };
    }
    if (seen.method === 'DELETE') {
      const live = resources.get(path.replace(/\/deployments\/.*/, ''))?.properties.traffic;
      if (path.includes('/deployments/') && (live?.[path.split('/').at(-1) ?? ''] ?? 0) > 0)
        return refuse(400, 'BadRequest', 'The deployment still gets traffic.');
      return resources.delete(path) ? { status: 202 } : { status: 204 };
    }
    const body = seen.body as Resource;
    const endpoint = /^\/onlineEndpoints\/([^/]+)$/.exec(path)?.[1];
    const deployment = /^(\/onlineEndpoints\/[^/]+)\/deployments\/([^/]+)$/.exec(path);
    if (endpoint !== undefined) {
      if (!/^[a-zA-Z][a-zA-Z0-9-]{1,30}[a-zA-Z0-9]$/.test(endpoint))
        return refuse(400, 'BadRequest', 'Invalid endpoint name.');
      if (!body.location || !['Key', 'AADToken', 'AMLToken'].includes(String(body.properties['authMode'])))
        return refuse(400, 'BadRequest', 'location and authMode are required.');
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
    const kept = { ...body, asked: 0, properties: { ...body.properties, provisioningState: 'Creating' } };
    resources.set(path, kept);
    return { status: there ? 200 : 201, body: kept };
  });
  return { ...server, resources, state };
}
