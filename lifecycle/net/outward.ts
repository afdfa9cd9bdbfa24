import { UserError } from '../problem';
import { pause } from '../process/pause';
import { checkAddress, isLoopback } from './guard';
import { exchange, type TlsOptions } from './exchange';
import { awsCredentials, forgetAwsCredentials } from './aws';
import { azureToken, forgetAzureTokens } from './azure';
import { forgetGoogleToken, googleToken } from './google';
import { kubernetesAccess } from './kubeconfig';
import { signAws } from './sigv4';
import { troubleOf } from './trouble';

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
  /** Seconds after which the service wants to be asked again. */
  readonly retryAfter?: number;
  /** Where Azure tells how what was asked goes on. */
  readonly operation?: string;
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

/** Milliseconds before the second, third … try. */
const PAUSES = [500, 1_500, 4_500, 13_500];
/** Longest pause that a service may ask for, in milliseconds. */
const LONGEST = 60_000;

/**
 * @param secret where credentials come from; the process's environment unless given
 * @param pauses milliseconds before each further try, some more or less; without it five tries in 20 seconds
 */
export function outward(
  secret: SecretLookup = (name) => Promise.resolve(process.env[name]),
  pauses: readonly number[] = PAUSES,
): Outward {
  return { secret, send: (request, signal) => patiently(request, secret, pauses, signal) };
}

/**
 * Asks again, after growing pauses, when a service is asked too often or is in trouble; with fresh credentials once when they have run out. A
 * request that may have been taken though no answer came is only sent again when twice is the same as once.
 */
async function patiently(
  request: OutwardRequest,
  secret: SecretLookup,
  pauses: readonly number[],
  signal?: AbortSignal,
): Promise<OutwardAnswer> {
  let renewed = false;
  for (let attempt = 0; ; attempt++) {
    let asked = pauses[attempt];
    try {
      const answer = await send(request, secret, signal);
      const trouble = troubleOf(answer);
      if (!renewed && (trouble === 'expired' || answer.status === 401) && forget(request.auth)) {
        renewed = true;
        attempt--;
        continue;
      }
      const taken = answer.status === 500 || answer.status === 408;
      const again = trouble === 'throttled' || (trouble === 'unavailable' && (!taken || isSafe(request)));
      if (!again || asked === undefined) return answer;
      if (answer.retryAfter !== undefined) asked = Math.min(answer.retryAfter * 1000, LONGEST);
    } catch (error) {
      signal?.throwIfAborted();
      const lost = error instanceof UserError && error.problem.code === 'unreachable';
      if (!lost || asked === undefined || !isSafe(request)) throw error;
    }
    // Many who were turned away together do not come back together.
    await pause(asked * (0.75 + Math.random() / 2), signal);
    signal?.throwIfAborted();
  }
}

/** Whether it does no harm to ask twice. */
function isSafe({ method, headers }: OutwardRequest): boolean {
  return method !== 'POST' || /\.(Describe|List|Get)\w+$/.test(headers?.['x-amz-target'] ?? '');
}

/** Forgets what is kept of a login. @returns whether another may come of asking for it again */
function forget(auth: Auth | undefined): boolean {
  if (auth?.kind === 'aws') return forgetAwsCredentials();
  if (auth?.kind === 'google') return forgetGoogleToken();
  return auth?.kind === 'azure' && forgetAzureTokens();
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
  const after = Number(answer.headers['retry-after']);
  const operation = answer.headers['azure-asyncoperation'];
  return {
    status: answer.status,
    text,
    value: parse(text),
    ...(after > 0 && { retryAfter: after }),
    ...(typeof operation === 'string' && { operation }),
  };
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
