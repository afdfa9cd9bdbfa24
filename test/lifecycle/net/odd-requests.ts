import net from 'node:net';
import { HttpError, type HttpHandler, type HttpServer, startHttpServer } from '../../../lifecycle/net/server';
import type { Random } from '../../../lifecycle/statistics/random';

/** What a client does on one connection. */
export interface Play {
  /** Sent one after the other, with a moment between them. */
  readonly pieces: readonly Buffer[];
  /** Whether it says that it has nothing more to send. */
  readonly halfClose: boolean;
}

/** What came of it. */
export interface Seen {
  /** All that the server sent, but for the date. */
  readonly answer: string;
  /** Whether the server hung up as soon as it had answered; otherwise it did later, when nothing came. */
  readonly atOnce: boolean;
}

/** Long enough to be told from "at once" on a busy machine. */
const IDLE = 900;
const AT_ONCE = 600;

const EARLY = /^\/(unread|small|bug|refused)/;

const handler: HttpHandler = async (request) => {
  const { method, path, query, headers } = request;
  // What is answered before its body was read ends the connection in `node:http` and need not here: such an answer comes a moment later.
  if (EARLY.test(path) || headers['content-encoding'] !== undefined)
    await new Promise((resolve) => setImmediate(resolve));
  if (path === '/unread') return { status: 200, body: 'unread' };
  if (path === '/bug') throw new Error('inside');
  if (path === '/refused') throw new HttpError(418, 'teapot', 'No.', { row: 3 }, { 'x-more': 'yes' });
  const body = await request.body(path === '/small' ? 10 : 100_000);
  if (path === '/slow') await new Promise((resolve) => setTimeout(resolve, 15));
  if (path === '/empty') return { status: 204 };
  if (path === '/bytes') return { status: 200, type: 'application/octet-stream', body: Buffer.concat([body, body]) };
  if (path === '/large') return { status: 200, body: 'long '.repeat(60_000) };
  if (path === '/latin') return { status: 200, headers: { 'x-name': 'Köln' }, body: 'ä€' };
  const text = JSON.stringify({ method, path, query, headers, body: body.toString('latin1') });
  return { status: 200, type: 'application/json', body: text };
};

export interface Both {
  readonly front: HttpServer;
  readonly plain: HttpServer;
}

/** Two servers that differ in nothing but the front. */
export async function startBoth(): Promise<Both> {
  const options = {
    host: '127.0.0.1',
    port: 0,
    headTimeout: IDLE,
    requestTimeout: IDLE,
    idleTimeout: IDLE,
  };
  const [front, plain] = await Promise.all([
    startHttpServer(handler, options),
    startHttpServer(handler, { ...options, front: false }),
  ]);
  return { front, plain };
}

/** Plays on both servers. Where they differ both are asked again: a moment of a busy machine passes, a difference stays. @returns what differed */
export async function compare({ front, plain }: Both, plays: readonly Play[]): Promise<string[]> {
  const differing = async (one: Play) => {
    let [a, b] = await Promise.all([play(front.port, one), play(plain.port, one)]);
    for (let i = 0; i < 2 && !alike(a, b); i++) [a, b] = [await play(front.port, one), await play(plain.port, one)];
    if (alike(a, b)) return [];
    const sent = one.pieces.map((piece) => JSON.stringify(short(piece.toString('latin1')))).join(' + ');
    return [`sent ${sent}${one.halfClose ? ' and its end' : ''}\nfront ${show(a)}\nplain ${show(b)}`];
  };
  return (await Promise.all(plays.map(differing))).flat();
}

/** A refusal may overtake answers to requests before it, or follow a last answer: that depends on how the bytes come to the parser. */
function alike(a: Seen, b: Seen): boolean {
  if (a.atOnce !== b.atOnce) return false;
  if (a.answer === b.answer) return true;
  const refusal = /HTTP\/1\.1 4\d\d [\w ]+\r\nconnection: close\r\n[^]*$/;
  const [one, other] = [a, b].map(
    ({ answer }) => [answer.replace(refusal, '').replace(/^(100 Continue, )+/, ''), refusal.exec(answer)?.[0]] as const,
  );
  if (one === undefined || other === undefined) return false;
  if ((one[1] === undefined) !== (other[1] === undefined))
    return one[0] === other[0] && /\r\nconnection: close\r\n/i.test(one[0]);
  if (one[1] === undefined || one[1] !== other[1]) return false;
  return one[0].startsWith(other[0]) || other[0].startsWith(one[0]);
}

function short(text: string): string {
  const told = text.replaceAll(/(.)\1{40,}/g, '$1…');
  return told.length < 2_000 ? told : `${told.slice(0, 1_000)} … ${told.slice(-1_000)}`;
}

function show({ answer, atOnce }: Seen): string {
  return `${atOnce ? 'hung up after' : 'left open after'} ${JSON.stringify(short(answer))}`;
}

function play(port: number, { pieces, halfClose }: Play): Promise<Seen> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.setNoDelay(true);
    const chunks: Buffer[] = [];
    let last = performance.now();
    let ended = NaN;
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      last = performance.now();
    });
    socket.on('error', () => undefined);
    socket.on('end', () => {
      ended = performance.now();
      socket.end();
    });
    socket.on('close', () => {
      const text = Buffer.concat(chunks)
        .toString('latin1')
        .replaceAll(/\r\nDate: [^\r]*/g, '\r\nDate: …');
      // With answers to earlier requests still to come `node:http` sends this after the answer that it should be before.
      const [first, ...others] = text.split('HTTP/1.1 100 Continue\r\n\r\n');
      const answer = `${'100 Continue, '.repeat(others.length)}${[first, ...others].join('')}`;
      resolve({ answer, atOnce: (Number.isNaN(ended) ? performance.now() : ended) - last < AT_ONCE });
    });
    void (async () => {
      for (const piece of pieces) {
        if (socket.destroyed) return;
        socket.write(piece);
        last = performance.now();
        await new Promise((next) => setTimeout(next, 8));
      }
      if (halfClose) socket.end();
    })();
  });
}

/** Draws what clients do: right, odd and hostile. */
export function draw(random: Random): Play {
  const chance = (share: number) => random.uniform() < share;
  const pick = <T>(...list: readonly T[]): T => list[Math.floor(random.uniform() * list.length)] as T;
  const count = chance(0.25) ? 2 + Math.floor(random.uniform() * 4) : 1;
  const hostile = chance(0.6);
  const requests = Array.from({ length: count }, () => request(random, hostile && chance(1.2 / count)));
  // What is answered before its body has come is answered at another moment when head and body come apart.
  const early = (text: string) => EARLY.test(text.slice(text.indexOf(' ') + 1)) || text.includes('Content-Encoding');
  const whole = requests.some(({ text }) => early(text));
  // CONNECT cuts the connection, which may overtake answers, too.
  const texts = requests.map(({ text }, i) => (i > 0 ? text.replace(/^CONNECT/, 'PATCH') : text));
  const bytes = Buffer.from(texts.join(''), 'latin1');
  const cuts = whole || chance(0.6) ? [] : Array.from({ length: pick(1, 1, 2, 4) }, () => cut(random, bytes));
  const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
  const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
  const slow = requests.some(({ text }) => text.includes('/slow'));
  return { pieces: pieces.filter(({ length }) => length > 0), halfClose: !whole && !slow && chance(0.1) };
}

/** Somewhere, or where head and body meet. */
function cut(random: Random, bytes: Buffer): number {
  const head = bytes.indexOf('\r\n\r\n');
  if (head > 0 && random.uniform() < 0.4) return head + 4;
  return Math.floor(random.uniform() * bytes.length);
}

function request(random: Random, hostile: boolean): { readonly text: string } {
  const chance = (share: number) => random.uniform() < share;
  const pick = <T>(...list: readonly T[]): T => list[Math.floor(random.uniform() * list.length)] as T;
  let method = pick('GET', 'POST', 'POST', 'POST');
  let path = pick('/', '/predict', '/a%20b?c=d', '/slow', '/unread', '/small', '/bug', '/refused', '/empty', '/bytes');
  if (chance(0.1)) path = pick('/large', '/latin', '/a?b?c', '/..;/x?', "/!$&'()*+,;=:@~", '//double//', '/a/../b');
  let version = 'HTTP/1.1';
  let body = method === 'GET' ? '' : pick('', 'x', '{"rows":[1,2]}', 'y'.repeat(200), 'z'.repeat(9_000));
  let fields = ['Host: 127.0.0.1'];
  if (body !== '' || (method === 'POST' && chance(0.7))) fields.push(`Content-Length: ${body.length}`);
  if (chance(0.5)) fields.push('content-type: application/json');
  if (chance(0.3)) fields.push('X-Request-Id: abc-1', 'accept: */*');
  if (chance(0.2)) fields.push(pick('Connection: keep-alive', 'connection: Keep-Alive', 'connection: close'));
  if (chance(0.1)) fields.push(pick('constructor: x', 'x_y: z', "x-odd!#$%&'*+.^`|~: z", 'cookie: a=b', 'x-pad:tight'));
  let newline = '\r\n';
  const at = Math.floor(random.uniform() * (fields.length + 1));
  const put = (...added: string[]) => (fields = [...fields.slice(0, at), ...added, ...fields.slice(at)]);
  if (hostile)
    pick(
      () => put('Content-Length: 3', 'Content-Length: 3'),
      () => put('Content-Length: 3', `Content-Length: ${body.length}`),
      () => put(pick('Content-Length: +3', 'Content-Length: 3 ', 'Content-Length: 0x3', 'Content-Length: -1')),
      () => put(pick('Content-Length: 3, 3', 'Content-Length:', 'Content-Length: 003', 'Content-Length: 1e1')),
      () => put(`Content-Length: ${'9'.repeat(pick(9, 10, 19, 20, 30))}`),
      () => put('Transfer-Encoding: chunked', 'Content-Length: 4'),
      () => {
        fields = fields.filter((field) => !field.startsWith('Content-Length'));
        put(pick('Transfer-Encoding: chunked', 'transfer-encoding: CHUNKED'));
        [method, body] = [
          'POST',
          pick('3\r\nabc\r\n0\r\n\r\n', '3\r\nabc\r\n0\r\nx: y\r\n\r\n', 'zz\r\n', '3;a=b\r\nabc\r\n0\r\n\r\n'),
        ];
      },
      () => put(pick('Transfer-Encoding: identity', 'Transfer-Encoding: xchunked', 'Transfer-Encoding : chunked')),
      () => put(pick('Host: other', 'host: 127.0.0.1', 'Host:', 'Host : x')),
      () => (fields = fields.filter((field) => !field.startsWith('Host'))),
      () => put(pick('x-space : y', ' x: y', 'x: y\r\n folded', 'x: y\r\n\tfolded', 'x', ': y', 'x y: z')),
      () => put(pick('x: a\0b', 'x\0: b', 'x: \x01', 'x: \x7f', 'x: \xff', '\xff: x', 'x: a\tb', 'x:\t y', 'x:  y ')),
      () => put(pick('x: a\rb', 'x: a\nb: c', 'x: a\r\rb', 'x: \r', 'x:')),
      () => put(pick('Expect: 100-continue', 'Expect: x', 'Upgrade: websocket', 'Upgrade: h2c')),
      () => put(pick('Connection: upgrade', 'Connection: keep-alive, close', 'Connection: x', 'Keep-Alive: timeout=1')),
      () => put(pick('Content-Encoding: gzip', 'Content-Encoding: identity', 'Trailer: x', 'TE: trailers')),
      () =>
        put(pick('__proto__: x', 'toString: x', 'set-cookie: a', 'x-twice: 1\r\nx-twice: 2', 'accept: a\r\nAccept: b')),
      () => put(`x-long: ${'a'.repeat(pick(7_000, 8_200, 15_000, 17_000, 70_000))}`),
      () => put(...Array.from({ length: pick(60, 70, 300) }, (_, i) => `x-${i}: ${i}`)),
      () => (newline = pick('\n', '\r', '\r\r\n', '\n\r')),
      () => (version = pick('HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'http/1.1', 'HTTP/1.1 ', 'HTTP/1', 'HTTP/11', '')),
      () =>
        (method = pick('HEAD', 'PUT', 'DELETE', 'OPTIONS', 'CONNECT', 'post', 'POST ', 'PRI', 'GOT', '', '\r\nGET')),
      () => (path = pick('http://x/y', '*', 'x', '/a b', '/a\tb', '/a#b', '/\xe4', '/\0', '/a\\b', '/<x>', '', '/"')),
      () => (path = `/${'p'.repeat(pick(4_000, 8_200, 17_000))}`),
      () => (body += pick('G', 'GET / HT', '\r\n', '\0', 'x'.repeat(500))),
      () => (method = 'GET'),
      () => (body = body.slice(0, -1)),
      () => (body = body.repeat(10)),
    )();
  return { text: `${method} ${path} ${version}${newline}${fields.join(newline)}${newline}${newline}${body}` };
}
