/** What the rows looked at contradict already: expectations they break, columns with too many values to stratify by. */
import type { Scalar } from '../../schemas/generated/types';
import { yamlScalar } from './insertions';
import type { Columns } from './network';
import type { Unit } from './stage';
import { entriesOf, entryOf, type Node, nodeAt, numberOf, textOf } from './tree';
import type { Problem } from './types';

/** Different values from which on their shares can't be kept equal: a run stops there. */
const MAX_STRATA = 10_000;
/** Up to this many different numbers are taken for classes. */
const CLASSES = 20;

/**
 * Problems of a data stage that its own data shows; ranges count in the unit's text. Only what is certain: steps over rows may take away what
 * is amiss, and then nothing is said.
 */
export function contradictions(data: Unit, columns: readonly Columns[]): Problem[] {
  const list = nodeAt(data.node, ['expect'])?.node;
  const stratify = nodeAt(data.node, ['split', 'stratify'])?.node;
  if (list?.type !== 'list' && !stratify) return [];
  const rows = nodeAt(data.node, ['rows'])?.node;
  if (rows && !(rows.type === 'list' && rows.items.length === 0)) return [];
  const stated = nodeAt(data.node, ['columns', 'types'])?.node;
  const byName = new Map(
    columns.flatMap((column) => {
      const type = textOf(entryOf(stated, column.name)?.value);
      return type === undefined || type === column.type ? [[column.name, column] as const] : [];
    }),
  );
  const problems = list?.type === 'list' ? list.items.flatMap((item) => broken(item, byName, columns)) : [];
  const strata = stratify && byName.get(textOf(stratify) ?? '');
  if (stratify && strata) problems.push(...continuous(strata, stratify));
  return problems;
}

function continuous({ name, type, distinct = 0, values = [] }: Columns, { from, to }: Node): Problem[] {
  const measured = type === 'number' && values.some(({ value }) => !Number.isInteger(value));
  if (distinct <= (measured ? CLASSES : MAX_STRATA)) return [];
  return [
    {
      code: 'stratify-continuous',
      from,
      to,
      message: `\`${name}\` has ${distinct.toLocaleString('en')} different values or more; they can't be kept in equal shares. Remove \`stratify\`, or name a column with few values.`,
      ...(distinct <= MAX_STRATA && { severity: 'warning' as const }),
    },
  ];
}

/** A rule that is broken, in words, and by how many of the rows at least. */
interface Breach {
  readonly at: Node | { readonly from: number; readonly to: number };
  readonly words: string;
  /** Rows that break it; undefined where only some are known. */
  readonly rows?: number | undefined;
  readonly suggestion?: string;
}

function broken(item: Node, byName: ReadonlyMap<string, Columns>, columns: readonly Columns[]): Problem[] {
  if (item.type !== 'map') return [];
  const column = byName.get(textOf(entryOf(item, 'column')?.value) ?? '');
  const total = columns[0]?.rows;
  const allow = numberOf(entryOf(item, 'allow')?.value) ?? 0;
  const breaches = [...(column ? columnBreaches(item, column) : []), ...rowBreaches(item, total)];
  return breaches
    .filter(
      ({ rows }) => allow === 0 || (rows !== undefined && total !== undefined && rows > Math.floor(allow * total)),
    )
    .map(({ at, words, rows, suggestion }): Problem => {
      const count =
        rows === undefined || total === undefined
          ? ''
          : ` (${rows.toLocaleString('en')} of ${total.toLocaleString('en')} rows)`;
      const warns = textOf(entryOf(item, 'severity')?.value) === 'warn';
      return {
        code: 'expectation-broken',
        from: at.from,
        to: at.to,
        message: `The data breaks this already, ${warns ? 'of which a run warns' : 'so a run stops here'}: ${words}${count}.`,
        ...(warns && { severity: 'information' as const }),
        ...(suggestion !== undefined && { suggestion }),
      };
    });
}

function* columnBreaches(item: Node, column: Columns): Generator<Breach> {
  const { name, type, missing = 0, values = [], distinct = Infinity } = column;
  const whole = distinct <= values.length;
  const rowsWith = (bad: (value: Scalar) => boolean): number | undefined =>
    whole ? values.reduce((sum, { value, count }) => sum + (bad(value) ? count : 0), 0) : undefined;
  for (const { key, keyRange, value: rule } of entriesOf(item)) {
    if (key === 'not-null' && missing > 0)
      yield { at: keyRange, words: `\`${name}\` has missing values`, rows: missing };
    else if (key === 'unique') {
      const twice = values.find(({ count }) => count > 1);
      if (twice)
        yield {
          at: keyRange,
          words: `\`${name}\` has ${shown(twice.value)} ${twice.count.toLocaleString('en')} times`,
        };
    } else if (key === 'between' && type === 'number' && rule.type === 'list') {
      const [low, high] = rule.items.map((each) => numberOf(each));
      const { min, max } = column;
      if (low !== undefined && high !== undefined && low > high) continue;
      if (low !== undefined && typeof min === 'number' && min < low)
        yield {
          at: rule.items[0] ?? rule,
          words: `\`${name}\` goes down to ${min}`,
          rows: rowsWith((value) => Number(value) < low),
          suggestion: String(min),
        };
      if (high !== undefined && typeof max === 'number' && max > high)
        yield {
          at: rule.items[1] ?? rule,
          words: `\`${name}\` goes up to ${max}`,
          rows: rowsWith((value) => Number(value) > high),
          suggestion: String(max),
        };
    } else if (key === 'in' && rule.type === 'list' && type !== 'time') {
      const allowed = rule.items.flatMap((each) => (each.type === 'scalar' ? [each.value] : []));
      if (allowed.length < rule.items.length) continue;
      const strange = values.filter(({ value }) => !allowed.some((each) => alike(value, each, type)));
      if (strange.length > 0)
        yield {
          at: rule,
          words: `\`${name}\` also has ${listed(strange.map(({ value }) => shown(value)))}`,
          rows: rowsWith((value) => strange.some((each) => each.value === value)),
          ...(strange.length <= 4 && { suggestion: strange.map(({ value }) => yamlScalar(value, true)).join(', ') }),
        };
    } else if (key === 'type' && values.length > 0 && typeof textOf(rule) === 'string' && textOf(rule) !== type)
      yield { at: rule, words: `\`${name}\` is ${type}` };
  }
}

function* rowBreaches(item: Node, total: number | undefined): Generator<Breach> {
  const rows = entryOf(item, 'rows')?.value;
  const [min, max] = [entryOf(rows, 'min')?.value, entryOf(rows, 'max')?.value];
  const [low, high] = [numberOf(min), numberOf(max)];
  if (total === undefined || (low !== undefined && high !== undefined && low > high)) return;
  const words = `there ${total === 1 ? 'is 1 row' : `are ${total.toLocaleString('en')} rows`}`;
  if (min && low !== undefined && total < low) yield { at: min, words, suggestion: String(total) };
  if (max && high !== undefined && total > high) yield { at: max, words, suggestion: String(total) };
}

/** Is a value of the data the one that is written? As the run compares them. */
function alike(value: Scalar, written: Scalar, type: Columns['type']): boolean {
  if (written === null) return false;
  if (type === 'number') return typeof written !== 'boolean' && Number(written) === value;
  return type === 'boolean' ? written === value : String(written) === value;
}

const shown = (value: Scalar): string =>
  typeof value === 'string' ? `\`${value.length > 40 ? `${value.slice(0, 40)}…` : value}\`` : `\`${String(value)}\``;

const listed = (words: readonly string[]): string =>
  words.length > 4 ? `${words.slice(0, 3).join(', ')} and ${words.length - 3} more` : words.join(', ');
