import type { Read } from './filter';

export interface SortKey {
  readonly column: string;
  readonly descending?: boolean;
}

/** Compares rows by several columns; missing values and NaN come last in both directions, equal rows keep their order. */
export function comparatorOf(
  keys: readonly SortKey[],
  read: (column: string) => Read,
): (a: number, b: number) => number {
  const parts = keys.map(({ column, descending }) => ({ read: read(column), sign: descending ? -1 : 1 }));
  return (a, b) => {
    for (const { read: of, sign } of parts) {
      const [left, right] = [of(a), of(b)];
      const [noLeft, noRight] = [isNothing(left), isNothing(right)];
      if (noLeft || noRight) {
        if (noLeft !== noRight) return noLeft ? 1 : -1;
        continue;
      }
      if (typeof left === 'number' && typeof right === 'number') {
        if (left !== right) return left < right ? -sign : sign;
      } else {
        const order = collator.compare(String(left), String(right));
        if (order !== 0) return order * sign;
      }
    }
    return a - b;
  };
}

const isNothing = (value: unknown): boolean => value === undefined || Number.isNaN(value);

/** As people order text: `trial 2` before `trial 10`. */
export const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
