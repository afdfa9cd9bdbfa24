import { requireLengths, type Numbers } from './arrays';
import { type BootstrapInterval, type BootstrapOptions, percentileInterval } from './bootstrap';
import { type Difference } from './delong';
import { binomialCdf, chiSquareSf } from './distributions';
import { computeMetrics } from './metrics';
import { prepare, type Predictions, type Prepared } from './predictions';
import { Random } from './random';

export interface McNemar {
  /** Rows that only the first, only the second got right. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly p: number;
  readonly method: 'exact' | 'chi-square';
}

/**
 * McNemar's test (Psychometrika 12, 1947) that two classifiers err equally often, on the rows where one is right and the
 * other wrong: exact binomial below 25 such rows, else χ² with continuity correction.
 */
export function mcnemar(actual: Numbers, first: Numbers, second: Numbers, method?: 'exact' | 'chi-square'): McNemar {
  const n = requireLengths({ actual, first, second });
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let i = 0; i < n; i++) {
    const a = first[i] === actual[i];
    const b = second[i] === actual[i];
    if (a && !b) onlyFirst++;
    if (b && !a) onlySecond++;
  }
  const discordant = onlyFirst + onlySecond;
  if (method === 'exact' || (method === undefined && discordant < 25)) {
    const p = Math.min(1, 2 * binomialCdf(Math.min(onlyFirst, onlySecond), discordant, 0.5));
    return { onlyFirst, onlySecond, p, method: 'exact' };
  }
  const statistic = discordant === 0 ? 0 : Math.max(Math.abs(onlyFirst - onlySecond) - 1, 0) ** 2 / discordant;
  return { onlyFirst, onlySecond, p: chiSquareSf(statistic, 1), method: 'chi-square' };
}

/** Percentile bootstrap intervals of metrics, all from the same resampled rows. NaN replicates (a class missing) are left out. */
export function metricIntervals<Name extends string>(
  names: readonly Name[],
  predictions: Predictions,
  options: BootstrapOptions,
): Record<Name, BootstrapInterval> {
  const estimates = computeMetrics(names, predictions);
  const values = mapNames(names, (): number[] => []);
  resample([predictions], options, ([replicate]) => {
    const found = computeMetrics(names, replicate!.predictions, replicate!.prepared);
    for (const name of names) values[name].push(found[name]);
  });
  return mapNames(names, (name) => percentileInterval(estimates[name], values[name], options.level));
}

/**
 * Paired bootstrap: by how much each metric of `second` differs from that of `first` on the same rows, resampled together.
 * p is two-sided, twice the smaller share of replicates on either side of 0, at least 2 / (replicates + 1).
 */
export function pairedBootstrap<Name extends string>(
  names: readonly Name[],
  first: Predictions,
  second: Predictions,
  options: BootstrapOptions,
): Record<Name, Difference> {
  requireLengths({ first: first.actual, second: second.actual });
  const before = computeMetrics(names, first);
  const after = computeMetrics(names, second);
  const values = mapNames(names, (): number[] => []);
  resample([first, second], options, ([a, b]) => {
    const from = computeMetrics(names, a!.predictions, a!.prepared);
    const to = computeMetrics(names, b!.predictions, b!.prepared);
    for (const name of names) values[name].push(to[name] - from[name]);
  });
  return mapNames(names, (name) => {
    const difference = after[name] - before[name];
    const { low, high, replicates } = percentileInterval(difference, values[name], options.level);
    let below = 0;
    let above = 0;
    for (const value of replicates) {
      if (value <= 0) below++;
      if (value >= 0) above++;
    }
    return { difference, low, high, p: Math.min(1, (2 * (Math.min(below, above) + 1)) / (replicates.length + 1)) };
  });
}

function mapNames<Name extends string, T>(names: readonly Name[], make: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;
}

interface Replicate {
  readonly predictions: Predictions;
  readonly prepared: Prepared | undefined;
}

/** Calls `visit` with each resampling of the rows: as weights for classifiers (ranks stay sorted), as rows for regressions. */
function resample(
  all: readonly Predictions[],
  { seed, replicates = 1000 }: BootstrapOptions,
  visit: (replicates: readonly Replicate[]) => void,
): void {
  const n = all[0]!.actual.length;
  const prepared = all.map((one) => (one.task === 'regression' ? undefined : prepare(one)));
  const random = new Random(seed).fork('bootstrap');
  const rows = new Uint32Array(n);
  const times = new Float64Array(n);
  for (let b = 0; b < replicates; b++) {
    times.fill(0);
    for (let i = 0; i < n; i++) {
      rows[i] = random.integer(n);
      times[rows[i]!]!++;
    }
    visit(all.map((one, k) => ({ predictions: replicateOf(one, rows, times), prepared: prepared[k] })));
  }
}

function replicateOf(one: Predictions, rows: Uint32Array, times: Float64Array): Predictions {
  if (one.task !== 'regression') {
    const { weights } = one;
    return { ...one, weights: weights === undefined ? times : times.map((count, i) => count * weights[i]!) };
  }
  const pick = (values: Numbers): Float64Array => {
    const out = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]!]!;
    return out;
  };
  return {
    task: 'regression',
    actual: pick(one.actual),
    predicted: pick(one.predicted),
    weights: one.weights === undefined ? undefined : pick(one.weights),
  };
}
