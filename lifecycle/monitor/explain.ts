import type { DriftReport, MonitorStage } from '../../schemas/generated/types';
import { maximumMeanDiscrepancy } from '../statistics/mmd';
import { Random } from '../statistics/random';
import type { StageContext } from '../store/room';
import type { Binner } from './binner';
import { classifyDomain, DOMAIN_ROWS } from './domain';
import type { ColumnReading } from './profile';
import { type BinnedRows, MISSING_BIN, rankSlices } from './slices';

const DOMAIN_MOST_ROWS = 5_000;
/** Of more columns the rest neither cuts slices nor is looked at in them. */
const MOST_COLUMNS = 60;

export interface Rows {
  readonly names: readonly string[];
  readonly binners: readonly Binner[];
  /** The first so many columns cut slices; what is measured of texts and images after them does not. */
  readonly cutting: number;
  readonly readings: Readonly<Record<string, ColumnReading>>;
  /** Rows as raw values in the order of the columns; undefined where a column is not there. */
  readonly reference: readonly (readonly unknown[])[];
  readonly current: readonly (readonly unknown[])[];
  readonly rate: number;
}

/** What whole rows show and single columns don't: slices that changed, and columns whose relation to each other did. */
export async function explainRows(
  context: Pick<StageContext<MonitorStage>, 'stage' | 'seed' | 'classify'>,
  { names, binners, cutting, readings, reference, current, rate }: Rows,
): Promise<Pick<DriftReport, 'slices' | 'domain' | 'mmd'>> {
  // A column that was not logged is undefined in every row.
  const there = names
    .map((_, i) => i)
    .filter((i) => current.some((row) => row[i] !== undefined))
    .slice(0, MOST_COLUMNS);
  if (there.length === 0) return {};
  const own = there.map((i) => binners[i]!);
  const called = there.map((i) => names[i]!);
  const bin = (rows: readonly (readonly unknown[])[]): BinnedRows => ({
    rows: rows.length,
    columns: there.map((column, i) =>
      Uint8Array.from(rows, (row) => {
        const at = own[i]!.index(row[column]);
        return at < 0 ? MISSING_BIN : at;
      }),
    ),
  });
  const asked = context.stage.drift?.slices;
  const by = called
    .map((_, i) => i)
    .filter((i) => there[i]! < cutting && (asked === undefined || asked.includes(called[i]!)));
  const slices = by.length > 0 ? rankSlices(bin(reference), bin(current), own, called, by, rate) : [];
  const wanted = (context.stage.drift?.domain ?? true) && Math.min(reference.length, current.length) >= DOMAIN_ROWS;
  const domain =
    wanted && context.classify !== undefined
      ? await classifyDomain(
          called,
          encode(reference, there, called, own, readings),
          encode(current, there, called, own, readings),
          context.classify,
          { seed: context.seed, rate },
        )
      : undefined;
  const mmd =
    context.stage.drift?.mmd === true
      ? discrepancyOf(
          there.map((_, i) => {
            const numeric = own[i]!.kind === 'number' && readings[called[i]!]?.type !== 'time';
            return numeric ? ('number' as const) : ('category' as const);
          }),
          encode(reference, there, called, own, readings),
          encode(current, there, called, own, readings),
          { seed: context.seed, rate },
        )
      : undefined;
  return { ...(slices.length > 0 && { slices }), ...(domain && { domain }), ...(mmd && { mmd }) };
}

/** Rows of each side that are compared, and fewer than which are not enough. */
const MMD_ROWS = 500;
const MMD_LEAST = 50;
/** Of the rate of false alarms: this test comes on top of those of the columns, which take the rate between them. */
const MMD_SHARE = 0.2;

/** @returns undefined when there are too few rows */
function discrepancyOf(
  kinds: readonly ('number' | 'category')[],
  reference: readonly Float32Array[],
  current: readonly Float32Array[],
  { seed, rate }: { readonly seed: number; readonly rate: number },
): DriftReport['mmd'] {
  const random = new Random(seed).fork('mmd-rows');
  const rows = Math.min(MMD_ROWS, reference[0]?.length ?? 0, current[0]?.length ?? 0);
  if (rows < MMD_LEAST) return undefined;
  const [first, second] = [random.sample(reference[0]!.length, rows), random.sample(current[0]!.length, rows)];
  const columns = kinds.map((kind, i) => ({
    kind,
    reference: Float64Array.from(first, (row) => reference[i]![row]!),
    current: Float64Array.from(second, (row) => current[i]![row]!),
  }));
  const { statistic, p, bandwidth, permutations } = maximumMeanDiscrepancy(columns, { seed });
  return { statistic, 'p-value': p, rows, bandwidth, permutations, drifted: p <= rate * MMD_SHARE };
}

/** Rows as columns of numbers: categories by their rank in the reference, NaN where missing. At most {@link DOMAIN_MOST_ROWS}, every k-th. */
function encode(
  rows: readonly (readonly unknown[])[],
  there: readonly number[],
  names: readonly string[],
  binners: readonly Binner[],
  readings: Readonly<Record<string, ColumnReading>>,
): Float32Array[] {
  const every = Math.max(1, Math.ceil(rows.length / DOMAIN_MOST_ROWS));
  const kept = rows.filter((_, i) => i % every === 0);
  return there.map((column, i) => {
    const binner = binners[i]!;
    const numeric = binner.kind === 'number' && readings[names[i]!]?.type !== 'time';
    return Float32Array.from(kept, (row) => {
      if (numeric) return binner.number(row[column]);
      const at = binner.index(row[column]);
      return at < 0 ? NaN : at;
    });
  });
}
