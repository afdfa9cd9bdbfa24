import type { OutwardAnswer } from './outward';

/** What a refusal is about, whatever words and statuses a service has for it. */
export type Trouble =
  /** Too many requests at the moment: the same request later is taken. */
  | 'throttled'
  /** The service itself is in trouble. */
  | 'unavailable'
  /** Whoever asks was known once; the login has run out. */
  | 'expired'
  /** Whoever asks is not known, or may not. */
  | 'denied'
  /** More machines than the account may have. */
  | 'quota';

const THROTTLED = /^(Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled|SlowDown|PriorRequestNotComplete)/;
const EXPIRED = /^(ExpiredToken|RequestExpired|ExpiredAuthenticationToken|InvalidAuthenticationTokenExpired)/;
const DENIED =
  /^(AccessDenied|UnauthorizedOperation|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|OptInRequired|AuthorizationFailed|AuthenticationFailed)/;
const QUOTA =
  /^(ResourceLimitExceeded|LimitExceeded|ServiceQuotaExceeded|OutOfQuota|OutOfCapacity|Quota|NotEnoughQuota)/;

/**
 * What the refusal of a service is about; undefined for what is asked wrongly. AWS says nearly everything with the status 400, so its words
 * count; Google says with 429 that a quota is used up, too.
 */
export function troubleOf({
  status,
  value,
  text,
}: Pick<OutwardAnswer, 'status' | 'value' | 'text'>): Trouble | undefined {
  if (status < 400) return undefined;
  const name = errorName(value) ?? '';
  if (THROTTLED.test(name)) return 'throttled';
  if (EXPIRED.test(name)) return 'expired';
  if (QUOTA.test(name)) return 'quota';
  if (status === 401) return /expired/i.test(text) ? 'expired' : 'denied';
  // Kubernetes forbids what is above the quota of a namespace.
  if (DENIED.test(name) || status === 403) return /exceeded quota/i.test(wordsOf(value)) ? 'quota' : 'denied';
  if (status === 429) return 'throttled';
  return status >= 500 || status === 408 ? 'unavailable' : undefined;
}

/** The name that AWS, Google, Azure and Kubernetes give an error, without namespaces. */
function errorName(value: unknown): string | undefined {
  const { __type, code, reason, error } = (value ?? {}) as {
    __type?: unknown;
    code?: unknown;
    reason?: unknown;
    error?: { code?: unknown; status?: unknown };
  };
  const found = [__type, error?.status, error?.code, code, reason].find((one) => typeof one === 'string');
  return found?.replace(/^.*#/, '').replace(/:.*$/, '');
}

function wordsOf(value: unknown): string {
  const { message } = (value ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : '';
}
