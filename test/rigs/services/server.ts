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

/** A container registry that takes everything and keeps nothing but names. */
export function fakeRegistry() {
  const blobs = new Set<string>();
  return serveProtocol(({ method, path }) => {
    const digest = /sha256:[0-9a-f]{64}/.exec(decodeURIComponent(path))?.[0] ?? '';
    if (method === 'HEAD') return { status: blobs.has(digest) ? 200 : 404 };
    if (method === 'POST') return { status: 202, headers: { location: '/upload/1?state=x' } };
    if (path.startsWith('/upload/')) {
      blobs.add(digest);
      return { status: 201 };
    }
    return { status: method === 'PUT' && path.includes('/manifests/') ? 201 : 404 };
  });
}
