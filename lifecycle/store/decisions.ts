import { join } from 'node:path';
import { UserError } from '../problem';
import { appendChain, type Link, readChain } from './chain';

/**
 * What people decided about monitoring, each with its reason: append-only and chained, `.lifecycle/monitor/decisions.jsonl`.
 * - `acknowledge`: seen; the drift of these columns is reported but no longer alerts while it stays what it was.
 * - `suppress`: the drift of these columns does not count.
 * - `silence`: the alerts of a rule are not sent.
 * - `accept-reference`: what the deployment was asked in a time is the normal state from now on: it becomes the reference.
 * - `approve`, `reject`: of a retraining that asks.
 * - `lift`: takes back an earlier decision, by its number.
 */
export interface Decision extends Link {
  readonly action: 'acknowledge' | 'suppress' | 'silence' | 'accept-reference' | 'approve' | 'reject' | 'lift';
  readonly pipeline: string;
  /** Monitor stage. */
  readonly stage: string;
  readonly reason: string;
  readonly columns?: readonly string[];
  readonly rule?: string;
  /** ISO 8601 time until which it holds; without it until it is lifted. */
  readonly until?: string;
  /** Of `accept-reference`: the target whose requests of this time are the new reference. */
  readonly window?: { readonly target: string; readonly from: string; readonly to: string };
  /** Statistics of the columns when they were acknowledged; a change that grew by half alerts again. */
  readonly statistics?: Readonly<Record<string, number>>;
  /** Of `approve` and `reject`: the retraining. */
  readonly retraining?: string;
  /** Of `lift`: number of the decision that is taken back. */
  readonly lifts?: number;
}

export type NewDecision = Omit<Decision, keyof Link>;

const NAME = 'list of monitoring decisions';

export function decisionsPath(store: string): string {
  return join(store, 'monitor', 'decisions.jsonl');
}

/** @throws UserError `reason-missing`, `ledger-broken` */
export async function decide(store: string, decision: NewDecision): Promise<Decision> {
  if (decision.reason.trim() === '')
    throw new UserError({
      code: 'reason-missing',
      message: 'A decision about monitoring needs a reason.',
      hint: 'Say why with --reason: whoever looks at it in half a year will want to know.',
    });
  return appendChain<Decision>(decisionsPath(store), NAME, decision);
}

/** Every decision, oldest first. `problem` when the list is broken; then it ends where it broke. */
export function readDecisions(store: string): Promise<{ entries: Decision[]; problem?: UserError }> {
  return readChain<Decision>(decisionsPath(store), NAME);
}

/** The decisions about one monitor stage that hold at a moment: not lifted, not run out. */
export function holding(
  decisions: readonly Decision[],
  { pipeline, stage }: { readonly pipeline: string; readonly stage: string },
  now = new Date(),
): Decision[] {
  const lifted = new Set(decisions.flatMap(({ action, lifts }) => (action === 'lift' && lifts ? [lifts] : [])));
  const moment = now.toISOString();
  return decisions.filter(
    (one) =>
      one.pipeline === pipeline &&
      one.stage === stage &&
      one.action !== 'lift' &&
      !lifted.has(one.sequence) &&
      (one.until === undefined || one.until > moment),
  );
}
