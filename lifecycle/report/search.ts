import type { ShownSearch } from '../../schemas/shown';
import { findMetric } from '../statistics/metrics';
import type { StageSummary, TrialSummary } from '../store/summary';

/** Trials that are sent at most while a search goes on, beside those that were the best for a time. */
const mostLive = 300;

/**
 * What the trials of a search have told so far: while it runs, and where it ended without a record. Undefined where nothing searches.
 * Sent are the newest trials and each that was the best for a time, so that the best so far can be drawn whole.
 */
export function liveSearch({ trials }: StageSummary, most = mostLive): ShownSearch | undefined {
  const told = (trials ?? []).filter((trial) => trial !== undefined);
  const metric = told.find((trial) => trial.metric !== undefined)?.metric;
  if (metric === undefined) return undefined;
  const led = told.filter(({ best, state }) => best === true && state === 'finished');
  const better = directionOf(metric, told, led);
  const best = led.reduce<TrialSummary | undefined>(
    (lead, trial) => (lead === undefined || isBetter(better, trial.score, lead.score) ? trial : lead),
    undefined,
  );
  const kept = told.filter((trial, index) => index >= told.length - most || led.includes(trial));
  return {
    metric,
    better,
    told: told.length,
    space: spaceOf(told),
    ...(best ? { best: best.trial } : {}),
    trials: kept.map(({ trial, state, values, score, steps, message }) => ({
      trial,
      state,
      values,
      ...(score === undefined ? {} : { score }),
      ...(steps === undefined ? {} : { steps }),
      ...(message === undefined ? {} : { error: message }),
    })),
  };
}

const isBetter = (better: 'higher' | 'lower', score = NaN, than = NaN): boolean =>
  better === 'higher' ? score > than : score < than;

/** Known for our metrics. For one of a program's own it follows from what led after what, or from a trial that was beaten. */
function directionOf(metric: string, told: readonly TrialSummary[], led: readonly TrialSummary[]): 'higher' | 'lower' {
  const known = findMetric(metric)?.better;
  if (known) return known;
  const beaten = told.filter(({ state, best, score }) => state === 'finished' && !best && score !== undefined);
  const of = (trials: readonly TrialSummary[]): number[] => trials.map(({ score = NaN }) => score);
  const [most, least] = [Math.max(...of(led)), Math.min(...of(led))];
  if (led.length > 0 && of(beaten).some((score) => score > most)) return 'lower';
  if (led.length > 0 && of(beaten).some((score) => score < least)) return 'higher';
  const [first, last] = [of(led)[0] ?? NaN, of(led).at(-1) ?? NaN];
  if (first !== last && led.length > 1) return last > first ? 'higher' : 'lower';
  return /loss|error|rmse|mse|mae|deviance/.test(metric) ? 'lower' : 'higher';
}

/** The settings as the trials have them: what was asked for is not told before the record is written. */
function spaceOf(told: readonly TrialSummary[]): ShownSearch['space'] {
  const paths = [...new Set(told.flatMap(({ values }) => Object.keys(values)))];
  return paths.map((path) => {
    const values = told.flatMap(({ values: each }) => (Object.hasOwn(each, path) ? [each[path]] : []));
    const numbers = values.filter((value) => typeof value === 'number');
    if (numbers.length < values.length) return { path, type: 'choice' };
    const [low, high] = numbers.reduce(
      ([least, greatest], value) => [Math.min(least, value), Math.max(greatest, value)],
      [Infinity, -Infinity],
    );
    // Two powers of ten between positive values look like a logarithmic scale.
    return { path, type: 'number', log: low > 0 && high / low >= 100 };
  });
}
