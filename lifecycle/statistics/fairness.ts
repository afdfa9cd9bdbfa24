/**
 * Group fairness of a two-class model: rates by group of a protected attribute, and the gaps between groups, with the
 * definitions of fairlearn (Bird et al. 2020; Hardt, Price & Srebro, NeurIPS 2016 for equalised odds).
 */
import { requireLengths, type Numbers } from './arrays';
import { type Interval, wilson } from './proportion';

export type GroupRate = 'selection-rate' | 'true-positive-rate' | 'false-positive-rate' | 'precision' | 'accuracy';

export interface GroupMetrics {
  readonly group: string;
  readonly rows: number;
  /** NaN where a rate has no rows to be taken of. */
  readonly metrics: Readonly<Record<GroupRate, number>>;
  /** Wilson intervals; with weights from Kish's effective number of rows. */
  readonly intervals: Readonly<Record<GroupRate, Interval>>;
}

export type FairnessGap =
  | 'demographic-parity-difference'
  | 'demographic-parity-ratio'
  | 'equalized-odds-difference'
  | 'equal-opportunity-difference';

export interface FairnessOptions {
  readonly weights?: Numbers | undefined;
  /** Of the intervals; default 0.95. */
  readonly level?: number | undefined;
}

/** Rates by group, in order of first appearance of the group. `actual` and `predicted` are 1 for positive. */
export function groupMetrics(
  actual: Numbers,
  predicted: Numbers,
  groups: ArrayLike<unknown>,
  { weights, level }: FairnessOptions = {},
): GroupMetrics[] {
  const n = requireLengths({ actual, predicted, weights, groups: { length: groups.length } }, 0);
  const tallies = new Map<string, Tally>();
  for (let i = 0; i < n; i++) {
    const group = String(groups[i]);
    let tally = tallies.get(group);
    if (tally === undefined) tallies.set(group, (tally = new Tally()));
    tally.add(actual[i] === 1, predicted[i] === 1, weights === undefined ? 1 : weights[i]!);
  }
  return Array.from(tallies, ([group, tally]) => tally.summary(group, level));
}

/** A share: weight for which something holds, of the weight for which it could. */
class Share {
  private hits = 0;
  private weight = 0;
  private squares = 0;

  add(hit: boolean, weight: number): void {
    if (hit) this.hits += weight;
    this.weight += weight;
    this.squares += weight * weight;
  }

  get value(): number {
    return this.weight > 0 ? this.hits / this.weight : NaN;
  }

  interval(level: number | undefined): Interval {
    const effective = this.weight ** 2 / this.squares;
    return wilson(this.value === 1 ? effective : this.value * effective, effective, level);
  }
}

class Tally {
  private rows = 0;
  private readonly shares: Readonly<Record<GroupRate, Share>> = {
    'selection-rate': new Share(),
    'true-positive-rate': new Share(),
    'false-positive-rate': new Share(),
    precision: new Share(),
    accuracy: new Share(),
  };

  add(actual: boolean, predicted: boolean, weight: number): void {
    this.rows++;
    this.shares['selection-rate'].add(predicted, weight);
    this.shares[actual ? 'true-positive-rate' : 'false-positive-rate'].add(predicted, weight);
    if (predicted) this.shares.precision.add(actual, weight);
    this.shares.accuracy.add(actual === predicted, weight);
  }

  summary(group: string, level: number | undefined): GroupMetrics {
    const rates = Object.entries(this.shares) as [GroupRate, Share][];
    return {
      group,
      rows: this.rows,
      metrics: Object.fromEntries(rates.map(([name, share]) => [name, share.value])) as Record<GroupRate, number>,
      intervals: Object.fromEntries(rates.map(([name, share]) => [name, share.interval(level)])) as Record<
        GroupRate,
        Interval
      >,
    };
  }
}

/**
 * Gaps between groups. A group without a rate (no positives, so no true positive rate) is left out of it, where fairlearn
 * takes 0 and so reports a gap that no row shows. One group has no gap: difference 0, ratio 1. NaN when no group has the rate.
 */
export function fairnessGaps(groups: readonly GroupMetrics[]): Record<FairnessGap, number> {
  const range = (rate: GroupRate): { readonly low: number; readonly high: number } => {
    const rates = groups.map((group) => group.metrics[rate]).filter((value) => !Number.isNaN(value));
    return rates.length === 0 ? { low: NaN, high: NaN } : { low: Math.min(...rates), high: Math.max(...rates) };
  };
  const selection = range('selection-rate');
  const hits = range('true-positive-rate');
  const alarms = range('false-positive-rate');
  const opportunity = hits.high - hits.low;
  const alarm = alarms.high - alarms.low;
  return {
    'demographic-parity-difference': selection.high - selection.low,
    'demographic-parity-ratio': selection.high === 0 ? 1 : selection.low / selection.high,
    'equalized-odds-difference': Number.isNaN(opportunity)
      ? alarm
      : Number.isNaN(alarm)
        ? opportunity
        : Math.max(opportunity, alarm),
    'equal-opportunity-difference': opportunity,
  };
}
