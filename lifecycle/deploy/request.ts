import type { Outward, OutwardAnswer, OutwardRequest } from '../net/outward';
import { UserError } from '../problem';
import { pause } from '../process/pause';
import type { Action, Until } from './plan';

type Request = Extract<Action, { operation: 'request' }>;

/** A request was taken, but what it asked for did not come to be. */
export class Unsettled extends UserError {}

/** What an answer says of something that takes long. */
export type Progress =
  | { readonly state: 'done' }
  | { readonly state: 'going'; readonly say?: string }
  | { readonly state: 'failed'; readonly reason: string };

/**
 * Sends a request and waits until the service has done what it asks.
 *
 * @throws UserError `request-refused` (the service's own words, without what was sent), {@link Unsettled} `deployment-failed`
 */
export async function request(
  action: Request,
  outward: Outward,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (fraction: number, message: string) => void } = {},
): Promise<void> {
  const answer = await retried(() => outward.send(action.request, options.signal), options.signal);
  if (!isDone(answer.status) && !action.also?.includes(answer.status)) throw refusal(action.request, answer);
  if (action.until === undefined || !isDone(answer.status)) return;
  await settled(action, action.until, answer, outward, options);
}

async function settled(
  action: Request,
  until: Until,
  first: OutwardAnswer,
  outward: Outward,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (fraction: number, message: string) => void },
): Promise<void> {
  const end = Date.now() + until.patience * 1000;
  const question = until.request ?? operationOf(action.request, first);
  let answer = until.request === undefined ? first : undefined;
  // What is done at once is noticed at once.
  for (let pauseFor = Math.min(0.1, until.every); ; pauseFor = Math.min(pauseFor * 2, until.every)) {
    options.signal?.throwIfAborted();
    answer ??= await retried(() => outward.send(question, options.signal), options.signal);
    if (!isDone(answer.status)) throw unsettled(action, `it answers with status ${answer.status}`);
    const found = READERS[until.reads](answer.value);
    if (found.state === 'done') return;
    if (found.state === 'failed') throw unsettled(action, found.reason);
    if (Date.now() >= end) throw unsettled(action, `it is not there after ${until.patience} s`);
    options.onProgress?.(0.5, found.say ?? action.say);
    await pause(pauseFor * 1000, options.signal);
    answer = undefined;
  }
}

/** Google's operations are asked for by the name that they are given in the answer. */
function operationOf({ url, auth }: OutwardRequest, { value }: OutwardAnswer): OutwardRequest {
  const name = (value as { name?: unknown } | undefined)?.name;
  if (typeof name !== 'string' || !/^projects\/[\w/.-]+$/.test(name))
    return { method: 'GET', url, ...(auth && { auth }) };
  const version = /\/v\d+[a-z0-9]*\//.exec(url)?.[0] ?? '/v1/';
  return { method: 'GET', url: `${new URL(url).origin}${version}${name}`, ...(auth && { auth }) };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

const READERS: { readonly [K in Until['reads']]: (value: unknown) => Progress } = {
  /** `kubectl rollout status` reads the same fields. */
  'kubernetes-rollout': (value) => {
    const { metadata, spec, status } = (value ?? {}) as {
      metadata?: { generation?: number };
      spec?: { replicas?: number };
      status?: {
        observedGeneration?: number;
        replicas?: number;
        updatedReplicas?: number;
        availableReplicas?: number;
        conditions?: readonly Condition[];
      };
    };
    if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return { state: 'going' };
    const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
    if (progressing?.reason === 'ProgressDeadlineExceeded')
      return { state: 'failed', reason: progressing.message ?? 'its new pods did not become ready' };
    const wanted = spec?.replicas ?? 1;
    const { updatedReplicas: updated = 0, replicas = 0, availableReplicas: available = 0 } = status ?? {};
    if (updated < wanted || replicas > updated || available < updated)
      return { state: 'going', say: `${available} of ${wanted} pods are ready` };
    return { state: 'done' };
  },
  'kserve-ready': (value) => {
    const { metadata, status } = (value ?? {}) as {
      metadata?: { generation?: number };
      status?: { observedGeneration?: number; conditions?: readonly Condition[] };
    };
    if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return { state: 'going' };
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    if (ready?.status === 'True') return { state: 'done' };
    if (ready?.reason === 'RevisionFailed' || ready?.reason === 'ExitCode1')
      return { state: 'failed', reason: ready.message ?? ready.reason };
    return { state: 'going' };
  },
  /** Its operator writes `state`; an older state stands there until it has seen the change. */
  'seldon-available': (value) => {
    const { metadata, status } = (value ?? {}) as {
      metadata?: { generation?: number };
      status?: { observedGeneration?: number; state?: string; description?: string };
    };
    const { observedGeneration: seen, state, description } = status ?? {};
    if (state === undefined || (seen !== undefined && seen < (metadata?.generation ?? 0))) return { state: 'going' };
    if (state === 'Failed') return { state: 'failed', reason: description || 'its state is Failed' };
    return state === 'Available' ? { state: 'done' } : { state: 'going', say: `its state is ${state}` };
  },
  'sagemaker-endpoint': (value) => {
    const { EndpointStatus: status, FailureReason: reason } = (value ?? {}) as {
      EndpointStatus?: string;
      FailureReason?: string;
    };
    if (status === 'InService') return reason === undefined ? { state: 'done' } : { state: 'failed', reason };
    if (status === 'Failed' || status === 'OutOfService' || status === 'UpdateRollbackFailed')
      return { state: 'failed', reason: reason ?? status };
    return { state: 'going', say: `the endpoint is ${status ?? 'not there yet'}` };
  },
  'google-operation': (value) => {
    const { done, error } = (value ?? {}) as { done?: boolean; error?: { message?: string; code?: number } };
    if (error !== undefined) return { state: 'failed', reason: error.message ?? `code ${error.code}` };
    return done === true ? { state: 'done' } : { state: 'going' };
  },
  'azure-resource': (value) => {
    const { properties } = (value ?? {}) as {
      properties?: { provisioningState?: string };
    };
    const state = properties?.provisioningState;
    if (state === undefined || state === 'Succeeded') return { state: 'done' };
    if (state === 'Failed' || state === 'Canceled') return { state: 'failed', reason: `its state is ${state}` };
    return { state: 'going', say: `it is ${state}` };
  },
};

/** Once more after 429 or 5xx: four times, with growing pauses. */
async function retried(ask: () => Promise<OutwardAnswer>, signal: AbortSignal | undefined): Promise<OutwardAnswer> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask();
    if (attempt >= 3 || !(answer.status === 429 || answer.status === 503 || answer.status === 502)) return answer;
    await pause(500 * 3 ** attempt, signal);
  }
}

/** The refusal of a service, in its own words. */
export function refusal({ method, url }: OutwardRequest, { status, value, text }: OutwardAnswer): UserError {
  const where = /^https?:/.test(url) ? new URL(url).host : 'the cluster';
  return new UserError({
    code: status === 401 || status === 403 ? 'credentials-refused' : 'request-refused',
    message: `${where} refused ${method} ${pathOf(url)} (status ${status}): ${wordsOf(value) ?? (text.slice(0, 300) || 'no reason given')}`,
    hint:
      status === 401 || status === 403
        ? 'Check who you are logged in as, and what that account may do.'
        : 'What was done before is undone. Correct what it names and deploy again.',
  });
}

function unsettled(action: Request, reason: string): Unsettled {
  return new Unsettled({
    code: 'deployment-failed',
    message: `It did not work to ${action.say}: ${reason.replace(/\.$/, '')}.`,
    hint: 'What was done is undone. The logs of the service tell more.',
  });
}

function pathOf(url: string): string {
  return /^https?:/.test(url) ? new URL(url).pathname : url.replace(/\?.*$/, '');
}

/** The message inside of an error as Kubernetes, AWS, Google and Azure write it. */
function wordsOf(value: unknown): string | undefined {
  const { message, Message, error } = (value ?? {}) as {
    message?: unknown;
    Message?: unknown;
    error?: { message?: unknown };
  };
  const found = [message, Message, error?.message].find((one) => typeof one === 'string');
  return found;
}

function isDone(status: number): boolean {
  return status >= 200 && status < 300;
}
