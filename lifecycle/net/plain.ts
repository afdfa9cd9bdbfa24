import type { IncomingHttpHeaders } from 'node:http';

/** A request that says everything in the plainest way. */
export interface PlainHead {
  readonly method: 'GET' | 'POST';
  /** Path without the query, as sent. */
  readonly path: string;
  readonly query: string;
  /** By name in lower case; each came once. */
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the head with the empty line that ends it. */
  readonly size: number;
  /** Bytes of the body after it. */
  readonly length: number;
}

/** Longest head that is read here, in bytes, and most fields in it. */
const LONGEST = 8 * 1024;
const MOST = 64;
/** Digits of a content length: what is longer is for those who refuse it. */
const DIGITS = 9;

/**
 * Fields that change how a message is framed, or what becomes of the connection; and those that `node:http` gives in a form of their own. A head with one of
 * them is not plain.
 */
const OTHERS = new Set([
  'transfer-encoding',
  'content-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'keep-alive',
  'proxy-connection',
  'http2-settings',
  'set-cookie',
]);

const [CR, LF, SPACE, COLON, QUERY, ZERO] = [13, 10, 32, 58, 63, 48];
const [GET, POST] = ['GET ', 'POST '];
const VERSION = ' HTTP/1.1\r\n';

/** Classes of characters by their code. */
const PATH = 1;
const TOKEN = 2;
const VALUE = 4;
const UPPER = 8;
const classes = new Uint8Array(256);
for (let code = 33; code < 127; code++) {
  const letter = String.fromCharCode(code);
  classes[code] =
    VALUE |
    (/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]/.test(letter) ? PATH : 0) |
    (/[A-Za-z0-9_-]/.test(letter) ? TOKEN : 0) |
    (/[A-Z]/.test(letter) ? UPPER : 0);
}
classes[SPACE] = VALUE;

/** A head that was read, but for the digits of its length: clients say the same again and again. */
interface Known {
  readonly before: string;
  readonly after: string;
  readonly head: PlainHead;
}

/** Most heads that are kept, and the longest. */
const KEPT = 4;
const SHORT = 1024;
const LENGTH = 'content-length';
/** Fields with secrets: how long it takes to compare one with what another client sent must tell nobody how much of it is right. */
const SECRETS = ['authorization', 'x-api-key', 'cookie'];

/** {@link readPlainHead}, faster for a head that differs from one of the last in nothing but its length. */
export class PlainHeads {
  readonly #known: Known[] = [];
  #next = 0;

  /** Heads that are kept. */
  get size(): number {
    return this.#known.length;
  }

  read(chunk: Buffer): PlainHead | undefined {
    const text = chunk.toString('latin1', 0, Math.min(chunk.length, LONGEST));
    for (const { before, after, head } of this.#known) {
      if (!text.startsWith(before)) continue;
      let at = before.length;
      for (; at < before.length + DIGITS && isDigit(text.charCodeAt(at)); at++);
      const digits = text.slice(before.length, at);
      const length = lengthOf(digits, head.method);
      if (length === undefined || !text.startsWith(after, at)) continue;
      const { method, path, query } = head;
      return { method, path, query, headers: { ...head.headers, [LENGTH]: digits }, size: at + after.length, length };
    }
    const head = readHead(text);
    if (head !== undefined) this.#keep(text, head);
    return head;
  }

  #keep(text: string, head: PlainHead): void {
    const digits = head.headers[LENGTH];
    if (digits === undefined || head.size > SHORT || SECRETS.some((name) => name in head.headers)) return;
    const at = /\r\ncontent-length: ?/i.exec(text);
    if (at === null) return;
    const begin = at.index + at[0].length;
    // Copies, as a part of a string holds all of it.
    const copy = (from: number, to: number) => Buffer.from(text.slice(from, to), 'latin1').toString('latin1');
    this.#known[this.#next++ % KEPT] = { before: copy(0, begin), after: copy(begin + digits.length, head.size), head };
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}

/**
 * Reads the head of a request at the beginning of `chunk` when there is no second way to read it: GET or POST of a path in HTTP/1.1, lines that end with CRLF,
 * fields of letters, digits, `-` and `_` with printable ASCII after one colon and at most one space, none twice, one host, a length in plain digits. Everything else,
 * right or wrong, gives undefined and is for a whole parser to judge. What is accepted here, every parser of HTTP accepts with the same meaning.
 */
export function readPlainHead(chunk: Buffer): PlainHead | undefined {
  return readHead(chunk.toString('latin1', 0, Math.min(chunk.length, LONGEST)));
}

function readHead(text: string): PlainHead | undefined {
  const method = text.startsWith(POST) ? 'POST' : text.startsWith(GET) ? 'GET' : undefined;
  if (method === undefined) return undefined;
  const from = method.length + 1;
  let at = from;
  let mark = 0;
  if (text.charCodeAt(at) !== 47) return undefined;
  for (; ; at++) {
    const code = text.charCodeAt(at);
    if ((classes[code]! & PATH) !== 0) continue;
    if (code !== QUERY || mark !== 0) break;
    mark = at;
  }
  if (!text.startsWith(VERSION, at)) return undefined;
  const path = text.slice(from, mark === 0 ? at : mark);
  const query = mark === 0 ? '' : text.slice(mark + 1, at);
  at += VERSION.length;
  const headers: Record<string, string> = {};
  for (let count = 0; count < MOST; count++) {
    if (text.charCodeAt(at) === CR) {
      if (text.charCodeAt(at + 1) !== LF || headers['host'] === undefined) return undefined;
      const length = lengthOf(headers[LENGTH], method);
      return length === undefined ? undefined : { method, path, query, headers, size: at + 2, length };
    }
    const start = at;
    let seen = 0;
    let code = text.charCodeAt(at);
    for (; (classes[code]! & TOKEN) !== 0; code = text.charCodeAt(++at)) seen |= classes[code]!;
    if (at === start || code !== COLON) return undefined;
    const given = text.slice(start, at);
    const name = (seen & UPPER) !== 0 ? given.toLowerCase() : given;
    if (text.charCodeAt(++at) === SPACE) at++;
    const begin = at;
    while ((classes[text.charCodeAt(at)]! & VALUE) !== 0) at++;
    if (at === begin || text.charCodeAt(begin) === SPACE || text.charCodeAt(at - 1) === SPACE) return undefined;
    if (text.charCodeAt(at) !== CR || text.charCodeAt(at + 1) !== LF) return undefined;
    const value = text.slice(begin, at);
    at += 2;
    // `in` also finds what every object has: `constructor`, `__proto__`.
    if (name in headers || OTHERS.has(name)) return undefined;
    if (name === 'connection' && value.toLowerCase() !== 'keep-alive') return undefined;
    headers[name] = value;
  }
  return undefined;
}

/** Without a length there is no body. A GET with one is not plain. */
function lengthOf(digits: string | undefined, method: string): number | undefined {
  if (digits === undefined) return 0;
  if (
    method === 'GET' ||
    digits === '' ||
    digits.length > DIGITS ||
    (digits.length > 1 && digits.charCodeAt(0) === ZERO)
  )
    return undefined;
  let value = 0;
  for (let i = 0; i < digits.length; i++) {
    const code = digits.charCodeAt(i);
    if (!isDigit(code)) return undefined;
    value = 10 * value + code - ZERO;
  }
  return value;
}
