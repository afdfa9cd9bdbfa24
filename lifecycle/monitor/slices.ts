import type { DriftReport } from '../../schemas/generated/types';
import { writeName } from '../expression/tokens';
import { benjaminiHochberg, chiSquareTest } from '../statistics/contingency';
import { type Binner, excessDivergence } from './binner';
import { orNull } from './column';

export type DriftSlice = NonNullable<DriftReport['slices']>[number];

/** Rows as the bins of their columns: [column][row], 255 where missing. */
export interface BinnedRows {
  readonly rows: number;
  readonly columns: readonly Uint8Array[];
}

export const MISSING_BIN = 255;

const LEAST_ROWS = 30;
const LEAST_EXPLAINED = 0.1;
const SHOWN = 10;

interface Counts {
  rows: number;
  /** By column, then by bin. */
  readonly bins: Float64Array[];
}

/**
 * Ranks the values of each slicing column by how much of the drift they explain: by how much the sum of squared Jensen–Shannon distances over
 * all columns falls when their rows are left out on both sides, less what chance adds. Only slices with a change that survives
 * Benjamini–Hochberg over all slices and columns are told.
 *
 * @param by indices of the columns that cut slices
 */
export function rankSlices(
  reference: BinnedRows,
  current: BinnedRows,
  binners: readonly Binner[],
  names: readonly string[],
  by: readonly number[],
  rate: number,
): DriftSlice[] {
  const all = { before: countAll(reference, binners), after: countAll(current, binners) };
  const total = divergence(all.before, all.after);
  const found: { slice: DriftSlice; tests: number[]; at: number }[] = [];
  const tests: number[] = [];
  if (total <= 0) return [];
  for (const column of by) {
    const before = countBy(reference, binners, column);
    const after = countBy(current, binners, column);
    for (let bin = 0; bin < binners[column]!.bins; bin++) {
      const condition = binners[column]!.condition(bin, writeName(names[column]!));
      const [inside, now] = [before[bin]!, after[bin]!];
      if (condition === undefined || now.rows < LEAST_ROWS || inside.rows < LEAST_ROWS) continue;
      const rest = divergence(without(all.before, inside), without(all.after, now));
      const explains = (total - rest) / total;
      const others = binners.map((_, i) => i).filter((i) => i !== column);
      const sizes = others.map((i) => ({ i, size: excessDivergence(inside.bins[i]!, now.bins[i]!) }));
      const p = others.map((i) => chiSquareTest([inside.bins[i]!, now.bins[i]!]).p);
      const share = chiSquareTest([
        [reference.rows - inside.rows, inside.rows],
        [current.rows - now.rows, now.rows],
      ]).p;
      const outside = others.map((i) =>
        excessDivergence(minus(all.before.bins[i]!, inside.bins[i]!), minus(all.after.bins[i]!, now.bins[i]!)),
      );
      const at = tests.push(...p, share) - p.length - 1;
      found.push({
        at,
        tests: [...p, share],
        slice: {
          slice: condition,
          condition,
          column: names[column]!,
          rows: now.rows,
          share: now.rows / current.rows,
          'reference-share': inside.rows / reference.rows,
          explains: Math.min(1, explains),
          'drift-inside': orNull(mean(sizes.map(({ size }) => Math.sqrt(size)))),
          'drift-outside': orNull(mean(outside.map(Math.sqrt))),
          columns: sizes
            .filter(({ size }) => size > 0)
            .sort((a, b) => b.size - a.size)
            .slice(0, 3)
            .map(({ i }) => names[i]!),
        },
      });
    }
  }
  const adjusted = benjaminiHochberg(tests);
  return found
    .map(({ slice, at, tests: own }) => ({
      ...slice,
      'p-value': orNull(Math.min(...own.map((_, i) => adjusted[at + i]!).filter((p) => !Number.isNaN(p)))),
    }))
    .filter((slice) => slice.explains >= LEAST_EXPLAINED && (slice['p-value'] ?? 1) <= rate)
    .sort((a, b) => b.explains - a.explains || a.rows - b.rows)
    .slice(0, SHOWN);
}

function divergence(before: Counts, after: Counts): number {
  let sum = 0;
  for (let i = 0; i < before.bins.length; i++) sum += excessDivergence(before.bins[i]!, after.bins[i]!);
  return sum;
}

function empty(binners: readonly Binner[]): Counts {
  // One more bin for what is missing: that values go missing is a change too.
  return { rows: 0, bins: binners.map(({ bins }) => new Float64Array(bins + 1)) };
}

function countAll(rows: BinnedRows, binners: readonly Binner[]): Counts {
  const counts = empty(binners);
  counts.rows = rows.rows;
  rows.columns.forEach((bins, column) => {
    const into = counts.bins[column]!;
    for (let row = 0; row < rows.rows; row++) into[bins[row] === MISSING_BIN ? into.length - 1 : bins[row]!]!++;
  });
  return counts;
}

function countBy(rows: BinnedRows, binners: readonly Binner[], by: number): Counts[] {
  const parts = Array.from({ length: binners[by]!.bins }, () => empty(binners));
  const slice = rows.columns[by]!;
  for (let row = 0; row < rows.rows; row++) {
    if (slice[row] === MISSING_BIN) continue;
    parts[slice[row]!]!.rows++;
  }
  rows.columns.forEach((bins, column) => {
    const missing = binners[column]!.bins;
    for (let row = 0; row < rows.rows; row++) {
      if (slice[row] === MISSING_BIN) continue;
      parts[slice[row]!]!.bins[column]![bins[row] === MISSING_BIN ? missing : bins[row]!]!++;
    }
  });
  return parts;
}

function without(all: Counts, part: Counts): Counts {
  return { rows: all.rows - part.rows, bins: all.bins.map((bins, i) => minus(bins, part.bins[i]!)) };
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!);
}

function mean(values: readonly number[]): number {
  return values.length > 0 ? values.reduce((a, b) => a + b, 0) / values.length : NaN;
}
