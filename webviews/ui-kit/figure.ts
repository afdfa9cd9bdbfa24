// What a small figure needs of arithmetic: scales, ticks, paths. Pure functions, no DOM.

import { number } from './format';

/** A number as it comes over a message: what is not finite is a word, what is missing is null. */
export type Loose = number | string | null | undefined;

/** The number that was meant; NaN where there is none. */
export function toNumber(value: Loose): number {
  return typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : NaN;
}

/** A number as people read it; what is not finite is named, what is missing is a dash. */
export function written(value: Loose): string {
  const read = toNumber(value);
  return Number.isNaN(read) && value !== null && value !== undefined ? 'NaN' : number(read);
}

/** Smallest and largest finite value; undefined where there is none. */
export function extent(values: Iterable<Loose>): readonly [number, number] | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const each of values) {
    const value = toNumber(each);
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}

/** Maps a domain linearly onto a range. A domain without width maps to the middle of the range. */
export function scale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): (value: number) => number {
  const width = to - from;
  // Halves keep the width of the largest domains finite.
  if (!Number.isFinite(width)) return (value) => start + ((value / 2 - from / 2) / (to / 2 - from / 2)) * (end - start);
  return width === 0 ? () => (start + end) / 2 : (value) => start + ((value - from) / width) * (end - start);
}

/**
 * Round values (1, 2 or 5 times a power of ten) that lie in a domain.
 * @param count about how many; at least one is given for a sound domain
 */
export function ticks([from, to]: readonly [number, number], count: number): number[] {
  if (!Number.isFinite(from) || !Number.isFinite(to) || to < from) return [];
  if (from === to) return [from];
  const rough = (to / 2 - from / 2) * (2 / Math.max(count, 1));
  if (!Number.isFinite(rough) || rough <= 0) return [from, to];
  const power = 10 ** Math.floor(Math.log10(rough));
  if (power === 0) return [from, to];
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  if (!Number.isFinite(step)) return [from, to];
  const [first, last] = [Math.ceil(from / step - 1e-9), Math.floor(to / step + 1e-9)];
  if (!(last - first <= 100)) return [from, to];
  // Counted from 0: beyond 2^53 a number plus one is the same number.
  const found = Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  ).filter((value, index, all) => Number.isFinite(value) && value !== all[index - 1]);
  return found.length > 0 ? found : [from];
}

/** A domain with a little room on both sides, so that a curve does not touch the frame. A single value gets room around it. */
export function padded([low, high]: readonly [number, number], share = 0.05): readonly [number, number] {
  if (low === high) {
    const room = Math.abs(low) * 0.1 || 1;
    return [low - room, high + room];
  }
  const room = (high / 2 - low / 2) * 2 * share;
  return Number.isFinite(room) ? [low - room, high + room] : [low, high];
}

/** Path data of a polyline in pixels to a tenth. Points that are not finite interrupt it. */
export function path(points: Iterable<readonly [number, number]>): string {
  let [text, open] = ['', false];
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      open = false;
      continue;
    }
    text += open ? `L${tenth(x)} ${tenth(y)}` : `M${tenth(x)} ${tenth(y)}h0`;
    open = true;
  }
  return text;
}

/** Far outside of any picture is far enough; it keeps the arithmetic finite. */
const tenth = (value: number): string => String(Math.round(Math.min(Math.max(value, -1e6), 1e6) * 10) / 10);

/** Steps of shade that a heat table has, beside none. */
export const shades = 8;

/** The shade of a share 0…1: 0 for nothing, then 1…{@link shades}. */
export function shade(share: Loose): number {
  const value = toNumber(share);
  if (!(value > 0)) return 0;
  return Math.min(shades, Math.max(1, Math.ceil(Math.min(value, 1) * shades)));
}

/** At most `count` of the items, evenly spread, the first and the last among them. */
export function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  const picked: T[] = [];
  for (let index = 0; index < count; index++) {
    const item = items[Math.round((index * (items.length - 1)) / Math.max(count - 1, 1))];
    if (item !== undefined) picked.push(item);
  }
  return picked;
}

/** A share as a percentage: `0.4 %`, `12 %`, `–`. */
export function percent(share: Loose): string {
  const value = toNumber(share) * 100;
  if (!Number.isFinite(value)) return '–';
  if (value > 0 && value < 0.1) return '< 0.1 %';
  return `${Math.abs(value) < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value)} %`;
}

/** A size in bytes: `830 B`, `12 kB`, `4.1 MB`. */
export function bytes(value: Loose): string {
  const size = toNumber(value);
  if (!Number.isFinite(size)) return '–';
  if (size < 1000) return `${size} B`;
  return size < 1e6 ? `${Math.round(size / 1000)} kB` : `${(size / 1e6).toFixed(1)} MB`;
}
