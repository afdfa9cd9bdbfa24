import { extent, padded, scale, ticks } from './figure';
import { number } from './format';

/** A value of a run or of a trial. */
export type Placed = string | number | boolean | null | undefined;

/** An axis from 0 to 1. */
export interface Axis {
  /** Where a value stands, 0…1; undefined where it has no place. */
  readonly place: (value: Placed) => number | undefined;
  readonly marks: readonly { readonly at: number; readonly text: string }[];
}

/** Numbers; over many powers of ten, or where it is said, by their logarithm. */
export function numberAxis(values: readonly Placed[], log?: boolean): Axis {
  const ends = extent(values.filter((value): value is number => typeof value === 'number')) ?? [0, 1];
  const isLog = ends[0] > 0 && (log ?? ends[1] / ends[0] > 50);
  const domain = isLog ? padded([Math.log10(ends[0]), Math.log10(ends[1])]) : padded(ends);
  const to = scale(domain, [0, 1]);
  return {
    marks: ticks(domain, 4).map((value) => ({
      at: to(value),
      text: number(isLog ? Number((10 ** value).toPrecision(2)) : value),
    })),
    place: (value) =>
      typeof value === 'number' && Number.isFinite(value) && (!isLog || value > 0)
        ? to(isLog ? Math.log10(value) : value)
        : undefined,
  };
}

/** Words, in the order in which they come first. */
export function wordAxis(values: readonly Placed[]): Axis {
  const words = [...new Set(values.flatMap((value) => (value === undefined ? [] : [String(value)])))];
  const at = (index: number): number => (words.length === 1 ? 0.5 : 0.04 + (0.92 * index) / (words.length - 1));
  return {
    marks: words
      .slice(0, 12)
      .map((word, index) => ({ at: at(index), text: word.length > 14 ? `${word.slice(0, 13)}…` : word })),
    place: (value) => {
      const found = value === undefined ? -1 : words.indexOf(String(value));
      return found < 0 ? undefined : at(found);
    },
  };
}
