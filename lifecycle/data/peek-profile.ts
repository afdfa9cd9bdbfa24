import type { ColumnType } from '../../schemas/generated/types';
import { skewOf } from '../statistics/skew';
import type { PeekedColumn } from './peek';
import { advise, datesOf, type Decimal, isNumber, isProgramsNumber, numberOf } from '../table/spelling';

const boolean = /^\s*(?:true|false)\s*$/i;
const time = /^\s*\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}(?::?\d{2})?)?)?\s*$/;

/** Values of a column that are looked at for how they could be read better. */
const MOST_ADVISED = 2_000;

/** How a source writes its numbers and dates, where it says so. */
export interface Spelt {
  readonly decimal?: Decimal | undefined;
  readonly formats?: readonly string[];
  /** Of a file whose decimal sign is not stated: the likelier one. Texts that could be numbers are then told by it. */
  readonly prefer?: Decimal;
}

/** The type of a column of texts, as the reader will find it: that of the values that are there. */
export function textType(values: readonly string[], { decimal, formats }: Spelt = {}): ColumnType {
  const type = plainType(values);
  if (type !== 'text' || values.length === 0) return type;
  if (decimal && values.every((value) => isNumber(value, decimal))) return 'number';
  return datesOf(values, formats)?.rivals.length === 0 ? 'time' : 'text';
}

function plainType(values: readonly string[]): ColumnType {
  const open = new Map<ColumnType, (value: string) => boolean>([
    ['boolean', (value) => boolean.test(value)],
    ['number', isProgramsNumber],
    ['time', (value) => time.test(value)],
  ]);
  let some = false;
  for (const value of values) {
    some = true;
    for (const [type, fits] of open) if (!fits(value)) open.delete(type);
    if (open.size === 0) return 'text';
  }
  const [type] = open.keys();
  return some && type !== undefined ? type : 'text';
}

export function profileTexts(
  name: string,
  values: readonly string[],
  missing: ReadonlySet<string>,
  spelt: Spelt = {},
): PeekedColumn {
  const there = values.filter((value) => value !== '' && !missing.has(value));
  const type = textType(there, spelt);
  const absent = values.length - there.length;
  if (type === 'number') {
    const { decimal } = spelt;
    const parsed = decimal ? there.map((value) => numberOf(value, decimal)) : there.map(Number);
    return numbers(name, parsed.filter(Number.isFinite), absent);
  }
  if (type === 'boolean')
    return counted(
      name,
      type,
      there.map((value) => value.trim().toLowerCase() === 'true'),
      absent,
    );
  const column = counted(name, type, there, absent);
  const { decimal, prefer } = spelt;
  const found = type === 'text' && prefer ? advise(there.slice(0, MOST_ADVISED), prefer) : undefined;
  // Dates have a hint of their own; the decimal sign that is stated helped nothing.
  if (!found || found.dates || (found.decimal !== undefined && found.decimal === decimal)) return column;
  const { missing: words, odd, decimal: sign } = found;
  return { ...column, advice: { missing: words, ...(odd && { odd }), ...(sign && { decimal: sign }) } };
}

/** A column of JSON values. */
export function profileValues(
  name: string,
  values: readonly unknown[],
  missing: ReadonlySet<string> = new Set(),
  spelt: Spelt = {},
): PeekedColumn {
  const there = values.filter(
    (value) =>
      value !== null && value !== undefined && value !== '' && !(typeof value === 'string' && missing.has(value)),
  );
  const absent = values.length - there.length;
  if (there.length > 0 && there.every((value) => typeof value === 'number')) return numbers(name, there, absent);
  if (there.length > 0 && there.every((value) => typeof value === 'boolean'))
    return counted(name, 'boolean', there, absent);
  const { decimal } = spelt;
  if (decimal && there.length > 0 && there.every((value) => typeof value === 'string' && isNumber(value, decimal)))
    return numbers(
      name,
      there.map((value) => numberOf(value as string, decimal)),
      absent,
    );
  const texts = there.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return counted(
    name,
    there.every((value) => typeof value === 'string') && textType(texts, spelt) === 'time' ? 'time' : 'text',
    texts,
    absent,
  );
}

function numbers(name: string, values: readonly number[], missing: number): PeekedColumn {
  const column = counted(name, 'number', values, missing);
  if (values.length === 0) return column;
  let [min, max, sum] = [Infinity, -Infinity, 0];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  return { ...column, min, max, mean: sum / values.length, ...skewOf(values, min) };
}

function counted(
  name: string,
  type: ColumnType,
  values: readonly (string | number | boolean)[],
  missing: number,
): PeekedColumn {
  const counts = new Map<string | number | boolean, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const top = [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0))
    .slice(0, 20);
  const column: PeekedColumn = { name, type, missing, distinct: counts.size, values: top };
  if (type !== 'time' || counts.size === 0) return column;
  const sorted = [...counts.keys()].map(String).sort();
  return { ...column, min: sorted[0] ?? '', max: sorted.at(-1) ?? '' };
}
