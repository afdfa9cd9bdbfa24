/** Decides at rungs whether a trial goes on. Lower values are better. */
export interface Pruner {
  /** Steps after which a trial is judged, ascending, all below `most`. */
  rungsOf(trial: number): readonly number[];
  /** Called in the order of the schedule's clock: its answers depend on what it was told before and nothing else. */
  goesOn(trial: number, rung: number, value: number): boolean;
}

export interface PruningSettings {
  readonly kind: 'asha' | 'hyperband' | 'median' | 'none';
  readonly reduction: number;
  /** Steps before the first decision. */
  readonly first: number;
  /** Steps of a whole trial. */
  readonly most: number;
}

export function prunerFor(settings: PruningSettings): Pruner {
  switch (settings.kind) {
    case 'asha':
      return new Halving(settings, () => 0);
    case 'hyperband': {
      const rungs = rungsFrom(settings, 0).length;
      return new Halving(settings, (trial) => bracketOf(trial, rungs + 1, settings.reduction));
    }
    case 'median':
      return new Median(settings);
    case 'none':
      return { rungsOf: () => [], goesOn: () => true };
  }
}

/**
 * The first decision where the pipeline does not say. Hyperband's first bracket decides two reductions below the whole, the others later. ASHA has one
 * bracket, and what learns slowly must have begun to show by then (bench/search).
 */
export function firstOf(kind: PruningSettings['kind'], most: number, reduction: number): number {
  const parts = { asha: reduction + 1, hyperband: reduction ** 2, median: 10, none: 1 }[kind];
  return Math.max(1, kind === 'median' ? Math.ceil(most / parts) : Math.floor(most / parts));
}

function rungsFrom({ first, reduction, most }: PruningSettings, bracket: number): number[] {
  const rungs: number[] = [];
  for (let at = first * reduction ** bracket; at < most; at *= reduction) rungs.push(at);
  return rungs;
}

/**
 * Asynchronous successive halving in its stopping form (Li et al., "A system for massively parallel hyperparameter
 * tuning", MLSys 2020): at each rung a trial goes on when it is among the best 1/reduction of those that came there.
 * With brackets it is Hyperband's (Li et al., JMLR 18, 2018): later brackets decide later.
 */
class Halving implements Pruner {
  private readonly seen = new Map<string, number[]>();

  constructor(
    private readonly settings: PruningSettings,
    private readonly bracket: (trial: number) => number,
  ) {}

  rungsOf(trial: number): readonly number[] {
    return rungsFrom(this.settings, this.bracket(trial));
  }

  goesOn(trial: number, rung: number, value: number): boolean {
    const key = `${this.bracket(trial)}/${rung}`;
    const values = this.seen.get(key) ?? [];
    this.seen.set(key, values);
    const ahead = values.filter((other) => other < value).length;
    values.push(value);
    return Number.isFinite(value) && ahead < Math.max(1, Math.floor(values.length / this.settings.reduction));
  }
}

/** Brackets in the proportions of Hyperband: each begins about `reduction` times as many trials as the next. */
function bracketOf(trial: number, brackets: number, reduction: number): number {
  const weights = Array.from({ length: brackets }, (_, s) => reduction ** (brackets - 1 - s) / (brackets - s));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // A golden-ratio sequence spreads the brackets evenly over the trials.
  let at = ((trial * 0.6180339887498949) % 1) * total;
  for (let s = 0; s < brackets; s++) {
    if (at < weights[s]!) return s;
    at -= weights[s]!;
  }
  return brackets - 1;
}

/** Trials that the median rule lets through unseen. */
const UNSEEN = 4;

/** Stops a trial that is worse than the median of what the others were at the same step (Golovin et al., Vizier, KDD 2017). */
class Median implements Pruner {
  private readonly seen = new Map<number, number[]>();

  constructor(private readonly settings: PruningSettings) {}

  rungsOf(): readonly number[] {
    const { first, most } = this.settings;
    return Array.from({ length: Math.max(0, Math.ceil(most / first) - 1) }, (_, i) => (i + 1) * first);
  }

  goesOn(_trial: number, rung: number, value: number): boolean {
    const others = this.seen.get(rung) ?? [];
    this.seen.set(rung, [...others, value]);
    if (!Number.isFinite(value)) return false;
    if (others.length < UNSEEN) return true;
    const ascending = others.toSorted((a, b) => a - b);
    const middle = ascending.length / 2;
    const median = (ascending[Math.ceil(middle) - 1]! + ascending[Math.floor(middle)]!) / 2;
    return value <= median;
  }
}
