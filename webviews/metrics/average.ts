// Curves of several runs drawn as one: their mean, with a band that says how far they lie apart. No DOM.

import type { Column, Table, Value } from '../../lifecycle/query';
import type { Series } from '../protocol';
import { number } from '../ui-kit/format';
import { sameNumbers, xOf, type XAxis } from './smooth';

/** What the band around a mean shows: smallest and largest, the standard deviation (n − 1), the standard error of the mean, or nothing. */
export type Band = 'range' | 'deviation' | 'error' | 'none';

/** Runs that are drawn as one. */
export interface RunGroup {
  /** Begins with `group`, so that it can't be a run's. */
  readonly id: string;
  readonly name: string;
  readonly runs: readonly string[];
}

/** Stands for all runs together in place of a column. */
export const everything = '*';

/** Facts and labels that runs are grouped by, beside parameters and settings. */
const groupable = new Set(['pipeline', 'environment', 'status', 'commit', 'tags']);

/** The columns by which the shown runs can be told apart. */
export function groupColumns(runs: readonly string[], { columns, rows }: Table): Column[] {
  const shown = rows.filter(({ id }) => runs.includes(id));
  return columns.filter(
    ({ name, kind }) =>
      (kind === 'parameter' || kind === 'setting' || groupable.has(name)) &&
      new Set(shown.map(({ values }) => values[name])).size > 1,
  );
}

/**
 * The runs in groups of equal values of a column, in order of the values.
 * @param column its name, or {@link everything}
 */
export function groupsOf(runs: readonly string[], column: string, { rows }: Table): RunGroup[] {
  const count = (size: number): string => `${size} run${size === 1 ? '' : 's'}`;
  if (column === everything) return [{ id: 'group', name: `mean of ${count(runs.length)}`, runs }];
  const values = new Map(rows.map(({ id, values }) => [id, values[column]]));
  const found = new Map<Value, string[]>();
  for (const run of runs) {
    const value = values.get(run);
    const members = found.get(value);
    if (members) members.push(run);
    else found.set(value, [run]);
  }
  const short = column.replace(/^parameters\./, '');
  return [...found]
    .sort(([a], [b]) => inOrder(a, b))
    .map(([value, members]) => ({
      id: `group ${column}=${String(value)}`,
      name: `${value === undefined ? `no ${short}` : `${short} ${typeof value === 'number' ? number(value) : value}`} (${count(members.length)})`,
      runs: members,
    }));
}

function inOrder(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return String(a) < String(b) ? -1 : 1;
}

/** Places along x at most; beyond them points are put into as many cells. */
const mostPlaces = 2_000;

/**
 * One curve for each group, stage and metric: at each place along x the mean over the runs that are there. A run is there from its first point to
 * its last one; between its points it lies on the line through them, so that runs that log at other steps can be averaged. Places of the result
 * are those of the axis, as its steps.
 */
export function averaged(
  series: readonly Series[],
  groups: readonly RunGroup[],
  options: { readonly axis: XAxis; readonly logX: boolean; readonly band: Band },
): Series[] {
  const groupOf = new Map(groups.flatMap((group) => group.runs.map((run) => [run, group] as const)));
  const together = new Map<string, { readonly group: RunGroup; readonly members: Series[] }>();
  for (const each of series) {
    const group = groupOf.get(each.run);
    if (!group) continue;
    const key = `${group.id}\n${each.stage}\n${each.name}`;
    const found = together.get(key);
    if (found) found.members.push(each);
    else together.set(key, { group, members: [each] });
  }
  return [...together.values()]
    .sort((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group))
    .map(({ group, members }) => meanOf(group.id, members, options));
}

interface Track {
  /** Ascending, without holes. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** The finite points of a curve in order of x. */
function trackOf(series: Series, axis: XAxis, logX: boolean): Track {
  const { values, low, high } = series;
  const xs = xOf(series, axis);
  const at = values.flatMap((value, index) => {
    const x = xs[index] ?? NaN;
    return value !== null && Number.isFinite(value) && Number.isFinite(x) && !(logX && x <= 0) ? [index] : [];
  });
  at.sort((a, b) => (xs[a] ?? 0) - (xs[b] ?? 0));
  const of = (list: readonly (number | null)[]): number[] => at.map((index) => list[index] ?? values[index] ?? NaN);
  return { x: at.map((index) => xs[index] ?? NaN), y: of(values), low: of(low ?? values), high: of(high ?? values) };
}

/** All x of the tracks, or where they are too many as many places at equal distances. */
function placesOf(tracks: readonly Track[], logX: boolean): Float64Array {
  const [track] = tracks;
  const union = tracks.every(({ x }) => sameNumbers(x, track?.x ?? []))
    ? Float64Array.from(new Set(track?.x))
    : Float64Array.from(new Set(tracks.flatMap(({ x }) => x))).sort();
  if (union.length <= mostPlaces) return union;
  const to = logX ? Math.log : (x: number) => x;
  const back = logX ? Math.exp : (x: number) => x;
  const [first, last] = [union[0] ?? 0, union.at(-1) ?? 0];
  const step = (to(last) - to(first)) / (mostPlaces - 1);
  // The ends as they are, whatever is lost between the logarithm and back.
  return Float64Array.from({ length: mostPlaces }, (_, place) =>
    place === 0 ? first : place === mostPlaces - 1 ? last : back(to(first) + place * step),
  );
}

interface Spread {
  readonly count: Uint32Array;
  readonly mean: Float64Array;
  /** Sum of the squared differences from the mean. */
  readonly squares: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Adds a run's curve at each place where it is (Welford, 1962). */
function add({ x, y, low, high }: Track, places: Float64Array, into: Spread): void {
  const take = (place: number, value: number, least: number, most: number): void => {
    const count = (into.count[place] = (into.count[place] ?? 0) + 1);
    const before = into.mean[place] ?? 0;
    const mean = before + (value - before) / count;
    into.mean[place] = mean;
    into.squares[place] = (into.squares[place] ?? 0) + (value - before) * (value - mean);
    into.low[place] = Math.min(into.low[place] ?? Infinity, least);
    into.high[place] = Math.max(into.high[place] ?? -Infinity, most);
  };
  let [place, known] = [0, -1];
  for (let at = 0; at < x.length;) {
    while (place + 1 < places.length && (places[place + 1] ?? Infinity) <= (x[at] ?? 0)) place++;
    const from = at;
    const end = places[place + 1] ?? Infinity;
    let [sum, least, most] = [0, Infinity, -Infinity];
    for (; at < x.length && (x[at] ?? 0) < end; at++) {
      sum += y[at] ?? NaN;
      least = Math.min(least, low[at] ?? NaN);
      most = Math.max(most, high[at] ?? NaN);
    }
    // Places between two points lie on the line through them.
    if (known >= 0)
      for (let between = known + 1; between < place; between++) {
        const [x0, x1] = [x[from - 1] ?? NaN, x[from] ?? NaN];
        const share = ((places[between] ?? NaN) - x0) / (x1 - x0);
        const on = (list: readonly number[]): number =>
          (list[from - 1] ?? NaN) + share * ((list[from] ?? NaN) - (list[from - 1] ?? NaN));
        take(between, on(y), on(low), on(high));
      }
    take(place, sum / (at - from), least, most);
    known = place;
  }
}

function meanOf(
  id: string,
  members: readonly Series[],
  { axis, logX, band }: { readonly axis: XAxis; readonly logX: boolean; readonly band: Band },
): Series {
  const tracks = members.map((member) => trackOf(member, axis, logX)).filter(({ x }) => x.length > 0);
  const places = placesOf(tracks, logX);
  const size = places.length;
  const spread: Spread = {
    count: new Uint32Array(size),
    mean: new Float64Array(size),
    squares: new Float64Array(size),
    low: new Float64Array(size).fill(Infinity),
    high: new Float64Array(size).fill(-Infinity),
  };
  for (const track of tracks) add(track, places, spread);
  const seen = [...places.keys()].filter((place) => (spread.count[place] ?? 0) > 0);
  const of = (values: (place: number) => number): number[] => seen.map(values);
  const mean = (place: number): number => spread.mean[place] ?? NaN;
  const wide = (place: number): number => {
    const count = spread.count[place] ?? 0;
    const deviation = count > 1 ? Math.sqrt((spread.squares[place] ?? 0) / (count - 1)) : 0;
    return band === 'error' ? deviation / Math.sqrt(count) : deviation;
  };
  const edges =
    band === 'none'
      ? {}
      : band === 'range'
        ? { low: of((place) => spread.low[place] ?? NaN), high: of((place) => spread.high[place] ?? NaN) }
        : { low: of((place) => mean(place) - wide(place)), high: of((place) => mean(place) + wide(place)) };
  const [first] = members;
  return {
    run: id,
    stage: first?.stage ?? '',
    name: first?.name ?? '',
    steps: of((place) => places[place] ?? NaN),
    values: of(mean),
    ...edges,
    broken: members.reduce((sum, { broken }) => sum + broken, 0),
    brokenAt: members.flatMap((member) => member.brokenAt.map((step) => placeOf(member, step, axis))),
    points: members.reduce((sum, { points }) => sum + points, 0),
  };
}

/** Where a step of a curve lies on the axis. */
function placeOf(member: Series, step: number, axis: XAxis): number {
  if (axis === 'step') return step;
  const at = member.steps.findIndex((each) => each >= step);
  return xOf(member, axis)[at < 0 ? member.steps.length - 1 : at] ?? step;
}
