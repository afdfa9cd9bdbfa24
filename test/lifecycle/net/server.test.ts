import assert from 'node:assert/strict';
import { HttpError, type HttpServer, startHttpServer } from '../../../lifecycle/net/server';
import { raw } from '../deploy/serve/support';

describe('the HTTP server', () => {
  let server: HttpServer;
  const thrown: unknown[] = [];
  before(async () => {
    server = await startHttpServer(
      async (request) => {
        if (request.path === '/bug') throw new Error('secret detail');
        if (request.path === '/refused') throw new HttpError(418, 'teapot', 'No.', { row: 3 }, { 'x-more': 'yes' });
        if (request.path === '/ignore') return { status: 200, body: 'unread' };
        const body = await request.body(1_000);
        return {
          status: 200,
          type: 'text/plain',
          body: `${request.method} ${request.path}?${request.query} ${body.length}`,
        };
      },
      {
        host: '127.0.0.1',
        port: 0,
        headTimeout: 200,
        requestTimeout: 400,
        idleTimeout: 300,
        failed: (error) => thrown.push(error),
      },
    );
  });
  after(() => server.close(100));

  it('gives path, query and body', async () => {
    const response = await fetch(`${server.url}/a%20b?c=d`, { method: 'POST', body: 'x'.repeat(1_000) });
    assert.equal(await response.text(), 'POST /a%20b?c=d 1000');
  });

  it('answers a refusal as it is and a bug without its inside', async () => {
    const refused = await fetch(`${server.url}/refused`);
    assert.deepEqual(
      [refused.status, refused.headers.get('x-more'), await refused.json()],
      [418, 'yes', { error: 'No.', code: 'teapot', row: 3 }],
    );
    const bug = await fetch(`${server.url}/bug`);
    assert.equal(bug.status, 500);
    assert.doesNotMatch(await bug.text(), /secret/);
    assert.match(String(thrown[0]), /secret detail/);
  });

  it('hangs up on a head or a body that does not come', async () => {
    const [head, trickle, body] = await Promise.all([
      raw(server.port, ''),
      raw(server.port, 'GET / HTTP/1.1\r\nhost: x\r\nx-slow'),
      raw(server.port, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc'),
    ]);
    assert.match(head, /^HTTP\/1\.1 408/);
    assert.match(trickle, /^HTTP\/1\.1 408/);
    assert.match(body, /^HTTP\/1\.1 408|^$/);
  });

  it('does not take an unread body for the next request', async () => {
    const answer = await raw(
      server.port,
      'POST /ignore HTTP/1.1\r\nhost: x\r\ncontent-length: 2000\r\n\r\nGET /bug HTTP/1.1\r\nhost: x\r\n\r\n',
    );
    assert.match(answer, /^HTTP\/1\.1 200/);
    assert.match(answer, /connection: close/i);
    assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1);
  });

  it('keeps a connection for the next request when everything was read', async () => {
    const answer = await raw(
      server.port,
      'GET /a HTTP/1.1\r\nhost: x\r\n\r\nGET /b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    );
    assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, 2);
  });

  it('says in plain words why it can not listen', async () => {
    const start = (host: string, port: number) => startHttpServer(() => ({ status: 200 }), { host, port });
    await assert.rejects(start('127.0.0.1', server.port), new RegExp(`Port ${server.port} on 127.0.0.1 is in use`));
    await assert.rejects(start('203.0.113.7', 0), /not an address of this machine/);
  });
});
