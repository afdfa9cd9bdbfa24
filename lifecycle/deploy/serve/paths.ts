import { HttpError } from '../../net/server';

/** What a path asks for; requests are counted by it. */
export type Endpoint = 'predict' | 'models' | 'feedback' | 'health' | 'metrics' | 'server' | 'none';

const SERVER_PATHS = new Set(['/', '/v2', '/v2/repository/index', '/openapi.json', '/try', '/try.js', '/try.css']);

export function endpointOf(path: string): Endpoint {
  // SageMaker has names of its own for the same.
  if (path === '/predict' || path.startsWith('/predict/') || path === '/invocations') return 'predict';
  if (path === '/ping') return 'health';
  if (path.startsWith('/v2/models/')) return 'models';
  if (path === '/feedback') return 'feedback';
  if (path.startsWith('/v2/health/')) return 'health';
  if (path === '/metrics') return 'metrics';
  return SERVER_PATHS.has(path) ? 'server' : 'none';
}

export function segments(path: string): string[] {
  try {
    return path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    throw new HttpError(400, 'bad-path', 'The path is not properly percent-encoded.');
  }
}

export function allow(method: string, allowed: 'GET' | 'POST'): void {
  if (method === allowed || (allowed === 'GET' && method === 'HEAD')) return;
  throw new HttpError(
    405,
    'method-not-allowed',
    `Use ${allowed} here, not ${method}.`,
    {},
    { allow: allowed === 'GET' ? 'GET, HEAD' : allowed },
  );
}

export function notFound(path: string): HttpError {
  return new HttpError(404, 'not-found', `There is nothing at ${path.slice(0, 200)}.`, {
    hint: 'GET / lists what there is.',
  });
}

/** A client's own id when it is harmless in logs and headers. */
export function requestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : undefined;
}
