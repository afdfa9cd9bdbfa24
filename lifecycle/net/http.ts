import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { UserError } from '../problem';
import { errorCode } from '../process/files';

export interface FetchOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Milliseconds for one attempt, from connecting to the last byte. */
  readonly timeout?: number;
  /** Further attempts after a broken connection, a timeout, 429 or 5xx; for requests that may be repeated. */
  readonly retries?: number;
  /** Largest answer in bytes. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed JSON; undefined for an empty body. */
  readonly value: T;
  /** The body as it came. */
  readonly text: string;
}

/**
 * One JSON request. An answer with any status is an answer; only what keeps it from coming is thrown.
 * @throws {UserError} `unreachable` (nobody answers, or too late), `bad-answer` (no JSON, or too large)
 */
export async function fetchJson<T = unknown>(url: string, options: FetchOptions = {}): Promise<Answer<T>> {
  return parsed<T>(url, await fetchText(url, options));
}

/**
 * One request whose answer is taken as it comes.
 * @throws {UserError} `unreachable` (nobody answers, or too late), `bad-answer` (too large)
 */
export async function fetchText(url: string, options: FetchOptions = {}): Promise<Omit<Answer<never>, 'value'>> {
  const retries = options.retries ?? 0;
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await once(url, options);
      if (attempt >= retries || !(answer.status === 429 || answer.status >= 500)) return answer;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof UserError && error.problem.code === 'bad-answer') throw error;
      if (attempt >= retries) {
        throw new UserError({
          code: 'unreachable',
          message: `${url} does not answer: ${error instanceof Error ? error.message : String(error)}.`,
          hint: 'Is it running, and is the address right?',
        });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
  }
}

function parsed<T>(url: string, answer: Omit<Answer<T>, 'value'>): Answer<T> {
  if (answer.text === '') return { ...answer, value: undefined as T };
  try {
    return { ...answer, value: JSON.parse(answer.text) as T };
  } catch {
    throw new UserError({
      code: 'bad-answer',
      message: `${url} answered with something that is not JSON (status ${answer.status}): ${answer.text.slice(0, 80)}`,
    });
  }
}

function once(url: string, options: FetchOptions): Promise<Omit<Answer<never>, 'value'>> {
  return new Promise((resolve, reject) => {
    const body = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body));
    const limit = options.limit ?? 64 << 20;
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, {
      method: options.method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
        ...options.headers,
      },
      signal: options.signal,
    });
    const timeout = options.timeout ?? 30_000;
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeout / 1000} s`)), timeout);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error.message === '' ? new Error(errorCode(error) ?? 'connection failed') : error);
    };
    request.on('error', fail);
    request.once('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size <= limit) return;
        fail(new UserError({ code: 'bad-answer', message: `${url} answered with more than ${limit} bytes.` }));
        request.destroy();
      });
      response.once('end', () => {
        clearTimeout(timer);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    request.end(body);
  });
}

/** A port of this machine that was free a moment ago. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, host, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
