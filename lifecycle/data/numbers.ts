import type { Database } from '../table';
import { identifier } from '../table';
import { DistinctCounter } from './distinct';
import { deviation, type Moments, readHeld } from './moments';
import type { ColumnProfile } from './profile';
import { Ranks } from './ranks';

/** Number columns of a relation that are to be profiled; plain data. */
export interface NumbersJob {
  readonly names: readonly string[];
  readonly relation: string;
  readonly rows: number;
  readonly probabilities: readonly number[];
  /** Which of them make up the profile's own list. */
  readonly listed: readonly number[];
  /** Bytes of columns that are held at once. */
  readonly held: number;
}

/** A column's profile, and how many of its values are distinct. */
export interface NumberFound {
  readonly profile: ColumnProfile;
  readonly distinct: Distinct;
}

/** How many distinct values there are: an estimate, and the true number where it is known. */
export interface Distinct {
  readonly estimate: number;
  readonly exact?: number;
}

const BINS = 20;
export const MOST_CATEGORIES = 100;

/** Profiles number columns in the order of their names. */
export async function profileNumbers(database: Database, job: NumbersJob): Promise<NumberFound[]> {
  const { names, relation, rows, held } = job;
  const found = new Array<NumberFound>(names.length);
  const counters = new Map<number, DistinctCounter>();
  await readHeld(
    database,
    { relation, sql: names.map(identifier) },
    rows,
    (at, { moments, values }) => {
      const { estimate = 0, exact } = counters.get(at) ?? {};
      counters.delete(at);
      found[at] = {
        profile: numberProfile(moments, new Ranks(values), job),
        distinct: { estimate, ...(exact !== undefined && { exact }) },
      };
    },
    {
      held,
      passing: (at, values) => {
        let counter = counters.get(at);
        if (!counter) counters.set(at, (counter = new DistinctCounter(rows)));
        counter.add(values);
      },
    },
  );
  return found;
}

function numberProfile(moments: Moments, ranks: Ranks, { probabilities, listed }: NumbersJob): ColumnProfile {
  const { count, missing, min, max, mean } = moments;
  if (count === 0)
    return { info: { count, missing, distinct: 0, min: null, max: null, mean: null, std: null }, moments };
  const bins = max > min && Number.isFinite(max - min) ? { min, max, bins: BINS } : undefined;
  ranks.prepare(probabilities, MOST_CATEGORIES, bins);
  const found = ranks.quantiles(probabilities);
  const quantiles = new Map(probabilities.map((p, i) => [p, found[i] ?? NaN]));
  const few = ranks.distinct(MOST_CATEGORIES);
  return {
    info: {
      count,
      missing,
      ...(few && { distinct: few.length }),
      min,
      max,
      mean,
      std: deviation(moments),
      quantiles: listed.map((p) => quantiles.get(p) ?? NaN).filter(Number.isFinite),
      ...(bins && { histogram: { edges: edges(min, max), counts: ranks.histogram(bins) } }),
      ...(few && { categories: few.toSorted((a, b) => b.count - a.count || a.value - b.value) }),
    },
    moments,
    quantiles,
  };
}

function edges(min: number, max: number): number[] {
  return Array.from({ length: BINS + 1 }, (_, i) => (i === BINS ? max : min + ((max - min) * i) / BINS));
}
