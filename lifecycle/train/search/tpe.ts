/**
 * Tree-structured Parzen estimator (Bergstra et al., "Algorithms for hyper-parameter optimization", NIPS 2011): the good
 * trials and the others each give a density; of many values drawn from the good one's that with the largest ratio is
 * tried. All settings of a kernel are drawn together (as in Falkner et al., BOHB, ICML 2018), so that what goes
 * together stays together.
 */
import { type Random } from '../../statistics/random';
import { type Outcome } from './samplers';
import { applies, type Dimension, fill, type Space, unitOf, valueAt, type Values } from './space';

const CANDIDATES = 32;
/** At most so many trials count as good. */
const MOST_GOOD = 25;
/** Trials on which the densities are built at most; older middling ones are passed over. */
const MOST_OTHERS = 200;
/** Weight of the flat prior, in trials. */
const PRIOR = 1;

export function proposeTpe(space: Space, outcomes: readonly Outcome[], random: Random): Values {
  const ranked = outcomes.filter(({ score }) => Number.isFinite(score)).sort(better);
  const count = Math.min(MOST_GOOD, Math.max(2, Math.ceil(0.15 * ranked.length)));
  if (ranked.length < count + 2) return fill(space, (dimension) => valueAt(dimension, random.uniform()));
  const good = new Density(space, ranked.slice(0, count));
  const failed = outcomes.filter(({ score }) => !Number.isFinite(score));
  const others = new Density(space, [...ranked.slice(count), ...failed].slice(-MOST_OTHERS));
  let best: { values: Values; ratio: number } | undefined;
  const seen = new Set(outcomes.map(({ values }) => JSON.stringify(values)));
  for (let i = 0; i < CANDIDATES; i++) {
    const values = good.draw(random);
    const known = seen.has(JSON.stringify(values));
    const ratio = good.logDensity(values) - others.logDensity(values) - (known ? 1e6 : 0);
    if (best === undefined || ratio > best.ratio) best = { values, ratio };
  }
  return best!.values;
}

/** By score. What a trial was where it was stopped counts as what it would have become: a whole trial is no better for having been trained on. */
function better(a: Outcome, b: Outcome): number {
  return a.score - b.score || a.trial - b.trial;
}

/** A mixture of one kernel a trial and a flat one: truncated normals over numbers, smoothed frequencies over choices. */
class Density {
  private readonly points: readonly (number | undefined)[][];
  private readonly widths: readonly number[];

  constructor(
    private readonly space: Space,
    trials: readonly Outcome[],
  ) {
    this.points = trials.map(({ values }) =>
      space.map((dimension) =>
        Object.hasOwn(values, dimension.path) ? unitOf(dimension, values[dimension.path]!) : undefined,
      ),
    );
    this.widths = space.map((dimension, index) => this.widthOf(dimension, index));
  }

  /** Scott's rule on the interquartile range or the deviation, whichever is less, kept within reason. */
  private widthOf(dimension: Dimension, index: number): number {
    const at = this.points.flatMap((point) => point[index] ?? []).sort((a, b) => a - b);
    const n = at.length;
    if (dimension.type === 'choice') return 1 / (1 + n / dimension.values.length);
    if (n < 2) return 0.5;
    const mean = at.reduce((sum, x) => sum + x, 0) / n;
    const deviation = Math.sqrt(at.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n);
    const quarter = (at[Math.floor(0.75 * (n - 1))]! - at[Math.floor(0.25 * (n - 1))]!) / 1.34;
    const spread = quarter > 0 ? Math.min(quarter, deviation) : deviation;
    const least = dimension.type === 'integer' ? 0.5 / (dimension.high - dimension.low + 1) : 0;
    return Math.max(1.06 * spread * n ** -0.2, 1 / (4 + 4 * n), least, 1e-3);
  }

  draw(random: Random): Values {
    const pick = random.uniform(0, this.points.length + PRIOR);
    const point = pick < this.points.length ? this.points[Math.floor(pick)] : undefined;
    return fill(this.space, (dimension, index) => {
      const centre = point?.[index];
      if (centre === undefined) return valueAt(dimension, random.uniform());
      if (dimension.type === 'choice') {
        const flat = random.chance(this.widths[index]!);
        return flat ? valueAt(dimension, random.uniform()) : valueAt(dimension, centre);
      }
      for (;;) {
        const at = random.normal(centre, this.widths[index]);
        if (at >= 0 && at < 1) return valueAt(dimension, at);
      }
    });
  }

  /** Logarithm of the density at some values, over the settings that apply. */
  logDensity(values: Values): number {
    const units = this.space.map((dimension) =>
      applies(dimension, values) ? unitOf(dimension, values[dimension.path]!) : undefined,
    );
    const logs = this.points.map((point) => this.logKernel(units, point));
    for (let i = 0; i < PRIOR; i++) logs.push(this.logKernel(units, undefined));
    const top = Math.max(...logs);
    return top + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - top), 0) / logs.length);
  }

  private logKernel(
    units: readonly (number | undefined)[],
    point: readonly (number | undefined)[] | undefined,
  ): number {
    let log = 0;
    this.space.forEach((dimension, index) => {
      const at = units[index];
      if (at === undefined) return;
      const centre = point?.[index];
      if (dimension.type === 'choice') {
        const width = this.widths[index]!;
        const flat = 1 / dimension.values.length;
        if (centre === undefined) log += Math.log(flat);
        else log += Math.log(width * flat + (Math.abs(at - centre) < flat / 2 ? 1 - width : 0));
        return;
      }
      if (centre === undefined) return;
      const width = this.widths[index]!;
      const inside = normalBelow((1 - centre) / width) - normalBelow(-centre / width);
      log += -0.5 * ((at - centre) / width) ** 2 - Math.log(width * inside) - 0.9189385332046727;
    });
    return log;
  }
}

/** Φ(x) by the logistic approximation x ↦ 1 / (1 + e^(−1.5976x − 0.070565992x³)): its error of 1e-4 is no matter here. */
function normalBelow(x: number): number {
  return 1 / (1 + Math.exp(-1.5976 * x - 0.070565992 * x ** 3));
}
