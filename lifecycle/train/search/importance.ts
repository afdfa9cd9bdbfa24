import { type Finished } from './schedule';
import { type Space, unitOf } from './space';

/** Fewer whole trials tell nothing. */
const FEWEST = 6;
const GROUPS = 4;

/**
 * Share of each setting in the differences between the scores of whole trials: the variance between groups of near
 * values, less what chance alone would give (ω², Hays 1963), so that a setting without influence gets about 0. Sums to 1.
 */
export function importanceOf(space: Space, trials: readonly Finished[]): number[] | undefined {
  const whole = trials.filter(({ whole, score }) => whole && Number.isFinite(score));
  if (whole.length < FEWEST) return undefined;
  // Ranks, so that one trial that went astray does not outweigh all others.
  const ranks = new Map(whole.toSorted((a, b) => a.score - b.score).map((trial, rank) => [trial, rank]));
  const effects = space.map((dimension) => {
    const has = whole.filter(({ values }) => Object.hasOwn(values, dimension.path));
    if (has.length < FEWEST) return 0;
    const at = (trial: Finished) => unitOf(dimension, trial.values[dimension.path]!);
    const ascending = has.toSorted((a, b) => at(a) - at(b));
    const group = (trial: Finished, place: number) =>
      dimension.type === 'choice' ? at(trial) : Math.floor((place * GROUPS) / ascending.length);
    const sums = new Map<number, { n: number; sum: number }>();
    let total = 0;
    let squares = 0;
    ascending.forEach((trial, place) => {
      const rank = ranks.get(trial)!;
      const key = group(trial, place);
      const { n, sum } = sums.get(key) ?? { n: 0, sum: 0 };
      sums.set(key, { n: n + 1, sum: sum + rank });
      total += rank;
      squares += rank * rank;
    });
    const n = ascending.length;
    const all = squares - (total * total) / n;
    const between =
      [...sums.values()].reduce((sum, each) => sum + (each.sum * each.sum) / each.n, 0) - (total * total) / n;
    const freedom = sums.size - 1;
    if (all <= 0 || freedom < 1 || n - sums.size < 1) return 0;
    const noise = (all - between) / (n - sums.size);
    return (Math.max(0, between - freedom * noise) / (all + noise)) * (n / whole.length);
  });
  const sum = effects.reduce((a, b) => a + b, 0);
  return sum > 0 ? effects.map((effect) => Number((effect / sum).toFixed(6))) : effects;
}
