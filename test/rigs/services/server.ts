import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that a test server saw. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  readonly body: unknown;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A service on loopback. What it throws is answered with a 500. Keeps what it saw. */
export async function serveProtocol(
  answer: (seen: Seen) => Reply | Promise<Reply>,
): Promise<{ url: string; host: string; seen: Seen[]; close: () => Promise<void> }> {
  const seen: Seen[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const binary = request.headers['content-type'] === 'application/octet-stream';
      const text = binary ? '' : bytes.toString('utf8');
      let body: unknown;
      try {
        body = text === '' ? undefined : JSON.parse(text);
      } catch {
        body = undefined;
      }
      const one: Seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, text, body };
      seen.push(one);
      Promise.resolve()
        .then(() => answer(one))
        .catch((error: unknown) => ({ status: 500, body: { message: String(error) }, headers: {} }))
        .then((reply) => {
          response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
          response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
        })
        .catch(() => response.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A container registry that takes everything and keeps nothing but names, digests and kinds. Tags can't be moved (`immutable`). */
export async function fakeRegistry(options: { readonly immutable?: boolean } = {}) {
  const blobs = new Set<string>();
  /** Kind of a manifest by its digest. */
  const manifests = new Map<string, string>();
  const tags = new Map<string, string>();
  const server = await serveProtocol(({ method, path, text, headers }) => {
    const digest = /sha256:[0-9a-f]{64}/.exec(decodeURIComponent(path))?.[0] ?? '';
    const [, reference] = /\/manifests\/(.+)$/.exec(path) ?? [];
    if (reference !== undefined && method === 'HEAD') {
      const found = tags.get(reference) ?? (manifests.has(reference) ? reference : undefined);
      return found === undefined ? { status: 404 } : { status: 200, headers: { 'docker-content-digest': found } };
    }
    if (reference !== undefined && method === 'PUT') {
      const own = `sha256:${createHash('sha256').update(text).digest('hex')}`;
      if (options.immutable && tags.has(reference))
        return {
          status: 400,
          body: { errors: [{ code: 'TAG_INVALID', message: `The image tag '${reference}' already exists.` }] },
        };
      manifests.set(own, String(headers['content-type']));
      if (!reference.startsWith('sha256:')) tags.set(reference, own);
      return { status: 201 };
    }
    if (reference !== undefined && method === 'DELETE') return { status: manifests.delete(reference) ? 202 : 404 };
    if (method === 'HEAD') return { status: blobs.has(digest) ? 200 : 404 };
    if (method === 'POST') return { status: 202, headers: { location: '/upload/1?state=x' } };
    if (path.startsWith('/upload/')) {
      blobs.add(digest);
      return { status: 201 };
    }
    return { status: 404 };
  });
  return { ...server, manifests, tags };
}
