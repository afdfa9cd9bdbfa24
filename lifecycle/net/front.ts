import { type IncomingHttpHeaders, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type PlainHead, PlainHeads } from './plain';
import type { HttpReply, HttpRequest } from './server';

export interface FrontOptions {
  /** Calls `done` once with the answer, and never throws. */
  readonly answer: (request: HttpRequest, done: (reply: HttpReply) => void) => void;
  /** Reads a body that came as a whole, as {@link HttpRequest.body} does. */
  readonly take: (body: Buffer, limit: number) => Buffer | Promise<Buffer>;
  /** What is answered when an answer can't be written. */
  readonly failed: (error: unknown, request: HttpRequest) => HttpReply;
  /** Refuses what did not come, or did not come whole, with the reason in the words of `node:http`, and hangs up. */
  readonly refuse: (socket: Socket, code: 'ERR_HTTP_REQUEST_TIMEOUT' | 'HPE_INVALID_EOF_STATE') => void;
  /** Milliseconds in which something must have come on a new connection. */
  readonly headTimeout: number;
  /** Milliseconds an idle connection stays open. */
  readonly idleTimeout: number;
  /** Milliseconds between looks at those two. */
  readonly look: number;
}

export interface Front {
  /** Ends idle connections; of the others each after its next answer. */
  drain(): void;
  /** Cuts what is left. */
  cut(): void;
}

/**
 * Stands before the parser of an HTTP server and answers plain requests itself, at less than half of what `node:http` takes for the same.
 *
 * Only what came whole and can be read in one way alone ({@link PlainHeads}) is answered here, one request after the other. At the first bytes of any other
 * kind (a part of a head, HEAD, chunks, HTTP/1.0, something that is wrong) the connection with these bytes goes to `node:http` for the rest of its life, which
 * reads them as if it had had the connection from the beginning. So nothing incomplete is waited for here but the body of a plain head, and that for one more
 * piece and one `look` at most. Refusing bad requests and slow clients stays the business of `node:http`.
 *
 * @returns undefined when the server is not built as is known here; `node:http` then answers everything, as it would without
 */
export function putBefore(server: Server, options: FrontOptions): Front | undefined {
  const [behind, ...more] = server.listeners('connection') as ((socket: Socket) => void)[];
  if (behind === undefined || more.length > 0) return undefined;
  const connections = new Set<Connection>();
  const front: Shared = {
    ...options,
    closing: false,
    end: answerEnds(options.idleTimeout),
    behind: (socket) => behind.call(server, socket),
    connections,
    heads: new PlainHeads(),
  };
  server.off('connection', behind);
  server.on('connection', (socket: Socket) => connections.add(new Connection(socket, front)));
  const looks = setInterval(() => {
    const now = performance.now();
    for (const connection of connections) connection.look(now);
  }, options.look).unref();
  server.on('close', () => clearInterval(looks));
  return {
    drain() {
      front.closing = true;
      for (const connection of connections) connection.drain();
    },
    cut() {
      for (const connection of connections) connection.cut();
    },
  };
}

/** Longest request, in bytes, whose body is waited for. */
const HELD = 64 * 1024;

interface Shared extends FrontOptions {
  closing: boolean;
  /** What ends the head of an answer: Date and what becomes of the connection. */
  readonly end: (closing: boolean) => string;
  /** Gives a connection to `node:http`. */
  readonly behind: (socket: Socket) => void;
  readonly connections: Set<Connection>;
  readonly heads: PlainHeads;
}

/** One connection as long as it is plain. */
class Connection {
  readonly #socket: Socket;
  readonly #front: Shared;
  /** The request that is being answered; those behind it have their turn afterwards. */
  #request: PlainRequest | undefined;
  /** What was read and not yet understood. */
  #held: Buffer | undefined;
  /** Whether what is held is a head that waits for its body. */
  #waiting = false;
  /** Whether the client does not read its answers. */
  #blocked = false;
  /** When the connection began, or was first seen idle after its last answer; 0 until it is. */
  #since = performance.now();
  #answered = false;
  #inside = false;

  constructor(socket: Socket, front: Shared) {
    this.#socket = socket;
    this.#front = front;
    socket.on('data', this.#data);
    socket.on('end', this.#end);
    socket.on('error', this.#error);
    socket.on('close', this.#close);
  }

  /** Looks whether it waited or was idle too long. */
  look(now: number): void {
    if (this.#request !== undefined || this.#blocked) return;
    const { headTimeout, idleTimeout } = this.#front;
    if (this.#since === 0) this.#since = now;
    if (this.#held !== undefined) this.#handOver(this.#held);
    else if (!this.#answered) {
      if (now - this.#since >= headTimeout) this.#refuse('ERR_HTTP_REQUEST_TIMEOUT');
    } else if (now - this.#since >= idleTimeout && this.#socket.writableLength === 0) this.#socket.destroy();
  }

  drain(): void {
    if (this.#request !== undefined) return;
    if (this.#blocked) this.#socket.destroySoon();
    else if (this.#held !== undefined) this.#handOver(this.#held);
    else if (this.#answered) this.#socket.destroySoon();
  }

  cut(): void {
    this.#socket.destroy();
  }

  readonly #data = (chunk: Buffer): void => {
    this.#held = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
    if (this.#request === undefined && !this.#blocked) this.#next();
    else this.#socket.pause();
  };

  /** Answers what is held, one request after the other. */
  #next(): void {
    this.#inside = true;
    while (this.#held !== undefined && this.#request === undefined && !this.#blocked) {
      const held = this.#held;
      const head = this.#front.heads.read(held);
      const end = head === undefined ? NaN : head.size + head.length;
      if (head !== undefined && end <= held.length) {
        this.#held = end === held.length ? undefined : held.subarray(end);
        this.#waiting = false;
        const request = new PlainRequest(head, held, end, this.#socket, this.#front);
        this.#request = request;
        this.#front.answer(request, this.#done);
      } else if (end <= HELD && !this.#waiting) {
        // Many clients send head and body one after the other.
        this.#waiting = true;
        break;
      } else if (this.#answered && held[0] === 13 && held[1] === 10) {
        // Some end a body with a line that is not counted.
        this.#held = held.length === 2 ? undefined : held.subarray(2);
      } else {
        this.#handOver(held);
        return;
      }
    }
    this.#inside = false;
    if (this.#request === undefined && !this.#blocked && this.#socket.isPaused()) this.#socket.resume();
  }

  readonly #done = (reply: HttpReply): void => {
    const request = this.#request;
    this.#request = undefined;
    const socket = this.#socket;
    const { closing, end, failed } = this.#front;
    if (request === undefined || !socket.writable) {
      this.#held = undefined;
      return;
    }
    try {
      write(socket, reply, end(closing));
    } catch (error) {
      write(socket, failed(error, request), end(closing));
    }
    this.#answered = true;
    this.#since = 0;
    if (closing) {
      this.#held = undefined;
      socket.destroySoon();
      return;
    }
    if (socket.writableNeedDrain && socket.writableLength > 0) {
      this.#blocked = true;
      socket.pause();
      socket.once('drain', this.#drained);
    } else if (this.#held !== undefined && !this.#inside) this.#next();
  };

  readonly #drained = (): void => {
    this.#blocked = false;
    if (!this.#inside) this.#next();
  };

  readonly #end = (): void => {
    if (this.#held !== undefined && this.#request === undefined) this.#refuse('HPE_INVALID_EOF_STATE');
    else this.#socket.end();
  };

  readonly #error = (): void => {
    this.#socket.destroy();
  };

  readonly #close = (): void => {
    this.#front.connections.delete(this);
  };

  #refuse(code: Parameters<FrontOptions['refuse']>[1]): void {
    this.#held = undefined;
    this.#front.connections.delete(this);
    this.#socket.off('data', this.#data);
    this.#front.refuse(this.#socket, code);
  }

  /** From here on the connection is `node:http`'s, which first reads what was read here. */
  #handOver(read: Buffer): void {
    const socket = this.#socket;
    this.#front.connections.delete(this);
    socket.off('data', this.#data);
    socket.off('end', this.#end);
    socket.off('error', this.#error);
    socket.off('close', this.#close);
    socket.pause();
    socket.unshift(read);
    this.#front.behind(socket);
    socket.resume();
  }
}

class PlainRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly #chunk: Buffer;
  readonly #begin: number;
  readonly #end: number;
  readonly #socket: Socket;
  readonly #front: FrontOptions;

  /** @param chunk with the request at its beginning, until `end` */
  constructor(head: PlainHead, chunk: Buffer, end: number, socket: Socket, front: FrontOptions) {
    this.method = head.method;
    this.path = head.path;
    this.query = head.query;
    this.headers = head.headers;
    this.#chunk = chunk;
    this.#begin = head.size;
    this.#end = end;
    this.#socket = socket;
    this.#front = front;
  }

  get remote(): string {
    return this.#socket.remoteAddress ?? '';
  }

  body(limit: number): Buffer | Promise<Buffer> {
    return this.#front.take(this.#chunk.subarray(this.#begin, this.#end), limit);
  }
}

const LINES = new Map<number, string>();

/** What may stand in a field: anything else could end it and begin another. */
const LATIN1 = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Writes an answer in one piece, byte for byte as `node:http` does. @throws TypeError for a field that can't be sent */
function write(socket: Socket, { status, type, headers, body = '', ascii = false }: HttpReply, end: string): void {
  let head = `${lineOf(status)}content-length: ${ascii ? body.length : Buffer.byteLength(body)}\r\n`;
  if (type !== undefined) head += `content-type: ${type}\r\n`;
  if (headers !== undefined)
    for (const name in headers) {
      const value = headers[name]!;
      if (!LATIN1.test(value)) throw new TypeError(`The field ${name} can't be sent: ${JSON.stringify(value)}.`);
      head += `${name}: ${value}\r\n`;
    }
  head += end;
  if (status === 204 || status === 304) socket.write(head, 'latin1');
  else if (typeof body === 'string') socket.write(head + body, ascii ? 'latin1' : 'utf8');
  else {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body);
    socket.uncork();
  }
}

function lineOf(status: number): string {
  let line = LINES.get(status);
  if (line === undefined) LINES.set(status, (line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`));
  return line;
}

/** The date is made once a second. */
function answerEnds(idleTimeout: number): Shared['end'] {
  let second = NaN;
  let [kept, closed] = ['', ''];
  const stays = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(idleTimeout / 1000)}\r\n`;
  return (closing) => {
    const now = Date.now();
    const full = now - (now % 1000);
    if (full !== second) {
      second = full;
      const date = `Date: ${new Date(full).toUTCString()}\r\n`;
      kept = `${date}${stays}\r\n`;
      closed = `connection: close\r\n${date}\r\n`;
    }
    return closing ? closed : kept;
  };
}
