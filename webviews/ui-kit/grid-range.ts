// What of a grid is on screen: rows of one height, columns of any width.

/** Pixels. */
export const rowHeight = 24;

/** Rows beyond the edge that are drawn too. */
const more = 2;

/** Where the grid stands and how much of it shows, in pixels. */
export interface Window {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  /** With the head. */
  readonly height: number;
}

/** @returns the first row that is drawn and the one after the last */
export function rowsSeen({ top, height }: Window, rows: number): readonly [from: number, to: number] {
  const from = Math.max(0, Math.floor(top / rowHeight) - more);
  const to = Math.ceil((top + Math.max(0, height - rowHeight)) / rowHeight) + more;
  return [Math.min(from, rows), Math.min(to, rows)];
}

/**
 * Columns that are drawn, ascending: those that stay, and those beside them that show, with some more on each side.
 *
 * @param offsets where each column begins, one more than columns
 * @param frozen columns that stay
 * @param beyond columns on each side that do not show
 */
export function columnsSeen({ left, width }: Window, offsets: readonly number[], frozen: number, beyond = 1): number[] {
  const count = offsets.length - 1;
  const edge = offsets[frozen] ?? 0;
  const seen = Array.from({ length: Math.min(frozen, count) }, (_, column) => column);
  const [from, to] = [edge + left, left + width];
  for (let column = frozen; column < count; column++)
    if ((offsets[column + 1 + beyond] ?? Infinity) > from && (offsets[column - beyond] ?? -Infinity) < to)
      seen.push(column);
  return seen;
}

/** Columns that may stay: they leave a third of the room to the others, for these could be reached in no other way. */
export function frozenIn(width: number, offsets: readonly number[], frozen: number): number {
  let count = Math.min(frozen, offsets.length - 1);
  while (count > 0 && width > 0 && (offsets[count] ?? 0) > (width * 2) / 3) count--;
  return count;
}

/** How far to scroll so that something shows: as little as possible. */
export function into(from: number, size: number, seen: number, start: number): number {
  if (from < start) return from;
  return from + size > start + seen ? from + size - seen : start;
}
