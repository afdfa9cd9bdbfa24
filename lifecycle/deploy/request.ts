import type { Outward, OutwardAnswer, OutwardRequest } from '../net/outward';
import { type Trouble, troubleOf } from '../net/trouble';
import { UserError } from '../problem';
import { pause } from '../process/pause';
import { covers } from './covers';
import type { Action, Until } from './plan';

type Request = Extract<Action, { operation: 'request' }>;

/** It is being done, but nobody can be asked how it goes: it is neither done nor to be taken back. */
export class Unwatched extends UserError {}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number, message: string) => void;
  /** Called when the service has taken the request, or may have: whatever fails from then on, it is to be taken back. */
  readonly onTaken?: () => void;
}

/** What an answer says of something that takes long. */
export type Progress =
  | { readonly state: 'done' }
  | { readonly state: 'going'; readonly say?: string }
  | { readonly state: 'failed'; readonly reason: string };

/**
 * Sends a request and waits until the service has done what it asks.
 *
 * @throws UserError `request-refused` and the like (the service's own words, without what was sent), `deployment-failed`;
 *   {@link Unwatched} `deployment-unwatched`
 */
export async function request(action: Request, outward: Outward, options: RequestOptions = {}): Promise<void> {
  if (action.unless !== undefined) {
    const there = await outward.send(action.unless.request, options.signal);
    if (isDone(there.status) && covers(there.value, action.unless.holds)) return;
  }
  let answer: OutwardAnswer;
  try {
    answer = await outward.send(action.request, options.signal);
  } catch (error) {
    // Without an answer nobody knows.
    if (options.signal?.aborted === true || (error instanceof UserError && error.problem.code === 'unreachable'))
      options.onTaken?.();
    throw error;
  }
  if (!isDone(answer.status)) {
    if (action.orAbsent === true && isAbsent(answer)) return;
    throw refusal(action.request, answer);
  }
  options.onTaken?.();
  if (action.until !== undefined) await settled(action, action.until, answer, outward, options);
}

async function settled(
  action: Request,
  until: Until,
  first: OutwardAnswer,
  outward: Outward,
  options: RequestOptions,
): Promise<void> {
  const end = Date.now() + until.patience * 1000;
  const question = until.request ?? operationOf(action.request, first);
  let answer = until.request === undefined ? first : undefined;
  // What is done at once is noticed at once.
  for (let pauseFor = Math.min(0.1, until.every); ; pauseFor = Math.min(pauseFor * 2, until.every)) {
    options.signal?.throwIfAborted();
    answer ??= await ask(action, question, outward, options.signal);
    if (until.reads === 'gone' && isAbsent(answer)) return;
    if (!isDone(answer.status)) throw unsettled(action, `it answers with status ${answer.status}`);
    const found = READERS[until.reads](answer.value);
    if (found.state === 'done') {
      if (until.holds === undefined || covers(answer.value, until.holds)) return;
      const { FailureReason: reason } = answer.value as { FailureReason?: string };
      throw unsettled(action, reason ?? 'the service went back to what was there before');
    }
    if (found.state === 'failed')
      throw unsettled(action, (await reasonOf(action.request, first, outward)) ?? found.reason);
    if (Date.now() >= end) throw unsettled(action, `it is not there after ${until.patience} s`);
    options.onProgress?.(0.5, found.say ?? action.say);
    await pause(pauseFor * 1000, options.signal);
    answer = undefined;
  }
}

/** Why an operation of Azure failed: the resource itself only says that it did. */
async function reasonOf(
  { auth }: OutwardRequest,
  { operation }: OutwardAnswer,
  outward: Outward,
): Promise<string | undefined> {
  if (operation === undefined || auth?.kind !== 'azure') return undefined;
  try {
    const { value } = await outward.send({ method: 'GET', url: operation, auth });
    return wordsOf(value);
  } catch {
    // That it failed is known all the same.
    return undefined;
  }
}

/** @throws Unwatched when whoever asks is turned away, or nobody answers */
async function ask(
  action: Request,
  question: OutwardRequest,
  outward: Outward,
  signal: AbortSignal | undefined,
): Promise<OutwardAnswer> {
  let why: string;
  try {
    const answer = await outward.send(question, signal);
    if (troubleOf(answer) === undefined) return answer;
    why = refusal(question, answer).problem.message;
  } catch (error) {
    if (signal?.aborted === true || !(error instanceof UserError)) throw error;
    why = error.problem.message;
  }
  throw new Unwatched({
    code: 'deployment-unwatched',
    message: `It began to ${action.say}, and how that goes can't be asked any more: ${why}`,
    hint: 'Nothing was taken back. Log in again where the login has run out, then deploy again: it goes on where it was.',
  });
}

/** Whether a service says that what it was asked for is not there; AWS says so with the status 400. */
export function isAbsent({ status, value }: Pick<OutwardAnswer, 'status' | 'value'>): boolean {
  if (status === 404 || status === 410) return true;
  const { __type, message } = (value ?? {}) as { __type?: unknown; message?: unknown };
  return (
    status === 400 &&
    (/could not find/i.test(typeof message === 'string' ? message : '') ||
      /(ObjectNotFoundException|ResourceNotFound)$/.test(typeof __type === 'string' ? __type : ''))
  );
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

export const READERS: { readonly [K in Until['reads']]: (value: unknown) => Progress } = {
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
    if (status === 'InService') return { state: 'done' };
    if (isBroken(status)) return { state: 'failed', reason: reason ?? status ?? 'it is broken' };
    return { state: 'going', say: `the endpoint is ${status ?? 'not there yet'}` };
  },
  'sagemaker-settled': (value) => {
    const { EndpointStatus: status = 'not there' } = (value ?? {}) as { EndpointStatus?: string };
    return status === 'InService' || isBroken(status)
      ? { state: 'done' }
      : { state: 'going', say: `the endpoint is ${status}` };
  },
  'google-operation': (value) => {
    const { done, error } = (value ?? {}) as { done?: boolean; error?: { message?: string; code?: number } };
    if (error !== undefined) return { state: 'failed', reason: error.message ?? `code ${error.code}` };
    return done === true ? { state: 'done' } : { state: 'going' };
  },
  'azure-settled': (value) => {
    const state = (value as { properties?: { provisioningState?: string } } | undefined)?.properties?.provisioningState;
    return state === undefined || state === 'Succeeded' || state === 'Failed' || state === 'Canceled'
      ? { state: 'done' }
      : { state: 'going', say: `it is ${state}` };
  },
  'google-settled': (value) => ({ state: (value as { done?: boolean } | undefined)?.done === true ? 'done' : 'going' }),
  gone: () => ({ state: 'going', say: 'it is still there' }),
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

/** What a refusal is called, and the way out of it. */
const WAYS_OUT: { readonly [K in Trouble | 'wrong']: { readonly code: string; readonly hint: string } } = {
  wrong: { code: 'request-refused', hint: 'What was done before is undone. Correct what it names and deploy again.' },
  denied: {
    code: 'credentials-refused',
    hint: 'Check who you are logged in as, and what that account may do.',
  },
  expired: { code: 'credentials-expired', hint: 'Your login has run out. Log in again, then deploy again.' },
  quota: {
    code: 'quota-exceeded',
    hint: 'The account may not have more of it. Take fewer or other machines in targets.yaml, stop what is not needed, or ask the provider for more.',
  },
  throttled: {
    code: 'service-busy',
    hint: 'It was asked five times in 20 seconds and still has too many requests, or a quota is used up. Deploy again in a while.',
  },
  unavailable: {
    code: 'service-busy',
    hint: 'The service is in trouble; it was asked again where that does no harm. Deploy again in a while.',
  },
};

function isBroken(status: string | undefined): boolean {
  return status === 'Failed' || status === 'OutOfService' || status === 'UpdateRollbackFailed';
}

/** The refusal of a service, in its own words. */
export function refusal({ method, url, headers }: OutwardRequest, answer: OutwardAnswer): UserError {
  const { status, value, text } = answer;
  const where = /^https?:/.test(url) ? new URL(url).host : 'the cluster';
  const { code, hint } = WAYS_OUT[troubleOf(answer) ?? 'wrong'];
  return new UserError({
    code,
    message: `${where} refused ${headers?.['x-amz-target']?.replace(/^.*\./, '') ?? `${method} ${pathOf(url)}`} (status ${status}): ${wordsOf(value) ?? (text.slice(0, 300) || 'no reason given')}`,
    hint,
  });
}

const QUOTA_WORDS = /quota|ResourceLimitExceeded|Insufficient\w*Capacity|OutOfCapacity/i;

function unsettled(action: Request, reason: string): UserError {
  return new UserError({
    ...(QUOTA_WORDS.test(reason)
      ? WAYS_OUT.quota
      : { code: 'deployment-failed', hint: 'What was done is undone. The logs of the service tell more.' }),
    message: `It did not work to ${action.say}: ${reason.replace(/\.$/, '')}.`,
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
