/** The candidate most like a misspelt word, when one is near enough to be what was meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  const lower = word.toLowerCase();
  for (const candidate of candidates) {
    const cost = distance(lower, candidate.toLowerCase(), least);
    if (cost < least) [best, least] = [candidate, cost];
  }
  return best;
}

/**
 * Edits (insert, delete, replace, swap neighbours) between two words, given up at `limit`. Source: Damerau–Levenshtein, optimal alignment. What the
 * words begin and end with alike costs nothing; of the rest, a row whose every entry is at the limit can't come below it again, nor can the next but
 * for a swap over both.
 */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let start = 0;
  let [endA, endB] = [a.length, b.length];
  while (start < endA && start < endB && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  while (endA > start && endB > start && a.charCodeAt(endA - 1) === b.charCodeAt(endB - 1))
    [endA, endB] = [endA - 1, endB - 1];
  const width = endB - start;
  let before = new Array<number>(width + 1).fill(0);
  let previous = Array.from({ length: width + 1 }, (_, j) => j);
  let row = new Array<number>(width + 1).fill(0);
  let low = 0;
  for (let i = 1; i <= endA - start; i++) {
    const here = a.charCodeAt(start + i - 1);
    row[0] = i;
    let least = i;
    for (let j = 1; j <= width; j++) {
      const there = b.charCodeAt(start + j - 1);
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (here === there ? 0 : 1));
      if (i > 1 && j > 1 && here === b.charCodeAt(start + j - 2) && a.charCodeAt(start + i - 2) === there)
        cost = Math.min(cost, before[j - 2]! + 1);
      row[j] = cost;
      least = Math.min(least, cost);
    }
    if (least >= limit && low >= limit) return limit;
    low = least;
    [before, previous, row] = [previous, row, before];
  }
  return previous[width]!;
}
