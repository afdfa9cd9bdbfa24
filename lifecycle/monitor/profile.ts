/**
 * What is kept of a table to compare it with another: its columns, counted by value. Two profiles of parts merge into that of the whole. A profile
 * is exact, but for columns of very many values: numbers then lie on a grid, and rare texts are counted together.
 */
import type { ColumnType } from '../../schemas/generated/types';
import { type Grid, onGrid } from '../statistics/grid';
import { type Sample, sampleOf } from '../statistics/sample';
import { CategoryFold, MOST_TEXTS, type Rest } from './rest';

interface Presence {
  /** Rows without a value. */
  readonly missing: number;
  /** Rows whose value is not of the column's type, for example text among numbers; they are part of `missing`. */
  readonly misfits: number;
}

/** Numbers, and times as milliseconds since 1970. */
export interface NumberProfile extends Presence {
  readonly kind: 'number';
  readonly type: 'number' | 'time';
  readonly sample: Sample;
  /** The grid that the values are rounded to, where there were too many to count each. */
  readonly grid?: Grid;
}

export interface CategoryProfile extends Presence {
  readonly kind: 'category';
  readonly type: 'text' | 'boolean';
  readonly counts: ReadonlyMap<string, number>;
  /** Values that were too many to count each; all categories of the reference are among `counts`. */
  readonly rest?: Rest;
}

export type ColumnProfile = NumberProfile | CategoryProfile;

/** A column's rows may be fewer than the table's: where it was not recorded (redacted), it is neither there nor missing. */
export interface TableProfile {
  readonly rows: number;
  readonly columns: Readonly<Record<string, ColumnProfile>>;
}

/** Columns as plain lists of values: numbers, text, booleans; null, undefined, NaN and '' are missing. */
export type PlainColumns = Readonly<Record<string, ArrayLike<unknown>>>;

/** How one column is read. */
export interface ColumnReading {
  readonly type: ColumnType;
  /** The reference keeps it in 32 bits: values are rounded, so that the same value is the same on both sides. */
  readonly float32?: boolean;
}

/** Values present. */
export function presentOf(profile: ColumnProfile): number {
  if (profile.kind === 'number') return profile.sample.total;
  let total = profile.rest?.rows ?? 0;
  for (const count of profile.counts.values()) total += count;
  return total;
}

/** The type that the values of a plain column show: that of the first that is there. */
export function typeOfValues(values: ArrayLike<unknown>): ColumnType {
  if (ArrayBuffer.isView(values)) return 'number';
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined || value === '') continue;
    if (typeof value === 'boolean') return 'boolean';
    if (typeof value === 'number' || typeof value === 'bigint') return 'number';
    return value instanceof Date ? 'time' : 'text';
  }
  return 'text';
}

/** Profiles plain columns. @param readings by column; what is not named is read by its values */
export function profileColumns(
  columns: PlainColumns,
  readings: Readonly<Record<string, ColumnReading | undefined>> = {},
): TableProfile {
  const names = Object.keys(columns);
  return {
    rows: Math.max(0, ...names.map((name) => columns[name]!.length)),
    columns: Object.fromEntries(
      names.map((name) => {
        const values = columns[name]!;
        const counter = counterOf(readings[name] ?? { type: typeOfValues(values) });
        for (let i = 0; i < values.length; i++) counter.add(values[i]);
        return [name, counter.profile()];
      }),
    ),
  };
}

/** Counts the values of one column as they come. */
export interface ColumnCounter {
  add(value: unknown): void;
  profile(): ColumnProfile;
}

/**
 * @param kept categories of the reference, which are counted each however many there are
 * @param most others that are
 */
export function counterOf(
  reading: ColumnReading,
  kept?: ReadonlyMap<string, number>,
  most: number = MOST_TEXTS,
): ColumnCounter {
  return reading.type === 'number' || reading.type === 'time'
    ? new NumberCounter(reading.type, reading.float32 === true)
    : new CategoryCounter(reading.type, new CategoryFold(kept, most));
}

/** Those of a column; undefined of numbers. */
export function categoriesOf(profile: ColumnProfile | undefined): ReadonlyMap<string, number> | undefined {
  return profile?.kind === 'category' ? profile.counts : undefined;
}

const BUFFER = 1 << 18;

/** Memory is bounded by the distinct values and a buffer. */
class NumberCounter implements ColumnCounter {
  private buffer = new Float64Array(1_024);
  private size = 0;
  private whole: Sample = sampleOf([]);
  private missing = 0;
  private misfits = 0;

  constructor(
    private readonly type: 'number' | 'time',
    private readonly float32: boolean,
  ) {}

  add(value: unknown): void {
    const number = this.type === 'time' ? timeOf(value) : numberOf(value);
    if (number === undefined || !Number.isFinite(number)) {
      this.missing++;
      if (number === undefined) this.misfits++;
      return;
    }
    if (this.size === this.buffer.length) this.grow();
    this.buffer[this.size++] = this.float32 ? Math.fround(number) : number;
  }

  profile(): NumberProfile {
    this.compact();
    return { kind: 'number', type: this.type, sample: this.whole, missing: this.missing, misfits: this.misfits };
  }

  private grow(): void {
    if (this.buffer.length >= BUFFER) return this.compact();
    const larger = new Float64Array(this.buffer.length * 4);
    larger.set(this.buffer);
    this.buffer = larger;
  }

  private compact(): void {
    if (this.size === 0) return;
    this.whole = mergeSamples(this.whole, sampleOf(this.buffer.subarray(0, this.size)));
    this.size = 0;
  }
}

class CategoryCounter implements ColumnCounter {
  private missing = 0;
  private misfits = 0;

  constructor(
    private readonly type: 'text' | 'boolean',
    private readonly fold: CategoryFold,
  ) {}

  add(value: unknown): void {
    if (value === null || value === undefined || value === '' || Number.isNaN(value)) {
      this.missing++;
      return;
    }
    const label = this.type === 'boolean' ? booleanOf(value) : textOf(value);
    if (label === undefined) {
      this.missing++;
      this.misfits++;
    } else this.fold.add(label, 1);
  }

  profile(): CategoryProfile {
    const { type, missing, misfits } = this;
    return { kind: 'category', type, ...this.fold.result(), missing, misfits };
  }
}

/** NaN for missing, undefined for what is no number. Text that spells a number is one. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined || value === '') return NaN;
  if (typeof value === 'boolean' || typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === '' || /^(nan|null|na|n\/a|none)$/i.test(text)) return NaN;
  const number = Number(text);
  return Number.isNaN(number) || /^[+-]?0[xob]/i.test(text) ? undefined : number;
}

function timeOf(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'string' && value !== '') {
    const time = Date.parse(value);
    return Number.isNaN(time) ? undefined : time;
  }
  return numberOf(value);
}

function booleanOf(value: unknown): string | undefined {
  if (value === true || value === 1 || value === 1n) return 'true';
  if (value === false || value === 0 || value === 0n) return 'false';
  if (typeof value !== 'string') return undefined;
  const text = value.trim().toLowerCase();
  return text === 'true' || text === '1' ? 'true' : text === 'false' || text === '0' ? 'false' : undefined;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}

/** A value of a column in words: six digits of a number; of a time its day, and the clock to the second where it has one (UTC). */
export function spelt(value: number, type: NumberProfile['type'], digits = 6): string {
  if (type === 'number' || !(Math.abs(value) <= 8.64e15)) return String(Number(value.toPrecision(digits)));
  const iso = new Date(value).toISOString();
  return value % 86_400_000 === 0 ? iso.slice(0, 10) : iso.slice(0, 19).replace(/:00$/, '');
}

/** The sample of both. */
export function mergeSamples(a: Sample, b: Sample): Sample {
  if (a.total === 0) return b;
  if (b.total === 0) return a;
  const [left, right] = [a.values, b.values];
  const values = new Float64Array(left.length + right.length);
  const counts = new Float64Array(values.length);
  let [i, j, size] = [0, 0, 0];
  for (; i < left.length && j < right.length; size++) {
    const [one, other] = [left[i]!, right[j]!];
    values[size] = one <= other ? one : other;
    if (one <= other) counts[size]! += a.counts[i++]!;
    if (other <= one) counts[size]! += b.counts[j++]!;
  }
  for (; i < left.length; size++) {
    values[size] = left[i]!;
    counts[size] = a.counts[i++]!;
  }
  for (; j < right.length; size++) {
    values[size] = right[j]!;
    counts[size] = b.counts[j++]!;
  }
  return { values: values.slice(0, size), counts: counts.slice(0, size), total: a.total + b.total };
}

/** A profile on the grid of another, so that the two can be merged or compared. */
export function roundedTo(profile: NumberProfile, grid: Grid): NumberProfile {
  const same = profile.grid?.center === grid.center && profile.grid.scale === grid.scale;
  return same ? profile : { ...profile, grid, sample: onGrid(profile.sample, grid) };
}

/** The profile of two parts of one column. @throws RangeError when they are of different kinds */
export function mergeColumns(a: ColumnProfile, b: ColumnProfile): ColumnProfile {
  const presence = { missing: a.missing + b.missing, misfits: a.misfits + b.misfits };
  if (a.kind === 'number' && b.kind === 'number') {
    const grid = a.grid ?? b.grid;
    if (grid === undefined) return { ...a, ...presence, sample: mergeSamples(a.sample, b.sample) };
    const [first, second] = [roundedTo(a, grid), roundedTo(b, grid)];
    return { ...a, ...presence, grid, sample: mergeSamples(first.sample, second.sample) };
  }
  if (a.kind === 'category' && b.kind === 'category') {
    const fold = new CategoryFold();
    fold.addAll(a.counts, a.rest);
    fold.addAll(b.counts, b.rest);
    return { ...a, ...presence, ...fold.result() };
  }
  throw new RangeError(`A ${a.kind} column and a ${b.kind} column can't be merged.`);
}

/**
 * The profile of all parts of one column, merged two by two so that large ones are copied a few times only; undefined without a part.
 *
 * @throws RangeError when they are of different kinds
 */
export function mergeProfiles(parts: readonly ColumnProfile[]): ColumnProfile | undefined {
  if (parts.length <= 1) return parts[0];
  const middle = parts.length >> 1;
  return mergeColumns(mergeProfiles(parts.slice(0, middle))!, mergeProfiles(parts.slice(middle))!);
}
