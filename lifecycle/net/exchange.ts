import { createReadStream } from 'node:fs';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { UserError } from '../problem';
import { errorCode } from '../process/files';
import { checkAddress, guardedLookup, isInternal } from './guard';

/** What identifies this side and the other over TLS. */
export interface TlsOptions {
  /** Certificates (PEM) of those who are trusted instead of the system's. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface ExchangeOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes, or a file whose bytes are streamed. */
  readonly body?: Uint8Array | { readonly path: string; readonly bytes: number };
  /** Milliseconds without any progress. */
  readonly timeout?: number;
  /** Largest answer in bytes. */
  readonly limit?: number;
  /** Takes the answer's bytes as they come, for large ones; the answer's `body` is then empty. */
  readonly sink?: (chunk: Buffer) => void;
  readonly tls?: TlsOptions;
  readonly signal?: AbortSignal;
}

export interface Exchanged {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const LIMIT = 64 << 20;

/**
 * One request to a service outside, by an address that {@link checkAddress} allows. Redirects are not followed: whoever wants to checks the
 * new address first.
 *
 * @throws UserError `address-refused`, `unreachable`, `bad-answer` (too large)
 */
export async function exchange(address: string, options: ExchangeOptions = {}): Promise<Exchanged> {
  const url = checkAddress(address);
  try {
    return await once(url, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof UserError) throw error;
    throw new UserError({
      code: 'unreachable',
      message: `${url.origin} does not answer: ${reason(error)}.`,
      hint: 'Is the address right, and can it be reached from here?',
    });
  }
}

function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text === '' ? (errorCode(error) ?? 'the connection failed') : text;
}

function once(url: URL, options: ExchangeOptions): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const { body, limit = LIMIT } = options;
    const length = body === undefined ? undefined : body instanceof Uint8Array ? body.length : body.bytes;
    const settings: RequestOptions & TlsOptions = {
      method: options.method ?? 'GET',
      headers: { ...options.headers, ...(length !== undefined && { 'content-length': String(length) }) },
      lookup: guardedLookup,
      ...options.tls,
      ...(options.signal && { signal: options.signal }),
    };
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, settings);
    const bare = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(bare) !== 0 && isInternal(bare)) request.destroy(new Error('a link-local address'));
    request.setTimeout(options.timeout ?? 60_000, () =>
      request.destroy(new Error(`nothing came for ${(options.timeout ?? 60_000) / 1000} s`)),
    );
    request.on('error', reject);
    request.once('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (options.sink && (response.statusCode ?? 0) < 300) options.sink(chunk);
        else {
          chunks.push(chunk);
          if (size <= limit) return;
          reject(
            new UserError({ code: 'bad-answer', message: `${url.origin} answered with more than ${limit} bytes.` }),
          );
          request.destroy();
        }
      });
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    if (body === undefined) request.end();
    else if (body instanceof Uint8Array) request.end(body);
    else {
      const file = createReadStream(body.path);
      file.once('error', (error) => request.destroy(error));
      file.pipe(request);
    }
  });
}
