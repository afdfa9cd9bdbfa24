import { type Numbers } from './arrays';
import { chiSquareSf } from './distributions';

export interface ChiSquareTest {
  readonly statistic: number;
  readonly freedom: number;
  readonly p: number;
  /** Effect size in [0, 1], from the statistic without continuity correction (Cramér 1946). NaN with one row or column. */
  readonly cramersV: number;
  /** Smallest expected count. Below 5 the p-value is a rough one (Cochran 1954). */
  readonly leastExpected: number;
}

const MISSHAPED = 'A contingency table needs rows of one length and counts of 0 or more.';

/**
 * Pearson's χ² test that the rows of a table of counts have the same distribution. Rows and columns without counts are
 * left out. A 2 × 2 table gets Yates' continuity correction unless `correction` is false, as in scipy.
 */
export function chiSquareTest(table: readonly Numbers[], { correction = true } = {}): ChiSquareTest {
  let width = 0;
  const rows: Numbers[] = [];
  const rowTotals: number[] = [];
  for (const row of table) {
    let total = 0;
    let some = false;
    for (let j = 0; j < row.length; j++) {
      const count = row[j]!;
      if (!(count >= 0)) throw new RangeError(MISSHAPED);
      if (count !== 0) some = true;
      total += count;
    }
    if (!some) continue;
    if (rows.length > 0 && row.length !== width) throw new RangeError(MISSHAPED);
    width = row.length;
    rows.push(row);
    rowTotals.push(total);
  }
  const columnTotals = new Float64Array(width);
  for (const row of rows) for (let j = 0; j < width; j++) columnTotals[j]! += row[j]!;
  let [columns, total] = [0, 0];
  for (let j = 0; j < width; j++) if (columnTotals[j]! > 0) columns++;
  for (const one of rowTotals) total += one;
  const freedom = (rows.length - 1) * (columns - 1);
  if (!(freedom > 0)) {
    return { statistic: 0, freedom: 0, p: 1, cramersV: NaN, leastExpected: total > 0 ? total : NaN };
  }
  const yates = correction && freedom === 1;
  let plain = 0;
  let corrected = 0;
  let leastExpected = Infinity;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const rowTotal = rowTotals[i]!;
    for (let j = 0; j < width; j++) {
      if (columnTotals[j] === 0) continue;
      const expected = (rowTotal * columnTotals[j]!) / total;
      const gap = Math.abs(row[j]! - expected);
      plain += gap ** 2 / expected;
      if (yates) corrected += (gap - Math.min(0.5, gap)) ** 2 / expected;
      if (expected < leastExpected) leastExpected = expected;
    }
  }
  const statistic = yates ? corrected : plain;
  return {
    statistic,
    freedom,
    p: chiSquareSf(statistic, freedom),
    cramersV: Math.sqrt(plain / total / Math.min(rows.length - 1, columns - 1)),
    leastExpected,
  };
}

/**
 * p-values adjusted for the false discovery rate (Benjamini & Hochberg, JRSS B 57, 1995): rejecting those ≤ q keeps the
 * expected share of false alarms among alarms at q. NaN (no test) stays NaN and does not count.
 */
export function benjaminiHochberg(pValues: Numbers): Float64Array {
  const adjusted = Float64Array.from(pValues);
  const falling = Array.from(adjusted.keys())
    .filter((i) => !Number.isNaN(adjusted[i]!))
    .sort((a, b) => adjusted[b]! - adjusted[a]!);
  let least = 1;
  falling.forEach((index, position) => {
    const rank = falling.length - position;
    least = Math.min(least, adjusted[index]! * (falling.length / rank));
    adjusted[index] = least;
  });
  return adjusted;
}
