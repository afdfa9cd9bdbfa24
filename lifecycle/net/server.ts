import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { UserError } from '../problem';
import { putBefore } from './front';

/** One request, its head read and its body still on the wire. */
export interface HttpRequest {
  readonly method: string;
  /** Path without the query, as sent (percent-encoded). */
  readonly path: string;
  /** What follows `?`, or ''. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** Address of the other end. */
  readonly remote: string;
  /**
   * Reads the whole body.
   * @param limit most bytes; more ends in a {@link HttpError} 413, and the connection is closed instead of being read to the end
   * @returns at once what is there already
   */
  body(limit: number): Buffer | Promise<Buffer>;
}

export interface HttpReply {
  readonly status: number;
  readonly type?: string;
  readonly body?: string | Buffer;
  /** The text of the body is known to be ASCII, which saves the look at it. */
  readonly ascii?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a request. What it throws besides {@link HttpError} is answered with a 500 that tells nothing of the inside. */
export type HttpHandler = (request: HttpRequest) => HttpReply | Promise<HttpReply>;

/** A refusal that the client may read. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Further members of the JSON answer. */
    readonly more: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'HttpError';
  }
}

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Milliseconds in which the head of a request must have come (10 s unless given). */
  readonly headTimeout?: number;
  /** Milliseconds in which the whole request must have come (30 s unless given). */
  readonly requestTimeout?: number;
  /** Milliseconds an idle connection stays open (65 s unless given: longer than the usual load balancer's 60). */
  readonly idleTimeout?: number;
  /** Most connections at once (10,000 unless given). */
  readonly connections?: number;
  /** Answers over HTTPS with these. */
  readonly tls?: TlsFiles;
  /** `false` leaves every request to `node:http`, as it is with TLS. */
  readonly front?: boolean;
  /** Told of what a handler threw that was not meant for the client. */
  readonly failed?: (error: unknown, request: HttpRequest) => void;
}

/** Contents of PEM files. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** Only clients with a certificate of these authorities are let in. */
  readonly clientCa?: string;
}

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  /** `http://host:port` (`https:` with TLS), with brackets around IPv6. */
  readonly url: string;
  /** Takes no more connections, lets requests in flight finish for at most `grace` milliseconds, then cuts what is left. */
  close(grace?: number): Promise<void>;
  /** New connections get another certificate. @throws {UserError} `tls-files` */
  renew?(tls: TlsFiles): void;
}

/** Body of an error answer: JSON with `error` (the Open Inference Protocol's member) and a stable `code`. */
export function errorReply(error: HttpError): HttpReply {
  return jsonReply(error.status, { error: error.message, code: error.code, ...error.more }, error.headers);
}

export function jsonReply(status: number, value: unknown, headers?: Readonly<Record<string, string>>): HttpReply {
  return { status, type: 'application/json', body: JSON.stringify(value), ...(headers && { headers }) };
}

/**
 * Starts an HTTP/1.1 server that slow, oversized and malformed clients can't wear out.
 * @throws {UserError} `port-in-use`, `port-forbidden`, `host-unknown`, `tls-files`
 */
export async function startHttpServer(handler: HttpHandler, options: HttpServerOptions): Promise<HttpServer> {
  let closing = false;
  const secure = options.tls;
  const create = secure === undefined ? createServer : createSecure(secure);
  const headTimeout = options.headTimeout ?? 10_000;
  const idleTimeout = options.idleTimeout ?? 65_000;
  const look = Math.max(50, Math.min(1_000, headTimeout / 2));
  const server = create(
    {
      headersTimeout: headTimeout,
      requestTimeout: options.requestTimeout ?? 30_000,
      keepAliveTimeout: idleTimeout,
      connectionsCheckingInterval: look,
      maxHeaderSize: 16 * 1024,
      noDelay: true,
    },
    (message, response) => {
      const request = new Incoming(message);
      answer(
        handler,
        request,
        (reply) => send(message, response, reply, closing),
        (error) => options.failed?.(error, request),
      );
    },
  );
  server.maxConnections = options.connections ?? 10_000;
  server.on('clientError', refuseClient);
  const front =
    secure !== undefined || options.front === false
      ? undefined
      : putBefore(server, {
          answer: (request, done) => answer(handler, request, done, (error) => options.failed?.(error, request)),
          take: (body, limit) => (body.length > limit ? Promise.reject(tooLarge(limit)) : body),
          failed: (error, request) => {
            options.failed?.(error, request);
            return errorReply(insideError());
          },
          refuse: (socket, code) => refuseClient({ name: code, message: code, code }, socket),
          headTimeout,
          idleTimeout,
          look,
        });
  const port = await listen(server, options.port, options.host);
  const shown = options.host === '0.0.0.0' ? '127.0.0.1' : options.host === '::' ? '[::1]' : options.host;
  return {
    host: options.host,
    port,
    url: `http${secure === undefined ? '' : 's'}://${shown.includes(':') && !shown.startsWith('[') ? `[${shown}]` : shown}:${port}`,
    close: (grace = 10_000) =>
      new Promise((resolve) => {
        closing = true;
        const cut = setTimeout(() => {
          server.closeAllConnections();
          front?.cut();
        }, grace);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
        front?.drain();
      }),
    ...(secure !== undefined && {
      renew: (tls: TlsFiles) => checkedTls(() => (server as TlsServer).setSecureContext(contextOf(tls))),
    }),
  };
}

function createSecure(tls: TlsFiles): typeof createServer {
  return ((options: ServerOptions, listener: RequestListener) =>
    checkedTls(() =>
      createTlsServer(
        {
          ...options,
          ...contextOf(tls),
          minVersion: 'TLSv1.2',
          handshakeTimeout: 10_000,
          ...(tls.clientCa !== undefined && { requestCert: true, rejectUnauthorized: true }),
        },
        listener,
      ),
    )) as unknown as typeof createServer;
}

function contextOf({ certificate, key, clientCa }: TlsFiles) {
  return { cert: certificate, key, ...(clientCa !== undefined && { ca: clientCa }) };
}

function checkedTls<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UserError({
      code: 'tls-files',
      message: `The TLS files can't be used: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'They are PEM files; the key must belong to the certificate.',
    });
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(
          new UserError({
            code: 'port-in-use',
            message: `Port ${port} on ${host} is in use by another program.`,
            hint: 'End that program, or choose another port; 0 takes a free one.',
          }),
        );
      } else if (error.code === 'EACCES') {
        reject(
          new UserError({
            code: 'port-forbidden',
            message: `Port ${port} needs more rights than this user has.`,
            hint: 'Choose a port from 1024 on.',
          }),
        );
      } else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
        reject(
          new UserError({
            code: 'host-unknown',
            message: `${host} is not an address of this machine.`,
            hint: 'Use 127.0.0.1 (this machine alone) or 0.0.0.0 (all).',
          }),
        );
      } else reject(error);
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

class Incoming implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly #message: IncomingMessage;

  constructor(message: IncomingMessage) {
    const { method = 'GET', url = '/' } = message;
    const mark = url.indexOf('?');
    this.method = method;
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.query = mark < 0 ? '' : url.slice(mark + 1);
    this.headers = message.headers;
    this.#message = message;
  }

  get remote(): string {
    return this.#message.socket.remoteAddress ?? '';
  }

  body(limit: number): Promise<Buffer> {
    return readBody(this.#message, limit);
  }
}

function insideError(): HttpError {
  return new HttpError(500, 'internal-error', 'Something went wrong inside the server.');
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, 'body-too-large', `The request body is larger than ${limit} bytes.`, { limit });
}

function answer(
  handler: HttpHandler,
  request: HttpRequest,
  done: (reply: HttpReply) => void,
  failed: (error: unknown) => void,
): void {
  const refuse = (error: unknown): void => {
    if (error instanceof HttpError) return done(errorReply(error));
    failed(error);
    done(errorReply(insideError()));
  };
  try {
    const reply = handler(request);
    if (reply instanceof Promise) reply.then(done, refuse);
    else done(reply);
  } catch (error) {
    refuse(error);
  }
}

function send(message: IncomingMessage, response: ServerResponse, reply: HttpReply, closing: boolean): void {
  if (response.destroyed || response.headersSent) return;
  const { body = '', headers = {}, ascii = false, type } = reply;
  const head: (string | number)[] = ['content-length', ascii ? body.length : Buffer.byteLength(body)];
  if (type !== undefined) head.push('content-type', type);
  for (const name in headers) head.push(name, headers[name]!);
  // A body that was not read would be taken for the next request, so such a connection ends here.
  const unread = !message.complete;
  if (closing || unread) head.push('connection', 'close');
  response.writeHead(reply.status, head);
  if (unread) response.end(body, () => drainThenCut(message));
  else response.end(body, ascii ? 'latin1' : 'utf8');
}

/** Lets a client that is still sending read the answer before the connection goes: an immediate reset would swallow it. */
function drainThenCut(message: IncomingMessage): void {
  const { socket } = message;
  message.removeAllListeners('data');
  message.resume();
  setTimeout(() => socket.destroy(), 500).unref();
}

function readBody(message: IncomingMessage, limit: number): Promise<Buffer> {
  const length = Number(message.headers['content-length'] ?? 0);
  if (length > limit) return Promise.reject(tooLarge(limit));
  const encoding = message.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return Promise.reject(
      new HttpError(
        415,
        'encoding-not-supported',
        `The content encoding '${encoding.slice(0, 40)}' is not supported; send the body as it is.`,
      ),
    );
  }
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let chunks: Buffer[] | undefined;
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        message.removeAllListeners('data');
        chunks = first = undefined;
        reject(tooLarge(limit));
      } else if (first === undefined) first = chunk;
      else (chunks ??= [first]).push(chunk);
    });
    message.on('end', () => resolve(chunks ? Buffer.concat(chunks) : (first ?? Buffer.alloc(0))));
    // Also of a client that hung up.
    message.on('error', () =>
      reject(new HttpError(400, 'body-cut-short', 'The request ended before its body was complete.')),
    );
  });
}

/** Answers what the HTTP parser refused, when the client can still read it, and hangs up. */
function refuseClient(error: NodeJS.ErrnoException, stream: unknown): void {
  const socket = stream as Socket;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'head-too-large', 'The head of the request is too large.']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'request-too-slow', 'The request took too long to arrive.']
        : ['400 Bad Request', 'not-http', 'This is not a well-formed HTTP request.'];
  const body = JSON.stringify({ error: message, code });
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  setTimeout(() => socket.destroy(), 500).unref();
}
