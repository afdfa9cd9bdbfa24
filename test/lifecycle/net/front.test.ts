import assert from 'node:assert/strict';
import net from 'node:net';
import { type HttpServer, startHttpServer } from '../../../lifecycle/net/server';
import { PlainHeads, readPlainHead } from '../../../lifecycle/net/plain';
import { Random } from '../../../lifecycle/statistics/random';
import { compare, draw, startBoth } from './odd-requests';

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !holds(); i++) await pause(10);
  assert.ok(holds());
}

/** A connection whose bytes are written by hand. */
class Wire {
  text = '';
  closed = false;
  readonly socket: net.Socket;

  constructor(port: number) {
    this.socket = net.connect({ port, host: '127.0.0.1' });
    this.socket.on('data', (chunk) => (this.text += chunk.toString('latin1')));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => (this.closed = true));
  }

  /** Numbers of the statuses that came. */
  get statuses(): string {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status).join(' ');
  }
}

describe('the front of the HTTP server', () => {
  const servers: HttpServer[] = [];
  const open: (() => void)[] = [];
  const failures: unknown[] = [];
  let running = 0;
  const start = async (idleTimeout = 60_000, headTimeout = 10_000) => {
    const server = await startHttpServer(
      async ({ path }) => {
        running++;
        if (path.startsWith('/wait')) await new Promise<void>((resolve) => open.push(resolve));
        running--;
        if (path === '/large') return { status: 200, body: 'x'.repeat(20_000_000) };
        if (path === '/split') return { status: 200, headers: { 'x-name': 'a\r\nset-cookie: b' } };
        return { status: 200, body: path };
      },
      { host: '127.0.0.1', port: 0, headTimeout, idleTimeout, failed: (error) => failures.push(error) },
    );
    servers.push(server);
    return server;
  };
  after(() => Promise.all(servers.map((server) => server.close(50))));

  it('does what node:http does, whatever is sent', async () => {
    const both = await startBoth();
    const random = new Random('front');
    const differences = await compare(
      both,
      Array.from({ length: 200 }, () => draw(random)),
    );
    await Promise.all([both.front.close(50), both.plain.close(50)]);
    assert.equal(differences.length, 0, `${differences.length} differ, the first:\n${differences[0]}`);
  });

  it('answers pipelined requests one after the other, and reads no more while it does', async () => {
    const { port } = await start();
    const wire = new Wire(port);
    wire.socket.write(get('/wait1') + get('/two') + get('/wait3'));
    await until(() => open.length === 1);
    wire.socket.write(get('/four'));
    await pause(20);
    assert.deepEqual([wire.text, running], ['', 1]);
    open.pop()?.();
    await until(() => open.length === 1);
    assert.equal(wire.statuses, '200 200');
    open.pop()?.();
    await until(() => wire.text.endsWith('/four'));
    assert.match(wire.text, /\/wait1HTTP[^]*\/twoHTTP[^]*\/wait3HTTP[^]*\/four$/);
    wire.socket.destroy();
  });

  it('asks a client that does not read its answers for no more questions', async () => {
    const { port } = await start();
    const wire = new Wire(port);
    wire.socket.pause();
    wire.socket.write(get('/large'));
    await pause(50);
    wire.socket.write(get('/wait'));
    await pause(50);
    assert.equal(open.length, 0);
    wire.socket.resume();
    await until(() => open.length === 1);
    open.pop()?.();
    await until(() => wire.text.endsWith('/wait'));
    wire.socket.destroy();
  });

  it('closes what is idle and what sends nothing, and lets a client take its time over an answer', async () => {
    const { port } = await start(150, 150);
    const [silent, idle, slow] = [new Wire(port), new Wire(port), new Wire(port)];
    slow.socket.pause();
    idle.socket.write(get('/a'));
    slow.socket.write(get('/large'));
    await until(() => silent.closed && idle.closed);
    assert.deepEqual([silent.statuses, idle.statuses], ['408', '200']);
    await pause(200);
    slow.socket.resume();
    await until(() => slow.closed);
    assert.ok(slow.text.length > 20_000_000);
  });

  it('ends idle connections when the server stops, the others after their answer', async () => {
    const server = await start();
    const [idle, busy, fresh] = [new Wire(server.port), new Wire(server.port), new Wire(server.port)];
    idle.socket.write(get('/a'));
    busy.socket.write(get('/wait'));
    await until(() => open.length === 1 && idle.statuses === '200');
    const stopped = server.close(5_000);
    await until(() => idle.closed);
    open.pop()?.();
    fresh.socket.write(get('/b'));
    await stopped;
    await until(() => busy.closed && fresh.closed);
    for (const { text } of [busy, fresh]) assert.match(text, /^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n/);
  });

  it('cuts what is left when the time to stop is over', async () => {
    const server = await start();
    const busy = new Wire(server.port);
    busy.socket.write(get('/wait'));
    await until(() => open.length === 1);
    await server.close(30);
    await until(() => busy.closed);
    open.pop()?.();
    await pause(5);
    assert.equal(busy.text, '');
  });

  it('survives a client that hangs up before its answer', async () => {
    const { port } = await start();
    const gone = new Wire(port);
    gone.socket.write(get('/wait') + get('/more'));
    await until(() => open.length === 1);
    gone.socket.resetAndDestroy();
    await pause(20);
    open.pop()?.();
    const next = new Wire(port);
    next.socket.write(get('/a'));
    await until(() => next.statuses === '200');
    next.socket.destroy();
  });

  it('sends no header that would begin another', async () => {
    const { port } = await start();
    const wire = new Wire(port);
    wire.socket.write(get('/split'));
    await until(() => wire.statuses === '500');
    assert.doesNotMatch(wire.text, /set-cookie/);
    assert.match(String(failures.pop()), /x-name/);
    wire.socket.destroy();
  });
});

describe('a plain head', () => {
  const read = (text: string) => readPlainHead(Buffer.from(text, 'latin1'));

  it('is read to the byte', () => {
    const text = 'POST /a%20b/?c=d?e HTTP/1.1\r\nHost: x:1\r\nContent-Length: 12\r\nX-Name: a: b, c\r\n\r\n';
    const query = 'c=d';
    assert.equal(read(text), undefined);
    assert.deepEqual(read(text.replace('?e', '') + 'body'), {
      method: 'POST',
      path: '/a%20b/',
      query,
      headers: { host: 'x:1', 'content-length': '12', 'x-name': 'a: b, c' },
      size: text.length - 2,
      length: 12,
    });
  });

  it('is read alike with and without what was read before', () => {
    const heads = new PlainHeads();
    const random = new Random('heads');
    let plain = 0;
    for (let i = 0; i < 1_000; i++) {
      const { pieces } = draw(random);
      for (const piece of [...pieces, Buffer.from(String(pieces[0]).replace(/(length: )\d+/, `$1${i}`))]) {
        const alone = readPlainHead(piece);
        assert.deepEqual(heads.read(piece), alone, piece.toString('latin1').slice(0, 300));
        if (alone !== undefined) plain++;
      }
    }
    assert.ok(plain > 400, String(plain));
  });

  it('with a key in it is not kept', () => {
    const heads = new PlainHeads();
    for (const field of ['Authorization: Bearer a', 'X-Api-Key: a', 'Cookie: a=b'])
      assert.ok(heads.read(Buffer.from(`POST / HTTP/1.1\r\nHost: x\r\n${field}\r\nContent-Length: 2\r\n\r\n{}`)));
    assert.equal(heads.size, 0);
    assert.ok(heads.read(Buffer.from('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}')));
    assert.equal(heads.size, 1);
  });

  const odd: readonly [string, string][] = [
    ['a bare line feed', 'GET / HTTP/1.1\nhost: x\n\n'],
    ['a folded line', get('/', 'x: a\r\n b\r\n')],
    ['a space before the colon', get('/', 'x : a\r\n')],
    ['a name twice', get('/', 'x: a\r\nX: b\r\n')],
    ['a name that objects have', get('/', '__proto__: a\r\n')],
    ['two hosts', get('/', 'Host: y\r\n')],
    ['no host', 'GET / HTTP/1.1\r\nx: a\r\n\r\n'],
    ['a body of a GET', get('/', 'content-length: 1\r\n')],
    ['chunks', get('/', 'transfer-encoding: chunked\r\n')],
    ['a length with a sign', get('/', 'content-length: +1\r\n').replace('GET', 'POST')],
    ['two lengths', get('/', 'content-length: 1\r\ncontent-length: 1\r\n').replace('GET', 'POST')],
    ['a length that is a list', get('/', 'content-length: 1, 1\r\n').replace('GET', 'POST')],
    ['a length beyond a gigabyte', get('/', 'content-length: 1000000000\r\n').replace('GET', 'POST')],
    ['another method', get('/').replace('GET', 'PUT')],
    ['a whole URL', get('http://x/')],
    ['another version', get('/').replace('1.1', '1.0')],
    ['bytes above ASCII', get('/\xe4')],
    ['a NUL', get('/', 'x: a\0\r\n')],
    ['a tab', get('/', 'x: a\tb\r\n')],
    ['a lone carriage return', get('/', 'x: a\rb\r\n')],
    ['an upgrade', get('/', 'connection: upgrade\r\n')],
    ['an expectation', get('/', 'expect: 100-continue\r\n')],
    ['a head that does not end', get('/').slice(0, -1)],
    ['a very long head', get('/', `x: ${'a'.repeat(9_000)}\r\n`)],
    ['very many fields', get('/', Array.from({ length: 70 }, (_, i) => `x${i}: a\r\n`).join(''))],
  ];
  for (const [what, text] of odd) it(`has not ${what}`, () => assert.equal(read(text), undefined));
});
