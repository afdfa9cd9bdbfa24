import type { DeployStage, RolloutGates, RolloutState, Sticky, Strategy } from '../../../schemas/generated/types';

/** A roll-out with every default in place: plain data, kept in the configuration of a server. */
export interface RolloutPlan {
  readonly kind: RolloutState['strategy'];
  /** Share of the requests that the candidate answers in each step, 0 to 1. */
  readonly steps: readonly number[];
  /** Share of the requests that both versions are asked, so that they can be compared prediction by prediction. */
  readonly mirror: number;
  /** Whether the candidate goes live by itself when the last step passes. */
  readonly promote: boolean;
  /** Whether it is taken back by itself when a gate fails. */
  readonly guard: boolean;
  readonly sticky?: Sticky;
  /** Requests, outcomes, and most seconds, for each step. */
  readonly requests: number;
  readonly labels: number;
  readonly timeout: number;
  readonly gates: Gates;
}

export interface Gates {
  readonly confidence: number;
  readonly errorRate: { readonly rise: number };
  readonly latency: { readonly rise: number; readonly quantile: number };
  readonly accuracy?: { readonly drop: number };
  readonly error?: { readonly rise: number };
  readonly value?: { readonly drop: number };
  readonly drift?: { readonly most: number };
  readonly disagreement?: { readonly most: number };
}

const WINDOW = { requests: 500, timeout: 604_800 };

/** The roll-out that a stage asks for; undefined for one that is all at once. */
export function rolloutPlan(strategy: DeployStage['strategy']): RolloutPlan | undefined {
  const given = typeof strategy === 'string' ? ({ kind: strategy } as Strategy) : strategy;
  if (given === undefined || given.kind === 'all-at-once') return undefined;
  const gates = gatesOf(given.gates);
  const requests = given.window?.requests ?? WINDOW.requests;
  const common = {
    kind: given.kind,
    mirror: 1,
    promote: true,
    guard: true,
    requests,
    labels: needsOutcomes(gates) ? (given.window?.labels ?? requests) : 0,
    timeout: given.window?.timeout ?? WINDOW.timeout,
    gates,
  };
  switch (given.kind) {
    case 'canary':
      return {
        ...common,
        steps: (given.steps ?? [10, 50]).map((percent) => percent / 100),
        ...(given.sticky && { sticky: given.sticky }),
      };
    case 'blue-green':
      return { ...common, steps: [1] };
    case 'shadow':
      return { ...common, steps: [0], mirror: given.share ?? 1, promote: given.promote ?? false };
    case 'ab':
      return {
        ...common,
        steps: [(given.share ?? 50) / 100],
        promote: false,
        guard: given.gates !== undefined,
        ...(given.sticky && { sticky: given.sticky }),
      };
  }
}

function gatesOf(given: RolloutGates | undefined): Gates {
  return {
    confidence: given?.confidence ?? 0.99,
    errorRate: { rise: given?.['error-rate']?.['rise-at-most'] ?? 0.005 },
    latency: { rise: given?.latency?.['rise-at-most'] ?? 0.25, quantile: given?.latency?.quantile ?? 0.5 },
    ...(given?.accuracy && { accuracy: { drop: given.accuracy['drop-at-most'] } }),
    ...(given?.['mean-absolute-error'] && { error: { rise: given['mean-absolute-error']['rise-at-most'] } }),
    ...(given?.value && { value: { drop: given.value['drop-at-most'] } }),
    ...(given?.drift && { drift: { most: given.drift['at-most'] } }),
    ...(given?.disagreement && { disagreement: { most: given.disagreement['at-most'] } }),
  };
}

function needsOutcomes({ accuracy, error, value }: Gates): boolean {
  return accuracy !== undefined || error !== undefined || value !== undefined;
}

/** In words: `canary, 10 % then 50 % of the requests`. */
export function describePlan({ kind, steps, mirror }: Pick<RolloutPlan, 'kind' | 'steps' | 'mirror'>): string {
  const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;
  switch (kind) {
    case 'canary':
      return `canary, ${steps.map(percent).join(' then ')} of the requests`;
    case 'blue-green':
      return 'blue-green, all requests with the former version ready to take over';
    case 'shadow':
      return `shadow, asked beside the live version for ${percent(mirror)} of the requests`;
    case 'ab':
      return `A/B, ${percent(steps[0] ?? 0)} of the clients`;
  }
}
