/**
 * Drift of a column between a reference and a current sample: every statistic at once, and how to read each.
 * At millions of rows every p-value is tiny, so judge by effect sizes there and use tests on small windows.
 */
import { binCounts, quantileBins, type AlignedCounts, type OtherCategories } from './bins';
import { chiSquareTest } from './contingency';
import {
  chebyshev,
  hellinger,
  jensenShannon,
  kolmogorovSmirnov,
  normalisedWasserstein,
  populationStabilityIndex,
  PSI_EPSILON,
  totalVariation,
} from './distances';
import { chiSquareSf } from './distributions';
import { type Sample } from './sample';

export * from './sample';
export * from './bins';
export * from './distances';
export * from './contingency';

export type DriftStatistic =
  | 'psi'
  | 'ks'
  | 'ks-p'
  | 'chi2'
  | 'chi2-p'
  | 'cramers-v'
  | 'jensen-shannon'
  | 'wasserstein'
  | 'hellinger'
  | 'total-variation'
  | 'l-infinity';

export interface DriftMeasure {
  readonly name: DriftStatistic;
  readonly columns: readonly ('numeric' | 'categorical')[];
  /** An effect size grows with the change and not with the rows; a test statistic or p-value depends on the rows. */
  readonly kind: 'effect' | 'test' | 'p-value';
  readonly title: string;
  readonly formula: string;
  readonly source: string;
  /** Where a small and a large change begin, for effect sizes. */
  readonly levels?: readonly [number, number];
}

const NUMERIC = ['numeric'] as const;
const CATEGORICAL = ['categorical'] as const;
const EITHER = ['numeric', 'categorical'] as const;

export const DRIFT_MEASURES: readonly DriftMeasure[] = [
  {
    name: 'psi',
    columns: EITHER,
    kind: 'effect',
    title: 'Population stability index',
    formula: 'Σ (cᵢ − rᵢ) ln(cᵢ / rᵢ), on deciles of the reference or on categories, shares at least 0.0001',
    source: 'Siddiqi, Credit Risk Scorecards, 2006: below 0.1 stable, above 0.25 shifted',
    levels: [0.1, 0.25],
  },
  {
    name: 'ks',
    columns: NUMERIC,
    kind: 'effect',
    title: 'Kolmogorov–Smirnov statistic',
    formula: 'max |F(x) − G(x)|',
    source: 'Smirnov 1939; level 0.2 as in deepchecks',
    levels: [0.1, 0.2],
  },
  {
    name: 'ks-p',
    columns: NUMERIC,
    kind: 'p-value',
    title: 'p-value of the Kolmogorov–Smirnov test',
    formula: 'P(D ≥ observed), exact up to 10,000 rows',
    source: "Hodges 1958; Simard & L'Ecuyer 2011",
  },
  {
    name: 'chi2',
    columns: CATEGORICAL,
    kind: 'test',
    title: 'χ² statistic',
    formula: 'Σ (observed − expected)² / expected',
    source: 'Pearson 1900',
  },
  {
    name: 'chi2-p',
    columns: CATEGORICAL,
    kind: 'p-value',
    title: 'p-value of the χ² test',
    formula: 'P(χ² ≥ observed) with k − 1 degrees of freedom; Yates-corrected for two categories',
    source: 'Pearson 1900; Yates 1934',
  },
  {
    name: 'cramers-v',
    columns: CATEGORICAL,
    kind: 'effect',
    title: "Cramér's V",
    formula: '√(χ² / n), for two samples',
    source: 'Cramér 1946; levels of Cohen, Statistical Power Analysis, 1988: 0.1 small, 0.3 medium',
    levels: [0.1, 0.3],
  },
  {
    name: 'jensen-shannon',
    columns: EITHER,
    kind: 'effect',
    title: 'Jensen–Shannon distance',
    formula: '√(½ KL₂(r ‖ m) + ½ KL₂(c ‖ m)), m = (r + c) / 2',
    source: 'Endres & Schindelin 2003; level 0.1 as in NannyML and Evidently',
    levels: [0.1, 0.2],
  },
  {
    name: 'wasserstein',
    columns: NUMERIC,
    kind: 'effect',
    title: 'Wasserstein distance, in standard deviations of the reference',
    formula: '∫ |F(x) − G(x)| dx / σ',
    source: 'Vallender 1974; level 0.1 as in Evidently',
    levels: [0.1, 0.3],
  },
  {
    name: 'hellinger',
    columns: EITHER,
    kind: 'effect',
    title: 'Hellinger distance',
    formula: '√(½ Σ (√rᵢ − √cᵢ)²)',
    source: 'Hellinger 1909; level 0.1 as in NannyML',
    levels: [0.1, 0.2],
  },
  {
    name: 'total-variation',
    columns: EITHER,
    kind: 'effect',
    title: 'Total variation distance',
    formula: '½ Σ |rᵢ − cᵢ|',
    source: 'The share of rows that changed place',
    levels: [0.1, 0.2],
  },
  {
    name: 'l-infinity',
    columns: EITHER,
    kind: 'effect',
    title: 'L∞ distance',
    formula: 'max |rᵢ − cᵢ|',
    source: 'The largest change of one share; level 0.1 as in NannyML',
    levels: [0.1, 0.2],
  },
];

/** How large a change is, by the published levels of the measure; undefined when it is no effect size or the value is NaN. */
export function effectLevel(name: string, value: number): 'none' | 'small' | 'large' | undefined {
  const levels = DRIFT_MEASURES.find((measure) => measure.name === name)?.levels;
  if (levels === undefined || Number.isNaN(value)) return undefined;
  return value < levels[0] ? 'none' : value < levels[1] ? 'small' : 'large';
}

/** Counts on the same bins. For numbers `edges` are the inner edges (see `quantileBins`), one fewer than bins. */
export interface ComparedBins {
  readonly edges: Float64Array;
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

export interface NumericDrift {
  readonly statistics: Record<
    'psi' | 'ks' | 'ks-p' | 'jensen-shannon' | 'wasserstein' | 'hellinger' | 'total-variation' | 'l-infinity',
    number
  >;
  readonly bins: ComparedBins;
}

/** All statistics of a numeric column. Those on bins use `edges`, by default the deciles of the reference. */
export function numericDrift(reference: Sample, current: Sample, edges = quantileBins(reference)): NumericDrift {
  const bins = { edges, reference: binCounts(reference, edges), current: binCounts(current, edges) };
  const ks = kolmogorovSmirnov(reference, current);
  return {
    statistics: {
      ks: ks.statistic,
      'ks-p': ks.p,
      wasserstein: normalisedWasserstein(reference, current),
      ...binned(bins),
    },
    bins,
  };
}

export interface CategoricalDrift {
  readonly statistics: Record<
    'psi' | 'chi2' | 'chi2-p' | 'cramers-v' | 'jensen-shannon' | 'hellinger' | 'total-variation' | 'l-infinity',
    number
  >;
  /** Smallest expected count of the χ² test; below 5 its p-value is rough. */
  readonly leastExpected: number;
}

/**
 * All statistics of a categorical column, from counts on the same labels (see `alignCategories`). The terms of `others` in χ², Jensen–Shannon,
 * Hellinger and total variation are proportional to their counts, so these are exact however the rows are spread; χ² needs their number for its
 * degrees of freedom; PSI and L∞ are those of one category with `most` rows and the others alike.
 */
export function categoricalDrift(counts: AlignedCounts): CategoricalDrift {
  const { others } = counts;
  if (others !== undefined && others.total > 0) return driftWithOthers(counts, others);
  const test = chiSquareTest([counts.reference, counts.current]);
  return {
    statistics: { chi2: test.statistic, 'chi2-p': test.p, 'cramers-v': test.cramersV || 0, ...binned(counts) },
    leastExpected: test.leastExpected,
  };
}

function driftWithOthers({ reference, current }: AlignedCounts, others: OtherCategories): CategoricalDrift {
  const { total, most } = others;
  const distinct = Math.max(1, others.distinct);
  const joint = { reference: appended(reference, 0), current: appended(current, total) };
  const together = binned(joint);
  const test = chiSquareTest([joint.reference, joint.current], { correction: distinct === 1 });
  const freedom = test.freedom + distinct - 1;
  const [before, after] = [sum(reference), sum(joint.current)];
  const alike = distinct > 1 ? (total - most) / (distinct - 1) : 0;
  const psi =
    together.psi -
    stabilityOfNew(total / after) +
    stabilityOfNew(most / after) +
    (distinct - 1) * stabilityOfNew(alike / after);
  return {
    statistics: {
      chi2: test.statistic,
      'chi2-p': distinct === 1 ? test.p : chiSquareSf(test.statistic, freedom),
      'cramers-v': test.cramersV || 0,
      ...together,
      psi,
      'l-infinity': Math.max(most / after, largestGap(reference, before, current, after)),
    },
    // One of them may have a single row.
    leastExpected: Math.min(test.leastExpected, Math.min(before, after) / (before + after)),
  };
}

/** What a category adds to PSI that only the current sample has. */
function stabilityOfNew(share: number): number {
  return share > PSI_EPSILON ? (share - PSI_EPSILON) * Math.log(share / PSI_EPSILON) : 0;
}

function largestGap(reference: Float64Array, before: number, current: Float64Array, after: number): number {
  let largest = 0;
  for (let i = 0; i < reference.length; i++)
    largest = Math.max(largest, Math.abs(reference[i]! / before - current[i]! / after));
  return largest;
}

function appended(counts: Float64Array, count: number): Float64Array {
  const longer = new Float64Array(counts.length + 1);
  longer.set(counts);
  longer[counts.length] = count;
  return longer;
}

function sum(counts: Float64Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

function binned({ reference, current }: { readonly reference: Float64Array; readonly current: Float64Array }) {
  return {
    psi: populationStabilityIndex(reference, current),
    'jensen-shannon': jensenShannon(reference, current),
    hellinger: hellinger(reference, current),
    'total-variation': totalVariation(reference, current),
    'l-infinity': chebyshev(reference, current),
  };
}
