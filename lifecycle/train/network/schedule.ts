/** How the learning rate changes over the training. */
import { type LearningRateSchedule, type Training } from '../../../schemas/generated/types';

export interface Moment {
  /** Steps done so far. */
  readonly step: number;
  readonly steps: number;
  readonly perEpoch: number;
  /** What `plateau` has come to. */
  readonly plateau: number;
}

export function plainSchedule(schedule: Training['schedule']): LearningRateSchedule {
  if (schedule === undefined) return { kind: 'constant' };
  return typeof schedule === 'string' ? { kind: schedule } : schedule;
}

/**
 * The learning rate for the next step. Cosine annealing: Loshchilov & Hutter, SGDR (2017), without restarts. One cycle: Smith & Topin (2018)
 * as PyTorch's OneCycleLR: from a 25th up along a cosine in the first 30 %, then down to a 10,000th of where it began.
 */
export function rateAt(schedule: LearningRateSchedule, rate: number, moment: Moment): number {
  const { step, steps, perEpoch } = moment;
  const warm = Math.round((schedule['warm-up'] ?? 0) * perEpoch);
  if (step < warm) return (rate * (step + 1)) / (warm + 1);
  switch (schedule.kind) {
    case 'constant':
      return rate;
    case 'step':
      return rate * (schedule.factor ?? 0.1) ** Math.floor(Math.floor(step / perEpoch) / (schedule.every ?? 10));
    case 'cosine':
      return (rate / 2) * (1 + Math.cos((Math.PI * (step - warm)) / Math.max(1, steps - warm)));
    case 'plateau':
      return rate * moment.plateau;
    case 'one-cycle': {
      const rise = Math.max(1, 0.3 * steps - 1);
      const between = (from: number, to: number, share: number): number =>
        to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
      if (step <= rise) return between(rate / 25, rate, step / rise);
      return between(rate, rate / 25 / 1e4, Math.min(1, (step - rise) / Math.max(1, steps - 1 - rise)));
    }
  }
}

/** Watches the loss for `plateau`: multiplies by `factor` after `patience` epochs without a lower one. Plain data, so that it can be kept. */
export interface Plateau {
  readonly factor: number;
  readonly best: number;
  readonly waited: number;
}

export const NO_PLATEAU: Plateau = { factor: 1, best: Infinity, waited: 0 };

export function watch(schedule: LearningRateSchedule, state: Plateau, loss: number): Plateau {
  if (schedule.kind !== 'plateau') return state;
  if (loss < state.best * (1 - 1e-4)) return { ...state, best: loss, waited: 0 };
  if (state.waited + 1 < (schedule.patience ?? 5)) return { ...state, waited: state.waited + 1 };
  return { ...state, factor: state.factor * (schedule.factor ?? 0.1), waited: 0 };
}
