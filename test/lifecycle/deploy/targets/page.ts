import { createReadStream } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** Serves a folder on loopback, as any web server would. */
export async function serveFolder(folder: string): Promise<{ url: string; close: () => void }> {
  const types: Record<string, string> = {
    '.html': 'text/html',
    '.mjs': 'text/javascript',
    '.wasm': 'application/wasm',
  };
  const server = http.createServer((request, response) => {
    const name = path.join(folder, path.basename(request.url ?? ''));
    response.setHeader('content-type', types[path.extname(name)] ?? 'application/octet-stream');
    createReadStream(name)
      .on('error', () => response.writeHead(404).end())
      .pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}
