import { HttpError } from '../../net/server';

export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** Clients that are remembered; a full bucket needs no remembering, so the oldest go first. */
const CLIENTS = 20_000;

/** A token bucket for each client: `burst` requests at once, then `perSecond`. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  /** @param now milliseconds @throws HttpError 429 with how long to wait */
  take(client: string, now = performance.now()): void {
    const { perSecond, burst } = this.#limit;
    let bucket = this.#buckets.get(client);
    if (bucket === undefined) {
      if (this.#buckets.size >= CLIENTS) {
        const oldest = this.#buckets.keys().next().value;
        if (oldest !== undefined) this.#buckets.delete(oldest);
      }
      this.#buckets.set(client, (bucket = { tokens: burst, at: now }));
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    if (bucket.tokens >= 1) {
      bucket.tokens--;
      return;
    }
    const seconds = Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
    throw new HttpError(
      429,
      'rate-limit',
      `More than ${perSecond} requests a second; try again in ${seconds} s.`,
      {},
      { 'retry-after': String(seconds) },
    );
  }
}

/** The moment (of `performance.now`) after which nobody waits for an answer any more. @throws HttpError 400 */
export function deadlineOf(
  header: string | string[] | undefined,
  most: number,
  now: number = performance.now(),
): number {
  if (header === undefined) return now + most;
  const wanted = typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : 0;
  if (wanted < 1) throw new HttpError(400, 'bad-deadline', '`x-deadline-ms` is not a whole number of milliseconds.');
  return now + Math.min(most, wanted);
}
