import { binCounts, quantileBins } from '../statistics/bins';
import { type ColumnProfile, numberOf, spelt } from './profile';

const BINS = 10;
const CATEGORIES = 30;

/** What a binner is made of: plain data, which another thread can be given. */
export type BinnerParts = {
  /** Counts of the reference. */
  readonly reference: Float64Array;
  readonly referenceMissing: number;
} & (
  | {
      readonly kind: 'number';
      readonly type: 'number' | 'time';
      /** The inner edges; a value that equals one lies in the bin below it. */
      readonly edges: Float64Array;
      readonly float32: boolean;
    }
  | {
      readonly kind: 'category';
      readonly type: 'text' | 'boolean';
      /** Those with a bin of their own. */
      readonly labels: readonly string[];
    }
);

/** Puts values of a column into the bins of the reference: deciles of numbers, the most frequent categories and one bin for all others. */
export interface Binner {
  readonly kind: 'number' | 'category';
  readonly bins: number;
  /** Of numbers: the inner edges; a value that equals one lies in the bin below it. */
  readonly edges?: Float64Array;
  /** Of categories: those with a bin of their own. */
  readonly labels?: readonly string[];
  /** Counts of the reference. */
  readonly reference: Float64Array;
  readonly referenceMissing: number;
  readonly float32: boolean;
  readonly parts: BinnerParts;
  /** Names of the bins, as row filters: `contract = 'monthly'`, `tenure > 12 and tenure <= 30`. Undefined for the bin of all others. */
  condition(bin: number, column: string): string | undefined;
  /** −1 when the value is missing or of another type. */
  index(value: unknown): number;
  /** The value as a number, for means; NaN for categories. */
  number(value: unknown): number;
}

export function binnerOf(profile: ColumnProfile, float32 = false): Binner {
  if (profile.kind === 'number') {
    const edges = quantileBins(profile.sample, BINS);
    const reference = binCounts(profile.sample, edges);
    return binnerFrom({
      kind: 'number',
      type: profile.type,
      edges,
      reference,
      referenceMissing: profile.missing,
      float32,
    });
  }
  const labels = [...profile.counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const kept = labels.slice(0, CATEGORIES);
  const others = labels.slice(CATEGORIES).reduce((sum, [, count]) => sum + count, profile.rest?.rows ?? 0);
  return binnerFrom({
    kind: 'category',
    type: profile.type,
    labels: kept.map(([label]) => label),
    reference: Float64Array.from([...kept.map(([, count]) => count), others]),
    referenceMissing: profile.missing,
  });
}

export function binnerFrom(parts: BinnerParts): Binner {
  return parts.kind === 'number' ? numberBinner(parts) : categoryBinner(parts);
}

function numberBinner(parts: Extract<BinnerParts, { kind: 'number' }>): Binner {
  const { type, edges, reference, referenceMissing, float32 } = parts;
  const number = (value: unknown): number => {
    const read = type === 'time' ? timeOf(value) : numberOf(value);
    return read === undefined ? NaN : float32 ? Math.fround(read) : read;
  };
  return {
    kind: 'number',
    bins: edges.length + 1,
    edges,
    reference,
    referenceMissing,
    float32,
    parts,
    number,
    index: (value) => {
      const x = typeof value === 'number' ? (float32 ? Math.fround(value) : value) : number(value);
      if (!Number.isFinite(x)) return -1;
      let [low, high] = [0, edges.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (x > edges[middle]!) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    condition: (bin, column) => {
      const [from, to] = [edges[bin - 1], edges[bin]];
      const short = (value: number): string => (type === 'time' ? `'${spelt(value, type)}'` : spelt(value, type));
      if (from !== undefined && to !== undefined) return `${column} > ${short(from)} and ${column} <= ${short(to)}`;
      if (from !== undefined) return `${column} > ${short(from)}`;
      return to === undefined ? undefined : `${column} <= ${short(to)}`;
    },
  };
}

function timeOf(value: unknown): number | undefined {
  return typeof value === 'string' ? Date.parse(value) : numberOf(value);
}

function categoryBinner(parts: Extract<BinnerParts, { kind: 'category' }>): Binner {
  const { labels, reference, referenceMissing } = parts;
  const at = new Map(labels.map((label, i) => [label, i]));
  const boolean = parts.type === 'boolean';
  return {
    kind: 'category',
    bins: labels.length + 1,
    labels,
    reference,
    referenceMissing,
    float32: false,
    parts,
    number: () => NaN,
    index: (value) => {
      if (value === null || value === undefined || value === '' || Number.isNaN(value)) return -1;
      const label = boolean
        ? value === true || value === 1 || value === '1'
          ? 'true'
          : 'false'
        : typeof value === 'string'
          ? value
          : JSON.stringify(value);
      return at.get(label) ?? labels.length;
    },
    condition: (bin, column) => {
      const label = labels[bin];
      if (label === undefined) return undefined;
      return boolean ? (label === 'true' ? column : `not ${column}`) : `${column} = '${label.replaceAll("'", "''")}'`;
    },
  };
}

/** Squared Jensen–Shannon distance (base 2) of counts on the same bins, less what chance alone adds; at least 0. */
export function excessDivergence(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  let [n, m, used] = [0, 0, 0];
  for (let i = 0; i < reference.length; i++) {
    n += reference[i]!;
    m += current[i]!;
    if (reference[i]! + current[i]! > 0) used++;
  }
  if (!(n > 0 && m > 0)) return 0;
  let sum = 0;
  for (let i = 0; i < reference.length; i++) {
    const [r, c] = [reference[i]! / n, current[i]! / m];
    const half = (r + c) / 2;
    if (r > 0) sum += r * Math.log2(r / half);
    if (c > 0) sum += c * Math.log2(c / half);
  }
  // 8 ln 2 · nm/(n+m) · JS² is about χ² with `used` − 1 degrees of freedom under no change.
  return Math.max(0, sum / 2 - ((used - 1) * (1 / n + 1 / m)) / (8 * Math.LN2));
}
