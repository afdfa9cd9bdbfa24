import { UserError } from '../problem';
import { checkAddress, isLoopback } from './guard';
import { exchange, type TlsOptions } from './exchange';
import { awsCredentials } from './aws';
import { azureToken } from './azure';
import { googleToken } from './google';
import { kubernetesAccess } from './kubeconfig';
import { signAws } from './sigv4';

/** Whose credentials a request carries, by name only. */
export type Auth =
  | { readonly kind: 'aws'; readonly service: string; readonly region: string }
  | { readonly kind: 'google' }
  | { readonly kind: 'azure'; readonly scope: string }
  /** The cluster of a context of the user's kubeconfig; the request's address is then a path. */
  | { readonly kind: 'kubernetes'; readonly context?: string };

/** One request as plain data. */
export interface OutwardRequest {
  readonly method: string;
  /** Absolute; for a cluster the path at its API server. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly auth?: Auth;
}

export interface OutwardAnswer {
  readonly status: number;
  /** The parsed JSON; undefined when there is none. */
  readonly value: unknown;
  readonly text: string;
}

/** Value of a secret by name. */
export type SecretLookup = (name: string) => Promise<string | undefined>;

/** Asks services outside. */
export interface Outward {
  send(request: OutwardRequest, signal?: AbortSignal): Promise<OutwardAnswer>;
  readonly secret: SecretLookup;
}

/** Hosts that the bearer tokens of a cloud may be sent to, whatever a file says. */
const OWN_HOSTS: Readonly<Record<'google' | 'azure' | 'aws', RegExp>> = {
  google: /(^|\.)googleapis\.com$/,
  azure: /(^|\.)(azure\.com|azure\.net|azureml\.ms|azure\.us|azure\.cn)$/,
  aws: /(^|\.)amazonaws\.com(\.cn)?$/,
};

/** @param secret where credentials come from; the process's environment unless given */
export function outward(secret: SecretLookup = (name) => Promise.resolve(process.env[name])): Outward {
  return { secret, send: (request, signal) => send(request, secret, signal) };
}

async function send(request: OutwardRequest, secret: SecretLookup, signal?: AbortSignal): Promise<OutwardAnswer> {
  const { auth } = request;
  const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
  let url = request.url;
  let tls: TlsOptions | undefined;
  let headers: Record<string, string> = {
    accept: 'application/json',
    ...(body && { 'content-type': 'application/json' }),
    ...lower(request.headers),
  };
  if (auth?.kind === 'kubernetes') {
    const access = await kubernetesAccess(auth.context, secret);
    url = access.server.replace(/\/+$/, '') + url;
    tls = access.tls;
    if (access.token !== undefined) headers['authorization'] = `Bearer ${access.token}`;
  } else if (auth !== undefined) {
    const { hostname } = checkAddress(url);
    if (!OWN_HOSTS[auth.kind].test(hostname) && !isLoopback(hostname)) {
      throw new UserError({
        code: 'address-refused',
        message: `Credentials of ${auth.kind} are not sent to ${hostname}.`,
        hint: 'Correct `endpoint` in targets.yaml, or leave it out.',
      });
    }
    if (auth.kind === 'aws')
      headers = signAws(
        { method: request.method, url, headers, body: body ?? Buffer.alloc(0) },
        { ...auth, ...(await awsCredentials(secret)), time: new Date() },
      );
    else
      headers['authorization'] =
        `Bearer ${auth.kind === 'google' ? await googleToken(secret) : await azureToken(auth.scope, secret)}`;
  }
  const answer = await exchange(url, {
    method: request.method,
    headers,
    ...(body && { body }),
    ...(tls && { tls }),
    ...(signal && { signal }),
  });
  const text = answer.body.toString('utf8');
  return { status: answer.status, text, value: parse(text) };
}

function lower(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
