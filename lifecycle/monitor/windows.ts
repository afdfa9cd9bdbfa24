import type { DriftReport } from '../../schemas/generated/types';
import { benjaminiHochberg, chiSquareTest } from '../statistics/contingency';
import { jensenShannon } from '../statistics/distances';
import { type Sample, sampleFromCounts } from '../statistics/sample';
import type { Binner } from './binner';
import { orNull, TESTED_ROWS } from './column';

export type DriftWindow = NonNullable<DriftReport['windows']>[number];

const MINUTE = 60_000;
/** Lengths that are tried one after the other; each is a multiple of the one before. */
const LENGTHS = [1, 5, 15, 60, 180, 360, 720, 1_440, 10_080, 40_320].map((minutes) => minutes * MINUTE);
/** Most windows of a length chosen here, and of one that the user chose. */
const MOST = 48;
const MOST_ASKED = 1_000;

export interface Cell {
  readonly counts: Float64Array;
  missing: number;
  sum: number;
}

/** What one part of a window holds. */
export interface Part {
  rows: number;
  readonly cells: (Cell | undefined)[];
  /** Scores of two classes in bins of equal width, cut at the threshold: counts, then sums. */
  scores?: Float64Array;
  /** Sum of the largest probability of each row, of more classes. */
  confidence?: number;
}

export const SCORE_BINS = 200;

/** Counts a P(positive). Scores below the threshold and above it never share a bin, so that estimates of hits stay exact. */
export function addScore(part: Part, score: number, threshold: number): void {
  if (!(score >= 0 && score <= 1)) return;
  part.scores ??= new Float64Array(4 * SCORE_BINS);
  const bin = Math.min(SCORE_BINS - 1, Math.floor(score * SCORE_BINS)) + (score >= threshold ? SCORE_BINS : 0);
  part.scores[bin]!++;
  part.scores[2 * SCORE_BINS + bin]! += score;
}

/** The scores of a part: each bin as its mean. */
export function scoreSample(part: Part): Sample | undefined {
  const { scores } = part;
  if (scores === undefined) return undefined;
  const bins = Array.from({ length: 2 * SCORE_BINS }, (_, bin) => bin).filter((bin) => scores[bin]! > 0);
  return sampleFromCounts(
    bins.map((bin) => scores[2 * SCORE_BINS + bin]! / scores[bin]!),
    bins.map((bin) => scores[bin]!),
  );
}

/** A length for parts of a time of so many milliseconds, at most 48 of them. */
export function chooseLength(span: number): number {
  return (
    LENGTHS.find((length) => span / length <= MOST - 1) ??
    LENGTHS.at(-1)! * Math.ceil(span / LENGTHS.at(-1)! / (MOST - 1))
  );
}

/** Counts of parts of a window, on the bins of the reference: bounded by windows × columns × bins, however many rows come. */
export class WindowCounter {
  private length: number;
  private readonly fixed: boolean;
  private parts = new Map<number, Part>();
  private last: { at: number; part: Part } | undefined;

  /** @param each hours of a window; without it a length that gives at most 48 */
  constructor(
    private readonly binners: readonly Binner[],
    each?: number,
  ) {
    this.fixed = each !== undefined;
    this.length = each === undefined ? LENGTHS[0]! : each * 3_600_000;
  }

  /** Milliseconds of a window. */
  get width(): number {
    return this.length;
  }

  /** Begin of the window that holds a moment. */
  begin(time: number): number {
    return Math.floor(time / this.length) * this.length;
  }

  /** The part that a moment lies in; the caller counts its rows. */
  part(time: number): Part {
    const at = this.begin(time);
    if (this.last?.at === at) return this.last.part;
    let part = this.parts.get(at);
    if (part === undefined) {
      this.parts.set(at, (part = { rows: 0, cells: [] }));
      if (this.parts.size > (this.fixed ? MOST_ASKED : MOST)) {
        this.widen();
        return this.part(time);
      }
    }
    this.last = { at, part };
    return part;
  }

  add(part: Part, column: number, value: unknown): void {
    const binner = this.binners[column]!;
    const cell = (part.cells[column] ??= { counts: new Float64Array(binner.bins), missing: 0, sum: 0 });
    const bin = binner.index(value);
    if (bin < 0) cell.missing++;
    else {
      cell.counts[bin]!++;
      if (binner.kind === 'number') cell.sum += binner.number(value);
    }
  }

  /** Takes in what was counted of a time that lies within one part. */
  take(from: number, counted: Part): void {
    merge(this.part(from), counted);
  }

  /** The parts in the order of time. */
  sorted(): { readonly from: number; readonly part: Part }[] {
    return [...this.parts].map(([from, part]) => ({ from, part })).sort((a, b) => a.from - b.from);
  }

  /** Takes the next longer length and merges what lies in one window then. */
  private widen(): void {
    this.length = this.fixed ? this.length * 2 : (LENGTHS.find((length) => length > this.length) ?? this.length * 2);
    const before = this.parts;
    this.parts = new Map();
    this.last = undefined;
    for (const [from, part] of before) {
      const at = this.begin(from);
      const whole = this.parts.get(at);
      if (whole === undefined) this.parts.set(at, part);
      else merge(whole, part);
    }
  }
}

function merge(whole: Part, part: Part): void {
  whole.rows += part.rows;
  if (part.confidence !== undefined) whole.confidence = (whole.confidence ?? 0) + part.confidence;
  if (part.scores !== undefined) {
    const { scores } = part;
    if (whole.scores === undefined) whole.scores = scores.slice();
    else scores.forEach((value, i) => (whole.scores![i]! += value));
  }
  part.cells.forEach((cell, i) => {
    const mine = whole.cells[i];
    // Null where it was kept in a file.
    if (!cell) return;
    if (mine === undefined) whole.cells[i] = { ...cell, counts: cell.counts.slice() };
    else {
      cell.counts.forEach((count, bin) => (mine.counts[bin]! += count));
      mine.missing += cell.missing;
      mine.sum += cell.sum;
    }
  });
}

export interface WindowOptions {
  readonly rate: number;
  readonly threshold?: number | undefined;
  readonly minimumRows: number;
  /** Names of the columns of the first binners. */
  readonly names: readonly string[];
  /** Whether the binner after them is that of the predictions. */
  readonly predicts: boolean;
  /** Names of what the last binners measure of free texts and images. */
  readonly measured?: readonly string[];
}

/** Compares every window with the reference. p-values are adjusted over all columns of all windows that have enough rows. */
export function compareWindows(
  counter: WindowCounter,
  binners: readonly Binner[],
  options: WindowOptions,
): DriftWindow[] {
  const parts = counter.sorted();
  const answers = options.predicts ? options.names.length : undefined;
  const names = [...options.names, ...(options.predicts ? ['prediction'] : []), ...(options.measured ?? [])];
  const tests: number[] = [];
  const cells = parts.map(({ part }) =>
    binners.map((binner, column) => {
      const cell = part.cells[column];
      if (cell === undefined) return undefined;
      let present = 0;
      for (const count of cell.counts) present += count;
      // A column may stand in some of the requests only, as the sizes of images do.
      const enough = present + cell.missing >= options.minimumRows;
      const p = enough && present > 0 ? chiSquareTest([binner.reference, cell.counts]).p : NaN;
      const statistic = present > 0 ? jensenShannon(binner.reference, cell.counts) : NaN;
      const before = sumOf(binner.reference) + binner.referenceMissing;
      const missing = cell.missing / (present + cell.missing);
      const gap = Math.abs(missing - binner.referenceMissing / before);
      const missingP =
        enough && cell.missing + binner.referenceMissing > 0
          ? chiSquareTest([
              [before - binner.referenceMissing, binner.referenceMissing],
              [present, cell.missing],
            ]).p
          : NaN;
      const at = tests.push(p, missingP) - 2;
      return { at, statistic, p, missing, gap, mean: present > 0 ? cell.sum / present : NaN };
    }),
  );
  const adjusted = benjaminiHochberg(tests);
  return parts.map(({ from, part }, i) => {
    const enough = part.rows >= options.minimumRows;
    const judged = cells[i]!.map((cell) => {
      if (cell === undefined) return undefined;
      const [own, missing] = [adjusted[cell.at]!, adjusted[cell.at + 1]!];
      const sized = part.rows > TESTED_ROWS;
      const drifted =
        (own <= options.rate && (!sized || cell.statistic >= (options.threshold ?? 0.1))) ||
        (missing <= options.rate && (!sized || cell.gap >= 0.1));
      return { ...cell, adjusted: own, drifted: enough && drifted };
    });
    const told = new Map<string, DriftWindow['columns'][string]>();
    judged.forEach((cell, column) => {
      if (cell === undefined || column === answers) return;
      const number = binners[column]!.kind === 'number';
      told.set(names[column]!, {
        statistic: orNull(cell.statistic),
        'p-value': orNull(cell.p),
        'adjusted-p-value': orNull(cell.adjusted),
        missing: cell.missing,
        ...(number && { mean: orNull(cell.mean) }),
        drifted: cell.drifted,
      });
    });
    const columns = Object.fromEntries(told);
    const count = Object.values(columns).filter(({ drifted }) => drifted).length;
    const answer = answers === undefined ? undefined : judged[answers];
    return {
      from: new Date(from).toISOString(),
      to: new Date(from + counter.width).toISOString(),
      rows: part.rows,
      verdict: !enough ? 'too-few-rows' : count > 0 || answer?.drifted === true ? 'drift' : 'stable',
      count,
      share: Object.keys(columns).length > 0 ? count / Object.keys(columns).length : 0,
      columns,
      ...(answer && {
        prediction: {
          statistic: orNull(answer.statistic),
          'p-value': orNull(answer.p),
          'adjusted-p-value': orNull(answer.adjusted),
          ...(binners[answers!]!.kind === 'number' && { mean: orNull(answer.mean) }),
          drifted: answer.drifted,
        },
      }),
    };
  });
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
