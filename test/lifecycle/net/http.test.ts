import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchJson, freePort } from '../../../lifecycle/net/http';

describe('net/http', () => {
  let server: Server;
  let url = '';
  const serve = async (listener: RequestListener) => {
    server = createServer(listener);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
  };
  afterEach(() => server.closeAllConnections());
  afterEach(() => server.close());

  it('sends and reads JSON, and gives every status back as an answer', async () => {
    await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.statusCode = 404;
        response.end(JSON.stringify({ method: request.method, body }));
      });
    });
    const answer = await fetchJson<{ method: string; body: string }>(url, { body: { a: 1 } });
    assert.deepEqual([answer.status, answer.value], [404, { method: 'POST', body: '{"a":1}' }]);
  });

  it('tries again after trouble, but not for ever', async () => {
    let count = 0;
    await serve((request, response) => {
      count++;
      if (count === 1) request.socket.destroy();
      else {
        response.statusCode = count === 2 ? 503 : 200;
        response.end('{}');
      }
    });
    assert.equal((await fetchJson(url, { retries: 2 })).status, 200);
    assert.equal(count, 3);
    count = 0;
    await assert.rejects(
      fetchJson(url),
      (error: { problem?: { code: string } }) => error.problem?.code === 'unreachable',
    );
  });

  it('gives up on silence, on floods and on what is not JSON', async () => {
    await serve((request, response) => {
      if (request.url === '/x?flood') response.end('"' + 'x'.repeat(10_000) + '"');
      else if (request.url === '/x?text') response.end('<html>');
    });
    const code = (expected: string) => (error: { problem?: { code: string } }) => error.problem?.code === expected;
    await assert.rejects(fetchJson(url, { timeout: 50 }), code('unreachable'));
    await assert.rejects(fetchJson(`${url}?flood`, { limit: 1_000 }), code('bad-answer'));
    await assert.rejects(fetchJson(`${url}?text`), code('bad-answer'));
    await assert.rejects(fetchJson(url, { signal: AbortSignal.timeout(30) }), { name: 'TimeoutError' });
  });

  it('finds a free port', async () => {
    await serve((_, response) => response.end());
    const port = await freePort();
    assert.ok(port > 1023);
    await assert.rejects(
      fetchJson(`http://127.0.0.1:${port}/`),
      (error: { problem?: { code: string } }) => error.problem?.code === 'unreachable',
    );
  });
});
