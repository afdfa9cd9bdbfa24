/** Holds what a look found against what pandas and scipy found in the same rows. */
import type { Drift } from '../../lifecycle/monitor/drift';
import type { DriftWindow } from '../../lifecycle/monitor/windows';
import { GRID_ERROR } from '../../lifecycle/statistics/grid';

export interface Look {
  readonly drift: Drift;
  readonly windows: readonly DriftWindow[];
}

interface PeerColumn {
  readonly statistics: Readonly<Record<string, number>>;
  readonly adjusted: number;
  readonly drifted: boolean;
  /** Of numbers: means and deviations of the reference and the log, least and greatest value of the reference and of both, and how many lie outside. */
  readonly moments?: readonly number[];
  readonly range?: readonly number[];
  readonly ends?: readonly number[];
  readonly outside?: number;
  /** Of texts: rows with a category that the reference has not. */
  readonly new?: number;
  readonly examples: readonly (number | string)[];
  readonly bins: readonly [reference: readonly number[], current: readonly number[]];
  /** Missing in the reference and the log, and present. */
  readonly missing: readonly [number, number, number, number];
  readonly days: readonly Readonly<Record<string, number | boolean | null>>[];
}

export interface Peer {
  /** By day, from `first` on (milliseconds since 1970). */
  readonly rows: readonly number[];
  readonly first: number;
  readonly columns: Readonly<Record<string, PeerColumn>>;
}

type Figure = number | boolean | null | undefined;

const EXACT = 1e-9;

/**
 * Compares every figure. Those of values that were counted one by one, and all figures of days, must be equal but for rounding; those of values
 * on a grid may be off by what the report states: KS by the largest share of a cell (`bound`), values by half a cell ({@link GRID_ERROR}).
 *
 * @returns how many figures were compared, and by how much those on a grid are off
 * @throws Error that names what differs
 */
export function agree({ drift, windows }: Look, peer: Peer): string {
  const wrong: string[] = [];
  let [figures, days] = [0, 0];
  const furthest = new Map<string, number>();
  const same = (what: string, ours: Figure, theirs: Figure, tolerance = 0): void => {
    figures++;
    const [a, b] = [ours ?? null, theirs ?? null];
    if (typeof a !== 'number' || typeof b !== 'number') {
      if (a !== b) wrong.push(`${what}: ${String(a)}, not ${String(b)}`);
      return;
    }
    const off = Math.abs(a - b);
    if (!(off <= Math.max(tolerance, EXACT * Math.abs(b), 1e-12))) wrong.push(`${what}: ${a}, not ${b}`);
    const name = what.slice(what.indexOf(' ') + 1);
    if (tolerance > 0) furthest.set(name, Math.max(furthest.get(name) ?? 0, off));
  };
  for (const feature of drift.features) {
    const { column: name, statistics, bound = 0, moments, violations = [], bins } = feature;
    const theirs = peer.columns[name];
    if (theirs === undefined) throw new Error(`${name} was not computed by the peer`);
    // A share of a bin may be off by a cell at each edge, on both sides.
    const share = 2 * bound;
    const [shift, deviation] = [bound > 0 ? 2 * GRID_ERROR : 0, moments?.['reference-deviation'] ?? 1];
    const tolerances: Readonly<Record<string, number>> = {
      ks: bound,
      wasserstein: 2 * shift,
      'l-infinity': share,
      'total-variation': 5 * share,
      hellinger: 5 * share,
      'jensen-shannon': 5 * share,
      psi: 10 * share,
    };
    same(`${name} drifted`, feature.drifted, theirs.drifted);
    for (const [key, value] of Object.entries(theirs.statistics)) {
      // What the bound of KS means for its p-value depends on the rows: the verdict tells.
      if (key === 'ks-p' && bound > 0) continue;
      same(
        `${name} ${key}`,
        statistics[key],
        value,
        tolerances[key] === undefined || bound === 0 ? 0 : tolerances[key],
      );
    }
    const [before, after, there, here] = theirs.missing;
    same(`${name} missing-reference`, statistics['missing-reference'], before / (before + there));
    same(`${name} missing-current`, statistics['missing-current'], after / (after + here));
    (['reference-mean', 'current-mean', 'reference-deviation', 'current-deviation'] as const).forEach((key, i) => {
      if (moments) same(`${name} ${key}`, moments[key], theirs.moments?.[i], shift * deviation);
    });
    const far = (value: number): number => shift * (deviation + Math.abs(value - (moments?.['reference-mean'] ?? 0)));
    theirs.range?.forEach((value, i) => same(`${name} range`, feature.range?.[i], value, far(value)));
    const count = (kind: string): number => violations.find((one) => one.kind === kind)?.count ?? 0;
    const rows = there + here;
    if (theirs.outside !== undefined)
      same(`${name} share out of range`, count('out-of-range') / rows, theirs.outside / rows, bound);
    if (theirs.new !== undefined) same(`${name} new categories`, count('new-category'), theirs.new);
    for (const [i, side] of (['reference', 'current'] as const).entries()) {
      const own = bins?.[side] ?? [];
      const shares = statistics['chi2'] === undefined ? own : [...own].sort((a, b) => a - b);
      same(`${name} bins`, shares.length, theirs.bins[i]!.length);
      shares.forEach((value, k) => same(`${name} share of a bin`, value, theirs.bins[i]![k], share));
    }
  }
  same('log days', windows.length, peer.rows.length);
  windows.forEach(({ from, rows, columns }, day) => {
    days++;
    same(`${from} rows`, rows, peer.rows[Math.round((Date.parse(from) - peer.first) / 86_400_000)]);
    for (const [name, own] of Object.entries(columns)) {
      const theirs = peer.columns[name]!.days[day]!;
      for (const key of ['statistic', 'p-value', 'adjusted-p-value', 'missing', 'drifted'] as const)
        same(`${name} ${key} of a day`, own[key], theirs[key]);
      if ('mean' in theirs) same(`${name} mean of a day`, own.mean, theirs['mean']);
    }
  });
  if (wrong.length > 0)
    throw new Error(`${wrong.length} of ${figures} figures differ: ${wrong.slice(0, 20).join('; ')}`);
  const off = [...furthest].filter(([, most]) => most > 0).map(([name, most]) => `${name} ${most.toExponential(1)}`);
  return `${figures} figures of ${drift.features.length} columns and ${days} days agree; on a grid off by at most: ${off.join(', ')}`;
}
